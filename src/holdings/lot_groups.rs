//! Lots summed by class, dates and treasury: a few hundred rows that answer every question about a class, on any date,
//! without touching a million lots again.

use crate::model::{ClassIx, Date, Lot, Register, Treasury};
use rayon::prelude::*;
use std::collections::HashMap;

/// Lots that nothing tells apart but their holders and certificates.
#[derive(Clone, Copy, Debug)]
pub struct LotGroup {
    /// One of them, for its class and dates.
    pub lot: Lot,
    pub shares: u128,
    pub lots: u64,
}

impl LotGroup {
    fn add(&mut self, other: &Self) {
        self.shares += other.shares;
        self.lots += other.lots;
    }
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
        let add = |sums: &mut HashMap<Key, LotGroup>, group: LotGroup| {
            sums.entry(key(&group.lot)).and_modify(|sum| sum.add(&group)).or_insert(group);
        };
        let of_chunk = |lots: &[Lot]| {
            let mut sums = HashMap::new();
            for lot in lots {
                add(&mut sums, LotGroup { lot: *lot, shares: u128::from(lot.shares.micros()), lots: 1 });
            }
            sums
        };
        let merge = |mut all: HashMap<Key, LotGroup>, more: HashMap<Key, LotGroup>| {
            for group in more.into_values() {
                add(&mut all, group);
            }
            all
        };
        let sums = register.lots().par_chunks(65_536).map(of_chunk).reduce(HashMap::new, merge);
        let mut groups: Vec<LotGroup> = sums.into_values().collect();
        groups.sort_by_key(|group| key(&group.lot));
        Self(groups)
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
