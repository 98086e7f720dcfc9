//! Exact numbers and the roundings that SPEC names. Nothing here is a float.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// An exact fraction: every quantity of the reference is one.
pub type Q = BigRational;

/// A whole number as a fraction.
pub fn int(n: i64) -> Q {
    Q::from_integer(BigInt::from(n))
}

/// 10^`digits`.
pub fn ten_to(digits: u32) -> Q {
    Q::from_integer(BigInt::from(10).pow(digits))
}

/// One unit of the last of `digits` decimals.
pub fn unit(digits: u32) -> Q {
    ten_to(digits).recip()
}

/// A plain decimal (`1234.50`), or a percentage (`24%`).
pub fn parse(text: &str) -> Option<Q> {
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        return Some(parse(percent)? / int(100));
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{decimals}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = Q::new(all.parse().ok()?, BigInt::from(10).pow(u32::try_from(decimals.len()).ok()?));
    Some(if negative { -value } else { value })
}

/// Down to `digits` decimals (values here are never negative).
pub fn floor(value: &Q, digits: u32) -> Q {
    (value * ten_to(digits)).floor() / ten_to(digits)
}

/// To `digits` decimals, half away from zero.
pub fn half_up(value: &Q, digits: u32) -> Q {
    let half = Q::new(BigInt::one(), BigInt::from(2));
    let scaled = value.abs() * ten_to(digits);
    let rounded = (scaled + half).floor() / ten_to(digits);
    if value.is_negative() { -rounded } else { rounded }
}

/// To `digits` decimals, half to even.
pub fn half_even(value: &Q, digits: u32) -> Q {
    let half = Q::new(BigInt::one(), BigInt::from(2));
    let scaled = value.abs() * ten_to(digits);
    let below = scaled.floor();
    let rest = &scaled - &below;
    let odd = (below.to_integer() % BigInt::from(2)).is_one();
    let rounded = if rest > half || (rest == half && odd) { below + int(1) } else { below };
    let rounded = rounded / ten_to(digits);
    if value.is_negative() { -rounded } else { rounded }
}

/// Exactly `digits` decimals, of a value that has no more than those.
pub fn fixed(value: &Q, digits: u32) -> String {
    let scaled = value * ten_to(digits);
    assert!(scaled.is_integer(), "{value} has more than {digits} decimals");
    let text = scaled.to_integer().abs().to_string();
    let sign = if value.is_negative() { "-" } else { "" };
    if digits == 0 {
        return format!("{sign}{text}");
    }
    let digits = digits as usize;
    let text = format!("{text:0>width$}", width = digits + 1);
    let (whole, decimals) = text.split_at(text.len() - digits);
    format!("{sign}{whole}.{decimals}")
}

/// Plain, to at most `digits` decimals half-even, without trailing zeros.
pub fn plain(value: &Q, digits: u32) -> String {
    let text = fixed(&half_even(value, digits), digits);
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// `100` or `100/3`.
pub fn fraction(value: &Q) -> String {
    if value.is_integer() { value.to_integer().to_string() } else { format!("{}/{}", value.numer(), value.denom()) }
}

/// The sum of some fractions.
pub fn sum<'a>(values: impl IntoIterator<Item = &'a Q>) -> Q {
    values.into_iter().fold(Q::zero(), |total, value| total + value)
}
