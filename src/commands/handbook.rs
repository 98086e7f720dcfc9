//! `ratable completions` and `ratable man`: from the definitions of the command line itself.

use super::job::{DONE, MACHINE};
use super::plan::Usage;
use super::print;
use crate::cli::{Cli, CompletionsArgs, ManArgs};
use clap::CommandFactory;
use std::fs;
use std::path::PathBuf;

const NAME: &str = "ratable";

/// Prints the completions of a shell.
pub fn completions(args: &CompletionsArgs) -> u8 {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut text);
    print::line(String::from_utf8_lossy(&text).trim_end());
    DONE
}

/// Writes a manual page for the program and one for each of its commands.
///
/// # Errors
/// [`Usage`] where a page is there already.
pub fn man(args: &ManArgs) -> Result<u8, Usage> {
    let program = Cli::command().disable_help_subcommand(true);
    let commands = program.get_subcommands().map(|command| format!("{NAME}-{}.1", command.get_name()));
    let pages: Vec<PathBuf> =
        std::iter::once(format!("{NAME}.1")).chain(commands).map(|name| args.out.join(name)).collect();
    if let Some(path) = pages.iter().find(|path| path.exists() && !args.force) {
        return Err(Usage(format!("{} exists already: give --force to replace the pages.", path.display())));
    }
    let written = fs::create_dir_all(&args.out).and_then(|()| clap_mangen::generate_to(program, &args.out));
    if let Err(error) = written {
        print::complain(&format!("{}: the manual pages were not written: {error}", args.out.display()));
        return Ok(MACHINE);
    }
    print::line(format_args!("{}: {} manual pages, {NAME}.1 the first", args.out.display(), pages.len()));
    Ok(DONE)
}
