//! What a liquidation came to.

use super::{AccrualStarts, Apportionment, MultipleOutcome, ReadingEffect, Step};
use crate::model::{ClassIx, Date, HolderIx};
use crate::problem::Problem;
use crate::quantity::{Ratio, Units};

#[derive(Clone, Debug)]
pub struct LiquidationOutcome {
    pub date: Date,
    pub multiple: MultipleOutcome,
    /// The distribution; none where only scenarios were asked for.
    pub distribution: Option<Distribution>,
    /// The sums at which something changes, in order.
    pub breakpoints: Vec<Breakpoint>,
    /// Each class and cohort with what it is due, where it converts, and where it is capped.
    pub stack: Vec<StackRow>,
    /// What each class gets at every breakpoint.
    pub payoff: Payoff,
    /// What each class would get, sum by sum; no sums where none were asked for.
    pub scenarios: Scenarios,
    /// At which sum a holder gets what was asked about.
    pub breakeven: Option<Breakeven>,
    pub accrual: AccrualStarts,
    /// L(c) by cohort: the preference and what has accrued on it.
    pub cohorts: Vec<CohortPreference>,
    pub warnings: Vec<Problem>,
}

#[derive(Clone, Debug)]
pub struct Distribution {
    /// Distributed before, by earlier installments, in units.
    pub prior: Units,
    /// Tiers, cumulative over installments.
    pub tiers: Vec<TierRow>,
    /// Every holding's part, in the order of `distribution.csv`.
    pub rows: Vec<LiquidationRow>,
    /// How sums were cut into units: one for each installment.
    pub apportionments: Vec<Apportionment>,
    pub totals: LiquidationTotals,
    /// What other readings would have paid Series A, where that differs.
    pub readings: Vec<ReadingEffect>,
    pub steps: Vec<WaterfallStep>,
}

/// A step of the waterfall, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaterfallStep {
    /// A class and, where it has cohorts, which; none for what all in the tier, and the tiers below, rest on.
    pub of: Option<(ClassIx, Option<Date>)>,
    pub step: Step,
}

/// One row of `tiers.csv`.
#[derive(Clone, Debug)]
pub struct TierRow {
    /// `senior-1`, `preference`, `junior-1`, `common-adjustment`, `participation`.
    pub tier: String,
    pub class: ClassIx,
    /// The cohort, where the class has cohorts.
    pub accrual_start: Option<Date>,
    pub shares: u128,
    /// What is due; none for participation.
    pub due: Option<Ratio>,
    pub paid: Ratio,
    pub paid_per_share: Ratio,
    /// What of it is accrued dividends that a share kept when it converted.
    pub kept: Ratio,
    /// What has become of the share, in words; blank where that needs none.
    pub why: String,
}

/// One row of a liquidation's `distribution.csv`, in smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationRow {
    pub holder: HolderIx,
    pub class: ClassIx,
    pub shares: u64,
    /// Whether the class is Common, which has a Common Adjustment where all others have a preference.
    pub is_common: bool,
    /// The preference or the Common Adjustment, rounded.
    pub before_participation: Units,
    pub participation: Units,
    pub total: Units,
}

impl LiquidationRow {
    /// The preference, rounded; none of Common.
    pub fn preference(&self) -> Units {
        if self.is_common { 0 } else { self.before_participation }
    }

    /// The Common Adjustment, rounded; of Common alone.
    pub fn common_adjustment(&self) -> Units {
        if self.is_common { self.before_participation } else { 0 }
    }

    /// The total less the three rounded parts.
    pub fn rounding(&self) -> Units {
        self.total - self.before_participation - self.participation
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiquidationTotals {
    pub proceeds: Units,
    pub distributed: Units,
    pub undistributed: Units,
    pub rounding: Units,
}

/// L(c) of a cohort, and what it is made of.
#[derive(Clone, Debug)]
pub struct CohortPreference {
    pub accrual_start: Date,
    pub shares: u128,
    /// The Series A Liquidation Preference per share.
    pub preference: Ratio,
    pub steps: Vec<Step>,
}

/// A sum at which something changes.
#[derive(Clone, Debug)]
pub struct Breakpoint {
    pub what: Turn,
    /// The sum, exact, in currency.
    pub at: Ratio,
}

/// What changes at a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A tier begins.
    Tier(String),
    /// A class, or a cohort of it, `converts`, is `capped` or `exercises`.
    Event {
        event: &'static str,
        class: ClassIx,
        /// The cohort, where a class's cohorts do it at different sums.
        accrual_start: Option<Date>,
    },
}

/// What a class, or a cohort of it, brings to the waterfall.
#[derive(Clone, Debug)]
pub struct StackRow {
    pub class: ClassIx,
    /// The cohort, where the class has cohorts.
    pub accrual_start: Option<Date>,
    pub shares: u128,
    /// Due per share before all that takes part.
    pub due: Ratio,
    /// Above what value of a Common share it converts, overtakes its preference, or is exercised.
    pub converts_at: Option<Ratio>,
    /// At what value of a Common share it reaches its cap.
    pub capped_at: Option<Ratio>,
}

/// What each class gets at sums between which all lines are straight, exact, in currency.
#[derive(Clone, Debug, Default)]
pub struct Payoff {
    pub sums: Vec<Ratio>,
    pub classes: Vec<ClassIx>,
    /// By sum, then column.
    pub totals: Vec<Vec<Ratio>>,
    /// Each class, or cohort of it, of whose shares each gets the same.
    pub lines: Vec<(ClassIx, Option<Date>)>,
    /// What such a share gets: by sum, then line.
    pub per_share: Vec<Vec<Ratio>>,
}

/// What each class and cohort would get of several sums.
#[derive(Clone, Debug, Default)]
pub struct Scenarios {
    pub sums: Vec<Units>,
    /// The class, and the cohort's accrual start where it has cohorts, of each with shares.
    pub columns: Vec<(ClassIx, Option<Date>)>,
    /// By sum, then column: the total in smallest units, and per share to 12 decimals.
    pub cells: Vec<(Units, i128)>,
}

impl Scenarios {
    /// Each sum with what every column gets of it.
    pub fn by_sum(&self) -> impl Iterator<Item = (Units, &[(Units, i128)])> {
        self.sums.iter().copied().zip(self.cells.chunks(self.columns.len().max(1)))
    }
}

/// The smallest sum at which a holder gets an amount.
#[derive(Clone, Debug)]
pub struct Breakeven {
    pub holder: String,
    /// What it is to get, in smallest units.
    pub amount: Units,
    /// The sum, exact, in currency; none where no sum does.
    pub at: Option<Ratio>,
}
