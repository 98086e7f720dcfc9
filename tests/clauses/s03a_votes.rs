//! §3(a): "each share … shall entitle the holder thereof to 100 votes", adjusted with the Common.

use crate::support::{Company, case};

fn company() -> Company {
    case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15
         B, series-a, 0.25, 2005-12-15
         B, series-a, 2.5, 2006-04-10
         C, common, 7,

         adjustments: effective_date, kind, ratio
         2006-05-01, combination, 1:3",
    )
}

/// 100 votes a share, and after a combination an exact fraction of them.
#[test]
fn hundred_votes_a_share_adjusted() {
    assert_eq!(company().vote("2006-04-09").votes(), "A 100, B 25, C/common 7");
    assert_eq!(company().vote("2006-04-30").votes(), "A 100, B 275, C/common 7");
    assert_eq!(company().vote("2006-05-01").votes(), "A 100/3, B 275/3, C/common 7");
    assert_eq!(company().captable("2006-05-01").outcome.votes, company().vote("2006-05-01").outcome.votes);
}

/// The votes go by `votes_per_share`, dividends by `multiple`: each is adjusted by the same events.
#[test]
fn votes_per_share_apart_from_the_multiple() {
    let company = company().set("votes_per_share", "10").set("multiple", "1000");
    assert_eq!(company.vote("2006-05-01").votes(), "A 10/3, B 55/6, C/common 7");
}

/// In the files a fraction is shown to 6 decimals, half-even.
#[test]
fn shown_to_six_decimals() {
    let votes = company().written("vote --date 2006-05-01").text("votes.csv");
    let expected = "holder_id,holder_name,class,shares,votes_per_share,votes\n\
                    A,A,series-a,1,33.333333,33.333333\n\
                    B,B,series-a,2.75,33.333333,91.666667\n\
                    C,C,common,7,1,7\n";
    assert_eq!(votes, expected);
    // 0.0000005 and 0.0000015 votes.
    let tiny = company()
        .without("adjustments")
        .set("votes_per_share", "0.5")
        .and("register", "D, series-a, 0.000001, 2005-12-15\nE, series-a, 0.000003, 2005-12-15");
    let votes = tiny.written("vote --date 2006-05-01").text("votes.csv");
    assert!(votes.contains("\nD,D,series-a,0.000001,0.5,0\n"), "{votes}");
    assert!(votes.contains("\nE,E,series-a,0.000003,0.5,0.000002\n"), "{votes}");
}
