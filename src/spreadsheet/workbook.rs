//! An open workbook: its format's reader under limits, with [its panics caught](crate::panics): what panics on a file
//! becomes a problem of the file.

use super::cells::SheetFacts;
use super::faults::{bomb, damaged, not_understood};
use super::merged::Merged;
use crate::panics;
use crate::spreadsheet::a1::{ROWS, address};
use crate::spreadsheet::hash::unless_stopped;
use crate::spreadsheet::{Fault, Region, Row, Rows, RowsError};

#[derive(Clone, Debug)]
pub struct Sheet {
    pub name: String,
    /// Whether it is hidden, where the format's reader can tell.
    pub hidden: bool,
}

/// The reader of a format.
pub trait Format {
    /// The rows of a sheet, by its number and name, with what was found of it.
    fn rows<'a>(&'a mut self, at: usize, name: &str, facts: &'a SheetFacts) -> Result<Box<dyn Rows + 'a>, Fault>;
}

pub struct Workbook {
    /// Its sheets of cells, in order.
    pub sheets: Vec<Sheet>,
    /// What was found of each of them, or what is wrong with it.
    pub facts: Vec<Result<SheetFacts, Fault>>,
    pub format: Box<dyn Format>,
}

impl Workbook {
    /// The ranges of merged cells of a sheet, in the order of the file.
    pub(crate) fn merged(&self, sheet: usize) -> &[Region] {
        self.facts.get(sheet).and_then(|facts| facts.as_ref().ok()).map_or(&[], |facts| &facts.merged)
    }

    /// The rows of a sheet, by its number.
    pub fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let (Some(listed), Some(facts)) = (self.sheets.get(sheet), self.facts.get(sheet)) else {
            return Err(damaged("a sheet is missing"));
        };
        let facts = facts.as_ref().map_err(Fault::clone)?;
        let rows = pass(|| self.format.rows(sheet, &listed.name, facts))??;
        let merged = Merged::new(facts.merged.clone());
        Ok(Box::new(LimitedRows { rows, merged, count: 0, long_texts: 0 }))
    }
}

/// Does a reader's work; what panics on a file becomes a problem of the file.
/// Errors: It panicked.
pub fn pass<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    panics::catch_panic(work).ok_or_else(|| not_understood("the reader stopped in the middle"))
}

/// A text longer than this is a long one, and a sheet's long texts may come to so much: a text that stands in the file
/// once may be shown by every cell of a sheet.
const LONG: usize = 64;
const LONG_TEXTS: usize = 128 << 20;

struct LimitedRows<'r> {
    rows: Box<dyn Rows + 'r>,
    merged: Merged,
    count: u32,
    long_texts: usize,
}

impl Rows for LimitedRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        unless_stopped()?;
        let more = pass(|| {
            let more = self.rows.next(row)?;
            Ok::<_, RowsError>(more && self.merged.fill(row).map(|()| true)?)
        })??;
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
