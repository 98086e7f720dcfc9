//! The only place where a fixed sum is cut into whole units by largest remainders (`docs/rules.md`, "Apportionment").
//!
//! Each holding gets the floor of its exact share; the units left over go one each to the largest remainders, equal
//! remainders to the smaller holder id (bytewise), then class order. Holdings stand in that order already, so a tie goes
//! to the smaller index, and neither the order of rows nor the number of threads can matter.

use super::per_share::{Additions, ScaledPerShare, weighted_sum};
use super::snapshot::Holdings;
use crate::outcome::Apportionment;
use crate::quantity::{Ratio, Units, units_ratio};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use rayon::prelude::*;

/// A sum cut into units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apportioned {
    /// What each holding gets, in the order of the holdings.
    pub units: Vec<Units>,
    /// Holdings with a weight above zero.
    pub holdings: u64,
    /// Units left over after the floors.
    pub left_over: u64,
    /// How many of them went by the tie rule.
    pub by_tie_rule: u64,
}

impl Apportioned {
    fn nothing(holdings: usize) -> Self {
        Self { units: vec![0; holdings], ..Self::default() }
    }

    /// How the sum of `what` was cut.
    pub(crate) fn note(&self, what: impl Into<String>) -> Apportionment {
        let Self { units, holdings, left_over, by_tie_rule } = self;
        let (what, sum) = (what.into(), units.iter().sum());
        Apportionment { what, sum, holdings: *holdings, left_over: *left_over, by_tie_rule: *by_tie_rule }
    }
}

/// Cuts `sum` units over `holdings` in proportion to Σ shares × `per_share` (by group, not negative).
/// Where no holding has a weight, nobody gets anything and the units are all zero.
pub fn apportion(sum: Units, holdings: &Holdings, per_share: &[Ratio]) -> Apportioned {
    assert!(sum >= 0, "a sum to apportion is not negative");
    let total = weighted_sum(&holdings.group_shares(per_share.len()), per_share);
    if !total.is_positive() {
        return Apportioned::nothing(holdings.list().len());
    }
    // Scaled so that the weights themselves add up to the sum: a holding's weight is then its exact share.
    let scale = units_ratio(sum, 0) / total;
    let scaled: Vec<Ratio> = per_share.iter().map(|v| v * &scale).collect();
    let list = holdings.list().par_iter();
    match ScaledPerShare::new(&scaled, 0) {
        ScaledPerShare::Small(scaled) => distribute(sum, list.map(|h| scaled.floor(holdings, h)).collect()),
        ScaledPerShare::Wide(scaled) => distribute(sum, list.map(|h| scaled.floor(holdings, h)).collect()),
    }
}

/// Cuts `sum` units over `holdings` in proportion to their amounts with what is added to each; below nothing they weigh
/// nothing.
pub(crate) fn apportion_with(
    sum: Units,
    holdings: &Holdings,
    amounts: &ScaledPerShare,
    added: &Additions,
) -> Apportioned {
    let weights = holdings.list().par_iter().zip(&added.numerators);
    apportion_weights(sum, weights.map(|(h, addition)| amounts.plus(holdings, h, *addition, added)).collect())
}

/// Cuts `sum` units in proportion to `weights`; those below zero count as zero.
pub fn apportion_weights(sum: Units, weights: Vec<BigInt>) -> Apportioned {
    let weights: Vec<BigUint> = weights.into_iter().map(|w| w.to_biguint().unwrap_or_default()).collect();
    let total: BigUint = weights.iter().sum();
    if total.is_zero() {
        return Apportioned::nothing(weights.len());
    }
    let units = BigUint::try_from(sum).expect("a sum to apportion is not negative");
    let floor = |weight: &BigUint| {
        let (floor, rest) = (&units * weight).div_rem(&total);
        (floor.to_i128().expect("no part is above the sum"), rest)
    };
    distribute(sum, weights.par_iter().map(floor).collect())
}

/// Cuts `sum` units in proportion to a few exact weights, none below zero.
pub(crate) fn apportion_ratios(sum: Units, weights: &[Ratio]) -> Apportioned {
    let denominator = weights.iter().fold(BigInt::from(1), |lcm, w| lcm.lcm(w.denom()));
    apportion_weights(sum, weights.iter().map(|w| w.numer() * (&denominator / w.denom())).collect())
}

/// Adds the units left over to the floors, one each to the largest remainders.
fn distribute<T: Ord + Clone + Zero + Send + Sync>(sum: Units, floors: Vec<(Units, T)>) -> Apportioned {
    let given: Units = floors.iter().map(|(floor, _)| *floor).sum();
    let left_over = usize::try_from(sum - given).expect("floors do not add up to more than the sum");
    let holdings = floors.par_iter().filter(|(floor, rest)| *floor > 0 || !rest.is_zero()).count();
    let rest = |at: &u32| &floors[*at as usize].1;
    let most = u32::try_from(floors.len()).expect("a register has fewer holdings than 32 bits count");
    let mut order: Vec<u32> = if left_over == 0 { Vec::new() } else { (0..most).collect() };
    order.retain(|at| !rest(at).is_zero());
    assert!(left_over <= order.len(), "fewer units are left over than holdings have remainders");
    let mut by_tie_rule = 0;
    if (1..order.len()).contains(&left_over) {
        let larger_first = |a: &u32, b: &u32| rest(b).cmp(rest(a)).then(a.cmp(b));
        let (_, _, below) = order.select_nth_unstable_by(left_over - 1, larger_first);
        let next_best = below.iter().map(rest).max().cloned();
        order.truncate(left_over);
        by_tie_rule = order.iter().filter(|at| next_best.as_ref() == Some(rest(at))).count();
    }
    let remainder_recipients = order;
    let mut units: Vec<Units> = floors.into_iter().map(|(floor, _)| floor).collect();
    for at in remainder_recipients {
        units[at as usize] += 1;
    }
    assert_eq!(units.iter().sum::<Units>(), sum, "units add up to the sum");
    Apportioned { units, holdings: count(holdings), left_over: count(left_over), by_tie_rule: count(by_tie_rule) }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).expect("64 bits count any number of holdings")
}
