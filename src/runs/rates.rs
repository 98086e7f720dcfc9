//! Classes with a cumulative dividend at a rate: what a share of each group is owed on a date, and what the case leaves
//! open about it.

use super::Context;
use super::cohorts::Cohort;
use super::context::owed_to_nobody;
use crate::model::{Class, ClassIx, Compounding, Date, iso};
use crate::problem::Problem;
use crate::quantity::{Ratio, Units, per_share_12, whole};
use crate::rules::rate::accrued;
use crate::text::readable;
use num_traits::Zero;
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
    pub(super) fn rate_groups(&self) -> impl Iterator<Item = (usize, &Cohort)> {
        (self.case.classes.list().len()..)
            .zip(&self.cohorts)
            .filter(|(_, cohort)| cohort.class != self.case.classes.series_a())
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
                let message =
                    format!("The accrued dividends of {} are of {as_of}, and the run is of {date}.", class.name);
                class.place.error("classes.accrued_as_of.not-the-date", message, help).with_value(as_of)
            })
            .collect();
        let Some(table) = &self.case.arrears else { return problems };
        for cohort in self.rate_cohorts_on(date).into_iter().filter(|cohort| cohort.start < table.as_of) {
            if table.of_cohort(cohort.class, cohort.start).is_none() {
                let name = &self.case.classes.get(cohort.class).name;
                let start = iso(cohort.start);
                let message = format!("The table has no row for the shares of {name} that accrue from {start}.");
                let help = "Add a row: what a share was owed on the table's date, and what of it was paid, 0 where \
                            nothing was.";
                problems.push(table.place.error("arrears.class.missing", message, help));
            }
        }
        let cohorts = self.rate_cohorts_on(date);
        for cohort in cohorts.iter().filter(|c| c.brought && cohorts.contains(&Cohort { brought: false, ..**c })) {
            let Some(row) = table.of_cohort(cohort.class, cohort.start) else { continue };
            let rate = self.case.classes.get(cohort.class).rate.as_ref().expect("a cohort's class has a rate");
            // Once paid in full, both were owed less on the table's date than accrues from their start.
            let accrued = accrued(rate, &self.calendar.quarters, cohort.start, &whole(0), table.as_of);
            if row.entry.is_unpaid() && row.entry.dividend >= per_share_12(&accrued) {
                problems.push(self.two_in_a_row(cohort.class));
            }
        }
        problems
    }

    /// The problem that shares issued before `accrued_as_of`, and on it, have one row of `arrears`, and are not left unpaid
    /// the same.
    pub(super) fn two_in_a_row(&self, class: ClassIx) -> Problem {
        let class = self.case.classes.get(class);
        let as_of = class.accrued_as_of.map_or_else(String::new, iso);
        let message = format!(
            "Shares of {} issued before {as_of} were owed {} each on it, and those issued on it nothing. Both accrue from \
             that day, so one row of arrears stands for both, which cannot say what each is left unpaid.",
            class.name,
            readable(&class.accrued_dividends, self.decimals())
        );
        let help = "Enter an earlier date, on which none of its shares were issued, with what was owed on it in \
                    accrued_dividends, and make the runs since again; or pay all of it in full.";
        class.place.error("classes.accrued_as_of.day-of-issue", message, help).with_value(as_of)
    }

    /// The cohorts of classes with a rate that have shares at the close of `date`.
    pub(super) fn rate_cohorts_on(&self, date: Date) -> BTreeSet<Cohort> {
        let counting = self.lots.list().iter().map(|lots| &lots.lot).filter(|lot| lot.counts_on(date));
        let at_a_rate = counting.filter(|lot| lot.class != self.case.classes.series_a());
        at_a_rate.filter_map(|lot| Cohort::of(&self.case.classes, &self.accrual, lot)).collect()
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
            let next = compounding.next(quarters, date).map_or_else(String::new, iso);
            let message = format!(
                "The dividends of {} compound, and {date} is not one of the dates on which they do.",
                class.name
            );
            let help = format!("Run the next such date, {next}: a class that compounds is paid on those dates alone.");
            class.place.error("classes.compounding.between-dates", message, help)
        };
        classes.map(problem).collect()
    }

    /// Of a class that a run of `date` pays: a history that the case does not tell, and shares that accrue from one day
    /// although some came after the record date, of which one row of `arrears` cannot tell who was paid.
    pub(super) fn rate_warnings(&self, ix: ClassIx, paid: Units, record_date: Date, date: Date) -> Vec<Problem> {
        let class = self.case.classes.get(ix);
        let Some(rate) = &class.rate else { return Vec::new() };
        let of_class = |day| self.rate_cohorts_on(day).into_iter().filter(move |cohort| cohort.class == ix);
        let entitled: BTreeSet<Cohort> = of_class(record_date).collect();
        let told = self.case.arrears.is_some() || class.accrued_as_of.is_some();
        let oldest = entitled.first().filter(|oldest| {
            !told && rate.compounding.next(&self.calendar.quarters, oldest.start).is_some_and(|next| next < date)
        });
        let history = oldest.map(|oldest| {
            let message = format!(
                "The case does not say what {} was paid before, so its dividends count as unpaid since {}: this run \
                 pays {}.",
                class.name,
                oldest.start,
                self.money(paid)
            );
            let help = "If some of that was paid already, give the folder of the last run with --after, or enter what \
                        is unpaid in accrued_dividends and accrued_as_of.";
            Problem::warning("run.history.missing", class.place.cell("dividend_rate"), message, help)
        });
        let came_later =
            self.lots.of_class(ix).filter(|lots| lots.lot.counts_on(date) && !lots.lot.counts_on(record_date));
        let mut came_later = came_later.filter_map(|lots| Cohort::of(&self.case.classes, &self.accrual, &lots.lot));
        let split = came_later.find(|cohort| entitled.contains(cohort)).map(|cohort| {
            let is_as_of = class.accrued_as_of == Some(cohort.start);
            let column = if is_as_of { "accrued_as_of" } else { "dividends_from" };
            let message = format!(
                "Shares of {} that accrue from {} were issued before and after the record date, {record_date}: the \
                 next run would take all of them as paid.",
                class.name, cohort.start
            );
            let help =
                "Enter a date on or before the record date, so that shares issued later accrue from their issue.";
            Problem::warning(format!("classes.{column}.after-record-date"), class.place.cell(column), message, help)
        });
        history.into_iter().chain(split).collect()
    }

    /// Rows of `arrears` of cohorts that no lot of the register has.
    pub(super) fn unknown_class_arrears(&self) -> Vec<Problem> {
        let Some(table) = &self.case.arrears else { return Vec::new() };
        let unpaid = table.of_classes.iter().filter(|row| row.entry.is_unpaid());
        let known = |class, start| self.cohorts.iter().any(|c| (c.class, c.start) == (class, start));
        let unknown = unpaid.filter(|row| !known(row.class, row.accrual_start));
        let name = |class| self.case.classes.get(class).name.as_str();
        unknown.map(|row| owed_to_nobody(&row.place, name(row.class), row.accrual_start)).collect()
    }
}
