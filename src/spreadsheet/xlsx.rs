//! XLSX and XLSM (ECMA-376) through calamine, cell by cell at their true addresses, never a dense grid.
//!
//! The [survey] reads every part that calamine will, before calamine does: a failed allocation cannot be caught, and what
//! calamine is known to drop in silence is put back or refused.

mod sheet;
mod survey;

use super::cells::{CellRows, Cells, SheetFacts, push};
use super::faults::{damaged, not_understood, password_protected};
use super::package::{Bytes, Package};
use super::row::{Epoch, Fault, Region, Row, Shown};
use super::rows::Rows;
use super::{Sheet, Workbook, limits, number_format};
use calamine::{Cell, DataRef, Reader, XlsxCellReader, XlsxError};
use std::io::Cursor;

type Calamine = calamine::Xlsx<Cursor<Bytes>>;

pub(crate) struct Xlsx {
    inner: Calamine,
    sheets: Vec<Sheet>,
    facts: Vec<Result<SheetFacts, Fault>>,
}

impl Xlsx {
    /// Opens it: its sheets' names, shared strings and styles; and surveys its sheets meanwhile.
    pub(crate) fn open(mut package: Package, workbook: &str) -> Result<Self, Fault> {
        let listed = survey::workbook(&mut package, workbook)?;
        let file = package.file();
        let (facts, inner) = rayon::join(
            || limits::pass(|| survey::sheets(&mut package, &listed)),
            || limits::pass(|| Calamine::new(file).map_err(|error| fault(&error))),
        );
        let sheets = listed.into_iter().map(|listed| listed.sheet).collect();
        Ok(Self { inner: inner??, sheets, facts: facts? })
    }
}

impl Workbook for Xlsx {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn merged(&self, sheet: usize) -> &[Region] {
        self.facts.get(sheet).and_then(|facts| facts.as_ref().ok()).map_or(&[], |facts| &facts.merged)
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let (Some(listed), Some(facts)) = (self.sheets.get(sheet), self.facts.get(sheet)) else {
            return Err(damaged("a sheet is missing"));
        };
        let facts = facts.as_ref().map_err(Fault::clone)?;
        let epoch = if self.inner.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
        let reader = self.inner.worksheet_cells_reader(&listed.name).map_err(|error| fault(&error))?;
        let codes = reader.styles().iter().map(|style| style.number_format.as_ref());
        let shown = codes.map(|code| code.map(|code| number_format::of_code(&code.format_code, epoch))).collect();
        Ok(Box::new(CellRows::new(XlsxCells { reader, shown, epoch, current: None }, facts)))
    }
}

struct XlsxCells<'a> {
    reader: XlsxCellReader<'a, Cursor<Bytes>>,
    /// For each cell style how it shows numbers.
    shown: Vec<Option<Shown>>,
    epoch: Epoch,
    current: Option<(Cell<DataRef<'a>>, usize)>,
}

impl Cells for XlsxCells<'_> {
    fn advance(&mut self) -> Result<Option<(u32, u32)>, Fault> {
        self.current = self.reader.next_cell_with_style_id().map_err(|error| fault(&error))?;
        Ok(self.current.as_ref().map(|(cell, _)| cell.get_position()))
    }

    fn put(&self, column: u32, row: &mut Row) -> Result<(), Fault> {
        if let Some((cell, style)) = &self.current {
            push(row, column, cell.get_value(), self.shown.get(*style).copied().flatten(), self.epoch);
        }
        Ok(())
    }
}

fn fault(error: &XlsxError) -> Fault {
    let detail = error.to_string();
    match error {
        XlsxError::Password => password_protected(),
        XlsxError::Io(_)
        | XlsxError::Zip(_)
        | XlsxError::Xml(_)
        | XlsxError::XmlAttr(_)
        | XlsxError::XmlEof(_)
        | XlsxError::FileNotFound(_)
        | XlsxError::Unexpected(_) => damaged(&detail),
        _ => not_understood(&detail),
    }
}
