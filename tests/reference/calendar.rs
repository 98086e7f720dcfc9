//! SPEC 4.1 to 4.3: quarter dates, the multiple, the register as of a date, accrual starts.

use super::case::{Adjustment, COMMON, Case, Lot, SERIES_A};
use super::date::Date;
use super::number::{Q, floor, int, sum};
use super::{Stop, problem};
use num_traits::Zero;
use std::collections::BTreeMap;

/// A holding: all of one holder's shares in one class, with its Series A lots by cohort.
#[derive(Clone, Debug)]
pub struct Holding {
    pub holder_id: String,
    pub class: String,
    pub shares: Q,
    /// Without what a subsidiary holds.
    pub voting: Q,
    /// Shares by accrual start; empty for a class other than Series A.
    pub cohorts: BTreeMap<Date, Q>,
}

/// Whether a day is one of these, each a month and a day.
fn falls_on(date: Date, days: &[(i64, i64)]) -> bool {
    let (_, month, day) = date.year_month_day();
    days.contains(&(month, day))
}

impl Case {
    /// SPEC 1: the quarter dates of the terms, as (month, day).
    fn quarter_days(&self) -> Vec<(i64, i64)> {
        let days = self.term("quarter_dates").split(',');
        let parse = |day: &str| {
            let (month, day) = day.trim().split_once('-').expect("a month and a day");
            (month.parse().expect("a month"), day.parse().expect("a day"))
        };
        days.map(parse).collect()
    }

    /// Whether a day is a Quarterly Dividend Payment Date.
    pub fn is_quarter_date(&self, date: Date) -> bool {
        falls_on(date, &self.quarter_days())
    }

    /// The first quarter date strictly after a day.
    pub fn next_quarter(&self, date: Date) -> Date {
        let days = self.quarter_days();
        (1..=366).map(|later| date.plus(later)).find(|day| falls_on(*day, &days)).expect("a quarter date")
    }

    /// The last quarter date strictly before a day.
    pub fn previous_quarter(&self, date: Date) -> Date {
        let days = self.quarter_days();
        (1..=366).map(|earlier| date.plus(-earlier)).find(|day| falls_on(*day, &days)).expect("a quarter date")
    }

    /// The last quarter date on or before a day.
    pub fn quarter_on_or_before(&self, date: Date) -> Date {
        self.previous_quarter(date.plus(1))
    }

    /// R(x): the record date of a payment as of a day; the day itself where none was fixed.
    pub fn record_date(&self, day: Date) -> Date {
        self.record_dates.get(&day).copied().unwrap_or(day)
    }

    /// Q1: the first quarter date strictly after F.
    pub fn first_quarter(&self) -> Option<Date> {
        Some(self.next_quarter(self.first_issuance()?))
    }

    /// The quarter dates from Q1 to a day.
    pub fn quarters_until(&self, until: Date) -> Vec<Date> {
        let mut quarters = Vec::new();
        let mut next = self.first_quarter();
        while let Some(quarter) = next.filter(|quarter| *quarter <= until) {
            quarters.push(quarter);
            next = Some(self.next_quarter(quarter));
        }
        quarters
    }

    /// 4.1: Π after/before over the adjustments after the Rights Declaration Date, up to `date`.
    fn adjustment_product(&self, date: Date) -> Q {
        let rights = self.term_date("rights_declaration_date").expect("rights_declaration_date");
        let counts = |adjustment: &&Adjustment| {
            let decisive = match adjustment.declared {
                Some(declared) if adjustment.stock_dividend => declared,
                _ => adjustment.effective,
            };
            rights < decisive && adjustment.effective <= date
        };
        self.adjustments.iter().filter(counts).fold(int(1), |product, adjustment| product * &adjustment.ratio)
    }

    /// 4.1: M(d).
    pub fn multiple(&self, date: Date) -> Q {
        self.term_number("multiple") * self.adjustment_product(date)
    }

    /// 4.1: the vote multiple on a day.
    pub fn vote_multiple(&self, date: Date) -> Q {
        self.term_number("votes_per_share") * self.adjustment_product(date)
    }

    /// 4.2: the lots that count on a day, with Common adjusted from the register's day.
    pub fn lots_on(&self, date: Date) -> Vec<Lot> {
        let mut lots = Vec::new();
        for lot in &self.lots {
            let issued = lot.issued.is_none_or(|issued| issued <= date);
            let retired = lot.retired.is_some_and(|retired| retired <= date);
            if !issued || retired || lot.treasury {
                continue;
            }
            let mut lot = lot.clone();
            if lot.class == COMMON
                && let Some(snapshot) = self.term_date("register_date")
            {
                let since = |adjustment: &&Adjustment| snapshot < adjustment.effective && adjustment.effective <= date;
                let since = self.adjustments.iter().filter(since);
                let product = since.fold(int(1), |product, adjustment| product * &adjustment.ratio);
                lot.shares = floor(&(lot.shares * product), 6);
            }
            lots.push(lot);
        }
        lots
    }

    /// The holdings on a day, by `holder_id` bytewise, then class order.
    pub fn holdings_on(&self, date: Date) -> Vec<Holding> {
        let mut holdings = BTreeMap::new();
        for lot in self.lots_on(date) {
            let key = (lot.holder_id.clone(), self.class_order(&lot.class));
            let holding = holdings.entry(key).or_insert_with(|| Holding {
                holder_id: lot.holder_id.clone(),
                class: lot.class.clone(),
                shares: Q::zero(),
                voting: Q::zero(),
                cohorts: BTreeMap::new(),
            });
            holding.shares += &lot.shares;
            if !lot.subsidiary {
                holding.voting += &lot.shares;
            }
            if lot.class == SERIES_A {
                *holding.cohorts.entry(self.accrual_start(&lot)).or_default() += &lot.shares;
            }
        }
        holdings.into_values().collect()
    }

    /// The shares of a class on a day.
    pub fn outstanding(&self, class: &str, date: Date) -> Q {
        sum(self.lots_on(date).iter().filter(|lot| lot.class == class).map(|lot| &lot.shares))
    }

    /// 3: the shares of a class on a day that vote: not those of a subsidiary.
    pub fn voting(&self, class: &str, date: Date) -> Q {
        let lots = self.lots_on(date);
        sum(lots.iter().filter(|lot| lot.class == class && !lot.subsidiary).map(|lot| &lot.shares))
    }

    /// 4.6: n(c), the Series A shares on a day by cohort.
    pub fn cohort_shares(&self, date: Date) -> BTreeMap<Date, Q> {
        let mut shares = BTreeMap::new();
        for lot in self.lots_on(date).iter().filter(|lot| lot.class == SERIES_A) {
            *shares.entry(self.accrual_start(lot)).or_insert_with(Q::zero) += &lot.shares;
        }
        shares
    }

    /// 4.3: the accrual start of a Series A lot (§2(c)).
    pub fn accrual_start(&self, lot: &Lot) -> Date {
        let issued = lot.issued.expect("Series A has an issue_date");
        let first_quarter = self.first_quarter().expect("there is Series A");
        // Line 1: before the record date for the first quarter date.
        if issued < self.record_date(first_quarter) {
            return issued;
        }
        // Line 2: on a quarter date.
        if self.is_quarter_date(issued) {
            return issued;
        }
        // Line 3: after a record date and before its quarter date.
        let next = self.next_quarter(issued);
        if self.record_date(next) < issued {
            return next;
        }
        // Line 4: otherwise.
        self.previous_quarter(issued)
    }

    /// All accrual starts of the register, retired lots included.
    pub fn cohorts(&self) -> Vec<Date> {
        let series_a = self.lots.iter().filter(|lot| lot.class == SERIES_A);
        let mut starts: Vec<Date> = series_a.map(|lot| self.accrual_start(lot)).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// 4.2 and 4.14: Series A issued until `date`, retired or not, within `authorized_shares` (§1);
    /// and 8: no register newer than the day.
    pub fn check_register(&self, date: Date) -> Result<(), Stop> {
        let issued = self.lots.iter().filter(|lot| lot.class == SERIES_A && lot.issued <= Some(date));
        if sum(issued.map(|lot| &lot.shares)) > self.term_number("authorized_shares") {
            return problem("more Series A issued than authorised (§1)");
        }
        if self.term_date("register_date").is_some_and(|snapshot| snapshot > date) {
            return problem("register_date after the date");
        }
        Ok(())
    }
}
