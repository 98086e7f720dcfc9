//! What is done with a case that was dropped: its distribution is written, or what is wrong with it.

use super::events::Voice;
use super::inbox::Look;
use super::outbox::{Report, Standing, With, inputs, standing};
use crate::commands::case_run::{CaseRead, CaseRun, read_case};
use crate::commands::failure::Failure;
use crate::commands::plan::{ReadPlan, WritePlan};
use crate::commands::run_case;
use crate::commands::run_kind::{RunKind, RunPlan};
use crate::commands::{annotated_copy, output_dir};
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::ocf::is_package;
use crate::output::brief::Totals;
use crate::output::manifest::{PROBLEMS, json_file};
use crate::output::problems;
use crate::output::replace::exists;
use crate::panics::catch_fault;
use crate::problem::{Place, Problem};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(crate) struct Worker {
    pub read: ReadPlan,
    pub write: WritePlan,
    /// The date of all runs; where none, it follows from each case.
    pub date: Option<Date>,
    /// Where to.
    pub out: PathBuf,
    /// What they are run with, for comparing with earlier runs.
    pub with: With,
    pub voice: Voice,
}

impl Worker {
    /// Whether something was written for a case of this name.
    pub(crate) fn is_there(&self, name: &str) -> bool {
        exists(&self.out.join(name))
    }

    /// Does a case, unless what is there is what it comes to, and says what came of it.
    /// Errors: Problems and prohibitions, whose report is written and said; failures of the machine, of which nothing
    /// was said.
    pub(crate) fn case(&self, look: &Look) -> Result<(), Failure> {
        let target = self.out.join(&look.name);
        let force = match standing(&target, &look.path, &self.with) {
            Standing::Current => return Ok(()),
            Standing::Nothing => false,
            Standing::Stale => true,
            Standing::Foreign => {
                return Err(Failure::Usage(format!(
                    "{} was not written by a watch and is not replaced; move it away",
                    target.display()
                )));
            }
        };
        let start = Instant::now();
        let result = caught(|| self.distribution(&look.path, &target, force))?;
        let failure = match result {
            Ok(done) => {
                let details = json!({"date": done.date, "files": target.display().to_string(), "totals": done.totals});
                self.voice.done(&look.name, &done.line, start.elapsed(), details);
                return Ok(());
            }
            Err(failure @ (Failure::Machine(_) | Failure::Usage(_))) => return Err(failure),
            Err(failure) => failure,
        };
        let problems = failure.problems();
        caught(|| self.report(look, &target, force, &problems))??;
        let line = match failure.clause() {
            Some(clause) => format!("forbidden by {clause}: {}", target.join("problems.txt").display()),
            None => format!("{}: {}", problems::counts(problems.iter()), target.join("problems.xlsx").display()),
        };
        let files = json!({"files": target.display().to_string()});
        self.voice.not_done(&look.name, &failure, &line, start.elapsed(), files);
        Err(failure)
    }

    fn distribution(&self, path: &Path, target: &Path, force: bool) -> Result<Finished, Failure> {
        output_dir::check(target, force, &[path])?;
        let read = read_case(&self.read, path)?;
        let Some(date) = self.date.or_else(|| read.loaded.case.as_ref().and_then(Case::next_quarter)) else {
            return Err(Failure::Problems(without_date(read)));
        };
        let as_of = ReadPlan { as_of: Some(date), ..self.read.clone() };
        // A package is read as of the run's date, which is known only now.
        let read = if self.date.is_none() && is_package(path) { read_case(&as_of, path)? } else { read };
        let write = WritePlan { force, ..self.write.clone() };
        let plan = RunPlan { kind: RunKind::dividend_on(date), read: self.read.clone(), write };
        let run = run_case::write(&plan, CaseRun::new(&plan.kind, read)?, target)?.run;
        let brief = run.brief();
        let mut totals = Totals::default();
        totals.add(&run.case, &brief);
        let line = format!("{}: {}", iso(date), brief.line);
        Ok(Finished { date: iso(date), line, totals: totals.json() })
    }

    /// Writes what is wrong with a case: as text, as a workbook with its cells marked, and for programs.
    fn report(&self, look: &Look, target: &Path, force: bool, list: &[Problem]) -> Result<(), Failure> {
        let inputs = inputs(&look.path)?;
        let copy = annotated_copy::copy(&look.path, &self.read, &look.name, list)?;
        let report = Report {
            tool: "ratable".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            arguments: self.with.all(),
            case: look.name.clone(),
            inputs,
            problems: problems::list(list),
        };
        output_dir::write(target, force, |folder| {
            folder.write("problems.txt", format!("{}\n", problems::full_text(list)).as_bytes())?;
            folder.write("problems.xlsx", &copy)?;
            let value = serde_json::to_value(&report).map_err(std::io::Error::other)?;
            Ok(json_file(folder, PROBLEMS, &value)?)
        })
    }
}

/// Does `work`; a fault of this program in it is one of the case alone.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_fault(work).map_err(Failure::Machine)
}

struct Finished {
    date: String,
    line: String,
    totals: serde_json::Value,
}

/// The problems of a case that has no date to be run on.
fn without_date(read: CaseRead) -> Vec<Problem> {
    let mut list = read.loaded.problems;
    if read.loaded.case.is_some() {
        list.push(Problem::error(
            "run.date.missing",
            Place::default(),
            "There is no Series A, so that no quarter date follows from the case.",
            "Give the date of the dividend with --date.",
        ));
    }
    list
}
