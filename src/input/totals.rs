//! Control totals: `Total` and `Subtotal` rows must equal what stands above them.

use super::Line;
use super::asides::Control;
use super::schema::{Kind, Table};
use crate::quantity::{Midpoint, Ratio, SHARE_DECIMALS, exact, fixed, plain, power_of_ten};
use crate::text::grouped;

/// A running sum that control totals are compared with, in the smallest units of its column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sum {
    units: u128,
    /// Whether a row in it could not be read, so that it cannot be compared.
    broken: bool,
}

impl Sum {
    pub(crate) fn add(&mut self, units: Option<u128>) {
        match units.and_then(|u| self.units.checked_add(u)) {
            Some(sum) => self.units = sum,
            None => self.broken = true,
        }
    }

    /// Compares it with what a row of a control total states.
    pub(crate) fn compare(&self, line: &mut Line, ix: usize, control: &Control) {
        let (name, of) = match control {
            Control::Total => ("Total".to_owned(), "the rows above"),
            Control::Subtotal => ("Subtotal".to_owned(), "the rows since the previous subtotal"),
            Control::Of(named) => (format!("total of {named}"), "its rows above"),
        };
        let Some(value) = line.value(ix) else {
            let column = line.located.table.columns.get(ix).map_or("", |c| c.name);
            let message = format!("this {name} row has no {column}, so there is nothing to check.");
            return line.warn(ix, "no-total", &message, "Fill in the sum, or delete the row.");
        };
        let stated = match value.number() {
            Ok(stated) => exact(stated),
            Err(refusal) => return line.refuse(ix, &refusal),
        };
        let is_shares = line.located.table.columns.get(ix).is_some_and(|column| column.kind == Kind::Shares);
        let scale = if is_shares { SHARE_DECIMALS } else { line.style.currency_decimals };
        let show = |n: &Ratio| if is_shares { plain(n, scale) } else { fixed(n, scale, Midpoint::HalfEven) };
        let sum = Ratio::new(self.units.into(), power_of_ten(scale));
        if !self.broken && stated != sum {
            let (sum, difference) = (grouped(&show(&sum)), grouped(&show(&(stated - &sum))));
            let message = format!("this {name} does not foot: {of} add up to {sum}, a difference of {difference}.");
            let help = "Find the row that is missing, doubled or mistyped, or correct the total.";
            line.reject(ix, "does-not-foot", &message, help);
        }
    }
}

/// The running sums of a table.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    column: Option<usize>,
    total: Sum,
    /// Since the last subtotal.
    pub subtotal: Sum,
}

impl Totals {
    pub(crate) fn new(table: &Table) -> Self {
        let column = table.columns.iter().position(|column| column.summed);
        Self { column, ..Self::default() }
    }

    pub(crate) fn add(&mut self, line: &Line) {
        let Some(value) = self.column.and_then(|ix| line.value(ix)) else { return };
        let units = value.cash().ok().and_then(|units| u128::try_from(units).ok());
        self.add_units(units);
    }

    pub(crate) fn add_units(&mut self, units: Option<u128>) {
        self.total.add(units);
        self.subtotal.add(units);
    }

    /// Compares a control total; in a table that has no column to sum it is passed over.
    pub(crate) fn control(&mut self, line: &mut Line, control: &Control) {
        let Some(ix) = self.column else { return };
        if *control == Control::Subtotal {
            std::mem::take(&mut self.subtotal).compare(line, ix, control);
        } else {
            self.total.compare(line, ix, control);
        }
    }
}
