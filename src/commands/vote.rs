//! `ratable vote`.

use super::job::{Failure, Job};
use super::plan::{self, Usage};
use crate::cli::DatedArgs;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::register::HolderIx;
use crate::outcome::vote::VoteOutcome;
use crate::output::brief::{self, Brief};
use crate::output::folder::Folder;
use crate::output::terminal;
use crate::output::xlsx::summary;
use crate::output::{RunInfo, explain, result, vote as files};
use crate::problem::Problem;
use crate::runs::vote::run;
use std::io;

/// `ratable vote`.
pub(crate) struct Vote {
    date: Date,
}

impl Vote {
    /// What was meant.
    /// Errors: [`Usage`].
    pub(crate) fn new(args: &DatedArgs) -> Result<Self, Usage> {
        Ok(Self { date: plan::date("--date", &args.date)? })
    }
}

impl Job for Vote {
    type Outcome = VoteOutcome;
    const COMMAND: &'static str = "vote";

    fn date(&self) -> Option<Date> {
        Some(self.date)
    }

    fn arguments(&self) -> Vec<String> {
        vec!["--date".to_owned(), iso(self.date)]
    }

    fn run(&self, case: &Case) -> Result<VoteOutcome, Failure> {
        Ok(run(case, self.date)?)
    }

    fn warnings<'a>(&self, outcome: &'a VoteOutcome) -> &'a [Problem] {
        &outcome.warnings
    }

    fn write(&self, folder: &Folder, case: &Case, outcome: &VoteOutcome, run: &RunInfo) -> io::Result<()> {
        folder.write_pieces("summary.xlsx", &summary::vote(case, outcome, run)?)?;
        files::write(folder, case, outcome)
    }

    fn explain(&self, case: &Case, outcome: &VoteOutcome, _run: &RunInfo, holder: HolderIx) -> Option<String> {
        Some(explain::votes(case, outcome, holder))
    }

    fn say(&self, case: &Case, outcome: &VoteOutcome) -> Vec<String> {
        terminal::vote(case, outcome)
    }

    fn brief(&self, _case: &Case, outcome: &VoteOutcome) -> Brief {
        brief::vote(outcome)
    }

    fn result(&self, case: &Case, outcome: &VoteOutcome, run: &RunInfo) -> serde_json::Value {
        result::vote(case, outcome, run)
    }
}
