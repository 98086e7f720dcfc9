//! The rows of `arrears.csv`: where the next run takes over (`docs/rules.md`, "Arrears for the next run").

use super::Context;
use crate::model::Date;
use crate::model::events::Entry;
use crate::outcome::{ArrearsOut, ClassDividend};
use crate::quantity::{Ratio, per_share_12, whole};
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
        let row = |entry| ArrearsOut { class: None, accrual_start: *cohort, entry };
        let told = |e: &&Entry| row(Entry { set_apart: e.set_apart && e.is_unpaid(), ..(*e).clone() });
        rows.extend(entries.iter().filter(|e| e.is_unpaid() || is_latest(e)).map(told));
        let has_cash = entries.iter().any(|e| is_latest(e) && e.asset.is_none());
        let missing = latest.filter(|quarter| !has_cash && cohort < quarter);
        rows.extend(missing.map(|quarter| row(cash(quarter, whole(0), whole(0)))));
    }
    let key = |row: &ArrearsOut| (row.accrual_start, row.entry.quarter, row.entry.asset.clone());
    rows.sort_by_cached_key(key);
    rows
}

/// The rows of classes with a dividend rate, at 0 too: what each cohort was owed on the date, and what of it was paid.
/// Shares that were issued after the record date go on accruing: of theirs nothing was paid. In class order, by accrual
/// start.
pub(crate) fn of_classes(context: &Context, paid: &[ClassDividend], date: Date) -> Vec<ArrearsOut> {
    let row = |class, accrual_start, owed: &Ratio, paid: &Ratio| ArrearsOut {
        class: Some(class),
        accrual_start,
        entry: cash(date, per_share_12(owed), per_share_12(paid)),
    };
    let mut rows = BTreeMap::new();
    for cohort in context.rate_cohorts_on(date).into_iter().filter(|cohort| cohort.start < date) {
        let owed = cohort.owed(context.case, date);
        rows.insert((cohort.class, cohort.start), row(cohort.class, cohort.start, &owed, &whole(0)));
    }
    for class in paid {
        for cohort in &class.cohorts {
            if let Some(start) = cohort.accrual_start.filter(|start| *start < date) {
                let paid = row(class.class, start, &cohort.due_per_share, &cohort.paid_per_share);
                rows.insert((class.class, start), paid);
            }
        }
    }
    rows.into_values().collect()
}

fn cash(quarter: Date, dividend: Ratio, paid: Ratio) -> Entry {
    Entry { quarter, asset: None, dividend, paid, set_apart: false }
}
