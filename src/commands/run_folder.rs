//! The one path of every run: read the case, run it, write its folder, say what happened.

use super::batch_report::{BatchReport, Ending};
use super::statements::StatementPlan;
use super::{CaseRun, DONE, Failure, RunPlan, output_dir, print, progress, read_case};
use crate::input::case_name;
use crate::model::iso;
use crate::output::brief::Totals;
use crate::output::folder::Folder;
use crate::output::manifest::{self, Manifest};
use crate::output::problems;
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};

/// Runs every case, each all or nothing, and says what happened. Returns the exit code.
pub(crate) fn run(plan: &RunPlan) -> u8 {
    let [path] = plan.read.cases.as_slice() else { return run_many(plan) };
    let target = plan.write.out.clone().unwrap_or_else(|| default_folder(plan, path));
    match done(plan, path, &target) {
        Ok((run, derivation)) => {
            say(plan, &target, path, &run, derivation.as_deref());
            DONE
        }
        Err(failure) => print::failure(plan.read.json, path, &failure, "Nothing was written."),
    }
}

/// Does one case, and gives the derivation that was asked for. Where that fails, nothing was written.
fn done(plan: &RunPlan, path: &Path, target: &Path) -> Result<(CaseRun, Option<String>), Failure> {
    output_dir::check(target, plan.write.force, &[path])?;
    let run = CaseRun::new(&plan.kind, read_case(&plan.read, path)?)?;
    let derivation = plan.write.explain.as_deref().map(|id| run.explain(id)).transpose()?;
    publish(plan, &run, target)?;
    Ok((run, derivation))
}

/// Writes a run's folder. Where that fails, nothing was written.
pub(crate) fn publish(plan: &RunPlan, run: &CaseRun, target: &Path) -> Result<(), Failure> {
    let statements = StatementPlan::new(plan, run)?;
    output_dir::write(target, plan.write.force, |folder| {
        fill(folder, run, &statements)?;
        run.unchanged()
    })
}

pub(crate) fn fill(folder: &Folder, run: &CaseRun, statements: &StatementPlan) -> io::Result<()> {
    progress::doing("writing the summary and the tables");
    run.write_tables(folder)?;
    statements.write(folder, run, None)?;
    progress::doing("finishing");
    manifest::json_file(folder, "result.json", &run.result())?;
    Manifest::new(&run.case, &statements.request, &run.inputs).write(folder)
}

/// `<case>-<command>-<date>`.
pub(crate) fn default_folder(plan: &RunPlan, case: &Path) -> PathBuf {
    let date = plan.kind.date().map(|d| format!("-{}", iso(d))).unwrap_or_default();
    PathBuf::from(format!("{}-{}{date}", case_name(case), plan.kind.command()))
}

fn say(plan: &RunPlan, target: &Path, path: &Path, run: &CaseRun, derivation: Option<&str>) {
    progress::rest();
    match (plan.read.json, plan.read.quiet) {
        (true, true) => return,
        (true, false) => return print::line(run.result()),
        (false, true) => {}
        (false, false) => {
            for (at, line) in run.lines().iter().enumerate() {
                if at == 0 { print::labelled(line, print::BOLD) } else { print::line(line) }
            }
            print::line(format_args!("Files: {}", target.display()));
            for line in problems::first_warnings(&run.warnings) {
                print::labelled(&line, print::YELLOW);
            }
            run.closing_lines(target, path).iter().for_each(|line| print::labelled(line, print::BOLD));
        }
    }
    if let Some(derivation) = derivation {
        print::line(derivation);
    }
}

/// The highest exit code wins.
fn run_many(plan: &RunPlan) -> u8 {
    let cases = &plan.read.cases;
    let place = |path: &PathBuf| match &plan.write.out {
        Some(out) => out.join(case_name(path)),
        None => default_folder(plan, path),
    };
    let targets: Vec<PathBuf> = cases.iter().map(place).collect();
    let (mut report, mut totals) = (BatchReport::new(&plan.read), Totals::default());
    let mut warned = false;
    for ((number, path), target) in (1..).zip(cases).zip(&targets) {
        progress::case(number, cases.len());
        match alone(path, target, cases, &targets).and_then(|()| done(plan, path, target)) {
            Ok((run, derivation)) => {
                let brief = run.brief();
                totals.add(&run.case, &brief);
                warned |= run.warnings_counted().is_some();
                let files = target.display().to_string();
                report.done(
                    path,
                    &brief.line,
                    || json!({"case": null, "code": null, "files": files, "result": run.result()}),
                );
                if let Some(derivation) = derivation.filter(|_| !plan.read.json) {
                    print::line(derivation);
                }
            }
            Err(failure) => report.failed(path, failure),
        }
    }
    let warnings = if warned { "; the warnings are on the first sheet of each summary.xlsx" } else { "" };
    let last = format!("Files: {}{warnings}", place(&PathBuf::from("CASE")).display());
    report.end(&totals, &Ending { done: "done", outcome: "nothing was written.", last: &last, wrong_on_stdout: false })
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
