//! Exact quantities: no binary floating point, every rounding named where it happens.
//!
//! There are four kinds of number, and each is for one thing only:
//!
//! - [`Decimal`]: what people type and spreadsheets hold, as it is read. Nothing is computed in it: its `*` and `/` round
//!   silently, so that clippy keeps them out. [`exact`] makes a fraction of it, once.
//! - [`Ratio`]: an exact fraction of any size. Everything that is legal (multiples, dividends per share, tiers) is one.
//! - [`Shares`]: a number of shares in millionths (§11: a fraction of a share is a real holding).
//! - [`Units`]: an amount of cash in the currency's smallest units, or of an asset in millionths: a whole number, the
//!   result of one of the named roundings below.

#![warn(clippy::arithmetic_side_effects)]

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
pub(crate) use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy;
use std::fmt;
use std::str::FromStr;

/// An exact fraction. All rules are computed in it.
pub type Ratio = num_rational::BigRational;

/// An amount in smallest units (cents of a currency, millionths of an asset). Signed, since a rounding line may be
/// negative.
pub type Units = i128;

/// Millionths of a share in one share.
pub(crate) const MICROS_PER_SHARE: u64 = 1_000_000;
/// Decimals of a share count (`docs/rules.md`, "Numbers").
pub(crate) const SHARE_DECIMALS: u32 = 6;
/// Decimals of a per-share amount (`docs/rules.md`, "Numbers").
pub(crate) const PER_SHARE_DECIMALS: u32 = 12;
/// Share counts stay below this many shares (`docs/rules.md`, "Numbers").
pub(crate) const SHARES_LIMIT: u64 = 10_000_000_000_000;
/// Cash stays below this many whole currency units (`docs/rules.md`, "Numbers").
pub(crate) const CASH_LIMIT: u64 = 1_000_000_000_000_000;

/// A number of shares, in millionths. Below 10^13 shares, so below 10^19 millionths, which a `u64` holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shares(pub u64);

impl Shares {
    /// Millionths of a share.
    pub fn micros(self) -> u64 {
        self.0
    }

    /// Whether it is a number of shares that anybody could hold.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that Option::filter wants")]
    pub fn is_within_limit(&self) -> bool {
        self.0 < SHARES_LIMIT * MICROS_PER_SHARE
    }

    /// The exact number of shares.
    pub fn to_ratio(self) -> Ratio {
        shares_ratio(u128::from(self.0))
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&scaled_plain(i128::from(self.0), SHARE_DECIMALS))
    }
}

/// A sum of share counts in millionths, as an exact number of shares.
pub fn shares_ratio(micros: u128) -> Ratio {
    Ratio::new(BigInt::from(micros), BigInt::from(MICROS_PER_SHARE))
}

/// What to do with an exact half (reading `midpoint`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Midpoint {
    /// Half away from zero, as "rounded to the nearest cent" is commonly read.
    #[default]
    HalfUp,
    /// Half to the even neighbour.
    HalfEven,
}

pub(crate) fn power_of_ten(decimals: u32) -> BigInt {
    BigInt::from(10u8).pow(decimals)
}

/// A whole number as a fraction.
pub fn whole<T: Into<BigInt>>(n: T) -> Ratio {
    Ratio::from_integer(n.into())
}

/// The nearest whole number; an exact half as `midpoint` says.
pub fn round_half(value: &Ratio, midpoint: Midpoint) -> BigInt {
    let (quotient, remainder) = value.numer().abs().div_rem(value.denom());
    let twice: BigInt = remainder * 2;
    let up = match twice.cmp(value.denom()) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => midpoint == Midpoint::HalfUp || quotient.is_odd(),
    };
    let magnitude = if up { quotient + 1 } else { quotient };
    if value.is_negative() { -magnitude } else { magnitude }
}

/// The nearest whole number to `floor` and a rest, given how twice the rest compares with its denominator: the integers'
/// own [`round_half`], for figures that are not negative.
#[allow(clippy::arithmetic_side_effects, reason = "beyond 10^38 units the run ends with an error: overflow is checked")]
pub(crate) fn nearest(floor: Units, twice_the_rest: std::cmp::Ordering, midpoint: Midpoint) -> Units {
    let up = match twice_the_rest {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => midpoint == Midpoint::HalfUp || floor % 2 != 0,
    };
    if up { floor + 1 } else { floor }
}

/// Rounds to `decimals` decimals, an exact half as `midpoint` says, and keeps the value a fraction.
pub(crate) fn round_decimals(value: &Ratio, decimals: u32, midpoint: Midpoint) -> Ratio {
    let scale = power_of_ten(decimals);
    Ratio::new(round_half(&(value * &scale), midpoint), scale)
}

/// Amounts per share are kept to 12 decimals, half-even (`docs/rules.md`, "Dividend", "Payment in part").
pub(crate) fn per_share_12(value: &Ratio) -> Ratio {
    round_decimals(value, PER_SHARE_DECIMALS, Midpoint::HalfEven)
}

/// Cash in smallest units as an exact amount.
pub fn units_ratio(units: Units, decimals: u32) -> Ratio {
    Ratio::new(BigInt::from(units), power_of_ten(decimals))
}

/// A scaled integer with exactly `decimals` decimals, as money is written: `-0.05`, `1200.00`.
pub fn scaled_fixed(value: i128, decimals: u32) -> String {
    let units = value.unsigned_abs();
    // Nearly every amount is a short one, whose digits are found much faster.
    let digits = u64::try_from(units).map_or_else(|_| units.to_string(), |short| short.to_string());
    pointed(&digits, value < 0, decimals)
}

/// Digits with a point before the last `decimals`: the one formatter.
fn pointed(digits: &str, negative: bool, decimals: u32) -> String {
    let places = decimals as usize;
    let zeros = places.saturating_add(1).saturating_sub(digits.len());
    let mut text = String::from(if negative { "-" } else { "" });
    text.extend(std::iter::repeat_n('0', zeros));
    text.push_str(digits);
    if places > 0 {
        text.insert(text.len().saturating_sub(places), '.');
    }
    text
}

/// A scaled integer, plain: no trailing zeros, no point where nothing follows it.
pub fn scaled_plain(value: i128, decimals: u32) -> String {
    trim_zeros(scaled_fixed(value, decimals))
}

fn trim_zeros(mut text: String) -> String {
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if text == "-0" { "0".to_owned() } else { text }
}

/// `value` to at most `decimals` decimals, half-even, without trailing zeros. Exact where it terminates sooner.
pub fn plain(value: &Ratio, decimals: u32) -> String {
    trim_zeros(fixed(value, decimals, Midpoint::HalfEven))
}

/// `value` with exactly `decimals` decimals.
pub fn fixed(value: &Ratio, decimals: u32, midpoint: Midpoint) -> String {
    let scaled = round_half(&(value * power_of_ten(decimals)), midpoint);
    pointed(&scaled.magnitude().to_string(), scaled.is_negative(), decimals)
}

/// The smallest number of units that is not below `value`.
pub(crate) fn units_up(value: &Ratio, decimals: u32) -> Units {
    #[allow(clippy::expect_used, reason = "sums of money are far below 10^38 units")]
    (value * power_of_ten(decimals)).ceil().to_integer().to_i128().expect("sums are below 10^38 units")
}

/// `value` in lowest terms: `150`, `100/3`.
pub fn fraction(value: &Ratio) -> String {
    if value.is_integer() { value.numer().to_string() } else { format!("{}/{}", value.numer(), value.denom()) }
}

/// The exact decimal of `value` where it terminates (its denominator has no prime but 2 and 5).
pub fn terminating(value: &Ratio) -> Option<String> {
    let (mut rest, mut twos, mut fives) = (value.denom().clone(), 0u32, 0u32);
    while rest.is_even() {
        rest /= 2;
        twos = twos.saturating_add(1);
    }
    let five = BigInt::from(5);
    while (&rest % &five).is_zero() {
        rest /= &five;
        fives = fives.saturating_add(1);
    }
    rest.is_one().then(|| plain(value, twos.max(fives)))
}

/// A decimal number as written (`-12.50`, `.5`, `1e-7` as spreadsheets store small ones), exactly: the one parser.
/// Errors: `None` for anything that is not a plain decimal, or that has more than 28 digits.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    let is_plain = |b: u8| b.is_ascii_digit() || b == b'.';
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    if body.bytes().all(is_plain) {
        return Decimal::from_str_exact(text).ok();
    }
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let fine = body.get(..body.len().checked_sub(exponent.len())?.checked_sub(1)?)?.bytes().all(is_plain);
    let mantissa = fine.then(|| Decimal::from_str_exact(mantissa).ok()).flatten()?;
    let scale = i32::try_from(mantissa.scale()).ok()?.checked_sub(i32::from_str(exponent).ok()?)?;
    let zeros = 10i128.checked_pow(scale.min(0).unsigned_abs())?;
    let digits = mantissa.mantissa().checked_mul(zeros)?;
    Decimal::try_from_i128_with_scale(digits, scale.max(0).unsigned_abs()).ok()
}

/// The same as a fraction.
pub fn parse_decimal(text: &str) -> Option<Ratio> {
    decimal(text).map(exact)
}

/// A decimal as a fraction: how what was read enters the rules.
pub(crate) fn exact(value: Decimal) -> Ratio {
    Ratio::new(BigInt::from(value.mantissa()), power_of_ten(value.scale()))
}

/// A spreadsheet's number at the 15 significant digits that it shows. `None` where those do not fit a decimal.
#[allow(clippy::float_arithmetic, reason = "a spreadsheet's cell")]
pub(crate) fn stored(value: f64) -> Option<Decimal> {
    // Smaller ones would lose digits behind the twenty-eighth decimal.
    if value != 0.0 && value.abs() < 1e-13 {
        return None;
    }
    #[allow(clippy::disallowed_methods, reason = "rounded to what is shown in the same breath")]
    let shown = Decimal::from_f64_retain(value)?;
    shown.round_sf_with_strategy(15, RoundingStrategy::MidpointNearestEven)
}

/// A decimal in units of `decimals` decimals; `None` where it has more, or past 10^38 of them.
pub(crate) fn scaled(value: Decimal, decimals: u32) -> Option<i128> {
    let value = if value.scale() > decimals { value.normalize() } else { value };
    let missing = decimals.checked_sub(value.scale())?;
    value.mantissa().checked_mul(10i128.checked_pow(missing)?)
}

/// How many decimals a terminating value needs; `None` where it does not terminate.
pub fn decimals_needed(value: &Ratio) -> Option<u32> {
    let text = terminating(value)?;
    Some(text.split_once('.').map_or(0, |(_, f)| u32::try_from(f.len()).unwrap_or(u32::MAX)))
}

/// A whole amount of cash in smallest units, where `value` has at most `decimals` decimals.
pub fn units_from_ratio(value: &Ratio, decimals: u32) -> Option<Units> {
    let scaled = value * power_of_ten(decimals);
    if scaled.is_integer() { scaled.to_integer().to_i128() } else { None }
}
