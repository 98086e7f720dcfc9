//! What a liquidation's curve answers: why a share gets what it does, where something changes, and which sum gives a
//! holder an amount.

use super::waterfall::{COMMON_ADJUSTMENT, PARTICIPATION};
use super::{Context, Prepared, Refusal};
use crate::model::{ClassIx, Date};
use crate::outcome::{Breakeven, Breakpoint, Payoff, StackRow, Turn};
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Units, shares_ratio, units_ratio, whole};
use crate::rules::curve::{Claimant, Form, Stage, Value};
use crate::text::readable;
use rayon::prelude::*;

/// How a share came to what it gets: of its preference, in the row of a tier, or beside it.
pub(super) fn why(context: &Context, claimant: &Claimant, value: &Value, level: &Ratio, in_tier: bool) -> String {
    let money = |value: &Ratio| readable(value, context.decimals());
    let total = money(&value.total());
    match (&claimant.form, value.stage) {
        (Form::Converts(ratio), Stage::Waits) if in_tier => {
            let (as_common, due) = (money(&(&claimant.kept + ratio * level)), money(&claimant.due));
            format!("not converted, since {as_common} a share as Common is no more than {due} of preference")
        }
        _ if in_tier => String::new(),
        (_, Stage::Converted) => {
            let most = if let Form::Capped(_, cap) = &claimant.form {
                ("its cap", cap)
            } else {
                ("preference", &claimant.due)
            };
            let than = most.1.max(&claimant.due);
            format!("converted, since {total} a share as Common is more than {} of {}", money(than), most.0)
        }
        (_, Stage::Overtakes) => {
            format!("{total} a share, since that is more than {} of preference", money(&claimant.due))
        }
        (Form::Capped(_, cap), Stage::Capped) => {
            format!("capped: {total} a share in all, its cap being {}", money(cap))
        }
        (Form::Buys(_, price), stage) => {
            let (not, no) = if stage == Stage::Exercised { ("", "") } else { ("not ", "no ") };
            let (worth, costs) = (money(level), money(price));
            format!("{not}exercised, since a Common share is worth {worth}, {no}more than the {costs} it costs")
        }
        _ => String::new(),
    }
}

/// The sums at which something changes, in order; what changes at one sum, as the waterfall comes to it.
pub(super) fn breakpoints(context: &Context, prepared: &Prepared) -> Vec<Breakpoint> {
    let curve = &prepared.curve;
    let tier = |name: &str, at: Ratio| Breakpoint { what: Turn::Tier(name.to_owned()), at };
    let mut points: Vec<Breakpoint> =
        curve.tiers.iter().zip(curve.begins()).map(|(of, at)| tier(&of.name, at.clone())).collect();
    if prepared.adjustment.is_some() {
        points.push(tier(COMMON_ADJUSTMENT, curve.sum_at(&whole(0))));
    }
    if curve.rises() {
        let from = prepared.adjustment.clone().unwrap_or_else(|| whole(0));
        points.push(tier(PARTICIPATION, curve.sum_at(&from)));
    }
    let mut events: Vec<(ClassIx, &'static str, Option<Date>, Ratio)> = Vec::new();
    for change in curve.changes() {
        let event = match change.stage {
            Stage::Converted | Stage::Overtakes => "converts",
            Stage::Capped => "capped",
            Stage::Exercised => "exercises",
            Stage::Waits | Stage::TakesPart => continue,
        };
        let (class, start) = context.class_and_cohort(curve.claimants[change.claimant].group);
        events.push((class, event, start, change.at));
    }
    events.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    for same in events.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let differ = same.iter().any(|event| event.3 != same[0].3);
        let told = if differ { same } else { &same[..1] };
        points.extend(told.iter().map(|(class, event, start, at)| Breakpoint {
            what: Turn::Event { event, class: *class, accrual_start: start.filter(|_| differ) },
            at: at.clone(),
        }));
    }
    points.sort_by(|a, b| a.at.cmp(&b.at));
    points.dedup_by(|a, b| a.what == b.what && a.at == b.at);
    points
}

/// The smallest sum at which a holder gets an amount in all.
/// Errors: A holder that the register does not have, or who has nothing on the date.
pub(super) fn breakeven(
    context: &Context,
    prepared: &Prepared,
    wanted: &(String, Units),
) -> Result<Breakeven, Refusal> {
    let (id, amount) = wanted;
    let register = &context.case.register;
    let refused = |message: String, help: &str| {
        Refusal::from(vec![
            Problem::error("run.breakeven.no-holder", Place::command_line(), message, help).with_value(id.clone()),
        ])
    };
    let holder = register.find(id).ok_or_else(|| {
        refused(format!("The register has no holder '{id}'."), "Give a holder_id of the register with --breakeven.")
    })?;
    let holdings = context.holdings(prepared.date, |lot| lot.holder == holder)?;
    let parts = holdings.list().iter().flat_map(|holding| holdings.parts(holding));
    let claimant = |group: u32| prepared.curve.claimants.iter().position(|of| of.group == group as usize);
    let held: Vec<(usize, u128)> =
        parts.filter_map(|part| Some((claimant(part.group)?, u128::from(part.shares)))).collect();
    if held.is_empty() {
        let message = format!("{id} holds nothing on {}, so no sum gives it anything.", prepared.date);
        return Err(refused(message, "Give a holder of shares, options or warrants with --breakeven."));
    }
    let at = prepared.curve.breakeven(&held, &units_ratio(*amount, context.decimals()));
    Ok(Breakeven { holder: id.clone(), amount: *amount, at })
}

/// Each class and cohort with what it is due, where it converts, and where it is capped.
pub(super) fn stack(context: &Context, prepared: &Prepared) -> Vec<StackRow> {
    let changes = prepared.curve.changes();
    let row = |(at, claimant): (usize, &Claimant)| {
        let (class, accrual_start) = context.class_and_cohort(claimant.group);
        let level = |stages: &[Stage]| {
            let change = changes.iter().find(|change| change.claimant == at && stages.contains(&change.stage));
            change.map(|change| change.level.clone())
        };
        StackRow {
            class,
            accrual_start,
            shares: claimant.shares,
            due: claimant.due.clone(),
            converts_at: level(&[Stage::Converted, Stage::Overtakes, Stage::Exercised]),
            capped_at: level(&[Stage::Capped]),
        }
    };
    prepared.curve.claimants.iter().enumerate().map(row).collect()
}

/// What each class gets at every sum at which something changes, and at one beyond the last and `until`: between them all
/// lines are straight.
pub(super) fn payoff(context: &Context, prepared: &Prepared, points: &[Breakpoint], until: Ratio) -> Payoff {
    let curve = &prepared.curve;
    let mut sums: Vec<Ratio> = points.iter().map(|point| point.at.clone()).collect();
    sums.dedup();
    let beyond = sums.last().map(|last| (last * whole(5) / whole(4)).max(whole(1)).max(until));
    sums.extend(beyond);
    let lines: Vec<_> = curve.claimants.iter().map(|c| context.class_and_cohort(c.group)).collect();
    let mut classes: Vec<ClassIx> = lines.iter().map(|(class, _)| *class).collect();
    classes.dedup();
    let per_share: Vec<Vec<Ratio>> = sums.par_iter().map(|sum| curve.totals(sum)).collect();
    let totals = |each: &Vec<Ratio>| {
        let mut totals = vec![whole(0); classes.len()];
        for ((each, claimant), (class, _)) in each.iter().zip(&curve.claimants).zip(&lines) {
            let column = classes.binary_search(class).expect("claimants are in class order");
            totals[column] += each * shares_ratio(claimant.shares);
        }
        totals
    };
    Payoff { totals: per_share.iter().map(totals).collect(), sums, classes, lines, per_share }
}
