//! XLS ([MS-XLS], BIFF8, and BIFF5 before it): the workbook stream's records, one by one, cells at their true addresses.

mod record;
mod text;

use super::binary::{Bytes, error_value, packed_number};
use super::compound::Compound;
use super::number_format::{builtin, of_code};
use super::package::damaged;
use super::xlsx::strings::Strings;
use super::{Sheet, Workbook, password_protected};
use crate::spreadsheet::row::{Content, Epoch, Fault, Region, Row, Rows, RowsError, Shown};
use record::{BEGIN, END, Record, cut, next_record, raw_record};
use std::collections::{HashMap, HashSet};
use text::{Continued, Letters, plain_string, shared_strings};

/// An open XLS.
pub(crate) struct Xls {
    stream: Vec<u8>,
    sheets: Vec<Sheet>,
    /// Where each sheet's records begin.
    starts: Vec<usize>,
    strings: Strings,
    shown: Vec<Shown>,
    letters: Letters,
}

impl Xls {
    /// Opens it: its sheets' names, shared strings and formats.
    /// Errors: What is wrong with the file: damaged, protected, older than Excel 97.
    pub(crate) fn open(compound: Compound) -> Result<Self, Fault> {
        let name = ["Workbook", "Book"].into_iter().find(|name| compound.has(name)).ok_or_else(too_old)?;
        let stream = compound.stream(name)?;
        drop(compound);
        let mut at = 0;
        let first = next_record(&stream, &mut at).filter(|r| r.kind == BEGIN).ok_or_else(cut)?;
        let letters = match first.bytes().u16() {
            Some(0x0600) => Letters::Unicode,
            Some(0x0500) => Letters::CodePage(encoding_rs::WINDOWS_1252),
            _ => return Err(too_old()),
        };
        let mut globals = Globals {
            letters,
            sheets: Vec::new(),
            epoch: Epoch::Y1900,
            codes: HashMap::new(),
            formats: Vec::new(),
            strings: Strings::default(),
        };
        loop {
            let record = next_record(&stream, &mut at).ok_or_else(|| damaged("it ends in the middle"))?;
            if record.kind == END {
                break;
            }
            globals.take(&record)?;
        }
        let (sheets, starts) = globals.sheets.into_iter().unzip();
        let epoch = globals.epoch;
        let shown = |id: &u16| {
            let code = globals.codes.get(id);
            code.map_or_else(|| builtin(u32::from(*id), epoch), |code| of_code(code, epoch))
        };
        let shown = globals.formats.iter().map(shown).collect();
        Ok(Self { sheets, starts, strings: globals.strings, shown, stream, letters: globals.letters })
    }
}

fn too_old() -> Fault {
    Fault::new(
        "too-old",
        "The workbook is in a format older than Excel 5, or is no Excel workbook.",
        "Open it in Excel and save it as an Excel workbook (.xlsx).",
    )
}

/// More styles than Excel allows.
const STYLE_LIMIT: usize = 200_000;

/// What stands before the sheets.
struct Globals {
    letters: Letters,
    sheets: Vec<(Sheet, usize)>,
    epoch: Epoch,
    codes: HashMap<u16, String>,
    formats: Vec<u16>,
    strings: Strings,
}

impl Globals {
    fn take(&mut self, record: &Record) -> Result<(), Fault> {
        let mut bytes = record.bytes();
        match record.kind {
            0x002f => return Err(password_protected()),
            0x0042 => self.letters.set_code_page(bytes.u16().ok_or_else(cut)?),
            0x0022 if bytes.u16() == Some(1) => self.epoch = Epoch::Y1904,
            0x0085 => {
                let start = bytes.u32().ok_or_else(cut)?;
                let (state, kind) = (bytes.u8().ok_or_else(cut)?, bytes.u8().ok_or_else(cut)?);
                let count = usize::from(bytes.u8().ok_or_else(cut)?);
                let name = self.letters.read(&mut bytes, count).ok_or_else(cut)?;
                if kind == 0 {
                    self.sheets.push((Sheet { name, hidden: state & 3 != 0 }, start as usize));
                    super::sheets_within(self.sheets.len())?;
                }
            }
            0x041e => {
                let id = bytes.u16().ok_or_else(cut)?;
                let count = match self.letters {
                    Letters::Unicode => usize::from(bytes.u16().ok_or_else(cut)?),
                    Letters::CodePage(_) => usize::from(bytes.u8().ok_or_else(cut)?),
                };
                self.codes.insert(id, self.letters.read(&mut bytes, count).ok_or_else(cut)?);
            }
            0x00e0 if self.formats.len() < STYLE_LIMIT => {
                bytes.u16().ok_or_else(cut)?;
                self.formats.push(bytes.u16().ok_or_else(cut)?);
            }
            0x00fc => self.strings = shared_strings(&record.parts)?,
            _ => {}
        }
        Ok(())
    }
}

impl Workbook for Xls {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn merged(&self, _sheet: usize) -> &[Region] {
        &[]
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let start = self.starts.get(sheet).copied().ok_or_else(cut)?;
        let mut at = start;
        next_record(&self.stream, &mut at).filter(|r| r.kind == BEGIN).ok_or_else(cut)?;
        Ok(Box::new(SheetRows { xls: self, at, hidden: HashSet::new(), pending: None, ended: false }))
    }
}

/// A sheet's rows.
struct SheetRows<'x> {
    xls: &'x Xls,
    at: usize,
    hidden: HashSet<u16>,
    /// A cell of the next row, already read.
    pending: Option<Placed>,
    ended: bool,
}

/// Cells of a record, at a row.
struct Placed {
    row: u16,
    cells: Vec<(u16, Content, String)>,
}

impl SheetRows<'_> {
    fn read(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let first = match self.pending.take() {
            Some(first) => first,
            None => match self.next_cells()? {
                Some(first) => first,
                None => return Ok(false),
            },
        };
        let number = first.row;
        row.clear(u32::from(number) + 1);
        row.hidden = self.hidden.contains(&number);
        let mut next = Some(first);
        while let Some(placed) = next {
            if placed.row != number {
                self.pending = Some(placed);
                break;
            }
            for (column, content, text) in &placed.cells {
                row.push(u32::from(*column), *content, text);
            }
            next = self.next_cells()?;
        }
        row.sort();
        Ok(true)
    }

    /// The next record that holds cells; none at the end of the sheet.
    fn next_cells(&mut self) -> Result<Option<Placed>, Fault> {
        while !self.ended {
            let record =
                next_record(&self.xls.stream, &mut self.at).ok_or_else(|| damaged("a sheet ends in the middle"))?;
            match record.kind {
                END => self.ended = true,
                BEGIN => self.skip_embedded()?,
                0x0208 => {
                    let mut bytes = record.bytes();
                    let number = bytes.u16().ok_or_else(cut)?;
                    bytes.take(10).ok_or_else(cut)?;
                    if bytes.u16().is_some_and(|flags| flags & 0x20 != 0) {
                        self.hidden.insert(number);
                    }
                }
                0x0203 | 0x027e | 0x00bd | 0x00fd | 0x0204 | 0x00d6 | 0x0205 | 0x0006 => {
                    return self.cells(&record).ok_or_else(cut).map(Some);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// A chart inside the sheet has records of its own.
    fn skip_embedded(&mut self) -> Result<(), Fault> {
        let mut depth = 1u32;
        while depth > 0 {
            let (kind, _) =
                raw_record(&self.xls.stream, &mut self.at).ok_or_else(|| damaged("a sheet ends in the middle"))?;
            match kind {
                BEGIN => depth += 1,
                END => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn number(&self, style: u16) -> Content {
        Content::Number(self.xls.shown.get(usize::from(style)).copied().unwrap_or_default())
    }

    fn cells(&mut self, record: &Record) -> Option<Placed> {
        let mut bytes = record.bytes();
        let (row, column) = (bytes.u16()?, bytes.u16()?);
        if record.kind == 0x00bd {
            let mut cells = Vec::new();
            while bytes.0.len() >= 8 {
                let style = bytes.u16()?;
                let at = column.checked_add(u16::try_from(cells.len()).ok()?)?;
                cells.push((at, self.number(style), packed_number(bytes.u32()?)));
            }
            return Some(Placed { row, cells });
        }
        let style = bytes.u16()?;
        let (content, text) = match record.kind {
            0x0203 => (self.number(style), bytes.real()?),
            0x027e => (self.number(style), packed_number(bytes.u32()?)),
            0x00fd => {
                let text = self.xls.strings.get(bytes.u32()? as usize).unwrap_or("");
                (Content::Text, text.to_owned())
            }
            0x0205 => boolean_or_error(bytes.u8()?, bytes.u8()? != 0),
            0x0006 => self.formula_result(style, bytes.take(8)?)?,
            _ => {
                let count = usize::from(bytes.u16()?);
                (Content::Text, self.xls.letters.read(&mut bytes, count)?)
            }
        };
        Some(Placed { row, cells: vec![(column, content, text)] })
    }

    /// A formula's cached result ([MS-XLS] 2.5.133); a text stands in a record of its own.
    fn formula_result(&mut self, style: u16, result: &[u8]) -> Option<(Content, String)> {
        let [kind, _, value, _, _, _, 0xff, 0xff] = *result else {
            return Some((self.number(style), Bytes(result).real()?));
        };
        match kind {
            0 => Some((Content::Text, self.text_result().unwrap_or_default())),
            1 => Some(boolean_or_error(value, false)),
            2 => Some(boolean_or_error(value, true)),
            _ => Some((Content::Text, String::new())),
        }
    }

    fn text_result(&mut self) -> Option<String> {
        loop {
            let mut ahead = self.at;
            let record = next_record(&self.xls.stream, &mut ahead)?;
            match record.kind {
                // Shared formulas, arrays and tables stand between a formula and its text.
                0x04bc | 0x0221 | 0x0236 => self.at = ahead,
                0x0207 => {
                    self.at = ahead;
                    if let Letters::CodePage(_) = self.xls.letters {
                        let mut bytes = record.bytes();
                        let count = usize::from(bytes.u16()?);
                        return self.xls.letters.read(&mut bytes, count);
                    }
                    return plain_string(&mut Continued::new(&record.parts));
                }
                _ => return None,
            }
        }
    }
}

fn boolean_or_error(value: u8, is_error: bool) -> (Content, String) {
    if is_error { (Content::Error, error_value(value).to_owned()) } else { (Content::Bool(value != 0), String::new()) }
}

impl Rows for SheetRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        self.read(row).map_err(RowsError::Content)
    }
}
