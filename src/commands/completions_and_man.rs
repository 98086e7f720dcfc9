//! `ratable completions` and `ratable man`: from the definitions of the command line itself.

use super::failure::{DONE, Failure, MACHINE};
use super::print;
use crate::cli::{Cli, CompletionsArgs, ManArgs};
use clap::CommandFactory;
use clap_mangen::Man;
use std::path::{Path, PathBuf};
use std::{fs, io};

const NAME: &str = "ratable";

pub(crate) fn completions(args: &CompletionsArgs) -> u8 {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut text);
    print::line(String::from_utf8_lossy(&text).trim_end());
    DONE
}

/// Writes a manual page for the program and one for each of its commands.
/// Errors: [`Failure::Usage`] where a page is there already.
pub(crate) fn man(args: &ManArgs) -> Result<u8, Failure> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let commands = std::iter::once(&program).chain(program.get_subcommands());
    let pages: Vec<Man> = commands.map(|command| Man::new(command.clone())).collect();
    let paths: Vec<PathBuf> = pages.iter().map(|page| args.out.join(page.get_filename())).collect();
    if let Some(path) = paths.iter().find(|path| path.exists() && !args.force) {
        return Err(Failure::Usage(format!("{} exists already: give --force to replace the pages.", path.display())));
    }
    let mut pages_and_paths = pages.iter().zip(&paths);
    let written = fs::create_dir_all(&args.out).and_then(|()| pages_and_paths.try_for_each(|(p, path)| write(p, path)));
    if let Err(error) = written {
        print::error(&format!("{}: the manual pages were not written: {error}", args.out.display()));
        return Ok(MACHINE);
    }
    print::line(format_args!("{}: {} manual pages, {NAME}.1 the first", args.out.display(), pages.len()));
    Ok(DONE)
}

/// Writes a page, or leaves nothing of it where nothing was.
fn write(page: &Man, path: &Path) -> io::Result<()> {
    let mut text = Vec::new();
    page.render(&mut text)?;
    let was_there = path.exists();
    fs::write(path, text).inspect_err(|_| {
        if !was_there {
            drop(fs::remove_file(path));
        }
    })
}
