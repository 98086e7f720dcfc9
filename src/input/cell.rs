//! From what a cell shows to a value: the only door for binary floating point, and the only reader of numbers, dates,
//! rates, ratios and words. Every refusal says what is wrong and what to do.

mod dates;
mod shares;

pub(crate) use dates::{BARE_NUMBER, TEXT_DATE};
pub(crate) use shares::{quick_shares, shares_of};

use crate::model::calendar::iso;
use crate::model::terms::{DateFormat, DecimalMark};
use crate::quantity::{Ratio, Shares, parse_decimal, plain, whole};
use crate::spreadsheet::row::{Cell, Content, Row, Shown};
use dates::serial_date;
use num_traits::Signed;
use shares::quick_stored_shares;

/// How values are written in this case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Style {
    /// How text dates are written.
    pub date_format: DateFormat,
    /// The decimal mark of text numbers.
    pub decimal_mark: DecimalMark,
    /// The currency's code.
    pub currency: String,
    /// Decimals of its smallest unit.
    pub currency_decimals: u32,
    /// Whether the table is one that a run wrote: there a number without a comma has a decimal point, whatever the case's
    /// own mark.
    pub run_output: bool,
}

/// Why a cell's value is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The last part of the problem's code.
    pub what: &'static str,
    /// What is wrong, a sentence that begins after `shares: `.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Refusal {
    /// A refusal.
    pub(crate) fn new(what: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what, message: message.into(), help: help.into() }
    }
}

/// The error values that spreadsheets show.
const ERROR_VALUES: [&str; 14] = [
    "#REF!",
    "#N/A",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
];

/// Refuses error values and formulas that were never calculated, whatever the column.
/// Errors: Why the cell cannot be read.
pub(crate) fn sound(row: &Row, cell: &Cell) -> Result<(), Refusal> {
    let text = row.text(cell);
    let is_error = cell.content == Content::Error
        || (cell.content == Content::Text && text.starts_with('#') && ERROR_VALUES.contains(&text.trim()));
    if is_error {
        return Err(Refusal::new(
            "error-value",
            "the cell shows an error of the spreadsheet instead of a value.",
            "Correct the formula in this cell, or type the value over it, and save.",
        ));
    }
    if cell.content == Content::NeverCalculated {
        return Err(Refusal::new(
            "never-calculated",
            "the cell holds a formula that was never calculated, so there is no value to read.",
            "Open the file in Excel, press Ctrl+Alt+F9 to calculate everything, save it as an Excel workbook (.xlsx), and run again.",
        ));
    }
    Ok(())
}

/// A cell as a person sees it, for messages.
pub(crate) fn shown(row: &Row, cell: &Cell) -> String {
    let text = row.text(cell);
    match cell.content {
        Content::Text | Content::Error | Content::NeverCalculated => text.trim().to_owned(),
        Content::Date(date) => iso(date),
        Content::Bool(value) => if value { "TRUE" } else { "FALSE" }.to_owned(),
        Content::Number(shown) => {
            let Some(value) = stored_number(cell) else { return cell.number().unwrap_or(f64::NAN).to_string() };
            match shown {
                Shown::Plain | Shown::Unit(_) => plain(&value, 20),
                Shown::Digits(digits) => digits.shown(&value).unwrap_or_else(|| plain(&value, 20)),
                Shown::Percent => format!("{}%", plain(&(value * whole(100)), 20)),
                Shown::Date(epoch) => serial_date(&value, epoch).map_or_else(|| plain(&value, 20), iso),
                Shown::Time => time_of_day(&value),
            }
        }
    }
}

/// `0.126388…` as `03:02`.
fn time_of_day(value: &Ratio) -> String {
    let minutes = (value * whole(24 * 60)).round().to_integer();
    let (hours, minutes) = (&minutes / 60, &minutes % 60);
    format!("{hours:02}:{minutes:02}")
}

/// The door for binary floating point: what a spreadsheet stores, at the 15 significant digits that it shows
/// (SPEC 3).
pub(crate) fn stored_number(cell: &Cell) -> Option<Ratio> {
    if let Some(number) = cell.whole_number() {
        return Some(whole(number));
    }
    let value = cell.number().filter(|value| value.is_finite())?;
    parse_decimal(&format!("{value:.14e}"))
}

/// The code of what is no number.
pub(crate) const NOT_A_NUMBER: &str = "not-a-number";

impl Style {
    /// A cell as a number.
    /// Errors: Why it is none.
    pub(crate) fn number(&self, row: &Row, cell: &Cell) -> Result<Ratio, Refusal> {
        sound(row, cell)?;
        let help = || self.number_help();
        match cell.content {
            Content::Number(Shown::Plain | Shown::Digits(_) | Shown::Percent | Shown::Unit(_)) => stored_number(cell)
                .ok_or_else(|| Refusal::new(NOT_A_NUMBER, "this is not a number that can be read.", help())),
            Content::Number(_) | Content::Date(_) => Err(Refusal::new(
                "is-a-date",
                "a number is wanted, and this cell is a date or a time.",
                "Format the cell as a number in Excel (Ctrl+1, Number), and type the number again.",
            )),
            Content::Text => self
                .text_number(row.text(cell))
                .ok_or_else(|| Refusal::new(NOT_A_NUMBER, "this is not a number.", help())),
            _ => Err(Refusal::new(NOT_A_NUMBER, "this is not a number.", help())),
        }
    }

    fn number_help(&self) -> &'static str {
        match self.decimal_mark {
            DecimalMark::Point => {
                "Type a plain number such as 1250.5. If the file writes decimals with a comma, set the term decimal_mark to a comma."
            }
            DecimalMark::Comma => {
                "Type a plain number such as 1250,5. If the file writes decimals with a point, set the term decimal_mark to a point."
            }
        }
    }

    /// Text as a number: `1,234.50`, `$1,234.50`, `(1,234.50)`, with the case's decimal mark.
    pub(crate) fn text_number(&self, text: &str) -> Option<Ratio> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inner) => (true, inner.trim()),
            None => (false, text),
        };
        let (sign, rest) = sign(text);
        let rest = self.without_currency(rest);
        let (second_sign, rest) = sign_of_rest(sign, rest);
        let sign = sign.or(second_sign);
        if negative && sign.is_some() {
            return None;
        }
        let value = parse_decimal(&self.ungrouped(rest)?)?;
        Some(if negative || sign == Some('-') { -value } else { value })
    }

    fn without_currency<'t>(&self, text: &'t str) -> &'t str {
        let text = text.trim();
        for symbol in ["$", "€", "£", "¥"] {
            if let Some(rest) = text.strip_prefix(symbol).or_else(|| text.strip_suffix(symbol)) {
                return rest.trim();
            }
        }
        let len = self.currency.len();
        let matches = |part: Option<&str>| len > 0 && part.is_some_and(|p| p.eq_ignore_ascii_case(&self.currency));
        if matches(text.get(..len)) {
            return text.get(len..).unwrap_or("").trim();
        }
        let tail = text.len().saturating_sub(len);
        if matches(text.get(tail..)) { text.get(..tail).unwrap_or("").trim() } else { text }
    }

    /// The digits with a point, without the marks between thousands; `None` where those do not stand every three.
    fn ungrouped(&self, text: &str) -> Option<String> {
        let mark = if self.run_output && !text.contains(',') { DecimalMark::Point } else { self.decimal_mark };
        let (decimal, other) = match mark {
            DecimalMark::Point => ('.', ','),
            DecimalMark::Comma => (',', '.'),
        };
        let (integral, fraction) = match text.split_once(decimal) {
            Some((integral, fraction)) => (integral, Some(fraction)),
            None => (text, None),
        };
        let is_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if !fraction.is_none_or(is_digits) || (integral.is_empty() && fraction.is_none_or(str::is_empty)) {
            return None;
        }
        let fraction = fraction.unwrap_or("");
        if is_digits(integral) {
            return Some(format!("{integral}.{fraction}"));
        }
        let separators = [other, ' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'];
        let separator = integral.chars().find(|c| separators.contains(c))?;
        let groups: Vec<&str> = integral.split(separator).collect();
        let (first, rest) = groups.split_first()?;
        let grouped = (1..=3).contains(&first.len()) && rest.iter().all(|g| g.len() == 3);
        (grouped && groups.iter().all(|g| is_digits(g))).then(|| format!("{}.{fraction}", groups.concat()))
    }

    /// A cell as a number of shares.
    /// Errors: Why it is none: not a number, negative, more than 6 decimals, beyond the limit of SPEC 5.
    pub(crate) fn shares(&self, row: &Row, cell: &Cell) -> Result<Shares, Refusal> {
        if cell.content == Content::Text
            && let Some(shares) = quick_shares(row.text(cell)).filter(|_| self.decimal_mark == DecimalMark::Point)
        {
            return Ok(shares);
        }
        if cell.content == Content::Number(Shown::Plain)
            && let Some(shares) = quick_stored_shares(cell)
        {
            return Ok(shares);
        }
        let value = self.number(row, cell)?;
        shares_of(&value)
    }

    /// A cell as a rate: `0.24` or `24%`.
    /// Errors: Why it is none.
    pub(crate) fn rate(&self, row: &Row, cell: &Cell) -> Result<Ratio, Refusal> {
        let text = row.text(cell).trim();
        let value = match text.strip_suffix('%') {
            Some(percent) if cell.content == Content::Text => {
                let number = self.text_number(percent);
                number
                    .map(|n| n / whole(100))
                    .ok_or_else(|| Refusal::new(NOT_A_NUMBER, "this is not a rate.", RATE_HELP))?
            }
            _ => self.number(row, cell)?,
        };
        if value.is_negative() || value > whole(1) {
            return Err(Refusal::new("out-of-range", "a rate is from 0 to 1, or from 0% to 100%.", RATE_HELP));
        }
        Ok(value)
    }

    /// Text as a rate; none where it is not one.
    pub(crate) fn text_rate(&self, text: &str) -> Option<Ratio> {
        let value = match text.trim().strip_suffix('%') {
            Some(percent) => self.text_number(percent)? / whole(100),
            None => self.text_number(text)?,
        };
        (!value.is_negative() && value <= whole(1)).then_some(value)
    }

    /// A cell as a ratio after:before.
    /// Errors: Why it is none; a ratio that the spreadsheet turned into a time is said to be one.
    pub(crate) fn ratio(&self, row: &Row, cell: &Cell) -> Result<Ratio, Refusal> {
        sound(row, cell)?;
        let became_time = || {
            Refusal::new(
                "became-a-time",
                "the spreadsheet turned the ratio into a time of day, so what was typed can no longer be told.",
                "Format the cell as Text in Excel (Ctrl+1, Text) and type the ratio again, such as 3:2; or fill in \
                 common_before and common_after.",
            )
        };
        let text = row.text(cell).trim();
        match cell.content {
            Content::Number(Shown::Date(_) | Shown::Time) | Content::Date(_) => return Err(became_time()),
            Content::Text if looks_like_time(text) => return Err(became_time()),
            Content::Text => {}
            _ => return Err(not_a_ratio()),
        }
        let (after, before) = text.split_once(':').ok_or_else(not_a_ratio)?;
        let part = |t: &str| self.text_number(t).filter(Ratio::is_positive).ok_or_else(not_a_ratio);
        Ok(part(after)? / part(before)?)
    }
}

const RATE_HELP: &str = "Type the rate as 0.24 or 24%.";

fn not_a_ratio() -> Refusal {
    Refusal::new(
        "not-a-ratio",
        "a ratio is two numbers above 0, after and before, with a colon between them.",
        "Format the cell as Text and type the ratio as 3:2, or fill in common_before and common_after.",
    )
}

/// `03:02` or `03:02:00`: what a spreadsheet writes into CSV once it took `3:2` for a time.
fn looks_like_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() == 3 || matches!(parts.as_slice(), [_, minutes] if minutes.len() == 2 && minutes.starts_with('0'))
}

fn sign(text: &str) -> (Option<char>, &str) {
    let text = text.trim();
    match text.chars().next() {
        Some('-' | '−') => {
            (Some('-'), text.get(text.chars().next().map_or(0, char::len_utf8)..).unwrap_or("").trim())
        }
        Some('+') => (Some('+'), text.get(1..).unwrap_or("").trim()),
        _ => (None, text),
    }
}

/// A sign after the currency's symbol (`$-5`), where there was none before it.
fn sign_of_rest(first: Option<char>, text: &str) -> (Option<char>, &str) {
    if first.is_some() { (None, text) } else { sign(text) }
}
