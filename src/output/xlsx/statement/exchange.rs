//! Statements of a merger's exchange.

use super::common::{Common, lots_by_issue, own_step, per_share, step_row};
use super::fields::{lot, payment, single, step};
use super::{Cell, Column, Statement, Term, Value};
use crate::model::Case;
use crate::model::calendar::iso;
use crate::model::class::ClassIx;
use crate::model::register::HolderIx;
use crate::outcome::PaymentRow;
use crate::outcome::exchange::ExchangeOutcome;
use crate::output::RunInfo;
use crate::quantity::{SHARE_DECIMALS, Shares, Units, plain, power_of_ten, round_half};
use crate::text::grouped;
use num_traits::{ToPrimitive, Zero};
use std::ops::Range;

#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    common: Common<'a>,
    case: &'a Case,
    outcome: &'a ExchangeOutcome,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(case: &'a Case, outcome: &'a ExchangeOutcome, _run: &RunInfo) -> Self {
        let words = format!("Exchange upon the merger of {}", iso(outcome.date));
        Self { common: Common::new(case, words, [outcome.date; 3], &outcome.multiple.value, &[]), case, outcome }
    }

    pub(crate) fn of(&'a self, holder: HolderIx) -> Statement<'a> {
        let mut builder = Builder { run: self, statement: self.common.statement(holder), holder, classes: Vec::new() };
        builder.lots();
        // §7 multiplies what a Common share gets for Series A; for Common it is what the merger gives.
        if builder.classes.contains(&self.case.classes.series_a()) {
            builder.statement.steps.extend(self.outcome.steps.iter().map(|s| step_row(s, "")));
        }
        builder.payments();
        builder.total();
        builder.statement
    }

    fn rows_of(&self, holder: HolderIx) -> &'a [PaymentRow] {
        let rows = self.outcome.rows.as_slice();
        let start = rows.partition_point(|row| row.holder < holder);
        let rest = rows.get(start..).unwrap_or(&[]);
        rest.get(..rest.partition_point(|row| row.holder == holder)).unwrap_or(&[])
    }
}

struct Builder<'a> {
    run: &'a Exchange<'a>,
    statement: Statement<'a>,
    holder: HolderIx,
    classes: Vec<ClassIx>,
}

impl Builder<'_> {
    /// The lots of the classes that are exchanged.
    fn lots(&mut self) {
        let case = self.run.case;
        let day = self.run.outcome.date;
        let exchanged = [case.classes.series_a(), case.classes.common()];
        let mut all = 0u128;
        let lots = lots_by_issue(case, self.holder).into_iter();
        for owned in lots.filter(|l| l.counts_on(day) && exchanged.contains(&l.class)) {
            let Some(shares) = case.share_factor(day).shares_of(owned).map(Shares::micros) else { continue };
            let at = self.statement.lots.len();
            self.statement.lots.push(std::array::from_fn(|_| Value::Blank));
            let mut put = |field, value| self.statement.set(Cell::at(field, at), value);
            put(lot::CLASS, Value::text(case.classes.get(owned.class).name.as_str()));
            put(lot::CERTIFICATE, Value::text(case.register.certificate(owned)));
            put(lot::ISSUE_DATE, owned.issue_date.map_or(Value::Blank, Value::date));
            put(lot::SHARES, Value::amount(i128::from(shares), SHARE_DECIMALS));
            self.classes.push(owned.class);
            all += u128::from(shares);
        }
        if let (Ok(all), false) = (i128::try_from(all), self.classes.is_empty()) {
            let column = Column::new(lot::SHARES, 0..self.classes.len());
            self.statement.put_live(Cell::single(single::SHARES), Term::Sum(column).exact(), all, SHARE_DECIMALS);
        }
    }

    fn range(&self, class: ClassIx) -> Range<usize> {
        let start = self.classes.iter().position(|c| *c == class).unwrap_or(0);
        start..start + self.classes.iter().filter(|c| **c == class).count()
    }

    fn payments(&mut self) {
        let (case, outcome) = (self.run.case, self.run.outcome);
        for row in self.run.rows_of(self.holder) {
            let at = self.statement.payments.len();
            self.statement.payments.push(std::array::from_fn(|_| Value::Blank));
            let asset = usize::from(row.asset).checked_sub(1).and_then(|index| outcome.assets.get(index));
            let class = &case.classes.get(row.class).name;
            self.statement.set(Cell::at(payment::CLASS, at), Value::text(class.as_str()));
            let name = asset.map_or(case.terms.currency.as_str(), String::as_str);
            self.statement.set(Cell::at(payment::ASSET, at), Value::text(name));
            let shares = Column::new(lot::SHARES, self.range(row.class));
            let cell = Cell::at(payment::SHARES, at);
            self.statement.put_live(cell, Term::Sum(shares).exact(), i128::from(row.shares), SHARE_DECIMALS);
            self.amount(row, at);
        }
    }

    /// Shares × per share, rounded: cash to the smallest unit, assets down; and what comes in lieu of fractions.
    fn amount(&mut self, row: &PaymentRow, at: usize) {
        let (case, outcome) = (self.run.case, self.run.outcome);
        let name = usize::from(row.asset).checked_sub(1).and_then(|index| outcome.assets.get(index));
        let component = outcome.components.iter().find(|c| c.asset.as_ref() == name);
        let readings = &case.terms.readings;
        let decimals = if row.is_cash() { case.terms.currency_decimals } else { SHARE_DECIMALS };
        let kept = if row.is_cash() || !readings.cash_in_lieu() { decimals } else { 0 };
        let mut rounded: Units = 0;
        let mut live = true;
        let cell = Cell::at(payment::ROUNDED, at);
        if let Some(component) = component {
            let rate = if row.class == case.classes.series_a() {
                &component.per_series_a_share
            } else {
                &component.per_common_share
            };
            let per_share_cell = Cell::at(payment::PER_SHARE, at);
            self.statement.set(per_share_cell, per_share(rate));
            rounded = row.gross;
            if row.is_cash() && readings.cash_in_lieu() {
                let exact = Shares::from_micros(row.shares).to_ratio() * rate * power_of_ten(decimals);
                rounded = round_half(&exact, readings.midpoint()).to_i128().unwrap_or(row.gross);
            }
            let shares = Cell::at(payment::SHARES, at);
            let rounding = Term::Product(shares, per_share_cell).rounded(kept);
            let down = Term::Product(shares, per_share_cell).rounded_down(kept);
            let formulas = if row.is_cash() { [rounding, rounding] } else { [down, rounding] };
            live = formulas.into_iter().any(|formula| self.statement.put_live(cell, formula, rounded, decimals));
        }
        let lieu = row.gross - rounded;
        let (gross, lieu_cell) = (Cell::at(payment::GROSS, at), Cell::at(payment::UNIT, at));
        if lieu.is_zero() {
            self.statement.put_live(gross, Term::Cell(cell).exact(), row.gross, decimals);
        } else if component.is_none() {
            self.statement.set(lieu_cell, Value::amount(lieu, decimals));
            self.statement.put_live(gross, Term::Cell(lieu_cell).exact(), row.gross, decimals);
        } else {
            self.statement.set(lieu_cell, Value::amount(lieu, decimals));
            self.statement.put_live(gross, Term::Plus(cell, lieu_cell).rounded(decimals), row.gross, decimals);
        }
        self.statement.put_live(Cell::at(payment::NET, at), Term::Cell(gross).exact(), row.gross, decimals);
        let note = match (live, lieu.is_zero()) {
            (false, _) => super::dividend::NOT_LIVE,
            (true, false) => "cash in lieu of fractions: a constant",
            (true, true) => "",
        };
        self.statement.set(Cell::at(payment::NOTE, at), Value::text(note));
        let is_series_a = row.class == case.classes.series_a();
        let each = component.map(|c| if is_series_a { &c.per_series_a_share } else { &c.per_common_share });
        let shares = grouped(&Shares::from_micros(row.shares).to_string());
        let of = format!("{}: {shares}", case.classes.get(row.class).name);
        let unit = name.map_or(case.terms.currency.as_str(), String::as_str);
        let what = match (each.map(|each| plain(each, 12)), row.is_cash(), kept) {
            (None, ..) => format!("{of} shares, cash in lieu of fractions"),
            (Some(each), true, _) if lieu.is_zero() => format!("{of} × {each} {unit}, rounded to the smallest unit"),
            (Some(each), true, _) => {
                format!("{of} × {each} {unit}, rounded to the smallest unit, and cash in lieu of fractions")
            }
            (Some(each), false, 0) => format!("{of} × {each} {unit}, whole units; the fraction is paid in cash"),
            (Some(each), false, n) => format!("{of} × {each} {unit}, rounded down to {n} decimals"),
        };
        let clause = match (is_series_a, row.is_cash()) {
            (true, true) => "7",
            (true, false) => "7, 11",
            (false, _) => "Merger",
        };
        self.statement.steps.push(own_step(clause, what, ""));
        let last = self.statement.steps.len() - 1;
        let value = match self.statement.value(gross) {
            Value::Live(_, figure) | Value::Number(figure) => Value::Live(Term::Cell(gross).exact(), *figure),
            other => other.clone(),
        };
        self.statement.set(Cell::at(step::AFTER, last), value);
    }

    fn total(&mut self) {
        let decimals = self.run.case.terms.currency_decimals;
        let rows = self.run.rows_of(self.holder);
        let cash: Units = rows.iter().filter(|row| row.is_cash()).map(|row| row.gross).sum();
        let gross = Cell::single(single::GROSS);
        if rows.is_empty() {
            self.statement.set(gross, Value::amount(cash, decimals));
        } else {
            let keys = Column::new(payment::ASSET, 0..rows.len());
            let values = Column::new(payment::GROSS, 0..rows.len());
            let currency = Cell::single(single::CURRENCY);
            let formula = Term::SumIf { keys, key: currency, values }.rounded(decimals);
            self.statement.put_live(gross, formula, cash, decimals);
        }
        self.statement.put_live(Cell::single(single::NET), Term::Cell(gross).exact(), cash, decimals);
    }
}
