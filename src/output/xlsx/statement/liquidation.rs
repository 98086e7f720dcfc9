//! Statements of a liquidation.

use super::common::{Common, lots_by_issue, own_step, per_share, step_row};
use super::fields::{lot, payment, single, step};
use super::{Cell, Column, Formula, Statement, Term, Value};
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::class::ClassIx;
use crate::model::register::HolderIx;
use crate::outcome::liquidation::{CohortPreference, LiquidationOutcome, LiquidationRow, WaterfallStep};
use crate::output::RunInfo;
use crate::quantity::{Ratio, SHARE_DECIMALS, Shares, Units, whole};
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
    pub(crate) fn new(case: &'a Case, outcome: &'a LiquidationOutcome, _run: &RunInfo) -> Self {
        let dates = [outcome.date; 3];
        let distribution = outcome.distribution.as_ref();
        let sum = distribution.map_or(0, |d| d.totals.proceeds);
        let words = format!(
            "Liquidation distribution of {} {} on {}",
            case.terms.currency,
            money(sum, case.terms.currency_decimals),
            iso(outcome.date)
        );
        Self {
            common: Common::new(case, words, dates, &outcome.multiple.value, &outcome.acknowledged),
            case,
            outcome,
            rows: distribution.map_or(&[], |d| d.rows.as_slice()),
            rates: rates(outcome),
            installment: distribution.is_some_and(|d| !d.prior.is_zero()),
        }
    }

    pub(crate) fn of(&'a self, holder: HolderIx) -> Statement<'a> {
        let mut builder = Builder { run: self, statement: self.common.statement(holder), holder, classes: Vec::new() };
        builder.lots();
        builder.steps();
        builder.payments();
        builder.total();
        builder.statement
    }

    fn rows_of(&self, holder: HolderIx) -> &'a [LiquidationRow] {
        let start = self.rows.partition_point(|row| row.holder < holder);
        let rest = self.rows.get(start..).unwrap_or(&[]);
        rest.get(..rest.partition_point(|row| row.holder == holder)).unwrap_or(&[])
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
            *sum += &tier.paid_per_share;
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

struct Builder<'a> {
    run: &'a Liquidation<'a>,
    statement: Statement<'a>,
    holder: HolderIx,
    classes: Vec<ClassIx>,
}

impl Builder<'_> {
    fn lots(&mut self) {
        let (run, case) = (self.run, self.run.case);
        let series_a = case.classes.series_a();
        let mut all = 0u128;
        for owned in lots_by_issue(case, self.holder).into_iter().filter(|l| l.counts_on(run.outcome.date)) {
            let Some(shares) = case.share_factor(run.outcome.date).shares_of(owned).map(Shares::micros) else {
                continue;
            };
            let at = self.statement.lots.len();
            self.statement.lots.push(std::array::from_fn(|_| Value::Blank));
            let mut put = |field, value| self.statement.set(Cell::at(field, at), value);
            put(lot::CLASS, Value::text(case.classes.get(owned.class).name.as_str()));
            put(lot::CERTIFICATE, Value::text(case.register.certificate(owned)));
            put(lot::ISSUE_DATE, owned.issue_date.map_or(Value::Blank, Value::date));
            put(lot::SHARES, Value::amount(i128::from(shares), SHARE_DECIMALS));
            let accrual = owned.issue_date.filter(|_| owned.class == series_a).and_then(|i| run.outcome.accrual.of(i));
            if let Some(accrual) = accrual {
                put(lot::ACCRUAL_START, Value::date(accrual.start));
                put(lot::ACCRUAL_WHY, Value::text(accrual.why));
                put(lot::NOTE, Value::text(accrual.why));
            }
            let start = accrual.map(|a| a.start);
            let rates = run.rates.iter().find(|r| r.class == owned.class && r.accrual_start == start);
            if let Some(rates) = rates {
                put(lot::PREFERENCE, rates.preference.clone());
                put(lot::ADJUSTMENT, rates.adjustment.clone());
                put(lot::PARTICIPATION, rates.participation.clone());
            }
            self.classes.push(owned.class);
            all += u128::from(shares);
        }
        if let (Ok(all), false) = (i128::try_from(all), self.classes.is_empty()) {
            let column = Column::new(lot::SHARES, 0..self.classes.len());
            self.statement.put_live(Cell::single(single::SHARES), Term::Sum(column).exact(), all, SHARE_DECIMALS);
        }
    }

    fn steps(&mut self) {
        let run = self.run;
        let series_a = run.case.classes.series_a();
        let day = run.outcome.date;
        let mut starts: Vec<Date> = run
            .case
            .register
            .lots_of(self.holder)
            .iter()
            .filter(|l| l.class == series_a && l.counts_on(day))
            .filter_map(|l| run.outcome.accrual.of(l.issue_date?).map(|a| a.start))
            .collect();
        starts.sort_unstable();
        starts.dedup();
        let own = |c: &&CohortPreference| starts.contains(&c.accrual_start);
        for cohort in run.outcome.cohorts.iter().filter(own) {
            let of =
                if starts.len() > 1 { format!("Accruing from {}", iso(cohort.accrual_start)) } else { String::new() };
            self.statement.steps.extend(cohort.steps.iter().map(|s| step_row(s, &of)));
        }
        // Of the waterfall what is this holder's, and the totals that it rests on: those of every tier down to the last
        // that this holder takes part in.
        let steps = run.outcome.distribution.as_ref().map_or(&[][..], |d| d.steps.as_slice());
        let is_own = |step: &WaterfallStep| match step.of {
            Some((class, start)) if class == series_a => start.is_some_and(|start| starts.contains(&start)),
            Some((class, _)) => self.classes.contains(&class),
            None => false,
        };
        let end = steps.iter().rposition(is_own).map_or(0, |last| last + 1);
        let shown = steps.iter().take(end).filter(|step| step.of.is_none() || is_own(step));
        self.statement.steps.extend(shown.map(|s| step_row(&s.step, "")));
    }

    /// The lots listed of a class.
    fn range(&self, class: ClassIx) -> Range<usize> {
        let start = self.classes.iter().position(|c| *c == class).unwrap_or(0);
        start..start + self.classes.iter().filter(|c| **c == class).count()
    }

    fn payments(&mut self) {
        let (terms, classes) = (&self.run.case.terms, &self.run.case.classes);
        let decimals = terms.currency_decimals;
        for row in self.run.rows_of(self.holder) {
            let at = self.statement.payments.len();
            self.statement.payments.push(std::array::from_fn(|_| Value::Blank));
            let class = &classes.get(row.class).name;
            self.statement.set(Cell::at(payment::CLASS, at), Value::text(class.as_str()));
            self.statement.set(Cell::at(payment::ASSET, at), Value::text(terms.currency.as_str()));
            let range = self.range(row.class);
            let shares = Column::new(lot::SHARES, range.clone());
            let cell = Cell::at(payment::SHARES, at);
            self.statement.put_live(cell, Term::Sum(shares).exact(), i128::from(row.shares), SHARE_DECIMALS);
            let mut live = true;
            for (field, rate, units) in [
                (payment::PREFERENCE, lot::PREFERENCE, row.preference()),
                (payment::ADJUSTMENT, lot::ADJUSTMENT, row.common_adjustment()),
                (payment::PARTICIPATION, lot::PARTICIPATION, row.participation),
            ] {
                let formula = Term::SumProduct(shares, Column::new(rate, range.clone())).rounded(decimals);
                live &= self.part(Cell::at(field, at), formula, units, decimals);
            }
            self.statement.set(Cell::at(payment::ROUNDING, at), Value::amount(row.rounding(), decimals));
            let parts = [payment::PREFERENCE, payment::ADJUSTMENT, payment::PARTICIPATION, payment::ROUNDING];
            let total = Term::Plus4(parts.map(|field| Cell::at(field, at))).rounded(decimals);
            let gross = Cell::at(payment::GROSS, at);
            self.statement.put_live(gross, total, row.total, decimals);
            self.statement.put_live(Cell::at(payment::NET, at), Term::Cell(gross).exact(), row.total, decimals);
            let note = match (self.run.installment, live, row.rounding().is_zero()) {
                (true, ..) => "values: less what earlier installments paid",
                (false, false, _) => "a value among the parts: a formula may be a unit off",
                (false, true, false) => "rounding: a constant, so that the sum is exact",
                (false, true, true) => "",
            };
            self.statement.set(Cell::at(payment::NOTE, at), Value::text(note));
            self.own_step(row, at);
        }
    }

    /// One part of a payment; in an installment it is a difference, which no formula here gives.
    fn part(&mut self, cell: Cell, formula: Formula, units: Units, decimals: u32) -> bool {
        if self.run.installment {
            self.statement.set(cell, Value::amount(units, decimals));
            return true;
        }
        self.statement.put_live(cell, formula, units, decimals)
    }

    fn own_step(&mut self, row: &LiquidationRow, at: usize) {
        let class = &self.run.case.classes.get(row.class).name;
        let shares = grouped(&Shares::from_micros(row.shares).to_string());
        let less = if self.run.installment { ", less what earlier installments paid" } else { "" };
        let what =
            format!("{class}: {shares} shares at these amounts{less}, in whole units that add up to the sum exactly");
        self.statement.steps.push(own_step("Rounding", what, ""));
        let last = self.statement.steps.len() - 1;
        let gross = Cell::at(payment::GROSS, at);
        let value = match self.statement.value(gross) {
            Value::Live(_, figure) | Value::Number(figure) => Value::Live(Term::Cell(gross).exact(), *figure),
            other => other.clone(),
        };
        self.statement.set(Cell::at(step::AFTER, last), value);
    }

    fn total(&mut self) {
        let decimals = self.run.case.terms.currency_decimals;
        let rows = self.run.rows_of(self.holder);
        let total: Units = rows.iter().map(|row| row.total).sum();
        let gross = Cell::single(single::GROSS);
        if rows.is_empty() {
            self.statement.set(gross, Value::amount(total, decimals));
        } else {
            let values = Column::new(payment::GROSS, 0..rows.len());
            self.statement.put_live(gross, Term::Sum(values).rounded(decimals), total, decimals);
        }
        self.statement.put_live(Cell::single(single::NET), Term::Cell(gross).exact(), total, decimals);
    }
}
