//! `ratable captable`.

use super::console::Console;
use super::plan::{self, Usage};
use super::session::{Failure, Job, execute};
use crate::cli::DatedArgs;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::outcome::vote::CaptableOutcome;
use crate::problem::Problem;
use crate::report::folder::Folder;
use crate::report::terminal;
use crate::report::{RunInfo, result, vote as files};
use crate::runs::captable::run;
use std::io;

struct Captable {
    date: Date,
}

/// Runs it.
///
/// # Errors
/// [`Usage`].
pub fn captable(args: &DatedArgs, console: &Console) -> Result<u8, Usage> {
    let job = Captable { date: plan::date("--date", &args.date)? };
    Ok(execute(&job, &plan::read(&args.read)?, &plan::write(&args.write)?, console))
}

impl Job for Captable {
    type Outcome = CaptableOutcome;
    const COMMAND: &'static str = "captable";

    fn date(&self) -> Option<Date> {
        Some(self.date)
    }

    fn arguments(&self) -> Vec<String> {
        vec!["--date".to_owned(), iso(self.date)]
    }

    fn run(&self, case: &Case) -> Result<CaptableOutcome, Failure> {
        Ok(run(case, self.date)?)
    }

    fn warnings<'a>(&self, outcome: &'a CaptableOutcome) -> &'a [Problem] {
        &outcome.warnings
    }

    fn write(&self, folder: &Folder, case: &Case, outcome: &CaptableOutcome, _run: &RunInfo) -> io::Result<()> {
        files::captable(folder, case, outcome)
    }

    fn say(&self, case: &Case, outcome: &CaptableOutcome) -> Vec<String> {
        terminal::captable(case, outcome)
    }

    fn result(&self, case: &Case, outcome: &CaptableOutcome, run: &RunInfo) -> serde_json::Value {
        result::captable(case, outcome, run)
    }
}
