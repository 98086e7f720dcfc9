//! From what a cell shows to a value: the only place that reads binary floating point, numbers, dates, rates, ratios and
//! words. Every refusal says what is wrong and what to do.

// Decimals are not computed with: their products and quotients round silently.
#![warn(clippy::arithmetic_side_effects)]

mod amounts;
mod dates;
mod numbers;

pub(crate) use amounts::{unknown_word, word_key};
pub(crate) use dates::{BARE_NUMBER, OTHER_FORM, SHORT_YEAR, TEXT_DATE};
pub(crate) use numbers::{Reading, TWO_READINGS};

use super::words::has_word;
use crate::model::terms::DateFormat;
use crate::model::{DecimalMark, iso};
use crate::quantity::{
    Decimal, MICROS_PER_SHARE, Ratio, SHARE_DECIMALS, SHARES_LIMIT, Shares, decimal, exact, scaled, stored, whole,
};
use crate::spreadsheet::{Cell, Content, Row, Shown};
use dates::serial_date;
use num_traits::Signed;

/// How values are written in this case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Style {
    pub date_format: DateFormat,
    /// The decimal mark of text numbers; none where nothing settles it yet.
    pub decimal_mark: Option<DecimalMark>,
    pub currency: String,
    pub currency_decimals: u32,
    /// Whether the table is one that a run wrote: there a number without a comma has a decimal point, whatever the case's
    /// own mark.
    pub run_output: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The last part of the problem's code.
    pub what: &'static str,
    /// What is wrong, a sentence that begins after `shares: `.
    pub message: String,
    pub help: String,
}

impl Refusal {
    pub(crate) fn new(what: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what, message: message.into(), help: help.into() }
    }
}

const ERROR_VALUES: &str = "#REF! #N/A #VALUE! #NAME? #DIV/0! #NUM! #NULL! #SPILL! #CALC! #GETTING_DATA #FIELD! #BLOCKED! \
                            #CONNECT! #UNKNOWN!";

/// A cell as a person sees it, for messages.
pub(crate) fn shown(row: &Row, cell: &Cell) -> String {
    let text = row.text(cell);
    match cell.content {
        Content::Text | Content::Error | Content::NeverCalculated => text.trim().to_owned(),
        Content::Date(date) => iso(date),
        Content::Bool(value) => if value { "TRUE" } else { "FALSE" }.to_owned(),
        Content::Number(shown) => {
            let Some(value) = stored_number(cell) else { return cell.number().unwrap_or(f64::NAN).to_string() };
            let plain = || value.normalize().to_string();
            match shown {
                Shown::Unit(unit) if unit.is_factor() => unit.beside(&plain()),
                Shown::Plain | Shown::Unit(_) => plain(),
                Shown::Digits(digits) => digits.shown(&exact(value)).unwrap_or_else(plain),
                Shown::Percent => format!("{}%", crate::quantity::plain(&(exact(value) * whole(100)), 20)),
                Shown::Date(epoch) => serial_date(value, epoch).map_or_else(plain, iso),
                Shown::Time => time_of_day(&exact(value)),
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

/// What a spreadsheet stores, at the 15 significant digits that it shows.
pub(crate) fn stored_number(cell: &Cell) -> Option<Decimal> {
    cell.whole_number().map(Decimal::from).or_else(|| stored(cell.number()?))
}

pub(crate) const NOT_A_NUMBER: &str = "not-a-number";

/// A cell, and how values are written where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    pub row: &'a Row,
    pub cell: &'a Cell,
    pub style: &'a Style,
}

impl<'a> Value<'a> {
    /// What a cell of text holds, trimmed; empty where it holds something else.
    pub(crate) fn typed(self) -> &'a str {
        if self.cell.content == Content::Text { self.row.text(self.cell).trim() } else { "" }
    }

    pub(crate) fn shown(self) -> String {
        shown(self.row, self.cell)
    }

    /// Refuses error values and formulas that were never calculated, whatever the column.
    pub(crate) fn sound(self) -> Result<(), Refusal> {
        let is_text = self.cell.content == Content::Text;
        let is_typed_error =
            is_text && self.row.text(self.cell).starts_with('#') && has_word(ERROR_VALUES, self.typed());
        if self.cell.content == Content::Error || is_typed_error {
            let message = "the cell shows an error of the spreadsheet instead of a value.";
            let help = "Correct the formula in this cell, or type the value over it, and save.";
            return Err(Refusal::new("error-value", message, help));
        }
        if self.cell.content == Content::NeverCalculated {
            return Err(Refusal::new(
                "never-calculated",
                "the cell holds a formula that was never calculated, so there is no value to read.",
                "Open the file in Excel, press Ctrl+Alt+F9 to calculate everything, save it as an Excel workbook (.xlsx), \
                 and run again.",
            ));
        }
        Ok(())
    }

    /// Text, trimmed; a number's digits, a date in ISO.
    pub(crate) fn text(self) -> Result<String, Refusal> {
        self.sound().map(|()| self.shown())
    }

    pub(crate) fn number(self) -> Result<Decimal, Refusal> {
        let number = self.number_held()?;
        let is_factor = match self.cell.content {
            Content::Number(Shown::Unit(unit)) => unit.is_factor(),
            Content::Number(shown) => shown == Shown::Percent,
            _ => false,
        };
        if is_factor && !number.is_zero() {
            let (held, shown) = (number.normalize(), self.shown());
            return Err(Refusal::new(
                "shown-otherwise",
                format!("the cell holds {held} and its number format shows {shown}, so it can be read in two ways."),
                "Format the cell as a number in Excel (Ctrl+1, Number), or a rate as a percentage, and type what is meant; a \
                 multiple of original_price is typed as 1x.",
            ));
        }
        Ok(number)
    }

    /// The number that the cell holds, whatever the format that it is shown in makes of it.
    fn number_held(self) -> Result<Decimal, Refusal> {
        self.sound()?;
        match self.cell.content {
            Content::Number(shown @ (Shown::Plain | Shown::Digits(_) | Shown::Percent | Shown::Unit(_))) => {
                if let Shown::Unit(unit) = &shown {
                    self.style.own_currency(unit.text())?;
                }
                stored_number(self.cell).ok_or_else(|| {
                    Refusal::new(NOT_A_NUMBER, "this is not a number that can be read.", self.style.number_help())
                })
            }
            Content::Number(_) | Content::Date(_) => Err(Refusal::new(
                "is-a-date",
                "a number is needed, and this cell is a date or a time.",
                "Format the cell as a number in Excel (Ctrl+1, Number), and type the number again.",
            )),
            Content::Text => self.style.text_number(self.row.text(self.cell)),
            _ => Err(Refusal::new(NOT_A_NUMBER, "this is not a number.", self.style.number_help())),
        }
    }

    /// A number of shares: not negative, at most 6 decimals, below the limit of share counts.
    pub(crate) fn shares(self) -> Result<Shares, Refusal> {
        self.number().and_then(shares_of)
    }

    /// Whether it is a number without a sign of percent.
    pub(crate) fn is_bare(self) -> bool {
        match self.cell.content {
            Content::Text => !self.typed().contains('%'),
            content => matches!(content, Content::Number(shown) if shown != Shown::Percent),
        }
    }

    /// A rate: `0.24` or `24%`.
    pub(crate) fn rate(self) -> Result<Ratio, Refusal> {
        let value = match self.cell.content {
            Content::Text if self.typed().ends_with('%') => {
                let number = self.style.text_number(self.typed().trim_end_matches('%'));
                let number = number.map_err(|refusal| match refusal.what {
                    NOT_A_NUMBER => Refusal::new(NOT_A_NUMBER, "this is not a rate.", RATE_HELP),
                    _ => refusal,
                });
                exact(number?) / whole(100)
            }
            Content::Number(Shown::Percent) => exact(self.number_held()?),
            _ => exact(self.number()?),
        };
        if value.is_negative() || value > whole(1) {
            return Err(Refusal::new("out-of-range", "a rate is from 0 to 1, or from 0% to 100%.", RATE_HELP));
        }
        Ok(value)
    }

    /// A ratio after:before; one that the spreadsheet turned into a time is said to be one.
    pub(crate) fn ratio(self) -> Result<Ratio, Refusal> {
        self.sound()?;
        let became_time = || {
            Refusal::new(
                "became-a-time",
                "the spreadsheet turned the ratio into a time of day, so what was typed is lost.",
                "Format the cell as Text in Excel (Ctrl+1, Text) and type the ratio again, such as 3:2; or fill in \
                 common_before and common_after.",
            )
        };
        let text = self.typed();
        match self.cell.content {
            Content::Number(Shown::Date(_) | Shown::Time) | Content::Date(_) => return Err(became_time()),
            Content::Text if looks_like_time(text) => return Err(became_time()),
            Content::Text => {}
            _ => return Err(not_a_ratio()),
        }
        let (after, before) = text.split_once(':').ok_or_else(not_a_ratio)?;
        let part = |t: &str| match self.style.text_number(t) {
            Ok(value) if value.is_sign_positive() && !value.is_zero() => Ok(exact(value)),
            Err(refusal) if refusal.what == TWO_READINGS => Err(refusal),
            _ => Err(not_a_ratio()),
        };
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

fn shares_of(value: Decimal) -> Result<Shares, Refusal> {
    if value.is_sign_negative() && !value.is_zero() {
        let message = "a number of shares cannot be negative.";
        return Err(Refusal::new("negative", message, "Correct the number of shares."));
    }
    if value >= Decimal::from(SHARES_LIMIT) {
        return Err(Refusal::new(
            "too-large",
            "share counts stay below 10,000,000,000,000 (10^13).",
            "Correct the number of shares; there may be digits too many.",
        ));
    }
    scaled(value, SHARE_DECIMALS).and_then(|micros| u64::try_from(micros).ok()).map(Shares).ok_or_else(|| {
        Refusal::new(
            "too-many-decimals",
            "shares have at most 6 decimals (§11).",
            "Round the number of shares to 6 decimals as the stock ledger has it, in Excel with =ROUND(x,6).",
        )
    })
}

/// `1200` and `0.37`, as nearly all shares in CSV are written; `None` leaves the rest to the full reader, and so does a
/// point where it is not known to be the decimal mark.
pub(crate) fn quick_shares(text: &str, mark: Option<DecimalMark>) -> Option<Shares> {
    let plain = |b: &u8| b.is_ascii_digit() || (*b == b'.' && mark == Some(DecimalMark::Point));
    let shares = text.as_bytes().iter().all(plain).then(|| decimal(text)).flatten()?;
    let micros = u64::try_from(scaled(shares, SHARE_DECIMALS)?).ok()?;
    (micros < SHARES_LIMIT * MICROS_PER_SHARE).then_some(Shares(micros))
}
