//! What the tests, the bench and the fuzz targets use of the library. It is no stable interface: programs use the
//! command line, its files and its exit codes.

pub use crate::commands::fingerprint::Fingerprint;
pub use crate::commands::print::wrapped;
pub use crate::commands::progress::pace;
pub use crate::commands::watch::inbox;
pub use crate::commands::{execute, guarded, set_silent};
pub use crate::panics::{catch_fault, catch_panic};
pub use crate::problem::{Place, Problem, Severity};
pub use crate::spreadsheet::hash::FileHash;
pub use crate::verify::compare::first_difference;

pub mod input {
    pub use crate::input::schema::{Kind, TABLES, Table};
    pub use crate::input::source::finder::file_problem;
    pub use crate::input::{Loaded, ReadOptions, load};
    pub use crate::model::terms::TERM_LIST;

    use crate::input::pass::{Pass, Sink};
    use crate::input::register::Reading;
    use crate::input::schema::REGISTER;
    use crate::input::source::{Found, Origin};
    use crate::input::{Findings, Style};
    use crate::model::{Classes, Register};
    use crate::problem::Problem;
    use crate::spreadsheet::{Rows, RowsError};

    /// What came of rows that were read as a register.
    #[derive(Debug)]
    pub struct RowsRead {
        /// The register; none where no header row was found.
        pub register: Result<Option<Register>, RowsError>,
        pub data_rows: u64,
        pub problems: Vec<Problem>,
    }

    /// Reads a register's rows, as [`load`] reads those of a case's `register.csv`.
    pub fn register_of(rows: &mut dyn Rows, classes: &Classes) -> RowsRead {
        let (file, origin) = ("register.csv".to_owned(), Origin::Csv("register.csv".into()));
        let found = Found { table: &REGISTER, file, sheet: None, origin };
        let (style, mut findings, mut reading) = (Style::default(), Findings::default(), Reading::new(classes));
        let mut pass = Pass::new(&found, &[], &style, &mut findings, Sink::Register(&mut reading));
        let located = pass.run(rows);
        let data_rows = pass.data_rows;
        let register = located.map(|located| located.map(|located| reading.finish(&located, false, &mut findings)));
        RowsRead { register, data_rows, problems: findings.into_list() }
    }
}

/// File formats.
pub mod spreadsheet {
    pub use crate::spreadsheet::cell_formats::CellFormats;
    pub use crate::spreadsheet::cells::SheetFacts;
    pub use crate::spreadsheet::csv::records::Records;
    pub use crate::spreadsheet::hash::{Hashing, Tally, read_until, unless_stopped};
    pub use crate::spreadsheet::number_format::{Digits, Epoch, Shown, Unit, of_code};
    pub use crate::spreadsheet::row::{Fault, Region, Row, RowsError};
    pub use crate::spreadsheet::rows::Rows;
    pub use crate::spreadsheet::workbook::{Format, Sheet, Workbook, pass};
    pub use crate::spreadsheet::{a1, ooxml};
}

/// Numbers and names as people read them.
pub mod text {
    pub use crate::text::{grouped, money, money_length, natural, number, plural, write_fixed, write_plain};
}

/// The model, and its numbers and days.
pub mod model {
    pub use crate::model::Case;
    pub use crate::model::calendar::{Date, MonthDay, QuarterDates, day, iso, parse_iso, plus_days};
    pub use crate::model::class::{Classes, Compounding, DayCount, Rank, Rate};
    pub use crate::model::events::Entry;
    pub use crate::model::register::{Detail, Lot, Treasury};
    pub use crate::model::worded::Worded;
    pub use crate::quantity::{
        Midpoint, Ratio, Units, decimals_needed, fixed, fraction, parse_decimal, plain, round_half, scaled_fixed,
        scaled_plain, shares_ratio, terminating, units_from_ratio, units_ratio, whole,
    };
}

pub mod rules {
    pub use crate::rules::account::Account;
    pub use crate::rules::partial::{Claim, equal_level, per_share};
    pub use crate::rules::rate::accrued;
}

pub mod runs {
    pub use crate::holdings::apportion::{Apportioned, apportion, apportion_weights};
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
    pub use crate::output::csv::write_text;
    pub use crate::output::folder::{Folder, write_file};
    pub use crate::output::instructions::{is_iban, reference, reference_prefix};
    pub use crate::output::replace::{Identity, replace, replace_by};
    pub use crate::output::staging::Staging;
    pub use crate::output::statement_files::{Archive, safe_names};
    pub use crate::output::xlsx::annotated_copy::marks::marks;
    pub use crate::output::xlsx::annotated_copy::unused_name;
    pub use crate::output::xlsx::blank::write as blank_case;
    pub use crate::output::xlsx::ieee;
    pub use crate::output::xlsx::package::{DeflatedPiece, Part, Writer, read};
    pub use crate::output::xlsx::row_height::{is_tall, lines, pixels};
    pub use crate::output::xlsx::statement::fields::{lot, single};
    pub use crate::output::xlsx::statement::layout::references::{Block, Cover, Expression, RowCopy, RowMap};
    pub use crate::output::xlsx::statement::words::masked;
    pub use crate::output::xlsx::statement::{
        Cell, Column, Dividend, Formula, Group, Layout, Look, Statement, StatementKind, Term, Value,
    };
    pub use crate::output::xlsx::value::{Figure, serial};
    pub use crate::output::{problem_page, problems};
}

/// Finished runs: proved, and paid.
pub mod finished {
    pub use crate::disbursement::checks::in_words;
    pub use crate::disbursement::created::Created;
    pub use crate::disbursement::latin::{ASCII, Fitting, SWIFT};
    pub use crate::verify::table::units;
}

/// The page.
#[cfg(feature = "serve")]
pub mod serve {
    pub use crate::serve::cases::Cases;
    pub use crate::serve::gate::Gate;
}
