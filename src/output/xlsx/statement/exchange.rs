//! Statements of a merger's exchange.

use super::common::{Common, Draft, NOT_LIVE, decimals_in_kind, lots_by_issue, per_share, units};
use super::fields::payment;
use super::{Cell, Statement, Term, Value};
use crate::model::{Case, HolderIx, Locale};
use crate::outcome::{ExchangeOutcome, PaymentRow};
use crate::quantity::{Ratio, Shares, Units};
use crate::text::{grouped, readable};
use num_traits::Zero;

#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    common: Common<'a>,
    case: &'a Case,
    outcome: &'a ExchangeOutcome,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(case: &'a Case, locale: Locale, outcome: &'a ExchangeOutcome) -> Self {
        let words = format!("Exchange upon the merger of {}", locale.date(outcome.date));
        let dates = [outcome.date; 3];
        let common = Common::new((case, locale), ("exchange", words), dates, &outcome.multiple.value, &[], None);
        Self { common, case, outcome }
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
            draft.steps_of(&outcome.steps, "");
        }
        let mut rows: Vec<&PaymentRow> = draft.rows.iter().collect();
        // What is paid for fractions rests on the deliveries.
        rows.sort_by_key(|row| (row.class, row.is_cash() && case.terms.readings.cash_in_lieu()));
        for row in rows {
            let asset = usize::from(row.asset).checked_sub(1).map(|at| &outcome.assets[at]);
            let component = outcome.components.iter().find(|c| c.asset.as_ref() == asset);
            let is_series_a = row.class == case.classes.series_a();
            let each = component.map(|c| if is_series_a { &c.per_series_a_share } else { &c.per_common_share });
            match asset {
                None => self.cash(&mut draft, row, each),
                Some(asset) => {
                    let rate = readable(each.expect("what is delivered is a component"), 0);
                    let how = match decimals_in_kind(case) {
                        0 => "whole units; the fraction is paid in cash".to_owned(),
                        n => format!("rounded down to {n} decimals"),
                    };
                    let what = format!("{} × {rate} {asset}, {how}", self.held(row));
                    let price = component.and_then(|component| component.fair_value.as_ref());
                    draft.delivery(row, (asset, price), each, (self.clause(row), what));
                }
            }
        }
        draft.total_untaxed(draft.rows.iter().filter(|row| row.is_cash()).map(|row| row.gross).sum());
        draft.finish()
    }

    /// Shares × per share, rounded to the smallest unit, and what comes in lieu of fractions.
    fn cash(&self, draft: &mut Draft<'a, PaymentRow>, row: &PaymentRow, each: Option<&Ratio>) {
        let (terms, at) = (&self.case.terms, draft.payment(row.class, row.shares));
        let decimals = terms.currency_decimals;
        let (mut rounded, mut live): (Units, bool) = (0, true);
        let statement = &mut draft.statement;
        let cell = Cell::at(payment::ROUNDED, at);
        if let Some(rate) = each {
            let per_share_cell = Cell::at(payment::PER_SHARE, at);
            statement.set(per_share_cell, per_share(rate));
            rounded = row.gross;
            if terms.readings.cash_in_lieu() {
                let exact = Shares(row.shares).to_ratio() * rate;
                rounded = units(&exact, decimals, terms.readings.midpoint());
            }
            let product = Term::Product(Cell::at(payment::SHARES, at), per_share_cell);
            live = statement.put_live(cell, product.rounded(decimals), rounded, decimals);
        }
        let lieu = row.gross - rounded;
        let (gross, lieu_cell) = (Cell::at(payment::GROSS, at), Cell::at(payment::UNIT, at));
        let formula = match (lieu.is_zero(), each) {
            (true, _) => Term::Cell(cell).exact(),
            (false, None) => Term::Cell(lieu_cell).exact(),
            (false, Some(_)) => Term::Plus(cell, lieu_cell).rounded(decimals),
        };
        let is_priced = !lieu.is_zero() && draft.put_in_lieu(lieu_cell, lieu);
        let statement = &mut draft.statement;
        statement.put_live(gross, formula, row.gross, decimals);
        statement.put_live(Cell::at(payment::NET, at), Term::Cell(gross).exact(), row.gross, decimals);
        let note = match (live, lieu.is_zero()) {
            (false, _) => NOT_LIVE,
            (true, false) if is_priced => "with cash in lieu of fractions",
            (true, false) => "cash in lieu of fractions: a constant",
            (true, true) => "",
        };
        statement.set(Cell::at(payment::NOTE, at), Value::text(note));
        let (of, currency) = (self.held(row), &terms.currency);
        let what = match each.map(|each| readable(each, decimals)) {
            None => format!("{of} shares, cash in lieu of fractions"),
            Some(each) if lieu.is_zero() => format!("{of} × {each} {currency}, rounded to the smallest unit"),
            Some(each) => {
                format!("{of} × {each} {currency}, rounded to the smallest unit, and cash in lieu of fractions")
            }
        };
        draft.step(self.clause(row), what, gross);
    }

    /// A holding in words: `Common Stock: 22,500`.
    fn held(&self, row: &PaymentRow) -> String {
        let shares = grouped(&Shares(row.shares).to_string());
        format!("{}: {shares}", self.case.classes.get(row.class).name)
    }

    fn clause(&self, row: &PaymentRow) -> &'static str {
        match (row.class == self.case.classes.series_a(), row.is_cash()) {
            (true, true) => "7",
            (true, false) => "7, 11",
            (false, _) => "Merger",
        }
    }
}
