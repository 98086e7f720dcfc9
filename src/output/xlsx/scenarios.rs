//! `scenarios.xlsx`: what each class would get for a range of sums, and the sums at which something changes.

use super::payoff;
use super::style::{GREY, Style, series_line};
use super::summary::cell_value::CellValue;
use super::summary::parallel_rows::{LARGE, ParallelRows};
use super::summary::sheet::{Sheet, Table};
use super::summary::tables;
use super::summary::workbook::{self, Summary, prepare};
use super::value::Figure;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::class::ClassIx;
use crate::outcome::liquidation::{Breakpoint, LiquidationOutcome, Turn};
use crate::output::RunInfo;
use crate::quantity::{PER_SHARE_DECIMALS, Units, fraction, terminating};
use crate::text::{decimal, grouped};
use rust_xlsxwriter::{
    Chart, ChartErrorBars, ChartErrorBarsDirection, ChartErrorBarsType, ChartFormat, ChartLine, ChartLineDashType,
    ChartMarker, ChartMarkerType, ChartSolidFill, ChartType, Format, Note, XlsxError,
};
use std::io;

pub(crate) fn write(case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    workbook::write("Liquidation scenarios", case, |summary| {
        if !outcome.scenarios.cells.is_empty() {
            scenarios(summary, case, outcome)?;
        }
        sheets(summary, case, outcome)?;
        tables::adjustments(summary, case, &outcome.multiple)?;
        tables::inputs(summary, case, run)
    })
}

/// What the summary has too: the stack, the payoff and the sheet `Breakpoints`.
pub(crate) fn sheets(summary: &mut Summary, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    payoff::sheets(summary, case, outcome)?;
    if !outcome.breakpoints.is_empty() {
        breakpoints(summary, case, outcome)?;
    }
    Ok(())
}

/// One line of the chart: a class, or a cohort of Series A.
type Line = (ClassIx, Option<Date>);

/// The sheets `Scenarios` and, where they are not too many to be drawn, `Scenario chart`.
fn scenarios(summary: &mut Summary, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    let lines = &outcome.scenarios.columns;
    let rows: Vec<(Units, &[(Units, i128)])> = outcome.scenarios.by_sum().collect();
    // Every format of the rows gets its number before a cell is written: cells that are streamed number theirs at once.
    let styles = [Style::Money, Style::PerShareAligned, Style::PerCent];
    for style in styles.into_iter().filter(|_| rows.len() > LARGE) {
        let format = summary.styles.format(style);
        summary.number(&format);
    }
    let decimals = case.terms.currency_decimals;
    let per_share = Figures {
        name: "Scenarios",
        about: "What a share of each class would get, sum by sum",
        style: Style::PerShareAligned,
        value: &|_, (_, each)| CellValue::Units(each, PER_SHARE_DECIMALS),
    };
    let heading = steps(summary, case, lines, &rows, &per_share)?;
    let money = Figures {
        name: "Money",
        about: "What each class would get, sum by sum",
        style: Style::Money,
        value: &|_, (total, _)| CellValue::Units(total, decimals),
    };
    steps(summary, case, lines, &rows, &money)?;
    let percent = Figures {
        name: "Per cent",
        about: "What each class would get of each sum, in per cent",
        style: Style::PerCent,
        value: &|sum, (total, _)| CellValue::Units(hundredths(total, sum), 2),
    };
    steps(summary, case, lines, &rows, &percent)?;
    if lines.is_empty() || rows.len() > LARGE {
        return Ok(());
    }
    let last = heading + u32::try_from(rows.len()).expect("scenarios are at most 100,001");
    let mut sheet = summary.titled("Scenario chart", case, "What a share of each class would get, drawn")?;
    sheet.chart(0, &chart(case, outcome, lines, heading, last))?;
    sheet.finish()
}

/// A sheet of figures, one row a sum: what it shows of a sum, the total of a class and what a share of it gets.
struct Figures<'a> {
    name: &'static str,
    about: &'static str,
    style: Style,
    value: &'a (dyn Fn(Units, (Units, i128)) -> CellValue<'static> + Sync),
}

/// Hundredths of a per cent of a sum, rounded half up.
fn hundredths(part: Units, sum: Units) -> Units {
    if sum == 0 { 0 } else { (part * 20_000 + sum) / (2 * sum) }
}

/// One row a sum. Returns the row of the headings.
fn steps(
    summary: &mut Summary,
    case: &Case,
    lines: &[Line],
    rows: &[(Units, &[(Units, i128)])],
    figures: &Figures,
) -> Result<u32, XlsxError> {
    let decimals = case.terms.currency_decimals;
    let mut table =
        Table::of(rows).wide("Proceeds", Style::Money, 24.0, move |(sum, _)| CellValue::Units(*sum, decimals));
    for at in 0..lines.len() {
        table = table.wide("", figures.style, 24.0, move |(sum, cells)| (figures.value)(*sum, cells[at]));
    }
    let formats: Vec<Format> = table.columns.iter().map(|column| summary.styles.format(column.style)).collect();
    let is_large = rows.len() > LARGE;
    let numbers: Vec<usize> = formats.iter().filter(|_| is_large).map(|format| summary.number(format)).collect();
    let index = summary.workbook.worksheets().len();
    let worksheet = if is_large {
        summary.workbook.add_worksheet_with_constant_memory()?
    } else {
        summary.workbook.add_worksheet()
    };
    prepare(worksheet, figures.name)?;
    let mut sheet = Sheet::new(worksheet, &summary.styles);
    sheet.title(&case.terms.company, figures.about)?;
    let heading = sheet.row;
    sheet.sheet.set_row_height(heading, 42)?;
    sheet.sheet.set_freeze_panes(heading + 1, 1)?;
    sheet.sheet.set_repeat_rows(heading, heading)?;
    sheet.put(0, &CellValue::text("Proceeds"), Style::HeadingRight)?;
    sheet.note_width(0, 20, 24.0);
    for (at, line) in (1u16..).zip(lines) {
        sheet.put(at, &CellValue::text(name(case, *line)), Style::HeadingRight)?;
        sheet.note_width(at, 18, 24.0);
    }
    // Of a sheet whose rows are put in at the end, the first and the last are written to make everything around them.
    let is_written = |at: usize| !is_large || at == 0 || at + 1 == rows.len();
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| is_written(*at)) {
        let number = heading + 1 + u32::try_from(at).expect("scenarios are at most 100,001");
        for (column, (of, format)) in (0u16..).zip(table.columns.iter().zip(&formats)) {
            (of.value)(row).write(sheet.sheet, number, column, format)?;
        }
    }
    sheet.finish()?;
    if is_large {
        summary.parallel.push(ParallelRows::new(index, heading + 1, rows, &numbers, &table.columns)?);
    }
    Ok(heading)
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
        format.clone_from(&series_line(color));
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
    let points = u32::try_from(outcome.breakpoints.len()).expect("breakpoints are few");
    let on_left = lines.iter().map(|(class, _)| !has_both || *class != common);
    let left = on_left.cycle().zip(&outcome.scenarios.cells).filter(|(on_left, _)| *on_left);
    let highest = left.map(|(_, (_, per_share))| *per_share).max().filter(|highest| *highest > 0);
    if let Some(top) = highest.and_then(|top| Figure::new(top, PER_SHARE_DECIMALS)).filter(|_| points > 0) {
        let bars = ChartErrorBars::new()
            .set_type(ChartErrorBarsType::FixedValue(top.to_f64()))
            .set_direction(ChartErrorBarsDirection::Plus)
            .set_end_cap(false)
            .set_format(ChartLine::new().set_color(GREY).set_dash_type(ChartLineDashType::SquareDot))
            .clone();
        chart
            .add_series()
            .set_name("Something changes (breakpoint)")
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
    let figure = |sum: &Units| Figure::new(*sum, case.terms.currency_decimals).map(Figure::to_f64);
    let sums = &outcome.scenarios.sums;
    if let (Some(Some(from)), Some(Some(to))) = (sums.first().map(figure), sums.last().map(figure))
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

/// What changes at a breakpoint: `participation begins`, `Series B converts`.
pub(crate) fn in_words(case: &Case, point: &Breakpoint) -> String {
    match &point.what {
        Turn::Tier(tier) => format!("{tier} begins"),
        Turn::Event { event, class, accrual_start } => {
            let verb = if *event == "capped" { "is capped" } else { event };
            format!("{} {verb}", name(case, (*class, *accrual_start)))
        }
    }
}

/// The hidden column of the breakpoints' sheet in which the feet of their lines on the chart stand.
const FOOT: u16 = 3;

fn breakpoints(summary: &mut Summary, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    let mut sheet = summary.titled("Breakpoints", case, "The sums at which something changes")?;
    let content = Table::of(&outcome.breakpoints)
        .wide("What", Style::Text, 54.0, |b| CellValue::text(in_words(case, b)))
        .column("Begins at", Style::Money, |b| CellValue::Exact(&b.at))
        .wide("Exactly", Style::Id, 36.0, |b| CellValue::text(grouped(&decimal(&b.at))))
        .column("Foot on the chart", Style::Money, |_| CellValue::Units(0, 0))
        .write(&mut sheet)?;
    for (row, point) in (content.start..).zip(&outcome.breakpoints) {
        if terminating(&point.at).is_none() {
            let exact = Note::new(format!("Exactly {}", fraction(&point.at))).add_author_prefix(false);
            sheet.sheet.insert_note(row, 2, &exact)?;
        }
    }
    sheet.sheet.set_column_hidden(FOOT)?;
    let print_end = sheet.row.max(1) - 1;
    sheet.sheet.set_print_area(0, 0, print_end, FOOT - 1)?;
    sheet.finish()
}
