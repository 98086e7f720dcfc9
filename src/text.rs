//! Numbers and counts in running text.

use crate::quantity::{Midpoint, PER_SHARE_DECIMALS, Ratio, Units, fixed, plain, power_of_ten, scaled_fixed};

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
    let text = fixed(value, decimals, Midpoint::HalfEven);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    grouped(text)
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
