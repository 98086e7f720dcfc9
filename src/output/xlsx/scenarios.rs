//! `scenarios.xlsx`: what each class would get for a range of sums, and the sums at which each tier begins.

use super::style::{GREY, Style, series_color};
use super::summary::cell_value::CellValue;
use super::summary::sheet::Table;
use super::summary::tables;
use super::summary::workbook::{self, Summary};
use super::value::Figure;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::class::ClassIx;
use crate::outcome::liquidation::{LiquidationOutcome, ScenarioRow};
use crate::output::RunInfo;
use crate::quantity::{fraction, terminating};
use rust_xlsxwriter::{
    Chart, ChartErrorBars, ChartErrorBarsDirection, ChartErrorBarsType, ChartFormat, ChartLine, ChartLineDashType,
    ChartMarker, ChartMarkerType, ChartSolidFill, ChartType, XlsxError,
};
use std::io;

pub(crate) fn write(case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    workbook::write("Liquidation scenarios", case, |summary| {
        sheets(summary, case, outcome)?;
        tables::adjustments(summary, case, &outcome.multiple)?;
        tables::inputs(summary, case, run)
    })
}

/// The sheets `Scenarios`, with the chart, and `Breakpoints`.
pub(crate) fn sheets(summary: &mut Summary, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    if !outcome.scenarios.is_empty() {
        scenarios(summary, case, outcome)?;
    }
    if !outcome.breakpoints.is_empty() {
        breakpoints(summary, case, outcome)?;
    }
    Ok(())
}

/// One line of the chart: a class, or a cohort of Series A.
type Line = (ClassIx, Option<Date>);

fn scenarios(summary: &mut Summary, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
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
    let mut sheet = summary.titled("Scenarios", case, "What a share of each class would get, sum by sum")?;
    sheet.put(0, &CellValue::text("Proceeds"), Style::HeadingRight)?;
    sheet.note_width(0, 20, 24.0);
    for (at, line) in (1u16..).zip(&lines) {
        sheet.put(at, &CellValue::text(name(case, *line)), Style::HeadingRight)?;
        sheet.note_width(at, 18, 24.0);
    }
    sheet.sheet.set_row_height(sheet.row, 42)?;
    let heading = sheet.row;
    sheet.row += 1;
    let width = lines.len().max(1);
    for sum in rows.chunks(width) {
        let Some(first) = sum.first() else { continue };
        sheet.put(0, &CellValue::Units(first.proceeds, decimals), Style::Money)?;
        for (at, row) in (1u16..).zip(sum) {
            sheet.put(at, &CellValue::Exact(&row.per_share), Style::PerShareAligned)?;
        }
        sheet.row += 1;
    }
    sheet.sheet.set_freeze_panes(heading + 1, 1)?;
    sheet.sheet.set_repeat_rows(heading, heading)?;
    let last = sheet.row - 1;
    sheet.finish()?;
    let mut sheet = summary.titled("Scenario chart", case, "What a share of each class would get, drawn")?;
    if !lines.is_empty() {
        sheet.chart(0, &chart(case, outcome, &lines, heading, last))?;
    }
    sheet.finish()
}

fn name(case: &Case, (class, start): Line) -> String {
    let class = &case.classes.get(class).name;
    match start {
        Some(start) => format!("{class} accruing from {}", iso(start)),
        None => class.clone(),
    }
}

/// Per-share value against proceeds, Common on an axis of its own, since a share of it is a small part of one of Series
/// A; the breakpoints as upright lines.
fn chart(case: &Case, outcome: &LiquidationOutcome, lines: &[Line], heading: u32, last: u32) -> Chart {
    let mut chart = Chart::new(ChartType::ScatterStraight);
    let common = case.classes.common();
    let has_both = lines.iter().any(|(class, _)| *class != common) && lines.iter().any(|(class, _)| *class == common);
    for (color, (at, line)) in (1u16..).zip(lines).enumerate() {
        let is_second = has_both && line.0 == common;
        let series = chart.add_series();
        let mut format = ChartLine::new();
        format.set_color(series_color(color)).set_width(2);
        if is_second {
            format.set_dash_type(ChartLineDashType::Dash);
        }
        series
            .set_categories(("Scenarios", heading + 1, 0, last, 0))
            .set_values(("Scenarios", heading + 1, at, last, at))
            .set_format(&mut format)
            .set_secondary_axis(is_second);
        if is_second {
            series.set_name(&format!("{} (right axis)", case.classes.get(line.0).name));
        } else {
            series.set_name(("Scenarios", heading, at));
        }
    }
    let points = u32::try_from(outcome.breakpoints.len()).expect("tiers are few");
    let on_left = |row: &&ScenarioRow| !has_both || row.class != common;
    let highest = outcome.scenarios.iter().filter(on_left).map(|row| &row.per_share).max();
    if let Some(top) = highest.and_then(Figure::nearest).filter(|_| points > 0) {
        let bars = ChartErrorBars::new()
            .set_type(ChartErrorBarsType::FixedValue(top.to_f64()))
            .set_direction(ChartErrorBarsDirection::Plus)
            .set_end_cap(false)
            .set_format(ChartLine::new().set_color(GREY).set_dash_type(ChartLineDashType::SquareDot))
            .clone();
        chart
            .add_series()
            .set_name("A tier begins (breakpoint)")
            .set_categories(("Breakpoints", 4, 1, 3 + points, 1))
            .set_values(("Breakpoints", 4, FOOT, 3 + points, FOOT))
            .set_format(ChartLine::new().set_hidden(true))
            .set_y_error_bars(&bars)
            .set_marker(
                ChartMarker::new()
                    .set_type(ChartMarkerType::Diamond)
                    .set_size(8)
                    .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(GREY))),
            );
    }
    let ends = (outcome.scenarios.first(), outcome.scenarios.last());
    let figure = |row: &ScenarioRow| Figure::new(row.proceeds, case.terms.currency_decimals).map(Figure::to_f64);
    if let (Some(Some(from)), Some(Some(to))) = (ends.0.map(figure), ends.1.map(figure))
        && from < to
    {
        chart.x_axis().set_min(from).set_max(to);
        chart.x2_axis().set_min(from).set_max(to);
    }
    chart.title().set_name("Value per share against proceeds");
    chart.x_axis().set_name(&format!("Proceeds ({})", case.terms.currency)).set_num_format("#,##0");
    chart.y_axis().set_name(&format!("{} per share", case.terms.currency)).set_num_format("#,##0.00").set_min(0);
    if has_both {
        let name = &case.classes.get(common).name;
        chart.y2_axis().set_name(&format!("{} per share of {name}", case.terms.currency));
        chart.y2_axis().set_num_format("#,##0.00##").set_min(0);
    }
    chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    // The feet of the breakpoints' lines stand in a hidden column.
    chart.show_hidden_data();
    chart.set_width(1000).set_height(560);
    chart
}

/// The hidden column of the breakpoints' sheet in which the feet of their lines on the chart stand.
const FOOT: u16 = 3;

fn breakpoints(summary: &mut Summary, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    let mut sheet = summary.titled("Breakpoints", case, "The sums at which each tier begins")?;
    Table::of(&outcome.breakpoints)
        .wide("Tier", Style::Text, 34.0, |b| CellValue::text(b.tier.as_str()))
        .column("Begins at", Style::Money, |b| CellValue::Exact(&b.at))
        .wide("Exactly", Style::Id, 60.0, |b| CellValue::text(terminating(&b.at).unwrap_or_else(|| fraction(&b.at))))
        .column("Foot on the chart", Style::Money, |_| CellValue::Units(0, 0))
        .write(&mut sheet)?;
    sheet.sheet.set_column_hidden(FOOT)?;
    let print_end = sheet.row.max(1) - 1;
    sheet.sheet.set_print_area(0, 0, print_end, FOOT - 1)?;
    sheet.finish()
}
