//! The summary of an exchange.

use super::book::Book;
use super::cell::Val;
use super::front::{Control, Front, Side, date_fact, held_facts};
use super::grid::column;
use super::holdings::{self, Pages};
use super::tables::{self, wide};
use crate::model::Case;
use crate::outcome::exchange::ExchangeOutcome;
use crate::output::RunInfo;
use crate::output::xlsx::style::Style;
use crate::quantity::Units;
use rust_xlsxwriter::XlsxError;
use std::io;

/// The summary of an exchange.
/// Errors: Where writing fails.
pub(crate) fn exchange(case: &Case, outcome: &ExchangeOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    let mut book = Book::new("Exchange", &case.terms.company, case.terms.currency_decimals);
    fill(&mut book, case, outcome, run).map_err(io::Error::other)?;
    book.finish()
}

fn fill(book: &mut Book, case: &Case, outcome: &ExchangeOutcome, run: &RunInfo) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let currency = case.terms.currency.as_str();
    let pages = Pages::of(outcome.rows.len());
    let cash: Units = outcome.rows.iter().filter(|row| row.is_cash()).map(|row| row.gross).sum();
    let that = match pages.sum(5, &[(4, currency)], decimals) {
        Some(formula) => Side::live(formula, cash),
        None => Side::value(cash),
    };
    let [held, held_amount] = held_facts(case, &outcome.rows);
    let front = Front {
        title: "Exchange upon a merger",
        facts: vec![
            date_fact("Date", outcome.date),
            ("Currency", Val::text(currency), Style::Id),
            ("Multiple", Val::Exact(&outcome.multiple.value), Style::PerShareLeft),
            ("Cash in all", Val::Units(outcome.gross, decimals), Style::MoneyLeft),
            held,
            held_amount,
        ],
        controls: vec![Control {
            what: "Cash: the run, and holdings".to_owned(),
            this: Side::value(outcome.gross),
            that,
            decimals,
            note: String::new(),
        }],
        warnings: run.warnings,
        acknowledged: &[],
        effects: &outcome.readings,
    };
    front.write(book, case)?;
    let assets: Vec<&str> = outcome.assets.iter().map(String::as_str).collect();
    holdings::payments(book, case, &outcome.rows, &assets)?;
    components(book, case, outcome)?;
    tables::adjustments(book, case, &outcome.multiple)?;
    tables::derivation(book, case, outcome.steps.iter().map(|s| (String::new(), s)))?;
    tables::inputs(book, case, run)
}

fn components(book: &mut Book, case: &Case, outcome: &ExchangeOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Components")?;
    grid.title(&case.terms.company, "What each share is exchanged for (7)")?;
    let columns = [
        wide("In", Style::Id, 30.0),
        column("Per Common share", Style::PerShare),
        column("Per Series A share", Style::PerShare),
        column("Fair value of a unit", Style::PerShare),
    ];
    let rows = outcome.components.iter().map(|c| {
        vec![
            Val::text(c.asset.as_deref().unwrap_or(&case.terms.currency)),
            Val::Exact(&c.per_common_share),
            Val::Exact(&c.per_series_a_share),
            c.fair_value.as_ref().map_or(Val::Blank, Val::Exact),
        ]
    });
    grid.table(&columns, rows)?;
    grid.finish()
}
