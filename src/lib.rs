//! ratable: what holders of junior participating preferred stock are owed, exactly.
//!
//! See `README.md` for what it is for. This page is the map.
//!
//! ```text
//! input (files, through spreadsheet) → model (validated, typed) → rules (exact value per share, by class and cohort)
//!   → holdings, apportion (whole units per holding) → outcome (plain data) → output (xlsx, csv, json)
//! ```
//!
//! Imports run downwards only: `quantity` → `problem`, `text`, `panics`, `sha256` → `model` → `spreadsheet`, `outcome` →
//! `ocf` → `rules`, `holdings`, `input` → `runs`, `output` → `verify` → `disbursement`, `cli` → `commands` → `serve`
//! → `internals`. Modules of one level do
//! not import each other, and no files import each other in a circle: `tests/structure.rs` holds both.
//!
//! Invariants, written as absences:
//!
//! - `rules` does no I/O and never sees a holder, so it cannot fail for want of a file.
//! - `holdings` never sees a clause; `holdings::apportion` is the only place where a fixed sum is cut into units.
//! - `output` never computes a figure.
//! - `spreadsheet` knows file formats, and nothing of dividends.
//! - No binary floating point but at a spreadsheet cell: `input::cell` reads it, `output::xlsx` writes it.

// Somebody's spreadsheet may be anything: nothing here may stop the program but a returned error.
#![warn(unreachable_pub)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::todo, clippy::unimplemented)]

pub mod cli;
mod commands;
mod disbursement;
mod holdings;
mod input;
#[doc(hidden)]
pub mod internals;
mod model;
mod ocf;
mod outcome;
mod output;
mod panics;
mod problem;
mod quantity;
mod rules;
mod runs;
#[cfg(feature = "serve")]
mod serve;
mod sha256;
mod spreadsheet;
mod text;
mod verify;

pub use commands::not_understood;

/// Runs what was typed, as the program does, with signals handled. Returns the exit code: 0 done, 1 the machine failed,
/// 2 the command line is wrong, 3 the case has problems, 4 the Certificate forbids it.
pub fn run(typed: &cli::Cli) -> u8 {
    #[cfg(feature = "serve")]
    if let cli::Command::Serve(args) = &typed.command {
        return commands::handled(|| serve::serve(args));
    }
    commands::run(typed)
}
