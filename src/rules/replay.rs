//! The ledger replayed day by day: dividends accrue, payments are applied as of their day, and the default period of
//! §3(c)(i) begins and ends (SPEC 4.5, 4.9).

use super::default_period::DefaultPeriods;
use super::dividend::Dividends;
use super::ledger::{Ledger, pay_full, pay_sum};
use crate::model::calendar::{Date, iso, plus_days};
use crate::model::events::{ArrearsTable, Payment, PaymentKind};
use crate::outcome::dividend::QuarterState;
use crate::outcome::step::Step;
use crate::problem::Problem;
use crate::quantity::{Ratio, Units, plain, units_ratio, whole};
use num_bigint::BigInt;
use std::collections::{BTreeMap, BTreeSet};

/// What the rules need to know of the register: never a holder, only sums.
pub trait Entitled {
    /// Series A shares that count at the close of `day`, by cohort, in millionths; cohorts without any left out.
    fn shares_on(&self, day: Date) -> BTreeMap<Date, u128>;
    /// How many Series A lots count at the close of `day`.
    fn lots_on(&self, day: Date) -> u64;
    /// What paying every holding of `day` in full takes: Σ round(Σ shares × u) in units.
    fn full_total_on(&self, day: Date, per_share: &BTreeMap<Date, Ratio>) -> Units;
    /// Every cohort in the register.
    fn cohorts(&self) -> BTreeSet<Date>;
}

/// Everything a replay depends on.
pub struct Replay<'a> {
    /// Dividends per share.
    pub dividends: &'a Dividends<'a>,
    /// The rows of `payments`.
    pub payments: &'a [Payment],
    /// The state brought forward.
    pub arrears: Option<&'a ArrearsTable>,
    /// Who is entitled.
    pub entitled: &'a dyn Entitled,
}

/// How far a replay goes on its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Payments as of before the date, and the dividends of the date itself: where a dividend run starts.
    BeforePaymentsOf(Date),
    /// Everything as of the date too.
    EndOf(Date),
}

/// Where Series A stands.
#[derive(Clone, Debug)]
pub struct State {
    /// What was due and paid.
    pub ledger: Ledger,
    /// The default periods until now.
    pub(crate) periods: DefaultPeriods,
    /// How the default period went.
    pub default_steps: Vec<Step>,
    /// e at each quarter date.
    pub history: Vec<QuarterState>,
}

/// The payments as of one day: one payment of their sum (SPEC 4.14).
#[derive(Clone, Debug, Default)]
pub struct DayPayments<'a> {
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
    pub fn sum(&self) -> Option<Option<Units>> {
        let amount = |p: &&Payment| if let PaymentKind::Cash(units) = p.kind { Some(units) } else { None };
        (!self.cash.is_empty()).then(|| self.cash.iter().map(amount).sum())
    }
}

impl<'a> Replay<'a> {
    /// The day as of which a row is applied: its quarter; else the quarter date that it follows within 5 days (a
    /// weekend does not make a default); else its date.
    pub fn as_of(&self, payment: &Payment) -> Date {
        let quarter = self.dividends.calendar.quarters.on_or_before(payment.date);
        let within = payment.date <= plus_days(quarter, 5);
        payment.quarter.unwrap_or(if within { quarter } else { payment.date })
    }

    /// The rows to apply, by day; those that an `arrears` table has already are left out.
    pub fn by_day(&self) -> BTreeMap<Date, DayPayments<'a>> {
        let mut days: BTreeMap<Date, DayPayments<'a>> = BTreeMap::new();
        for payment in self.payments {
            let day = self.as_of(payment);
            if self.arrears.is_some_and(|table| day <= table.as_of) {
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
    pub fn run(&self, until: Until) -> Result<State, Vec<Problem>> {
        let (last, inclusive) = match until {
            Until::BeforePaymentsOf(date) => (date, false),
            Until::EndOf(date) => (date, true),
        };
        let mut problems = Vec::new();
        let mut state = self.start();
        let calendar = self.dividends.calendar;
        let after = self.arrears.map_or(Date::MIN, |table| table.as_of);
        let quarters: BTreeSet<Date> = calendar.quarters_until(last).into_iter().filter(|q| *q > after).collect();
        let payments = self.by_day();
        let days: BTreeSet<Date> = quarters.iter().chain(payments.keys()).copied().filter(|d| *d <= last).collect();
        for day in days {
            let is_quarter = quarters.contains(&day);
            if is_quarter {
                self.accrue(&mut state, day, &mut problems);
            }
            if day == last && !inclusive {
                break;
            }
            let rows = payments.get(&day);
            if let Some(rows) = rows {
                self.apply(&mut state, day, rows, &mut problems);
            }
            self.close_day(&mut state, day, rows.is_some());
        }
        if problems.is_empty() { Ok(state) } else { Err(problems) }
    }

    fn start(&self) -> State {
        let mut ledger = Ledger::new(&self.entitled.cohorts());
        let (mut periods, mut default_steps) = (DefaultPeriods::default(), Vec::new());
        if let Some(table) = self.arrears {
            ledger.bring_forward(&table.rows);
            if let Some(since) = table.default_since {
                let what = format!("Default period running on {}, as brought forward", iso(table.as_of));
                default_steps.push(Step::new("3(c)(i)", what, iso(since)));
                periods.begin(since, self.behind_by(&ledger, since, table.as_of));
            }
        }
        State { ledger, periods, default_steps, history: Vec::new() }
    }

    /// Of a default period that is brought forward: the cohorts that had accrued for enough quarter dates when it
    /// began, or are far enough behind on the table's date.
    fn behind_by(&self, ledger: &Ledger, since: Date, as_of: Date) -> BTreeSet<Date> {
        let enough = &self.dividends.terms.default_quarters;
        let quarters = self.dividends.calendar.quarters_until(since);
        let accrued = |cohort: Date| whole(quarters.iter().filter(|quarter| cohort < **quarter).count());
        let behind = |cohort: &Date| accrued(*cohort) >= *enough || self.far_behind(ledger, *cohort, as_of);
        ledger.cohorts().filter(behind).collect()
    }

    /// §3(c)(i): whether a cohort is behind by as many quarterly dividends as begin a default period.
    pub(crate) fn far_behind(&self, ledger: &Ledger, cohort: Date, by: Date) -> bool {
        let terms = self.dividends.terms;
        ledger.cohort_in_arrears(cohort, by, terms.readings.counts_unpaid_quarters()) >= terms.default_quarters
    }

    fn accrue(&self, state: &mut State, quarter: Date, problems: &mut Vec<Problem>) {
        // Only cohorts of the first period can differ in a quarter; all others share one figure.
        let q1 = self.dividends.calendar.first_quarter();
        let mut shared = None;
        let cohorts: Vec<Date> = state.ledger.cohorts().filter(|start| *start < quarter).collect();
        for cohort in cohorts {
            let dividend = match (&shared, q1 == Some(quarter)) {
                (Some(dividend), false) => Ok(super::dividend::QuarterDividend::clone(dividend)),
                _ => self.dividends.for_quarter(cohort, quarter),
            };
            match dividend {
                Ok(dividend) => {
                    shared = Some(dividend.clone());
                    state.ledger.accrue(cohort, quarter, dividend);
                }
                Err(problem) if problems.contains(&problem) => {}
                Err(problem) => problems.push(*problem),
            }
        }
    }

    fn apply(&self, state: &mut State, day: Date, rows: &DayPayments, problems: &mut Vec<Problem>) {
        let entitlement_day = self.dividends.calendar.entitlement_day(day);
        let shares = self.entitled.shares_on(entitlement_day);
        match rows.sum() {
            None => {}
            Some(None) => drop(pay_full(&mut state.ledger, &shares, day)),
            Some(Some(units)) => {
                if let Some(problem) = self.more_than_due(&state.ledger, day, units, rows) {
                    problems.push(problem);
                }
                self.pay(&mut state.ledger, day, units);
            }
        }
        for (asset, _) in &rows.assets {
            state.ledger.deliver(&shares, asset, day);
        }
        if rows.set_apart {
            state.ledger.set_apart(day);
        }
    }

    /// Pays a sum to Series A as of a day. Returns v(c) by cohort.
    pub fn pay(&self, ledger: &mut Ledger, day: Date, units: Units) -> BTreeMap<Date, Ratio> {
        let terms = self.dividends.terms;
        let entitlement_day = self.dividends.calendar.entitlement_day(day);
        let shares = self.entitled.shares_on(entitlement_day);
        let paid = units_ratio(units, terms.currency_decimals);
        let slack = units_ratio(1, terms.currency_decimals) * BigInt::from(self.entitled.lots_on(entitlement_day));
        let full_total = |ledger: &Ledger| {
            let claims = ledger.claims(&shares, day);
            let due = super::partial::total_due(&claims);
            // Rounding holdings can take at most half a unit each off the exact total: no need to look further away.
            if &paid + &slack < due {
                return due;
            }
            let unpaid = shares.keys().zip(claims).map(|(cohort, claim)| (*cohort, claim.unpaid)).collect();
            units_ratio(self.entitled.full_total_on(entitlement_day, &unpaid), terms.currency_decimals)
        };
        let values = pay_sum(ledger, &shares, day, &paid, full_total, terms.readings.partial_proportional());
        shares.into_keys().zip(values).collect()
    }

    /// The problem that a payment is more than is due, by over one smallest unit per lot.
    pub fn more_than_due(&self, ledger: &Ledger, day: Date, units: Units, rows: &DayPayments) -> Option<Problem> {
        let decimals = self.dividends.terms.currency_decimals;
        let entitlement_day = self.dividends.calendar.entitlement_day(day);
        let claims = ledger.claims(&self.entitled.shares_on(entitlement_day), day);
        let due = super::partial::total_due(&claims);
        let slack = units_ratio(1, decimals) * BigInt::from(self.entitled.lots_on(entitlement_day));
        let first = rows.cash.first().filter(|_| units_ratio(units, decimals) > &due + slack)?;
        let text = |value: &Ratio| crate::quantity::fixed(value, decimals, crate::quantity::Midpoint::HalfUp);
        Some(
            Problem::error(
                "payments.amount.more-than-due",
                first.place.cell("amount"),
                format!("More is paid as of {} than the {} due to Series A then.", iso(day), text(&due)),
                "Correct the amount or the date, enter the quarter it was for, or complete declarations.",
            )
            .with_value(text(&units_ratio(units, decimals))),
        )
    }

    /// Ends and begins the default period as the day's payments left things (§3(c)(i)).
    pub fn close_day(&self, state: &mut State, day: Date, paid_or_set_apart: bool) {
        let terms = self.dividends.terms;
        let calendar = self.dividends.calendar;
        let shares = self.entitled.shares_on(calendar.entitlement_day(day));
        if paid_or_set_apart && state.periods.running().is_some() && self.all_settled(state, &shares, day) {
            let what = "Every quarter is paid or set apart: the default period ends";
            state.default_steps.push(Step::new("3(c)(i)", what, iso(day)));
            state.periods.end(day);
        }
        if !calendar.is_quarter(day) {
            return;
        }
        let count = terms.readings.counts_unpaid_quarters();
        let behind = state.ledger.quarters_in_arrears(shares.keys(), day, count);
        let unpaid = shares.keys().map(|cohort| state.ledger.unpaid_cash(*cohort, day)).max();
        if state.periods.running().is_none() && behind >= terms.default_quarters {
            let what = format!(
                "{} quarterly dividends in arrears reach {}: a default period begins",
                plain(&behind, 12),
                plain(&terms.default_quarters, 12)
            );
            let (name, value) = ("six_quarters", if count { "count-unpaid" } else { "equivalents" });
            state.default_steps.push(Step::new("3(c)(i)", what, iso(day)).reading(name, value));
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
