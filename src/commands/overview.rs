//! Many cases in one call: a line each as they are done, what is wrong with the others, and a total; or one JSON
//! document with all of it.

use super::job::{DONE, FORBIDDEN, Failure, MACHINE, PROBLEMS};
use super::plan::ReadPlan;
use super::print;
use super::progress;
use crate::output::brief::Totals;
use crate::output::problems;
use crate::text::plural;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Names longer than this push what follows them to the right.
const WIDEST_NAME: usize = 32;

/// How the words end.
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

/// What is said of many cases.
pub(crate) struct Overview {
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

impl Overview {
    /// Nothing done yet of the cases that are wanted.
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

    /// A case was not done.
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
        let Ending { outcome, last, wrong_on_stdout, .. } = ending;
        let say = |text: &str| if *wrong_on_stdout { print::painted(text) } else { print::note(text) };
        for (path, failure) in &self.wrong {
            match failure {
                Failure::Machine(text) | Failure::Usage(text) => print::complain(text),
                _ if self.json => {}
                _ => say(&format!("\n{}: {outcome}", shown(path))),
            }
            if let (Failure::Problems(_) | Failure::Forbidden(_), false) = (failure, self.json) {
                say(&problems::text(&failure.problems(), print::color()));
            }
        }
        if !self.wrong.is_empty() && !self.json && !self.quiet {
            say("");
        }
        let [of_done, ..] = self.codes;
        let counted = self.counted(ending.done);
        if self.json {
            if self.begun {
                let [done, machine, usage, problems, forbidden] = self.codes;
                print::line(format_args!(
                    "],\"totals\":{},\"cases_done\":{done},\"with_problems\":{problems},\"forbidden\":{forbidden},\"failed\":{}}}",
                    totals.json(),
                    machine + usage
                ));
            }
        } else if !self.quiet {
            totals.lines().iter().for_each(print::line);
            print::line(counted);
            if of_done > 0 && !last.is_empty() {
                print::line(last);
            }
        }
        (0u8..).zip(self.codes).filter(|(_, count)| *count > 0).map(|(code, _)| code).max().unwrap_or(DONE)
    }

    /// `4 cases: 2 done, 1 with problems, 1 forbidden by the Certificate`.
    fn counted(&self, done: &str) -> String {
        let [of_done, machine, usage, problems, forbidden] = self.codes;
        let parts = [
            (of_done, done),
            (problems, "with problems"),
            (forbidden, "forbidden by the Certificate"),
            (machine + usage, "failed"),
        ];
        let said: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        format!("{}: {}", plural(self.codes.iter().sum::<usize>(), "case"), said.join(", "))
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

/// A path as it is shown.
fn shown(path: &Path) -> String {
    problems::one_line(&path.to_string_lossy())
}

/// Why a case was not done, in a line.
fn why(failure: &Failure) -> String {
    match failure.code() {
        PROBLEMS => problems::counts(failure.problems().iter()),
        FORBIDDEN => {
            let clause =
                failure.problems().first().and_then(|p| p.message.split_whitespace().next().map(str::to_owned));
            format!("forbidden by {}", clause.filter(|c| c.starts_with('§')).unwrap_or("the Certificate".to_owned()))
        }
        MACHINE => "failed".to_owned(),
        _ => "not started".to_owned(),
    }
}
