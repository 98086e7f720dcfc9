//! Dividend runs.

use super::cases;
use crate::support::case;
use crate::support::random::{QUARTER_DATES, cents, company, quarter_date};
use crate::support::runs::Run;
use proptest::prelude::*;
use ratable::internals::model::iso;
use ratable::internals::model::{Units, scaled_fixed, units_ratio};
use ratable::internals::runs::DividendOutcome;
use std::collections::BTreeMap;

fn money(cents: Units) -> String {
    scaled_fixed(cents, 2)
}

/// Cash by holding.
fn cash(run: &Run<DividendOutcome>) -> BTreeMap<(u32, u16), Units> {
    let cash = run.outcome.rows.iter().filter(|r| r.is_cash());
    cash.map(|r| ((r.holder, r.class), r.gross)).collect()
}

proptest! {
    #![proptest_config(cases(40))]

    /// The funds are paid to the unit, and not more than is due; the rest is said to be left.
    #[test]
    fn sums_are_exact(company in company(), date in quarter_date(), funds in cents()) {
        let company = company.on(date);
        let full = company.dividend(date).outcome.totals;
        prop_assert_eq!(full.gross, full.due);
        prop_assert_eq!(full.unpaid, 0);

        let run = company.dividend_of(date, &money(funds));
        let totals = run.outcome.totals;
        let gross: Units = cash(&run).values().sum();
        prop_assert_eq!(gross, funds.min(full.due));
        prop_assert_eq!(totals.gross, gross);
        prop_assert_eq!(totals.due, full.due);
        prop_assert_eq!(totals.unpaid, full.due - gross);
        prop_assert_eq!(totals.not_distributed, funds - gross);
    }

    /// A Series A holding gets its shares times what its cohorts are paid per share, but for less than a unit.
    #[test]
    fn every_holding_is_within_a_unit(company in company(), date in quarter_date(), funds in cents()) {
        let company = company.on(date);
        for run in [company.dividend(date), company.dividend_of(date, &money(funds))] {
            let series_a = run.case.classes.series_a();
            let alone = run.case.classes.iter().all(|(_, c)| c.dividend_rank != ratable::internals::model::Rank::Parity);
            let paid: BTreeMap<_, _> = run.outcome.cohorts.iter().map(|c| (c.accrual_start, &c.paid)).collect();
            for ((holder, _), units) in cash(&run).iter().filter(|((_, class), _)| *class == series_a) {
                let lots = run.case.register.lots_of(*holder).iter();
                let lots = lots.filter(|l| l.class == series_a && l.counts_on(run.outcome.record_date));
                let exact = lots.fold(units_ratio(0, 0), |sum, lot| {
                    let accrual = lot.issue_date.and_then(|date| run.outcome.accrual.of(date)).expect("an accrual start");
                    sum + lot.shares.to_ratio() * paid[&accrual.start] * units_ratio(100, 0)
                });
                // v(c) is kept to 12 decimals, and beside a parity class it is that of the whole units.
                let slack = if alone { units_ratio(1, 3) } else { units_ratio(1, 0) };
                let off = units_ratio(*units, 0) - exact;
                prop_assert!(num_traits::Signed::abs(&off) < units_ratio(1, 0) + slack, "{holder}: {off}");
            }
        }
    }

    /// More funds lower no holding by more than one unit.
    #[test]
    fn more_funds_lower_nobody(company in company(), date in quarter_date(), funds in cents(), more in cents()) {
        let company = company.on(date);
        let less = cash(&company.dividend_of(date, &money(funds)));
        let more = cash(&company.dividend_of(date, &money(funds + more)));
        prop_assert_eq!(less.len(), more.len());
        for (holding, units) in &less {
            prop_assert!(more[holding] >= units - 1, "{holding:?}: {units} → {}", more[holding]);
        }
    }

    /// What runs paid, appended to `payments`, is what one case with the full history replays.
    #[test]
    fn history_is_replayed(company in company(), sums in proptest::collection::vec(proptest::option::of(cents()), 4)) {
        let mut history = String::new();
        let mut runs = Vec::new();
        for (date, sum) in QUARTER_DATES.iter().zip(&sums) {
            let so_far = company.on(date).with(&format!("payments: date, amount, quarter, asset\n{history}"));
            let run = so_far.dividend_of_or_all(date, sum.map(money).as_deref());
            for payment in &run.outcome.payments {
                let amount = payment.amount.map_or_else(|| "full".to_owned(), money);
                history += &format!("{date}, {amount}, {date}, {}\n", payment.asset.as_deref().unwrap_or(""));
            }
            runs.push((date, run));
        }
        for (date, run) in runs {
            let whole = company.on(date).with(&format!("payments: date, amount, quarter, asset\n{history}"));
            if !run.outcome.payments.iter().any(|p| p.amount.is_some()) {
                continue; // Nothing was paid, so the whole history has no row of that day that says so.
            }
            let replayed = whole.dividend(date);
            let series_a = run.case.classes.series_a();
            let of_series_a = |run: &Run<DividendOutcome>| -> Vec<_> {
                let rows = run.outcome.rows.iter().filter(|r| r.class == series_a);
                rows.map(|r| (r.holder, r.asset, r.shares, r.gross)).collect()
            };
            prop_assert_eq!(of_series_a(&replayed), of_series_a(&run), "{}", date);
            prop_assert_eq!(replayed.arrears(), run.arrears(), "{}", date);
            prop_assert_eq!(replayed.in_arrears(), run.in_arrears(), "{}", date);
        }
    }

    /// Whatever was paid in part before, the last payment brings every holding to what it was owed, rounded once: no cent
    /// is lost or won by being paid in many parts. (What an earlier part gave above that is not taken back.)
    #[test]
    fn parts_add_up(
        shares in proptest::collection::vec(1u32..2_000_000, 1..6),
        amount in 1u32..400,
        parts in proptest::collection::vec(0u32..60, 0..6),
    ) {
        let register: Vec<String> =
            shares.iter().enumerate().map(|(n, shares)| format!("H{n}, series-a, {}, 2005-12-15", scaled_fixed((*shares).into(), 4))).collect();
        let company = case(&format!(
            "register: holder_id, class, shares, issue_date\n{}\n\ndeclarations: declared_date, kind, amount\n2006-01-10, cash, {}",
            register.join("\n"),
            scaled_fixed(amount.into(), 4),
        ));
        let days = ["2006-03-15", "2006-03-25", "2006-04-03", "2006-04-14", "2006-05-02", "2006-05-20", "2006-06-01"];
        let mut history = "payments: date, amount, quarter\n".to_owned();
        let mut had: BTreeMap<(u32, u16), Units> = BTreeMap::new();
        for (day, part) in days.iter().zip(parts.iter().map(Some).chain([None])) {
            let so_far = company.with(&history);
            let before = had.clone();
            let due = so_far.dividend(day).outcome.totals.due;
            let run = match part {
                Some(part) => so_far.dividend_of(day, &money(due * Units::from(*part) / 100)),
                None => so_far.dividend(day),
            };
            for (holding, units) in cash(&run) {
                *had.entry(holding).or_insert(0) += units;
            }
            for payment in run.outcome.payments.iter().filter_map(|p| p.amount) {
                history += &format!("{day}, {}, {day}\n", money(payment));
            }
            if part.is_none() {
                for (((holder, _), units), shares) in had.iter().zip(&shares) {
                    // Hundred times the amount a share, to the cent; 10^4 × 10^2 to a cent.
                    let owed = (Units::from(*shares) * Units::from(amount) + 5_000) / 10_000;
                    let before = before.values().nth(*holder as usize).copied().unwrap_or(0);
                    prop_assert_eq!(*units, owed.max(before), "H{}", holder);
                }
                prop_assert!(run.carried().is_empty(), "nothing is carried on");
            }
        }
    }

    /// The whole rest of the ledger: nothing is paid twice and nothing forgotten, over any number of runs.
    #[test]
    fn paid_and_unpaid_make_up_what_is_due(company in company(), date in quarter_date(), funds in cents()) {
        let run = company.on(date).dividend_of(date, &money(funds));
        for cohort in &run.outcome.cohorts {
            let left = &cohort.due - &cohort.unpaid;
            let off = num_traits::Signed::abs(&(left - &cohort.paid));
            prop_assert!(off <= units_ratio(1, 12), "{}: {off}", iso(cohort.accrual_start));
            prop_assert_eq!(&cohort.brought_forward + &cohort.current, cohort.due.clone());
        }
    }
}

impl crate::support::Company {
    fn dividend_of_or_all(&self, date: &str, funds: Option<&str>) -> Run<DividendOutcome> {
        funds.map_or_else(|| self.dividend(date), |funds| self.dividend_of(date, funds))
    }
}
