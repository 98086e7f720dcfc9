//! The summary of a liquidation.

use super::first_sheet::{Control, Fact, FirstSheet, cash_fact, control, date_fact, held_facts, kept_back_control};
use super::holdings::{self, Listed, Pages, listed, of_holders};
use super::long_table::{LongTable, Total, total_of_shares};
use super::paid::PaidTable;
use super::sheet::if_formula;
use super::workbook::{self, Out};
use super::{CellValue, Summary, Table, tables};
use crate::model::{Case, ClassIx};
use crate::outcome::{Distribution, LiquidationOutcome, LiquidationRow, TierRow};
use crate::output::RunInfo;
use crate::output::xlsx::scenarios::{self, tier_in_words};
use crate::output::xlsx::style::{AMBER, Style, series, series_color};
use crate::quantity::{Ratio, SHARE_DECIMALS, Units, whole};
use num_traits::Zero;
use rust_xlsxwriter::{Chart, ChartLegendPosition, ChartSolidFill, ChartType, XlsxError};
use std::io;

pub(crate) fn liquidation(case: &Case, outcome: &LiquidationOutcome, run: &RunInfo, out: Out) -> io::Result<()> {
    let distribution = outcome.distribution.as_ref();
    let first_sheet = FirstSheet {
        title: "Liquidation",
        facts: facts(case, outcome),
        paid: distribution.map(|distribution| paid(case, distribution)),
        deliveries: Vec::new(),
        is_signed: distribution.is_some(),
        controls: distribution.map_or_else(Vec::new, |distribution| controls(case, distribution)),
        acknowledged: &[],
        effects: distribution.map_or(&[], |d| d.readings.as_slice()),
    };
    let cohorts =
        outcome.cohorts.iter().flat_map(|c| tables::cohort_steps(case.terms.locale, c.accrual_start, &c.steps));
    let waterfall = distribution.into_iter().flat_map(|d| &d.steps).map(|s| ("Waterfall".to_owned(), &s.step));
    let preferences = Table::of(&outcome.cohorts)
        .column("Accrues from", Style::Date, |c| CellValue::Date(c.accrual_start))
        .column("Shares", Style::Shares, |c| CellValue::shares(c.shares))
        .column("Preference per share", Style::PerShareAligned, |c| CellValue::Exact(&c.preference));
    let listed = distribution.map_or_else(Vec::new, |distribution| listed(case, &distribution.rows));
    let holdings = distribution.map(|distribution| holdings(case, distribution, &listed));
    workbook::write("Liquidation", case, out, |summary| {
        first_sheet.write(summary, run)?;
        if let (Some(distribution), Some(holdings)) = (distribution, &holdings) {
            holdings::write(summary, holdings)?;
            tiers(summary, distribution)?;
        }
        summary.table(("Cohorts", "The Series A Liquidation Preference per share (6(a))"), &preferences, &[])?;
        scenarios::sheets(summary, outcome)?;
        tables::adjustments(summary, &outcome.multiple)?;
        tables::apportionments(summary, distribution.map_or(&[], |d| d.apportionments.as_slice()))?;
        tables::derivation(summary, cohorts.chain(waterfall))?;
        tables::readings(summary)
    })
}

fn facts<'a>(case: &'a Case, outcome: &'a LiquidationOutcome) -> Vec<Fact<'a>> {
    let mut facts = vec![
        date_fact("Date of the distribution", outcome.date),
        ("Currency", CellValue::text(case.terms.currency.as_str()), Style::Id),
        ("Multiple", CellValue::Exact(&outcome.multiple.value), Style::PerShareLeft),
    ];
    let Some(distribution) = &outcome.distribution else {
        facts.push(("Distribution", CellValue::text("none: scenarios only"), Style::Id));
        return facts;
    };
    let (prior, totals) = (distribution.prior, &distribution.totals);
    let cash = |name, units| cash_fact(case, name, units);
    facts.extend((prior != 0).then(|| cash("Distributed before", prior)));
    facts.extend([
        cash("Proceeds", totals.proceeds),
        cash("Distributed", totals.distributed),
        cash("Undistributed", totals.undistributed),
        cash("Rounding", totals.rounding),
    ]);
    facts.extend(held_facts(case, &distribution.rows));
    facts
}

/// What each class is paid, summed over its holdings.
fn paid(case: &Case, distribution: &Distribution) -> PaidTable {
    let per_share = |class: ClassIx| {
        let mut cohorts: Vec<_> = distribution.tiers.iter().filter(|t| t.class == class).collect();
        cohorts.sort_by_key(|tier| tier.accrual_start);
        let first = cohorts.first().map(|tier| tier.accrual_start);
        let each = cohorts.iter().fold(whole(0), |sum, tier| sum + &tier.paid_per_share);
        let is_one = distribution.prior == 0 && cohorts.iter().all(|tier| Some(tier.accrual_start) == first);
        is_one.then_some(each)
    };
    let figures =
        |r: &LiquidationRow| Some((r.class, [r.shares.into(), r.total - r.participation, r.participation, r.total]));
    let columns = [("Ahead of participation", None), ("Participation", Some(6)), ("Total", Some(8))];
    PaidTable::new(case, (&distribution.rows, figures), columns, &[], per_share)
}

fn controls(case: &Case, distribution: &Distribution) -> Vec<Control> {
    let decimals = case.terms.currency_decimals;
    let pages = Pages::of(distribution.rows.len());
    let totals = &distribution.totals;
    let money = |units| CellValue::Units(units, decimals);
    let of = |pick: fn(&LiquidationRow) -> Units| distribution.rows.iter().map(pick).sum::<Units>();
    let of_holdings = pages.total(8, &[], of(|r| r.total), decimals);
    let parts = of(|r| r.before_participation + r.participation + r.rounding());
    let sums = [4, 5, 6, 7].iter().map(|c| pages.sum(*c, &[], decimals)).collect::<Option<Vec<_>>>();
    let sums = sums.map(|sums| format!("ROUND({},{decimals})", sums.join("+")));
    let held = of(|r| r.shares.into());
    let mut controls = vec![
        control(
            "Proceeds, and distributed plus undistributed",
            money(totals.proceeds),
            money(totals.distributed + totals.undistributed),
        ),
        control("Distributed: in all, and by holding", money(totals.distributed), of_holdings.clone()),
        control(
            "Totals of holdings, and their parts plus rounding (each part is rounded by itself; rounding is what makes \
             the sum exact)",
            of_holdings,
            CellValue::computed(sums, parts, decimals),
        ),
    ];
    if !distribution.tiers.is_empty() {
        let outstanding = CellValue::shares(outstanding(&distribution.tiers));
        let what = "Shares: by tier, and by holding (outstanding on the date, all classes)";
        controls.push(control(what, outstanding, pages.total(3, &[], held, SHARE_DECIMALS)));
    }
    controls.extend(kept_back_control(case, &distribution.rows));
    controls
}

/// All shares that the tiers name, each class and cohort once.
fn outstanding(tiers: &[TierRow]) -> u128 {
    let mut known: Vec<_> = tiers.iter().map(|t| (t.class, t.accrual_start, t.shares)).collect();
    known.sort_unstable();
    known.dedup();
    known.iter().map(|(.., shares)| shares).sum()
}

fn holdings<'a>(case: &'a Case, distribution: &'a Distribution, listed: &'a [Listed]) -> LongTable<'a, Listed> {
    let decimals = case.terms.currency_decimals;
    let cash = move |units: Units| CellValue::Units(units, decimals);
    let row = move |listed: &Listed| listed.of(&distribution.rows);
    let table = of_holders(case, listed, move |l| (row(l).holder, row(l).class, row(l).shares))
        .wide("Preference", Style::Money, 24.0, move |l| cash(row(l).preference()))
        .wide("Common Adjustment", Style::Money, 24.0, move |l| cash(row(l).common_adjustment()))
        .wide("Participation", Style::Money, 24.0, move |l| cash(row(l).participation))
        .wide("Rounding", Style::Money, 24.0, move |l| cash(row(l).rounding()))
        .wide("Total", Style::Money, 24.0, move |l| cash(row(l).total))
        .wide("Held", Style::Text, 16.0, Listed::held);
    let mut totals: Vec<Total> = (4..=8).map(|column| Total { column, decimals, only: Vec::new() }).collect();
    totals.push(total_of_shares(3));
    LongTable { table, totals }
}

fn tiers(summary: &mut Summary, distribution: &Distribution) -> Result<(), XlsxError> {
    let (case, tiers) = (summary.case, &distribution.tiers);
    let decimals = case.terms.currency_decimals;
    let clause = if case.first_issuance().is_some() { " (6)" } else { "" };
    let all = if distribution.prior == 0 { "" } else { "; all installments until now together" };
    let about = format!("The waterfall: each tier is paid in full before the next{clause}{all}");
    let mut sheet = summary.titled("Tiers", &about)?;
    let content = Table::of(tiers)
        .wide("Tier", Style::Text, 30.0, |t| CellValue::text(tier_in_words(&t.tier)))
        .wide("Class", Style::Text, 34.0, |t| CellValue::class(case, t.class))
        .column("Accrues from", Style::Date, |t| CellValue::day(t.accrual_start))
        .column("Shares", Style::Shares, |t| CellValue::shares(t.shares))
        .column("Due", Style::Money, |t| CellValue::exact(t.due.as_ref()))
        .column("Paid", Style::Money, |t| CellValue::Exact(&t.paid))
        .column("Paid per share", Style::PerShareAligned, |t| CellValue::Exact(&t.paid_per_share))
        .write(&mut sheet)?;
    // The columns are fixed, so that one rule colours the whole row.
    let short = format!("=AND(ISNUMBER($E{0}),ROUND($E{0}-$F{0},{decimals})>0)", content.start + 1);
    sheet.highlight(&content, (0, 6), &if_formula(&short, AMBER))?;
    sheet.row += 1;
    sheet.section(&format!("What each class gets per tier{all}"), 7)?;
    let (names, rows) = by_tier_and_class(tiers);
    let mut table = Table::of(&rows).wide("Class", Style::Text, 34.0, |(class, _)| CellValue::class(case, *class));
    for (at, name) in names.iter().enumerate() {
        table = table.column(tier_in_words(name), Style::Money, move |(_, sums)| CellValue::Exact(&sums[at]));
    }
    let content = table.write(&mut sheet)?;
    if names.is_empty() {
        return sheet.finish();
    }
    let mut chart = Chart::new(ChartType::ColumnStacked);
    for (color, at) in (1u16..).take(names.len()).enumerate() {
        series(&mut chart, "Tiers", &content, at)
            .set_format(ChartSolidFill::new().set_color(series_color(color)))
            .set_name(("Tiers", content.start - 1, at));
    }
    chart.title().set_name(&format!("What each class gets per tier{all}"));
    chart.y_axis().set_name(case.terms.currency.as_str()).set_num_format("#,##0");
    chart.legend().set_position(ChartLegendPosition::Bottom);
    sheet.finish()?;
    if rows.iter().flat_map(|(_, sums)| sums).all(Zero::is_zero) {
        return Ok(());
    }
    summary.chart("Tier chart", "What each class gets per tier, drawn", &mut chart)
}

/// Paid by class (rows) and tier (columns), for the chart.
fn by_tier_and_class(tiers: &[TierRow]) -> (Vec<&str>, Vec<(ClassIx, Vec<Ratio>)>) {
    let mut names: Vec<&str> = Vec::new();
    for tier in tiers {
        if !names.contains(&tier.tier.as_str()) {
            names.push(&tier.tier);
        }
    }
    let mut classes: Vec<ClassIx> = tiers.iter().map(|tier| tier.class).collect();
    classes.sort_unstable();
    classes.dedup();
    let paid = |class: ClassIx, name: &str| {
        let own = tiers.iter().filter(|t| t.class == class && t.tier == name);
        own.fold(whole(0), |sum, t| sum + &t.paid)
    };
    let row = |class: ClassIx| (class, names.iter().map(|name| paid(class, name)).collect());
    let rows = classes.into_iter().map(row).collect();
    (names, rows)
}
