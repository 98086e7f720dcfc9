//! The summary of an exchange.

use super::cell_value::CellValue;
use super::first_sheet::{FirstSheet, cash_fact, control, date_fact, held_facts};
use super::holdings::{self, Pages};
use super::sheet::Table;
use super::tables;
use super::workbook::{self, Summary};
use crate::model::Case;
use crate::outcome::exchange::{ComponentOutcome, ExchangeOutcome};
use crate::output::RunInfo;
use crate::output::xlsx::style::Style;
use rust_xlsxwriter::XlsxError;
use std::io;

pub(crate) fn exchange(case: &Case, outcome: &ExchangeOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    workbook::write("Exchange", case, |summary| fill(summary, case, outcome, run))
}

fn fill(summary: &mut Summary, case: &Case, outcome: &ExchangeOutcome, run: &RunInfo) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let currency = case.terms.currency.as_str();
    let cash = outcome.rows.iter().filter(|row| row.is_cash()).map(|row| row.gross).sum();
    let in_holdings = Pages::of(outcome.rows.len()).total(5, &[(4, currency)], cash, decimals);
    let mut facts = vec![
        date_fact("Date", outcome.date),
        ("Currency", CellValue::text(currency), Style::Id),
        ("Multiple", CellValue::Exact(&outcome.multiple.value), Style::PerShareLeft),
        cash_fact(case, "Cash in all", outcome.gross),
    ];
    facts.extend(held_facts(case, &outcome.rows));
    let first_sheet = FirstSheet {
        title: "Exchange upon a merger",
        facts,
        controls: vec![control("Cash: the run, and holdings", CellValue::Units(outcome.gross, decimals), in_holdings)],
        effects: &outcome.readings,
        ..FirstSheet::default()
    };
    first_sheet.write(summary, case, run)?;
    let assets: Vec<&str> = outcome.assets.iter().map(String::as_str).collect();
    holdings::payments(summary, case, &outcome.rows, &assets)?;
    components(summary, case, outcome)?;
    tables::adjustments(summary, case, &outcome.multiple)?;
    tables::derivation(summary, case, outcome.steps.iter().map(|step| (String::new(), step)))?;
    tables::inputs(summary, case, run)
}

fn components(summary: &mut Summary, case: &Case, outcome: &ExchangeOutcome) -> Result<(), XlsxError> {
    let mut sheet = summary.titled("Components", case, "What each share is exchanged for (7)")?;
    let asset = |c: &'_ ComponentOutcome| c.asset.clone().unwrap_or_else(|| case.terms.currency.clone());
    Table::of(&outcome.components)
        .wide("In", Style::Id, 30.0, move |c| CellValue::text(asset(c)))
        .column("Per Common share", Style::PerShare, |c| CellValue::Exact(&c.per_common_share))
        .column("Per Series A share", Style::PerShare, |c| CellValue::Exact(&c.per_series_a_share))
        .column("Fair value of a unit", Style::PerShare, |c| {
            c.fair_value.as_ref().map_or(CellValue::Blank, CellValue::Exact)
        })
        .write(&mut sheet)?;
    sheet.finish()
}
