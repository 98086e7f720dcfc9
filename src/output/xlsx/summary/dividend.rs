//! The summary of a dividend run.

use super::first_sheet::{
    Control, Fact, FirstSheet, cash_fact, control, date_fact, default_period_fact, held_facts, kept_back_control,
};
use super::holdings::{self, Pages};
use super::long_table::CLASS;
use super::paid::PaidTable;
use super::sheet::{if_figure, if_formula};
use super::workbook::{self, Out};
use super::{CellValue, Summary, Table, tables};
use crate::model::{Case, ClassIx};
use crate::outcome::{ClassCohort, ClassDividend, DeclarationOut, DividendOutcome, QuarterState, Restriction};
use crate::output::RunInfo;
use crate::output::xlsx::style::{AMBER, INK, Style, series, series_color};
use crate::output::xlsx::value::Figure;
use crate::quantity::{Ratio, SHARE_DECIMALS, Units, scaled_fixed, whole};
use crate::text::money;
use num_traits::Zero;
use rust_xlsxwriter::{
    Chart, ChartLegendPosition, ChartLine, ChartSolidFill, ChartType, ConditionalFormatCellRule, XlsxError,
};
use std::io;
use std::ops::Range;

pub(crate) fn dividend(case: &Case, outcome: &DividendOutcome, run: &RunInfo, out: Out) -> io::Result<()> {
    let assets: Vec<&str> = outcome.assets.iter().map(|a| a.name.as_str()).collect();
    let first_sheet = FirstSheet {
        title: "Dividend run",
        facts: facts(case, outcome),
        paid: Some(PaidTable::new(
            case,
            (&outcome.rows, |r| r.is_cash().then(|| (r.class, [r.shares.into(), r.gross, r.withheld, r.net()]))),
            [("Gross", Some(5)), ("Withheld", Some(6)), ("Net", Some(7))],
            &[(4, case.terms.currency.as_str())],
            |class| rate(case, outcome, class),
        )),
        deliveries: holdings::delivered(&outcome.rows, &assets),
        is_signed: true,
        controls: controls(case, outcome),
        acknowledged: &outcome.acknowledged,
        effects: &outcome.readings,
    };
    let name = |class| case.classes.get(class).name.clone();
    let cohorts =
        outcome.cohorts.iter().flat_map(|c| tables::cohort_steps(case.terms.locale, c.accrual_start, &c.steps));
    let classes = outcome
        .classes
        .iter()
        .flat_map(|c| c.cohorts.iter().flat_map(|of| &of.steps).map(move |step| (name(c.class), step)));
    let common = outcome.common.iter().flat_map(|p| &p.steps).map(|step| (name(case.classes.common()), step));
    let default = outcome.default_steps.iter().map(|step| ("Default period".to_owned(), step));
    let listed = holdings::listed(case, &outcome.rows);
    let holdings = holdings::payments(case, &outcome.rows, &listed, &assets);
    workbook::write("Dividend run", case, out, |summary| {
        first_sheet.write(summary, run)?;
        holdings::write(summary, &holdings)?;
        sheet_of_cohorts(summary, outcome)?;
        arrears(summary, outcome)?;
        declarations(summary, outcome)?;
        restrictions(summary, outcome)?;
        tables::adjustments(summary, &outcome.multiple)?;
        tables::apportionments(summary, &outcome.apportionments)?;
        tables::derivation(summary, cohorts.chain(classes).chain(common).chain(default))?;
        tables::readings(summary)
    })
}

fn facts<'a>(case: &'a Case, outcome: &'a DividendOutcome) -> Vec<Fact<'a>> {
    let totals = &outcome.totals;
    let cash = |name, units| cash_fact(case, name, units);
    let per_share = |name, value| (name, CellValue::Exact(value), Style::PerShareLeft);
    let mut facts = vec![
        date_fact("Date of the dividend", outcome.date),
        date_fact("Record date", outcome.record_date),
        date_fact("Payment date", outcome.pay_date),
        ("Currency", CellValue::text(case.terms.currency.as_str()), Style::Id),
        per_share("Multiple", &outcome.multiple.value),
    ];
    facts.extend(outcome.funds.map(|funds| cash("Funds", funds)));
    facts.extend([
        cash("Due in all", totals.due),
        cash("Left unpaid", totals.unpaid),
        cash("Funding needed", totals.gross),
        cash("of which for earlier quarters", outcome.earlier_quarters),
        cash("of which to holders (net)", totals.net),
        cash("of which tax withheld", totals.withheld),
        per_share("Quarterly dividends in arrears", &outcome.default_period.quarters_in_arrears),
    ]);
    facts.extend(held_facts(case, &outcome.rows));
    facts.push(default_period_fact(outcome.default_period.since));
    facts
}

/// What a share of a class is paid in cash, where that is the same for all.
fn rate(case: &Case, outcome: &DividendOutcome, class: ClassIx) -> Option<Ratio> {
    let info = case.classes.get(class);
    let declared = outcome.common.iter().filter(|p| p.asset.is_none()).fold(whole(0), |sum, p| sum + &p.amount);
    let as_common = match &info.conversion_ratio {
        Some(ratio) if info.shares_common_dividends => declared.clone() * ratio,
        _ => whole(0),
    };
    let of_classes = outcome.classes.iter().filter(|of| of.class == class);
    let own: Vec<&Ratio> = if class == case.classes.series_a() {
        outcome.cohorts.iter().map(|cohort| &cohort.paid).collect()
    } else {
        of_classes.flat_map(|of| &of.cohorts).map(|cohort| &cohort.paid_per_share).collect()
    };
    match own.split_first() {
        None if class == case.classes.common() => Some(declared),
        None => Some(as_common),
        Some((first, rest)) => rest.iter().all(|other| other == first).then(|| *first + as_common),
    }
}

fn controls(case: &Case, outcome: &DividendOutcome) -> Vec<Control> {
    // The first sheet refers to the holdings, whose place is known before they are written.
    let pages = Pages::of(outcome.rows.len());
    let (totals, decimals) = (&outcome.totals, case.terms.currency_decimals);
    let name = |class| (CLASS, case.classes.get(class).name.as_str());
    let in_cash = (4, case.terms.currency.as_str());
    let money = |units| CellValue::Units(units, decimals);
    let cash = || outcome.rows.iter().filter(|row| row.is_cash());
    let of = |class| cash().filter(move |row| row.class == class);
    let series_a = case.classes.series_a();
    let held = of(series_a).map(|row| Units::from(row.shares)).sum();
    let mut controls = vec![control(
        "Shares of Series A: by cohort, and by holding (entitled at the record date)",
        CellValue::shares(outcome.cohorts.iter().map(|c| c.shares).sum::<u128>()),
        pages.total(3, &[name(series_a), in_cash], held, SHARE_DECIMALS),
    )];
    // What takes part in dividends on Common as well has rows of both together.
    let both =
        |class: &&ClassDividend| case.classes.get(class.class).shares_common_dividends && !outcome.common.is_empty();
    for class in outcome.classes.iter().filter(|class| !both(class)) {
        let paid = of(class.class).map(|row| row.gross).sum();
        controls.push(control(
            format!("Paid on {}: in all, and by holding", name(class.class).1),
            money(class.paid),
            pages.total(5, &[name(class.class), in_cash], paid, decimals),
        ));
    }
    let gross = pages.total(5, &[in_cash], cash().map(|row| row.gross).sum(), decimals);
    let parts = pages.sum(6, &[in_cash], decimals).zip(pages.sum(7, &[in_cash], decimals));
    let parts = parts.map(|(withheld, net)| format!("ROUND({withheld}+{net},{decimals})"));
    let parts = CellValue::computed(parts, cash().map(|row| row.withheld + row.net()).sum(), decimals);
    controls.extend([
        control("Gross: in all, and by holding", money(totals.gross), gross.clone()),
        control("Gross, and withheld plus net", gross, parts),
        control("Due, and paid plus unpaid", money(totals.due), money(totals.gross + totals.unpaid)),
    ]);
    controls.extend(kept_back_control(case, &outcome.rows));
    controls.extend(outcome.funds.map(|funds| from_funds(case, outcome, &pages, funds)));
    controls
}

/// Funds against what they paid (Common and cash in lieu are paid outside of them) and what is left.
fn from_funds(case: &Case, outcome: &DividendOutcome, pages: &Pages, funds: Units) -> Control {
    let decimals = case.terms.currency_decimals;
    let in_cash = (4, case.terms.currency.as_str());
    let common = case.classes.common();
    let paid = |of_common: bool| {
        let rows = outcome.rows.iter().filter(|row| row.is_cash() && (row.class == common) == of_common);
        rows.map(|row| row.gross).sum::<Units>()
    };
    let as_converted = outcome.common_cash - paid(true);
    let preferred = paid(false) - as_converted;
    let left = outcome.totals.not_distributed;
    let outside = preferred + left - funds;
    let in_lieu = if case.terms.readings.cash_in_lieu() { outside } else { 0 };
    let of_common = (CLASS, case.classes.get(common).name.as_str());
    let formula = pages.sum(5, &[in_cash], decimals).zip(pages.sum(5, &[of_common, in_cash], decimals));
    let formula = formula.filter(|_| outside == in_lieu).map(|(all, common)| {
        let in_lieu = in_lieu + as_converted;
        let in_lieu = if in_lieu == 0 { String::new() } else { format!("-{}", scaled_fixed(in_lieu, decimals)) };
        format!("ROUND({all}-{common}+{}{in_lieu},{decimals})", scaled_fixed(left, decimals))
    });
    let mut note = format!("not distributed: {}", money(left, decimals));
    if in_lieu != 0 {
        note = format!("{note}; cash in lieu, outside the funds: {}", money(in_lieu, decimals));
    }
    control(
        format!("Funds, and paid on preferred stock plus what is left ({note})"),
        CellValue::Units(funds, decimals),
        CellValue::computed(formula, preferred + left - in_lieu, decimals),
    )
}

fn sheet_of_cohorts(summary: &mut Summary, outcome: &DividendOutcome) -> Result<(), XlsxError> {
    let case = summary.case;
    let mut sheet = summary.titled("Cohorts", "Cash per share, by cohort and class")?;
    sheet.section("Series A, by the day from which dividends accrue", 7)?;
    let content = Table::of(&outcome.cohorts)
        .wide("Accrues from", Style::Date, 34.0, |c| CellValue::Date(c.accrual_start))
        .column("Shares", Style::Shares, |c| CellValue::shares(c.shares))
        .column("Brought forward", Style::PerShareAligned, |c| CellValue::Exact(&c.brought_forward))
        .column("This quarter", Style::PerShareAligned, |c| CellValue::Exact(&c.current))
        .column("Due", Style::PerShareAligned, |c| CellValue::Exact(&c.due))
        .column("Paid", Style::PerShareAligned, |c| CellValue::Exact(&c.paid))
        .column("Unpaid", Style::PerShareAligned, |c| CellValue::Exact(&c.unpaid))
        .write(&mut sheet)?;
    sheet.highlight(&content, (6, 6), &if_figure(ConditionalFormatCellRule::GreaterThan(0.0), AMBER))?;
    if !content.is_empty() {
        let all = CellValue::shares(outcome.cohorts.iter().map(|c| c.shares).sum::<u128>());
        let (all, decimals) = all.figure().expect("shares are a figure");
        let sum = CellValue::Formula(format!("ROUND(SUM(B{}:B{}),6)", content.start + 1, content.end), all, decimals);
        sheet.cells(&[(0, 0, CellValue::text("In all"), Style::Label), (1, 1, sum, Style::SharesTotal)])?;
    }
    if !outcome.classes.is_empty() {
        sheet.row += 1;
        sheet.section("Other classes", 7)?;
        let decimals = case.terms.currency_decimals;
        Table::of(&outcome.classes)
            .wide("Class", Style::Text, 34.0, |c| CellValue::class(case, c.class))
            .column("Shares", Style::Shares, |c| CellValue::shares(c.shares))
            .column("Due", Style::Money, |c| CellValue::Units(c.due, decimals))
            .column("Paid", Style::Money, |c| CellValue::Units(c.paid, decimals))
            .write(&mut sheet)?;
        sheet.row += 1;
        let cohorts: Vec<(ClassIx, &ClassCohort)> =
            outcome.classes.iter().flat_map(|c| c.cohorts.iter().map(|of| (c.class, of))).collect();
        Table::of(&cohorts)
            .wide("Class", Style::Text, 34.0, |(class, _)| CellValue::class(case, *class))
            .column("Accrues from", Style::Date, |(_, c)| CellValue::day(c.accrual_start))
            .column("Shares", Style::Shares, |(_, c)| CellValue::shares(c.shares))
            .column("Due per share", Style::PerShareAligned, |(_, c)| CellValue::Exact(&c.due_per_share))
            .column("Paid per share", Style::PerShareAligned, |(_, c)| CellValue::Exact(&c.paid_per_share))
            .write(&mut sheet)?;
    }
    sheet.finish()
}

fn declarations(summary: &mut Summary, outcome: &DividendOutcome) -> Result<(), XlsxError> {
    let case = summary.case;
    let about = "Declarations on Common, and what they come to on Series A (2(b))";
    let of = |row: &DeclarationOut| &case.declarations[row.declaration];
    let table = Table::of(&outcome.declarations)
        .column("Declared", Style::Date, |row| CellValue::Date(of(row).declared_date))
        .column("Kind", Style::Text, |row| CellValue::text(if of(row).is_cash() { "cash" } else { "in kind" }))
        .wide("Paid in", Style::Id, 22.0, |row| {
            CellValue::text(of(row).asset.as_deref().unwrap_or(&case.terms.currency))
        })
        .wide("Per Common share", Style::PerShare, 17.0, |row| CellValue::Exact(&of(row).amount))
        .wide("Multiple", Style::PerShare, 17.0, |row| CellValue::Exact(&row.multiple))
        .wide("Per Series A share", Style::PerShare, 17.0, |row| CellValue::Exact(&row.series_a_amount))
        .column("Quarter", Style::Date, |row| CellValue::Date(row.quarter))
        .column("Declared on Series A", Style::Date, |row| {
            of(row).series_a_declared_date.map_or_else(|| CellValue::text("missing"), CellValue::Date)
        });
    summary.table(("Declarations", about), &table, &[(7, "missing", AMBER)]).map(drop)
}

fn restrictions(summary: &mut Summary, outcome: &DividendOutcome) -> Result<(), XlsxError> {
    let mut sheet = summary.titled("Restrictions", "What the company may not do after the run (4, 5, 8)")?;
    let in_force = |restriction: &Restriction| {
        let acknowledged = outcome.acknowledged.iter().any(|clause| clause == restriction.clause);
        match (restriction.in_force, acknowledged) {
            (true, true) => "yes, acknowledged",
            (true, false) => "yes",
            (false, _) => "no",
        }
    };
    let content = Table::of(&outcome.restrictions)
        .column("Clause", Style::Text, |r| CellValue::text(r.clause))
        .wide("What is restricted", Style::Text, 90.0, |r| CellValue::text(r.what))
        .column("In force", Style::Text, |r| CellValue::text(in_force(r)))
        .write(&mut sheet)?;
    // Those of section 4 come and go with arrears; the others are always there.
    let rule = format!("=AND(LEFT($A{0},1)=\"4\",LEFT($C{0},3)=\"yes\")", content.start + 1);
    sheet.highlight(&content, (0, 2), &if_formula(&rule, AMBER))?;
    sheet.finish()
}

/// The sheet `Arrears`: what is left unpaid quarter by quarter, and the table that the next run reads; its chart is a sheet of its own.
fn arrears(summary: &mut Summary, outcome: &DividendOutcome) -> Result<(), XlsxError> {
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
        drawn = outcome.history.iter().any(is_behind).then(|| arrears_chart(&content, &case.terms.currency));
        sheet.row += 1;
    }
    sheet.section("The arrears table for the next run", 8)?;
    Table::of(&outcome.arrears)
        .column("Class", Style::Text, |a| CellValue::class(case, a.class.unwrap_or(case.classes.series_a())))
        .column("Accrues from", Style::Date, |a| CellValue::Date(a.accrual_start))
        .column("Quarter", Style::Date, |a| CellValue::Date(a.entry.quarter))
        .column("Payable in", Style::Id, |a| CellValue::text(a.entry.asset.as_deref().unwrap_or(&case.terms.currency)))
        .column("Due per share", Style::PerShare, |a| CellValue::Exact(&a.entry.dividend))
        .column("Paid per share", Style::PerShare, |a| CellValue::Exact(&a.entry.paid))
        .column("Set apart", Style::Text, |a| CellValue::text(if a.entry.set_apart { "yes" } else { "" }))
        .write(&mut sheet)?;
    sheet.finish()?;
    drawn.map_or(Ok(()), |mut chart| summary.chart("Arrears chart", "Arrears quarter by quarter, drawn", &mut chart))
}

/// Unpaid per share as columns, quarterly dividends in arrears as a line beside it.
fn arrears_chart(content: &Range<u32>, currency: &str) -> Chart {
    let mut chart = Chart::new(ChartType::Column);
    series(&mut chart, "Arrears", content, 2)
        .set_name("Unpaid per share")
        .set_format(ChartSolidFill::new().set_color(INK));
    let mut line = Chart::new(ChartType::Line);
    series(&mut line, "Arrears", content, 1)
        .set_name("Quarterly dividends in arrears")
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
