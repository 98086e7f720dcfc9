//! §2(a): quarterly dividends, "rounded to the nearest cent", of 100 times what is declared on Common.

use crate::support::runs::refusal;
use crate::support::{Company, case};

/// One share since a quarter date, so that a holding's cash is the dividend per share.
fn one_share() -> Company {
    case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15",
    )
}

fn declared(date: &str, amount: &str) -> Company {
    one_share().with(&format!("declarations: declared_date, kind, amount\n{date}, cash, {amount}"))
}

/// E1: a split in the middle of a quarter, to the cent, and what the other readings give.
#[test]
fn e1_split_mid_quarter() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         H1, series-a, 1200, 2005-12-15
         H2, series-a, 0.37, 2005-12-15
         H3, series-a, 45.5, 2005-12-15

         adjustments: effective_date, kind, common_before, common_after
         2006-05-01, subdivision, 10000000, 15000000

         declarations: declared_date, kind, amount
         2006-04-03, cash, 0.0333
         2006-05-20, cash, 0.025",
    );
    let date = "2006-06-15";
    assert_eq!(company.dividend(date).cohorts(), ["2005-12-15: 0 + 7.08 = 7.08, paid 7.08"]);
    assert_eq!(company.dividend(date).cash(), "H1 8496.00, H2 2.62, H3 322.14");

    let at_payment = company.set("reading.split_timing", "at-payment");
    assert_eq!(at_payment.dividend(date).cohorts(), ["2005-12-15: 0 + 8.75 = 8.75, paid 8.75"]);
    let half_even = at_payment.set("reading.midpoint", "half-even");
    assert_eq!(half_even.dividend(date).cohorts(), ["2005-12-15: 0 + 8.74 = 8.74, paid 8.74"]);
    let exclude = company.set("reading.cash_dividends", "exclude");
    assert_eq!(exclude.dividend(date).cash(), "H1 0.00, H2 0.00, H3 0.00");
}

/// "(rounded to the nearest cent)": half a cent goes away from zero, or to the even cent.
#[test]
fn rounded_to_the_nearest_cent() {
    // amount × 100: the dividend per share before rounding.
    for (amount, half_up, half_even) in [
        ("0.001249", "0.12", "0.12"),
        ("0.00125", "0.13", "0.12"),
        ("0.001251", "0.13", "0.13"),
        ("0.00135", "0.14", "0.14"),
    ] {
        let company = declared("2006-05-01", amount);
        assert_eq!(company.dividend("2006-06-15").cash(), format!("A {half_up}"), "half-up {amount}");
        let even = company.set("reading.midpoint", "half-even");
        assert_eq!(even.dividend("2006-06-15").cash(), format!("A {half_even}"), "half-even {amount}");
    }
}

/// The sum of a quarter is rounded, not each declaration.
#[test]
fn the_sum_is_rounded_once() {
    let company = one_share().with(
        "declarations: declared_date, kind, amount
         2006-05-01, cash, 0.000024
         2006-05-02, cash, 0.000026",
    );
    assert_eq!(company.dividend("2006-06-15").cash(), "A 0.01");
}

/// A holding's payment is its shares times the dividend per share, rounded to the cent.
#[test]
fn each_holding_is_rounded() {
    let company = declared("2006-05-01", "0.01")
        .and("register", "B, series-a, 0.005, 2005-12-15\nD, series-a, 0.004999, 2005-12-15");
    assert_eq!(company.dividend("2006-06-15").cash(), "A 1.00, B 0.01, D 0.00");
    let even = company.set("reading.midpoint", "half-even");
    assert_eq!(even.dividend("2006-06-15").cash(), "A 1.00, B 0.00, D 0.00");
}

/// "declared … since the immediately preceding Quarterly Dividend Payment Date": after it, up to and with the next.
#[test]
fn window_of_a_quarter() {
    for (date, expected) in [
        ("2006-03-14", "2005-12-15: 1 + 0 = 1, paid 1"),
        ("2006-03-15", "2005-12-15: 1 + 0 = 1, paid 1"),
        ("2006-03-16", "2005-12-15: 0 + 1 = 1, paid 1"),
        ("2006-06-14", "2005-12-15: 0 + 1 = 1, paid 1"),
        ("2006-06-15", "2005-12-15: 0 + 1 = 1, paid 1"),
        ("2006-06-16", "2005-12-15: 0 + 0 = 0, paid 0"),
    ] {
        assert_eq!(declared(date, "0.01").dividend("2006-06-15").cohorts(), [expected], "declared {date}");
    }
}

/// "or, with respect to the first Quarterly Dividend Payment Date, since the first issuance of any share".
#[test]
fn window_of_the_first_quarter() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2006-01-20",
    );
    for (date, expected) in
        [("2006-01-19", "A 0.00"), ("2006-01-20", "A 1.00"), ("2006-03-15", "A 1.00"), ("2006-03-16", "A 0.00")]
    {
        let company = company.with(&format!("declarations: declared_date, kind, amount\n{date}, cash, 0.01"));
        assert_eq!(company.dividend("2006-03-15").cash(), expected, "declared {date}");
        let uniform = company.set("reading.first_period", "uniform");
        assert_eq!(uniform.dividend("2006-03-15").cash(), expected, "uniform, declared {date}");
    }
}

/// "commencing on the first Quarterly Dividend Payment Date after the first issuance": not on it.
#[test]
fn quarters_begin_after_the_first_issuance() {
    for (first, date, expected) in [
        ("2006-03-14", "2006-03-15", "done"),
        ("2006-03-15", "2006-03-15", "3 run.date.nothing-due"),
        ("2006-03-15", "2006-06-15", "done"),
        ("2006-03-14", "2006-03-16", "3 run.date.nothing-due"),
    ] {
        let company = case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, 1, {first}"
        ));
        assert_eq!(refusal(company.try_dividend(date, "")), expected, "first issued {first}, run {date}");
    }
}

/// `first_issuance_date` says when, where the register does not go back so far.
#[test]
fn first_issuance_as_stated() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2006-04-20

         declarations: declared_date, kind, amount
         2006-04-01, cash, 0.01",
    );
    // From the register F is 04-20: a declaration before it does not count. As stated, A's cohort is 2006-03-15.
    assert_eq!(company.dividend("2006-06-15").cohorts(), ["2006-04-20: 0 + 0 = 0, paid 0"]);
    let stated = company.set("first_issuance_date", "2005-08-01");
    assert_eq!(stated.dividend("2006-06-15").cohorts(), ["2006-03-15: 0 + 1 = 1, paid 1"]);
}

/// A date on which nothing is due is a mistake; the problem names the quarter date that was likely meant.
#[test]
fn other_dates_name_the_next_quarter_date() {
    let case = one_share().load();
    let plan = ratable::internals::runs::DividendPlan {
        date: crate::support::runs::day("2006-03-16"),
        pay_date: None,
        funds: None,
        acknowledged: Vec::new(),
    };
    match ratable::internals::runs::dividend::run(&case, &plan) {
        Err(ratable::internals::runs::Refusal::Problems(list)) => {
            assert_eq!(list.len(), 1);
            assert!(list[0].help.contains("2006-06-15"), "{}", list[0].help);
        }
        other => panic!("{:?}", other.map(|o| o.totals)),
    }
}

/// Where something is due, any date will do.
#[test]
fn arrears_can_be_paid_on_any_date() {
    let company = declared("2006-05-01", "0.01");
    assert_eq!(company.dividend("2006-07-20").cash(), "A 1.00");
}

/// "100 times the aggregate per share amount (payable in kind) of all non-cash dividends", to 12 decimals half-even.
#[test]
fn in_kind() {
    for (ratio, amount, expected) in [
        ("1:1", "0.003", "2005-12-15 0.3 Tidewater"),
        ("1:3", "0.001", "2005-12-15 0.033333333333 Tidewater"),
        ("1:200", "0.000000000005", "2005-12-15 0.000000000002 Tidewater"),
        ("1:200", "0.000000000007", "2005-12-15 0.000000000004 Tidewater"),
    ] {
        let company = one_share().with(&format!(
            "adjustments: effective_date, kind, ratio
             2006-04-01, combination, {ratio}

             declarations: declared_date, kind, amount, asset
             2006-05-01, in-kind, {amount}, Tidewater"
        ));
        let company = if ratio == "1:1" { company.without("adjustments") } else { company };
        assert_eq!(company.dividend("2006-06-15").in_kind_per_share(), expected, "{ratio} × {amount}");
    }
}

/// What is delivered is rounded down to 6 decimals; assets in order of name, each with all that is unpaid of it.
#[test]
fn in_kind_is_delivered_rounded_down() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 0.333333, 2005-12-15

         declarations: declared_date, kind, amount, asset
         2006-02-01, in-kind, 0.04, Windmill
         2006-04-01, in-kind, 0.01, Windmill
         2006-05-01, in-kind, 0.000123456789, Tidewater",
    );
    // 0.333333 × 5 = 1.666665; 0.333333 × 0.0123456789 = 0.0041152…
    let run = company.dividend("2006-06-15");
    assert_eq!(run.in_kind(), "A 0.004115 Tidewater, A 1.666665 Windmill");
    assert_eq!(run.cash(), "A 0.00");
    assert_eq!(run.payments_out(), "full Tidewater, full Windmill");
}

/// Reading `in_kind=cash-equivalent`: each declaration at its own fair value joins the cash before rounding.
#[test]
fn in_kind_as_cash() {
    let company = one_share().set("reading.in_kind", "cash-equivalent").with(
        "declarations: declared_date, kind, amount, asset, fair_value
         2006-04-03, cash, 0.0001,,
         2006-04-10, in-kind, 0.002, Tidewater, 10.02
         2006-05-01, in-kind, 0.001, Tidewater, 11.005",
    );
    // 0.01 + 2.004 + 1.1005 = 3.1145
    let run = company.dividend("2006-06-15");
    assert_eq!((run.cash(), run.in_kind()), ("A 3.11".to_owned(), String::new()));
    let unknown = company.with(
        "declarations: declared_date, kind, amount, asset
         2006-05-01, in-kind, 0.001, Tidewater",
    );
    assert_eq!(refusal(unknown.try_dividend("2006-06-15", "")), "3 declarations.fair_value.missing");
}

/// Reading `fractions=cash-in-lieu`: whole units, and the fraction in cash at the asset's latest fair value by then.
#[test]
fn fractions_in_cash() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 10, 2005-12-15
         B, series-a, 25.5, 2005-12-15
         C, common, 1001,

         declarations: declared_date, kind, amount, asset, fair_value, payment_date
         2006-05-01, in-kind, 0.001, Tidewater, 7.77, 2006-06-15
         2006-05-02, in-kind, 0.001, Tidewater,,
         2006-06-16, in-kind, 0.001, Tidewater, 99,",
    )
    .set("reading.fractions", "cash-in-lieu");
    // A 10 × 0.2 = 2; B 25.5 × 0.2 = 5.1: 5 and 0.1 × 7.77; C 1.001: 1 and 0.001 × 7.77.
    let run = company.dividend("2006-06-15");
    assert_eq!(run.in_kind(), "A 2 Tidewater, B 5 Tidewater, C/common 1 Tidewater");
    assert_eq!(run.cash(), "A 0.00, B 0.78, C/common 0.01");
    assert_eq!(run.totals(), "due 0.79 gross 0.79 unpaid 0.00 not_distributed 0.00");
    // Outside the funds.
    assert_eq!(company.dividend_of("2006-06-15", "0.00").cash(), "A 0.00, B 0.78, C/common 0.01");
}

/// A dividend payable in Common shares and a subdivision pay Series A nothing: they are no declarations.
#[test]
fn stock_dividends_pay_nothing() {
    let company = one_share().with(
        "adjustments: effective_date, kind, ratio
         2006-04-01, stock-dividend, 11:10
         2006-05-01, subdivision, 2:1",
    );
    assert_eq!(company.dividend("2006-06-15").cash(), "A 0.00");
}

/// Tax is withheld from cash only, rounded to the cent; a blank rate inherits the holder's other rows.
#[test]
fn withholding() {
    let company = case(
        "register: holder_id, class, shares, issue_date, withholding_rate
         A, series-a, 0.5, 2005-12-15, 5%
         B, series-a, 1.3, 2005-12-15, 0.24
         B, series-a, 1, 2005-12-15,
         C, common, 1000,, 30%

         declarations: declared_date, kind, amount, asset, payment_date
         2006-05-01, cash, 0.01,, 2006-06-15
         2006-05-01, in-kind, 0.01, Tidewater, 2006-06-15",
    );
    let run = company.dividend("2006-06-15");
    assert_eq!(run.cash(), "A 0.50, B 2.30, C/common 10.00");
    // 0.025 → 0.03; 0.552 → 0.55.
    assert_eq!(run.withheld(), "A 0.03, B 0.55, C/common 3.00");
    assert_eq!(run.in_kind(), "A 0.5 Tidewater, B 2.3 Tidewater, C/common 10 Tidewater");
    let even = company.set("reading.midpoint", "half-even");
    assert_eq!(even.dividend("2006-06-15").withheld(), "A 0.02, B 0.55, C/common 3.00");
}

/// Common is paid what has the run's date for its payment date: each declaration rounded, assets summed first.
#[test]
fn common_is_paid_beside() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15
         C, common, 1, 2006-01-01
         D, common, 1, 2006-05-11

         declarations: declared_date, kind, amount, asset, record_date, payment_date
         2006-05-01, cash, 0.005,,, 2006-06-15
         2006-05-02, cash, 0.005,, 2006-05-10, 2006-06-15
         2006-05-03, cash, 7,,, 2006-06-14
         2006-05-04, in-kind, 0.0000005, Tidewater,, 2006-06-15
         2006-05-05, in-kind, 0.0000005, Tidewater, 2006-05-11, 2006-06-15",
    );
    let run = company.dividend("2006-06-15");
    assert_eq!(run.cash(), "A 701.00, C/common 0.02, D/common 0.01");
    assert_eq!(run.in_kind(), "A 0.0001 Tidewater, C/common 0.000001 Tidewater, D/common 0.000001 Tidewater");
}
