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
pub mod new;
mod output;
mod plan;
mod prepared;
mod print;
mod session;
mod target;
mod unchanged;
mod vote;

use crate::cli::{Cli, Command};
use crate::model::Case;
use crate::quantity::{Ratio, Units, units_from_ratio};
use guard::guarded;
use job::{Failure, MACHINE, USAGE};
use plan::Usage;
pub use print::hush;

/// Runs what was typed, as the program does: behind the outermost wall, with signals handled.
/// Returns the exit code of SPEC 2.
#[must_use]
pub fn run(cli: &Cli) -> u8 {
    interrupt::install();
    guarded(|| {
        let code = execute(cli);
        if print::failed() { code.max(MACHINE) } else { code }
    })
}

/// Runs what was typed. Returns the exit code of SPEC 2.
#[must_use]
pub fn execute(cli: &Cli) -> u8 {
    done(cli).unwrap_or_else(|Usage(text)| {
        print::complain(&text);
        USAGE
    })
}

fn done(cli: &Cli) -> Result<u8, Usage> {
    if let Some(jobs) = jobs(&cli.command) {
        // Fails only where a pool was built already, which a command line cannot do twice.
        drop(rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global());
    }
    match &cli.command {
        Command::Check(args) => check::check(args),
        Command::New(args) => new::new(args),
        command => Ok(dispatch::with_job(command, session::Execute)?.unwrap_or(USAGE)),
    }
}

fn jobs(command: &Command) -> Option<usize> {
    let read = match command {
        Command::New(_) => return None,
        Command::Check(args) => &args.read,
        Command::Dividend(args) => &args.read,
        Command::Liquidate(args) => &args.read,
        Command::Exchange(args) | Command::Vote(args) | Command::Captable(args) => &args.read,
        Command::Actions(args) => &args.read,
    };
    read.jobs.filter(|jobs| *jobs > 0)
}

/// An amount of the command line in the case's smallest units.
fn units(case: &Case, flag: &str, amount: &Ratio) -> Result<Units, Failure> {
    let decimals = case.terms.currency_decimals;
    units_from_ratio(amount, decimals).ok_or_else(|| {
        Failure::Usage(format!("{flag}: {} has {decimals} decimals; give the amount to that.", case.terms.currency))
    })
}
