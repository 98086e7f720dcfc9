//! Arrears after a dividend run, and the default period.

use super::cell_value::CellValue;
use super::sheet::{Table, if_figure};
use super::workbook::Summary;
use crate::outcome::{DividendOutcome, QuarterState};
use crate::output::xlsx::style::{AMBER, INK, Style, series_color};
use crate::output::xlsx::value::Figure;
use num_traits::Zero;
use rust_xlsxwriter::{
    Chart, ChartLegendPosition, ChartLine, ChartSolidFill, ChartType, ConditionalFormatCellRule, XlsxError,
};
use std::ops::Range;

/// The sheet `Arrears`: what is left unpaid quarter by quarter, and the table that the next run reads; its chart is a sheet of its own.
pub(crate) fn sheet(summary: &mut Summary, outcome: &DividendOutcome) -> Result<(), XlsxError> {
    let case = summary.case;
    let mut sheet = summary.titled("Arrears", "Arrears after the run, and the default period of 3(c)")?;
    let mut drawn = None;
    if !outcome.history.is_empty() {
        sheet.section("By quarter date, after the payments as of that day", 8)?;
        let content = Table::of(&outcome.history)
            .column("Quarter date", Style::Date, |q| CellValue::Date(q.quarter))
            .column("Quarterly dividends in arrears", Style::PerShare, |q| CellValue::Exact(&q.quarters_in_arrears))
            .column("Unpaid per share (highest cohort)", Style::PerShare, |q| CellValue::Exact(&q.unpaid_per_share))
            .write(&mut sheet)?;
        if let Some(limit) = Figure::nearest(&case.terms.default_quarters) {
            let rule = ConditionalFormatCellRule::GreaterThanOrEqualTo(limit.to_f64());
            sheet.highlight(&content, (1, 1), &if_figure(rule, AMBER))?;
        }
        let is_behind = |q: &QuarterState| !(q.unpaid_per_share.is_zero() && q.quarters_in_arrears.is_zero());
        drawn = outcome.history.iter().any(is_behind).then(|| chart(&content, &case.terms.currency));
        sheet.row += 1;
    }
    sheet.section("The arrears table for the next run", 8)?;
    Table::of(&outcome.arrears)
        .column("Class", Style::Text, |a| CellValue::class(case, a.class.unwrap_or(case.classes.series_a())))
        .column("Accrues from", Style::Date, |a| CellValue::Date(a.accrual_start))
        .column("Quarter", Style::Date, |a| CellValue::Date(a.quarter))
        .column("Payable in", Style::Id, |a| CellValue::text(a.asset.as_deref().unwrap_or(&case.terms.currency)))
        .column("Due per share", Style::PerShare, |a| CellValue::Exact(&a.dividend_per_share))
        .column("Paid per share", Style::PerShare, |a| CellValue::Exact(&a.paid_per_share))
        .column("Set apart", Style::Text, |a| CellValue::text(if a.set_apart { "yes" } else { "" }))
        .write(&mut sheet)?;
    sheet.finish()?;
    drawn.map_or(Ok(()), |mut chart| summary.chart("Arrears chart", "Arrears quarter by quarter, drawn", &mut chart))
}

/// Unpaid per share as columns, quarterly dividends in arrears as a line beside it.
fn chart(content: &Range<u32>, currency: &str) -> Chart {
    let mut chart = Chart::new(ChartType::Column);
    let (first, last) = (content.start, content.end.max(content.start + 1) - 1);
    chart
        .add_series()
        .set_name("Unpaid per share")
        .set_categories(("Arrears", first, 0, last, 0))
        .set_values(("Arrears", first, 2, last, 2))
        .set_format(ChartSolidFill::new().set_color(INK));
    let mut line = Chart::new(ChartType::Line);
    line.add_series()
        .set_name("Quarterly dividends in arrears")
        .set_categories(("Arrears", first, 0, last, 0))
        .set_values(("Arrears", first, 1, last, 1))
        .set_format(ChartLine::new().set_color(series_color(2)).set_width(2.25))
        .set_secondary_axis(true);
    chart.combine(&line);
    chart.title().set_name("Arrears by quarter");
    chart.x_axis().set_num_format("yyyy-mm").set_text_axis(true);
    chart.y_axis().set_name(&format!("{currency} per share")).set_num_format("#,##0.00");
    line.y2_axis().set_name("quarterly dividends").set_num_format("0.0").set_min(0);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart
}
