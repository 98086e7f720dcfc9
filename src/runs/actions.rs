//! Verdicts on planned corporate actions (§3(c)(ii), §4, §5, §8).

use super::vote::board_rules;
use super::{Context, Refusal, Replay, Until};
use crate::model::events::{Action, ActionKind};
use crate::model::{Case, ClassIx, Date, Rank, plus_days};
use crate::outcome::{ActionVerdict, ActionsOutcome};
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, units_ratio};
use crate::rules::partial::total_due;
use crate::rules::restrictions::{Circumstances, judge, ratable};
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};

/// Judges every row of `actions`.
pub fn run(case: &Case) -> Result<ActionsOutcome, Refusal> {
    let context = Context::new(case);
    let dates: BTreeSet<Date> = case.actions.iter().map(|a| a.date).collect();
    let days = dates.into_iter().map(|date| Ok((date, circumstances(&context, date)?)));
    let days = days.collect::<Result<BTreeMap<Date, Circumstances>, Refusal>>()?;
    let verdict = |action: &Action| {
        let class = action.class.map(|class| case.classes.get(class));
        let (clauses, reason) = judge(action, class, &days[&action.date]);
        let (row, date, action) = (action.row, action.date, action.kind.word());
        ActionVerdict { row, date, action, allowed: clauses.is_empty(), clauses, reason }
    };
    let mut warnings = context.ignored_adjustments();
    warnings.extend(context.unmatched_arrears());
    warnings.extend(no_actions(case));
    Ok(ActionsOutcome { verdicts: case.actions.iter().map(verdict).collect(), warnings })
}

fn no_actions(case: &Case) -> Option<Problem> {
    case.actions.is_empty().then(|| {
        let message = "The case has no planned actions, so there is nothing to judge.";
        let help = "Add an actions table: a row for each planned dividend, purchase or redemption, with its date.";
        Problem::warning("actions.table.empty", Place::default(), message, help)
    })
}

fn circumstances(context: &Context, date: Date) -> Result<Circumstances, Refusal> {
    let state = Replay::new(context).run(Until::EndOf(date))?;
    let shares = context.shares_on(date);
    // In arrears: some quarter before the day is not paid in full.
    let in_arrears = shares.keys().any(|cohort| state.ledger.is_behind(*cohort, plus_days(date, -1)));
    let due = total_due(&state.ledger.claims(&shares, date));
    let right_exercised = board_rules(context.case, &state.periods).exercised(date).is_some();
    Ok(Circumstances { in_arrears, right_exercised, ratable: ratable_on(context, date, &due)? })
}

fn ratable_on(context: &Context, date: Date, series_a_due: &Ratio) -> Result<Result<(), String>, Refusal> {
    let case = context.case;
    let of_day = case.actions.iter().filter(|a| a.kind == ActionKind::ParityDividend && a.date == date);
    let rows: Vec<&Action> = of_day.collect();
    let (accrued, shares) = (context.accrued(date), context.group_shares(date)?);
    let mut due: Vec<(ClassIx, &str)> = Vec::new();
    for (ix, class) in case.classes.iter() {
        let groups = (0..accrued.len()).filter(|group| context.class_and_cohort(*group).0 == ix);
        let is_due = groups.into_iter().any(|group| shares[group] > 0 && !accrued[group].is_zero());
        if class.restriction_rank() == Rank::Parity && is_due {
            due.push((ix, &class.name));
        }
    }
    let unit = units_ratio(1, case.terms.currency_decimals);
    Ok(ratable(&rows, &due, series_a_due, &unit).map_err(|why| format!("{why} ({date})")))
}
