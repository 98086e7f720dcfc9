//! The register's rows read out of a piece of CSV, for as long as nothing about them asks for a second look.
//!
//! Why it is here: the general reader makes a row of cells, and asks of each cell what it could be. A register of a
//! million lots has a million rows of plain text, ISO dates and decimals, and those are read here, by as many threads as
//! there are, straight into the shape that the register takes. Whatever is not plain (a number with a currency, a control
//! total, a date in another form, a value that is missing) makes the row an odd one, which the general reader then reads
//! in its place among the others: every problem comes from it, in the order of the rows, and nothing is refused here.

use super::super::Located;
use super::super::cell::{Style, quick_shares};
use super::super::schema::REGISTER;
use super::identifiers::is_scientific;
use super::{at, is_book_entry, tag};
use crate::model::bank_ids::{self, BankCode, Iban};
use crate::model::text_key::{is_plain, means_nothing};
use crate::model::{ClassIx, Classes, Date, Detail, Lot, Span, Treasury, Worded, parse_iso};
use crate::quantity::Ratio;
use crate::spreadsheet::csv::Chunk;
use hashbrown::DefaultHashBuilder;
use memchr::{memchr, memchr_iter};
use std::ops::Range;

const COLUMNS: usize = REGISTER.columns.len();

/// Where a text stands in a piece; the default is no text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slice {
    start: u32,
    len: u32,
}

impl Slice {
    fn new(start: usize, len: usize) -> Self {
        // Pieces are far smaller than 4 GiB.
        Self { start: u32::try_from(start).unwrap_or(0), len: u32::try_from(len).unwrap_or(0) }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.len == 0
    }

    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start as usize..(self.start + self.len) as usize).unwrap_or("")
    }
}

/// What a plain row says; texts are trimmed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CleanRow {
    pub id: Slice,
    pub id_tag: u32,
    pub name: Slice,
    /// `certificate`, empty where none.
    pub certificate: Slice,
    pub certificate_tag: u32,
    /// The lot, as yet without its holder, its row and where its certificate's number stands.
    pub lot: Lot,
    pub hold: Option<bool>,
    /// `withholding_rate`, by its index in [`Piece::rates`].
    pub rate: Option<u16>,
    /// Payment details, by their index in [`Piece::details`].
    pub details: Option<u32>,
}

#[derive(Clone, Debug)]
pub(crate) enum Found {
    Clean(CleanRow, Range<usize>),
    /// One for the general reader.
    Odd(Range<usize>),
    /// So many without anything in them.
    Blank(u32),
}

#[derive(Debug)]
pub(crate) struct Piece {
    pub chunk: Chunk,
    pub rows: Vec<Found>,
    pub rates: Vec<Ratio>,
    pub details: Vec<[Slice; Detail::COUNT]>,
}

/// How the records of a register are to be read.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// For each column of the file, the register's.
    columns: Vec<Option<usize>>,
    classes: Classes,
    hasher: DefaultHashBuilder,
    style: Style,
    /// Past the last header; and the columns that say shares are gone, or in which names go on.
    header_end: usize,
    gone: Vec<usize>,
    /// The details that the file has columns of, each with the register's column.
    details: Vec<(Detail, usize)>,
}

impl Plan {
    pub(super) fn new(located: &Located, classes: Classes, style: Style, hasher: DefaultHashBuilder) -> Self {
        let last = located.columns.iter().flatten().max().map_or(0, |at| *at as usize + 1);
        let mut columns = vec![None; last];
        for (ix, at) in located.columns.iter().enumerate().take(COLUMNS) {
            if let Some(slot) = at.and_then(|at| columns.get_mut(at as usize)) {
                *slot = Some(ix);
            }
        }
        let header_end = located.headers.iter().map(|(at, _)| *at as usize + 1).max().unwrap_or(usize::MAX);
        let gone = located.gone.iter().map(|gone| gone.column).chain(located.name_goes_on.iter().copied());
        let gone = gone.map(|column| column as usize).collect();
        let details = Detail::VALUES.iter().copied().zip(at::DETAILS);
        let details = details.filter(|(_, ix)| columns.contains(&Some(*ix))).collect();
        Self { columns, classes, hasher, style, header_end, gone, details }
    }

    pub(crate) fn read(&self, mut chunk: Chunk) -> Piece {
        let is_text = chunk.take_as_text();
        let mut reader = Reader { plan: self, classes: Vec::new(), rate_texts: Vec::new(), date: ("", None) };
        let mut rows = Vec::with_capacity(chunk.bytes().len() / 64);
        let mut found = Gathered::default();
        for record in chunk.records() {
            if chunk.line(&record).iter().all(|byte| *byte == chunk.delimiter || *byte == b' ') {
                match rows.last_mut() {
                    Some(Found::Blank(count)) => *count += 1,
                    _ => rows.push(Found::Blank(1)),
                }
                continue;
            }
            let clean = if is_text { reader.row(&chunk, &record, &mut found) } else { None };
            rows.push(match clean {
                Some(row) => Found::Clean(row, record),
                None => Found::Odd(record),
            });
        }
        Piece { rows, rates: found.rates, details: found.details, chunk }
    }
}

/// What rows share, or have seldom.
#[derive(Default)]
struct Gathered {
    rates: Vec<Ratio>,
    details: Vec<[Slice; Detail::COUNT]>,
}

/// The cells of a record, by the register's columns, trimmed.
#[derive(Default)]
struct Cells {
    cells: [Slice; COLUMNS],
    /// Whether the whole record is plain text, so that no cell of it needs to be looked at for that.
    is_plain: bool,
    /// Whether a cell asks for a second look.
    odd: bool,
}

/// Reads the rows of one piece; remembers what the latest ones said.
struct Reader<'p, 't> {
    plan: &'p Plan,
    classes: Vec<(&'t str, ClassIx)>,
    rate_texts: Vec<&'t str>,
    date: (&'t str, Option<Date>),
}

impl<'t> Reader<'_, 't> {
    fn row(&mut self, chunk: &'t Chunk, record: &Range<usize>, found: &mut Gathered) -> Option<CleanRow> {
        let text = chunk.text();
        let cells = self.cells(chunk, record)?;
        let cell = |ix: usize| cells.cells.get(ix).copied().unwrap_or_default();
        let shares =
            quick_shares(cell(at::SHARES).of(text), self.plan.style.decimal_mark).filter(|s| s.micros() > 0)?;
        if cells.odd {
            return None;
        }
        let (id, name) = (required(cell(at::HOLDER_ID), text)?, required(cell(at::HOLDER_NAME), text)?);
        if means_nothing(id.of(text)) || means_nothing(name.of(text)) {
            return None;
        }
        let class = self.class(required(cell(at::CLASS), text)?.of(text))?;
        let issue_date = self.date(cell(at::ISSUE_DATE).of(text))?;
        let retired_date = self.date(cell(at::RETIRED_DATE).of(text))?;
        let treasury = if yes_no(cell(at::TREASURY).of(text))? { Treasury::Company } else { Treasury::No };
        let is_series_a = class == self.plan.classes.series_a();
        let out_of_order = issue_date.zip(retired_date).is_some_and(|(issued, retired)| retired < issued);
        if out_of_order || (is_series_a && (treasury != Treasury::No || issue_date.is_none())) {
            return None;
        }
        let hold = cell(at::HOLD).of(text);
        let hold = if hold.is_empty() { None } else { Some(yes_no(hold)?) };
        let certificate = optional(cell(at::CERTIFICATE), text)?;
        if is_book_entry(certificate.of(text)) || means_nothing(certificate.of(text)) {
            return None;
        }
        if is_scientific(id.of(text)) || is_scientific(certificate.of(text)) {
            return None;
        }
        let rate = self.rate(cell(at::WITHHOLDING_RATE).of(text), found)?;
        let details = self.details(&cells, text, found)?;
        let hash = |slice: Slice| tag(&self.plan.hasher, slice.of(text));
        let certificate_tag = if certificate.is_empty() { 0 } else { hash(certificate) };
        let span = Span::default();
        let lot = Lot { holder: 0, row: 0, shares, issue_date, retired_date, certificate: span, class, treasury };
        Some(CleanRow { id_tag: hash(id), id, name, certificate, certificate_tag, lot, hold, rate, details })
    }

    /// Splits a record; `None` where it has quotation marks in other places than around a cell.
    fn cells(&self, chunk: &Chunk, record: &Range<usize>) -> Option<Cells> {
        let line = chunk.line(record);
        let mut cells = Cells {
            is_plain: is_plain(chunk.text().get(record.start..record.start + line.len())?),
            ..Cells::default()
        };
        if memchr(b'"', line).is_some() {
            return self.quoted_cells(chunk, record, line.len(), cells);
        }
        let (mut column, mut from) = (0, 0);
        for to in memchr_iter(chunk.delimiter, line) {
            self.cell(chunk.text(), record.start, from..to, column, &mut cells);
            column += 1;
            from = to + 1;
        }
        self.cell(chunk.text(), record.start, from..line.len(), column, &mut cells);
        (column < MOST_COLUMNS).then_some(cells)
    }

    fn quoted_cells(&self, chunk: &Chunk, record: &Range<usize>, len: usize, mut cells: Cells) -> Option<Cells> {
        let line = chunk.line(record);
        let (mut column, mut from) = (0, 0);
        loop {
            let rest = line.get(from..)?;
            let (cell, used) = if rest.first() == Some(&b'"') {
                let close = memchr(b'"', rest.get(1..)?)? + 1;
                // What follows is the next cell or the end, else the general reader says what it means; so it does of a
                // line break inside the last cell, of which `line` may have taken a part.
                if close + 1 < rest.len() && rest.get(close + 1) != Some(&chunk.delimiter) {
                    return None;
                }
                (from + 1..from + close, close + 1)
            } else if rest.first() == Some(&b' ') && rest.trim_ascii_start().first() == Some(&b'"') {
                return None;
            } else {
                let end = memchr(chunk.delimiter, rest).unwrap_or(rest.len());
                (from..from + end, end)
            };
            self.cell(chunk.text(), record.start, cell, column, &mut cells);
            from += used + 1;
            column += 1;
            if from > len || column >= MOST_COLUMNS {
                return (column < MOST_COLUMNS).then_some(cells);
            }
        }
    }

    fn cell(&self, text: &str, start: usize, range: Range<usize>, column: usize, cells: &mut Cells) {
        let own = self.plan.columns.get(column).copied().flatten();
        cells.odd |= !range.is_empty() && (column >= self.plan.header_end || self.plan.gone.contains(&column));
        let Some(ix) = own.filter(|_| !range.is_empty()) else { return };
        let slice = trimmed(text, start + range.start, range.len());
        if slice.is_empty() {
            return;
        }
        // What is not plain ASCII may look like another text; what begins so, spreadsheets write for text.
        let cell_text = slice.of(text);
        cells.odd |= !(cells.is_plain || is_plain(cell_text)) || cell_text.starts_with(['=', '\'', '"']);
        if let Some(cell) = cells.cells.get_mut(ix) {
            *cell = slice;
        }
    }

    fn class(&mut self, text: &'t str) -> Option<ClassIx> {
        if let Some((_, class)) = self.classes.iter().find(|(known, _)| *known == text) {
            return Some(*class);
        }
        let class = self.plan.classes.find(text)?;
        if self.classes.len() < 8 {
            self.classes.push((text, class));
        }
        Some(class)
    }

    /// A date or none; `None` where it is neither.
    #[allow(clippy::option_option, reason = "a blank cell is a value, an odd one is none")]
    fn date(&mut self, text: &'t str) -> Option<Option<Date>> {
        if text.is_empty() {
            return Some(None);
        }
        if self.date.0 != text {
            self.date = (text, Some(parse_iso(text)?));
        }
        Some(self.date.1)
    }

    #[allow(clippy::option_option, reason = "a blank cell is a value, an odd one is none")]
    fn rate(&mut self, text: &'t str, found: &mut Gathered) -> Option<Option<u16>> {
        if text.is_empty() {
            return Some(None);
        }
        let known = self.rate_texts.iter().position(|known| *known == text);
        let at = match known {
            Some(at) => at,
            None if self.rate_texts.len() >= 64 => return None,
            None => {
                if matches!(text, "1" | "1.0" | "1.00") {
                    return None;
                }
                found.rates.push(self.plan.style.text_rate(text)?);
                self.rate_texts.push(text);
                self.rate_texts.len() - 1
            }
        };
        u16::try_from(at).ok().map(Some)
    }

    #[allow(clippy::option_option, reason = "no details is a value, odd ones are none")]
    fn details(&self, cells: &Cells, text: &str, found: &mut Gathered) -> Option<Option<u32>> {
        let mut slices = [Slice::default(); Detail::COUNT];
        let mut any = false;
        for (detail, ix) in &self.plan.details {
            let slice = optional(*cells.cells.get(*ix)?, text)?;
            if slice.is_empty() {
                continue;
            }
            let given = slice.of(text);
            if (detail.is_number_of_record() && is_scientific(given))
                || means_nothing(given)
                || !is_checked(*detail, given)
            {
                return None;
            }
            *slices.get_mut(*detail as usize)? = slice;
            any = true;
        }
        if !any {
            return Some(None);
        }
        found.details.push(slices);
        u32::try_from(found.details.len() - 1).ok().map(Some)
    }
}

/// Beyond the last column of a spreadsheet.
const MOST_COLUMNS: usize = crate::spreadsheet::a1::COLUMNS as usize;

/// A text that must be there, and is no error value.
fn required(slice: Slice, text: &str) -> Option<Slice> {
    (!slice.is_empty()).then(|| optional(slice, text)).flatten()
}

/// A text that is no error value.
fn optional(slice: Slice, text: &str) -> Option<Slice> {
    (!slice.of(text).starts_with('#')).then_some(slice)
}

/// `yes`, `no` or blank, which is no; `None` for anything else.
fn yes_no(text: &str) -> Option<bool> {
    match text {
        "" | "no" | "No" | "NO" | "n" | "N" | "false" | "FALSE" | "0" => Some(false),
        "yes" | "Yes" | "YES" | "y" | "Y" | "true" | "TRUE" | "1" => Some(true),
        _ => None,
    }
}

/// Whether a detail is as it is kept, so that it needs no second look.
fn is_checked(detail: Detail, text: &str) -> bool {
    match detail {
        Detail::Account => match bank_ids::iban(text) {
            Iban::None => true,
            Iban::Valid(iban) => iban == text,
            Iban::WrongDigits => false,
        },
        Detail::BankCode => {
            matches!(bank_ids::bank_code(text), BankCode::Bic(code) | BankCode::Aba(code) if code == text)
        }
        Detail::Country => {
            matches!(text.as_bytes(), [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase()) && text != "UK"
        }
        Detail::PayeeKind => matches!(text, "person" | "company"),
        _ => true,
    }
}

/// The text at `start`, `len` bytes, without blanks around it.
fn trimmed(text: &str, start: usize, len: usize) -> Slice {
    let whole = text.get(start..start + len).unwrap_or("");
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if is_plain(whole.as_bytes().first()) && is_plain(whole.as_bytes().last()) {
        return Slice::new(start, len);
    }
    let left = whole.trim_start();
    Slice::new(start + (whole.len() - left.len()), left.trim_end().len())
}
