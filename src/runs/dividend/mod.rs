//! A dividend run (SPEC 4.8): everything due on preferred stock, or a sum that goes down the ranks; then Common.

mod checks;
mod describe;
mod preferred;
mod rows;
mod series_a;

use super::common;
use super::context::Context;
use super::effects::effects;
use super::{Refusal, arrears_out};
use crate::model::Case;
use crate::model::calendar::Date;
use crate::outcome::dividend::DividendOutcome;
use crate::quantity::Units;
use crate::rules::replay::{DayPayments, Entitled, Replay, State, Until};
pub use checks::same_clause;
use num_traits::Signed;
pub use rows::withhold;
use std::collections::BTreeSet;

/// The clause that forbids paying Common while Series A is behind.
pub const ARREARS_CLAUSE: &str = "4(a)(i)";

/// What is asked of a dividend run.
#[derive(Clone, Debug)]
pub struct DividendPlan {
    /// D.
    pub date: Date,
    /// What statements show as the day of payment; D where none.
    pub pay_date: Option<Date>,
    /// What there is for preferred stock, in smallest units; everything due where none.
    pub funds: Option<Units>,
    /// Clauses to go on in spite of.
    pub acknowledged: Vec<String>,
}

/// The readings that a dividend can depend on.
const READINGS: [&str; 7] =
    ["cash_dividends", "split_timing", "midpoint", "first_period", "partial_payment", "in_kind", "fractions"];

/// Runs a dividend, and again under each other reading.
/// Errors: [`Refusal`]: problems of the case, or §4(a)(i) forbids paying Common.
pub fn run(case: &Case, plan: &DividendPlan) -> Result<DividendOutcome, Refusal> {
    let mut outcome = run_once(case, plan)?;
    // Whether §4(a)(i) would forbid it under another reading is not what is compared.
    let plan = DividendPlan { acknowledged: vec![ARREARS_CLAUSE.to_owned()], ..plan.clone() };
    let again = |case: &Case| run_once(case, &plan).map(|o| (o.totals.gross, o.rows));
    outcome.readings = effects(case, &READINGS, &(outcome.totals.gross, &outcome.rows), again);
    Ok(outcome)
}

fn run_once(case: &Case, plan: &DividendPlan) -> Result<DividendOutcome, Refusal> {
    let context = Context::new(case);
    let dividends = context.dividends();
    let replay = context.replay(&dividends);
    let date = plan.date;
    let day_rows = replay.by_day().remove(&date).unwrap_or_default();

    let mut problems = context.date_problems(date);
    problems.extend(context.arrears_problem(date));
    problems.extend(context.accrued_problems(date));
    problems.extend(checks::funds_beside_payments(plan, &day_rows));
    let state = match replay.run(Until::BeforePaymentsOf(date)) {
        Ok(state) if problems.is_empty() => state,
        Ok(_) => return Err(problems.into()),
        Err(more) => {
            problems.extend(more);
            return Err(problems.into());
        }
    };
    if let Some(problem) =
        day_rows.sum().flatten().and_then(|units| replay.more_than_due(&state.ledger, date, units, &day_rows))
    {
        return Err(vec![problem].into());
    }
    let run = Run { context: &context, plan, day_rows, entitlement_day: context.calendar.entitlement_day(date) };
    run.finish(&replay, state)
}

struct Run<'a> {
    context: &'a Context<'a>,
    plan: &'a DividendPlan,
    day_rows: DayPayments<'a>,
    entitlement_day: Date,
}

impl Run<'_> {
    fn case(&self) -> &Case {
        self.context.case
    }

    fn finish(self, replay: &Replay, state: State) -> Result<DividendOutcome, Refusal> {
        let date = self.plan.date;
        let mut state = state;
        let shares = self.context.shares_on(self.entitlement_day);
        let before = state.ledger.clone();
        let preferred = self.pay_preferred(&before)?;
        let assets = self.assets(&before, &shares);
        let names: Vec<String> = assets.iter().map(|a| a.name.clone()).collect();
        let owed: BTreeSet<String> =
            shares.keys().flat_map(|cohort| before.unpaid_in_kind(*cohort, date).into_keys()).collect();
        self.something_is_due(&preferred, &owed)?;

        let paid_to_series_a = self.paid_to_series_a(&preferred);
        let paid_per_share = replay.pay(&mut state.ledger, date, paid_to_series_a);
        let changed = paid_per_share.values().any(Signed::is_positive);
        for asset in &owed {
            state.ledger.deliver(&shares, asset, date);
        }
        if self.day_rows.set_apart {
            state.ledger.set_apart(date);
        }
        let rows = &self.day_rows;
        let recorded = rows.set_apart || !rows.cash.is_empty() || !rows.assets.is_empty();
        let event = changed || !owed.is_empty() || recorded;
        replay.close_day(&mut state, date, event);

        let behind = shares.keys().any(|cohort| state.ledger.is_behind(*cohort, date));
        let in_kind = self.series_a_in_kind(&preferred, &before, &assets)?;
        // What Series A gets has to be known before the Certificate can forbid the run; what Common gets, once it may.
        let acknowledged = self.check_common(behind)?;
        let mut common = common::pay(self.context, date, &names)?;
        self.common_steps(&mut common.payments, behind);
        let rows = self.rows(&preferred, &common, &in_kind);
        let totals = rows::totals(&preferred, &rows, &common, &in_kind);
        let mut outcome = DividendOutcome {
            date,
            pay_date: self.plan.pay_date.unwrap_or(date),
            record_date: self.entitlement_day,
            funds: self.plan.funds,
            multiple: self.context.multiple.outcome(date),
            accrual: self.context.accrual.clone(),
            cohorts: self.cohorts(&before, &state.ledger, &shares, &paid_per_share, &names),
            classes: self.classes(&preferred),
            common: common.payments.clone(),
            assets,
            totals,
            apportionments: preferred.apportionments.clone(),
            default_period: self.default_period(&state, &shares),
            arrears: arrears_out::rows(self.context, &state.ledger, &shares, date),
            payments: describe::payments_out(changed, paid_to_series_a, &owed),
            declarations: self.context.dividends().matched(date),
            history: state.history.clone(),
            readings: Vec::new(),
            warnings: self.warnings(&preferred, behind, &acknowledged),
            restrictions: checks::restrictions(behind),
            acknowledged,
            rows,
        };
        for row in outcome.rows.iter().filter(|r| !r.is_cash()) {
            if let Some(asset) = outcome.assets.get_mut(usize::from(row.asset) - 1) {
                asset.delivered += row.gross;
            }
        }
        Ok(outcome)
    }
}
