//! One row of a known table: its values by column, and a problem for each that cannot be read.

use super::amounts::{cash, not_negative, per_share, unknown_word, whole_number, word_key, yes_no};
use super::cell::{
    BARE_NUMBER, NOT_A_NUMBER, Reading, Refusal, SHORT_YEAR, Style, TEXT_DATE, TWO_READINGS, shown, sound,
};
use super::findings::Findings;
use super::schema::Column;
use super::table::Located;
use crate::model::calendar::Date;
use crate::model::class::fold;
use crate::model::register::Treasury;
use crate::model::source::RowPlace;
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Shares, Units, exact};
use crate::spreadsheet::row::{Cell, Content, Row};
use crate::text::grouped;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cells of a column with one fault, gathered into one problem: by column and code, the cells, and the first of them.
#[derive(Debug, Default)]
pub(crate) struct ColumnFaults {
    faults: BTreeMap<(usize, &'static str), Fault>,
    /// What was left out of texts, or taken for nothing: notes.
    notes: BTreeMap<(usize, &'static str), Fault>,
}

/// The code of text in a wrong encoding; one problem a column.
pub(crate) const GARBLED: &str = "wrong-encoding";

/// The code of IBANs and routing numbers with wrong check digits; one problem a column.
pub(crate) const CHECK_DIGITS: &str = "check-digits";

/// The code of bank codes that are neither a BIC nor a routing number; one problem a column.
pub(crate) const NO_BANK_CODE: &str = "malformed";

#[derive(Debug)]
struct Fault {
    cells: Vec<String>,
    count: u64,
    value: String,
    message: String,
}

/// The code of words that mean nothing.
pub(crate) const MEANINGLESS: &str = "means-nothing";

/// How many cells such a problem names.
const CELLS_NAMED: usize = 20;

/// The faults that are gathered, each with what is said of its cells (`{}`: how many there are, as the subject) and what to
/// do.
const GATHERED: [(&str, &str, &str); 8] = [
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

impl ColumnFaults {
    fn add(
        of: &mut BTreeMap<(usize, &'static str), Fault>,
        key: (usize, &'static str),
        cell: String,
        value: String,
        message: String,
    ) {
        let fault = of.entry(key).or_insert_with(|| Fault { cells: Vec::new(), count: 0, value, message });
        fault.count += 1;
        if fault.cells.len() < CELLS_NAMED {
            fault.cells.push(cell);
        }
    }

    /// Takes note of a word that means nothing.
    pub(crate) fn meaningless(&mut self, ix: usize, located: &Located, row: u32, word: &str) {
        let cell = located.place(Some(ix), row).cell.unwrap_or_default();
        Self::add(&mut self.notes, (ix, MEANINGLESS), cell, word.to_owned(), String::new());
    }

    /// Takes note of a character that shows nothing.
    pub(crate) fn left_out(&mut self, ix: usize, located: &Located, row: u32, character: &str) {
        let cell = located.place(Some(ix), row).cell.unwrap_or_default();
        Self::add(&mut self.notes, (ix, "invisible"), cell, String::new(), character.to_owned());
    }

    /// One problem for each column and kind of fault.
    pub(crate) fn report(self, located: &Located, findings: &mut Findings) {
        for ((column, what), fault) in self.notes {
            let name = located.table.columns.get(column).map_or("", |c| c.name);
            let cells = fault.cells.join(", ");
            let more = if fault.count > fault.cells.len() as u64 { ", …" } else { "" };
            let (message, help) = if what == MEANINGLESS {
                (
                    format!("{name}: '{}' is taken for a blank, in {cells}{more}.", fault.value),
                    "Clear the cells, or fill in what is missing; without it, payments are held.",
                )
            } else {
                (
                    format!("{name}: {} is left out, in {cells}{more}.", fault.message),
                    "Nothing to do; type the cells again to be rid of it.",
                )
            };
            let mut place = located.place(Some(column), located.header_row);
            place.cell = fault.cells.into_iter().next();
            findings.push(Problem::note(format!("{}.{name}.{what}", located.table.name), place, message, help));
        }
        for ((column, what), fault) in self.faults {
            let Some((_, holds, help)) = GATHERED.iter().find(|(code, ..)| *code == what) else { continue };
            let name = located.table.columns.get(column).map_or("", |c| c.name);
            let more = fault.count - fault.cells.len() as u64;
            let named = fault.cells.join(", ");
            let named = if more > 0 { format!("{named} and {} more", grouped(&more.to_string())) } else { named };
            let cells = if fault.count == 1 { "cell holds" } else { "cells hold" };
            let first = if fault.message.is_empty() {
                String::new()
            } else {
                format!(" In {}, {}", fault.cells.first().map_or("", String::as_str), fault.message)
            };
            let message = format!("{name}: {} {cells} {holds}: {named}.{first}", grouped(&fault.count.to_string()));
            let mut place = located.place(Some(column), located.header_row);
            place.cell = fault.cells.into_iter().next();
            let code = format!("{}.{name}.{what}", located.table.name);
            findings.push(Problem::error(code, place, message, *help).with_value(fault.value));
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
    /// Where faults go that a column's cells share.
    pub faults: &'a mut ColumnFaults,
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

    pub(crate) fn take<T>(&mut self, ix: usize, result: Result<T, Refusal>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Refusal { what, message, .. }) if GATHERED.iter().any(|(code, ..)| *code == what) => {
                let cell = self.located.place(Some(ix), self.row.number).cell.unwrap_or_default();
                let value = self.cell_at(ix).map(|c| shown(self.row, c)).unwrap_or_default();
                ColumnFaults::add(&mut self.faults.faults, (ix, what), cell, value, message);
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

    /// The cell of a column of numbers: where its text shows how the file writes decimals, that is taken note of.
    fn wanted_number(&mut self, ix: usize) -> Option<&'a Cell> {
        let cell = self.wanted(ix)?;
        if self.style.decimal_mark.is_none() && cell.content == Content::Text {
            let text = self.row.text(cell);
            match self.style.text_reading(text.trim().trim_end_matches('%')) {
                Ok(Reading::Only(mark, _)) => {
                    self.findings.marks.only(mark, self.located.place(Some(ix), self.row.number), text);
                }
                Ok(Reading::Either { .. }) => self.findings.marks.doubt(&self.located.file),
                _ => {}
            }
        }
        Some(cell)
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
        let cell = self.wanted_number(ix)?;
        let result = self.style.number(self.row, cell).and_then(not_negative).map(exact);
        self.take(ix, result)
    }

    /// A whole number that is not negative.
    pub(crate) fn whole(&mut self, column: &str) -> Option<u32> {
        let ix = self.index(column);
        let cell = self.wanted_number(ix)?;
        let result = self.style.number(self.row, cell).and_then(not_negative).and_then(whole_number);
        self.take(ix, result)
    }

    /// An amount per share: not negative, at most 12 decimals, below the limit.
    pub(crate) fn per_share(&mut self, column: &str) -> Option<Ratio> {
        let ix = self.index(column);
        let cell = self.wanted_number(ix)?;
        let result = self.style.number(self.row, cell).and_then(per_share);
        self.take(ix, result)
    }

    /// An amount per share, or a multiple of `price`: `1.5x`. Without a price, a multiple is a problem.
    pub(crate) fn per_share_or_multiple(&mut self, column: &str, price: Option<&Ratio>) -> Option<Ratio> {
        let ix = self.index(column);
        let cell = self.cell_at(ix)?;
        let text = if cell.content == Content::Text { self.row.text(cell).trim() } else { "" };
        let Some(times) = text.strip_suffix(['x', 'X', '×']) else { return self.per_share(column) };
        let result = self.style.text_number(times.trim()).and_then(per_share);
        let times = self.take(ix, result)?;
        if price.is_none() {
            let message = "this is a multiple of original_price, which is blank.";
            self.refuse(ix, "multiple-without-price", message, "Fill in original_price, or type the amount per share.");
        }
        price.map(|price| price * times)
    }

    /// A number that `parse` makes something of.
    pub(crate) fn parsed<T>(&mut self, column: &str, parse: impl Fn(&Ratio) -> Result<T, Refusal>) -> Option<T> {
        let ix = self.index(column);
        let cell = self.wanted(ix)?;
        let result = self.style.number(self.row, cell).and_then(|n| parse(&exact(n)));
        self.take(ix, result)
    }

    /// An amount of cash: not negative, at most the currency's decimals, below the limit.
    pub(crate) fn cash(&mut self, column: &str) -> Option<Units> {
        let ix = self.index(column);
        let cell = self.wanted_number(ix)?;
        let result = self.style.number(self.row, cell).and_then(|n| cash(n, self.style));
        self.take(ix, result)
    }

    /// An amount of cash where the cell does not read `full`.
    pub(crate) fn cash_or_full(&mut self, column: &str) -> Option<Units> {
        let ix = self.index(column);
        let cell = self.wanted_number(ix)?;
        let not_full = |refusal: Refusal| match refusal.what {
            NOT_A_NUMBER => Refusal::new(
                NOT_A_NUMBER,
                "this is neither a number nor the word full.",
                "Type the amount that was paid, or the word full where it was all that was due.",
            ),
            _ => refusal,
        };
        let result = self.style.number(self.row, cell).map_err(not_full).and_then(|n| cash(n, self.style));
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
        let cell = self.wanted_number(ix)?;
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
        let cell = self.wanted_number(ix)?;
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
