//! A finished run that is to be paid, booked or reported, and its case.

use super::case_run::{CaseRead, read_case};
use super::{Failure, ReadPlan, finished_run};
use crate::disbursement::Refused;
use crate::disbursement::run::{Instructions, REISSUE, Run, argument, arguments};
use crate::input::{FileHash, Loaded, ReadOptions};
use crate::model::{Case, parse_iso};
use crate::output::manifest::{self, Manifest};
use crate::problem::{Place, Problem};
use crate::verify::finished::Finished;
use std::fs;
use std::path::{Path, PathBuf};

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Machine(error) => error.into(),
            Refused::Problems(problems) => Self::Problems(problems),
        }
    }
}

/// The finished run in a folder, verified as `verify` does.
/// Errors: that it is none that pays, or not as it was written.
pub(crate) fn open(folder: &Path) -> Result<Run, Failure> {
    verified(folder, finished_run::open(folder)?)
}

fn verified(folder: &Path, finished: Finished) -> Result<Run, Failure> {
    Ok(Run::new(folder, finished_run::verified(folder, finished)?)?)
}

/// A finished run with its payment instructions, and its case.
pub(crate) struct Paid {
    pub run: Run,
    /// Why there is no case, and why there are no instructions, is for after what the run alone tells.
    pub case: Result<CaseOf, Failure>,
    pub instructions: Result<Instructions, Refused>,
}

/// The finished run in a folder, and its case: the one is verified while the other is read.
/// Errors: those of [`open`].
pub(crate) fn open_with_case(folder: &Path, case: &Path, status: Option<&Path>) -> Result<Paid, Failure> {
    let finished = finished_run::open(folder)?;
    let plan = read_plan(&finished.manifest, status);
    let verified = || {
        let run = verified(folder, finished)?;
        let instructions = run.instructions();
        Ok::<_, Failure>((run, instructions))
    };
    // The first of the two stays on this thread, which the page watches.
    let (read, verified) = rayon::join(|| read_case(&plan, case), verified);
    let (run, instructions) = verified?;
    let case = read.and_then(|read| of_run(&run, case, read));
    Ok(Paid { run, case, instructions })
}

/// A case that was read for a run.
pub(crate) struct CaseOf {
    /// The case.
    pub case: Case,
    /// The files that were read.
    pub inputs: Vec<FileHash>,
    /// What is to be said of it.
    pub warnings: Vec<Problem>,
}

/// The run's case, read with the flags that the run had.
/// Errors: the case's problems, or that it is another one's.
pub(crate) fn case(run: &Run, path: &Path) -> Result<CaseOf, Failure> {
    of_run(run, path, read_case(&read_plan(&run.manifest, None), path)?)
}

/// The case that was read, if it is the run's.
fn of_run(run: &Run, path: &Path, read: CaseRead) -> Result<CaseOf, Failure> {
    let Loaded { case: Some(case), inputs, problems: warnings, .. } = read.loaded else {
        return Err(Failure::Problems(read.loaded.problems));
    };
    let of_run = (run.company.as_str(), run.currency.as_str(), run.decimals);
    let of_case = (case.terms.company.as_str(), case.terms.currency.as_str(), case.terms.currency_decimals);
    let other_name = run.company.is_empty() && run.manifest.case != case.name;
    if of_run != of_case || other_name {
        let message = format!(
            "This case is of {} in {}, and the run is of {} in {}.",
            named(&case.terms.company, &case.name),
            case.terms.currency,
            named(&run.company, &run.manifest.case),
            run.currency
        );
        let help = if other_name {
            "Give the case that the run was made of, under its name: where the term company is blank, the name stands for it."
        } else {
            "Give the case that the run was made of; its table bank says who pays."
        };
        let place = Place::file(path.to_string_lossy());
        return Err(Failure::Problems(vec![Problem::error("case.company.differs", place, message, help)]));
    }
    Ok(CaseOf { case, inputs, warnings })
}

fn named<'a>(company: &'a str, case: &'a str) -> &'a str {
    if company.is_empty() { case } else { company }
}

/// How the run's case was read.
fn read_plan(manifest: &Manifest, status: Option<&Path>) -> ReadPlan {
    let set = arguments(manifest, "--set").filter_map(|pair| pair.split_once('='));
    let options = ReadOptions {
        as_of: argument(manifest, "--date").and_then(parse_iso),
        set: set.map(|(term, value)| (term.to_owned(), value.to_owned())).collect(),
        columns: arguments(manifest, "--column").map(str::to_owned).collect(),
        encoding: argument(manifest, "--encoding").map(str::to_owned),
        after: None,
        status: status.map(Path::to_path_buf),
        warned: true,
    };
    ReadPlan { options, quiet: true, ..ReadPlan::default() }
}

/// The reissues of a run that lie beside its folder, or in one of these: the folder, and its name (by its path, where it
/// does not lie beside the run).
pub(crate) fn reissues_of(run: &Run, folder: &Path, places: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let beside = folder.canonicalize().ok().and_then(|own| Some(own.parent()?.to_path_buf()));
    let mut all: Vec<&PathBuf> = beside.iter().chain(places).collect();
    all.dedup();
    let entries = all.into_iter().filter_map(|place| fs::read_dir(place).ok()).flatten().flatten();
    let folders = entries.map(|entry| entry.path()).filter(|folder| folder.join(manifest::NAME).is_file());
    let is_reissue = |folder: &PathBuf| {
        let other = finished_run::open(folder).map(|found| found.manifest);
        other.is_ok_and(|of| of.command == REISSUE && argument(&of, "--run") == Some(run.sha256.as_str()))
    };
    let name = |folder: PathBuf| {
        let is_beside = folder.parent() == beside.as_deref();
        let name =
            folder.file_name().filter(|_| is_beside).unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
        (folder, name)
    };
    folders.filter(is_reissue).map(name).collect()
}
