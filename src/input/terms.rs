//! The terms: read first, since they say how dates and numbers are written everywhere else.

use super::cell::{Refusal, Style, TWO_READINGS, Value, unknown_word};
use super::faults::{GATHERED, IN_PERCENT};
use super::register::countries;
use super::schema::table_key;
use super::words::{listed, nearest};
use super::{Findings, Line};
use crate::model::calendar::{MonthDay, QuarterDates};
use crate::model::locale::LOCALES;
use crate::model::reading::READINGS;
use crate::model::terms::TERM_LIST;
use crate::model::{DecimalMark, Locale, Terms};
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, plain, whole};
use crate::spreadsheet::{Content, Row};
use num_traits::{Signed, Zero};
use std::borrow::Cow;
use std::collections::HashMap;

/// A term as it was given: its name, and a row whose first cell is the value.
#[derive(Debug)]
struct Given {
    name: String,
    value: Row,
    /// The decimal mark where it stands.
    mark: Option<DecimalMark>,
    /// Where its name stands, and where its value does.
    name_place: Place,
    place: Place,
}

#[derive(Debug, Default)]
pub(crate) struct GivenTerms {
    given: Vec<Given>,
    rows: HashMap<String, Place>,
}

impl GivenTerms {
    pub(crate) fn row(&mut self, line: &mut Line) {
        let name = line.text("term");
        let value = line.cell("value");
        let (Some(name), Some(cell)) = (name, value) else { return };
        let (name, name_place) = (table_key(&name), line.place("term"));
        if let Some(earlier) = self.rows.get(&name) {
            let at = earlier.cell.clone().unwrap_or_default();
            let message = format!("the term {name} is given twice, here and in {at}.");
            return line.reject("term", "twice", &message, "Delete one of the two rows.");
        }
        let mut value = Row::default();
        value.clear(line.row.number);
        value.push_cell(0, line.row, cell);
        self.rows.insert(name.clone(), name_place.clone());
        self.given.push(Given { name, value, mark: line.style.decimal_mark, name_place, place: line.place("value") });
    }

    /// Takes a term from elsewhere, where the table does not give it.
    pub(crate) fn otherwise(&mut self, name: &str, value: &str, place: &Place) {
        if self.given.iter().all(|given| given.name != name) {
            self.typed(name.to_owned(), value, place);
        }
    }

    /// Takes `--set TERM=VALUE`, which wins over the table.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let name = table_key(name);
        self.given.retain(|g| g.name != name);
        self.typed(name, value, &Place::command_line());
    }

    fn typed(&mut self, name: String, text: &str, place: &Place) {
        let mut value = Row::default();
        value.clear(1);
        value.push(0, Content::Text, text);
        let (mark, name_place, place) = (Some(DecimalMark::Point), place.clone(), place.clone());
        self.given.push(Given { name, value, mark, name_place, place });
    }

    pub(crate) fn finish(self, findings: &mut Findings) -> (Terms, Style) {
        let mut terms = Terms::default();
        let (first, rest): (Vec<Given>, Vec<Given>) = self.given.into_iter().partition(|g| writes_style(&g.name));
        for given in first.iter().chain(&rest) {
            apply(given, &mut terms, findings);
        }
        let style = style(&terms);
        (terms, style)
    }
}

/// The terms that say how the others are written.
fn writes_style(name: &str) -> bool {
    ["date_format", "decimal_mark", "currency", "currency_decimals"].contains(&name)
}

fn style(terms: &Terms) -> Style {
    Style {
        date_format: terms.date_format,
        decimal_mark: terms.decimal_mark,
        currency: terms.currency.clone(),
        currency_decimals: terms.currency_decimals,
        run_output: false,
    }
}

fn apply(given: &Given, terms: &mut Terms, findings: &mut Findings) {
    let Some(cell) = given.value.cells().first() else { return };
    let on_command_line = given.place.file.is_none();
    let mark = if on_command_line { given.mark } else { terms.decimal_mark.or(given.mark) };
    let style = Style { decimal_mark: mark, ..style(terms) };
    let value = Value { row: &given.value, cell, style: &style };
    let Err(refusal) = value.sound().and_then(|()| set_term(&given.name, value, terms)) else {
        terms.places.insert(given.name.clone(), given.place.clone());
        return;
    };
    if let (TWO_READINGS, Some(file)) = (refusal.what, &given.place.file) {
        findings.marks.doubt(file);
    }
    let (column, place, found) = match refusal.what {
        UNKNOWN => ("term", &given.name_place, given.name.clone()),
        _ => ("value", &given.place, value.shown()),
    };
    let prefix = if place.file.is_none() { "--set " } else { "" };
    // Only dates are refused without a message.
    let of_date = GATHERED.iter().find(|(code, ..)| *code == refusal.what && refusal.message.is_empty());
    let (message, help) = match of_date {
        Some((_, holds, _)) => (format!("'{}' is {holds}.", value.shown()), "Type the date as 2006-06-15.".to_owned()),
        None => (refusal.message, refusal.help),
    };
    let code = format!("terms.{column}.{}", refusal.what);
    let problem = Problem::error(code, place.clone(), format!("{prefix}{}: {message}", given.name), help);
    findings.push(problem.with_value(found));
}

const UNKNOWN: &str = "unknown";

impl Value<'_> {
    fn positive(self) -> Result<Ratio, Refusal> {
        let value = self.amount()?;
        if value.is_zero() {
            return Err(Refusal::new("not-positive", "this must be above 0.", "Correct the number."));
        }
        Ok(value)
    }

    fn whole_within(self, smallest: u32, largest: u32) -> Result<u32, Refusal> {
        let value = self.whole()?;
        if !(smallest..=largest).contains(&value) {
            let message = format!("this must be a whole number from {smallest} to {largest}.");
            return Err(Refusal::new("out-of-range", message, "Correct the number."));
        }
        Ok(value)
    }

    /// `40` and `40%` are both forty percent; `0.4` could be either.
    fn percent(self) -> Result<Ratio, Refusal> {
        if self.shown().ends_with('%') {
            return self.rate();
        }
        let value = self.amount()? / whole(100);
        let number = self.shown();
        if value.is_positive() && value < whole(1) / whole(100) {
            let percent = plain(&(&value * whole(10_000)), 12);
            let message = format!("{number} can be {number} % or {percent} %.");
            return Err(Refusal::new(IN_PERCENT, message, format!("Type {number}% or {percent}%, with the sign.")));
        }
        if value > whole(1) {
            return Err(Refusal::new("out-of-range", "a percentage is from 0 to 100.", "Correct the number."));
        }
        Ok(value)
    }

    fn currency(self) -> Result<String, Refusal> {
        let code = self.shown();
        if (2..=8).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Ok(if code.len() == 3 { code.to_ascii_uppercase() } else { code });
        }
        let help = "Type a code of letters such as USD, EUR or KWD.";
        Err(Refusal::new("not-a-currency", format!("'{code}' is not a currency's code."), help))
    }

    fn country(self) -> Result<String, Refusal> {
        let country = self.shown();
        let code = countries::code(&country).map(Cow::into_owned);
        code.ok_or_else(|| {
            let help = "Type its code of two letters (ISO 3166), such as US or DE.";
            Refusal::new("not-a-country", format!("'{country}' is not a country's code or English name."), help)
        })
    }

    fn locale(self) -> Result<Locale, Refusal> {
        let text = self.shown();
        Locale::find(&text).ok_or_else(|| unknown_word(&text, &LOCALES.map(|locale| locale.tag)))
    }

    fn majority(self) -> Result<Ratio, Refusal> {
        let value = self.rate()?;
        if value.is_positive() && value < whole(1) {
            return Ok(value);
        }
        let message = "this must be above 0 and below 1, since more than it must vote for.";
        Err(Refusal::new("out-of-range", message, "Type 0.5 for a simple majority, or 0.666666666667 for two thirds."))
    }
}

fn set_term(name: &str, value: Value, terms: &mut Terms) -> Result<(), Refusal> {
    if let Some(reading) = name.strip_prefix("reading.") {
        return set_reading(reading, value, terms);
    }
    match name {
        "company" => terms.company = value.shown(),
        "series_name" => terms.series_name = value.shown(),
        "common_name" => terms.common_name = value.shown(),
        "currency" => terms.currency = value.currency()?,
        "currency_decimals" => terms.currency_decimals = value.whole_within(0, 8)?,
        "authorized_shares" => terms.authorized_shares = value.shares()?,
        "common_authorized_shares" => terms.common_authorized_shares = Some(value.shares()?),
        "multiple" => terms.multiple = value.positive()?,
        "votes_per_share" => terms.votes_per_share = value.amount()?,
        "quarter_dates" => terms.quarter_dates = quarter_dates(&value.shown())?,
        "rights_declaration_date" => terms.rights_declaration_date = value.date()?,
        "minimum_quarterly_dividend" => terms.minimum_quarterly_dividend = value.per_share()?,
        "liquidation_preference" => terms.liquidation_preference = value.per_share()?,
        "liquidation_shape" => terms.liquidation_shape = value.worded()?,
        "default_quarters" => terms.default_quarters = value.positive()?,
        "default_directors" => terms.default_directors = value.whole_within(1, 1000)?,
        "class_quorum" => terms.class_quorum = value.rate()?,
        "amendment_majority" => terms.amendment_majority = value.majority()?,
        "record_date_window" => terms.record_date_window = value.whole_within(0, 366)?,
        "first_issuance_date" => terms.first_issuance_date = Some(value.date()?),
        "register_date" => terms.register_date = Some(value.date()?),
        "date_format" => terms.date_format = value.worded()?,
        "decimal_mark" => terms.decimal_mark = Some(value.worded()?),
        "home_country" => terms.home_country = value.country()?,
        "charter_directors" => terms.charter_directors = Some(value.whole_within(1, 1000)?),
        "minimum_payment" => terms.minimum_payment = value.cash()?,
        "nondividend_percent" => terms.nondividend_part = value.percent()?,
        "contact" => terms.contact = value.shown(),
        "logo" => terms.logo = value.shown(),
        "locale" => terms.locale = value.locale()?,
        _ => return Err(unknown_term(name)),
    }
    Ok(())
}

fn set_reading(reading: &str, value: Value, terms: &mut Terms) -> Result<(), Refusal> {
    let text = value.shown();
    terms.readings.set(reading, &text).map_err(|values| match values {
        Some(values) => unknown_word(&text, values),
        None => unknown_term(&format!("reading.{reading}")),
    })
}

fn unknown_term(name: &str) -> Refusal {
    let terms = TERM_LIST.map(|term| term.name);
    let readings: Vec<String> = READINGS.iter().map(|reading| format!("reading.{}", reading.name)).collect();
    let names: Vec<&str> = terms.into_iter().chain(readings.iter().map(String::as_str)).collect();
    let help = match nearest(name, &names) {
        Some(near) => format!("Did you mean {near}? Correct the name, or leave the term out."),
        None => {
            format!("Leave it out, or use one of the terms: {}; or reading. and a reading's name.", listed(&terms))
        }
    };
    Refusal::new(UNKNOWN, "there is no such term.", help)
}

fn quarter_dates(text: &str) -> Result<QuarterDates, Refusal> {
    let days: Option<Vec<MonthDay>> = text.split([',', ';']).map(MonthDay::parse).collect();
    days.and_then(QuarterDates::new).ok_or_else(|| {
        Refusal::new(
            "not-quarter-dates",
            "these are not days of the year, each a different one.",
            "Type them as month-day with two digits each, as text: 03-15,06-15,09-15,12-15.",
        )
    })
}
