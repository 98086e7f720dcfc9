//! §2(c), first sentence: the date from which a lot's dividends accrue.

use crate::model::{Calendar, Date};
use crate::outcome::{AccrualStart, AccrualStarts};
use std::collections::BTreeSet;

/// When dividends begin to accrue on lots issued on `issue_date`, and by which words.
pub(crate) fn accrual_start(calendar: &Calendar, issue_date: Date) -> AccrualStart {
    let first_record_date = calendar.first_quarter().map(|q1| calendar.record_dates.of(q1));
    let (start, why) = if first_record_date.is_none_or(|r1| issue_date < r1) {
        // §2(c), first exception.
        (issue_date, "issued before the record date for the first Quarterly Dividend Payment Date: from the issue date")
    } else if calendar.quarters.contains(issue_date) {
        // §2(c), second exception, first half.
        (issue_date, "issued on a Quarterly Dividend Payment Date: from that date")
    } else if let Some(quarter) = between_record_and_payment(calendar, issue_date) {
        // §2(c), second exception, second half.
        (quarter, "issued after a record date and before its Quarterly Dividend Payment Date: from the latter")
    } else {
        // §2(c), the rule.
        (calendar.quarters.before(issue_date), "from the Quarterly Dividend Payment Date next preceding the issue date")
    };
    AccrualStart { issue_date, start, why }
}

/// The quarter date q with R(q) < issue date < q, if there is one.
fn between_record_and_payment(calendar: &Calendar, issue_date: Date) -> Option<Date> {
    let later = calendar.record_dates.dates.iter().filter(|(quarter, _)| **quarter > issue_date);
    let mut quarters = later.filter(|(quarter, _)| calendar.quarters.contains(**quarter));
    quarters.find(|(_, record)| **record < issue_date).map(|(quarter, _)| *quarter)
}

pub(crate) fn accrual_starts(calendar: &Calendar, issue_dates: &BTreeSet<Date>) -> AccrualStarts {
    AccrualStarts(issue_dates.iter().map(|date| accrual_start(calendar, *date)).collect())
}
