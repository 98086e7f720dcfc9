//! The ledger of Series A: for each cohort, quarter and asset what was due and what was paid (SPEC 4.5, 4.6).

use super::partial::{Claim, per_share};
use crate::model::calendar::Date;
use crate::model::events::ArrearsRow;
use crate::quantity::{Ratio, per_share_12, whole};
use num_traits::{Signed, Zero};
use std::collections::{BTreeMap, BTreeSet};

/// One quarter's due and paid of cash or of one asset, per share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The quarter date.
    pub quarter: Date,
    /// The asset; none for cash, which comes first.
    pub asset: Option<String>,
    /// Due per share.
    pub dividend: Ratio,
    /// Paid per share.
    pub paid: Ratio,
    /// Set apart for payment (§3(c)(i)).
    pub set_apart: bool,
}

impl Entry {
    /// What is not paid.
    #[must_use]
    pub fn unpaid(&self) -> Ratio {
        &self.dividend - &self.paid
    }

    /// Whether something is not paid.
    #[must_use]
    pub fn is_unpaid(&self) -> bool {
        self.paid < self.dividend
    }
}

/// Entries by cohort (accrual start), each in order of quarter, cash before assets by name.
#[derive(Clone, Debug, Default)]
pub struct Ledger(BTreeMap<Date, Vec<Entry>>);

impl Ledger {
    /// Empty, for these cohorts.
    #[must_use]
    pub fn new(cohorts: &BTreeSet<Date>) -> Self {
        Self(cohorts.iter().map(|start| (*start, Vec::new())).collect())
    }

    /// Takes over the rows of an `arrears` table, of the cohorts that the register knows.
    pub fn bring_forward(&mut self, rows: &[ArrearsRow]) {
        for row in rows {
            let Some(entries) = self.0.get_mut(&row.accrual_start) else { continue };
            entries.push(Entry {
                quarter: row.quarter,
                asset: row.asset.clone(),
                dividend: row.dividend_per_share.clone(),
                paid: row.paid_per_share.clone(),
                set_apart: row.set_apart,
            });
        }
        for entries in self.0.values_mut() {
            entries.sort_by(|a, b| (a.quarter, &a.asset).cmp(&(b.quarter, &b.asset)));
        }
    }

    /// The cohorts, in order of accrual start.
    pub fn cohorts(&self) -> impl Iterator<Item = Date> + '_ {
        self.0.keys().copied()
    }

    /// A cohort's entries.
    #[must_use]
    pub fn entries(&self, cohort: Date) -> &[Entry] {
        self.0.get(&cohort).map_or(&[], Vec::as_slice)
    }

    /// Adds a cohort's dividend of a quarter: a cash entry always, an asset's where there is one.
    pub fn accrue(&mut self, cohort: Date, quarter: Date, dividend: super::dividend::QuarterDividend) {
        let Some(entries) = self.0.get_mut(&cohort) else { return };
        let entry = |asset, dividend| Entry { quarter, asset, dividend, paid: whole(0), set_apart: false };
        entries.push(entry(None, dividend.cash));
        let assets = dividend.in_kind.into_iter().filter(|(_, amount)| amount.is_positive());
        entries.extend(assets.map(|(asset, amount)| entry(Some(asset), amount)));
    }

    fn due_by(&self, cohort: Date, by: Date) -> impl Iterator<Item = &Entry> {
        self.entries(cohort).iter().filter(move |e| e.quarter <= by)
    }

    /// u(c): a cohort's unpaid cash per share over quarters up to `by`.
    #[must_use]
    pub fn unpaid_cash(&self, cohort: Date, by: Date) -> Ratio {
        self.due_by(cohort, by).filter(|e| e.asset.is_none()).fold(whole(0), |sum, e| sum + e.unpaid())
    }

    /// A cohort's unpaid units of each asset per share, over quarters up to `by`.
    #[must_use]
    pub fn unpaid_in_kind(&self, cohort: Date, by: Date) -> BTreeMap<String, Ratio> {
        let mut sums = BTreeMap::new();
        for entry in self.due_by(cohort, by).filter(|e| e.is_unpaid()) {
            if let Some(asset) = &entry.asset {
                *sums.entry(asset.clone()).or_insert_with(|| whole(0)) += entry.unpaid();
            }
        }
        sums
    }

    /// Whether a cohort has anything unpaid, cash or in kind, for quarters up to `by`.
    #[must_use]
    pub fn is_behind(&self, cohort: Date, by: Date) -> bool {
        self.due_by(cohort, by).any(Entry::is_unpaid)
    }

    /// Pays cash per share to a cohort, the oldest quarter first, to 12 decimals half-even (SPEC 4.6).
    pub fn pay_cash(&mut self, cohort: Date, by: Date, per_share: &Ratio) {
        let mut left = per_share_12(per_share);
        let Some(entries) = self.0.get_mut(&cohort) else { return };
        for entry in entries.iter_mut().filter(|e| e.asset.is_none() && e.quarter <= by) {
            if !left.is_positive() {
                return;
            }
            let part = left.clone().min(entry.unpaid());
            if part.is_positive() {
                left -= &part;
                entry.paid += part;
            }
        }
    }

    /// Pays all of a cohort's cash, exactly.
    pub fn pay_all_cash(&mut self, cohort: Date, by: Date) {
        self.settle(cohort, by, |entry| entry.asset.is_none());
    }

    /// Delivers all of an asset to the cohorts that are entitled (SPEC 4.6), as cash is paid to them alone.
    pub fn deliver(&mut self, entitled: &BTreeMap<Date, u128>, asset: &str, by: Date) {
        for cohort in entitled.keys() {
            self.settle(*cohort, by, |entry| entry.asset.as_deref() == Some(asset));
        }
    }

    fn settle(&mut self, cohort: Date, by: Date, which: impl Fn(&Entry) -> bool) {
        let Some(entries) = self.0.get_mut(&cohort) else { return };
        for entry in entries.iter_mut().filter(|e| e.quarter <= by && which(e)) {
            entry.paid = entry.dividend.clone();
        }
    }

    /// Sets apart all that is unpaid for quarters up to `by`; pays nothing.
    pub fn set_apart(&mut self, by: Date) {
        for entry in self.0.values_mut().flatten().filter(|e| e.quarter <= by && e.is_unpaid()) {
            entry.set_apart = true;
        }
    }

    /// The cash claims of these cohorts (with their entitled shares) for quarters up to `by`.
    #[must_use]
    pub fn claims(&self, shares: &BTreeMap<Date, u128>, by: Date) -> Vec<Claim> {
        let claim = |(cohort, shares): (&Date, &u128)| Claim { shares: *shares, unpaid: self.unpaid_cash(*cohort, by) };
        shares.iter().map(claim).collect()
    }

    /// §3(c)(i): e, the largest number of quarterly dividends that any of these cohorts is behind by (SPEC 4.9).
    #[must_use]
    pub fn quarters_in_arrears<'a>(&self, cohorts: impl Iterator<Item = &'a Date>, by: Date, count: bool) -> Ratio {
        cohorts.map(|cohort| self.cohort_in_arrears(*cohort, by, count)).max().unwrap_or_else(|| whole(0))
    }

    /// The number of quarterly dividends that one cohort is behind by: Σ unpaid/dividend over its cash quarters with a
    /// dividend that are not set apart; or (reading `six_quarters=count-unpaid`) the quarters with anything unpaid.
    #[must_use]
    pub fn cohort_in_arrears(&self, cohort: Date, by: Date, count: bool) -> Ratio {
        let behind = self.due_by(cohort, by).filter(|e| e.asset.is_none() && !e.set_apart && e.is_unpaid());
        let dividends = behind.filter(|e| !e.dividend.is_zero());
        dividends.fold(whole(0), |sum, e| sum + if count { whole(1) } else { e.unpaid() / &e.dividend })
    }
}

/// Pays the sum `paid` (in currency) to these cohorts as of `by`; `full_total` is what paying every holding in full
/// takes after rounding. A sum that reaches the smaller of Σ n × u and that total pays all (SPEC 4.6).
/// Returns v(c), in the order of `shares`.
pub fn pay_sum(
    ledger: &mut Ledger,
    shares: &BTreeMap<Date, u128>,
    by: Date,
    paid: &Ratio,
    full_total: impl FnOnce(&Ledger) -> Ratio,
    proportional: bool,
) -> Vec<Ratio> {
    let claims = ledger.claims(shares, by);
    let due = super::partial::total_due(&claims);
    if *paid >= due || *paid >= full_total(ledger) {
        return pay_full(ledger, shares, by);
    }
    let values: Vec<Ratio> = per_share(&claims, paid, proportional).iter().map(per_share_12).collect();
    for (cohort, value) in shares.keys().zip(&values) {
        ledger.pay_cash(*cohort, by, value);
    }
    values
}

/// Pays everything due in cash to these cohorts as of `by`. Returns u(c), in the order of `shares`.
pub fn pay_full(ledger: &mut Ledger, shares: &BTreeMap<Date, u128>, by: Date) -> Vec<Ratio> {
    let unpaid: Vec<Ratio> = shares.keys().map(|cohort| ledger.unpaid_cash(*cohort, by)).collect();
    for cohort in shares.keys() {
        ledger.pay_all_cash(*cohort, by);
    }
    unpaid
}
