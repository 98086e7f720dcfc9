//! Statements of a liquidation.

use super::common::{Common, Draft, lots_by_issue, per_share};
use super::fields::{lot, payment};
use super::{Cell, Column, Field, Statement, Term, Value};
use crate::model::{Case, ClassIx, Date, HolderIx, Locale};
use crate::outcome::{CohortPreference, LiquidationOutcome, LiquidationRow, WaterfallStep};
use crate::quantity::{Ratio, Shares, Units, whole};
use crate::text::{grouped, money};
use num_traits::Zero;
use std::collections::BTreeMap;
use std::ops::Range;

#[derive(Debug)]
pub(crate) struct Liquidation<'a> {
    common: Common<'a>,
    case: &'a Case,
    outcome: &'a LiquidationOutcome,
    rows: &'a [LiquidationRow],
    rates: Vec<Rates>,
    /// Whether earlier installments went before, so that a holding's parts are differences.
    installment: bool,
}

/// What a share of a class, or of a cohort, gets of each part.
type Rates = (ClassIx, Option<Date>, [Value<'static>; 3]);

/// Each part: its amount per share of a lot, and what it comes to in a payment.
const PARTS: [(Field, Field); 3] = [
    (lot::PREFERENCE, payment::PREFERENCE),
    (lot::ADJUSTMENT, payment::ADJUSTMENT),
    (lot::PARTICIPATION, payment::PARTICIPATION),
];

fn parts(row: &LiquidationRow) -> [Units; 3] {
    [row.preference(), row.common_adjustment(), row.participation]
}

impl<'a> Liquidation<'a> {
    /// For a run; its statements have no payments where only scenarios were asked for.
    pub(crate) fn new(case: &'a Case, locale: Locale, outcome: &'a LiquidationOutcome) -> Self {
        let distribution = outcome.distribution.as_ref();
        let sum = distribution.map_or(0, |d| d.totals.proceeds);
        let cash = |units| format!("{} {}", case.terms.currency, money(units, case.terms.currency_decimals));
        let mut words = format!("Liquidation distribution of {} on {}", cash(sum), locale.date(outcome.date));
        if let Some(prior) = distribution.map(|d| d.prior).filter(|prior| *prior != 0) {
            words = format!("{words}, after {} in earlier installments", cash(prior));
        }
        let (words, dates) = (("liquidate", words), [outcome.date; 3]);
        let (multiple, accrual) = (&outcome.multiple.value, Some(&outcome.accrual));
        Self {
            common: Common::new((case, locale), words, dates, multiple, &[], accrual),
            case,
            outcome,
            rows: distribution.map_or(&[], |d| d.rows.as_slice()),
            rates: rates(outcome),
            installment: distribution.is_some_and(|d| !d.prior.is_zero()),
        }
    }

    pub(crate) fn of(&'a self, holder: HolderIx) -> Statement<'a> {
        let mut draft = Draft::new(&self.common, self.rows, holder);
        self.lots(&mut draft);
        self.steps(&mut draft);
        for row in draft.rows {
            self.payment(&mut draft, row);
        }
        let total: Units = draft.rows.iter().map(|row| row.total).sum();
        draft.total_untaxed(total);
        if total == 0 {
            let tiers = self.outcome.distribution.iter().flat_map(|distribution| &distribution.tiers);
            let own = tiers.filter(|tier| draft.rows.iter().any(|row| row.class == tier.class));
            let why = own
                .filter(|tier| !tier.why.is_empty())
                .map(|tier| format!("your {} are {}", self.case.classes.get(tier.class).name, tier.why));
            let out_of_reach = || "the sum distributed does not reach your shares".to_owned();
            draft.nothing(&why.into_iter().next().unwrap_or_else(out_of_reach));
        }
        draft.finish()
    }

    fn lots(&self, draft: &mut Draft<'a, LiquidationRow>) {
        let day = self.outcome.date;
        for owned in lots_by_issue(self.case, draft.holder).into_iter().filter(|lot| lot.counts_on(day)) {
            let at = draft.lot(owned, day);
            draft.accrues(at, self.common.accrual(owned), "");
            let start = self.common.start_of(owned);
            let mut put = |field, value: Value<'static>| draft.statement.set(Cell::at(field, at), value);
            if let Some(start) = start {
                put(lot::ACCRUAL_START, Value::date(start));
            }
            if let Some((.., parts)) = self.rates.iter().find(|(class, of, _)| (*class, *of) == (owned.class, start)) {
                PARTS.into_iter().zip(parts).for_each(|((field, _), value)| put(field, value.clone()));
            }
        }
        draft.sum_of_lots();
    }

    fn steps(&self, draft: &mut Draft<'a, LiquidationRow>) {
        let (case, outcome) = (self.case, self.outcome);
        let lots = || case.register.lots_of(draft.holder).iter().filter(|l| l.counts_on(outcome.date));
        let mut starts: Vec<Date> = lots().filter_map(|l| Some(self.common.accrual(l)?.start)).collect();
        starts.sort_unstable();
        starts.dedup();
        let cohorts_held: Vec<(ClassIx, Date)> =
            lots().filter_map(|l| Some((l.class, self.common.start_of(l)?))).collect();
        let own = |c: &&CohortPreference| starts.contains(&c.accrual_start);
        for cohort in outcome.cohorts.iter().filter(own) {
            let of = if starts.len() > 1 {
                format!("Accruing from {}", self.common.locale.date(cohort.accrual_start))
            } else {
                String::new()
            };
            draft.steps_of(&cohort.steps, &of);
        }
        // Of the waterfall what is this holder's, and the totals that it rests on: those of every tier down to the last
        // that this holder takes part in.
        let steps = outcome.distribution.as_ref().map_or(&[][..], |d| d.steps.as_slice());
        let is_own = |step: &WaterfallStep| match step.of {
            Some((class, Some(start))) => cohorts_held.contains(&(class, start)),
            Some((class, _)) => !draft.range(class).is_empty(),
            None => false,
        };
        let end = steps.iter().rposition(is_own).map_or(0, |last| last + 1);
        let shown: Vec<_> = steps.iter().take(end).filter(|step| step.of.is_none() || is_own(step)).collect();
        draft.steps_of(shown.into_iter().map(|shown| &shown.step), "");
    }

    /// What a share gets in all, where that is the same for all lots: the sum of its parts.
    fn per_share(draft: &mut Draft<'a, LiquidationRow>, at: usize, lots: Range<usize>) {
        let of_lot = |row: usize| PARTS.map(|(field, _)| draft.statement.value(Cell::at(field, row)).figure());
        let mut all = lots.map(of_lot);
        let first = all.next();
        if let Some([Some(a), Some(b), Some(c)]) = first
            && all.all(|lot| Some(lot) == first)
        {
            let sum = a.to_ratio() + b.to_ratio() + c.to_ratio();
            draft.statement.set(Cell::at(payment::PER_SHARE, at), per_share(&sum));
        }
    }

    fn payment(&self, draft: &mut Draft<'a, LiquidationRow>, row: &LiquidationRow) {
        let decimals = self.case.terms.currency_decimals;
        let at = draft.payment(row.class, row.shares);
        let range = draft.range(row.class);
        let shares = Column::new(lot::SHARES, range.clone());
        if !self.installment {
            Self::per_share(draft, at, range.clone());
        }
        let statement = &mut draft.statement;
        let mut live = true;
        for ((rate, field), units) in PARTS.into_iter().zip(parts(row)) {
            let cell = Cell::at(field, at);
            if self.installment {
                // A difference, which no formula here gives.
                statement.set(cell, Value::amount(units, decimals));
            } else {
                let formula = Term::SumProduct(shares, Column::new(rate, range.clone())).rounded(decimals);
                live &= statement.put_live(cell, formula, units, decimals);
            }
        }
        statement.set(Cell::at(payment::ROUNDING, at), Value::amount(row.rounding(), decimals));
        let parts = [payment::PREFERENCE, payment::ADJUSTMENT, payment::PARTICIPATION, payment::ROUNDING];
        let total = Term::Plus4(parts.map(|field| Cell::at(field, at))).rounded(decimals);
        let gross = Cell::at(payment::GROSS, at);
        statement.put_live(gross, total, row.total, decimals);
        statement.put_live(Cell::at(payment::NET, at), Term::Cell(gross).exact(), row.total, decimals);
        let note = match (self.installment, live, row.rounding().is_zero()) {
            (true, ..) => "values: less what earlier installments paid",
            (false, false, _) => "a value among the parts: a formula may be a unit off",
            (false, true, false) => "rounding: a constant, so that the sum is exact",
            (false, true, true) => "",
        };
        statement.set(Cell::at(payment::NOTE, at), Value::text(note));
        statement.set(Cell::at(payment::PARTS, at), Value::text(self.made_of(row)));
        let class = &self.case.classes.get(row.class).name;
        let shares = grouped(&Shares(row.shares).to_string());
        let less = if self.installment { ", less what earlier installments paid" } else { "" };
        let what = format!(
            "{class}: {shares} shares at these amounts{less}, in whole units; those that are left over of the sum go one each to the largest remainders"
        );
        draft.step("Rounding", what, gross);
    }

    /// What a payment is made of, and what the class did, in words.
    fn made_of(&self, row: &LiquidationRow) -> String {
        let decimals = self.case.terms.currency_decimals;
        let named = ["preference", "Common Adjustment", "participation"].into_iter().zip(parts(row));
        let mut words: Vec<String> = named
            .filter(|(_, units)| *units != 0)
            .map(|(name, units)| format!("{name} {}", money(units, decimals)))
            .collect();
        let tiers = self.outcome.distribution.iter().flat_map(|distribution| &distribution.tiers);
        let mut own = tiers.filter(|tier| tier.class == row.class).map(|tier| tier.why.as_str());
        words.extend(own.find(|why| !why.is_empty()).map(str::to_owned));
        words.extend(self.installment.then(|| "of this installment alone".to_owned()));
        words.join("; ")
    }
}

/// Per class and cohort, the tiers' amounts per share by part; accrued dividends that a share kept are of its preference.
fn rates(outcome: &LiquidationOutcome) -> Vec<Rates> {
    let mut sums: BTreeMap<(ClassIx, Option<Date>), [Ratio; 3]> = BTreeMap::new();
    for tier in outcome.distribution.iter().flat_map(|d| &d.tiers) {
        let part = match tier.tier.as_str() {
            "common-adjustment" => 1,
            "participation" => 2,
            _ => 0,
        };
        let sum = sums.entry((tier.class, tier.accrual_start)).or_insert_with(|| std::array::from_fn(|_| whole(0)));
        sum[part] += &tier.paid_per_share - &tier.kept;
        sum[0] += &tier.kept;
    }
    sums.into_iter().map(|((class, start), sums)| (class, start, sums.map(|sum| per_share(&sum)))).collect()
}
