//! Assets delivered to a holding: whole or to 6 decimals, with cash in lieu of the rest (reading `fractions`).

use crate::holdings::{BeyondLimits, Holdings, ScaledPerShare};
use crate::quantity::{Midpoint, Ratio, SHARE_DECIMALS, Units, power_of_ten, round_half, whole};
use num_traits::{ToPrimitive, Zero};
use rayon::prelude::*;

/// How fractions of a unit are treated.
#[derive(Clone, Copy, Debug)]
pub enum Fractions<'a> {
    /// Delivered, rounded down to 6 decimals.
    Keep,
    /// Paid in cash at this fair value, where one is stated.
    InLieu {
        /// Cash per unit.
        fair_value: Option<&'a Ratio>,
        decimals: u32,
        midpoint: Midpoint,
    },
}

/// What a holding is delivered of an asset, and the cash that takes the place of a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// In millionths of a unit.
    pub quantity: Units,
    /// In smallest units of the currency; none where there is no fraction, or it is kept.
    pub in_lieu: Option<Units>,
}

/// Why a delivery could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDelivered {
    /// A fraction is left and nobody states what a unit is worth.
    NoFairValue,
    /// A figure is beyond the limits.
    Limits(BeyondLimits),
}

/// Delivers to each holding what its shares get, a share `per_share` (by group).
pub(crate) fn deliver_to_all(
    holdings: &Holdings,
    per_share: &[Ratio],
    fractions: Fractions,
) -> Result<Vec<Delivery>, NotDelivered> {
    let list = holdings.list().par_iter();
    if matches!(fractions, Fractions::Keep) {
        let values = ScaledPerShare::new(per_share, SHARE_DECIMALS);
        return Ok(list.map(|h| Delivery { quantity: values.floored(holdings, h), in_lieu: None }).collect());
    }
    let values = ScaledPerShare::new(per_share, 0);
    list.map(|h| deliver(&values.exact(holdings, h), fractions)).collect()
}

/// Delivers the exact `quantity`, in units of the asset.
pub(crate) fn deliver(quantity: &Ratio, fractions: Fractions) -> Result<Delivery, NotDelivered> {
    let limits = || NotDelivered::Limits(BeyondLimits);
    let Fractions::InLieu { fair_value, decimals, midpoint } = fractions else {
        let micros = (quantity * power_of_ten(SHARE_DECIMALS)).floor().to_integer().to_i128().ok_or_else(limits)?;
        return Ok(Delivery { quantity: micros, in_lieu: None });
    };
    let units = quantity.floor();
    let fraction = quantity - &units;
    let quantity = (units * whole(1_000_000)).to_integer().to_i128().ok_or_else(limits)?;
    if fraction.is_zero() {
        return Ok(Delivery { quantity, in_lieu: None });
    }
    let cash = fraction * fair_value.ok_or(NotDelivered::NoFairValue)? * power_of_ten(decimals);
    Ok(Delivery { quantity, in_lieu: Some(round_half(&cash, midpoint).to_i128().ok_or_else(limits)?) })
}
