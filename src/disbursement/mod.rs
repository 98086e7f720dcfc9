//! Money out, after a run: the bank's files, what came back, the journal, the tax year.
//!
//! ```text
//! a finished run, verified (its payment instructions) + the case (payer, addresses) → pain.001, NACHA, checks
//! the same + what banks said of the payments → reissue: new instructions, and a reconciliation
//! finished runs → journal; finished runs + the case → tax
//! ```
//!
//! Nothing here works out what anybody is owed: every amount is one that a run wrote.

#![allow(clippy::expect_used, reason = "an invariant that fails must stop what would be paid")]

pub(crate) mod approvals;
pub(crate) mod checks;
pub(crate) mod created;
pub(crate) mod distribution;
pub(crate) mod journal;
pub(crate) mod latin;
pub(crate) mod nacha;
pub(crate) mod pain001;
pub(crate) mod pay;
pub(crate) mod payer;
pub(crate) mod reissue;
pub(crate) mod run;
pub(crate) mod tax;

pub(crate) use crate::verify::finished::Refused;
