//! Numbers in running text and in files, and texts that no spreadsheet runs.

use crate::quantity::{
    Midpoint, PER_SHARE_DECIMALS, Ratio, Units, fixed, plain, power_of_ten, scaled_fixed, scaled_plain,
};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Texts as people order them: runs of digits by their number, so that `H-2` comes before `H-10`.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a_rest, mut b_rest) = (a.as_bytes(), b.as_bytes());
    while let (Some(x), Some(y)) = (a_rest.first(), b_rest.first()) {
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (x, y);
            ((x, a_rest), (y, b_rest)) = (number_first(a_rest), number_first(b_rest));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            (a_rest, b_rest) = (&a_rest[1..], &b_rest[1..]);
            x.cmp(y)
        };
        if order.is_ne() {
            return order;
        }
    }
    a_rest.len().cmp(&b_rest.len()).then_with(|| a.cmp(b))
}

/// The digits that a text begins with, without leading zeros, and what follows.
fn number_first(text: &[u8]) -> (&[u8], &[u8]) {
    let (digits, rest) = text.split_at(text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len()));
    (&digits[digits.iter().position(|c| *c != b'0').unwrap_or(digits.len())..], rest)
}

/// A plain decimal with thousands separators: `1,234,567.89`.
pub fn grouped(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    let mut text = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

/// Cash with thousands separators: `812,430.18`.
pub fn money(units: Units, decimals: u32) -> String {
    grouped(&scaled_fixed(units, decimals))
}

/// The length of [`money`], which is asked of every figure of a large sheet.
pub fn money_length(units: Units, decimals: u32) -> usize {
    let log = |units: u128| u64::try_from(units).map_or_else(|_| units.checked_ilog10(), u64::checked_ilog10);
    let digits = log(units.unsigned_abs()).map_or(1, |log| log + 1);
    let whole = digits.saturating_sub(decimals).max(1);
    let point = if decimals == 0 { 0 } else { decimals + 1 };
    (u32::from(units < 0) + whole + (whole - 1) / 3 + point) as usize
}

/// An exact value with thousands separators and at most `decimals` decimals.
pub fn number(value: &Ratio, decimals: u32) -> String {
    grouped(&plain(value, decimals))
}

/// An exact value with at least `decimals` decimals and at most twelve: `12345.60`.
pub(crate) fn amount(value: &Ratio, decimals: u32) -> String {
    let exact = plain(value, PER_SHARE_DECIMALS);
    let given = exact.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if given > decimals as usize { exact } else { fixed(value, decimals, Midpoint::HalfEven) }
}

/// The same with thousands separators: `12,345.60`.
pub(crate) fn readable(value: &Ratio, decimals: u32) -> String {
    grouped(&amount(value, decimals))
}

/// A multiple as people read it: `150`, `52.499956611184…` where it has no end.
pub(crate) fn decimal(value: &Ratio) -> String {
    let text = plain(value, PER_SHARE_DECIMALS);
    let is_exact = (value * power_of_ten(PER_SHARE_DECIMALS)).is_integer();
    if is_exact { text } else { format!("{text}…") }
}

/// `1 lot`, `12,345 lots`.
pub fn plural(count: impl Copy + std::fmt::Display, word: &str) -> String {
    let count = grouped(&count.to_string());
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} {word}{ending}")
}

/// What makes a spreadsheet run a text as a formula, where it begins so.
const RUN: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// `text` with a leading `'` where a spreadsheet would run it as a formula.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(RUN) { format!("'{text}").into() } else { text.into() }
}

/// A text as it was before [`guarded`].
pub(crate) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(RUN)).unwrap_or(text)
}

/// The longest number that is written digit by digit: 20 digits, or zeros up to that, and its point.
const LONGEST: usize = 24;

/// Writes a scaled integer with exactly `decimals` decimals, as [`scaled_fixed`], without a text for each: a run writes its
/// numbers ten million at a time, which took 0.9 s of a dividend on a million lots, allocation included, and takes 0.2 s.
pub fn write_fixed(out: &mut Vec<u8>, value: i128, decimals: u32) {
    write_scaled(out, value, decimals, false);
}

/// The same without trailing zeros, as [`scaled_plain`].
pub fn write_plain(out: &mut Vec<u8>, value: i128, decimals: u32) {
    write_scaled(out, value, decimals, true);
}

fn write_scaled(out: &mut Vec<u8>, value: i128, decimals: u32, trim: bool) {
    let (Ok(mut small), places @ 0..=20) = (u64::try_from(value.unsigned_abs()), decimals as usize) else {
        let text = if trim { scaled_plain(value, decimals) } else { scaled_fixed(value, decimals) };
        return out.extend_from_slice(text.as_bytes());
    };
    let mut digits = [b'0'; LONGEST];
    let mut at = LONGEST;
    // At least one digit stands before the point.
    while small > 0 || LONGEST - at <= places {
        at -= 1;
        // Below ten, so it fits.
        digits[at] = b'0' + (small % 10) as u8;
        small /= 10;
    }
    if value < 0 {
        out.push(b'-');
    }
    let (whole, fraction) = digits[at..].split_at(LONGEST - places - at);
    out.extend_from_slice(whole);
    let kept = if trim { fraction.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1) } else { places };
    if kept > 0 {
        out.push(b'.');
        out.extend_from_slice(&fraction[..kept]);
    }
}
