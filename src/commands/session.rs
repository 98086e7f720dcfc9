//! What every command that writes does with a case: read it, run it, write its folder, say what happened.

use super::bookplan::BookPlan;
use super::job::{DONE, Failure, Job, Task};
use super::output;
use super::plan::{ReadPlan, WritePlan};
use super::prepared::{Prepared, read_case, request};
use super::print;
use super::progress;
use super::several;
use super::target;
use crate::input::case_name;
use crate::model::calendar::iso;
use crate::output::problems;
use crate::problem::Severity;
use std::path::{Path, PathBuf};

/// Runs a job over every case; each is all or nothing, and the highest exit code wins.
pub(crate) struct Execute;

impl Task for Execute {
    type Output = u8;

    fn with<J: Job>(self, job: &J, read: &ReadPlan, write: &WritePlan) -> u8 {
        let [path] = read.cases.as_slice() else { return several::run(job, read, write) };
        let target = write.out.clone().unwrap_or_else(|| usual_place(job, path));
        match one(job, read, write, path, &target) {
            Ok(done) => {
                say(job, read, &target, &done);
                DONE
            }
            Err(failure) => {
                print::failure(read.json, path, &failure, "Nothing was written.");
                failure.code()
            }
        }
    }
}

/// A case that was done.
pub(crate) struct Done<J: Job> {
    /// What was read, and what came of it.
    pub prepared: Prepared<J>,
    /// The derivation that was asked for.
    pub derivation: Option<String>,
}

impl<J: Job> Done<J> {
    /// How many warnings there are.
    pub(crate) fn warnings(&self) -> usize {
        self.prepared.warnings.iter().filter(|p| p.severity == Severity::Warning).count()
    }
}

/// Does one case.
/// Errors: [`Failure`]; then nothing was written.
pub(crate) fn one<J: Job>(
    job: &J,
    read: &ReadPlan,
    write: &WritePlan,
    path: &Path,
    target: &Path,
) -> Result<Done<J>, Failure> {
    target::check(target, write.force, &[path])?;
    let prepared = Prepared::new(job, read_case(read, path)?)?;
    write_one(job, read, write, prepared, target)
}

/// Writes what a case that was read came to.
/// Errors: [`Failure`]; then nothing was written.
pub(crate) fn write_one<J: Job>(
    job: &J,
    read: &ReadPlan,
    write: &WritePlan,
    prepared: Prepared<J>,
    target: &Path,
) -> Result<Done<J>, Failure> {
    let derivation = write.explain.as_deref().map(|id| prepared.explain(job, id)).transpose()?;
    let books = BookPlan::new::<J>(&prepared.case, write)?;
    let request = request(job, read, write, books.template.clone());
    target::write(target, write.force, |folder| {
        output::fill(folder, job, &prepared, &books, write.archive, &request)?;
        prepared.unchanged()
    })?;
    Ok(Done { prepared, derivation })
}

/// `<case>-<command>-<date>`.
pub(crate) fn usual_place<J: Job>(job: &J, case: &Path) -> PathBuf {
    let date = job.date().map(|d| format!("-{}", iso(d))).unwrap_or_default();
    PathBuf::from(format!("{}-{}{date}", case_name(case), J::COMMAND))
}

fn say<J: Job>(job: &J, read: &ReadPlan, target: &Path, done: &Done<J>) {
    let prepared = &done.prepared;
    progress::rest();
    if read.json {
        if !read.quiet {
            print::line(prepared.result(job));
        }
        return;
    }
    if !read.quiet {
        for line in job.say(&prepared.case, &prepared.outcome) {
            print::line(line);
        }
        print::line(format_args!("Files: {}", target.display()));
        for line in problems::first_warnings(&prepared.warnings) {
            print::line(line);
        }
        for line in job.closing(&prepared.case, &prepared.outcome, target) {
            print::line(line);
        }
    }
    if let Some(derivation) = &done.derivation {
        print::line(derivation);
    }
}
