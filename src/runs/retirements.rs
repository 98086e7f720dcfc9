//! Series A shares that were retired while dividends on them were unpaid (§5).

use super::Context;
use super::replay::Standing;
use crate::holdings::lot_groups::LotGroup;
use crate::model::{Date, plus_days};
use crate::problem::Problem;
use crate::quantity::{Midpoint, fixed, shares_ratio, whole};
use crate::text::{grouped, readable};
use num_traits::Zero;
use std::collections::BTreeMap;

/// Lots of Series A retired by `date` that lost what was unpaid on them then, each with the day by which it was: the
/// day before, or the quarter date that its holder was still of record for.
pub(super) fn retirements<'a>(context: &'a Context, date: Date) -> impl Iterator<Item = (Date, &'a LotGroup)> {
    let entitled_until = context.calendar.record_dates.of(date);
    let of_series_a = context.lots.of_class(context.case.classes.series_a());
    of_series_a.filter_map(move |group| {
        let retired = group.lot.retired_date.filter(|retired| *retired <= entitled_until)?;
        let quarter = context.calendar.quarters.on_or_after(retired);
        let of_record = context.calendar.record_dates.of(quarter) < retired;
        Some((if of_record { quarter } else { plus_days(retired, -1) }, group)).filter(|(day, _)| *day < date)
    })
}

/// The warning that Series A shares were retired while dividends on them were unpaid (§5 retires the shares, not
/// what was owed on them).
pub(super) fn retired_unpaid(context: &Context, date: Date, days: &BTreeMap<Date, Standing>) -> Option<Problem> {
    let (mut shares, mut owed) = (0, whole(0));
    for (day, group) in retirements(context, date) {
        let start = group.lot.issue_date.and_then(|issued| context.accrual.of(issued)).map(|accrual| accrual.start);
        let unpaid = start.and_then(|start| days.get(&day)?.unpaid.get(&start)).filter(|unpaid| !unpaid.is_zero());
        if let Some(unpaid) = unpaid {
            shares += group.shares;
            owed += shares_ratio(group.shares) * unpaid;
        }
    }
    (shares > 0).then(|| {
        let message = format!(
            "{} Series A shares were retired while dividends on them were unpaid: {} {} in all.",
            readable(&shares_ratio(shares), 0),
            grouped(&fixed(&owed, context.decimals(), Midpoint::HalfUp)),
            context.case.terms.currency
        );
        let help =
            "No run pays those holders any more: a dividend that was declared may still be owed to them. Ask counsel.";
        Problem::warning("register.retired_date.unpaid-dividends", context.register_place(), message, help)
    })
}
