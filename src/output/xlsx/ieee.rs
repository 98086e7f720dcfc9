//! A spreadsheet's arithmetic, to ask beforehand whether a formula gives an exact figure.
//!
//! Engines differ: in how they sum (plainly, or with Kahan's compensation) and in how they round (the product with a
//! power of ten, or the 15 digits that they show). A formula counts as exact only where all of them agree.

/// A sum, where plain and compensated summation agree.
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

/// Whether two doubles are the same number.
pub(crate) fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a == 0.0 && b == 0.0)
}

/// `ROUND(value, decimals)`, where every way of doing it agrees.
pub fn round(value: f64, decimals: u32) -> Option<f64> {
    agreed(value, decimals, f64::round)
}

/// `ROUNDDOWN(value, decimals)`, where every way of doing it agrees.
pub fn round_down(value: f64, decimals: u32) -> Option<f64> {
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
