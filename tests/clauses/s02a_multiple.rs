//! §2(a), second sentence (§3(a), §6(c), §7 in the same words): the multiple and what adjusts it.

use crate::support::{Company, case};

fn adjusted(rows: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15
         C, common, 1000,

         adjustments: effective_date, kind, common_before, common_after, ratio, declared_date
         {rows}"
    ))
}

fn multiple(company: &Company, date: &str) -> String {
    let captable = company.captable(date).outcome;
    ratable::internals::model::fraction(&captable.multiple.value)
}

/// An adjustment takes effect at the start of its date.
#[test]
fn from_the_start_of_its_date() {
    let company = adjusted("2006-05-01, subdivision,,, 3:2,");
    assert_eq!(multiple(&company, "2006-04-30"), "100");
    assert_eq!(multiple(&company, "2006-05-01"), "150");
    // And is shown so.
    for (date, passed_over) in [("2006-04-30", Some("takes effect after the date")), ("2006-05-01", None)] {
        let step = &company.captable(date).outcome.multiple.adjustments[0];
        assert_eq!(step.passed_over, passed_over, "{date}");
        assert_eq!(step.before == step.after, passed_over.is_some(), "{date}");
    }
    // A declaration of the day itself is multiplied by the new figure.
    for (date, expected) in [("2006-04-30", "A 1.00"), ("2006-05-01", "A 1.50")] {
        let declared = company.with(&format!("declarations: declared_date, kind, amount\n{date}, cash, 0.01"));
        assert_eq!(declared.dividend("2006-06-15").cash(), expected, "declared {date}");
    }
}

/// Each event multiplies what held immediately before it.
#[test]
fn one_after_the_other() {
    let company = adjusted(
        "2006-02-01, subdivision,,, 3:2,
         2006-03-01, combination,,, 1:3,
         2006-04-01, stock-dividend, 1000, 1050,,",
    );
    for (date, expected) in
        [("2006-01-31", "100"), ("2006-02-01", "150"), ("2006-03-01", "50"), ("2006-04-01", "105/2")]
    {
        assert_eq!(multiple(&company, date), expected, "{date}");
    }
}

/// "the number of shares … outstanding immediately after … immediately prior": the counts win over a ratio.
#[test]
fn counts_win_over_the_ratio() {
    assert_eq!(multiple(&adjusted("2006-02-01, subdivision, 1000, 1499, 3:2,"), "2006-02-01"), "1499/10");
    assert_eq!(multiple(&adjusted("2006-02-01, subdivision,,, 3:2,"), "2006-02-01"), "150");
}

/// "at any time after July 18, 2005": what came on that day or before is passed over, with a warning.
#[test]
fn only_after_the_rights_declaration_date() {
    for (row, expected) in [
        ("2005-07-18, subdivision,,, 2:1,", "100"),
        ("2005-07-19, subdivision,,, 2:1,", "200"),
        ("2005-07-18, combination,,, 1:2,", "100"),
        ("2005-07-19, combination,,, 1:2,", "50"),
        // A stock dividend is "declared": the day of its declaration decides.
        ("2005-08-01, stock-dividend,,, 2:1, 2005-07-18", "100"),
        ("2005-08-01, stock-dividend,,, 2:1, 2005-07-19", "200"),
        ("2005-07-18, stock-dividend,,, 2:1,", "100"),
        ("2005-07-19, stock-dividend,,, 2:1,", "200"),
        // A subdivision is not.
        ("2005-07-19, subdivision,,, 2:1, 2005-07-01", "200"),
    ] {
        let company = adjusted(row);
        assert_eq!(multiple(&company, "2006-03-15"), expected, "{row}");
        let warnings = company.dividend("2006-03-15").warnings();
        assert_eq!(warnings.contains("adjustments.effective_date.before-rights"), expected == "100", "{row}");
    }
    let earlier = adjusted("2005-07-18, subdivision,,, 2:1,").set("rights_declaration_date", "2005-07-17");
    assert_eq!(multiple(&earlier, "2006-03-15"), "200");
}

/// Reading `split_timing=at-payment`: every declaration of the quarter by the multiple of the quarter date.
#[test]
fn split_timing() {
    let company = adjusted("2006-06-15, subdivision,,, 2:1,").with(
        "declarations: declared_date, kind, amount, asset
         2006-05-01, cash, 0.01,
         2006-05-02, in-kind, 0.01, Tidewater",
    );
    let run = company.dividend("2006-06-15");
    assert_eq!((run.cash(), run.in_kind()), ("A 1.00".to_owned(), "A 1 Tidewater".to_owned()));
    let run = company.set("reading.split_timing", "at-payment").dividend("2006-06-15");
    assert_eq!((run.cash(), run.in_kind()), ("A 2.00".to_owned(), "A 2 Tidewater".to_owned()));
}

/// A register of an earlier day: each Common lot is adjusted once, rounded down to 6 decimals, whatever the Rights
/// Declaration Date; Series A shares never are.
#[test]
fn register_of_an_earlier_day() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 8, 2005-03-15
         C, common, 10,
         C, common, 0.000001,
         D, common, 0.000003,

         adjustments: effective_date, kind, ratio
         2005-04-28, subdivision, 7:1
         2005-05-01, subdivision, 3:2
         2005-06-16, subdivision, 4:3

         terms: term, value
         register_date, 2005-04-28",
    );
    let shares = |date: &str| company.captable(date).classes()[1].clone();
    assert_eq!(shares("2005-04-30"), "common: - authorized, 10.000004 outstanding, 0 retired, - available");
    // 15 + 0.000001 (1.5 down) + 0.000004 (4.5 down).
    assert_eq!(shares("2005-05-01"), "common: - authorized, 15.000005 outstanding, 0 retired, - available");
    assert_eq!(
        company.captable("2005-06-16").classes()[0],
        "series-a: 1000000 authorized, 8 outstanding, 0 retired, 999992 available"
    );
    // Twice in all: 20 + 0.000002 + 0.000006.
    assert_eq!(shares("2005-06-16"), "common: - authorized, 20.000008 outstanding, 0 retired, - available");
    let early = company.try_captable("2005-04-27");
    assert_eq!(crate::support::runs::refusal(early), "3 terms.register_date.after-date");
}
