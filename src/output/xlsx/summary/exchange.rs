//! The summary of an exchange.

use super::cell_value::CellValue;
use super::dividend::{by_class, delivered};
use super::first_sheet::{FirstSheet, cash_fact, control, date_fact, held_facts};
use super::holdings::{self, Pages};
use super::paid::{PaidClass, PaidTable};
use super::sheet::Table;
use super::tables;
use super::workbook::{self, Summary};
use crate::model::Case;
use crate::model::class::ClassIx;
use crate::outcome::exchange::{ComponentOutcome, ExchangeOutcome};
use crate::output::RunInfo;
use crate::output::xlsx::style::Style;
use crate::quantity::{SHARE_DECIMALS, Units};
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
        cash_fact(case, "Funding needed", outcome.gross),
    ];
    facts.extend(held_facts(case, &outcome.rows));
    let first_sheet = FirstSheet {
        title: "Exchange upon a merger",
        facts,
        controls: vec![control("Cash: in all, and by holding", CellValue::Units(outcome.gross, decimals), in_holdings)],
        effects: &outcome.readings,
        paid: Some(paid(case, outcome)),
        deliveries: delivered(&outcome.rows, &outcome.assets.iter().map(String::as_str).collect::<Vec<_>>()),
        is_signed: true,
        ..FirstSheet::default()
    };
    first_sheet.write(summary, case, run)?;
    let assets: Vec<&str> = outcome.assets.iter().map(String::as_str).collect();
    holdings::payments(summary, case, &outcome.rows, &assets)?;
    components(summary, case, outcome)?;
    tables::adjustments(summary, case, &outcome.multiple)?;
    tables::derivation(summary, case, outcome.steps.iter().map(|step| (String::new(), step)))?;
    tables::readings(summary, case)
}

/// What each class is paid in cash, summed over its holdings.
fn paid(case: &Case, outcome: &ExchangeOutcome) -> PaidTable {
    let (pages, decimals) = (Pages::of(outcome.rows.len()), case.terms.currency_decimals);
    let cash = outcome.components.iter().find(|component| component.asset.is_none());
    let row = |class: ClassIx, [shares, gross, _]: [Units; 3]| {
        let only = [(2, case.classes.get(class).name.as_str()), (4, case.terms.currency.as_str())];
        let each = |c: &ComponentOutcome| {
            if class == case.classes.series_a() { c.per_series_a_share.clone() } else { c.per_common_share.clone() }
        };
        PaidClass {
            class,
            shares: pages.total(3, &only, shares, SHARE_DECIMALS),
            per_share: cash.map(each),
            figures: [CellValue::Blank, CellValue::Blank, pages.total(5, &only, gross, decimals)],
        }
    };
    let sums = by_class(&outcome.rows, |r| (r.class, r.is_cash()), |r| [r.shares.into(), r.gross, 0]);
    PaidTable { headings: ["", "", "Cash"], rows: sums.into_iter().map(|(class, of)| row(class, of)).collect() }
}

fn components(summary: &mut Summary, case: &Case, outcome: &ExchangeOutcome) -> Result<(), XlsxError> {
    let asset = |c: &'_ ComponentOutcome| c.asset.clone().unwrap_or_else(|| case.terms.currency.clone());
    let table = Table::of(&outcome.components)
        .wide("Received", Style::Id, 30.0, move |c| CellValue::text(asset(c)))
        .column("Per Common share", Style::PerShare, |c| CellValue::Exact(&c.per_common_share))
        .column("Per Series A share", Style::PerShare, |c| CellValue::Exact(&c.per_series_a_share))
        .column("Fair value of a unit", Style::PerShare, |c| CellValue::exact(c.fair_value.as_ref()));
    summary.table(("Components", "What each share is exchanged for (7)"), case, &table, &[]).map(drop)
}
