//! What `vote`, `actions` and `captable` came to.

use super::{DefaultPeriod, MultipleOutcome, Step};
use crate::model::events::Electors;
use crate::model::worded::worded;
use crate::model::{ClassIx, Date, HolderIx};
use crate::problem::Problem;
use crate::quantity::{Ratio, Shares, Units};

#[derive(Clone, Debug)]
pub struct VoteOutcome {
    pub date: Date,
    pub multiple: MultipleOutcome,
    pub votes_per_share: Vec<Ratio>,
    /// Every holding, by holder and class.
    pub rows: Vec<VoteRow>,
    pub shares: Vec<ClassVotes>,
    pub votes: Ratio,
    pub tallies: Vec<Tally>,
    pub meetings: Vec<MeetingVerdict>,
    pub board: Option<BoardOutcome>,
    /// Whether a default period runs, and who elects.
    pub default_period: DefaultPeriod,
    pub steps: Vec<Step>,
    pub warnings: Vec<Problem>,
}

/// Decimals to which votes are shown, half-even.
pub(crate) const VOTE_DECIMALS: u32 = 6;

/// A class's shares, in millionths.
#[derive(Clone, Copy, Debug)]
pub struct ClassVotes {
    pub class: ClassIx,
    pub shares: u128,
    /// Of them those that vote: not a subsidiary's (DGCL §160(c)).
    pub voting_shares: u128,
}

#[derive(Clone, Copy, Debug)]
pub struct VoteRow {
    pub holder: HolderIx,
    pub class: ClassIx,
    pub shares: Shares,
    pub voting_shares: Shares,
    /// Their votes, in millionths.
    pub votes: Units,
}

/// One row of `tallies.csv`.
#[derive(Clone, Debug)]
pub struct Tally {
    pub matter: String,
    /// `joint`, `amendment`, `directors`.
    pub kind: &'static str,
    pub choice: String,
    /// Votes, or shares in an amendment, exact.
    pub votes: Ratio,
    pub outcome: &'static str,
}

/// One row of `meetings.csv`.
#[derive(Clone, Debug)]
pub struct MeetingVerdict {
    /// The data row, from 1.
    pub row: usize,
    /// `special` or `annual`.
    pub kind: &'static str,
    pub valid: bool,
    pub reason: String,
}

/// The Board on a date (§3(c)(ii), (iv), (v)).
#[derive(Clone, Debug)]
pub struct BoardOutcome {
    /// Directors by election and name, then vacancies.
    pub rows: Vec<BoardRow>,
    /// The number of directors that the charter fixes, where the terms say it.
    pub charter: Option<u32>,
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
    pub elected_on: Option<Date>,
    pub status: SeatStatus,
    /// Until when he was in office.
    pub until: Option<Date>,
    /// Why his term ended, or who fills the vacancy.
    pub reason: String,
}

worded! {
    pub enum SeatStatus {
        Sitting = "sitting",
        Left = "left",
        /// Elected by the preferred, in a default period that has expired.
        TermEnded = "term-ended",
        Vacant = "vacant",
    }
}

#[derive(Clone, Debug)]
pub struct ActionsOutcome {
    pub verdicts: Vec<ActionVerdict>,
    pub warnings: Vec<Problem>,
}

/// One row of `actions.csv`.
#[derive(Clone, Debug)]
pub struct ActionVerdict {
    /// The data row, from 1.
    pub row: usize,
    pub date: Date,
    pub action: &'static str,
    pub allowed: bool,
    pub clauses: Vec<&'static str>,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct CaptableOutcome {
    pub date: Date,
    pub multiple: MultipleOutcome,
    pub rows: Vec<CaptableRow>,
    pub shares: u128,
    pub votes: Ratio,
    pub warnings: Vec<Problem>,
}

/// One row of `captable.csv`.
#[derive(Clone, Debug)]
pub struct CaptableRow {
    pub class: ClassIx,
    /// Authorised, in millionths, where known.
    pub authorized: Option<u128>,
    pub outstanding: u128,
    /// Retired (§5), in millionths.
    pub retired: u128,
    /// Authorised less outstanding less retired, in millionths, where authorised is known.
    pub available: Option<i128>,
    pub votes: Ratio,
    pub ownership_percent: Ratio,
    pub vote_percent: Ratio,
    /// Shares as if all had been converted and exercised, in millionths.
    pub fully_diluted: Ratio,
    pub fully_diluted_percent: Ratio,
}
