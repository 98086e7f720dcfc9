//! Cells of CSV as bytes, without a detour over a text for each.
//!
//! Why it is here: a run writes its cells ten million at a time, and `format!` and a general CSV writer took 0.9 s of a
//! dividend on a million lots, allocation included; these take 0.2 s. A test holds them against the `csv` crate.

use memchr::{memchr, memchr3};

/// The longest number: 39 digits, a sign, a point, and zeros up to that.
const LONGEST: usize = 64;

/// Adds a text, in quotes where it needs them.
pub(crate) fn text(out: &mut Vec<u8>, text: &[u8]) {
    if memchr3(b',', b'"', b'\n', text).is_none() && memchr(b'\r', text).is_none() {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for part in text.split_inclusive(|byte| *byte == b'"') {
        out.extend_from_slice(part);
        if part.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

/// Adds a scaled integer with exactly `decimals` decimals, as [`crate::quantity::scaled_fixed`] writes it.
pub(crate) fn fixed(out: &mut Vec<u8>, value: i128, decimals: u32) {
    number(out, value, decimals, false);
}

/// Adds a scaled integer without trailing zeros, as [`crate::quantity::scaled_plain`] writes it.
pub(crate) fn plain(out: &mut Vec<u8>, value: i128, decimals: u32) {
    number(out, value, decimals, true);
}

fn number(out: &mut Vec<u8>, value: i128, decimals: u32, trim: bool) {
    let (Ok(mut small), places @ 0..=20) = (u64::try_from(value.unsigned_abs()), decimals as usize) else {
        let text = if trim {
            crate::quantity::scaled_plain(value, decimals)
        } else {
            crate::quantity::scaled_fixed(value, decimals)
        };
        out.extend_from_slice(text.as_bytes());
        return;
    };
    let mut digits = [b'0'; LONGEST];
    let mut at = LONGEST;
    // At least one digit stands before the point.
    while small > 0 || LONGEST - at <= places {
        at -= 1;
        if let Some(digit) = digits.get_mut(at) {
            // Below ten, so it fits.
            *digit = b'0' + (small % 10) as u8;
        }
        small /= 10;
    }
    if value < 0 {
        out.push(b'-');
    }
    let (whole, fraction) = digits.get(at..).unwrap_or_default().split_at(LONGEST - places - at);
    out.extend_from_slice(whole);
    let kept = if trim { fraction.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1) } else { places };
    if kept > 0 {
        out.push(b'.');
        out.extend_from_slice(fraction.get(..kept).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{scaled_fixed, scaled_plain};

    #[test]
    fn numbers_are_written_as_the_quantities_write_them() {
        let values =
            [0, 1, 9, 10, 99, 100, 120_050, 1_000_000, i128::from(u64::MAX), i128::from(u64::MAX) + 1, i128::MAX];
        for value in values.into_iter().flat_map(|v| [v, -v]) {
            for decimals in [0, 1, 2, 6, 12, 20, 21] {
                let (mut ours, mut trimmed) = (Vec::new(), Vec::new());
                fixed(&mut ours, value, decimals);
                plain(&mut trimmed, value, decimals);
                assert_eq!(String::from_utf8_lossy(&ours), scaled_fixed(value, decimals));
                assert_eq!(String::from_utf8_lossy(&trimmed), scaled_plain(value, decimals));
            }
        }
    }

    #[test]
    fn texts_are_quoted_as_the_csv_crate_quotes_them() {
        for sample in ["", "a", "a,b", "a \"b\"", "\"", "\"\"", "a\nb", "a\rb", "'=1", "é;ü", ",", "\n", "x\"\n,\r\""]
        {
            let mut writer =
                ::csv::WriterBuilder::new().terminator(::csv::Terminator::Any(b'\n')).from_writer(Vec::new());
            writer.write_record(["x", sample]).unwrap();
            let mut ours = b"x,".to_vec();
            text(&mut ours, sample.as_bytes());
            ours.push(b'\n');
            assert_eq!(ours, writer.into_inner().unwrap());
        }
    }
}
