//! Parse, run, exit code.

use clap::Parser;
use ratable::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(match Cli::try_parse() {
        Ok(cli) => ratable::run(&cli),
        Err(error) => ratable::not_understood(&error),
    })
}
