//! §3(c)(i) and (v): the default period, from six quarterly dividends in arrears until all is paid or set apart.

use crate::support::{Company, case};

/// Quarter dates after the first issuance on 2005-09-15.
const QUARTERS: [&str; 8] =
    ["2005-12-15", "2006-03-15", "2006-06-15", "2006-09-15", "2006-12-15", "2007-03-15", "2007-06-15", "2007-09-15"];

/// E5: dividends of quarters 1 to 8: 2, 0, 1, 4, 1, 1, 3, 2; 1 per share paid after quarter 4.
fn e5() -> Company {
    case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-09-15

         declarations: declared_date, kind, amount
         2005-10-01, cash, 0.02
         2006-04-01, cash, 0.01
         2006-07-01, cash, 0.04
         2006-10-01, cash, 0.01
         2007-01-01, cash, 0.01
         2007-04-01, cash, 0.03
         2007-07-01, cash, 0.02

         payments: date, amount
         2006-09-18, 100",
    )
}

/// e after each quarter, and the quarter date from which the default period runs.
#[test]
fn e5_default_period() {
    let e = |company: &Company| {
        let each = QUARTERS.map(|date| company.dividend_of_or_payments(date));
        each.join(" | ")
    };
    assert_eq!(e(&e5()), "1 | 1 | 2 | 2.5 | 3.5 | 4.5 | 5.5 | 6.5 since 2007-09-15");
    let count = e5().set("reading.six_quarters", "count-unpaid");
    assert_eq!(e(&count), "1 | 1 | 2 | 3 | 4 | 5 | 6 since 2007-06-15 | 7 since 2007-06-15");
}

impl Company {
    /// e after a run that pays nothing more than the payments table says.
    fn dividend_of_or_payments(&self, date: &str) -> String {
        let run = self.try_dividend(date, "0").or_else(|_| self.try_dividend(date, ""));
        run.unwrap_or_else(|refused| panic!("{date}: {refused}")).in_arrears()
    }
}

/// Six quarters of 1.00 a share, 100 shares; a quarter paid in part as the test says.
fn six(payments: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-09-15

         declarations: declared_date, kind, amount
         2005-10-01, cash, 0.01
         2006-01-01, cash, 0.01
         2006-04-01, cash, 0.01
         2006-07-01, cash, 0.01
         2006-10-01, cash, 0.01
         2007-01-01, cash, 0.01

         payments: date, amount, quarter, status
         {payments}"
    ))
}

/// "in an amount equal to six (6) quarterly dividends": six begin it on their quarter date, a cent less does not.
#[test]
fn six_quarterly_dividends() {
    assert_eq!(six("").vote("2007-03-14").default_since(), "-");
    assert_eq!(six("").vote("2007-03-15").default_since(), "2007-03-15");
    assert_eq!(six("2006-01-20, 0.01, , ").vote("2007-03-15").default_since(), "-");
    // Other certificates ask for other numbers.
    assert_eq!(six("").set("default_quarters", "4").vote("2007-03-15").default_since(), "2006-09-15");
    assert_eq!(six("").set("default_quarters", "5.5").vote("2007-03-15").default_since(), "2007-03-15");
}

/// The largest of the cohorts decides, among those with shares.
#[test]
fn the_cohort_furthest_behind() {
    let company = six("").and("register", "B, series-a, 1, 2006-03-15");
    assert_eq!(company.dividend_of("2007-03-15", "0").in_arrears(), "6 since 2007-03-15");
    let retired = company.with(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 100, 2005-09-15, 2007-03-01
         B, series-a, 1, 2006-03-15,",
    );
    assert_eq!(retired.dividend_of("2007-03-15", "0").in_arrears(), "4");
}

/// A quarter without a dividend counts for nothing, and neither does one that is unpaid in kind alone.
#[test]
fn quarters_without_a_cash_dividend() {
    let company = six("").with(
        "declarations: declared_date, kind, amount, asset
         2005-10-01, cash, 0.01,
         2006-01-01, in-kind, 0.01, Tidewater",
    );
    assert_eq!(
        company.vote("2007-03-15").outcome.default_period.quarters_in_arrears,
        ratable::internals::model::whole(1)
    );
}

/// Paid within 5 days after the sixth quarter date there is no default; 6 days after there was one, and it ended.
#[test]
fn a_weekend_does_not_make_a_default() {
    let on_time = six("2007-03-20, full, , ");
    let late = six("2007-03-21, full, , ");
    assert_eq!(on_time.vote("2007-03-20").default_since(), "-");
    assert_eq!(late.vote("2007-03-20").default_since(), "2007-03-15");
    assert_eq!(late.vote("2007-03-21").default_since(), "-");
}

/// "until … all accrued and unpaid dividends … shall have been declared and paid or set apart": a part is not enough.
#[test]
fn ends_when_all_is_paid() {
    for (amount, expected) in [("599.99", "2007-03-15"), ("600", "-"), ("full", "-")] {
        let company = six(&format!("2007-04-10, {amount}, , "));
        assert_eq!(company.vote("2007-04-10").default_since(), expected, "{amount}");
    }
    // Below six again, but not all: it goes on.
    let some = six("2007-04-10, 300, , ");
    assert_eq!(some.dividend_of("2007-06-15", "0").in_arrears(), "3 since 2007-03-15");
}

/// "and for the current quarterly dividend period": it goes on where something was declared since the last quarter date.
#[test]
fn ends_only_with_the_current_period() {
    for (declared, expected) in
        [("2007-03-15", "-"), ("2007-03-16", "2007-03-15"), ("2007-04-10", "2007-03-15"), ("2007-04-11", "-")]
    {
        let company = six("2007-04-10, full, , ").and("declarations", &format!("{declared}, cash, 0.01"));
        assert_eq!(company.vote("2007-04-10").default_since(), expected, "declared {declared}");
    }
    // Paid with the current quarter on its date, it ends.
    let company = six("2007-04-10, full, , \n2007-06-15, full, , ").and("declarations", "2007-04-01, cash, 0.01");
    assert_eq!(company.vote("2007-06-14").default_since(), "2007-03-15");
    assert_eq!(company.vote("2007-06-15").default_since(), "-");
}

/// Setting apart ends it and pays nothing: what is set apart does not count for e, and stays in arrears for §4.
#[test]
fn set_apart() {
    let company = six("2007-04-10, full, , set-apart").with("actions: date, action\n2007-04-11, junior-dividend");
    assert_eq!(company.vote("2007-04-09").default_since(), "2007-03-15");
    assert_eq!(company.vote("2007-04-10").default_since(), "-");
    assert_eq!(company.actions().verdicts(), ["4(a)(i)"]);
    let run = company.dividend_of("2007-06-15", "0");
    assert_eq!(run.in_arrears(), "0");
    assert_eq!(run.arrears()[0], "2005-09-15 2005-12-15 1 paid 0 set apart");
    assert_eq!(run.arrears().last().map(String::as_str), Some("2005-09-15 2007-06-15 0 paid 0"));
    // What is due later is not set apart.
    let later = company.and("declarations", "2007-05-01, cash, 0.01");
    assert_eq!(later.dividend_of("2007-06-15", "0").in_arrears(), "1");
    assert_eq!(later.dividend("2007-06-15").cash(), "A 700.00");
}

/// A dividend run is a payment too: it ends the period that it brought forward.
#[test]
fn a_run_ends_it() {
    let company = six("");
    assert_eq!(company.dividend("2007-04-10").in_arrears(), "0");
    assert_eq!(company.dividend_of("2007-04-10", "599.99").in_arrears(), "0.0001 since 2007-03-15");
    let forward = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-09-15

         arrears: as_of, default_since, accrual_start, quarter, dividend_per_share, paid_per_share
         2007-03-15, 2006-12-15, 2005-09-15, 2007-03-15, 1, 0",
    );
    assert_eq!(forward.dividend_of("2007-06-15", "0").in_arrears(), "1 since 2006-12-15");
    assert_eq!(forward.dividend("2007-06-15").in_arrears(), "0");
}

/// A run that pays nothing and changes nothing is no payment: what was all set apart before stays as it is.
#[test]
fn nothing_paid_is_no_event() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-09-15

         arrears: as_of, default_since, accrual_start, quarter, dividend_per_share, paid_per_share
         2007-03-15, 2006-12-15, 2005-09-15, 2007-03-15, 1, 1",
    );
    assert_eq!(company.dividend("2007-06-15").in_arrears(), "0 since 2006-12-15");
}

/// §3(c)(v): once the period expired, the class elects nobody.
#[test]
fn the_right_ceases() {
    let ballots = "ballots: matter, kind, holder_id, class, choice
                   Two directors, directors, A, series-a, Olsen";
    assert_eq!(
        six("2007-04-10, full, , ").with(ballots).vote("2007-04-09").tallies(),
        ["Two directors: Olsen 10000 elected"]
    );
    assert_eq!(
        six("2007-04-10, full, , ").with(ballots).vote("2007-04-10").tallies(),
        ["Two directors: Olsen 0 no-default-period"]
    );
}

/// Where no share is entitled, nothing is behind, though dividends were unpaid while there were shares.
#[test]
fn nobody_is_behind_without_shares() {
    let company = case(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 100, 2005-09-15, 2006-05-01

         declarations: declared_date, kind, amount
         2005-10-01, cash, 0.02",
    );
    let history = company.dividend("2006-06-15").outcome.history;
    let behind: Vec<String> =
        history.iter().map(|q| format!("{} of {}", q.quarters_in_arrears, q.unpaid_per_share)).collect();
    assert_eq!(behind, ["1 of 2", "1 of 2", "0 of 0"]);
}
