//! `ratable verify`: a finished run against its manifest, its own totals and, with the case, against itself made again.

use super::bookplan::BookPlan;
use super::dispatch::with_job;
use super::job::{DONE, Failure, Job, Task};
use super::output;
use super::plan::{ReadPlan, Usage, WritePlan};
use super::prepared::{Prepared, read_case, request};
use super::print;
use super::replay;
use crate::audit::finished::Finished;
use crate::audit::{self, Checked, compare};
use crate::cli::{Format, VerifyArgs};
use crate::output::folder::Folder;
use crate::output::manifest::{Manifest, NAME};
use crate::problem::Problem;
use crate::text::plural;
use serde_json::json;
use std::io;
use std::path::Path;

/// Checks a finished run.
/// Errors: [`Usage`].
pub(crate) fn verify(args: &VerifyArgs) -> Result<u8, Usage> {
    if args.template.is_some() && args.case.is_none() {
        return Err(Usage("--template: it serves to make the run again, which takes --case.".to_owned()));
    }
    let json = args.print.format == Format::Json;
    match checked(args) {
        Ok(checked) => {
            say(args, json, checked);
            Ok(DONE)
        }
        Err(failure) => {
            print::failure(json, &args.dir, &failure, "This is not what the run wrote.");
            Ok(failure.code())
        }
    }
}

fn checked(args: &VerifyArgs) -> Result<Checked, Failure> {
    let run = replay::open(&args.dir)?;
    let (checked, mut problems) = audit::check(&args.dir, &run.manifest);
    if let Some(case) = &args.case {
        match again(args, &run, case) {
            Ok(differences) | Err(Failure::Problems(differences)) => problems.extend(differences),
            Err(other) if problems.is_empty() => return Err(other),
            Err(_) => {}
        }
    }
    if problems.is_empty() { Ok(checked) } else { Err(Failure::Problems(problems)) }
}

fn again(args: &VerifyArgs, run: &Finished, case: &Path) -> Result<Vec<Problem>, Failure> {
    let command = replay::command(&run.manifest, case, args.template.as_deref(), args.after.as_deref())?;
    let again = Again { folder: &args.dir, case, manifest: &run.manifest };
    match with_job(&command, again) {
        Ok(Some(result)) => result,
        Ok(None) => Err(Failure::Usage(format!("{} is a run of a command that writes no folder.", args.dir.display()))),
        Err(Usage(text)) => Err(Failure::Usage(text)),
    }
}

/// Makes a run again and compares.
struct Again<'a> {
    folder: &'a Path,
    case: &'a Path,
    manifest: &'a Manifest,
}

impl Task for Again<'_> {
    type Output = Result<Vec<Problem>, Failure>;

    fn with<J: Job>(self, job: &J, read: &ReadPlan, write: &WritePlan) -> Self::Output {
        let read_again = read_case(read, self.case)?;
        replay::same_case(self.manifest, &read_again)?;
        let prepared = Prepared::new(job, read_again)?;
        let books = BookPlan::new::<J>(&prepared.case, write)?;
        replay::same_template(self.manifest, books.template.as_ref())?;
        let request = request(job, read, write, books.template.clone());
        let machine = |error: io::Error| Failure::Machine(format!("The run was not made again: {error}"));
        let folder = Folder::start(&std::env::temp_dir().join("ratable-verify")).map_err(machine)?;
        match &self.manifest.part {
            None => output::fill(&folder, job, &prepared, &books, write.archive, &request),
            Some(part) => output::part(&folder, job, &prepared, &books, write.archive, &request, part).map(drop),
        }
        .map_err(machine)?;
        prepared.unchanged()?;
        let written = folder.written();
        compare::folders(self.folder, folder.path(), written.iter().map(|file| file.path.as_str())).map_err(machine)
    }
}

fn say(args: &VerifyArgs, json: bool, checked: Checked) {
    let recomputed = args.case.is_some();
    if args.print.quiet {
        return;
    }
    if json {
        let mut value = json!({"problems": []});
        value["checked"] = json!({"files": checked.files, "totals": checked.totals, "recomputed": recomputed});
        print::line(value);
        return;
    }
    let files = plural(checked.files, "file");
    let totals = plural(checked.totals, "control total");
    print::line(format_args!("{}: as the run wrote it.", args.dir.display()));
    print::line(format_args!("  {files} hashed against {NAME}, {totals} added up again."));
    print::line(if recomputed {
        "  The run was made again from its case: every file is the same, byte for byte."
    } else {
        "  To make the run again and compare, give its case with --case."
    });
}
