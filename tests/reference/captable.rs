//! SPEC 4.14 and 7: authorised, outstanding, retired, ownership, votes.

use super::case::{COMMON, Case, SERIES_A};
use super::date::Date;
use super::number::{Q, int, parse, plain, sum};
use super::outputs::header;
use super::{Outcome, Stop};
use num_traits::Zero;

impl Case {
    /// `ratable captable --date D`.
    pub fn captable(&self, day: Date) -> Result<Outcome, Stop> {
        self.check_register(day)?;
        let mut rows = header(
            "class,authorized,outstanding,retired,available,votes,ownership_percent,vote_percent,fully_diluted,\
             fully_diluted_percent",
        );
        let ids = self.class_ids();
        let outstanding: Vec<Q> = ids.iter().map(|id| self.outstanding(id, day)).collect();
        let votes: Vec<Q> = ids.iter().map(|id| self.voting(id, day) * self.votes_each(id, day)).collect();
        let percent = |part: &Q, whole: &Q| {
            if whole.is_zero() { "0".to_string() } else { plain(&(part * int(100) / whole), 6) }
        };
        for (index, id) in ids.iter().enumerate() {
            let authorized = match id.as_str() {
                SERIES_A => Some(self.term_number("authorized_shares")),
                COMMON => parse(self.term("common_authorized_shares")),
                other => self.class(other).authorized_shares.clone(),
            };
            let retired = self.lots.iter().filter(|lot| lot.class == *id && lot.retired.is_some_and(|r| r <= day));
            let retired = sum(retired.map(|lot| &lot.shares));
            let available = authorized.as_ref().map(|authorized| authorized - &outstanding[index] - &retired);
            let blank_or = |value: Option<Q>| value.map_or_else(String::new, |value| plain(&value, 6));
            rows.push(vec![
                id.clone(),
                blank_or(authorized),
                plain(&outstanding[index], 6),
                plain(&retired, 6),
                blank_or(available),
                plain(&votes[index], 6),
                percent(&outstanding[index], &sum(&outstanding)),
                percent(&votes[index], &sum(&votes)),
                // Nothing converts without the columns of other cap tables.
                plain(&outstanding[index], 6),
                percent(&outstanding[index], &sum(&outstanding)),
            ]);
        }
        let mut outcome = Outcome::done(Some(&self.multiple(day)));
        outcome.total("shares", plain(&sum(&outstanding), 6));
        outcome.total("votes", plain(&sum(&votes), 6));
        outcome.files.insert("captable.csv".into(), rows);
        Ok(outcome)
    }
}
