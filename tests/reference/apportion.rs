//! SPEC 4.7: a fixed sum cut into whole units.

use super::number::{Q, int, sum, ten_to};
use num_traits::Zero;

/// `total` (a whole number of units of `decimals` decimals) over weights ≥ 0 with a positive sum.
///
/// Each gets floor(P·w/W) units; the units left over go one each to the largest remainders, equal
/// remainders to the earlier entry: callers list holdings by `holder_id` bytewise, then class order.
pub fn apportion(total: &Q, weights: &[Q], decimals: u32) -> Vec<Q> {
    let whole = sum(weights);
    if whole.is_zero() {
        return vec![Q::zero(); weights.len()];
    }
    let units = total * ten_to(decimals);
    assert!(units.is_integer(), "a whole number of units");
    let exact: Vec<Q> = weights.iter().map(|weight| &units * weight / &whole).collect();
    let mut given: Vec<Q> = exact.iter().map(Q::floor).collect();
    let mut left_over = &units - sum(&given);
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&index| (&given[index] - &exact[index], index));
    for index in by_remainder {
        if left_over.is_zero() {
            break;
        }
        given[index] += int(1);
        left_over -= int(1);
    }
    given.into_iter().map(|units| units / ten_to(decimals)).collect()
}
