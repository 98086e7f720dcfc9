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
        micros.map(Shares).filter(Shares::is_within_limit)
    }
}
