//! The ledger of Series A: for each cohort, quarter and asset what was due and what was paid (SPEC 4.5, 4.6).

use super::account::{Account, Entry};
use super::partial::{Claim, per_share};
use crate::model::calendar::Date;
use crate::model::events::ArrearsRow;
use crate::quantity::{Ratio, per_share_12, whole};
use num_traits::Signed;
use std::collections::{BTreeMap, BTreeSet};

/// Entries by cohort (accrual start), each in order of quarter, cash before assets by name.
#[derive(Clone, Debug, Default)]
pub struct Ledger(BTreeMap<Date, Account>);

impl Ledger {
    /// Empty, for these cohorts.
    pub fn new(cohorts: &BTreeSet<Date>) -> Self {
        Self(cohorts.iter().map(|start| (*start, Account::new(Vec::new()))).collect())
    }

    /// Takes over the rows of an `arrears` table, of the cohorts that the register knows.
    pub fn bring_forward(&mut self, rows: &[ArrearsRow]) {
        for (cohort, account) in &mut self.0 {
            let of_cohort = rows.iter().filter(|row| row.accrual_start == *cohort);
            let mut entries: Vec<Entry> = of_cohort.map(Entry::brought_forward).collect();
            entries.sort_by(|a, b| (a.quarter, &a.asset).cmp(&(b.quarter, &b.asset)));
            *account = Account::new(entries);
        }
    }

    /// The cohorts, in order of accrual start.
    pub fn cohorts(&self) -> impl Iterator<Item = Date> + '_ {
        self.0.keys().copied()
    }

    /// A cohort's entries.
    pub fn entries(&self, cohort: Date) -> &[Entry] {
        self.0.get(&cohort).map_or(&[], |account| account.entries.as_slice())
    }

    /// Adds a cohort's dividend of a quarter: a cash entry always, an asset's where there is one.
    pub fn accrue(&mut self, cohort: Date, quarter: Date, dividend: super::dividend::QuarterDividend) {
        let Some(account) = self.0.get_mut(&cohort) else { return };
        let entry = |asset, dividend| Entry { quarter, asset, dividend, paid: whole(0), set_apart: false };
        account.push(entry(None, dividend.cash));
        let assets = dividend.in_kind.into_iter().filter(|(_, amount)| amount.is_positive());
        assets.for_each(|(asset, amount)| account.push(entry(Some(asset), amount)));
    }

    fn due_by(&self, cohort: Date, by: Date) -> impl Iterator<Item = &Entry> {
        self.0.get(&cohort).into_iter().flat_map(move |account| account.due_by(by))
    }

    /// u(c): a cohort's unpaid cash per share over quarters up to `by`.
    pub fn unpaid_cash(&self, cohort: Date, by: Date) -> Ratio {
        self.0.get(&cohort).map_or_else(|| whole(0), |account| account.sums(by).unpaid.clone())
    }

    /// A cohort's unpaid units of each asset per share, over quarters up to `by`.
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
    pub fn is_behind(&self, cohort: Date, by: Date) -> bool {
        self.due_by(cohort, by).any(Entry::is_unpaid)
    }

    /// Pays cash per share to a cohort, the oldest quarter first, to 12 decimals half-even (SPEC 4.6).
    pub fn pay_cash(&mut self, cohort: Date, by: Date, per_share: &Ratio) {
        let mut left = per_share_12(per_share);
        let Some(account) = self.0.get_mut(&cohort) else { return };
        account.change(by, |entry| {
            if entry.asset.is_none() && left.is_positive() {
                let part = left.clone().min(entry.unpaid());
                left -= &part;
                entry.paid += part;
            }
        });
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
        let Some(account) = self.0.get_mut(&cohort) else { return };
        account.change(by, |entry| {
            if which(entry) {
                entry.paid = entry.dividend.clone();
            }
        });
    }

    /// Sets apart all that is unpaid for quarters up to `by`; pays nothing.
    pub fn set_apart(&mut self, by: Date) {
        for account in self.0.values_mut() {
            account.change(by, |entry| entry.set_apart |= entry.is_unpaid());
        }
    }

    /// The cash claims of these cohorts (with their entitled shares) for quarters up to `by`.
    pub fn claims(&self, shares: &BTreeMap<Date, u128>, by: Date) -> Vec<Claim> {
        let claim = |(cohort, shares): (&Date, &u128)| Claim { shares: *shares, unpaid: self.unpaid_cash(*cohort, by) };
        shares.iter().map(claim).collect()
    }

    /// §3(c)(i): e, the largest number of quarterly dividends that any of these cohorts is behind by (SPEC 4.9).
    pub fn quarters_in_arrears<'a>(&self, cohorts: impl Iterator<Item = &'a Date>, by: Date, count: bool) -> Ratio {
        cohorts.map(|cohort| self.cohort_in_arrears(*cohort, by, count)).max().unwrap_or_else(|| whole(0))
    }

    /// The number of quarterly dividends that one cohort is behind by: Σ unpaid/dividend over its cash quarters with a
    /// dividend that are not set apart; or (reading `six_quarters=count-unpaid`) the quarters with anything unpaid.
    pub fn cohort_in_arrears(&self, cohort: Date, by: Date, count: bool) -> Ratio {
        let Some(account) = self.0.get(&cohort) else { return whole(0) };
        let sums = account.sums(by);
        if count { whole(sums.quarters_behind) } else { sums.dividends_behind.clone() }
    }
}

/// Pays the sum `paid` (in currency) to these cohorts as of `by`; `full_total` is what paying every holding in full
/// takes after rounding. A sum that reaches the smaller of Σ n × u and that total pays all (SPEC 4.6).
/// Returns v(c), in the order of `shares`.
pub(crate) fn pay_sum(
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
pub(crate) fn pay_full(ledger: &mut Ledger, shares: &BTreeMap<Date, u128>, by: Date) -> Vec<Ratio> {
    let unpaid: Vec<Ratio> = shares.keys().map(|cohort| ledger.unpaid_cash(*cohort, by)).collect();
    for cohort in shares.keys() {
        ledger.pay_all_cash(*cohort, by);
    }
    unpaid
}
