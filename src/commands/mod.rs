//! One file per command: open the case, call the rules, hand the outcome to report.

mod actions;
mod captable;
mod check;
pub mod console;
mod dividend;
mod exchange;
mod liquidate;
pub mod new;
mod plan;
mod session;
mod vote;

use crate::cli::{Cli, Command};
use crate::model::Case;
use crate::quantity::{Ratio, Units, units_from_ratio};
use console::Console;
use plan::Usage;
use session::{Failure, USAGE};

/// Runs what was typed. Returns the exit code of SPEC 2.
#[must_use]
pub fn run(cli: &Cli, console: &Console) -> u8 {
    if let Some(jobs) = jobs(&cli.command) {
        // Fails only where a pool was built already, which a command line cannot do twice.
        drop(rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global());
    }
    let code = match &cli.command {
        Command::Dividend(args) => dividend::dividend(args, console),
        Command::Liquidate(args) => liquidate::liquidate(args, console),
        Command::Exchange(args) => exchange::exchange(args, console),
        Command::Vote(args) => vote::vote(args, console),
        Command::Actions(args) => actions::actions(args, console),
        Command::Captable(args) => captable::captable(args, console),
        Command::Check(args) => check::check(args, console),
        Command::New(args) => new::new(args, console),
    };
    code.unwrap_or_else(|Usage(text)| {
        console.tell(format_args!("ratable: {text}"));
        USAGE
    })
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
