//! What is said of many cases in one call: a line each as they are done, what is wrong with the others, and a total; or one JSON
//! document with all of it.

use super::failure::{MACHINE, PROBLEMS};
use super::{DONE, Failure, ReadPlan, print, progress};
use crate::output::brief::Totals;
use crate::output::problems;
use crate::text::plural;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Names longer than this push what follows them to the right.
const WIDEST_NAME: usize = 32;

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
