//! `ratable actions`.

use super::console::Console;
use super::plan::{self, Usage};
use super::session::{Failure, Job, execute};
use crate::cli::ActionsArgs;
use crate::model::Case;
use crate::model::calendar::Date;
use crate::outcome::vote::ActionsOutcome;
use crate::problem::Problem;
use crate::report::folder::Folder;
use crate::report::terminal;
use crate::report::{RunInfo, result, vote as files};
use crate::runs::actions::run;
use std::io;

struct Actions;

/// Runs it.
///
/// # Errors
/// [`Usage`].
pub fn actions(args: &ActionsArgs, console: &Console) -> Result<u8, Usage> {
    let job = Actions;
    Ok(execute(&job, &plan::read(&args.read)?, &plan::write(&args.write)?, console))
}

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

    fn write(&self, folder: &Folder, _case: &Case, outcome: &ActionsOutcome, _run: &RunInfo) -> io::Result<()> {
        files::actions(folder, outcome)
    }

    fn say(&self, case: &Case, outcome: &ActionsOutcome) -> Vec<String> {
        terminal::actions(case, outcome)
    }

    fn result(&self, case: &Case, outcome: &ActionsOutcome, run: &RunInfo) -> serde_json::Value {
        result::actions(case, outcome, run)
    }
}
