//! XLSB ([MS-XLSB]) through calamine: the same parts as XLSX in binary records.
//!
//! The survey walks the records of every part that calamine reads, before calamine does, and keeps what calamine passes
//! over: errors of formulas, formulas that were never calculated, hidden rows, number formats. Cells in forms that calamine
//! knows nothing of are refused.

use super::cells::{CellRows, Found, SheetFacts};
use super::faults::{bomb, damaged, not_understood, password_protected};
use super::number_format::of_style;
use super::ooxml::{relations, relations_part};
use super::package::{Bytes, Package, Part};
use super::workbook::{Format, Sheet, Workbook};
use super::{Content, Epoch, Fault, Region, Rows, Shown, a1, sheets_within};
use calamine::{Reader, XlsbError};
use std::collections::HashMap;
use std::io::Cursor;

type Xlsb = calamine::Xlsb<Cursor<Bytes>>;

/// The longest record, and more of them than those of 100 million cells.
const RECORD_LIMIT: usize = 16 << 20;
const COUNT_LIMIT: u64 = 1 << 27;
/// What the shared texts may come to in memory, and the place that each takes.
const TEXTS_LIMIT: usize = 400 << 20;
const TEXT_PLACE: usize = 80;
/// More styles than Excel allows, and more cells with something to keep than a sheet has.
const STYLE_LIMIT: usize = 200_000;
const KEPT_LIMIT: usize = 4 << 20;

/// Opens it, once all its parts were looked at.
pub(super) fn open(mut package: Package, workbook: &str) -> Result<Workbook, Fault> {
    const WORKBOOK: &str = "xl/workbook.bin";
    if workbook != WORKBOOK {
        return Err(not_understood("its parts do not lie where they usually do"));
    }
    let relations = relations(&package.text(&relations_part(WORKBOOK))?, WORKBOOK);
    let (mut sheets, mut paths) = (Vec::new(), Vec::new());
    records(package.small_part(WORKBOOK)?, |kind, mut record| {
        if kind == 0x009c {
            let (state, id, name) = record.sheet()?;
            if let Some(relation) = relations.iter().find(|r| r.id == id && r.kind == "worksheet") {
                sheets.push(Sheet { name, hidden: state != 0 });
                paths.push(&relation.target);
            }
            sheets_within(sheets.len()).ok()?;
        }
        Some(())
    })?;
    let (mut texts, mut size) = (0u32, 0);
    if package.has("xl/sharedStrings.bin") {
        records(package.part("xl/sharedStrings.bin")?, |kind, record| {
            texts += u32::from(kind == 0x0013);
            size += record.0.len() + TEXT_PLACE;
            (size < TEXTS_LIMIT).then_some(())
        })?;
    }
    let shown = if package.has("xl/styles.bin") { styles(&mut package)? } else { Vec::new() };
    let facts = paths.iter().map(|path| scan(package.part(path)?, &shown, texts)).collect();
    let inner = Xlsb::new(package.file()).map_err(|error| fault(&error))?;
    Ok(Workbook { sheets, facts, format: Box::new(inner) })
}

impl Format for Xlsb {
    fn rows<'a>(&'a mut self, _: usize, name: &str, facts: &'a SheetFacts) -> Result<Box<dyn Rows + 'a>, Fault> {
        let epoch = if self.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
        let mut reader = self.worksheet_cells_reader(name).map_err(|error| fault(&error))?;
        Ok(Box::new(CellRows::new(facts, epoch, move || {
            let next = reader.next_cell().map_err(|error| fault(&error))?;
            Ok(next.map(|cell| {
                let at = cell.get_position();
                Found { at, value: Some(cell), shown: facts.shown.get(&(at.0.saturating_add(1), at.1)).copied() }
            }))
        })))
    }
}

fn fault(error: &XlsbError) -> Fault {
    let detail = error.to_string();
    match error {
        XlsbError::Password => password_protected(),
        XlsbError::Io(_) | XlsbError::Zip(_) | XlsbError::Xml(_) | XlsbError::FileNotFound(_) => damaged(&detail),
        _ => not_understood(&detail),
    }
}

/// A record's bytes, taken from the front.
struct Record<'b>(&'b [u8]);

impl Record<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*front)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// A text in UTF-16 after its length; a length of ones is none.
    fn text(&mut self) -> Option<String> {
        let count = self.u32().map(|count| if count == u32::MAX { 0 } else { count })?;
        let (text, rest) = self.0.split_at_checked(usize::try_from(count).ok()?.checked_mul(2)?)?;
        self.0 = rest;
        Some(encoding_rs::UTF_16LE.decode_without_bom_handling(text).0.into_owned())
    }

    /// A sheet's state, the id of its relationship, and its name.
    fn sheet(&mut self) -> Option<(u32, String, String)> {
        let (state, _) = (self.u32()?, self.u32()?);
        Some((state, self.text()?, self.text()?))
    }

    /// Whether the flags of a formula say that its result is not there yet ([MS-XLSB] 2.5.97.75, `fAlwaysCalc`).
    fn is_to_be_calculated(&mut self) -> Option<bool> {
        self.take::<2>().map(|[flags, _]| flags & 2 != 0)
    }
}

fn records(part: Part, mut each: impl FnMut(u16, Record) -> Option<()>) -> Result<(), Fault> {
    let mut count = 0u64;
    part.scan(|block, at_end| {
        let mut taken = 0;
        loop {
            let mut rest = Record(block.get(taken..).unwrap_or_default());
            let Some((kind, length)) = head(&mut rest) else { break };
            if length > RECORD_LIMIT || count > COUNT_LIMIT {
                return Err(bomb("a part of it has larger records, or more, than any workbook's"));
            }
            let Some(body) = rest.0.get(..length) else { break };
            count += 1;
            each(kind, Record(body)).ok_or_else(|| damaged("a record is cut off, or there are too many"))?;
            taken += block.len() - taken - (rest.0.len() - length);
        }
        if at_end && taken < block.len() { Err(damaged("a part ends in the middle")) } else { Ok(taken) }
    })
}

/// A record's type and the length of its body.
fn head(bytes: &mut Record) -> Option<(u16, usize)> {
    let [first] = bytes.take()?;
    let mut kind = u16::from(first);
    if first & 0x80 != 0 {
        let [second] = bytes.take()?;
        kind = (kind & 0x7f) | (u16::from(second & 0x7f) << 7);
    }
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let [byte] = bytes.take()?;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((kind, length))
}

/// For each cell style how it shows numbers.
fn styles(package: &mut Package) -> Result<Vec<Shown>, Fault> {
    let (mut codes, mut shown, mut in_cell_formats) = (HashMap::new(), Vec::new(), false);
    records(package.part("xl/styles.bin")?, |kind, mut record| {
        match kind {
            0x002c => {
                codes.insert(u16::from_le_bytes(record.take()?), record.text()?);
            }
            0x0269 => in_cell_formats = true,
            0x026a => in_cell_formats = false,
            0x002f if in_cell_formats => {
                let [_, _, low, high] = record.take()?;
                let id = u16::from_le_bytes([low, high]);
                // Dates are told by calamine, which knows the epoch.
                shown.push(of_style(&codes, id, Epoch::Y1900));
            }
            _ => {}
        }
        (codes.len() + shown.len() < STYLE_LIMIT).then_some(())
    })?;
    Ok(shown)
}

fn scan(part: Part, shown: &[Shown], texts: u32) -> Result<SheetFacts, Fault> {
    let (mut facts, mut row, mut ended, mut odd) = (SheetFacts::default(), 0, false, None);
    records(part, |kind, mut record| {
        match kind {
            0x0000 => {
                row = record.u32().filter(|row| *row < a1::ROWS)? + 1;
                if record.0.get(7).is_some_and(|flags| flags & 0x10 != 0) {
                    facts.hidden.insert(row);
                }
            }
            0x0002..=0x000b if !ended => {
                let column = record.u32()?;
                let style = record.u32()? & 0x00ff_ffff;
                let never = match kind {
                    0x0007 if record.u32()? >= texts => return None,
                    0x0008 => record.text()?.is_empty() && record.is_to_be_calculated()?,
                    0x0009 => f64::from_le_bytes(record.take()?) == 0.0 && record.is_to_be_calculated()?,
                    0x000b => {
                        let [error] = record.take()?;
                        facts.cells.insert((row, column), (Content::Error, error_value(error).to_owned()));
                        false
                    }
                    _ => false,
                };
                if never {
                    facts.cells.insert((row, column), (Content::NeverCalculated, String::new()));
                }
                match shown.get(usize::try_from(style).ok()?) {
                    Some(look @ (Shown::Percent | Shown::Digits(_) | Shown::Unit(_))) if matches!(kind, 2 | 5 | 9) => {
                        facts.shown.insert((row, column), *look);
                    }
                    _ => {}
                }
            }
            0x000c..=0x0012 | 0x003e if !ended => odd = Some(row),
            0x0092 => ended = true,
            0x00b0 => {
                let [first, last, left, right] = [record.u32()?, record.u32()?, record.u32()?, record.u32()?];
                facts
                    .merged
                    .push(Region { rows: (first.checked_add(1)?, last.checked_add(1)?), columns: (left, right) });
            }
            _ => {}
        }
        (facts.cells.len() + facts.shown.len() + facts.merged.len() < KEPT_LIMIT).then_some(())
    })?;
    match odd {
        Some(row) => Err(not_understood("cells stand in a short form, or in a rich one").at(a1::address(0, row))),
        None if !ended => Err(damaged("a sheet ends in the middle")),
        None => Ok(facts),
    }
}

/// An error value as the cell shows it.
fn error_value(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        _ => "#UNKNOWN!",
    }
}
