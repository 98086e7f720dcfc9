//! A dividend run: everything due on preferred stock, or a sum that goes down the ranks; then Common.

mod checks;
mod deliveries;
mod describe;
mod preferred;
mod record_date;
mod rows;
mod withholding;

use super::effects::effects;
use super::replay::DayPayments;
use super::retirements::retirements;
use super::{Context, Refusal, Replay, State, Until, arrears_out, common};
use crate::model::{Case, Date};
use crate::outcome::DividendOutcome;
use crate::quantity::Units;
use crate::rules::dividend::Dividends;
use checks::Made;
pub(crate) use checks::PAYS_NOBODY;
pub use checks::same_clause;
use num_traits::Signed;
pub use rows::withhold;
use std::collections::BTreeSet;

/// The clause that forbids paying Common while Series A is behind.
pub const ARREARS_CLAUSE: &str = "4(a)(i)";

/// What is asked of a dividend run.
#[derive(Clone, Debug)]
pub struct DividendPlan {
    pub date: Date,
    /// What statements show as the day of payment; D where none.
    pub pay_date: Option<Date>,
    /// What there is for preferred stock, in smallest units; everything due where none.
    pub funds: Option<Units>,
    /// Clauses to go on in spite of.
    pub acknowledged: Vec<String>,
}

/// The readings that a dividend can depend on.
const READINGS: [&str; 8] = [
    "cash_dividends",
    "split_timing",
    "midpoint",
    "first_period",
    "partial_payment",
    "in_kind",
    "withhold_in_kind",
    "fractions",
];

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
    let date = plan.date;
    let mut replay = Replay::new(&context);
    let day_rows = replay.by_day().remove(&date).unwrap_or_default();
    let mut problems = context.date_problems(date);
    problems.extend(context.arrears_problem(date));
    problems.extend(context.accrued_problems(date));
    problems.extend(context.between_compounding_dates(date, context.calendar.record_dates.of(date)));
    problems.extend(checks::funds_beside_payments(plan, &day_rows));
    problems.extend(record_date::record_date_of_the_run(&context, plan));
    problems.extend(record_date::moved_since_the_record_date(&context, date));
    let payable = case.declarations.iter().filter(|d| d.payment_date == Some(date));
    replay.watched = payable.map(|d| d.declared_date).filter(|day| *day < date).collect();
    replay.watched.extend(retirements(&context, date).map(|(day, _)| day));
    let state = match replay.run(Until::BeforePaymentsOf(date)) {
        Ok(state) if problems.is_empty() => state,
        Ok(_) => return Err(problems.into()),
        Err(more) => {
            problems.extend(more.into_problems());
            return Err(problems.into());
        }
    };
    Run { context: &context, dividends: context.dividends(), plan, day_rows }.finish(&replay, state)
}

struct Run<'a> {
    context: &'a Context<'a>,
    dividends: Dividends<'a>,
    plan: &'a DividendPlan,
    day_rows: DayPayments<'a>,
}

impl Run<'_> {
    fn case(&self) -> &Case {
        self.context.case
    }

    fn finish(self, replay: &Replay, mut state: State) -> Result<DividendOutcome, Refusal> {
        let date = self.plan.date;
        let (before, carried) = (state.ledger.clone(), state.carry.clone());
        let preferred = self.pay_preferred(&mut state.ledger, &mut state.carry)?;
        self.told_apart(&preferred)?;
        let (entitled, paid) = (&preferred.series_a, &preferred.series_a_paid);
        let owed: BTreeSet<String> =
            entitled.shares.keys().flat_map(|cohort| before.unpaid_in_kind(*cohort, date).into_keys()).collect();
        self.something_is_due(&preferred, &owed)?;
        let assets = self.assets(&owed);
        let names: Vec<String> = assets.iter().map(|a| a.name.clone()).collect();

        let changed = paid.per_share.values().any(Signed::is_positive);
        for asset in &owed {
            state.ledger.deliver(&entitled.shares, asset, date);
        }
        if self.day_rows.set_apart {
            state.ledger.set_apart(date);
        }
        let rows = &self.day_rows;
        let recorded = rows.set_apart || !rows.cash.is_empty() || !rows.assets.is_empty();
        let event = changed || !owed.is_empty() || recorded;
        replay.close_day(&mut state, date, event);

        let behind = entitled.shares.keys().any(|cohort| state.ledger.is_behind(*cohort, date));
        let in_kind = self.series_a_in_kind(&entitled.holdings, &before, &assets)?;
        // What Series A gets has to be known before the Certificate can forbid the run; what Common gets, once it may.
        let acknowledged = self.check_common(&state, behind)?;
        let mut common = common::pay(self.context, date, &names)?;
        self.common_steps(&mut common.payments, &state, behind);
        let rows = self.rows(&preferred, &common, &in_kind, &assets)?;
        let made = Made {
            preferred: &preferred,
            before: &before,
            state: &state,
            common: &common,
            rows: &rows,
            assets: &assets,
            behind,
            acknowledged: &acknowledged,
        };
        let classes = self.classes(&preferred);
        let mut arrears = arrears_out::rows(self.context, &state.ledger, &entitled.shares, date);
        arrears.extend(arrears_out::of_classes(self.context, &classes, date));
        let series_a = self.case().classes.series_a();
        arrears.sort_by_key(|row| row.class.unwrap_or(series_a));
        let mut outcome = DividendOutcome {
            date,
            pay_date: self.plan.pay_date.unwrap_or(date),
            record_date: self.context.calendar.record_dates.of(date),
            funds: self.plan.funds,
            multiple: self.context.multiple.outcome(date),
            accrual: self.context.accrual.clone(),
            cohorts: self.cohorts(&preferred, &before, &state.ledger, &assets),
            classes,
            common: common.payments.clone(),
            totals: rows::totals(&preferred, &rows, &common, &in_kind),
            common_cash: common.cash(),
            earlier_quarters: self.paid_of_earlier_quarters(&preferred, &before),
            warnings: self.warnings(&made),
            apportionments: preferred.apportionments.clone(),
            default_period: replay.default_period(&state, &entitled.shares, date),
            default_steps: state.default_steps.clone(),
            arrears,
            carried,
            carry: state.carry.clone(),
            payments: describe::payments_out(changed, paid.taken, &owed),
            declarations: self.dividends.matched(date),
            history: state.history.clone(),
            readings: Vec::new(),
            restrictions: checks::restrictions(behind),
            acknowledged,
            assets,
            rows,
        };
        for row in outcome.rows.iter().filter(|r| !r.is_cash()) {
            outcome.assets[usize::from(row.asset) - 1].delivered += row.gross;
        }
        Ok(outcome)
    }
}
