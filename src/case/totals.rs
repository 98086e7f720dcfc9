//! Control totals of tables other than the register.

use super::line::Line;
use super::register::compare;
use super::schema::Table;
use super::table::Control;
use crate::quantity::scaled_plain;

/// The running sums of a table's column that its `Total` rows add up.
#[derive(Debug)]
pub struct Totals {
    column: Option<usize>,
    total: u128,
    subtotal: u128,
    broken: bool,
}

impl Totals {
    /// Of a table that is not the register.
    #[must_use]
    pub fn new(table: &Table) -> Self {
        Self { column: table.total.and_then(|name| table.index(name)), total: 0, subtotal: 0, broken: false }
    }

    /// Takes a row into the sums.
    pub fn add(&mut self, line: &Line) {
        let Some(cell) = self.column.and_then(|ix| line.cell_at(ix)) else { return };
        let value = line.style.number(line.row, cell).ok();
        match value.and_then(|v| super::line::cash(&v, line.style).ok()).and_then(|v| u128::try_from(v).ok()) {
            Some(units) => {
                self.total += units;
                self.subtotal += units;
            }
            None => self.broken = true,
        }
    }

    /// Compares a control total; in a table that has no column to sum it is passed over.
    pub fn control(&mut self, line: &mut Line, control: Control) {
        let Some(ix) = self.column else { return };
        let sum = if control == Control::Total { self.total } else { self.subtotal };
        let decimals = line.style.currency_decimals;
        compare(line, ix, control, sum, self.broken, |s| scaled_plain(i128::try_from(s).unwrap_or(0), decimals));
        if control == Control::Subtotal {
            self.subtotal = 0;
        }
    }
}
