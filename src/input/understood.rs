//! What was made of a case's files, for `check` to show: a person should see at a glance that the right columns were
//! read as the right things.

use super::Located;
use super::manners::manner;
use super::schema::{LEDGER, REGISTER};
use crate::model::{Case, Class, Treasury};
use crate::quantity::{plain, shares_ratio};
use crate::spreadsheet::a1::letters;
use serde::{Serialize, Serializer};

#[derive(Clone, Debug, Default)]
pub struct Understood {
    /// The tables that were found, in the order of the schema.
    pub tables: Vec<TableUnderstood>,
    pub ignored: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct TableUnderstood {
    pub table: &'static str,
    pub file: String,
    pub sheet: Option<String>,
    pub header_row: u32,
    pub rows: u64,
    /// Whose export it reads like.
    pub manner: Option<&'static str>,
    pub columns: Vec<ColumnUnderstood>,
    /// Headers that mean nothing here.
    pub ignored: Vec<HeaderUnderstood>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ColumnUnderstood {
    pub column: &'static str,
    #[serde(flatten)]
    pub header: HeaderUnderstood,
}

/// A header, and the cell that it stands in.
#[derive(Clone, Debug, Serialize)]
pub struct HeaderUnderstood {
    pub cell: String,
    #[serde(rename = "header")]
    pub text: String,
}

impl HeaderUnderstood {
    pub(crate) fn letters(&self) -> &str {
        self.cell.trim_end_matches(|c: char| c.is_ascii_digit())
    }
}

/// What the register comes to, whatever the date.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterUnderstood {
    pub lots: u64,
    pub holders: u64,
    /// For each class that has lots, in class order.
    pub classes: Vec<ClassUnderstood>,
}

/// A class, its shares in millionths.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ClassUnderstood {
    pub class: String,
    pub lots: u64,
    #[serde(rename = "shares", serialize_with = "in_shares")]
    pub micros: u128,
    /// Those of them that have a retired date.
    #[serde(rename = "retired", serialize_with = "in_shares")]
    pub retired_micros: u128,
    #[serde(rename = "treasury", serialize_with = "in_shares")]
    pub treasury_micros: u128,
}

fn in_shares<S: Serializer>(micros: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&plain(&shares_ratio(*micros), 6))
}

pub(crate) fn table(located: &Located, rows: u64) -> TableUnderstood {
    let text = |at: u32| located.headers.iter().find(|(h, _)| *h == at).map_or("", |(_, text)| text.as_str());
    let header = |at: u32, text: &str| {
        let cell = format!("{}{}", letters(at), located.header_row);
        HeaderUnderstood { cell, text: text.to_owned() }
    };
    let columns = located.table.columns.iter().zip(&located.columns);
    let columns = columns.filter_map(|(column, at)| Some((column.name, (*at)?)));
    TableUnderstood {
        table: located.table.name,
        file: located.source.file.clone(),
        sheet: located.source.sheet.clone(),
        header_row: located.header_row,
        rows,
        columns: columns.map(|(column, at)| ColumnUnderstood { column, header: header(at, text(at)) }).collect(),
        ignored: located.unknown_headers().map(|(at, text)| header(*at, text)).collect(),
        manner: [REGISTER.name, LEDGER.name].contains(&located.table.name).then(|| manner(&located.headers)).flatten(),
    }
}

pub(super) fn register(case: &Case) -> RegisterUnderstood {
    let empty = |class: &Class| ClassUnderstood { class: class.id.clone(), ..ClassUnderstood::default() };
    let mut classes: Vec<ClassUnderstood> = case.classes.list().iter().map(empty).collect();
    for lot in case.register.lots() {
        let Some(class) = classes.get_mut(usize::from(lot.class)) else { continue };
        let micros = u128::from(lot.shares.micros());
        class.lots += 1;
        class.micros += micros;
        if lot.retired_date.is_some() {
            class.retired_micros += micros;
        } else if lot.treasury == Treasury::Company {
            class.treasury_micros += micros;
        }
    }
    classes.retain(|c| c.lots > 0);
    let lots = case.register.lots();
    let holders = lots.chunk_by(|one, two| one.holder == two.holder).count() as u64;
    RegisterUnderstood { lots: lots.len() as u64, holders, classes }
}
