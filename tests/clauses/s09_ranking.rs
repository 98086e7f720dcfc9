//! §9: Series A ranks "junior to all other series of the Corporation's Preferred Stock as to the payment of dividends
//! and the distribution of assets, unless the terms of any such series shall provide otherwise".

use crate::support::{Company, case};

/// 100 shares of Series A and of x, each 1.00 a share due, and 1.00 upon liquidation.
fn company(ranking: &str, dividend_ranking: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         C, common, 10000,
         X, x, 100,

         classes: class, ranking, dividend_ranking, liquidation_preference, accrued_dividends, accrued_as_of
         x, {ranking}, {dividend_ranking}, 1.00, 1.00, 2006-06-15

         declarations: declared_date, kind, amount
         2006-05-01, cash, 0.01"
    ))
}

/// Senior where its terms do not say otherwise, upon liquidation and as to dividends.
#[test]
fn by_default_senior() {
    for (ranking, dividends, liquidation) in [
        ("", "A 20.00, X/x 100.00", "A 20.00, C/common 0.00, X/x 200.00"),
        ("senior", "A 20.00, X/x 100.00", "A 20.00, C/common 0.00, X/x 200.00"),
        ("parity", "A 60.00, X/x 60.00", "A 110.00, C/common 0.00, X/x 110.00"),
        ("junior", "A 100.00, X/x 20.00", "A 200.00, C/common 0.00, X/x 20.00"),
    ] {
        let company = company(ranking, "");
        assert_eq!(company.dividend_of("2006-06-15", "120").cash(), dividends, "{ranking}");
        assert_eq!(company.liquidate("2006-06-15", "220").paid(), liquidation, "{ranking}");
    }
}

/// A series may rank otherwise as to dividends.
#[test]
fn dividend_ranking() {
    for (ranking, dividend_ranking, dividends, liquidation) in [
        ("senior", "junior", "A 100.00, X/x 20.00", "A 20.00, C/common 0.00, X/x 200.00"),
        ("junior", "senior", "A 20.00, X/x 100.00", "A 200.00, C/common 0.00, X/x 20.00"),
        ("", "parity", "A 60.00, X/x 60.00", "A 20.00, C/common 0.00, X/x 200.00"),
        ("parity", "", "A 60.00, X/x 60.00", "A 110.00, C/common 0.00, X/x 110.00"),
    ] {
        let company = company(ranking, dividend_ranking);
        assert_eq!(company.dividend_of("2006-06-15", "120").cash(), dividends, "{ranking}/{dividend_ranking}");
        assert_eq!(company.liquidate("2006-06-15", "220").paid(), liquidation, "{ranking}/{dividend_ranking}");
    }
}

/// Among seniors, and among juniors, the smaller order is paid first; equal orders rank together.
#[test]
fn orders() {
    for ranking in ["senior", "junior"] {
        let company = |orders: [&str; 3]| {
            case(&format!(
                "register: holder_id, class, shares, issue_date
                 X, x, 100,
                 Y, y, 100,
                 Z, z, 300,

                 classes: class, ranking, order, liquidation_preference, accrued_dividends, accrued_as_of
                 x, {ranking}, {}, 0, 1.00, 2006-06-15
                 y, {ranking}, {}, 0, 1.00, 2006-06-15
                 z, {ranking}, {}, 0, 1.00, 2006-06-15",
                orders[0], orders[1], orders[2]
            ))
        };
        for (orders, expected) in [
            (["1", "2", "3"], "X/x 100.00, Y/y 50.00, Z/z 0.00"),
            (["3", "2", "1"], "X/x 0.00, Y/y 0.00, Z/z 150.00"),
            (["", "", "2"], "X/x 75.00, Y/y 75.00, Z/z 0.00"),
            (["2", "2", ""], "X/x 0.00, Y/y 0.00, Z/z 150.00"),
            (["2", "10", "2"], "X/x 37.50, Y/y 0.00, Z/z 112.50"),
        ] {
            let run = company(orders);
            assert_eq!(run.dividend_of("2006-06-15", "150").cash(), expected, "{ranking} {orders:?}");
            assert_eq!(run.liquidate("2006-06-15", "150").paid(), expected, "{ranking} {orders:?}");
        }
        let tiers = company(["3", "7", "7"]).liquidate("2006-06-15", "1").breakpoints();
        assert_eq!(tiers, format!("{ranking}-3 0, {ranking}-7 100"), "{ranking}");
    }
}

/// Seniors, then Series A with parity, then juniors, then the Common Adjustment and participation.
#[test]
fn all_ranks() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         C, common, 10000,
         J, jun, 10,
         P, par, 10,
         S, sen, 10,

         classes: class, ranking, liquidation_preference
         jun, junior, 3.00
         par, parity, 2.00
         sen, senior, 4.00",
    );
    let run = company.liquidate("2006-06-15", "1000");
    assert_eq!(run.breakpoints(), "senior-1 0, preference 40, junior-1 160, common-adjustment 190, participation 290");
    assert_eq!(run.paid(), "A 455.00, C/common 455.00, J/jun 30.00, P/par 20.00, S/sen 40.00");
    // Another series that falls short beside a payment on Common is warned of, not forbidden.
    let common = company.with(
        "classes: class, ranking, accrued_dividends, accrued_as_of
         jun, junior, 1.00, 2006-06-15
         par, parity, 0,
         sen, senior, 0,

         declarations: declared_date, kind, amount, payment_date, series_a_declared_date
         2006-05-01, cash, 0.01, 2006-06-15, 2006-05-01",
    );
    let short = |funds| common.dividend_of("2006-06-15", funds).warnings().contains("run.common.other-series-short");
    assert!(short("109.99") && !short("110.00"));
}
