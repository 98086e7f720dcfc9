//! §6(b): where the assets fall short, "distributed ratably … in proportion to their respective liquidation preferences".

use crate::support::case;

/// Series A cohorts at their preferences and parity classes at theirs, together.
#[test]
fn parity_shares_in_proportion() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         B, series-a, 100, 2006-06-15
         P, par, 100,
         C, common, 10000,

         classes: class, ranking, liquidation_preference, accrued_dividends, accrued_as_of
         par, parity, 5.00, 1.00, 2006-06-15

         declarations: declared_date, kind, amount
         2006-05-01, cash, 0.02",
    );
    // 3.00 : 1.00 : 6.00 a share; 1,000.00 in full.
    assert_eq!(company.liquidate("2006-06-15", "500").paid(), "A 150.00, B 50.00, C/common 0.00, P/par 300.00");
    assert_eq!(company.liquidate("2006-06-15", "1000").paid(), "A 300.00, B 100.00, C/common 0.00, P/par 600.00");
    assert_eq!(company.liquidate("2006-06-15", "1000.01").paid(), "A 300.00, B 100.00, C/common 0.01, P/par 600.00");
    assert_eq!(
        company.liquidate("2006-06-15", "500").tiers()[..3],
        [
            "preference series-a 2005-12-15: 1.5 a share, 150.00 of 300.00",
            "preference series-a 2006-06-15: 0.5 a share, 50.00 of 100.00",
            "preference par: 3 a share, 300.00 of 600.00",
        ]
    );
}

/// "In the event … payment in full of the Common Adjustment" is not possible: ratably to the holders of Common.
#[test]
fn common_adjustment_falls_short() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         C, common, 7500,
         D, common, 2500,",
    );
    // 10,000 × 0.01 = 100.00 in full.
    assert_eq!(company.liquidate("2006-06-15", "140").paid(), "A 100.00, C/common 30.00, D/common 10.00");
    assert_eq!(company.liquidate("2006-06-15", "199.99").paid(), "A 100.00, C/common 74.99, D/common 25.00");
}

/// Accrued dividends of another series must be of the run's day.
#[test]
fn accrued_dividends_of_the_day() {
    use crate::support::runs::refusal;
    for (accrued, as_of, expected) in [
        ("1", "2006-06-15", "done"),
        ("1", "2006-06-14", "3 classes.accrued_as_of.not-the-date"),
        ("0", "2006-06-14", "done"),
        ("0", "", "done"),
    ] {
        let company = case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, 100, 2005-12-15
             P, par, 100,

             classes: class, ranking, accrued_dividends, accrued_as_of
             par, parity, {accrued}, {as_of}"
        ));
        assert_eq!(refusal(company.try_liquidate("2006-06-15", "1")), expected, "liquidate {accrued} {as_of}");
        assert_eq!(refusal(company.try_dividend("2006-06-15", "")), expected, "dividend {accrued} {as_of}");
        assert_eq!(refusal(company.try_vote("2006-06-15")), "done", "vote {accrued} {as_of}");
    }
}
