//! Assets delivered to a holding: whole or to 6 decimals, with cash in lieu of the rest (reading `fractions`).

use crate::quantity::{Midpoint, Ratio, SHARE_DECIMALS, Units, power_of_ten, round_half, whole};
use num_traits::ToPrimitive;

/// What a holding is delivered of an asset, and the cash that takes the place of a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// In millionths of a unit.
    pub quantity: Units,
    /// In smallest units of the currency; none where fractions are kept.
    pub in_lieu: Option<Units>,
}

/// Delivers the exact `quantity`, in units of the asset: rounded down to 6 decimals, or (`in_lieu` gives the fair value
/// of a unit and the currency's decimals) whole units and the rest in cash, rounded.
/// None where the figure is beyond any limit.
#[must_use]
pub fn deliver(quantity: &Ratio, in_lieu: Option<(&Ratio, u32, Midpoint)>) -> Option<Delivery> {
    match in_lieu {
        None => {
            let micros = (quantity * power_of_ten(SHARE_DECIMALS)).floor().to_integer().to_i128()?;
            Some(Delivery { quantity: micros, in_lieu: None })
        }
        Some((fair_value, decimals, midpoint)) => {
            let units = quantity.floor();
            let cash = (quantity - &units) * fair_value * power_of_ten(decimals);
            let micros = (units * whole(1_000_000)).to_integer().to_i128()?;
            Some(Delivery { quantity: micros, in_lieu: Some(round_half(&cash, midpoint).to_i128()?) })
        }
    }
}
