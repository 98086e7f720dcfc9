//! One row of a known table: its values by column, and a problem for each that cannot be read.

use super::cell::{BARE_NUMBER, Reading, Refusal, SHORT_YEAR, Style, TEXT_DATE, TWO_READINGS, Value, per_share, shown};
use super::findings::Findings;
use super::schema::{Column, Table};
use super::table::Located;
use crate::model::calendar::Date;
use crate::model::class::fold;
use crate::model::source::RowPlace;
use crate::model::worded::Worded;
use crate::problem::{Place, Problem, Severity};
use crate::quantity::{Ratio, Shares, Units};
use crate::spreadsheet::row::{Cell, Content, Row};
use crate::text::grouped;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Codes of faults that a column's cells share: text in a wrong encoding, wrong check digits, what is no bank's code, words
/// that mean nothing.
pub(crate) const GARBLED: &str = "wrong-encoding";
pub(crate) const CHECK_DIGITS: &str = "check-digits";
pub(crate) const NO_BANK_CODE: &str = "malformed";
pub(crate) const MEANINGLESS: &str = "means-nothing";

const CELLS_NAMED: usize = 20;

/// The faults that are gathered, each with what is said of its cells (`{}`: how many there are, as the subject) and what to
/// do.
pub(crate) const GATHERED: [(&str, &str, &str); 8] = [
    (
        MEANINGLESS,
        "what programs write for no value, and no id or name",
        "Type the holders' own, or delete the rows that are no holder's.",
    ),
    (
        GARBLED,
        "text that was decoded in another encoding than it was written in (such as Ã© for é)",
        "Name the file's encoding with --encoding, such as --encoding utf-8 or windows-1252; where the file itself holds the \
         wrong letters, correct them there.",
    ),
    (
        BARE_NUMBER,
        "a bare number, not a date",
        "Type the dates as 2006-06-15. Only if the cells are dates that lost their format: select the column in Excel and \
         format it as a date (Ctrl+1, Date).",
    ),
    (
        TEXT_DATE,
        "a date as text that is not written as 2006-06-15",
        "Set the term date_format to mdy (7/18/2005) or dmy (18/7/2005) if the whole case is written so; else type \
         the dates as 2005-07-18.",
    ),
    (
        CHECK_DIGITS,
        "an IBAN or a routing number whose check digits are wrong",
        "Compare them with the holders' instructions, and correct them.",
    ),
    (
        NO_BANK_CODE,
        "something that is not a bank's code, neither a BIC (8 or 11 letters and digits) nor a routing number of 9 digits",
        "Type the BIC or the routing number; with an IBAN it may stay blank.",
    ),
    (SHORT_YEAR, "a date whose year has two digits", "Type the dates with all four digits of the year, as 2006-06-15."),
    (
        TWO_READINGS,
        "a number that can be read in two ways",
        "Set the term decimal_mark to a point if the file writes decimals with a point, else to a comma.",
    ),
];

/// Cells of a column with one fault, gathered into one problem: by whether it is an error or a note, column and code.
#[derive(Debug, Default)]
pub(crate) struct ColumnFaults(BTreeMap<(bool, usize, &'static str), Fault>);

/// The cells with a fault, and what the first of them says.
#[derive(Debug, Default)]
struct Fault {
    cells: Vec<String>,
    count: u64,
    value: String,
    message: String,
}

impl ColumnFaults {
    fn add(&mut self, key: (bool, usize, &'static str), cell: String, value: String, message: String) {
        let fault = self.0.entry(key).or_insert_with(|| Fault { value, message, ..Fault::default() });
        fault.count += 1;
        if fault.cells.len() < CELLS_NAMED {
            fault.cells.push(cell);
        }
    }

    pub(crate) fn report(self, located: &Located, findings: &mut Findings) {
        for ((is_error, column, what), Fault { cells, count, value, message: said }) in self.0 {
            let name = located.table.columns.get(column).map_or("", |c| c.name);
            let (named, more) = (cells.join(", "), count - cells.len() as u64);
            let mut place = located.place(Some(column), located.header_row);
            let code = format!("{}.{name}.{what}", located.table.name);
            if !is_error {
                let ellipsis = if more > 0 { ", …" } else { "" };
                let (what, help) = if what == MEANINGLESS {
                    let help = "Clear the cells, or fill in what is missing; without it, payments are held.";
                    (format!("'{value}' is taken for a blank"), help)
                } else {
                    (format!("{said} is left out"), "Nothing to do; type the cells again to be rid of it.")
                };
                place.cell = cells.into_iter().next();
                findings.note(code, place, format!("{name}: {what}, in {named}{ellipsis}."), help);
                continue;
            }
            let Some((_, holds, help)) = GATHERED.iter().find(|(code, ..)| *code == what) else { continue };
            let more = if more > 0 { format!(" and {} more", grouped(&more.to_string())) } else { String::new() };
            let hold = if count == 1 { "cell holds" } else { "cells hold" };
            place.cell = cells.into_iter().next();
            let first = place.cell.as_deref().filter(|_| !said.is_empty());
            let first = first.map_or(String::new(), |cell| format!(" In {cell}, {said}"));
            let message = format!("{name}: {} {hold} {holds}: {named}{more}.{first}", grouped(&count.to_string()));
            findings.push(Problem::error(code, place, message, *help).with_value(value));
        }
    }
}

/// A column of a table, by its index or its name.
pub(crate) trait ColumnRef: Copy {
    fn index(self, table: &Table) -> usize;
}

impl ColumnRef for usize {
    fn index(self, _: &Table) -> usize {
        self
    }
}

impl ColumnRef for &str {
    /// Every name that a loader asks for is in the schema (a test sees to that).
    fn index(self, table: &Table) -> usize {
        let found = table.index(self);
        debug_assert!(found.is_some(), "{} has no column {self}", table.name);
        found.unwrap_or(usize::MAX)
    }
}

#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub located: &'a Located,
    pub row: &'a Row,
    pub style: &'a Style,
    pub findings: &'a mut Findings,
    /// Where faults go that a column's cells share.
    pub faults: &'a mut ColumnFaults,
    /// Its number among the data rows, from 1.
    pub data_row: usize,
}

impl<'a> Line<'a> {
    fn index(&self, column: impl ColumnRef) -> usize {
        column.index(self.located.table)
    }

    fn column(&self, ix: usize) -> Option<&'static Column> {
        self.located.table.columns.get(ix)
    }

    /// The cell of a column, where it is not blank.
    pub(crate) fn cell(&self, column: impl ColumnRef) -> Option<&'a Cell> {
        let at = self.located.columns.get(self.index(column)).copied().flatten()?;
        self.row.get(at).filter(|cell| !self.row.is_blank(cell))
    }

    pub(crate) fn value_of(&self, cell: &'a Cell) -> Value<'a> {
        Value { row: self.row, cell, style: self.style }
    }

    /// The value of a column's cell, where it is not blank.
    pub(crate) fn value(&self, column: impl ColumnRef) -> Option<Value<'a>> {
        self.cell(column).map(|cell| self.value_of(cell))
    }

    pub(crate) fn is_blank(&self, column: impl ColumnRef) -> bool {
        self.cell(column).is_none()
    }

    pub(crate) fn place(&self, column: impl ColumnRef) -> Place {
        self.located.place(Some(self.index(column)), self.row.number)
    }

    /// The row, for what is found out about it later.
    pub(crate) fn row_place(&self) -> RowPlace {
        RowPlace { source: Arc::clone(&self.located.source), row: self.row.number }
    }

    pub(crate) fn reject(&mut self, column: impl ColumnRef, what: &str, message: &str, help: &str) {
        let problem = self.problem(self.index(column), what, message, help);
        self.findings.push(problem);
    }

    pub(crate) fn warn(&mut self, column: impl ColumnRef, what: &str, message: &str, help: &str) {
        let problem = self.problem(self.index(column), what, message, help);
        self.findings.push(Problem { severity: Severity::Warning, ..problem });
    }

    pub(crate) fn refuse(&mut self, column: impl ColumnRef, refusal: &Refusal) {
        self.reject(column, refusal.what, &refusal.message, &refusal.help);
    }

    fn problem(&self, ix: usize, what: &str, message: &str, help: &str) -> Problem {
        let name = self.column(ix).map_or("", |c| c.name);
        let code = format!("{}.{name}.{what}", self.located.table.name);
        let problem = Problem::error(code, self.place(ix), format!("{name}: {message}"), help);
        match self.cell(ix) {
            Some(cell) if !self.row.text(cell).is_empty() || cell.content != Content::NeverCalculated => {
                problem.with_value(shown(self.row, cell))
            }
            _ => problem,
        }
    }

    /// Takes note of something about a column's cell that is left out, or taken for a blank.
    pub(crate) fn note(&mut self, column: impl ColumnRef, what: &'static str, value: &str, message: &str) {
        let ix = self.index(column);
        let cell = self.located.cell(ix, self.row.number);
        self.faults.add((false, ix, what), cell, value.to_owned(), message.to_owned());
    }

    /// What was read; a problem where it was refused.
    pub(crate) fn take<T>(&mut self, column: impl ColumnRef, result: Result<T, Refusal>) -> Option<T> {
        let ix = self.index(column);
        match result {
            Ok(value) => return Some(value),
            Err(Refusal { what, message, .. }) if GATHERED.iter().any(|(code, ..)| *code == what) => {
                let value = self.value(ix).map_or(String::new(), Value::shown);
                self.faults.add((true, ix, what), self.located.cell(ix, self.row.number), value, message);
            }
            Err(refusal) => self.refuse(ix, &refusal),
        }
        None
    }

    /// The cell of a column; a problem where it is blank and required.
    pub(crate) fn wanted(&mut self, column: impl ColumnRef) -> Option<&'a Cell> {
        let ix = self.index(column);
        let cell = self.cell(ix);
        if let Some(column) = self.column(ix).filter(|column| cell.is_none() && column.required) {
            let help = format!("Fill it in: {}", column.help);
            self.reject(ix, "missing", "this cell is blank, and a value is needed.", &help);
        }
        cell
    }

    /// What `read` makes of a column's cell; a problem where it is refused, or blank and required.
    pub(crate) fn read<T>(
        &mut self,
        column: impl ColumnRef,
        read: impl FnOnce(Value<'a>) -> Result<T, Refusal>,
    ) -> Option<T> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        self.take(ix, read(self.value_of(cell)))
    }

    /// The same of a number: where its text shows how the file writes decimals, that is taken note of.
    pub(crate) fn read_number<T>(
        &mut self,
        column: impl ColumnRef,
        read: impl FnOnce(Value<'a>) -> Result<T, Refusal>,
    ) -> Option<T> {
        let ix = self.index(column);
        let value = self.value(ix).filter(|_| self.style.decimal_mark.is_none());
        if let Some(text) = value.map(Value::typed).filter(|text| !text.is_empty()) {
            match self.style.text_reading(text.trim_end_matches('%')) {
                Ok(Reading::Only(mark, _)) => self.findings.marks.only(mark, self.place(ix), text),
                Ok(Reading::Either { .. }) => self.findings.marks.doubt(&self.located.source.file),
                _ => {}
            }
        }
        self.read(ix, read)
    }

    pub(crate) fn text(&mut self, column: impl ColumnRef) -> Option<String> {
        self.read(column, Value::text)
    }

    pub(crate) fn date(&mut self, column: impl ColumnRef) -> Option<Date> {
        self.read(column, Value::date)
    }

    pub(crate) fn yes_no(&mut self, column: impl ColumnRef) -> Option<bool> {
        self.read(column, Value::yes_no)
    }

    /// One of these words, as its index.
    pub(crate) fn word(&mut self, column: impl ColumnRef, words: &[&str]) -> Option<usize> {
        self.read(column, |value| value.word(words))
    }

    pub(crate) fn worded<T: Worded>(&mut self, column: impl ColumnRef) -> Option<T> {
        self.read(column, Value::worded)
    }

    pub(crate) fn is_word(&self, column: impl ColumnRef, word: &str) -> bool {
        self.value(column).is_some_and(|value| fold(value.typed()) == word)
    }

    /// A number that is not negative.
    pub(crate) fn amount(&mut self, column: impl ColumnRef) -> Option<Ratio> {
        self.read_number(column, Value::amount)
    }

    pub(crate) fn cash(&mut self, column: impl ColumnRef) -> Option<Units> {
        self.read_number(column, Value::cash)
    }

    pub(crate) fn per_share(&mut self, column: impl ColumnRef) -> Option<Ratio> {
        self.read_number(column, Value::per_share)
    }

    /// An amount per share, or a multiple of `price`: `1.5x`. Without a price, a multiple is a problem.
    pub(crate) fn per_share_or_multiple(&mut self, column: &str, price: Option<&Ratio>) -> Option<Ratio> {
        let ix = self.index(column);
        let Some(times) = self.value(ix)?.typed().strip_suffix(['x', 'X', '×']) else { return self.per_share(ix) };
        let result = self.style.text_number(times.trim()).and_then(per_share);
        let times = self.take(ix, result)?;
        if price.is_none() {
            let message = "this is a multiple of original_price, which is blank.";
            self.reject(ix, "multiple-without-price", message, "Fill in original_price, or type the amount per share.");
        }
        price.map(|price| price * times)
    }

    /// A number of shares above 0.
    pub(crate) fn shares(&mut self, column: impl ColumnRef) -> Option<Shares> {
        let ix = self.index(column);
        let shares = self.read_number(ix, Value::shares)?;
        if shares.micros() == 0 {
            let message = "a number of shares must be above 0.";
            self.reject(ix, "not-positive", message, "Correct the number, or delete the row.");
            return None;
        }
        Some(shares)
    }
}
