//! What a cell of a table holds, how wide that is, and how it is put on a sheet.

use crate::model::calendar::{Date, iso};
use crate::output::xlsx::value::{Figure, limited, serial};
use crate::quantity::{Ratio, Units};
use crate::spreadsheet::a1;
use crate::text::{grouped, money, number};
use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};
use std::borrow::Cow;

/// What a cell of a table holds.
#[derive(Clone, Debug)]
pub(crate) enum Val<'a> {
    /// Nothing.
    Blank,
    /// A text.
    Text(Cow<'a, str>),
    /// Cash, shares, a quantity: `0` / 10^`1`.
    Units(Units, u32),
    /// An exact value, shown to 15 digits.
    Exact(&'a Ratio),
    /// A whole number.
    Count(u64),
    /// A date.
    Date(Date),
    /// A formula, with the figure it gives.
    Live(String, Units, u32),
    /// A formula, with the text it gives.
    LiveText(String, String),
}

impl<'a> Val<'a> {
    /// A text.
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// About how many characters it shows.
    pub(crate) fn breadth(&self) -> usize {
        match self {
            Self::Blank => 0,
            Self::Text(text) => text.split('\n').map(breadth).max().unwrap_or(0),
            Self::LiveText(_, text) => breadth(text),
            Self::Units(units, decimals) | Self::Live(_, units, decimals) => money_breadth(*units, *decimals),
            Self::Exact(value) => number(value, 12).len(),
            Self::Count(n) => grouped(&n.to_string()).len(),
            Self::Date(_) => 10,
        }
    }
}

/// The length of [`money`], which is asked of every figure of a large sheet.
fn money_breadth(units: Units, decimals: u32) -> usize {
    let digits = units.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
    let whole = digits.saturating_sub(decimals).max(1);
    let point = if decimals == 0 { 0 } else { decimals + 1 };
    (u32::from(units < 0) + whole + (whole - 1) / 3 + point) as usize
}

/// About how many digits wide a text is; letters of the Far East take two.
fn breadth(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// Writes a value; a figure of more than 15 digits as a text.
pub(crate) fn put(sheet: &mut Worksheet, row: u32, column: u16, value: &Val, format: &Format) -> Result<(), XlsxError> {
    match value {
        Val::Blank => sheet.write_blank(row, column, format)?,
        Val::Text(text) => sheet.write_string_with_format(row, column, limited(text), format)?,
        Val::Units(units, decimals) => match Figure::new(*units, *decimals) {
            Some(figure) => sheet.write_number_with_format(row, column, figure.to_f64(), format)?,
            None => sheet.write_string_with_format(row, column, money(*units, *decimals), format)?,
        },
        Val::Exact(ratio) => match Figure::nearest(ratio) {
            Some(figure) => sheet.write_number_with_format(row, column, figure.to_f64(), format)?,
            None => sheet.write_string_with_format(row, column, number(ratio, 12), format)?,
        },
        Val::Count(n) => match Figure::new(i128::from(*n), 0) {
            Some(figure) => sheet.write_number_with_format(row, column, figure.to_f64(), format)?,
            None => sheet.write_string_with_format(row, column, n.to_string(), format)?,
        },
        Val::Date(date) => match serial(*date) {
            Some(serial) => sheet.write_number_with_format(row, column, f64::from(serial), format)?,
            None => sheet.write_string_with_format(row, column, iso(*date), format)?,
        },
        Val::Live(formula, units, decimals) => match Figure::new(*units, *decimals) {
            Some(figure) => {
                let formula = Formula::new(formula).set_result(figure.to_string());
                sheet.write_formula_with_format(row, column, formula, format)?
            }
            None => sheet.write_string_with_format(row, column, money(*units, *decimals), format)?,
        },
        Val::LiveText(formula, text) => {
            sheet.write_formula_with_format(row, column, Formula::new(formula).set_result(text), format)?
        }
    };
    Ok(())
}

/// A cell's address, from 0.
pub(crate) fn address(row: u32, column: u16) -> String {
    a1::address(u32::from(column), row + 1)
}

/// A column's letters, from 0.
pub(crate) fn letters(column: u16) -> String {
    a1::letters(u32::from(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breadth_of_a_sum_is_its_length() {
        for units in [0, 1, 9, 10, 99, 100, 999, 1_000, 99_999, 100_000, 123_456_789, i128::MAX] {
            for decimals in [0, 2, 3, 6] {
                for units in [units, -units] {
                    assert_eq!(money_breadth(units, decimals), money(units, decimals).len(), "{units} {decimals}");
                }
            }
        }
    }
}
