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

/// In a default period nobody may be six quarters behind any more: the run says so.
#[test]
fn nobody_is_that_far_behind() {
    let company = in_default("Board, directors, A, series-a, Olsen,").with("payments: date, amount\n2006-02-01, 7000");
    let company = company.with("classes: class, quarters_in_arrears\nprior, 5\nother, 5");
    let run = company.vote("2006-02-01");
    assert_eq!(run.default_since(), "2005-12-15");
    assert_eq!(run.warnings(), "run.vote.nobody-eligible");
    assert_eq!(run.tallies(), ["Board: Olsen 0 not-elected"]);
    assert_eq!(in_default("").vote("2006-02-01").warnings(), "");
}
