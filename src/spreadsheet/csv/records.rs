//! CSV records as rows, numbered as a spreadsheet would number them: blank lines count, and a record with line breaks
//! inside quotes is one row. RFC 4180, and what people's programs write besides: `;` and tab, CR alone, `sep=;`, quotes
//! in the middle of a field (which the csv crate's reader would skip, count or read otherwise).
//!
//! They come one by one, or as pieces of whole records, for several threads to read at once. A line break inside quotes
//! ends no record, so where there is a quotation mark a piece is cut by walking the records; where there is none, at the
//! last line break. Whoever reads the pieces splits them into cells, by [`Chunk::split`] where in doubt, which is the row
//! reader's own.

use super::split::{line, not_text, record_end, split};
use crate::spreadsheet::a1::address;
use crate::spreadsheet::{Fault, Row, RowsError};
use memchr::{memchr, memchr_iter, memrchr};
use std::io::Read;
use std::ops::Range;

/// The longest record: 256 cells as long as a spreadsheet's longest.
const RECORD_LIMIT: usize = 8 << 20;
/// What is looked at to find the delimiter.
const SAMPLE: usize = 64 << 10;
/// So much of a file is handed out at a time.
const SIZE: usize = 128 << 10;
/// The delimiters that are looked for, the likeliest first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

pub struct Records {
    source: Box<dyn Read + Send>,
    /// What was read; from `start` on it was not handed out.
    buffer: Vec<u8>,
    start: usize,
    at_end: bool,
    delimiter: u8,
    /// About how long a piece is.
    size: usize,
    number: u32,
    /// Why no more can be read, until what was read before is handed out.
    failed: Option<RowsError>,
}

impl Records {
    /// Opens them and finds the delimiter: the one with which `score` recognises most in the first rows.
    pub fn new(source: Box<dyn Read + Send>, score: &dyn Fn(&[Row]) -> usize) -> Result<Self, RowsError> {
        let mut records = Self {
            source,
            buffer: Vec::with_capacity(2 * SAMPLE),
            start: 0,
            at_end: false,
            delimiter: b',',
            size: SIZE,
            number: 0,
            failed: None,
        };
        while records.buffer.len() < SAMPLE && !records.at_end {
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
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// The same, in pieces of about so many bytes.
    pub fn in_pieces_of(self, size: usize) -> Self {
        Self { size, ..self }
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
            let Some((record, more)) = record_end(rest, delimiter, true).and_then(|end| rest.split_at_checked(end))
            else {
                break;
            };
            if split(record, delimiter, &mut row).is_err() {
                break;
            }
            rows.push(row);
            rest = more;
        }
        rows
    }

    /// Reads more into the buffer, which grows as needed.
    fn fill(&mut self) -> Result<(), RowsError> {
        self.buffer.drain(..std::mem::take(&mut self.start));
        let from = self.buffer.len();
        self.buffer.resize((from + SAMPLE).max(2 * SAMPLE), 0);
        let read = self.source.read(self.buffer.get_mut(from..).unwrap_or_default());
        self.buffer.truncate(from + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(read) => self.at_end = read == 0,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => {
                return Err(error.downcast::<Fault>().map_or_else(RowsError::Io, |f| f.at_row(self.number + 1)));
            }
        }
        self.end_rows_at_returns(from);
        Ok(())
    }

    /// A carriage return alone ends a row, as one with a line feed does: it becomes a line feed.
    fn end_rows_at_returns(&mut self, from: usize) {
        // The last byte of what was read before waited for what follows it.
        let Some(new) = self.buffer.get_mut(from.saturating_sub(1)..) else { return };
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
        .at_row(self.number + 1)
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
        while self.start < self.buffer.len() || !self.at_end {
            let pending = self.sample();
            match record_end(pending, self.delimiter, self.at_end).and_then(|end| pending.get(..end)) {
                Some(record) => {
                    row.clear(self.number.saturating_add(1));
                    split(record, self.delimiter, row)?;
                    self.start += record.len();
                    self.number = row.number;
                    return Ok(true);
                }
                None if self.at_end || pending.len() > RECORD_LIMIT => {
                    // Of a record that has an end but for a quotation mark, a fault before the mark is told first.
                    if self.at_end || memchr(b'\n', pending).is_some() {
                        row.clear(self.number.saturating_add(1));
                        split(pending, self.delimiter, row)?;
                    }
                    return Err(self.too_long());
                }
                None => self.fill()?,
            }
        }
        Ok(false)
    }

    /// The next records, a piece of them; `None` at the end, and where a single record is larger than
    /// that, which only [`Records::next_row`] reads.
    /// Errors: What is wrong with the file, or a machine failure; everything before it was handed out.
    pub(crate) fn chunk(&mut self) -> Result<Option<Chunk>, RowsError> {
        while self.sample().len() < self.size && !self.at_end && self.failed.is_none() {
            self.failed = self.fill().err();
        }
        let pending = self.sample();
        let (used, records) = whole_records(pending, self.delimiter, self.at_end);
        if used == 0 {
            return self.failed.take().map_or(Ok(None), Err);
        }
        let mut next = Vec::with_capacity(self.size + 2 * SAMPLE);
        next.extend_from_slice(pending.get(used..).unwrap_or_default());
        let mut bytes = std::mem::replace(&mut self.buffer, next);
        bytes.truncate(self.start + used);
        bytes.drain(..std::mem::take(&mut self.start));
        let first_row = self.number.saturating_add(1);
        self.number = self.number.saturating_add(records);
        Ok(Some(Chunk { bytes, first_row, delimiter: self.delimiter }))
    }
}

/// Whole records of a file.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    bytes: Vec<u8>,
    pub first_row: u32,
    pub delimiter: u8,
}

impl Chunk {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where each record stands, in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = Range<usize>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = self.bytes().get(at..).filter(|rest| !rest.is_empty())?;
            let len = record_end(rest, self.delimiter, true).unwrap_or(rest.len());
            at += len;
            Some(at - len..at)
        })
    }

    /// A record without what ends it.
    pub(crate) fn line(&self, record: &Range<usize>) -> &[u8] {
        line(self.bytes().get(record.clone()).unwrap_or_default())
    }

    /// Splits a record as the row reader does.
    pub(crate) fn split(&self, record: &Range<usize>, number: u32, row: &mut Row) -> Result<(), Fault> {
        row.clear(number);
        split(self.bytes().get(record.clone()).unwrap_or_default(), self.delimiter, row)
    }
}

/// How many bytes at the start are whole records, and how many records.
fn whole_records(bytes: &[u8], delimiter: u8, at_end: bool) -> (usize, u32) {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    if memchr(b'"', bytes).is_none() {
        let used = if at_end { bytes.len() } else { memrchr(b'\n', bytes).map_or(0, |at| at + 1) };
        let used_bytes = bytes.get(..used).unwrap_or_default();
        let unterminated = used_bytes.last().is_some_and(|last| *last != b'\n');
        return (used, count(memchr_iter(b'\n', used_bytes).count() + usize::from(unterminated)));
    }
    let (mut used, mut records) = (0, 0);
    while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
        let Some(len) = record_end(rest, delimiter, at_end) else { break };
        used += len;
        records += 1;
    }
    (used, count(records))
}

fn utf_16() -> Fault {
    Fault::new(
        "not-text",
        "The file is in UTF-16, without the mark at its start that says so.",
        "Name its encoding, --encoding utf-16le or utf-16be, or save it from Excel as 'CSV UTF-8 (Comma delimited)'.",
    )
}
