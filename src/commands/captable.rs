//! `ratable captable`.

use super::job::{Failure, Job};
use super::plan::{self, Usage};
use crate::cli::DatedArgs;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::outcome::vote::CaptableOutcome;
use crate::output::brief::{self, Brief};
use crate::output::folder::Folder;
use crate::output::terminal;
use crate::output::xlsx::summary;
use crate::output::{RunInfo, result, vote as files};
use crate::problem::Problem;
use crate::runs::captable::run;
use std::io;

/// `ratable captable`.
pub(crate) struct Captable {
    date: Date,
}

impl Captable {
    /// What was meant.
    /// Errors: [`Usage`].
    pub(crate) fn new(args: &DatedArgs) -> Result<Self, Usage> {
        Ok(Self { date: plan::date("--date", &args.date)? })
    }
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

    fn write(&self, folder: &Folder, case: &Case, outcome: &CaptableOutcome, run: &RunInfo) -> io::Result<()> {
        folder.write_pieces("summary.xlsx", &summary::captable(case, outcome, run)?)?;
        files::captable(folder, case, outcome)
    }

    fn say(&self, case: &Case, outcome: &CaptableOutcome) -> Vec<String> {
        terminal::captable(case, outcome)
    }

    fn brief(&self, _case: &Case, outcome: &CaptableOutcome) -> Brief {
        brief::captable(outcome)
    }

    fn result(&self, case: &Case, outcome: &CaptableOutcome, run: &RunInfo) -> serde_json::Value {
        result::captable(case, outcome, run)
    }
}
