//! The summary of a liquidation.

use super::book::Book;
use super::cell::Val;
use super::front::{Control, Front, Side, date_fact, held_facts};
use super::grid::{Column, column};
use super::holdings::{Pages, Table, Total};
use super::tables::{self, wide};
use crate::model::Case;
use crate::model::calendar::iso;
use crate::outcome::liquidation::{Distribution, LiquidationOutcome, LiquidationRow, TierRow};
use crate::output::RunInfo;
use crate::output::xlsx::scenarios;
use crate::output::xlsx::style::{AMBER, Style, series_color};
use crate::quantity::{Ratio, SHARE_DECIMALS, Units, whole};
use rust_xlsxwriter::{Chart, ChartSolidFill, ChartType, Format, XlsxError};
use std::io;

/// The summary of a liquidation.
/// Errors: Where writing fails.
pub(crate) fn liquidation(case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    let mut book = Book::new("Liquidation", &case.terms.company, case.terms.currency_decimals);
    fill(&mut book, case, outcome, run).map_err(io::Error::other)?;
    book.finish()
}

fn fill(book: &mut Book, case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> Result<(), XlsxError> {
    front(book, case, outcome, run)?;
    if let Some(distribution) = &outcome.distribution {
        holdings(book, case, distribution)?;
        tiers(book, case, &distribution.tiers)?;
    }
    cohorts(book, case, outcome)?;
    scenarios::sheets(book, case, outcome)?;
    tables::adjustments(book, case, &outcome.multiple)?;
    let distribution = outcome.distribution.as_ref();
    tables::apportionments(book, case, distribution.map_or(&[], |d| d.apportionments.as_slice()))?;
    let cohort_steps = outcome
        .cohorts
        .iter()
        .flat_map(|c| c.steps.iter().map(move |s| (format!("Series A accruing from {}", iso(c.accrual_start)), s)));
    let waterfall = distribution.into_iter().flat_map(|d| &d.steps).map(|s| ("Waterfall".to_owned(), &s.step));
    tables::derivation(book, case, cohort_steps.chain(waterfall))?;
    tables::inputs(book, case, run)
}

fn front(book: &mut Book, case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let mut facts = vec![
        date_fact("Date of the distribution", outcome.date),
        ("Currency", Val::text(case.terms.currency.as_str()), Style::Id),
        ("Multiple", Val::Exact(&outcome.multiple.value), Style::PerShareLeft),
    ];
    let mut controls_of = Vec::new();
    if let Some(distribution) = &outcome.distribution {
        let totals = &distribution.totals;
        if distribution.prior != 0 {
            facts.push(("Distributed before", Val::Units(distribution.prior, decimals), Style::MoneyLeft));
        }
        facts.push(("Proceeds", Val::Units(totals.proceeds, decimals), Style::MoneyLeft));
        facts.push(("Distributed", Val::Units(totals.distributed, decimals), Style::MoneyLeft));
        facts.push(("Undistributed", Val::Units(totals.undistributed, decimals), Style::MoneyLeft));
        facts.push(("Rounding", Val::Units(totals.rounding, decimals), Style::MoneyLeft));
        facts.extend(held_facts(case, &distribution.rows));
        controls_of = controls(case, distribution);
    } else {
        facts.push(("Distribution", Val::text("none: scenarios only"), Style::Id));
    }
    let front = Front {
        title: "Liquidation",
        facts,
        controls: controls_of,
        warnings: run.warnings,
        acknowledged: &outcome.acknowledged,
        effects: outcome.distribution.as_ref().map_or(&[], |d| d.readings.as_slice()),
    };
    front.write(book, case)
}

fn controls(case: &Case, distribution: &Distribution) -> Vec<Control> {
    let decimals = case.terms.currency_decimals;
    let pages = Pages::of(distribution.rows.len());
    let totals = &distribution.totals;
    let side = |formula: Option<String>, units| match formula {
        Some(formula) => Side::live(formula, units),
        None => Side::value(units),
    };
    let of = |pick: fn(&LiquidationRow) -> Units| -> Units { distribution.rows.iter().map(pick).sum() };
    let (total, rounding) = (of(|r| r.total), of(LiquidationRow::rounding));
    let parts = of(|r| r.before_participation + r.participation);
    let sum_of_parts = [4, 5, 6, 7].iter().map(|c| pages.sum(*c, &[], decimals)).collect::<Option<Vec<_>>>();
    let held: u128 = distribution.rows.iter().map(|r| u128::from(r.shares)).sum();
    let outstanding = outstanding(&distribution.tiers);
    let mut controls = vec![
        Control {
            what: "Proceeds, and distributed with undistributed".to_owned(),
            this: Side::value(totals.proceeds),
            that: Side::value(totals.distributed + totals.undistributed),
            decimals,
            note: String::new(),
        },
        Control {
            what: "Distributed: the run, and holdings".to_owned(),
            this: Side::value(totals.distributed),
            that: side(pages.sum(8, &[], decimals), total),
            decimals,
            note: String::new(),
        },
        Control {
            what: "Totals, and parts with rounding".to_owned(),
            this: side(pages.sum(8, &[], decimals), total),
            that: side(sum_of_parts.map(|sums| format!("ROUND({},{decimals})", sums.join("+"))), parts + rounding),
            decimals,
            note: "each part is rounded by itself; rounding is what makes the sum exact".to_owned(),
        },
    ];
    if let (Ok(held), Some(outstanding)) = (i128::try_from(held), outstanding) {
        controls.push(Control {
            what: "Shares: tiers, and holdings".to_owned(),
            this: Side::value(outstanding),
            that: side(pages.sum(3, &[], SHARE_DECIMALS), held),
            decimals: SHARE_DECIMALS,
            note: "outstanding on the date, all classes".to_owned(),
        });
    }
    controls
}

/// All shares that the tiers name, each class and cohort once.
fn outstanding(tiers: &[TierRow]) -> Option<Units> {
    let mut known: Vec<_> = tiers.iter().map(|t| (t.class, t.accrual_start, t.shares)).collect();
    known.sort_unstable();
    known.dedup();
    i128::try_from(known.iter().map(|(.., shares)| shares).sum::<u128>()).ok().filter(|_| !known.is_empty())
}

fn holdings(book: &mut Book, case: &Case, distribution: &Distribution) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let sized = |name, style, limit| Column { name, style, limit };
    let cells = |row: &LiquidationRow| {
        [
            Val::text(case.register.id(row.holder)),
            Val::text(case.register.name(row.holder)),
            Val::text(case.classes.get(row.class).name.as_str()),
            Val::Units(i128::from(row.shares), SHARE_DECIMALS),
            Val::Units(row.preference(), decimals),
            Val::Units(row.common_adjustment(), decimals),
            Val::Units(row.participation, decimals),
            Val::Units(row.rounding(), decimals),
            Val::Units(row.total, decimals),
        ]
    };
    let total = |column| Total { column, decimals, only: None };
    let mut totals = vec![total(4), total(5), total(6), total(7), total(8)];
    totals.push(Total { column: 3, decimals: SHARE_DECIMALS, only: None });
    let table = Table {
        columns: [
            sized("Holder id", Style::Id, 28.0),
            sized("Holder", Style::Text, 48.0),
            sized("Class", Style::Text, 30.0),
            sized("Shares", Style::Shares, 24.0),
            sized("Preference", Style::Money, 24.0),
            sized("Common Adjustment", Style::Money, 24.0),
            sized("Participation", Style::Money, 24.0),
            sized("Rounding", Style::Money, 24.0),
            sized("Total", Style::Money, 24.0),
        ],
        rows: &distribution.rows,
        cells: &cells,
        totals,
    };
    table.write(book, &case.terms.company)
}

fn tiers(book: &mut Book, case: &Case, tiers: &[TierRow]) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let (names, classes, sums) = by_tier_and_class(tiers);
    let mut grid = book.sheet("Tiers")?;
    grid.title(&case.terms.company, "The waterfall: each tier is paid in full before the next (6)")?;
    let columns = [
        wide("Tier", Style::Text, 30.0),
        wide("Class", Style::Text, 34.0),
        column("Accrues from", Style::Date),
        column("Shares", Style::Shares),
        column("Due", Style::Money),
        column("Paid", Style::Money),
        column("Paid per share", Style::PerShareAligned),
    ];
    let rows = tiers.iter().map(|t| {
        vec![
            Val::text(t.tier.as_str()),
            Val::text(case.classes.get(t.class).name.as_str()),
            t.accrual_start.map_or(Val::Blank, Val::Date),
            Val::Units(i128::try_from(t.shares).unwrap_or(0), SHARE_DECIMALS),
            t.due.as_ref().map_or(Val::Blank, Val::Exact),
            Val::Exact(&t.paid),
            Val::Exact(&t.paid_per_share),
        ]
    });
    let content = grid.table(&columns, rows)?;
    if !content.is_empty() {
        let amber = Format::new().set_background_color(AMBER);
        // The columns are fixed, so that one rule colours the whole row.
        let rule = format!("=AND(ISNUMBER($E{0}),ROUND($E{0}-$F{0},{decimals})>0)", content.start + 1);
        let short = rust_xlsxwriter::ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(amber);
        grid.sheet.add_conditional_format(content.start, 0, content.end - 1, 6, &short)?;
    }
    grid.row += 1;
    grid.section("What each class gets per tier", 7)?;
    let start = grid.row;
    grid.put(0, &Val::text("Class"), Style::Heading)?;
    for (at, name) in (1u16..).zip(&names) {
        grid.put(at, &Val::text(name.as_str()), Style::HeadingRight)?;
    }
    grid.row += 1;
    for (class, row) in classes.iter().zip(&sums) {
        grid.put(0, &Val::text(case.classes.get(*class).name.as_str()), Style::Text)?;
        for (at, sum) in (1u16..).zip(row) {
            grid.put(at, &Val::Exact(sum), Style::Money)?;
        }
        grid.row += 1;
    }
    if names.is_empty() {
        return grid.finish();
    }
    let mut chart = Chart::new(ChartType::ColumnStacked);
    let last = grid.row.max(start + 2) - 1;
    for (color, at) in (1..=u16::try_from(names.len()).unwrap_or(0)).enumerate() {
        chart
            .add_series()
            .set_format(ChartSolidFill::new().set_color(series_color(color)))
            .set_name(("Tiers", start, at))
            .set_categories(("Tiers", start + 1, 0, last, 0))
            .set_values(("Tiers", start + 1, at, last, at));
    }
    chart.title().set_name("What each class gets per tier");
    chart.y_axis().set_name(case.terms.currency.as_str()).set_num_format("#,##0");
    chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    chart.set_width(900).set_height(400);
    grid.sheet.set_page_breaks(&[grid.row + 1])?;
    grid.sheet.insert_chart(grid.row + 1, 0, &chart)?;
    grid.finish()
}

/// Paid by class (rows) and tier (columns), for the chart.
fn by_tier_and_class(tiers: &[TierRow]) -> (Vec<String>, Vec<u16>, Vec<Vec<Ratio>>) {
    let mut names: Vec<String> = Vec::new();
    let mut classes: Vec<u16> = Vec::new();
    for tier in tiers {
        if !names.contains(&tier.tier) {
            names.push(tier.tier.clone());
        }
        if !classes.contains(&tier.class) {
            classes.push(tier.class);
        }
    }
    classes.sort_unstable();
    let sums = classes
        .iter()
        .map(|class| {
            let paid = |name: &String| {
                let own = tiers.iter().filter(|t| t.class == *class && t.tier == *name);
                own.fold(whole(0), |sum, t| sum + &t.paid)
            };
            names.iter().map(paid).collect()
        })
        .collect();
    (names, classes, sums)
}

fn cohorts(book: &mut Book, case: &Case, outcome: &LiquidationOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Cohorts")?;
    grid.title(&case.terms.company, "The Series A Liquidation Preference per share (6(a))")?;
    let columns = [
        column("Accrues from", Style::Date),
        column("Shares", Style::Shares),
        column("Preference per share", Style::PerShareAligned),
    ];
    let rows = outcome.cohorts.iter().map(|c| {
        let shares = i128::try_from(c.shares).unwrap_or(0);
        vec![Val::Date(c.accrual_start), Val::Units(shares, SHARE_DECIMALS), Val::Exact(&c.preference)]
    });
    grid.table(&columns, rows)?;
    grid.finish()
}
