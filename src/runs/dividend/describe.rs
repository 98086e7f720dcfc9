//! How the figures of a run came to be: cohorts and classes with their steps, the default period, payments to note.

use super::Run;
use super::preferred::Preferred;
use crate::model::calendar::Date;
use crate::model::class::Rank;
use crate::outcome::dividend::{ClassDividend, CohortDividend, DefaultPeriod, PaymentOut};
use crate::outcome::step::Step;
use crate::quantity::{Midpoint, Ratio, Units, fixed, plain, whole};
use crate::rules::ledger::Ledger;
use crate::rules::replay::State;
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};

impl Run<'_> {
    pub(super) fn cohorts(
        &self,
        before: &Ledger,
        after: &Ledger,
        shares: &BTreeMap<Date, u128>,
        paid: &BTreeMap<Date, Ratio>,
        assets: &[String],
    ) -> Vec<CohortDividend> {
        let date = self.plan.date;
        let dividends = self.context.dividends();
        let cohort = |(start, shares): (&Date, &u128)| {
            let due = before.unpaid_cash(*start, date);
            let entry = before.entries(*start).iter().find(|e| e.quarter == date && e.asset.is_none());
            let current = entry.map_or_else(|| whole(0), crate::rules::ledger::Entry::unpaid);
            let paid = paid.get(start).cloned().unwrap_or_else(|| whole(0));
            let brought_forward = &due - &current;
            let owed = before.unpaid_in_kind(*start, date);
            let in_kind = assets.iter().enumerate().filter_map(|(i, name)| owed.get(name).map(|v| (i, v.clone())));
            let mut steps = Vec::new();
            if entry.is_some()
                && self.context.calendar.is_quarter(date)
                && let Ok(dividend) = dividends.for_quarter(*start, date)
            {
                steps.extend(dividends.steps(*start, date, &dividend));
            }
            if !brought_forward.is_zero() {
                let what = "unpaid from earlier quarters, without interest";
                steps.push(Step::new("2(c)", what, plain(&brought_forward, 12)));
            }
            let step = Step::new("2(c)", "paid per share", plain(&paid, 12)).from(plain(&due, 12));
            steps.push(if paid < due { self.partial_step(step) } else { step });
            CohortDividend {
                accrual_start: *start,
                shares: *shares,
                brought_forward,
                current,
                unpaid: after.unpaid_cash(*start, date),
                due,
                paid,
                in_kind: in_kind.collect(),
                steps,
            }
        };
        shares.iter().map(cohort).collect()
    }

    pub(super) fn partial_step(&self, step: Step) -> Step {
        let value = if self.case().terms.readings.partial_proportional() { "proportional" } else { "equal-capped" };
        step.reading("partial_payment", value)
    }

    pub(super) fn classes(&self, preferred: &Preferred) -> Vec<ClassDividend> {
        let classes = self.case().classes.iter();
        let others = classes.filter(|(_, c)| c.is_preferred() && c.rank != Rank::SeriesA);
        let outcome = |(class, info): (u16, &crate::model::class::Class)| {
            let sum = |units: &[Units]| {
                let holdings = preferred.holdings.list().iter().zip(units);
                holdings.filter(|(h, _)| h.class == class).map(|(_, units)| *units).sum()
            };
            let group = usize::from(class);
            let currency = &self.case().terms.currency;
            let what = format!("accrued and unpaid per share of {}", info.name);
            let due_per_share = preferred.due_per_share[group].clone();
            let paid_per_share = preferred.paid_per_share[group].clone();
            let paid_text = fixed(&paid_per_share, 12, Midpoint::HalfEven);
            let steps = vec![
                Step::new("9", what, format!("{} {currency}", plain(&due_per_share, 12))),
                Step::new("4(a)(ii)", "paid per share, with its rank", paid_text),
            ];
            ClassDividend {
                class,
                shares: preferred.group_shares[group],
                due_per_share,
                paid_per_share,
                due: sum(&preferred.full),
                paid: sum(&preferred.paid),
                steps,
            }
        };
        others.map(outcome).collect()
    }

    pub(super) fn default_period(&self, state: &State, shares: &BTreeMap<Date, u128>) -> DefaultPeriod {
        let count = self.case().terms.readings.counts_unpaid_quarters();
        DefaultPeriod {
            quarters_in_arrears: state.ledger.quarters_in_arrears(shares.keys(), self.plan.date, count),
            since: state.default_since,
            steps: state.default_steps.clone(),
        }
    }
}

/// SPEC 4.14: a cash row exactly when the run changed Series A's cash ledger, and a `full` row for each asset owed.
pub(super) fn payments_out(changed: bool, paid: Units, owed: &BTreeSet<String>) -> Vec<PaymentOut> {
    let cash = changed.then_some(PaymentOut { amount: Some(paid), asset: None });
    let assets = owed.iter().map(|asset| PaymentOut { amount: None, asset: Some(asset.clone()) });
    cash.into_iter().chain(assets).collect()
}
