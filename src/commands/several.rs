//! A job over many cases: each is all or nothing.

use super::job::{Failure, Job};
use super::overview::{Ending, Overview};
use super::plan::{ReadPlan, WritePlan};
use super::progress;
use super::session::{Done, one, usual_place};
use crate::input::case_name;
use crate::output::brief::Totals;
use crate::text::plural;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Does every case, and says so; the highest exit code wins.
pub(crate) fn run<J: Job>(job: &J, read: &ReadPlan, write: &WritePlan) -> u8 {
    let place = |path: &PathBuf| match &write.out {
        Some(out) => out.join(case_name(path)),
        None => usual_place(job, path),
    };
    let targets: Vec<PathBuf> = read.cases.iter().map(place).collect();
    let (mut overview, mut totals) = (Overview::new(read), Totals::default());
    for ((number, path), target) in (1..).zip(&read.cases).zip(&targets) {
        progress::case(number, read.cases.len());
        let alone = alone(path, target, &read.cases, &targets);
        match alone.and_then(|()| one(job, read, write, path, target)) {
            Ok(done) => {
                let brief = job.brief(&done.prepared.case, &done.prepared.outcome);
                totals.add(&done.prepared.case, &brief);
                let files = target.display().to_string();
                overview.done(
                    path,
                    &with_warnings(brief.line, &done),
                    || json!({"case": null, "code": null, "files": files, "result": done.prepared.result(job)}),
                );
                if let Some(derivation) = done.derivation.as_ref().filter(|_| !read.json) {
                    super::print::line(derivation);
                }
            }
            Err(failure) => overview.failed(path, failure),
        }
    }
    let example = write.out.as_ref().map_or_else(|| usual_place(job, Path::new("CASE")), |out| out.join("CASE"));
    overview.end(
        &totals,
        &Ending {
            done: "done",
            outcome: "nothing was written.",
            last: &format!("Files: {}", example.display()),
            wrong_on_stdout: false,
        },
    )
}

/// Refuses two cases that would be written to one folder: with `--force`, the later would replace the earlier.
fn alone(path: &Path, target: &Path, cases: &[PathBuf], targets: &[PathBuf]) -> Result<(), Failure> {
    let name = |path: &Path| path.to_string_lossy().to_lowercase();
    let mut others = cases.iter().zip(targets).filter(|(other, _)| *other != path);
    let same = cases.iter().filter(|other| *other == path).count() > 1;
    match others.find(|(_, place)| name(place) == name(target)).map(|(other, _)| other.as_path()) {
        Some(other) => Err(Failure::Usage(format!(
            "{}: its folder would be {}, and so would that of {}. Rename one of them, or run them one by one.",
            path.display(),
            target.display(),
            other.display()
        ))),
        None if same => Err(Failure::Usage(format!("{} is given twice: give it once.", path.display()))),
        None => Ok(()),
    }
}

fn with_warnings<J: Job>(line: String, done: &Done<J>) -> String {
    match done.warnings() {
        0 => line,
        warnings => format!("{line}, {}", plural(warnings, "warning")),
    }
}
