//! Parse, run, exit code.

use clap::Parser;
use ratable::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(ratable::commands::run(&Cli::parse()))
}
