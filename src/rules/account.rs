//! What one cohort was owed and was paid, quarter by quarter, and what that comes to.

use crate::model::Date;
use crate::model::events::Entry;
use crate::quantity::{Ratio, whole};
use std::borrow::Cow;

/// What entries come to, in cash.
#[derive(Clone, Debug)]
pub(super) struct Sums {
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
pub(super) struct Account {
    pub entries: Vec<Entry>,
    sums: Sums,
}

impl Account {
    pub(super) fn new(entries: Vec<Entry>) -> Self {
        let sums = Sums::of(entries.iter());
        Self { entries, sums }
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.sums.add(&entry);
        self.entries.push(entry);
    }

    /// Changes the entries of quarters up to `by`.
    pub(super) fn change(&mut self, by: Date, mut change: impl FnMut(&mut Entry)) {
        self.entries.iter_mut().filter(|e| e.quarter <= by).for_each(&mut change);
        self.sums = Sums::of(self.entries.iter());
    }

    pub(super) fn due_by(&self, by: Date) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |e| e.quarter <= by)
    }

    /// The sums over quarters up to `by`.
    pub(super) fn sums(&self, by: Date) -> Cow<'_, Sums> {
        match self.entries.last() {
            Some(last) if last.quarter > by => Cow::Owned(Sums::of(self.due_by(by))),
            _ => Cow::Borrowed(&self.sums),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::calendar::day;

    fn entry(month: u8, asset: Option<&str>, dividend: i32, paid: i32) -> Entry {
        let quarter = day(2006, month, 15).expect("a date");
        let asset = asset.map(str::to_owned);
        Entry { quarter, asset, dividend: whole(dividend), paid: whole(paid), set_apart: false }
    }

    /// `unpaid, dividends behind, quarters behind`, kept and added up again.
    fn sums(account: &Account, month: u8) -> (i32, i32, i32) {
        let by = day(2006, month, 15).expect("a date");
        let told = account.sums(by);
        let again = Sums::of(account.due_by(by));
        let number = |ratio: &Ratio| ratio.to_integer().try_into().expect("a small number");
        let three = |s: &Sums| (number(&s.unpaid), number(&s.dividends_behind), s.quarters_behind);
        assert_eq!(three(&told), three(&again));
        three(&told)
    }

    #[test]
    fn the_sums_that_are_kept_are_those_of_the_entries() {
        let mut account = Account::new(vec![entry(3, None, 2, 0)]);
        account.push(entry(6, None, 3, 3));
        account.push(entry(6, Some("X"), 7, 0));
        account.push(entry(9, None, 4, 0));
        assert_eq!(sums(&account, 9), (6, 2, 2));
        assert_eq!(sums(&account, 6), (2, 1, 1));
        account.change(day(2006, 6, 15).expect("a date"), |e| e.set_apart |= e.is_unpaid());
        assert_eq!(sums(&account, 9), (6, 1, 1));
        account.change(day(2006, 9, 15).expect("a date"), |e| e.paid = e.dividend.clone());
        assert_eq!(sums(&account, 12), (0, 0, 0));
    }
}
