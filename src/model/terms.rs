//! The terms of the certificate, with the Certificate's own values as defaults.

#![allow(clippy::expect_used, reason = "an invariant that does not hold ends the run")]

use super::calendar::{QuarterDates, day};
use super::reading::Readings;
use super::worded::worded;
use super::{Date, Locale, Worded};
use crate::problem::Place;
use crate::quantity::{Ratio, Shares, Units, whole};
use std::collections::BTreeMap;

worded! {
    /// What Common gets before participation (`docs/rules.md`, "Liquidation").
    pub enum LiquidationShape {
        /// §6(a): the Common Adjustment, then participation.
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
    pub enum DecimalMark {
        /// `1,234.50`.
        Point = ".",
        /// `1.234,50`.
        Comma = ",",
    }
}

/// A term of the certificate, a fact about the payer's account, or the role of an account.
#[derive(Debug)]
pub struct Term {
    pub name: &'static str,
    /// Its default, as it would be typed; blank where there is none.
    pub default: &'static str,
    pub help: &'static str,
    /// The words that it may be; none: anything.
    pub choices: &'static [&'static str],
}

/// One that may be anything.
pub(super) const fn term(name: &'static str, default: &'static str, help: &'static str) -> Term {
    Term { name, default, help, choices: &[] }
}

/// Every term, said once: its field, its name where that is another, its default, the default as it would be typed, what it
/// means, and the words that it may be.
macro_rules! terms {
    ($(
        $field:ident $(as $name:literal)?: $type:ty = $value:expr, $default:literal, $help:literal $(, $choices:expr)?;
    )*) => {
        #[derive(Clone, Debug)]
        #[allow(clippy::doc_markdown, reason = "what people read in a table of terms")]
        pub struct Terms {
            $(#[doc = $help] pub $field: $type,)*
            pub readings: Readings,
            /// Where each term that was given stands, by its name.
            pub places: BTreeMap<String, Place>,
        }

        impl Default for Terms {
            fn default() -> Self {
                Self { $($field: $value,)* readings: Readings::default(), places: BTreeMap::new() }
            }
        }

        /// Every term but the readings.
        pub const TERM_LIST: [Term; 30] =
            [$(Term {
                name: terms!(@name $field $($name)?),
                default: $default,
                help: $help,
                choices: terms!(@choices $($choices)?),
            }),*];
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    (@choices) => { &[] };
    (@choices $choices:expr) => { $choices };
}

terms! {
    company: String = String::new(), "", "The company's name.";
    series_name: String = "Series A Junior Participating Preferred Stock".to_owned(),
        "Series A Junior Participating Preferred Stock", "The series' name.";
    common_name: String = "Common Stock".to_owned(), "Common Stock", "The Common Stock's name.";
    currency: String = "USD".to_owned(), "USD", "The currency's code.";
    currency_decimals: u32 = 2, "2", "Decimals of the currency's smallest unit.";
    authorized_shares: Shares = Shares(1_000_000_000_000), "1000000", "§1: Series A shares authorised.";
    common_authorized_shares: Option<Shares> = None, "", "Common shares authorised.";
    multiple: Ratio = whole(100), "100",
        "§2(a), §6(a), §7: how many Common shares a Series A share counts for, before adjustment.";
    votes_per_share: Ratio = whole(100), "100", "§3(a): votes of a Series A share, before adjustment.";
    quarter_dates: QuarterDates = QuarterDates::default(), "03-15,06-15,09-15,12-15",
        "§2(a): the Quarterly Dividend Payment Dates, month-day.";
    rights_declaration_date: Date = day(2005, 7, 18).expect("the calendar has this day"),
        "2005-07-18", "§2(a): adjustments count after this date.";
    minimum_quarterly_dividend: Ratio = whole(0), "0",
        "Other certificates: the least quarterly dividend per Series A share.";
    liquidation_preference: Ratio = whole(1), "1.00", "§6(a): per Series A share, before accrued dividends.";
    liquidation_shape: LiquidationShape = LiquidationShape::CommonAdjustment, "common-adjustment",
        "common-adjustment (§6), or greater-of (other certificates).", LiquidationShape::WORDS;
    default_quarters: Ratio = whole(6), "6", "§3(c)(i): quarterly dividends in arrears that begin a default period.";
    default_directors: u32 = 2, "2", "§3(c)(i): directors that the preferred then elect.";
    class_quorum: Ratio = Ratio::new(1.into(), 10.into()), "0.10",
        "§3(c)(ii): the part of the preferred shares that must be present.";
    amendment_majority: Ratio = Ratio::new(1.into(), 2.into()), "0.5",
        "§10: more than this part of Series A must vote for an amendment.";
    record_date_window: u32 = 30, "30", "§2(c): days that a record date may lie before the payment.";
    first_issuance_date: Option<Date> = None, "",
        "The day of the first issuance of Series A; blank: the earliest issue_date.";
    register_date: Option<Date> = None, "",
        "The day of the register's snapshot; later adjustments then change its Common lots.";
    date_format: DateFormat = DateFormat::Iso, "iso",
        "How text dates are written: iso (2005-07-18), mdy (7/18/2005) or dmy (18/7/2005).", DateFormat::WORDS;
    decimal_mark: Option<DecimalMark> = None, "",
        "The decimal mark of text numbers, . or , (blank: as the files themselves show it).";
    home_country: String = "US".to_owned(), "US", "The company's country; holders elsewhere are holders abroad.";
    charter_directors: Option<u32> = None, "", "§3(c)(ii): how many directors the charter fixes.";
    minimum_payment: Units = 0, "0", "Payments below it are carried to the next run.";
    nondividend_part as "nondividend_percent": Ratio = whole(0), "0",
        "Taxes: how much of a dividend is a return of capital, in percent.";
    contact: String = String::new(), "",
        "Whom holders may ask, on statements: a name, a telephone number, an e-mail address.";
    logo: String = String::new(), "",
        "A picture for the head of statements: a PNG or JPEG file beside the tables, of at most 2 MB.";
    locale: Locale = Locale::default(), "en-US",
        "How statements, summary and scenarios write dates (en-US, en-GB, de-DE, fr-FR and others), and their paper.";
}

impl Terms {
    /// Where a term was given; the command line (no place) where it was not.
    pub fn place(&self, term: &str) -> Place {
        self.places.get(term).cloned().unwrap_or_default()
    }
}
