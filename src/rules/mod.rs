//! The Certificate, section by section: pure functions of dates, terms and sums by class and cohort.
//!
//! | clause | file |
//! |---|---|
//! | §2(a), §3(a), §6(c), §7: the multiple | [`multiple`] |
//! | §2(a): the quarterly dividend | [`dividend`] |
//! | §2(b): declarations on Common and their match | [`declarations`] |
//! | §2(c): accrual, arrears, payments in part | [`accrual`], [`ledger`], [`partial`] |
//! | §3, §10: votes, elections, meetings | [`voting`] |
//! | §3(c)(ii), (iv), (v): the Board | [`board`] |
//! | §4, §5, §8: restrictions | [`restrictions`] |
//! | §6: liquidation | [`liquidation`], [`curve`] |
//! | cumulative dividends of other classes, at a rate | [`rate`] |
//! | §3(c)(i): default periods | [`default_period`] |

#![warn(clippy::arithmetic_side_effects)]
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "an invariant that does not hold ends the run: better than a wrong payment"
)]

pub(crate) mod account;
pub(crate) mod accrual;
pub(crate) mod board;
pub(crate) mod curve;
pub(crate) mod declarations;
pub(crate) mod default_period;
pub(crate) mod dividend;
pub(crate) mod ledger;
pub(crate) mod liquidation;
pub(crate) mod multiple;
pub(crate) mod partial;
pub(crate) mod rate;
pub(crate) mod restrictions;
pub(crate) mod voting;
