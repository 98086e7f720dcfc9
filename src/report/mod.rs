//! Outcomes as files: workbooks, CSV, JSON. Nothing here computes a figure.

pub mod archive;
pub mod books;
pub mod brief;
pub mod csv;
pub mod dividend;
pub mod explain;
pub mod fault;
pub mod file_name;
pub mod folder;
pub mod instructions;
pub mod liquidation;
pub mod manifest;
pub mod problems;
pub mod replace;
pub mod result;
pub mod staging;
pub mod terminal;
pub mod vote;
pub mod whole;
pub mod xlsx;

use crate::case::Input;
use crate::problem::Problem;

/// What every report says about the run it belongs to.
#[derive(Clone, Debug)]
pub struct RunInfo<'a> {
    /// The command, such as `dividend`.
    pub command: &'static str,
    /// The case's warnings and the run's, in order.
    pub warnings: &'a [Problem],
    /// The files that were read.
    pub inputs: &'a [Input],
}
