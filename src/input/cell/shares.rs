//! Numbers of shares: exact values within the limits of SPEC 5, and the short ways there for what registers hold most.

use super::Refusal;
use crate::quantity::{MICROS_PER_SHARE, Ratio, SHARES_LIMIT, Shares, shares_from_ratio, whole};
use crate::spreadsheet::row::Cell;
use num_traits::Signed;

/// A number of shares from an exact value.
/// Errors: Negative, more than 6 decimals, or beyond the limit of SPEC 5.
pub(crate) fn shares_of(value: &Ratio) -> Result<Shares, Refusal> {
    if value.is_negative() {
        return Err(Refusal::new(
            "negative",
            "a number of shares cannot be negative.",
            "Correct the number of shares.",
        ));
    }
    if let Some(shares) = shares_from_ratio(value) {
        return Ok(shares);
    }
    if *value >= whole(SHARES_LIMIT) {
        return Err(Refusal::new(
            "too-large",
            "share counts stay below 10,000,000,000,000 (10^13).",
            "Correct the number of shares; there may be digits too many.",
        ));
    }
    Err(Refusal::new(
        "too-many-decimals",
        "shares have at most 6 decimals (§11).",
        "Round the number of shares to 6 decimals as the stock ledger has it, in Excel with =ROUND(x,6).",
    ))
}

/// `1200` and `0.37` without a detour; `None` leaves the rest to the full reader.
pub(crate) fn quick_shares(text: &str) -> Option<Shares> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 15 {
        return None;
    }
    let (mut micros, mut decimals) = (0u64, None::<u32>);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                micros = micros * 10 + u64::from(byte - b'0');
                decimals = decimals.map(|d| d + 1);
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return None,
        }
    }
    let missing = 6u32.checked_sub(decimals.unwrap_or(0))?;
    if decimals == Some(bytes.len().try_into().ok()?) || bytes.len() == 1 && bytes.first() == Some(&b'.') {
        return None;
    }
    let micros = micros.checked_mul(10u64.pow(missing))?;
    (micros < SHARES_LIMIT * MICROS_PER_SHARE).then_some(Shares(micros))
}

/// A number as spreadsheets store it, such as `262.12364600000001`, at the 15 digits that they show: as [`super::stored_number`]
/// reads it, without big integers. `None` leaves the rest to that.
pub(super) fn quick_stored_shares(cell: &Cell) -> Option<Shares> {
    if let Some(number) = cell.whole_number() {
        let shares = u64::try_from(number).ok().filter(|shares| *shares < SHARES_LIMIT)?;
        return Some(Shares(shares * MICROS_PER_SHARE));
    }
    let value = cell.number().filter(|value| value.is_finite() && value.is_sign_positive())?;
    let shown = format!("{value:.14e}");
    let (mantissa, exponent) = shown.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let digits = mantissa
        .bytes()
        .filter(u8::is_ascii_digit)
        .try_fold(0u64, |n, b| n.checked_mul(10)?.checked_add(u64::from(b - b'0')))?;
    // 15 digits, of which 14 are decimals: times 10^(exponent - 14 + 6) they are millionths.
    let micros = match exponent - 8 {
        shift @ 0..=5 => digits.checked_mul(10u64.pow(u32::try_from(shift).ok()?))?,
        shift @ -14..=-1 => {
            let unit = 10u64.pow(shift.unsigned_abs());
            (digits % unit == 0).then_some(digits / unit)?
        }
        _ => return None,
    };
    (micros < SHARES_LIMIT * MICROS_PER_SHARE).then_some(Shares(micros))
}

#[cfg(test)]
mod tests {
    use super::super::stored_number;
    use super::*;
    use crate::spreadsheet::row::{Row, Shown};

    #[test]
    fn stored_shares_are_read_the_same_with_and_without_big_integers() {
        let texts = [
            "262.12364600000001",
            "0.1",
            "0.10000000000000001",
            "1E-6",
            "1e-06",
            "9.9999999999999995E-7",
            "1234.5678901",
            "9999999999999",
            "9999999999999.99999",
            "10000000000000",
            "1299999.9999999998",
            "0",
            "0.000001",
            "0.0000001",
            "74607",
            "0.99999900000000003",
            "123456789012345678",
            "1.",
            ".5",
            ".",
            "-1",
            "4503599627370.4961",
            "33.333333",
        ];
        let cell = |text: &str| {
            let mut row = Row::default();
            row.push_number(0, Shown::Plain, text.parse().ok()?);
            row.cells().first().copied()
        };
        for cell in texts.into_iter().filter_map(cell) {
            let full = stored_number(&cell).and_then(|value| shares_of(&value).ok());
            let quick = quick_stored_shares(&cell);
            assert!(quick.is_none() || quick == full, "{:?}: {quick:?}, {full:?}", cell.number());
        }
        let read = |text| cell(text).and_then(|cell| quick_stored_shares(&cell));
        assert_eq!(read("262.12364600000001"), Some(Shares(262_123_646)));
        assert_eq!(read("0.99999900000000003"), Some(Shares(999_999)));
    }
}
