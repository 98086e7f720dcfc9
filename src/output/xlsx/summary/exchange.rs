//! The summary of an exchange.

use super::first_sheet::{FirstSheet, cash_fact, control, date_fact, held_facts, kept_back_control};
use super::holdings::{self, Pages};
use super::paid::PaidTable;
use super::workbook::{self, Out};
use super::{CellValue, Table, tables};
use crate::model::{Case, ClassIx};
use crate::outcome::{ComponentOutcome, ExchangeOutcome};
use crate::output::RunInfo;
use crate::output::xlsx::style::Style;
use std::io;

pub(crate) fn exchange(case: &Case, outcome: &ExchangeOutcome, run: &RunInfo, out: Out) -> io::Result<()> {
    let (currency, decimals) = (case.terms.currency.as_str(), case.terms.currency_decimals);
    let assets: Vec<&str> = outcome.assets.iter().map(String::as_str).collect();
    let cash = outcome.rows.iter().filter(|row| row.is_cash()).map(|row| row.gross).sum();
    let in_holdings = Pages::of(outcome.rows.len()).total(5, &[(4, currency)], cash, decimals);
    let in_cash = outcome.components.iter().find(|component| component.asset.is_none());
    let each = |class: ClassIx| {
        let is_series_a = class == case.classes.series_a();
        in_cash.map(|c| if is_series_a { c.per_series_a_share.clone() } else { c.per_common_share.clone() })
    };
    let mut facts = vec![
        date_fact("Date", outcome.date),
        ("Currency", CellValue::text(currency), Style::Id),
        ("Multiple", CellValue::Exact(&outcome.multiple.value), Style::PerShareLeft),
        cash_fact(case, "Funding needed", outcome.gross),
    ];
    facts.extend(held_facts(case, &outcome.rows));
    let first_sheet = FirstSheet {
        title: "Exchange upon a merger",
        facts,
        controls: [control("Cash: in all, and by holding", CellValue::Units(outcome.gross, decimals), in_holdings)]
            .into_iter()
            .chain(kept_back_control(case, &outcome.rows))
            .collect(),
        effects: &outcome.readings,
        paid: Some(PaidTable::new(
            case,
            (&outcome.rows, |r| r.is_cash().then(|| (r.class, [r.shares.into(), 0, 0, r.gross]))),
            [("", None), ("", None), ("Cash", Some(5))],
            &[(4, currency)],
            each,
        )),
        deliveries: holdings::delivered(&outcome.rows, &assets),
        is_signed: true,
        ..FirstSheet::default()
    };
    let received = |c: &ComponentOutcome| CellValue::text(c.asset.clone().unwrap_or_else(|| currency.to_owned()));
    let listed = holdings::listed(case, &outcome.rows);
    let holdings = holdings::payments(case, &outcome.rows, &listed, &assets);
    workbook::write("Exchange", case, out, |summary| {
        first_sheet.write(summary, run)?;
        holdings::write(summary, &holdings)?;
        let components = Table::of(&outcome.components)
            .wide("Received", Style::Id, 30.0, received)
            .column("Per Common share", Style::PerShare, |c| CellValue::Exact(&c.per_common_share))
            .column("Per Series A share", Style::PerShare, |c| CellValue::Exact(&c.per_series_a_share))
            .column("Fair value of a unit", Style::PerShare, |c| CellValue::exact(c.fair_value.as_ref()));
        summary.table(("Components", "What each share is exchanged for (7)"), &components, &[])?;
        tables::adjustments(summary, &outcome.multiple)?;
        tables::derivation(summary, outcome.steps.iter().map(|step| (String::new(), step)))?;
        tables::readings(summary)
    })
}
