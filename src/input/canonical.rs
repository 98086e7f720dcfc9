//! A case's tables as they were understood: columns under their own names, dates and numbers in one form.

use super::Line;
use super::schema::{Column, Kind, Table};
use crate::model::{Case, Detail, HolderIx, Lot, Worded, iso};
use crate::quantity::{Ratio, plain, terminating};
use crate::spreadsheet::Content;
use num_traits::One;

/// A table but the register, as it was understood: for each row the text of each column of the schema.
#[derive(Debug)]
pub(crate) struct Canonical {
    pub table: &'static Table,
    pub rows: Vec<Vec<String>>,
}

/// A row; none where it is no data row: a cell that is required is blank.
pub(crate) fn row(line: &Line) -> Option<Vec<String>> {
    let table = line.located.table;
    let cells: Vec<String> = (0..).zip(table.columns).map(|(ix, column)| text(line, ix, column)).collect();
    let whole = table.columns.iter().zip(&cells).all(|(column, cell)| !column.required || !cell.is_empty());
    whole.then_some(cells)
}

fn text(line: &Line, ix: usize, column: &Column) -> String {
    let Some(value) = line.value(ix) else { return String::new() };
    let number = || value.number().ok().map(|number| number.normalize().to_string());
    let date = || value.date().ok().map(iso);
    let found = match (column.kind, value.cell.content) {
        (Kind::Date, _) => date(),
        (Kind::Shares | Kind::Cash | Kind::PerShare | Kind::CashOrFull | Kind::Number | Kind::Whole, _) => number(),
        (Kind::Rate, _) => value.rate().ok().and_then(|rate| terminating(&rate)),
        (Kind::Ratio, _) => value.ratio().ok().map(|ratio| format!("{}:{}", ratio.numer(), ratio.denom())),
        (Kind::YesNo, Content::Bool(yes)) => Some(if yes { "yes" } else { "no" }.to_owned()),
        // A term's value is a number, a day, or text.
        (Kind::Value, Content::Number(_)) => date().or_else(number),
        (Kind::Value, Content::Date(date)) => Some(iso(date)),
        (Kind::Value, Content::Text) if line.row.text(value.cell).contains([',', '\'', ' ']) => number(),
        _ => None,
    };
    found.unwrap_or_else(|| value.shown())
}

/// The columns of the register, and of each lot their text; what is a holder's stands in each of its rows.
pub(crate) fn lot(case: &Case, lot: &Lot, column: &str) -> String {
    let day = |date: Option<_>| date.map_or(String::new(), iso);
    match column {
        "class" => case.classes.get(lot.class).id.clone(),
        "shares" => lot.shares.to_string(),
        "issue_date" => day(lot.issue_date),
        "certificate" => case.register.certificate(lot).to_owned(),
        "retired_date" => day(lot.retired_date),
        "treasury" => lot.treasury.word().to_owned(),
        _ => holder(case, lot.holder, column),
    }
}

/// Of a holder the text of the register's columns that are a holder's; nothing of the others.
pub(crate) fn holder(case: &Case, holder: HolderIx, column: &str) -> String {
    let register = &case.register;
    match column {
        "holder_id" => register.id(holder).to_owned(),
        "holder_name" => register.name(holder).to_owned(),
        "withholding_rate" => {
            let rate = register.stated_withholding_rate(holder);
            // A bare 1 among fractions could be one percent.
            let shown = |rate: &Ratio| if rate.is_one() { "100%".to_owned() } else { plain(rate, 12) };
            rate.map_or(String::new(), shown)
        }
        "hold" => if register.hold(holder) { "yes" } else { "" }.to_owned(),
        _ => {
            let detail = Detail::VALUES.iter().find(|detail| detail.word() == column);
            detail.map_or(String::new(), |detail| register.detail(holder, *detail).to_owned())
        }
    }
}
