//! The files of `vote`, `actions` and `captable`, for machines.

use super::csv::{self, holding};
use super::folder::Folder;
use crate::model::Case;
use crate::model::calendar::iso;
use crate::model::register::Detail;
use crate::outcome::vote::{ActionsOutcome, CaptableOutcome, VoteOutcome};
use crate::quantity::{SHARE_DECIMALS, plain, scaled_plain, shares_ratio};
use std::io;

/// Decimals of votes and percentages (SPEC 4.12, 7).
pub(crate) const VOTE_DECIMALS: u32 = 6;

/// `votes.csv`, `tallies.csv`, `meetings.csv`, `notice.csv`; `votes_per_share` by class.
pub(crate) fn write(folder: &Folder, case: &Case, outcome: &VoteOutcome) -> io::Result<()> {
    let header = "holder_id,holder_name,class,shares,votes_per_share,votes";
    csv::write(folder, "votes.csv", header, &outcome.rows, |item, row| {
        holding(row, case, item.holder, item.class, item.shares.micros());
        let per_share = &outcome.votes_per_share[usize::from(item.class)];
        row.plain(plain(per_share, VOTE_DECIMALS));
        row.plain(plain(&(item.shares.to_ratio() * per_share), VOTE_DECIMALS));
    })?;
    csv::write(folder, "tallies.csv", "matter,kind,choice,votes,outcome", &outcome.tallies, |item, row| {
        row.text(&item.matter).plain(item.kind).text(&item.choice);
        row.plain(plain(&item.votes, VOTE_DECIMALS)).plain(item.outcome);
    })?;
    csv::write(folder, "meetings.csv", "row,kind,verdict,reason", &outcome.meetings, |item, row| {
        row.plain(item.row.to_string()).plain(item.kind);
        row.plain(if item.valid { "valid" } else { "invalid" }).text(&item.reason);
    })?;
    let preferred: Vec<_> = outcome.rows.iter().filter(|r| case.classes.get(r.class).is_preferred()).collect();
    let header = "holder_id,holder_name,class,shares,address,country,email";
    csv::write(folder, "notice.csv", header, &preferred, |item, row| {
        holding(row, case, item.holder, item.class, item.shares.micros());
        for detail in [Detail::Address, Detail::Country, Detail::Email] {
            row.text(case.register.detail(item.holder, detail));
        }
    })
}

/// `actions.csv`.
pub(crate) fn actions(folder: &Folder, outcome: &ActionsOutcome) -> io::Result<()> {
    csv::write(folder, "actions.csv", "row,date,action,verdict,clause,reason", &outcome.verdicts, |item, row| {
        row.plain(item.row.to_string()).plain(iso(item.date)).plain(item.action);
        row.plain(if item.allowed { "allowed" } else { "prohibited" });
        row.plain(item.clauses.join(", ")).text(&item.reason);
    })
}

/// `captable.csv`.
pub(crate) fn captable(folder: &Folder, case: &Case, outcome: &CaptableOutcome) -> io::Result<()> {
    let header = "class,authorized,outstanding,retired,available,votes,ownership_percent,vote_percent";
    let shares = |micros: u128| plain(&shares_ratio(micros), SHARE_DECIMALS);
    csv::write(folder, "captable.csv", header, &outcome.rows, |item, row| {
        row.text(&case.classes.get(item.class).id);
        row.plain(item.authorized.map(shares).unwrap_or_default());
        row.plain(shares(item.outstanding)).plain(shares(item.retired));
        row.plain(item.available.map(|a| scaled_plain(a, SHARE_DECIMALS)).unwrap_or_default());
        row.plain(plain(&item.votes, VOTE_DECIMALS)).plain(plain(&item.ownership_percent, VOTE_DECIMALS));
        row.plain(plain(&item.vote_percent, VOTE_DECIMALS));
    })
}
