//! The ledger replayed day by day: dividends accrue, payments are applied as of their day, and the default period of
//! §3(c)(i) begins and ends.

use super::series_a::Entitled;
use super::{Context, Refusal};
use crate::model::events::{ArrearsTable, Payment, PaymentKind};
use crate::model::{Carry, Date, iso, plus_days};
use crate::outcome::{DefaultPeriod, QuarterState, Step};
use crate::problem::Problem;
use crate::quantity::{Ratio, Units, plain, whole};
use crate::rules::default_period::DefaultPeriods;
use crate::rules::dividend::{Dividends, ShareDividend};
use crate::rules::ledger::Ledger;
use std::collections::{BTreeMap, BTreeSet};

/// Everything a replay depends on.
pub(crate) struct Replay<'a> {
    pub context: &'a Context<'a>,
    pub dividends: Dividends<'a>,
    /// Days on which it is asked whether Series A was in arrears.
    pub watched: BTreeSet<Date>,
}

/// How far a replay goes on its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// Payments as of before the date, and the dividends of the date itself: where a dividend run starts.
    BeforePaymentsOf(Date),
    /// Everything as of the date too.
    EndOf(Date),
}

/// Where Series A stands.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub ledger: Ledger,
    /// The fractions of a unit that payments in part left.
    pub carry: Carry,
    /// Of the days watched: how Series A stood at their end.
    pub days: BTreeMap<Date, Standing>,
    pub(crate) periods: DefaultPeriods,
    pub default_steps: Vec<Step>,
    pub history: Vec<QuarterState>,
}

/// How Series A stood at the end of a day.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Whether some quarter before the day was not paid in full, on shares that counted on the day.
    pub in_arrears: bool,
    /// Unpaid cash per share by cohort, for quarters up to the day.
    pub unpaid: BTreeMap<Date, Ratio>,
}

impl State {
    /// Whether Series A was in arrears on one of the days watched.
    pub(crate) fn was_in_arrears(&self, day: Date) -> bool {
        self.days.get(&day).is_some_and(|standing| standing.in_arrears)
    }
}

/// The payments as of one day: one payment of their sum.
#[derive(Clone, Debug, Default)]
pub(crate) struct DayPayments<'a> {
    /// Cash rows; if any is `full`, all that is due.
    pub cash: Vec<&'a Payment>,
    /// Assets delivered, with their rows.
    pub assets: Vec<(&'a str, &'a Payment)>,
    /// Whether a row sets apart.
    pub set_apart: bool,
}

impl DayPayments<'_> {
    /// The cash: none where there is no row, `Some(None)` for `full`, else the sum.
    #[allow(clippy::option_option, reason = "no row, full, or a sum: three answers")]
    pub(crate) fn sum(&self) -> Option<Option<Units>> {
        let amount = |p: &&Payment| if let PaymentKind::Cash(units) = p.kind { Some(units) } else { None };
        (!self.cash.is_empty()).then(|| self.cash.iter().map(amount).sum())
    }
}

impl<'a> Replay<'a> {
    pub(crate) fn new(context: &'a Context<'a>) -> Self {
        Self { context, dividends: context.dividends(), watched: BTreeSet::new() }
    }

    fn arrears(&self) -> Option<&'a ArrearsTable> {
        self.context.case.arrears.as_ref()
    }

    /// The day as of which a row is applied: its quarter; else the quarter date that it follows within 5 days (a
    /// weekend does not make a default); else its date.
    pub(crate) fn as_of(&self, payment: &Payment) -> Date {
        let quarter = self.context.calendar.quarters.on_or_before(payment.date);
        let within = payment.date <= plus_days(quarter, 5);
        payment.quarter.unwrap_or(if within { quarter } else { payment.date })
    }

    /// The rows to apply, by day; those that an `arrears` table has already are left out.
    pub(crate) fn by_day(&self) -> BTreeMap<Date, DayPayments<'a>> {
        let mut days: BTreeMap<Date, DayPayments<'a>> = BTreeMap::new();
        for payment in &self.context.case.payments {
            let day = self.as_of(payment);
            if self.arrears().is_some_and(|table| day <= table.as_of) {
                continue;
            }
            let rows = days.entry(day).or_default();
            match &payment.kind {
                PaymentKind::CashFull | PaymentKind::Cash(_) => rows.cash.push(payment),
                PaymentKind::Asset(asset) => rows.assets.push((asset, payment)),
                PaymentKind::SetApart => rows.set_apart = true,
            }
        }
        days
    }

    /// Replays from F, or from the `arrears` table.
    /// Errors: Payments of more than is due, and fair values that are needed and missing.
    pub(crate) fn run(&self, until: Until) -> Result<State, Refusal> {
        let (last, inclusive) = match until {
            Until::BeforePaymentsOf(date) => (date, false),
            Until::EndOf(date) => (date, true),
        };
        let mut problems = Vec::new();
        let mut state = self.start();
        let after = self.arrears().map_or(Date::MIN, |table| table.as_of);
        let (before, watched): (BTreeSet<Date>, BTreeSet<Date>) =
            self.watched.iter().copied().partition(|day| *day <= after);
        for day in before {
            self.watch(&mut state, day);
        }
        let quarters: BTreeSet<Date> =
            self.context.calendar.quarters_until(last).into_iter().filter(|q| *q > after).collect();
        let payments = self.by_day();
        let days = quarters.iter().chain(payments.keys()).chain(&watched).copied().filter(|d| *d <= last);
        for day in days.collect::<BTreeSet<Date>>() {
            let is_quarter = quarters.contains(&day);
            if is_quarter {
                self.accrue(&mut state, day, &mut problems);
            }
            if day == last && !inclusive {
                break;
            }
            let rows = payments.get(&day);
            if let Some(rows) = rows {
                self.apply(&mut state, day, rows, &mut problems)?;
            }
            if is_quarter || rows.is_some() {
                self.close_day(&mut state, day, rows.is_some());
            }
            if watched.contains(&day) {
                self.watch(&mut state, day);
            }
        }
        if problems.is_empty() { Ok(state) } else { Err(problems.into()) }
    }

    fn start(&self) -> State {
        let mut ledger = Ledger::new(&self.context.accrual.0.iter().map(|accrual| accrual.start).collect());
        let (mut periods, mut default_steps) = (DefaultPeriods::default(), Vec::new());
        if let Some(table) = self.arrears() {
            ledger.bring_forward(&table.rows);
            if let Some(since) = table.default_since {
                let what = format!("A default period was running on {}, as brought forward: since", table.as_of);
                default_steps.push(Step::new("3(c)(i)", what, iso(since)));
                periods.begin(since, self.behind_by(&ledger, since, table.as_of));
            }
        }
        let carry = self.context.case.carried();
        State { ledger, carry, days: BTreeMap::new(), periods, default_steps, history: Vec::new() }
    }

    /// Of a default period that is brought forward: the cohorts that had accrued for enough quarter dates when it
    /// began, or are far enough behind on the table's date.
    fn behind_by(&self, ledger: &Ledger, since: Date, as_of: Date) -> BTreeSet<Date> {
        let enough = &self.context.case.terms.default_quarters;
        let quarters = self.context.calendar.quarters_until(since);
        let accrued = |cohort: Date| whole(quarters.iter().filter(|quarter| cohort < **quarter).count());
        let behind = |cohort: &Date| accrued(*cohort) >= *enough || self.far_behind(ledger, *cohort, as_of);
        ledger.cohorts().filter(behind).collect()
    }

    /// §3(c)(i): whether a cohort is behind by as many quarterly dividends as begin a default period.
    pub(crate) fn far_behind(&self, ledger: &Ledger, cohort: Date, by: Date) -> bool {
        self.quarters_behind(ledger, cohort, by) >= self.context.case.terms.default_quarters
    }

    fn accrue(&self, state: &mut State, quarter: Date, problems: &mut Vec<Problem>) {
        // Only cohorts of the first period can differ in a quarter; all others share one figure.
        let q1 = self.context.calendar.first_quarter();
        let mut shared: Option<ShareDividend> = None;
        let cohorts: Vec<Date> = state.ledger.cohorts().filter(|start| *start < quarter).collect();
        for cohort in cohorts {
            if shared.is_none() || q1 == Some(quarter) {
                match self.dividends.for_quarter(cohort, quarter) {
                    Ok(dividend) => shared = Some(dividend),
                    Err(problem) => {
                        if !problems.contains(&problem) {
                            problems.push(problem);
                        }
                        continue;
                    }
                }
            }
            if let Some(dividend) = &shared {
                state.ledger.accrue(cohort, quarter, dividend);
            }
        }
    }

    fn apply(
        &self,
        state: &mut State,
        day: Date,
        rows: &DayPayments,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Refusal> {
        let shares = self.context.shares_on(self.context.calendar.record_dates.of(day));
        if let Some(sum) = rows.sum() {
            let entitled = Entitled::new(self.context, &state.ledger, &state.carry, day)?;
            problems.extend(sum.and_then(|units| entitled.more_than_due(units, rows.cash[0])));
            entitled.pay(&mut state.ledger, &mut state.carry, sum.unwrap_or(entitled.full_total))?;
        }
        for (asset, _) in &rows.assets {
            state.ledger.deliver(&shares, asset, day);
        }
        if rows.set_apart {
            state.ledger.set_apart(day);
        }
        Ok(())
    }

    fn watch(&self, state: &mut State, day: Date) {
        let shares = self.context.shares_on(day);
        let behind = |cohort: &Date| state.ledger.is_behind(*cohort, plus_days(day, -1));
        let standing = Standing {
            in_arrears: shares.keys().any(behind),
            unpaid: state.ledger.cohorts().map(|cohort| (cohort, state.ledger.unpaid_cash(cohort, day))).collect(),
        };
        state.days.insert(day, standing);
    }

    /// Where the default period stands on a day, with these shares by cohort.
    pub(crate) fn default_period(&self, state: &State, shares: &BTreeMap<Date, u128>, day: Date) -> DefaultPeriod {
        let behind = shares.keys().map(|cohort| self.quarters_behind(&state.ledger, *cohort, day)).max();
        DefaultPeriod {
            since: state.periods.running().map(|period| period.since),
            quarters_in_arrears: behind.unwrap_or_else(|| whole(0)),
        }
    }

    /// §3(c)(i): the number of quarterly dividends that a cohort is behind by.
    fn quarters_behind(&self, ledger: &Ledger, cohort: Date, by: Date) -> Ratio {
        ledger.quarters_in_arrears(cohort, by, self.context.case.terms.readings.counts_unpaid_quarters())
    }

    /// Ends and begins the default period as the day's payments left things (§3(c)(i)).
    pub(crate) fn close_day(&self, state: &mut State, day: Date, paid_or_set_apart: bool) {
        let terms = self.dividends.terms;
        let calendar = &self.context.calendar;
        let shares = self.context.shares_on(calendar.record_dates.of(day));
        if paid_or_set_apart && state.periods.running().is_some() && self.all_settled(state, &shares, day) {
            let what = "Every quarter is paid or set apart: the default period ends";
            state.default_steps.push(Step::new("3(c)(i)", what, iso(day)));
            state.periods.end(day);
        }
        if !calendar.is_quarter(day) {
            return;
        }
        let behind = self.default_period(state, &shares, day).quarters_in_arrears;
        let unpaid = shares.keys().map(|cohort| state.ledger.unpaid_cash(*cohort, day)).max();
        if state.periods.running().is_none() && behind >= terms.default_quarters {
            let what = format!(
                "{} quarterly dividends in arrears reach {}: a default period begins",
                plain(&behind, 12),
                plain(&terms.default_quarters, 12)
            );
            state.default_steps.push(Step::new("3(c)(i)", what, iso(day)).reading(terms.readings.six_quarters));
            state.periods.begin(day, BTreeSet::new());
        }
        if let Some(period) = state.periods.running_mut() {
            let far_behind = state.ledger.cohorts().filter(|cohort| self.far_behind(&state.ledger, *cohort, day));
            period.behind.extend(far_behind);
        }
        state.history.push(QuarterState {
            quarter: day,
            quarters_in_arrears: behind,
            unpaid_per_share: unpaid.unwrap_or_else(|| whole(0)),
        });
    }

    /// Whether every quarter up to `day` is paid or set apart and nothing was declared since the last quarter date.
    fn all_settled(&self, state: &State, shares: &BTreeMap<Date, u128>, day: Date) -> bool {
        let since = self.dividends.calendar.quarters.on_or_before(day);
        let mut declared = self.dividends.declarations.iter().map(|d| d.declared_date);
        let nothing_declared = !declared.any(|date| since < date && date <= day);
        let settled = |cohort: &Date| {
            let mut entries = state.ledger.entries(*cohort).iter().filter(|e| e.quarter <= day);
            entries.all(|e| !e.is_unpaid() || e.set_apart)
        };
        nothing_declared && shares.keys().all(settled)
    }
}
