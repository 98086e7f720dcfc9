//! What a cell holds: a text, a date, or a decimal that a spreadsheet shows as we mean it.

use crate::model::calendar::day;
use crate::model::{Date, days_between};
use crate::quantity::{Ratio, Units, decimal, power_of_ten, scaled_plain, units_ratio};
use crate::spreadsheet::ooxml;
use crate::text::{grouped, money, write_plain};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// How many digits of a number a spreadsheet keeps (`docs/rules.md`, "Numbers").
pub(crate) const SPREADSHEET_DIGITS: u32 = 15;

/// A decimal of at most 15 significant digits, which an IEEE double carries without loss: `units` / 10^`decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    units: i128,
    decimals: u32,
}

impl Figure {
    /// `units` / 10^`decimals`; none where that takes more than 15 digits.
    pub fn new(units: Units, decimals: u32) -> Option<Self> {
        let (mut short, mut places) = (units, decimals);
        while places > 0 && short % 10 == 0 {
            short /= 10;
            places -= 1;
        }
        (short.unsigned_abs() < 10u128.pow(SPREADSHEET_DIGITS)).then_some(Self { units: short, decimals: places })
    }

    /// An exact value; none where it takes more than 15 digits.
    pub fn exact(value: &Ratio) -> Option<Self> {
        Self::nearest(value).filter(|figure| figure.to_ratio() == *value)
    }

    /// The nearest decimal of 15 significant digits, the last one rounded half to even, as a spreadsheet shows a value that
    /// has more; none from 10^15 on.
    pub fn nearest(value: &Ratio) -> Option<Self> {
        let (denom, limit) = (value.denom(), power_of_ten(SPREADSHEET_DIGITS));
        let (mut units, mut rest) = value.numer().abs().div_rem(denom);
        let mut decimals = 0;
        while !rest.is_zero() && decimals < MOST_DECIMALS && &units * 10u8 < limit {
            let (digit, after) = (rest * 10u8).div_rem(denom);
            (units, rest, decimals) = (units * 10u8 + digit, after, decimals + 1);
        }
        let is_up = match (rest * 2u8).cmp(denom) {
            Ordering::Equal => units.is_odd(),
            order => order.is_gt(),
        };
        let units = units.to_i128()? + i128::from(is_up);
        Self::new(if value.is_negative() { -units } else { units }, decimals)
    }

    /// A decimal as it is written; none where it is no number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let value = decimal(text)?;
        Self::new(value.mantissa(), value.scale())
    }

    pub fn to_ratio(self) -> Ratio {
        units_ratio(self.units, self.decimals)
    }

    /// The figure times a number of shares in millionths; none where that takes more than 15 digits.
    pub fn times(self, shares: u64) -> Option<Self> {
        Self::new(self.units.checked_mul(i128::from(shares))?, self.decimals + crate::quantity::SHARE_DECIMALS)
    }

    /// The figure as cash among words: thousands separators, and no fewer decimals than the currency has.
    pub fn to_money(self, currency_decimals: u32) -> String {
        let missing = currency_decimals.saturating_sub(self.decimals);
        match 10i128.checked_pow(missing).and_then(|scale| self.units.checked_mul(scale)) {
            Some(units) => money(units, self.decimals + missing),
            None => grouped(&self.to_string()),
        }
    }

    /// The double that a spreadsheet reads from the decimal.
    pub fn to_f64(self) -> f64 {
        // Both operands are exact doubles (below 2^53, and 10^22 at most), so one division rounds once: correctly.
        match (i32::try_from(self.decimals), self.units.to_f64()) {
            (Ok(decimals), Some(units)) if decimals <= 22 => units / 10f64.powi(decimals),
            _ => self.to_string().parse().expect("a decimal is a double too"),
        }
    }

    /// The decimal as it stands in a cell's XML.
    pub fn write(self, out: &mut Vec<u8>) {
        write_plain(out, self.units, self.decimals);
    }
}

/// More decimals than any amount per share has.
const MOST_DECIMALS: u32 = 30;

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&scaled_plain(self.units, self.decimals))
    }
}

/// A date's serial number; none before March 1900, where spreadsheets disagree.
pub fn serial(date: Date) -> Option<u32> {
    // The day that spreadsheets count from, as they do from March 1900 on.
    let epoch = day(1899, 12, 30).expect("the calendar has this day");
    u32::try_from(days_between(epoch, date)).ok().filter(|n| *n > 60)
}

/// Ends a cell's tag, after its attributes, with a number.
pub(crate) fn write_number_cell(out: &mut Vec<u8>, figure: Figure) {
    out.extend_from_slice(b"><v>");
    figure.write(out);
    out.extend_from_slice(b"</v></c>");
}

/// Ends a cell's tag, after its attributes, with a text that stands in the cell.
pub(crate) fn write_text_cell(out: &mut Vec<u8>, text: &str) {
    let preserve = if ooxml::needs_preserve(text) { " xml:space=\"preserve\"" } else { "" };
    out.extend_from_slice(b" t=\"inlineStr\"><is><t");
    out.extend_from_slice(preserve.as_bytes());
    out.push(b'>');
    ooxml::escape_string(out, text);
    out.extend_from_slice(b"</t></is></c>");
}

/// A text within Excel's limit of 32,767 characters.
pub(crate) fn limited(text: &str) -> &str {
    const LIMIT: usize = 32_000;
    if text.len() <= LIMIT {
        return text;
    }
    text.char_indices().nth(LIMIT).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}
