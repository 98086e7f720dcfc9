//! The cap table on a date: authorised, outstanding, retired, available, votes (§1, §3(a), §5).

use super::poll::{by_class, votes_per_share, voting_holdings};
use super::{Context, Refusal, no_problems};
use crate::model::{Case, ClassIx, Date, Rank};
use crate::outcome::{CaptableOutcome, CaptableRow};
use crate::quantity::{Ratio, Shares, shares_ratio, whole};
use num_traits::Zero;

/// Runs the cap table as of `date`.
/// Errors: [`Refusal`]: problems of the case, an over-issue among them.
pub fn run(case: &Case, date: Date) -> Result<CaptableOutcome, Refusal> {
    let context = Context::new(case);
    no_problems(context.date_problems(date))?;
    let per_share = votes_per_share(&context, date);
    let voting = voting_holdings(&context, date)?.map(|holdings| by_class(&context, &holdings));
    let mut rows = Vec::new();
    for (ix, class) in case.classes.iter() {
        let authorized = match class.rank {
            Rank::SeriesA => Some(case.terms.authorized_shares),
            Rank::Common => case.terms.common_authorized_shares,
            _ => class.authorized_shares,
        };
        let outstanding = context.outstanding(ix, date)?;
        let retired = retired(&context, ix, date);
        let authorized = authorized.map(|shares: Shares| u128::from(shares.micros()));
        let signed = |n: u128| i128::try_from(n).expect("shares are counted in millionths of at most 10^13 a holding");
        let voting = voting.as_ref().map_or(outstanding, |voting| voting[usize::from(ix)]);
        rows.push(CaptableRow {
            class: ix,
            authorized,
            outstanding,
            retired,
            available: authorized.map(|a| signed(a) - signed(outstanding) - signed(retired)),
            votes: shares_ratio(voting) * &per_share[usize::from(ix)],
            ownership_percent: whole(0),
            vote_percent: whole(0),
            fully_diluted: class.fully_diluted(&shares_ratio(outstanding)),
            fully_diluted_percent: whole(0),
        });
    }
    let shares: u128 = rows.iter().map(|r| r.outstanding).sum();
    let fully_diluted = rows.iter().fold(whole(0), |sum, r| sum + &r.fully_diluted);
    let votes = rows.iter().fold(whole(0), |sum, r| sum + &r.votes);
    for row in &mut rows {
        row.ownership_percent = percent(&shares_ratio(row.outstanding), &shares_ratio(shares));
        row.vote_percent = percent(&row.votes, &votes);
        row.fully_diluted_percent = percent(&row.fully_diluted, &fully_diluted);
    }
    Ok(CaptableOutcome {
        date,
        multiple: context.multiple.outcome(date),
        rows,
        shares,
        votes,
        warnings: context.ignored_adjustments().into_iter().chain(context.issued_later(date)).collect(),
    })
}

/// Shares retired by `date` (§5), in millionths.
fn retired(context: &Context, class: ClassIx, date: Date) -> u128 {
    let gone = context.lots.of_class(class).filter(|group| group.lot.retired_date.is_some_and(|r| r <= date));
    gone.map(|group| group.shares).sum()
}

fn percent(part: &Ratio, of: &Ratio) -> Ratio {
    if of.is_zero() { whole(0) } else { part * whole(100) / of }
}
