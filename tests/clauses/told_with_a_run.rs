//! What a run says of odd dates, of what the Certificate forbade, and of what it leaves to counsel.

use crate::support::runs::refusal;
use crate::support::{Company, case};

/// Everything in order: record dates fixed, Series A matched, paid before, holders known to the tax office.
fn in_order() -> Company {
    case(
        "terms: term, value
         company, Quiet Co

         register: holder_id, class, shares, issue_date, retired_date, tax_id, country
         A, series-a, 10, 2005-12-15,, 12-3456789, US
         B, series-a, 5, 2005-12-15,, 98-7654321, US
         C, common, 1000,,, 11-1111111, US

         record_dates: payment_date, record_date
         2006-03-15, 2006-02-28
         2006-06-15, 2006-05-31

         payments: date, amount, quarter
         2006-03-15, full, 2006-03-15

         declarations: declared_date, kind, amount, record_date, payment_date, series_a_declared_date
         2006-02-01, cash, 0.01, 2006-02-28, 2006-03-15, 2006-02-01
         2006-05-02, cash, 0.02, 2006-05-31, 2006-06-15, 2006-05-02",
    )
}

fn declared(rows: &str) -> Company {
    in_order().with(&format!(
        "declarations: declared_date, kind, amount, record_date, payment_date, series_a_declared_date\n{rows}"
    ))
}

#[test]
fn nothing_is_told_of_what_is_in_order() {
    let run = in_order().dividend("2006-06-15");
    assert_eq!((run.cash().as_str(), run.warnings().as_str()), ("A 20.00, B 10.00, C/common 20.00", ""));
}

#[test]
fn each_oddity_has_its_warning() {
    let first = "2006-02-01, cash, 0.01, 2006-02-28, 2006-03-15, 2006-02-01";
    let no_payments = "payments: date, amount, quarter";
    for (company, expected) in [
        (
            in_order().with("record_dates: payment_date, record_date\n2006-03-15, 2006-02-28"),
            "record_dates.record_date.missing",
        ),
        (
            declared(&format!("{first}\n2006-05-02, cash, 0.02,, 2006-06-15, 2006-05-02")),
            "declarations.record_date.missing",
        ),
        (
            declared(&format!("{first}\n2006-05-02, cash, 0.02, 2006-05-01, 2006-06-15, 2006-05-02")),
            "declarations.record_date.before-declaration",
        ),
        (
            declared(&format!("{first}\n2006-04-01, cash, 0.02, 2006-04-15, 2006-06-15, 2006-04-01")),
            "declarations.record_date.too-early",
        ),
        (
            declared(&format!("{first}\n2006-06-01, cash, 0.02, 2006-06-10, 2006-06-15, 2006-06-01")),
            "record_dates.record_date.before-declaration",
        ),
        (
            in_order().with("adjustments: effective_date, kind, ratio\n2006-05-10, subdivision, 2:1"),
            "declarations.record_date.after-adjustment",
        ),
        // Declared on the quarter date itself while the quarter before was unpaid: forbidden then, cured now.
        (
            in_order().with(no_payments),
            "run.history.missing, declarations.declared_date.in-arrears, \
                                        declarations.payment_date.series-a-unpaid",
        ),
        (
            in_order().with(
                "register: holder_id, class, shares, issue_date, retired_date, tax_id, country
                 A, series-a, 10, 2005-12-15,, 12-3456789, US
                 B, series-a, 5, 2005-12-15, 2006-05-20, 98-7654321, US
                 C, common, 1000,,, 11-1111111, US

                 payments: date, amount, quarter
                 2006-03-15, 7.50, 2006-03-15",
            ),
            "declarations.declared_date.in-arrears, declarations.payment_date.series-a-unpaid, \
             register.retired_date.unpaid-dividends",
        ),
        (
            in_order().with(
                "register: holder_id, class, shares, issue_date, tax_id, country
                 A, series-a, 10, 2005-12-15, 12-3456789, FR
                 B, series-a, 5, 2005-12-15,, US
                 C, common, 1000,, 11-1111111, US",
            ),
            "register.withholding_rate.missing",
        ),
        (
            in_order()
                .with("payments: date, amount, quarter\n2006-03-15, full, 2006-03-15\n2006-06-14, full, 2007-06-15"),
            "payments.quarter.after-date",
        ),
        (declared(first), "run.pays.nobody"),
    ] {
        assert_eq!(company.dividend("2006-06-15").warnings(), expected);
    }
    assert_eq!(in_order().dividend_of("2006-06-15", "50").warnings(), "run.common.beside-funds");
}

/// A rate that is known is no reason to ask, nor is another home country.
#[test]
fn who_is_abroad_goes_by_the_companys_country() {
    let french = "register: holder_id, class, shares, issue_date, tax_id, country
         A, series-a, 10, 2005-12-15, 12-3456789, FR";
    let of = |company: &Company| company.dividend("2006-06-15").warnings();
    assert!(of(&in_order().with(french)).contains("withholding_rate.missing"));
    assert!(!of(&in_order().with(french).set("home_country", "FR")).contains("withholding_rate.missing"));
    let known = in_order().with(
        "register: holder_id, class, shares, issue_date, tax_id, country, withholding_rate
         A, series-a, 10, 2005-12-15,, FR, 0",
    );
    assert!(!of(&known).contains("withholding_rate.missing"));
}

/// Reading `declared_in_arrears`: a dividend on Common declared while Series A was behind, and paid after the cure.
#[test]
fn declared_in_arrears() {
    let company = in_order().with("payments: date, amount, quarter");
    let step = |company: &Company| {
        let run = company.dividend_in_spite_of("2006-06-15", "", &["4(a)(i)"]);
        run.outcome.common[0].steps[0].what.clone()
    };
    assert!(step(&company).contains("dividends on Series A were in arrears on that day"), "{}", step(&company));
    assert!(step(&in_order()).contains("no dividend on Series A was in arrears on that day"));
    let forbidden = company.set("reading.declared_in_arrears", "forbid");
    let refused = forbidden.try_dividend("2006-06-15", "").err();
    assert_eq!(refused.as_deref(), Some("4 run.common.declared-in-arrears"));
    let acknowledged = forbidden.dividend_in_spite_of("2006-06-15", "", &["4(a)(i)"]);
    assert!(acknowledged.warnings().ends_with("run.clause.acknowledged"), "{}", acknowledged.warnings());
    // Arrears on a day before the arrears table go by what its rows still show unpaid.
    let table = |paid: &str| {
        company.with(&format!(
            "arrears: as_of, accrual_start, quarter, dividend_per_share, paid_per_share
             2006-05-15, 2005-12-15, 2006-03-15, 1, {paid}"
        ))
    };
    let told = |paid: &str| table(paid).dividend("2006-06-15").warnings().contains("declared_date.in-arrears");
    assert!(told("0") && !told("1"));
}

/// Reading `withhold_in_kind=at-fair-value`: one tax on cash and on deliveries, out of the cash, at most all of it.
#[test]
fn tax_on_property() {
    let company = case(
        "register: holder_id, class, shares, issue_date, withholding_rate
         A, series-a, 100, 2005-12-15, 0.30

         declarations: declared_date, kind, amount, asset, fair_value
         2006-05-02, cash, 0.05,,
         2006-05-02, in-kind, 0.001, SpinCo, 50",
    );
    let withheld = |company: &Company| company.dividend("2006-06-15").outcome.totals.withheld;
    // 500.00 in cash and 10 SpinCo, worth 500.00.
    assert_eq!(withheld(&company), 15_000);
    let taxed = company.set("reading.withhold_in_kind", "at-fair-value");
    assert_eq!(withheld(&taxed), 30_000);
    let dear = taxed.with(
        "declarations: declared_date, kind, amount, asset, fair_value
         2006-05-02, cash, 0.05,,
         2006-05-02, in-kind, 0.001, SpinCo, 5000",
    );
    assert_eq!(withheld(&dear), 50_000);
    let told = |company: &Company| {
        let warnings = company.dividend("2006-06-15").outcome.warnings;
        let short = warnings.into_iter().find(|w| w.code == "register.withholding_rate.above-cash");
        short.map(|warning| warning.message)
    };
    assert_eq!(told(&taxed), None);
    // 30 % of 50,500.00 for A; nothing in cash for C, whose tax is 30 % of 5,000.00.
    let with_common = dear.with(
        "register: holder_id, holder_name, class, shares, issue_date, withholding_rate
         A, Ada Byron, series-a, 100, 2005-12-15, 0.30
         C, Cora, common, 1000,, 0.30

         declarations: declared_date, kind, amount, asset, fair_value, payment_date
         2006-05-02, cash, 0.05,,,
         2006-05-02, in-kind, 0.001, SpinCo, 5000, 2006-06-15",
    );
    assert_eq!(
        told(&with_common).as_deref(),
        Some(
            "Ada Byron (A) is to be withheld 15,150.00 USD of tax, of a cash dividend of 500.00 USD. 1 holding more is short \
             too. 16,150.00 USD is not withheld."
        )
    );
}

/// A dividend declared on Series A and unpaid may be a debt, which comes before all stock.
#[test]
fn a_declared_dividend_in_a_liquidation() {
    let company = in_order().with("payments: date, amount, quarter");
    let told = |company: &Company| company.liquidate("2006-06-15", "1000").warnings();
    assert!(told(&company).contains("run.liquidation.declared-unpaid"), "{}", told(&company));
    let undeclared = company.with(
        "declarations: declared_date, kind, amount, record_date, payment_date\n2006-02-01, cash, 0.01, 2006-02-28, 2006-03-15",
    );
    assert!(!told(&undeclared).contains("run.liquidation.declared-unpaid"));
    // 15 shares at 1.00, 1.00 and 2.00: what earlier installments paid in full is told no more.
    for (earlier, is_told) in [("59.99", true), ("60.00", false)] {
        let later = company.with(&format!("proceeds: date, amount\n2006-06-10, {earlier}"));
        assert_eq!(told(&later).contains("run.liquidation.declared-unpaid"), is_told, "{earlier}");
    }
}

/// Who goes on from an earlier run is not told to give it.
#[test]
fn common_was_paid_and_series_a_is_not() {
    let help = |company: &Company| {
        let warnings = company.dividend("2006-06-15").outcome.warnings;
        let code = "declarations.payment_date.series-a-unpaid";
        warnings.into_iter().find(|warning| warning.code == code).expect(code).help
    };
    let untold = in_order().with("payments: date, amount, quarter");
    assert!(help(&untold).ends_with("or give the last run with --after."), "{}", help(&untold));
    let told = untold.with(
        "arrears: as_of, accrual_start, quarter, asset, dividend_per_share, paid_per_share
         2006-03-15, 2005-12-15, 2006-03-15, USD, 1, 0",
    );
    assert!(help(&told).contains("where that was after 2006-03-15;"), "{}", help(&told));
}

/// A class with a rate: what it was paid before is as unknown as Series A's, and one row of `arrears.csv` is one cohort.
#[test]
fn a_rate_without_a_history_or_with_shares_of_two_kinds() {
    let company = |classes: &str, second: &str| {
        case(&format!(
            "terms: term, value
             company, Rate Co

             classes: class, name, rank, original_price, dividend_rate, accrued_dividends, accrued_as_of, dividends_from
             seed, Seed, junior, 1.00, 8%, {classes}

             register: holder_id, class, shares, issue_date, tax_id, country
             A, seed, 100, 2025-01-15, 12-3456789, US
             B, seed, 50, {second}, 98-7654321, US

             record_dates: payment_date, record_date
             2026-06-15, 2026-05-31"
        ))
    };
    let told = |classes: &str, second: &str| company(classes, second).dividend("2026-06-15").warnings();
    let later = "register.issue_date.later";
    assert_eq!(told(",,", "2025-01-15"), "run.history.missing");
    assert_eq!(told("0.02, 2026-03-15,", "2025-01-15"), "", "what is unpaid is entered");
    assert_eq!(told(",, 2026-03-20", "2026-05-01"), "", "no quarter date has passed since");
    assert_eq!(told("0.02, 2026-03-15,", "2026-06-10"), later, "shares issued since accrue from their own day");
    assert_eq!(told("0.02, 2026-06-12,", "2026-06-10"), format!("{later}, classes.accrued_as_of.after-record-date"));
    assert_eq!(told(",, 2026-06-12", "2026-06-10"), format!("{later}, classes.dividends_from.after-record-date"));
}

/// Shares issued before `accrued_as_of`, and on it, have one row of `arrears.csv`, which a payment in part cannot share.
#[test]
fn shares_issued_on_the_day_of_accrued_dividends() {
    let company = case(
        "classes: class, ranking, original_price, dividend_rate, accrued_dividends, accrued_as_of
         pf, senior, 10, 10%, 0.50, 2006-03-15

         register: holder_id, class, shares, issue_date
         A, pf, 100, 2005-01-01
         B, pf, 100, 2006-03-15",
    );
    let arrears = |row: &str| {
        company
            .with(&format!("arrears: as_of, class, accrual_start, quarter, dividend_per_share, paid_per_share\n{row}"))
    };
    let full = company.dividend("2006-06-15");
    assert_eq!(full.cash(), "A/pf 75.00, B/pf 25.00");
    let refused = "3 classes.accrued_as_of.day-of-issue";
    assert_eq!(refusal(company.try_dividend("2006-06-15", "50")), refused);
    let half = arrears("2006-06-15, pf, 2006-03-15, 2006-06-15, 0.75, 0.375");
    assert_eq!(refusal(half.try_dividend("2006-09-15", "")), refused);
    assert_eq!(refusal(half.try_liquidate("2006-09-15", "1000")), refused);
    // Where both were paid in full since, they are owed the same.
    let since = arrears("2006-09-15, pf, 2006-03-15, 2006-09-15, 0.25, 0.10");
    assert_eq!(since.dividend("2006-12-15").cash(), "A/pf 40.00, B/pf 40.00");
    assert_eq!(since.dividend_of("2006-12-15", "50").cash(), "A/pf 25.00, B/pf 25.00");
    // Nothing that was issued after the record date is paid.
    let later = company.with("record_dates: payment_date, record_date\n2006-06-15, 2006-05-31");
    assert_eq!(later.dividend("2006-06-15").cash(), "A/pf 75.00, B/pf 25.00");
    let early = later.with(
        "classes: class, ranking, original_price, dividend_rate, accrued_dividends, accrued_as_of
         pf, senior, 10, 10%, 0.50, 2006-06-10

         register: holder_id, class, shares, issue_date
         A, pf, 100, 2005-01-01
         B, pf, 100, 2006-06-10",
    );
    assert_eq!(refusal(early.try_dividend("2006-06-15", "")), refused);
}
