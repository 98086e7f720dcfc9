//! What a merger's exchange came to (§7).

use super::{MultipleOutcome, PaymentRow, ReadingEffect, Step};
use crate::model::Date;
use crate::problem::Problem;
use crate::quantity::{Ratio, Units};

#[derive(Clone, Debug)]
pub struct ExchangeOutcome {
    pub date: Date,
    pub multiple: MultipleOutcome,
    /// The components; cash first, then assets in order of name.
    pub components: Vec<ComponentOutcome>,
    /// Names of the assets; [`PaymentRow::asset`] is 1 + the index here.
    pub assets: Vec<String>,
    /// Every row of `distribution.csv`, in its order.
    pub rows: Vec<PaymentRow>,
    /// Cash in total, in smallest units.
    pub gross: Units,
    pub readings: Vec<ReadingEffect>,
    pub steps: Vec<Step>,
    pub warnings: Vec<Problem>,
}

#[derive(Clone, Debug)]
pub struct ComponentOutcome {
    /// The asset; none for the currency.
    pub asset: Option<String>,
    pub per_common_share: Ratio,
    /// Per Series A share: M × that.
    pub per_series_a_share: Ratio,
    /// Cash per unit, where stated.
    pub fair_value: Option<Ratio>,
}
