//! A case that was read and run: everything is known, nothing is written yet.

use super::after;
use super::job::{Failure, Job};
use super::plan::{ReadPlan, WritePlan};
use super::progress;
use super::unchanged::Snapshot;
use crate::input::{EarlierRun, Input, Loaded, ReadOptions, case_name, is_of_another_file, load, size};
use crate::model::Case;
use crate::model::register::HolderIx;
use crate::output::RunInfo;
use crate::output::fault::explained;
use crate::output::manifest::Request;
use crate::problem::Problem;
use crate::runs::context::Context;
use crate::runs::dividend::PAYS_NOBODY;
use std::path::Path;

/// A case and what a job made of it.
pub(crate) struct Prepared<J: Job> {
    /// The case.
    pub case: Case,
    /// What the run came to.
    pub outcome: J::Outcome,
    /// The case's warnings and notes, then the run's.
    pub warnings: Vec<Problem>,
    /// The files that were read.
    pub inputs: Vec<Input>,
    snapshot: Snapshot,
}

/// A case that was read.
pub(crate) struct CaseRead {
    /// What came of it.
    pub loaded: Loaded,
    snapshot: Snapshot,
    after: Option<EarlierRun>,
}

/// Reads the case at `path`.
pub(crate) fn read_case(read: &ReadPlan, path: &Path) -> Result<CaseRead, Failure> {
    let after = read.after.as_deref().map(after::open).transpose()?;
    let options = ReadOptions { encoding: read.encoding.clone(), set: read.set.clone(), after: after.clone() };
    let snapshot = Snapshot::take(path);
    progress::reading(&case_name(path), size(path));
    let loaded =
        load(path, &options).map_err(|e| Failure::Machine(explained(&path.to_string_lossy(), &e).to_string()))?;
    Ok(CaseRead { loaded, snapshot, after })
}

impl<J: Job> Prepared<J> {
    /// Runs a case that was read.
    /// Errors: The case's problems, or that the run is forbidden.
    pub(crate) fn new(job: &J, read: CaseRead) -> Result<Self, Failure> {
        let CaseRead { loaded: Loaded { case, draft, mut problems, inputs, .. }, snapshot, after } = read;
        problems.extend(after.and_then(|run| after::too_late(&run, job.date()?)));
        let Some(case) = case.filter(|_| !problems.iter().any(Problem::is_error)) else {
            let dated = draft.zip(job.date()).map(|(draft, date)| Context::new(&draft).date_problems(date));
            problems.extend(dated.into_iter().flatten());
            return Err(Failure::Problems(problems));
        };
        progress::doing("working out");
        let outcome = job.run(&case)?;
        let mut warnings = problems;
        // What a run writes does not depend on what lies beside its tables.
        warnings.retain(|problem| !is_of_another_file(problem));
        warnings.extend_from_slice(job.warnings(&outcome));
        // A run that pays nobody says so before anything else.
        if let Some(at) = warnings.iter().position(|problem| problem.code == PAYS_NOBODY) {
            warnings[..=at].rotate_right(1);
        }
        Ok(Self { case, outcome, warnings, inputs, snapshot })
    }

    /// What every report says about the run.
    pub(crate) fn info(&self) -> RunInfo<'_> {
        RunInfo { command: J::COMMAND, warnings: &self.warnings, inputs: &self.inputs }
    }

    /// `result.json`.
    pub(crate) fn result(&self, job: &J) -> serde_json::Value {
        job.result(&self.case, &self.outcome, &self.info())
    }

    /// Refuses a case whose files are not what was read any more.
    /// Errors: [`Failure::Machine`].
    pub(crate) fn unchanged(&self) -> Result<(), Failure> {
        self.snapshot.changed(&self.inputs).map_or(Ok(()), |input| {
            Err(Failure::Machine(format!(
                "{} was changed while the run read it. Run it again once nobody writes to it.",
                input.path
            )))
        })
    }

    /// A holder's derivation.
    /// Errors: There is no such holder, or the command has no derivations.
    pub(crate) fn explain(&self, job: &J, id: &str) -> Result<String, Failure> {
        let holder = find_holder(&self.case, "--explain", id)?;
        job.explain(&self.case, &self.outcome, &self.info(), holder)
            .ok_or_else(|| Failure::Usage(format!("--explain: {} works out nothing for a single holder.", J::COMMAND)))
    }
}

/// The holder that a flag names.
/// Errors: There is none.
pub(crate) fn find_holder(case: &Case, flag: &str, id: &str) -> Result<HolderIx, Failure> {
    case.register.find(id.trim()).ok_or_else(|| {
        Failure::Usage(format!("{flag} {id}: the register has no such holder_id (upper and lower case count)."))
    })
}

/// What was asked, for the manifest. Typed again with the case, it makes the same folder.
pub(crate) fn request<J: Job>(job: &J, read: &ReadPlan, write: &WritePlan, template: Option<Input>) -> Request {
    let mut arguments = job.arguments();
    arguments.extend(shared_arguments(read, write));
    Request { command: J::COMMAND, arguments, template }
}

/// The flags that all commands share, as a manifest lists them.
pub(crate) fn shared_arguments(read: &ReadPlan, write: &WritePlan) -> Vec<String> {
    let mut arguments = Vec::new();
    for (term, value) in &read.set {
        arguments.extend(["--set".to_owned(), format!("{term}={value}")]);
    }
    for clause in &write.acknowledge {
        arguments.extend(["--acknowledge".to_owned(), clause.clone()]);
    }
    if let Some(encoding) = &read.encoding {
        arguments.extend(["--encoding".to_owned(), encoding.clone()]);
    }
    arguments.extend(["--workbooks".to_owned(), write.workbooks.to_string()]);
    if write.archive {
        arguments.push("--archive".to_owned());
    }
    arguments
}
