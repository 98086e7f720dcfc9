//! The door to the format readers: if one of them, or a library below it, panics on a file, that becomes a problem of
//! the file.

use super::super::row::{Fault, Row, Rows, RowsError};
use super::{Sheet, Workbook};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside the door, where a panic is not printed.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Panics inside the door say nothing on the terminal; all others as before.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !INSIDE.get() {
                before(info);
            }
        }));
    });
}

fn pass<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    let outer = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(outer);
    result.map_err(|_| {
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
    quiet();
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
        Ok(Box::new(GuardedRows(rows)))
    }
}

struct GuardedRows<'r>(Box<dyn Rows + 'r>);

impl Rows for GuardedRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        pass(|| self.0.next(row)).map_err(RowsError::Content)?
    }
}
