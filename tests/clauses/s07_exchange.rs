//! §7: in a merger each share is exchanged for "100 times the aggregate amount of stock, securities, cash and/or any
//! other property … into which or for which each share of Common Stock is changed or exchanged".

use crate::support::runs::refusal;
use crate::support::{Company, case};

fn company() -> Company {
    case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 3, 2005-12-15
         B, series-a, 0.37, 2005-12-15
         C, common, 100.5,
         P, prior, 50,

         classes: class
         prior

         adjustments: effective_date, kind, ratio
         2006-05-01, combination, 1:3

         consideration: component, amount, fair_value
         Warrants, 0.001, 4.00
         USD, 2.55,
         Meridian, 0.04, 30.00",
    )
}

/// The multiple times each component, cash rounded, assets in order of name, rounded down to 6 decimals.
#[test]
fn the_multiple_of_each_component() {
    let before = company().exchange("2006-04-30");
    assert_eq!(before.cash(), "A 765.00, B 94.35, C/common 256.28");
    assert_eq!(
        before.in_kind(),
        "A 12 Meridian, A 0.3 Warrants, B 1.48 Meridian, B 0.037 Warrants, C/common 4.02 Meridian, C/common 0.1005 Warrants"
    );
    let after = company().exchange("2006-05-01");
    assert_eq!(after.cash(), "A 255.00, B 31.45, C/common 256.28");
    assert_eq!(
        after.in_kind(),
        "A 4 Meridian, A 0.1 Warrants, B 0.493333 Meridian, B 0.012333 Warrants, C/common 4.02 Meridian, C/common 0.1005 Warrants"
    );
    let even = company().set("reading.midpoint", "half-even");
    assert_eq!(even.exchange("2006-05-01").cash(), "A 255.00, B 31.45, C/common 256.28");
    let half = company().with("consideration: component, amount\nUSD, 2.50\n");
    assert_eq!(half.exchange("2006-05-01").cash(), "A 250.00, B 30.83, C/common 251.25");
}

/// Half a cent goes up, or to the even one.
#[test]
fn cash_is_rounded() {
    let company = company().with(
        "register: holder_id, class, shares, issue_date
         C, common, 0.5,
         D, common, 1.5,

         consideration: component, amount
         USD, 0.01",
    );
    assert_eq!(company.exchange("2006-05-01").cash(), "C/common 0.01, D/common 0.02");
    assert_eq!(
        company.set("reading.midpoint", "half-even").exchange("2006-05-01").cash(),
        "C/common 0.00, D/common 0.02"
    );
}

/// Reading `fractions=cash-in-lieu`: whole units, the fraction in cash, which joins the cash.
#[test]
fn fractions_in_cash() {
    let company = company().set("reading.fractions", "cash-in-lieu");
    let run = company.exchange("2006-04-30");
    assert_eq!(
        run.in_kind(),
        "A 12 Meridian, A 0 Warrants, B 1 Meridian, B 0 Warrants, C/common 4 Meridian, C/common 0 Warrants"
    );
    // A 0.3 × 4; B 0.48 × 30 + 0.037 × 4 (0.148); C 0.02 × 30 + 0.1005 × 4 (0.402).
    assert_eq!(run.cash(), "A 766.20, B 108.90, C/common 257.28");
    // Without a cash component there is cash only where a fraction was left.
    let shares = company.with("consideration: component, amount, fair_value\nMeridian, 0.04, 30.00");
    assert_eq!(shares.exchange("2006-04-30").cash(), "B 14.40, C/common 0.60");
    let unknown = company.with("consideration: component, amount, fair_value\nMeridian, 0.04,");
    assert_eq!(refusal(unknown.try_exchange("2006-04-30")), "3 consideration.fair_value.missing");
}

/// Other series are not exchanged; unpaid dividends are no part of it, and warned of.
#[test]
fn unpaid_dividends_are_apart() {
    assert_eq!(company().exchange("2006-04-30").warnings(), "");
    let behind = company().with(
        "declarations: declared_date, kind, amount, series_a_declared_date
         2006-02-01, cash, 0.01, 2006-02-01",
    );
    let run = behind.exchange("2006-04-30");
    assert_eq!(run.warnings(), "run.exchange.unpaid-dividends");
    assert_eq!(run.cash(), company().exchange("2006-04-30").cash());
    assert_eq!(behind.with("payments: date, amount\n2006-04-30, full").exchange("2006-04-30").warnings(), "");
}

/// Without consideration there is no exchange.
#[test]
fn nothing_to_exchange_for() {
    assert_eq!(refusal(company().without("consideration").try_exchange("2006-04-30")), "3 consideration.table.empty");
}
