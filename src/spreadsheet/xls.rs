//! XLS ([MS-XLS], BIFF8, and BIFF5 before it) through calamine.
//!
//! calamine opens all sheets at once, each as a dense grid as large as its cells lie apart, and reads some records wrongly or
//! not at all. So it is given [a copy](copy) with one sheet, in which the cells stand close together, formulas as their
//! results, and nothing else; where each cell really is, and how its number is shown, is kept beside it.

mod copy;

use super::cells::push;
use super::faults::{damaged, not_understood, password_protected, too_old};
use super::row::{Content, Epoch, Fault, Region, Row, RowsError, Shown};
use super::rows::Rows;
use super::{Sheet, Workbook, sheets_within};
use calamine::{Data, DataType, Range, Reader, XlsError, XlsOptions};
use cfb::CompoundFile;
use copy::{Globals, Placed, SheetCopy};
use std::collections::HashSet;
use std::io::{Cursor, Read, Write};

/// The longest stream of a workbook: 65,536 rows of 100 columns stay below it.
const STREAM_LIMIT: u64 = 64 << 20;
/// Streams shorter than this lie elsewhere in a compound file.
const LONG_STREAM: usize = 4096;

pub(crate) struct Xls {
    stream: Vec<u8>,
    globals: Globals,
    sheets: Vec<Sheet>,
    merged: Vec<Vec<Region>>,
    epoch: Epoch,
}

impl Xls {
    /// Opens it: its sheets' names, and where they begin.
    /// Errors: What is wrong with the file: damaged, protected, older than Excel 5.
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self, Fault> {
        let mut compound = CompoundFile::open(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
        if compound.exists("/EncryptedPackage") {
            return Err(password_protected());
        }
        // The workbook's own stream, not that of one which is embedded in it.
        let name = ["/Workbook", "/Book"].into_iter().find(|name| compound.is_stream(name));
        let name = name.ok_or_else(|| too_old("no Excel workbook, or one from before Excel 5"))?;
        let mut stream = Vec::new();
        let opened = compound.open_stream(name).map_err(|e| damaged(&e.to_string()))?;
        opened.take(STREAM_LIMIT + 1).read_to_end(&mut stream).map_err(|e| damaged(&e.to_string()))?;
        if stream.len() as u64 > STREAM_LIMIT {
            return Err(super::faults::bomb(&format!("it takes more than {} MB", STREAM_LIMIT >> 20)));
        }
        drop(compound);
        let globals = Globals::read(&stream)?;
        sheets_within(globals.starts.len())?;
        let book = calamine(globals.with_sheet(None)?, &globals)?;
        let hidden = |sheet: &calamine::Sheet| sheet.visible != calamine::SheetVisible::Visible;
        let named = book.sheets_metadata().iter();
        let sheets: Vec<Sheet> = named.map(|s| Sheet { name: s.name.clone(), hidden: hidden(s) }).collect();
        let merged = globals.starts.iter().map(|start| copy::merged(&stream, *start)).collect();
        let epoch = if book.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
        Ok(Self { stream, globals, sheets, merged, epoch })
    }
}

impl Workbook for Xls {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn merged(&self, sheet: usize) -> &[Region] {
        self.merged.get(sheet).map_or(&[], Vec::as_slice)
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let start = self.globals.starts.get(sheet).ok_or_else(|| damaged("a sheet is missing"))?;
        let mut copy = SheetCopy::of(&self.stream, *start)?;
        // Rows in order, and of two cells at one place the later.
        copy.cells.sort_by_key(|cell| (cell.row, cell.column));
        let mut book = calamine(self.globals.with_sheet(Some((sheet, &copy)))?, &self.globals)?;
        let name = self.sheets.get(sheet).map_or("", |sheet| sheet.name.as_str());
        let range = book.worksheet_range(name).map_err(|error| fault(&error))?;
        let shown = self.globals.shown(self.epoch);
        Ok(Box::new(SheetRows { cells: copy.cells, hidden: copy.hidden, range, shown, epoch: self.epoch, at: 0 }))
    }
}

/// Opens a copy of the workbook's stream with calamine.
fn calamine(mut stream: Vec<u8>, globals: &Globals) -> Result<calamine::Xls<Cursor<Vec<u8>>>, Fault> {
    stream.resize(stream.len().max(LONG_STREAM), 0);
    let packed = || -> std::io::Result<Vec<u8>> {
        let mut compound = CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
        compound.create_stream("/Workbook")?.write_all(&stream)?;
        compound.flush()?;
        Ok(compound.into_inner().into_inner())
    };
    let packed = packed().map_err(|e| damaged(&e.to_string()))?;
    drop(stream);
    let mut options = XlsOptions::default();
    options.force_codepage = globals.code_page;
    calamine::Xls::new_with_options(Cursor::new(packed), options).map_err(|error| fault(&error))
}

fn fault(error: &XlsError) -> Fault {
    match error {
        XlsError::Password => password_protected(),
        XlsError::Io(_) | XlsError::Cfb(_) | XlsError::Len { .. } | XlsError::EoStream(_) => {
            damaged(&error.to_string())
        }
        _ => not_understood(&error.to_string()),
    }
}

/// A sheet's rows: where cells are, and what calamine read of them.
struct SheetRows {
    cells: Vec<Placed>,
    hidden: HashSet<u16>,
    range: Range<Data>,
    shown: Vec<Shown>,
    epoch: Epoch,
    at: usize,
}

impl SheetRows {
    fn put(&self, cell: &Placed, row: &mut Row) -> Result<(), Fault> {
        let Some(place) = cell.place else {
            row.push(cell.column.into(), Content::NeverCalculated, "");
            return Ok(());
        };
        let value = self.range.get_value(place).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| {
            damaged("a cell's text is missing").at(super::a1::address(cell.column.into(), row.number))
        })?;
        push(row, cell.column.into(), value, self.shown.get(usize::from(cell.style)).copied(), self.epoch);
        Ok(())
    }
}

impl Rows for SheetRows {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        let Some(first) = self.cells.get(self.at) else { return Ok(false) };
        row.clear(u32::from(first.row) + 1);
        row.hidden = self.hidden.contains(&first.row);
        let rest = self.cells.get(self.at..).unwrap_or_default().iter();
        for cell in rest.take_while(|cell| cell.row == first.row) {
            self.put(cell, row)?;
        }
        self.at += self.cells.get(self.at..).unwrap_or_default().partition_point(|cell| cell.row == first.row);
        row.sort();
        Ok(true)
    }
}
