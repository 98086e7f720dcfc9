//! The stack, and what each class gets of it at every breakpoint: in money, in per cent, and drawn.

use super::style::{Style, series_color, series_line};
use super::summary::cell_value::CellValue;
use super::summary::sheet::Table;
use super::summary::workbook::Summary;
use crate::model::Case;
use crate::outcome::liquidation::{LiquidationOutcome, Payoff};
use crate::quantity::{Ratio, whole};
use num_traits::Zero;
use rust_xlsxwriter::{Chart, ChartFormat, ChartLegendPosition, ChartMarker, ChartMarkerType, ChartSolidFill};
use rust_xlsxwriter::{ChartType, XlsxError};

/// The sheets `Stack` and `Payoff`.
pub(crate) fn sheets(summary: &mut Summary, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    if outcome.stack.is_empty() {
        return Ok(());
    }
    let mut sheet =
        summary.titled("Stack", case, "What each class brings, per share, and from what it is worth more as Common")?;
    Table::of(&outcome.stack)
        .wide("Class", Style::Text, 34.0, |r| CellValue::class(case, r.class))
        .column("Accrues from", Style::Date, |r| r.accrual_start.map_or(CellValue::Blank, CellValue::Date))
        .column("Shares", Style::Shares, |r| CellValue::shares(r.shares))
        .column("Preference", Style::PerShareAligned, |r| CellValue::Exact(&r.due))
        .column("Converts, or is exercised, above (a Common share)", Style::PerShareAligned, |r| {
            r.converts_at.as_ref().map_or(CellValue::Blank, CellValue::Exact)
        })
        .column("Capped at (a Common share)", Style::PerShareAligned, |r| {
            r.capped_at.as_ref().map_or(CellValue::Blank, CellValue::Exact)
        })
        .write(&mut sheet)?;
    sheet.finish()?;
    payoff(summary, case, &outcome.payoff)
}

fn payoff(summary: &mut Summary, case: &Case, payoff: &Payoff) -> Result<(), XlsxError> {
    if payoff.sums.is_empty() {
        return Ok(());
    }
    let mut sheet =
        summary.titled("Payoff", case, "What each class gets at every breakpoint, in money and in per cent")?;
    let shares: Vec<Vec<Ratio>> = payoff
        .sums
        .iter()
        .zip(&payoff.totals)
        .map(|(sum, totals)| {
            let percent = |total: &Ratio| if sum.is_zero() { whole(0) } else { total * whole(100) / sum };
            totals.iter().map(percent).collect()
        })
        .collect();
    let mut first = 0;
    for (about, style, table) in
        [("Proceeds", Style::Money, &payoff.totals), ("In per cent, of", Style::PerCent, &shares)]
    {
        first = if first == 0 { sheet.row } else { first };
        sheet.put(0, &CellValue::text(about), Style::HeadingRight)?;
        sheet.note_width(0, 20, 24.0);
        for (at, class) in (1u16..).zip(&payoff.classes) {
            sheet.put(at, &CellValue::class(case, *class), Style::HeadingRight)?;
            sheet.note_width(at, 18, 24.0);
        }
        sheet.row += 1;
        for (sum, row) in payoff.sums.iter().zip(table) {
            sheet.put(0, &CellValue::Exact(sum), Style::Money)?;
            for (at, value) in (1u16..).zip(row) {
                sheet.put(at, &CellValue::Exact(value), style)?;
            }
            sheet.row += 1;
        }
        sheet.row += 1;
    }
    let last = first + u32::try_from(payoff.sums.len()).expect("breakpoints are few");
    let mut chart = Chart::new(ChartType::ScatterStraight);
    for (color, at) in (1u16..).take(payoff.classes.len()).enumerate() {
        chart
            .add_series()
            .set_name(("Payoff", first, at))
            .set_categories(("Payoff", first + 1, 0, last, 0))
            .set_values(("Payoff", first + 1, at, last, at))
            .set_format(&mut series_line(color))
            .set_marker(
                ChartMarker::new().set_type(ChartMarkerType::Circle).set_size(4).set_format(
                    ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(series_color(color))),
                ),
            );
    }
    chart.title().set_name("What each class gets, through every breakpoint");
    chart.x_axis().set_name(&format!("Proceeds ({})", case.terms.currency)).set_num_format("#,##0");
    chart.y_axis().set_name(case.terms.currency.as_str()).set_num_format("#,##0").set_min(0);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.set_width(1000).set_height(480);
    sheet.finish()?;
    let mut sheet = summary.titled("Payoff chart", case, "What each class gets, drawn through every breakpoint")?;
    sheet.chart(0, &chart)?;
    sheet.finish()
}
