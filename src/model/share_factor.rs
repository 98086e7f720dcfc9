//! What adjustments since the register's day make of a Common lot: one rounding, for payments and statements alike.

use super::{Case, ClassIx, Date, Lot};
use crate::quantity::{Ratio, Shares, whole};
use num_integer::Integer;
use num_traits::ToPrimitive;

/// A factor on the share counts of Common, each lot rounded down to 6 decimals.
#[derive(Clone, Debug)]
pub struct ShareFactor {
    common: ClassIx,
    /// None where it is 1.
    factor: Option<Ratio>,
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
        Self { common, factor: (factor != whole(1)).then_some(factor) }
    }

    pub fn is_one(&self) -> bool {
        self.factor.is_none()
    }

    /// A lot's shares on the day; none from 10^13 on.
    pub fn shares_of(&self, lot: &Lot) -> Option<Shares> {
        let Some(factor) = self.factor.as_ref().filter(|_| lot.class == self.common) else { return Some(lot.shares) };
        let micros = (factor.numer() * lot.shares.micros()).div_floor(factor.denom()).to_u64();
        micros.map(Shares).filter(Shares::is_within_limit)
    }
}
