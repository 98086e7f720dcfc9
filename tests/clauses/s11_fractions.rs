//! §11: fractions of a share entitle their holder "in proportion to such holder's fractional shares".

use crate::support::case;

/// A millionth of a share takes part in everything; less than that is no share count.
#[test]
fn fractions_take_part_in_everything() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 0.5, 2005-12-15
         B, series-a, 0.25, 2005-12-15
         B, series-a, 0.25, 2006-01-10
         D, series-a, 0.000001, 2005-12-15
         C, common, 100.5,

         declarations: declared_date, kind, amount, asset
         2006-02-01, cash, 0.02,
         2006-02-01, in-kind, 0.01, Tidewater

         consideration: component, amount
         USD, 3.00",
    );
    let run = company.dividend("2006-03-15");
    assert_eq!(run.cash(), "A 1.00, B 1.00, D 0.00");
    assert_eq!(run.in_kind(), "A 0.5 Tidewater, B 0.5 Tidewater, D 0.000001 Tidewater");
    assert_eq!(company.vote("2006-03-15").votes(), "A 50, B 50, C/common 201/2, D 1/10000");
    assert_eq!(company.exchange("2006-03-15").cash(), "A 150.00, B 150.00, C/common 301.50, D 0.00");
    let paid = company.with("payments: date, amount, asset\n2006-03-15, full,\n2006-03-15, full, Tidewater");
    assert_eq!(paid.liquidate("2006-03-15", "0.60").paid(), "A 0.30, B 0.30, C/common 0.00, D 0.00");
    let finer = company.and("register", "E, series-a, 0.0000001, 2005-12-15");
    assert_eq!(finer.errors(), "register.shares.too-many-decimals D7");
}

/// A holding is the sum of its lots: payments are rounded once for it, not for each lot.
#[test]
fn rounded_by_holding() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 0.004, 2005-12-15
         A, series-a, 0.004, 2005-12-15
         A, series-a, 0.004, 2006-01-10

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01",
    );
    assert_eq!(company.dividend("2006-03-15").cash(), "A 0.01");
}

/// The smallest fraction of a Series A share sets the Common Adjustment as a whole share does.
#[test]
fn common_adjustment_of_the_smallest_fraction() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 0.000001, 2005-12-15
         C, common, 1000, ",
    );
    // 1.00 a Series A share, 100 times a Common share: 0.01 on each Common share, then what is left to both.
    let parts = company.liquidate("2006-06-15", "10.00").parts();
    assert_eq!(parts, ["A 0.00 + 0.00 + 0.00 + 0.00 = 0.00", "C/common 0.00 + 10.00 + 0.00 + 0.00 = 10.00"]);
}
