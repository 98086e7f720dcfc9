//! Parse, run, exit code.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    ratable::commands::run(&ratable::cli::Cli::parse())
}
