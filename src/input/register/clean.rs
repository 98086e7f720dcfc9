//! The register's rows read out of a piece of CSV, for as long as nothing about them asks for a second look.
//!
//! Why it is here: the general reader asks of each cell what it could be, and of each row what it says that others do not.
//! A register of a million lots has a million rows of plain text, ISO dates and decimals, and those are read here, by as
//! many threads as there are, straight into the shape that the register takes. Whatever is not plain (a number with a
//! currency, a control total, a date in another form, a value that is missing) leaves the row to the general reader, which
//! reads it in its place among the others: every problem comes from it, in the order of the rows, and nothing is refused
//! here.

use super::super::Located;
use super::super::cell::quick_shares;
use super::super::schema::REGISTER;
use super::details::says_not_to_pay;
use super::identifiers::is_scientific;
use super::{at, is_book_entry, tag};
use crate::model::bank_ids::{self, BankCode, Iban};
use crate::model::text_key::{is_plain, means_nothing};
use crate::model::{ClassIx, Classes, Date, DecimalMark, Detail, Lot, Span, TextPool, Treasury, Worded, parse_iso};
use crate::spreadsheet::Row;
use crate::spreadsheet::csv::Chunk;
use hashbrown::DefaultHashBuilder;
use std::ops::Range;

const COLUMNS: usize = REGISTER.columns.len();

/// What a plain row says; its texts stand among the piece's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CleanRow {
    pub id: Span,
    pub id_tag: u32,
    pub name: Span,
    /// `certificate`, empty where none.
    pub certificate: Span,
    pub certificate_tag: u32,
    /// The lot, as yet without its holder, its row and where its certificate's number stands.
    pub lot: Lot,
    pub hold: Option<bool>,
    /// `withholding_rate`, empty where none.
    pub rate: Span,
    /// Payment details, by their index in [`Piece::details`].
    pub details: Option<u32>,
}

/// A row that has something in it.
#[derive(Debug)]
pub(crate) struct FoundRow {
    pub number: u32,
    pub record: Range<usize>,
    /// What it says; none where the general reader has to say it.
    pub clean: Option<CleanRow>,
}

#[derive(Debug)]
pub(crate) struct Piece {
    pub chunk: Chunk,
    pub rows: Vec<FoundRow>,
    pub texts: TextPool,
    pub details: Vec<[Span; Detail::COUNT]>,
}

/// How the records of a register are to be read.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// For each column of the file, the register's.
    columns: Vec<Option<usize>>,
    classes: Classes,
    hasher: DefaultHashBuilder,
    mark: Option<DecimalMark>,
    /// Past the last header; and the columns that say shares are gone, or in which names go on.
    header_end: u32,
    gone: Vec<u32>,
}

impl Plan {
    pub(super) fn new(
        located: &Located,
        classes: Classes,
        mark: Option<DecimalMark>,
        hasher: DefaultHashBuilder,
    ) -> Self {
        let header_end = located.headers.iter().map(|(at, _)| at + 1).max().unwrap_or(u32::MAX);
        let mut columns = vec![None; located.columns.iter().flatten().max().map_or(0, |at| *at as usize + 1)];
        for (ix, at) in located.columns.iter().enumerate() {
            if let Some(at) = at {
                columns[*at as usize] = Some(ix);
            }
        }
        let gone = located.gone.iter().map(|gone| gone.column).chain(located.name_goes_on.iter().copied());
        Self { columns, classes, hasher, mark, header_end, gone: gone.collect() }
    }

    pub(crate) fn read(&self, chunk: Chunk) -> Piece {
        let rows = Vec::with_capacity(chunk.bytes().len() / 64);
        let mut piece = Piece { rows, texts: TextPool::default(), details: Vec::new(), chunk: Chunk::default() };
        let (mut row, mut classes) = (Row::default(), Vec::new());
        for (number, record) in (chunk.first_row..).zip(chunk.records()) {
            if chunk.line(&record).iter().all(|byte| *byte == chunk.delimiter || *byte == b' ') {
                continue;
            }
            let is_split = chunk.split(&record, number, &mut row).is_ok();
            let clean = if is_split { self.row(&row, &mut piece, &mut classes) } else { None };
            piece.rows.push(FoundRow { number, record, clean });
        }
        Piece { chunk, ..piece }
    }

    /// What a row says, where it is plain. `classes` are those that the rows before it named.
    fn row(&self, row: &Row, piece: &mut Piece, classes: &mut Vec<(String, ClassIx)>) -> Option<CleanRow> {
        let mut cells = [""; COLUMNS];
        for cell in row.cells() {
            if cell.column >= self.header_end || self.gone.contains(&cell.column) {
                return None;
            }
            if let Some(ix) = self.columns.get(cell.column as usize).copied().flatten() {
                cells[ix] = row.text(cell).trim();
            }
        }
        let shares = quick_shares(cells[at::SHARES], self.mark).filter(|shares| shares.micros() > 0)?;
        let (id, name, certificate) = (cells[at::HOLDER_ID], cells[at::HOLDER_NAME], cells[at::CERTIFICATE]);
        if !is_text(id) || !is_text(name) || id.is_empty() || name.is_empty() {
            return None;
        }
        let class = self.class(cells[at::CLASS], classes)?;
        let (issue_date, retired_date) = (date(cells[at::ISSUE_DATE])?, date(cells[at::RETIRED_DATE])?);
        let treasury = if yes_no(cells[at::TREASURY])? { Treasury::Company } else { Treasury::No };
        let is_series_a = class == self.classes.series_a();
        let out_of_order = issue_date.zip(retired_date).is_some_and(|(issued, retired)| retired < issued);
        if out_of_order || (is_series_a && (treasury != Treasury::No || issue_date.is_none())) {
            return None;
        }
        let hold = if cells[at::HOLD].is_empty() { None } else { Some(yes_no(cells[at::HOLD])?) };
        if is_scientific(id) || is_scientific(certificate) || !is_text(certificate) || is_book_entry(certificate) {
            return None;
        }
        let details = details(&cells, piece)?;
        let certificate_tag = if certificate.is_empty() { 0 } else { tag(&self.hasher, certificate) };
        let id_tag = tag(&self.hasher, id);
        let mut span = |text: &str| if text.is_empty() { Some(Span::default()) } else { piece.texts.push(text) };
        let (id, name, certificate) = (span(id)?, span(name)?, span(certificate)?);
        let (rate, none) = (span(cells[at::WITHHOLDING_RATE])?, Span::default());
        let lot = Lot { holder: 0, row: 0, shares, issue_date, retired_date, certificate: none, class, treasury };
        Some(CleanRow { id, id_tag, name, certificate, certificate_tag, lot, hold, rate, details })
    }

    fn class(&self, text: &str, known: &mut Vec<(String, ClassIx)>) -> Option<ClassIx> {
        if let Some((_, class)) = known.iter().find(|(known, _)| known == text) {
            return Some(*class);
        }
        let class = self.classes.find(text).filter(|_| is_text(text))?;
        if known.len() < 8 {
            known.push((text.to_owned(), class));
        }
        Some(class)
    }
}

/// A date or none; `None` where it is neither.
#[allow(clippy::option_option, reason = "a blank cell is a value, an odd one is none")]
fn date(text: &str) -> Option<Option<Date>> {
    if text.is_empty() { Some(None) } else { parse_iso(text).map(Some) }
}

#[allow(clippy::option_option, reason = "no details is a value, odd ones are none")]
fn details(cells: &[&str; COLUMNS], piece: &mut Piece) -> Option<Option<u32>> {
    let mut spans = [Span::default(); Detail::COUNT];
    let mut any = false;
    for (detail, ix) in Detail::VALUES.iter().zip(at::DETAILS) {
        let text = cells[ix];
        if text.is_empty() {
            continue;
        }
        if !is_text(text) || (detail.is_number_of_record() && is_scientific(text)) || !is_checked(*detail, text) {
            return None;
        }
        spans[*detail as usize] = piece.texts.push(text)?;
        any = true;
    }
    if !any {
        return Some(None);
    }
    piece.details.push(spans);
    u32::try_from(piece.details.len() - 1).ok().map(Some)
}

/// Whether a text is what it looks like: plain ASCII, no error value, nothing that programs write for no value.
fn is_text(text: &str) -> bool {
    is_plain(text) && !text.starts_with('#') && !means_nothing(text)
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
        Detail::Country => bank_ids::is_country(text),
        Detail::PaymentMethod => matches!(text, "wire" | "ach" | "check") || !says_not_to_pay(text),
        Detail::PayeeKind => matches!(text, "person" | "company"),
        _ => true,
    }
}
