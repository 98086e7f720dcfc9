//! What is wrong with the record dates of a run's own payments.

use super::DividendPlan;
use crate::model::{Date, days_between, iso};
use crate::problem::Problem;
use crate::runs::Context;

/// Where `record_dates` names D: not more than the window before the day of payment either (§2(c)).
pub(super) fn record_date_of_the_run(context: &Context, plan: &DividendPlan) -> Option<Problem> {
    let record = *context.calendar.record_dates.dates.get(&plan.date)?;
    let paid = plan.pay_date.unwrap_or(plan.date);
    let ahead = days_between(record, paid);
    let window = context.case.terms.record_date_window;
    (ahead > i64::from(window)).then(|| {
        let message = format!(
            "The record date {record} lies {ahead} days before the payment on {paid}; §2(c) allows at most {window}."
        );
        let help = "Fix a later record date in record_dates, or an earlier --pay-date.";
        let place = context.calendar.record_dates.place(plan.date);
        Problem::error("record_dates.record_date.too-early", place, message, help).with_value(iso(record))
    })
}

/// A register that was made of transactions is as of D: it does not say who held on a record date (§2(c)) what went to
/// another holder since, or how many shares there were before a split.
pub(super) fn moved_since_the_record_date(context: &Context, date: Date) -> Vec<Problem> {
    let case = context.case;
    let of_common = case.declarations.iter().filter(|d| d.payment_date == Some(date));
    let of_common = of_common.filter_map(|d| d.record_date).min();
    let moved = case.moved.iter().filter_map(|(class, moved)| {
        let (ix, class) = (*class, case.classes.get(*class));
        let has_own = ix == case.classes.series_a() || class.rate.is_some();
        let record = if has_own { context.calendar.record_dates.of(date) } else { of_common? };
        (*moved > record).then(|| {
            let name = &class.name;
            let message = format!(
                "{name} went to another holder or was split on {moved}, after the record date, {record}: the register as of \
                 {date} does not say who held what on it."
            );
            let help = format!(
                "Make the register of that day with ratable convert CASE --date {record} --to xlsx --out FILE, and run FILE."
            );
            Problem::error("register.table.after-record-date", context.register_place(), message, help)
        })
    });
    moved.collect()
}

/// Common that was split between a record date and the day that the register is of: it is counted as it is now.
pub(super) fn split_since_the_record_date(context: &Context, date: Date) -> Vec<Problem> {
    let case = context.case;
    let of = case.terms.register_date.unwrap_or(date);
    let payable = case.declarations.iter().filter(|d| d.payment_date == Some(date));
    let split = payable.filter_map(|d| {
        let record = d.record_date?;
        let split = case.adjustments.iter().find(|a| record < a.effective_date && a.effective_date <= of)?;
        let message = format!(
            "The register is of {of}, and the number of Common changed on {}, after the record date {record}: Common is paid \
             on the shares that the register has.",
            split.effective_date
        );
        let help = "Use a register of the record date, and give its day as the term register_date.";
        Some(d.place.warning("declarations.record_date.before-adjustment", message, help))
    });
    split.collect()
}
