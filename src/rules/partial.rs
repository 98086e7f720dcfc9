//! §2(c), last but one sentence: what each share gets of a payment of less than is due.

use crate::quantity::{Ratio, shares_ratio, whole};
use num_traits::Zero;

/// A cohort's entitled shares in millionths, and its unpaid cash per share.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
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
pub(crate) fn per_share(claims: &[Claim], sum: &Ratio, proportional: bool) -> Vec<Ratio> {
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
pub(crate) fn equal_level(claims: &[Claim], sum: &Ratio) -> Ratio {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::whole;

    #[test]
    fn of_nothing_due_nothing_is_paid() {
        let claims = [Claim { shares: 5, unpaid: whole(0) }];
        assert_eq!(per_share(&claims, &whole(0), true), [whole(0)]);
        assert_eq!(per_share(&claims, &whole(0), false), [whole(0)]);
    }

    #[test]
    fn the_last_millionth_of_a_share_is_filled_like_any_other() {
        let claims = [Claim { shares: 1_000_000, unpaid: whole(1) }, Claim { shares: 1, unpaid: whole(5) }];
        // One share takes 1; a millionth of a share the three millionths that are left: 3 a share.
        let sum = whole(1) + Ratio::new(3.into(), 1_000_000.into());
        assert_eq!(equal_level(&claims, &sum), whole(3));
    }
}
