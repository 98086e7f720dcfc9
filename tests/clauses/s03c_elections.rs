//! §3(c)(i), (ii) and (iv): the preferred that are six quarterly dividends behind elect two directors as a class.

use crate::support::runs::refusal;
use crate::support::{Company, case};

/// In default since 2005-12-15: 50,000.5 shares of Series A are six dividends behind, B's only one.
fn in_default(ballots: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date
         A, series-a, 40000, 2004-06-15
         A2, series-a, 10000.5, 2004-06-15
         B, series-a, 1000, 2005-09-15
         P, prior, 2000,
         Q, other, 1000,
         C, common, 900000,

         classes: class, quarters_in_arrears, votes_per_share
         prior, 6, 3
         other, 5.999999, 1

         arrears: as_of, default_since, accrual_start, quarter, dividend_per_share, paid_per_share
         2005-12-15, 2005-12-15, 2004-06-15, 2004-09-15, 1, 0
         2005-12-15, 2005-12-15, 2004-06-15, 2004-12-15, 1, 0
         2005-12-15, 2005-12-15, 2004-06-15, 2005-03-15, 1, 0
         2005-12-15, 2005-12-15, 2004-06-15, 2005-06-15, 1, 0
         2005-12-15, 2005-12-15, 2004-06-15, 2005-09-15, 1, 0
         2005-12-15, 2005-12-15, 2004-06-15, 2005-12-15, 1, 0
         2005-12-15, 2005-12-15, 2005-09-15, 2005-12-15, 1, 0

         ballots: matter, kind, holder_id, class, choice, shares
         {ballots}"
    ))
}

fn tallies(ballots: &str) -> Vec<String> {
    in_default(ballots).vote("2006-02-01").tallies()
}

/// "ten percent (10%) in number of shares of Preferred Stock outstanding": 5,400.05 of 54,000.5, all series.
#[test]
fn quorum() {
    for (shares, expected) in [("5400", "no-quorum"), ("5400.049999", "no-quorum"), ("5400.05", "elected")] {
        let outcome = &tallies(&format!("Board, directors, A, series-a, Olsen, {shares}"))[0];
        assert!(outcome.ends_with(expected), "{shares}: {outcome}");
    }
    // Other certificates ask for other parts.
    let third = in_default("Board, directors, A, series-a, Olsen, 18000.16").set("class_quorum", "0.3333333333");
    assert_eq!(third.vote("2006-02-01").tallies(), ["Board: Olsen 1800016 no-quorum"]);
    let third = in_default("Board, directors, A, series-a, Olsen, 18000.17").set("class_quorum", "0.3333333333");
    assert_eq!(third.vote("2006-02-01").tallies(), ["Board: Olsen 1800017 elected"]);
}

/// Whoever of the preferred casts a ballot is present, each share once; Common does not count.
#[test]
fn who_counts_for_the_quorum() {
    for (others, expected) in [
        ("", "no-quorum"),
        ("Board, directors, P, prior, Olsen, 400.05", "elected"),
        // Not far enough behind to vote, but present.
        ("Board, directors, Q, other, Olsen, 400.05", "elected"),
        ("Board, directors, B, series-a, Olsen, 400.05", "elected"),
        ("Board, directors, C, common, Olsen, 400.05", "no-quorum"),
        // The same shares for the second seat count once.
        ("Board, directors, A2, series-a, Prasad, 5000", "no-quorum"),
        ("Board, directors, A2, series-a, Prasad, 5400.05", "elected"),
    ] {
        let rows = tallies(&format!("Board, directors, A2, series-a, Olsen, 5000\n{others}"));
        assert!(rows[0].starts_with("Board: Olsen ") && rows[0].ends_with(expected), "{others}: {rows:?}");
    }
}

/// Who elects: lots that are themselves at least six quarterly dividends behind, with their votes of §3(a).
#[test]
fn who_elects() {
    assert_eq!(
        tallies(
            "Board, directors, A, series-a, Olsen,
             Board, directors, B, series-a, Prasad,
             Board, directors, P, prior, Quist,
             Board, directors, Q, other, Romero,"
        ),
        [
            "Board: Olsen 4000000 elected",
            "Board: Prasad 0 not-elected", // one dividend behind
            "Board: Quist 6000 elected",   // six behind, three votes a share
            "Board: Romero 0 not-elected", // 5.999999 behind
        ]
    );
    // A holding with lots of both cohorts votes what it has of the eligible one.
    let both = in_default("Board, directors, B, series-a, Olsen,").and("register", "B, series-a, 7, 2004-06-15");
    assert_eq!(both.set("class_quorum", "0").vote("2006-02-01").tallies(), ["Board: Olsen 700 elected"]);
}

/// "to elect two (2) directors": those with most votes; equal ones for the last seat are each a tie, never broken.
#[test]
fn two_seats() {
    // Thousands of shares for Olsen and Prasad by A, for Quist by A2; a ballot of Common carries no votes.
    for (thousands, expected) in [
        ([3, 2, 1], ["elected", "elected", "not-elected"]),
        ([3, 2, 2], ["elected", "tie", "tie"]),
        ([2, 2, 2], ["tie", "tie", "tie"]),
        ([2, 2, 1], ["elected", "elected", "not-elected"]),
        ([3, 0, 0], ["elected", "not-elected", "not-elected"]),
    ] {
        let nominees = [("A", "Olsen"), ("A", "Prasad"), ("A2", "Quist")];
        let ballot = |((holder, nominee), n): (&(&str, &str), i32)| match n {
            0 => format!("Board, directors, C, common, {nominee}, 1"),
            n => format!("Board, directors, {holder}, series-a, {nominee}, {n}000"),
        };
        let ballots: Vec<String> = nominees.iter().zip(thousands).map(ballot).collect();
        let rows = in_default(&ballots.join("\n")).set("class_quorum", "0").vote("2006-02-01").tallies();
        for (row, expected) in rows.iter().zip(expected) {
            assert!(row.ends_with(&format!(" {expected}")), "{thousands:?}: {rows:?}");
        }
    }
    let three = "Board, directors, A, series-a, Olsen, 3000
                 Board, directors, A, series-a, Prasad, 2000
                 Board, directors, A2, series-a, Quist, 1000";
    let run = in_default(three).set("class_quorum", "0").set("default_directors", "3");
    assert_eq!(run.vote("2006-02-01").tallies()[2], "Board: Quist 100000 elected");
}

/// A holding may cast all its votes for each of up to two nominees, not more.
#[test]
fn all_votes_for_each_of_two() {
    let two = "Board, directors, A, series-a, Olsen,\nBoard, directors, A, series-a, Prasad,";
    assert_eq!(tallies(two), ["Board: Olsen 4000000 elected", "Board: Prasad 4000000 elected"]);
    let three = in_default(&format!("{two}\nBoard, directors, A, series-a, Quist, 1"));
    assert_eq!(refusal(three.try_vote("2006-02-01")), "3 ballots.choice.too-many-nominees");
    assert_eq!(refusal(three.set("default_directors", "3").try_vote("2006-02-01")), "done");
    let twice =
        in_default("Board, directors, A, series-a, Olsen, 40000\nBoard, directors, A, series-a, Olsen, 0.000001");
    assert_eq!(refusal(twice.try_vote("2006-02-01")), "3 ballots.shares.more-than-held");
}

/// §3(c)(iv): outside a default period the holders of Common go on to elect the whole board.
#[test]
fn no_default_period() {
    let company = in_default("Board, directors, A, series-a, Olsen,").with("payments: date, amount\n2006-02-01, full");
    assert_eq!(company.vote("2006-01-31").tallies(), ["Board: Olsen 4000000 elected"]);
    assert_eq!(company.vote("2006-02-01").tallies(), ["Board: Olsen 0 no-default-period"]);
}

/// §3(c)(ii), (iv): the right, once acquired, lasts as long as the period, whatever is paid of the arrears meanwhile.
#[test]
fn the_right_lasts_as_long_as_the_period() {
    // 1.00 a quarter, nothing paid: six are unpaid at the close of 2007-06-15. N's lot accrues from 2007-03-15.
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 10, 2006-01-10
         N, series-a, 10, 2007-03-20
         C, common, 1000,

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01
         2006-05-01, cash, 0.01
         2006-08-01, cash, 0.01
         2006-11-01, cash, 0.01
         2007-02-01, cash, 0.01
         2007-05-01, cash, 0.01
         2007-08-01, cash, 0.01

         ballots: matter, kind, holder_id, class, choice
         Board, directors, A, series-a, Ann
         Board, directors, N, series-a, Bob",
    );
    let company = company.set("class_quorum", "0");
    let tallies = |company: &Company, date: &str| company.vote(date).tallies();
    assert_eq!(tallies(&company, "2007-06-14"), ["Board: Ann 0 no-default-period", "Board: Bob 0 no-default-period"]);
    assert_eq!(tallies(&company, "2007-06-15"), ["Board: Ann 1000 elected", "Board: Bob 0 not-elected"]);
    // 3.00 a share for A, 1.00 for N: three quarters are behind, and the period runs on.
    let paid = company.with("payments: date, amount\n2007-07-02, 40.00");
    assert_eq!(tallies(&paid, "2007-07-02"), ["Board: Ann 1000 elected", "Board: Bob 0 not-elected"]);
    let still_behind = paid.set("reading.default_voters", "still-behind");
    assert_eq!(tallies(&still_behind, "2007-07-01"), ["Board: Ann 1000 elected", "Board: Bob 0 not-elected"]);
    assert_eq!(tallies(&still_behind, "2007-07-02"), ["Board: Ann 0 not-elected", "Board: Bob 0 not-elected"]);
    // All paid: the period is over, and with it the right.
    let cured = paid.with("payments: date, amount\n2007-07-02, 40.00\n2007-09-15, full");
    assert_eq!(tallies(&cured, "2007-09-14"), ["Board: Ann 1000 elected", "Board: Bob 0 not-elected"]);
    assert_eq!(tallies(&cured, "2007-09-15"), ["Board: Ann 0 no-default-period", "Board: Bob 0 no-default-period"]);
}

/// A later period has its own voters: who was that far behind in an earlier one alone does not elect.
#[test]
fn each_period_has_its_own_voters() {
    // At two quarterly dividends: the first period is 2006-06-15 to 2006-07-01, when A is paid; the second begins on
    // 2007-03-15 by N, whose dividends accrue from 2006-09-15, while A, paid for 2006-12-15, is one behind.
    let arrears = |first: &str| {
        case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, 10, 2005-12-15
             N, series-a, 10, 2006-09-20

             arrears: as_of, default_since, accrual_start, quarter, dividend_per_share, paid_per_share
             {first}

             declarations: declared_date, kind, amount
             2007-02-01, cash, 0.01

             ballots: matter, kind, holder_id, class, choice
             Board, directors, A, series-a, Ann
             Board, directors, N, series-a, Bob"
        ))
        .set("class_quorum", "0")
        .set("default_quarters", "2")
    };
    // Brought forward: A had accrued for two quarter dates when the period began, N for none; N is one behind.
    let brought = arrears(
        "2006-12-15, 2006-06-15, 2005-12-15, 2006-12-15, 1, 0\n2006-12-15, 2006-06-15, 2006-09-15, 2006-12-15, 1, 0",
    );
    assert_eq!(brought.vote("2006-12-15").tallies(), ["Board: Ann 1000 elected", "Board: Bob 0 not-elected"]);
    assert_eq!(brought.vote("2007-03-15").tallies(), ["Board: Ann 1000 elected", "Board: Bob 1000 elected"]);
    let fewer = brought.set("default_quarters", "3");
    assert_eq!(fewer.vote("2006-12-15").tallies(), ["Board: Ann 0 not-elected", "Board: Bob 0 not-elected"]);
    // No period is brought forward: one begins on 2007-03-15, of N alone.
    let own = arrears("2006-12-15,, 2005-12-15, 2006-12-15, 1, 1\n2006-12-15,, 2006-09-15, 2006-12-15, 1, 0");
    assert_eq!(own.vote("2007-03-15").tallies(), ["Board: Ann 0 not-elected", "Board: Bob 1000 elected"]);
}

/// In a default period nobody may be six quarters behind any more: the run says so.
#[test]
fn nobody_is_that_far_behind() {
    let company = in_default("Board, directors, A, series-a, Olsen,").with("payments: date, amount\n2006-02-01, 7000");
    let company = company.set("reading.default_voters", "still-behind");
    let company = company.with("classes: class, quarters_in_arrears\nprior, 5\nother, 5");
    let run = company.vote("2006-02-01");
    assert_eq!(run.default_since(), "2005-12-15");
    assert_eq!(run.warnings(), "run.vote.nobody-eligible");
    assert_eq!(run.tallies(), ["Board: Olsen 0 not-elected"]);
    assert_eq!(in_default("").vote("2006-02-01").warnings(), "");
}

/// Names that look the same are one nominee, and one matter.
#[test]
fn nominees_who_look_the_same() {
    let ballots = "Board, directors, A, series-a, Jos\u{e9} Ruiz,
                   Board\u{200b}, directors, A2, series-a, Jose\u{301}\u{a0} Ruiz,";
    assert_eq!(tallies(ballots), ["Board: Jos\u{e9} Ruiz 5000050 elected"]);
}
