//! One file per command: open the case, call the rules, hand the outcome to report.

use crate::cli::{Cli, Command};
use std::process::ExitCode;

/// Runs what was typed.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    match cli.command {
        Command::New(_) | Command::Check(_) => ExitCode::from(1),
        _ => ExitCode::from(1),
    }
}
