//! XLSB ([MS-XLSB]) through calamine: the same parts as XLSX in binary records.
//!
//! The survey walks the records of every part that calamine reads, before calamine does, and keeps what calamine passes
//! over: errors of formulas, formulas that were never calculated, hidden rows, number formats. Cells in forms that calamine
//! knows nothing of are refused.

use super::cells::{CellRows, Cells, SheetFacts, push};
use super::faults::{bomb, damaged, not_understood, password_protected};
use super::number_format::{builtin, of_code};
use super::ooxml::{relations, relations_part};
use super::package::{Bytes, Package, Part};
use super::row::{Content, Epoch, Fault, Region, Row, Shown};
use super::rows::Rows;
use super::{Sheet, Workbook, a1, limits, sheets_within};
use calamine::{Cell, DataRef, Reader, XlsbError};
use std::collections::HashMap;
use std::io::Cursor;

type Calamine = calamine::Xlsb<Cursor<Bytes>>;

/// The longest record, and more of them than those of 100 million cells.
const RECORD_LIMIT: usize = 16 << 20;
const COUNT_LIMIT: u64 = 1 << 27;
/// What the shared texts may come to in memory, and the place that each takes.
const TEXTS_LIMIT: usize = 400 << 20;
const TEXT_PLACE: usize = 80;
/// More styles than Excel allows, and more cells with something to keep than a sheet has.
const STYLE_LIMIT: usize = 200_000;
const KEPT_LIMIT: usize = 4 << 20;

pub(crate) struct Xlsb {
    inner: Calamine,
    sheets: Vec<Sheet>,
    facts: Vec<Result<(SheetFacts, Looks), Fault>>,
}

/// How numbers are shown, where that is neither plain nor a date.
type Looks = HashMap<(u32, u32), Shown>;

impl Xlsb {
    /// Opens it, once all its parts were looked at.
    pub(crate) fn open(mut package: Package, workbook: &str) -> Result<Self, Fault> {
        const WORKBOOK: &str = "xl/workbook.bin";
        if workbook != WORKBOOK {
            return Err(not_understood("its parts do not lie where they usually do"));
        }
        let relations = relations(&package.text(&relations_part(WORKBOOK))?, WORKBOOK);
        let mut listed = Vec::new();
        records(package.small_part(WORKBOOK)?, |kind, mut record| {
            if kind == 0x009c {
                let (state, id, name) = record.sheet()?;
                let relation = relations.iter().find(|r| r.id == id && r.kind == "worksheet");
                listed.extend(relation.map(|r| (Sheet { name, hidden: state != 0 }, r.target.clone())));
                sheets_within(listed.len()).ok()?;
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
        let survey = |(_, path): &(Sheet, String)| scan(package.part(path)?, &shown, texts);
        let facts = listed.iter().map(survey).collect();
        let inner = limits::pass(|| Calamine::new(package.file()))?.map_err(|error| fault(&error))?;
        Ok(Self { inner, sheets: listed.into_iter().map(|(sheet, _)| sheet).collect(), facts })
    }
}

impl Workbook for Xlsb {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn merged(&self, sheet: usize) -> &[Region] {
        self.facts.get(sheet).and_then(|facts| facts.as_ref().ok()).map_or(&[], |(facts, _)| &facts.merged)
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let (Some(listed), Some(facts)) = (self.sheets.get(sheet), self.facts.get(sheet)) else {
            return Err(damaged("a sheet is missing"));
        };
        let (facts, looks) = facts.as_ref().map_err(Fault::clone)?;
        let epoch = if self.inner.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
        let mut reader = self.inner.worksheet_cells_reader(&listed.name).map_err(|error| fault(&error))?;
        let cells = XlsbCells { next: move || reader.next_cell(), looks, epoch, current: None };
        Ok(Box::new(CellRows::new(cells, facts)))
    }
}

/// The cells of a sheet; calamine's reader of them, behind `next`, has no name outside it.
struct XlsbCells<'a, F> {
    next: F,
    looks: &'a Looks,
    epoch: Epoch,
    current: Option<Cell<DataRef<'a>>>,
}

impl<'a, F> Cells for XlsbCells<'a, F>
where
    F: FnMut() -> Result<Option<Cell<DataRef<'a>>>, XlsbError> + Send,
{
    fn advance(&mut self) -> Result<Option<(u32, u32)>, Fault> {
        self.current = (self.next)().map_err(|error| fault(&error))?;
        Ok(self.current.as_ref().map(Cell::get_position))
    }

    fn put(&self, column: u32, row: &mut Row) -> Result<(), Fault> {
        if let Some(cell) = &self.current {
            let shown = self.looks.get(&(row.number, column)).copied();
            push(row, column, cell.get_value(), shown, self.epoch);
        }
        Ok(())
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
                let id = u16::from_le_bytes(record.take()?);
                codes.insert(u32::from(id), record.text()?);
            }
            0x0269 => in_cell_formats = true,
            0x026a => in_cell_formats = false,
            0x002f if in_cell_formats => {
                let [_, _, low, high] = record.take()?;
                let id = u32::from(u16::from_le_bytes([low, high]));
                // Dates are told by calamine, which knows the epoch.
                shown.push(
                    codes
                        .get(&id)
                        .map_or_else(|| builtin(id, Epoch::Y1900), |code: &String| of_code(code, Epoch::Y1900)),
                );
            }
            _ => {}
        }
        (codes.len() + shown.len() < STYLE_LIMIT).then_some(())
    })?;
    Ok(shown)
}

fn scan(part: Part, shown: &[Shown], texts: u32) -> Result<(SheetFacts, Looks), Fault> {
    let (mut facts, mut looks, mut row, mut ended, mut odd) = (SheetFacts::default(), Looks::new(), 0, false, None);
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
                let (never, content) = match kind {
                    0x0007 => (record.u32()? >= texts, None),
                    0x0008 => (record.text()?.is_empty() && record.is_to_be_calculated()?, None),
                    0x0009 => (f64::from_le_bytes(record.take()?) == 0.0 && record.is_to_be_calculated()?, None),
                    0x000b => (false, Some(record.take::<1>()?)),
                    _ => (false, None),
                };
                if kind == 0x0007 && never {
                    return None;
                }
                if let Some([error]) = content {
                    facts.cells.insert((row, column), (Content::Error, error_value(error).to_owned()));
                } else if never {
                    facts.cells.insert((row, column), (Content::NeverCalculated, String::new()));
                }
                match shown.get(usize::try_from(style).ok()?) {
                    Some(look @ (Shown::Percent | Shown::Digits(_) | Shown::Unit(_))) if matches!(kind, 2 | 5 | 9) => {
                        looks.insert((row, column), *look);
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
        (facts.cells.len() + looks.len() + facts.merged.len() < KEPT_LIMIT).then_some(())
    })?;
    match odd {
        Some(row) => Err(not_understood("cells stand in a short form, or in a rich one").at(a1::address(0, row))),
        None if !ended => Err(damaged("a sheet ends in the middle")),
        None => Ok((facts, looks)),
    }
}

impl Record<'_> {
    /// Whether the flags of a formula say that its result is not there yet ([MS-XLSB] 2.5.97.75, `fAlwaysCalc`).
    fn is_to_be_calculated(&mut self) -> Option<bool> {
        self.take::<2>().map(|[flags, _]| flags & 2 != 0)
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
