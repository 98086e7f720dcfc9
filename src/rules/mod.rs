//! The Certificate, section by section: pure functions of dates, terms and sums by class and cohort.
//!
//! | clause | file |
//! |---|---|
//! | §2(a), §3(a), §6(c), §7: the multiple | [`multiple`] |
//! | §2(a), §2(b): the quarterly dividend | [`dividend`] |
//! | §2(c): accrual, arrears, payments in part | [`accrual`], [`ledger`], [`partial`], [`replay`] |
//! | §3, §10: votes, elections, meetings | [`voting`] |
//! | §4, §5, §8: restrictions | [`restrictions`] |
//! | §6: liquidation | [`liquidation`] |
//! | §3(c)(i): the default period | [`replay`] |

#![warn(clippy::arithmetic_side_effects)]

pub(crate) mod account;
pub(crate) mod accrual;
pub(crate) mod dividend;
pub(crate) mod ledger;
pub(crate) mod liquidation;
pub(crate) mod multiple;
pub(crate) mod partial;
pub(crate) mod replay;
pub(crate) mod restrictions;
pub(crate) mod voting;
