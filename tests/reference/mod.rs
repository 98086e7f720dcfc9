//! A second opinion: SPEC once more, in the most literal way there is.
//!
//! Every quantity is an exact fraction, every step is done in the order SPEC tells it, and nothing
//! is remembered for speed. Hold each file beside the paragraph of SPEC that its first line names.

pub mod actions;
pub mod apportion;
pub mod board;
pub mod calendar;
pub mod captable;
pub mod case;
pub mod date;
pub mod dividend;
pub mod equilibrium;
#[cfg(test)]
mod examples;
pub mod exchange;
pub mod generator;
pub mod generator_plan;
pub mod ledger;
pub mod liquidation;
pub mod number;
pub mod outputs;
pub mod random;
pub mod vote;

use case::Case;
use date::Date;
use number::Q;
use std::collections::BTreeMap;
use std::path::Path;

/// What is wrong with a case (SPEC 8).
#[derive(Clone, Debug)]
pub struct Problem(pub String);

/// Why a command gives no result.
#[derive(Clone, Debug)]
pub enum Stop {
    /// Exit code 3: the case has problems.
    Problem(Problem),
    /// Exit code 4: the Certificate forbids it.
    Forbidden(String),
}

/// Stops with a problem of the case.
pub fn problem<T>(what: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Problem(Problem(what.into())))
}

/// What a command line gives.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// 0, 3 or 4 (SPEC 2).
    pub exit: i32,
    /// Why the exit code is not 0.
    pub why: String,
    /// The CSV files of SPEC 7 by name, header first.
    pub files: BTreeMap<String, Vec<Vec<String>>>,
    /// `totals` of result.json; empty where there are none.
    pub totals: BTreeMap<String, String>,
    /// `multiple.fraction` of result.json.
    pub multiple: Option<String>,
}

impl Outcome {
    /// An outcome with exit code 0, and nothing in it yet.
    fn done(multiple: Option<&Q>) -> Outcome {
        Outcome { multiple: multiple.map(number::fraction), ..Outcome::default() }
    }

    fn total(&mut self, name: &str, value: String) {
        self.totals.insert(name.into(), value);
    }
}

/// Runs one command line, such as `["dividend", "--date", "2006-06-15"]`, on a folder of tables.
pub fn run(case_dir: &Path, argv: &[String]) -> Outcome {
    match attempt(case_dir, argv) {
        Ok(outcome) => outcome,
        Err(Stop::Problem(Problem(why))) => Outcome { exit: 3, why, ..Outcome::default() },
        Err(Stop::Forbidden(why)) => Outcome { exit: 4, why, ..Outcome::default() },
    }
}

fn attempt(case_dir: &Path, argv: &[String]) -> Result<Outcome, Stop> {
    let values = |flag: &str| -> Vec<String> {
        argv.windows(2).filter(|pair| pair[0] == flag).map(|pair| pair[1].clone()).collect()
    };
    let amount = |flag: &str| values(flag).pop().map(|value| number::parse(&value).expect("an amount"));
    let day = |flag: &str| values(flag).pop().map(|value| Date::parse(&value).expect("a date"));
    let sets = values("--set");
    let sets = sets.iter().map(|set| set.split_once('=').expect("TERM=VALUE"));
    let sets: Vec<(String, String)> = sets.map(|(term, value)| (term.into(), value.into())).collect();
    let case = Case::read(case_dir, &sets)?;
    let date = day("--date");
    let on = || date.expect("--date");
    match argv[0].as_str() {
        "dividend" => {
            case.dividend(on(), amount("--funds").as_ref(), day("--pay-date").unwrap_or(on()), &values("--acknowledge"))
        }
        "liquidate" => case.liquidate(on(), amount("--proceeds"), values("--scenarios").pop().as_deref()),
        "exchange" => case.exchange(on()),
        "vote" => case.vote(on()),
        "actions" => case.judge_actions(),
        "captable" => case.captable(on()),
        other => panic!("no command {other}"),
    }
}
