//! §6: what a share of Series A is due upon liquidation, and the Common Adjustment.

use super::dividend::Dividends;
use super::ledger::Ledger;
use crate::model::Date;
use crate::model::reading::{CommonAdjustment, Stub};
use crate::outcome::Step;
use crate::problem::Problem;
use crate::quantity::{Ratio, shares_ratio, whole};
use crate::text::{amount, readable};
use num_traits::Zero;

/// §6(a): the Series A Liquidation Preference per share of a cohort, L(c), and how it comes to be: the preference, what
/// is accrued and unpaid, and what was declared since the last quarter date ("to the date of such payment").
/// Errors: A fair value that is needed and missing.
pub(crate) fn preference(
    dividends: &Dividends,
    ledger: &Ledger,
    cohort: Date,
    date: Date,
) -> Result<(Ratio, Vec<Step>), Problem> {
    let terms = dividends.terms;
    let money = |value: &Ratio| amount(value, terms.currency_decimals);
    let mut total = terms.liquidation_preference.clone();
    let mut steps = vec![Step::new("6(a)", "Liquidation preference for each share", money(&total))];
    let mut add = |what: &str, plus: &Ratio, total: &mut Ratio, is_stub: bool| {
        if !plus.is_zero() {
            let before = money(total);
            *total += plus;
            let step =
                Step::new("6(a)", format!("Plus {} {what}", readable(plus, terms.currency_decimals)), money(total))
                    .from(before);
            steps.push(if is_stub { step.reading(Stub::Include) } else { step });
        }
    };
    let unpaid = ledger.unpaid_cash(cohort, date);
    add(&format!("of accrued and unpaid cash dividends to {date}"), &unpaid, &mut total, false);
    for (asset, units) in ledger.unpaid_in_kind(cohort, date) {
        let value = units * dividends.needed_fair_value(&asset, date)?;
        add(&format!("for accrued and unpaid {asset} at fair value"), &value, &mut total, false);
    }
    if terms.readings.stub == Stub::Include && cohort <= date {
        let stub = dividends.stub(cohort, date)?;
        add("of cash declared since the last quarter date", &stub.cash, &mut total, true);
        for (asset, units) in &stub.in_kind {
            let value = units * dividends.needed_fair_value(asset, date)?;
            add(&format!("for {asset} at fair value, declared since the last quarter date"), &value, &mut total, true);
        }
    }
    Ok((total, steps))
}

/// §6(a), second sentence: the Common Adjustment per Common share, L̄ / M (reading `common_adjustment`); `series_a` is
/// each cohort's shares in millionths and its L(c).
pub(crate) fn common_adjustment(
    series_a: &[(u128, Ratio)],
    multiple: &Ratio,
    base: &Ratio,
    by: CommonAdjustment,
) -> Ratio {
    let shares: u128 = series_a.iter().map(|(shares, _)| shares).sum();
    if shares == 0 {
        return whole(0);
    }
    let preference = match by {
        CommonAdjustment::Mean => {
            series_a.iter().fold(whole(0), |sum, (n, due)| sum + shares_ratio(*n) * due) / shares_ratio(shares)
        }
        CommonAdjustment::Highest => series_a.iter().map(|(_, due)| due.clone()).max().unwrap_or_else(|| whole(0)),
        CommonAdjustment::Base => base.clone(),
    };
    preference / multiple
}
