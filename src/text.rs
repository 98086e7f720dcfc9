//! Numbers in running text and in files, and texts that no spreadsheet runs.

use crate::quantity::{
    Midpoint, PER_SHARE_DECIMALS, Ratio, Units, fixed, plain, power_of_ten, scaled_fixed, scaled_plain,
};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Texts as people order them: runs of digits by their number, so that `H-2` comes before `H-10`.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
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
pub(crate) fn grouped(number: &str) -> String {
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
pub(crate) fn money(units: Units, decimals: u32) -> String {
    grouped(&scaled_fixed(units, decimals))
}

/// An exact value with thousands separators and at most `decimals` decimals.
pub(crate) fn number(value: &Ratio, decimals: u32) -> String {
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
pub(crate) fn plural(count: impl Copy + std::fmt::Display, word: &str) -> String {
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
pub(crate) fn write_fixed(out: &mut Vec<u8>, value: i128, decimals: u32) {
    write_scaled(out, value, decimals, false);
}

/// The same without trailing zeros, as [`scaled_plain`].
pub(crate) fn write_plain(out: &mut Vec<u8>, value: i128, decimals: u32) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_are_in_order() {
        let mut texts = ["H-10", "H-2", "H-2a", "a", "H-02", "10", "9", "H-"];
        texts.sort_by(|a, b| natural(a, b));
        assert_eq!(texts, ["9", "10", "H-", "H-02", "H-2", "H-2a", "H-10", "a"]);
    }

    #[test]
    fn thousands_are_set_apart() {
        for (plain, shown) in [("0.00", "0.00"), ("-1234.5", "-1,234.5"), ("999", "999"), ("1000000", "1,000,000")] {
            assert_eq!(grouped(plain), shown);
        }
        assert_eq!(money(-123_456_789, 2), "-1,234,567.89");
        assert_eq!(money(100, 0), "100");
        assert_eq!(number(&Ratio::new(91.into(), 2.into()), 6), "45.5");
        assert_eq!([plural(1, "lot"), plural(1_200, "lot")], ["1 lot", "1,200 lots"]);
    }

    #[test]
    fn numbers_are_written_as_the_quantities_write_them() {
        let values =
            [0, 1, 9, 10, 99, 100, 120_050, 1_000_000, i128::from(u64::MAX), i128::from(u64::MAX) + 1, i128::MAX];
        for value in values.into_iter().flat_map(|v| [v, -v]) {
            for decimals in [0, 1, 2, 6, 12, 20, 21] {
                let (mut ours, mut trimmed) = (Vec::new(), Vec::new());
                write_fixed(&mut ours, value, decimals);
                write_plain(&mut trimmed, value, decimals);
                assert_eq!(String::from_utf8_lossy(&ours), scaled_fixed(value, decimals));
                assert_eq!(String::from_utf8_lossy(&trimmed), scaled_plain(value, decimals));
            }
        }
    }
}
