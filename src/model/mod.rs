//! A case, typed and valid by construction: no input or output here.

pub(crate) mod bank_ids;
pub(crate) mod calendar;
pub(crate) mod carry;
pub(crate) mod class;
pub(crate) mod events;
pub(crate) mod locale;
pub(crate) mod payer;
pub(crate) mod reading;
pub(crate) mod register;
pub(crate) mod share_factor;
pub(crate) mod source;
pub(crate) mod terms;
pub(crate) mod text;
pub(crate) mod text_key;
pub(crate) mod worded;

pub(crate) use calendar::{Calendar, Date, days_between, iso, parse_iso, plus_days};
pub(crate) use carry::Carry;
pub(crate) use class::{Class, ClassIx, Classes, Compounding, DayCount, Rank};
pub(crate) use locale::Locale;
pub(crate) use register::{Detail, HolderIx, Lot, Register, Treasury};
pub(crate) use source::{Objects, RowPlace};
pub(crate) use terms::{DecimalMark, Terms};
pub(crate) use text::{Span, TextPool};
pub(crate) use worded::Worded;

use crate::quantity::Units;
use calendar::RecordDates;
use carry::{CarriedPayments, CarryTable};
use events::{Action, Adjustment, ArrearsTable, Ballot, Component, Declaration, Director, Meeting, Payment, Proceeds};
use payer::{Bank, PaymentStatus};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One company's set of tables, read and checked.
#[derive(Clone, Debug)]
pub struct Case {
    /// The case's name: the workbook's or folder's, without extension.
    pub name: String,
    /// Files and sheets beside its tables, which were left alone.
    pub left_alone: Vec<String>,
    /// The SHA-256 of the manifest of the earlier run that it goes on from (`--after`).
    pub after: Option<String>,
    /// What that run paid.
    pub year_to_date: Option<Arc<YearToDate>>,
    /// The terms in force, `--set` included.
    pub terms: Terms,
    pub classes: Classes,
    /// The register, finished; shared, since the same run is made again under other readings.
    pub register: Arc<Register>,
    /// Where the register was made of transactions: when shares of a class went to another holder, or were split, last.
    pub moved: Vec<(ClassIx, Date)>,
    /// Adjustments, by effective date (rows of one date in their order).
    pub adjustments: Vec<Adjustment>,
    /// Declarations on Common, by declared date (rows of one date in their order).
    pub declarations: Vec<Declaration>,
    /// Record dates by the day of payment.
    pub record_dates: RecordDates,
    /// Payments to Series A, by date (rows of one date in their order).
    pub payments: Vec<Payment>,
    /// The state brought forward, where given.
    pub arrears: Option<ArrearsTable>,
    /// What holders carry of payments in part, on the date of the arrears, where given.
    pub carry: Option<CarryTable>,
    pub carried_payments: CarriedPayments,
    /// Distributions upon liquidation, by date.
    pub proceeds: Vec<Proceeds>,
    /// What a Common share is exchanged for.
    pub consideration: Vec<Component>,
    /// Planned actions, in row order.
    pub actions: Vec<Action>,
    /// Meetings, in row order.
    pub meetings: Vec<Meeting>,
    pub ballots: Vec<Ballot>,
    /// The Board, in row order; none where the case has no such table.
    pub board: Option<Vec<Director>>,
    pub bank: Bank,
    /// The ledger's accounts by role, as the case names them.
    pub accounts: BTreeMap<String, String>,
    pub payment_statuses: Vec<PaymentStatus>,
}

/// What an earlier run paid each holder in cash.
#[derive(Clone, Debug)]
pub struct YearToDate {
    pub date: Date,
    /// Gross and withheld, in smallest units, in order of holders.
    pub sums: Vec<(HolderIx, (Units, Units))>,
}

/// F, the first issuance of Series A, and the quarter date that it makes the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstIssuance {
    /// F.
    pub date: Date,
    /// `term` where the terms state it, `register` where it is the earliest issue date.
    pub source: &'static str,
    /// Q1.
    pub first_quarter: Date,
}

impl FirstIssuance {
    pub(crate) fn in_words(&self) -> &'static str {
        if self.source == "term" { "as the terms say" } else { "the earliest issue date" }
    }
}

impl Case {
    /// The same case under another reading.
    pub fn with_reading(&self, name: &str, value: &str) -> Option<Self> {
        let mut other = self.clone();
        other.terms.readings.set(name, value).ok().map(|()| other)
    }

    /// What holders carry into the first payment.
    pub fn carried(&self) -> Carry {
        self.carry.as_ref().map(|table| table.carried.clone()).unwrap_or_default()
    }

    /// F: as the terms state it, else the earliest Series A issue date, retired lots included.
    pub fn first_issuance(&self) -> Option<Date> {
        let series_a = self.classes.series_a();
        let lots = self.register.lots().par_iter().with_min_len(16_384);
        let earliest = || lots.filter(|l| l.class == series_a).filter_map(|l| l.issue_date).min();
        self.terms.first_issuance_date.or_else(earliest)
    }

    /// F, where it comes from, and Q1; none without Series A.
    pub fn first_issued(&self) -> Option<FirstIssuance> {
        let date = self.first_issuance()?;
        let source = if self.terms.first_issuance_date.is_some() { "term" } else { "register" };
        Some(FirstIssuance { date, source, first_quarter: self.terms.quarter_dates.after(date) })
    }

    /// The first quarter date after the last one that `payments` or `arrears` covers; Q1 where neither covers any.
    pub fn next_quarter(&self) -> Option<Date> {
        let quarters = &self.terms.quarter_dates;
        let paid = self.payments.iter().map(|payment| payment.quarter.max(Some(quarters.on_or_before(payment.date))));
        let paid = paid.max().flatten();
        let carried = self.arrears.as_ref().map(|arrears| {
            arrears.rows.iter().map(|row| row.entry.quarter).chain([quarters.on_or_before(arrears.as_of)]).max()
        });
        match paid.max(carried.flatten()) {
            Some(last) => Some(quarters.after(last)),
            None => self.calendar().first_quarter(),
        }
    }

    pub fn calendar(&self) -> Calendar {
        Calendar {
            quarters: self.terms.quarter_dates.clone(),
            record_dates: self.record_dates.clone(),
            first_issuance: self.first_issuance(),
        }
    }
}
