//! What holders carry between payments in part: the fractions of a unit that whole units left out, exactly.

use super::{Date, HolderIx, RowPlace};
use crate::quantity::{PER_SHARE_DECIMALS, Ratio, SHARE_DECIMALS, Units, units_ratio};

/// Millionths of a share times amounts with 12 decimals have 18.
pub(crate) const CARRY_DECIMALS: u32 = SHARE_DECIMALS + PER_SHARE_DECIMALS;

/// What each holder carries that is not nothing, in units of 10^-18 of the currency, by holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carry(Vec<(HolderIx, i128)>);

#[derive(Clone, Debug)]
pub struct CarryTable {
    /// The date that it is of; none where it has no rows.
    pub as_of: Option<Date>,
    pub place: RowPlace,
    pub carried: Carry,
}

/// Payments that an earlier run found too small, which the next run adds to its own.
#[derive(Clone, Debug, Default)]
pub struct CarriedPayments {
    /// The date of that run, and the table's first row.
    pub of: Option<(Date, RowPlace)>,
    /// By holder, in smallest units.
    pub sums: Vec<(HolderIx, Units)>,
}

impl Carry {
    /// From what each holder carries, in any order.
    pub(crate) fn new(mut carried: Vec<(HolderIx, i128)>) -> Self {
        carried.retain(|(_, carried)| *carried != 0);
        carried.sort_unstable();
        Self(carried)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn list(&self) -> &[(HolderIx, i128)] {
        &self.0
    }

    pub(crate) fn get(&self, holder: HolderIx) -> i128 {
        self.0.binary_search_by_key(&holder, |(holder, _)| *holder).map_or(0, |at| self.0[at].1)
    }

    /// What all carry, in currency.
    pub(crate) fn total(&self) -> Ratio {
        units_ratio(self.0.iter().map(|(_, carried)| carried).sum(), CARRY_DECIMALS)
    }
}
