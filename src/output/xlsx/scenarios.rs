//! `scenarios.xlsx`: what each class would get for a range of sums, and the sums at which something changes.

use super::payoff::{self, name};
use super::style::Style;
use super::summary::long_table::LongTable;
use super::summary::parallel_rows::LARGE;
use super::summary::workbook::{self, Out};
use super::summary::{CellValue, Summary, Table, tables};
use crate::model::Case;
use crate::outcome::{Breakpoint, LiquidationOutcome, Turn};
use crate::output::RunInfo;
use crate::quantity::{Units, fraction, terminating};
use crate::text::{decimal, grouped};
use rust_xlsxwriter::{Note, XlsxError};
use std::io;

pub(crate) fn write(case: &Case, outcome: &LiquidationOutcome, run: &RunInfo, out: Out) -> io::Result<()> {
    let rows: Vec<Scenario> = outcome.scenarios.by_sum().collect();
    let tables = tables_of(case, outcome, &rows);
    workbook::write("Liquidation scenarios", case, out, |summary| {
        if !outcome.scenarios.cells.is_empty() {
            scenarios(summary, &tables)?;
        }
        sheets(summary, outcome)?;
        tables::adjustments(summary, &outcome.multiple)?;
        tables::inputs(summary, run)
    })
}

/// What the summary has too: the stack, the payoff and the sheet `Breakpoints`.
pub(crate) fn sheets(summary: &mut Summary, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    payoff::sheets(summary, outcome)?;
    if !outcome.breakpoints.is_empty() {
        breakpoints(summary, outcome)?;
    }
    Ok(())
}

/// A sum, and of each class its total and what a share of it gets.
type Scenario<'a> = (Units, &'a [(Units, i128)]);

/// What a sheet shows of a sum and of a class, money with so many decimals.
type Shown = fn(u32, Units, (Units, i128)) -> CellValue<'static>;

/// The sheets with one row a sum.
const SHEETS: [(&str, &str, Style, Shown); 3] = [
    ("Scenarios", "What a share of each class would get, sum by sum", Style::PerShareAligned, |_, _, (_, each)| {
        CellValue::per_share(each)
    }),
    ("Money", "What each class would get, sum by sum", Style::Money, |decimals, _, (total, _)| {
        CellValue::Units(total, decimals)
    }),
    ("Per cent", "What each class would get of each sum, in per cent", Style::PerCent, |_, sum, (total, _)| {
        CellValue::Units(hundredths(total, sum), 2)
    }),
];

fn tables_of<'a>(
    case: &'a Case,
    outcome: &'a LiquidationOutcome,
    rows: &'a [Scenario<'a>],
) -> [LongTable<'a, Scenario<'a>>; 3] {
    let decimals = case.terms.currency_decimals;
    SHEETS.map(|(_, _, style, shown)| {
        let mut table =
            Table::of(rows).wide("Proceeds", Style::Money, 24.0, move |(sum, _)| CellValue::Units(*sum, decimals));
        for (at, line) in outcome.scenarios.columns.iter().enumerate() {
            table = table.wide(name(case, *line), style, 24.0, move |(sum, cells)| shown(decimals, *sum, cells[at]));
        }
        LongTable { table, totals: Vec::new() }
    })
}

fn scenarios<'a>(summary: &mut Summary<'a>, tables: &'a [LongTable<Scenario>]) -> Result<(), XlsxError> {
    // Every format of the rows gets its number before a cell is written: cells that are streamed number theirs at once.
    for (_, _, style, _) in SHEETS.iter().filter(|_| tables[0].table.rows.len() > LARGE) {
        for style in [Style::Money, *style] {
            let format = summary.styles.format(style);
            summary.number(&format);
        }
    }
    for (table, (sheet, about, ..)) in tables.iter().zip(SHEETS) {
        table.write(summary, sheet, about, table.table.rows)?;
    }
    Ok(())
}

/// Hundredths of a per cent of a sum, rounded half up.
fn hundredths(part: Units, sum: Units) -> Units {
    if sum == 0 { 0 } else { (part * 20_000 + sum) / (2 * sum) }
}

/// A tier's name among words: `senior series of order 1` for `senior-1`.
pub(crate) fn tier_in_words(tier: &str) -> String {
    match tier.split_once('-') {
        Some(("common", "adjustment")) => "Common Adjustment".to_owned(),
        Some((rank, order)) => format!("{rank} series of order {order}"),
        None => tier.to_owned(),
    }
}

/// What changes at a breakpoint: `participation begins`, `Series B converts`.
pub(crate) fn in_words(case: &Case, point: &Breakpoint) -> String {
    match &point.what {
        Turn::Tier(tier) => format!("{} begins", tier_in_words(tier)),
        Turn::Event { event, class, accrual_start } => {
            let of = name(case, (*class, *accrual_start));
            match *event {
                "capped" => format!("{of} is capped"),
                "exercises" => format!("holders of {of} exercise"),
                event => format!("{of} {event}"),
            }
        }
    }
}

fn breakpoints(summary: &mut Summary, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    let case = summary.case;
    let mut sheet = summary.titled("Breakpoints", "The sums at which something changes")?;
    let content = Table::of(&outcome.breakpoints)
        .wide("What", Style::Text, 54.0, |b| CellValue::text(in_words(case, b)))
        .column("Begins at", Style::Money, |b| CellValue::Exact(&b.at))
        .wide("Exactly", Style::Id, 36.0, |b| CellValue::text(grouped(&decimal(&b.at))))
        .write(&mut sheet)?;
    for (row, point) in (content.start..).zip(&outcome.breakpoints) {
        if terminating(&point.at).is_none() {
            let exact = Note::new(format!("Exactly {}", fraction(&point.at))).add_author_prefix(false);
            sheet.sheet.insert_note(row, 2, &exact)?;
        }
    }
    sheet.finish()
}
