//! Voting on a record date (SPEC 4.12): every holding's power, tallies, meetings.

use super::Refusal;
use super::context::Context;
use super::replay::{Replay, State, Until};
use crate::holdings::{Holding, Holdings};
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::class::{ClassIx, Rank};
use crate::model::events::{Ballot, BallotKind};
use crate::model::reading::DefaultVoters;
use crate::model::register::HolderIx;
use crate::outcome::DefaultPeriodState;
use crate::outcome::step::Step;
use crate::outcome::vote::{MeetingVerdict, Tally, VoteOutcome, VoteRow};
use crate::problem::Problem;
use crate::quantity::{Ratio, Shares, fraction, plain, shares_ratio, whole};
use crate::rules::voting::{CHOICES, Election, MeetingRules, amendment_outcome};
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};

/// Runs a vote as of `date`.
/// Errors: [`Refusal`]: problems of the case, ballots for more shares than held among them.
pub fn run(case: &Case, date: Date) -> Result<VoteOutcome, Refusal> {
    let context = Context::new(case);
    let mut problems = context.date_problems(date);
    problems.extend(context.arrears_problem(date));
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let replay = context.replay();
    let state = replay.run(Until::EndOf(date))?;
    let holdings = context.all_holdings(date)?;
    let poll = Poll::new(&context, date, &holdings, &replay, &state);
    let ballots = poll.checked_ballots()?;
    let tallies = poll.tallies(&ballots);
    let rules = MeetingRules {
        shares_outstanding: poll.preferred_outstanding,
        quorum: case.terms.class_quorum.clone(),
        directors: case.terms.default_directors,
        periods: &state.periods,
    };
    let meetings = case.meetings.iter().map(|meeting| {
        let (valid, reason) = rules.judge(meeting);
        MeetingVerdict { row: meeting.row, kind: if meeting.special { "special" } else { "annual" }, valid, reason }
    });
    let mut warnings = context.ignored();
    warnings.extend(poll.warnings(&ballots));
    let count = case.terms.readings.counts_unpaid_quarters();
    let series_a_votes = context.multiple.votes_at(date);
    Ok(VoteOutcome {
        date,
        multiple: context.multiple.outcome(date),
        rows: holdings
            .list()
            .iter()
            .map(|h| VoteRow { holder: h.holder, class: h.class, shares: Shares::from_micros(h.shares) })
            .collect(),
        shares: poll
            .class_shares
            .iter()
            .enumerate()
            .filter_map(|(ix, n)| Some((ClassIx::try_from(ix).ok()?, *n)))
            .collect(),
        votes: poll
            .class_shares
            .iter()
            .zip(&poll.votes_per_share)
            .fold(whole(0), |sum, (n, v)| sum + shares_ratio(*n) * v),
        tallies,
        meetings: meetings.collect(),
        default_period: DefaultPeriodState {
            since: state.periods.running().map(|period| period.since),
            quarters_in_arrears: state.ledger.quarters_in_arrears(context.shares_on(date).keys(), date, count),
        },
        steps: vec![
            Step::new("3(a)", format!("Votes per share of {}", case.terms.series_name), fraction(&series_a_votes))
                .from(plain(&case.terms.votes_per_share, 12)),
            Step::new("3(b)", "Series A and Common vote together as one class", "1 vote per Common share"),
            Step::new("11", "Fractions of a share vote in proportion", "votes = shares × votes per share"),
        ],
        votes_per_share: poll.votes_per_share.clone(),
        warnings,
    })
}

/// Votes of one share of each class, by class (SPEC 4.12).
pub fn votes_per_share(context: &Context, date: Date) -> Vec<Ratio> {
    let classes = context.case.classes.list().iter();
    let votes = classes.map(|class| match class.rank {
        Rank::SeriesA => context.multiple.votes_at(date),
        Rank::Common => whole(1),
        _ => class.votes_per_share.clone(),
    });
    votes.collect()
}

/// A register on a record date, ready to count.
struct Poll<'a> {
    context: &'a Context<'a>,
    date: Date,
    holdings: &'a Holdings,
    votes_per_share: Vec<Ratio>,
    class_shares: Vec<u128>,
    preferred_outstanding: u128,
    /// Groups whose shares elect directors: those at least `default_quarters` behind.
    eligible: Vec<bool>,
    default_period: bool,
}

impl<'a> Poll<'a> {
    fn new(context: &'a Context<'a>, date: Date, holdings: &'a Holdings, replay: &Replay, state: &State) -> Self {
        let classes = &context.case.classes;
        let mut class_shares = vec![0u128; classes.list().len()];
        for holding in holdings.list() {
            class_shares[usize::from(holding.class)] += u128::from(holding.shares);
        }
        let preferred = classes.iter().filter(|(_, c)| c.is_preferred());
        let preferred_outstanding = preferred.map(|(ix, _)| class_shares[usize::from(ix)]).sum();
        let terms = &context.case.terms;
        let class_eligible = classes.iter().map(|(_, class)| {
            class.is_preferred() && class.rank != Rank::SeriesA && class.quarters_in_arrears >= terms.default_quarters
        });
        let period = state.periods.running().filter(|_| terms.readings.default_voters == DefaultVoters::Period);
        let behind_in_period = |cohort: &Date| period.is_some_and(|period| period.behind.contains(cohort));
        let cohort_eligible = context
            .cohorts
            .iter()
            .map(|cohort| behind_in_period(cohort) || replay.far_behind(&state.ledger, *cohort, date));
        Self {
            context,
            date,
            holdings,
            votes_per_share: votes_per_share(context, date),
            class_shares,
            preferred_outstanding,
            eligible: class_eligible.chain(cohort_eligible).collect(),
            default_period: state.periods.running().is_some(),
        }
    }

    fn holding(&self, ballot: &Ballot) -> Option<&Holding> {
        self.holdings.find(ballot.holder, ballot.class).map(|(_, holding)| holding)
    }

    /// A holding's shares that elect directors, in millionths.
    fn eligible_shares(&self, holding: &Holding) -> u64 {
        let parts = self.holdings.parts(holding);
        parts.filter(|p| self.eligible.get(p.group as usize).copied().unwrap_or(false)).map(|p| p.shares).sum()
    }

    /// The shares that a ballot casts, in millionths.
    fn cast(&self, ballot: &Ballot) -> u64 {
        let held = self.holding(ballot).map_or(0, |h| h.shares);
        ballot.shares.map_or(held, Shares::micros)
    }

    fn checked_ballots(&self) -> Result<Vec<&'a Ballot>, Refusal> {
        let ballots: Vec<&Ballot> = self.context.case.ballots.iter().collect();
        let mut problems = Vec::new();
        let mut cast: BTreeMap<(&str, HolderIx, ClassIx, &str), u64> = BTreeMap::new();
        let mut nominees: BTreeMap<(&str, HolderIx, ClassIx), BTreeSet<&str>> = BTreeMap::new();
        for ballot in &ballots {
            let who = self.context.case.register.id(ballot.holder);
            let class = &self.context.case.classes.get(ballot.class).name;
            let Some(holding) = self.holding(ballot) else {
                problems.push(
                    Problem::error(
                        "ballots.holder_id.not-of-record",
                        ballot.place.cell("holder_id"),
                        format!("{who} held no {class} on the record date, {}.", iso(self.date)),
                        "Only holders of record on that date vote: correct the holder or the class, or remove the ballot.",
                    )
                    .with_value(who),
                );
                continue;
            };
            // A holding casts each share once in a matter; for directors, once for each nominee.
            let nominee = if ballot.kind == BallotKind::Directors { ballot.choice.as_str() } else { "" };
            let sum = cast.entry((&ballot.matter, ballot.holder, ballot.class, nominee)).or_insert(0);
            *sum = sum.saturating_add(self.cast(ballot));
            if *sum > holding.shares {
                let held = Shares::from_micros(holding.shares);
                problems.push(
                    Problem::error(
                        "ballots.shares.more-than-held",
                        ballot.place.cell("shares"),
                        format!(
                            "{who} casts {} shares of {class} in {}, and held {held} on {}.",
                            Shares::from_micros(*sum),
                            ballot.matter,
                            iso(self.date)
                        ),
                        "Correct the shares, or remove the ballot that was counted twice (a blank means all shares).",
                    )
                    .with_value(Shares::from_micros(*sum).to_string()),
                );
            }
            if ballot.kind == BallotKind::Directors {
                let named = nominees.entry((&ballot.matter, ballot.holder, ballot.class)).or_default();
                let seats = self.context.case.terms.default_directors;
                if named.insert(&ballot.choice) && named.len() > seats as usize {
                    problems.push(
                        Problem::error(
                            "ballots.choice.too-many-nominees",
                            ballot.place.cell("choice"),
                            format!(
                                "{who} votes for {} nominees in {}, and there are {seats} directors to elect.",
                                named.len(),
                                ballot.matter
                            ),
                            format!("Leave at most {seats} for this holder and class."),
                        )
                        .with_value(ballot.choice.clone()),
                    );
                }
            }
        }
        if problems.is_empty() { Ok(ballots) } else { Err(problems.into()) }
    }

    fn tallies(&self, ballots: &[&Ballot]) -> Vec<Tally> {
        let matters: BTreeMap<&str, Vec<&Ballot>> = ballots.iter().fold(BTreeMap::new(), |mut matters, ballot| {
            matters.entry(ballot.matter.as_str()).or_insert_with(Vec::new).push(ballot);
            matters
        });
        let tally = |(matter, ballots): (&str, Vec<&Ballot>)| match ballots.first().map(|b| b.kind) {
            Some(BallotKind::Directors) => self.election(matter, &ballots),
            Some(kind) => self.matter(matter, kind, &ballots),
            None => Vec::new(),
        };
        matters.into_iter().flat_map(tally).collect()
    }

    /// §3(b): votes of Series A and Common together; §10: shares of Series A.
    fn matter(&self, matter: &str, kind: BallotKind, ballots: &[&Ballot]) -> Vec<Tally> {
        let series_a = self.context.case.classes.series_a();
        let weight = |ballot: &Ballot| match kind {
            BallotKind::Amendment if ballot.class != series_a => whole(0),
            BallotKind::Amendment => shares_ratio(u128::from(self.cast(ballot))),
            _ => shares_ratio(u128::from(self.cast(ballot))) * &self.votes_per_share[usize::from(ballot.class)],
        };
        let votes_of = |choice: &str| {
            ballots.iter().filter(|b| b.choice == choice).fold(whole(0), |sum, ballot| sum + weight(ballot))
        };
        let outstanding = shares_ratio(self.class_shares[usize::from(series_a)]);
        let majority = &self.context.case.terms.amendment_majority;
        let outcome = match kind {
            BallotKind::Amendment => amendment_outcome(&votes_of(CHOICES[0]), &outstanding, majority),
            _ => "not-decided",
        };
        let row = |choice: &&str| Tally {
            matter: matter.to_owned(),
            kind: kind.word(),
            choice: (*choice).to_owned(),
            votes: votes_of(choice),
            outcome,
        };
        CHOICES.iter().map(row).collect()
    }

    /// §3(c): the preferred that are far enough behind elect directors as a class.
    fn election(&self, matter: &str, ballots: &[&Ballot]) -> Vec<Tally> {
        let mut votes: BTreeMap<String, Ratio> = BTreeMap::new();
        let mut cast: BTreeMap<(HolderIx, ClassIx, &str), u64> = BTreeMap::new();
        for ballot in ballots {
            votes.entry(ballot.choice.clone()).or_insert_with(|| whole(0));
            *cast.entry((ballot.holder, ballot.class, &ballot.choice)).or_insert(0) += self.cast(ballot);
        }
        let mut present: BTreeMap<(HolderIx, ClassIx), u64> = BTreeMap::new();
        for ((holder, class, nominee), shares) in cast {
            let Some((_, holding)) = self.holdings.find(holder, class) else { continue };
            let counted = shares.min(self.eligible_shares(holding));
            if let Some(sum) = votes.get_mut(nominee) {
                *sum += shares_ratio(u128::from(counted)) * &self.votes_per_share[usize::from(class)];
            }
            if self.context.case.classes.get(class).is_preferred() {
                let most = present.entry((holder, class)).or_insert(0);
                *most = (*most).max(shares);
            }
        }
        let election = Election {
            default_period: self.default_period,
            shares_voting: present.values().map(|n| u128::from(*n)).sum(),
            shares_outstanding: self.preferred_outstanding,
            quorum: self.context.case.terms.class_quorum.clone(),
            seats: self.context.case.terms.default_directors as usize,
        };
        let outcomes = election.outcomes(&votes);
        let row = |(nominee, votes): (String, Ratio)| Tally {
            outcome: outcomes.get(&nominee).copied().unwrap_or("not-elected"),
            matter: matter.to_owned(),
            kind: BallotKind::Directors.word(),
            choice: nominee,
            votes,
        };
        votes.into_iter().map(row).collect()
    }

    fn warnings(&self, ballots: &[&Ballot]) -> Vec<Problem> {
        let classes = &self.context.case.classes;
        let mut warnings = Vec::new();
        let anybody = self.eligible.iter().enumerate().any(|(group, eligible)| {
            *eligible && self.holdings.list().iter().any(|h| self.holdings.parts(h).any(|p| p.group as usize == group))
        });
        if self.default_period && !anybody {
            warnings.push(Problem::warning(
                "run.vote.nobody-eligible",
                self.context.register_place(),
                "A default period runs, but no lot outstanding is that many quarters behind any more: nobody elects directors (§3(c)(i)).",
                "Check payments and arrears: the default period may have ended.",
            ));
        }
        for ballot in ballots {
            let class = classes.get(ballot.class);
            let counts = match ballot.kind {
                BallotKind::Joint => true,
                BallotKind::Amendment => class.rank == Rank::SeriesA,
                BallotKind::Directors => class.is_preferred(),
            };
            if !counts
                || (ballot.kind == BallotKind::Joint && self.votes_per_share[usize::from(ballot.class)].is_zero())
            {
                warnings.push(Problem::warning(
                    "ballots.class.no-vote",
                    ballot.place.cell("class"),
                    format!(
                        "{} has no vote in {} ({}): the ballot counts for nothing.",
                        class.name,
                        ballot.matter,
                        ballot.kind.word()
                    ),
                    "Check the class, or the kind of the matter.",
                ));
            }
        }
        warnings
    }
}
