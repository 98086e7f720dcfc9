//! Dates: a spreadsheet's, and text that cannot be read in two ways.

use super::{Refusal, Style, Value, stored_number};
use crate::model::terms::DateFormat;
use crate::model::{Date, calendar, parse_iso, plus_days};
use crate::quantity::Decimal;
use crate::spreadsheet::{Content, Epoch, Shown};

impl Value<'_> {
    pub(crate) fn date(self) -> Result<Date, Refusal> {
        if self.cell.content == Content::Text
            && let Some(date) = parse_iso(self.row.text(self.cell))
        {
            return Ok(date);
        }
        self.sound()?;
        match self.cell.content {
            Content::Date(date) => Ok(date),
            Content::Number(Shown::Date(epoch)) => {
                // A whole number, as nearly every date is, takes no detour.
                let date = match self.cell.whole_number() {
                    Some(days) => serial_day(days, epoch),
                    None => stored_number(self.cell).and_then(|n| serial_date(n, epoch)),
                };
                date.ok_or_else(no_such_day)
            }
            Content::Number(_) => Err(Refusal::new(BARE_NUMBER, "", "")),
            Content::Text if self.typed().bytes().all(|b| b.is_ascii_digit()) => Err(Refusal::new(BARE_NUMBER, "", "")),
            Content::Text => self.style.text_date(self.typed()),
            _ => Err(not_a_date()),
        }
    }
}

impl Style {
    fn no_such_day(&self) -> Refusal {
        let order = if self.date_format == DateFormat::Dmy { "dmy (day/month/year)" } else { "mdy (month/day/year)" };
        let help =
            format!("Correct the date, or the term date_format, which is {order}; or write the date as 2006-06-15.");
        Refusal::new("no-such-day", "the calendar has no such day.", help)
    }

    /// Text as a date: ISO, with the year first, with a month's name, or as the term `date_format` says; a time of
    /// midnight behind it says nothing.
    pub(crate) fn text_date(&self, text: &str) -> Result<Date, Refusal> {
        let text = without_midnight(text);
        if let Some(date) = parse_iso(text) {
            return Ok(date);
        }
        if let Some((year, month, day)) = with_month_name(text) {
            if year.len() == 2 {
                return Err(Refusal::new(SHORT_YEAR, "", ""));
            }
            return date_of(year, month, day, no_such_day);
        }
        let parts = ['/', '.', '-'].into_iter().find_map(|separator| numbers(text, separator));
        let Some([first, second, third]) = parts else {
            let has_digits = text.bytes().any(|b| b.is_ascii_digit());
            return Err(if has_digits { Refusal::new(OTHER_FORM, "", "") } else { not_a_date() });
        };
        if first.len() == 4 && second.len() <= 2 && third.len() <= 2 {
            return date_of(first, number(second), third, no_such_day);
        }
        let short = |part: &str| part.len() <= 2;
        if short(first) && short(second) && short(third) {
            return Err(Refusal::new(SHORT_YEAR, "", ""));
        }
        let (month, day) = match self.date_format {
            DateFormat::Mdy => (first, second),
            DateFormat::Dmy => (second, first),
            DateFormat::Iso => return Err(Refusal::new(TEXT_DATE, "", "")),
        };
        if third.len() != 4 || !short(month) || !short(day) {
            return Err(Refusal::new(TEXT_DATE, "", ""));
        }
        date_of(third, number(month), day, || self.no_such_day())
    }
}

/// Three numbers between separators.
fn numbers(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let fine = |p: &&str| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    (parts.next().is_none() && three.iter().all(fine)).then_some(three)
}

fn number(text: &str) -> u8 {
    text.parse().unwrap_or(u8::MAX)
}

fn date_of(year: &str, month: u8, day: &str, wrong: impl Fn() -> Refusal) -> Result<Date, Refusal> {
    let year = year.parse().map_err(|_| wrong())?;
    calendar::day(year, month, number(day)).ok_or_else(wrong)
}

/// The text without a time of midnight behind it: `2006-01-20 00:00:00`, `2006-01-20T00:00:00.000Z`.
fn without_midnight(text: &str) -> &str {
    let Some((date, time)) = text.split_once(['T', ' ']).filter(|(date, _)| date.bytes().any(|b| b.is_ascii_digit()))
    else {
        return text;
    };
    let time = time.trim();
    let time = ["Z", "+00:00", "+0000", "UTC"].iter().find_map(|zone| time.strip_suffix(zone)).unwrap_or(time).trim();
    let (time, twelve) = match time.to_ascii_uppercase().strip_suffix("AM") {
        Some(time) => (time.trim().to_owned(), true),
        None => (time.to_owned(), false),
    };
    let midnight = time.split([':', '.']).enumerate().all(|(at, part)| {
        let zeros = !part.is_empty() && part.bytes().all(|b| b == b'0');
        zeros || (twelve && at == 0 && part == "12")
    });
    if midnight && time.contains(':') { date } else { text }
}

/// The months' names, in English, German, French and Spanish; three letters tell them apart, or four where three do not.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jänner", "janvier", "enero"],
    &["february", "februar", "février", "febrero"],
    &["march", "märz", "maerz", "mars", "marzo"],
    &["april", "avril", "abril"],
    &["may", "mai", "mayo"],
    &["june", "juni", "juin", "junio"],
    &["july", "juli", "juillet", "julio"],
    &["august", "août", "agosto"],
    &["september", "septembre", "septiembre", "setiembre", "sept"],
    &["october", "oktober", "octobre", "octubre"],
    &["november", "novembre", "noviembre"],
    &["december", "dezember", "décembre", "diciembre"],
];

/// The month of this name or its beginning, where only one month begins so.
fn month(name: &str) -> Option<u8> {
    let name = name.trim_end_matches('.').to_lowercase();
    let fits =
        |names: &&[&str]| names.iter().any(|n| *n == name || (name.chars().count() >= 3 && n.starts_with(&name)));
    let mut found = (1u8..).zip(MONTHS).filter(|(_, names)| fits(names));
    let (number, _) = found.next()?;
    found.next().is_none().then_some(number)
}

/// `20-Jan-2006`, `January 20, 2006`, `20. Januar 2006`, `20-Jan-06`: year, month, day.
fn with_month_name(text: &str) -> Option<(&str, u8, &str)> {
    let mut parts = text.split([' ', '-', ',', '/', '.']).filter(|p| !p.is_empty() && *p != "de");
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let is_day = |p: &str| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    let is_year = |p: &str| matches!(p.len(), 2 | 4) && p.bytes().all(|b| b.is_ascii_digit());
    let ordinal = |p| ["st", "nd", "rd", "th", "er"].iter().find_map(|end| str::strip_suffix(p, end)).unwrap_or(p);
    if parts.next().is_some() {
        return None;
    }
    match (month(first), month(second)) {
        (None, Some(month)) if is_day(ordinal(first)) && is_year(third) => Some((third, month, ordinal(first))),
        (None, Some(month)) if first.len() == 4 && is_year(first) && is_day(third) => Some((first, month, third)),
        (Some(month), None) if is_day(ordinal(second)) && is_year(third) => Some((third, month, ordinal(second))),
        _ => None,
    }
}

pub(crate) const TEXT_DATE: &str = "text-date";
pub(crate) const OTHER_FORM: &str = "date-in-other-form";
pub(crate) const BARE_NUMBER: &str = "bare-number";

pub(crate) const SHORT_YEAR: &str = "two-digit-year";

fn no_such_day() -> Refusal {
    Refusal::new("no-such-day", "the calendar has no such day.", "Correct the date; write it as 2006-06-15.")
}

fn not_a_date() -> Refusal {
    Refusal::new("not-a-date", "this is not a date.", "Type the date as 2006-06-15.")
}

/// The day of a spreadsheet's serial number; a time of day is left out.
pub(crate) fn serial_date(serial: Decimal, epoch: Epoch) -> Option<Date> {
    serial_day(i64::try_from(serial.floor().mantissa()).ok()?, epoch)
}

fn serial_day(days: i64, epoch: Epoch) -> Option<Date> {
    let days = Some(days).filter(|d| (0..=2_958_465).contains(d))?;
    let (first, days) = match epoch {
        Epoch::Y1904 => (calendar::day(1904, 1, 1)?, days),
        Epoch::Y1900 if days == 0 || days == 60 => return None,
        Epoch::Y1900 => (calendar::day(1899, 12, 31)?, if days > 60 { days.saturating_sub(1) } else { days }),
    };
    Some(plus_days(first, days)).filter(|d| d.year() <= 9999)
}
