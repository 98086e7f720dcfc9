//! What happened to the company: the rows of every table but the register's.

use super::worded::worded;
use super::{ClassIx, Date, RowPlace};
use crate::quantity::{Ratio, Shares, Units};

/// A change of the number of Common shares (§2(a), §3(a), §6(c), §7).
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// It takes effect at the start of this date.
    pub effective_date: Date,
    pub kind: AdjustmentKind,
    /// Common shares after for each one before.
    pub factor: Ratio,
    /// Counts as given, before and after.
    pub counts: Option<(Shares, Shares)>,
    pub declared_date: Option<Date>,
    pub place: RowPlace,
}

worded! {
    /// The three kinds of adjustment that the Certificate names.
    pub enum AdjustmentKind {
        /// (i) a dividend on Common payable in shares of Common.
        StockDividend = "stock-dividend",
        /// (ii) a subdivision of the outstanding Common.
        Subdivision = "subdivision",
        /// (iii) a combination into a smaller number of shares.
        Combination = "combination",
    }
}

/// A dividend or distribution declared on Common (§2(a), §2(b)).
#[derive(Clone, Debug)]
pub struct Declaration {
    pub declared_date: Date,
    /// The asset, for a distribution in kind; none for cash.
    pub asset: Option<String>,
    /// Per Common share: currency, or units of the asset.
    pub amount: Ratio,
    /// Cash per unit of the asset, where stated.
    pub fair_value: Option<Ratio>,
    /// Common's record date; none means the payment date.
    pub record_date: Option<Date>,
    pub payment_date: Option<Date>,
    /// The day the matching Series A dividend was declared (§2(b)).
    pub series_a_declared_date: Option<Date>,
    pub place: RowPlace,
}

impl Declaration {
    /// The day whose holders of Common are paid: its record date, else the payment date, else the day itself.
    pub fn day_of_record(&self) -> Date {
        self.record_date.or(self.payment_date).unwrap_or(self.declared_date)
    }

    pub fn is_cash(&self) -> bool {
        self.asset.is_none()
    }
}

/// A row of `payments`: money or an asset for Series A, or setting apart (`docs/rules.md`, "Ledger").
#[derive(Clone, Debug)]
pub struct Payment {
    pub date: Date,
    pub quarter: Option<Date>,
    pub kind: PaymentKind,
    pub place: RowPlace,
}

/// What a row of `payments` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentKind {
    /// Cash, everything due.
    CashFull,
    /// Cash, this sum in smallest units.
    Cash(Units),
    /// Delivers everything due of one asset.
    Asset(String),
    /// Sets apart all that is unpaid, and pays nothing.
    SetApart,
}

/// The `arrears` table: where Series A stood on a date.
#[derive(Clone, Debug)]
pub struct ArrearsTable {
    pub as_of: Date,
    /// Since when a default period runs; none where none does.
    pub default_since: Option<Date>,
    pub rows: Vec<ArrearsRow>,
    /// Its rows of classes with a dividend rate.
    pub of_classes: Vec<ArrearsRow>,
    /// The first cell of `as_of`.
    pub place: RowPlace,
}

#[derive(Clone, Debug)]
pub struct ArrearsRow {
    pub class: ClassIx,
    pub accrual_start: Date,
    pub entry: Entry,
    pub place: RowPlace,
}

/// One quarter's due and paid of cash or of one asset, per share; of a class with a dividend rate, what was owed on the
/// table's date.
#[derive(Clone, Debug)]
pub struct Entry {
    pub quarter: Date,
    /// The asset; none for cash, which comes first.
    pub asset: Option<String>,
    pub dividend: Ratio,
    pub paid: Ratio,
    /// Whether the rest is set apart (§3(c)(i)).
    pub set_apart: bool,
}

impl Entry {
    pub fn unpaid(&self) -> Ratio {
        &self.dividend - &self.paid
    }

    /// Whether something is not paid.
    pub fn is_unpaid(&self) -> bool {
        self.paid < self.dividend
    }
}

impl ArrearsTable {
    /// The row of a cohort of a class with a dividend rate.
    pub fn of_cohort(&self, class: ClassIx, start: Date) -> Option<&ArrearsRow> {
        self.of_classes.iter().find(|row| (row.class, row.accrual_start) == (class, start))
    }
}

#[derive(Clone, Debug)]
pub struct Proceeds {
    pub date: Date,
    /// What is distributed, in smallest units.
    pub amount: Units,
    pub place: RowPlace,
}

/// One component of what a Common share is exchanged for (§7).
#[derive(Clone, Debug)]
pub struct Component {
    /// The asset; none for the currency.
    pub asset: Option<String>,
    /// Per Common share.
    pub amount: Ratio,
    pub fair_value: Option<Ratio>,
    pub place: RowPlace,
}

/// A planned corporate action (§4, §5, §8).
#[derive(Clone, Debug)]
pub struct Action {
    pub date: Date,
    pub kind: ActionKind,
    pub class: Option<ClassIx>,
    /// What is paid on a parity class.
    pub amount: Option<Ratio>,
    /// What that class is entitled to.
    pub entitled: Option<Ratio>,
    /// What is paid on Series A beside it.
    pub series_a_amount: Option<Ratio>,
    /// Whether a purchase is offered to all holders (§4(a)(iv)).
    pub offer_to_all: bool,
    /// What shares are acquired in exchange for, folded (`junior-stock`).
    pub in_exchange_for: Option<String>,
    pub approved_by: Option<Approval>,
    /// Its data row, from 1.
    pub row: usize,
    pub place: RowPlace,
}

worded! {
    pub enum Approval {
        /// The preferred as a class: "except by vote of the holders of Preferred Stock" (§3(c)(ii)).
        Preferred = "preferred",
        /// "pursuant to the rights of any equity securities ranking senior to" Series A.
        Senior = "senior",
        /// "or pari passu with" it.
        Parity = "parity",
        /// The holders of Common: no approval that §3(c)(ii) asks for.
        Common = "common",
    }
}

worded! {
    /// What a company plans, as §3(c)(ii), §4, §5 and §8 tell it apart.
    pub enum ActionKind {
        /// §4(a)(i).
        JuniorDividend = "junior-dividend",
        /// §4(a)(i).
        JuniorStockDividend = "junior-stock-dividend",
        /// §4(a)(i).
        JuniorAcquisition = "junior-acquisition",
        /// §4(a)(ii).
        ParityDividend = "parity-dividend",
        /// §4(a)(iii).
        ParityAcquisition = "parity-acquisition",
        /// §4(a)(iv).
        SeriesAAcquisition = "series-a-acquisition",
        /// §4(b).
        SubsidiaryAcquisition = "subsidiary-acquisition",
        /// §8.
        SeriesARedemption = "series-a-redemption",
        /// §5.
        SeriesAReissue = "series-a-reissue",
        /// §3(c)(ii).
        ChangeNumberOfDirectors = "change-number-of-directors",
    }
}

/// A director, and his term of office (§3(c)(iv), (v)).
#[derive(Clone, Debug)]
pub struct Director {
    pub name: String,
    pub elected_by: Electors,
    pub elected_on: Date,
    pub left_on: Option<Date>,
    pub place: RowPlace,
}

worded! {
    /// Whose director one is; those whom his kind elected to fill a vacancy among themselves included (§3(c)(iv)).
    #[derive(PartialOrd, Ord)]
    pub enum Electors {
        /// The preferred as a class, in a default period.
        Preferred = "preferred",
        /// Common, and whoever else votes with it.
        Common = "common",
    }
}

/// A meeting of holders (§3(c)(ii), (iii)).
#[derive(Clone, Debug)]
pub struct Meeting {
    /// Whether it is a special meeting; else an annual one.
    pub special: bool,
    /// When it was requested or ordered.
    pub requested_date: Option<Date>,
    /// Preferred shares of those who requested it.
    pub requesting_shares: Option<Shares>,
    pub ordered_by_board: bool,
    pub called_date: Option<Date>,
    pub meeting_date: Date,
    pub next_annual_meeting: Option<Date>,
    /// Whether the right was exercised before in this default period.
    pub right_exercised: bool,
    pub vacancies: Option<u32>,
    pub preferred_shares_present: Option<Shares>,
    /// Its data row, from 1.
    pub row: usize,
    pub place: RowPlace,
}

/// The choices of a matter that is not an election.
pub(crate) const CHOICES: [&str; 3] = ["for", "against", "abstain"];

#[derive(Clone, Debug)]
pub struct Ballot {
    pub matter: String,
    /// Who votes and how it is counted.
    pub kind: BallotKind,
    /// The holder's index in the register.
    pub holder: u32,
    pub class: ClassIx,
    /// `for`, `against`, `abstain` (folded), or a nominee (trimmed).
    pub choice: String,
    /// How many shares; none means all.
    pub shares: Option<Shares>,
    pub place: RowPlace,
}

worded! {
    /// How a matter is decided (§3, §10).
    #[derive(PartialOrd, Ord)]
    pub enum BallotKind {
        /// §3(b): Series A and Common together.
        Joint = "joint",
        /// §10: Series A separately.
        Amendment = "amendment",
        /// §3(c): the preferred in a default period.
        Directors = "directors",
    }
}
