//! §3(c)(ii), (iv) and (v): seats, terms and vacancies of the Board, and its number while the right is exercised.

use crate::support::{Company, case};

/// A default period from 2006-03-15 (one quarterly dividend is enough here) to 2006-08-10, when all is paid. Of a Board of
/// five, Common's four sit since 2005-12-20.
fn company(directors: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15
         C, common, 1000,

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01

         payments: date, amount
         2006-08-10, full

         board: director, elected_by, elected_on, left_on
         Dov, common, 2005-12-20,
         Cid, common, 2005-12-20,
         Bea, common, 2005-12-20,
         Abe, common, 2005-12-20,
         {directors}"
    ))
    .set("default_quarters", "1")
    .set("charter_directors", "5")
}

const ELECTED: &str = "Pam, preferred, 2006-04-20,\nPat, preferred, 2006-04-20,";

/// Every row after Common's first four: `Pam preferred sitting`, `vacant common 3(c)(v)`.
fn after_the_four(company: &Company, date: &str) -> Vec<String> {
    let table = company.written(&format!("vote --date {date}")).text("board.csv");
    let rows = crate::support::files::table(&table);
    assert_eq!(rows[0], ["director", "elected_by", "elected_on", "status", "until", "reason"]);
    let four: Vec<&str> = rows[1..5].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(four, ["Abe", "Bea", "Cid", "Dov"], "by date of election and name");
    let shown = rows[5..].iter().map(|row| match (row[0].as_str(), row[4].as_str()) {
        ("", _) => format!("{} {}: {}", row[3], row[1], row[5]),
        (name, "") => format!("{name} {} {}", row[1], row[3]),
        (name, until) => format!("{name} {} {} {until}", row[1], row[3]),
    });
    shown.collect()
}

const BY_CHARTER: &str =
    "vacant common: a majority of the remaining directors (3(c)(v)), unless the charter or the bylaws say otherwise";
const FIRST_MEETING: &str =
    "vacant preferred: the preferred, at the meeting at which they first exercise their right (3(c)(ii))";
const BY_COMMON: &str = "vacant common: a majority of the remaining directors whom Common elected (3(c)(iv)(y))";
const BY_THEIRS: &str = "vacant preferred: the remaining directors whom the preferred elected (3(c)(iv)(y)), or the \
                         preferred at the next annual meeting (3(c)(ii))";
const ANNUAL: &str = "vacant preferred: the preferred, at the next annual meeting (3(c)(ii))";

/// "to fill such vacancies, if any, in the Board of Directors as may then exist up to two (2) directors".
#[test]
fn before_the_right_is_exercised() {
    let company = company(ELECTED);
    assert_eq!(after_the_four(&company, "2006-03-14"), [BY_CHARTER]);
    assert_eq!(after_the_four(&company, "2006-03-15"), [FIRST_MEETING]);
    assert_eq!(after_the_four(&company, "2006-04-19"), [FIRST_MEETING]);
    assert_eq!(after_the_four(&company.set("charter_directors", "6"), "2006-03-15"), [FIRST_MEETING, FIRST_MEETING]);
    assert_eq!(
        after_the_four(&company.set("charter_directors", "7"), "2006-03-15"),
        [FIRST_MEETING, FIRST_MEETING, BY_COMMON]
    );
    assert_eq!(after_the_four(&company.set("charter_directors", "4"), "2006-03-15"), [""; 0]);
    assert_eq!(after_the_four(&company.set("charter_directors", "3"), "2006-03-15"), [""; 0]);
}

/// "such increase in the number of directors as shall be necessary": Common keep those in office that day.
#[test]
fn once_it_is_exercised() {
    let sitting = ["Pam preferred sitting", "Pat preferred sitting"];
    let exercised = company(ELECTED);
    assert_eq!(after_the_four(&exercised, "2006-04-20"), sitting);
    // A Board of seven by the charter has five seats of Common, one of nine seven.
    assert_eq!(after_the_four(&exercised.set("charter_directors", "6"), "2006-04-20"), sitting);
    assert_eq!(
        after_the_four(&exercised.set("charter_directors", "7"), "2006-04-20"),
        [&sitting[..], &[BY_COMMON]].concat()
    );
    // One seat of the preferred was never filled.
    let one = company("Pam, preferred, 2006-04-20,");
    assert_eq!(after_the_four(&one, "2006-04-20"), ["Pam preferred sitting", BY_THEIRS]);
    let three = one.set("default_directors", "3");
    assert_eq!(after_the_four(&three, "2006-04-20"), ["Pam preferred sitting", BY_THEIRS, BY_THEIRS]);
}

/// §3(c)(iv)(y): "by vote of a majority of the remaining directors theretofore elected by the holders of the class of stock
/// which elected the director whose office shall have become vacant".
#[test]
fn vacancies_while_it_lasts() {
    let left = |pam: &str, pat: &str| {
        company(&format!("Pam, preferred, 2006-04-20, {pam}\nPat, preferred, 2006-04-20, {pat}"))
    };
    let pat_left = left("", "2006-05-10");
    assert_eq!(after_the_four(&pat_left, "2006-05-09"), ["Pam preferred sitting", "Pat preferred sitting"]);
    assert_eq!(
        after_the_four(&pat_left, "2006-05-10"),
        ["Pam preferred sitting", "Pat preferred left 2006-05-10", BY_THEIRS]
    );
    // No director whom the preferred elected remains.
    assert_eq!(
        after_the_four(&left("2006-05-10", "2006-05-10"), "2006-05-10"),
        ["Pam preferred left 2006-05-10", "Pat preferred left 2006-05-10", ANNUAL, ANNUAL]
    );
    // Common's seats are those of the day on which the right was exercised: Eve's counts, Fay's does not.
    let eve = company(&format!("Eve, common, 2006-03-20, 2006-04-21\n{ELECTED}"));
    assert_eq!(
        after_the_four(&eve, "2006-04-21"),
        ["Eve common left 2006-04-21", "Pam preferred sitting", "Pat preferred sitting", BY_COMMON]
    );
    let fay = company(&format!("Fay, common, 2006-03-20, 2006-04-20\n{ELECTED}"));
    assert_eq!(
        after_the_four(&fay, "2006-04-21"),
        ["Fay common left 2006-04-20", "Pam preferred sitting", "Pat preferred sitting"]
    );
    let gus = company(&format!("{ELECTED}\nGus, common, 2006-04-21,"));
    assert_eq!(
        after_the_four(&gus, "2006-04-21"),
        ["Pam preferred sitting", "Pat preferred sitting", "Gus common sitting"]
    );
}

/// §3(c)(v): "Immediately upon the expiration of a default period … the term of any directors elected by the holders of
/// Preferred Stock as a class shall terminate", and the number is the charter's again.
#[test]
fn after_the_period() {
    let company = company(ELECTED);
    assert_eq!(after_the_four(&company, "2006-08-09"), ["Pam preferred sitting", "Pat preferred sitting"]);
    assert_eq!(
        after_the_four(&company, "2006-08-10"),
        ["Pam preferred term-ended 2006-08-10", "Pat preferred term-ended 2006-08-10", BY_CHARTER]
    );
    // Whoever left by that day left; what the table says of later days is too late.
    for (left, status) in [("2006-08-10", "left"), ("2006-08-11", "term-ended")] {
        let pam = self::company(&format!("Pam, preferred, 2006-04-20, {left}"));
        assert_eq!(
            after_the_four(&pam, "2006-09-01"),
            [format!("Pam preferred {status} 2006-08-10"), BY_CHARTER.to_owned()]
        );
    }
}

/// Without the charter's number only the preferred's seats are known; without a table nothing is.
#[test]
fn what_is_not_known() {
    let one = company("Pam, preferred, 2006-04-20,\nPat, preferred, 2006-04-20, 2006-05-10");
    let one = one.set("charter_directors", "");
    assert_eq!(after_the_four(&one, "2006-03-15"), [""; 0]);
    assert_eq!(
        after_the_four(&one, "2006-05-10"),
        ["Pam preferred sitting", "Pat preferred left 2006-05-10", BY_THEIRS]
    );
    assert_eq!(after_the_four(&one, "2006-08-10")[2..], [""; 0]);
    let run = company("").without("board").vote("2006-03-15");
    assert!(run.outcome.board.is_none());
    let nobody = company("").with("board: director, elected_by, elected_on").vote("2006-03-14").outcome.board;
    assert_eq!(nobody.unwrap().rows.len(), 5);
}

/// What `result.json` says of it.
#[test]
fn in_the_result() {
    let board = |date: &str| company(ELECTED).written(&format!("vote --date {date}")).result()["board"].clone();
    for (date, in_office, class_seats, frozen) in [
        ("2006-03-14", 4, 0, false),
        ("2006-03-15", 4, 2, false),
        ("2006-04-20", 6, 2, true),
        ("2006-08-10", 4, 0, false),
    ] {
        let board = board(date);
        assert_eq!(board["charter"], 5);
        assert_eq!((&board["in_office"], &board["class_seats"]), (&in_office.into(), &class_seats.into()), "{date}");
        assert_eq!(board["frozen"], frozen, "{date}");
    }
    let none = company("").without("board").written("vote --date 2006-03-15");
    assert!(none.result()["board"].is_null());
}

/// An election by the preferred outside any default period that the case tells of, and a special meeting after another
/// election of the same period, are said.
#[test]
fn what_does_not_fit_together() {
    let warnings = |company: &Company, date: &str| company.vote(date).warnings();
    let outside = company("Pam, preferred, 2006-03-14,");
    assert_eq!(warnings(&outside, "2006-03-13"), "");
    assert!(warnings(&outside, "2006-03-14").contains("board.elected_on.no-default-period"));
    assert_eq!(warnings(&company("Pam, preferred, 2006-03-15,"), "2006-03-15"), "");
    let meeting = |row: &str| {
        company(ELECTED).with(&format!(
            "meetings: kind, requested_date, ordered_by_board, called_date, meeting_date, right_exercised\n{row}"
        ))
    };
    let special = |requested: &str, held: &str, exercised: &str| {
        meeting(&format!("special, {requested}, yes, {requested}, {held}, {exercised}")).vote("2006-05-31")
    };
    assert_eq!(special("2006-03-25", "2006-04-20", "").warnings(), "");
    let called = |called: &str| meeting(&format!("special, 2006-03-25, yes, {called}, 2006-04-20,")).vote("2006-05-31");
    for day in ["2006-03-24", "2006-04-21"] {
        assert_eq!(called(day).warnings(), "meetings.called_date.odd");
    }
    assert_eq!(called("2006-04-20").warnings(), "");
    assert_eq!(special("2006-03-25", "2006-04-21", "").warnings(), "meetings.right_exercised.not-said");
    assert_eq!(special("2006-03-25", "2006-04-21", "yes").meetings(), "invalid");
}

/// §3(c)(ii), last sentence: "the number of directors shall not be increased or decreased except by vote of the holders of
/// Preferred Stock … or pursuant to the rights of any equity securities ranking senior to or pari passu".
#[test]
fn the_number_of_directors() {
    let change = |date: &str, approved_by: &str| {
        let row =
            format!("actions: date, action, amount, approved_by\n{date}, change-number-of-directors, 9, {approved_by}");
        company(ELECTED).with(&row)
    };
    for (date, approved_by, expected) in [
        ("2006-03-16", "", "allowed"), // in arrears and in a default period, but nobody was elected yet
        ("2006-04-19", "", "allowed"),
        ("2006-04-20", "", "3(c)(ii)"),
        ("2006-04-20", "common", "3(c)(ii)"),
        ("2006-04-20", "preferred", "allowed"),
        ("2006-04-20", "senior", "allowed"),
        ("2006-04-20", "Parity", "allowed"),
        ("2006-08-09", "", "3(c)(ii)"),
        ("2006-08-10", "", "allowed"),
    ] {
        assert_eq!(change(date, approved_by).actions().verdicts(), [expected], "{date} {approved_by}");
    }
    assert_eq!(change("2006-04-20", "the board").errors(), "actions.approved_by.unknown-word D2");
    let half = "actions: date, action, amount\n2006-04-20, change-number-of-directors, 7.5";
    assert_eq!(company("").with(half).errors(), "actions.amount.not-whole C2");
}

/// "in arrears or not": with a dividend declared since the last quarter date, payment in full leaves the period running.
#[test]
fn the_number_of_directors_without_arrears() {
    let company = company(ELECTED).with(
        "declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01
         2006-07-01, cash, 0.01

         actions: date, action
         2006-08-11, change-number-of-directors
         2006-08-11, junior-dividend",
    );
    assert_eq!(company.actions().verdicts(), ["3(c)(ii)", "allowed"]);
}

/// Where the table of directors is missing, a meeting may say that the right was exercised before.
#[test]
fn exercised_as_a_meeting_says() {
    for (date, held, expected) in [
        ("2006-05-09", "2006-05-10", "allowed"),
        ("2006-05-10", "2006-05-10", "3(c)(ii)"),
        ("2006-05-10", "2006-03-14", "allowed"), // before this default period
    ] {
        let company = company("").without("board").with(&format!(
            "meetings: kind, meeting_date, right_exercised
             annual, {held}, yes

             actions: date, action
             {date}, change-number-of-directors"
        ));
        assert_eq!(company.actions().verdicts(), [expected], "{date}, held {held}");
    }
}
