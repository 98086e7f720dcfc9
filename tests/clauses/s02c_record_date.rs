//! §2(c), last sentence: the record date, "no more than 30 days prior to the date fixed for the payment".

use crate::support::{Company, case};

fn record_date(date: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15

         record_dates: payment_date, record_date
         2006-06-15, {date}"
    ))
}

/// 30 days before passes and 31 fails; the quarter date itself passes and the day after fails.
#[test]
fn thirty_days() {
    for (date, expected) in [
        ("2006-05-15", "record_dates.record_date.too-early B2"),
        ("2006-05-16", ""),
        ("2006-06-15", ""),
        ("2006-06-16", "record_dates.record_date.out-of-order B2"),
    ] {
        assert_eq!(record_date(date).errors(), expected, "{date}");
    }
    let longer = record_date("2006-04-16").set("record_date_window", "60");
    assert_eq!(longer.errors(), "");
    assert_eq!(
        record_date("2006-04-15").set("record_date_window", "60").errors(),
        "record_dates.record_date.too-early B2"
    );
}

/// It may be fixed for a payment on any other day too: then its close decides who is entitled on that day.
#[test]
fn of_any_payment() {
    let company = case(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 1, 2005-12-15,
         B, series-a, 1, 2005-12-15, 2006-07-05

         declarations: declared_date, kind, amount
         2006-05-01, cash, 0.02",
    );
    assert_eq!(company.dividend("2006-07-10").cash(), "A 2.00");
    let fixed = company.with("record_dates: payment_date, record_date\n2006-07-10, 2006-07-01");
    assert_eq!(fixed.dividend("2006-07-10").cash(), "A 2.00, B 2.00");
}

/// "no more than 30 days prior to the date fixed for the payment": of the run, which may pay later than D.
#[test]
fn thirty_days_before_the_payment_itself() {
    for (pay_date, expected) in [("2006-06-15", ""), ("2006-06-16", "3 record_dates.record_date.too-early")] {
        let refused = record_date("2006-05-16").dividend_paid_on("2006-06-15", pay_date);
        assert_eq!(refused.err().unwrap_or_default(), expected, "{pay_date}");
    }
}

/// Entitled are the holders at its close: issued that day yes, retired that day no.
#[test]
fn entitled_at_its_close() {
    let company = case(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 1, 2005-12-15,
         B, series-a, 1, 2006-05-31,
         C, series-a, 1, 2006-06-01,
         D, series-a, 1, 2005-12-15, 2006-05-31
         E, series-a, 1, 2005-12-15, 2006-06-01

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01
         2006-05-01, cash, 0.02",
    );
    let fixed = company.with("record_dates: payment_date, record_date\n2006-06-15, 2006-05-31");
    assert_eq!(fixed.dividend("2006-06-15").cash(), "A 3.00, B 2.00, E 3.00");
    // Without one, those of the quarter date itself; C then accrues from 03-15.
    assert_eq!(company.dividend("2006-06-15").cash(), "A 3.00, B 2.00, C 2.00");
    // On another day, those of that day.
    assert_eq!(fixed.dividend("2006-05-30").cash(), "A 1.00, D 1.00, E 1.00");
    assert_eq!(fixed.dividend("2006-05-31").cash(), "A 1.00, B 0.00, E 1.00");
    assert_eq!(fixed.dividend("2006-06-01").cash(), "A 1.00, B 0.00, C 0.00");
}

/// An asset is delivered, as cash is paid, to those who are entitled as of the day: who had left by then, and is of record
/// for a later payment, is owed it still.
#[test]
fn assets_go_to_the_entitled() {
    let company = |issued: &str| {
        case(&format!(
            "register: holder_id, class, shares, issue_date, retired_date
             A, series-a, 1, 2005-12-15,
             B, series-a, 1, {issued}, 2006-05-20

             declarations: declared_date, kind, amount, asset
             2006-02-01, in-kind, 0.01, Tidewater

             record_dates: payment_date, record_date
             2006-06-15, 2006-05-16

             payments: date, amount, asset
             2006-05-25, full, Tidewater"
        ))
    };
    assert_eq!(company("2005-12-20").dividend("2006-06-15").in_kind(), "B 1 Tidewater");
    // A cohort is settled as a whole.
    assert_eq!(company("2005-12-15").dividend("2006-06-15").in_kind(), "");
}
