//! The ledger of Series A: for each cohort, quarter and asset what was due and what was paid.

use super::account::Account;
use super::dividend::ShareDividend;
use super::partial::Claim;
use crate::model::Date;
use crate::model::events::{ArrearsRow, Entry};
use crate::quantity::{Ratio, per_share_12, whole};
use num_traits::Signed;
use std::collections::{BTreeMap, BTreeSet};

/// Entries by cohort (accrual start), each in order of quarter, cash before assets by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(BTreeMap<Date, Account>);

impl Ledger {
    /// Empty, for these cohorts.
    pub(crate) fn new(cohorts: &BTreeSet<Date>) -> Self {
        Self(cohorts.iter().map(|start| (*start, Account::new(Vec::new()))).collect())
    }

    /// Takes over the rows of an `arrears` table, of the cohorts that the register knows.
    pub(crate) fn bring_forward(&mut self, rows: &[ArrearsRow]) {
        for (cohort, account) in &mut self.0 {
            let of_cohort = rows.iter().filter(|row| row.accrual_start == *cohort);
            let mut entries: Vec<Entry> = of_cohort.map(|row| row.entry.clone()).collect();
            entries.sort_by(|a, b| (a.quarter, &a.asset).cmp(&(b.quarter, &b.asset)));
            *account = Account::new(entries);
        }
    }

    /// The cohorts, in order of accrual start.
    pub(crate) fn cohorts(&self) -> impl Iterator<Item = Date> + '_ {
        self.0.keys().copied()
    }

    fn account(&self, cohort: Date) -> &Account {
        self.0.get(&cohort).expect("every cohort of the register has its account")
    }

    fn account_mut(&mut self, cohort: Date) -> &mut Account {
        self.0.get_mut(&cohort).expect("every cohort of the register has its account")
    }

    pub(crate) fn entries(&self, cohort: Date) -> &[Entry] {
        &self.account(cohort).entries
    }

    /// Adds a cohort's dividend of a quarter: a cash entry always, an asset's where there is one.
    pub(crate) fn accrue(&mut self, cohort: Date, quarter: Date, dividend: &ShareDividend) {
        let account = self.account_mut(cohort);
        let entry = |asset, amount: &Ratio| Entry {
            quarter,
            asset,
            dividend: amount.clone(),
            paid: whole(0),
            set_apart: false,
        };
        account.push(entry(None, &dividend.cash));
        let assets = dividend.in_kind.iter().filter(|(_, amount)| amount.is_positive());
        assets.for_each(|(asset, amount)| account.push(entry(Some(asset.clone()), amount)));
    }

    /// u(c): a cohort's unpaid cash per share over quarters up to `by`.
    pub(crate) fn unpaid_cash(&self, cohort: Date, by: Date) -> Ratio {
        self.account(cohort).sums(by).unpaid.clone()
    }

    /// A cohort's unpaid units of each asset per share, over quarters up to `by`.
    pub(crate) fn unpaid_in_kind(&self, cohort: Date, by: Date) -> BTreeMap<String, Ratio> {
        let mut sums = BTreeMap::new();
        for entry in self.account(cohort).due_by(by).filter(|e| e.is_unpaid()) {
            if let Some(asset) = &entry.asset {
                *sums.entry(asset.clone()).or_insert_with(|| whole(0)) += entry.unpaid();
            }
        }
        sums
    }

    /// Whether a cohort has anything unpaid, cash or in kind, for quarters up to `by`.
    pub(crate) fn is_behind(&self, cohort: Date, by: Date) -> bool {
        self.account(cohort).due_by(by).any(Entry::is_unpaid)
    }

    /// Pays cash per share to a cohort, the oldest quarter first, to 12 decimals half-even.
    pub(crate) fn pay_cash(&mut self, cohort: Date, by: Date, per_share: &Ratio) {
        let mut left = per_share_12(per_share);
        self.account_mut(cohort).change(by, |entry| {
            if entry.asset.is_none() && left.is_positive() {
                let part = left.clone().min(entry.unpaid());
                left -= &part;
                entry.paid += part;
            }
        });
    }

    /// Pays all of a cohort's cash, exactly.
    pub(crate) fn pay_all_cash(&mut self, cohort: Date, by: Date) {
        self.settle(cohort, by, |entry| entry.asset.is_none());
    }

    /// Delivers all of an asset to the cohorts that are entitled, as cash is paid to them alone.
    pub(crate) fn deliver(&mut self, entitled: &BTreeMap<Date, u128>, asset: &str, by: Date) {
        for cohort in entitled.keys() {
            self.settle(*cohort, by, |entry| entry.asset.as_deref() == Some(asset));
        }
    }

    fn settle(&mut self, cohort: Date, by: Date, which: impl Fn(&Entry) -> bool) {
        self.account_mut(cohort).change(by, |entry| {
            if which(entry) {
                entry.paid = entry.dividend.clone();
            }
        });
    }

    /// Sets apart all that is unpaid for quarters up to `by`; pays nothing.
    pub(crate) fn set_apart(&mut self, by: Date) {
        for account in self.0.values_mut() {
            account.change(by, |entry| entry.set_apart |= entry.is_unpaid());
        }
    }

    /// The cash claims of these cohorts (with their entitled shares) for quarters up to `by`.
    pub(crate) fn claims(&self, shares: &BTreeMap<Date, u128>, by: Date) -> Vec<Claim> {
        let claim = |(cohort, shares): (&Date, &u128)| Claim { shares: *shares, unpaid: self.unpaid_cash(*cohort, by) };
        shares.iter().map(claim).collect()
    }

    /// §3(c)(i): the number of quarterly dividends that one cohort is behind by: Σ unpaid/dividend over its cash quarters with a
    /// dividend that are not set apart; or (reading `six_quarters=count-unpaid`) the quarters with anything unpaid.
    pub(crate) fn quarters_in_arrears(&self, cohort: Date, by: Date, count: bool) -> Ratio {
        let sums = self.account(cohort).sums(by);
        if count { whole(sums.quarters_behind) } else { sums.dividends_behind.clone() }
    }
}
