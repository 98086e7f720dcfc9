//! The format readers, with [their panics caught](crate::panics): what panics on a file becomes a problem of the file.

use super::faults::{bomb, damaged, not_understood};
use super::merged::Merged;
use super::{Sheet, Workbook};
use crate::panics;
use crate::spreadsheet::a1::{ROWS, address};
use crate::spreadsheet::hash::unless_stopped;
use crate::spreadsheet::row::{Fault, Region, Row, RowsError};
use crate::spreadsheet::rows::Rows;

/// Does a reader's work; what panics on a file becomes a problem of the file.
/// Errors: It panicked.
pub(super) fn pass<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    panics::catch_panic(work).ok_or_else(|| not_understood("the reader stopped in the middle"))
}

/// Opens a workbook under limits.
/// Errors: What is wrong with the file.
pub(crate) fn open(work: impl FnOnce() -> Result<Box<dyn Workbook>, Fault>) -> Result<Box<dyn Workbook>, Fault> {
    let inner = pass(work)??;
    Ok(Box::new(Guarded(inner)))
}

struct Guarded(Box<dyn Workbook>);

impl Workbook for Guarded {
    fn sheets(&self) -> &[Sheet] {
        self.0.sheets()
    }

    fn merged(&self, sheet: usize) -> &[Region] {
        self.0.merged(sheet)
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let merged = self.0.merged(sheet).to_vec();
        let rows = pass(|| self.0.rows(sheet))??;
        let rows = if merged.is_empty() { rows } else { Box::new(Merged::new(rows, merged)) };
        Ok(Box::new(GuardedRows { rows, count: 0, long_texts: 0 }))
    }
}

/// A text longer than this is a long one, and a sheet's long texts may come to so much: a text that stands in the file
/// once may be shown by every cell of a sheet.
const LONG: usize = 64;
const LONG_TEXTS: usize = 128 << 20;

struct GuardedRows<'r> {
    rows: Box<dyn Rows + 'r>,
    count: u32,
    long_texts: usize,
}

impl Rows for GuardedRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        unless_stopped()?;
        let more = pass(|| self.rows.next(row)).map_err(RowsError::Content)??;
        self.count += u32::from(more);
        if self.count > ROWS {
            return Err(damaged("a sheet has more rows than a spreadsheet holds").into());
        }
        if row.is_full {
            return Err(bomb(&format!("row {} holds too much", row.number)).into());
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that does not understand its file.
    struct Broken(Vec<Sheet>);

    struct BrokenRows;

    impl Workbook for Broken {
        fn sheets(&self) -> &[Sheet] {
            &self.0
        }

        fn merged(&self, _sheet: usize) -> &[Region] {
            &[]
        }

        fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
            // The second one is not there, which the reader forgot.
            let _ = &self.0[sheet];
            Ok(Box::new(BrokenRows))
        }
    }

    impl Rows for BrokenRows {
        fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
            let _ = &row.cells()[0];
            Ok(true)
        }
    }

    #[test]
    fn a_reader_that_panics_makes_a_problem_that_names_the_file() {
        let nothing: [u8; 0] = [];
        let opened = open(|| Err(bomb(&nothing[nothing.len()].to_string())));
        let fault = opened.err().unwrap();
        assert_eq!(fault.what, "cannot-be-read");
        let problem = crate::input::source::file_problem("register.xlsx", "register", fault);
        assert_eq!(problem.code, "register.file.cannot-be-read");
        assert_eq!(problem.place.file.as_deref(), Some("register.xlsx"));

        let sheet = Sheet { name: "register".to_owned(), hidden: false };
        let mut workbook = open(|| Ok(Box::new(Broken(vec![sheet])))).ok().unwrap();
        assert_eq!(workbook.rows(1).err().unwrap().what, "cannot-be-read");
        let mut rows = workbook.rows(0).ok().unwrap();
        let read = rows.next(&mut Row::default());
        assert!(matches!(read, Err(RowsError::Content(fault)) if fault.what == "cannot-be-read"));
    }
}
