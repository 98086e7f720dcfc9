//! §10: no adverse amendment without "a majority or more of the outstanding shares", "voting separately as a class".

use crate::support::{Company, case};

/// 1,000.5 Series A shares.
fn company(ballots: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 600.5, 2005-12-15,
         B, series-a, 400, 2005-12-15,
         R, series-a, 500, 2005-12-15, 2006-05-01
         C, common, 900000,,

         ballots: matter, kind, holder_id, class, choice, shares
         {ballots}"
    ))
}

/// More than half of what is outstanding: 500.25 of 1,000.5 fails, 500.26 passes; those not cast count against.
#[test]
fn more_than_half_of_the_outstanding() {
    for (shares, expected) in [("500.25", "fails"), ("500.250001", "passes"), ("500.26", "passes")] {
        let run = company(&format!("Amend, amendment, A, series-a, for, {shares}")).vote("2006-05-01");
        assert!(run.tallies()[0].ends_with(expected), "{shares}: {:?}", run.tallies());
    }
    // The day before, 500 more were outstanding.
    let run = company("Amend, amendment, A, series-a, for,").vote("2006-04-30");
    assert!(run.tallies()[0].ends_with("fails"), "{:?}", run.tallies());
}

/// Shares are counted, not votes, and of Series A alone.
#[test]
fn shares_of_series_a_alone() {
    let run = company(
        "Amend, amendment, A, series-a, for, 500
         Amend, amendment, B, series-a, against, 150.5
         Amend, amendment, B, series-a, abstain, 249.5
         Amend, amendment, C, common, for,",
    )
    .vote("2006-05-01");
    assert_eq!(run.tallies(), ["Amend: for 500 fails", "Amend: against 301/2 fails", "Amend: abstain 499/2 fails"]);
    assert_eq!(run.warnings(), "ballots.class.no-vote");
}

/// Other certificates ask for other majorities: more than 0.8 of 1,000.5, which is 800.4.
#[test]
fn other_majorities() {
    for (shares, majority, expected) in [
        ("400", "0.999999", "passes"),
        ("399.998", "0.999999", "fails"),
        ("199.8", "0.8", "fails"),
        ("199.9", "0.8", "fails"),
        ("199.900001", "0.8", "passes"),
    ] {
        let ballots = format!("Amend, amendment, A, series-a, for,\nAmend, amendment, B, series-a, for, {shares}");
        let run = company(&ballots).set("amendment_majority", majority).vote("2006-05-01");
        assert!(run.tallies()[0].ends_with(expected), "{shares}: {:?}", run.tallies());
    }
}
