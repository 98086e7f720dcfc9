//! §3(b): Series A and Common "shall vote together as one class".

use crate::support::{Company, case};

fn company(ballots: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date, treasury
         A, series-a, 10, 2005-12-15,
         A, series-a, 5.5, 2006-04-10,
         B, series-a, 20, 2005-12-15,
         C, common, 1000,,
         P, prior, 30,,
         Q, quiet, 40,,
         T, common, 9,, yes

         classes: class, votes_per_share
         prior, 2.5
         quiet,

         ballots: matter, kind, holder_id, class, choice, shares
         {ballots}"
    ))
}

/// The sums of votes, other series as their own terms say; nothing is decided here.
#[test]
fn joint_tally() {
    let run = company(
        "Merger, joint, A, series-a, for,
         Merger, joint, B, series-a, Against, 15
         Merger, joint, B, series-a, abstain, 5
         Merger, joint, C, common, for, 250.5
         Merger, joint, P, prior, against,
         Merger, joint, Q, quiet, for,",
    )
    .vote("2006-05-01");
    assert_eq!(
        run.tallies(),
        [
            "Merger: for 3601/2 not-decided",   // 15.5 × 100 + 250.5
            "Merger: against 1575 not-decided", // 15 × 100 + 30 × 2.5
            "Merger: abstain 500 not-decided",
        ]
    );
    assert_eq!(run.warnings(), "ballots.class.no-vote");
}

/// Each matter by itself, in the bytewise order of their names; every choice has its row.
#[test]
fn matters_in_order() {
    let run = company(
        "c, joint, A, series-a, for,
         B, joint, A, series-a, against,
         Ä, joint, A, series-a, for,",
    )
    .vote("2006-05-01");
    let choices: Vec<String> = run.tallies();
    assert_eq!(choices.len(), 9);
    assert_eq!(choices[0], "B: for 0 not-decided");
    assert_eq!(choices[1], "B: against 1550 not-decided");
    assert_eq!(choices[3], "c: for 1550 not-decided");
    assert_eq!(choices[6], "Ä: for 1550 not-decided");
}

/// A holding casts each of its shares once, and only what it had of record on the day.
#[test]
fn no_share_votes_twice() {
    use crate::support::runs::refusal;
    for (ballots, expected) in [
        ("M, joint, B, series-a, for, 20", "done"),
        ("M, joint, B, series-a, for, 20.000001", "3 ballots.shares.more-than-held"),
        ("M, joint, B, series-a, for, 15\nM, joint, B, series-a, against, 5", "done"),
        ("M, joint, B, series-a, for, 15\nM, joint, B, series-a, against, 5.000001", "3 ballots.shares.more-than-held"),
        ("M, joint, B, series-a, for,\nM, joint, B, series-a, for,", "3 ballots.shares.more-than-held"),
        ("M, joint, B, series-a, for,\nN, joint, B, series-a, for,", "done"),
        ("M, joint, B, common, for,", "3 ballots.holder_id.not-of-record"),
        ("M, joint, T, common, for,", "3 ballots.holder_id.not-of-record"),
    ] {
        assert_eq!(refusal(company(ballots).try_vote("2006-05-01")), expected, "{ballots}");
    }
    // Of record on 04-09 A has 10 shares.
    let ten = company("M, joint, A, series-a, for, 15.5");
    assert_eq!(refusal(ten.try_vote("2006-04-09")), "3 ballots.shares.more-than-held");
    assert_eq!(refusal(ten.try_vote("2006-04-10")), "done");
}
