//! The only place where a fixed sum is cut into whole units (SPEC 4.7): largest remainders.
//!
//! Each holding gets the floor of its exact share; the units left over go one each to the largest remainders, equal
//! remainders to the smaller holder id (bytewise), then class order. Holdings stand in that order already, so a tie goes
//! to the smaller index, and neither the order of rows nor the number of threads can matter.

use super::snapshot::Holdings;
use super::values::{Values, weighted_sum};
use crate::quantity::{Ratio, Units, units_ratio};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use rayon::prelude::*;

/// A sum cut into units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// What each holding gets, in the order of the holdings.
    pub units: Vec<Units>,
    /// Holdings with a weight above zero.
    pub holdings: u64,
    /// Units left over after the floors.
    pub left_over: u64,
    /// How many of them went by the tie rule.
    pub by_tie_rule: u64,
}

/// Cuts `sum` units over `holdings` in proportion to Σ shares × `per_share` (by group, not negative).
/// Where no holding has a weight, nobody gets anything and the units are all zero.
pub fn apportion(sum: Units, holdings: &Holdings, per_share: &[Ratio]) -> Shared {
    let total = weighted_sum(&holdings.group_shares(per_share.len()), per_share);
    if !total.is_positive() {
        return Shared { units: vec![0; holdings.list().len()], ..Shared::default() };
    }
    // Scaled so that the weights themselves add up to the sum: a holding's weight is then its exact share.
    let scale = units_ratio(sum, 0) / total;
    let scaled: Vec<Ratio> = per_share.iter().map(|v| v * &scale).collect();
    match Values::new(&scaled, 0) {
        Values::Small { numerators, denominator } => {
            let floors = holdings.list().par_iter();
            let floors = floors.map(|h| Values::floor_small(&numerators, denominator, holdings, h)).collect::<Vec<_>>();
            distribute(sum, floors)
        }
        Values::Wide { numerators, denominator } => {
            let floors = holdings.list().par_iter();
            let floors = floors.map(|h| Values::floor_wide(&numerators, &denominator, holdings, h)).collect::<Vec<_>>();
            distribute(sum, floors)
        }
    }
}

/// Cuts `sum` units in proportion to `weights` that belong to the holdings one by one (an installment's, SPEC 4.10);
/// negative weights count as zero.
pub(crate) fn apportion_weights(sum: Units, weights: &[Ratio]) -> Shared {
    let denominator = weights.iter().fold(BigInt::from(1), |lcm, w| lcm.lcm(w.denom()));
    let numerator = |w: &Ratio| -> BigUint {
        if w.is_positive() { (w.numer() * (&denominator / w.denom())).magnitude().clone() } else { BigUint::zero() }
    };
    let total: BigUint = weights.iter().map(numerator).sum();
    if total.is_zero() {
        return Shared { units: vec![0; weights.len()], ..Shared::default() };
    }
    let sum_units = BigUint::from(sum.max(0).unsigned_abs());
    let floors = weights
        .par_iter()
        .map(|w| {
            let (floor, rest) = (&sum_units * numerator(w)).div_rem(&total);
            (floor.to_i128().unwrap_or(Units::MAX), rest)
        })
        .collect();
    distribute(sum, floors)
}

/// Adds the units left over to the floors, one each to the largest remainders.
fn distribute<T: Ord + Clone + Zero + Send + Sync>(sum: Units, floors: Vec<(Units, T)>) -> Shared {
    let given: Units = floors.iter().map(|(floor, _)| *floor).sum();
    let left_over = usize::try_from(sum - given).unwrap_or(0);
    let holdings = floors.par_iter().filter(|(floor, rest)| *floor > 0 || !rest.is_zero()).count();
    let mut by_tie_rule = 0;
    let mut lucky: Vec<u32> = Vec::new();
    if left_over > 0 {
        let rest = |at: &u32| &floors[*at as usize].1;
        // A sheet or a CSV of 10^8 lots has no more holdings than fit in 32 bits (SPEC 5).
        let most = u32::try_from(floors.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..most).filter(|at| !rest(at).is_zero()).collect();
        let larger_first = |a: &u32, b: &u32| rest(b).cmp(rest(a)).then(a.cmp(b));
        if left_over < order.len() {
            let (_, _, below) = order.select_nth_unstable_by(left_over - 1, larger_first);
            let next_best = below.iter().map(rest).max().cloned();
            order.truncate(left_over);
            if let Some(next_best) = next_best {
                by_tie_rule = order.iter().filter(|at| *rest(at) == next_best).count();
            }
        }
        lucky = order;
    }
    let mut units: Vec<Units> = floors.into_iter().map(|(floor, _)| floor).collect();
    for at in lucky {
        units[at as usize] += 1;
    }
    Shared { units, holdings: count(holdings), left_over: count(left_over), by_tie_rule: count(by_tie_rule) }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::whole;

    fn shared(sum: Units, weights: [u64; 3]) -> Shared {
        apportion_weights(sum, &weights.map(whole))
    }

    #[test]
    fn what_has_a_weight_is_counted_where_nothing_is_left_over_too() {
        let expected = Shared { units: vec![1, 1, 0], holdings: 2, left_over: 0, by_tie_rule: 0 };
        assert_eq!(shared(2, [5, 5, 0]), expected);
    }

    #[test]
    fn a_single_unit_goes_to_the_first_of_equals() {
        let expected = Shared { units: vec![1, 0, 0], holdings: 3, left_over: 1, by_tie_rule: 1 };
        assert_eq!(shared(1, [7, 7, 7]), expected);
    }

    #[test]
    fn the_tie_rule_is_counted_where_equals_stand_on_both_sides_of_the_cut() {
        let cut = Shared { units: vec![1, 1, 0], holdings: 3, left_over: 2, by_tie_rule: 2 };
        assert_eq!(shared(2, [7, 7, 7]), cut);
        let unequal = Shared { units: vec![1, 1, 0], holdings: 2, left_over: 1, by_tie_rule: 0 };
        assert_eq!(shared(2, [1, 2, 0]), unequal);
    }

    #[test]
    fn nothing_and_less_than_nothing_are_nobodys() {
        for sum in [0, -3] {
            assert_eq!(shared(sum, [1, 0, 0]), Shared { units: vec![0, 0, 0], ..Shared::default() });
        }
        assert_eq!(shared(5, [0, 0, 0]), Shared { units: vec![0, 0, 0], ..Shared::default() });
    }
}
