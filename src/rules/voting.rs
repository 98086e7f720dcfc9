//! §3 and §10: tallies, elections by the preferred in a default period, and meetings (`docs/rules.md`, "Votes", "Meetings").

use super::default_period::DefaultPeriods;
use crate::model::events::Meeting;
use crate::model::{Terms, days_between, plus_days};
use crate::quantity::{Ratio, Shares, plain, shares_ratio, whole};
use num_traits::Zero;

/// §10: an amendment passes if those for it are more than the majority asked for of the Series A outstanding.
pub(crate) fn amendment_outcome(in_favour: &Ratio, outstanding: &Ratio, majority: &Ratio) -> &'static str {
    if *in_favour > majority * outstanding { "passes" } else { "fails" }
}

/// §3(c)(ii): how many of the preferred shares outstanding (all series, in millionths) must be present.
pub(crate) fn quorum(terms: &Terms, outstanding: u128) -> Ratio {
    &terms.class_quorum * shares_ratio(outstanding)
}

/// How an election of directors by the preferred stock (§3(c)) ends for the nominee with `own` of these votes. Nominees
/// with equal votes for the last seat are each a tie, never broken.
pub(crate) fn elected<'v>(own: &Ratio, votes: impl Iterator<Item = &'v Ratio> + Clone, seats: usize) -> &'static str {
    let above = votes.clone().filter(|v| *v > own).count();
    let level = votes.filter(|v| *v == own).count();
    if own.is_zero() || above >= seats {
        "not-elected"
    } else if level <= seats.saturating_sub(above) {
        "elected"
    } else {
        "tie"
    }
}

/// Days of §3(c)(iii).
const EARLIEST_DAYS: i64 = 20;
const LATEST_DAYS: i64 = 60;

/// What a meeting is held against.
#[derive(Clone, Debug)]
pub(crate) struct MeetingRules<'a> {
    /// Preferred shares outstanding, in millionths.
    pub shares_outstanding: u128,
    /// §3(c)(ii): what part of them must be present, and how many directors they elect.
    pub terms: &'a Terms,
    /// The default periods, as far as they are known on the record date.
    pub periods: &'a DefaultPeriods,
}

impl MeetingRules<'_> {
    /// Whether a meeting is valid, and why, in words.
    pub(crate) fn judge(&self, meeting: &Meeting) -> (bool, String) {
        let mut faults: Vec<String> = Vec::new();
        let mut notes: Vec<String> = Vec::new();
        if meeting.special {
            self.special(meeting, &mut faults, &mut notes);
        }
        if let Some(present) = meeting.preferred_shares_present {
            let needed = quorum(self.terms, self.shares_outstanding);
            if present.to_ratio() < needed {
                faults.push(format!(
                    "{present} preferred shares are present, below the quorum of {} (§3(c)(ii))",
                    plain(&needed, 6)
                ));
            }
        }
        if !meeting.special {
            notes.push(match self.periods.on(meeting.meeting_date) {
                Some(_) => {
                    format!("directors that the class elects there: {} (§3(c)(ii))", self.terms.default_directors)
                }
                None => "no default period runs that day, so the class elects nobody (§3(c)(iv))".to_owned(),
            });
        }
        let valid = faults.is_empty();
        let words = if valid { notes } else { faults };
        (valid, words.join("; "))
    }

    fn special(&self, meeting: &Meeting, faults: &mut Vec<String>, notes: &mut Vec<String>) {
        if meeting.right_exercised {
            faults.push(
                "the right was exercised before in this default period: now at annual meetings only (§3(c)(ii))"
                    .to_owned(),
            );
        }
        let days = [meeting.requested_date, Some(meeting.meeting_date)];
        if let Some(day) = days.into_iter().flatten().find(|day| self.periods.on(*day).is_none()) {
            faults.push(format!("no default period runs on {day}, so there is no special meeting (§3(c)(iii))"));
        }
        self.requested(meeting, faults);
        let by_holders = meeting
            .requested_date
            .zip(meeting.called_date)
            .is_some_and(|(requested, called)| days_between(requested, called) > LATEST_DAYS);
        match meeting.requested_date {
            None => faults.push("the date of the order or request is missing (§3(c)(iii))".to_owned()),
            Some(_) if by_holders => {
                notes.push(
                    "not called within 60 days of the request, so the holders may call it (§3(c)(iii))".to_owned(),
                );
            }
            Some(requested) => {
                let days = days_between(requested, meeting.meeting_date);
                if !(EARLIEST_DAYS..=LATEST_DAYS).contains(&days) {
                    faults.push(format!("held {days} days after the order or request, not 20 to 60 (§3(c)(iii))"));
                }
            }
        }
        if let Some((annual, called)) = meeting.next_annual_meeting.zip(meeting.called_date)
            && plus_days(annual, -LATEST_DAYS) <= called
            && called < annual
        {
            faults.push("called in the 60 days before the next annual meeting (§3(c)(iii))".to_owned());
        }
        let vacancies = meeting.vacancies.unwrap_or(0);
        let more = self.terms.default_directors.saturating_sub(vacancies);
        let filled = match vacancies.min(self.terms.default_directors) {
            1 => "1 vacancy".to_owned(),
            filled => format!("{filled} vacancies"),
        };
        notes.push(format!("the class fills {filled} and enlarges the board by {more} (§3(c)(ii))"));
    }

    fn requested(&self, meeting: &Meeting, faults: &mut Vec<String>) {
        if meeting.ordered_by_board {
            return;
        }
        let tenth = Ratio::new(1.into(), 10.into()) * shares_ratio(self.shares_outstanding);
        let requesting = meeting.requesting_shares.map_or_else(|| whole(0), Shares::to_ratio);
        if meeting.requesting_shares.is_none() || requesting < tenth {
            faults.push(format!(
                "requested by {} preferred shares, less than 10 % of those outstanding ({}) (§3(c)(iii))",
                plain(&requesting, 6),
                plain(&tenth, 6)
            ));
        }
    }
}
