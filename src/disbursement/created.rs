//! `--created`: the time that a bank's file says it was made.

use crate::model::{Date, parse_iso};

/// A time of day on a date, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    pub date: Date,
    /// Hours, minutes, seconds.
    pub time: [u8; 3],
}

impl Created {
    /// Nine o'clock on the day of payment.
    pub(crate) fn by_default(pay_date: Date) -> Self {
        Self { date: pay_date, time: [9, 0, 0] }
    }

    /// `2006-06-15T09:00`, with seconds or not, with a `Z` or not.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.trim().split_once(['T', ' '])?;
        let parts: Vec<&str> = time.strip_suffix('Z').unwrap_or(time).split(':').collect();
        let number = |at: usize, most: u8| {
            let part = parts.get(at).copied().unwrap_or("00");
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u8>().ok()).flatten().filter(|n| *n <= most)
        };
        let time = [number(0, 23)?, number(1, 59)?, number(2, 59)?];
        ((2..=3).contains(&parts.len())).then_some(Self { date: parse_iso(date)?, time })
    }

    /// As XML Schema writes it.
    pub fn iso(self) -> String {
        let [hours, minutes, seconds] = self.time;
        format!("{}T{hours:02}:{minutes:02}:{seconds:02}Z", self.date)
    }
}
