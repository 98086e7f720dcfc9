//! One file per command: open the case, call the rules, hand the outcome to report.

mod actions;
mod bookplan;
mod captable;
mod check;
mod dispatch;
mod dividend;
mod exchange;
mod guard;
mod interrupt;
mod job;
mod liquidate;
mod merge;
pub mod new;
mod output;
mod overview;
mod plan;
mod prepared;
mod print;
mod replay;
mod session;
mod several;
mod statements;
mod target;
mod unchanged;
mod verify;
mod vote;

use crate::cli::{Cli, Command, Format};
use crate::model::Case;
use crate::quantity::{Ratio, Units, units_from_ratio};
pub use guard::guarded;
use job::{Failure, MACHINE, USAGE};
use plan::Usage;
pub use print::hush;
use std::path::Path;

/// Runs what was typed, as the program does: behind the outermost wall, with signals handled.
/// Returns the exit code of SPEC 2.
#[must_use]
pub fn run(cli: &Cli) -> u8 {
    interrupt::install();
    guarded(|| {
        let code = execute(cli);
        // A folder that was published stays, and with it goes code 0; what could not be printed was said.
        let prints_only = matches!(cli.command, Command::Check(_) | Command::Verify(_));
        if prints_only && print::failed() { code.max(MACHINE) } else { code }
    })
}

/// Runs what was typed. Returns the exit code of SPEC 2.
#[must_use]
pub fn execute(cli: &Cli) -> u8 {
    done(cli).unwrap_or_else(|Usage(text)| {
        let failure = Failure::Usage(text);
        print::failure(json(&cli.command), Path::new(""), &failure, "");
        failure.code()
    })
}

fn done(cli: &Cli) -> Result<u8, Usage> {
    if let Some(jobs) = jobs(&cli.command) {
        if jobs == 0 {
            return Err(Usage("--jobs 0: give at least 1.".to_owned()));
        }
        // Fails only where a pool was built already, which a command line cannot do twice.
        drop(rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global());
    }
    match &cli.command {
        Command::Check(args) => check::check(args),
        Command::New(args) => new::new(args),
        Command::Verify(args) => verify::verify(args),
        Command::Statements(args) => statements::statements(args),
        Command::Merge(args) => Ok(merge::merge(args)),
        command => Ok(dispatch::with_job(command, session::Execute)?.unwrap_or(USAGE)),
    }
}

fn jobs(command: &Command) -> Option<usize> {
    match command {
        Command::New(_) => None,
        Command::Check(args) => args.read.jobs,
        Command::Dividend(args) => args.read.jobs,
        Command::Liquidate(args) => args.read.jobs,
        Command::Exchange(args) | Command::Vote(args) | Command::Captable(args) => args.read.jobs,
        Command::Actions(args) => args.read.jobs,
        Command::Verify(args) => args.print.jobs,
        Command::Statements(args) => args.print.jobs,
        Command::Merge(args) => args.print.jobs,
    }
}

/// Whether what is printed is for programs.
fn json(command: &Command) -> bool {
    let format = match command {
        Command::New(_) => Format::Text,
        Command::Check(args) => args.read.format,
        Command::Dividend(args) => args.read.format,
        Command::Liquidate(args) => args.read.format,
        Command::Exchange(args) | Command::Vote(args) | Command::Captable(args) => args.read.format,
        Command::Actions(args) => args.read.format,
        Command::Verify(args) => args.print.format,
        Command::Statements(args) => args.print.format,
        Command::Merge(args) => args.print.format,
    };
    format == Format::Json
}

/// An amount of the command line in the case's smallest units.
fn units(case: &Case, flag: &str, amount: &Ratio) -> Result<Units, Failure> {
    let decimals = case.terms.currency_decimals;
    units_from_ratio(amount, decimals).ok_or_else(|| {
        Failure::Usage(format!("{flag}: {} has {decimals} decimals; give the amount to that.", case.terms.currency))
    })
}
