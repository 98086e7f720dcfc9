//! The files of a liquidation, for machines.

use super::csv::{self, holding};
use super::folder::Folder;
use crate::model::Case;
use crate::model::calendar::iso;
use crate::outcome::liquidation::{Distribution, LiquidationOutcome};
use crate::quantity::{PER_SHARE_DECIMALS, SHARE_DECIMALS, fixed, plain, shares_ratio};
use std::io;

/// `distribution.csv`, `tiers.csv` and `scenarios.csv`, where there is something to put in them.
pub(crate) fn write(folder: &Folder, case: &Case, outcome: &LiquidationOutcome) -> io::Result<()> {
    if let Some(distribution) = &outcome.distribution {
        rows(folder, case, distribution)?;
        tiers(folder, case, distribution)?;
    }
    if !outcome.scenarios.sums.is_empty() {
        scenarios(folder, case, outcome)?;
    }
    Ok(())
}

fn rows(folder: &Folder, case: &Case, distribution: &Distribution) -> io::Result<()> {
    let header = "holder_id,holder_name,class,shares,preference,common_adjustment,participation,rounding,total";
    let decimals = case.terms.currency_decimals;
    csv::write(folder, "distribution.csv", header, &distribution.rows, |item, row| {
        holding(row, case, item.holder, item.class, item.shares);
        for units in [item.preference(), item.common_adjustment(), item.participation, item.rounding(), item.total] {
            row.cash(units, decimals);
        }
    })
}

fn tiers(folder: &Folder, case: &Case, distribution: &Distribution) -> io::Result<()> {
    let decimals = case.terms.currency_decimals;
    let midpoint = case.terms.readings.midpoint();
    let header = "tier,class,accrual_start,shares,due,paid,paid_per_share";
    csv::write(folder, "tiers.csv", header, &distribution.tiers, |item, row| {
        row.plain(&item.tier).text(&case.classes.get(item.class).id);
        row.plain(item.accrual_start.map(iso).unwrap_or_default());
        row.plain(plain(&shares_ratio(item.shares), SHARE_DECIMALS));
        row.plain(item.due.as_ref().map(|due| fixed(due, decimals, midpoint)).unwrap_or_default());
        row.plain(fixed(&item.paid, decimals, midpoint));
        row.plain(plain(&item.paid_per_share, PER_SHARE_DECIMALS));
    })
}

fn scenarios(folder: &Folder, case: &Case, outcome: &LiquidationOutcome) -> io::Result<()> {
    let decimals = case.terms.currency_decimals;
    let header = "proceeds,class,accrual_start,total,per_share";
    let columns = &outcome.scenarios.columns;
    let sums: Vec<_> = outcome.scenarios.by_sum().collect();
    csv::write(folder, "scenarios.csv", header, &sums, |(sum, cells), row| {
        for (at, ((class, start), (total, per_share))) in columns.iter().zip(*cells).enumerate() {
            if at > 0 {
                row.another();
            }
            row.cash(*sum, decimals).text(&case.classes.get(*class).id).plain(start.map(iso).unwrap_or_default());
            row.cash(*total, decimals).per_share(*per_share);
        }
    })
}
