//! A register on a record date, ready to count ballots: §3(a) to (c), §10.

use super::{Context, Refusal, Replay, State, no_problems};
use crate::holdings::{BeyondLimits, Holdings};
use crate::model::events::{Ballot, BallotKind, CHOICES};
use crate::model::reading::DefaultVoters;
use crate::model::{ClassIx, Date, HolderIx, Rank, Treasury};
use crate::outcome::Tally;
use crate::problem::Problem;
use crate::quantity::{Ratio, Shares, shares_ratio, whole};
use crate::rules::voting::{amendment_outcome, elected, quorum};
use crate::text::plural;
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};

/// Votes of one share of each class, in class order (§3(a), §3(b)).
pub(super) fn votes_per_share(context: &Context, date: Date) -> Vec<Ratio> {
    let classes = context.case.classes.list().iter();
    let votes = classes.map(|class| match class.rank {
        Rank::SeriesA => context.multiple.votes_at(date),
        Rank::Common => whole(1),
        _ => class.votes_per_share.clone(),
    });
    votes.collect()
}

/// What votes on `date`, where that is not all that is outstanding: a subsidiary's shares neither vote nor count in a
/// vote or a quorum (DGCL §160(c)).
pub(super) fn voting_holdings(context: &Context, date: Date) -> Result<Option<Holdings>, BeyondLimits> {
    let of_subsidiary = |treasury| treasury == Treasury::Subsidiary;
    if !context.lots.list().iter().any(|group| of_subsidiary(group.lot.treasury) && group.lot.counts_on(date)) {
        return Ok(None);
    }
    context.holdings(date, |lot| !of_subsidiary(lot.treasury)).map(Some)
}

/// Shares by class, in class order, in millionths.
pub(super) fn by_class(context: &Context, holdings: &Holdings) -> Vec<u128> {
    let mut shares = vec![0u128; context.case.classes.list().len()];
    for holding in holdings.list() {
        shares[usize::from(holding.class)] += u128::from(holding.shares);
    }
    shares
}

/// A register on a record date, ready to count.
pub(super) struct Poll<'a> {
    context: &'a Context<'a>,
    date: Date,
    pub holdings: Holdings,
    /// What of them votes, where it is not all.
    voting: Option<Holdings>,
    /// Votes of one share of each class.
    pub votes_per_share: Vec<Ratio>,
    /// Shares that vote, by class, in millionths.
    pub voting_shares: Vec<u128>,
    /// Groups whose shares elect directors.
    eligible: Vec<bool>,
    default_period: bool,
}

impl<'a> Poll<'a> {
    pub(super) fn new(context: &'a Context<'a>, date: Date, replay: &Replay, state: &State) -> Result<Self, Refusal> {
        let terms = &context.case.terms;
        let class_eligible = |class| {
            let class = context.case.classes.get(class);
            let is_behind = class.quarters_in_arrears >= terms.default_quarters;
            is_behind && class.is_preferred() && class.rank != Rank::SeriesA
        };
        let period = state.periods.running().filter(|_| terms.readings.default_voters == DefaultVoters::Period);
        let behind_in_period = |cohort: Date| period.is_some_and(|period| period.behind.contains(&cohort));
        let cohort_eligible = |cohort: Date| behind_in_period(cohort) || replay.far_behind(&state.ledger, cohort, date);
        let (holdings, voting) = (context.holdings(date, |_| true)?, voting_holdings(context, date)?);
        Ok(Self {
            context,
            date,
            votes_per_share: votes_per_share(context, date),
            voting_shares: by_class(context, voting.as_ref().unwrap_or(&holdings)),
            eligible: context.group_values(class_eligible, cohort_eligible),
            default_period: state.periods.running().is_some(),
            holdings,
            voting,
        })
    }

    pub(super) fn voting(&self) -> &Holdings {
        self.voting.as_ref().unwrap_or(&self.holdings)
    }

    /// Preferred shares that vote, all series, in millionths: what quorums and a meeting's tenth are parts of.
    pub(super) fn preferred_voting(&self) -> u128 {
        let classes = self.context.case.classes.iter();
        classes.filter(|(_, class)| class.is_preferred()).map(|(ix, _)| self.voting_shares[usize::from(ix)]).sum()
    }

    /// Shares that elect directors, in millionths.
    pub(super) fn electing_shares(&self) -> u128 {
        let shares = self.voting().group_shares(self.eligible.len());
        shares.into_iter().zip(&self.eligible).filter(|(_, eligible)| **eligible).map(|(shares, _)| shares).sum()
    }

    /// A holding's shares that elect directors, in millionths.
    fn eligible_shares(&self, holder: HolderIx, class: ClassIx) -> u64 {
        let parts = self.voting().find(holder, class).into_iter().flat_map(|h| self.voting().parts(h));
        parts.filter(|part| self.eligible[part.group as usize]).map(|part| part.shares).sum()
    }

    /// The shares of a ballot's holding that vote, in millionths.
    fn votes_of(&self, ballot: &Ballot) -> u64 {
        self.voting().find(ballot.holder, ballot.class).map_or(0, |holding| holding.shares)
    }

    /// The shares that a ballot casts, in millionths; none where a subsidiary holds them all.
    fn cast(&self, ballot: &Ballot) -> u64 {
        match (self.votes_of(ballot), ballot.shares) {
            (0, _) => 0,
            (_, Some(shares)) => shares.micros(),
            (all, None) => all,
        }
    }

    /// That each ballot is of a holder of record, for no more shares than vote and nominees than seats.
    pub(super) fn check_ballots(&self) -> Result<(), Refusal> {
        let mut problems = Vec::new();
        let mut cast: BTreeMap<(&str, HolderIx, ClassIx, &str), u64> = BTreeMap::new();
        let mut nominees: BTreeMap<(&str, HolderIx, ClassIx), BTreeSet<&str>> = BTreeMap::new();
        for ballot in &self.context.case.ballots {
            let who = self.context.case.register.id(ballot.holder);
            let class = &self.context.case.classes.get(ballot.class).name;
            let Some(holding) = self.holdings.find(ballot.holder, ballot.class) else {
                let message = format!("{who} held no {class} on the record date, {}.", self.date);
                let help = "Only holders of record on that date vote: correct the holder or the class, or remove the \
                            ballot.";
                let problem = ballot.place.error("ballots.holder_id.not-of-record", message, help);
                problems.push(problem.with_value(who));
                continue;
            };
            // A holding casts each share once in a matter; for directors, once for each nominee.
            let nominee = if ballot.kind == BallotKind::Directors { ballot.choice.as_str() } else { "" };
            let sum = cast.entry((&ballot.matter, ballot.holder, ballot.class, nominee)).or_insert(0);
            *sum = sum.saturating_add(self.cast(ballot));
            let voting = self.votes_of(ballot);
            if *sum > voting {
                let (cast, held) = (Shares(*sum), Shares(holding.shares));
                let held = if voting == holding.shares {
                    format!("held {held}")
                } else {
                    let voting = Shares(voting);
                    format!("may vote {voting} of the {held} held, for a subsidiary holds the rest (DGCL §160(c)),")
                };
                let message =
                    format!("{who} casts {cast} shares of {class} in {}, and {held} on {}.", ballot.matter, self.date);
                let help = "Correct the shares, or remove the ballot that was counted twice (a blank means all \
                            shares).";
                let problem = ballot.place.error("ballots.shares.more-than-held", message, help);
                problems.push(problem.with_value(cast.to_string()));
            }
            if ballot.kind == BallotKind::Directors {
                let named = nominees.entry((&ballot.matter, ballot.holder, ballot.class)).or_default();
                let seats = self.context.case.terms.default_directors;
                if named.insert(&ballot.choice) && named.len() > seats as usize {
                    let (nominees, matter) = (named.len(), &ballot.matter);
                    let message = format!(
                        "{who} votes for {nominees} nominees in {matter}, where {} can be elected.",
                        plural(seats, "director")
                    );
                    let help = format!("Leave at most {seats} for this holder and class.");
                    let problem = ballot.place.error("ballots.choice.too-many-nominees", message, help);
                    problems.push(problem.with_value(ballot.choice.clone()));
                }
            }
        }
        no_problems(problems)
    }

    pub(super) fn tallies(&self) -> Vec<Tally> {
        let mut matters: BTreeMap<&str, Vec<&Ballot>> = BTreeMap::new();
        for ballot in &self.context.case.ballots {
            matters.entry(&ballot.matter).or_default().push(ballot);
        }
        let tally = |(matter, ballots): (&str, Vec<&Ballot>)| match ballots[0].kind {
            BallotKind::Directors => self.election(matter, &ballots),
            kind => self.matter(matter, kind, &ballots),
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
        let outstanding = shares_ratio(self.voting_shares[usize::from(series_a)]);
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
            let counted = shares.min(self.eligible_shares(holder, class));
            let sum = votes.get_mut(nominee).expect("every choice of a ballot is a nominee");
            *sum += shares_ratio(u128::from(counted)) * &self.votes_per_share[usize::from(class)];
            if self.context.case.classes.get(class).is_preferred() {
                let most = present.entry((holder, class)).or_insert(0);
                *most = (*most).max(shares);
            }
        }
        let terms = &self.context.case.terms;
        let present = shares_ratio(present.values().map(|n| u128::from(*n)).sum());
        let has_quorum = present >= quorum(terms, self.preferred_voting());
        let row = |(nominee, own): (&String, &Ratio)| Tally {
            matter: matter.to_owned(),
            kind: BallotKind::Directors.word(),
            choice: nominee.clone(),
            votes: own.clone(),
            outcome: match (self.default_period, has_quorum) {
                (false, _) => "no-default-period",
                (_, false) => "no-quorum",
                _ => elected(own, votes.values(), terms.default_directors as usize),
            },
        };
        votes.iter().map(row).collect()
    }

    pub(super) fn warnings(&self) -> Vec<Problem> {
        let classes = &self.context.case.classes;
        let mut warnings = Vec::new();
        if self.default_period && self.electing_shares() == 0 {
            let message = "A default period runs, but no lot outstanding that votes is or was that many quarters \
                           behind: nobody elects directors (§3(c)(i)).";
            let help = "Check payments and arrears: the default period may have ended.";
            warnings.push(Problem::warning("run.vote.nobody-eligible", self.context.register_place(), message, help));
        }
        for ballot in &self.context.case.ballots {
            let class = classes.get(ballot.class);
            if self.votes_of(ballot) == 0 {
                let who = self.context.case.register.id(ballot.holder);
                let message = format!(
                    "A subsidiary holds all {} of {who}: they do not vote (DGCL §160(c)), so the ballot counts for \
                     nothing.",
                    class.name
                );
                let help = "Check treasury in the register, or remove the ballot.";
                warnings.push(ballot.place.warning("ballots.holder_id.subsidiary", message, help).with_value(who));
                continue;
            }
            let counts = match ballot.kind {
                BallotKind::Joint => true,
                BallotKind::Amendment => class.rank == Rank::SeriesA,
                BallotKind::Directors => class.is_preferred(),
            };
            if !counts
                || (ballot.kind == BallotKind::Joint && self.votes_per_share[usize::from(ballot.class)].is_zero())
            {
                let (class, matter, kind) = (&class.name, &ballot.matter, ballot.kind.word());
                let message = format!("{class} has no vote in {matter} ({kind}): the ballot counts for nothing.");
                let help = "Check the class, or the kind of the matter.";
                warnings.push(ballot.place.warning("ballots.class.no-vote", message, help));
            }
        }
        warnings
    }
}
