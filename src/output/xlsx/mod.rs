//! Workbooks: the only place that knows the XLSX format, and the only one in `output` that knows binary floating point.
//!
//! - [`statement`]: one holder's workbook, stamped from a layout that people may restyle.
//! - [`summary`], [`scenarios`], [`payoff`]: the workbooks of a whole run, written with `rust_xlsxwriter`.
//! - [`annotated_copy`]: a copy of a case with its problems marked.
//! - [`blank`]: the case workbook to fill in.
//! - [`value`]: what a cell holds; [`ieee`]: whether a spreadsheet's arithmetic gives an exact figure.

#![allow(clippy::float_arithmetic, reason = "widths and heights, and what a spreadsheet makes of a figure")]

pub(crate) mod annotated_copy;
pub(crate) mod blank;
pub mod ieee;
pub(crate) mod package;
pub(crate) mod payoff;
pub(crate) mod row_height;
pub(crate) mod scenarios;
pub(crate) mod statement;
pub(crate) mod style;
pub(crate) mod summary;
pub(crate) mod value;
