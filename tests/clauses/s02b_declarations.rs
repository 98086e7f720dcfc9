//! §2(b): a dividend on Series A is declared immediately after each one on Common.

use crate::support::{Company, case};

fn company() -> Company {
    case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2006-01-20

         adjustments: effective_date, kind, ratio
         2006-05-01, subdivision, 4:3

         declarations: declared_date, kind, amount, asset, series_a_declared_date
         2006-01-19, cash, 0.01,, 2006-01-19
         2006-01-20, cash, 0.02,, 2006-01-20
         2006-03-15, cash, 0.03,, 2006-03-15
         2006-03-16, in-kind, 0.000000000001, Tidewater, 2006-03-16
         2006-05-01, cash, 0.01,, 2006-05-01
         2006-06-15, cash, 0.05,, 2006-06-15
         2006-06-16, cash, 0.06,, 2006-06-16",
    )
}

/// Every declaration from F to D: its multiple, what it means for a Series A share, and the quarter that pays it.
#[test]
fn matched_declarations() {
    assert_eq!(
        company().dividend("2006-06-15").declarations(),
        [
            "2006-01-20 × 100 = 2 for 2006-03-15",
            "2006-03-15 × 100 = 3 for 2006-03-15",
            "2006-03-16 × 100 = 0.0000000001 for 2006-06-15",
            "2006-05-01 × 400/3 = 1.333333333333 for 2006-06-15",
            "2006-06-15 × 400/3 = 6.666666666667 for 2006-06-15",
        ]
    );
    // The multiple is the one that the run takes; whether cash counts is another question.
    let other = company().set("reading.split_timing", "at-payment").set("reading.cash_dividends", "exclude");
    let third = &other.dividend("2006-06-15").declarations()[2];
    assert_eq!(third, "2006-03-16 × 400/3 = 0.000000000133 for 2006-06-15");
}

/// The first quarter of a series first issued on a quarter date is the next one.
#[test]
fn first_quarter_pays_a_declaration_of_the_first_day() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2006-03-15

         declarations: declared_date, kind, amount, series_a_declared_date
         2006-03-15, cash, 0.03, 2006-03-15",
    );
    let run = company.dividend("2006-06-15");
    assert_eq!(run.declarations(), ["2006-03-15 × 100 = 3 for 2006-06-15"]);
    assert_eq!(run.cash(), "A 3.00");
}

/// One on Common for which none on Series A is recorded gets a warning, from F to D.
#[test]
fn unmatched_declarations_are_warned_of() {
    let bare = company().with(
        "declarations: declared_date, kind, amount, series_a_declared_date
         2006-01-19, cash, 0.01,
         2006-01-20, cash, 0.01, 2006-01-20
         2006-06-15, cash, 0.01,
         2006-06-16, cash, 0.01,",
    );
    let told = |company: &Company| {
        let warnings = company.dividend("2006-06-15").warnings();
        warnings.split(", ").filter(|code| code.starts_with("declarations.series_a")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(told(&bare), "declarations.series_a_declared_date.missing");
    assert_eq!(told(&company()), "");
    // F itself is in the range.
    let first_day = company().with("declarations: declared_date, kind, amount\n2006-01-20, cash, 0.01");
    assert_eq!(told(&first_day), "declarations.series_a_declared_date.missing");
    // "Immediately after": not before, and within seven days.
    for (matching, expected) in [
        ("2006-04-30", "declarations.series_a_declared_date.before-common"),
        ("2006-05-01", ""),
        ("2006-05-08", ""),
        ("2006-05-09", "declarations.series_a_declared_date.late"),
    ] {
        let rows = format!(
            "declarations: declared_date, kind, amount, series_a_declared_date\n2006-05-01, cash, 0.01, {matching}"
        );
        assert_eq!(told(&company().with(&rows)), expected, "{matching}");
    }
}
