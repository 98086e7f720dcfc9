//! `summary.xlsx`: a run in one workbook. Its first sheet is what a treasurer checks before signing.

pub(crate) mod cell_value;
mod dividend;
mod exchange;
mod first_sheet;
mod holdings;
mod liquidation;
pub(crate) mod long_table;
mod paid;
pub(crate) mod parallel_rows;
pub(crate) mod sheet;
pub(crate) mod tables;
mod vote;
pub(crate) mod workbook;

pub(crate) use cell_value::CellValue;
pub(crate) use dividend::dividend;
pub(crate) use exchange::exchange;
pub(crate) use liquidation::liquidation;
pub(crate) use sheet::{Sheet, Table};
pub(crate) use vote::{actions, captable, vote};
pub(crate) use workbook::Summary;
