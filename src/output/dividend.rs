//! The files of a dividend run, for machines.

use super::csv::{self, Row, holding};
use super::folder::Folder;
use crate::model::Case;
use crate::model::calendar::iso;
use crate::model::carry::CARRY_DECIMALS;
use crate::outcome::PaymentRow;
use crate::outcome::dividend::DividendOutcome;
use crate::quantity::{PER_SHARE_DECIMALS, plain, scaled_fixed, scaled_plain};
use std::io;

/// The header of `distribution.csv` of a dividend or an exchange.
const DISTRIBUTION: &str = "holder_id,holder_name,class,shares,asset,gross,withheld,net";

/// `distribution.csv` of a dividend or an exchange; `assets` are the run's, by name.
pub(crate) fn distribution(folder: &Folder, case: &Case, rows: &[PaymentRow], assets: &[&str]) -> io::Result<()> {
    let decimals = case.terms.currency_decimals;
    csv::write(folder, "distribution.csv", DISTRIBUTION, rows, |item, row| {
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

/// All CSV files of a dividend run but the payment instructions.
pub(crate) fn write(folder: &Folder, case: &Case, outcome: &DividendOutcome) -> io::Result<()> {
    let assets: Vec<&str> = outcome.assets.iter().map(|a| a.name.as_str()).collect();
    distribution(folder, case, &outcome.rows, &assets)?;
    arrears(folder, case, outcome)?;
    carry(folder, case, outcome)?;
    payments(folder, case, outcome)?;
    declarations(folder, case, outcome)
}

fn asset(row: &mut Row, case: &Case, asset: Option<&str>) {
    row.text(asset.unwrap_or(&case.terms.currency));
}

fn arrears(folder: &Folder, case: &Case, outcome: &DividendOutcome) -> io::Result<()> {
    let header = "as_of,default_since,class,accrual_start,quarter,asset,dividend_per_share,paid_per_share,set_apart";
    let since = outcome.default_period.since.map(iso).unwrap_or_default();
    csv::write(folder, "arrears.csv", header, &outcome.arrears, |item, row| {
        row.plain(iso(outcome.date)).plain(&since);
        row.text(item.class.map_or("", |class| &case.classes.get(class).id));
        row.plain(iso(item.accrual_start)).plain(iso(item.quarter));
        asset(row, case, item.asset.as_deref());
        row.plain(plain(&item.dividend_per_share, PER_SHARE_DECIMALS));
        row.plain(plain(&item.paid_per_share, PER_SHARE_DECIMALS));
        row.plain(if item.set_apart { "yes" } else { "" });
    })
}

fn carry(folder: &Folder, case: &Case, outcome: &DividendOutcome) -> io::Result<()> {
    csv::write(folder, "carry.csv", "as_of,holder_id,carried", outcome.carry.list(), |(holder, carried), row| {
        row.plain(iso(outcome.date)).text(case.register.id(*holder)).plain(scaled_plain(*carried, CARRY_DECIMALS));
    })
}

fn payments(folder: &Folder, case: &Case, outcome: &DividendOutcome) -> io::Result<()> {
    let quarter = iso(outcome.date);
    csv::write(folder, "payments.csv", "date,amount,quarter,asset,status,note", &outcome.payments, |item, row| {
        let amount = item.amount.map(|units| scaled_fixed(units, case.terms.currency_decimals));
        row.plain(iso(outcome.pay_date)).plain(amount.as_deref().unwrap_or("full")).plain(&quarter);
        asset(row, case, item.asset.as_deref());
        row.plain("paid").plain(format!("dividend run of {}", iso(outcome.date)));
    })
}

fn declarations(folder: &Folder, case: &Case, outcome: &DividendOutcome) -> io::Result<()> {
    let header = "declared_date,kind,asset,amount,multiple,series_a_amount,quarter,series_a_declared_date";
    csv::write(folder, "declarations.csv", header, &outcome.declarations, |item, row| {
        let declared = &case.declarations[item.declaration];
        row.plain(iso(declared.declared_date)).plain(if declared.is_cash() { "cash" } else { "in-kind" });
        asset(row, case, declared.asset.as_deref());
        row.plain(plain(&declared.amount, PER_SHARE_DECIMALS));
        row.plain(plain(&item.multiple, PER_SHARE_DECIMALS));
        row.plain(plain(&item.series_a_amount, PER_SHARE_DECIMALS)).plain(iso(item.quarter));
        row.plain(declared.series_a_declared_date.map(iso).unwrap_or_default());
    })
}
