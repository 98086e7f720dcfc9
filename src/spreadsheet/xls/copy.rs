//! A copy of an XLS's stream, record by record, of what calamine is to read.

use super::super::cells::SheetFacts;
use super::super::faults::{bomb, damaged, password_protected, too_old};
use super::super::number_format::of_style;
use super::super::{Epoch, Fault, Region, Shown};
use std::collections::HashMap;

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const CONTINUE: u16 = 0x003c;
const SHEET: u16 = 0x0085;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const ERROR_OR_YES: u16 = 0x0205;
const PACKED: u16 = 0x027e;
const SHARED_TEXT: u16 = 0x00fd;
/// As many columns as the copy has.
const WIDTH: u32 = 256;
/// More cells than the copy holds: those of 65,536 rows of 128 columns.
const CELL_LIMIT: usize = 8 << 20;

/// The record at `at`, which is moved past it: its type, its body, and itself.
fn record<'b>(stream: &'b [u8], at: &mut usize) -> Result<(u16, &'b [u8], &'b [u8]), Fault> {
    let cut = || damaged("it ends in the middle");
    let rest = stream.get(*at..).ok_or_else(cut)?;
    let [a, b, c, d, ..] = *rest else { return Err(cut()) };
    let length = 4 + usize::from(u16::from_le_bytes([c, d]));
    let itself = rest.get(..length).ok_or_else(cut)?;
    *at += length;
    Ok((u16::from_le_bytes([a, b]), itself.get(4..).unwrap_or_default(), itself))
}

fn half(body: &[u8], at: usize) -> Result<u16, Fault> {
    let bytes = body.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u16::from_le_bytes).ok_or_else(|| damaged("a record is too short"))
}

fn put(out: &mut Vec<u8>, kind: u16, parts: &[&[u8]]) -> Result<(), Fault> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let length = u16::try_from(length).map_err(|_| damaged("a record is too long"))?;
    out.extend(kind.to_le_bytes());
    out.extend(length.to_le_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(())
}

/// What stands before the sheets.
pub(super) struct Globals {
    copy: Vec<u8>,
    /// Where the copy says at which byte each sheet begins.
    pointers: Vec<usize>,
    /// Where each sheet of cells begins in the original.
    pub starts: Vec<usize>,
    /// The code page of texts, where that is not the one that the workbook names.
    pub code_page: Option<u16>,
    formats: Vec<u16>,
    codes: HashMap<u16, String>,
    version: u16,
}

impl Globals {
    /// Reads them.
    /// Errors: Damaged, protected, older than Excel 5.
    pub(super) fn read(stream: &[u8]) -> Result<Self, Fault> {
        let mut at = 0;
        let (kind, body, itself) = record(stream, &mut at)?;
        let version = half(body, 0).unwrap_or(0);
        if kind != BEGIN || !matches!(version, 0x0500 | 0x0600) {
            return Err(too_old("older than Excel 5, or no Excel workbook"));
        }
        let is_unicode = version == 0x0600;
        let mut globals = Self {
            copy: itself.to_vec(),
            pointers: Vec::new(),
            starts: Vec::new(),
            // A workbook of Excel 97 names a code page and does not use it.
            code_page: Some(if is_unicode { 1200 } else { 1252 }),
            formats: Vec::new(),
            codes: HashMap::new(),
            version,
        };
        let mut continues = false;
        loop {
            let (kind, body, itself) = record(stream, &mut at)?;
            match kind {
                0x002f => return Err(password_protected()),
                0x0042 if !is_unicode => {
                    globals.code_page = Some(match half(body, 0)? {
                        0x8000 => 10_000,
                        0x8001 => 1252,
                        page => page,
                    });
                }
                SHEET if body.get(5) == Some(&0) => {
                    let start = u32::from(half(body, 0)?) | u32::from(half(body, 2)?) << 16;
                    globals.starts.push(start as usize);
                    globals.pointers.push(globals.copy.len() + 4);
                    globals.copy.extend_from_slice(itself);
                }
                0x041e => {
                    let text = body.get(if is_unicode { 4 } else { 3 }..).unwrap_or_default();
                    globals.codes.insert(half(body, 0)?, code(text, is_unicode));
                }
                0x00e0 => globals.formats.push(half(body, 2)?),
                _ => {}
            }
            let is_kept = matches!(kind, 0x0022 | 0x00fc | 0x041e | 0x00e0) || (kind == CONTINUE && continues);
            continues = kind == 0x00fc || (kind == CONTINUE && continues);
            if is_kept {
                globals.copy.extend_from_slice(itself);
            }
            if kind == END {
                globals.copy.extend_from_slice(itself);
                return Ok(globals);
            }
        }
    }

    /// The stream with one sheet, or none; all others are empty.
    pub(super) fn with_sheet(&self, sheet: Option<(usize, &SheetCopy)>) -> Result<Vec<u8>, Fault> {
        let mut stream = self.copy.clone();
        let empty = stream.len();
        let begin = [self.version.to_le_bytes(), 0x10u16.to_le_bytes(), [0; 2], [0; 2]].concat();
        put(&mut stream, BEGIN, &[&begin])?;
        put(&mut stream, END, &[])?;
        let full = stream.len();
        if let Some((_, copy)) = sheet {
            put(&mut stream, BEGIN, &[&begin])?;
            stream.extend_from_slice(&copy.records);
            put(&mut stream, END, &[])?;
        }
        for (at, pointer) in self.pointers.iter().enumerate() {
            let start = if sheet.is_some_and(|(sheet, _)| sheet == at) { full } else { empty };
            let start = u32::try_from(start).map_err(|_| bomb("it is too long"))?;
            if let Some(place) = stream.get_mut(*pointer..*pointer + 4) {
                place.copy_from_slice(&start.to_le_bytes());
            }
        }
        Ok(stream)
    }

    /// For each cell style how it shows numbers.
    pub(super) fn shown(&self, epoch: Epoch) -> Vec<Shown> {
        self.formats.iter().map(|id| of_style(&self.codes, *id, epoch)).collect()
    }
}

/// A number format's code: in UTF-16, Latin-1, or something whose letters beyond ASCII do not matter.
fn code(text: &[u8], is_unicode: bool) -> String {
    match text {
        [1, wide @ ..] if is_unicode => encoding_rs::UTF_16LE.decode_without_bom_handling(wide).0.into_owned(),
        [_, narrow @ ..] if is_unicode => narrow.iter().map(|byte| char::from(*byte)).collect(),
        _ => encoding_rs::WINDOWS_1252.decode_without_bom_handling(text).0.into_owned(),
    }
}

/// A cell: where it is in the sheet, and where in the copy.
pub(super) struct Placed {
    pub row: u16,
    pub column: u16,
    pub style: u16,
    /// None where a formula has no result.
    pub place: Option<(u32, u32)>,
}

/// A sheet's cells, close together.
#[derive(Default)]
pub(super) struct SheetCopy {
    records: Vec<u8>,
    pub cells: Vec<Placed>,
    count: u32,
    /// Shared texts that are in the copy already.
    texts: HashMap<u32, (u32, u32)>,
}

impl SheetCopy {
    /// Copies the sheet that begins at a byte of the stream.
    pub(super) fn of(stream: &[u8], start: usize) -> Result<Self, Fault> {
        let mut copy = Self::default();
        // A formula's text stands in a record of its own, after it.
        let mut waiting: Option<[u8; 6]> = None;
        each_record(stream, start, |kind, body| {
            if let Some(cell) = waiting.take_if(|_| !matches!(kind, CONTINUE | 0x04bc | 0x0221 | 0x0236)) {
                if kind == 0x0207 {
                    return copy.add(LABEL, cell, body);
                }
                copy.place(cell, None)?;
            }
            let cell: Option<[u8; 6]> = body.get(..6).and_then(|cell| cell.try_into().ok());
            match kind {
                NUMBER | LABEL | ERROR_OR_YES | PACKED | SHARED_TEXT | 0x00d6 => {
                    let cell = cell.ok_or_else(|| damaged("a record is too short"))?;
                    let kind = if kind == 0x00d6 { LABEL } else { kind };
                    copy.add(kind, cell, body.get(6..).unwrap_or_default())?;
                }
                0x00bd => copy.add_packed(body)?,
                0x0006 | 0x0206 | 0x0406 => {
                    let cell = cell.ok_or_else(|| damaged("a record is too short"))?;
                    match *body.get(6..14).ok_or_else(|| damaged("a record is too short"))? {
                        [0, .., 0xff, 0xff] => waiting = Some(cell),
                        [what @ (1 | 2), _, value, .., 0xff, 0xff] => {
                            copy.add(ERROR_OR_YES, cell, &[value, what - 1])?;
                        }
                        // No text, or no result: some programs write the one for the other.
                        [_, .., 0xff, 0xff] => copy.place(cell, None)?,
                        ref number => copy.add(NUMBER, cell, number)?,
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        if let Some(cell) = waiting {
            copy.place(cell, None)?;
        }
        Ok(copy)
    }

    /// Notes where a cell is; none in the copy where it was never calculated.
    fn place(&mut self, cell: [u8; 6], place: Option<(u32, u32)>) -> Result<(), Fault> {
        self.cells.push(Placed { row: half(&cell, 0)?, column: half(&cell, 2)?, style: half(&cell, 4)?, place });
        Ok(())
    }

    /// Adds a cell: its row, column and style, and what follows them in a record of its kind.
    fn add(&mut self, kind: u16, cell: [u8; 6], rest: &[u8]) -> Result<(), Fault> {
        let shared =
            if kind == SHARED_TEXT { Some(u32::from(half(rest, 0)?) | u32::from(half(rest, 2)?) << 16) } else { None };
        let known = shared.and_then(|text| self.texts.get(&text).copied());
        let place = match known {
            Some(place) => place,
            None => {
                let place = (self.count / WIDTH, self.count % WIDTH);
                self.count += 1;
                let halves = [place.0, place.1].map(|half| u16::try_from(half).unwrap_or(u16::MAX).to_le_bytes());
                put(&mut self.records, kind, &[&halves.concat(), cell.get(4..).unwrap_or_default(), rest])?;
                self.texts.extend(shared.map(|text| (text, place)));
                place
            }
        };
        if self.cells.len() >= CELL_LIMIT {
            return Err(bomb("a sheet has more cells than are read of an XLS"));
        }
        self.place(cell, Some(place))
    }

    /// Several numbers side by side.
    fn add_packed(&mut self, body: &[u8]) -> Result<(), Fault> {
        let (row, first) = (half(body, 0)?, half(body, 2)?);
        let numbers = body.get(4..body.len().saturating_sub(2)).unwrap_or_default();
        for (column, number) in (first..=u16::MAX).zip(numbers.chunks_exact(6)) {
            let (style, value) = number.split_at(2);
            let ([a, b], [c, d], [e, f]) = (row.to_le_bytes(), column.to_le_bytes(), half(style, 0)?.to_le_bytes());
            self.add(PACKED, [a, b, c, d, e, f], value)?;
        }
        Ok(())
    }
}

/// Hands over the records of a sheet, but those of charts inside it.
fn each_record(
    stream: &[u8],
    start: usize,
    mut each: impl FnMut(u16, &[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (mut at, mut depth) = (start, 0u32);
    loop {
        let (kind, body, _) = record(stream, &mut at)?;
        match kind {
            BEGIN => depth += 1,
            _ if depth == 0 => return Err(damaged("a sheet does not begin where it should")),
            END if depth == 1 => return each(END, body),
            END => depth -= 1,
            _ if depth == 1 => each(kind, body)?,
            _ => {}
        }
    }
}

/// The hidden rows and merged ranges of a sheet.
pub(super) fn survey(stream: &[u8], start: usize) -> Result<SheetFacts, Fault> {
    let mut facts = SheetFacts::default();
    each_record(stream, start, |kind, body| {
        if kind == 0x0208 && half(body, 12)? & 0x20 != 0 {
            facts.hidden.insert(u32::from(half(body, 0)?) + 1);
        }
        if kind == 0x00e5 {
            for range in body.get(2..).unwrap_or_default().chunks_exact(8) {
                let at = |index| half(range, index).map(u32::from);
                facts.merged.push(Region { rows: (at(0)? + 1, at(2)? + 1), columns: (at(4)?, at(6)?) });
            }
        }
        Ok(())
    })?;
    Ok(facts)
}
