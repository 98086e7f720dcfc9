//! Where a record of a CSV file ends, and its fields: RFC 4180, and what people's programs write besides.

use crate::spreadsheet::a1::{COLUMNS, address};
use crate::spreadsheet::{Content, Fault, Row};
use memchr::{memchr, memchr_iter, memchr2};
use std::borrow::Cow;

/// The length of the record at the start, with the line feed that ends it; `None` where it goes on past the end.
pub(super) fn record_end(bytes: &[u8], delimiter: u8, at_end: bool) -> Option<usize> {
    let line = match memchr(b'\n', bytes) {
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
        match bytes.get(at..).and_then(|rest| memchr2(delimiter, b'\n', rest)) {
            Some(more) if bytes.get(at + more) == Some(&delimiter) => at += more + 1,
            Some(more) => return Some(at + more + 1),
            None => return at_end.then_some(bytes.len()),
        }
    }
}

/// Where the quotation mark stands that opens the field at `at`; blanks may stand before it.
fn opening(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = bytes.get(at..)?.iter().take_while(|b| **b == b' ').count();
    (bytes.get(at + blanks) == Some(&b'"')).then_some(at + blanks)
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

/// A record without what ends it.
pub(super) fn line(record: &[u8]) -> &[u8] {
    let line = record.strip_suffix(b"\n").unwrap_or(record);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Splits a record into `row`, up to a quotation mark that is never closed.
pub(super) fn split(record: &[u8], delimiter: u8, row: &mut Row) -> Result<(), Fault> {
    let line = line(record);
    let (mut column, mut from) = (0u32, 0);
    if memchr2(b'"', b'\'', line).is_none() {
        let column_of = |at: usize| memchr_iter(delimiter, line.get(..at).unwrap_or(line)).count();
        let at = |at| address(u32::try_from(column_of(at)).unwrap_or(u32::MAX), row.number);
        row.set_text(valid(line).map_err(|(byte, fault)| fault.at(at(byte)))?);
        for at in memchr_iter(delimiter, line) {
            row.push_range(column, from, at);
            column += 1;
            from = at + 1;
        }
        row.push_range(column, from, line.len());
        return within(column, row.number);
    }
    let mut field: Vec<u8> = Vec::new();
    loop {
        field.clear();
        let quote = opening(line, from);
        if let Some(quote) = quote {
            let Some(end) = closing(line, quote + 1, true) else { return Ok(()) };
            let mut inside = line.get(quote + 1..end - 1).unwrap_or_default();
            // A quotation mark stands for itself where there are two.
            while let Some(at) = memchr(b'"', inside) {
                field.extend_from_slice(inside.get(..=at).unwrap_or_default());
                inside = inside.get(at + 2..).unwrap_or_default();
            }
            field.extend_from_slice(inside);
            from = end;
        }
        let rest = line.get(from..).unwrap_or_default();
        let len = memchr(delimiter, rest);
        let behind = rest.get(..len.unwrap_or(rest.len())).unwrap_or_default();
        let could_be_inside = |behind| memchr2(b'\n', delimiter, &field).is_some() || memchr(b'"', behind).is_some();
        if quote.is_some() && !behind.trim_ascii().is_empty() && could_be_inside(behind) {
            return Err(stray_quote().at(address(column, row.number)));
        }
        field.extend_from_slice(behind);
        let text = valid(&field).map_err(|(_, fault)| fault.at(address(column, row.number)))?;
        row.push(column, Content::Text, &as_text(text));
        let Some(len) = len else { return within(column, row.number) };
        from += len + 1;
        column = column.saturating_add(1);
    }
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

fn not_utf_8() -> Fault {
    Fault::new(
        "not-utf-8",
        "The file is not in UTF-8: this cell holds a letter in another encoding.",
        "Name its encoding, often --encoding windows-1252, of Excel on a Mac --encoding macintosh, and look at the names then; or \
         in Excel save it as 'CSV UTF-8 (Comma delimited)'.",
    )
}

fn stray_quote() -> Fault {
    Fault::new(
        "stray-quote",
        "The quotation mark that opens this cell is closed in the middle of a text: other cells or rows would be a part of this \
         one, or it has marks of its own that are not doubled.",
        "Look for a single \" in this cell: close it or take it away, or double it where it is of the text; or save the file \
         as CSV again.",
    )
}

pub(super) fn not_text() -> Fault {
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
