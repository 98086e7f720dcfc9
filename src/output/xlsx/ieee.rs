//! A spreadsheet's arithmetic, to ask beforehand whether a formula gives an exact figure.
//!
//! Engines differ: in how they sum (plainly, or with Kahan's compensation) and in how they round (the product with a
//! power of ten, or the 15 digits that they show). A formula counts as exact only where all of them agree.

/// A sum, where plain and compensated summation agree.
pub(crate) fn sum(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut plain, mut compensated, mut lost) = (0.0f64, 0.0f64, 0.0f64);
    for value in values {
        plain += value;
        let corrected = value - lost;
        let next = compensated + corrected;
        lost = (next - compensated) - corrected;
        compensated = next;
    }
    same(plain, compensated).then_some(plain)
}

/// Whether two doubles are the same number.
pub(crate) fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a == 0.0 && b == 0.0)
}

/// `ROUND(value, decimals)`, where every way of doing it agrees.
pub(crate) fn round(value: f64, decimals: u32) -> Option<f64> {
    agreed(value, decimals, f64::round)
}

/// `ROUNDDOWN(value, decimals)`, where every way of doing it agrees.
pub(crate) fn round_down(value: f64, decimals: u32) -> Option<f64> {
    agreed(value, decimals, f64::trunc)
}

/// Rounds the product with a power of ten as it is, and as the 15 digits that a spreadsheet takes it for.
fn agreed(value: f64, decimals: u32, to_whole: fn(f64) -> f64) -> Option<f64> {
    let scale = 10f64.powi(i32::try_from(decimals).ok()?);
    let scaled = value * scale;
    if scaled.abs() >= 1e15 {
        return None;
    }
    let whole = to_whole(scaled);
    // Far from where the result jumps, digits that are lost do not matter.
    let jump = if same(to_whole(0.5), 0.0) { scaled.round() } else { scaled.trunc() + 0.5f64.copysign(scaled) };
    let near = (scaled - jump).abs() <= (scaled.abs() * 1e-13).max(1e-9);
    if near && !same(to_whole(shown(scaled)?), whole) {
        return None;
    }
    Some(whole / scale)
}

/// A double as the 15 significant digits that a spreadsheet shows.
fn shown(value: f64) -> Option<f64> {
    format!("{value:.14e}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_engines_agree_on() {
        assert_eq!(round(7.081_234, 2), Some(7.08));
        assert_eq!(round(-2.676, 2), Some(-2.68));
        assert_eq!(round(1.005, 2), None, "a midpoint that no double carries: 1.00 or 1.01");
        assert_eq!(round(4.455, 2), Some(4.46));
        assert_eq!(round(0.125, 2), Some(0.13));
        assert_eq!(round_down(2.675, 6), Some(2.675));
        assert_eq!(round_down(0.57, 2), None, "0.56 or 0.57");
        assert_eq!(round_down(30.379_999, 2), Some(30.37));
        assert_eq!(round_down(30.37, 2), Some(30.37));
        assert_eq!(round_down(0.1 + 0.2, 1), Some(0.3));
        assert_eq!(sum([0.5, 0.25].into_iter()), Some(0.75));
        assert_eq!(sum([1e16, 1.0, 1.0].into_iter()), None);
    }
}
