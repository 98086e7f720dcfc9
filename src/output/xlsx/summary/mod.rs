//! `summary.xlsx`: a run in one workbook. Its first sheet is what a treasurer checks before signing.

mod arrears;
pub(crate) mod book;
pub(crate) mod cell;
mod dividend;
mod exchange;
mod front;
pub(crate) mod grid;
mod holdings;
mod large;
mod liquidation;
pub(crate) mod tables;
mod vote;

pub(crate) use dividend::dividend;
pub(crate) use exchange::exchange;
pub(crate) use liquidation::liquidation;
pub(crate) use vote::{actions, captable, vote};

#[cfg(test)]
mod tests;
