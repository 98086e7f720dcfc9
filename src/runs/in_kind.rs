//! Assets delivered to a holding: whole or to 6 decimals, with cash in lieu of the rest (reading `fractions`).

use super::{Context, Refusal};
use crate::holdings::{BeyondLimits, Holdings, ScaledPerShare};
use crate::problem::Problem;
use crate::quantity::{Ratio, SHARE_DECIMALS, Units, power_of_ten, round_half, whole};
use num_traits::{ToPrimitive, Zero};
use rayon::prelude::*;

/// What a holding is delivered of an asset, and the cash that takes the place of a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// In millionths of a unit.
    pub quantity: Units,
    /// In smallest units of the currency; none where there is no fraction, or it is kept.
    pub in_lieu: Option<Units>,
}

/// Cash for a unit of an asset, which a fraction may be paid at; or that it is not stated, which only then matters.
pub(crate) type FairValue = Result<Ratio, Problem>;

/// Delivers to each holding what its shares get, a share `per_share` (by group).
pub(crate) fn deliver_to_all(
    context: &Context,
    holdings: &Holdings,
    per_share: &[Ratio],
    fair_value: &FairValue,
) -> Result<Vec<Delivery>, Refusal> {
    let list = holdings.list().par_iter();
    if !context.case.terms.readings.cash_in_lieu() {
        let values = ScaledPerShare::new(per_share, SHARE_DECIMALS);
        return Ok(list.map(|h| Delivery { quantity: values.floored(holdings, h), in_lieu: None }).collect());
    }
    let values = ScaledPerShare::new(per_share, 0);
    list.map(|h| deliver(context, &values.exact(holdings, h), fair_value)).collect()
}

/// Delivers the exact `quantity`, in units of the asset.
pub(crate) fn deliver(context: &Context, quantity: &Ratio, fair_value: &FairValue) -> Result<Delivery, Refusal> {
    let readings = &context.case.terms.readings;
    if !readings.cash_in_lieu() {
        let micros = (quantity * power_of_ten(SHARE_DECIMALS)).floor().to_integer().to_i128().ok_or(BeyondLimits)?;
        return Ok(Delivery { quantity: micros, in_lieu: None });
    }
    let units = quantity.floor();
    let fraction = quantity - &units;
    let quantity = (units * whole(1_000_000)).to_integer().to_i128().ok_or(BeyondLimits)?;
    if fraction.is_zero() {
        return Ok(Delivery { quantity, in_lieu: None });
    }
    let cash = fraction * fair_value.as_ref().map_err(Clone::clone)? * power_of_ten(context.decimals());
    Ok(Delivery { quantity, in_lieu: Some(round_half(&cash, readings.midpoint()).to_i128().ok_or(BeyondLimits)?) })
}
