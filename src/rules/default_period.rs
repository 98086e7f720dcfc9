//! §3(c)(i): when default periods begin and expire, and who was that far behind in each.

use crate::model::Date;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DefaultPeriod {
    pub since: Date,
    /// The day as of which it expired; none while it runs.
    pub ended: Option<Date>,
    /// The cohorts that were far enough behind at some quarter date of it: §3(c)(ii) and (iv) let their right last as
    /// long as the period.
    pub behind: BTreeSet<Date>,
}

impl DefaultPeriod {
    /// Whether it runs on a day; on the day as of which it expires it does not.
    pub(crate) fn covers(&self, day: Date) -> bool {
        self.since <= day && self.ended.is_none_or(|ended| day < ended)
    }
}

/// The default periods that are known, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct DefaultPeriods(Vec<DefaultPeriod>);

impl DefaultPeriods {
    /// The one that runs on `day`.
    pub(crate) fn on(&self, day: Date) -> Option<&DefaultPeriod> {
        self.0.iter().find(|period| period.covers(day))
    }

    /// The one that runs at the end of the replay.
    pub(crate) fn running(&self) -> Option<&DefaultPeriod> {
        self.0.last().filter(|period| period.ended.is_none())
    }

    pub(crate) fn running_mut(&mut self) -> Option<&mut DefaultPeriod> {
        self.0.last_mut().filter(|period| period.ended.is_none())
    }

    pub(crate) fn begin(&mut self, since: Date, behind: BTreeSet<Date>) {
        assert!(self.running().is_none(), "a default period begins where none runs");
        self.0.push(DefaultPeriod { since, ended: None, behind });
    }

    pub(crate) fn end(&mut self, day: Date) {
        self.running_mut().expect("a default period ends where one runs").ended = Some(day);
    }
}
