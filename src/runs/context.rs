//! What every run needs: the calendar, the multiple, the register summed by group of lots, cohorts, and the checks that
//! depend on the run's date.

use super::cohorts::Cohort;
use crate::holdings::{BeyondLimits, Holdings, LotGroups, lot_groups::LotGroup, snapshot};
use crate::model::events::Payment;
use crate::model::{Calendar, Case, ClassIx, Date, Lot, RowPlace, iso};
use crate::outcome::AccrualStarts;
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Units, plain, shares_ratio, whole};
use crate::rules::accrual::accrual_starts;
use crate::rules::dividend::Dividends;
use crate::rules::multiple::{Multiple, counts};
use crate::text::{grouped, money, plural};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A case made ready to be asked.
pub struct Context<'a> {
    pub case: &'a Case,
    pub calendar: Calendar,
    /// The multiple on every date.
    pub multiple: Multiple<'a>,
    /// Lots summed by class, dates and treasury.
    pub lots: LotGroups,
    pub accrual: AccrualStarts,
    /// The cohorts of Series A and of classes with a dividend rate, in class order, by accrual start.
    pub cohorts: Vec<Cohort>,
}

impl<'a> Context<'a> {
    pub fn new(case: &'a Case) -> Self {
        let calendar = case.calendar();
        let lots = LotGroups::of(&case.register);
        let issue_dates: BTreeSet<Date> =
            lots.of_class(case.classes.series_a()).filter_map(|group| group.lot.issue_date).collect();
        let accrual = accrual_starts(&calendar, &issue_dates);
        let multiple = Multiple::new(&case.terms, &case.adjustments);
        let cohorts = lots.list().iter().filter_map(|group| Cohort::of(&case.classes, &accrual, &group.lot));
        let cohorts: BTreeSet<Cohort> = cohorts.collect();
        Self { case, calendar, multiple, lots, accrual, cohorts: cohorts.into_iter().collect() }
    }

    pub fn dividends(&self) -> Dividends<'_> {
        Dividends {
            calendar: &self.calendar,
            multiple: &self.multiple,
            terms: &self.case.terms,
            declarations: &self.case.declarations,
        }
    }

    /// A clause as a derivation cites it: a case without Series A has no Certificate, and its classes' terms say it.
    pub fn cited(&self, clause: &'static str) -> &'static str {
        if self.calendar.first_issuance.is_some() { clause } else { "Terms" }
    }

    /// Cash as a letter writes it: `1,234.50 USD`.
    pub fn money(&self, units: Units) -> String {
        let terms = &self.case.terms;
        format!("{} {}", money(units, terms.currency_decimals), terms.currency)
    }

    /// How many groups a snapshot of all classes has: one for each class, and one for each cohort.
    pub fn groups(&self) -> usize {
        self.case.classes.list().len() + self.cohorts.len()
    }

    /// The group of a lot: its cohort's where its class has cohorts, else its class's.
    pub fn group(&self, lot: &Lot) -> Option<u32> {
        let group = match Cohort::of(&self.case.classes, &self.accrual, lot) {
            Some(cohort) => self.case.classes.list().len() + self.cohorts.binary_search(&cohort).ok()?,
            None => usize::from(lot.class),
        };
        u32::try_from(group).ok()
    }

    /// A group's class, and the cohort's accrual start where the class has cohorts.
    pub fn class_and_cohort(&self, group: usize) -> (ClassIx, Option<Date>) {
        match group.checked_sub(self.case.classes.list().len()).map(|cohort| &self.cohorts[cohort]) {
            Some(cohort) => (cohort.class, Some(cohort.start)),
            None => (ClassIx::try_from(group).expect("groups begin with the classes"), None),
        }
    }

    /// Shares by group that count at the close of `date`, in millionths, without a look at any holder.
    pub fn group_shares(&self, date: Date) -> Result<Vec<u128>, BeyondLimits> {
        let mut shares = vec![0; self.groups()];
        for lots in self.lots.list().iter().filter(|lots| lots.lot.counts_on(date)) {
            if let Some(group) = self.group(&lots.lot) {
                shares[group as usize] += lots.shares;
            }
        }
        let common = self.case.classes.common();
        shares[usize::from(common)] = self.outstanding(common, date)?;
        Ok(shares)
    }

    /// The register as of a date (`docs/rules.md`, "Register"), of those lots that are asked for.
    pub fn holdings(&self, date: Date, of: impl Fn(&Lot) -> bool) -> Result<Holdings, BeyondLimits> {
        let groups = |lot: &Lot| (of(lot) && lot.counts_on(date)).then(|| self.group(lot)).flatten();
        snapshot(&self.case.register, &groups, &self.case.share_factor(date))
    }

    /// What is wrong with running as of `date` at all (`docs/rules.md`, "Register", "Ledger").
    pub fn date_problems(&self, date: Date) -> Vec<Problem> {
        let terms = &self.case.terms;
        let mut problems = Vec::new();
        if let Some(register_date) = terms.register_date.filter(|r| *r > date) {
            let message = format!("The register is of {register_date}, after the date of the run, {date}.");
            let help = "Run a later date, or use the register of an earlier day.";
            let place = terms.place("register_date");
            let problem = Problem::error("terms.register_date.after-date", place, message, help);
            problems.push(problem.with_value(iso(register_date)));
        }
        problems.extend(self.over_issue(date));
        problems
    }

    /// An `arrears` table that is newer than the run's date.
    pub fn arrears_problem(&self, date: Date) -> Option<Problem> {
        let table = self.case.arrears.as_ref().filter(|table| table.as_of > date)?;
        let message = format!("The arrears are as of {}, after the date of the run, {date}.", table.as_of);
        let help = "Use the arrears.csv of an earlier run, or run a later date.";
        Some(table.place.error("arrears.as_of.after-date", message, help).with_value(iso(table.as_of)))
    }

    /// §1, §5: Series A ever issued by `date`, retired or not, above what is authorised.
    fn over_issue(&self, date: Date) -> Option<Problem> {
        let series_a = self.case.classes.series_a();
        let issued = |group: &&LotGroup| group.lot.issue_date.is_none_or(|i| i <= date);
        let shares: u128 = self.lots.of_class(series_a).filter(issued).map(|group| group.shares).sum();
        let authorized = self.case.terms.authorized_shares;
        if shares <= u128::from(authorized.micros()) {
            return None;
        }
        let issued = plain(&shares_ratio(shares), 6);
        let message = format!(
            "{} Series A shares were issued by {date}, more than the {} authorised (§1; retired shares never come \
             back, §5).",
            grouped(&issued),
            grouped(&authorized.to_string())
        );
        let help = "Correct the register, or authorized_shares in terms.";
        let problem = Problem::error("register.shares.over-issue", self.register_place(), message, help);
        Some(problem.with_value(issued))
    }

    pub fn register_place(&self) -> Place {
        let source = &self.case.register.source;
        Place { file: Some(source.file.clone()), sheet: source.sheet.clone(), cell: None }
    }

    /// Adjustments on or before the Rights Declaration Date are ignored, with a warning (`docs/rules.md`, "Multiple").
    pub fn ignored_adjustments(&self) -> Vec<Problem> {
        let rights = self.case.terms.rights_declaration_date;
        let ignored = self.case.adjustments.iter().filter(|a| !counts(a, rights));
        ignored
            .map(|a| {
                let message = format!(
                    "The {} of {} is ignored: the Certificate adjusts only after the Rights Declaration Date, \
                     {rights}.",
                    a.kind.word(),
                    a.effective_date
                );
                let help = "Nothing to do if that is right; else correct its date, or rights_declaration_date in \
                            terms.";
                a.place.warning("adjustments.effective_date.before-rights", message, help)
            })
            .collect()
    }

    /// Where the `arrears` table and the register do not speak of the same cohorts (`docs/rules.md`, "Ledger"), with a
    /// warning each: rows of unpaid dividends that no lot receives, and lots that the table calls paid by its silence.
    pub fn unmatched_arrears(&self) -> Vec<Problem> {
        let Some(table) = &self.case.arrears else { return Vec::new() };
        let unpaid = table.rows.iter().filter(|row| row.entry.is_unpaid());
        let unknown = unpaid.filter(|row| !self.accrual.0.iter().any(|a| a.start == row.accrual_start));
        let nobodys = unknown.map(|row| owed_to_nobody(&row.place, "the register", row.accrual_start));
        let mut problems: Vec<Problem> = nobodys.collect();
        let Some(latest) = table.rows.iter().map(|row| row.entry.quarter).max() else { return problems };
        let listed: BTreeSet<Date> = table.rows.iter().map(|row| row.accrual_start).collect();
        let outstanding = self.shares_on(table.as_of).into_keys();
        let silent: Vec<Date> = outstanding.filter(|start| *start < latest && !listed.contains(start)).collect();
        if let Some(start) = silent.first() {
            let others = match silent.len() - 1 {
                0 => String::new(),
                1 => " (and from one other date)".to_owned(),
                more => format!(" (and from {more} other dates)"),
            };
            let message = format!(
                "The table has no row for the Series A shares that accrue from {start}{others}: their quarters up to \
                 {} count as paid.",
                table.as_of
            );
            let help = "Nothing to do if they were paid; else add a row for each quarter that was not.";
            problems.push(table.place.warning("arrears.accrual_start.missing", message, help));
        }
        problems
    }

    /// What the case has that a run whose holders are those of `day` does not take into account.
    pub fn ignored(&self, day: Date) -> Vec<Problem> {
        let mut problems = self.ignored_adjustments();
        problems.extend(self.issued_later(day));
        problems.extend(self.unmatched_arrears());
        problems.extend(self.unknown_class_arrears());
        problems
    }

    /// Payments that were made by `date` for a day after it, which a run of `date` does not count.
    pub fn paid_ahead(&self, date: Date) -> impl Iterator<Item = Problem> {
        let ahead = move |paid: &Payment| paid.quarter.filter(|quarter| paid.date <= date && date < *quarter);
        self.case.payments.iter().filter_map(move |paid| {
            let quarter = iso(ahead(paid)?);
            let message = format!(
                "The payment of {} is as of {quarter}, after the date of the run, {date}, so nothing counts as paid by it yet.",
                paid.date
            );
            let help = "Correct the quarter if it was for an earlier one; else nothing to do.";
            Some(paid.place.warning("payments.quarter.after-date", message, help).with_value(quarter))
        })
    }

    /// Lots that were issued after the day of record.
    pub fn issued_later(&self, day: Date) -> Option<Problem> {
        let later = self.lots.list().iter().filter(|group| group.lot.issue_date.is_some_and(|issued| issued > day));
        let (lots, shares) = later.fold((0, 0), |(lots, shares), group| (lots + group.lots, shares + group.shares));
        let of = format!("{} of {} shares", plural(lots, "lot"), grouped(&plain(&shares_ratio(shares), 6)));
        let message = format!("Left out: {of} in all, issued after {day}.");
        let help = "Nothing to do if the dates are right.";
        (lots > 0).then(|| Problem::note("register.issue_date.later", self.register_place(), message, help))
    }

    /// The groups' values, such as what each of their shares gets: by class, and of Series A by cohort.
    pub fn group_values<T>(&self, class: impl Fn(ClassIx) -> T, cohort: impl Fn(Date) -> T) -> Vec<T> {
        let value = |group| match self.class_and_cohort(group) {
            (ix, Some(start)) if ix == self.case.classes.series_a() => cohort(start),
            (ix, _) => class(ix),
        };
        (0..self.groups()).map(value).collect()
    }

    /// The groups' values per share, where one class has one and nobody else any.
    pub fn class_values(&self, class: ClassIx, value: &Ratio) -> Vec<Ratio> {
        self.group_values(|ix| if ix == class { value.clone() } else { whole(0) }, |_| whole(0))
    }

    pub fn decimals(&self) -> u32 {
        self.case.terms.currency_decimals
    }

    /// Shares of a class that count at the close of `date`, adjusted to it, in millionths.
    pub fn outstanding(&self, class: ClassIx, date: Date) -> Result<u128, BeyondLimits> {
        if class == self.case.classes.common() && !self.case.share_factor(date).is_one() {
            let holdings = self.holdings(date, |lot| lot.class == class)?;
            return Ok(holdings.list().par_iter().map(|h| u128::from(h.shares)).sum());
        }
        Ok(self.lots.outstanding(class, date))
    }

    /// Series A shares that count at the close of `day`, by cohort, in millionths; cohorts without any left out.
    pub fn shares_on(&self, day: Date) -> BTreeMap<Date, u128> {
        let mut shares = BTreeMap::new();
        for group in self.lots.of_class(self.case.classes.series_a()).filter(|group| group.lot.counts_on(day)) {
            if let Some(accrual) = group.lot.issue_date.and_then(|i| self.accrual.of(i)) {
                *shares.entry(accrual.start).or_insert(0) += group.shares;
            }
        }
        shares
    }

    /// How many Series A lots count at the close of `day`.
    pub fn lots_on(&self, day: Date) -> u64 {
        let of_series_a = self.lots.of_class(self.case.classes.series_a());
        of_series_a.filter(|group| group.lot.counts_on(day)).map(|group| group.lots).sum()
    }
}

/// The warning that no lot receives what a row of `arrears` has unpaid.
pub(super) fn owed_to_nobody(row: &RowPlace, whose: &str, start: Date) -> Problem {
    let start = iso(start);
    let message = format!("No lot of {whose} accrues from {start}, so nobody is owed what this row has unpaid.");
    let help = "Correct the date, or complete the register; nothing to do if those shares are gone.";
    row.warning("arrears.accrual_start.unknown", message, help).with_value(start)
}
