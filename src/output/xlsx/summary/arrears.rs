//! Arrears after a dividend run, and the default period.

use super::book::Book;
use super::cell::Val;
use super::grid::column;
use crate::model::Case;
use crate::outcome::dividend::DividendOutcome;
use crate::output::xlsx::style::{AMBER, INK, Style, series_color};
use rust_xlsxwriter::{Chart, ChartType, ConditionalFormatCell, ConditionalFormatCellRule, Format, XlsxError};

/// The sheet `Arrears`: what is left unpaid quarter by quarter, with its chart, and the table that the next run reads.
pub(crate) fn sheet(book: &mut Book, case: &Case, outcome: &DividendOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Arrears")?;
    grid.title(&case.terms.company, "Arrears after the run, and the default period of 3(c)")?;
    grid.sheet.set_portrait();
    if !outcome.history.is_empty() {
        grid.section("By quarter date, after the payments as of that day", 8)?;
        let columns = [
            column("Quarter date", Style::Date),
            column("Quarterly dividends in arrears", Style::PerShare),
            column("Unpaid per share (highest cohort)", Style::PerShare),
        ];
        let rows = outcome
            .history
            .iter()
            .map(|q| vec![Val::Date(q.quarter), Val::Exact(&q.quarters_in_arrears), Val::Exact(&q.unpaid_per_share)]);
        let content = grid.table(&columns, rows)?;
        let threshold = &case.terms.default_quarters;
        if let Some(limit) = crate::output::xlsx::value::Figure::nearest(threshold) {
            let amber = Format::new().set_background_color(AMBER);
            let rule = ConditionalFormatCell::new()
                .set_rule(ConditionalFormatCellRule::GreaterThanOrEqualTo(limit.to_f64()))
                .set_format(amber);
            grid.sheet.add_conditional_format(content.start, 1, content.end - 1, 1, &rule)?;
        }
        let chart = arrears_chart(&content, &case.terms.currency);
        // Below the table, so that the page stays narrow; the next table begins below the chart.
        grid.sheet.insert_chart(grid.row + 1, 0, &chart)?;
        grid.row += 2 + CHART_ROWS;
    }
    grid.section("The arrears table for the next run", 8)?;
    let columns = [
        column("Accrues from", Style::Date),
        column("Quarter", Style::Date),
        column("In", Style::Id),
        column("Due per share", Style::PerShare),
        column("Paid per share", Style::PerShare),
        column("Set apart", Style::Text),
    ];
    let rows = outcome.arrears.iter().map(|a| {
        vec![
            Val::Date(a.accrual_start),
            Val::Date(a.quarter),
            Val::text(a.asset.as_deref().unwrap_or(&case.terms.currency)),
            Val::Exact(&a.dividend_per_share),
            Val::Exact(&a.paid_per_share),
            Val::text(if a.set_apart { "yes" } else { "" }),
        ]
    });
    grid.table(&columns, rows)?;
    grid.finish()
}

/// How many rows of a sheet the chart of arrears covers.
const CHART_ROWS: u32 = 17;

/// Unpaid per share as columns, quarterly dividends in arrears as a line beside it.
fn arrears_chart(content: &std::ops::Range<u32>, currency: &str) -> Chart {
    let mut chart = Chart::new(ChartType::Column);
    let (first, last) = (content.start, content.end.max(content.start + 1) - 1);
    chart
        .add_series()
        .set_name("Unpaid per share")
        .set_categories(("Arrears", first, 0, last, 0))
        .set_values(("Arrears", first, 2, last, 2))
        .set_format(rust_xlsxwriter::ChartSolidFill::new().set_color(INK));
    let mut line = Chart::new(ChartType::Line);
    line.add_series()
        .set_name("Quarterly dividends in arrears")
        .set_categories(("Arrears", first, 0, last, 0))
        .set_values(("Arrears", first, 1, last, 1))
        .set_format(rust_xlsxwriter::ChartLine::new().set_color(series_color(2)).set_width(2.25))
        .set_secondary_axis(true);
    chart.combine(&line);
    chart.title().set_name("Arrears by quarter");
    chart.x_axis().set_num_format("yyyy-mm").set_text_axis(true);
    chart.y_axis().set_name(&format!("{currency} per share")).set_num_format("#,##0.00");
    line.y2_axis().set_name("quarterly dividends").set_num_format("0.0").set_min(0);
    chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    chart.set_width(820).set_height(340);
    chart
}
