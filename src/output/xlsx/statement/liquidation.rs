//! Statements of a liquidation.

use super::common::{Common, Draft, lots_by_issue, per_share};
use super::fields::{lot, payment, single};
use super::{Cell, Column, Statement, Term, Value};
use crate::model::Case;
use crate::model::calendar::Date;
use crate::model::class::ClassIx;
use crate::model::locale::Locale;
use crate::model::register::{HolderIx, Lot};
use crate::outcome::liquidation::{CohortPreference, LiquidationOutcome, LiquidationRow, WaterfallStep};
use crate::quantity::{Ratio, Shares, Units, whole};
use crate::text::{grouped, money};
use num_traits::Zero;
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

/// What a share of a class, or of a cohort of Series A, gets of each part.
#[derive(Clone, Debug)]
struct Rates {
    class: ClassIx,
    accrual_start: Option<Date>,
    preference: Value<'static>,
    adjustment: Value<'static>,
    participation: Value<'static>,
}

impl<'a> Liquidation<'a> {
    /// For a run; its statements have no payments where only scenarios were asked for.
    pub(crate) fn new(case: &'a Case, locale: Locale, outcome: &'a LiquidationOutcome) -> Self {
        let dates = [outcome.date; 3];
        let distribution = outcome.distribution.as_ref();
        let sum = distribution.map_or(0, |d| d.totals.proceeds);
        let cash = |units| format!("{} {}", case.terms.currency, money(units, case.terms.currency_decimals));
        let mut words = format!("Liquidation distribution of {} on {}", cash(sum), locale.date(outcome.date));
        if let Some(prior) = distribution.map(|d| d.prior).filter(|prior| *prior != 0) {
            words = format!("{words}, after {} in earlier installments", cash(prior));
        }
        Self {
            common: Common::new(
                (case, locale),
                ("liquidate", words),
                dates,
                &outcome.multiple.value,
                &outcome.acknowledged,
            ),
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
        draft.total(single::GROSS, payment::GROSS, total);
        if total == 0 {
            let tiers = self.outcome.distribution.iter().flat_map(|distribution| &distribution.tiers);
            let own = tiers.filter(|tier| draft.rows.iter().any(|row| row.class == tier.class));
            let why = own
                .filter(|tier| !tier.why.is_empty())
                .map(|tier| format!("your {} are {}", self.case.classes.get(tier.class).name, tier.why));
            let out_of_reach = || "the sum distributed does not reach your shares".to_owned();
            draft.nothing(&why.into_iter().next().unwrap_or_else(out_of_reach));
        }
        let (gross, decimals) = (Term::Cell(Cell::single(single::GROSS)), self.case.terms.currency_decimals);
        draft.statement.put_live(Cell::single(single::NET), gross.exact(), total, decimals);
        draft.finish()
    }

    fn lots(&self, draft: &mut Draft<'a, LiquidationRow>) {
        let (day, series_a) = (self.outcome.date, self.case.classes.series_a());
        for owned in lots_by_issue(self.case, draft.holder).into_iter().filter(|lot| lot.counts_on(day)) {
            let at = draft.lot(owned, day);
            let issued = owned.issue_date.filter(|_| owned.class == series_a);
            let accrual = issued.and_then(|issued| self.outcome.accrual.of(issued));
            if let Some(accrual) = accrual {
                draft.accrues(at, accrual, "");
            }
            let at_rate = self.case.classes.get(owned.class).accrual_start(owned.issue_date);
            if let Some(start) = at_rate {
                draft.statement.set(Cell::at(lot::ACCRUAL_START, at), Value::date(start));
            }
            let start = accrual.map(|a| a.start).or(at_rate);
            if let Some(rates) = self.rates.iter().find(|r| r.class == owned.class && r.accrual_start == start) {
                let mut put = |field, value: &Value<'static>| draft.statement.set(Cell::at(field, at), value.clone());
                put(lot::PREFERENCE, &rates.preference);
                put(lot::ADJUSTMENT, &rates.adjustment);
                put(lot::PARTICIPATION, &rates.participation);
            }
        }
        draft.sum_of_lots();
    }

    fn steps(&self, draft: &mut Draft<'a, LiquidationRow>) {
        let (case, outcome) = (self.case, self.outcome);
        let series_a = case.classes.series_a();
        let lots = case.register.lots_of(draft.holder).iter();
        let mut starts: Vec<Date> = lots
            .filter(|l| l.class == series_a && l.counts_on(outcome.date))
            .filter_map(|l| outcome.accrual.of(l.issue_date?).map(|a| a.start))
            .collect();
        starts.sort_unstable();
        starts.dedup();
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
        let lots = case.register.lots_of(draft.holder).iter().filter(|l| l.counts_on(outcome.date));
        let start = |l: &Lot| Some((l.class, case.classes.get(l.class).accrual_start(l.issue_date)?));
        let at_rate: Vec<(ClassIx, Date)> = lots.filter_map(start).collect();
        let is_own = |step: &WaterfallStep| match step.of {
            Some((class, Some(start))) if class == series_a => starts.contains(&start),
            Some((class, Some(start))) => at_rate.contains(&(class, start)),
            Some((class, _)) => !draft.range(class).is_empty(),
            None => false,
        };
        let end = steps.iter().rposition(is_own).map_or(0, |last| last + 1);
        let shown: Vec<_> = steps.iter().take(end).filter(|step| step.of.is_none() || is_own(step)).collect();
        draft.steps_of(shown.into_iter().map(|shown| &shown.step), "");
    }

    /// What a share gets in all, where that is the same for all lots: the sum of its parts.
    fn per_share(draft: &mut Draft<'a, LiquidationRow>, at: usize, lots: Range<usize>) {
        let parts = [lot::PREFERENCE, lot::ADJUSTMENT, lot::PARTICIPATION];
        let of_lot = |row: usize| parts.map(|field| draft.statement.value(Cell::at(field, row)).figure());
        let mut all = lots.clone().map(of_lot);
        let first = all.next();
        if let Some([Some(a), Some(b), Some(c)]) = first
            && all.all(|lot| Some(lot) == first)
        {
            let sum = a.to_ratio() + b.to_ratio() + c.to_ratio();
            draft.statement.set(Cell::at(payment::PER_SHARE, at), per_share(&sum));
        }
    }

    fn payment(&self, draft: &mut Draft<'a, LiquidationRow>, row: &LiquidationRow) {
        let terms = &self.case.terms;
        let decimals = terms.currency_decimals;
        let at = draft.payment(row.class, row.shares);
        let range = draft.range(row.class);
        let shares = Column::new(lot::SHARES, range.clone());
        Self::per_share(draft, at, range.clone());
        let statement = &mut draft.statement;
        let mut live = true;
        for (field, rate, units) in [
            (payment::PREFERENCE, lot::PREFERENCE, row.preference()),
            (payment::ADJUSTMENT, lot::ADJUSTMENT, row.common_adjustment()),
            (payment::PARTICIPATION, lot::PARTICIPATION, row.participation),
        ] {
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
        statement.set(Cell::at(payment::PARTS, at), Value::text(self.parts(row)));
        let class = &self.case.classes.get(row.class).name;
        let shares = grouped(&Shares::from_micros(row.shares).to_string());
        let less = if self.installment { ", less what earlier installments paid" } else { "" };
        let what = format!(
            "{class}: {shares} shares at these amounts{less}, in whole units; those that are left over of the sum go one each to the largest remainders"
        );
        draft.step("Rounding", what, gross);
    }
}

impl Liquidation<'_> {
    /// What a payment is made of, and what the class did, in words.
    fn parts(&self, row: &LiquidationRow) -> String {
        let decimals = self.case.terms.currency_decimals;
        let parts = [
            ("preference", row.preference()),
            ("Common Adjustment", row.common_adjustment()),
            ("participation", row.participation),
        ];
        let mut words: Vec<String> = parts
            .iter()
            .filter(|(_, units)| *units != 0)
            .map(|(name, units)| format!("{name} {}", money(*units, decimals)))
            .collect();
        let tiers = self.outcome.distribution.iter().flat_map(|distribution| &distribution.tiers);
        let mut own = tiers.filter(|tier| tier.class == row.class).map(|tier| tier.why.as_str());
        words.extend(own.find(|why| !why.is_empty()).map(str::to_owned));
        words.join("; ")
    }
}

/// Per class and cohort, the tiers' amounts per share by part.
fn rates(outcome: &LiquidationOutcome) -> Vec<Rates> {
    let mut sums: Vec<(ClassIx, Option<Date>, [Ratio; 3])> = Vec::new();
    for tier in outcome.distribution.iter().flat_map(|d| &d.tiers) {
        let part = match tier.tier.as_str() {
            "common-adjustment" => 1,
            "participation" => 2,
            _ => 0,
        };
        let key = (tier.class, tier.accrual_start);
        let at = sums.iter().position(|(class, start, _)| (*class, *start) == key).unwrap_or_else(|| {
            sums.push((tier.class, tier.accrual_start, [whole(0), whole(0), whole(0)]));
            sums.len() - 1
        });
        if let Some(sum) = sums.get_mut(at).and_then(|(.., parts)| parts.get_mut(part)) {
            *sum += &tier.paid_per_share - &tier.kept;
        }
        if let Some((.., parts)) = sums.get_mut(at) {
            parts[0] += &tier.kept;
        }
    }
    sums.into_iter()
        .map(|(class, accrual_start, [preference, adjustment, participation])| Rates {
            class,
            accrual_start,
            preference: per_share(&preference),
            adjustment: per_share(&adjustment),
            participation: per_share(&participation),
        })
        .collect()
}
