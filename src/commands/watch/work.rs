//! What is done with a case that was dropped: its distribution is written, or what is wrong with it.

use super::events::Voice;
use super::inbox::Look;
use super::outbox::{PROBLEMS, Report, Standing, With, inputs, standing};
use crate::commands::bookplan::BookPlan;
use crate::commands::dividend::Dividend;
use crate::commands::guard::caught;
use crate::commands::job::{Failure, Job};
use crate::commands::plan::{ReadPlan, Usage, WritePlan};
use crate::commands::prepared::{CaseRead, Prepared, read_case, shared_arguments};
use crate::commands::session::write_one;
use crate::commands::{annotated_copy, target};
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::output::brief::Totals;
use crate::output::folder::exists;
use crate::output::manifest::{Entry, json_file};
use crate::output::problems;
use crate::output::text::plural;
use crate::problem::{Place, Problem};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Does cases.
pub(crate) struct Worker {
    /// How they are read.
    pub read: ReadPlan,
    /// What is written of them.
    pub write: WritePlan,
    /// The date of all runs; where none, it follows from each case.
    pub date: Option<Date>,
    /// Where to.
    pub out: PathBuf,
    /// What they are run with, for comparing with earlier runs.
    pub with: With,
    /// Who says so.
    pub voice: Voice,
}

/// The layout that is given, which must be usable before anything is dropped.
/// Errors: [`Usage`].
pub(crate) fn template(write: &WritePlan) -> Result<Option<Entry>, Usage> {
    let Some(path) = &write.template else { return Ok(None) };
    match BookPlan::own::<Dividend>(path) {
        Ok(input) => Ok(Some(Entry::from(&input))),
        Err(Failure::Machine(why) | Failure::Usage(why)) => Err(Usage(why)),
        Err(failure) => Err(Usage(problems::text(&failure.problems(), false))),
    }
}

/// What every run is made with but its date, as a manifest lists it.
pub(crate) fn arguments(read: &ReadPlan, write: &WritePlan) -> Vec<String> {
    shared_arguments(read, write)
}

impl Worker {
    fn target(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }

    /// Whether something was written for a case of this name.
    pub(crate) fn is_there(&self, name: &str) -> bool {
        exists(&self.target(name))
    }

    /// Does a case, unless what is there is what it comes to, and says what came of it.
    /// Errors: Problems and prohibitions, whose report is written and said; failures of the machine, of which nothing
    /// was said.
    pub(crate) fn case(&self, look: &Look) -> Result<(), Failure> {
        let target = self.target(&look.name);
        let force = match standing(&target, &look.path, &self.with) {
            Standing::Current => return Ok(()),
            Standing::Nothing => false,
            Standing::Stale => true,
            Standing::Foreign => {
                return Err(Failure::Usage(format!("{} is not of a watch, and stays; move it away", target.display())));
            }
        };
        let start = Instant::now();
        let result = caught(|| self.distribution(&look.path, &target, force))?;
        let (problems, code) = match &result {
            Ok(done) => {
                let details = json!({"date": done.date, "files": target.display().to_string(), "totals": done.totals});
                self.voice.done(&look.name, &done.line, start.elapsed(), details);
                return Ok(());
            }
            Err(Failure::Machine(_) | Failure::Usage(_)) => return result.map(drop),
            Err(failure) => (failure.problems(), failure),
        };
        caught(|| self.report(look, &target, force, &problems))??;
        let files = json!({"files": target.display().to_string()});
        let line = match code {
            Failure::Forbidden(problem) => {
                let clause = problem.message.split_whitespace().next().filter(|word| word.starts_with('§'));
                format!(
                    "forbidden by {}: {}",
                    clause.unwrap_or("the Certificate"),
                    target.join("problems.txt").display()
                )
            }
            _ => format!("{}: {}", problems::counts(problems.iter()), target.join("problems.xlsx").display()),
        };
        self.voice.not_done(&look.name, code, &line, start.elapsed(), files);
        result.map(drop)
    }

    fn distribution(&self, path: &Path, target: &Path, force: bool) -> Result<Finished, Failure> {
        target::check(target, force, &[path])?;
        let read = read_case(&self.read, path)?;
        let Some(date) = self.date.or_else(|| read.loaded.case.as_ref().and_then(next_quarter)) else {
            return Err(Failure::Problems(without_date(read)));
        };
        let job = Dividend::on(date);
        let prepared = Prepared::new(&job, read)?;
        let write = WritePlan { force, ..self.write.clone() };
        let done = write_one(&job, &self.read, &write, prepared, target)?;
        let brief = job.brief(&done.prepared.case, &done.prepared.outcome);
        let mut totals = Totals::default();
        totals.add(&done.prepared.case, &brief);
        let warnings = match done.warnings() {
            0 => String::new(),
            warnings => format!(", {}", plural(warnings, "warning")),
        };
        let line = format!("{}: {}{warnings}", iso(date), brief.line);
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
        target::write(target, force, |folder| {
            folder.write("problems.txt", format!("{}\n", problems::full_text(list)).as_bytes())?;
            folder.write("problems.xlsx", &copy)?;
            let value = serde_json::to_value(&report).map_err(std::io::Error::other)?;
            Ok(json_file(folder, PROBLEMS, &value)?)
        })
    }
}

/// A distribution that was written.
struct Finished {
    date: String,
    line: String,
    totals: serde_json::Value,
}

/// The first quarter date after the last one that `payments` or `arrears` covers; Q1 where neither covers any.
fn next_quarter(case: &Case) -> Option<Date> {
    let quarters = &case.terms.quarter_dates;
    let paid = case.payments.iter().map(|payment| payment.quarter.max(Some(quarters.on_or_before(payment.date))));
    let paid = paid.max().flatten();
    let carried = case
        .arrears
        .as_ref()
        .map(|arrears| arrears.rows.iter().map(|row| row.quarter).chain([quarters.on_or_before(arrears.as_of)]).max());
    match paid.max(carried.flatten()) {
        Some(last) => Some(quarters.after(last)),
        None => case.calendar().first_quarter(),
    }
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
