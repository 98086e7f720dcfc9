//! What holds for every company: properties over random ones (`support/random.rs`).
//!
//! A normal run takes a few cases of each, the same ones every time. `RATABLE_PROPERTY_TIMES=50 cargo test
//! properties::` takes fifty times as many, new ones each time; a failure is shrunk and shown.

mod apportionment;
mod dividends;
mod exchanges;
mod files;
mod liquidations;
mod votes;

use num_bigint::BigInt;
use num_traits::Signed;
use proptest::test_runner::{Config, RngSeed};
use ratable::internals::model::{Ratio, Units, units_ratio};

/// This many cases in a normal run.
fn cases(count: u32) -> Config {
    let times = std::env::var("RATABLE_PROPERTY_TIMES").ok().and_then(|t| t.parse::<u32>().ok());
    Config {
        cases: count * times.unwrap_or(1),
        max_global_rejects: 64 * count * times.unwrap_or(1),
        failure_persistence: None,
        rng_seed: if times.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_060_615) },
        ..Config::default()
    }
}

/// Whether `units` are less than a whole unit off the exact amount (in units).
fn within_a_unit(units: Units, exact: &Ratio) -> bool {
    (Ratio::from_integer(BigInt::from(units)) - exact).abs() < units_ratio(1, 0)
}
