//! `scenarios.xlsx`: what each class would get for a range of sums, and the sums at which each tier begins.

use super::style::{INK, Style};
use super::summary::book::{Book, Val, column};
use super::summary::tables::{self, wide};
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::class::ClassIx;
use crate::outcome::liquidation::LiquidationOutcome;
use crate::report::RunInfo;
use rust_xlsxwriter::{Chart, ChartLine, ChartMarker, ChartMarkerType, ChartType, XlsxError};
use std::io;

/// The workbook of the scenarios.
///
/// # Errors
/// Where writing fails.
pub fn write(case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    let mut book = Book::new("Liquidation scenarios", &case.terms.company, case.terms.currency_decimals);
    sheets(&mut book, case, outcome)
        .and_then(|()| tables::adjustments(&mut book, case, &outcome.multiple))
        .and_then(|()| tables::inputs(&mut book, case, run))
        .map_err(io::Error::other)?;
    book.finish()
}

/// The sheets `Scenarios`, with the chart, and `Breakpoints`.
///
/// # Errors
/// Excel's limits.
pub fn sheets(book: &mut Book, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    if !outcome.scenarios.is_empty() {
        scenarios(book, case, outcome)?;
    }
    if !outcome.breakpoints.is_empty() {
        breakpoints(book, case, outcome)?;
    }
    Ok(())
}

/// One line of the chart: a class, or a cohort of Series A.
type Line = (ClassIx, Option<Date>);

fn scenarios(book: &mut Book, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let rows = &outcome.scenarios;
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        let line = (row.class, row.accrual_start);
        if lines.contains(&line) {
            break;
        }
        lines.push(line);
    }
    let mut grid = book.sheet("Scenarios")?;
    grid.title(&case.terms.company, "What a share of each class would get, sum by sum")?;
    grid.put(0, &Val::text("Proceeds"), Style::HeadingRight)?;
    grid.note_width(0, 20, 24.0);
    for (at, line) in (1u16..).zip(&lines) {
        grid.put(at, &Val::text(name(case, *line)), Style::HeadingRight)?;
        grid.note_width(at, 18, 24.0);
    }
    grid.sheet.set_row_height(grid.row, 42)?;
    let heading = grid.row;
    grid.row += 1;
    let width = lines.len().max(1);
    for sum in rows.chunks(width) {
        let Some(first) = sum.first() else { continue };
        grid.put(0, &Val::Units(first.proceeds, decimals), Style::Money)?;
        for (at, row) in (1u16..).zip(sum) {
            grid.put(at, &Val::Exact(&row.per_share), Style::PerShare)?;
        }
        grid.row += 1;
    }
    grid.sheet.set_freeze_panes(heading + 1, 1)?;
    let last = grid.row - 1;
    grid.finish()?;
    let mut grid = book.sheet("Scenario chart")?;
    grid.title(&case.terms.company, "What a share of each class would get, drawn")?;
    if !lines.is_empty() {
        grid.sheet.insert_chart(grid.row, 0, &chart(case, outcome, &lines, heading, last))?;
    }
    grid.finish()
}

fn name(case: &Case, (class, start): Line) -> String {
    let class = &case.classes.get(class).name;
    match start {
        Some(start) => format!("{class} accruing from {}", iso(start)),
        None => class.clone(),
    }
}

/// Per-share value against proceeds; the breakpoints as points on the axis.
fn chart(case: &Case, outcome: &LiquidationOutcome, lines: &[Line], heading: u32, last: u32) -> Chart {
    let mut chart = Chart::new(ChartType::ScatterStraight);
    for at in 1..=u16::try_from(lines.len()).unwrap_or(0) {
        chart
            .add_series()
            .set_name(("Scenarios", heading, at))
            .set_categories(("Scenarios", heading + 1, 0, last, 0))
            .set_values(("Scenarios", heading + 1, at, last, at));
    }
    let points = u32::try_from(outcome.breakpoints.len()).unwrap_or(0);
    if points > 0 {
        chart
            .add_series()
            .set_name("Breakpoints")
            .set_categories(("Breakpoints", 4, 1, 3 + points, 1))
            .set_values(("Breakpoints", 4, 2, 3 + points, 2))
            .set_format(ChartLine::new().set_hidden(true))
            .set_marker(
                ChartMarker::new().set_type(ChartMarkerType::Diamond).set_size(9).set_format(
                    rust_xlsxwriter::ChartFormat::new()
                        .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(INK)),
                ),
            );
    }
    chart.title().set_name("Value per share against proceeds");
    chart.x_axis().set_name(&format!("Proceeds ({})", case.terms.currency)).set_num_format("#,##0");
    chart.y_axis().set_name(&format!("{} per share", case.terms.currency)).set_num_format("#,##0.00");
    chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    chart.set_width(1000).set_height(560);
    chart
}

fn breakpoints(book: &mut Book, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Breakpoints")?;
    grid.title(&case.terms.company, "The sums at which each tier begins")?;
    let columns = [
        wide("Tier", Style::Text, 34.0),
        column("Begins at", Style::Money),
        column("On the chart", Style::Money),
        wide("Exactly", Style::Id, 40.0),
    ];
    let rows = outcome.breakpoints.iter().map(|b| {
        let exact = crate::quantity::terminating(&b.at).unwrap_or_else(|| crate::quantity::fraction(&b.at));
        vec![Val::text(b.tier.as_str()), Val::Exact(&b.at), Val::Units(0, 0), Val::text(exact)]
    });
    grid.table(&columns, rows)?;
    grid.finish()
}
