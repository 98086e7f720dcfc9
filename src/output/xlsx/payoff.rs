//! The stack, and what each class and each share gets of it at every breakpoint: in money, in per cent, and drawn.

use super::style::{Style, series, series_color, series_line};
use super::summary::{CellValue, Sheet, Summary, Table};
use crate::model::{Case, ClassIx, Date};
use crate::outcome::{LiquidationOutcome, Payoff};
use crate::quantity::{Ratio, whole};
use num_traits::Zero;
use rust_xlsxwriter::{Chart, ChartLegendPosition, ChartMarker, ChartMarkerType, ChartSolidFill};
use rust_xlsxwriter::{ChartType, XlsxError};

/// The sheets `Stack` and `Payoff`, and their charts.
pub(crate) fn sheets(summary: &mut Summary, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    let case = summary.case;
    let table = Table::of(&outcome.stack)
        .wide("Class", Style::Text, 34.0, |r| CellValue::class(case, r.class))
        .column("Accrues from", Style::Date, |r| CellValue::day(r.accrual_start))
        .column("Shares", Style::Shares, |r| CellValue::shares(r.shares))
        .column("Preference", Style::PerShareAligned, |r| CellValue::Exact(&r.due))
        .column("Converts, or is exercised, above (a Common share)", Style::PerShareAligned, |r| {
            CellValue::exact(r.converts_at.as_ref())
        })
        .column("Capped at (a Common share)", Style::PerShareAligned, |r| CellValue::exact(r.capped_at.as_ref()));
    let about = "What each class brings, per share, and from what it is worth more as Common";
    summary.table(("Stack", about), &table, &[])?;
    if outcome.stack.is_empty() || outcome.payoff.sums.is_empty() { Ok(()) } else { payoff(summary, &outcome.payoff) }
}

fn payoff(summary: &mut Summary, payoff: &Payoff) -> Result<(), XlsxError> {
    let case = summary.case;
    let about = "What each class, and each share of it, gets at every breakpoint";
    let mut sheet = summary.titled("Payoff", about)?;
    let percent = |sum: &Ratio, part: &Ratio| if sum.is_zero() { whole(0) } else { part * whole(100) / sum };
    let percents: Vec<Vec<Ratio>> = payoff
        .sums
        .iter()
        .zip(&payoff.totals)
        .map(|(sum, totals)| totals.iter().map(|total| percent(sum, total)).collect())
        .collect();
    let classes: Vec<String> = payoff.classes.iter().map(|class| case.classes.get(*class).name.clone()).collect();
    let lines: Vec<String> = payoff.lines.iter().map(|line| name(case, *line)).collect();
    let in_all = block(&mut sheet, payoff, ("Proceeds", Style::Money), &classes, &payoff.totals)?;
    block(&mut sheet, payoff, ("In per cent, of", Style::PerCent), &classes, &percents)?;
    let each = block(&mut sheet, payoff, ("For a share, of", Style::PerShareAligned), &lines, &payoff.per_share)?;
    sheet.finish()?;
    let currency = case.terms.currency.as_str();
    let last = u32::try_from(payoff.sums.len()).expect("breakpoints are few");
    let mut chart = drawn(case, (in_all, last), &vec![false; classes.len()]);
    chart.title().set_name("What each class gets, through every breakpoint");
    chart.y_axis().set_name(currency).set_num_format("#,##0").set_min(0);
    summary.chart("Payoff chart", "What each class gets, drawn through every breakpoint", &mut chart)?;
    // A share of Common that is a small part of the others has an axis of its own, on which its line can be read.
    let common = case.classes.common();
    let highest = |of_common: bool| {
        let of =
            payoff.lines.iter().zip(payoff.per_share.last()?).filter(|((class, _), _)| (*class == common) == of_common);
        of.map(|(_, value)| value).max()
    };
    let is_small = highest(true).zip(highest(false)).is_some_and(|(common, others)| common * whole(5) < *others);
    let second: Vec<bool> = payoff.lines.iter().map(|(class, _)| is_small && *class == common).collect();
    let mut chart = drawn(case, (each, last), &second);
    chart.title().set_name("What a share gets, through every breakpoint");
    chart.y_axis().set_name(&format!("{currency} per share")).set_num_format("#,##0.00").set_min(0);
    if is_small {
        let name = &case.classes.get(common).name;
        chart
            .y2_axis()
            .set_name(&format!("{currency} per share of {name} (dashed)"))
            .set_num_format("#,##0.00##")
            .set_min(0);
    }
    summary.chart("Share chart", "What a share of each class gets, drawn through every breakpoint", &mut chart)
}

/// A class, or a cohort of it, in words.
pub(crate) fn name(case: &Case, (class, start): (ClassIx, Option<Date>)) -> String {
    let class = &case.classes.get(class).name;
    match start {
        Some(start) => format!("{class} accruing from {}", case.terms.locale.date(start)),
        None => class.clone(),
    }
}

/// A row for each breakpoint, a column for each of `names`. Returns the row of the headings.
fn block(
    sheet: &mut Sheet,
    payoff: &Payoff,
    (about, style): (&str, Style),
    names: &[String],
    values: &[Vec<Ratio>],
) -> Result<u32, XlsxError> {
    let rows: Vec<(&Ratio, &Vec<Ratio>)> = payoff.sums.iter().zip(values).collect();
    let mut table = Table::of(&rows).wide(about, Style::Money, 24.0, |(sum, _)| CellValue::Exact(sum));
    for (at, name) in names.iter().enumerate() {
        table = table.wide(name.as_str(), style, 24.0, move |(_, row)| CellValue::Exact(&row[at]));
    }
    let content = table.write(sheet)?;
    sheet.row += 1;
    Ok(content.start - 1)
}

/// The lines of a block of the sheet `Payoff` with `last` sums, in one colour each; `second` are dashed, on the right axis.
fn drawn(case: &Case, (heading, last): (u32, u32), second: &[bool]) -> Chart {
    let rows = heading + 1..heading + last + 1;
    let mut chart = Chart::new(ChartType::ScatterStraight);
    for (color, (at, is_second)) in (1u16..).zip(second).enumerate() {
        let mut line = series_line(color);
        if *is_second {
            line.set_dash_type(rust_xlsxwriter::ChartLineDashType::Dash);
        }
        let mut fill = ChartSolidFill::new().set_color(series_color(color)).clone();
        series(&mut chart, "Payoff", &rows, at)
            .set_name(("Payoff", heading, at))
            .set_format(&mut line)
            .set_secondary_axis(*is_second)
            .set_marker(ChartMarker::new().set_type(ChartMarkerType::Circle).set_size(4).set_format(&mut fill));
    }
    chart.x_axis().set_name(&format!("Proceeds ({})", case.terms.currency)).set_num_format("#,##0").set_min(0);
    chart.x2_axis().set_min(0);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart
}
