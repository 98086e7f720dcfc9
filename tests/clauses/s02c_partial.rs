//! §2(c): what is less than the total due "shall be allocated pro rata on a share-by-share basis among all such shares".

use crate::support::{Company, case};

/// E3: unpaid per share 10.00, 4.00, 0.75 and 0.
fn e3() -> Company {
    case(
        "register: holder_id, class, shares, issue_date
         H1, series-a, 100, 2005-03-15
         H2, series-a, 60, 2005-06-15
         H3, series-a, 40.5, 2005-09-15
         H4, series-a, 20, 2005-12-15

         arrears: as_of, accrual_start, quarter, dividend_per_share, paid_per_share
         2006-03-15, 2005-03-15, 2005-12-15, 7, 1
         2006-03-15, 2005-03-15, 2006-03-15, 4, 0
         2006-03-15, 2005-06-15, 2006-03-15, 4, 0
         2006-03-15, 2005-09-15, 2006-03-15, 4, 3.25
         2006-03-15, 2005-12-15, 2006-03-15, 4, 4",
    )
}

/// The same for every share, but none more than its own: λ = 4557/1280.
#[test]
fn e3_partial_payment() {
    let run = e3().dividend_of("2006-06-15", "600");
    assert_eq!(run.cash(), "H1 356.02, H2 213.61, H3 30.37, H4 0.00");
    assert_eq!(
        run.cohorts(),
        [
            "2005-03-15: 10 + 0 = 10, paid 3.56015625",
            "2005-06-15: 4 + 0 = 4, paid 3.56015625",
            "2005-09-15: 0.75 + 0 = 0.75, paid 0.75",
            "2005-12-15: 0 + 0 = 0, paid 0",
        ]
    );
    // The oldest quarter first.
    assert_eq!(run.arrears()[0], "2005-03-15 2005-12-15 7 paid 4.56015625");
    assert_eq!(run.arrears()[1], "2005-03-15 2006-03-15 4 paid 0");
}

/// Reading `partial_payment=proportional`: each in proportion to its own unpaid.
#[test]
fn e3_proportional() {
    let run = e3().set("reading.partial_payment", "proportional").dividend_of("2006-06-15", "600");
    assert_eq!(run.cash(), "H1 472.30, H2 113.35, H3 14.35, H4 0.00");
}

/// The caps one after the other: λ below, between and above what the cohorts have unpaid.
#[test]
fn caps() {
    for (funds, expected) in [
        // 200.5 shares share alike up to 0.75.
        ("100.25", "H1 50.00, H2 30.00, H3 20.25, H4 0.00"),
        ("150.37", "H1 75.00, H2 45.00, H3 30.37, H4 0.00"),
        // Then 160 up to 4.00, then 100 up to 10.00.
        ("350.37", "H1 200.00, H2 120.00, H3 30.37, H4 0.00"),
        ("670.38", "H1 400.01, H2 240.00, H3 30.37, H4 0.00"),
        ("770.38", "H1 500.01, H2 240.00, H3 30.37, H4 0.00"),
        ("1270.37", "H1 1000.00, H2 240.00, H3 30.37, H4 0.00"),
        ("1270.38", "H1 1000.00, H2 240.00, H3 30.38, H4 0.00"),
        ("9999.99", "H1 1000.00, H2 240.00, H3 30.38, H4 0.00"),
    ] {
        assert_eq!(e3().dividend_of("2006-06-15", funds).cash(), expected, "{funds}");
    }
}

/// What is paid per share is kept to 12 decimals, half-even, in the ledger.
#[test]
fn kept_to_twelve_decimals() {
    let company = |shares: &str| {
        case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, {shares}, 2005-12-15

             declarations: declared_date, kind, amount
             2006-05-01, cash, 0.01"
        ))
    };
    assert_eq!(company("3").dividend_of("2006-06-15", "1").arrears(), ["2005-12-15 2006-06-15 1 paid 0.333333333333"]);
    assert_eq!(company("3").dividend_of("2006-06-15", "2").arrears(), ["2005-12-15 2006-06-15 1 paid 0.666666666667"]);
    // Exactly half of the twelfth decimal, to the even one: 0.0000000390625 and 0.0000001171875.
    assert_eq!(
        company("256000").dividend_of("2006-06-15", "0.01").arrears(),
        ["2005-12-15 2006-06-15 1 paid 0.000000039062"]
    );
    assert_eq!(
        company("256000").dividend_of("2006-06-15", "0.03").arrears(),
        ["2005-12-15 2006-06-15 1 paid 0.000000117188"]
    );
}

/// Units left over go one each to the largest remainders, equal ones to the smaller id, bytewise; rows do not matter.
#[test]
fn left_over_units() {
    let company = |rows: &str| {
        case(&format!(
            "register: holder_id, class, shares, issue_date
             {rows}

             declarations: declared_date, kind, amount
             2006-05-01, cash, 0.01"
        ))
    };
    let alike = "a, series-a, 1, 2005-12-15\nB, series-a, 1, 2005-12-15\n10, series-a, 1, 2005-12-15\n9, series-a, 1, 2005-12-15";
    for (funds, expected) in [
        ("0.01", "10 0.01, 9 0.00, B 0.00, a 0.00"),
        ("0.02", "10 0.01, 9 0.01, B 0.00, a 0.00"),
        ("0.03", "10 0.01, 9 0.01, B 0.01, a 0.00"),
        ("0.05", "10 0.02, 9 0.01, B 0.01, a 0.01"),
    ] {
        assert_eq!(company(alike).dividend_of("2006-06-15", funds).cash(), expected, "{funds}");
    }
    // 0.10 over 5 : 3 : 2.5: 4.76…, 2.85…, 2.38…: the two left over go to the first two.
    let unequal = "Z, series-a, 5, 2005-12-15\nY, series-a, 3, 2005-12-15\nX, series-a, 2.5, 2005-12-15";
    assert_eq!(company(unequal).dividend_of("2006-06-15", "0.10").cash(), "X 0.02, Y 0.03, Z 0.05");
}

/// A sum that reaches the smaller of Σ shares × unpaid and the total of full payments pays all.
#[test]
fn what_pays_all() {
    let company = |shares: &str| {
        case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, {shares}, 2005-12-15
             B, series-a, {shares}, 2005-12-15

             declarations: declared_date, kind, amount
             2006-05-01, cash, 0.0001"
        ))
    };
    // 2 × 0.5 × 0.01 = 0.01 exactly; in full each would get 0.01.
    for (funds, cash, arrears, over) in [
        ("0.00", "A 0.00, B 0.00", "2005-12-15 2006-06-15 0.01 paid 0", "not_distributed 0.00"),
        ("0.01", "A 0.01, B 0.00", "2005-12-15 2006-06-15 0.01 paid 0.01", "not_distributed 0.00"),
        ("0.02", "A 0.01, B 0.01", "2005-12-15 2006-06-15 0.01 paid 0.01", "not_distributed 0.00"),
        ("0.03", "A 0.01, B 0.01", "2005-12-15 2006-06-15 0.01 paid 0.01", "not_distributed 0.01"),
    ] {
        let run = company("0.5").dividend_of("2006-06-15", funds);
        assert_eq!((run.cash(), run.arrears()), (cash.to_owned(), vec![arrears.to_owned()]), "{funds}");
        assert!(run.totals().ends_with(over), "{funds}: {}", run.totals());
    }
    // 2 × 1.4 × 0.01 = 0.028, but in full each gets 0.01: 0.02 pays all.
    let run = company("1.4").dividend_of("2006-06-15", "0.02");
    assert_eq!(run.cash(), "A 0.01, B 0.01");
    assert_eq!(run.arrears(), ["2005-12-15 2006-06-15 0.01 paid 0.01"]);
    let replayed = company("1.4").with("payments: date, amount\n2006-06-15, 0.02");
    assert_eq!(replayed.dividend("2006-09-15").cohorts(), ["2005-12-15: 0 + 0 = 0, paid 0"]);
}

/// Payments in part give whole cents, and several of them add up to what is owed: each holding carries its fractions on,
/// whether the runs follow each other by their tables or by the history of payments.
#[test]
fn parts_add_up_to_what_is_owed() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15
         B, series-a, 1, 2005-12-15
         C, series-a, 1, 2005-12-15

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01",
    );
    let first = company.dividend_of("2006-03-15", "1.00");
    assert_eq!(first.cash(), "A 0.34, B 0.33, C 0.33");
    assert_eq!(first.carried(), ["A -0.006666666667", "B 0.003333333333", "C 0.003333333333"]);
    let second = company.with("payments: date, amount\n2006-03-15, 1.00").dividend_of("2006-04-03", "1.00");
    assert_eq!(second.cash(), "A 0.32, B 0.34, C 0.34");
    assert_eq!(second.carried(), ["A 0.006666666666", "B -0.003333333334", "C -0.003333333334"]);
    let third = company.with("payments: date, amount\n2006-03-15, 1.00\n2006-04-03, 1.00").dividend("2006-05-01");
    assert_eq!((third.cash().as_str(), third.carried().len()), ("A 0.34, B 0.33, C 0.33", 0));
    // The same from the tables that the second run writes.
    let tables = "arrears: as_of, accrual_start, quarter, dividend_per_share, paid_per_share
         2006-04-03, 2005-12-15, 2006-03-15, 1, 0.666666666666

         carry: as_of, holder_id, carried
         2006-04-03, A, 0.006666666666
         2006-04-03, B, -0.003333333334
         2006-04-03, C, -0.003333333334";
    assert_eq!(company.with(tables).dividend("2006-05-01").cash(), third.cash());
    // Who is not entitled any more loses what he carried.
    let sold = company.with(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 1, 2005-12-15, 2006-04-10
         B, series-a, 1, 2005-12-15
         C, series-a, 1, 2005-12-15",
    );
    let rest = sold.with(tables).dividend_of("2006-05-01", "0.50");
    assert!(rest.warnings().contains("run.carry.dropped"), "{}", rest.warnings());
    assert_eq!(rest.cash(), "B 0.25, C 0.25");
}
