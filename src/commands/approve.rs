//! `ratable approve`: a person's yes to a finished run, as it is.

use super::failure::{DONE, Failure};
use super::paid_run;
use super::print;
use crate::cli::{ApproveArgs, Format};
use crate::disbursement::approvals;
use crate::problem::{Place, Problem};
use serde_json::json;
use std::path::Path;
use time::OffsetDateTime;

/// Writes it down, and says how many people have approved the run by now.
pub(crate) fn approve(args: &ApproveArgs) -> u8 {
    let as_json = args.print.format == Format::Json;
    match done(args) {
        Ok(people) => {
            let by = args.by.trim();
            if as_json && !args.print.quiet {
                print::line(json!({"run": args.run.display().to_string(), "by": by, "people": people, "problems": []}));
            } else if !args.print.quiet {
                print::line(format_args!("{}: approved by {by}; {people} in all.", args.run.display()));
                print::line("  It records who approved which manifest; it is not a signature.");
            }
            DONE
        }
        Err(failure) => print::failure(as_json, &args.run, &failure, "Nothing was written."),
    }
}

fn done(args: &ApproveArgs) -> Result<usize, Failure> {
    let by = args.by.trim();
    if !by.chars().any(char::is_alphanumeric) || by.chars().any(char::is_control) {
        return Err(Failure::Usage("--by: give the name of the person who approves.".to_owned()));
    }
    let run = paid_run::open(&args.run)?;
    approvals::add(&args.run, by, now(), args.note.trim(), &run.sha256)?;
    let people = approvals::people(&approvals::read(&args.run)?.list, &run.sha256);
    Ok(people.len())
}

/// `2006-06-15T09:00:00Z`.
fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let (hour, minute, second) = now.to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", crate::model::calendar::iso(now.date()))
}

/// Refuses a run that fewer than `wanted` people have approved as it is.
pub(crate) fn wanted(folder: &Path, manifest: &str, wanted: usize) -> Result<(), Failure> {
    let found = approvals::people(&approvals::read(folder)?.list, manifest);
    if found.len() >= wanted {
        return Ok(());
    }
    let names = if found.is_empty() { "nobody".to_owned() } else { found.join(", ") };
    let people = if wanted == 1 { "1 person".to_owned() } else { format!("{wanted} people") };
    let message = format!("{people} must approve the run as it is; so far: {names}.");
    let help = format!("Have it approved: ratable approve {} --by NAME --note TEXT", folder.display());
    Err(Failure::Problems(vec![Problem::error(
        "approvals.people.missing",
        Place::file(approvals::NAME),
        message,
        help,
    )]))
}
