//! A spreadsheet's arithmetic, to ask beforehand whether a formula gives an exact figure.
//!
//! Engines differ: in how they sum (plainly, or with Kahan's compensation) and in how they round (the product with a
//! power of ten, or the 15 digits that they show). A formula counts as exact only where all of them agree.

/// A sum, where plain and compensated summation agree.
#[must_use]
pub fn sum(values: impl Iterator<Item = f64>) -> Option<f64> {
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

/// A sum that is about to be rounded: plain and compensated may differ by what rounding takes away.
#[must_use]
pub fn loose_sum(values: impl Iterator<Item = f64>) -> f64 {
    values.sum()
}

/// Whether two doubles are the same number.
#[must_use]
pub fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a == 0.0 && b == 0.0)
}

/// `ROUND(value, decimals)`, where every way of doing it agrees: none within a hair of the midpoint.
#[must_use]
pub fn round(value: f64, decimals: u32) -> Option<f64> {
    let scaled = scale(value, decimals)?;
    let distance = (scaled.abs().fract() - 0.5).abs();
    (distance > hair(scaled)).then(|| unscale(scaled.round(), decimals))
}

/// `ROUNDDOWN(value, decimals)`, where every way of doing it agrees: none within a hair below a whole unit, and none
/// on it unless the double says so exactly.
#[must_use]
pub fn round_down(value: f64, decimals: u32) -> Option<f64> {
    let scaled = scale(value, decimals)?;
    let nearest = scaled.round();
    if same(scaled, nearest) && same(unscale(nearest, decimals), value) {
        return Some(value);
    }
    ((scaled - nearest).abs() > hair(scaled)).then(|| unscale(scaled.trunc(), decimals))
}

fn scale(value: f64, decimals: u32) -> Option<f64> {
    let scaled = value * 10f64.powi(i32::try_from(decimals).ok()?);
    (scaled.abs() < 1e15).then_some(scaled)
}

fn unscale(scaled: f64, decimals: u32) -> f64 {
    scaled / 10f64.powi(i32::try_from(decimals).unwrap_or(0))
}

/// What a few roundings to 53 bits, or one to 15 digits, can move a value of this size.
fn hair(scaled: f64) -> f64 {
    (scaled.abs() * 1e-13).max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_engines_agree_on() {
        assert_eq!(round(7.081_234, 2), Some(7.08));
        assert_eq!(round(-2.676, 2), Some(-2.68));
        assert_eq!(round(8.745, 2), None, "a midpoint that no double carries");
        assert_eq!(round_down(30.379_999, 2), Some(30.37));
        assert_eq!(round_down(30.37, 2), Some(30.37));
        assert_eq!(round_down(0.1 + 0.2, 1), None);
        assert_eq!(sum([0.5, 0.25].into_iter()), Some(0.75));
        assert_eq!(sum([1e16, 1.0, 1.0].into_iter()), None);
    }
}
