//! `summary.xlsx`: a run in one workbook. Its first sheet is what a treasurer checks before signing.

mod arrears;
pub mod book;
pub mod cell;
mod dividend;
mod exchange;
mod front;
pub mod grid;
mod holdings;
mod large;
mod liquidation;
pub mod tables;
mod vote;

pub use dividend::dividend;
pub use exchange::exchange;
pub use liquidation::liquidation;
pub use vote::{actions, captable, vote};

#[cfg(test)]
mod tests;
