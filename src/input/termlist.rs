//! Every term, said once: its name, its default, what it means.

use crate::model::reading::READINGS;

#[derive(Debug)]
pub struct Term {
    pub name: &'static str,
    /// Its default, as it would be typed; blank where there is none.
    pub default: &'static str,
    pub help: &'static str,
    /// The words that it may be; none: anything.
    pub choices: &'static [&'static str],
}

const fn term(name: &'static str, default: &'static str, help: &'static str) -> Term {
    Term { name, default, help, choices: &[] }
}

const fn choice(name: &'static str, choices: &'static [&'static str], help: &'static str) -> Term {
    Term { name, default: choices[0], help, choices }
}

/// Every term but the readings.
pub const TERM_LIST: [Term; 30] = [
    term("company", "", "The company's name."),
    term("series_name", "Series A Junior Participating Preferred Stock", "The series' name."),
    term("common_name", "Common Stock", "The Common Stock's name."),
    term("currency", "USD", "The currency's code."),
    term("currency_decimals", "2", "Decimals of the currency's smallest unit."),
    term("authorized_shares", "1000000", "§1: Series A shares authorised."),
    term("common_authorized_shares", "", "Common shares authorised."),
    term("multiple", "100", "§2(a), §6(a), §7: how many Common shares a Series A share counts for, before adjustment."),
    term("votes_per_share", "100", "§3(a): votes of a Series A share, before adjustment."),
    term("quarter_dates", "03-15,06-15,09-15,12-15", "§2(a): the Quarterly Dividend Payment Dates, month-day."),
    term("rights_declaration_date", "2005-07-18", "§2(a): adjustments count after this date."),
    term("minimum_quarterly_dividend", "0", "Other certificates: the least quarterly dividend per Series A share."),
    term("liquidation_preference", "1.00", "§6(a): per Series A share, before accrued dividends."),
    choice(
        "liquidation_shape",
        &["common-adjustment", "greater-of"],
        "common-adjustment (§6), or greater-of (other certificates).",
    ),
    term("default_quarters", "6", "§3(c)(i): quarterly dividends in arrears that begin a default period."),
    term("default_directors", "2", "§3(c)(i): directors that the preferred then elect."),
    term("class_quorum", "0.10", "§3(c)(ii): the part of the preferred shares that must be present."),
    term("amendment_majority", "0.5", "§10: more than this part of Series A must vote for an amendment."),
    term("record_date_window", "30", "§2(c): days that a record date may lie before the payment."),
    term("first_issuance_date", "", "The day of the first issuance of Series A; blank: the earliest issue_date."),
    term("register_date", "", "The day of the register's snapshot; later adjustments then change its Common lots."),
    choice(
        "date_format",
        &["iso", "mdy", "dmy"],
        "How text dates are written: iso (2005-07-18), mdy (7/18/2005) or dmy (18/7/2005).",
    ),
    term("decimal_mark", "", "The decimal mark of text numbers, . or , (blank: as the files themselves show it)."),
    term("home_country", "US", "The company's country; holders elsewhere are holders abroad."),
    term("charter_directors", "", "§3(c)(ii): how many directors the charter fixes."),
    term("minimum_payment", "0", "Payments below it are carried to the next run."),
    term("nondividend_percent", "0", "Taxes: how much of a dividend is a return of capital, in percent."),
    term("contact", "", "Whom holders may ask, on statements: a name, a telephone number, an e-mail address."),
    term("logo", "", "A picture for the head of statements: a PNG or JPEG file beside the tables, of at most 2 MB."),
    term(
        "locale",
        "en-US",
        "How statements, summary and scenarios write dates (en-US, en-GB, de-DE, fr-FR and others), and their paper.",
    ),
];

/// The names of all terms, readings included.
pub(crate) fn all_names() -> Vec<String> {
    let terms = TERM_LIST.iter().map(|t| t.name.to_owned());
    terms.chain(READINGS.iter().map(|r| format!("reading.{}", r.name))).collect()
}
