//! The terms of the certificate, with the Certificate's own values as defaults.

#![allow(clippy::expect_used, reason = "an invariant that does not hold ends the run")]

use super::calendar::{Date, QuarterDates, day};
use super::locale::Locale;
use super::reading::Readings;
use super::worded::worded;
use crate::problem::Place;
use crate::quantity::{Ratio, Shares, Units, whole};
use std::collections::BTreeMap;

worded! {
    /// What Common gets before participation (`docs/rules.md`, "Liquidation").
    #[derive(Default)]
    pub enum LiquidationShape {
        /// §6(a): the Common Adjustment, then participation.
        #[default]
        CommonAdjustment = "common-adjustment",
        /// Other issuers' certificates: the preference or what conversion would give, whichever is greater.
        GreaterOf = "greater-of",
    }
}

worded! {
    #[derive(Default)]
    pub enum DateFormat {
        /// `2005-07-18` only.
        #[default]
        Iso = "iso",
        /// `7/18/2005` too.
        Mdy = "mdy",
        /// `18/7/2005` too.
        Dmy = "dmy",
    }
}

worded! {
    #[derive(Default)]
    pub enum DecimalMark {
        /// `1,234.50`.
        #[default]
        Point = ".",
        /// `1.234,50`.
        Comma = ",",
    }
}

#[derive(Clone, Debug)]
pub struct Terms {
    pub company: String,
    pub series_name: String,
    /// The Common Stock's name.
    pub common_name: String,
    pub currency: String,
    /// Decimals of the currency's smallest unit.
    pub currency_decimals: u32,
    /// §1: Series A shares authorised.
    pub authorized_shares: Shares,
    /// Common shares authorised, where known.
    pub common_authorized_shares: Option<Shares>,
    /// §2(a), §6(a), §7: 100 before adjustment.
    pub multiple: Ratio,
    /// §3(a): 100 votes before adjustment.
    pub votes_per_share: Ratio,
    /// §2(a): the quarter dates.
    pub quarter_dates: QuarterDates,
    /// §2(a): adjustments count after this date.
    pub rights_declaration_date: Date,
    /// A floor under the quarterly dividend per share (other certificates).
    pub minimum_quarterly_dividend: Ratio,
    /// §6(a): $1.00 per share.
    pub liquidation_preference: Ratio,
    pub liquidation_shape: LiquidationShape,
    /// §3(c)(i): six quarterly dividends.
    pub default_quarters: Ratio,
    /// §3(c)(i): two directors.
    pub default_directors: u32,
    /// §3(c)(ii): ten percent.
    pub class_quorum: Ratio,
    /// §10: a majority.
    pub amendment_majority: Ratio,
    /// §2(c): at most 30 days before payment.
    pub record_date_window: u32,
    /// F as stated; else the earliest Series A issue date.
    pub first_issuance_date: Option<Date>,
    /// The day of the register's snapshot.
    pub register_date: Option<Date>,
    pub date_format: DateFormat,
    /// The decimal mark of text numbers, where the case says it.
    pub decimal_mark: Option<DecimalMark>,
    /// The company's country, ISO 3166: holders elsewhere are holders abroad.
    pub home_country: String,
    /// The number of directors that the charter fixes.
    pub charter_directors: Option<u32>,
    /// Payments below it are carried to the next run.
    pub minimum_payment: Units,
    /// What part of a dividend is a return of capital for tax purposes, from 0 to 1.
    pub nondividend_part: Ratio,
    /// Whom holders may ask, shown on statements.
    pub contact: String,
    /// The file of the company's logo.
    pub logo: String,
    /// How statements write dates, and their paper.
    pub locale: Locale,
    pub readings: Readings,
    /// Where each term that was given stands, by its name.
    pub places: BTreeMap<String, Place>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            company: String::new(),
            series_name: "Series A Junior Participating Preferred Stock".to_owned(),
            common_name: "Common Stock".to_owned(),
            currency: "USD".to_owned(),
            currency_decimals: 2,
            authorized_shares: Shares::from_micros(1_000_000_000_000),
            common_authorized_shares: None,
            multiple: whole(100),
            votes_per_share: whole(100),
            quarter_dates: QuarterDates::default(),
            rights_declaration_date: day(2005, 7, 18).expect("the calendar has this day"),
            minimum_quarterly_dividend: whole(0),
            liquidation_preference: whole(1),
            liquidation_shape: LiquidationShape::default(),
            default_quarters: whole(6),
            default_directors: 2,
            class_quorum: Ratio::new(1.into(), 10.into()),
            amendment_majority: Ratio::new(1.into(), 2.into()),
            record_date_window: 30,
            first_issuance_date: None,
            register_date: None,
            date_format: DateFormat::default(),
            decimal_mark: None,
            home_country: "US".to_owned(),
            charter_directors: None,
            minimum_payment: 0,
            nondividend_part: whole(0),
            contact: String::new(),
            logo: String::new(),
            locale: Locale::default(),
            readings: Readings::default(),
            places: BTreeMap::new(),
        }
    }
}

impl Terms {
    /// Where a term was given; the command line (no place) where it was not.
    pub fn place(&self, term: &str) -> Place {
        self.places.get(term).cloned().unwrap_or_default()
    }
}
