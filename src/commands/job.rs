//! What a command that writes a folder is: how it runs a case, and what it writes.

use super::plan::{ReadPlan, WritePlan};
use crate::model::Case;
use crate::model::calendar::Date;
use crate::model::register::HolderIx;
use crate::output::RunInfo;
use crate::output::books::{Books, Selection};
use crate::output::brief::Brief;
use crate::output::folder::Folder;
use crate::output::xlsx::statement::StatementKind;
use crate::problem::{Place, Problem};
use crate::runs::Refusal;
use std::io;
use std::path::Path;

/// Done.
pub(crate) const DONE: u8 = 0;
/// The machine failed.
pub(crate) const MACHINE: u8 = 1;
/// The command line is wrong.
pub(crate) const USAGE: u8 = 2;
/// The case has problems.
pub(crate) const PROBLEMS: u8 = 3;
/// The Certificate forbids it.
pub(crate) const FORBIDDEN: u8 = 4;

/// A command that writes a folder.
pub(crate) trait Job {
    /// What it comes to.
    type Outcome;
    /// Its name.
    const COMMAND: &'static str;
    /// The kind of its holders' workbooks; none where it writes none.
    const STATEMENTS: Option<StatementKind> = None;

    /// The date in the default folder's name.
    fn date(&self) -> Option<Date>;
    /// Its own flags, in a fixed order, for the manifest.
    fn arguments(&self) -> Vec<String>;
    /// Runs a case.
    /// Errors: [`Failure`].
    fn run(&self, case: &Case) -> Result<Self::Outcome, Failure>;
    /// The run's warnings.
    fn warnings<'a>(&self, outcome: &'a Self::Outcome) -> &'a [Problem];

    /// Writes everything but the holders' workbooks, `result.json` and the manifest.
    fn write(&self, folder: &Folder, case: &Case, outcome: &Self::Outcome, run: &RunInfo) -> io::Result<()>;
    /// Writes the holders' workbooks, and says whose there were.
    fn write_books(
        &self,
        _books: &Books,
        _case: &Case,
        _outcome: &Self::Outcome,
        _run: &RunInfo,
    ) -> io::Result<Selection> {
        Ok(Selection::default())
    }
    /// What happened, in a few lines.
    fn say(&self, case: &Case, outcome: &Self::Outcome) -> Vec<String>;
    /// What to do next.
    fn closing(&self, _case: &Case, _outcome: &Self::Outcome, _target: &Path) -> Vec<String> {
        Vec::new()
    }
    /// What happened, in a line among those of other cases.
    fn brief(&self, case: &Case, outcome: &Self::Outcome) -> Brief;
    /// A holder's derivation; none where the command has none.
    fn explain(&self, _case: &Case, _outcome: &Self::Outcome, _run: &RunInfo, _holder: HolderIx) -> Option<String> {
        None
    }
    /// The outcome as JSON, as `result.json` holds it.
    fn result(&self, case: &Case, outcome: &Self::Outcome, run: &RunInfo) -> serde_json::Value;
}

/// Something to do with a job, whichever command it is.
pub(crate) trait Task {
    /// What comes of it.
    type Output;
    /// Does it.
    fn with<J: Job>(self, job: &J, read: &ReadPlan, write: &WritePlan) -> Self::Output;
}

/// Why a case was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Exit 1.
    Machine(String),
    /// Exit 2.
    Usage(String),
    /// Exit 3.
    Problems(Vec<Problem>),
    /// Exit 4.
    Forbidden(Box<Problem>),
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

impl Failure {
    /// The exit code.
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
            Self::Machine(text) => one("run.machine.failed", text, "Mend what the message says, and run it again."),
            Self::Usage(text) => one("run.command-line.wrong", text, "See --help for what can be given."),
            Self::Problems(list) => list.clone(),
            Self::Forbidden(problem) => vec![(**problem).clone()],
        }
    }
}
