//! Finished runs afterwards: `ratable approve` by a person, `journal` as entries of a ledger, `tax` by the boxes of the tax
//! forms, and `reissue` of what came back.

use super::output_dir::check_file;
use super::paid_run::{self, Paid};
use super::print::now;
use super::{Failure, Told, not_written, output_dir, plan};
use crate::cli::{ApproveArgs, JournalArgs, JournalForm, ReissueArgs, TaxArgs};
use crate::disbursement::approvals;
use crate::disbursement::journal::journal as book;
use crate::disbursement::reissue::Reconciliation;
use crate::disbursement::run::{REISSUE, Run};
use crate::disbursement::tax::{NO_FILING, year};
use crate::model::iso;
use crate::output::folder::write_file;
use crate::output::manifest::{self, Manifest, Request};
use crate::output::problems;
use crate::problem::{Place, Problem};
use crate::text::{money, plural};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Writes down a person's yes to a finished run as it is, and says how many people have approved it by now.
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
        tax.write(folder, &terms.company, &terms.currency)?;
        manifest::json_file(folder, "result.json", &result)?;
        Ok(Manifest::new(&of.case, &request, &of.inputs).write(folder)?)
    })?;
    let (files, mut lines) = (args.out.display().to_string(), tax.lines(&terms.currency));
    let value = json!({"files": files, "year": args.year, "lines": lines, "problems": []});
    lines.push(format!("Files: {files}"));
    Ok(Told { lines, value })
}

/// Writes what became of a run's payments, with new instructions for those that can be made now.
pub(crate) fn reissue(args: &ReissueArgs) -> Result<Told, Failure> {
    let pay_date = args.pay_date.as_deref().map(|date| plan::date("--pay-date", date)).transpose()?;
    let mut reads = vec![args.run.as_path(), args.case.as_path()];
    reads.extend(args.status.as_deref());
    output_dir::check(&args.out, args.force, &reads)?;
    let Paid { run, instructions, case } = paid_run::open_with_case(&args.run, &args.case, args.status.as_deref())?;
    if let Some(early) = pay_date.filter(|date| *date < run.date) {
        return Err(Failure::Usage(format!("--pay-date {}: the run is of {}.", iso(early), iso(run.date))));
    }
    reissued_before(args, &run)?;
    let mut of = case?;
    let mut payments = Reconciliation::read(&run, &instructions?)?;
    payments.take(&run, &of.case.payment_statuses)?;
    let mut told: Vec<Problem> = of.warnings.extract_if(.., |said| said.table() == "payment_status").collect();
    told.extend(payments.far(&run, &of.case.payment_statuses));
    let again = payments.reissue(&of.case);
    let latest = payments.lines.iter().filter_map(|line| line.date).chain([run.pay_date]).max();
    let pay_date = pay_date.or(latest).unwrap_or(run.pay_date);
    let arguments =
        ["--date", &iso(run.date), "--pay-date", &iso(pay_date), "--of", run.first_command(), "--run", &run.sha256];
    let request = Request { command: REISSUE, arguments: arguments.map(str::to_owned).to_vec(), template: None };
    let mut result = payments.result(&run, pay_date, &manifest::readings(&of.case));
    output_dir::write(&args.out, args.force, |folder| {
        payments.write(folder, &of.case, &again)?;
        manifest::json_file(folder, "result.json", &result)?;
        Ok(Manifest::new(&of.case, &request, &of.inputs).write(folder)?)
    })?;
    let cash = |units| format!("{} {}", money(units, run.decimals), run.currency);
    let sum = again.iter().map(|(at, _)| payments.lines[*at].amount).sum();
    let mut lines = vec![format!("Paid again: {} of {}.", plural(again.len(), "payment"), cash(sum))];
    for (word, (count, sum)) in payments.totals() {
        lines.push(format!("  {word}: {} of {}", plural(count, "payment"), cash(sum)));
    }
    if !told.is_empty() {
        lines.push(problems::text(&told, false));
    }
    result["problems"] = json!(told);
    lines.push(format!("Files: {}", args.out.display()));
    if !again.is_empty() {
        lines.push(format!(
            "Pay them with: ratable pay {} --case {} --as FORMAT --out FILE",
            args.out.display(),
            args.case.display()
        ));
    }
    Ok(Told { lines, value: result })
}

/// Refuses a run of which a reissue lies beside it, or where this one is to be: a second one would pay what that one pays,
/// under the same references.
fn reissued_before(args: &ReissueArgs, run: &Run) -> Result<(), Failure> {
    let target = args.out.canonicalize().ok();
    let place = std::path::absolute(&args.out).ok().and_then(|out| out.parent()?.canonicalize().ok());
    let places = place.as_slice();
    let mut found = paid_run::reissues_of(run, &args.run, places).into_iter();
    let Some((_, name)) = found.find(|(folder, _)| Some(folder) != target.as_ref()) else { return Ok(()) };
    let message = format!("{name} is a reissue of this run already: another one would pay the same holders again.");
    let help = format!(
        "Go on from it, with {name} in the place of RUN_DIR. If no bank was given anything of it, remove it, or write it \
         again with --force and that folder as --out."
    );
    Err(Problem::error("reissue.run.reissued", Place::file(args.run.to_string_lossy()), message, help).into())
}
