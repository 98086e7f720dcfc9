//! XLSB ([MS-XLSB]): the same parts as XLSX in binary records, read one by one.

use super::binary::{Bytes, error_value, packed_number};
use super::number_format::{builtin, of_code};
use super::package::{Package, Part, bomb, damaged};
use super::xlsx::strings::Strings;
use super::{Sheet, Workbook, relations};
use crate::spreadsheet::row::{Content, Epoch, Fault, Region, Row, Rows, RowsError, Shown};
use std::collections::HashMap;
use std::io::Read;

/// The longest record.
const RECORD_LIMIT: usize = 16 << 20;
/// A spreadsheet's columns and rows.
const COLUMN_LIMIT: u32 = 16_384;
const ROW_LIMIT: u32 = 1_048_576;
/// More styles than Excel allows.
const STYLE_LIMIT: usize = 200_000;
/// More records than those of 100 million cells.
const COUNT_LIMIT: u64 = 1 << 27;

/// An open XLSB.
pub(crate) struct Xlsb {
    package: Package,
    sheets: Vec<Sheet>,
    paths: Vec<String>,
    strings: Strings,
    shown: Vec<Shown>,
}

impl Xlsb {
    /// Opens it: its sheets' names, shared strings and styles.
    /// Errors: What is wrong with the file.
    pub(crate) fn open(mut package: Package, workbook: &str) -> Result<Self, Fault> {
        let relations = relations::of_workbook(&mut package, workbook)?;
        let (listed, epoch) = listed_sheets(&mut package, workbook)?;
        let find = |kind: &str| relations.iter().find(|r| r.kind == kind).map(|r| r.target.clone());
        let strings = match find("sharedStrings").filter(|p| package.has(p)) {
            Some(path) => shared_strings(&mut package, &path)?,
            None => Strings::default(),
        };
        let shown = match find("styles").filter(|p| package.has(p)) {
            Some(path) => styles(&mut package, &path, epoch)?,
            None => Vec::new(),
        };
        let (mut sheets, mut paths) = (Vec::new(), Vec::new());
        for (sheet, id) in listed {
            let relation = relations.iter().find(|r| r.id == id);
            let Some(relation) = relation.filter(|r| r.kind == "worksheet") else { continue };
            sheets.push(sheet);
            paths.push(relation.target.clone());
        }
        Ok(Self { package, sheets, paths, strings, shown })
    }
}

impl Workbook for Xlsb {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn merged(&self, _sheet: usize) -> &[Region] {
        &[]
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let path = self.paths.get(sheet).ok_or_else(|| damaged("a sheet is missing"))?;
        let records = Records::new(self.package.part(path)?);
        Ok(Box::new(SheetRows { records, strings: &self.strings, shown: &self.shown, next_row: None, ended: false }))
    }
}

/// A part's records.
struct Records<'p> {
    part: Part<'p>,
    body: Vec<u8>,
    count: u64,
}

impl<'p> Records<'p> {
    fn new(part: Part<'p>) -> Self {
        Self { part, body: Vec::new(), count: 0 }
    }

    fn byte(&mut self) -> Result<Option<u8>, Fault> {
        let mut byte = [0];
        match self.part.read(&mut byte) {
            Ok(0) => Ok(None),
            Ok(_) => Ok(byte.first().copied()),
            Err(error) => Err(self.part.fault(&error.to_string())),
        }
    }

    /// The next record's type; its body is then in `body`. None at the end.
    fn next(&mut self) -> Result<Option<u16>, Fault> {
        let cut = || damaged("a part ends in the middle");
        let Some(first) = self.byte()? else { return Ok(None) };
        self.count += 1;
        if self.count > COUNT_LIMIT {
            return Err(bomb("a part of it has more records than any workbook's"));
        }
        let mut kind = u16::from(first);
        if first & 0x80 != 0 {
            kind = (kind & 0x7f) | (u16::from(self.byte()?.ok_or_else(cut)? & 0x7f) << 7);
        }
        let mut length = 0usize;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?.ok_or_else(cut)?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if length > RECORD_LIMIT {
            return Err(bomb("one of its records is far too long"));
        }
        self.body.clear();
        self.body.resize(length, 0);
        if let Err(error) = self.part.read_exact(&mut self.body) {
            return Err(self.part.fault(&error.to_string()));
        }
        Ok(Some(kind))
    }

    /// Reads the rest of the part, whose checksum stands at its end.
    fn drain(&mut self) -> Result<(), Fault> {
        match std::io::copy(&mut self.part, &mut std::io::sink()) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.part.fault(&error.to_string())),
        }
    }

    fn bytes(&self) -> Bytes<'_> {
        Bytes(&self.body)
    }
}

fn cut() -> Fault {
    damaged("a record is too short")
}

/// The sheets that the workbook lists, with their relationships' ids, and the day it counts from.
fn listed_sheets(package: &mut Package, path: &str) -> Result<(Vec<(Sheet, String)>, Epoch), Fault> {
    let mut records = Records::new(package.small_part(path)?);
    let (mut sheets, mut epoch) = (Vec::new(), Epoch::Y1900);
    while let Some(kind) = records.next()? {
        let mut bytes = records.bytes();
        match kind {
            0x0099 if bytes.u32().is_some_and(|flags| flags & 1 != 0) => epoch = Epoch::Y1904,
            0x009c => {
                let state = bytes.u32().ok_or_else(cut)?;
                bytes.u32().ok_or_else(cut)?;
                let id = bytes.long_text().ok_or_else(cut)?;
                let name = bytes.long_text().ok_or_else(cut)?;
                sheets.push((Sheet { name, hidden: state != 0 }, id));
                super::sheets_within(sheets.len())?;
            }
            _ => {}
        }
    }
    Ok((sheets, epoch))
}

fn shared_strings(package: &mut Package, path: &str) -> Result<Strings, Fault> {
    let mut records = Records::new(package.part(path)?);
    let mut strings = Strings::default();
    while let Some(kind) = records.next()? {
        if kind == 0x0013 {
            let mut bytes = records.bytes();
            bytes.u8().ok_or_else(cut)?;
            strings.push(&bytes.long_text().ok_or_else(cut)?)?;
        }
    }
    Ok(strings)
}

/// For each cell style how it shows numbers.
fn styles(package: &mut Package, path: &str, epoch: Epoch) -> Result<Vec<Shown>, Fault> {
    let mut records = Records::new(package.part(path)?);
    let mut codes: HashMap<u32, String> = HashMap::new();
    let mut shown = Vec::new();
    let mut in_cell_formats = false;
    while let Some(kind) = records.next()? {
        let mut bytes = records.bytes();
        match kind {
            0x002c => {
                let id = bytes.u16().ok_or_else(cut)?;
                codes.insert(u32::from(id), bytes.long_text().ok_or_else(cut)?);
            }
            0x0269 => in_cell_formats = true,
            0x026a => in_cell_formats = false,
            0x002f if in_cell_formats && shown.len() < STYLE_LIMIT => {
                bytes.u16().ok_or_else(cut)?;
                let id = u32::from(bytes.u16().ok_or_else(cut)?);
                shown.push(codes.get(&id).map_or_else(|| builtin(id, epoch), |code| of_code(code, epoch)));
            }
            _ => {}
        }
    }
    Ok(shown)
}

/// The rows of a sheet as they are unpacked.
struct SheetRows<'s> {
    records: Records<'s>,
    strings: &'s Strings,
    shown: &'s [Shown],
    /// The number of the row whose header was just read, and whether it is hidden.
    next_row: Option<(u32, bool)>,
    ended: bool,
}

impl SheetRows<'_> {
    fn read(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let mut open = false;
        loop {
            if !open && let Some((number, hidden)) = self.next_row.take() {
                row.clear(number);
                row.hidden = hidden;
                open = true;
            }
            if self.ended {
                row.sort();
                return Ok(open);
            }
            let Some(kind) = self.records.next()? else { return Err(damaged("a sheet ends in the middle")) };
            match kind {
                0x0000 => {
                    self.next_row = Some(row_header(self.records.bytes()).ok_or_else(cut)?);
                    if open {
                        row.sort();
                        return Ok(true);
                    }
                }
                0x0092 => {
                    self.ended = true;
                    self.records.drain()?;
                }
                0x0002..=0x000b if open => self.cell(kind, row)?,
                _ => {}
            }
        }
    }

    fn cell(&self, kind: u16, row: &mut Row) -> Result<(), Fault> {
        let mut bytes = self.records.bytes();
        let column = bytes.u32().ok_or_else(cut)?;
        let style = (bytes.u32().ok_or_else(cut)? & 0x00ff_ffff) as usize;
        if column >= COLUMN_LIMIT {
            return Err(damaged("a cell lies beyond the last column"));
        }
        let number = || Content::Number(self.shown.get(style).copied().unwrap_or_default());
        match kind {
            0x0002 => row.push(column, number(), &packed_number(bytes.u32().ok_or_else(cut)?)),
            0x0003 | 0x000b => row.push(column, Content::Error, error_value(bytes.u8().ok_or_else(cut)?)),
            0x0004 | 0x000a => row.push(column, Content::Bool(bytes.u8().ok_or_else(cut)? != 0), ""),
            0x0005 | 0x0009 => row.push(column, number(), &bytes.real().ok_or_else(cut)?),
            0x0006 | 0x0008 => row.push(column, Content::Text, &bytes.long_text().ok_or_else(cut)?),
            _ => {
                let index = bytes.u32().ok_or_else(cut)? as usize;
                let text = self.strings.get(index).ok_or_else(|| damaged("a cell's text is missing"))?;
                row.push(column, Content::Text, text);
            }
        }
        Ok(())
    }
}

/// A row's number, from 1, and whether it is hidden ([MS-XLSB] 2.4.741).
fn row_header(mut bytes: Bytes) -> Option<(u32, bool)> {
    let number = bytes.u32().filter(|n| *n < ROW_LIMIT)? + 1;
    bytes.take(7)?;
    let hidden = bytes.u8().is_some_and(|flags| flags & 0x10 != 0);
    Some((number, hidden))
}

impl Rows for SheetRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        self.read(row).map_err(RowsError::Content)
    }
}
