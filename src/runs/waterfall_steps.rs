//! How a waterfall went, tier by tier, in words: what is left before and after each tier, and what a share of each class
//! and cohort gets of it.

use super::waterfall::COMMON_ADJUSTMENT;
use super::{Context, Prepared};
use crate::model::reading::CommonAdjustment;
use crate::outcome::{Step, TierRow, WaterfallStep};
use crate::quantity::{Midpoint, Ratio, Units, round_decimals, scaled_fixed, units_ratio, whole};
use crate::text::{amount, grouped, readable};
use std::fmt::Write;

/// The steps of a distribution; `tiers` are cumulative over installments, of which `prior` were paid before;
/// `multiple` is M in words.
pub(crate) fn steps(
    context: &Context,
    prepared: &Prepared,
    prior: Units,
    proceeds: Units,
    tiers: &[TierRow],
    multiple: &str,
) -> Vec<WaterfallStep> {
    let case = context.case;
    let decimals = case.terms.currency_decimals;
    let first = Step::new(context.cited("6(a)"), "To distribute", scaled_fixed(prior + proceeds, decimals));
    let first = if prior == 0 {
        first
    } else {
        let what = "To distribute, with what earlier installments paid";
        Step { what: what.to_owned(), ..first }.from(scaled_fixed(proceeds, decimals))
    };
    let mut steps = vec![WaterfallStep { of: None, step: first }];
    let mut left = units_ratio(prior + proceeds, decimals);
    for rows in tiers.chunk_by(|a, b| a.tier == b.tier) {
        steps.push(WaterfallStep { of: None, step: of_tier(context, prepared, rows, &mut left, multiple) });
        steps.extend(rows.iter().map(|row| WaterfallStep {
            of: Some((row.class, row.accrual_start)),
            step: of_class(context, prepared, row),
        }));
    }
    steps
}

/// A tier's name in words.
fn words(tier: &str) -> String {
    match tier.split_once('-') {
        Some(("senior", order)) => format!("Senior series of order {order}"),
        Some(("junior", order)) => format!("Junior series of order {order}"),
        _ if tier == COMMON_ADJUSTMENT => "Common Adjustment".to_owned(),
        _ if tier == "preference" => "Series A Liquidation Preference".to_owned(),
        _ => "Participation".to_owned(),
    }
}

/// §9 for other series; what they take part in by terms of their own; §6(b) where a tier falls short; else §6(a).
fn clause(context: &Context, prepared: &Prepared, row: &TierRow, short: bool) -> &'static str {
    let case = context.case;
    let of_certificate = [case.classes.series_a(), case.classes.common()].contains(&row.class);
    if row.due.is_none() && (prepared.cohorts.is_empty() || !of_certificate) {
        return "Terms";
    }
    let is_other = row.tier.starts_with("senior") || row.tier.starts_with("junior");
    context.cited(match (is_other, short, row.due.is_none()) {
        (true, ..) => "9",
        (_, true, _) => "6(b)",
        (_, _, true) => "6(a), 6(c)",
        _ => "6(a)",
    })
}

/// What all of a tier is due and paid, and what is left after it.
fn of_tier(context: &Context, prepared: &Prepared, rows: &[TierRow], left: &mut Ratio, multiple: &str) -> Step {
    let case = context.case;
    let (decimals, readings) = (case.terms.currency_decimals, &case.terms.readings);
    // More decimals than cash has, so that the figures add up for whoever checks them.
    let money = |value: &Ratio| amount(&round_decimals(value, decimals + 4, Midpoint::HalfEven), decimals);
    let paid = rows.iter().fold(whole(0), |sum, row| sum + &row.paid);
    let due = rows.iter().filter_map(|row| row.due.as_ref()).fold(whole(0), |sum, due| sum + due);
    let row = rows.first().expect("a tier has its rows");
    let is_last = row.due.is_none();
    let short = !is_last && paid < due;
    let mut what = words(&row.tier);
    if row.tier == "preference" && rows.iter().any(|row| row.accrual_start.is_none()) {
        what.push_str(", with parity");
    }
    if row.tier == COMMON_ADJUSTMENT
        && let Some(adjustment) = &prepared.adjustment
    {
        let each = readable(adjustment, decimals);
        let preference = readable(&(adjustment * &prepared.multiple), decimals);
        let which = match readings.common_adjustment {
            CommonAdjustment::Mean => "the mean Series A Liquidation Preference",
            CommonAdjustment::Highest => "the highest Series A Liquidation Preference",
            CommonAdjustment::Base => "the liquidation preference alone",
        };
        let _ = write!(what, " of {each} a share ({preference}, {which}, divided by {multiple})");
    }
    if is_last {
        // Other classes take part by terms of their own.
        let series_a_and_common = |row: &TierRow| [case.classes.series_a(), case.classes.common()].contains(&row.class);
        if prepared.adjustment.is_some() && rows.iter().all(series_a_and_common) {
            let _ = write!(
                what,
                ": all that is left is shared, {multiple} for a share of Series A to 1 for one of Common; left after that"
            );
        } else {
            what.push_str(": all that is left is shared; left after that");
        }
    } else if short {
        let _ = write!(
            what,
            ": {} is due in all; what is left is shared in proportion; left after that",
            grouped(&money(&due))
        );
    } else {
        let _ = write!(what, ": {} is due in all; left after that", grouped(&money(&due)));
    }
    let before = money(left);
    *left -= &paid;
    let step = Step::new(clause(context, prepared, row, short), what, money(left)).from(before);
    if row.tier == COMMON_ADJUSTMENT { step.reading(readings.common_adjustment) } else { step }
}

/// What a share of a class, or of a cohort of Series A, gets of a tier.
fn of_class(context: &Context, prepared: &Prepared, row: &TierRow) -> Step {
    let case = context.case;
    let class = &case.classes.get(row.class).name;
    let cohort = row.accrual_start.map(|d| format!(" accruing from {d}")).unwrap_or_default();
    let short = row.due.as_ref().is_some_and(|due| row.paid < *due);
    let why = if row.why.is_empty() { String::new() } else { format!(" ({})", row.why) };
    let what = format!("To a share of {class}{cohort}{why}");
    Step::new(clause(context, prepared, row, short), what, amount(&row.paid_per_share, case.terms.currency_decimals))
}
