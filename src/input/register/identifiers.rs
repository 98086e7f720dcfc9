//! Ids, certificates, tax ids, accounts and bank codes are text. Where a spreadsheet took one for a number, a date or a yes,
//! what was typed can be lost, and money would go to a wrong account: then there is a problem, and no guess.

use super::super::Line;
use super::super::cell::{Refusal, stored_number};
use super::super::faults::{CHECK_DIGITS, GARBLED, MEANINGLESS, NO_BANK_CODE};
use super::super::line::ColumnRef;
use crate::model::bank_ids::{self, BankCode, Iban};
use crate::model::text_key::{self, invisible, is_garbled, is_plain, means_nothing};
use crate::quantity::Decimal;
use crate::spreadsheet::{Cell, Content, Shown};
use memchr::memchr;
use std::borrow::Cow;

/// A text of a column, as it is shown.
pub(crate) fn text<'l>(line: &mut Line<'l>, column: impl ColumnRef, cell: &'l Cell) -> Option<Cow<'l, str>> {
    let text = line.row.text(cell);
    if cell.content == Content::Text && !text.starts_with('#') {
        if is_plain(text.trim()) {
            return Some(Cow::Borrowed(text.trim()));
        }
        if is_garbled(text) {
            return gathered(line, column, GARBLED);
        }
        if let Some(name) = invisible(text) {
            line.note(column, "invisible", "", &name);
        }
        return Some(text_key::shown(text));
    }
    let text = line.value_of(cell).text();
    line.take(column, text).map(Cow::Owned)
}

/// A text that tells holders or certificates apart.
pub(crate) fn id<'l>(line: &mut Line<'l>, column: impl ColumnRef, cell: &'l Cell) -> Option<Cow<'l, str>> {
    match cut_off(line, cell) {
        Some(refusal) => line.take(column, Err(refusal)),
        None => text(line, column, cell),
    }
}

/// An id or a name, which must mean something.
pub(crate) fn named<'l>(line: &mut Line<'l>, column: impl ColumnRef, text: Cow<'l, str>) -> Option<Cow<'l, str>> {
    if means_nothing(&text) {
        return gathered(line, column, MEANINGLESS);
    }
    Some(text)
}

/// A bank account: an IBAN without blanks or words, its check digits right; any other as it is.
pub(crate) fn account<'l>(line: &mut Line<'l>, column: impl ColumnRef, text: Cow<'l, str>) -> Option<Cow<'l, str>> {
    match bank_ids::iban(&text) {
        Iban::None => Some(text),
        Iban::Valid(iban) => Some(Cow::Owned(iban)),
        Iban::WrongDigits => gathered(line, column, CHECK_DIGITS),
    }
}

/// A bank's code: a BIC, or a routing number whose check is right.
pub(crate) fn bank_code<'l>(line: &mut Line<'l>, column: impl ColumnRef, text: &str) -> Option<Cow<'l, str>> {
    match bank_ids::bank_code(text) {
        BankCode::Bic(code) | BankCode::Aba(code) => Some(Cow::Owned(code.into_owned())),
        BankCode::WrongDigits => gathered(line, column, CHECK_DIGITS),
        BankCode::None => gathered(line, column, NO_BANK_CODE),
    }
}

/// A text that payments or tax reports go by: a tax id, an account, a bank code.
pub(crate) fn number_of_record<'l>(
    line: &mut Line<'l>,
    column: impl ColumnRef,
    cell: &'l Cell,
) -> Option<Cow<'l, str>> {
    match cut_off(line, cell).or_else(|| turned(cell)) {
        Some(refusal) => line.take(column, Err(refusal)),
        None => text(line, column, cell),
    }
}

/// Whether a number may have lost zeros at its start: of a postal code, one too short for where there are five digits.
pub(crate) fn may_lack_zeros(cell: &Cell, is_postal_code: bool) -> bool {
    let is_short = cell.whole_number().is_some_and(|number| number < 10_000);
    cell.content == Content::Number(Shown::Plain) && (is_short || !is_postal_code)
}

/// A fault of which one problem is made for the whole column.
fn gathered<T>(line: &mut Line, column: impl ColumnRef, what: &'static str) -> Option<T> {
    line.take(column, Err(Refusal::new(what, "", "")))
}

const TYPE_AGAIN: &str = "Format the column as Text in Excel (Ctrl+1, Text) and type it again from the records.";

/// Digits that no spreadsheet keeps: those past the fifteenth; and letters that only the number format has.
fn cut_off(line: &Line, cell: &Cell) -> Option<Refusal> {
    let row = line.row;
    if let (Content::Number(Shown::Unit(unit)), Some(number)) = (cell.content, stored_number(cell))
        && unit.text().contains(char::is_alphanumeric)
        && line.style.is_own(unit.text()).is_none()
    {
        let (number, unit) = (number.normalize(), unit.text());
        let message = format!(
            "the cell holds {number} and its number format shows {unit} with it, so it can be read with it or without."
        );
        let help = "Format the column as Text in Excel (Ctrl+1, Text) and type in it what is meant.";
        return Some(Refusal::new("shown-otherwise", message, help));
    }
    let message = match cell.content {
        Content::Text if is_scientific(row.text(cell).trim()) => {
            "the spreadsheet wrote a number in scientific form here, so the rest of its digits is lost."
        }
        Content::Number(_) if stored_number(cell).is_some_and(|n| n.abs() >= Decimal::from(MOST)) => {
            "a spreadsheet keeps 15 digits of a number, and this one has more, so the last ones are lost."
        }
        _ => return None,
    };
    Some(Refusal::new("digits-lost", message, TYPE_AGAIN))
}

/// The least number of 16 digits.
const MOST: i64 = 1_000_000_000_000_000;

/// What the spreadsheet made something else of.
fn turned(cell: &Cell) -> Option<Refusal> {
    let into = match cell.content {
        Content::Bool(_) => "a yes or no",
        Content::Date(_) | Content::Number(Shown::Date(_)) => "a date",
        Content::Number(Shown::Time) => "a time of day",
        Content::Number(Shown::Percent) => "a percentage",
        Content::Number(Shown::Plain | Shown::Digits(_) | Shown::Unit(_)) => {
            let number = stored_number(cell)?;
            (number.is_sign_negative() || !number.is_integer()).then_some("an amount")?
        }
        _ => return None,
    };
    let message = format!("the spreadsheet took this for {into}, so what was typed is lost.");
    Some(Refusal::new("not-as-typed", message, TYPE_AGAIN))
}

/// `1.23457E+12`: how spreadsheets write long numbers into CSV.
pub(crate) fn is_scientific(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    // Hardly any text has a plus in it.
    let Some(plus) = memchr(b'+', text.as_bytes()) else { return false };
    let (Some(mantissa), Some(exponent)) = (text.get(..plus).and_then(|t| t.strip_suffix('E')), text.get(plus + 1..))
    else {
        return false;
    };
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (first, rest) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    digits(first) && digits(rest) && digits(exponent)
}
