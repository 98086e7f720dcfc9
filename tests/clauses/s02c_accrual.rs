//! §2(c), first sentence: the date from which dividends accrue.

use crate::support::case;

/// The four lines of SPEC 4.3, each side of every line. R1 = 02-28 for 03-15, 05-31 for 06-15, none for 09-15.
#[test]
fn accrual_starts() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2006-01-10
         A, series-a, 1, 2006-02-27
         A, series-a, 1, 2006-02-28
         A, series-a, 1, 2006-03-01
         A, series-a, 1, 2006-03-14
         A, series-a, 1, 2006-03-15
         A, series-a, 1, 2006-03-16
         A, series-a, 1, 2006-05-30
         A, series-a, 1, 2006-05-31
         A, series-a, 1, 2006-06-01
         A, series-a, 1, 2006-06-14
         A, series-a, 1, 2006-06-15
         A, series-a, 1, 2006-09-14
         A, series-a, 1, 2006-09-15

         record_dates: payment_date, record_date
         2006-03-15, 2006-02-28
         2006-06-15, 2006-05-31",
    );
    assert_eq!(
        company.dividend("2006-09-15").accrual(),
        [
            // 1. Before R1: from the date of issue.
            "2006-01-10 → 2006-01-10",
            "2006-02-27 → 2006-02-27",
            // 4. On a record date: the quarter date next preceding.
            "2006-02-28 → 2005-12-15",
            // 3. After a record date and before its quarter date: that quarter date.
            "2006-03-01 → 2006-03-15",
            "2006-03-14 → 2006-03-15",
            // 2. On a quarter date: that date.
            "2006-03-15 → 2006-03-15",
            // 4. Otherwise the quarter date next preceding.
            "2006-03-16 → 2006-03-15",
            "2006-05-30 → 2006-03-15",
            "2006-05-31 → 2006-03-15",
            "2006-06-01 → 2006-06-15",
            "2006-06-14 → 2006-06-15",
            "2006-06-15 → 2006-06-15",
            // No record date was fixed for 09-15: the quarter date itself, so nothing lies between.
            "2006-09-14 → 2006-06-15",
            "2006-09-15 → 2006-09-15",
        ]
    );
}

/// Without a record date for the first quarter date, R1 is that date itself.
#[test]
fn first_record_date_where_none_was_fixed() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2006-01-10
         A, series-a, 1, 2006-03-14
         A, series-a, 1, 2006-03-15
         A, series-a, 1, 2006-03-16",
    );
    assert_eq!(
        company.dividend("2006-06-15").accrual(),
        ["2006-01-10 → 2006-01-10", "2006-03-14 → 2006-03-14", "2006-03-15 → 2006-03-15", "2006-03-16 → 2006-03-15",]
    );
}

/// E2: seven lots issued at all the awkward dates, over two quarters.
#[test]
fn e2_lots() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2006-01-20
         B, series-a, 50, 2006-02-10
         C, series-a, 40, 2006-02-28
         D, series-a, 30, 2006-03-01
         E, series-a, 20, 2006-03-15
         F, series-a, 10, 2006-05-31
         G, series-a, 5.25, 2006-06-01

         record_dates: payment_date, record_date
         2006-03-15, 2006-02-28
         2006-06-15, 2006-05-31

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.02
         2006-02-20, cash, 0.03
         2006-03-15, cash, 0.01
         2006-04-10, cash, 0.04

         payments: date, amount
         2006-03-15, full
         2006-06-15, full",
    );
    assert_eq!(
        company.dividend("2006-06-15").accrual(),
        [
            "2006-01-20 → 2006-01-20",
            "2006-02-10 → 2006-02-10",
            "2006-02-28 → 2005-12-15",
            "2006-03-01 → 2006-03-15",
            "2006-03-15 → 2006-03-15",
            "2006-05-31 → 2006-03-15",
            "2006-06-01 → 2006-06-15",
        ]
    );
    assert_eq!(company.dividend("2006-03-15").cash(), "A 600.00, B 200.00, C 240.00");
    assert_eq!(company.dividend("2006-06-15").cash(), "A 400.00, B 200.00, C 160.00, D 120.00, E 80.00, F 40.00");

    // §2(a) has one rate: uniform, B gets it too.
    let uniform = company.set("reading.first_period", "uniform");
    assert_eq!(uniform.dividend("2006-03-15").cash(), "A 600.00, B 300.00, C 240.00");
    assert_eq!(uniform.dividend("2006-06-15").cash(), company.dividend("2006-06-15").cash());
}

/// In the first period a lot's declarations count from its issue date on, that day included.
#[test]
fn first_period_from_the_day_of_issue() {
    for (date, expected) in [("2006-02-09", "A 1.00, B 0.00"), ("2006-02-10", "A 1.00, B 1.00")] {
        let company = case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, 1, 2006-01-20
             B, series-a, 1, 2006-02-10

             declarations: declared_date, kind, amount
             {date}, cash, 0.01"
        ));
        assert_eq!(company.dividend("2006-03-15").cash(), expected, "declared {date}");
    }
}

/// A lot is due a quarter's dividend where the quarter date comes after its accrual start.
#[test]
fn quarters_after_the_accrual_start() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15
         B, series-a, 1, 2006-06-14
         C, series-a, 1, 2006-06-15

         declarations: declared_date, kind, amount
         2006-06-15, cash, 0.01
         2006-06-16, cash, 0.02",
    );
    // B accrues from 03-15 and C from 06-15, on which it is of record but has nothing due.
    assert_eq!(company.dividend("2006-06-15").cash(), "A 1.00, B 1.00, C 0.00");
    assert_eq!(company.dividend("2006-09-15").cash(), "A 3.00, B 3.00, C 2.00");
}
