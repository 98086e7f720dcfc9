//! The CSV files of each run but the payment instructions, for machines.

use super::csv::{self, Row, holding};
use super::folder::Folder;
use super::result::{per_share, shares};
use crate::model::carry::CARRY_DECIMALS;
use crate::model::{Case, Detail, iso};
use crate::outcome::{
    ActionsOutcome, CaptableOutcome, DividendOutcome, LiquidationOutcome, PaymentRow, VOTE_DECIMALS, VoteOutcome,
};
use crate::quantity::{Ratio, SHARE_DECIMALS, fixed, plain, scaled_fixed, scaled_plain};
use std::io;

fn votes(value: &Ratio) -> String {
    plain(value, VOTE_DECIMALS)
}

/// `distribution.csv` of a dividend or an exchange; `assets` are the run's, by name.
pub(crate) fn distribution(folder: &Folder, case: &Case, rows: &[PaymentRow], assets: &[&str]) -> io::Result<()> {
    let decimals = case.terms.currency_decimals;
    let header = "holder_id,holder_name,class,shares,asset,gross,withheld,net";
    csv::write(folder, "distribution.csv", header, rows, |item, row| {
        holding(row, case, item.holder, item.class, item.shares);
        row.text(usize::from(item.asset).checked_sub(1).map_or(&case.terms.currency, |at| assets[at]));
        for units in [item.gross, item.withheld, item.net()] {
            if item.is_cash() {
                row.cash(units, decimals)
            } else {
                row.millionths(units)
            };
        }
    })
}

/// Also what the next run's case takes: arrears, carry, payments and declarations.
pub(crate) fn dividend(folder: &Folder, case: &Case, outcome: &DividendOutcome) -> io::Result<()> {
    let assets: Vec<&str> = outcome.assets.iter().map(|a| a.name.as_str()).collect();
    distribution(folder, case, &outcome.rows, &assets)?;
    let (date, since) = (iso(outcome.date), outcome.default_period.since.map(iso).unwrap_or_default());
    let asset = |row: &mut Row, asset: &Option<String>| {
        row.text(asset.as_ref().unwrap_or(&case.terms.currency));
    };
    let header = "as_of,default_since,class,accrual_start,quarter,asset,dividend_per_share,paid_per_share,set_apart";
    csv::write(folder, "arrears.csv", header, &outcome.arrears, |item, row| {
        row.plain(&date).plain(&since);
        row.text(item.class.map_or("", |class| &case.classes.get(class).id));
        row.plain(iso(item.accrual_start)).plain(iso(item.entry.quarter));
        asset(row, &item.entry.asset);
        row.plain(per_share(&item.entry.dividend)).plain(per_share(&item.entry.paid));
        row.plain(if item.entry.set_apart { "yes" } else { "" });
    })?;
    csv::write(folder, "carry.csv", "as_of,holder_id,carried", outcome.carry.list(), |(holder, carried), row| {
        row.plain(&date).text(case.register.id(*holder)).plain(scaled_plain(*carried, CARRY_DECIMALS));
    })?;
    csv::write(folder, "payments.csv", "date,amount,quarter,asset,status,note", &outcome.payments, |item, row| {
        let amount = item.amount.map(|units| scaled_fixed(units, case.terms.currency_decimals));
        row.plain(iso(outcome.pay_date)).plain(amount.as_deref().unwrap_or("full")).plain(&date);
        asset(row, &item.asset);
        row.plain("paid").plain(format!("dividend run of {date}"));
    })?;
    let header = "declared_date,kind,asset,amount,multiple,series_a_amount,quarter,series_a_declared_date";
    csv::write(folder, "declarations.csv", header, &outcome.declarations, |item, row| {
        let declared = &case.declarations[item.declaration];
        row.plain(iso(declared.declared_date)).plain(if declared.is_cash() { "cash" } else { "in-kind" });
        asset(row, &declared.asset);
        row.plain(per_share(&declared.amount)).plain(per_share(&item.multiple));
        row.plain(per_share(&item.series_a_amount)).plain(iso(item.quarter));
        row.plain(declared.series_a_declared_date.map(iso).unwrap_or_default());
    })
}

/// `distribution.csv`, `tiers.csv` and `scenarios.csv`, where there is something to put in them.
pub(crate) fn liquidation(folder: &Folder, case: &Case, outcome: &LiquidationOutcome) -> io::Result<()> {
    let (decimals, midpoint) = (case.terms.currency_decimals, case.terms.readings.midpoint());
    if let Some(distribution) = &outcome.distribution {
        let header = "holder_id,holder_name,class,shares,preference,common_adjustment,participation,rounding,total";
        csv::write(folder, "distribution.csv", header, &distribution.rows, |item, row| {
            holding(row, case, item.holder, item.class, item.shares);
            for units in [item.preference(), item.common_adjustment(), item.participation, item.rounding(), item.total]
            {
                row.cash(units, decimals);
            }
        })?;
        let header = "tier,class,accrual_start,shares,due,paid,paid_per_share";
        csv::write(folder, "tiers.csv", header, &distribution.tiers, |item, row| {
            row.plain(&item.tier).text(&case.classes.get(item.class).id);
            row.plain(item.accrual_start.map(iso).unwrap_or_default()).plain(shares(item.shares));
            row.plain(item.due.as_ref().map(|due| fixed(due, decimals, midpoint)).unwrap_or_default());
            row.plain(fixed(&item.paid, decimals, midpoint)).plain(per_share(&item.paid_per_share));
        })?;
    }
    if outcome.scenarios.sums.is_empty() {
        return Ok(());
    }
    let sums: Vec<_> = outcome.scenarios.by_sum().collect();
    csv::write(folder, "scenarios.csv", "proceeds,class,accrual_start,total,per_share", &sums, |(sum, cells), row| {
        for (at, ((class, start), (total, per_share))) in outcome.scenarios.columns.iter().zip(*cells).enumerate() {
            if at > 0 {
                row.another();
            }
            row.cash(*sum, decimals).text(&case.classes.get(*class).id).plain(start.map(iso).unwrap_or_default());
            row.cash(*total, decimals).per_share(*per_share);
        }
    })
}

/// `votes.csv`, `tallies.csv`, `meetings.csv`, `board.csv`, `notice.csv`.
pub(crate) fn vote(folder: &Folder, case: &Case, outcome: &VoteOutcome) -> io::Result<()> {
    let header = "holder_id,holder_name,class,shares,votes_per_share,votes";
    let per_share: Vec<String> = outcome.votes_per_share.iter().map(votes).collect();
    csv::write(folder, "votes.csv", header, &outcome.rows, |item, row| {
        holding(row, case, item.holder, item.class, item.shares.micros());
        let per_share = per_share[usize::from(item.class)].as_str();
        row.plain(per_share).plain(scaled_plain(item.votes, VOTE_DECIMALS));
    })?;
    csv::write(folder, "tallies.csv", "matter,kind,choice,votes,outcome", &outcome.tallies, |item, row| {
        row.text(&item.matter).plain(item.kind).text(&item.choice);
        row.plain(votes(&item.votes)).plain(item.outcome);
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

pub(crate) fn actions(folder: &Folder, outcome: &ActionsOutcome) -> io::Result<()> {
    csv::write(folder, "actions.csv", "row,date,action,verdict,clause,reason", &outcome.verdicts, |item, row| {
        row.plain(item.row.to_string()).plain(iso(item.date)).plain(item.action);
        row.plain(if item.allowed { "allowed" } else { "prohibited" });
        row.plain(item.clauses.join(", ")).text(&item.reason);
    })
}

pub(crate) fn captable(folder: &Folder, case: &Case, outcome: &CaptableOutcome) -> io::Result<()> {
    let header = "class,authorized,outstanding,retired,available,votes,ownership_percent,vote_percent,fully_diluted,fully_diluted_percent";
    csv::write(folder, "captable.csv", header, &outcome.rows, |item, row| {
        row.text(&case.classes.get(item.class).id);
        row.plain(item.authorized.map(shares).unwrap_or_default());
        row.plain(shares(item.outstanding)).plain(shares(item.retired));
        row.plain(item.available.map(|a| scaled_plain(a, SHARE_DECIMALS)).unwrap_or_default());
        row.plain(votes(&item.votes)).plain(votes(&item.ownership_percent));
        row.plain(votes(&item.vote_percent)).plain(plain(&item.fully_diluted, SHARE_DECIMALS));
        row.plain(votes(&item.fully_diluted_percent));
    })
}
