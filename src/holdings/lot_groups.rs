//! Lots summed by class, dates and treasury: a few hundred rows that answer every question about a class, on any date,
//! without touching a million lots again.

use crate::model::{ClassIx, Date, Lot, Register, Treasury};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Lots that nothing tells apart but their holders and certificates.
#[derive(Clone, Copy, Debug)]
pub struct LotGroup {
    /// One of them, for its class and dates.
    pub lot: Lot,
    pub shares: u128,
    pub lots: u64,
}

#[derive(Clone, Debug, Default)]
pub struct LotGroups(Vec<LotGroup>);

type Key = (ClassIx, Option<Date>, Option<Date>, Treasury);

fn key(lot: &Lot) -> Key {
    (lot.class, lot.issue_date, lot.retired_date, lot.treasury)
}

impl LotGroups {
    /// Sums a register's lots.
    pub fn of(register: &Register) -> Self {
        let add = |mut sums: BTreeMap<Key, LotGroup>, group: LotGroup| {
            let sum = sums.entry(key(&group.lot)).or_insert(LotGroup { shares: 0, lots: 0, ..group });
            sum.shares += group.shares;
            sum.lots += group.lots;
            sums
        };
        let merge = |all, more: BTreeMap<Key, LotGroup>| more.into_values().fold(all, add);
        let lots = register.lots().par_iter().with_min_len(65_536);
        let one = |lot: &Lot| LotGroup { lot: *lot, shares: u128::from(lot.shares.micros()), lots: 1 };
        Self(lots.map(one).fold(BTreeMap::new, add).reduce(BTreeMap::new, merge).into_values().collect())
    }

    /// All of them, in class order.
    pub fn list(&self) -> &[LotGroup] {
        &self.0
    }

    pub fn of_class(&self, class: ClassIx) -> impl Iterator<Item = &LotGroup> {
        self.0.iter().filter(move |group| group.lot.class == class)
    }

    /// Shares of a class that count at the close of `date`, in millionths, as the register has them.
    pub fn outstanding(&self, class: ClassIx, date: Date) -> u128 {
        self.of_class(class).filter(|group| group.lot.counts_on(date)).map(|group| group.shares).sum()
    }
}
