//! The format readers behind [the door](crate::door): what panics on a file becomes a problem of the file.

use super::super::row::{Fault, Row, Rows, RowsError, address};
use super::package::{bomb, damaged};
use super::{Sheet, Workbook};
use crate::door;

fn pass<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    door::pass(work).ok_or_else(|| {
        Fault::new(
            "cannot-be-read",
            "The workbook is built in a way that the reader does not understand.",
            "Open it in Excel, save it under a new name as an Excel workbook (.xlsx), and use that.",
        )
    })
}

/// Opens a workbook inside the door.
///
/// # Errors
/// What is wrong with the file.
pub fn open(work: impl FnOnce() -> Result<Box<dyn Workbook>, Fault>) -> Result<Box<dyn Workbook>, Fault> {
    let inner = pass(work)??;
    Ok(Box::new(Guarded(inner)))
}

struct Guarded(Box<dyn Workbook>);

impl Workbook for Guarded {
    fn sheets(&self) -> &[Sheet] {
        self.0.sheets()
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let rows = pass(|| self.0.rows(sheet))??;
        Ok(Box::new(GuardedRows { rows, count: 0, long_texts: 0 }))
    }
}

/// A spreadsheet's rows.
const ROW_LIMIT: u32 = 1_048_576;
/// A text longer than this is a long one, and a sheet's long texts may come to so much: a text that stands in the file
/// once may be shown by every cell of a sheet.
const LONG: usize = 64;
const LONG_TEXTS: usize = 256 << 20;

struct GuardedRows<'r> {
    rows: Box<dyn Rows + 'r>,
    count: u32,
    long_texts: usize,
}

impl Rows for GuardedRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        let more = pass(|| self.rows.next(row)).map_err(RowsError::Content)??;
        self.count += u32::from(more);
        if self.count > ROW_LIMIT {
            return Err(damaged("a sheet has more rows than a spreadsheet holds").into());
        }
        let lengths = row.cells().iter().map(|cell| row.text(cell).len());
        self.long_texts = lengths.filter(|length| *length > LONG).fold(self.long_texts, usize::saturating_add);
        if self.long_texts > LONG_TEXTS {
            let fault = bomb(&format!("its long texts come to more than {} MB", LONG_TEXTS >> 20));
            return Err(fault.at(address(0, row.number)).into());
        }
        Ok(more)
    }
}
