//! Statements of a merger's exchange.

use super::common::{Common, Draft, lots_by_issue, per_share, step_row};
use super::fields::{payment, single};
use super::{Cell, Statement, Term, Value};
use crate::model::Case;
use crate::model::calendar::iso;
use crate::model::register::HolderIx;
use crate::outcome::PaymentRow;
use crate::outcome::exchange::ExchangeOutcome;
use crate::quantity::{SHARE_DECIMALS, Shares, Units, power_of_ten, round_half};
use crate::text::{grouped, readable};
use num_traits::{ToPrimitive, Zero};

#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    common: Common<'a>,
    case: &'a Case,
    outcome: &'a ExchangeOutcome,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(case: &'a Case, outcome: &'a ExchangeOutcome) -> Self {
        let words = format!("Exchange upon the merger of {}", iso(outcome.date));
        Self { common: Common::new(case, words, [outcome.date; 3], &outcome.multiple.value, &[]), case, outcome }
    }

    pub(crate) fn of(&'a self, holder: HolderIx) -> Statement<'a> {
        let (case, outcome) = (self.case, self.outcome);
        let mut draft = Draft::new(&self.common, &outcome.rows, holder);
        let exchanged = [case.classes.series_a(), case.classes.common()];
        for lot in lots_by_issue(case, holder) {
            if lot.counts_on(outcome.date) && exchanged.contains(&lot.class) {
                draft.lot(lot, outcome.date);
            }
        }
        draft.sum_of_lots();
        // §7 multiplies what a Common share gets for Series A; for Common it is what the merger gives.
        if !draft.range(case.classes.series_a()).is_empty() {
            draft.statement.steps.extend(outcome.steps.iter().map(|s| step_row(s, "")));
        }
        for row in draft.rows {
            let at = draft.payment(row.class, self.name(row), row.shares);
            self.amount(&mut draft, row, at);
        }
        let cash = draft.rows.iter().filter(|row| row.is_cash()).map(|row| row.gross).sum();
        let (gross, decimals) = (Cell::single(single::GROSS), case.terms.currency_decimals);
        draft.total(single::GROSS, draft.cash_in(payment::GROSS), cash);
        draft.statement.put_live(Cell::single(single::NET), Term::Cell(gross).exact(), cash, decimals);
        draft.statement
    }

    fn asset(&self, row: &PaymentRow) -> Option<&'a String> {
        usize::from(row.asset).checked_sub(1).map(|at| &self.outcome.assets[at])
    }

    fn name(&self, row: &PaymentRow) -> &'a str {
        self.asset(row).unwrap_or(&self.case.terms.currency)
    }

    /// Shares × per share, rounded: cash to the smallest unit, assets down; and what comes in lieu of fractions.
    fn amount(&self, draft: &mut Draft<'a, PaymentRow>, row: &PaymentRow, at: usize) {
        let case = self.case;
        let component = self.outcome.components.iter().find(|c| c.asset.as_ref() == self.asset(row));
        let is_series_a = row.class == case.classes.series_a();
        let each = component.map(|c| if is_series_a { &c.per_series_a_share } else { &c.per_common_share });
        let readings = &case.terms.readings;
        let decimals = if row.is_cash() { case.terms.currency_decimals } else { SHARE_DECIMALS };
        let kept = if row.is_cash() || !readings.cash_in_lieu() { decimals } else { 0 };
        let mut rounded: Units = 0;
        let mut live = true;
        let statement = &mut draft.statement;
        let cell = Cell::at(payment::ROUNDED, at);
        if let Some(rate) = each {
            let per_share_cell = Cell::at(payment::PER_SHARE, at);
            statement.set(per_share_cell, per_share(rate));
            rounded = row.gross;
            if row.is_cash() && readings.cash_in_lieu() {
                let exact = Shares::from_micros(row.shares).to_ratio() * rate * power_of_ten(decimals);
                let whole = round_half(&exact, readings.midpoint()).to_i128();
                rounded = whole.expect("a run refuses cash beyond the limit");
            }
            let shares = Cell::at(payment::SHARES, at);
            let rounding = Term::Product(shares, per_share_cell).rounded(kept);
            let down = Term::Product(shares, per_share_cell).rounded_down(kept);
            let formulas = if row.is_cash() { [rounding, rounding] } else { [down, rounding] };
            live = formulas.into_iter().any(|formula| statement.put_live(cell, formula, rounded, decimals));
        }
        let lieu = row.gross - rounded;
        let (gross, lieu_cell) = (Cell::at(payment::GROSS, at), Cell::at(payment::UNIT, at));
        let formula = match (lieu.is_zero(), each) {
            (true, _) => Term::Cell(cell).exact(),
            (false, None) => Term::Cell(lieu_cell).exact(),
            (false, Some(_)) => Term::Plus(cell, lieu_cell).rounded(decimals),
        };
        if !lieu.is_zero() {
            statement.set(lieu_cell, Value::amount(lieu, decimals));
        }
        statement.put_live(gross, formula, row.gross, decimals);
        statement.put_live(Cell::at(payment::NET, at), Term::Cell(gross).exact(), row.gross, decimals);
        let note = match (live, lieu.is_zero()) {
            (false, _) => super::dividend::NOT_LIVE,
            (true, false) => "cash in lieu of fractions: a constant",
            (true, true) => "",
        };
        statement.set(Cell::at(payment::NOTE, at), Value::text(note));
        let shares = grouped(&Shares::from_micros(row.shares).to_string());
        let of = format!("{}: {shares}", case.classes.get(row.class).name);
        let unit = self.name(row);
        let least = if row.is_cash() { decimals } else { 0 };
        let what = match (each.map(|each| readable(each, least)), row.is_cash(), kept) {
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
        draft.step(clause, what, gross);
    }
}
