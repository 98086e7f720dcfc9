//! Apportionment against a naive one: floors, then a unit each to the largest remainders, ties in order.

use super::{cases, within_a_unit};
use crate::support::random::{cents, company};
use num_traits::{ToPrimitive, Zero};
use proptest::prelude::*;
use ratable::internals::model::Case;
use ratable::internals::model::{Lot, day};
use ratable::internals::model::{Ratio, Units, units_ratio, whole};
use ratable::internals::runs::{Holdings, apportion, snapshot};

/// All holdings of a register, by class.
fn holdings(case: &Case) -> Holdings {
    let groups = |lot: &Lot| Some(u32::from(lot.class));
    snapshot(&case.register, &groups, &case.share_factor(day(2006, 6, 15).expect("a date"))).expect("within the limits")
}

/// The obvious way.
fn naive(sum: Units, weights: &[Ratio]) -> Vec<Units> {
    let total = weights.iter().fold(whole(0), |sum, w| sum + w);
    if total.is_zero() {
        return vec![0; weights.len()];
    }
    let exact: Vec<Ratio> = weights.iter().map(|w| w * units_ratio(sum, 0) / &total).collect();
    let mut units: Vec<Units> = exact.iter().map(|e| e.floor().to_integer().to_i128().expect("units")).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| {
        let rest = |at: &usize| &exact[*at] - exact[*at].floor();
        rest(b).cmp(&rest(a)).then(a.cmp(b))
    });
    let left = usize::try_from(sum - units.iter().sum::<Units>()).expect("units left over");
    order.into_iter().take(left).for_each(|at| units[at] += 1);
    units
}

/// A value per share: nothing, a round one, a fraction with a large denominator.
fn per_share() -> impl Strategy<Value = Ratio> {
    prop_oneof![
        Just(whole(0)),
        (0u64..100_000).prop_map(|n| Ratio::new(n.into(), 100.into())),
        (1u64..u64::MAX, 1u64..u64::MAX).prop_map(|(n, d)| Ratio::new(n.into(), d.into())),
    ]
}

proptest! {
    #![proptest_config(cases(60))]

    /// The sum is exact, every holding is within one unit of its exact share, and the units are the naive ones.
    #[test]
    fn as_the_naive_one(
        company in company(),
        sum in cents(),
        values in proptest::collection::vec(per_share(), 5),
    ) {
        let case = company.on("2006-06-15").load();
        let holdings = holdings(&case);
        let values = &values[..case.classes.list().len()];
        let weight = |h: &ratable::internals::runs::Holding| units_ratio(h.shares.into(), 6) * &values[usize::from(h.class)];
        let weights: Vec<Ratio> = holdings.list().iter().map(weight).collect();
        let total = weights.iter().fold(whole(0), |sum, w| sum + w);
        let shared = apportion(sum, &holdings, values);

        prop_assert_eq!(&shared.units, &naive(sum, &weights));
        if !total.is_zero() {
            prop_assert_eq!(shared.units.iter().sum::<Units>(), sum);
            for (units, weight) in shared.units.iter().zip(&weights) {
                prop_assert!(within_a_unit(*units, &(weight * units_ratio(sum, 0) / &total)));
            }
        }
    }
}
