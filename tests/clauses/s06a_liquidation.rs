//! §6(a): the Series A Liquidation Preference, the Common Adjustment, and the ratable participation.

use crate::support::runs::refusal;
use crate::support::{Company, case};

/// E4: M = 150; H1 600 shares with 7.08 unpaid, H2 400 with none; Common 1,500,000 and 500,000.
fn e4() -> Company {
    case(
        "register: holder_id, class, shares, issue_date
         H1, series-a, 600, 2005-12-15
         H2, series-a, 400, 2006-06-15
         C1, common, 1500000,
         C2, common, 500000,

         adjustments: effective_date, kind, common_before, common_after
         2006-05-01, subdivision, 10000000, 15000000

         declarations: declared_date, kind, amount
         2006-04-03, cash, 0.0333
         2006-05-20, cash, 0.025",
    )
}

/// E4 to the cent, under each reading of `common_adjustment`.
#[test]
fn e4_liquidation() {
    let run = e4().liquidate("2006-06-15", "1000000");
    assert_eq!(run.preferences(), "2005-12-15 8.08, 2006-06-15 1");
    assert_eq!(
        run.breakpoints(),
        // 600 × 8.08 + 400; then 2,000,000 × 328/9375 (L̄ = 5.248, over 150).
        "preference 0, common-adjustment 5248, participation 225664/3"
    );
    assert_eq!(run.paid(), "C1/common 697674.42, C2/common 232558.14, H1 43559.66, H2 26207.78");
    for (reading, expected) in [
        ("highest", "C1/common 699650.23, C2/common 233216.75, H1 41979.01, H2 25154.01"),
        ("base", "C1/common 694710.70, C2/common 231570.23, H1 45930.64, H2 27788.43"),
    ] {
        let other = e4().set("reading.common_adjustment", reading);
        assert_eq!(other.liquidate("2006-06-15", "1000000").paid(), expected, "{reading}");
    }
}

/// Each tier is paid in full before the next begins, to the cent on both sides of each breakpoint.
#[test]
fn tier_after_tier() {
    // Preference 2 × 100 × 1.00 = 200.00; Common Adjustment 10,000 × 0.01 = 100.00; then 100 : 1, so 2 : 1 in all.
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 200, 2005-12-15
         C, common, 10000,",
    );
    let date = "2006-06-15";
    assert_eq!(company.liquidate(date, "1").breakpoints(), "preference 0, common-adjustment 200, participation 300");
    let no_common = company.with("register: holder_id, class, shares, issue_date\nA, series-a, 200, 2005-12-15");
    assert_eq!(no_common.liquidate(date, "1").breakpoints(), "preference 0, participation 200");
    for (sum, expected) in [
        ("0.00", "A 0.00, C/common 0.00"),
        ("199.99", "A 199.99, C/common 0.00"),
        ("200.00", "A 200.00, C/common 0.00"),
        ("200.01", "A 200.00, C/common 0.01"),
        ("300.00", "A 200.00, C/common 100.00"),
        ("300.03", "A 200.02, C/common 100.01"),
        ("600.00", "A 400.00, C/common 200.00"),
    ] {
        assert_eq!(company.liquidate(date, sum).paid(), expected, "{sum}");
    }
    assert_eq!(
        company.liquidate(date, "600").tiers(),
        [
            "preference series-a 2005-12-15: 1 a share, 200.00 of 200.00",
            "common-adjustment common: 0.01 a share, 100.00 of 100.00",
            "participation series-a 2005-12-15: 1 a share, 200.00",
            "participation common: 0.01 a share, 100.00",
        ]
    );
}

/// "plus an amount equal to accrued and unpaid dividends and distributions thereon, whether or not declared".
#[test]
fn accrued_and_unpaid() {
    let company = e4().with(
        "declarations: declared_date, kind, amount, asset, fair_value
         2006-02-01, cash, 0.01,,
         2006-05-20, in-kind, 0.002, Tidewater, 9.00
         2006-05-21, cash, 0.02,,
         2006-06-01, in-kind, 0.001, Tidewater, 10.00",
    );
    // 1 + 1 + 150 × 0.02 + 150 × 0.003 × 10.
    assert_eq!(company.liquidate("2006-06-15", "1").preferences(), "2005-12-15 9.5, 2006-06-15 1");
    let paid = company.with(
        "payments: date, amount, asset
         2006-06-15, 600.00,
         2006-06-15, full, Tidewater",
    );
    assert_eq!(paid.liquidate("2006-06-15", "1").preferences(), "2005-12-15 4, 2006-06-15 1");
    let unknown =
        company.with("declarations: declared_date, kind, amount, asset\n2006-05-20, in-kind, 0.002, Tidewater");
    assert_eq!(refusal(unknown.try_liquidate("2006-06-15", "1")), "3 declarations.fair_value.missing");
    // The asset's own row is named, not another's.
    let one_of_two = company.with(
        "declarations: declared_date, kind, amount, asset, fair_value
         2006-05-20, in-kind, 0.002, Windmill, 3.00
         2006-05-21, in-kind, 0.002, Tidewater,",
    );
    assert_eq!(one_of_two.liquidation_refused_at("2006-06-15"), ["E3"]);
}

/// "to the date of such payment": what was declared since the last quarter date, from the day after it to the day.
#[test]
fn stub() {
    for (declared, expected) in [
        ("2006-06-15", "2005-12-15 2.5, 2006-06-15 1"), // in the quarter itself
        ("2006-06-16", "2005-12-15 2.5, 2006-06-15 2.5"),
        ("2006-08-01", "2005-12-15 2.5, 2006-06-15 2.5"),
        ("2006-08-02", "2005-12-15 1, 2006-06-15 1"),
    ] {
        let company = e4().with(&format!("declarations: declared_date, kind, amount\n{declared}, cash, 0.01"));
        assert_eq!(company.liquidate("2006-08-01", "1").preferences(), expected, "declared {declared}");
    }
    let company = e4().with(
        "declarations: declared_date, kind, amount, asset, fair_value
         2006-07-01, cash, 0.00003,,
         2006-07-02, in-kind, 0.002, Tidewater, 10.00",
    );
    // 150 × 0.00003 = 0.0045, to 0.00; 150 × 0.002 × 10.
    assert_eq!(company.liquidate("2006-08-01", "1").preferences(), "2005-12-15 4, 2006-06-15 4");
    let excluded = company.set("reading.stub", "exclude");
    assert_eq!(excluded.liquidate("2006-08-01", "1").preferences(), "2005-12-15 1, 2006-06-15 1");
    // Reading split_timing=at-payment: M of the day, 300.
    let split = company.set("reading.split_timing", "at-payment").and("adjustments", "2006-08-01, subdivision, 1, 2");
    assert_eq!(split.liquidate("2006-08-01", "1").preferences(), "2005-12-15 7.01, 2006-06-15 7.01");
}

/// Before the first quarter date the stub runs from the first issuance, and from its own issue for a first-period lot.
#[test]
fn stub_before_the_first_quarter() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2006-01-20
         B, series-a, 1, 2006-02-10

         terms: term, value
         minimum_quarterly_dividend, 5.00

         declarations: declared_date, kind, amount
         2006-01-19, cash, 0.01
         2006-01-20, cash, 0.02
         2006-02-09, cash, 0.04
         2006-02-10, cash, 0.08
         2006-03-02, cash, 0.16",
    );
    assert_eq!(company.liquidate("2006-03-01", "1").preferences(), "2006-01-20 15, 2006-02-10 9");
    let uniform = company.set("reading.first_period", "uniform");
    assert_eq!(uniform.liquidate("2006-03-01", "1").preferences(), "2006-01-20 15, 2006-02-10 15");
    // A lot that was first issued on the day itself, a quarter date, has what was declared on that day.
    let same_day = company.with("register: holder_id, class, shares, issue_date\nA, series-a, 1, 2006-03-15");
    let declared = same_day.with("declarations: declared_date, kind, amount\n2006-03-15, cash, 0.03");
    assert_eq!(declared.liquidate("2006-03-15", "1").preferences(), "2006-03-15 4");
}

/// A cohort whose dividends begin to accrue later has no part in the stub.
#[test]
fn stub_from_the_accrual_start() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15
         B, series-a, 1, 2006-06-01

         record_dates: payment_date, record_date
         2006-06-15, 2006-05-31

         declarations: declared_date, kind, amount
         2006-05-01, cash, 0.01",
    );
    // B is issued between the record date and 06-15, from which it accrues.
    assert_eq!(company.liquidate("2006-06-14", "1").preferences(), "2005-12-15 2, 2006-06-15 1");
}

/// Nobody to pay in a tier: all of the rest goes to Common, or to Series A, or is undistributed.
#[test]
fn without_common_or_series_a() {
    let register = "register: holder_id, class, shares, issue_date\n";
    let run = |rows: &str| {
        case(&format!("{register}{rows}\nP, prior, 10,\n\nclasses: class, liquidation_preference\nprior, 2.00"))
            .liquidate("2006-06-15", "100")
    };
    assert_eq!(run("C, common, 10,").paid(), "C/common 80.00, P/prior 20.00");
    assert_eq!(run("A, series-a, 10, 2005-12-15").paid(), "A 80.00, P/prior 20.00");
    let neither = run("A, series-a, 10, 2006-06-16");
    assert_eq!(neither.paid(), "P/prior 20.00");
    assert_eq!(neither.totals(), "proceeds 100.00 distributed 20.00 undistributed 80.00");
}

/// The three parts are rounded each by itself; what they are off is in `rounding`.
#[test]
fn parts_and_rounding() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 0.335, 2005-12-15
         B, series-a, 0.665, 2005-12-15
         C, common, 100,",
    );
    // 1.00 a share twice, and Common the same.
    assert_eq!(
        company.liquidate("2006-06-15", "4").parts(),
        [
            "A 0.34 + 0.00 + 0.34 + -0.01 = 0.67",
            "B 0.67 + 0.00 + 0.67 + -0.01 = 1.33",
            "C/common 0.00 + 1.00 + 1.00 + 0.00 = 2.00",
        ]
    );
}

/// Earlier distributions count: the waterfall is run on the total, and each holding gets what it is still owed.
#[test]
fn installments() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 200, 2005-12-15
         C, common, 10000,

         proceeds: date, amount
         2006-06-15, 150.00
         2006-07-01, 100.00
         2006-07-01, 50.00
         2006-08-01, 1000.00",
    );
    assert_eq!(company.liquidate("2006-06-15", "").paid(), "A 150.00, C/common 0.00");
    assert_eq!(company.liquidate("2006-07-01", "").paid(), "A 50.00, C/common 100.00");
    assert_eq!(company.liquidate("2006-08-01", "").paid(), "A 666.67, C/common 333.33");
    // With --proceeds that amount, after the earlier rows.
    assert_eq!(company.liquidate("2006-07-01", "300").paid(), "A 150.00, C/common 150.00");
    assert_eq!(
        company.liquidate("2006-07-01", "").parts(),
        ["A 50.00 + 0.00 + 0.00 + 0.00 = 50.00", "C/common 0.00 + 100.00 + 0.00 + 0.00 = 100.00"]
    );
    // Tiers are cumulative.
    assert_eq!(
        company.liquidate("2006-07-01", "").tiers()[0],
        "preference series-a 2005-12-15: 1 a share, 200.00 of 200.00"
    );
    assert_eq!(refusal(company.try_liquidate("2006-09-01", "")), "3 run.proceeds.missing");
}

/// An earlier installment is replayed as of its own date; no holding pays anything back.
#[test]
fn installments_as_of_their_dates() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         B, series-a, 100, 2006-03-15

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01
         2006-07-01, cash, 0.04

         proceeds: date, amount
         2006-06-15, 150.00
         2006-08-01, 150.00",
    );
    // First 2.00 : 1.00 a share. Then, with the stub, 6.00 : 5.00 of 300.00: 163.64 and 136.36, less 100.00 and 50.00.
    assert_eq!(company.liquidate("2006-06-15", "").paid(), "A 100.00, B 50.00");
    assert_eq!(company.liquidate("2006-08-01", "").paid(), "A 63.64, B 86.36");
    // Arrears paid off between: A's share of the total falls below what it got, so B takes all.
    let paid = company.with("payments: date, amount\n2006-07-01, 100\n").with(
        "declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01

         proceeds: date, amount
         2006-06-15, 150.00
         2006-08-01, 30.00",
    );
    assert_eq!(paid.liquidate("2006-08-01", "").paid(), "A 0.00, B 30.00");
}

/// Between the first distribution and the day nothing may change who holds what.
#[test]
fn one_register_for_all_installments() {
    let company = |register: &str, adjustment: &str| {
        case(&format!(
            "register: holder_id, class, shares, issue_date, retired_date
             A, series-a, 100, 2005-12-15,
             {register}

             adjustments: effective_date, kind, ratio
             {adjustment}

             proceeds: date, amount
             2006-06-15, 150.00
             2006-08-01, 150.00"
        ))
    };
    for (register, adjustment, expected) in [
        ("B, series-a, 1, 2006-06-15,", "", "done"),
        ("B, series-a, 1, 2006-06-16,", "", "3"),
        ("B, series-a, 1, 2006-08-01,", "", "3"),
        ("B, series-a, 1, 2006-08-02,", "", "done"),
        ("B, common, 1,, 2006-06-15", "", "done"),
        ("B, common, 1,, 2006-06-16", "", "3"),
        ("B, common, 1,, 2006-08-01", "", "3"),
        ("B, common, 1,, 2006-08-02", "", "done"),
        ("", "2006-06-15, subdivision, 3:2", "done"),
        ("", "2006-06-16, subdivision, 3:2", "3"),
        ("", "2006-08-01, subdivision, 3:2", "3"),
        ("", "2006-08-02, subdivision, 3:2", "done"),
    ] {
        let refused = refusal(company(register, adjustment).try_liquidate("2006-08-01", ""));
        let short = refused.split(' ').next().unwrap_or_default();
        assert_eq!(short, expected, "{register}{adjustment}: {refused}");
    }
}

/// Scenarios are single waterfalls, each by itself; without a sum to distribute there are only they.
#[test]
fn scenarios() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 200, 2005-12-15
         C, common, 10000,",
    );
    let run = company.scenarios("2006-06-15", &["100", "300", "600"]);
    assert!(run.outcome.distribution.is_none());
    assert_eq!(
        run.scenario_rows(),
        [
            "100.00 series-a 2005-12-15: 100.00, 0.5 a share",
            "100.00 common: 0.00, 0 a share",
            "300.00 series-a 2005-12-15: 200.00, 1 a share",
            "300.00 common: 100.00, 0.01 a share",
            "600.00 series-a 2005-12-15: 400.00, 2 a share",
            "600.00 common: 200.00, 0.02 a share",
        ]
    );
}
