//! Dates: a spreadsheet's, and text that cannot be read in two ways.

use super::{Refusal, Style, sound, stored_number};
use crate::model::calendar::{self, Date, parse_iso, plus_days};
use crate::model::terms::DateFormat;
use crate::quantity::Ratio;
use crate::spreadsheet::row::{Cell, Content, Epoch, Row, Shown};

impl Style {
    /// A cell as a date.
    /// Errors: Why it is none.
    pub(crate) fn date(&self, row: &Row, cell: &Cell) -> Result<Date, Refusal> {
        if cell.content == Content::Text
            && let Some(date) = parse_iso(row.text(cell))
        {
            return Ok(date);
        }
        sound(row, cell)?;
        let text = row.text(cell).trim();
        match cell.content {
            Content::Date(date) => Ok(date),
            Content::Number(Shown::Date(epoch)) => {
                // A whole number, as nearly every date is, takes no detour.
                let date = match cell.whole_number() {
                    Some(days) => serial_day(days, epoch),
                    None => stored_number(cell).and_then(|n| serial_date(&n, epoch)),
                };
                date.ok_or_else(no_such_day)
            }
            Content::Text if text.bytes().all(|b| b.is_ascii_digit()) => Err(bare_number()),
            Content::Number(_) => Err(bare_number()),
            Content::Text => self.text_date(text),
            _ => Err(not_a_date()),
        }
    }

    fn no_such_day(&self) -> Refusal {
        let order = if self.date_format == DateFormat::Dmy { "dmy (day/month/year)" } else { "mdy (month/day/year)" };
        let help =
            format!("Correct the date, or the term date_format, which is {order}; or write the date as 2006-06-15.");
        Refusal::new("no-such-day", "the calendar has no such day.", help)
    }

    /// Text as a date: ISO, or as the term `date_format` says.
    /// Errors: Why it is none.
    pub(crate) fn text_date(&self, text: &str) -> Result<Date, Refusal> {
        let numbers = |separator: char| -> Option<Vec<&str>> {
            let parts: Vec<&str> = text.split(separator).collect();
            let fine = |p: &&str| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
            (parts.len() == 3 && parts.iter().all(fine)).then_some(parts)
        };
        if let Some(date) = parse_iso(text) {
            return Ok(date);
        }
        if is_iso_shaped(text) {
            return Err(no_such_day());
        }
        let parts = ['/', '.', '-'].into_iter().find_map(numbers);
        let [first, second, third] = match parts.as_deref() {
            Some([a, b, c]) => [*a, *b, *c],
            _ if text.bytes().any(|b| b.is_ascii_digit()) => return Err(text_date_refusal()),
            _ => return Err(not_a_date()),
        };
        let (month, day) = match self.date_format {
            DateFormat::Iso => return Err(text_date_refusal()),
            DateFormat::Mdy => (first, second),
            DateFormat::Dmy => (second, first),
        };
        if third.len() != 4 || month.len() > 2 || day.len() > 2 {
            return Err(text_date_refusal());
        }
        let parsed = (third.parse(), month.parse(), day.parse());
        let (Ok(year), Ok(month), Ok(day)) = parsed else { return Err(text_date_refusal()) };
        calendar::day(year, month, day).ok_or_else(|| self.no_such_day())
    }
}

/// The code of a text date that could be read in two ways; one problem a column.
pub(crate) const TEXT_DATE: &str = "text-date";
/// The code of a bare number where a date is wanted; one problem a column.
pub(crate) const BARE_NUMBER: &str = "bare-number";

fn text_date_refusal() -> Refusal {
    Refusal::new(TEXT_DATE, "", "")
}

fn bare_number() -> Refusal {
    Refusal::new(BARE_NUMBER, "", "")
}

fn no_such_day() -> Refusal {
    Refusal::new("no-such-day", "the calendar has no such day.", "Correct the date; write it as 2006-06-15.")
}

fn not_a_date() -> Refusal {
    Refusal::new("not-a-date", "this is not a date.", "Type the date as 2006-06-15.")
}

fn is_iso_shaped(text: &str) -> bool {
    let digits = |t: Option<&str>| t.is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()));
    text.len() == 10
        && digits(text.get(..4))
        && text.get(4..5) == Some("-")
        && digits(text.get(5..7))
        && text.get(7..8) == Some("-")
        && digits(text.get(8..))
}

/// The day of a spreadsheet's serial number; a time of day is left out.
pub(crate) fn serial_date(serial: &Ratio, epoch: Epoch) -> Option<Date> {
    serial_day(i64::try_from(serial.floor().to_integer()).ok()?, epoch)
}

fn serial_day(days: i64, epoch: Epoch) -> Option<Date> {
    let days = Some(days).filter(|d| (0..=2_958_465).contains(d))?;
    let (first, days) = match epoch {
        Epoch::Y1904 => (calendar::day(1904, 1, 1)?, days),
        Epoch::Y1900 if days == 0 || days == 60 => return None,
        Epoch::Y1900 => (calendar::day(1899, 12, 31)?, if days > 60 { days - 1 } else { days }),
    };
    Some(plus_days(first, days)).filter(|d| d.year() <= 9999)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::whole;

    #[test]
    fn whole_serials_are_the_days_of_any_serials() {
        for (epoch, days) in [Epoch::Y1900, Epoch::Y1904]
            .into_iter()
            .flat_map(|e| [0, 1, 59, 60, 61, 38_546, 2_958_465, 2_958_466].map(|d| (e, d)))
        {
            assert_eq!(serial_day(days, epoch), serial_date(&whole(days), epoch));
        }
    }
}
