//! What classes get of very many sums: between the sums at which something changes all lines are straight, so that a
//! scenario is a look-up and two multiplications.

use super::{Context, Prepared};
use crate::outcome::Scenarios;
use crate::quantity::{
    Midpoint, PER_SHARE_DECIMALS, Ratio, Units, power_of_ten, round_half, shares_ratio, units_ratio, whole,
};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;
use rayon::prelude::*;

/// A straight line over whole units of a sum: `(start + rise × units) / denominator`.
struct Line {
    start: BigInt,
    rise: BigInt,
    denominator: BigInt,
}

impl Line {
    /// The line `start + rise × units`.
    fn new(start: &Ratio, rise: &Ratio) -> Self {
        let denominator = start.denom().lcm(rise.denom());
        let over = |value: &Ratio| value.numer() * (&denominator / value.denom());
        Self { start: over(start), rise: over(rise), denominator }
    }

    fn rounded(&self, units: &BigInt, midpoint: Midpoint) -> Units {
        let value = Ratio::new_raw(&self.start + &self.rise * units, self.denominator.clone());
        round_half(&value, midpoint).to_i128().expect("amounts are below 10^38 units")
    }
}

/// From one sum at which something changes to the next: what every claimant gets in smallest units, and per share to 12
/// decimals.
struct Span {
    begins: Ratio,
    lines: Vec<(Line, Line)>,
}

/// What each class and cohort would get, sum by sum: look-ups on the one curve.
pub(super) fn scenarios(context: &Context, prepared: &Prepared, sums: &[Units]) -> Scenarios {
    let curve = &prepared.curve;
    let decimals = context.decimals();
    let midpoint = context.case.terms.readings.midpoint();
    let columns = curve.claimants.iter().map(|claimant| context.class_and_cohort(claimant.group)).collect();
    let spans = if sums.is_empty() { Vec::new() } else { spans(prepared, decimals) };
    let of_sum = |sum: &Units| {
        let exact = units_ratio(*sum, decimals);
        let span = &spans[spans.partition_point(|span| span.begins <= exact) - 1];
        let units = BigInt::from(*sum);
        let rounded = |(total, per_share): &(Line, Line)| {
            (total.rounded(&units, midpoint), per_share.rounded(&units, Midpoint::HalfEven))
        };
        span.lines.iter().map(rounded).collect::<Vec<_>>()
    };
    Scenarios { sums: sums.to_vec(), columns, cells: sums.par_iter().flat_map_iter(of_sum).collect() }
}

fn spans(prepared: &Prepared, decimals: u32) -> Vec<Span> {
    let curve = &prepared.curve;
    let mut begins: Vec<Ratio> = curve.corners().cloned().collect();
    begins.sort();
    begins.dedup();
    // Beyond the last of them the lines go on as they are.
    let beyond = begins.last().expect("a curve begins at 0") + whole(1);
    begins.push(beyond);
    let line = |between: &[Ratio], from: &Ratio, to: &Ratio, scale: Ratio| {
        let rise = (to - from) / (&between[1] - &between[0]);
        let start = from - &rise * &between[0];
        Line::new(&(start * &scale), &(rise * scale / power_of_ten(decimals)))
    };
    let span = |between: &[Ratio]| {
        let (from, to) = (curve.totals(&between[0]), curve.totals(&between[1]));
        let lines = curve.claimants.iter().zip(from.iter().zip(&to)).map(|(claimant, (from, to))| {
            let of_all = shares_ratio(claimant.shares) * power_of_ten(decimals);
            let per_share = Ratio::from(power_of_ten(PER_SHARE_DECIMALS));
            (line(between, from, to, of_all), line(between, from, to, per_share))
        });
        Span { begins: between[0].clone(), lines: lines.collect() }
    };
    begins.windows(2).map(span).collect()
}
