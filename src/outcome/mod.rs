//! What a run came to: plain data, made by `runs` from rules and holdings, shown by `output`.
//!
//! Cash is in smallest units of the currency, assets in millionths, shares in millionths, per-share amounts exact.

pub(crate) mod dividend;
pub(crate) mod exchange;
pub(crate) mod liquidation;
pub(crate) mod vote;

pub(crate) use dividend::*;
pub(crate) use exchange::*;
pub(crate) use liquidation::*;
pub(crate) use vote::*;

use crate::model::reading::Reading;
use crate::model::{ClassIx, Date, HolderIx};
use crate::quantity::{Ratio, Units};
use serde::Serialize;

/// One row of `distribution.csv` of a dividend or an exchange: what a holding gets of the currency or of one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    pub holder: HolderIx,
    pub class: ClassIx,
    /// 0 for the currency, else 1 + the index in the run's assets (which are in order of name).
    pub asset: u16,
    pub shares: u64,
    /// Smallest units of the currency, or millionths of the asset.
    pub gross: Units,
    /// Tax withheld, in smallest units; 0 for an asset.
    pub withheld: Units,
}

impl PaymentRow {
    pub fn net(&self) -> Units {
        self.gross - self.withheld
    }

    pub fn is_cash(&self) -> bool {
        self.asset == 0
    }
}

/// How a fixed sum was cut into units (`docs/rules.md`, "Apportionment").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apportionment {
    /// What was apportioned, such as `Series A`.
    pub what: String,
    pub sum: Units,
    /// Over how many holdings with a weight above zero.
    pub holdings: u64,
    /// Units left over after the floors.
    pub left_over: u64,
    /// How many of them went by the tie rule (smaller holder id, then class order).
    pub by_tie_rule: u64,
}

/// M(d) as the results show it, and how it came to be.
#[derive(Clone, Debug)]
pub struct MultipleOutcome {
    pub value: Ratio,
    /// Each adjustment in force or passed over, in order of effect.
    pub adjustments: Vec<AdjustmentStep>,
}

/// One adjustment's effect on the multiple.
#[derive(Clone, Debug)]
pub struct AdjustmentStep {
    pub date: Date,
    /// `subdivision`, …
    pub kind: &'static str,
    /// After for each one before.
    pub factor: Ratio,
    pub before: Ratio,
    /// M after; equal to `before` where it was passed over.
    pub after: Ratio,
    /// Why it was passed over (before the Rights Declaration Date, or after the run's date).
    pub passed_over: Option<&'static str>,
}

/// The other value of a reading, and what it would have paid: in a dividend or an exchange cash in all, in a
/// liquidation what Series A gets.
#[derive(Clone, Debug)]
pub struct ReadingEffect {
    pub reading: &'static str,
    pub value: &'static str,
    /// What the total is, in smallest units.
    pub instead_of: Units,
    pub other: OtherRun,
}

/// What would come of a run under another reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtherRun {
    Pays {
        total: Units,
        rows: u64,
    },
    /// Nothing: the case could not be run, for this reason.
    Refused(String),
}

/// Whether a default period runs on a date (§3(c)(i)).
#[derive(Clone, Debug)]
pub struct DefaultPeriod {
    /// Since when one runs; none where none does.
    pub since: Option<Date>,
    /// e, the number of quarterly dividends in arrears.
    pub quarters_in_arrears: Ratio,
}

/// The accrual start (§2(c)) of every issue date in the register's Series A lots, in order of issue date.
#[derive(Clone, Debug, Default)]
pub struct AccrualStarts(pub Vec<AccrualStart>);

/// When dividends begin to accrue on lots of one issue date, and by which words of §2(c).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccrualStart {
    pub issue_date: Date,
    pub start: Date,
    /// Why, in words that cite §2(c).
    pub why: &'static str,
}

impl AccrualStarts {
    /// The accrual start of a lot issued on `issue_date`.
    pub fn of(&self, issue_date: Date) -> Option<&AccrualStart> {
        self.0.binary_search_by_key(&issue_date, |a| a.issue_date).ok().and_then(|at| self.0.get(at))
    }
}

/// A step of a derivation: what explain prints and statements show. Rules make the steps of classes and cohorts,
/// apportionment and withholding add the holder's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The clause it rests on, such as `2(c)`; or a word for arithmetic that no clause names.
    pub clause: &'static str,
    /// What is done, in a sentence with its numbers.
    pub what: String,
    pub before: Option<String>,
    pub after: String,
    /// The readings it rests on, as `midpoint=half-up`.
    pub reading: Option<String>,
}

impl Step {
    pub fn new(clause: &'static str, what: impl Into<String>, after: impl Into<String>) -> Self {
        Self { clause, what: what.into(), before: None, after: after.into(), reading: None }
    }

    pub fn from(mut self, before: impl Into<String>) -> Self {
        self.before = Some(before.into());
        self
    }

    pub fn reading<R: Reading>(mut self, value: R) -> Self {
        let reading = format!("{}={}", R::NAME, value.word());
        self.reading = Some(self.reading.map_or(reading.clone(), |others| format!("{others}, {reading}")));
        self
    }
}
