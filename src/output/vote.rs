//! The files of `vote`, `actions` and `captable`, for machines.

use super::csv::{self, holding};
use super::folder::Folder;
use crate::model::Case;
use crate::model::calendar::iso;
use crate::model::register::Detail;
use crate::outcome::vote::{ActionsOutcome, CaptableOutcome, VOTE_DECIMALS, VoteOutcome};
use crate::quantity::{SHARE_DECIMALS, plain, scaled_plain, shares_ratio};
use std::io;

/// `votes.csv`, `tallies.csv`, `meetings.csv`, `board.csv`, `notice.csv`.
pub(crate) fn write(folder: &Folder, case: &Case, outcome: &VoteOutcome) -> io::Result<()> {
    let header = "holder_id,holder_name,class,shares,votes_per_share,votes";
    let per_share: Vec<String> = outcome.votes_per_share.iter().map(|votes| plain(votes, VOTE_DECIMALS)).collect();
    csv::write(folder, "votes.csv", header, &outcome.rows, |item, row| {
        holding(row, case, item.holder, item.class, item.shares.micros());
        let per_share = per_share[usize::from(item.class)].as_str();
        row.plain(per_share).plain(scaled_plain(item.votes, VOTE_DECIMALS));
    })?;
    csv::write(folder, "tallies.csv", "matter,kind,choice,votes,outcome", &outcome.tallies, |item, row| {
        row.text(&item.matter).plain(item.kind).text(&item.choice);
        row.plain(plain(&item.votes, VOTE_DECIMALS)).plain(item.outcome);
    })?;
    csv::write(folder, "meetings.csv", "row,kind,verdict,reason", &outcome.meetings, |item, row| {
        row.plain(item.row.to_string()).plain(item.kind);
        row.plain(if item.valid { "valid" } else { "invalid" }).text(&item.reason);
    })?;
    if let Some(board) = &outcome.board {
        let header = "director,elected_by,elected_on,status,until,reason";
        csv::write(folder, "board.csv", header, &board.rows, |item, row| {
            row.text(item.director.as_deref().unwrap_or_default()).plain(item.elected_by.word());
            row.plain(item.elected_on.map(iso).unwrap_or_default()).plain(item.status.word());
            row.plain(item.until.map(iso).unwrap_or_default()).text(&item.reason);
        })?;
    }
    let preferred: Vec<_> = outcome.rows.iter().filter(|r| case.classes.get(r.class).is_preferred()).collect();
    let header = "holder_id,holder_name,class,shares,address,country,email";
    csv::write(folder, "notice.csv", header, &preferred, |item, row| {
        holding(row, case, item.holder, item.class, item.shares.micros());
        row.text(&case.register.address(item.holder));
        for detail in [Detail::Country, Detail::Email] {
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
    let header = "class,authorized,outstanding,retired,available,votes,ownership_percent,vote_percent,fully_diluted,fully_diluted_percent";
    let shares = |micros: u128| plain(&shares_ratio(micros), SHARE_DECIMALS);
    csv::write(folder, "captable.csv", header, &outcome.rows, |item, row| {
        row.text(&case.classes.get(item.class).id);
        row.plain(item.authorized.map(shares).unwrap_or_default());
        row.plain(shares(item.outstanding)).plain(shares(item.retired));
        row.plain(item.available.map(|a| scaled_plain(a, SHARE_DECIMALS)).unwrap_or_default());
        row.plain(plain(&item.votes, VOTE_DECIMALS)).plain(plain(&item.ownership_percent, VOTE_DECIMALS));
        row.plain(plain(&item.vote_percent, VOTE_DECIMALS)).plain(plain(&item.fully_diluted, SHARE_DECIMALS));
        row.plain(plain(&item.fully_diluted_percent, VOTE_DECIMALS));
    })
}
