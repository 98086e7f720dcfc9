//! §2(c): dividends are cumulative, and "accrued but unpaid dividends shall not bear interest".

use crate::support::runs::refusal;
use crate::support::{Company, case};

/// 100 shares; 1.00 a share for 03-15, 2.00 for 06-15.
fn two_quarters() -> Company {
    case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01
         2006-05-01, cash, 0.02",
    )
}

/// What nothing paid stays, to the cent, however long; the oldest quarter is paid first.
#[test]
fn cumulative_without_interest() {
    let company = two_quarters();
    assert_eq!(company.dividend("2006-06-15").cohorts(), ["2005-12-15: 1 + 2 = 3, paid 3"]);
    assert_eq!(company.dividend("2016-06-15").cohorts(), ["2005-12-15: 3 + 0 = 3, paid 3"]);
    assert_eq!(company.dividend_of("2006-06-15", "150").arrears(), ["2005-12-15 2006-06-15 2 paid 0.5"]);
    assert_eq!(
        company.dividend_of("2006-06-15", "40").arrears(),
        ["2005-12-15 2006-03-15 1 paid 0.4", "2005-12-15 2006-06-15 2 paid 0"]
    );
}

/// Every row not paid in full and every row of the latest quarter; cash of the latest quarter always.
#[test]
fn rows_for_the_next_run() {
    let company =
        two_quarters().and("register", "B, series-a, 1, 2006-06-01").and("declarations", "2006-08-01, cash, 0.03");
    assert_eq!(
        company.dividend("2006-06-15").arrears(),
        ["2005-12-15 2006-06-15 2 paid 2", "2006-03-15 2006-06-15 2 paid 2"]
    );
    // Nothing declared for 12-15: rows at 0 all the same. The cohort that is not entitled yet has none.
    let quiet = two_quarters().and("register", "B, series-a, 1, 2006-12-15");
    assert_eq!(quiet.dividend("2006-12-15").arrears(), ["2005-12-15 2006-12-15 0 paid 0"]);
    // Assets after the currency.
    let in_kind = company.with(
        "declarations: declared_date, kind, amount, asset
         2006-05-01, in-kind, 0.002, Tidewater
         2006-05-01, cash, 0.01,",
    );
    assert_eq!(
        in_kind.dividend_of("2006-06-15", "0").arrears(),
        [
            "2005-12-15 2006-06-15 1 paid 0",
            "2005-12-15 2006-06-15 Tidewater 0.2 paid 0.2",
            "2006-03-15 2006-06-15 1 paid 0",
            "2006-03-15 2006-06-15 Tidewater 0.2 paid 0.2",
        ]
    );
}

/// Quarters up to an `arrears` table's date come from it alone; where it is silent of the latest, cash stands at 0.
#[test]
fn rows_of_a_quarter_that_the_table_leaves_out() {
    let brought_forward = two_quarters().with(
        "arrears: as_of, accrual_start, quarter, dividend_per_share, paid_per_share
         2006-06-15, 2005-12-15, 2006-03-15, 1, 0.25",
    );
    let run = brought_forward.dividend_of("2006-06-20", "25");
    assert_eq!(run.cohorts(), ["2005-12-15: 0.75 + 0 = 0.75, paid 0.25"]);
    assert_eq!(run.arrears(), ["2005-12-15 2006-03-15 1 paid 0.5", "2005-12-15 2006-06-15 0 paid 0"]);
}

/// A payment pays the quarters up to the day as of which it is applied: its `quarter`, if given.
#[test]
fn payments_of_a_quarter() {
    for (row, expected) in [
        // 06-20 is within 5 days of 06-15, so it pays both quarters, the oldest first.
        ("2006-06-20, 100, ", "2005-12-15: 2 + 0 = 2, paid 2"),
        ("2006-06-20, 100, 2006-03-15", "2005-12-15: 2 + 0 = 2, paid 2"),
        ("2006-06-20, full, 2006-03-15", "2005-12-15: 2 + 0 = 2, paid 2"),
        ("2006-06-20, full, 2006-06-15", "2005-12-15: 0 + 0 = 0, paid 0"),
        ("2006-06-20, full, ", "2005-12-15: 0 + 0 = 0, paid 0"),
        ("2006-06-14, full, ", "2005-12-15: 2 + 0 = 2, paid 2"),
    ] {
        let company = two_quarters().with(&format!("payments: date, amount, quarter\n{row}"));
        assert_eq!(company.dividend("2006-09-15").cohorts(), [expected], "{row}");
    }
    // Any day may be given: the quarters up to it are paid.
    let between = two_quarters().with("payments: date, amount, quarter\n2006-06-20, full, 2006-06-14");
    assert_eq!(between.dividend("2006-09-15").cohorts(), ["2005-12-15: 2 + 0 = 2, paid 2"]);
}

/// "A weekend does not make a default": paid within 5 days after a quarter date is paid as of it; 6 days is late.
#[test]
fn five_days_of_grace() {
    for (paid, expected) in [("2006-03-15", "allowed"), ("2006-03-20", "allowed"), ("2006-03-21", "4(a)(i)")] {
        let company = two_quarters().with(&format!(
            "payments: date, amount
             {paid}, 100

             actions: date, action
             2006-03-18, junior-dividend"
        ));
        assert_eq!(company.actions().verdicts(), [expected], "paid {paid}");
    }
}

/// A run on D takes what was paid before D; a row as of D is the run's own sum.
#[test]
fn a_payment_as_of_the_day_is_the_runs_sum() {
    let company = two_quarters().with("payments: date, amount\n2006-06-15, 120\n2006-06-17, 30");
    let run = company.dividend("2006-06-15");
    assert_eq!(run.cash(), "A 150.00");
    assert_eq!(run.totals(), "due 300.00 gross 150.00 unpaid 150.00 not_distributed 0.00");
    assert_eq!(refusal(company.try_dividend("2006-06-15", "150")), "3 payments.date.beside-funds");
    let asset = two_quarters().with("payments: date, amount, asset\n2006-06-15, full, Tidewater");
    assert_eq!(refusal(asset.try_dividend("2006-06-15", "150")), "3 payments.date.beside-funds");
    let apart = two_quarters().with("payments: date, amount, status\n2006-06-15, full, set-apart");
    assert_eq!(apart.dividend_of("2006-06-15", "150").cash(), "A 150.00");
    // What of it is over is not distributed.
    let over = two_quarters().with("payments: date, amount\n2006-06-15, 300.01");
    assert_eq!(over.dividend("2006-06-15").totals(), "due 300.00 gross 300.00 unpaid 0.00 not_distributed 0.01");
}

/// More than is due by over one smallest unit for each lot is a problem.
#[test]
fn more_than_is_due() {
    let two_lots = two_quarters().with(
        "register: holder_id, class, shares, issue_date
         A, series-a, 60, 2005-12-15
         A, series-a, 40, 2005-12-15",
    );
    for (company, amount, expected) in [
        (two_quarters(), "100.01", "done"),
        (two_quarters(), "100.02", "3 payments.amount.more-than-due"),
        (two_lots.clone(), "100.02", "done"),
        (two_lots, "100.03", "3 payments.amount.more-than-due"),
    ] {
        let company = company.with(&format!("payments: date, amount\n2006-03-15, {amount}"));
        assert_eq!(refusal(company.try_dividend("2006-03-15", "")), expected, "the run's own sum {amount}");
        assert_eq!(refusal(company.try_dividend("2006-06-15", "")), expected, "an earlier sum {amount}");
    }
}

/// An `arrears` table takes the place of everything up to its day.
#[test]
fn brought_forward() {
    let company = two_quarters().with(
        "arrears: as_of, accrual_start, quarter, asset, dividend_per_share, paid_per_share
         2006-03-15, 2005-12-15, 2006-03-15, USD, 5, 1.5
         2006-03-15, 2005-12-15, 2006-03-15, Tidewater, 0.25, 0

         payments: date, amount
         2006-03-20, 100            # as of 03-15: in the table already
         2006-03-21, 100",
    );
    let run = company.dividend("2006-06-15");
    assert_eq!(run.cohorts(), ["2005-12-15: 2.5 + 2 = 4.5, paid 4.5"]);
    assert_eq!(run.in_kind(), "A 25 Tidewater");
    assert_eq!(company.dividend("2006-06-15").arrears()[0], "2005-12-15 2006-06-15 2 paid 2");
}

/// An `arrears` table of a day after the run's is a problem; one of the day itself is not.
#[test]
fn arrears_of_a_later_day() {
    let arrears = |as_of: &str| {
        two_quarters().with(&format!(
            "arrears: as_of, accrual_start, quarter, dividend_per_share, paid_per_share
             {as_of}, 2005-12-15, 2006-03-15, 5, 1.5

             consideration: component, amount
             USD, 1"
        ))
    };
    for (as_of, expected) in [("2006-06-15", "done"), ("2006-06-16", "3 arrears.as_of.after-date")] {
        let company = arrears(as_of);
        assert_eq!(refusal(company.try_dividend("2006-06-15", "")), expected, "dividend, {as_of}");
        assert_eq!(refusal(company.try_liquidate("2006-06-15", "1")), expected, "liquidate, {as_of}");
        assert_eq!(refusal(company.try_exchange("2006-06-15")), expected, "exchange, {as_of}");
        assert_eq!(refusal(company.try_vote("2006-06-15")), expected, "vote, {as_of}");
        assert_eq!(refusal(company.try_captable("2006-06-15")), "done", "captable, {as_of}");
    }
}

/// A derivation names eight earlier quarters; of more the sum of the rest.
#[test]
fn many_earlier_quarters() {
    let mut company = two_quarters();
    for day in ["2006-08-01", "2006-11-01", "2007-02-01", "2007-05-01", "2007-08-01", "2007-11-01", "2008-02-01"] {
        company = company.and("declarations", &format!("{day}, cash, 0.03"));
    }
    let listed = |company: &Company, date: &str| {
        let steps = company.dividend(date).outcome.cohorts[0].steps.clone();
        steps.into_iter().find(|step| step.what.starts_with("Plus what is unpaid")).expect("the step").what
    };
    let nine = listed(&company, "2008-06-15");
    assert!(nine.contains("3.00 for 2007-12-15, 3.00 for 2008-03-15)"), "{nine}");
    company = company.and("declarations", "2008-05-01, cash, 0.045");
    let ten = listed(&company, "2008-09-15");
    assert!(ten.contains("3.00 for 2007-12-15, and 7.50 for 2 more, the last of 2008-06-15)"), "{ten}");
}

/// What is unpaid in kind is delivered in full, whatever the funds.
#[test]
fn assets_are_delivered_in_full() {
    let company = two_quarters().with(
        "declarations: declared_date, kind, amount, asset
         2006-02-01, in-kind, 0.01, Tidewater
         2006-05-01, in-kind, 0.02, Tidewater
         2006-05-01, cash, 0.01,",
    );
    let run = company.dividend_of("2006-06-15", "20.00");
    assert_eq!((run.cash(), run.in_kind()), ("A 20.00".to_owned(), "A 300 Tidewater".to_owned()));
    assert_eq!(run.payments_out(), "20.00, full Tidewater");
    let delivered = company.with("payments: date, amount, asset\n2006-03-15, full, Tidewater");
    assert_eq!(delivered.dividend("2006-06-15").in_kind(), "A 200 Tidewater");
}

/// `payments.csv` has a cash row exactly when the run changed Series A's cash ledger.
#[test]
fn payments_to_append() {
    let company = two_quarters();
    assert_eq!(company.dividend("2006-06-15").payments_out(), "300.00");
    assert_eq!(company.dividend_of("2006-06-15", "0").payments_out(), "");
    assert_eq!(company.without("declarations").dividend("2006-06-15").payments_out(), "");
    // Two holdings of 0.4 share at 0.01: 0.00 in full, and 0.00 pays them.
    let small = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 0.4, 2005-12-15
         B, series-a, 0.4, 2005-12-15

         declarations: declared_date, kind, amount
         2006-05-01, cash, 0.0001",
    );
    let run = small.dividend_of("2006-06-15", "0");
    assert_eq!((run.cash(), run.payments_out()), ("A 0.00, B 0.00".to_owned(), "0.00".to_owned()));
    assert_eq!(run.arrears(), ["2005-12-15 2006-06-15 0.01 paid 0.01"]);
}
