//! `ratable journal`: finished runs as entries of a ledger.

use super::failure::{DONE, Failure};
use super::paid_run::{self, check_file};
use super::print;
use crate::cli::{Format, JournalArgs};
use crate::disbursement::journal::journal as book;
use crate::disbursement::run::Run;
use crate::output::folder::write_file;
use crate::text::plural;
use serde_json::json;
use std::path::Path;

/// Writes it, and says how many entries there are.
pub(crate) fn journal(args: &JournalArgs) -> u8 {
    let as_json = args.print.format == Format::Json;
    match done(args) {
        Ok((entries, notes)) => {
            let file = args.out.display().to_string();
            if as_json && !args.print.quiet {
                print::line(json!({"file": file, "entries": entries, "notes": notes, "problems": []}));
            } else if !args.print.quiet {
                let entries = if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
                print::line(format_args!("{file}: {entries} of {}.", plural(args.runs.len(), "run")));
                notes.iter().for_each(print::line);
            }
            DONE
        }
        Err(failure) => print::failure(as_json, &args.out, &failure, "Nothing was written."),
    }
}

/// Writes it; gives how many entries there are, and what is to be said of them.
pub(crate) fn done(args: &JournalArgs) -> Result<(usize, Vec<String>), Failure> {
    let reads: Vec<&Path> = args.runs.iter().chain(args.case.as_ref()).map(std::path::PathBuf::as_path).collect();
    check_file(&args.out, args.force, &reads)?;
    let runs: Vec<Run> = args.runs.iter().map(|folder| paid_run::open(folder)).collect::<Result<_, _>>()?;
    let accounts = match (&args.case, runs.first()) {
        (Some(case), Some(run)) => Some(paid_run::case(run, case, None)?.case.accounts),
        _ => None,
    };
    let journal = book(&runs, accounts)?;
    write_file(&args.out, &journal.text(args.form), args.force)
        .map_err(|error| Failure::Machine(format!("{} was not written: {error}", args.out.display())))?;
    Ok((journal.entries.len(), journal.notes))
}
