//! What the tests, the bench and the fuzz targets use of the library. It is no stable interface: programs use the
//! command line, its files and its exit codes.

pub use crate::commands::{execute, guarded, set_silent};
pub use crate::problem::{Problem, Severity};
pub use crate::spreadsheet::hash::FileHash;

pub mod input {
    pub use crate::input::schema::{Kind, TABLES, Table};
    pub use crate::input::{Loaded, ReadOptions, load};
    pub use crate::model::terms::TERM_LIST;
}

/// The model, and its numbers and days.
pub mod model {
    pub use crate::model::Case;
    pub use crate::model::calendar::{Date, MonthDay, day, iso, parse_iso, plus_days};
    pub use crate::model::class::Rank;
    pub use crate::model::register::{Detail, Lot, Treasury};
    pub use crate::quantity::{
        Midpoint, Ratio, Units, decimals_needed, fixed, fraction, parse_decimal, plain, round_half, scaled_fixed,
        scaled_plain, shares_ratio, terminating, units_from_ratio, units_ratio, whole,
    };
}

pub mod runs {
    pub use crate::holdings::apportion::apportion;
    pub use crate::holdings::snapshot::{Holding, Holdings, snapshot};
    pub use crate::outcome::PaymentRow;
    pub use crate::outcome::dividend::{CohortDividend, DividendOutcome};
    pub use crate::outcome::exchange::ExchangeOutcome;
    pub use crate::outcome::liquidation::{LiquidationOutcome, LiquidationRow, TierRow, Turn};
    pub use crate::outcome::vote::{ActionsOutcome, CaptableOutcome, VoteOutcome, VoteRow};
    pub use crate::runs::Refusal;
    pub use crate::runs::context::Context;
    pub use crate::runs::dividend::DividendPlan;
    pub use crate::runs::liquidation::LiquidationPlan;
    pub use crate::runs::{actions, captable, dividend, exchange, liquidation, vote};
}

/// Files out.
pub mod output {
    pub use crate::output::folder::Folder;
    pub use crate::output::xlsx::package::{Part, Writer, read};
    pub use crate::output::xlsx::statement::fields::{lot, single};
    pub use crate::output::xlsx::statement::{
        Cell, Column, Dividend, Formula, Group, Layout, Look, Statement, StatementKind, Term, Value,
    };
    pub use crate::output::xlsx::value::Figure;
    pub use crate::output::{problem_page, problems};
}
