//! The one path of every run: read the case, run it, write its folder, say what happened.

use super::case_run::{CaseRun, read_case};
use super::failure::{DONE, Failure};
use super::output_dir;
use super::print;
use super::progress;
use super::run_kind::RunPlan;
use super::statement_plan::StatementPlan;
use crate::input::case_name;
use crate::model::calendar::iso;
use crate::output::folder::Folder;
use crate::output::manifest::{self, Manifest, Request};
use crate::output::problems;
use std::io;
use std::path::{Path, PathBuf};

/// Runs a single case, and says what happened.
pub(crate) fn run(plan: &RunPlan, path: &Path) -> u8 {
    let target = plan.write.out.clone().unwrap_or_else(|| default_folder(plan, path));
    match done(plan, path, &target) {
        Ok(done) => {
            say(plan, &target, path, &done);
            DONE
        }
        Err(failure) => print::failure(plan.read.json, path, &failure, "Nothing was written."),
    }
}

pub(crate) struct Done {
    pub run: CaseRun,
    pub derivation: Option<String>,
}

/// Does one case. Where that fails, nothing was written.
pub(crate) fn done(plan: &RunPlan, path: &Path, target: &Path) -> Result<Done, Failure> {
    output_dir::check(target, plan.write.force, &[path])?;
    write(plan, CaseRun::new(&plan.kind, read_case(&plan.read, path)?)?, target)
}

/// Writes what a case that was read came to. Where that fails, nothing was written.
pub(crate) fn write(plan: &RunPlan, run: CaseRun, target: &Path) -> Result<Done, Failure> {
    let derivation = plan.write.explain.as_deref().map(|id| run.explain(id)).transpose()?;
    publish(plan, &run, target)?;
    Ok(Done { run, derivation })
}

/// Writes a run's folder. Where that fails, nothing was written.
pub(crate) fn publish(plan: &RunPlan, run: &CaseRun, target: &Path) -> Result<(), Failure> {
    let statements = StatementPlan::new(plan, run)?;
    let request = plan.request(statements.template.clone());
    output_dir::write(target, plan.write.force, |folder| {
        fill(folder, run, &statements, &request)?;
        run.unchanged()
    })
}

pub(crate) fn fill(folder: &Folder, run: &CaseRun, statements: &StatementPlan, request: &Request) -> io::Result<()> {
    progress::doing("writing the summary and the tables");
    run.write_tables(folder)?;
    statements.write(folder, run, None)?;
    progress::doing("finishing");
    manifest::json_file(folder, "result.json", &run.result())?;
    Manifest::new(&run.case, request, &run.inputs).write(folder)
}

/// `<case>-<command>-<date>`.
pub(crate) fn default_folder(plan: &RunPlan, case: &Path) -> PathBuf {
    let date = plan.kind.date().map(|d| format!("-{}", iso(d))).unwrap_or_default();
    PathBuf::from(format!("{}-{}{date}", case_name(case), plan.kind.command()))
}

fn say(plan: &RunPlan, target: &Path, path: &Path, done: &Done) {
    progress::rest();
    match (plan.read.json, plan.read.quiet) {
        (true, true) => return,
        (true, false) => return print::line(done.run.result()),
        (false, true) => {}
        (false, false) => {
            for (at, line) in done.run.lines().iter().enumerate() {
                if at == 0 { print::labelled(line, print::BOLD) } else { print::line(line) }
            }
            print::line(format_args!("Files: {}", target.display()));
            for line in problems::first_warnings(&done.run.warnings) {
                print::labelled(&line, print::YELLOW);
            }
            for line in done.run.closing_lines(target, path) {
                print::labelled(&line, print::BOLD);
            }
        }
    }
    if let Some(derivation) = &done.derivation {
        print::line(derivation);
    }
}
