//! SPEC 4.4 to 4.6 and 4.9: dividends per share, the ledger, paying Series A, the default period.

use super::case::{CASH, Case, Payment, SERIES_A};
use super::date::Date;
use super::number::{Q, half_even, int, sum, unit};
use super::{Stop, problem};
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};

/// What a cohort, quarter and asset of the ledger holds, per share.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub dividend: Q,
    pub paid: Q,
    pub set_apart: bool,
}

impl Entry {
    /// What is not paid, set apart or not.
    pub fn unpaid(&self) -> Q {
        &self.dividend - &self.paid
    }

    fn is_settled(&self) -> bool {
        self.set_apart || self.paid >= self.dividend
    }
}

/// 4.5: by cohort, quarter and asset; and 4.9: since when a default period runs.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub entries: BTreeMap<(Date, Date, String), Entry>,
    pub default_since: Option<Date>,
}

impl Case {
    /// 4.4: the dividend per share of a cohort for a quarter, cash first.
    pub fn dividends(&self, start: Date, quarter: Date) -> Result<BTreeMap<String, Q>, Stop> {
        let first = self.first_issuance().expect("there is Series A");
        let first_quarter = self.first_quarter().expect("there is Series A");
        let after = self.previous_quarter(quarter);
        let mut cash = Q::zero();
        let mut in_kind: BTreeMap<String, Q> = BTreeMap::new();
        for declaration in &self.declarations {
            let declared = declaration.declared;
            // For Q1 the window is [F, Q1]; declarations before F do not count.
            let in_window = declared <= quarter && declared >= first && (quarter == first_quarter || declared > after);
            // A cohort from line 1 of 4.3 counts, in Q1, only declarations on or after its start;
            // every other cohort that is entitled in Q1 starts before F.
            let too_early = quarter == first_quarter && declared < start && self.reads("first_period", "per-lot");
            if !in_window || too_early {
                continue;
            }
            let at = if self.reads("split_timing", "at-payment") { quarter } else { declared };
            let amount = self.multiple(at) * &declaration.amount;
            if declaration.cash {
                if self.reads("cash_dividends", "include") {
                    cash += amount;
                }
            } else if self.reads("in_kind", "cash-equivalent") {
                match &declaration.fair_value {
                    Some(value) => cash += amount * value,
                    None => return problem("an in-kind declaration without a fair_value"),
                }
            } else {
                *in_kind.entry(declaration.asset.clone()).or_default() += amount;
            }
        }
        let mut dividends: BTreeMap<String, Q> =
            in_kind.into_iter().map(|(asset, amount)| (asset, half_even(&amount, 12))).collect();
        let minimum = self.term_number("minimum_quarterly_dividend");
        dividends.insert(CASH.into(), self.round(&cash).max(minimum));
        Ok(dividends)
    }

    /// 4.5: the day as of which a row of `payments` counts.
    pub fn as_of(&self, payment: &Payment) -> Date {
        if let Some(quarter) = payment.quarter {
            return quarter;
        }
        let quarter = self.quarter_on_or_before(payment.date);
        if payment.date <= quarter.plus(5) { quarter } else { payment.date }
    }

    /// 4.5: the rows of `payments` as of one day.
    pub fn payments_as_of(&self, day: Date) -> Vec<Payment> {
        // "payments as of ≤ as_of are in it already": such a row is neither replayed nor a run's sum.
        let in_table = self.arrears.first().is_some_and(|row| day <= row.as_of);
        self.payments.iter().filter(|payment| !in_table && self.as_of(payment) == day).cloned().collect()
    }

    /// The ledger with the quarters ≤ `until`, after all that is as of `last` or before.
    pub fn replay(&self, until: Date, last: Date) -> Result<Ledger, Stop> {
        let mut ledger = Ledger::default();
        let table_day = self.arrears.first().map(|row| row.as_of);
        if table_day.is_some_and(|day| day > until) {
            return problem("an arrears table newer than the date");
        }
        for row in &self.arrears {
            let entry = Entry { dividend: row.dividend.clone(), paid: row.paid.clone(), set_apart: row.set_apart };
            ledger.entries.insert((row.accrual_start, row.quarter, row.asset.clone()), entry);
            ledger.default_since = row.default_since.or(ledger.default_since);
        }
        // Quarters ≤ as_of come from the table alone.
        let quarters = self.quarters_until(until).into_iter().filter(|quarter| Some(*quarter) > table_day);
        let quarters: Vec<Date> = quarters.collect();
        for quarter in &quarters {
            for start in self.cohorts().into_iter().filter(|start| quarter > start) {
                for (asset, dividend) in self.dividends(start, *quarter)? {
                    let entry = Entry { dividend, paid: Q::zero(), set_apart: false };
                    ledger.entries.insert((start, *quarter, asset), entry);
                }
            }
        }
        // Payments as of ≤ as_of are in the table already.
        let mut days: BTreeSet<Date> = self.payments.iter().map(|payment| self.as_of(payment)).collect();
        days.extend(quarters);
        for day in days.into_iter().filter(|day| *day <= last && Some(*day) > table_day) {
            let payments = self.payments_as_of(day);
            self.apply(&mut ledger, day, &payments)?;
            self.judge_default(&mut ledger, day, !payments.is_empty());
        }
        Ok(ledger)
    }

    /// 4.5: the rows of `payments` as of one day.
    fn apply(&self, ledger: &mut Ledger, day: Date, payments: &[Payment]) -> Result<(), Stop> {
        let paid: Vec<&Payment> = payments.iter().filter(|payment| !payment.set_apart).collect();
        let cash: Vec<&Payment> = paid.iter().copied().filter(|payment| payment.asset == CASH).collect();
        if !cash.is_empty() {
            self.pay(ledger, day, cash_sum(&cash).as_ref())?;
        }
        for payment in paid.iter().filter(|payment| payment.asset != CASH) {
            self.deliver(ledger, day, &payment.asset);
        }
        if payments.iter().any(|payment| payment.set_apart) {
            ledger.set_apart(day);
        }
        Ok(())
    }

    /// 4.6: what is unpaid per share on quarters ≤ `day`, by cohort with entitled shares.
    pub fn unpaid_by_cohort(&self, ledger: &Ledger, day: Date, asset: &str) -> BTreeMap<Date, Q> {
        let entitled = self.cohort_shares(self.entitlement_day(day));
        entitled.keys().map(|start| (*start, ledger.unpaid(*start, day, asset))).collect()
    }

    /// 4.6: v(c) of the cash sum P (none is `full`), among `shares` with `unpaid` per share.
    pub fn shared(&self, shares: &BTreeMap<Date, Q>, unpaid: &BTreeMap<Date, Q>, sum_paid: &Q) -> BTreeMap<Date, Q> {
        let exact: Q = shares.iter().map(|(start, n)| n * &unpaid[start]).sum();
        if *sum_paid >= exact {
            return unpaid.clone();
        }
        if self.reads("partial_payment", "proportional") {
            return unpaid.iter().map(|(start, u)| (*start, u * sum_paid / &exact)).collect();
        }
        // Equal per share, but no share more than its own u: fill up the smallest u first.
        let mut by_unpaid: Vec<(&Q, Date)> = unpaid.iter().map(|(start, u)| (u, *start)).collect();
        by_unpaid.sort();
        let mut sum_left = sum_paid.clone();
        let mut shares_left: Q = sum(shares.values());
        let mut level = Q::zero();
        for (u, start) in by_unpaid {
            if (u - &level) * &shares_left > sum_left {
                break;
            }
            sum_left -= (u - &level) * &shares_left;
            level = u.clone();
            shares_left -= &shares[&start];
        }
        let lambda = level + sum_left / shares_left;
        unpaid.iter().map(|(start, u)| (*start, u.clone().min(lambda.clone()))).collect()
    }

    /// 4.6: `full`, the total of round(Σ shares × u) over the holdings on a day.
    pub fn full_total(&self, day: Date, unpaid: &BTreeMap<Date, Q>) -> Q {
        let holdings = self.holdings_on(self.entitlement_day(day));
        let series_a = holdings.iter().filter(|holding| holding.class == SERIES_A);
        series_a.map(|holding| self.round(&weighted(&holding.cohorts, unpaid))).sum()
    }

    /// 4.6: pays Series A the cash sum P as of `day`, in the ledger; none is `full`.
    pub fn pay(&self, ledger: &mut Ledger, day: Date, paid: Option<&Q>) -> Result<(), Stop> {
        let shares = self.cohort_shares(self.entitlement_day(day));
        let unpaid = self.unpaid_by_cohort(ledger, day, CASH);
        let exact = weighted(&shares, &unpaid);
        let full = self.full_total(day, &unpaid);
        let value = match paid {
            None => unpaid,
            Some(paid) => {
                let entitled = self.lots_on(self.entitlement_day(day));
                let lots = entitled.iter().filter(|lot| lot.class == SERIES_A).count();
                let slack = int(i64::try_from(lots).expect("a small case")) * unit(self.decimals());
                if *paid > &exact + slack {
                    return problem(format!("a payment as of {day} of more than is due"));
                }
                if *paid >= exact.min(full) { unpaid } else { self.shared(&shares, &unpaid, paid) }
            }
        };
        for (start, per_share) in value {
            // To 12 decimals half-even; the oldest quarter first.
            let mut left = half_even(&per_share, 12);
            for ((cohort, quarter, asset), entry) in &mut ledger.entries {
                if *cohort == start && *quarter <= day && asset == CASH {
                    let part = entry.unpaid().min(left.clone());
                    entry.paid += &part;
                    left -= part;
                }
            }
        }
        Ok(())
    }

    /// 4.5: delivers an asset in full as of `day`.
    pub fn deliver(&self, ledger: &mut Ledger, day: Date, asset: &str) {
        let entitled = self.cohort_shares(self.entitlement_day(day));
        for ((start, quarter, owed), entry) in &mut ledger.entries {
            if owed == asset && *quarter <= day && entitled.contains_key(start) {
                entry.paid = entry.dividend.clone();
            }
        }
    }

    /// 4.9: how many quarterly dividends a cohort is behind, over quarters ≤ `day`.
    pub fn quarters_behind(&self, ledger: &Ledger, start: Date, day: Date) -> Q {
        let mut behind = Q::zero();
        for ((cohort, quarter, asset), entry) in &ledger.entries {
            if *cohort != start || *quarter > day || asset != CASH || entry.dividend.is_zero() || entry.set_apart {
                continue;
            }
            if self.reads("six_quarters", "count-unpaid") {
                behind += int(i64::from(!entry.unpaid().is_zero()));
            } else {
                behind += entry.unpaid() / &entry.dividend;
            }
        }
        behind
    }

    /// 4.9 (§3(c)(i)): whether a default period begins or ends on `day`, after what is as of it.
    pub fn judge_default(&self, ledger: &mut Ledger, day: Date, paid_or_set_apart: bool) {
        let entitled = self.cohort_shares(self.entitlement_day(day));
        if paid_or_set_apart && ledger.default_since.is_some() {
            let settled = ledger
                .entries
                .iter()
                .filter(|((start, quarter, _), _)| *quarter <= day && entitled.contains_key(start))
                .all(|(_, entry)| entry.is_settled());
            let since = self.quarter_on_or_before(day);
            let declared = self.declarations.iter().any(|d| since < d.declared && d.declared <= day);
            if settled && !declared {
                ledger.default_since = None;
            }
        }
        let is_dividend_date = self.is_quarter_date(day) && self.first_quarter().is_some_and(|first| day >= first);
        if is_dividend_date && ledger.default_since.is_none() {
            let behind = entitled.keys().map(|start| self.quarters_behind(ledger, *start, day)).max();
            if behind.is_some_and(|behind| behind >= self.term_number("default_quarters")) {
                ledger.default_since = Some(day);
            }
        }
    }
}

impl Ledger {
    /// u(c): what is unpaid per share of an asset on quarters ≤ `day`.
    pub fn unpaid(&self, start: Date, day: Date, asset: &str) -> Q {
        let of_cohort = |key: &&(Date, Date, String)| key.0 == start && key.1 <= day && key.2 == asset;
        self.entries.keys().filter(of_cohort).map(|key| self.entries[key].unpaid()).sum()
    }

    /// 4.9: sets apart all that is unpaid for quarters ≤ `day`.
    pub fn set_apart(&mut self, day: Date) {
        for ((_, quarter, _), entry) in &mut self.entries {
            if *quarter <= day && !entry.unpaid().is_zero() {
                entry.set_apart = true;
            }
        }
    }

    /// The assets of the ledger, without cash.
    pub fn assets(&self) -> BTreeSet<String> {
        self.entries.keys().map(|key| key.2.clone()).filter(|asset| asset != CASH).collect()
    }
}

/// The rows of one day as one payment of their sum; any `full` makes it full.
pub fn cash_sum(rows: &[&Payment]) -> Option<Q> {
    rows.iter().map(|payment| payment.amount.clone()).sum()
}

/// Σ shares × per share, over cohorts.
pub fn weighted(shares: &BTreeMap<Date, Q>, per_share: &BTreeMap<Date, Q>) -> Q {
    shares.iter().map(|(start, shares)| shares * per_share.get(start).cloned().unwrap_or_default()).sum()
}
