//! Voting on a record date: every holding's power, tallies, meetings and the Board (§3, §10, §11).

use super::poll::{Poll, by_class};
use super::{Context, Refusal, Replay, Until, no_problems};
use crate::holdings::{Holding, ScaledPerShare};
use crate::model::events::Electors;
use crate::model::reading::DefaultVoters;
use crate::model::{Case, Date, iso};
use crate::outcome::{ClassVotes, MeetingVerdict, Step, VOTE_DECIMALS, VoteOutcome, VoteRow};
use crate::problem::Problem;
use crate::quantity::{Midpoint, Shares, plain, shares_ratio};
use crate::rules::board::BoardRules;
use crate::rules::default_period::DefaultPeriods;
use crate::rules::voting::MeetingRules;
use crate::text::decimal;
use rayon::prelude::*;

/// Runs a vote as of `date`.
/// Errors: [`Refusal`]: problems of the case, ballots for more shares than held among them.
pub fn run(case: &Case, date: Date) -> Result<VoteOutcome, Refusal> {
    let context = Context::new(case);
    let mut problems = context.date_problems(date);
    problems.extend(context.arrears_problem(date));
    no_problems(problems)?;
    let replay = Replay::new(&context);
    let state = replay.run(Until::EndOf(date))?;
    let poll = Poll::new(&context, date, &replay, &state)?;
    poll.check_ballots()?;
    let (shares_outstanding, terms) = (poll.preferred_voting(), &case.terms);
    let rules = MeetingRules { shares_outstanding, terms, periods: &state.periods };
    let meetings = case.meetings.iter().map(|meeting| {
        let (valid, reason) = rules.judge(meeting);
        MeetingVerdict { row: meeting.row, kind: if meeting.special { "special" } else { "annual" }, valid, reason }
    });
    let board = board_rules(case, &state.periods);
    let mut warnings = context.ignored(date);
    warnings.extend(poll.warnings());
    warnings.extend(directors_outside(case, date, &state.periods));
    warnings.extend(exercised_before(case, &board));
    warnings.extend(out_of_order(case));
    let outstanding = by_class(&context, &poll.holdings);
    let classes = case.classes.iter().map(|(class, _)| ClassVotes {
        class,
        shares: outstanding[usize::from(class)],
        voting_shares: poll.voting_shares[usize::from(class)],
    });
    Ok(VoteOutcome {
        date,
        multiple: context.multiple.outcome(date),
        rows: rows(&context, &poll),
        shares: classes.collect(),
        votes: poll.voting_shares.iter().zip(&poll.votes_per_share).map(|(n, v)| shares_ratio(*n) * v).sum(),
        tallies: poll.tallies(),
        meetings: meetings.collect(),
        board: case.board.is_some().then(|| board.on(date)),
        default_period: replay.default_period(&state, &context.shares_on(date), date),
        steps: steps(&context, date, &poll, &state.periods),
        votes_per_share: poll.votes_per_share.clone(),
        warnings,
    })
}

/// Every holding, with the votes of those of its shares that vote.
fn rows(context: &Context, poll: &Poll) -> Vec<VoteRow> {
    let of_class = |class| poll.votes_per_share[usize::from(class)].clone();
    let series_a = of_class(context.case.classes.series_a());
    let values = ScaledPerShare::new(&context.group_values(of_class, |_| series_a.clone()), VOTE_DECIMALS);
    let voting = poll.voting();
    let row = |holding: &Holding| {
        let voting_holding = voting.find(holding.holder, holding.class);
        VoteRow {
            holder: holding.holder,
            class: holding.class,
            shares: Shares(holding.shares),
            voting_shares: Shares(voting_holding.map_or(0, |holding| holding.shares)),
            votes: voting_holding.map_or(0, |holding| values.rounded(voting, holding, Midpoint::HalfEven)),
        }
    };
    poll.holdings.list().par_iter().map(row).collect()
}

fn steps(context: &Context, date: Date, poll: &Poll, periods: &DefaultPeriods) -> Vec<Step> {
    let terms = &context.case.terms;
    let mut steps = vec![
        Step::new(
            "3(a)",
            format!("Votes per share of {}", terms.series_name),
            decimal(&context.multiple.votes_at(date)),
        )
        .from(plain(&terms.votes_per_share, 12)),
        Step::new("3(b)", "Series A and Common vote together as one class", "1 vote per Common share"),
        Step::new("11", "Fractions of a share vote in proportion", "votes = shares × votes per share"),
    ];
    if let Some(period) = periods.running() {
        let still = terms.readings.default_voters == DefaultVoters::StillBehind;
        let what = format!(
            "In the default period since {}, directors that the preferred elect as a class: {}. Its voters are the \
             shares that {} at least {} quarterly dividends behind",
            period.since,
            terms.default_directors,
            if still { "are" } else { "were or are" },
            plain(&terms.default_quarters, 12)
        );
        let shares = format!("{} shares", plain(&shares_ratio(poll.electing_shares()), 6));
        steps.push(Step::new("3(c)(i)", what, shares).reading(terms.readings.default_voters));
    }
    steps
}

pub(super) fn board_rules<'a>(case: &'a Case, periods: &'a DefaultPeriods) -> BoardRules<'a> {
    BoardRules {
        directors: case.board.as_deref().unwrap_or_default(),
        meetings: &case.meetings,
        periods,
        terms: &case.terms,
    }
}

/// Directors of the preferred who are in office, and whose election no default period that is known explains.
fn directors_outside(case: &Case, date: Date, periods: &DefaultPeriods) -> Vec<Problem> {
    let directors = case.board.iter().flatten();
    let sitting = directors.filter(|d| {
        let in_office = d.elected_on <= date && d.left_on.is_none_or(|left| date < left);
        d.elected_by == Electors::Preferred && in_office && periods.on(d.elected_on).is_none()
    });
    let warning = |director: &crate::model::events::Director| {
        let message = format!(
            "{} was elected by the preferred on {}, and the case tells of no default period then (§3(c)(ii)).",
            director.name, director.elected_on
        );
        let help = "Correct the date, enter when the director left, or complete declarations, payments or arrears.";
        director.place.warning("board.elected_on.no-default-period", message, help).with_value(iso(director.elected_on))
    };
    sitting.map(warning).collect()
}

/// Meetings that were called before they were asked for, or after they were held.
fn out_of_order(case: &Case) -> Vec<Problem> {
    let odd = case.meetings.iter().filter(|meeting| {
        let called = meeting.called_date;
        called.is_some_and(|called| called > meeting.meeting_date || Some(called) < meeting.requested_date)
    });
    let warning = |meeting: &crate::model::events::Meeting| {
        let message = "The meeting was called before it was requested or ordered, or after it was held.";
        meeting.place.warning("meetings.called_date.odd", message, "Correct the dates: the verdict goes by them.")
    };
    odd.map(warning).collect()
}

/// Special meetings that the Board's table contradicts: the preferred had elected a director before in the same default
/// period (§3(c)(iii)), and the row does not say so.
fn exercised_before(case: &Case, board: &BoardRules) -> Vec<Problem> {
    let special = case.meetings.iter().filter(|meeting| meeting.special && !meeting.right_exercised);
    let warning = |meeting: &crate::model::events::Meeting| {
        let exercised = board.exercised(meeting.meeting_date).filter(|on| *on < meeting.meeting_date)?;
        let message = format!(
            "The preferred exercised their right on {exercised} in the same default period: if so, this special \
             meeting is not allowed (§3(c)(iii))."
        );
        let help = "Enter yes in right_exercised, or correct the board.";
        Some(meeting.place.warning("meetings.right_exercised.not-said", message, help))
    };
    special.filter_map(warning).collect()
}
