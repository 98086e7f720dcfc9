//! What one cohort was owed and was paid, quarter by quarter, and what that comes to.

use crate::model::Date;
use crate::model::events::Entry;
use crate::quantity::{Ratio, whole};
use std::borrow::Cow;

/// What entries come to, in cash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// What is not paid, per share.
    pub unpaid: Ratio,
    /// Σ unpaid/dividend over the quarters that are not set apart.
    pub dividends_behind: Ratio,
    pub quarters_behind: i32,
}

impl Sums {
    fn of<'e>(entries: impl Iterator<Item = &'e Entry>) -> Self {
        let mut sums = Self { unpaid: whole(0), dividends_behind: whole(0), quarters_behind: 0 };
        entries.for_each(|entry| sums.add(entry));
        sums
    }

    fn add(&mut self, entry: &Entry) {
        if entry.asset.is_some() || !entry.is_unpaid() {
            return;
        }
        let unpaid = entry.unpaid();
        if !entry.set_apart {
            self.dividends_behind += &unpaid / &entry.dividend;
            self.quarters_behind = self.quarters_behind.saturating_add(1);
        }
        self.unpaid += unpaid;
    }
}

/// A cohort's entries in order of quarter, cash before assets by name, and their sums: a ledger of many quarters is asked
/// for them in every quarter.
#[derive(Clone, Debug)]
pub struct Account {
    pub entries: Vec<Entry>,
    sums: Sums,
}

impl Account {
    pub fn new(entries: Vec<Entry>) -> Self {
        let sums = Sums::of(entries.iter());
        Self { entries, sums }
    }

    pub fn push(&mut self, entry: Entry) {
        self.sums.add(&entry);
        self.entries.push(entry);
    }

    /// Changes the entries of quarters up to `by`.
    pub fn change(&mut self, by: Date, mut change: impl FnMut(&mut Entry)) {
        self.entries.iter_mut().filter(|e| e.quarter <= by).for_each(&mut change);
        self.sums = Sums::of(self.entries.iter());
    }

    pub fn due_by(&self, by: Date) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |e| e.quarter <= by)
    }

    /// The sums over quarters up to `by`.
    pub fn sums(&self, by: Date) -> Cow<'_, Sums> {
        match self.entries.last() {
            Some(last) if last.quarter > by => Cow::Owned(Sums::of(self.due_by(by))),
            _ => Cow::Borrowed(&self.sums),
        }
    }
}
