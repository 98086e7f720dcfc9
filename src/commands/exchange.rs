//! `ratable exchange`.

use super::console::Console;
use super::plan::{self, Usage};
use super::session::{Failure, Job, execute};
use crate::cli::DatedArgs;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::outcome::exchange::ExchangeOutcome;
use crate::problem::Problem;
use crate::report::folder::Folder;
use crate::report::terminal;
use crate::report::{RunInfo, dividend as files, instructions, result};
use crate::runs::exchange::run;
use std::io;

struct Exchange {
    date: Date,
}

/// Runs it.
///
/// # Errors
/// [`Usage`].
pub fn exchange(args: &DatedArgs, console: &Console) -> Result<u8, Usage> {
    let job = Exchange { date: plan::date("--date", &args.date)? };
    Ok(execute(&job, &plan::read(&args.read)?, &plan::write(&args.write)?, console))
}

impl Job for Exchange {
    type Outcome = ExchangeOutcome;
    const COMMAND: &'static str = "exchange";

    fn date(&self) -> Option<Date> {
        Some(self.date)
    }

    fn arguments(&self) -> Vec<String> {
        vec!["--date".to_owned(), iso(self.date)]
    }

    fn run(&self, case: &Case) -> Result<ExchangeOutcome, Failure> {
        Ok(run(case, self.date)?)
    }

    fn warnings<'a>(&self, outcome: &'a ExchangeOutcome) -> &'a [Problem] {
        &outcome.warnings
    }

    fn write(&self, folder: &Folder, case: &Case, outcome: &ExchangeOutcome, _run: &RunInfo) -> io::Result<()> {
        let assets: Vec<&str> = outcome.assets.iter().map(String::as_str).collect();
        files::distribution(folder, case, &outcome.rows, &assets)?;
        let cash = outcome.rows.iter().filter(|r| r.is_cash()).map(|r| (r.holder, r.net()));
        instructions::write(folder, case, Self::COMMAND, outcome.date, &instructions::instructions(case, cash))
    }

    fn say(&self, case: &Case, outcome: &ExchangeOutcome) -> Vec<String> {
        terminal::exchange(case, outcome, outcome.rows.chunk_by(|a, b| a.holder == b.holder).count())
    }

    fn result(&self, case: &Case, outcome: &ExchangeOutcome, run: &RunInfo) -> serde_json::Value {
        result::exchange(case, outcome, run)
    }
}
