//! What holders carry into a payment in part, and out of it.

use super::BeyondLimits;
use super::per_share::Additions;
use super::snapshot::{Holding, Holdings};
use crate::model::Carry;
use crate::model::carry::CARRY_DECIMALS;
use crate::quantity::{PER_SHARE_DECIMALS, Ratio, Units, power_of_ten, units_ratio, whole};
use num_traits::ToPrimitive;
use rayon::prelude::*;

impl Carry {
    /// What the holders of `holdings`, of one class, carry; none where nobody carries anything.
    pub(crate) fn additions(&self, holdings: &Holdings, decimals: u32) -> Option<Additions> {
        let numerators = || holdings.list().par_iter().map(|h| self.get(h.holder)).collect();
        (!self.is_empty()).then(|| Additions { numerators: numerators(), denominator: per_unit(decimals) })
    }

    /// After a payment of `per_share` (by group, to 12 decimals) that came to `units` by holding: what the value is
    /// above the units, with what was carried before. Who is not among the holdings carries nothing any more.
    pub(crate) fn after(
        &self,
        holdings: &Holdings,
        per_share: &[Ratio],
        units: &[Units],
        decimals: u32,
    ) -> Result<Self, BeyondLimits> {
        let scale = power_of_ten(PER_SHARE_DECIMALS);
        let scaled = |value: &Ratio| {
            let scaled = value * &scale;
            assert!(scaled.is_integer(), "the ledger keeps 12 decimals");
            scaled.to_integer().to_i128().ok_or(BeyondLimits)
        };
        let values: Vec<i128> = per_share.iter().map(scaled).collect::<Result<_, _>>()?;
        let per_unit = i128::from(per_unit(decimals));
        let carried = |(holding, units): (&Holding, &Units)| {
            let mut sum = units.checked_mul(-per_unit).and_then(|paid| paid.checked_add(self.get(holding.holder)));
            for part in holdings.parts(holding) {
                let value = values[part.group as usize].checked_mul(i128::from(part.shares));
                sum = sum.zip(value).and_then(|(sum, value)| sum.checked_add(value));
            }
            sum.map(|sum| (holding.holder, sum)).ok_or(BeyondLimits)
        };
        let carried: Result<Vec<_>, BeyondLimits> = holdings.list().par_iter().zip(units).map(carried).collect();
        carried.map(Self::new)
    }
}

fn per_unit(decimals: u32) -> u64 {
    let digits = CARRY_DECIMALS.checked_sub(decimals).expect("a currency has fewer decimals");
    10u64.pow(digits)
}

impl Additions {
    /// All of them, in currency.
    pub(crate) fn total(&self, decimals: u32) -> Ratio {
        let sum: i128 = self.numerators.iter().sum();
        units_ratio(sum, decimals) / whole(self.denominator)
    }
}
