//! SPEC 4.4 to 4.6 and 4.9: dividends per share, the ledger, paying Series A, the default period.

use super::apportion::apportion;
use super::calendar::Holding;
use super::case::{CASH, Case, Declaration, Payment, SERIES_A};
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

/// 4.5: by cohort, quarter and asset; 4.6: what is carried; and 4.9: the default periods.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub entries: BTreeMap<(Date, Date, String), Entry>,
    /// k by `holder_id`, where it is not 0.
    pub carry: BTreeMap<String, Q>,
    pub default_since: Option<Date>,
    /// Periods that have ended: the first day, and the day that ended it.
    pub ended: Vec<(Date, Date)>,
    /// 4.12: cohorts that were `default_quarters` behind at some quarter date of the running period.
    pub far_behind: BTreeSet<Date>,
}

impl Case {
    /// 4.4: M of a declaration, in the quarter (or the stub) that ends on `until` (reading `split_timing`).
    pub fn multiple_of(&self, declaration: &Declaration, until: Date) -> Q {
        let record = declaration.record.or(declaration.payment).unwrap_or(declaration.declared);
        self.multiple(match self.term("reading.split_timing") {
            "at-declaration" => declaration.declared,
            "at-payment" => until,
            _ => record.min(until),
        })
    }

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
            let amount = self.multiple_of(declaration, quarter) * &declaration.amount;
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

    /// The day of the `arrears` table.
    pub fn table_day(&self) -> Option<Date> {
        self.arrears.first().map(|row| row.as_of)
    }

    /// The ledger as the `arrears` table has it; empty without one.
    fn table(&self) -> Ledger {
        let mut ledger = Ledger { carry: self.carry.clone(), ..Ledger::default() };
        for row in &self.arrears {
            let entry = Entry { dividend: row.dividend.clone(), paid: row.paid.clone(), set_apart: row.set_apart };
            ledger.entries.insert((row.accrual_start, row.quarter, row.asset.clone()), entry);
            ledger.default_since = row.default_since.or(ledger.default_since);
        }
        // 4.12: who was far behind in the period that runs on as_of.
        if let (Some(since), Some(as_of)) = (ledger.default_since, self.table_day()) {
            for start in self.cohorts() {
                let accrued = self.quarters_until(since).into_iter().filter(|quarter| *quarter > start).count();
                let accrued = int(i64::try_from(accrued).expect("a few quarters"));
                let behind = self.quarters_behind(&ledger, start, as_of);
                if accrued.max(behind) >= self.term_number("default_quarters") {
                    ledger.far_behind.insert(start);
                }
            }
        }
        ledger
    }

    /// 4.13 and 4.15: the ledger by what is as of a day or before; before the day of the `arrears`
    /// table, its rows as they are.
    pub fn ledger_on(&self, day: Date) -> Result<Ledger, Stop> {
        if self.table_day().is_none_or(|table| table <= day) {
            return self.replay(day, day);
        }
        let mut ledger = self.table();
        ledger.default_since = ledger.default_since.filter(|since| *since <= day);
        Ok(ledger)
    }

    /// The ledger with the quarters ≤ `until`, after all that is as of `last` or before.
    pub fn replay(&self, until: Date, last: Date) -> Result<Ledger, Stop> {
        let table_day = self.table_day();
        if table_day.is_some_and(|day| day > until) {
            return problem("an arrears table newer than the date");
        }
        let mut ledger = self.table();
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
            let sum = cash_sum(&cash);
            self.check_due(ledger, day, sum.as_ref())?;
            self.pay(ledger, day, sum.as_ref());
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
        let entitled = self.cohort_shares(self.record_date(day));
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

    /// The Series A holdings that are entitled to a payment as of a day.
    fn entitled(&self, day: Date) -> Vec<Holding> {
        self.holdings_on(self.record_date(day)).into_iter().filter(|holding| holding.class == SERIES_A).collect()
    }

    /// 4.6: Σ shares × u + k of every entitled holding, in order.
    fn owed(&self, ledger: &Ledger, day: Date) -> Vec<Q> {
        let unpaid = self.unpaid_by_cohort(ledger, day, CASH);
        let owed = |holding: &Holding| weighted(&holding.cohorts, &unpaid) + ledger.carried(&holding.holder_id);
        self.entitled(day).iter().map(owed).collect()
    }

    /// 4.6: the total of `full`, max(0, round(Σ shares × u + k)) of each holding.
    pub fn full_total(&self, ledger: &Ledger, day: Date) -> Q {
        self.owed(ledger, day).iter().map(|owed| self.round(owed).max(Q::zero())).sum()
    }

    /// 4.5: more than is due, by over one smallest unit per lot, is a problem.
    pub fn check_due(&self, ledger: &Ledger, day: Date, paid: Option<&Q>) -> Result<(), Stop> {
        let exact = sum(&self.owed(ledger, day));
        let lots = self.lots_on(self.record_date(day));
        let lots = lots.iter().filter(|lot| lot.class == SERIES_A).count();
        let slack = int(i64::try_from(lots).expect("a small case")) * unit(self.decimals());
        match paid {
            Some(paid) if *paid > exact.max(self.full_total(ledger, day)) + slack => {
                problem(format!("a payment as of {day} of more than is due"))
            }
            _ => Ok(()),
        }
    }

    /// 4.6: pays Series A the cash sum P as of `day`, in the ledger; none is `full`. What each holder gets.
    pub fn pay(&self, ledger: &mut Ledger, day: Date, paid: Option<&Q>) -> BTreeMap<String, Q> {
        let holdings = self.entitled(day);
        let shares = self.cohort_shares(self.record_date(day));
        let unpaid = self.unpaid_by_cohort(ledger, day, CASH);
        let owed = self.owed(ledger, day);
        let full: Vec<Q> = owed.iter().map(|owed| self.round(owed).max(Q::zero())).collect();
        let enough = paid.is_none_or(|paid| *paid >= sum(&owed).min(sum(&full)));
        let value = match paid {
            Some(paid) if !enough => self.shared(&shares, &unpaid, paid),
            _ => unpaid.clone(),
        };
        let gross = match paid {
            Some(paid) if *paid < sum(&full) => {
                let exact = |holding: &Holding| weighted(&holding.cohorts, &value);
                let with_carry = |holding: &Holding| exact(holding) + ledger.carried(&holding.holder_id);
                let mut weights: Vec<Q> = holdings.iter().map(|h| with_carry(h).max(Q::zero())).collect();
                if weights.iter().all(Q::is_zero) {
                    weights = holdings.iter().map(exact).collect();
                }
                apportion(paid, &weights, self.decimals())
            }
            _ => full,
        };
        // The ledger: to 12 decimals half-even; the oldest quarter first.
        let value: BTreeMap<Date, Q> = value.iter().map(|(start, v)| (*start, half_even(v, 12))).collect();
        for (start, per_share) in &value {
            let mut left = per_share.clone();
            for ((cohort, quarter, asset), entry) in &mut ledger.entries {
                if cohort == start && *quarter <= day && asset == CASH {
                    let part = entry.unpaid().min(left.clone());
                    entry.paid += &part;
                    left -= part;
                }
            }
        }
        // What is carried: nothing where nothing is left unpaid. Who is not entitled at a payment of cash loses it.
        let rest = self.unpaid_by_cohort(ledger, day, CASH).values().any(|unpaid| !unpaid.is_zero());
        if !rest {
            ledger.carry.clear();
        } else if !sum(&gross).is_zero() {
            let mut carry = BTreeMap::new();
            for (holding, gross) in holdings.iter().zip(&gross) {
                let k = ledger.carried(&holding.holder_id) + weighted(&holding.cohorts, &value) - gross;
                if !k.is_zero() {
                    carry.insert(holding.holder_id.clone(), k);
                }
            }
            ledger.carry = carry;
        }
        holdings.into_iter().map(|holding| holding.holder_id).zip(gross).collect()
    }

    /// 4.5: delivers an asset in full as of `day`.
    pub fn deliver(&self, ledger: &mut Ledger, day: Date, asset: &str) {
        let entitled = self.cohort_shares(self.record_date(day));
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
        let entitled = self.cohort_shares(self.record_date(day));
        if paid_or_set_apart && ledger.default_since.is_some() {
            let settled = ledger
                .entries
                .iter()
                .filter(|((start, quarter, _), _)| *quarter <= day && entitled.contains_key(start))
                .all(|(_, entry)| entry.is_settled());
            let since = self.quarter_on_or_before(day);
            let declared = self.declarations.iter().any(|d| since < d.declared && d.declared <= day);
            if settled && !declared {
                ledger.ended.extend(ledger.default_since.map(|began| (began, day)));
                ledger.default_since = None;
                ledger.far_behind.clear();
            }
        }
        let is_dividend_date = self.is_quarter_date(day) && self.first_quarter().is_some_and(|first| day >= first);
        if is_dividend_date && ledger.default_since.is_none() {
            let behind = entitled.keys().map(|start| self.quarters_behind(ledger, *start, day)).max();
            if behind.is_some_and(|behind| behind >= self.term_number("default_quarters")) {
                ledger.default_since = Some(day);
            }
        }
        if is_dividend_date && ledger.default_since.is_some() {
            let far = self
                .cohorts()
                .into_iter()
                .filter(|start| self.quarters_behind(ledger, *start, day) >= self.term_number("default_quarters"));
            ledger.far_behind.extend(far.collect::<Vec<_>>());
        }
    }
}

impl Ledger {
    /// k of a holder.
    pub fn carried(&self, holder_id: &str) -> Q {
        self.carry.get(holder_id).cloned().unwrap_or_default()
    }

    /// 4.12: whether a default period ran on a day, by what this ledger knows.
    pub fn default_period(&self, day: Date) -> Option<Date> {
        let ended = self.ended.iter().find(|(began, end)| *began <= day && day < *end);
        ended.map(|(began, _)| *began).or(self.default_since.filter(|since| *since <= day))
    }

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
