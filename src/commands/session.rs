//! What every command that writes does: read each case, run it, write its folder, say what happened.

use super::bookplan::BookPlan;
use super::job::{DONE, Failure, Job, Task};
use super::output;
use super::plan::{ReadPlan, WritePlan};
use super::prepared::{Prepared, read_case, request};
use super::print;
use super::target;
use crate::case::case_name;
use crate::model::calendar::iso;
use crate::problem::Severity;
use std::path::{Path, PathBuf};

/// Runs a job over every case; each is all or nothing, and the highest exit code wins.
pub struct Execute;

impl Task for Execute {
    type Output = u8;

    fn with<J: Job>(self, job: &J, read: &ReadPlan, write: &WritePlan) -> u8 {
        let several = read.cases.len() > 1;
        let mut worst = DONE;
        for path in &read.cases {
            let code = match one(job, read, write, path, several) {
                Ok(()) => DONE,
                Err(failure) => {
                    print::failure(read.json, path, &failure, "Nothing was written.");
                    failure.code()
                }
            };
            worst = worst.max(code);
        }
        worst
    }
}

fn one<J: Job>(job: &J, read: &ReadPlan, write: &WritePlan, path: &Path, several: bool) -> Result<(), Failure> {
    let target = place(job, write, &case_name(path), several);
    target::check(&target, write.force, &[path])?;
    let prepared = Prepared::new(job, read_case(read, path)?)?;
    let derivation = write.explain.as_deref().map(|id| prepared.explain(job, id)).transpose()?;
    let books = BookPlan::new::<J>(&prepared.case, write)?;
    let request = request(job, read, write, books.template.clone());
    target::write(&target, write.force, |folder| {
        output::fill(folder, job, &prepared, &books, write.archive, &request)?;
        prepared.unchanged()
    })?;
    say(job, read, &target, &prepared, derivation.as_deref());
    Ok(())
}

fn place<J: Job>(job: &J, write: &WritePlan, name: &str, several: bool) -> PathBuf {
    match (&write.out, several) {
        (Some(out), false) => out.clone(),
        (Some(out), true) => out.join(name),
        (None, _) => {
            let date = job.date().map(|d| format!("-{}", iso(d))).unwrap_or_default();
            PathBuf::from(format!("{name}-{}{date}", J::COMMAND))
        }
    }
}

fn say<J: Job>(job: &J, read: &ReadPlan, target: &Path, prepared: &Prepared<J>, derivation: Option<&str>) {
    if read.json {
        if !read.quiet {
            print::line(prepared.result(job));
        }
    } else {
        if !read.quiet {
            for line in job.say(&prepared.case, &prepared.outcome) {
                print::line(line);
            }
            print::line(format_args!("Files: {}", target.display()));
            let warnings = prepared.warnings.iter().filter(|p| p.severity == Severity::Warning).count();
            if warnings > 0 {
                print::line(format_args!("Look at: {warnings} warning(s), listed on the first sheet of summary.xlsx"));
            }
        }
        if let Some(derivation) = derivation {
            print::line(derivation);
        }
    }
}
