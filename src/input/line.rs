//! One row of a known table: its values by column, and a problem for each that cannot be read.

use super::amounts::{cash, not_negative, per_share, unknown_word, whole_number, word_key, yes_no};
use super::cell::{BARE_NUMBER, NOT_A_NUMBER, Refusal, Style, TEXT_DATE, shown, sound};
use super::findings::Findings;
use super::schema::Column;
use super::table::Located;
use crate::model::calendar::Date;
use crate::model::class::fold;
use crate::model::register::Treasury;
use crate::model::source::RowPlace;
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Shares, Units};
use crate::spreadsheet::row::{Cell, Content, Row};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Dates of a column that cannot be read, gathered into one problem: by column and code, the cells and a value.
#[derive(Debug, Default)]
pub(crate) struct DateFaults(BTreeMap<(usize, &'static str), (Vec<String>, u64, String)>);

/// How many cells such a problem names.
const CELLS_NAMED: usize = 20;

impl DateFaults {
    fn add(&mut self, column: usize, what: &'static str, cell: String, value: String) {
        let (cells, count, _) = self.0.entry((column, what)).or_insert_with(|| (Vec::new(), 0, value));
        *count += 1;
        if cells.len() < CELLS_NAMED {
            cells.push(cell);
        }
    }

    /// One problem for each column and kind of fault.
    pub(crate) fn report(self, located: &Located, findings: &mut Findings) {
        for ((column, what), (cells, count, value)) in self.0 {
            let name = located.table.columns.get(column).map_or("", |c| c.name);
            let more = count - cells.len() as u64;
            let named = if more > 0 { format!("{} and {more} more", cells.join(", ")) } else { cells.join(", ") };
            let cells_word = if count == 1 { "cell holds" } else { "cells hold" };
            let (message, help) = if what == BARE_NUMBER {
                (
                    format!("{name}: {count} {cells_word} a bare number, not a date: {named}."),
                    "Select the column in Excel and format it as a date (Ctrl+1, Date) if its numbers are dates; else type \
                     the dates as 2006-06-15.",
                )
            } else {
                (
                    format!("{name}: {count} {cells_word} a date as text that is not written as 2006-06-15: {named}."),
                    "Set the term date_format to mdy (7/18/2005) or dmy (18/7/2005) if the whole case is written so; else type \
                     the dates as 2005-07-18.",
                )
            };
            let mut place = located.place(Some(column), located.header_row);
            place.cell = cells.into_iter().next();
            let code = format!("{}.{name}.{what}", located.table.name);
            findings.push(Problem::error(code, place, message, help).with_value(value));
        }
    }
}

/// A row of a known table.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// The table.
    pub located: &'a Located,
    /// The row.
    pub row: &'a Row,
    /// How values are written.
    pub style: &'a Style,
    /// Where problems go.
    pub findings: &'a mut Findings,
    /// Where dates that cannot be read go.
    pub date_faults: &'a mut DateFaults,
    /// Its number among the data rows, from 1.
    pub data_row: usize,
}

impl<'a> Line<'a> {
    /// The index of a column. Every name that a loader asks for is in the schema (a test sees to that).
    pub(crate) fn index(&self, column: &str) -> usize {
        let found = self.located.table.index(column);
        debug_assert!(found.is_some(), "{} has no column {column}", self.located.table.name);
        found.unwrap_or(usize::MAX)
    }

    fn column(&self, ix: usize) -> Option<&'static Column> {
        self.located.table.columns.get(ix)
    }

    /// The cell of a column, where it is not blank.
    pub(crate) fn cell_at(&self, ix: usize) -> Option<&'a Cell> {
        let at = self.located.columns.get(ix).copied().flatten()?;
        self.row.get(at).filter(|cell| !self.row.is_blank(cell))
    }

    /// The place of a column's cell.
    pub(crate) fn place(&self, column: &str) -> Place {
        self.located.place(Some(self.index(column)), self.row.number)
    }

    /// The row, for what is found out about it later.
    pub(crate) fn row_place(&self) -> RowPlace {
        RowPlace { source: Arc::clone(&self.located.source), row: self.row.number }
    }

    /// A problem with a column's cell.
    pub(crate) fn refuse(&mut self, ix: usize, what: &str, message: &str, help: &str) {
        let problem = self.problem(ix, what, message, help);
        self.findings.push(problem);
    }

    /// A warning about a column's cell.
    pub(crate) fn warn(&mut self, column: &str, what: &str, message: &str, help: &str) {
        let mut problem = self.problem(self.index(column), what, message, help);
        problem.severity = crate::problem::Severity::Warning;
        self.findings.push(problem);
    }

    /// A problem with a column's cell, by the column's name.
    pub(crate) fn reject(&mut self, column: &str, what: &str, message: &str, help: &str) {
        self.refuse(self.index(column), what, message, help);
    }

    fn problem(&self, ix: usize, what: &str, message: &str, help: &str) -> Problem {
        let name = self.column(ix).map_or("", |c| c.name);
        let place = self.located.place(Some(ix), self.row.number);
        let code = format!("{}.{name}.{what}", self.located.table.name);
        let problem = Problem::error(code, place, format!("{name}: {message}"), help);
        match self.cell_at(ix) {
            Some(cell) if !self.row.text(cell).is_empty() || cell.content != Content::NeverCalculated => {
                problem.with_value(shown(self.row, cell))
            }
            _ => problem,
        }
    }

    fn take<T>(&mut self, ix: usize, result: Result<T, Refusal>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Refusal { what, .. }) if what == TEXT_DATE || what == BARE_NUMBER => {
                let cell = self.located.place(Some(ix), self.row.number).cell.unwrap_or_default();
                let value = self.cell_at(ix).map(|c| shown(self.row, c)).unwrap_or_default();
                self.date_faults.add(ix, what, cell, value);
                None
            }
            Err(refusal) => {
                self.refuse(ix, refusal.what, &refusal.message, &refusal.help);
                None
            }
        }
    }

    /// The cell of a column; a problem where it is blank and required.
    pub(crate) fn wanted(&mut self, ix: usize) -> Option<&'a Cell> {
        let cell = self.cell_at(ix);
        if cell.is_none() && self.column(ix).is_some_and(|c| c.required) {
            let help = self.column(ix).map_or("", |c| c.help);
            self.refuse(ix, "missing", "this cell is blank, and a value is needed.", &format!("Fill it in: {help}"));
        }
        cell
    }

    /// Text, trimmed; a number's digits, a date in ISO.
    pub(crate) fn text(&mut self, column: &str) -> Option<String> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let result = sound(self.row, cell).map(|()| shown(self.row, cell));
        self.take(ix, result)
    }

    /// A date.
    pub(crate) fn date(&mut self, column: &str) -> Option<Date> {
        self.date_at(self.index(column))
    }

    /// A date, by the column's index.
    pub(crate) fn date_at(&mut self, ix: usize) -> Option<Date> {
        let cell = self.wanted(ix)?;
        let result = self.style.date(self.row, cell);
        self.take(ix, result)
    }

    /// A number that is not negative.
    pub(crate) fn number(&mut self, column: &str) -> Option<Ratio> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let result = self.style.number(self.row, cell).and_then(not_negative);
        self.take(ix, result)
    }

    /// A whole number that is not negative.
    pub(crate) fn whole(&mut self, column: &str) -> Option<u32> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let result = self.style.number(self.row, cell).and_then(not_negative).and_then(|n| whole_number(&n));
        self.take(ix, result)
    }

    /// An amount per share: not negative, at most 12 decimals, below the limit.
    pub(crate) fn per_share(&mut self, column: &str) -> Option<Ratio> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let result = self.style.number(self.row, cell).and_then(per_share);
        self.take(ix, result)
    }

    /// A number that `parse` makes something of.
    pub(crate) fn parsed<T>(&mut self, column: &str, parse: impl Fn(&Ratio) -> Result<T, Refusal>) -> Option<T> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let result = self.style.number(self.row, cell).and_then(|n| parse(&n));
        self.take(ix, result)
    }

    /// An amount of cash: not negative, at most the currency's decimals, below the limit.
    pub(crate) fn cash(&mut self, column: &str) -> Option<Units> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let result = self.style.number(self.row, cell).and_then(|n| cash(&n, self.style));
        self.take(ix, result)
    }

    /// An amount of cash where the cell does not read `full`.
    pub(crate) fn cash_or_full(&mut self, column: &str) -> Option<Units> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let not_full = |refusal: Refusal| match refusal.what {
            NOT_A_NUMBER => Refusal::new(
                NOT_A_NUMBER,
                "this is neither a number nor the word full.",
                "Type the amount that was paid, or the word full where it was all that was due.",
            ),
            _ => refusal,
        };
        let result = self.style.number(self.row, cell).map_err(not_full).and_then(|n| cash(&n, self.style));
        self.take(ix, result)
    }

    /// Whether the cell reads `full`.
    pub(crate) fn is_word(&self, column: &str, word: &str) -> bool {
        let cell = self.cell_at(self.index(column));
        cell.is_some_and(|c| c.content == Content::Text && fold(self.row.text(c)) == word)
    }

    /// A number of shares, above 0 or not.
    pub(crate) fn share_count(&mut self, column: &str) -> Option<Shares> {
        self.share_count_at(self.index(column))
    }

    fn share_count_at(&mut self, ix: usize) -> Option<Shares> {
        let cell = self.wanted(ix)?;
        let result = self.style.shares(self.row, cell);
        self.take(ix, result)
    }

    /// A number of shares above 0.
    pub(crate) fn shares(&mut self, column: &str) -> Option<Shares> {
        self.shares_at(self.index(column))
    }

    /// A number of shares above 0, by the column's index.
    pub(crate) fn shares_at(&mut self, ix: usize) -> Option<Shares> {
        let shares = self.share_count_at(ix)?;
        if shares.micros() == 0 {
            self.refuse(
                ix,
                "not-positive",
                "a number of shares must be above 0.",
                "Correct the number, or delete the row.",
            );
            return None;
        }
        Some(shares)
    }

    /// A rate.
    pub(crate) fn rate_at(&mut self, ix: usize) -> Option<Ratio> {
        let cell = self.wanted(ix)?;
        let result = self.style.rate(self.row, cell);
        self.take(ix, result)
    }

    /// A ratio after:before.
    pub(crate) fn ratio(&mut self, column: &str) -> Option<Ratio> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let result = self.style.ratio(self.row, cell);
        self.take(ix, result)
    }

    /// One of these words, as its index.
    pub(crate) fn word(&mut self, column: &str, words: &[&str]) -> Option<usize> {
        self.word_at(self.index(column), words)
    }

    /// One of these words, by the column's index.
    pub(crate) fn word_at(&mut self, ix: usize, words: &[&str]) -> Option<usize> {
        let cell = self.wanted(ix)?;
        let result = sound(self.row, cell).and_then(|()| {
            let text = shown(self.row, cell);
            words.iter().position(|w| *w == word_key(&text)).ok_or_else(|| unknown_word(&text, words))
        });
        self.take(ix, result)
    }

    /// Yes or no.
    pub(crate) fn yes_no(&mut self, column: &str) -> Option<bool> {
        self.yes_no_at(self.index(column))
    }

    /// Who holds the lot: yes or no, or `subsidiary`.
    pub(crate) fn treasury_at(&mut self, ix: usize) -> Option<Treasury> {
        let cell = self.cell_at(ix)?;
        if cell.content == Content::Text && fold(self.row.text(cell)) == "subsidiary" {
            return Some(Treasury::Subsidiary);
        }
        self.yes_no_at(ix).map(|yes| if yes { Treasury::Company } else { Treasury::No })
    }

    /// Yes or no, by the column's index.
    pub(crate) fn yes_no_at(&mut self, ix: usize) -> Option<bool> {
        let cell = self.wanted(ix)?;
        let result = sound(self.row, cell).and_then(|()| match cell.content {
            Content::Bool(value) => Ok(value),
            _ => yes_no(&shown(self.row, cell)),
        });
        self.take(ix, result)
    }
}
