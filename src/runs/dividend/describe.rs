//! How the figures of a run came to be: cohorts and classes with their steps, the default period, payments to note.

use super::preferred::Preferred;
use super::{ARREARS_CLAUSE, Run};
use crate::model::calendar::{Date, iso};
use crate::model::class::Rank;
use crate::outcome::dividend::{ClassDividend, CohortDividend, CommonPayment, DefaultPeriod, PaymentOut};
use crate::outcome::step::Step;
use crate::quantity::{Ratio, Units, plain, whole};
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
            let current = entry.map_or_else(|| whole(0), crate::rules::account::Entry::unpaid);
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
                let what =
                    format!("Plus {} unpaid from earlier quarters, without interest", plain(&brought_forward, 12));
                steps.push(Step::new("2(c)", what, plain(&due, 12)).from(plain(&current, 12)));
            }
            let step = Step::new("2(c)", "Paid per share, of what is due", plain(&paid, 12)).from(plain(&due, 12));
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
            let due_per_share = preferred.due_per_share[group].clone();
            let paid_per_share = preferred.paid_per_share[group].clone();
            let is_parity = info.dividend_rank == Rank::Parity;
            let (clause, paid_what) = if is_parity {
                ("4(a)(ii)", "Paid per share, ratably with Series A, of what is due")
            } else {
                ("9", "Paid per share, in the order of ranks, of what is due")
            };
            let due_text = plain(&due_per_share, 12);
            let steps = vec![
                Step::new("9", "Accrued and unpaid per share", due_text.clone()),
                Step::new(clause, paid_what, plain(&paid_per_share, 12)).from(due_text),
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

    /// Why Common may be paid: what the Board declared, and whether 4(a)(i) stands in the way.
    pub(super) fn common_steps(&self, payments: &mut [CommonPayment], behind: bool) {
        let case = self.case();
        for payment in payments {
            let Some(declared) = case.declarations.get(payment.declaration) else { continue };
            let what = format!(
                "{} {} per share, declared by the Board on {}, {}",
                plain(&payment.amount, 12),
                declared.asset.as_ref().unwrap_or(&case.terms.currency),
                iso(declared.declared_date),
                if behind {
                    "with Series A left in arrears: the clause was acknowledged"
                } else {
                    "with no dividend on Series A left in arrears"
                },
            );
            payment.steps = vec![Step::new(ARREARS_CLAUSE, what, plain(&payment.amount, 12))];
        }
    }

    pub(super) fn default_period(&self, state: &State, shares: &BTreeMap<Date, u128>) -> DefaultPeriod {
        let count = self.case().terms.readings.counts_unpaid_quarters();
        DefaultPeriod {
            quarters_in_arrears: state.ledger.quarters_in_arrears(shares.keys(), self.plan.date, count),
            since: state.periods.running().map(|period| period.since),
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
