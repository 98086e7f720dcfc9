//! ratable: what holders of junior participating preferred stock are owed, exactly.
//!
//! See `README.md` for what it is for. This page is the map of the house.
//!
//! ```text
//! case (files) → model (validated, typed) → rules (exact value per share, by class and cohort)
//!   → holdings, apportion (whole units per holding) → outcome (plain data) → report (xlsx, csv, json)
//! ```
//!
//! Imports run downwards only: [`quantity`], [`problem`], `door` → [`model`] → [`outcome`] → [`rules`], [`holdings`],
//! [`case`], [`report`] → [`audit`] → [`commands`] → `main`. `rules`, `case` and `report` do not import each other.
//!
//! Invariants, written as absences:
//!
//! - `rules` does no I/O and never sees a holder, so it cannot fail for want of a file.
//! - `holdings` never sees a clause; [`mod@holdings::apportion`] is the only place where a fixed sum is cut into units.
//! - `report` never computes a figure.
//! - No binary floating point but at a spreadsheet cell: `case::cell` reads it, `report::xlsx` writes it.

// Somebody's spreadsheet may be anything: nothing here may stop the program but a returned error.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::todo, clippy::unimplemented)]

pub mod audit;
pub mod case;
pub mod cli;
pub mod commands;
mod door;
pub mod holdings;
pub mod model;
pub mod outcome;
pub mod problem;
pub mod quantity;
pub mod report;
pub mod rules;
pub mod runs;
