//! The runs that there are: what each was asked, how it is typed again, and what it makes of a case.

use super::plan::{self, amount, date, read};
use super::{Failure, ReadPlan, WritePlan};
use crate::cli::Command;
use crate::input::FileHash;
use crate::model::{Case, Date, HolderIx, Lot, iso};
use crate::outcome::{
    ActionsOutcome, CaptableOutcome, DividendOutcome, ExchangeOutcome, LiquidationOutcome, LiquidationRow, VoteOutcome,
};
use crate::output::instructions::{Payment, payments};
use crate::output::manifest::Request;
use crate::output::xlsx::statement::StatementKind;
use crate::problem::Problem;
use crate::quantity::{Ratio, Units, plain, units_from_ratio};
use crate::runs;
use crate::runs::dividend::DividendPlan;
use crate::runs::liquidation::LiquidationPlan;
use num_traits::{Signed, ToPrimitive};

/// A scenario analysis has at most this many steps.
const MOST_STEPS: u32 = 100_000;

/// A run of cases: everything that was typed, validated as far as that goes without the cases.
pub(crate) struct RunPlan {
    pub kind: RunKind,
    pub read: ReadPlan,
    pub write: WritePlan,
}

impl RunPlan {
    /// What was typed.
    /// Errors: it is wrong, or no run of a case.
    pub(crate) fn new(command: &Command) -> Result<Self, Failure> {
        let day = |text: &String| date("--date", text);
        let (args, kind) = match command {
            Command::Dividend(args) => {
                let pay_date = args.pay_date.as_deref().map(|d| date("--pay-date", d));
                let funds = args.funds.as_deref().map(|a| amount("--funds", a));
                let kind = RunKind::Dividend {
                    date: day(&args.date)?,
                    pay_date: pay_date.transpose()?,
                    funds: funds.transpose()?,
                    acknowledged: args.run.write.acknowledge.clone(),
                };
                (&args.run, kind)
            }
            Command::Liquidate(args) => {
                let proceeds = args.proceeds.as_deref().map(|a| amount("--proceeds", a));
                let kind = RunKind::Liquidate {
                    date: day(&args.date)?,
                    proceeds: proceeds.transpose()?,
                    scenarios: args.scenarios.as_deref().map(Range::parse).transpose()?,
                    breakeven: args.breakeven.as_deref().map(Breakeven::parse).transpose()?,
                };
                (&args.run, kind)
            }
            Command::Exchange(args) => (&args.run, RunKind::Exchange(day(&args.date)?)),
            Command::Vote(args) => (&args.run, RunKind::Vote(day(&args.date)?)),
            Command::Captable(args) => (&args.run, RunKind::Captable(day(&args.date)?)),
            Command::Actions(args) => (args, RunKind::Actions),
            _ => {
                let message = "This is not a run of a case: its command writes no folder.";
                return Err(Failure::Usage(message.to_owned()));
            }
        };
        let mut read = read(&args.read)?;
        read.options.as_of = kind.date();
        if let Command::Dividend(args) = command {
            read.after.clone_from(&args.after);
            if read.after.is_some() && read.cases.len() > 1 {
                let message = "--after: one case goes on from one run; give the cases one by one.";
                return Err(Failure::Usage(message.to_owned()));
            }
        }
        Ok(Self { kind, read, write: plan::write(&args.write)? })
    }

    /// What was asked, for the manifest. Typed again with the case, it makes the same folder.
    pub(crate) fn request(&self, template: Option<FileHash>) -> Request {
        let mut arguments = self.kind.arguments();
        arguments.extend(shared_arguments(&self.read, &self.write));
        Request { command: self.kind.command(), arguments, template }
    }
}

/// The flags that all runs share, as a manifest lists them.
pub(crate) fn shared_arguments(read: &ReadPlan, write: &WritePlan) -> Vec<String> {
    let set = read.options.set.iter().map(|(term, value)| ("--set", format!("{term}={value}")));
    let columns = read.options.columns.iter().map(|column| ("--column", column.clone()));
    let acknowledged = write.acknowledge.iter().map(|clause| ("--acknowledge", clause.clone()));
    let encoding = read.options.encoding.iter().map(|encoding| ("--encoding", encoding.clone()));
    let workbooks = [("--workbooks", write.workbooks.to_string())];
    let pairs = set.chain(columns).chain(acknowledged).chain(encoding).chain(workbooks);
    let mut arguments: Vec<String> = pairs.flat_map(|(flag, value)| [flag.to_owned(), value]).collect();
    if write.archive {
        arguments.push("--archive".to_owned());
    }
    arguments
}

/// A run of a case, validated as far as that goes without the case.
#[allow(clippy::large_enum_variant, reason = "there is one of it at a time")]
pub(crate) enum RunKind {
    Dividend { date: Date, pay_date: Option<Date>, funds: Option<Ratio>, acknowledged: Vec<String> },
    Liquidate { date: Date, proceeds: Option<Ratio>, scenarios: Option<Range>, breakeven: Option<Breakeven> },
    Exchange(Date),
    Vote(Date),
    Actions,
    Captable(Date),
}

impl RunKind {
    pub(crate) fn command(&self) -> &'static str {
        match self {
            Self::Dividend { .. } => "dividend",
            Self::Liquidate { .. } => "liquidate",
            Self::Exchange(_) => "exchange",
            Self::Vote(_) => "vote",
            Self::Actions => "actions",
            Self::Captable(_) => "captable",
        }
    }

    /// The date in the default folder's name.
    pub(crate) fn date(&self) -> Option<Date> {
        match self {
            Self::Dividend { date, .. }
            | Self::Liquidate { date, .. }
            | Self::Exchange(date)
            | Self::Vote(date)
            | Self::Captable(date) => Some(*date),
            Self::Actions => None,
        }
    }

    /// The kind of its holders' workbooks; none where it writes none.
    pub(crate) fn statements(&self) -> Option<StatementKind> {
        match self {
            Self::Dividend { .. } => Some(StatementKind::Dividend),
            Self::Liquidate { .. } => Some(StatementKind::Liquidation),
            Self::Exchange(_) => Some(StatementKind::Exchange),
            Self::Vote(_) | Self::Actions | Self::Captable(_) => None,
        }
    }

    /// Its own flags, in a fixed order, for the manifest.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let date = ("--date", self.date().map(iso));
        let flags = match self {
            Self::Dividend { pay_date, funds, .. } => {
                vec![date, ("--funds", funds.as_ref().map(|a| plain(a, 12))), ("--pay-date", pay_date.map(iso))]
            }
            Self::Liquidate { proceeds, scenarios, breakeven, .. } => vec![
                date,
                ("--proceeds", proceeds.as_ref().map(|a| plain(a, 12))),
                ("--scenarios", scenarios.as_ref().map(|range| range.typed.clone())),
                ("--breakeven", breakeven.as_ref().map(|b| format!("{}={}", b.holder, plain(&b.amount, 12)))),
            ],
            _ => vec![date],
        };
        flags.into_iter().filter_map(|(flag, value)| Some([flag.to_owned(), value?])).flatten().collect()
    }

    pub(crate) fn run(&self, case: &Case) -> Result<Outcome, Failure> {
        let given = |flag, amount: &Option<Ratio>| amount.as_ref().map(|a| units(case, flag, a)).transpose();
        Ok(match self {
            Self::Dividend { date, pay_date, funds, acknowledged } => {
                let (funds, acknowledged) = (given("--funds", funds)?, acknowledged.clone());
                let plan = DividendPlan { date: *date, pay_date: *pay_date, funds, acknowledged };
                Outcome::Dividend(runs::dividend::run(case, &plan)?)
            }
            Self::Liquidate { date, proceeds, scenarios, breakeven } => {
                let proceeds = given("--proceeds", proceeds)?;
                let scenarios = scenarios.as_ref().map(|range| range.sums(case)).transpose()?.unwrap_or_default();
                let wanted =
                    |b: &Breakeven| units(case, "--breakeven", &b.amount).map(|amount| (b.holder.clone(), amount));
                let breakeven = breakeven.as_ref().map(wanted).transpose()?;
                let plan = LiquidationPlan { date: *date, proceeds, scenarios, breakeven };
                Outcome::Liquidation(runs::liquidation::run(case, &plan)?)
            }
            Self::Exchange(date) => Outcome::Exchange(runs::exchange::run(case, *date)?),
            Self::Vote(date) => Outcome::Vote(runs::vote::run(case, *date)?),
            Self::Actions => Outcome::Actions(runs::actions::run(case)?),
            Self::Captable(date) => Outcome::Captable(runs::captable::run(case, *date)?),
        })
    }
}

#[allow(clippy::large_enum_variant, reason = "there is one of it at a time")]
pub(crate) enum Outcome {
    Dividend(DividendOutcome),
    Liquidation(LiquidationOutcome),
    Exchange(ExchangeOutcome),
    Vote(VoteOutcome),
    Actions(ActionsOutcome),
    Captable(CaptableOutcome),
}

impl Outcome {
    pub(crate) fn warnings(&self) -> &[Problem] {
        match self {
            Self::Dividend(outcome) => &outcome.warnings,
            Self::Liquidation(outcome) => &outcome.warnings,
            Self::Exchange(outcome) => &outcome.warnings,
            Self::Vote(outcome) => &outcome.warnings,
            Self::Actions(outcome) => &outcome.warnings,
            Self::Captable(outcome) => &outcome.warnings,
        }
    }

    /// What everybody is paid in cash.
    pub(crate) fn payments(&self, case: &Case) -> Vec<Payment> {
        match self {
            Self::Dividend(outcome) => payments(case, &outcome.rows),
            Self::Liquidation(outcome) => payments(case, distributed(outcome)),
            Self::Exchange(outcome) => payments(case, &outcome.rows),
            Self::Vote(_) | Self::Actions(_) | Self::Captable(_) => Vec::new(),
        }
    }

    /// Everybody who gets something, once, in the order of their ids.
    pub(crate) fn recipients(&self) -> Vec<HolderIx> {
        let mut holders: Vec<HolderIx> = match self {
            Self::Dividend(outcome) => outcome.rows.iter().map(|row| row.holder).collect(),
            Self::Liquidation(outcome) => distributed(outcome).iter().map(|row| row.holder).collect(),
            Self::Exchange(outcome) => outcome.rows.iter().map(|row| row.holder).collect(),
            Self::Vote(_) | Self::Actions(_) | Self::Captable(_) => Vec::new(),
        };
        holders.dedup();
        holders
    }

    /// Everybody who gets a statement: also who was issued Series A after the record date of a dividend, and is told why
    /// nothing is paid on it.
    pub(crate) fn told(&self, case: &Case) -> Vec<HolderIx> {
        let mut holders = self.recipients();
        if let Self::Dividend(outcome) = self {
            let is_later = |lot: &&Lot| {
                let later = lot.issue_date.is_some_and(|issued| issued > outcome.record_date);
                lot.class == case.classes.series_a() && later && lot.counts_on(outcome.date)
            };
            let before = holders.len();
            holders.extend(case.register.lots().iter().filter(is_later).map(|lot| lot.holder));
            if holders.len() > before {
                holders.sort_unstable();
                holders.dedup();
            }
        }
        holders
    }
}

/// What a liquidation pays, holding by holder.
pub(crate) fn distributed(outcome: &LiquidationOutcome) -> &[LiquidationRow] {
    outcome.distribution.as_ref().map_or(&[], |distribution| &distribution.rows)
}

/// An amount of the command line in the case's smallest units.
fn units(case: &Case, flag: &str, amount: &Ratio) -> Result<Units, Failure> {
    let decimals = case.terms.currency_decimals;
    units_from_ratio(amount, decimals).ok_or_else(|| {
        Failure::Usage(format!("{flag}: {} has {decimals} decimals; give the amount to that.", case.terms.currency))
    })
}

/// `HOLDER_ID=AMOUNT`.
pub(crate) struct Breakeven {
    holder: String,
    amount: Ratio,
}

impl Breakeven {
    fn parse(text: &str) -> Result<Self, Failure> {
        let (holder, sum) = text.rsplit_once('=').filter(|(holder, _)| !holder.trim().is_empty()).ok_or_else(|| {
            Failure::Usage(format!("--breakeven {text}: write it as HOLDER_ID=AMOUNT, such as H-0001=250000."))
        })?;
        Ok(Self { holder: holder.trim().to_owned(), amount: amount("--breakeven", sum)? })
    }
}

/// `FROM:TO:STEP`.
pub(crate) struct Range {
    typed: String,
    from: Ratio,
    to: Ratio,
    step: Ratio,
}

impl Range {
    fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| Failure::Usage(format!("--scenarios {text}: {why}"));
        let parts: Vec<&str> = text.split(':').collect();
        let [from, to, step] = parts.as_slice() else {
            return Err(wrong("write it as FROM:TO:STEP, such as 0:50000000:500000."));
        };
        let amount = |part: &str| amount("--scenarios", part);
        let range = Self { typed: text.to_owned(), from: amount(from)?, to: amount(to)?, step: amount(step)? };
        if !range.step.is_positive() || range.to < range.from {
            return Err(wrong("STEP must be above 0, and TO at least FROM."));
        }
        let steps = ((&range.to - &range.from) / &range.step).to_integer().to_u32();
        if steps.is_none_or(|steps| steps > MOST_STEPS) {
            return Err(wrong("at most 100,000 steps; take a larger STEP."));
        }
        Ok(range)
    }

    /// The sums FROM, FROM + STEP, …, up to TO, which is included where a step lands on it.
    fn sums(&self, case: &Case) -> Result<Vec<Units>, Failure> {
        let units = |amount| units(case, "--scenarios", amount);
        let (from, to, step) = (units(&self.from)?, units(&self.to)?, units(&self.step)?);
        Ok(std::iter::successors(Some(from), |sum| Some(sum + step)).take_while(|sum| *sum <= to).collect())
    }
}
