//! Cohorts of classes with a cumulative dividend at a rate, and what a share of each is owed on a date.

use crate::holdings::lot_groups::LotGroup;
use crate::model::{Case, ClassIx, Classes, Date, Lot};
use crate::quantity::{Ratio, whole};
use crate::rules::rate::accrued;
use num_traits::Zero;
use std::collections::BTreeSet;

/// Lots of a class with a dividend rate that began to accrue on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RateCohort {
    pub class: ClassIx,
    pub start: Date,
    /// Whether the lots were owed the class's `accrued_dividends` that day.
    pub brought: bool,
}

impl RateCohort {
    /// A lot's cohort; none where its class has no rate.
    pub fn of(classes: &Classes, lot: &Lot) -> Option<Self> {
        let class = classes.get(lot.class);
        let start = class.accrual_start(lot.issue_date)?;
        let before = class.accrued_as_of == Some(start) && lot.issue_date.is_none_or(|issued| issued < start);
        Some(Self { class: lot.class, start, brought: before && !class.accrued_dividends.is_zero() })
    }

    /// What a share is owed on `date`: from what an earlier run left, or the table of classes says, or the start.
    pub fn owed(self, case: &Case, date: Date) -> Ratio {
        let class = case.classes.get(self.class);
        let rate = class.rate.as_ref().expect("a cohort's class has a rate");
        let left = case.arrears.as_ref().and_then(|table| Some((table, table.of_cohort(self.class, self.start)?)));
        let (since, owed) = match left {
            Some((table, row)) => (table.as_of, row.entry.unpaid()),
            None if self.brought => (self.start, class.accrued_dividends.clone()),
            None => (self.start, whole(0)),
        };
        accrued(rate, &case.terms.quarter_dates, since, &owed, date)
    }
}

/// The cohorts of lots, in class order, by accrual start.
pub(super) fn cohorts<'l>(case: &Case, lots: impl IntoIterator<Item = &'l LotGroup>) -> BTreeSet<RateCohort> {
    lots.into_iter().filter_map(|group| RateCohort::of(&case.classes, &group.lot)).collect()
}
