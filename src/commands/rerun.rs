//! A finished run, typed again: its manifest gives the command, the person the case.

use super::case_run::CaseRead;
use super::failure::no_problems;
use super::{CaseRun, Failure, RunPlan, read_case};
use crate::cli::Cli;
use crate::input::FileHash;
use crate::output::manifest::{self, Manifest};
use crate::problem::{Place, Problem};
use crate::sha256;
use clap::Parser;
use std::ffi::OsString;
use std::path::Path;

/// The flags that a manifest records, each with a value; and the one that has none.
const WITH_VALUE: &str = "--date --funds --pay-date --proceeds --scenarios --breakeven --set --column --acknowledge \
                          --encoding --workbooks";
const BARE: &str = "--archive";

/// Runs a finished run's case again.
/// Errors: another case than the run's, beside those of every run.
pub(crate) fn run(manifest: &Manifest, plan: &RunPlan, case: &Path) -> Result<CaseRun, Failure> {
    let read = read_case(&plan.read, case)?;
    same_case(manifest, &read)?;
    CaseRun::new(&plan.kind, read)
}

/// Whether it was made from a case alone, and not from a finished run.
pub(crate) fn is_of_case(manifest: &Manifest) -> bool {
    !["pay", "reissue", "tax"].contains(&manifest.command.as_str())
}

/// The plan of a finished run, on the case at `case`.
/// Errors: a run of another version, or arguments that are none of a run.
pub(crate) fn plan(
    manifest: &Manifest,
    case: &Path,
    template: Option<&Path>,
    after: Option<&Path>,
) -> Result<RunPlan, Failure> {
    if !is_of_case(manifest) {
        let command = &manifest.command;
        return Err(Failure::Usage(format!(
            "--case: this is a folder of {command}, and only a run of a case alone can be made again: leave --case out."
        )));
    }
    let this = env!("CARGO_PKG_VERSION");
    if manifest.version != this {
        let message = format!("This run was written by ratable {}; this is ratable {this}.", manifest.version);
        let help =
            format!("Use ratable {}: other versions may write the same figures in other files.", manifest.version);
        return Err(problem("manifest.version.differs", &message, &help));
    }
    let unknown = |what: &str| {
        let message = format!("The command in the manifest cannot be repeated: {what}.");
        problem("manifest.arguments.unknown", &message, "Check where the manifest comes from.")
    };
    let mut typed: Vec<OsString> = vec!["ratable".into(), manifest.command.clone().into()];
    let mut arguments = manifest.arguments.iter();
    while let Some(flag) = arguments.next() {
        let value = if WITH_VALUE.split(' ').any(|known| known == flag) { arguments.next() } else { None };
        match value {
            Some(value) => typed.push(format!("{flag}={value}").into()),
            None if flag == BARE => typed.push(flag.into()),
            None => return Err(unknown(flag)),
        }
    }
    if let Some(template) = template {
        typed.extend(["--template".into(), template.into()]);
    }
    match (&manifest.after, after) {
        (Some(_), Some(run)) => typed.extend(["--after".into(), run.into()]),
        (None, None) => {}
        (Some(sha256), None) => {
            return Err(Failure::Usage(format!(
                "This run went on from an earlier one, whose manifest has the SHA-256 {sha256}: give its folder with --after."
            )));
        }
        (None, Some(_)) => {
            return Err(Failure::Usage("This run did not go on from an earlier one: leave out --after.".to_owned()));
        }
    }
    typed.extend(["--".into(), case.into()]);
    let cli = Cli::try_parse_from(typed).map_err(|error| unknown(error.to_string().lines().next().unwrap_or("")))?;
    RunPlan::new(&cli.command)
}

fn problem(code: &str, message: &str, help: &str) -> Failure {
    Problem::error(code, Place::file(manifest::NAME), message, help).into()
}

/// Refuses a case that is not the one that the run read.
fn same_case(manifest: &Manifest, read: &CaseRead) -> Result<(), Failure> {
    let mut problems = Vec::new();
    let mut differs = |what: &str, file: &str, message: String| {
        let help = "Give the case as it was when the run was made: the manifest has the hash of each of its files.";
        problems.push(Problem::error(format!("case.{what}"), Place::file(file), message, help));
    };
    let (name, inputs) = (&read.loaded.name, &read.loaded.inputs);
    if *name != manifest.case {
        differs("name.differs", name, format!("The case is called {name}, the one of the run {}.", manifest.case));
    }
    let find = |path: &str| inputs.iter().find(|input| input.path == path);
    for entry in &manifest.inputs {
        match find(&entry.path) {
            Some(input) if input.sha256 == entry.sha256 && input.size == entry.size => {}
            Some(input) => {
                let message = format!("This is not the file that the run read: its SHA-256 is {}.", input.sha256);
                differs("file.changed", &entry.path, message);
            }
            None => differs("file.missing", &entry.path, "The run read this file, and it is not there.".to_owned()),
        }
    }
    for input in inputs.iter().filter(|input| manifest.inputs.iter().all(|entry| entry.path != input.path)) {
        differs("file.added", &input.path, "The run did not read this file.".to_owned());
    }
    no_problems((), problems)
}

/// Refuses a layout that is not the one that the workbooks were stamped from.
/// Errors: [`Failure::Usage`] where it is missing or too much, [`Failure::Problems`] where it is another.
pub(crate) fn same_template(manifest: &Manifest, given: Option<&FileHash>) -> Result<(), Failure> {
    match (&manifest.template, given) {
        (None, None) => Ok(()),
        (Some(entry), None) => Err(Failure::Usage(format!(
            "The workbooks of this run were made from a layout of your own, {}: give it with --template.",
            entry.path
        ))),
        (Some(entry), Some(given)) if entry == given => Ok(()),
        (Some(entry), Some(given)) => {
            let message = format!(
                "This is not the layout that the workbooks were made from, which is called {} and has the SHA-256 {}.",
                entry.path, entry.sha256
            );
            let help = "Give that layout, under that name.";
            Err(Problem::error("template.file.changed", Place::file(&given.path), message, help).into())
        }
        (None, Some(_)) => Err(Failure::Usage(
            "The workbooks of this run were made from the layout that comes with ratable: leave out --template."
                .to_owned(),
        )),
    }
}

/// Refuses a run whose figures are not those that its case gives.
pub(crate) fn same_result(manifest: &Manifest, run: &CaseRun) -> Result<(), Failure> {
    let sha256 = sha256::of_bytes(&manifest::json_bytes(&run.result())?);
    if manifest.outputs.iter().any(|entry| entry.path == "result.json" && entry.sha256 == sha256) {
        return Ok(());
    }
    let help = "Check the run with: ratable verify RUN_DIR --case CASE.";
    Err(problem("recomputed.result.differs", "The run's result is not what its case gives.", help))
}
