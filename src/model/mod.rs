//! A case, typed and valid by construction: no input or output here.

pub(crate) mod calendar;
pub(crate) mod class;
pub(crate) mod events;
pub(crate) mod reading;
pub(crate) mod register;
pub(crate) mod source;
pub(crate) mod terms;
pub(crate) mod text;
pub(crate) mod text_key;

use calendar::{Calendar, Date, RecordDates};
use class::Classes;
use events::{Action, Adjustment, ArrearsTable, Ballot, Component, Declaration, Meeting, Payment, Proceeds};
use register::Register;
use std::sync::Arc;
use terms::Terms;

/// One company's set of tables, read and checked.
#[derive(Clone, Debug)]
pub struct Case {
    /// The case's name: the workbook's or folder's, without extension.
    pub name: String,
    /// The terms in force, `--set` included.
    pub terms: Terms,
    /// All classes, in class order.
    pub classes: Classes,
    /// The register, finished; shared, since the same run is made again under other readings.
    pub register: Arc<Register>,
    /// Adjustments, by effective date (rows of one date in their order).
    pub adjustments: Vec<Adjustment>,
    /// Declarations on Common, by declared date (rows of one date in their order).
    pub declarations: Vec<Declaration>,
    /// Record dates by quarter date.
    pub record_dates: RecordDates,
    /// Payments to Series A, by date (rows of one date in their order).
    pub payments: Vec<Payment>,
    /// The state brought forward, where given.
    pub arrears: Option<ArrearsTable>,
    /// Distributions upon liquidation, by date.
    pub proceeds: Vec<Proceeds>,
    /// What a Common share is exchanged for.
    pub consideration: Vec<Component>,
    /// Planned actions, in row order.
    pub actions: Vec<Action>,
    /// Meetings, in row order.
    pub meetings: Vec<Meeting>,
    /// Ballots, in row order.
    pub ballots: Vec<Ballot>,
}

impl Case {
    /// The same case under another reading.
    pub fn with_reading(&self, name: &str, value: &str) -> Option<Self> {
        let mut other = self.clone();
        other.terms.readings.set(name, value).ok().map(|()| other)
    }

    /// F (SPEC 1): as the terms state it, else the earliest Series A issue date, retired lots included.
    pub fn first_issuance(&self) -> Option<Date> {
        let series_a = self.classes.series_a();
        let earliest =
            || self.register.lots().iter().filter(|l| l.class == series_a).filter_map(|l| l.issue_date).min();
        self.terms.first_issuance_date.or_else(earliest)
    }

    /// The company's quarters.
    pub fn calendar(&self) -> Calendar {
        Calendar {
            quarters: self.terms.quarter_dates.clone(),
            record_dates: self.record_dates.clone(),
            first_issuance: self.first_issuance(),
        }
    }
}
