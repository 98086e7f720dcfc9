//! What the program says of itself: `ratable explain` of its problems, `completions` and `man` of its command line.

use super::{DONE, Failure, print};
use crate::cli::{Cli, CompletionsArgs, ExplainArgs, ManArgs};
use crate::output::problem_page::{entries, find, nearest, text};
use clap::CommandFactory;
use clap_mangen::Man;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::{fs, io};

const NAME: &str = "ratable";

/// Prints what the problem of each code means, and what to do; without a code, all codes.
/// Errors: [`Failure::Usage`] where a code is none.
pub(crate) fn explain(args: &ExplainArgs) -> Result<u8, Failure> {
    if args.codes.is_empty() {
        let codes: Vec<&str> = entries().map(|entry| entry.code).collect();
        print::line(codes.join("\n"));
        return Ok(DONE);
    }
    let found = args.codes.iter().map(|code| Ok((code, find(code).ok_or_else(|| unknown(code))?)));
    let found = found.collect::<Result<Vec<_>, Failure>>()?;
    let color = print::color() && io::stdout().is_terminal();
    let texts: Vec<String> = found.into_iter().map(|(code, entry)| text(code, entry, color)).collect();
    print::styled(&texts.join("\n\n"));
    Ok(DONE)
}

fn unknown(code: &str) -> Failure {
    let near = nearest(code);
    let hint = match near.as_slice() {
        [] => "ratable explain without a code lists them all.".to_owned(),
        [one] => format!("Did you mean {one}?"),
        several => format!("Did you mean one of these? {}", several.join(", ")),
    };
    Failure::Usage(format!("There is no problem with the code {code}. {hint}"))
}

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
    let out = args.out.display();
    fs::create_dir_all(&args.out)
        .and_then(|()| pages_and_paths.try_for_each(|(page, path)| write(page, path)))
        .map_err(|error| Failure::Machine(format!("{out}: the manual pages were not written: {error}")))?;
    print::line(format_args!("{out}: {} manual pages, {NAME}.1 the first", pages.len()));
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
