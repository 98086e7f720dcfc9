//! `ratable dividend`.

use super::job::{Failure, Job};
use super::plan::{self, Usage};
use crate::cli::DividendArgs;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::register::HolderIx;
use crate::outcome::dividend::DividendOutcome;
use crate::output::books::{Books, Selection};
use crate::output::brief::{self, Brief};
use crate::output::explain;
use crate::output::folder::Folder;
use crate::output::instructions::Payout;
use crate::output::terminal;
use crate::output::xlsx::statement::{Dividend as Statements, StatementKind};
use crate::output::xlsx::summary;
use crate::output::{RunInfo, dividend as files, instructions, result};
use crate::problem::Problem;
use crate::quantity::{Ratio, plain};
use crate::runs::dividend::{DividendPlan, run};
use std::io;
use std::path::Path;

/// `ratable dividend`.
pub(crate) struct Dividend {
    date: Date,
    pay_date: Option<Date>,
    funds: Option<Ratio>,
    acknowledged: Vec<String>,
}

impl Dividend {
    /// All that is due on a date.
    pub(crate) fn on(date: Date) -> Self {
        Self { date, pay_date: None, funds: None, acknowledged: Vec::new() }
    }

    /// What was meant.
    /// Errors: [`Usage`].
    pub(crate) fn new(args: &DividendArgs) -> Result<Self, Usage> {
        Ok(Self {
            date: plan::date("--date", &args.date)?,
            pay_date: args.pay_date.as_deref().map(|d| plan::date("--pay-date", d)).transpose()?,
            funds: args.funds.as_deref().map(|a| plan::amount("--funds", a)).transpose()?,
            acknowledged: args.write.acknowledge.clone(),
        })
    }
}

impl Job for Dividend {
    type Outcome = DividendOutcome;
    const COMMAND: &'static str = "dividend";
    const STATEMENTS: Option<StatementKind> = Some(StatementKind::Dividend);

    fn date(&self) -> Option<Date> {
        Some(self.date)
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--date".to_owned(), iso(self.date)];
        if let Some(funds) = &self.funds {
            arguments.extend(["--funds".to_owned(), plain(funds, 12)]);
        }
        if let Some(pay_date) = self.pay_date {
            arguments.extend(["--pay-date".to_owned(), iso(pay_date)]);
        }
        arguments
    }

    fn run(&self, case: &Case) -> Result<DividendOutcome, Failure> {
        let funds = self.funds.as_ref().map(|a| super::units(case, "--funds", a)).transpose()?;
        let plan =
            DividendPlan { date: self.date, pay_date: self.pay_date, funds, acknowledged: self.acknowledged.clone() };
        Ok(run(case, &plan)?)
    }

    fn warnings<'a>(&self, outcome: &'a DividendOutcome) -> &'a [Problem] {
        &outcome.warnings
    }

    fn write(&self, folder: &Folder, case: &Case, outcome: &DividendOutcome, run: &RunInfo) -> io::Result<()> {
        let summary = || folder.write_pieces("summary.xlsx", &summary::dividend(case, outcome, run)?);
        let tables = || {
            files::write(folder, case, outcome)?;
            instructions::write(folder, case, Self::COMMAND, outcome.date, &outcome.rows)
        };
        let (summary, tables) = rayon::join(summary, tables);
        summary.and(tables)
    }

    fn write_books(
        &self,
        books: &Books,
        case: &Case,
        outcome: &DividendOutcome,
        run: &RunInfo,
    ) -> io::Result<Selection> {
        let statements = Statements::new(case, outcome, run);
        let mut holders: Vec<HolderIx> = outcome.rows.iter().map(|row| row.holder).collect();
        holders.dedup();
        books.write(case, &holders, |layout, holder| layout.stamp(&statements.of(holder)))
    }

    fn explain(&self, case: &Case, outcome: &DividendOutcome, run: &RunInfo, holder: HolderIx) -> Option<String> {
        Some(explain::statement(&Statements::new(case, outcome, run).of(holder), case.terms.currency_decimals))
    }

    fn say(&self, case: &Case, outcome: &DividendOutcome) -> Vec<String> {
        terminal::dividend(case, outcome, &Payout::of(case, &outcome.rows))
    }

    fn closing(&self, case: &Case, outcome: &DividendOutcome, target: &Path) -> Vec<String> {
        terminal::next_dividend(case, outcome, &target.display().to_string())
    }

    fn brief(&self, case: &Case, outcome: &DividendOutcome) -> Brief {
        brief::dividend(case, outcome, &Payout::of(case, &outcome.rows))
    }

    fn result(&self, case: &Case, outcome: &DividendOutcome, run: &RunInfo) -> serde_json::Value {
        result::dividend(case, outcome, run)
    }
}
