//! SPEC 4.16: the board (§3(c)(ii), (iv), (v)).

use super::Stop;
use super::case::{Case, Director, date, text};
use super::date::Date;
use super::ledger::Ledger;
use super::outputs::{Rows, guarded, header, optional};

impl Case {
    /// The day on which the preferred first exercised their right in the default period that runs on
    /// a day; none where they have not, or none runs.
    pub fn exercised(&self, ledger: &Ledger, day: Date) -> Result<Option<Date>, Stop> {
        let Some(since) = ledger.default_period(day) else { return Ok(None) };
        let board = self.board.iter().flatten();
        let mut days: Vec<Date> =
            board.filter(|director| director.preferred).map(|director| director.elected).collect();
        for meeting in &self.meetings {
            if text(meeting, "right_exercised").eq_ignore_ascii_case("yes") {
                days.extend(date(meeting, "meeting_date")?);
            }
        }
        Ok(days.into_iter().filter(|elected| since <= *elected && *elected <= day).min())
    }

    /// board.csv.
    pub fn directors_in_office(&self, ledger: &Ledger, day: Date) -> Result<Rows, Stop> {
        let mut rows = header("director,elected_by,elected_on,status,until,reason");
        let mut board: Vec<&Director> = self.board.iter().flatten().filter(|d| d.elected <= day).collect();
        board.sort_by_key(|director| (director.elected, director.name.clone()));
        let until = |director: &Director| {
            // The end of the period in which the preferred elected the director.
            let period = ledger.ended.iter().find(|(began, end)| *began <= director.elected && director.elected < *end);
            let ended = period.map(|(_, end)| *end).filter(|_| director.preferred);
            let left = director.left.filter(|left| *left <= day);
            match (left, ended) {
                (Some(left), ended) if ended.is_none_or(|ended| left <= ended) => Some((left, "left")),
                (_, Some(ended)) => Some((ended, "term-ended")),
                _ => None,
            }
        };
        for director in &board {
            let (status, day) = match until(director) {
                Some((day, status)) => (status, Some(day)),
                None => ("sitting", None),
            };
            rows.push(vec![
                guarded(&director.name),
                if director.preferred { "preferred" } else { "common" }.into(),
                director.elected.to_string(),
                status.into(),
                optional(day),
                String::new(),
            ]);
        }
        let in_office = |preferred: bool, on: Date| {
            let count = board.iter().filter(|director| {
                director.preferred == preferred
                    && director.elected <= on
                    && until(director).is_none_or(|(until, _)| on < until)
            });
            i64::try_from(count.count()).expect("a board")
        };
        let seats: i64 = self.term("default_directors").parse().expect("default_directors");
        let charter: Option<i64> = self.term("charter_directors").parse().ok();
        let (preferred, common) = (in_office(true, day), in_office(false, day));
        let (vacant_preferred, vacant_common) = if let Some(first) = self.exercised(ledger, day)? {
            let all = charter.map(|charter| charter.max(in_office(false, first) + seats));
            (seats - preferred, all.map_or(0, |all| all - seats - common))
        } else {
            let vacant = charter.map_or(0, |charter| charter - preferred - common).max(0);
            let of_preferred = if ledger.default_period(day).is_some() { vacant.min(seats) } else { 0 };
            (of_preferred, vacant - of_preferred)
        };
        for (elected_by, vacant) in [("preferred", vacant_preferred), ("common", vacant_common)] {
            for _ in 0..vacant {
                let cells = ["", elected_by, "", "vacant", "", ""];
                rows.push(cells.map(String::from).to_vec());
            }
        }
        Ok(rows)
    }
}
