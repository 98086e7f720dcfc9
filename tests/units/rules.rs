//! Pieces of the rules and of what is done with holdings, each by itself: payments in part, dividends at a rate, a
//! cohort's account, sums cut into units.

use crate::support::case;
use num_bigint::BigInt;
use ratable::internals::model::{Compounding, Date, DayCount, Entry, Lot, QuarterDates, Rate, Ratio};
use ratable::internals::model::{Units, day, parse_iso, whole};
use ratable::internals::rules::{Account, Claim, accrued, equal_level, per_share};
use ratable::internals::runs::{Apportioned, apportion_weights, snapshot};

#[test]
fn of_nothing_due_nothing_is_paid() {
    let claims = [Claim { shares: 5, unpaid: whole(0) }];
    assert_eq!(per_share(&claims, &whole(0), true), [whole(0)]);
    assert_eq!(per_share(&claims, &whole(0), false), [whole(0)]);
}

#[test]
fn the_last_millionth_of_a_share_is_filled_like_any_other() {
    let claims = [Claim { shares: 1_000_000, unpaid: whole(1) }, Claim { shares: 1, unpaid: whole(5) }];
    // One share takes 1; a millionth of a share the three millionths that are left: 3 a share.
    let sum = whole(1) + Ratio::new(3.into(), 1_000_000.into());
    assert_eq!(equal_level(&claims, &sum), whole(3));
}

fn date(text: &str) -> Date {
    parse_iso(text).expect("a date")
}

fn rate(compounding: Compounding) -> Rate {
    Rate { price: whole(10), yearly: whole(8) / whole(100), day_count: DayCount::Thirty360, compounding, from: None }
}

#[test]
fn months_have_thirty_days_as_the_bond_basis_counts_them() {
    // The examples that commonly accompany ISDA 2006 §4.16(f); February has no rule of its own.
    for (from, to, days) in [
        ("2007-01-15", "2007-01-30", 15),
        ("2007-01-15", "2007-02-15", 30),
        ("2007-01-15", "2007-07-15", 180),
        ("2007-09-30", "2008-03-31", 180),
        ("2007-09-30", "2007-10-31", 30),
        ("2007-09-30", "2008-09-30", 360),
        ("2007-01-15", "2007-01-31", 16),
        ("2007-01-31", "2007-02-28", 28),
        ("2007-02-28", "2007-03-31", 33),
        ("2006-08-31", "2007-02-28", 178),
        ("2007-02-28", "2007-08-31", 183),
    ] {
        // 360 a year is 1 a day.
        let rate = Rate { price: whole(360), yearly: whole(1), ..rate(Compounding::None) };
        let owed = accrued(&rate, &QuarterDates::default(), date(from), &whole(0), date(to));
        assert_eq!(owed, whole(days), "{from} to {to}");
    }
}

#[test]
fn what_is_unpaid_joins_the_base_on_compounding_dates_alone() {
    let quarters = QuarterDates::default();
    let owed = |compounding, to| accrued(&rate(compounding), &quarters, date("2023-12-15"), &whole(0), date(to));
    assert_eq!(owed(Compounding::None, "2024-12-15"), whole(80) / whole(100));
    // 10 × 1.02² − 10 by the half year, and then 10.404 at 4 %.
    assert_eq!(owed(Compounding::Quarterly, "2024-06-15"), whole(404) / whole(1000));
    assert_eq!(owed(Compounding::Semiannual, "2024-06-15"), whole(4) / whole(10));
    assert_eq!(owed(Compounding::Semiannual, "2024-12-15"), whole(816) / whole(1000));
    assert_eq!(owed(Compounding::Annual, "2025-12-15"), whole(1664) / whole(1000));
    assert_eq!(owed(Compounding::Annual, "2023-12-01"), whole(0));
}

fn entry(month: u8, asset: Option<&str>, dividend: i32, paid: i32) -> Entry {
    let quarter = day(2006, month, 15).expect("a date");
    let asset = asset.map(str::to_owned);
    Entry { quarter, asset, dividend: whole(dividend), paid: whole(paid), set_apart: false }
}

/// `unpaid, dividends behind, quarters behind`: as they are kept, and as an account of the same entries has them.
fn sums(account: &Account, month: u8) -> (i32, i32, i32) {
    let by = day(2006, month, 15).expect("a date");
    let told = account.sums(by);
    let anew = Account::new(account.due_by(by).cloned().collect());
    let number = |ratio: &Ratio| ratio.to_integer().try_into().expect("a small number");
    let again = anew.sums(by);
    assert_eq!(told, again);
    (number(&told.unpaid), number(&told.dividends_behind), told.quarters_behind)
}

#[test]
fn the_sums_that_are_kept_are_those_of_the_entries() {
    let mut account = Account::new(vec![entry(3, None, 2, 0)]);
    account.push(entry(6, None, 3, 3));
    account.push(entry(6, Some("X"), 7, 0));
    account.push(entry(9, None, 4, 0));
    assert_eq!(sums(&account, 9), (6, 2, 2));
    assert_eq!(sums(&account, 6), (2, 1, 1));
    account.change(day(2006, 6, 15).expect("a date"), |e| e.set_apart |= e.is_unpaid());
    assert_eq!(sums(&account, 9), (6, 1, 1));
    account.change(day(2006, 9, 15).expect("a date"), |e| e.paid = e.dividend.clone());
    assert_eq!(sums(&account, 12), (0, 0, 0));
}

fn shared(sum: Units, weights: [u64; 3]) -> Apportioned {
    apportion_weights(sum, weights.map(BigInt::from).to_vec())
}

#[test]
fn what_has_a_weight_is_counted_where_nothing_is_left_over_too() {
    let expected = Apportioned { units: vec![1, 1, 0], holdings: 2, left_over: 0, by_tie_rule: 0 };
    assert_eq!(shared(2, [5, 5, 0]), expected);
}

#[test]
fn a_single_unit_goes_to_the_first_of_equals() {
    let expected = Apportioned { units: vec![1, 0, 0], holdings: 3, left_over: 1, by_tie_rule: 1 };
    assert_eq!(shared(1, [7, 7, 7]), expected);
}

#[test]
fn the_tie_rule_is_counted_where_equals_stand_on_both_sides_of_the_cut() {
    let cut = Apportioned { units: vec![1, 1, 0], holdings: 3, left_over: 2, by_tie_rule: 2 };
    assert_eq!(shared(2, [7, 7, 7]), cut);
    let unequal = Apportioned { units: vec![1, 1, 0], holdings: 2, left_over: 1, by_tie_rule: 0 };
    assert_eq!(shared(2, [1, 2, 0]), unequal);
}

#[test]
fn nothing_is_nobodys() {
    assert_eq!(shared(0, [1, 0, 0]), Apportioned { units: vec![0, 0, 0], ..Apportioned::default() });
    assert_eq!(shared(5, [0, 0, 0]), Apportioned { units: vec![0, 0, 0], ..Apportioned::default() });
}

#[test]
fn the_shares_of_a_holding_stay_below_the_limit_however_many_lots_they_come_in() {
    let within = "
        register: holder_id, class, shares, certificate
        A, common, 9999999999999.999997, one
        A, common, 0.000002, two
    ";
    let holdings = |company: &crate::support::Company| {
        let loaded = company.read();
        let case = loaded.case.or(loaded.draft).expect("a case");
        let group = |lot: &Lot| Some(u32::from(case.register.certificate(lot) == "two"));
        snapshot(&case.register, &group, &case.share_factor(day(2006, 6, 15).expect("a date"))).map(|h| h.list().len())
    };
    let company = case(within);
    assert_eq!(holdings(&company).ok(), Some(1));
    assert!(holdings(&company.and("register", "A, common, 0.000001, three")).is_err());
}

#[test]
fn no_holder_is_parted_where_the_lots_of_many_are_taken_by_several_threads() {
    // Lots are taken 16,384 at a time: the second holder's stand across the first border, the third's begin right at one.
    let lots = [16_383u64, 618, 16_384, 6_615];
    let mut company = case("register: holder_id, class, shares");
    let rows = (1..).zip(lots).flat_map(|(holder, count)| vec![format!("{holder},common,1"); count as usize]);
    company = company.and("register", &rows.collect::<Vec<_>>().join("\n"));
    let case = company.load();
    let factor = case.share_factor(day(2006, 6, 15).expect("a date"));
    let holdings = snapshot(&case.register, &|_: &Lot| Some(0), &factor).expect("within the limits");
    let shares: Vec<u64> = holdings.list().iter().map(|holding| holding.shares / 1_000_000).collect();
    assert_eq!(shares, lots);
}
