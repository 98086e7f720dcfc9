//! The summary of a dividend run.

use super::arrears;
use super::book::Book;
use super::cell::Val;
use super::front::{Control, Front, Side, date_fact, held_facts};
use super::grid::column;
use super::holdings::{self, Pages};
use super::tables::{self, wide};
use crate::model::Case;
use crate::model::calendar::iso;
use crate::outcome::dividend::DividendOutcome;
use crate::output::RunInfo;
use crate::output::xlsx::style::{AMBER, Style};
use crate::quantity::{SHARE_DECIMALS, Units};
use rust_xlsxwriter::{ConditionalFormatCell, ConditionalFormatCellRule, Format, XlsxError};
use std::io;

/// The summary of a dividend run.
/// Errors: Where writing fails.
pub(crate) fn dividend(case: &Case, outcome: &DividendOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    let mut book = Book::new("Dividend run", &case.terms.company, case.terms.currency_decimals);
    fill(&mut book, case, outcome, run).map_err(io::Error::other)?;
    book.finish()
}

fn fill(book: &mut Book, case: &Case, outcome: &DividendOutcome, run: &RunInfo) -> Result<(), XlsxError> {
    // The first sheet refers to the holdings, so their place has to be known before they are written.
    let pages = Pages::of(outcome.rows.len());
    front(book, case, outcome, run, &pages)?;
    let assets: Vec<&str> = outcome.assets.iter().map(|a| a.name.as_str()).collect();
    holdings::payments(book, case, &outcome.rows, &assets)?;
    cohorts(book, case, outcome)?;
    arrears::sheet(book, case, outcome)?;
    declarations(book, case, outcome)?;
    restrictions(book, case, outcome)?;
    tables::adjustments(book, case, &outcome.multiple)?;
    tables::apportionments(book, case, &outcome.apportionments)?;
    let cohort_steps = outcome
        .cohorts
        .iter()
        .flat_map(|c| c.steps.iter().map(move |s| (format!("Series A accruing from {}", iso(c.accrual_start)), s)));
    let class_steps =
        outcome.classes.iter().flat_map(|c| c.steps.iter().map(move |s| (case.classes.get(c.class).name.clone(), s)));
    let default_steps = outcome.default_period.steps.iter().map(|s| ("Default period".to_owned(), s));
    let name = &case.classes.get(case.classes.common()).name;
    let common_steps = outcome.common.iter().flat_map(|p| p.steps.iter().map(|s| (name.clone(), s)));
    tables::derivation(book, case, cohort_steps.chain(class_steps).chain(common_steps).chain(default_steps))?;
    tables::inputs(book, case, run)
}

fn front(
    book: &mut Book,
    case: &Case,
    outcome: &DividendOutcome,
    run: &RunInfo,
    pages: &Pages,
) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let mut facts = vec![
        date_fact("Date of the run", outcome.date),
        date_fact("Record date", outcome.record_date),
        date_fact("Payment date", outcome.pay_date),
        ("Currency", Val::text(case.terms.currency.as_str()), Style::Id),
        ("Multiple", Val::Exact(&outcome.multiple.value), Style::PerShareLeft),
        ("Due in all", Val::Units(outcome.totals.due, decimals), Style::MoneyLeft),
        ("Paid (gross)", Val::Units(outcome.totals.gross, decimals), Style::MoneyLeft),
        ("Withheld", Val::Units(outcome.totals.withheld, decimals), Style::MoneyLeft),
        ("Paid (net)", Val::Units(outcome.totals.net, decimals), Style::MoneyLeft),
        ("Left unpaid", Val::Units(outcome.totals.unpaid, decimals), Style::MoneyLeft),
        (
            "Quarterly dividends in arrears",
            Val::Exact(&outcome.default_period.quarters_in_arrears),
            Style::PerShareLeft,
        ),
    ];
    if let Some(funds) = outcome.funds {
        facts.insert(5, ("Funds", Val::Units(funds, decimals), Style::MoneyLeft));
    }
    facts.extend(held_facts(case, &outcome.rows));
    facts.push(match outcome.default_period.since {
        Some(since) => date_fact("Default period since", since),
        None => ("Default period", Val::text("none"), Style::Id),
    });
    let front = Front {
        title: "Dividend run",
        facts,
        controls: controls(case, outcome, pages),
        warnings: run.warnings,
        acknowledged: &outcome.acknowledged,
        effects: &outcome.readings,
    };
    front.write(book, case)
}

fn controls(case: &Case, outcome: &DividendOutcome, pages: &Pages) -> Vec<Control> {
    let decimals = case.terms.currency_decimals;
    let currency = case.terms.currency.as_str();
    let side = |formula: Option<String>, units: Units| match formula {
        Some(formula) => Side::live(formula, units),
        None => Side::value(units),
    };
    let sum = |column: u16, units| side(pages.sum(column, &[(4, currency)], decimals), units);
    let totals = &outcome.totals;
    let cash = |pick: fn(&crate::outcome::PaymentRow) -> Units| -> Units {
        outcome.rows.iter().filter(|row| row.is_cash()).map(pick).sum()
    };
    let (gross, withheld, net) = (cash(|r| r.gross), cash(|r| r.withheld), cash(|r| r.gross - r.withheld));
    let mut controls = Vec::new();
    let series_a = case.classes.series_a();
    let name = case.classes.get(series_a).name.as_str();
    let entitled: u128 = outcome.cohorts.iter().map(|c| c.shares).sum();
    controls.push(Control {
        what: "Shares: cohorts, and holdings of Series A".to_owned(),
        this: Side::value(i128::try_from(entitled).unwrap_or(0)),
        that: side(
            pages.sum(3, &[(2, name), (4, currency)], SHARE_DECIMALS),
            holdings::shares_of_class(&outcome.rows, series_a),
        ),
        decimals: SHARE_DECIMALS,
        note: "entitled at the record date".to_owned(),
    });
    for class in &outcome.classes {
        let name = case.classes.get(class.class).name.as_str();
        let paid = outcome.rows.iter().filter(|r| r.class == class.class && r.is_cash()).map(|r| r.gross).sum();
        controls.push(Control {
            what: format!("Paid on {name}: class, and holdings"),
            this: Side::value(class.paid),
            that: side(pages.sum(5, &[(2, name), (4, currency)], decimals), paid),
            decimals,
            note: String::new(),
        });
    }
    controls.push(Control {
        what: "Gross: the run, and holdings".to_owned(),
        this: Side::value(totals.gross),
        that: sum(5, gross),
        decimals,
        note: String::new(),
    });
    let parts = pages
        .sum(6, &[(4, currency)], decimals)
        .zip(pages.sum(7, &[(4, currency)], decimals))
        .map(|(withheld, net)| format!("ROUND({withheld}+{net},{decimals})"));
    controls.push(Control {
        what: "Gross, and withheld with net".to_owned(),
        this: sum(5, gross),
        that: side(parts, withheld + net),
        decimals,
        note: "to be withheld and handed on, and to be paid out".to_owned(),
    });
    controls.push(Control {
        what: "Due, and paid with unpaid".to_owned(),
        this: Side::value(totals.due),
        that: Side::value(totals.gross + totals.unpaid),
        decimals,
        note: String::new(),
    });
    controls.extend(outcome.funds.map(|funds| from_funds(case, outcome, pages, funds)));
    controls
}

/// Funds against what they paid (Common and cash in lieu are paid outside of them) and what is left.
fn from_funds(case: &Case, outcome: &DividendOutcome, pages: &Pages, funds: Units) -> Control {
    let decimals = case.terms.currency_decimals;
    let currency = case.terms.currency.as_str();
    let common = case.classes.common();
    let preferred: Units =
        outcome.rows.iter().filter(|row| row.is_cash() && row.class != common).map(|row| row.gross).sum();
    let left = outcome.totals.not_distributed;
    let outside = preferred + left - funds;
    let name = case.classes.get(common).name.as_str();
    let formula = pages.sum(5, &[(4, currency)], decimals).zip(pages.sum(5, &[(2, name), (4, currency)], decimals));
    let scaled = |units| crate::quantity::scaled_fixed(units, decimals);
    let formula = formula.map(|(all, common)| {
        let lieu = if outside == 0 { String::new() } else { format!("-{}", scaled(outside)) };
        format!("ROUND({all}-{common}+{}{lieu},{decimals})", scaled(left))
    });
    let note = if outside == 0 || !case.terms.readings.cash_in_lieu() {
        format!("not distributed: {}", crate::text::money(left, decimals))
    } else {
        format!(
            "not distributed: {}; cash in lieu, outside the funds: {}",
            crate::text::money(left, decimals),
            crate::text::money(outside, decimals)
        )
    };
    let lieu = if case.terms.readings.cash_in_lieu() { outside } else { 0 };
    Control {
        what: "Funds, and paid on preferred stock with what is left".to_owned(),
        this: Side::value(funds),
        that: match formula {
            Some(formula) if outside == lieu => Side::live(formula, preferred + left - lieu),
            _ => Side::value(preferred + left - lieu),
        },
        decimals,
        note,
    }
}

fn cohorts(book: &mut Book, case: &Case, outcome: &DividendOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Cohorts")?;
    grid.title(&case.terms.company, "Cash per share, by cohort and class")?;
    grid.section("Series A, by the day from which dividends accrue", 7)?;
    let columns = [
        wide("Accrues from", Style::Date, 34.0),
        column("Shares", Style::Shares),
        column("Brought forward", Style::PerShareAligned),
        column("This quarter", Style::PerShareAligned),
        column("Due", Style::PerShareAligned),
        column("Paid", Style::PerShareAligned),
        column("Unpaid", Style::PerShareAligned),
    ];
    let rows = outcome.cohorts.iter().map(|c| {
        vec![
            Val::Date(c.accrual_start),
            Val::Units(i128::try_from(c.shares).unwrap_or(0), SHARE_DECIMALS),
            Val::Exact(&c.brought_forward),
            Val::Exact(&c.current),
            Val::Exact(&c.due),
            Val::Exact(&c.paid),
            Val::Exact(&c.unpaid),
        ]
    });
    let content = grid.table(&columns, rows)?;
    if !content.is_empty() {
        let amber = Format::new().set_background_color(AMBER);
        let unpaid = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::GreaterThan(0)).set_format(amber);
        grid.sheet.add_conditional_format(content.start, 6, content.end - 1, 6, &unpaid)?;
        let all: u128 = outcome.cohorts.iter().map(|c| c.shares).sum();
        let formula = format!("ROUND(SUM(B{}:B{}),6)", content.start + 1, content.end);
        grid.put(0, &Val::text("In all"), Style::Label)?;
        grid.put(1, &Val::Live(formula, i128::try_from(all).unwrap_or(0), SHARE_DECIMALS), Style::SharesTotal)?;
        grid.row += 1;
    }
    if !outcome.classes.is_empty() {
        grid.row += 1;
        grid.section("Other classes", 7)?;
        let columns = [
            wide("Class", Style::Text, 34.0),
            column("Shares", Style::Shares),
            column("Due per share", Style::PerShareAligned),
            column("Paid per share", Style::PerShareAligned),
            column("Due", Style::Money),
            column("Paid", Style::Money),
        ];
        let decimals = case.terms.currency_decimals;
        let rows = outcome.classes.iter().map(|c| {
            vec![
                Val::text(case.classes.get(c.class).name.as_str()),
                Val::Units(i128::try_from(c.shares).unwrap_or(0), SHARE_DECIMALS),
                Val::Exact(&c.due_per_share),
                Val::Exact(&c.paid_per_share),
                Val::Units(c.due, decimals),
                Val::Units(c.paid, decimals),
            ]
        });
        grid.table(&columns, rows)?;
    }
    grid.finish()
}

fn declarations(book: &mut Book, case: &Case, outcome: &DividendOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Declarations")?;
    grid.title(&case.terms.company, "Declarations on Common, and what they come to on Series A (2(b))")?;
    let columns = [
        column("Declared", Style::Date),
        column("Kind", Style::Text),
        column("In", Style::Id),
        column("Per Common share", Style::PerShare),
        column("Multiple", Style::PerShare),
        column("Per Series A share", Style::PerShare),
        column("Quarter", Style::Date),
        column("Declared on Series A", Style::Date),
    ];
    let rows = outcome.declarations.iter().filter_map(|row| {
        let declared = case.declarations.get(row.declaration)?;
        Some(vec![
            Val::Date(declared.declared_date),
            Val::text(if declared.is_cash() { "cash" } else { "in kind" }),
            Val::text(declared.asset.as_deref().unwrap_or(&case.terms.currency)),
            Val::Exact(&declared.amount),
            Val::Exact(&row.multiple),
            Val::Exact(&row.series_a_amount),
            Val::Date(row.quarter),
            declared.series_a_declared_date.map_or_else(|| Val::text("missing"), Val::Date),
        ])
    });
    let content = grid.table(&columns, rows)?;
    if !content.is_empty() {
        let missing = rust_xlsxwriter::ConditionalFormatText::new()
            .set_rule(rust_xlsxwriter::ConditionalFormatTextRule::Contains("missing".to_owned()))
            .set_format(Format::new().set_background_color(AMBER));
        grid.sheet.add_conditional_format(content.start, 7, content.end - 1, 7, &missing)?;
    }
    grid.finish()
}

fn restrictions(book: &mut Book, case: &Case, outcome: &DividendOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Restrictions")?;
    grid.title(&case.terms.company, "What the company may not do after the run (4, 5, 8)")?;
    let columns =
        [column("Clause", Style::Text), wide("What is restricted", Style::Text, 90.0), column("In force", Style::Text)];
    let rows = outcome.restrictions.iter().map(|r| {
        let acknowledged = outcome.acknowledged.iter().any(|clause| clause == r.clause);
        let in_force = match (r.in_force, acknowledged) {
            (true, true) => "yes, acknowledged",
            (true, false) => "yes",
            (false, _) => "no",
        };
        vec![Val::text(r.clause), Val::text(r.what), Val::text(in_force)]
    });
    let content = grid.table(&columns, rows)?;
    // Those of section 4 come and go with arrears; the others are always there.
    let amber = Format::new().set_background_color(AMBER);
    let rule = format!("=AND(LEFT($A{0},1)=\"4\",LEFT($C{0},3)=\"yes\")", content.start + 1);
    let in_force = rust_xlsxwriter::ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(amber);
    if !content.is_empty() {
        grid.sheet.add_conditional_format(content.start, 0, content.end - 1, 2, &in_force)?;
    }
    grid.finish()
}
