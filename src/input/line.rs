//! One row of a known table: its values by column, and a problem for each that cannot be read.

use super::cell::{Reading, Refusal, Style, Value, shown};
use super::faults::{GATHERED, IN_PERCENT};
use super::schema::{Column, Kind, Table};
use super::{Findings, Located};
use crate::model::class::fold;
use crate::model::{Date, RowPlace, Worded};
use crate::problem::{Place, Problem, Severity};
use crate::quantity::{Ratio, Shares, Units, plain, whole};
use crate::spreadsheet::{Cell, Content, Row};
use num_traits::Zero;
use std::sync::Arc;

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
        self.findings.faults.add((false, ix, what), cell, value.to_owned(), message.to_owned());
    }

    /// What was read; a problem where it was refused.
    pub(crate) fn take<T>(&mut self, column: impl ColumnRef, result: Result<T, Refusal>) -> Option<T> {
        let ix = self.index(column);
        match result {
            Ok(value) => return Some(value),
            Err(Refusal { what, message, .. }) if GATHERED.iter().any(|(code, ..)| *code == what) => {
                let value = self.value(ix).map_or(String::new(), Value::shown);
                self.findings.faults.add((true, ix, what), self.located.cell(ix, self.row.number), value, message);
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

    /// A rate. A bare number under a header that speaks of percent is refused: `0.5` could be half a percent.
    pub(crate) fn rate(&mut self, column: impl ColumnRef) -> Option<Ratio> {
        let ix = self.index(column);
        let rate = self.read_number(ix, Value::rate)?;
        let value = self.value(ix).filter(|value| !rate.is_zero() && value.is_bare() && self.located.is_in_percent(ix));
        let Some(number) = value.map(Value::shown) else { return Some(rate) };
        let said = format!("{number} can be {number} % or {} %.", plain(&(rate * whole(100)), 12));
        self.take(ix, Err(Refusal::new(IN_PERCENT, said, "")))
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

    /// The words that may stand in a column.
    pub(crate) fn words(&self, column: impl ColumnRef) -> &'static [&'static str] {
        match self.column(self.index(column)).map(|column| column.kind) {
            Some(Kind::Words(words)) => words,
            other => {
                debug_assert!(false, "{other:?} has no words");
                &[]
            }
        }
    }

    /// One of the column's words, as its index.
    pub(crate) fn word(&mut self, column: impl ColumnRef) -> Option<usize> {
        let words = self.words(column);
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
        let Some(result) = self.value(ix)?.multiple() else { return self.per_share(ix) };
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
