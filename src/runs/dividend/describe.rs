//! How the figures of a run came to be: cohorts and classes with their steps, the default period, payments to note.

use super::preferred::Preferred;
use super::{ARREARS_CLAUSE, Run};
use crate::model::events::Entry;
use crate::model::reading::PartialPayment;
use crate::model::{Class, Compounding, Date, Rank, iso};
use crate::outcome::{AssetDelivery, ClassCohort, ClassDividend, CohortDividend, CommonPayment, PaymentOut, Step};
use crate::quantity::{Ratio, Units, fixed, shares_ratio, whole};
use crate::rules::ledger::Ledger;
use crate::runs::State;
use crate::text::{self, amount, grouped, number, readable};
use num_traits::{Signed, Zero};
use std::collections::BTreeSet;

impl Run<'_> {
    pub(super) fn cohorts(
        &self,
        preferred: &Preferred,
        before: &Ledger,
        after: &Ledger,
        assets: &[AssetDelivery],
    ) -> Vec<CohortDividend> {
        let (entitled, paid) = (&preferred.series_a, &preferred.series_a_paid.per_share);
        let money = |value: &Ratio| amount(value, self.context.decimals());
        let in_part = entitled.shares.keys().any(|cohort| after.unpaid_cash(*cohort, self.plan.date).is_positive());
        let in_part = in_part.then(|| self.partial_step(preferred, before));
        let cohort = |(start, shares): (&Date, &u128)| {
            let date = self.plan.date;
            let due = before.unpaid_cash(*start, date);
            let is_current = |e: &&Entry| e.quarter == date && e.asset.is_none();
            let entry = before.entries(*start).iter().find(is_current);
            let current = entry.map_or_else(|| whole(0), Entry::unpaid);
            let owed = before.unpaid_in_kind(*start, date);
            let per_asset = |(at, asset): (usize, &AssetDelivery)| Some((at, owed.get(&asset.name)?.clone()));
            let in_kind: Vec<(usize, Ratio)> = assets.iter().enumerate().filter_map(per_asset).collect();
            let brought_forward = &due - &current;
            let paid = paid[start].clone();
            let mut steps = Vec::new();
            if entry.is_some() && self.context.calendar.is_quarter(date) && !self.is_brought_forward() {
                let dividend = self.dividends.for_quarter(*start, date).expect("the ledger has this dividend");
                steps.extend(self.dividends.steps(date, &dividend));
            }
            if !brought_forward.is_zero() {
                let earlier = before.entries(*start).iter().filter(|e| e.quarter < date && e.asset.is_none());
                let listed = quarters(earlier, self.context.decimals());
                let what = format!("Plus what is unpaid from earlier quarters ({listed}), without interest");
                steps.push(Step::new("2(c)", what, money(&due)).from(money(&current)));
            }
            for (name, all) in in_kind.iter().map(|(at, all)| (&assets[*at].name, all)) {
                let of_asset = before.entries(*start).iter().filter(|e| e.asset.as_ref() == Some(name));
                let listed = quarters(of_asset.filter(|e| e.quarter < date), 0);
                if !listed.is_empty() {
                    let what = format!("{name} for each share, with what is unpaid from earlier quarters ({listed})");
                    steps.push(Step::new("2(c)", what, amount(all, 0)));
                }
            }
            if let Some(step) = in_part.as_ref().filter(|_| !due.is_zero()) {
                steps.push(step.clone());
                let what = format!("Paid for each share, of the {} owed", readable(&due, self.context.decimals()));
                steps.push(Step::new("2(c)", what, money(&paid)));
            } else if *start >= date {
                let first = self.context.calendar.quarters.after(*start);
                let what =
                    format!("Dividends on these shares accrue from {start}: the first that they are paid is that of");
                steps.push(Step::new("2(c)", what, iso(first)));
            } else {
                steps.push(Step::new("2(c)", "Paid for each share, which is all that is owed", money(&paid)));
            }
            CohortDividend {
                accrual_start: *start,
                shares: *shares,
                brought_forward,
                current,
                unpaid: after.unpaid_cash(*start, date),
                due,
                paid,
                in_kind,
                steps,
            }
        };
        entitled.shares.iter().map(cohort).collect()
    }

    /// Whether the quarter of the run itself comes from an arrears table, without what it was made of.
    fn is_brought_forward(&self) -> bool {
        self.case().arrears.as_ref().is_some_and(|table| table.as_of >= self.plan.date)
    }

    /// §2(c), last but one sentence: the sum, the shares, the rule, and who is filled first.
    fn partial_step(&self, preferred: &Preferred, before: &Ledger) -> Step {
        let terms = &self.case().terms;
        let entitled = &preferred.series_a;
        let all: u128 = entitled.shares.values().sum();
        let owed = fixed(&entitled.due, terms.currency_decimals, terms.readings.midpoint());
        let rule = match terms.readings.partial_payment {
            PartialPayment::Proportional => "each share gets the same part of what it is owed".to_owned(),
            PartialPayment::EqualCapped => {
                let full = |(cohort, paid): &(&Date, &Ratio)| {
                    paid.is_positive() && **paid == before.unpaid_cash(**cohort, self.plan.date)
                };
                let filled = preferred.series_a_paid.per_share.iter().filter(full);
                let filled: Vec<String> = filled
                    .map(|(cohort, paid)| {
                        let shares = readable(&shares_ratio(entitled.shares[cohort]), 0);
                        let each = readable(paid, terms.currency_decimals);
                        format!("the {shares} shares accruing from {cohort} ({each} each)")
                    })
                    .collect();
                let first = if filled.is_empty() {
                    "no lots are filled, since all are owed more".to_owned()
                } else {
                    format!("filled first, with all they are owed, are {}", filled.join(" and "))
                };
                format!("every share gets the same, and none more than it is owed; {first}")
            }
        };
        let what = format!(
            "In part: {} of the {} {} owed goes to Series A, for {} shares; {rule}",
            self.context.money(preferred.series_a_paid.taken),
            grouped(&owed),
            terms.currency,
            readable(&shares_ratio(all), 0),
        );
        Step::new("2(c)", what, "").reading(terms.readings.partial_payment)
    }

    pub(super) fn classes(&self, preferred: &Preferred) -> Vec<ClassDividend> {
        let outcome = |other: &super::preferred::OtherClass| {
            let info = self.case().classes.get(other.class);
            let (clause, rule) = match info.dividend_rank {
                Rank::Parity => ("4(a)(ii)", "ratably with Series A, in proportion to the total amounts due"),
                _ => ("9", "in the order of ranks"),
            };
            let money = |value: &Ratio| amount(value, self.context.decimals());
            let shares = other.holdings.group_shares(other.due_per_share.len());
            let of_class = |group: &usize| {
                let (class, start) = self.context.class_and_cohort(*group);
                class == other.class && (shares[*group] > 0 || (start.is_none() && info.rate.is_none()))
            };
            let cohort = |group: usize| {
                let (due, start) = (&other.due_per_share[group], self.context.class_and_cohort(group).1);
                let paid = due * &other.part;
                let of = start.map(|start| self.at_rate(info, start)).unwrap_or_default();
                let steps = vec![
                    Step::new(self.context.cited("9"), format!("Accrued and unpaid for each share{of}"), money(due)),
                    Step::new(self.context.cited(clause), format!("Paid for each share, {rule}"), money(&paid)),
                ];
                ClassCohort {
                    accrual_start: start,
                    shares: shares[group],
                    due_per_share: due.clone(),
                    paid_per_share: paid,
                    steps,
                }
            };
            ClassDividend {
                class: other.class,
                shares: other.shares,
                cohorts: (0..shares.len()).filter(of_class).map(cohort).collect(),
                due: other.full_total(),
                paid: other.paid_total(),
            }
        };
        preferred.others.iter().map(outcome).collect()
    }

    /// How the dividends of shares that accrue from `start` come to be.
    fn at_rate(&self, class: &Class, start: Date) -> String {
        let Some(rate) = &class.rate else { return String::new() };
        let percent = number(&(&rate.yearly * whole(100)), 12);
        let compounding = match rate.compounding {
            Compounding::None => "",
            Compounding::Quarterly => ", compounding at each quarter date",
            Compounding::Semiannual => ", compounding twice a year",
            Compounding::Annual => ", compounding once a year",
        };
        let price = readable(&rate.price, self.context.decimals());
        format!(", {percent} % a year of {price} from {start}{compounding}, less what was paid")
    }

    /// Why Common may be paid: what the Board declared, and whether 4(a)(i) stood or stands in the way.
    pub(super) fn common_steps(&self, payments: &mut [CommonPayment], state: &State, behind: bool) {
        let case = self.case();
        for payment in payments {
            let declared = &case.declarations[payment.declaration];
            let amount = match &declared.asset {
                None => format!("{} {}", readable(&payment.amount, self.context.decimals()), case.terms.currency),
                Some(asset) => format!("{} {asset}", readable(&payment.amount, 0)),
            };
            let in_arrears = state.was_in_arrears(declared.declared_date);
            let clause = self.context.cited(ARREARS_CLAUSE);
            let then = match (behind, in_arrears) {
                _ if clause != ARREARS_CLAUSE => "",
                (true, _) => ": Series A is left in arrears, and the clause was acknowledged",
                (_, true) => {
                    ": dividends on Series A were in arrears on that day, which the clause forbids; none are now"
                }
                _ => ": no dividend on Series A was in arrears on that day, and none is left in arrears now",
            };
            let what = format!(
                "{amount} for each share held on {}, declared by the Board on {}{then}",
                payment.record_date, declared.declared_date
            );
            let decimals = if declared.is_cash() { self.context.decimals() } else { 0 };
            let step = Step::new(clause, what, text::amount(&payment.amount, decimals));
            payment.steps = vec![if in_arrears { step.reading(case.terms.readings.declared_in_arrears) } else { step }];
        }
    }
}

/// A cash row exactly when the run changed Series A's cash ledger or paid it cash, and a `full` row for each asset owed.
pub(super) fn payments_out(changed: bool, paid: Units, owed: &BTreeSet<String>) -> Vec<PaymentOut> {
    let cash = (changed || paid > 0).then_some(PaymentOut { amount: Some(paid), asset: None });
    let assets = owed.iter().map(|asset| PaymentOut { amount: None, asset: Some(asset.clone()) });
    cash.into_iter().chain(assets).collect()
}

/// `1.00 for 2006-03-15, 0.50 for 2006-06-15`; of many quarters the last ones in one sum.
fn quarters<'e>(entries: impl Iterator<Item = &'e Entry>, decimals: u32) -> String {
    const MOST: usize = 8;
    let unpaid: Vec<&Entry> = entries.filter(|entry| entry.is_unpaid()).collect();
    let text = |e: &&Entry| format!("{} for {}", readable(&e.unpaid(), decimals), e.quarter);
    let mut listed: Vec<String> = unpaid.iter().take(MOST).map(text).collect();
    if let [_, .., last] = unpaid.get(MOST..).unwrap_or_default() {
        let rest = unpaid[MOST..].iter().fold(whole(0), |sum, entry| sum + entry.unpaid());
        let (rest, more) = (readable(&rest, decimals), unpaid.len() - MOST);
        listed.push(format!("and {rest} for {more} more, the last of {}", last.quarter));
    } else {
        listed.extend(unpaid.get(MOST).map(text));
    }
    listed.join(", ")
}
