//! The control totals of votes and of the cap table.

use super::Audit;
use crate::outcome::vote::VOTE_DECIMALS;
use crate::problem::Problem;
use crate::quantity::{Ratio, SHARE_DECIMALS, Units, parse_decimal, plain};
use crate::text::guarded;
use num_traits::Zero;
use serde_json::Value;
use std::collections::BTreeMap;

/// A class as `result.json` of a vote has it.
struct Class {
    votes_per_share: Ratio,
    shares: Units,
    /// Of them those that vote (DGCL §160(c)).
    voting_shares: Units,
    listed: Units,
}

impl Audit<'_> {
    pub(crate) fn vote(&mut self) -> Result<(), Problem> {
        self.power()?;
        self.rows("tallies.csv", "tallies", &["matter", "kind", "choice", "votes", "outcome"])?;
        self.rows("meetings.csv", "meetings", &["row", "kind", "verdict", "reason"])?;
        if self.result.get("board").is_some_and(|board| !board.is_null()) {
            self.rows(
                "board.csv",
                "board/seats",
                &["director", "elected_by", "elected_on", "status", "until", "reason"],
            )?;
        }
        Ok(())
    }

    /// `votes.csv`: shares × votes per share in every row, and the sums.
    fn power(&mut self) -> Result<(), Problem> {
        let mut classes = self.vote_classes();
        let Some(mut table) = self.table("votes.csv")? else { return Ok(()) };
        let (mut sum, mut rows) = (0, 0);
        while table.advance()? {
            let shares = table.units("shares", SHARE_DECIMALS)?;
            sum += table.units("votes", VOTE_DECIMALS)?;
            rows += 1;
            let Some(class) = classes.get_mut(table.text("class")) else {
                self.cell("totals.class.differs", &table, "class", "class: result.json has no such class.");
                continue;
            };
            class.listed += shares;
            let votes = parse_decimal(table.text("shares")).unwrap_or_else(Ratio::zero) * &class.votes_per_share;
            // Where a subsidiary holds shares of the class, no row says how many of its shares vote.
            let unknown = class.shares != class.voting_shares
                && parse_decimal(table.text("votes")).is_some_and(|told| told <= votes);
            let votes = plain(&votes, VOTE_DECIMALS);
            if table.text("votes") != votes && !unknown {
                let message = format!("votes: shares by votes per share are {votes}.");
                self.cell("totals.votes.differ", &table, "votes", message);
            }
        }
        let stated = self.stated("/totals/votes", VOTE_DECIMALS).unwrap_or(0);
        let at = |name| (name, "votes.csv");
        // Each row is rounded to a millionth of a vote.
        self.agree_within(rows + 1, VOTE_DECIMALS, at("votes"), [sum, stated], "votes, summed over all holdings");
        for (name, class) in classes {
            let what = format!("shares of {name}");
            self.agree_within(0, SHARE_DECIMALS, at("shares"), [class.listed, class.shares], &what);
        }
        Ok(())
    }

    fn vote_classes(&self) -> BTreeMap<String, Class> {
        let list = self.result.get("classes").and_then(Value::as_array).map_or(0, Vec::len);
        let class = |at: usize| {
            let text = |name: &str| self.text(&format!("/classes/{at}/{name}"));
            let votes_per_share = fraction(text("votes_per_share")?)?;
            let shares = self.stated(&format!("/classes/{at}/shares"), SHARE_DECIMALS)?;
            let voting_shares = self.stated(&format!("/classes/{at}/voting_shares"), SHARE_DECIMALS)?;
            Some((guarded(text("class")?).into_owned(), Class { votes_per_share, shares, voting_shares, listed: 0 }))
        };
        (0..list).filter_map(class).collect()
    }

    /// Every control total of a cap table.
    pub(crate) fn captable(&mut self) -> Result<(), Problem> {
        let columns = ["class", "authorized", "outstanding", "retired", "available", "votes", "fully_diluted"];
        self.rows("captable.csv", "classes", &columns)?;
        let Some(mut table) = self.table("captable.csv")? else { return Ok(()) };
        let (mut shares, mut votes, mut rows) = (0, 0, 0);
        while table.advance()? {
            shares += table.units("outstanding", SHARE_DECIMALS)?;
            votes += table.units("votes", VOTE_DECIMALS)?;
            rows += 1;
        }
        let stated = |audit: &Self, pointer| audit.stated(pointer, SHARE_DECIMALS).unwrap_or(0);
        let (all_shares, all_votes) = (stated(self, "/totals/shares"), stated(self, "/totals/votes"));
        let at = |name| (name, "captable.csv");
        self.agree_within(0, SHARE_DECIMALS, at("shares"), [shares, all_shares], "shares outstanding");
        self.agree_within(rows + 1, VOTE_DECIMALS, at("votes"), [votes, all_votes], "votes");
        Ok(())
    }
}

/// `150`, `100/3`.
fn fraction(text: &str) -> Option<Ratio> {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let denominator = parse_decimal(denominator).filter(|denominator| !denominator.is_zero())?;
    Some(parse_decimal(numerator)? / denominator)
}
