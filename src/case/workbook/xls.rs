//! XLS ([MS-XLS], BIFF8, and BIFF5 before it): the workbook stream's records, one by one, cells at their true addresses.

use super::super::row::{Content, Epoch, Fault, Row, Rows, RowsError, Shown};
use super::binary::{Bytes, error_value, packed_number, wide};
use super::compound::Compound;
use super::package::damaged;
use super::xlsx::strings::Strings;
use super::xlsx::styles::{builtin, of_code};
use super::{Sheet, Workbook, password_protected};
use std::collections::{HashMap, HashSet};

/// An open XLS.
pub struct Xls {
    stream: Vec<u8>,
    sheets: Vec<Sheet>,
    /// Where each sheet's records begin.
    starts: Vec<usize>,
    strings: Strings,
    shown: Vec<Shown>,
    letters: Letters,
}

/// How texts are written.
#[derive(Clone, Copy)]
enum Letters {
    /// BIFF8: a flag, then one byte a letter (Latin-1) or two.
    Unicode,
    /// BIFF5: one byte a letter, or more, in the workbook's code page.
    CodePage(&'static encoding_rs::Encoding),
}

/// One record and what follows it in `CONTINUE` records.
struct Record<'b> {
    kind: u16,
    parts: Vec<&'b [u8]>,
}

impl<'b> Record<'b> {
    fn bytes(&self) -> Bytes<'b> {
        Bytes(self.parts.first().copied().unwrap_or_default())
    }
}

const CONTINUE: u16 = 0x003c;
const END: u16 = 0x000a;
const BEGIN: u16 = 0x0809;

/// The record at `at`, which is moved past it; none at the end.
fn next_record<'b>(stream: &'b [u8], at: &mut usize) -> Option<Record<'b>> {
    let (kind, body) = raw_record(stream, at)?;
    let mut record = Record { kind, parts: vec![body] };
    loop {
        let mut ahead = *at;
        match raw_record(stream, &mut ahead) {
            Some((CONTINUE, body)) => {
                record.parts.push(body);
                *at = ahead;
            }
            _ => return Some(record),
        }
    }
}

fn raw_record<'b>(stream: &'b [u8], at: &mut usize) -> Option<(u16, &'b [u8])> {
    let mut bytes = Bytes(stream.get(*at..)?);
    let kind = bytes.u16()?;
    let length = usize::from(bytes.u16()?);
    let body = bytes.take(length)?;
    *at += 4 + length;
    Some((kind, body))
}

fn cut() -> Fault {
    damaged("a record is too short")
}

impl Xls {
    /// Opens it: its sheets' names, shared strings and formats.
    ///
    /// # Errors
    /// What is wrong with the file: damaged, protected, older than Excel 97.
    pub fn open(compound: Compound) -> Result<Self, Fault> {
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
            0x0042 => self.code_page(bytes.u16().ok_or_else(cut)?),
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

impl Globals {
    /// The code page of a BIFF5 workbook's texts.
    fn code_page(&mut self, number: u16) {
        let label = match number {
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10000 | 32768 => "macintosh".to_owned(),
            other => format!("windows-{other}"),
        };
        if let (Letters::CodePage(page), Some(named)) =
            (&mut self.letters, encoding_rs::Encoding::for_label(label.as_bytes()))
        {
            *page = named;
        }
    }
}

impl Letters {
    /// A text of `count` letters.
    fn read(self, bytes: &mut Bytes, count: usize) -> Option<String> {
        match self {
            Self::Unicode if bytes.u8()? & 1 != 0 => bytes.wide(count),
            Self::Unicode => Some(bytes.take(count)?.iter().map(|b| char::from(*b)).collect()),
            Self::CodePage(page) => Some(page.decode_without_bom_handling(bytes.take(count)?).0.into_owned()),
        }
    }
}

/// The shared strings ([MS-XLS] 2.4.265), whose letters may run on in the next record after a new flag.
fn shared_strings(parts: &[&[u8]]) -> Result<Strings, Fault> {
    let mut reader = Continued { parts, bytes: Bytes(parts.first().copied().unwrap_or_default()), part: 0 };
    reader.take(4).ok_or_else(cut)?;
    let count = reader.u32().ok_or_else(cut)?;
    let mut strings = Strings::default();
    let mut text = String::new();
    for _ in 0..count {
        if reader.at_end() {
            break;
        }
        reader.string(&mut text).ok_or_else(cut)?;
        strings.push(&text)?;
    }
    Ok(strings)
}

/// A record's bytes that run on in others.
struct Continued<'b> {
    parts: &'b [&'b [u8]],
    bytes: Bytes<'b>,
    part: usize,
}

impl Continued<'_> {
    fn at_end(&mut self) -> bool {
        self.bytes.0.is_empty() && !self.advance()
    }

    fn advance(&mut self) -> bool {
        self.part += 1;
        let part = self.parts.get(self.part).copied();
        self.bytes = Bytes(part.unwrap_or_default());
        part.is_some()
    }

    /// Bytes that may run over the end of a record.
    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut taken = Vec::with_capacity(count.min(4096));
        while taken.len() < count {
            if self.bytes.0.is_empty() && !self.advance() {
                return None;
            }
            let here = self.bytes.0.len().min(count - taken.len());
            taken.extend_from_slice(self.bytes.take(here)?);
        }
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        Bytes(&self.take(2)?).u16()
    }

    fn u32(&mut self) -> Option<u32> {
        Bytes(&self.take(4)?).u32()
    }

    fn string(&mut self, text: &mut String) -> Option<()> {
        text.clear();
        let mut left = usize::from(self.u16()?);
        let flags = self.u8()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let extra = if flags & 4 != 0 { self.u32()? as usize } else { 0 };
        let mut is_wide = flags & 1 != 0;
        while left > 0 {
            if self.bytes.0.is_empty() {
                if !self.advance() {
                    return None;
                }
                is_wide = self.bytes.u8()? & 1 != 0;
            }
            let size = if is_wide { 2 } else { 1 };
            let here = (self.bytes.0.len() / size).min(left);
            if here == 0 {
                return None;
            }
            let letters = self.bytes.take(here * size)?;
            if is_wide {
                text.push_str(&wide(letters));
            } else {
                text.extend(letters.iter().map(|b| char::from(*b)));
            }
            left -= here;
        }
        self.skip(runs.checked_mul(4)?)?;
        self.skip(extra)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if self.bytes.0.is_empty() && !self.advance() {
                return None;
            }
            let here = self.bytes.0.len().min(count);
            self.bytes.take(here)?;
            count -= here;
        }
        Some(())
    }
}

impl Workbook for Xls {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
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
                    let mut reader = Continued { parts: &record.parts, bytes: record.bytes(), part: 0 };
                    return plain_string(&mut reader);
                }
                _ => return None,
            }
        }
    }
}

/// A text without runs, which may run on in the next record.
fn plain_string(reader: &mut Continued) -> Option<String> {
    let mut left = usize::from(reader.u16()?);
    let mut is_wide = reader.u8()? & 1 != 0;
    let mut text = String::new();
    while left > 0 {
        if reader.bytes.0.is_empty() {
            if !reader.advance() {
                return None;
            }
            is_wide = reader.bytes.u8()? & 1 != 0;
        }
        let size = if is_wide { 2 } else { 1 };
        let here = (reader.bytes.0.len() / size).min(left);
        let letters = reader.bytes.take(here.checked_mul(size).filter(|n| *n > 0)?)?;
        if is_wide {
            text.push_str(&wide(letters));
        } else {
            text.extend(letters.iter().map(|b| char::from(*b)));
        }
        left -= here;
    }
    Some(text)
}

fn boolean_or_error(value: u8, is_error: bool) -> (Content, String) {
    if is_error { (Content::Error, error_value(value).to_owned()) } else { (Content::Bool(value != 0), String::new()) }
}

impl Rows for SheetRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        self.read(row).map_err(RowsError::Content)
    }
}
