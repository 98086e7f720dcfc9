//! §4(a): what the company shall not do whenever dividends on Series A are in arrears.

use crate::support::runs::refusal;
use crate::support::{Company, case};

/// 1.00 a share is due on 2006-03-15, and another on 2006-06-15; nothing is paid.
fn company(actions: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         C, common, 1000,
         P, par, 10,
         Q, pax, 10,

         classes: class, ranking, accrued_dividends, accrued_as_of
         par, parity, 3, 2006-04-10
         pax, parity, 0,
         low, junior, 0,
         top, senior, 0,

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01
         2006-05-01, cash, 0.01

         actions: date, action, class, amount, entitled, series_a_amount, offer_to_all, in_exchange_for
         {actions}"
    ))
}

fn verdicts(actions: &str) -> Vec<String> {
    company(actions).actions().verdicts()
}

/// "are in arrears": from the day after the quarter date that was not paid.
#[test]
fn from_the_day_after_a_quarter_date() {
    assert_eq!(
        verdicts("2006-03-15, junior-dividend,,,,,,\n2006-03-16, junior-dividend,,,,,,"),
        ["allowed", "4(a)(i)"]
    );
}

/// "until all accrued and unpaid dividends … shall have been paid in full", and from the next unpaid quarter again.
#[test]
fn until_paid_in_full() {
    let rows = "2006-04-09, junior-dividend,,,,,,
                2006-04-10, junior-dividend,,,,,,
                2006-06-15, junior-dividend,,,,,,
                2006-06-16, junior-dividend,,,,,,";
    let paid = |amount: &str| company(rows).with(&format!("payments: date, amount\n2006-04-10, {amount}")).actions();
    assert_eq!(paid("100").verdicts(), ["4(a)(i)", "allowed", "allowed", "4(a)(i)"]);
    assert_eq!(paid("99.99").verdicts(), ["4(a)(i)"; 4]);
}

/// In kind too: "dividends or other dividends or distributions".
#[test]
fn arrears_in_kind() {
    let company = company("2006-03-16, junior-dividend,,,,,,").with(
        "declarations: declared_date, kind, amount, asset
         2006-02-01, in-kind, 0.01, Tidewater",
    );
    assert_eq!(company.actions().verdicts(), ["4(a)(i)"]);
    let delivered = company.with("payments: date, amount, asset\n2006-03-15, full, Tidewater");
    assert_eq!(delivered.actions().verdicts(), ["allowed"]);
}

/// Arrears of shares that are outstanding: those of a retired cohort are gone.
#[test]
fn arrears_on_outstanding_shares() {
    let company = company("2006-04-09, junior-dividend,,,,,,\n2006-04-10, junior-dividend,,,,,,").with(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 100, 2005-12-15, 2006-04-10
         B, series-a, 100, 2006-03-20,",
    );
    assert_eq!(company.actions().verdicts(), ["4(a)(i)", "allowed"]);
}

/// What each action comes to, in arrears and without.
#[test]
fn table_of_actions() {
    let rows = [
        ("junior-dividend,,,,,,", "4(a)(i)"),
        ("junior-stock-dividend,,,,,,", "4(a)(i)"),
        ("junior-acquisition,,,,,,", "4(a)(i)"),
        ("junior-acquisition,,,,, yes, junior-stock", "4(a)(i)"),
        ("parity-dividend, par, 1.50, 30,,,", "4(a)(ii)"),
        ("parity-acquisition, par,,,,,", "4(a)(iii)"),
        ("parity-acquisition, par,,,, yes, senior-stock", "4(a)(iii)"),
        ("parity-acquisition, par,,,,, junior-stock", "allowed"),
        ("parity-acquisition, par,,,,, Junior Stock", "allowed"),
        // A junior class is junior stock, whatever the row calls it.
        ("parity-acquisition, common,,,,, junior-stock", "4(a)(i)"),
        ("series-a-acquisition, common,,,, yes,", "4(a)(i)"),
        ("series-a-acquisition,,,,,,", "4(a)(iv)"),
        ("series-a-acquisition,,,,, no, junior-stock", "4(a)(iv)"),
        ("series-a-acquisition,,,,, yes,", "allowed"),
    ];
    for (row, expected) in rows {
        assert_eq!(verdicts(&format!("2006-04-11, {row}")), [expected], "in arrears: {row}");
        assert_eq!(verdicts(&format!("2006-03-15, {row}")), ["allowed"], "without arrears: {row}");
    }
}

/// §4(a)(ii): "paid ratably … in proportion to the total amounts to which the holders … are then entitled".
#[test]
fn ratable_parity_dividends() {
    // Series A is due 100.00 on 2006-04-10; par is the parity class with dividends due.
    for (rows, expected) in [
        ("par, 15, 30, 50", "allowed"),
        ("par, 15, 30, 50.01", "allowed"),
        ("par, 15, 30, 50.02", "4(a)(ii)"),
        ("par, 15, 30, 49.99", "allowed"),
        ("par, 15, 30, 49.98", "4(a)(ii)"),
        ("par, 30, 30, 100", "allowed"),
        ("par, 15, 30, ", "4(a)(ii)"),
        ("par, , 30, 50", "4(a)(ii)"),
        ("par, 15, , 50", "4(a)(ii)"),
        ("par, 15, 0, 50", "4(a)(ii)"),
        // pax has nothing due, but par has and is left out.
        ("pax, 5, 10, 50", "4(a)(ii)"),
    ] {
        assert_eq!(verdicts(&format!("2006-04-10, parity-dividend, {rows},,")), [expected], "{rows}");
    }
    // Rows of one date share one verdict.
    let both = |second: &str| {
        verdicts(&format!("2006-04-10, parity-dividend, par, 15, 30, 50,,\n2006-04-10, parity-dividend, {second},,"))
    };
    assert_eq!(both("pax, 5, 10, 50"), ["allowed", "allowed"]);
    assert_eq!(both("pax, 5, 20, 50"), ["4(a)(ii)", "4(a)(ii)"]);
    // Junior stock is none of it, however ratable.
    assert_eq!(both("common, 15, 30, 50"), ["allowed", "4(a)(i)"]);
}

/// "all such parity stock on which dividends are payable or in arrears": a class without shares outstanding has none.
#[test]
fn a_parity_class_without_shares() {
    let actions = "2006-04-10, parity-dividend, pax, 5, 10, 50,,\n2006-04-20, parity-dividend, pax, 5, 10, 50,,";
    // par's only lot is retired on 2006-04-20.
    let company = company(actions).with(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 100, 2005-12-15,
         P, par, 10,, 2006-04-20
         Q, pax, 10,,",
    );
    assert_eq!(company.actions().verdicts(), ["4(a)(ii)", "allowed"]);
}

/// Before the day of an arrears table its rows tell what is still unpaid, and default_since whether a default period ran.
#[test]
fn before_the_arrears_table() {
    let company = company(
        "2006-03-15, junior-dividend,,,,,,
         2006-03-16, junior-dividend,,,,,,
         2006-06-14, change-number-of-directors,,,,,,
         2006-06-15, change-number-of-directors,,,,,,
         2006-04-10, parity-dividend, par, 15, 30, 50,,
         2006-04-10, parity-dividend, pax, 5, 10, 50,,",
    )
    .with(
        "arrears: as_of, default_since, accrual_start, quarter, dividend_per_share, paid_per_share
         2006-09-15, 2006-06-15, 2005-12-15, 2006-03-15, 1, 0
         2006-09-15, 2006-06-15, 2005-12-15, 2006-06-15, 1, 0

         board: director, elected_by, elected_on
         Pam, preferred, 2006-06-15",
    );
    assert_eq!(company.actions().verdicts(), ["allowed", "4(a)(i)", "allowed", "3(c)(ii)", "allowed", "allowed"]);
    let paid = company.with(
        "arrears: as_of, default_since, accrual_start, quarter, dividend_per_share, paid_per_share
         2006-09-15, 2006-06-15, 2005-12-15, 2006-03-15, 1, 1
         2006-09-15, 2006-06-15, 2005-12-15, 2006-06-15, 1, 0",
    );
    assert_eq!(paid.actions().verdicts()[..2], ["allowed", "allowed"]);
}

/// A class is junior or parity if either of its rankings says so, junior first; senior stock is free.
#[test]
fn either_ranking() {
    for (ranking, dividend_ranking, expected) in [
        ("parity", "", "4(a)(iii), 4(b)"),
        ("senior", "parity", "4(a)(iii), 4(b)"),
        ("junior", "", "4(a)(i), 4(b)"),
        ("parity", "junior", "4(a)(i), 4(b)"),
        ("junior", "parity", "4(a)(i), 4(b)"),
        ("senior", "", "allowed"),
        ("", "", "allowed"),
    ] {
        let company = company("2006-04-10, subsidiary-acquisition, par,,,,,")
            .with(&format!("classes: class, ranking, dividend_ranking\npar, {ranking}, {dividend_ranking}\npax,,"));
        assert_eq!(company.actions().verdicts(), [expected], "{ranking} {dividend_ranking}");
    }
}

/// §4(a)(i) in a dividend run: no payment on Common while Series A stays behind.
#[test]
fn no_dividend_on_common() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         C, common, 1000,

         declarations: declared_date, kind, amount, payment_date
         2006-05-01, cash, 0.01, 2006-06-15",
    );
    assert_eq!(refusal(company.try_dividend("2006-06-15", "100")), "done");
    assert_eq!(refusal(company.try_dividend("2006-06-15", "99.99")), "4 run.common.arrears");
    // Not if Common is paid on another day.
    let later =
        company.with("declarations: declared_date, kind, amount, payment_date\n2006-05-01, cash, 0.01, 2006-06-16");
    assert_eq!(refusal(later.try_dividend("2006-06-15", "99.99")), "done");
    // Acknowledged, it is done and said.
    let run = company.dividend_in_spite_of("2006-06-15", "99.99", &["4(a)(i)"]);
    assert_eq!(run.cash(), "A 99.99, C/common 10.00");
    assert_eq!(run.outcome.acknowledged, ["4(a)(i)"]);
    assert!(run.warnings().contains("run.clause.acknowledged"), "{}", run.warnings());
    // Where it does not stand in the way, there is nothing to acknowledge.
    assert!(company.dividend_in_spite_of("2006-06-15", "100", &["4(a)(i)"]).outcome.acknowledged.is_empty());
    // A payment of the day's quarters that the table says was less.
    let stated = company.with("payments: date, amount\n2006-06-15, 99.99");
    assert_eq!(refusal(stated.try_dividend("2006-06-15", "")), "4 run.common.arrears");
}

/// §4(a)(ii) in a dividend run: Series A and parity classes share in proportion to what each is due in all.
#[test]
fn a_rank_shares_ratably() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         B, series-a, 100, 2006-04-01
         P, par, 100,

         classes: class, ranking, accrued_dividends, accrued_as_of
         par, parity, 3, 2006-06-15

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01
         2006-05-01, cash, 0.02",
    );
    // A is due 300.00, B 200.00, P 300.00. Of 400.00 Series A gets 250.00, 1.25 a share; P 150.00.
    let run = company.dividend_of("2006-06-15", "400");
    assert_eq!(run.cash(), "A 125.00, B 125.00, P/par 150.00");
    assert_eq!(run.arrears()[0], "2005-12-15 2006-06-15 2 paid 0.25");
    assert_eq!(company.dividend_of("2006-06-15", "800").cash(), "A 300.00, B 200.00, P/par 300.00");
    assert_eq!(
        company.dividend_of("2006-06-15", "800.01").totals(),
        "due 800.00 gross 800.00 unpaid 0.00 not_distributed 0.01"
    );
    // What the payments table states is Series A's; par is paid in full, and the run warns.
    let stated = company.with("payments: date, amount\n2006-06-15, 250");
    let run = stated.dividend("2006-06-15");
    assert_eq!(run.cash(), "A 125.00, B 125.00, P/par 300.00");
    assert!(run.warnings().contains("run.parity.not-ratable"), "{}", run.warnings());
    // Of a class that nobody holds, or that is paid up, nothing is said.
    let lots = "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         B, series-a, 100, 2006-04-01";
    assert!(!stated.with(lots).dividend("2006-06-15").warnings().contains("run.parity"));
    let paid_up = stated.with("classes: class, ranking, accrued_dividends\npar, parity, 0");
    assert!(!paid_up.dividend("2006-06-15").warnings().contains("run.parity"));
    let junior = stated.with("classes: class, ranking, accrued_dividends, accrued_as_of\npar, junior, 3, 2006-06-15");
    let warnings = junior.dividend("2006-06-15").warnings();
    assert!(warnings.contains("run.junior.in-arrears") && !warnings.contains("run.parity"), "{warnings}");
    // "either as to dividends or upon liquidation": senior in dividends, junior in the other.
    let senior = "classes: class, ranking, dividend_ranking, accrued_dividends, accrued_as_of\npar, junior, senior, 3, 2006-06-15";
    let run = company.with(senior).dividend_of("2006-06-15", "400");
    assert!(run.warnings().contains("run.junior.in-arrears"), "{}", run.warnings());
    let run = company.with(senior).dividend_of("2006-06-15", "800");
    assert!(!run.warnings().contains("run.junior.in-arrears"), "{}", run.warnings());
}

/// Over its classes first, "in proportion to the total amounts", then each class's part over its holdings.
#[test]
fn a_rank_is_shared_by_class_first() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15
         P, par, 1,
         Q, par, 1,

         classes: class, ranking, accrued_dividends, accrued_as_of
         par, parity, 1, 2006-06-15

         declarations: declared_date, kind, amount
         2006-05-01, cash, 0.01",
    );
    let run = company.dividend_of("2006-06-15", "1.00");
    assert_eq!(run.cash(), "A 0.33, P/par 0.34, Q/par 0.33");
    assert_eq!(run.arrears(), ["2005-12-15 2006-06-15 1 paid 0.33"]);
}

/// Without planned actions there is nothing to judge, and that is said.
#[test]
fn nothing_is_planned() {
    let company = case("register: holder_id, class, shares, issue_date\nA, series-a, 1, 2005-12-15");
    assert_eq!(company.actions().warnings(), "actions.table.empty");
    let planned = company.with("actions: date, action, class\n2006-06-20, series-a-redemption,");
    assert_eq!(planned.actions().warnings(), "");
}
