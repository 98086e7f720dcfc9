//! The terms: read first, since they say how dates and numbers are written everywhere else.

use super::amounts::{cash, not_negative, per_share, unknown_word, whole_number};
use super::cell::{Refusal, Style, TWO_READINGS, shown};
use super::findings::Findings;
use super::line::Line;
use super::schema::table_key;
use super::termlist::{TERM_LIST, all_names};
use super::words::{listed, nearest};
use crate::model::calendar::{Date, MonthDay, QuarterDates};
use crate::model::class::fold;
use crate::model::locale::{LOCALES, Locale};
use crate::model::terms::{DateFormat, DecimalMark, LiquidationShape, Terms};
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Shares, Units, exact, whole};
use crate::spreadsheet::row::{Content, Row};
use num_traits::{Signed, Zero};
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

/// The terms as they were given, in order.
#[derive(Debug, Default)]
pub(crate) struct GivenTerms {
    given: Vec<Given>,
    /// Where the table names each of them.
    rows: HashMap<String, Place>,
}

impl GivenTerms {
    /// Takes a row of the `terms` table.
    pub(crate) fn row(&mut self, line: &mut Line) {
        let name = line.text("term");
        let value = line.cell_at(line.index("value"));
        let (Some(name), Some(cell)) = (name, value) else { return };
        let mut row = Row::default();
        row.clear(line.row.number);
        row.push_cell(0, line.row, cell);
        let name = table_key(&name);
        if let Some(earlier) = self.rows.get(&name) {
            let at = earlier.cell.clone().unwrap_or_default();
            let message = format!("the term {name} is given twice, here and in {at}.");
            line.reject("term", "twice", &message, "Delete one of the two rows.");
            return;
        }
        self.rows.insert(name.clone(), line.place("term"));
        let (name_place, place) = (line.place("term"), line.place("value"));
        self.given.push(Given { name, value: row, mark: line.style.decimal_mark, name_place, place });
    }

    /// Takes a term from elsewhere, where the table does not give it.
    pub(crate) fn otherwise(&mut self, name: &str, value: &str, place: &Place) {
        if self.given.iter().any(|given| given.name == name) {
            return;
        }
        let mut row = Row::default();
        row.clear(1);
        row.push(0, Content::Text, value);
        let (name, mark) = (name.to_owned(), Some(DecimalMark::Point));
        self.given.push(Given { name, value: row, mark, name_place: place.clone(), place: place.clone() });
    }

    /// Takes `--set TERM=VALUE`, which wins over the table.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let name = table_key(name);
        self.given.retain(|g| g.name != name);
        let mut row = Row::default();
        row.clear(1);
        row.push(0, Content::Text, value);
        let place = Place::command_line();
        self.given.push(Given { name, value: row, mark: Some(DecimalMark::Point), name_place: place.clone(), place });
    }

    /// The terms in force, and how values are written.
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
    let result = super::cell::sound(&given.value, cell).and_then(|()| set_term(&given.name, &value, terms));
    if let Err(refusal) = result {
        if let (TWO_READINGS, Some(file)) = (refusal.what, &given.place.file) {
            findings.marks.doubt(file);
        }
        let column = if refusal.what == UNKNOWN { "term" } else { "value" };
        let code = format!("terms.{column}.{}", refusal.what);
        let place = if refusal.what == UNKNOWN { &given.name_place } else { &given.place }.clone();
        let prefix = if place.file.is_none() { "--set " } else { "" };
        let message = format!("{prefix}{}: {}", given.name, message_of(&refusal, &value));
        let problem = Problem::error(code, place, message, help_of(&refusal));
        let found = if refusal.what == UNKNOWN { given.name.clone() } else { shown(&given.value, cell) };
        findings.push(problem.with_value(found));
        return;
    }
    terms.places.insert(given.name.clone(), given.place.clone());
}

fn message_of(refusal: &Refusal, value: &Value) -> String {
    match refusal.what {
        super::cell::TEXT_DATE => {
            format!("'{}' is a date as text that is not written as 2006-06-15.", value.text())
        }
        super::cell::BARE_NUMBER => format!("'{}' is a bare number, not a date.", value.text()),
        super::cell::SHORT_YEAR => format!("'{}' is a date whose year has two digits.", value.text()),
        _ => refusal.message.clone(),
    }
}

fn help_of(refusal: &Refusal) -> String {
    match refusal.what {
        super::cell::TEXT_DATE | super::cell::BARE_NUMBER | super::cell::SHORT_YEAR => {
            "Type the date as 2006-06-15.".to_owned()
        }
        _ => refusal.help.clone(),
    }
}

const UNKNOWN: &str = "unknown";

/// The value of a term.
struct Value<'a> {
    row: &'a Row,
    cell: &'a crate::spreadsheet::row::Cell,
    style: &'a Style,
}

impl Value<'_> {
    fn text(&self) -> String {
        shown(self.row, self.cell)
    }

    fn number(&self) -> Result<Ratio, Refusal> {
        self.style.number(self.row, self.cell).and_then(not_negative).map(exact)
    }

    fn positive(&self) -> Result<Ratio, Refusal> {
        let value = self.number()?;
        if value.is_zero() {
            return Err(Refusal::new("not-positive", "this must be above 0.", "Correct the number."));
        }
        Ok(value)
    }

    fn whole(&self, smallest: u32, largest: u32) -> Result<u32, Refusal> {
        let value = whole_number(self.style.number(self.row, self.cell).and_then(not_negative)?)?;
        if !(smallest..=largest).contains(&value) {
            let message = format!("this must be a whole number from {smallest} to {largest}.");
            return Err(Refusal::new("out-of-range", message, "Correct the number."));
        }
        Ok(value)
    }

    fn shares(&self) -> Result<Shares, Refusal> {
        self.style.shares(self.row, self.cell)
    }

    fn per_share(&self) -> Result<Ratio, Refusal> {
        self.style.number(self.row, self.cell).and_then(per_share)
    }

    fn cash(&self) -> Result<Units, Refusal> {
        self.style.number(self.row, self.cell).and_then(|n| cash(n, self.style))
    }

    /// `40` and `40%` are both forty percent.
    fn percent(&self) -> Result<Ratio, Refusal> {
        if self.text().ends_with('%') {
            return self.rate();
        }
        let value = self.number()? / whole(100);
        if value > whole(1) {
            return Err(Refusal::new("out-of-range", "a percentage is from 0 to 100.", "Correct the number."));
        }
        Ok(value)
    }

    fn date(&self) -> Result<Date, Refusal> {
        self.style.date(self.row, self.cell)
    }

    fn rate(&self) -> Result<Ratio, Refusal> {
        self.style.rate(self.row, self.cell)
    }

    fn currency(&self) -> Result<String, Refusal> {
        let code = self.text();
        if (2..=8).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Ok(code);
        }
        let help = "Type a code of letters such as USD, EUR or KWD.";
        Err(Refusal::new("not-a-currency", format!("'{code}' is not a currency's code."), help))
    }

    fn locale(&self) -> Result<Locale, Refusal> {
        let text = self.text();
        Locale::find(&text).ok_or_else(|| unknown_word(&text, &LOCALES.map(|locale| locale.tag)))
    }

    fn majority(&self) -> Result<Ratio, Refusal> {
        let value = self.rate()?;
        if value.is_positive() && value < whole(1) {
            return Ok(value);
        }
        let message = "this must be above 0 and below 1, since more than it must vote for.";
        Err(Refusal::new("out-of-range", message, "Type 0.5 for a simple majority, or 0.666666666667 for two thirds."))
    }

    fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Refusal> {
        let text = self.text();
        let key = fold(&text).replace([' ', '_'], "-");
        let found = words.iter().find(|(word, _)| *word == key || *word == text.trim());
        found.map(|(_, value)| *value).ok_or_else(|| {
            let allowed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            unknown_word(&text, &allowed)
        })
    }
}

fn set_term(name: &str, value: &Value, terms: &mut Terms) -> Result<(), Refusal> {
    if let Some(reading) = name.strip_prefix("reading.") {
        return set_reading(reading, value, terms);
    }
    match name {
        "company" => terms.company = value.text(),
        "series_name" => terms.series_name = value.text(),
        "common_name" => terms.common_name = value.text(),
        "currency" => terms.currency = value.currency()?,
        "currency_decimals" => terms.currency_decimals = value.whole(0, 8)?,
        "authorized_shares" => terms.authorized_shares = value.shares()?,
        "common_authorized_shares" => terms.common_authorized_shares = Some(value.shares()?),
        "multiple" => terms.multiple = value.positive()?,
        "votes_per_share" => terms.votes_per_share = value.number()?,
        "quarter_dates" => terms.quarter_dates = quarter_dates(&value.text())?,
        "rights_declaration_date" => terms.rights_declaration_date = value.date()?,
        "minimum_quarterly_dividend" => terms.minimum_quarterly_dividend = value.per_share()?,
        "liquidation_preference" => terms.liquidation_preference = value.per_share()?,
        "liquidation_shape" => {
            let shapes = [LiquidationShape::CommonAdjustment, LiquidationShape::GreaterOf].map(|s| (s.word(), s));
            terms.liquidation_shape = value.word(&shapes)?;
        }
        "default_quarters" => terms.default_quarters = value.positive()?,
        "default_directors" => terms.default_directors = value.whole(1, 1000)?,
        "class_quorum" => terms.class_quorum = value.rate()?,
        "amendment_majority" => terms.amendment_majority = value.majority()?,
        "record_date_window" => terms.record_date_window = value.whole(0, 366)?,
        "first_issuance_date" => terms.first_issuance_date = Some(value.date()?),
        "register_date" => terms.register_date = Some(value.date()?),
        "date_format" => {
            let formats = [("iso", DateFormat::Iso), ("mdy", DateFormat::Mdy), ("dmy", DateFormat::Dmy)];
            terms.date_format = value.word(&formats)?;
        }
        "decimal_mark" => {
            terms.decimal_mark = Some(value.word(&[(".", DecimalMark::Point), (",", DecimalMark::Comma)])?);
        }
        "home_country" => terms.home_country = value.text(),
        "charter_directors" => terms.charter_directors = Some(value.whole(1, 1000)?),
        "minimum_payment" => terms.minimum_payment = value.cash()?,
        "nondividend_percent" => terms.nondividend_part = value.percent()?,
        "contact" => terms.contact = value.text(),
        "logo" => terms.logo = value.text(),
        "locale" => terms.locale = value.locale()?,
        _ => return Err(unknown_term(name)),
    }
    Ok(())
}

fn set_reading(reading: &str, value: &Value, terms: &mut Terms) -> Result<(), Refusal> {
    let text = value.text();
    terms.readings.set(reading, &text).map_err(|values| match values {
        Some(values) => unknown_word(&text, values),
        None => unknown_term(&format!("reading.{reading}")),
    })
}

fn unknown_term(name: &str) -> Refusal {
    let names = all_names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let help = match nearest(name, &names) {
        Some(near) => format!("Did you mean {near}? Correct the name, or leave the term out."),
        None => {
            let terms: Vec<&str> = TERM_LIST.iter().map(|t| t.name).collect();
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
