//! `ratable actions`.

use super::job::{Failure, Job};
use crate::model::Case;
use crate::model::calendar::Date;
use crate::outcome::vote::ActionsOutcome;
use crate::output::brief::{self, Brief};
use crate::output::folder::Folder;
use crate::output::terminal;
use crate::output::xlsx::summary;
use crate::output::{RunInfo, result, vote as files};
use crate::problem::Problem;
use crate::runs::actions::run;
use std::io;

/// `ratable actions`.
pub(crate) struct Actions;

impl Job for Actions {
    type Outcome = ActionsOutcome;
    const COMMAND: &'static str = "actions";

    fn date(&self) -> Option<Date> {
        None
    }

    fn arguments(&self) -> Vec<String> {
        Vec::new()
    }

    fn run(&self, case: &Case) -> Result<ActionsOutcome, Failure> {
        Ok(run(case)?)
    }

    fn warnings<'a>(&self, outcome: &'a ActionsOutcome) -> &'a [Problem] {
        &outcome.warnings
    }

    fn write(&self, folder: &Folder, case: &Case, outcome: &ActionsOutcome, run: &RunInfo) -> io::Result<()> {
        folder.write_pieces("summary.xlsx", &summary::actions(case, outcome, run)?)?;
        files::actions(folder, outcome)
    }

    fn say(&self, case: &Case, outcome: &ActionsOutcome) -> Vec<String> {
        terminal::actions(case, outcome)
    }

    fn brief(&self, _case: &Case, outcome: &ActionsOutcome) -> Brief {
        brief::actions(outcome)
    }

    fn result(&self, case: &Case, outcome: &ActionsOutcome, run: &RunInfo) -> serde_json::Value {
        result::actions(case, outcome, run)
    }
}
