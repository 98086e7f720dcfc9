//! One file per command: open the case, call the rules, hand the outcome to report.

mod actions;
mod annotated_copy;
mod bookplan;
mod captable;
mod check;
mod dispatch;
mod dividend;
mod exchange;
mod guard;
mod handbook;
mod interrupt;
mod job;
mod liquidate;
mod merge;
pub(crate) mod new;
mod output;
mod overview;
mod plan;
mod prepared;
mod print;
mod progress;
mod replay;
mod session;
mod several;
mod statements;
mod target;
mod unchanged;
mod verify;
mod vote;
mod watch;
mod wrap;

use crate::cli::{Cli, Command, Format, PrintArgs, ReadArgs};
use crate::model::Case;
use crate::output::problems;
use crate::quantity::{Ratio, Units, units_from_ratio};
pub use guard::guarded;
use job::{DONE, Failure, MACHINE, USAGE};
use plan::Usage;
pub use print::hush;
use std::path::Path;

/// Runs what was typed, as the program does: behind the outermost wall, with signals handled.
/// Returns the exit code of SPEC 2.
pub fn run(cli: &Cli) -> u8 {
    interrupt::install();
    guarded(|| {
        let code = execute(cli);
        // A folder that was published stays, and with it goes code 0; what could not be printed was said.
        let prints_only = matches!(cli.command, Command::Check(_) | Command::Verify(_) | Command::Completions(_));
        if prints_only && print::failed() { code.max(MACHINE) } else { code }
    })
}

/// Says what is wrong with what was typed, or the help that was asked for. Returns the exit code of SPEC 2.
pub fn not_understood(error: &clap::Error) -> u8 {
    // Whoever went away before reading it is nobody to tell.
    drop(error.print());
    if !error.use_stderr() {
        return DONE;
    }
    let typed: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let asks = |pair: &[String]| matches!(pair, [flag, value] if flag == "--format" && value == "json");
    if typed.iter().any(|a| a == "--format=json") || typed.windows(2).any(asks) {
        print::as_it_is();
        print::line(problems::json(&Failure::Usage(error.to_string().trim().to_owned()).problems()));
    }
    USAGE
}

/// Runs what was typed. Returns the exit code of SPEC 2.
pub fn execute(cli: &Cli) -> u8 {
    done(cli).unwrap_or_else(|Usage(text)| {
        let failure = Failure::Usage(text);
        print::failure(common(&cli.command).1 == Format::Json, Path::new(""), &failure, "");
        failure.code()
    })
}

fn done(cli: &Cli) -> Result<u8, Usage> {
    let (jobs, format, quiet) = common(&cli.command);
    if let Some(jobs) = jobs {
        if jobs == 0 {
            return Err(Usage("--jobs 0: give at least 1.".to_owned()));
        }
        // Fails only where a pool was built already, which a command line cannot do twice.
        drop(rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global());
    }
    if format == Format::Json || matches!(cli.command, Command::Completions(_)) {
        print::as_it_is();
    }
    progress::start(format == Format::Text && !quiet);
    let code = by_command(&cli.command);
    progress::rest();
    code
}

fn by_command(command: &Command) -> Result<u8, Usage> {
    match command {
        Command::Check(args) => check::check(args),
        Command::New(args) => new::new(args),
        Command::Completions(args) => Ok(handbook::completions(args)),
        Command::Man(args) => handbook::man(args),
        Command::Verify(args) => verify::verify(args),
        Command::Watch(args) => watch::watch(args),
        Command::Statements(args) => statements::statements(args),
        Command::Merge(args) => Ok(merge::merge(args)),
        command => Ok(dispatch::with_job(command, session::Execute)?.unwrap_or(USAGE)),
    }
}

/// What every command has, however it is grouped: threads, what is printed, and whether only problems are.
fn common(command: &Command) -> (Option<usize>, Format, bool) {
    let read = |args: &ReadArgs| (args.jobs, args.format, args.quiet);
    let print = |args: &PrintArgs| (args.jobs, args.format, args.quiet);
    match command {
        Command::New(args) => (None, args.format, false),
        Command::Check(args) => read(&args.read),
        Command::Dividend(args) => read(&args.read),
        Command::Liquidate(args) => read(&args.read),
        Command::Exchange(args) | Command::Vote(args) | Command::Captable(args) => read(&args.read),
        Command::Actions(args) => read(&args.read),
        Command::Verify(args) => print(&args.print),
        Command::Watch(args) => print(&args.print),
        Command::Statements(args) => print(&args.print),
        Command::Merge(args) => print(&args.print),
        Command::Completions(_) | Command::Man(_) => (None, Format::Text, false),
    }
}

/// An amount of the command line in the case's smallest units.
fn units(case: &Case, flag: &str, amount: &Ratio) -> Result<Units, Failure> {
    let decimals = case.terms.currency_decimals;
    units_from_ratio(amount, decimals).ok_or_else(|| {
        Failure::Usage(format!("{flag}: {} has {decimals} decimals; give the amount to that.", case.terms.currency))
    })
}
