//! §3(c)(ii), (iv), (v): who sits on the Board and for how long, and who fills which vacancy.

use super::default_period::{DefaultPeriod, DefaultPeriods};
use crate::model::events::{Director, Electors, Meeting};
use crate::model::{Date, Terms};
use crate::outcome::{BoardOutcome, BoardRow, SeatStatus};

#[derive(Clone, Debug)]
pub(crate) struct BoardRules<'a> {
    pub directors: &'a [Director],
    /// Meetings at which the right to elect directors may have been exercised.
    pub meetings: &'a [Meeting],
    pub periods: &'a DefaultPeriods,
    /// How many directors the charter fixes, where known, and the preferred elect in a default period.
    pub terms: &'a Terms,
}

impl BoardRules<'_> {
    /// §3(c)(ii): the day on which the preferred exercised their right in the default period that runs on `day`, as far
    /// as that is known; none where they have not.
    pub(crate) fn exercised(&self, day: Date) -> Option<Date> {
        let period = self.periods.on(day)?;
        let by_preferred = self.directors.iter().filter(|d| d.elected_by == Electors::Preferred).map(|d| d.elected_on);
        let stated = self.meetings.iter().filter(|m| m.right_exercised).map(|m| m.meeting_date);
        by_preferred.chain(stated).filter(|on| *on <= day && period.covers(*on)).min()
    }

    /// The Board on `date`. Who is elected later is left out.
    pub(crate) fn on(&self, date: Date) -> BoardOutcome {
        let mut rows: Vec<BoardRow> =
            self.directors.iter().filter(|d| d.elected_on <= date).map(|d| self.director(d, date)).collect();
        rows.sort_by(|a, b| (a.elected_on, &a.director).cmp(&(b.elected_on, &b.director)));
        let sitting = |who| rows.iter().filter(|r| r.status == SeatStatus::Sitting && r.elected_by == who).count();
        let in_office = (sitting(Electors::Preferred), sitting(Electors::Common));
        rows.extend(self.vacancies(date, in_office));
        BoardOutcome {
            rows,
            charter: self.terms.charter_directors,
            in_office: in_office.0.saturating_add(in_office.1),
            class_seats: if self.periods.on(date).is_some() { self.terms.default_directors } else { 0 },
            frozen: self.exercised(date).is_some(),
        }
    }

    fn director(&self, director: &Director, date: Date) -> BoardRow {
        // §3(c)(v): the term of those whom the preferred elected ends with the default period.
        let of_preferred = director.elected_by == Electors::Preferred;
        let period = self.periods.on(director.elected_on).filter(|_| of_preferred);
        let term_end = period.and_then(|period: &DefaultPeriod| period.ended).filter(|end| *end <= date);
        let left = director.left_on.filter(|left| *left <= date && term_end.is_none_or(|end| *left <= end));
        let (status, until, reason) = match (left, term_end) {
            (Some(left), _) => (SeatStatus::Left, Some(left), ""),
            (None, Some(end)) => {
                (SeatStatus::TermEnded, Some(end), "the term ended with the default period (3(c)(v)(y))")
            }
            (None, None) => (SeatStatus::Sitting, None, ""),
        };
        BoardRow {
            director: Some(director.name.clone()),
            elected_by: director.elected_by,
            elected_on: Some(director.elected_on),
            status,
            until,
            reason: reason.to_owned(),
        }
    }

    /// The vacancies, the preferred's first, with who fills them; directors in office of the preferred and of Common.
    fn vacancies(&self, date: Date, in_office: (usize, usize)) -> Vec<BoardRow> {
        let class_seats = self.terms.default_directors as usize;
        let charter = self.terms.charter_directors.map(|charter| charter as usize);
        let vacant = charter.map(|charter| charter.saturating_sub(in_office.0.saturating_add(in_office.1)));
        let (of_preferred, of_common) = match (self.periods.on(date), self.exercised(date)) {
            // §3(c)(ii): the preferred have their seats, by such increase of the number as was necessary.
            (Some(_), Some(exercised)) => {
                let common_then = self.common_in_office(exercised);
                let common = charter.map(|charter| charter.saturating_sub(class_seats).max(common_then));
                let common_vacant = common.map(|seats| seats.saturating_sub(in_office.1));
                (class_seats.saturating_sub(in_office.0), common_vacant.unwrap_or(0))
            }
            // §3(c)(ii): "to fill such vacancies, if any, … up to two".
            (Some(_), None) => {
                let of_preferred = vacant.map_or(0, |vacant| vacant.min(class_seats));
                (of_preferred, vacant.map_or(0, |vacant| vacant.saturating_sub(class_seats)))
            }
            (None, _) => (0, vacant.unwrap_or(0)),
        };
        let row = |elected_by, reason: &str| BoardRow {
            director: None,
            elected_by,
            elected_on: None,
            status: SeatStatus::Vacant,
            until: None,
            reason: reason.to_owned(),
        };
        let preferred = row(Electors::Preferred, self.preferred_fill(date, in_office.0));
        let common = row(Electors::Common, self.common_fill(date, in_office.1));
        std::iter::repeat_n(preferred, of_preferred).chain(std::iter::repeat_n(common, of_common)).collect()
    }

    fn common_in_office(&self, day: Date) -> usize {
        let sat = |d: &&Director| {
            d.elected_by == Electors::Common && d.elected_on <= day && d.left_on.is_none_or(|left| day < left)
        };
        self.directors.iter().filter(sat).count()
    }

    fn preferred_fill(&self, date: Date, in_office: usize) -> &'static str {
        match (self.exercised(date), in_office) {
            (None, _) => "the preferred, at the meeting at which they first exercise their right (3(c)(ii))",
            (Some(_), 0) => "the preferred, at the next annual meeting (3(c)(ii))",
            (Some(_), _) => {
                "the remaining directors whom the preferred elected (3(c)(iv)(y)), or the preferred at the next annual \
                 meeting (3(c)(ii))"
            }
        }
    }

    fn common_fill(&self, date: Date, in_office: usize) -> &'static str {
        match (self.periods.on(date), in_office) {
            (Some(_), 0) => "the holders of Common: no director whom they elected remains (3(c)(iv))",
            (Some(_), _) => "a majority of the remaining directors whom Common elected (3(c)(iv)(y))",
            (None, _) => {
                "a majority of the remaining directors (3(c)(v)), unless the charter or the bylaws say otherwise"
            }
        }
    }
}
