//! Other certificates of the same family, by their terms.

use crate::support::runs::refusal;
use crate::support::{Company, case};

fn company(terms: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 10, 2005-12-20
         C, common, 100000,

         terms: term, value
         {terms}

         declarations: declared_date, kind, amount
         2006-01-10, cash, 0.002"
    ))
}

/// Multiples of 1,000 and 10,000 carry the dividend, the exchange and the Adjustment Number.
#[test]
fn multiples() {
    for (multiple, dividend, exchange, liquidation) in [
        ("100", "A 2.00", "A 1000.00, C/common 100000.00", "A 10.20, C/common 1019.80"),
        ("1000", "A 20.00", "A 10000.00, C/common 100000.00", "A 93.64, C/common 936.36"),
        ("10000", "A 200.00", "A 100000.00, C/common 100000.00", "A 515.00, C/common 515.00"),
    ] {
        let company = company(&format!("multiple, {multiple}")).with("consideration: component, amount\nUSD, 1");
        assert_eq!(company.dividend("2006-03-15").cash(), dividend, "{multiple}");
        assert_eq!(company.exchange("2006-03-15").cash(), exchange, "{multiple}");
        assert_eq!(company.vote("2006-03-15").votes(), "A 1000, C/common 100000", "{multiple}");
        let paid = company.with("payments: date, amount\n2006-03-15, full");
        assert_eq!(paid.liquidate("2006-03-15", "1030").paid(), liquidation, "{multiple}");
    }
}

/// "the greater of (a) $1.00 or (b) … times the aggregate per share amount": a minimum dividend, quarter by quarter.
#[test]
fn minimum_quarterly_dividend() {
    for (minimum, expected) in [("0.19", "A 2.00"), ("0.20", "A 2.00"), ("0.21", "A 2.10"), ("0", "A 2.00")] {
        let company = company(&format!("minimum_quarterly_dividend, {minimum}"));
        let run = company.dividend("2006-03-15");
        assert_eq!(run.cash(), expected, "{minimum}");
        // Said where it made a difference, and nowhere else.
        let steps = run.outcome.cohorts.iter().flat_map(|cohort| &cohort.steps);
        let said = steps.filter(|step| step.what.ends_with("not less than the minimum")).count();
        assert_eq!(said, usize::from(minimum == "0.21"), "{minimum}");
    }
    let company = company("minimum_quarterly_dividend, 1.50");
    assert_eq!(company.dividend("2006-09-15").cohorts(), ["2005-12-20: 3 + 1.5 = 4.5, paid 4.5"]);
    // Each cohort its own.
    let later = company.and("register", "B, series-a, 10, 2006-03-20");
    assert_eq!(later.dividend("2006-09-15").cash(), "A 45.00, B 30.00");
    // None in the stub, and none where nothing is due in cash by the reading.
    assert_eq!(company.liquidate("2006-06-14", "1").preferences(), "2005-12-20 2.5");
}

/// Quarter dates of any kind: the first of a month; fewer or more than four a year; in any order.
#[test]
fn quarter_dates() {
    for (dates, run, expected) in [
        ("01-01,04-01,07-01,10-01", "2006-01-01", "done"),
        ("01-01,04-01,07-01,10-01", "2006-03-15", "3 run.date.nothing-due"),
        ("\"10-01, 01-01, 07-01, 04-01\"", "2006-01-01", "done"),
        ("12-31", "2005-12-31", "done"),
        ("12-20", "2005-12-20", "3 run.date.nothing-due"),
        ("12-20", "2006-12-20", "done"),
    ] {
        let dates = dates.trim_matches('"');
        let company = company("").without("declarations").set("quarter_dates", dates);
        assert_eq!(refusal(company.try_dividend(run, "")), expected, "{dates} on {run}");
    }
    // Declared on 2006-01-10: the quarter of 04-01.
    let first = company("").set("quarter_dates", "01-01,04-01,07-01,10-01");
    assert_eq!(first.dividend("2006-01-01").cash(), "A 0.00");
    assert_eq!(first.dividend("2006-04-01").cash(), "A 2.00");
    assert_eq!(first.dividend("2006-04-01").accrual(), ["2005-12-20 → 2005-12-20"]);
}

/// `02-28` is always 28 February; `02-29` is the last day of February.
#[test]
fn end_of_february() {
    let company = |dates: &str| {
        case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, 1, 2006-12-20

             terms: term, value
             quarter_dates, \"{dates},05-31,08-31,11-30\""
        ))
    };
    for (dates, run, expected) in [
        ("02-28", "2007-02-28", "done"),
        ("02-28", "2008-02-28", "done"),
        ("02-28", "2008-02-29", "3 run.date.nothing-due"),
        ("02-29", "2007-02-28", "done"),
        ("02-29", "2008-02-28", "3 run.date.nothing-due"),
        ("02-29", "2008-02-29", "done"),
    ] {
        assert_eq!(refusal(company(dates).try_dividend(run, "")), expected, "{dates} on {run}");
    }
    assert_eq!(company("02-30").errors(), "terms.value.not-quarter-dates B2");
}

/// Another preference, and amounts in a currency without cents.
#[test]
fn preference_and_currency() {
    let company = company("liquidation_preference, 10.00").without("declarations");
    assert_eq!(company.liquidate("2006-03-15", "150").paid(), "A 100.00, C/common 50.00");
    let yen = company.with("terms: term, value\ncurrency, JPY\ncurrency_decimals, 0").with(
        "declarations: declared_date, kind, amount
         2006-01-10, cash, 0.0149",
    );
    assert_eq!(yen.dividend("2006-03-15").cash(), "A 10");
    let run = yen.with("payments: date, amount\n2006-03-15, full").liquidate("2006-03-15", "21");
    assert_eq!(run.paid(), "A 10, C/common 11");
}

/// `liquidation_shape=greater-of`: no Common Adjustment; a Series A share gets its preference or what conversion gives.
#[test]
fn greater_of() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 10, 2005-12-15
         B, series-a, 10, 2006-03-15
         C, common, 1000,

         terms: term, value
         liquidation_shape, greater-of

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01",
    );
    // Preferences 2.00 and 1.00 a share: 30.00. B converts from 0.01 a Common share on, A from 0.02 on.
    for (sum, expected) in [
        ("20.00", "A 13.33, B 6.67, C/common 0.00"),
        ("30.00", "A 20.00, B 10.00, C/common 0.00"),
        ("40.00", "A 20.00, B 10.00, C/common 10.00"),
        ("60.00", "A 20.00, B 20.00, C/common 20.00"),
        ("90.00", "A 30.00, B 30.00, C/common 30.00"),
    ] {
        assert_eq!(company.liquidate("2006-04-10", sum).paid(), expected, "{sum}");
    }
    assert_eq!(company.liquidate("2006-04-10", "1").breakpoints(), "preference 0, participation 30");
    // Without Common all goes to Series A, the lesser preference catching up first.
    let alone = company.with(
        "register: holder_id, class, shares, issue_date
         A, series-a, 10, 2005-12-15
         B, series-a, 10, 2006-03-15",
    );
    assert_eq!(alone.liquidate("2006-04-10", "36").paid(), "A 20.00, B 16.00");
    assert_eq!(alone.liquidate("2006-04-10", "50").paid(), "A 25.00, B 25.00");
}
