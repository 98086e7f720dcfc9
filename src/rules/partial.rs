//! §2(c), last but one sentence: what each share gets of a payment of less than is due.

use crate::quantity::{Ratio, shares_ratio, whole};
use num_traits::Zero;

/// A cohort's entitled shares in millionths, and its unpaid cash per share.
#[derive(Clone, Debug)]
pub struct Claim {
    /// n(c), in millionths.
    pub shares: u128,
    /// u(c).
    pub unpaid: Ratio,
}

/// Σ n × u, exact.
pub(crate) fn total_due(claims: &[Claim]) -> Ratio {
    claims.iter().fold(whole(0), |sum, c| sum + shares_ratio(c.shares) * &c.unpaid)
}

/// v(c): what a share of each cohort gets of `sum`; u(c) where the sum reaches the total due.
///
/// By default "pro rata on a share-by-share basis": every share the same λ, but no share more than its own u. Under
/// reading `partial_payment=proportional`, each in proportion to its own u.
pub fn per_share(claims: &[Claim], sum: &Ratio, proportional: bool) -> Vec<Ratio> {
    let due = total_due(claims);
    if *sum >= due {
        return claims.iter().map(|c| c.unpaid.clone()).collect();
    }
    if proportional {
        let part = sum / &due;
        return claims.iter().map(|c| &c.unpaid * &part).collect();
    }
    let level = equal_level(claims, sum);
    claims.iter().map(|c| c.unpaid.clone().min(level.clone())).collect()
}

/// λ with Σ n × min(λ, u) = `sum`, which is below the total due: shares with the least unpaid are filled first.
pub fn equal_level(claims: &[Claim], sum: &Ratio) -> Ratio {
    let mut order: Vec<&Claim> = claims.iter().filter(|c| c.shares > 0).collect();
    order.sort_by(|a, b| a.unpaid.cmp(&b.unpaid));
    let mut shares: u128 = order.iter().map(|c| c.shares).sum();
    let mut left = sum.clone();
    for claim in order {
        let level = &left / shares_ratio(shares);
        if level <= claim.unpaid {
            return level;
        }
        left -= shares_ratio(claim.shares) * &claim.unpaid;
        shares = shares.saturating_sub(claim.shares);
        if shares == 0 || left.is_zero() {
            return claim.unpaid.clone();
        }
    }
    whole(0)
}
