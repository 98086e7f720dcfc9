//! Faults that are told once for all the cells of a column that have them.

use super::Located;
use super::cell::{BARE_NUMBER, OTHER_FORM, SHORT_YEAR, TEXT_DATE, TWO_READINGS};
use crate::problem::Problem;
use crate::text::grouped;
use std::collections::BTreeMap;

/// Codes of faults that a column's cells share: text in a wrong encoding, wrong check digits, what is no bank's code, words
/// that mean nothing.
pub(crate) const GARBLED: &str = "wrong-encoding";
pub(crate) const CHECK_DIGITS: &str = "check-digits";
pub(crate) const NO_BANK_CODE: &str = "malformed";
pub(crate) const MEANINGLESS: &str = "means-nothing";
pub(crate) const IN_PERCENT: &str = "percent-or-fraction";

/// How many cells a problem names.
pub(super) const CELLS_NAMED: usize = 20;

/// The faults that are gathered, each with what is said of its cells and what to do.
pub(crate) const GATHERED: [(&str, &str, &str); 10] = [
    (
        MEANINGLESS,
        "what is written for no value or for what stands above, and is no id or name",
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
    (
        IN_PERCENT,
        "a bare number, and the header speaks of percent",
        "Type the rates with their sign, such as 24%; or head the column withholding_rate, or dividend_rate, where 0.24 is 24%.",
    ),
    (
        OTHER_FORM,
        "a date with more than its day (such as a time or a weekday), or in words that are not known",
        "Type the dates alone, as 2006-06-15.",
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
    pub(crate) fn add(&mut self, key: (bool, usize, &'static str), cell: String, value: String, message: String) {
        let fault = self.0.entry(key).or_insert_with(|| Fault { value, message, ..Fault::default() });
        fault.count += 1;
        if fault.cells.len() < CELLS_NAMED {
            fault.cells.push(cell);
        }
    }

    /// One problem for each column and kind of fault.
    pub(crate) fn problems(self, located: &Located) -> impl Iterator<Item = Problem> {
        self.0.into_iter().filter_map(|((is_error, column, what), fault)| {
            let Fault { cells, count, value, message: said } = fault;
            let name = located.table.columns.get(column).map_or("", |c| c.name);
            let (named, more) = (cells.join(", "), count - cells.len() as u64);
            let mut place = located.place(Some(column), located.header_row);
            place.cell = cells.into_iter().next();
            let code = format!("{}.{name}.{what}", located.table.name);
            if !is_error {
                let ellipsis = if more > 0 { ", …" } else { "" };
                let (what, help) = if what == MEANINGLESS {
                    let help = "Clear the cells, or fill in what is missing; without it, payments are held.";
                    (format!("'{value}' is taken for a blank"), help)
                } else {
                    (format!("{said} is left out"), "Nothing to do; type the cells again to be rid of it.")
                };
                return Some(Problem::note(code, place, format!("{name}: {what}, in {named}{ellipsis}."), help));
            }
            let (_, holds, help) = GATHERED.iter().find(|(code, ..)| *code == what)?;
            let more = if more > 0 { format!(" and {} more", grouped(&more.to_string())) } else { String::new() };
            let hold = if count == 1 { "cell holds" } else { "cells hold" };
            let first = place.cell.as_deref().filter(|_| !said.is_empty());
            let first = first.map_or(String::new(), |cell| format!(" In {cell}, {said}"));
            let message = format!("{name}: {} {hold} {holds}: {named}{more}.{first}", grouped(&count.to_string()));
            Some(Problem::error(code, place, message, *help).with_value(value))
        })
    }
}
