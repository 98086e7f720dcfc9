//! Dates: quarter dates, record dates, and windows between them.

use super::RowPlace;
use crate::problem::Place;
use std::collections::BTreeMap;
use std::fmt;
use time::{Duration, Month};

pub type Date = time::Date;

/// `2006-06-15`.
pub fn iso(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// A day by its parts; `None` where the calendar has no such day or the year is not 1600 to 9999.
pub fn day(year: i32, month: u8, day: u8) -> Option<Date> {
    if !(1600..=9999).contains(&year) {
        return None;
    }
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

/// A day written as `2006-06-15`, and only so.
pub fn parse_iso(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<i32> {
        bytes[range].iter().try_fold(0i32, |n, b| b.is_ascii_digit().then(|| n * 10 + i32::from(b - b'0')))
    };
    day(number(0..4)?, u8::try_from(number(5..7)?).ok()?, u8::try_from(number(8..10)?).ok()?)
}

/// `date` moved by `days`, stopping at the ends of the calendar.
pub fn plus_days(date: Date, days: i64) -> Date {
    // More than from one end of the calendar to the other, and far below what a duration holds.
    const WHOLE: i64 = 20_000 * 366;
    date.saturating_add(Duration::days(days.clamp(-WHOLE, WHOLE)))
}

/// Whole days from `from` to `to`; negative where `to` is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    (to - from).whole_days()
}

/// A day of the year on which a quarterly dividend is paid. Day 29 of February stands for that month's last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    month: u8,
    day: u8,
}

impl MonthDay {
    /// `03-15`; `None` where no year has that day.
    pub fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.trim().split_once('-')?;
        let two_digits = |t: &str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
        if !two_digits(month) || !two_digits(day) {
            return None;
        }
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        self::day(2000, month, day).map(|_| Self { month, day })
    }

    fn in_year(self, year: i32) -> Option<Date> {
        day(year, self.month, self.day).or_else(|| day(year, self.month, 28).filter(|_| self.month == 2))
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// The Quarterly Dividend Payment Dates of every year (§2(a)), in the order of the year; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarterDates(Vec<MonthDay>);

impl Default for QuarterDates {
    fn default() -> Self {
        Self([3, 6, 9, 12].map(|month| MonthDay { month, day: 15 }).to_vec())
    }
}

impl fmt::Display for QuarterDates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.0.iter().map(MonthDay::to_string).collect();
        f.write_str(&days.join(","))
    }
}

impl QuarterDates {
    /// From days of the year; `None` where there are none, or two that can fall on one date.
    pub fn new(mut days: Vec<MonthDay>) -> Option<Self> {
        days.sort_unstable();
        let clash = days.windows(2).any(|pair| pair[0] == pair[1] || pair[0].in_year(2001) == pair[1].in_year(2001));
        (!days.is_empty() && !clash).then_some(Self(days))
    }

    fn around(&self, date: Date) -> impl DoubleEndedIterator<Item = Date> + '_ {
        let year = date.year();
        (year - 1..=year + 1).flat_map(move |y| self.0.iter().filter_map(move |d| d.in_year(y)))
    }

    pub fn contains(&self, date: Date) -> bool {
        self.around(date).any(|q| q == date)
    }

    /// The first quarter date after `date`. At the very end of the calendar, the calendar's last day.
    pub fn after(&self, date: Date) -> Date {
        self.around(date).find(|q| *q > date).unwrap_or(Date::MAX)
    }

    pub fn before(&self, date: Date) -> Date {
        self.around(date).rev().find(|q| *q < date).unwrap_or(Date::MIN)
    }

    pub fn on_or_after(&self, date: Date) -> Date {
        if self.contains(date) { date } else { self.after(date) }
    }

    pub fn on_or_before(&self, date: Date) -> Date {
        if self.contains(date) { date } else { self.before(date) }
    }

    /// Which of its year's quarter dates `date` is, from 1, and how many the year has; none where it is none.
    pub fn place_in_year(&self, date: Date) -> Option<(usize, usize)> {
        let at = self.0.iter().position(|day| day.in_year(date.year()) == Some(date))?;
        Some((at + 1, self.0.len()))
    }

    /// Every quarter date from `first` (itself a quarter date) to `last`, both included.
    pub fn between(&self, first: Date, last: Date) -> impl Iterator<Item = Date> + '_ {
        std::iter::successors(Some(first), move |q| Some(self.after(*q)).filter(|next| *next > *q))
            .take_while(move |q| *q <= last)
    }
}

/// R(q): the record dates that the Board fixed, by the quarter date or other day of payment (§2(c), last sentence).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordDates {
    /// By the day of payment.
    pub dates: BTreeMap<Date, Date>,
    /// Their rows, by the same day.
    pub places: BTreeMap<Date, RowPlace>,
}

impl RecordDates {
    /// The cell that fixed the record date of a payment as of `date`.
    pub(crate) fn place(&self, date: Date) -> Place {
        self.places.get(&date).map(|row| row.cell("record_date")).unwrap_or_default()
    }

    /// The record date of a payment as of `date`, at whose close is decided who is entitled: the day itself where none was
    /// fixed.
    pub fn of(&self, date: Date) -> Date {
        self.dates.get(&date).copied().unwrap_or(date)
    }
}

/// Everything about the company's quarters: which days they are, their record dates, and the first issuance F.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub quarters: QuarterDates,
    pub record_dates: RecordDates,
    /// F, the first issuance of any Series A share; none while there is none.
    pub first_issuance: Option<Date>,
}

impl Calendar {
    /// Q1: the first quarter date strictly after F.
    pub fn first_quarter(&self) -> Option<Date> {
        self.first_issuance.map(|f| self.quarters.after(f))
    }

    /// Whether `date` is a quarter date from Q1 on.
    pub fn is_quarter(&self, date: Date) -> bool {
        self.first_quarter().is_some_and(|q1| date >= q1) && self.quarters.contains(date)
    }

    /// The quarter dates from Q1 to `last`, both included.
    pub fn quarters_until(&self, last: Date) -> Vec<Date> {
        self.first_quarter().map_or_else(Vec::new, |q1| self.quarters.between(q1, last).collect())
    }
}
/// The day of `2006-06-15` or `2006-06-15T12:00:00`, as files store dates.
pub(crate) fn iso_date_time(text: &str) -> Option<Date> {
    let text = text.trim();
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    parse_iso(day).filter(|_| rest.is_empty() || rest.starts_with('T'))
}
