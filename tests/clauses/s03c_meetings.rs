//! §3(c)(ii) and (iii): special and annual meetings at which the preferred exercise their right.

use crate::support::{Company, case};

const COLUMNS: &str = "kind, requested_date, requesting_shares, ordered_by_board, called_date, meeting_date, \
                       next_annual_meeting, right_exercised, vacancies, preferred_shares_present";

/// 54,000.5 preferred shares outstanding, 4,000 of them of another series; Common does not count. A default period has
/// run since 2005-12-15.
fn company(rows: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 50000.5, 2004-06-15
         P, prior, 4000,
         C, common, 900000,

         classes: class
         prior

         arrears: as_of, default_since, accrual_start, quarter, dividend_per_share, paid_per_share
         2005-12-15, 2005-12-15, 2004-06-15, 2005-12-15, 1, 0

         meetings: {COLUMNS}
         {rows}"
    ))
}

fn verdict(row: &str) -> String {
    company(row).vote("2006-02-01").meetings()
}

/// §3(c)(ii), (iii): "During any default period": a special meeting needs one on the day of the order or request and on
/// the day of the meeting, by what is known on the record date.
#[test]
fn in_a_default_period() {
    let row = |requested: &str, held: &str| company(&format!("special, {requested}, 6000,, {requested}, {held},,,,"));
    for (requested, held, expected) in [
        ("2005-12-14", "2006-01-10", "invalid"),
        ("2005-12-15", "2006-01-10", "valid"),
        ("2006-02-20", "2006-03-20", "valid"),
    ] {
        assert_eq!(row(requested, held).vote("2006-06-30").meetings(), expected, "{requested} {held}");
    }
    // It expires as of 2006-03-24, when all is paid; on 03-23 nobody knows that it will.
    let cured = |held| row("2006-02-20", held).with("payments: date, amount\n2006-03-24, full");
    for (date, held, expected) in [
        ("2006-03-23", "2006-03-24", "valid"),
        ("2006-03-24", "2006-03-24", "invalid"),
        ("2006-03-24", "2006-03-23", "valid"),
    ] {
        assert_eq!(cured(held).vote(date).meetings(), expected, "held {held}, known on {date}");
    }
    let never = row("2006-02-20", "2006-03-20").without("arrears").vote("2006-06-30");
    assert_eq!(never.reasons(), ["no default period runs on 2006-02-20, so there is no special meeting (§3(c)(iii))"]);
}

/// At an annual meeting the reason says whether the class elects there.
#[test]
fn who_elects_at_an_annual_meeting() {
    for (held, reason) in [
        ("2005-12-14", "no default period runs that day, so the class elects nobody (§3(c)(iv))"),
        ("2005-12-15", "directors that the class elects there: 2 (§3(c)(ii))"),
    ] {
        let run = company(&format!("annual,,,,, {held},,,,")).vote("2006-02-01");
        assert_eq!((run.meetings().as_str(), run.reasons()[0]), ("valid", reason));
    }
}

/// "not earlier than 20 days and not later than 60 days after such order or request".
#[test]
fn twenty_to_sixty_days() {
    // Requested on 2006-03-01.
    for (held, days, expected) in [
        ("2006-03-20", 19, "invalid"),
        ("2006-03-21", 20, "valid"),
        ("2006-04-30", 60, "valid"),
        ("2006-05-01", 61, "invalid"),
    ] {
        assert_eq!(verdict(&format!("special, 2006-03-01, 6000,, 2006-03-02, {held},,,,")), expected, "{days} days");
        assert_eq!(verdict(&format!("special, 2006-03-01,, yes, 2006-03-02, {held},,,,")), expected, "ordered, {days}");
    }
}

/// "in default of the calling of such meeting within 60 days … may be called on similar notice" by the holders.
#[test]
fn called_by_the_holders() {
    // 60 days after 2006-03-01 is 04-30.
    for (called, expected) in [("2006-04-30", "invalid"), ("2006-05-01", "valid")] {
        assert_eq!(
            verdict(&format!("special, 2006-03-01, 6000,, {called}, 2006-06-10,,,,")),
            expected,
            "called {called}"
        );
    }
}

/// "not less than ten percent (10%) of the total number of shares of Preferred Stock outstanding, irrespective of series".
#[test]
fn ten_percent_request() {
    for (shares, board, expected) in [
        ("5400.049999", "", "invalid"),
        ("5400.05", "", "valid"),
        ("", "", "invalid"),
        ("", "yes", "valid"),
        ("1", "yes", "valid"),
        ("1", "no", "invalid"),
    ] {
        let row = format!("special, 2006-03-01, {shares}, {board}, 2006-03-02, 2006-04-01,,,,");
        assert_eq!(verdict(&row), expected, "{shares} {board}");
    }
    let nobody = company("special, 2006-03-01,,, 2006-03-02, 2006-04-01,,,,").vote("2006-02-01");
    assert!(nobody.reasons()[0].contains("requested by 0 preferred shares"), "{:?}", nobody.reasons());
}

/// Without an order or request there is nothing that a special meeting can be held upon.
#[test]
fn on_an_order_or_request() {
    assert_eq!(verdict("special,, 6000,, 2006-03-02, 2006-04-01,,,,"), "invalid");
}

/// "no such special meeting shall be called during the period within 60 days immediately preceding" the annual meeting.
#[test]
fn not_in_the_sixty_days_before_the_annual_meeting() {
    // The annual meeting is on 2006-05-15: 60 days before is 03-16.
    for (called, expected) in
        [("2006-03-15", "valid"), ("2006-03-16", "invalid"), ("2006-05-14", "invalid"), ("2006-05-15", "valid")]
    {
        let row = format!("special, 2006-03-15, 6000,, {called}, 2006-05-14, 2006-05-15,,,");
        assert_eq!(verdict(&row), expected, "called {called}");
    }
}

/// "exercised initially at a special meeting … and thereafter at annual meetings".
#[test]
fn special_only_the_first_time() {
    for (kind, exercised, expected) in [
        ("special", "", "valid"),
        ("special", "no", "valid"),
        ("special", "yes", "invalid"),
        ("annual", "yes", "valid"),
    ] {
        let row = format!("{kind}, 2006-03-01, 6000,, 2006-03-02, 2006-04-01,, {exercised},,");
        assert_eq!(verdict(&row), expected, "{kind} {exercised}");
    }
}

/// §3(c)(ii): ten percent present in person or by proxy, at an annual meeting too.
#[test]
fn quorum_present() {
    for kind in ["special", "annual"] {
        for (present, expected) in
            [("5400", "invalid"), ("5400.049999", "invalid"), ("5400.05", "valid"), ("", "valid")]
        {
            let row = format!("{kind}, 2006-03-01, 6000,, 2006-03-02, 2006-04-01,,,, {present}");
            assert_eq!(verdict(&row), expected, "{kind} {present}");
        }
    }
}

/// The rules of special meetings do not bind annual ones.
#[test]
fn annual_meetings() {
    assert_eq!(verdict("annual,,,,, 2006-06-28,,,,"), "valid");
    assert_eq!(verdict("annual, 2006-06-20, 1,, 2006-06-21, 2006-06-28, 2006-06-28,,,"), "valid");
}

/// §3(c)(ii): at a special meeting the class fills the vacancies and enlarges the board by what is missing to two.
#[test]
fn vacancies_and_increase() {
    for (vacancies, directors, expected) in [
        ("", "2", "fills 0 vacancies and enlarges the board by 2"),
        ("1", "2", "fills 1 vacancy and enlarges the board by 1"),
        ("2", "2", "fills 2 vacancies and enlarges the board by 0"),
        ("5", "2", "fills 2 vacancies and enlarges the board by 0"),
        ("1", "4", "fills 1 vacancy and enlarges the board by 3"),
    ] {
        let company = company(&format!("special, 2006-03-01, 6000,, 2006-03-02, 2006-04-01,,, {vacancies},"));
        let run = company.set("default_directors", directors).vote("2006-02-01");
        assert!(run.reasons()[0].contains(expected), "{vacancies}: {:?}", run.reasons());
    }
}

/// Rows keep their order, each with its number and reason.
#[test]
fn one_verdict_a_row() {
    let company = company(
        "special, 2006-03-01, 6000,, 2006-03-02, 2006-03-20,, yes,,
         annual,,,,, 2006-06-28,,,,",
    );
    let table = company.written("vote --date 2006-02-01").text("meetings.csv");
    let rows = crate::support::files::table(&table);
    assert_eq!(rows[0], ["row", "kind", "verdict", "reason"]);
    assert_eq!(rows[1][..3], ["1", "special", "invalid"]);
    assert!(rows[1][3].contains("19 days") && rows[1][3].contains("exercised before"), "{}", rows[1][3]);
    assert_eq!(rows[2][..3], ["2", "annual", "valid"]);
}

/// Notice goes "to each holder of record of Preferred Stock … at his last address as the same appears on the books".
#[test]
fn notice() {
    let company = company("annual,,,,, 2006-06-28,,,,").with(
        "register: holder_id, holder_name, class, shares, issue_date, retired_date, address, country, email
         A, Ada, series-a, 50000.5, 2004-06-15,, Hamngatan 4, SE, ada@example.com
         B, Ben, series-a, 1, 2004-06-15, 2006-02-01, Calle 1, MX,
         C, Cleo, common, 900000,,, Rua 2, PT,
         P, Pat, prior, 4000,,, =1+1, US,",
    );
    assert_eq!(
        company.written("vote --date 2006-02-01").text("notice.csv"),
        "holder_id,holder_name,class,shares,address,country,email\n\
         A,Ada,series-a,50000.5,Hamngatan 4,SE,ada@example.com\n\
         P,Pat,prior,4000,'=1+1,US,\n"
    );
}
