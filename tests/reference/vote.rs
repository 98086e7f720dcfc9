//! SPEC 4.12: votes, tallies and meetings (§3, §10, §11).

use super::case::{COMMON, Case, Row, SERIES_A, date, number, text};
use super::date::Date;
use super::ledger::Ledger;
use super::number::{Q, int, plain, sum};
use super::outputs::{Rows, guarded, header};
use super::{Outcome, Stop, problem};
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};

/// A holding of a ballot: `holder_id` and class.
type Voter = (String, String);

impl Case {
    /// `ratable vote --date D`.
    pub fn vote(&self, day: Date) -> Result<Outcome, Stop> {
        self.check_register(day)?;
        let ledger = self.replay(day, day)?;
        let mut outcome = Outcome::done(Some(&self.multiple(day)));
        let mut votes = header("holder_id,holder_name,class,shares,votes_per_share,votes");
        let mut total = Q::zero();
        for holding in self.holdings_on(day) {
            let each = self.votes_each(&holding.class, day);
            total += &holding.voting * &each;
            votes.push(vec![
                guarded(&holding.holder_id),
                guarded(&self.holders[&holding.holder_id].name),
                holding.class.clone(),
                plain(&holding.shares, 6),
                plain(&each, 6),
                plain(&(&holding.voting * &each), 6),
            ]);
        }
        outcome.total("votes", plain(&total, 6));
        outcome.files.insert("votes.csv".into(), votes);
        outcome.files.insert("tallies.csv".into(), self.tallies(&ledger, day)?);
        outcome.files.insert("meetings.csv".into(), self.judge_meetings(&ledger, day)?);
        if self.board.is_some() {
            outcome.files.insert("board.csv".into(), self.directors_in_office(&ledger, day)?);
        }
        Ok(outcome)
    }

    /// The votes of a share of a class.
    pub fn votes_each(&self, class: &str, day: Date) -> Q {
        match class {
            SERIES_A => self.vote_multiple(day),
            COMMON => int(1),
            other => self.class(other).votes_per_share.clone(),
        }
    }

    /// The preferred shares outstanding, all series, without what a subsidiary holds.
    fn preferred_outstanding(&self, day: Date) -> Q {
        let lots = self.lots_on(day);
        sum(lots.iter().filter(|lot| lot.class != COMMON && !lot.subsidiary).map(|lot| &lot.shares))
    }

    /// The shares that may elect directors as a class, by holding: the preferred lots that are
    /// themselves at least `default_quarters` behind, or were at some quarter date of the default
    /// period (reading `default_voters`).
    fn eligible(&self, ledger: &Ledger, day: Date) -> BTreeMap<Voter, Q> {
        let quarters = self.term_number("default_quarters");
        let mut eligible: BTreeMap<Voter, Q> = BTreeMap::new();
        for lot in self.lots_on(day).iter().filter(|lot| lot.class != COMMON && !lot.subsidiary) {
            let far_behind = if lot.class == SERIES_A {
                let start = self.accrual_start(lot);
                let before = self.reads("default_voters", "period") && ledger.far_behind.contains(&start);
                before || self.quarters_behind(ledger, start, day) >= quarters
            } else {
                self.class(&lot.class).quarters_in_arrears >= quarters
            };
            if far_behind {
                *eligible.entry((lot.holder_id.clone(), lot.class.clone())).or_default() += &lot.shares;
            }
        }
        eligible
    }

    fn tallies(&self, ledger: &Ledger, day: Date) -> Result<Rows, Stop> {
        let mut rows = header("matter,kind,choice,votes,outcome");
        let mut matters: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        for ballot in &self.ballots {
            matters.entry(text(ballot, "matter")).or_default().push(ballot);
        }
        for (matter, ballots) in matters {
            let kind = text(ballots[0], "kind");
            let counted = match kind {
                "directors" => self.directors(&ballots, ledger, day)?,
                _ => self.decided(&ballots, kind, day)?,
            };
            for (choice, votes, outcome) in counted {
                rows.push(vec![guarded(matter), kind.into(), guarded(&choice), plain(&votes, 6), outcome]);
            }
        }
        Ok(rows)
    }

    /// The voting shares of every holding on the day.
    fn shares_held(&self, day: Date) -> BTreeMap<Voter, Q> {
        let holdings = self.holdings_on(day).into_iter();
        holdings.map(|holding| ((holding.holder_id, holding.class), holding.voting)).collect()
    }

    /// The shares that a ballot votes: all where it names none; none where a subsidiary holds them all.
    fn shares_voted(ballot: &Row, all: &Q) -> Result<Q, Stop> {
        if all.is_zero() {
            return Ok(Q::zero());
        }
        Ok(number(ballot, "shares")?.unwrap_or_else(|| all.clone()))
    }

    /// `joint` (sums of votes) and `amendment` (Series A shares) matters.
    fn decided(&self, ballots: &[&Row], kind: &str, day: Date) -> Result<Vec<(String, Q, String)>, Stop> {
        let held = self.shares_held(day);
        let mut cast: BTreeMap<Voter, Q> = BTreeMap::new();
        let mut sums: BTreeMap<&str, Q> = BTreeMap::new();
        for ballot in ballots {
            let voter: Voter = (text(ballot, "holder_id").into(), self.class_id(text(ballot, "class"))?);
            let Some(all) = held.get(&voter) else {
                return problem(format!("{} holds no {}", voter.0, voter.1));
            };
            let shares = Self::shares_voted(ballot, all)?;
            *cast.entry(voter.clone()).or_default() += &shares;
            if cast[&voter] > *all {
                return problem(format!("{} votes more {} than it has", voter.0, voter.1));
            }
            let each =
                if kind == "amendment" { int(i64::from(voter.1 == SERIES_A)) } else { self.votes_each(&voter.1, day) };
            *sums.entry(text(ballot, "choice")).or_default() += shares * each;
        }
        let of = |choice: &str| sums.get(choice).cloned().unwrap_or_default();
        let needed = self.term_number("amendment_majority") * self.voting(SERIES_A, day);
        let outcome = match kind {
            "amendment" if of("for") > needed => "passes",
            "amendment" => "fails",
            _ => "not-decided",
        };
        Ok(["for", "against", "abstain"].map(|choice| (choice.into(), of(choice), outcome.into())).to_vec())
    }

    /// §3(c)(i): the election of directors by the preferred stock as a class.
    fn directors(&self, ballots: &[&Row], ledger: &Ledger, day: Date) -> Result<Vec<(String, Q, String)>, Stop> {
        let held = self.shares_held(day);
        let eligible = self.eligible(ledger, day);
        let seats: usize = self.term("default_directors").parse().expect("default_directors");
        let mut sums: BTreeMap<&str, Q> = BTreeMap::new();
        let mut nominees: BTreeMap<Voter, BTreeSet<&str>> = BTreeMap::new();
        let mut present: BTreeMap<Voter, Q> = BTreeMap::new();
        for ballot in ballots {
            let voter: Voter = (text(ballot, "holder_id").into(), self.class_id(text(ballot, "class"))?);
            let Some(all) = held.get(&voter) else {
                return problem(format!("{} holds no {}", voter.0, voter.1));
            };
            let shares = Self::shares_voted(ballot, all)?;
            if shares > *all {
                return problem(format!("{} votes more {} than it has", voter.0, voter.1));
            }
            let choices = nominees.entry(voter.clone()).or_default();
            choices.insert(text(ballot, "choice"));
            if choices.len() > seats {
                return problem("more than default_directors nominees from one holding");
            }
            // The preferred shares that cast a ballot in the matter, each counted once.
            if voter.1 != COMMON {
                let counted = present.entry(voter.clone()).or_default();
                *counted = counted.clone().max(shares.clone());
            }
            // A holding votes at most its eligible shares.
            let may = eligible.get(&voter).cloned().unwrap_or_default();
            *sums.entry(text(ballot, "choice")).or_default() += shares.min(may) * self.votes_each(&voter.1, day);
        }
        let present = sum(present.values());
        let quorum = self.term_number("class_quorum") * self.preferred_outstanding(day);
        let outcome = |votes: &Q| {
            if ledger.default_since.is_none() {
                return "no-default-period";
            }
            if present < quorum {
                return "no-quorum";
            }
            let ahead = sums.values().filter(|other| *other > votes).count();
            let level = sums.values().filter(|other| *other == votes).count();
            if votes.is_zero() || ahead >= seats {
                "not-elected"
            } else if ahead + level > seats {
                "tie"
            } else {
                "elected"
            }
        };
        Ok(sums.iter().map(|(choice, votes)| ((*choice).into(), votes.clone(), outcome(votes).into())).collect())
    }

    /// Meetings (§3(c)(ii) and (iii)): `valid` or `invalid`; the reason is free text.
    fn judge_meetings(&self, ledger: &Ledger, day: Date) -> Result<Rows, Stop> {
        let mut rows = header("row,kind,verdict,reason");
        let preferred = self.preferred_outstanding(day);
        let quorum = self.term_number("class_quorum") * &preferred;
        let tenth = &preferred / int(10);
        for (index, meeting) in self.meetings.iter().enumerate() {
            let mut reasons: Vec<&str> = Vec::new();
            if number(meeting, "preferred_shares_present")?.is_some_and(|present| present < quorum) {
                reasons.push("no quorum");
            }
            if text(meeting, "kind") == "special" {
                let requested = date(meeting, "requested_date")?;
                let called = date(meeting, "called_date")?;
                let held = date(meeting, "meeting_date")?;
                let by_holders = requested.zip(called).is_some_and(|(requested, called)| called.0 - requested.0 > 60);
                let days = requested.zip(held).map(|(requested, held)| held.0 - requested.0);
                if !by_holders && days.is_some_and(|days| !(20..=60).contains(&days)) {
                    reasons.push("not 20 to 60 days after the order or request");
                }
                let enough = number(meeting, "requesting_shares")?.is_some_and(|shares| shares >= tenth);
                if !text(meeting, "ordered_by_board").eq_ignore_ascii_case("yes") && !enough {
                    reasons.push("requested by less than 10 % of the preferred shares");
                }
                let annual = date(meeting, "next_annual_meeting")?;
                if called.zip(annual).is_some_and(|(called, annual)| annual.plus(-60) <= called && called < annual) {
                    reasons.push("called in the 60 days before the annual meeting");
                }
                if [requested, held].into_iter().flatten().any(|day| ledger.default_period(day).is_none()) {
                    reasons.push("no default period");
                }
                if text(meeting, "right_exercised").eq_ignore_ascii_case("yes") {
                    reasons.push("the right was exercised before: annual meetings only");
                }
            }
            rows.push(vec![
                (index + 1).to_string(),
                text(meeting, "kind").into(),
                if reasons.is_empty() { "valid" } else { "invalid" }.into(),
                reasons.join("; "),
            ]);
        }
        Ok(rows)
    }
}
