//! Classes with a cumulative dividend at a rate: what a share of each group is owed on a date, and what the case leaves
//! open about it.

use super::context::Context;
use super::rate_cohorts::RateCohort;
use crate::model::calendar::{Date, iso};
use crate::model::class::{Class, ClassIx, Compounding};
use crate::problem::Problem;
use crate::quantity::{Ratio, whole};
use num_traits::{Signed, Zero};
use std::collections::BTreeSet;

impl Context<'_> {
    /// What a share of each group is owed on `date`, Series A aside.
    pub(super) fn accrued(&self, date: Date) -> Vec<Ratio> {
        let mut owed = self.group_values(|class| self.case.classes.get(class).accrued_dividends.clone(), |_| whole(0));
        for (group, cohort) in self.rate_groups() {
            owed[group] = cohort.owed(self.case, date);
        }
        owed
    }

    /// The cohorts of classes with a rate, with their groups.
    pub(super) fn rate_groups(&self) -> impl Iterator<Item = (usize, &RateCohort)> {
        (self.cohort_group(self.cohorts.len())..).zip(&self.rate_cohorts)
    }

    /// `accrued_dividends` of a date that a run of `date` cannot go on from, and arrears that lack a cohort.
    pub fn accrued_problems(&self, date: Date) -> Vec<Problem> {
        let classes = self.case.classes.list().iter();
        let stale = |class: &&Class| match (&class.rate, class.accrued_as_of) {
            (Some(_), as_of) => as_of.is_some_and(|as_of| as_of > date),
            (None, as_of) => !class.accrued_dividends.is_zero() && as_of != Some(date),
        };
        let mut problems: Vec<Problem> = classes
            .filter(stale)
            .map(|class| {
                let as_of = class.accrued_as_of.map_or_else(|| "no date".to_owned(), iso);
                let help = if class.rate.is_some() {
                    "Enter a date on or before the run's, and what was unpaid per share on it."
                } else {
                    "Enter what is unpaid per share on the run's date, and that date in accrued_as_of."
                };
                Problem::error(
                    "classes.accrued_as_of.not-the-date",
                    class.place.cell("accrued_as_of"),
                    format!("The accrued dividends of {} are of {as_of}, and the run is of {}.", class.name, iso(date)),
                    help,
                )
                .with_value(as_of)
            })
            .collect();
        let Some(table) = &self.case.arrears else { return problems };
        for cohort in self.rate_cohorts_on(date).into_iter().filter(|cohort| cohort.start < table.as_of) {
            if table.of_cohort(cohort.class, cohort.start).is_none() {
                let name = &self.case.classes.get(cohort.class).name;
                let start = iso(cohort.start);
                problems.push(Problem::error(
                    "arrears.class.missing",
                    table.place.cell("class"),
                    format!("The table has no row for the shares of {name} that accrue from {start}."),
                    "Add a row: what a share was owed on the table's date, and what of it was paid, 0 where nothing was.",
                ));
            }
        }
        problems
    }

    /// The cohorts with shares at the close of `date`.
    pub(super) fn rate_cohorts_on(&self, date: Date) -> BTreeSet<RateCohort> {
        let rated = self.case.classes.iter().filter(|(_, class)| class.rate.is_some());
        let lots = rated.flat_map(|(class, _)| self.lots.of_class(class)).filter(|lots| lots.counts_on(date));
        lots.filter_map(|lots| RateCohort::of(&self.case.classes, &lots.lot)).collect()
    }

    /// Classes that compound, and are paid between the dates on which they do.
    pub(super) fn between_compounding_dates(&self, date: Date, record_date: Date) -> Vec<Problem> {
        let quarters = &self.calendar.quarters;
        let classes = self.case.classes.iter().filter(|(ix, class)| {
            let compounding = class.rate.as_ref().map_or(Compounding::None, |rate| rate.compounding);
            let compounds = compounding != Compounding::None;
            compounds && !compounding.falls_on(quarters, date) && self.lots.outstanding(*ix, record_date) > 0
        });
        let problem = |(_, class): (ClassIx, &Class)| {
            let compounding = class.rate.as_ref().expect("it has a rate").compounding;
            let next = (0..8).scan(date, |day, _| {
                *day = quarters.after(*day);
                Some(*day)
            });
            let next = next.into_iter().find(|day| compounding.falls_on(quarters, *day)).map_or_else(String::new, iso);
            Problem::error(
                "classes.compounding.between-dates",
                class.place.cell("compounding"),
                format!(
                    "The dividends of {} compound, and {} is not one of the dates on which they do.",
                    class.name,
                    iso(date)
                ),
                format!("Run the next such date, {next}: a class that compounds is paid on those dates alone."),
            )
        };
        classes.map(problem).collect()
    }

    /// Rows of `arrears` of cohorts that no lot of the register has.
    pub(super) fn unknown_class_arrears(&self) -> Vec<Problem> {
        let Some(table) = &self.case.arrears else { return Vec::new() };
        let unpaid = table.of_classes.iter().filter(|row| (&row.owed - &row.paid).is_positive());
        let known = |class, start| self.rate_cohorts.iter().any(|c| (c.class, c.start) == (class, start));
        let unknown = unpaid.filter(|row| !known(row.class, row.accrual_start));
        unknown
            .map(|row| {
                let (name, start) = (&self.case.classes.get(row.class).name, iso(row.accrual_start));
                Problem::warning(
                    "arrears.accrual_start.unknown",
                    row.place.cell("accrual_start"),
                    format!("No lot of {name} accrues from {start}, so nobody is owed what this row has unpaid."),
                    "Correct the date, or complete the register; nothing to do if those shares are gone.",
                )
                .with_value(start)
            })
            .collect()
    }
}
