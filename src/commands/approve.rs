//! `ratable approve`: a person's yes to a finished run, as it is.

use super::print::now;
use super::{Failure, Told, paid_run};
use crate::cli::ApproveArgs;
use crate::disbursement::approvals;
use crate::problem::{Place, Problem};
use serde_json::json;
use std::path::Path;

/// Writes it down, and says how many people have approved the run by now.
pub(crate) fn approve(args: &ApproveArgs) -> Result<Told, Failure> {
    let by = args.by.trim();
    if !by.chars().any(char::is_alphanumeric) || by.chars().any(char::is_control) {
        return Err(Failure::Usage("--by: give the name of the person who approves.".to_owned()));
    }
    let manifest = paid_run::open(&args.run)?.sha256;
    approvals::add(&args.run, by, now(), args.note.trim(), &manifest)?;
    let people = approvals::people(&approvals::read(&args.run)?.list, &manifest).len();
    let run = args.run.display();
    let lines = vec![
        format!("{run}: approved by {by}; {people} in all."),
        "  It records who approved which manifest; it is not a signature.".to_owned(),
    ];
    Ok(Told { lines, value: json!({"run": run.to_string(), "by": by, "people": people, "problems": []}) })
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
    Err(Problem::error("approvals.people.missing", Place::file(approvals::NAME), message, help).into())
}
