//! §1: "the number of shares constituting such series shall be 1,000,000".

use crate::support::case;
use crate::support::runs::refusal;

/// A millionth of a share above what is authorised is a problem for every run.
#[test]
fn no_more_than_authorized() {
    for (shares, expected) in [("400000", "done"), ("400000.000001", "3 register.shares.over-issue")] {
        let company = case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, 600000, 2005-12-15
             B, series-a, {shares}, 2005-12-15
             C, common, 1000,

             consideration: component, amount
             USD, 1.00"
        ));
        let date = "2006-03-15";
        assert_eq!(refusal(company.try_dividend(date, "")), expected, "dividend of {shares}");
        assert_eq!(refusal(company.try_liquidate(date, "100")), expected, "liquidate {shares}");
        assert_eq!(refusal(company.try_exchange(date)), expected, "exchange {shares}");
        assert_eq!(refusal(company.try_vote(date)), expected, "vote {shares}");
        assert_eq!(refusal(company.try_captable(date)), expected, "captable {shares}");
    }
}

/// Lots issued after the date are not counted yet; those issued on it are.
#[test]
fn counted_from_the_day_of_issue() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 999999, 2005-12-15
         B, series-a, 1.5, 2006-04-10",
    );
    assert_eq!(refusal(company.try_captable("2006-04-09")), "done");
    assert_eq!(refusal(company.try_captable("2006-04-10")), "3 register.shares.over-issue");
}

/// What is authorised, outstanding, retired and available.
#[test]
fn cap_table() {
    let company = case(
        "register: holder_id, class, shares, issue_date, retired_date, treasury
         A, series-a, 250.5, 2005-12-15,,
         B, series-a, 20, 2005-12-15, 2006-04-10,
         C, common, 749,,,
         D, common, 51,,, yes

         terms: term, value
         common_authorized_shares, 900

         classes: class, authorized_shares, votes_per_share, ranking
         prior, 40, 2, senior
         open,, 0, parity",
    )
    .and("register", "P, prior, 30,,,\nO, open, 0.5,,,");
    assert_eq!(
        company.captable("2006-04-09").classes(),
        [
            "prior: 40 authorized, 30 outstanding, 0 retired, 10 available",
            "series-a: 1000000 authorized, 270.5 outstanding, 0 retired, 999729.5 available",
            "open: - authorized, 0.5 outstanding, 0 retired, - available",
            "common: 900 authorized, 749 outstanding, 0 retired, 151 available",
        ]
    );
    assert_eq!(
        company.captable("2006-04-10").classes()[1],
        "series-a: 1000000 authorized, 250.5 outstanding, 20 retired, 999729.5 available"
    );
    assert_eq!(
        company.captable("2006-04-10").percents(),
        [
            // 30 + 250.5 + 0.5 + 749 = 1,030 shares; 60 + 25,050 + 0 + 749 = 25,859 votes.
            "prior 2.912621% of shares, 0.232028% of votes",
            "series-a 24.320388% of shares, 96.871495% of votes",
            "open 0.048544% of shares, 0% of votes",
            "common 72.718447% of shares, 2.896477% of votes",
        ]
    );
    // Nothing converts: fully diluted is what is outstanding.
    let table = company.written("captable --date 2006-04-10").text("captable.csv");
    assert_eq!(
        table.lines().nth(2),
        Some("series-a,1000000,250.5,20,999729.5,25050,24.320388,96.871495,250.5,24.320388")
    );
}
