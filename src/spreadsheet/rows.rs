//! The rows of a sheet or a file, one after the other, whatever its format.

use crate::spreadsheet::csv::Records;
use crate::spreadsheet::{Row, RowsError};

/// A stream of rows, in the order of the file.
pub trait Rows: Send {
    /// Fills `row` with the next row; false at the end.
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError>;

    /// The records of a CSV file behind it, where that is what it is.
    fn records(&mut self) -> Option<&mut Records> {
        None
    }
}

impl Rows for Records {
    fn records(&mut self) -> Option<&mut Records> {
        Some(self)
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        self.next_row(row)
    }
}
