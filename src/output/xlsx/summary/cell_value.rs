//! What a cell of a table holds, how wide that is, and how it is written.

use crate::model::{Case, ClassIx, Date, iso};
use crate::output::xlsx::row_height::{characters, lines};
use crate::output::xlsx::style::Style;
use crate::output::xlsx::value::{Figure, SPREADSHEET_DIGITS, limited, serial};
use crate::quantity::{Midpoint, PER_SHARE_DECIMALS, Ratio, SHARE_DECIMALS, Units, fixed, round_half, units_ratio};
use crate::text::{grouped, money, money_length, number};
use num_traits::ToPrimitive;
use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};
use std::borrow::Cow;

#[derive(Clone, Debug)]
pub(crate) enum CellValue<'a> {
    Blank,
    Text(Cow<'a, str>),
    /// Cash, shares, a quantity: `0` / 10^`1`.
    Units(Units, u32),
    /// An exact value, shown to 15 digits.
    Exact(&'a Ratio),
    Number(Figure),
    Date(Date),
    /// A formula, with the figure it gives: `1` / 10^`2`.
    Formula(String, Units, u32),
    /// A formula, with the text it gives.
    TextFormula(String, String),
}

/// A value as the file has it: a figure of more than 15 digits is a text there.
pub(crate) enum Stored<'v> {
    Blank,
    Text(Cow<'v, str>),
    Number(Figure),
    Formula(&'v str, String),
}

impl<'a> CellValue<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn optional(text: Option<&'a str>) -> Self {
        text.map_or(Self::Blank, Self::text)
    }

    /// Shares or votes, in millionths.
    pub(crate) fn shares(millionths: impl TryInto<Units>) -> Self {
        let millionths = millionths.try_into().ok().expect("shares are far fewer than 2^127 millionths");
        Self::Units(millionths, SHARE_DECIMALS)
    }

    pub(crate) fn count(count: impl TryInto<Units>) -> Self {
        Self::Units(count.try_into().ok().expect("a count is far below 2^127"), 0)
    }

    /// An amount per share to 12 decimals, cut to the 15 digits of a spreadsheet's number.
    pub(crate) fn per_share(units: Units) -> Self {
        let digits = units.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
        let cut = digits.saturating_sub(SPREADSHEET_DIGITS).min(PER_SHARE_DECIMALS);
        if cut == 0 {
            return Self::Units(units, PER_SHARE_DECIMALS);
        }
        let shown = round_half(&units_ratio(units, cut), Midpoint::HalfUp);
        Self::Units(shown.to_i128().expect("it has fewer digits"), PER_SHARE_DECIMALS - cut)
    }

    pub(crate) fn exact(value: Option<&'a Ratio>) -> Self {
        value.map_or(Self::Blank, Self::Exact)
    }

    pub(crate) fn day(date: Option<Date>) -> Self {
        date.map_or(Self::Blank, Self::Date)
    }

    pub(crate) fn class(case: &'a Case, class: ClassIx) -> Self {
        Self::text(case.classes.get(class).name.as_str())
    }

    /// A figure from a formula, or by itself where there is none.
    pub(crate) fn computed(formula: Option<String>, units: Units, decimals: u32) -> Self {
        match formula {
            Some(formula) => Self::Formula(formula, units, decimals),
            None => Self::Units(units, decimals),
        }
    }

    pub(crate) fn figure(&self) -> Option<(Units, u32)> {
        match self {
            Self::Units(units, decimals) | Self::Formula(_, units, decimals) => Some((*units, *decimals)),
            _ => None,
        }
    }

    /// As the file has it.
    pub(crate) fn stored(&self) -> Stored<'_> {
        let figure = |figure: Option<Figure>, text: &dyn Fn() -> String| match figure {
            Some(figure) => Stored::Number(figure),
            None => Stored::Text(text().into()),
        };
        match self {
            Self::Blank => Stored::Blank,
            Self::Text(text) => Stored::Text(limited(text).into()),
            Self::Units(units, decimals) => figure(Figure::new(*units, *decimals), &|| money(*units, *decimals)),
            Self::Exact(ratio) => figure(Figure::nearest(ratio), &|| number(ratio, 12)),
            Self::Number(number) => Stored::Number(*number),
            Self::Date(date) => figure(serial(*date).and_then(|day| Figure::new(day.into(), 0)), &|| iso(*date)),
            Self::Formula(formula, units, decimals) => match Figure::new(*units, *decimals) {
                Some(figure) => Stored::Formula(formula, figure.to_string()),
                None => Stored::Text(money(*units, *decimals).into()),
            },
            Self::TextFormula(formula, text) => Stored::Formula(formula, text.clone()),
        }
    }

    pub(crate) fn write(&self, sheet: &mut Worksheet, row: u32, column: u16, format: &Format) -> Result<(), XlsxError> {
        match self.stored() {
            Stored::Blank => sheet.write_blank(row, column, format)?,
            Stored::Text(text) => sheet.write_string_with_format(row, column, text, format)?,
            Stored::Number(figure) => sheet.write_number_with_format(row, column, figure.to_f64(), format)?,
            Stored::Formula(formula, result) => {
                sheet.write_formula_with_format(row, column, Formula::new(formula).set_result(result), format)?
            }
        };
        Ok(())
    }

    /// How many lines it takes in a column of that width.
    pub(crate) fn lines(&self, width: f64) -> u32 {
        if let Self::Text(text) = self { lines(text, characters(width)) } else { 1 }
    }

    /// About how many characters it shows in a cell of this style.
    pub(crate) fn breadth(&self, style: Style) -> usize {
        const SHOWN: u32 = 6;
        match self {
            Self::Exact(value) if style == Style::PerShareAligned => fixed(value, SHOWN, Midpoint::HalfUp).len(),
            Self::Units(units, decimals) if style == Style::PerShareAligned && *decimals > SHOWN => {
                money_length(units / 10i128.pow(decimals - SHOWN), SHOWN)
            }
            Self::Blank => 0,
            Self::Text(text) if !text.contains('\n') => breadth(text),
            Self::Text(text) => text.split('\n').map(breadth).max().unwrap_or(0),
            Self::TextFormula(_, text) => breadth(text),
            Self::Units(units, decimals) | Self::Formula(_, units, decimals) => money_length(*units, *decimals),
            Self::Exact(value) => number(value, 12).len(),
            Self::Number(number) => grouped(&number.to_string()).len(),
            // `September 30, 2006` is the longest.
            Self::Date(_) => 16,
        }
    }
}

/// About how many digits wide a text is; letters of the Far East take two.
fn breadth(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}
