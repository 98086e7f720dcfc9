//! `ratable liquidate`.

use super::job::{Failure, Job};
use super::plan::{self, Usage};
use crate::cli::LiquidateArgs;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::register::HolderIx;
use crate::outcome::liquidation::LiquidationOutcome;
use crate::output::books::{Books, Selection};
use crate::output::brief::{self, Brief};
use crate::output::explain;
use crate::output::folder::Folder;
use crate::output::instructions::Payout;
use crate::output::terminal;
use crate::output::xlsx::statement::{Liquidation as Statements, StatementKind};
use crate::output::xlsx::{scenarios, summary};
use crate::output::{RunInfo, instructions, liquidation as files, result};
use crate::problem::Problem;
use crate::quantity::{Ratio, Units, plain};
use crate::runs::liquidation::{LiquidationPlan, run};
use num_traits::{Signed, ToPrimitive};
use std::io;

/// SPEC 4.10: at most this many steps.
const MOST_STEPS: u32 = 100_000;

/// `ratable liquidate`.
pub(crate) struct Liquidate {
    date: Date,
    proceeds: Option<Ratio>,
    scenarios: Option<Range>,
}

/// `FROM:TO:STEP`.
struct Range {
    typed: String,
    from: Ratio,
    to: Ratio,
    step: Ratio,
}

impl Range {
    fn parse(text: &str) -> Result<Self, Usage> {
        let parts: Vec<&str> = text.split(':').collect();
        let [from, to, step] = parts.as_slice() else {
            return Err(Usage(format!("--scenarios {text}: write it as FROM:TO:STEP, such as 0:50000000:500000.")));
        };
        let amount = |part: &str| plan::amount("--scenarios", part);
        let range = Self { typed: text.to_owned(), from: amount(from)?, to: amount(to)?, step: amount(step)? };
        if !range.step.is_positive() || range.to < range.from {
            return Err(Usage(format!("--scenarios {text}: STEP must be above 0, and TO at least FROM.")));
        }
        let steps = ((&range.to - &range.from) / &range.step).to_integer().to_u32();
        if steps.is_none_or(|steps| steps > MOST_STEPS) {
            return Err(Usage(format!("--scenarios {text}: at most 100,000 steps; take a larger STEP.")));
        }
        Ok(range)
    }

    /// The sums FROM, FROM + STEP, …, up to TO, which is included where a step lands on it.
    fn sums(&self, case: &Case) -> Result<Vec<Units>, Failure> {
        let units = |amount| super::units(case, "--scenarios", amount);
        let (from, to, step) = (units(&self.from)?, units(&self.to)?, units(&self.step)?);
        Ok(std::iter::successors(Some(from), |sum| Some(sum + step)).take_while(|sum| *sum <= to).collect())
    }
}

impl Liquidate {
    /// What was meant.
    /// Errors: [`Usage`].
    pub(crate) fn new(args: &LiquidateArgs) -> Result<Self, Usage> {
        Ok(Self {
            date: plan::date("--date", &args.date)?,
            proceeds: args.proceeds.as_deref().map(|a| plan::amount("--proceeds", a)).transpose()?,
            scenarios: args.scenarios.as_deref().map(Range::parse).transpose()?,
        })
    }
}

impl Job for Liquidate {
    type Outcome = LiquidationOutcome;
    const COMMAND: &'static str = "liquidate";
    const STATEMENTS: Option<StatementKind> = Some(StatementKind::Liquidation);

    fn date(&self) -> Option<Date> {
        Some(self.date)
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--date".to_owned(), iso(self.date)];
        if let Some(proceeds) = &self.proceeds {
            arguments.extend(["--proceeds".to_owned(), plain(proceeds, 12)]);
        }
        if let Some(range) = &self.scenarios {
            arguments.extend(["--scenarios".to_owned(), range.typed.clone()]);
        }
        arguments
    }

    fn run(&self, case: &Case) -> Result<LiquidationOutcome, Failure> {
        let proceeds = self.proceeds.as_ref().map(|a| super::units(case, "--proceeds", a)).transpose()?;
        let scenarios = self.scenarios.as_ref().map(|range| range.sums(case)).transpose()?;
        let plan = LiquidationPlan { date: self.date, proceeds, scenarios: scenarios.unwrap_or_default() };
        Ok(run(case, &plan)?)
    }

    fn warnings<'a>(&self, outcome: &'a LiquidationOutcome) -> &'a [Problem] {
        &outcome.warnings
    }

    fn write(&self, folder: &Folder, case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> io::Result<()> {
        if outcome.has_scenarios {
            folder.write_pieces("scenarios.xlsx", &scenarios::write(case, outcome, run)?)?;
        }
        let Some(distribution) = &outcome.distribution else { return files::write(folder, case, outcome) };
        let summary = || folder.write_pieces("summary.xlsx", &summary::liquidation(case, outcome, run)?);
        let tables = || {
            files::write(folder, case, outcome)?;
            instructions::write(folder, case, Self::COMMAND, outcome.date, &distribution.rows)
        };
        let (summary, tables) = rayon::join(summary, tables);
        summary.and(tables)
    }

    fn write_books(
        &self,
        books: &Books,
        case: &Case,
        outcome: &LiquidationOutcome,
        run: &RunInfo,
    ) -> io::Result<Selection> {
        let statements = Statements::new(case, outcome, run);
        let rows = outcome.distribution.as_ref().map_or(&[][..], |d| &d.rows);
        let mut holders: Vec<HolderIx> = rows.iter().map(|row| row.holder).collect();
        holders.dedup();
        books.write(case, &holders, |layout, holder| layout.stamp(&statements.of(holder)))
    }

    fn explain(&self, case: &Case, outcome: &LiquidationOutcome, run: &RunInfo, holder: HolderIx) -> Option<String> {
        Some(explain::statement(&Statements::new(case, outcome, run).of(holder), case.terms.currency_decimals))
    }

    fn say(&self, case: &Case, outcome: &LiquidationOutcome) -> Vec<String> {
        let rows = outcome.distribution.as_ref().map_or(&[][..], |d| &d.rows);
        terminal::liquidation(case, outcome, &Payout::of(case, rows))
    }

    fn brief(&self, case: &Case, outcome: &LiquidationOutcome) -> Brief {
        let rows = outcome.distribution.as_ref().map_or(&[][..], |d| &d.rows);
        brief::liquidation(case, outcome, &Payout::of(case, rows))
    }

    fn result(&self, case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> serde_json::Value {
        result::liquidation(case, outcome, run)
    }
}
