//! The commands. Those that run a case go one path: what was typed becomes a plan, the case is read and run, its folder
//! is written, and what happened is said. Below the plan nothing knows how it was typed.

pub(crate) mod batch_report;
pub(crate) mod books;
pub(crate) mod case_run;
pub(crate) mod check;
mod convert;
pub(crate) mod failure;
pub(crate) mod fingerprint;
mod finished_run;
pub(crate) mod interrupt;
mod manual;
mod merge;
mod new;
pub(crate) mod output_dir;
mod paid_run;
pub(crate) mod pay;
pub(crate) mod plan;
pub(crate) mod print;
pub(crate) mod progress;
mod rerun;
pub(crate) mod run_folder;
pub(crate) mod run_kind;
mod statements;
mod verify;
pub(crate) mod watch;

use crate::cli::{Cli, Command, Format, PrintArgs};
use crate::output::problems;
use crate::panics::{catch_fault, keep_what_panics_say};
pub(crate) use case_run::{CaseRun, read_case};
pub(crate) use failure::{DONE, Failure, not_written};
use failure::{MACHINE, USAGE};
pub(crate) use plan::{ReadPlan, WritePlan};
pub(crate) use print::Told;
pub use print::set_silent;
pub(crate) use run_kind::{Outcome, RunKind, RunPlan};
use std::path::Path;

/// Runs what was typed with signals handled. Returns the exit code.
pub(crate) fn run(cli: &Cli) -> u8 {
    handled(|| {
        let code = execute(cli);
        // A folder that was published stays, and with it goes code 0; what could not be printed was said.
        let prints_only = matches!(
            cli.command,
            Command::Check(_) | Command::Verify(_) | Command::Completions(_) | Command::Explain(_)
        );
        if prints_only && print::failed() { code.max(MACHINE) } else { code }
    })
}

/// Runs `work` with signals handled, as [`guarded`].
pub(crate) fn handled(work: impl FnOnce() -> u8) -> u8 {
    interrupt::install();
    guarded(work)
}

/// Runs `work`; a panic anywhere in it becomes exit code 1, after every folder that was being written is removed.
pub fn guarded(work: impl FnOnce() -> u8) -> u8 {
    keep_what_panics_say();
    catch_fault(work).unwrap_or_else(|fault| {
        print::note(format_args!("ratable: {fault}"));
        MACHINE
    })
}

/// Says what is wrong with what was typed, or the help that was asked for. Returns the exit code.
pub fn not_understood(error: &clap::Error) -> u8 {
    // Whoever went away before reading it is nobody to tell.
    drop(error.print());
    if !error.use_stderr() {
        return DONE;
    }
    let typed: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let asks = |pair: &[String]| matches!(pair, [flag, value] if flag == "--format" && value == "json");
    if typed.iter().any(|a| a == "--format=json") || typed.windows(2).any(asks) {
        print::set_raw();
        print::line(problems::json(&Failure::Usage(error.to_string().trim().to_owned()).problems()));
    }
    USAGE
}

/// Runs what was typed. Returns the exit code.
pub fn execute(cli: &Cli) -> u8 {
    let args = print_args(&cli.command);
    let json = args.format == Format::Json;
    done(&cli.command, &args).unwrap_or_else(|failure| print::failure(json, Path::new(""), &failure, ""))
}

fn done(command: &Command, print: &PrintArgs) -> Result<u8, Failure> {
    if let Some(jobs) = print.jobs {
        if jobs == 0 {
            return Err(Failure::Usage("--jobs 0: give at least 1.".to_owned()));
        }
        // Fails only where a pool was built already, which a command line cannot do twice.
        drop(rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global());
    }
    if print.format == Format::Json || matches!(command, Command::Completions(_)) {
        print::set_raw();
    }
    progress::start(print.format == Format::Text && !print.quiet);
    let code = by_command(command, print);
    progress::rest();
    code
}

/// Does it, and says what came of it.
fn by_command(command: &Command, print: &PrintArgs) -> Result<u8, Failure> {
    let nothing = "Nothing was written.";
    // Whose problems they are where there are some, and what became of it then.
    let (subject, outcome, told) = match command {
        Command::New(args) => (&args.path, nothing, new::new(args)),
        Command::Verify(args) => (&args.dir, "This is not what the run wrote.", verify::verify(args)),
        Command::Statements(args) => (&args.out, nothing, statements::statements(args)),
        Command::Merge(args) => (&args.out, nothing, merge::merge(args)),
        Command::Pay(args) => (&args.run, nothing, pay::pay(args)),
        Command::Reissue(args) => (&args.run, nothing, books::reissue(args)),
        Command::Journal(args) => (&args.out, nothing, books::journal(args)),
        Command::Tax(args) => (&args.out, nothing, books::tax(args)),
        Command::Approve(args) => (&args.run, nothing, books::approve(args)),
        Command::Check(args) => return check::check(args),
        Command::Convert(args) => {
            let json = print.format == Format::Json;
            let code = convert::convert(args);
            return Ok(code.unwrap_or_else(|failure| print::failure(json, &args.case, &failure, "")));
        }
        Command::Watch(args) => return watch::watch(args),
        Command::Explain(args) => return manual::explain(args),
        Command::Completions(args) => return Ok(manual::completions(args)),
        Command::Man(args) => return manual::man(args),
        run => return Ok(run_folder::run(&RunPlan::new(run)?)),
    };
    Ok(match told {
        Ok(told) => {
            told.say(print);
            DONE
        }
        Err(failure) => print::failure(print.format == Format::Json, subject, &failure, outcome),
    })
}

/// What every command has: threads, what is printed, and whether only problems are.
fn print_args(command: &Command) -> PrintArgs {
    match command {
        Command::Check(args) => &args.read.print,
        Command::Dividend(args) => &args.run.read.print,
        Command::Liquidate(args) => &args.run.read.print,
        Command::Exchange(args) | Command::Vote(args) | Command::Captable(args) => &args.run.read.print,
        Command::Actions(args) => &args.read.print,
        Command::Verify(args) => &args.print,
        Command::Convert(args) => &args.print,
        Command::Watch(args) => &args.print,
        Command::Statements(args) => &args.print,
        Command::Merge(args) => &args.print,
        Command::Pay(args) => &args.print,
        Command::Reissue(args) => &args.print,
        Command::Journal(args) => &args.print,
        Command::Tax(args) => &args.print,
        Command::Approve(args) => &args.print,
        Command::New(args) => return PrintArgs { format: args.format, ..PrintArgs::default() },
        _ => return PrintArgs::default(),
    }
    .clone()
}
