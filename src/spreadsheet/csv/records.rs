//! CSV records as rows, numbered as a spreadsheet would number them: blank lines count, and a record with line breaks
//! inside quotes is one row. RFC 4180, and what people's programs write besides: `;` and tab, CR alone, `sep=;`, quotes
//! in the middle of a field.

mod chunk;

use super::decode::NotText;
use crate::spreadsheet::a1::{COLUMNS, address};
use crate::spreadsheet::row::{Content, Fault, Row, RowsError};
use memchr::{memchr, memchr_iter, memchr2};
use std::borrow::Cow;
use std::io::Read;

pub(crate) use chunk::Chunk;

/// The longest record: 256 cells as long as a spreadsheet's longest.
const RECORD_LIMIT: usize = 8 << 20;
/// What is looked at to find the delimiter.
const SAMPLE: usize = 64 << 10;
/// A spreadsheet's columns.
/// The delimiters that are looked for, the likeliest first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

pub(crate) struct Records {
    source: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    delimiter: u8,
    terminator: u8,
    number: u32,
    /// Why no more can be read, until what was read before is handed out.
    failed: Option<RowsError>,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Records(row {})", self.number)
    }
}

impl Records {
    /// Opens them and finds the delimiter: the one with which `score` recognises most in the first rows.
    pub(crate) fn new(source: Box<dyn Read + Send>, score: &dyn Fn(&[Row]) -> usize) -> Result<Self, RowsError> {
        let mut records = Self {
            source,
            buffer: vec![0; 2 * SAMPLE],
            start: 0,
            end: 0,
            at_end: false,
            delimiter: b',',
            terminator: b'\n',
            number: 0,
            failed: None,
        };
        while records.end < SAMPLE && !records.at_end {
            records.fill()?;
        }
        if let Some(at) = memchr(0, records.sample()) {
            let lines = memchr_iter(b'\n', records.sample().get(..at).unwrap_or_default()).count();
            let zeros = memchr_iter(0, records.sample()).count();
            let fault = if zeros * 3 > records.sample().len() && zeros * 3 < records.sample().len() * 2 {
                utf_16()
            } else {
                not_text()
            };
            return Err(fault.at_row(u32::try_from(lines).unwrap_or(0) + 1));
        }
        records.delimiter = records.declared_delimiter().unwrap_or_else(|| records.best_delimiter(score));
        Ok(records)
    }

    fn sample(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Excel's own first line `sep=;`.
    fn declared_delimiter(&self) -> Option<u8> {
        match self.sample() {
            [s, e, p, b'=', delimiter, b'\r' | b'\n', ..] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => {
                Some(*delimiter)
            }
            _ => None,
        }
    }

    fn best_delimiter(&self, score: &dyn Fn(&[Row]) -> usize) -> u8 {
        let mut best = (0, 0, b',');
        for delimiter in DELIMITERS {
            let rows = self.first_rows(delimiter);
            let count = memchr_iter(delimiter, self.sample()).count();
            let candidate = (score(&rows), count);
            if candidate > (best.0, best.1) {
                best = (candidate.0, candidate.1, delimiter);
            }
        }
        best.2
    }

    fn first_rows(&self, delimiter: u8) -> Vec<Row> {
        let mut rest = self.sample();
        let mut rows = Vec::new();
        while rows.len() < 20 && !rest.is_empty() {
            let mut row = Row::default();
            row.clear(u32::try_from(rows.len()).unwrap_or(0) + 1);
            let Ok(Some(used)) = split(rest, delimiter, self.terminator, true, &mut row) else { break };
            rows.push(row);
            rest = rest.get(used..).unwrap_or_default();
        }
        rows
    }

    /// Reads more into the buffer, which grows as needed.
    fn fill(&mut self) -> Result<(), RowsError> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < SAMPLE {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = match self.source.read(free) {
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => {
                return Err(NotText::fault(&error).map_or(RowsError::Io(error), |f| f.at_row(self.number + 1)));
            }
        };
        self.at_end = read == 0;
        let from = self.end;
        self.end += read;
        self.end_rows_at_returns(from);
        Ok(())
    }

    /// A carriage return alone ends a row, as one with a line feed does: it becomes a line feed.
    fn end_rows_at_returns(&mut self, from: usize) {
        // The last byte of what was read before waited for what follows it.
        let from = from.saturating_sub(1).max(self.start);
        let Some(new) = self.buffer.get_mut(from..self.end) else { return };
        let mut at = 0;
        while let Some(next) = new.get(at..).and_then(|rest| memchr(b'\r', rest)) {
            at += next;
            match new.get(at + 1) {
                Some(b'\n') => {}
                None if !self.at_end => return,
                _ => {
                    if let Some(byte) = new.get_mut(at) {
                        *byte = b'\n';
                    }
                }
            }
            at += 1;
        }
    }

    fn too_long(&self) -> RowsError {
        Fault::new(
            "endless-record",
            "From this row on the file does not break into rows: a quotation mark is opened and never closed, or it is no \
             CSV file.",
            "Look for a single \" in this row and close it, or save the file as CSV again.",
        )
        .at(address(0, self.number + 1))
        .into()
    }
}

impl Fault {
    fn at_row(self, row: u32) -> RowsError {
        self.at(address(0, row)).into()
    }
}

impl Records {
    /// What stands between two fields.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Fills `row` with the next row; false at the end.
    pub(crate) fn next_row(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        loop {
            if self.start == self.end && self.at_end {
                return Ok(false);
            }
            row.clear(self.number.saturating_add(1));
            let pending = self.buffer.get(self.start..self.end).unwrap_or_default();
            match split(pending, self.delimiter, self.terminator, self.at_end, row) {
                Ok(Some(used)) => {
                    self.start += used;
                    self.number = row.number;
                    return Ok(true);
                }
                Ok(None) if self.at_end || pending.len() > RECORD_LIMIT => return Err(self.too_long()),
                Ok(None) => self.fill()?,
                Err(fault) => return Err(fault.into()),
            }
        }
    }
}

/// Splits the record at the start of `bytes` into `row` and says how many bytes it took; `None` where it goes on past
/// the end of `bytes`.
fn split(bytes: &[u8], delimiter: u8, terminator: u8, at_end: bool, row: &mut Row) -> Result<Option<usize>, Fault> {
    let (line, used) = match memchr(terminator, bytes) {
        Some(end) => (bytes.get(..end).unwrap_or_default(), end + 1),
        None if at_end => (bytes, bytes.len()),
        None => return Ok(None),
    };
    if memchr2(b'"', b'\'', line).is_some() {
        return split_quoted(bytes, delimiter, terminator, at_end, row);
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let column_of = |at: usize| memchr_iter(delimiter, line.get(..at).unwrap_or(line)).count();
    row.set_text(valid(line).map_err(|(at, fault)| fault.at(address(column_index(column_of(at)), row.number)))?);
    let (mut column, mut from) = (0, 0);
    for at in memchr_iter(delimiter, line) {
        row.push_range(column, from, at);
        column += 1;
        from = at + 1;
    }
    row.push_range(column, from, line.len());
    within(column, row.number)?;
    Ok(Some(used))
}

/// The same where there are quotation marks: a field that begins with one goes on to its closing one.
fn split_quoted(
    bytes: &[u8],
    delimiter: u8,
    terminator: u8,
    at_end: bool,
    row: &mut Row,
) -> Result<Option<usize>, Fault> {
    let number = row.number;
    let (mut column, mut at) = (0u32, 0usize);
    let mut field: Vec<u8> = Vec::new();
    loop {
        field.clear();
        let quote = opening(bytes, at);
        let mut quoted = quote.is_some();
        at = quote.map_or(at, |quote| quote + 1);
        let ended = loop {
            match bytes.get(at) {
                None if at_end && !quoted => break true,
                None => return Ok(None),
                Some(b'"') if quoted => {
                    let doubled = bytes.get(at + 1) == Some(&b'"');
                    if doubled {
                        field.push(b'"');
                        at += 1;
                    } else if bytes.get(at + 1).is_none() && !at_end {
                        return Ok(None);
                    } else {
                        quoted = false;
                    }
                }
                Some(byte) if !quoted && *byte == delimiter => break false,
                Some(byte) if !quoted && *byte == terminator => break true,
                Some(byte) => field.push(*byte),
            }
            at += 1;
        };
        let text = if ended { field.strip_suffix(b"\r").unwrap_or(&field) } else { &field };
        let text = valid(text).map_err(|(_, fault)| fault.at(address(column, number)))?;
        row.push(column, Content::Text, &as_text(text));
        at += 1;
        if ended {
            within(column, number)?;
            return Ok(Some(at.min(bytes.len())));
        }
        column = column.saturating_add(1);
    }
}

/// Where the quotation mark stands that opens the field at `at`; blanks may stand before it.
fn opening(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = bytes.get(at..)?.iter().take_while(|b| **b == b' ').count();
    (bytes.get(at + blanks) == Some(&b'"')).then_some(at + blanks)
}

/// How spreadsheets write text into CSV that looks like something else: `="00042"`, and `'` before a digit or what a
/// spreadsheet would run.
fn as_text(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if let Some(inner) = trimmed.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return Cow::Owned(inner.replace("\"\"", "\""));
    }
    match text.strip_prefix('\'') {
        Some(rest)
            if rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r')) =>
        {
            Cow::Borrowed(rest)
        }
        _ => Cow::Borrowed(text),
    }
}

/// The text of bytes, or what is wrong with it and from which byte on.
fn valid(text: &[u8]) -> Result<&str, (usize, Fault)> {
    match std::str::from_utf8(text) {
        Ok(valid) => memchr(0, text).map_or(Ok(valid), |at| Err((at, not_text()))),
        Err(error) => Err((error.valid_up_to(), not_utf_8())),
    }
}

fn column_index(delimiters: usize) -> u32 {
    u32::try_from(delimiters).unwrap_or(u32::MAX)
}

fn not_utf_8() -> Fault {
    Fault::new(
        "not-utf-8",
        "The file is not in UTF-8: this cell holds a letter in another encoding.",
        "Name its encoding, often --encoding windows-1252, or in Excel save it as 'CSV UTF-8 (Comma delimited)'.",
    )
}

fn utf_16() -> Fault {
    Fault::new(
        "not-text",
        "The file is in UTF-16, without the mark at its start that says so.",
        "Name its encoding, --encoding utf-16le or utf-16be, or save it from Excel as 'CSV UTF-8 (Comma delimited)'.",
    )
}

fn not_text() -> Fault {
    Fault::new(
        "not-text",
        "The file holds zero bytes, which no CSV file has.",
        "Save it from Excel as 'CSV UTF-8 (Comma delimited)'.",
    )
}

fn within(last_column: u32, row: u32) -> Result<(), Fault> {
    if last_column < COLUMNS {
        return Ok(());
    }
    let message = format!("This row has {} columns; a spreadsheet has {COLUMNS}.", last_column + 1);
    Err(Fault::new("too-many-columns", message, "Check that the file is a table; save it as CSV again.")
        .at(address(0, row)))
}
