//! Finished runs in the books: `ratable journal` as entries of a ledger, `ratable tax` by the boxes of the tax forms.

use super::paid_run::{self, check_file};
use super::{Failure, Told, not_written, output_dir};
use crate::cli::{JournalArgs, JournalForm, TaxArgs};
use crate::disbursement::journal::journal as book;
use crate::disbursement::run::Run;
use crate::disbursement::tax::{NO_FILING, year};
use crate::output::folder::write_file;
use crate::output::manifest::{self, Manifest, Request};
use crate::text::plural;
use serde_json::json;
use std::path::{Path, PathBuf};

fn opened(folders: &[PathBuf]) -> Result<Vec<Run>, Failure> {
    folders.iter().map(|folder| paid_run::open(folder)).collect()
}

/// Writes the journal, and says how many entries there are.
pub(crate) fn journal(args: &JournalArgs) -> Result<Told, Failure> {
    let reads: Vec<&Path> = args.runs.iter().chain(&args.case).map(PathBuf::as_path).collect();
    check_file(&args.out, args.force, &reads)?;
    let runs = opened(&args.runs)?;
    let accounts = match (&args.case, runs.first()) {
        (Some(case), Some(run)) => Some(paid_run::case(run, case)?.case.accounts),
        _ => None,
    };
    let journal = book(&runs, accounts)?;
    let text = match args.form {
        JournalForm::Csv => journal.csv(),
        JournalForm::Beancount => journal.plain_text(true).into_bytes(),
        JournalForm::Hledger => journal.plain_text(false).into_bytes(),
    };
    write_file(&args.out, &text, args.force).map_err(not_written(&args.out))?;
    let (file, count, notes) = (args.out.display().to_string(), journal.entries.len(), journal.notes);
    let value = json!({"file": file, "entries": count, "notes": notes, "problems": []});
    let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
    let first = format!("{file}: {entries} of {}.", plural(args.runs.len(), "run"));
    Ok(Told { lines: [vec![first], notes].concat(), value })
}

/// Writes what each holder was paid in a calendar year, and says what is in it.
pub(crate) fn tax(args: &TaxArgs) -> Result<Told, Failure> {
    if !(1900..=9999).contains(&args.year) {
        return Err(Failure::Usage(format!("--year {}: give a calendar year, such as 2006.", args.year)));
    }
    let reads: Vec<&Path> = args.runs.iter().chain([&args.case]).map(PathBuf::as_path).collect();
    output_dir::check(&args.out, args.force, &reads)?;
    let runs = opened(&args.runs)?;
    let mut of = None;
    for run in &runs {
        of = Some(paid_run::case(run, &args.case)?);
    }
    let of = of.ok_or_else(|| Failure::Usage("Give at least one run.".to_owned()))?;
    let (terms, tax) = (&of.case.terms, year(&runs, &of.case, args.year)?);
    let arguments = ["--year".to_owned(), args.year.to_string()].into_iter();
    let arguments = arguments.chain(runs.iter().flat_map(|run| ["--run".to_owned(), run.sha256.clone()]));
    let request = Request { command: "tax", arguments: arguments.collect(), template: None };
    let result = json!({
        "command": "tax", "company": terms.company, "currency": terms.currency,
        "readings": manifest::readings(&of.case), "year": args.year, "notes": tax.notes, "what": NO_FILING,
    });
    output_dir::write(&args.out, args.force, |folder| {
        tax.write(folder, &terms.company)?;
        manifest::json_file(folder, "result.json", &result)?;
        Ok(Manifest::new(&of.case, &request, &of.inputs).write(folder)?)
    })?;
    let (files, mut lines) = (args.out.display().to_string(), tax.lines(&terms.currency));
    let value = json!({"files": files, "year": args.year, "lines": lines, "problems": []});
    lines.push(format!("Files: {files}"));
    Ok(Told { lines, value })
}
