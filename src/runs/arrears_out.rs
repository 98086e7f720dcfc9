//! The rows of `arrears.csv`: where the next run takes over (`docs/rules.md`, "Arrears for the next run").

use super::context::Context;
use crate::model::calendar::Date;
use crate::outcome::dividend::ArrearsOut;
use crate::quantity::whole;
use crate::rules::account::Entry;
use crate::rules::ledger::Ledger;
use std::collections::BTreeMap;

/// Every row not paid in full and every row of the latest quarter, of the cohorts with entitled shares; of the latest
/// quarter a cash row always. By accrual start, quarter, the currency, then assets.
pub(crate) fn rows(context: &Context, ledger: &Ledger, shares: &BTreeMap<Date, u128>, date: Date) -> Vec<ArrearsOut> {
    let latest = context.calendar.quarters_until(date).last().copied();
    let mut rows = Vec::new();
    for cohort in shares.keys() {
        let entries: Vec<&Entry> = ledger.entries(*cohort).iter().filter(|e| e.quarter <= date).collect();
        let is_latest = |e: &Entry| Some(e.quarter) == latest;
        let row = |e: &Entry| ArrearsOut {
            accrual_start: *cohort,
            quarter: e.quarter,
            asset: e.asset.clone(),
            dividend_per_share: e.dividend.clone(),
            paid_per_share: e.paid.clone(),
            set_apart: e.set_apart && e.is_unpaid(),
        };
        rows.extend(entries.iter().filter(|e| e.is_unpaid() || is_latest(e)).map(|e| row(e)));
        let has_cash = entries.iter().any(|e| is_latest(e) && e.asset.is_none());
        if let Some(quarter) = latest.filter(|quarter| !has_cash && cohort < quarter) {
            rows.push(ArrearsOut {
                accrual_start: *cohort,
                quarter,
                asset: None,
                dividend_per_share: whole(0),
                paid_per_share: whole(0),
                set_apart: false,
            });
        }
    }
    rows.sort_by(|a, b| (a.accrual_start, a.quarter, &a.asset).cmp(&(b.accrual_start, b.quarter, &b.asset)));
    rows
}
