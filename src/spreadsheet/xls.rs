//! XLS ([MS-XLS], BIFF8, and BIFF5 before it) through calamine.
//!
//! calamine opens all sheets at once, each as a dense grid as large as its cells lie apart, and reads some records wrongly or
//! not at all. So it is given [a copy](copy) with one sheet, in which the cells stand close together, formulas as their
//! results, and nothing else; where each cell really is, and how its number is shown, is kept beside it.

mod copy;

use super::cells::{CellRows, Found, SheetFacts};
use super::faults::{bomb, damaged, not_understood, password_protected, too_old};
use super::workbook::{Format, Sheet, Workbook};
use super::{Epoch, Fault, Rows, sheets_within};
use calamine::{Cell, DataType, Reader, XlsError, XlsOptions};
use cfb::CompoundFile;
use copy::{Globals, SheetCopy};
use std::io::{Cursor, Read, Write};

/// The longest stream of a workbook: 65,536 rows of 100 columns stay below it.
const STREAM_LIMIT: u64 = 64 << 20;
/// Streams shorter than this lie elsewhere in a compound file.
const LONG_STREAM: usize = 4096;

struct Xls {
    stream: Vec<u8>,
    globals: Globals,
    epoch: Epoch,
}

/// Opens it: its sheets' names, and where they begin.
/// Errors: What is wrong with the file: damaged, protected, older than Excel 5.
pub(super) fn open(bytes: Vec<u8>) -> Result<Workbook, Fault> {
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
        return Err(bomb(&format!("it takes more than {} MB", STREAM_LIMIT >> 20)));
    }
    drop(compound);
    let globals = Globals::read(&stream)?;
    sheets_within(globals.starts.len())?;
    let book = calamine(globals.with_sheet(None)?, &globals)?;
    let hidden = |sheet: &calamine::Sheet| sheet.visible != calamine::SheetVisible::Visible;
    let sheets = book.sheets_metadata().iter().map(|s| Sheet { name: s.name.clone(), hidden: hidden(s) }).collect();
    let facts = globals.starts.iter().map(|start| copy::survey(&stream, *start)).collect();
    let epoch = if book.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
    Ok(Workbook { sheets, facts, format: Box::new(Xls { stream, globals, epoch }) })
}

impl Format for Xls {
    fn rows<'a>(&'a mut self, at: usize, name: &str, facts: &'a SheetFacts) -> Result<Box<dyn Rows + 'a>, Fault> {
        let start = self.globals.starts.get(at).ok_or_else(|| damaged("a sheet is missing"))?;
        let mut copy = SheetCopy::of(&self.stream, *start)?;
        // Rows in order, and of two cells at one place the later.
        copy.cells.sort_by_key(|cell| (cell.row, cell.column));
        let mut book = calamine(self.globals.with_sheet(Some((at, &copy)))?, &self.globals)?;
        let range = book.worksheet_range(name).map_err(|error| fault(&error))?;
        let (shown, mut cells) = (self.globals.shown(self.epoch), copy.cells.into_iter());
        Ok(Box::new(CellRows::new(facts, self.epoch, move || {
            let Some(cell) = cells.next() else { return Ok(None) };
            let (row, column) = (u32::from(cell.row), u32::from(cell.column));
            let missing = || damaged("a cell's text is missing").at(super::a1::address(column, row + 1));
            let read = |place| range.get_value(place).filter(|value| !value.is_empty()).ok_or_else(missing);
            let value = cell.place.map(read).transpose()?.map(|value| Cell::new((row, column), value.clone()));
            Ok(Some(Found { at: (row, column), value, shown: shown.get(usize::from(cell.style)).copied() }))
        })))
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
