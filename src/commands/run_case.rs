//! The one path of every run: read the case, run it, write its folder, say what happened. Of many cases in one call, a line
//! each as they are done, what is wrong with the others, and a total; or one JSON document with all of it.

use super::failure::{MACHINE, PROBLEMS};
use super::statements::StatementPlan;
use super::{CaseRun, DONE, Failure, ReadPlan, RunPlan, output_dir, print, progress, read_case};
use crate::input::case_name;
use crate::model::iso;
use crate::output::folder::Folder;
use crate::output::manifest::{self, Manifest};
use crate::output::problems;
use crate::output::terminal::Totals;
use crate::text::plural;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// Names longer than this push what follows them to the right.
const WIDEST_NAME: usize = 32;

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

pub(crate) struct Ending<'a> {
    /// What a case is that was done: `done`.
    pub done: &'a str,
    /// What became of one that was not: `Nothing was written.`
    pub outcome: &'a str,
    /// What is said in the end, where any was done.
    pub last: &'a str,
    /// Whether what is wrong is what was asked for, and not news beside it.
    pub wrong_on_stdout: bool,
}

pub(crate) struct BatchReport {
    json: bool,
    quiet: bool,
    width: usize,
    /// How many cases came to each exit code.
    codes: [usize; 5],
    /// What is wrong with the cases that were not done, said after the lines.
    wrong: Vec<(PathBuf, Failure)>,
    /// Whether the JSON document was begun.
    begun: bool,
}

impl BatchReport {
    pub(crate) fn new(read: &ReadPlan) -> Self {
        let width = read.cases.iter().map(|path| shown(path).chars().count()).max().unwrap_or(0).min(WIDEST_NAME);
        let (json, quiet) = (read.json, read.quiet);
        Self { json, quiet, width, codes: [0; 5], wrong: Vec::new(), begun: false }
    }

    /// A case was done: `line` for people, `value` for programs.
    pub(crate) fn done(&mut self, path: &Path, line: &str, value: impl FnOnce() -> Value) {
        self.count(DONE);
        if self.quiet {
        } else if self.json {
            let mut value = value();
            value["case"] = shown(path).into();
            value["code"] = DONE.into();
            self.entry(&value);
        } else {
            self.line(path, line);
        }
    }

    pub(crate) fn failed(&mut self, path: &Path, failure: Failure) {
        self.count(failure.code());
        if self.json {
            let list = problems::list(&failure.problems());
            self.entry(&json!({"case": shown(path), "code": failure.code(), "problems": list}));
        } else if !self.quiet {
            self.line(path, &why(&failure));
        }
        self.wrong.push((path.to_path_buf(), failure));
    }

    /// Says what is wrong with the cases that were not done, and ends with the total. Returns the highest exit code.
    pub(crate) fn end(self, totals: &Totals, ending: &Ending) -> u8 {
        progress::rest();
        let say = |text: &str| if ending.wrong_on_stdout { print::styled(text) } else { print::note(text) };
        let mut listed = Vec::new();
        for (path, failure) in &self.wrong {
            match failure {
                Failure::Machine(text) | Failure::Usage(text) => print::error(text),
                Failure::Problems(_) | Failure::Forbidden(_) if self.json => {}
                Failure::Problems(_) | Failure::Forbidden(_) => {
                    let problems = failure.problems();
                    say(&format!("\n{}: {}", shown(path), ending.outcome));
                    say(&problems::text(&problems, print::color()));
                    listed.extend(problems);
                }
            }
        }
        if let Some(more) = problems::more_about(&listed) {
            say(&more);
        }
        let [done, machine, usage, problems, forbidden] = self.codes;
        let failed = machine + usage;
        if self.json {
            if self.begun {
                print::line(format_args!(
                    "],\"totals\":{},\"cases_done\":{done},\"with_problems\":{problems},\"forbidden\":{forbidden},\"failed\":{failed}}}",
                    totals.json()
                ));
            }
        } else if !self.quiet {
            if !self.wrong.is_empty() {
                say("");
            }
            totals.lines().iter().for_each(print::line);
            // `4 cases: 2 done, 1 with problems, 1 forbidden by the Certificate`.
            let parts = [
                (done, ending.done),
                (problems, "with problems"),
                (forbidden, "forbidden by the Certificate"),
                (failed, "failed"),
            ];
            let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
            let cases = plural(self.codes.iter().sum::<usize>(), "case");
            print::line(format_args!("{cases}: {}", parts.collect::<Vec<_>>().join(", ")));
            if done > 0 && !ending.last.is_empty() {
                print::line(ending.last);
            }
        }
        (0u8..).zip(self.codes).filter(|(_, count)| *count > 0).map(|(code, _)| code).max().unwrap_or(DONE)
    }

    fn count(&mut self, code: u8) {
        if let Some(count) = self.codes.get_mut(usize::from(code)) {
            *count += 1;
        }
    }

    fn line(&self, path: &Path, text: &str) {
        print::line(format_args!("{:<width$}  {}", shown(path), problems::one_line(text), width = self.width));
    }

    fn entry(&mut self, value: &Value) {
        print::line(format_args!("{}{value}", if self.begun { "," } else { "{\"cases\":[" }));
        self.begun = true;
    }
}

fn shown(path: &Path) -> String {
    problems::one_line(&path.to_string_lossy())
}

/// Why a case was not done, in a line.
fn why(failure: &Failure) -> String {
    match (failure.clause(), failure.code()) {
        (Some(clause), _) => format!("forbidden by {clause}"),
        (None, PROBLEMS) => problems::counts(failure.problems().iter()),
        (None, MACHINE) => "failed".to_owned(),
        (None, _) => "not started".to_owned(),
    }
}
