//! §2(b): what each declaration on Common means for Series A, and what is odd about it.

use super::dividend::Dividends;
use crate::model::events::Declaration;
use crate::model::{Date, days_between};
use crate::outcome::DeclarationOut;
use crate::problem::{Place, Problem};
use crate::quantity::per_share_12;

/// §2(b), "immediately after": so many days at most.
const IMMEDIATELY: i64 = 7;

/// DGCL §213(c): Common's record date is at most so many days before its payment.
const COMMON_WINDOW: i64 = 60;

impl Dividends<'_> {
    fn since_first_issuance(&self, date: Date) -> impl Iterator<Item = (usize, &Declaration)> {
        let first = self.calendar.first_issuance;
        let in_range =
            move |d: &Declaration| first.is_some_and(|first| first <= d.declared_date && d.declared_date <= date);
        self.declarations.iter().enumerate().filter(move |(_, d)| in_range(d))
    }

    /// Every declaration on Common in [F, D] with what it means for Series A, by date, kind, asset.
    pub fn matched(&self, date: Date) -> Vec<DeclarationOut> {
        let Some(q1) = self.calendar.first_quarter() else { return Vec::new() };
        let mut declared: Vec<(usize, &Declaration)> = self.since_first_issuance(date).collect();
        declared.sort_by_key(|(_, d)| (d.declared_date, !d.is_cash(), d.asset.clone(), d.amount.clone()));
        let out = |(declaration, d): (usize, &Declaration)| {
            let quarter = self.calendar.quarters.on_or_after(d.declared_date).max(q1);
            let multiple = self.multiple.at(self.multiple_day(d, quarter));
            let series_a_amount = per_share_12(&(&multiple * &d.amount));
            DeclarationOut { declaration, multiple, series_a_amount, quarter }
        };
        declared.into_iter().map(out).collect()
    }

    /// Declarations in [F, D] that no Series A dividend was declared for, or not immediately after.
    pub fn unmatched(&self, date: Date) -> Vec<Problem> {
        let odd = |(_, d): (usize, &Declaration)| {
            let common = d.declared_date;
            let (what, message, help) = match d.series_a_declared_date {
                None => (
                    "missing",
                    format!("No Series A dividend is recorded for the declaration on Common of {common}."),
                    "§2(b) calls for one immediately after it: enter its date in series_a_declared_date.",
                ),
                Some(matching) if matching < common => (
                    "before-common",
                    format!(
                        "The Series A dividend of {matching} was declared before the one on Common that it matches, \
                         of {common}."
                    ),
                    "§2(b) has it declared immediately after: correct one of the two dates.",
                ),
                Some(matching) => {
                    let days = days_between(common, matching);
                    let message = format!(
                        "The Series A dividend of {matching} was declared {days} days after the one on Common of {common}."
                    );
                    let help = "§2(b) calls for it immediately after: ask counsel if the date is right.";
                    (days > IMMEDIATELY).then_some(("late", message, help))?
                }
            };
            Some(d.place.warning(&format!("declarations.series_a_declared_date.{what}"), message, help))
        };
        self.since_first_issuance(date).filter_map(odd).collect()
    }

    /// What is odd about the days of record of a run on `date` (DGCL §213(c)): of Series A's own payment, where it is
    /// paid, and of the declarations on Common that it pays or that made the quarter's dividend.
    pub fn odd_records(&self, date: Date, pays_series_a: bool) -> Vec<Problem> {
        let fixed = self.calendar.record_dates.dates.get(&date);
        let is_quarter = self.calendar.is_quarter(date);
        let mut problems = Vec::new();
        if is_quarter && pays_series_a && fixed.is_none() {
            let message = format!("No record date is fixed for {date}: the run took the holders of that day.");
            let help =
                "By DGCL §213(c) it is then the day of the Board's resolution: enter the record date in record_dates.";
            problems.push(Problem::warning("record_dates.record_date.missing", Place::default(), message, help));
        }
        let window = if is_quarter { self.window(date) } else { &[] };
        let paid = |d: &Declaration| d.payment_date == Some(date);
        let declared = self.declarations.iter().filter(|d| paid(d) || window.iter().any(|w| std::ptr::eq(w, *d)));
        for d in declared {
            let day = d.declared_date;
            if paid(d) && d.record_date.is_none() {
                let message =
                    format!("The dividend on Common of {day} has no record date: the run took the holders of {date}.");
                let help = "By DGCL §213(c) it is then the day of the Board's resolution: enter the record date.";
                problems.push(d.place.warning("declarations.record_date.missing", message, help));
            }
            let not_before =
                "A record date may not precede the Board's resolution (DGCL §213(c)): correct one of the two.";
            if let Some(record) = d.record_date.filter(|record| *record < day) {
                let message =
                    format!("The record date {record} lies before the declaration of {day} that it belongs to.");
                problems.push(d.place.warning("declarations.record_date.before-declaration", message, not_before));
            }
            if let (Some(record), Some(payment)) = (d.record_date, d.payment_date)
                && days_between(record, payment) > COMMON_WINDOW
            {
                let days = days_between(record, payment);
                let message =
                    format!("Common's record date {record} lies {days} days before its payment on {payment}.");
                let help = "DGCL §213(c) allows at most 60 days: correct one of the two dates.";
                problems.push(d.place.warning("declarations.record_date.too-early", message, help));
            }
            let matching = d.series_a_declared_date.filter(|_| window.iter().any(|w| std::ptr::eq(w, d)));
            if let (Some(matching), Some(record)) = (matching, fixed)
                && *record < matching
            {
                let message =
                    format!("Series A's record date {record} lies before its dividend was declared, on {matching}.");
                let (code, place) =
                    ("record_dates.record_date.before-declaration", self.calendar.record_dates.place(date));
                problems.push(Problem::warning(code, place, message, not_before));
            }
            let record = d.day_of_record();
            if let Some(adjusted) = self.multiple.changed_between(day, record) {
                let message = format!(
                    "Common was adjusted on {adjusted}, after the declaration of {day} and not after its record date, \
                     {record}."
                );
                let help = "Check that the amount is per share after the adjustment; reading split_timing says which \
                            multiple counts.";
                let (code, place) = ("declarations.record_date.after-adjustment", d.place.cell("declared_date"));
                problems.push(Problem::warning(code, place, message, help));
            }
        }
        problems
    }
}
