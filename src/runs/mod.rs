//! A case and a plan in, an outcome out: asks the rules class by class, and holdings for the units. No input or output.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "an invariant that does not hold ends the run: better than a wrong payment"
)]

pub mod actions;
mod arrears_out;
pub mod captable;
mod cohorts;
pub(crate) mod common;
pub(crate) mod context;
mod curve_answers;
pub mod dividend;
pub(crate) mod effects;
pub mod exchange;
pub(crate) mod in_kind;
pub mod liquidation;
mod poll;
mod rates;
pub(crate) mod replay;
mod retirements;
mod scenarios;
pub(crate) mod series_a;
pub mod vote;
pub(crate) mod waterfall;
mod waterfall_steps;

pub(crate) use context::Context;
pub(crate) use replay::{Replay, State, Until};
pub(crate) use waterfall::Prepared;

use crate::problem::Problem;

/// Goes on where there are no problems.
fn no_problems(problems: Vec<Problem>) -> Result<(), Refusal> {
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// Why a run came to nothing.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The case has problems (exit 3).
    Problems(Vec<Problem>),
    /// The Certificate forbids it (exit 4): the clause, and what it says.
    Forbidden(Problem),
}

impl Refusal {
    /// Everything that is wrong.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        match self {
            Self::Problems(problems) => problems,
            Self::Forbidden(problem) => vec![problem],
        }
    }
}

impl From<Vec<Problem>> for Refusal {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems(problems)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

impl From<crate::holdings::BeyondLimits> for Refusal {
    fn from(limits: crate::holdings::BeyondLimits) -> Self {
        Self::Problems(vec![Problem::error(
            "register.shares.beyond-limits",
            crate::problem::Place::default(),
            format!("The run stopped because {limits}."),
            "Check the share counts and amounts: one of them is too large to be real.",
        )])
    }
}
