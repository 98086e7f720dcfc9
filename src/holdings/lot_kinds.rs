//! Lots summed by (class, issue date, retired date): a few hundred rows that answer every question about a class, on
//! any date, without touching a million lots again.

use crate::model::calendar::Date;
use crate::model::class::ClassIx;
use crate::model::register::{Register, Treasury};
use rayon::prelude::*;
use std::collections::HashMap;

/// The lots of one class that share issue and retirement dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotKind {
    /// The class.
    pub class: ClassIx,
    /// Issued on; none for lots without one.
    pub issue_date: Option<Date>,
    /// Retired on.
    pub retired_date: Option<Date>,
    /// Whether the company or a subsidiary holds them.
    pub treasury: Treasury,
    /// Their shares, in millionths.
    pub shares: u128,
    /// How many lots.
    pub lots: u64,
}

impl LotKind {
    /// Whether these count at the close of `date` (SPEC 4.2).
    pub fn counts_on(&self, date: Date) -> bool {
        self.treasury != Treasury::Company
            && self.issue_date.is_none_or(|i| i <= date)
            && self.retired_date.is_none_or(|r| r > date)
    }
}

/// Every kind of lot in a register.
#[derive(Clone, Debug, Default)]
pub struct LotKinds(Vec<LotKind>);

type Key = (ClassIx, Option<Date>, Option<Date>, Treasury);

impl LotKinds {
    /// Sums a register's lots.
    pub fn of(register: &Register) -> Self {
        let merge = |mut a: HashMap<Key, (u128, u64)>, b: HashMap<Key, (u128, u64)>| {
            for (key, (shares, lots)) in b {
                let sum = a.entry(key).or_default();
                *sum = (sum.0 + shares, sum.1 + lots);
            }
            a
        };
        let sums = register
            .lots()
            .par_chunks(65_536)
            .map(|lots| {
                let mut sums: HashMap<Key, (u128, u64)> = HashMap::new();
                for lot in lots {
                    let key = (lot.class, lot.issue_date, lot.retired_date, lot.treasury);
                    let sum = sums.entry(key).or_default();
                    *sum = (sum.0 + u128::from(lot.shares.micros()), sum.1 + 1);
                }
                sums
            })
            .reduce(HashMap::new, merge);
        let mut kinds: Vec<LotKind> = sums
            .into_iter()
            .map(|((class, issue_date, retired_date, treasury), (shares, lots))| LotKind {
                class,
                issue_date,
                retired_date,
                treasury,
                shares,
                lots,
            })
            .collect();
        kinds.sort_by_key(|k| (k.class, k.issue_date, k.retired_date, k.treasury));
        Self(kinds)
    }

    /// Every kind, by (class, issue date, retired date).
    pub fn iter(&self) -> impl Iterator<Item = &LotKind> {
        self.0.iter()
    }

    /// The kinds of one class.
    pub fn of_class(&self, class: ClassIx) -> impl Iterator<Item = &LotKind> {
        self.0.iter().filter(move |k| k.class == class)
    }

    /// Shares of a class that count at the close of `date`, in millionths, as the register has them.
    pub fn outstanding(&self, class: ClassIx, date: Date) -> u128 {
        self.of_class(class).filter(|k| k.counts_on(date)).map(|k| k.shares).sum()
    }
}
