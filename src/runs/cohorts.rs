//! Cohorts: shares of Series A, or of a class with a cumulative dividend at a rate, that began to accrue on one day; and
//! what a share of the latter is owed on a date.

use crate::model::{Case, ClassIx, Classes, Date, Lot};
use crate::outcome::AccrualStarts;
use crate::quantity::{Ratio, whole};
use crate::rules::rate::accrued;
use num_traits::Zero;

/// Lots of a class that began to accrue on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cohort {
    pub class: ClassIx,
    pub start: Date,
    /// Of a class with a rate: whether the lots were owed its `accrued_dividends` that day.
    pub brought: bool,
}

impl Cohort {
    /// A lot's cohort; none where its class has none. `accrual` is Series A's.
    pub fn of(classes: &Classes, accrual: &AccrualStarts, lot: &Lot) -> Option<Self> {
        if lot.class == classes.series_a() {
            let start = accrual.of(lot.issue_date?)?.start;
            return Some(Self { class: lot.class, start, brought: false });
        }
        let class = classes.get(lot.class);
        let start = class.accrual_start(lot.issue_date)?;
        let before = class.accrued_as_of == Some(start) && lot.issue_date.is_none_or(|issued| issued < start);
        Some(Self { class: lot.class, start, brought: before && !class.accrued_dividends.is_zero() })
    }

    /// What a share of a class with a rate is owed on `date`: from what an earlier run left, or the table of classes says,
    /// or the start.
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
