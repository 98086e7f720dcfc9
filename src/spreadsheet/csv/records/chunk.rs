//! A CSV file cut into pieces of whole records, for several threads to read at once.
//!
//! A line break inside quotes ends no record, so where there is a quotation mark the cut is found by walking the records;
//! where there is none it is the last line break. Nothing is split into cells or judged here: whoever reads the pieces
//! does both, by [`Chunk::split`] where in doubt, which is the row reader's own.

use super::{Records, opening, split};
use crate::spreadsheet::row::{Fault, Row, RowsError};
use memchr::{memchr, memchr_iter, memchr2, memrchr};
use std::ops::Range;

/// So much of a file is handed out at a time.
const SIZE: usize = if cfg!(test) { 4 << 10 } else { 512 << 10 };

/// Whole records of a file.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// Their bytes, until they are taken as text.
    bytes: Vec<u8>,
    text: String,
    pub first_row: u32,
    /// Between cells.
    pub delimiter: u8,
    /// After each record.
    terminator: u8,
}

impl Records {
    /// The next records, about half a megabyte of them; `None` at the end, and where a single record is larger than
    /// that, which only [`Rows::next`](super::Rows::next) reads.
    /// Errors: What is wrong with the file, or a machine failure; everything before it was handed out.
    pub(crate) fn chunk(&mut self) -> Result<Option<Chunk>, RowsError> {
        while self.end - self.start < SIZE && !self.at_end && self.failed.is_none() {
            self.failed = self.fill().err();
        }
        let pending = self.buffer.get(self.start..self.end).unwrap_or_default();
        let (used, records) = whole_records(pending, self.delimiter, self.terminator, self.at_end);
        if used == 0 {
            return self.failed.take().map_or(Ok(None), Err);
        }
        let rest = pending.get(used..).unwrap_or_default();
        let mut next = Vec::with_capacity(SIZE + 2 * super::SAMPLE);
        next.extend_from_slice(rest);
        let rest_len = rest.len();
        next.resize(SIZE + 2 * super::SAMPLE, 0);
        let mut bytes = std::mem::replace(&mut self.buffer, next);
        bytes.truncate(self.start + used);
        if self.start > 0 {
            bytes.drain(..self.start);
        }
        (self.start, self.end) = (0, rest_len);
        let first_row = self.number.saturating_add(1);
        self.number = self.number.saturating_add(records);
        Ok(Some(Chunk {
            bytes,
            text: String::new(),
            first_row,
            delimiter: self.delimiter,
            terminator: self.terminator,
        }))
    }
}

impl Chunk {
    /// Takes the bytes as text; false where they are none, so that [`Chunk::split`] will say which record is not.
    pub(crate) fn take_as_text(&mut self) -> bool {
        if memchr(0, &self.bytes).is_some() {
            return false;
        }
        match String::from_utf8(std::mem::take(&mut self.bytes)) {
            Ok(text) => self.text = text,
            Err(error) => self.bytes = error.into_bytes(),
        }
        !self.text.is_empty()
    }

    /// The records as text, once they were taken as such.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        if self.text.is_empty() { &self.bytes } else { self.text.as_bytes() }
    }

    /// Where each record stands, in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = Range<usize>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = self.bytes().get(at..).filter(|rest| !rest.is_empty())?;
            let len = record_end(rest, self.delimiter, self.terminator, true).unwrap_or(rest.len());
            at += len;
            Some(at - len..at)
        })
    }

    /// A record without what ends it.
    pub(crate) fn line(&self, record: &Range<usize>) -> &[u8] {
        let line = self.bytes().get(record.clone()).unwrap_or_default();
        let line = line.strip_suffix(&[self.terminator]).unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Splits a record as the row reader does.
    pub(crate) fn split(&self, record: &Range<usize>, number: u32, row: &mut Row) -> Result<(), Fault> {
        row.clear(number);
        let bytes = self.bytes().get(record.clone()).unwrap_or_default();
        split(bytes, self.delimiter, self.terminator, true, row).map(|_| ())
    }
}

/// How many bytes at the start are whole records, and how many records.
fn whole_records(bytes: &[u8], delimiter: u8, terminator: u8, at_end: bool) -> (usize, u32) {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    if memchr(b'"', bytes).is_none() {
        let used = if at_end { bytes.len() } else { memrchr(terminator, bytes).map_or(0, |at| at + 1) };
        let used_bytes = bytes.get(..used).unwrap_or_default();
        let unterminated = used_bytes.last().is_some_and(|last| *last != terminator);
        return (used, count(memchr_iter(terminator, used_bytes).count() + usize::from(unterminated)));
    }
    let (mut used, mut records) = (0, 0);
    while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
        let Some(len) = record_end(rest, delimiter, terminator, at_end) else { break };
        used += len;
        records += 1;
    }
    (used, count(records))
}

/// The length of the record at the start, with what ends it; `None` where it goes on past the end.
fn record_end(bytes: &[u8], delimiter: u8, terminator: u8, at_end: bool) -> Option<usize> {
    let line = match memchr(terminator, bytes) {
        Some(end) => end + 1,
        None if at_end => bytes.len(),
        None => return None,
    };
    if memchr(b'"', bytes.get(..line)?).is_none() {
        return Some(line);
    }
    let mut at = 0;
    loop {
        if let Some(quote) = opening(bytes, at) {
            at = closing(bytes, quote + 1, at_end)?;
        }
        match bytes.get(at..).and_then(|rest| memchr2(delimiter, terminator, rest)) {
            Some(more) if bytes.get(at + more) == Some(&delimiter) => at += more + 1,
            Some(more) => return Some(at + more + 1),
            None => return at_end.then_some(bytes.len()),
        }
    }
}

/// The place after the quotation mark that closes a field whose text begins at `at`.
fn closing(bytes: &[u8], mut at: usize, at_end: bool) -> Option<usize> {
    loop {
        at += memchr(b'"', bytes.get(at..)?)? + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            None if !at_end => return None,
            _ => return Some(at),
        }
    }
}
