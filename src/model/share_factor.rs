//! What adjustments since the register's day make of a Common lot: one rounding, for payments and statements alike.

use super::Case;
use super::calendar::Date;
use super::class::ClassIx;
use super::register::Lot;
use crate::quantity::{Ratio, Shares, whole};
use num_integer::Integer;
use num_traits::ToPrimitive;

/// A factor on the share counts of Common, each lot rounded down to 6 decimals.
#[derive(Clone, Debug)]
pub struct ShareFactor {
    common: ClassIx,
    exact: Option<Ratio>,
    /// The same, where it is small enough for the machine's integers.
    small: Option<(u128, u128)>,
}

impl Case {
    /// What Common lots of a register of `register_date` are multiplied by to stand as of `date`, whatever the Rights
    /// Declaration Date. Without a `register_date` the register is of the date itself.
    pub fn share_factor(&self, date: Date) -> ShareFactor {
        let factor = self.terms.register_date.map_or_else(
            || whole(1),
            |since| {
                let between = self.adjustments.iter().filter(|a| since < a.effective_date && a.effective_date <= date);
                between.fold(whole(1), |product, a| product * &a.factor)
            },
        );
        ShareFactor::new(self.classes.common(), factor)
    }
}

impl ShareFactor {
    /// A factor on the lots of `common`.
    pub fn new(common: ClassIx, factor: Ratio) -> Self {
        let small = factor.numer().to_u64().zip(factor.denom().to_u64());
        let small = small.map(|(n, d)| (u128::from(n), u128::from(d)));
        Self { common, exact: (factor != whole(1)).then_some(factor), small }
    }

    pub fn is_one(&self) -> bool {
        self.exact.is_none()
    }

    /// A lot's shares on the day; none from 10^13 on.
    pub fn shares_of(&self, lot: &Lot) -> Option<Shares> {
        let (Some(exact), true) = (&self.exact, lot.class == self.common) else { return Some(lot.shares) };
        let micros = match self.small {
            Some((numer, denom)) => u64::try_from(u128::from(lot.shares.micros()) * numer / denom).ok(),
            None => (exact.numer() * lot.shares.micros()).div_floor(exact.denom()).to_u64(),
        };
        micros.map(Shares::from_micros).filter(Shares::is_within_limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::register::Treasury;
    use crate::model::text::Span;
    use crate::quantity::{MICROS_PER_SHARE, SHARES_LIMIT};

    fn shares(factor: &ShareFactor, micros: u64) -> Option<u64> {
        let (issue_date, retired_date, certificate) = (None, None, Span::default());
        let shares = Shares(micros);
        let lot =
            Lot { holder: 1, row: 1, shares, issue_date, retired_date, certificate, class: 0, treasury: Treasury::No };
        factor.shares_of(&lot).map(Shares::micros)
    }

    #[test]
    fn the_shares_of_a_lot_stay_below_the_limit() {
        const LIMIT: u64 = SHARES_LIMIT * MICROS_PER_SHARE;
        let doubled = ShareFactor::new(0, whole(2));
        assert_eq!(shares(&doubled, LIMIT / 2 - 1), Some(LIMIT - 2));
        assert_eq!(shares(&doubled, LIMIT / 2), None);
    }

    #[test]
    fn a_factor_of_any_size_is_applied_and_rounded_down() {
        let factor = |numer: u128, denom: u128| ShareFactor::new(0, Ratio::new(numer.into(), denom.into()));
        let (small, wide) = (factor(3, 7), factor(3 * 10u128.pow(30) + 1, 7 * 10u128.pow(30)));
        assert!(small.small.is_some() && wide.small.is_none());
        for factor in [small, wide] {
            assert_eq!(shares(&factor, 1_000_000), Some(428_571));
        }
    }
}
