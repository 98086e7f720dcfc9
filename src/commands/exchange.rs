//! `ratable exchange`.

use super::job::{Failure, Job};
use super::plan::{self, Usage};
use crate::cli::DatedArgs;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::register::HolderIx;
use crate::outcome::exchange::ExchangeOutcome;
use crate::output::books::{Books, Selection};
use crate::output::brief::{self, Brief};
use crate::output::explain;
use crate::output::folder::Folder;
use crate::output::instructions::Payout;
use crate::output::terminal;
use crate::output::xlsx::statement::{Exchange as Statements, StatementKind};
use crate::output::xlsx::summary;
use crate::output::{RunInfo, dividend as files, instructions, result};
use crate::problem::Problem;
use crate::runs::exchange::run;
use std::io;

/// `ratable exchange`.
pub(crate) struct Exchange {
    date: Date,
}

impl Exchange {
    /// What was meant.
    /// Errors: [`Usage`].
    pub(crate) fn new(args: &DatedArgs) -> Result<Self, Usage> {
        Ok(Self { date: plan::date("--date", &args.date)? })
    }
}

impl Job for Exchange {
    type Outcome = ExchangeOutcome;
    const COMMAND: &'static str = "exchange";
    const STATEMENTS: Option<StatementKind> = Some(StatementKind::Exchange);

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

    fn write(&self, folder: &Folder, case: &Case, outcome: &ExchangeOutcome, run: &RunInfo) -> io::Result<()> {
        folder.write_pieces("summary.xlsx", &summary::exchange(case, outcome, run)?)?;
        let assets: Vec<&str> = outcome.assets.iter().map(String::as_str).collect();
        files::distribution(folder, case, &outcome.rows, &assets)?;
        instructions::write(folder, case, Self::COMMAND, outcome.date, &outcome.rows)
    }

    fn write_books(
        &self,
        books: &Books,
        case: &Case,
        outcome: &ExchangeOutcome,
        run: &RunInfo,
    ) -> io::Result<Selection> {
        let statements = Statements::new(case, outcome, run);
        let rows = &outcome.rows;
        let mut holders: Vec<HolderIx> = rows.iter().map(|row| row.holder).collect();
        holders.dedup();
        books.write(case, &holders, |layout, holder| layout.stamp(&statements.of(holder)))
    }

    fn explain(&self, case: &Case, outcome: &ExchangeOutcome, run: &RunInfo, holder: HolderIx) -> Option<String> {
        Some(explain::statement(&Statements::new(case, outcome, run).of(holder), case.terms.currency_decimals))
    }

    fn say(&self, case: &Case, outcome: &ExchangeOutcome) -> Vec<String> {
        terminal::exchange(case, outcome, holders_of(outcome), &Payout::of(case, &outcome.rows))
    }

    fn brief(&self, case: &Case, outcome: &ExchangeOutcome) -> Brief {
        brief::exchange(case, outcome, holders_of(outcome), &Payout::of(case, &outcome.rows))
    }

    fn result(&self, case: &Case, outcome: &ExchangeOutcome, run: &RunInfo) -> serde_json::Value {
        result::exchange(case, outcome, run)
    }
}

/// Holders who get something, be it cash or not.
fn holders_of(outcome: &ExchangeOutcome) -> usize {
    outcome.rows.chunk_by(|a, b| a.holder == b.holder).count()
}
