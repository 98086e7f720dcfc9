//! Fractions of what is delivered in kind that are paid in cash, step by step.

use super::common::{Draft, per_share, units};
use super::fields::{delivery, step};
use super::{Cell, Term, Value};
use crate::output::instructions::Paid;
use crate::quantity::{Ratio, Units};
use crate::text::{number, readable};
use num_traits::Zero;

impl<R: Paid> Draft<'_, R> {
    /// What of a delivery is paid in cash, where it is: the fraction, the price of one, and what they come to.
    pub(super) fn fraction(&mut self, at: usize, asset: &str, exact: &Ratio, price: &Ratio) {
        const DECIMALS: u32 = 12;
        let (terms, left) = (&self.case.terms, exact - exact.floor());
        if !terms.readings.cash_in_lieu() || left.is_zero() {
            return;
        }
        let (decimals, midpoint) = (terms.currency_decimals, terms.readings.midpoint());
        let at_price = format!("{} at {}", number(&left, DECIMALS), readable(price, decimals));
        let rows = [
            format!("The fraction of {asset} that is not delivered"),
            "Its price, the fair value of one".to_owned(),
            format!("{at_price}, in cash, rounded to the smallest unit"),
        ]
        .map(|what| self.add([(step::CLAUSE, Value::text("Cash in lieu")), (step::WHAT, Value::text(what))]));
        let [fraction, each, cash] = rows.map(|row| Cell::at(step::AFTER, row));
        let (before, statement) = (Cell::at(step::BEFORE, rows[0]), &mut self.statement);
        let product = Term::Product(Cell::at(delivery::SHARES, at), Cell::at(delivery::PER_SHARE, at));
        if !statement.put_live(before, product.rounded(DECIMALS), units(exact, DECIMALS, midpoint), DECIMALS) {
            statement.set(before, per_share(exact));
        }
        let rest = Term::Minus(before, Cell::at(delivery::QUANTITY, at)).rounded(DECIMALS);
        statement.put_live(fraction, rest, units(&left, DECIMALS, midpoint), DECIMALS);
        statement.set(each, per_share(price));
        let product = Term::Product(fraction, each).rounded(decimals);
        statement.put_live(cash, product, units(&(left * price), decimals, midpoint), decimals);
        self.in_lieu.push(cash);
    }

    /// Puts what a class is paid for fractions into a cell, where the steps give it; says whether they do.
    pub(super) fn put_in_lieu(&mut self, cell: Cell, units: Units) -> bool {
        let decimals = self.case.terms.currency_decimals;
        let formula = match *std::mem::take(&mut self.in_lieu) {
            [one] => Term::Cell(one).exact(),
            [one, other] => Term::Plus(one, other).rounded(decimals),
            _ => {
                self.statement.set(cell, Value::amount(units, decimals));
                return false;
            }
        };
        self.statement.put_live(cell, formula, units, decimals)
    }
}
