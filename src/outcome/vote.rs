//! What `vote`, `actions` and `captable` came to.

use super::step::Step;
use super::{DefaultPeriodState, MultipleOutcome};
use crate::model::calendar::Date;
use crate::model::class::ClassIx;
use crate::model::events::Electors;
use crate::model::register::HolderIx;
use crate::problem::Problem;
use crate::quantity::{Ratio, Shares, Units};

/// Voting on a record date (SPEC 4.12).
#[derive(Clone, Debug)]
pub struct VoteOutcome {
    /// The voting record date.
    pub date: Date,
    /// M(D) and how it came to be.
    pub multiple: MultipleOutcome,
    /// Votes of one share of each class, in class order.
    pub votes_per_share: Vec<Ratio>,
    /// Every holding, by holder and class.
    pub rows: Vec<VoteRow>,
    /// Shares by class, in class order.
    pub shares: Vec<ClassVotes>,
    /// All votes.
    pub votes: Ratio,
    /// The tallies.
    pub tallies: Vec<Tally>,
    /// The meetings' verdicts.
    pub meetings: Vec<MeetingVerdict>,
    /// The Board, where the case has one.
    pub board: Option<BoardOutcome>,
    /// Whether a default period runs, and who elects.
    pub default_period: DefaultPeriodState,
    /// How votes are counted, for any holder.
    pub steps: Vec<Step>,
    /// Warnings of the run.
    pub warnings: Vec<Problem>,
}

/// Decimals to which votes are shown, half-even.
pub(crate) const VOTE_DECIMALS: u32 = 6;

/// A class's shares, in millionths.
#[derive(Clone, Copy, Debug)]
pub struct ClassVotes {
    /// The class.
    pub class: ClassIx,
    /// Outstanding.
    pub shares: u128,
    /// Of them those that vote: not a subsidiary's (DGCL §160(c)).
    pub voting_shares: u128,
}

/// One holding's votes.
#[derive(Clone, Copy, Debug)]
pub struct VoteRow {
    /// Whose.
    pub holder: HolderIx,
    /// Of which class.
    pub class: ClassIx,
    /// How many shares.
    pub shares: Shares,
    /// Of them those that vote.
    pub voting_shares: Shares,
    /// Their votes, in millionths.
    pub votes: Units,
}

/// One row of `tallies.csv`.
#[derive(Clone, Debug)]
pub struct Tally {
    /// What was voted on.
    pub matter: String,
    /// `joint`, `amendment`, `directors`.
    pub kind: &'static str,
    /// The choice or nominee.
    pub choice: String,
    /// Votes, or shares in an amendment, exact.
    pub votes: Ratio,
    /// What came of it.
    pub outcome: &'static str,
}

/// One row of `meetings.csv`.
#[derive(Clone, Debug)]
pub struct MeetingVerdict {
    /// The data row, from 1.
    pub row: usize,
    /// `special` or `annual`.
    pub kind: &'static str,
    /// Whether it is valid.
    pub valid: bool,
    /// Why, in words.
    pub reason: String,
}

/// The Board on a date (§3(c)(ii), (iv), (v)).
#[derive(Clone, Debug)]
pub struct BoardOutcome {
    /// Directors by election and name, then vacancies.
    pub rows: Vec<BoardRow>,
    /// The number of directors that the charter fixes, where the terms say it.
    pub charter: Option<u32>,
    /// Directors in office.
    pub in_office: usize,
    /// Directors that the preferred elect.
    pub class_seats: u32,
    /// Whether the number of directors is fixed: the right was exercised in the default period that runs.
    pub frozen: bool,
}

/// One row of `board.csv`.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// The director; none for a vacancy.
    pub director: Option<String>,
    /// Who elected him, or whose seat it is.
    pub elected_by: Electors,
    /// When he was elected.
    pub elected_on: Option<Date>,
    /// Whether the seat is taken.
    pub status: SeatStatus,
    /// Until when he was in office.
    pub until: Option<Date>,
    /// Why his term ended, or who fills the vacancy.
    pub reason: String,
}

/// Where a director, or a seat, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatStatus {
    /// In office.
    Sitting,
    /// Left.
    Left,
    /// Elected by the preferred, in a default period that has expired.
    TermEnded,
    /// Nobody's.
    Vacant,
}

impl SeatStatus {
    /// The word in `board.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sitting => "sitting",
            Self::Left => "left",
            Self::TermEnded => "term-ended",
            Self::Vacant => "vacant",
        }
    }
}

/// Verdicts on planned actions (§3(c)(ii), §4, §5, §8).
#[derive(Clone, Debug)]
pub struct ActionsOutcome {
    /// One for each row.
    pub verdicts: Vec<ActionVerdict>,
    /// Warnings of the run.
    pub warnings: Vec<Problem>,
}

/// One row of `actions.csv`.
#[derive(Clone, Debug)]
pub struct ActionVerdict {
    /// The data row, from 1.
    pub row: usize,
    /// The day.
    pub date: Date,
    /// The action.
    pub action: &'static str,
    /// Whether it is allowed.
    pub allowed: bool,
    /// The clauses that prohibit it.
    pub clauses: Vec<&'static str>,
    /// Why, in words.
    pub reason: String,
}

/// The cap table on a date.
#[derive(Clone, Debug)]
pub struct CaptableOutcome {
    /// D.
    pub date: Date,
    /// M(D) and how it came to be.
    pub multiple: MultipleOutcome,
    /// One for each class, in class order.
    pub rows: Vec<CaptableRow>,
    /// All shares outstanding, in millionths.
    pub shares: u128,
    /// All votes.
    pub votes: Ratio,
    /// Warnings of the run.
    pub warnings: Vec<Problem>,
}

/// One row of `captable.csv`.
#[derive(Clone, Debug)]
pub struct CaptableRow {
    /// The class.
    pub class: ClassIx,
    /// Authorised, in millionths, where known.
    pub authorized: Option<u128>,
    /// Outstanding, in millionths.
    pub outstanding: u128,
    /// Retired (§5), in millionths.
    pub retired: u128,
    /// Authorised less outstanding less retired, in millionths, where authorised is known.
    pub available: Option<i128>,
    /// Votes.
    pub votes: Ratio,
    /// Per cent of all shares outstanding.
    pub ownership_percent: Ratio,
    /// Per cent of all votes.
    pub vote_percent: Ratio,
    /// Shares as if all had been converted and exercised, in millionths.
    pub fully_diluted: Ratio,
    /// Per cent of all those.
    pub fully_diluted_percent: Ratio,
}
