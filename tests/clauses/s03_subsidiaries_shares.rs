//! §3 and DGCL §160(c): shares that a subsidiary holds are outstanding and paid, but "shall neither be entitled to vote nor
//! be counted for quorum purposes".

use crate::support::runs::refusal;
use crate::support::{Company, case};

/// 60 of 100 Series A shares vote, and 1,300 of 1,500 Common; a default period has run since 2006-03-15.
fn company(more: &str) -> Company {
    case(&format!(
        "register: holder_id, class, shares, issue_date, treasury
         A, series-a, 60, 2005-12-15,
         S, series-a, 40, 2005-12-15, subsidiary
         C, common, 1000,, no
         U, common, 300,,
         U, common, 200,, Subsidiary

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01

         {more}"
    ))
    .set("default_quarters", "1")
}

/// Outstanding, paid and listed; without votes.
#[test]
fn outstanding_without_votes() {
    let company = company("");
    assert_eq!(company.dividend("2006-03-15").cash(), "A 60.00, S 40.00");
    let votes = company.written("vote --date 2006-03-15").text("votes.csv");
    let expected = "holder_id,holder_name,class,shares,votes_per_share,votes\n\
                    A,A,series-a,60,100,6000\n\
                    C,C,common,1000,1,1000\n\
                    S,S,series-a,40,100,0\n\
                    U,U,common,500,1,300\n";
    assert_eq!(votes, expected);
    let run = company.captable("2006-03-15");
    assert_eq!(run.classes()[0], "series-a: 1000000 authorized, 100 outstanding, 0 retired, 999900 available");
    assert_eq!(run.classes()[1], "common: - authorized, 1500 outstanding, 0 retired, - available");
    // 100 of 1,600 shares; 6,000 of 7,300 votes.
    assert_eq!(run.percents()[0], "series-a 6.25% of shares, 82.191781% of votes");
    // Those that the company itself holds are not outstanding.
    let own = company.with("register: holder_id, class, shares, treasury\nC, common, 1000,\nT, common, 5, yes");
    assert_eq!(own.vote("2006-03-15").votes(), "C/common 1000");
}

/// In a vote: blank means the shares that vote, more than those are a problem, a ballot of none counts nothing.
#[test]
fn ballots() {
    let run = |rows: &str| company(&format!("ballots: matter, kind, holder_id, class, choice, shares\n{rows}"));
    let all =
        run("Merger, joint, U, common, for,\nMerger, joint, S, series-a, for,\nMerger, joint, A, series-a, against,");
    let all = all.vote("2006-03-15");
    assert_eq!(all.tallies()[..2], ["Merger: for 300 not-decided", "Merger: against 6000 not-decided"]);
    assert_eq!(all.warnings(), "ballots.holder_id.subsidiary");
    for (shares, expected) in [("300", "done"), ("300.000001", "3 ballots.shares.more-than-held")] {
        let row = format!("Merger, joint, U, common, for, {shares}");
        assert_eq!(refusal(run(&row).try_vote("2006-03-15")), expected, "{shares}");
    }
    // Of a holding that votes nothing, however many shares it casts.
    assert_eq!(run("Merger, joint, S, series-a, for, 99").vote("2006-03-15").tallies()[0], "Merger: for 0 not-decided");
}

/// §10: a majority of the 60 that vote.
#[test]
fn amendment() {
    for (shares, outcome) in [("30", "30 fails"), ("30.000001", "30000001/1000000 passes")] {
        let company = company(&format!(
            "ballots: matter, kind, holder_id, class, choice, shares
             Charter, amendment, A, series-a, for, {shares}
             Charter, amendment, S, series-a, for,"
        ));
        assert_eq!(company.vote("2006-03-15").tallies()[0], "Charter: for ".to_owned() + outcome);
    }
}

/// §3(c)(ii): ten percent of the 60, present or casting ballots; the subsidiary's are neither.
#[test]
fn quorum() {
    for (shares, outcome) in [("5.999999", "no-quorum"), ("6", "elected")] {
        let company = company(&format!(
            "ballots: matter, kind, holder_id, class, choice, shares
             Board, directors, A, series-a, Ann, {shares}
             Board, directors, S, series-a, Ann,"
        ));
        let tally = &company.vote("2006-03-15").tallies()[0];
        assert!(tally.ends_with(outcome), "{shares}: {tally}");
    }
    let present = |shares: &str| {
        let row = format!("meetings: kind, meeting_date, preferred_shares_present\nannual, 2006-03-20, {shares}");
        company(&row).vote("2006-03-20").meetings()
    };
    assert_eq!((present("5.999999"), present("6")), ("invalid".to_owned(), "valid".to_owned()));
}

/// §3(c)(iii): a tenth of the 60 may ask for a meeting.
#[test]
fn a_meetings_tenth() {
    for (shares, expected) in [("5.999999", "invalid"), ("6", "valid")] {
        let company = company(&format!(
            "meetings: kind, requested_date, requesting_shares, called_date, meeting_date
             special, 2006-03-20, {shares}, 2006-03-21, 2006-04-10"
        ));
        assert_eq!(company.vote("2006-04-10").meetings(), expected, "{shares}");
    }
}

/// §3(c)(i): where a subsidiary holds all that is far enough behind, nobody elects.
#[test]
fn nobody_elects() {
    let lots = "register: holder_id, class, shares, issue_date, treasury
         N, series-a, 60, 2006-03-20,
         S, series-a, 40, 2005-12-15, subsidiary";
    assert_eq!(company("").vote("2006-03-20").warnings(), "");
    assert_eq!(company("").with(lots).vote("2006-03-20").warnings(), "run.vote.nobody-eligible");
}
