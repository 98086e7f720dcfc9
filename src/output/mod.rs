//! Outcomes as files: workbooks, CSV, JSON. Nothing here computes a figure.

#![allow(clippy::expect_used, reason = "what is written is our own, and an invariant that fails must stop the run")]

pub(crate) mod ahead;
pub(crate) mod brief;
pub(crate) mod csv;
pub(crate) mod explain;
pub(crate) mod fault;
pub(crate) mod folder;
pub(crate) mod instructions;
pub(crate) mod manifest;
pub mod problem_page;
pub mod problems;
pub(crate) mod replace;
pub(crate) mod result;
pub(crate) mod staging;
pub(crate) mod statement_files;
pub(crate) mod tables;
pub(crate) mod terminal;
pub(crate) mod xlsx;

use crate::problem::Problem;
use crate::spreadsheet::hash::FileHash;

/// What every report says about the run it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct RunInfo<'a> {
    /// The command, such as `dividend`.
    pub command: &'static str,
    /// The case's warnings and the run's, in order.
    pub warnings: &'a [Problem],
    pub inputs: &'a [FileHash],
}
