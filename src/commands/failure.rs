//! Why a command did not do what it was asked for, and the exit code of each reason.

use crate::problem::{Place, Problem};
use crate::runs::Refusal;
use std::io;
use std::path::Path;

pub(crate) const DONE: u8 = 0;
pub(crate) const MACHINE: u8 = 1;
pub(crate) const USAGE: u8 = 2;
pub(crate) const PROBLEMS: u8 = 3;
pub(crate) const FORBIDDEN: u8 = 4;

/// Why a case was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    Machine(String),
    /// A sentence that says how to mend the command line.
    Usage(String),
    Problems(Vec<Problem>),
    Forbidden(Problem),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Problems(problems) => Self::Problems(problems),
            Refusal::Forbidden(problem) => Self::Forbidden(problem),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Machine(error.to_string())
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Machine(_) => MACHINE,
            Self::Usage(_) => USAGE,
            Self::Problems(_) => PROBLEMS,
            Self::Forbidden(_) => FORBIDDEN,
        }
    }

    /// The problems behind it, for programs: what the machine or the command line did is one of them too.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let one = |code: &str, text: &str, help: &str| vec![Problem::error(code, Place::default(), text, help)];
        match self {
            Self::Machine(text) => one("run.machine.failed", text, "Correct what the message says, and run it again."),
            Self::Usage(text) => one("run.command-line.wrong", text, "See --help for what can be given."),
            Self::Problems(list) => list.clone(),
            Self::Forbidden(problem) => vec![problem.clone()],
        }
    }

    /// The clause that forbids it, where one does: `§4(a)(i)`.
    pub(crate) fn clause(&self) -> Option<&str> {
        let Self::Forbidden(problem) = self else { return None };
        let clause = problem.message.split_whitespace().next().filter(|word| word.starts_with('§'));
        Some(clause.unwrap_or("the Certificate"))
    }
}

/// `Ok` where there are no problems.
pub(crate) fn no_problems<T>(value: T, problems: Vec<Problem>) -> Result<T, Failure> {
    if problems.is_empty() { Ok(value) } else { Err(Failure::Problems(problems)) }
}

/// The failure to write a file or folder.
pub(crate) fn not_written<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> Failure {
    move |error| Failure::Machine(format!("{} was not written: {error}", path.display()))
}
