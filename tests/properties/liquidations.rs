//! Liquidations.

use super::{cases, within_a_unit};
use crate::support::Company;
use crate::support::random::{Random, cents, company, quarter_date};
use crate::support::runs::Run;
use num_traits::ToPrimitive;
use proptest::prelude::*;
use proptest::sample::select;
use ratable::internals::model::Date;
use ratable::internals::model::{Ratio, Units, plain, scaled_fixed, scaled_plain, shares_ratio, units_ratio, whole};
use ratable::internals::runs::{LiquidationOutcome, Turn};
use std::collections::BTreeMap;

fn money(cents: Units) -> String {
    scaled_fixed(cents, 2)
}

/// What every holding gets, in units.
fn paid(run: &Run<LiquidationOutcome>) -> BTreeMap<(u32, u16), Units> {
    let rows = &run.outcome.distribution.as_ref().expect("a distribution").rows;
    rows.iter().map(|r| ((r.holder, r.class), r.total)).collect()
}

/// The exact value per share of every class and cohort, over all tiers.
fn per_share(run: &Run<LiquidationOutcome>) -> BTreeMap<(u16, Option<Date>), Ratio> {
    let mut sums = BTreeMap::new();
    for tier in &run.outcome.distribution.as_ref().expect("a distribution").tiers {
        *sums.entry((tier.class, tier.accrual_start)).or_insert_with(|| whole(0)) += &tier.paid_per_share;
    }
    sums
}

/// The same company with all its Series A issued on one day and none retired: one accrual start.
fn one_cohort(company: &Company) -> Company {
    let mut rows = company.rows("register").to_vec();
    for row in rows.iter_mut().skip(1).filter(|row| row[2] == "series-a") {
        row[4] = "2005-08-01".to_owned();
        row[5] = String::new();
    }
    company.with_rows("register", rows)
}

/// After every lot, declaration and adjustment of a random company: nothing changes between installments.
const SETTLED: [&str; 4] = ["2007-09-16", "2007-09-20", "2007-10-01", "2007-11-11"];

proptest! {
    #![proptest_config(cases(40))]

    /// The proceeds are distributed to the unit; the three rounded parts and the rounding make up every total.
    #[test]
    fn sums_are_exact(company in company(), date in quarter_date(), sum in cents()) {
        let run = company.on(date).liquidate(date, &money(sum));
        let distribution = run.outcome.distribution.as_ref().expect("a distribution");
        let t = &distribution.totals;
        prop_assert_eq!(paid(&run).values().sum::<Units>(), t.distributed);
        prop_assert_eq!(t.distributed + t.undistributed, sum);
        prop_assert_eq!(t.undistributed, 0, "there is Series A, so nothing is left");
        let rounding: Units = distribution.rows.iter().map(|r| r.total - r.preference() - r.common_adjustment() - r.participation).sum();
        prop_assert_eq!(t.rounding, rounding);
    }

    /// Every holding is less than a unit off its shares times the exact value per share.
    #[test]
    fn every_holding_is_within_a_unit(company in company(), date in quarter_date(), sum in cents()) {
        let run = company.on(date).liquidate(date, &money(sum));
        let values = per_share(&run);
        let day = run.outcome.date;
        for ((holder, class), units) in paid(&run) {
            let lots = run.case.register.lots_of(holder).iter().filter(|l| l.class == class && l.counts_on(day));
            let exact = lots.fold(whole(0), |sum, lot| {
                let cohort = (class == run.case.classes.series_a())
                    .then(|| run.outcome.accrual.of(lot.issue_date.expect("a date")).expect("an accrual start").start);
                let value = values.get(&(class, cohort)).cloned().unwrap_or_else(|| whole(0));
                sum + lot.shares.to_ratio() * value * whole(100)
            });
            prop_assert!(within_a_unit(units, &exact), "{holder} {class}: {units}, exactly {exact}");
        }
    }

    /// More proceeds lower no holding by more than one unit.
    #[test]
    fn more_proceeds_lower_nobody(company in company(), date in quarter_date(), sum in cents(), more in cents()) {
        let company = company.on(date);
        let less = paid(&company.liquidate(date, &money(sum)));
        let more = paid(&company.liquidate(date, &money(sum + more)));
        for (holding, units) in &less {
            prop_assert!(more[holding] >= units - 1, "{holding:?}: {units} → {}", more[holding]);
        }
    }

    /// With one accrual start and no other series, Series A gets exactly min(P, max(L × n, M × n × x)), where x is what a
    /// Common share would get if Series A were converted at M : 1.
    #[test]
    fn identity(
        company in company(),
        date in quarter_date(),
        sum in cents(),
        reading in select(vec!["mean", "highest"]),
    ) {
        let company = one_cohort(&without_others(&company, date)).set("reading.common_adjustment", reading);
        let run = company.liquidate(date, &money(sum));
        let shares = |class: u16| {
            let lots = run.case.register.lots().iter().filter(|l| l.class == class && l.counts_on(run.outcome.date));
            shares_ratio(lots.map(|l| u128::from(l.shares.micros())).sum())
        };
        let (n, common) = (shares(run.case.classes.series_a()), shares(run.case.classes.common()));
        let proceeds = units_ratio(sum, 2);
        let multiple = &run.outcome.multiple.value;
        let preference = &run.outcome.cohorts[0].preference;
        let x = &proceeds / (multiple * &n + common);
        let expected = proceeds.min((preference * &n).max(multiple * &n * x));
        let series_a = run.case.classes.series_a();
        let found = per_share(&run).into_iter().filter(|((class, _), _)| *class == series_a);
        let found = found.fold(whole(0), |sum, (_, value)| sum + value * &n);
        prop_assert_eq!(found, expected);
    }

    /// `greater-of` gives what the Common Adjustment gives, where accruals are equal.
    #[test]
    fn greater_of(
        company in company(),
        date in quarter_date(),
        sum in cents(),
        reading in select(vec!["mean", "highest"]),
    ) {
        let company = one_cohort(&company.on(date)).set("reading.common_adjustment", reading);
        let adjustment = company.liquidate(date, &money(sum));
        let greater_of = company.set("liquidation_shape", "greater-of").liquidate(date, &money(sum));
        prop_assert_eq!(per_share(&greater_of), per_share(&adjustment));
        prop_assert_eq!(paid(&greater_of), paid(&adjustment));
    }

    /// A scenario says what a run of that sum pays each class and cohort; each tier begins where its breakpoint says.
    #[test]
    fn scenarios_agree_with_single_runs(company in company(), date in quarter_date(), sums in proptest::collection::vec(cents(), 1..4)) {
        let company = company.on(date);
        let texts: Vec<String> = sums.iter().map(|sum| money(*sum)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let scenarios = company.scenarios(date, &texts);
        for (sum, text) in sums.iter().zip(&texts) {
            let single = company.liquidate(date, text);
            let expected = per_share(&single);
            let of = &scenarios.outcome.scenarios;
            let (_, cells) = of.by_sum().find(|(tried, _)| tried == sum).expect("the sum was tried");
            for (column, (_, each)) in of.columns.iter().zip(cells) {
                let value = expected.get(column).cloned().unwrap_or_else(|| whole(0));
                prop_assert_eq!(scaled_plain(*each, 12), plain(&value, 12));
            }
            prop_assert_eq!(single.breakpoints(), scenarios.breakpoints());
            let tiers = &single.outcome.distribution.as_ref().expect("a distribution").tiers;
            for point in &single.outcome.breakpoints {
                let Turn::Tier(tier) = &point.what else { continue };
                let total = tiers.iter().filter(|t| t.tier == *tier).fold(whole(0), |sum, t| sum + &t.paid);
                prop_assert_eq!(total > whole(0), units_ratio(*sum, 2) > point.at && has_due(tiers, tier));
            }
        }
    }

}

proptest! {
    #![proptest_config(cases(15))]

    /// Installments add up to the single distribution, holding by holding, within one unit.
    #[test]
    fn installments_add_up(company in company(), sums in proptest::collection::vec(cents(), SETTLED.len())) {
        let last = SETTLED[SETTLED.len() - 1];
        let rows: Vec<String> = SETTLED.iter().zip(&sums).map(|(date, sum)| format!("{date}, {}", money(*sum))).collect();
        let single = paid(&company.on(last).liquidate(last, &money(sums.iter().sum())));
        let mut together: BTreeMap<(u32, u16), Units> = BTreeMap::new();
        for (date, sum) in SETTLED.iter().zip(&sums) {
            let company = company.on(date).with(&format!("proceeds: date, amount\n{}", rows.join("\n")));
            let installment = paid(&company.liquidate(date, ""));
            prop_assert_eq!(installment.values().sum::<Units>(), *sum);
            for (holding, units) in installment {
                prop_assert!(units >= 0, "{holding:?} would pay back {units}");
                *together.entry(holding).or_insert(0) += units;
            }
        }
        for (holding, units) in &single {
            prop_assert!((together[holding] - units).abs() <= 1, "{holding:?}: {} against {units}", together[holding]);
        }
    }
}

fn has_due(tiers: &[ratable::internals::runs::TierRow], tier: &str) -> bool {
    tiers.iter().filter(|t| t.tier == tier).any(|t| t.due.as_ref().is_none_or(|due| due.to_f64() != Some(0.0)))
}

/// The company without its other series.
fn without_others(company: &Random, date: &str) -> Company {
    let company = company.on(date).without("classes");
    let rows = company.rows("register").iter().filter(|row| ["class", "series-a", "common"].contains(&row[2].as_str()));
    let rows = rows.cloned().collect();
    company.with_rows("register", rows)
}
