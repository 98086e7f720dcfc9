//! What was made of a case's files, for `check` to show: a person should see at a glance that the right columns were
//! read as the right things.

use super::Located;
use super::manners::manner;
use super::schema::{LEDGER, REGISTER};
use crate::model::{Case, Class, Treasury};
use crate::spreadsheet::a1::letters;

#[derive(Clone, Debug, Default)]
pub struct Understood {
    /// The tables that were found, in the order of the schema.
    pub tables: Vec<TableUnderstood>,
    pub ignored: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct TableUnderstood {
    pub table: &'static str,
    pub file: String,
    pub sheet: Option<String>,
    pub header_row: u32,
    pub columns: Vec<ColumnUnderstood>,
    /// Headers that mean nothing here, with their letters.
    pub ignored: Vec<(String, String)>,
    pub rows: u64,
    /// Whose export it reads like.
    pub manner: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub struct ColumnUnderstood {
    pub column: &'static str,
    pub letters: String,
    pub header: String,
}

/// What the register comes to, whatever the date.
#[derive(Clone, Debug)]
pub struct RegisterUnderstood {
    pub lots: u64,
    pub holders: u64,
    /// For each class that has lots, in class order.
    pub classes: Vec<ClassUnderstood>,
}

#[derive(Clone, Debug, Default)]
pub struct ClassUnderstood {
    pub class: String,
    pub lots: u64,
    /// All its shares, in millionths.
    pub micros: u128,
    /// Those of them that have a retired date.
    pub retired_micros: u128,
    pub treasury_micros: u128,
}

pub(crate) fn table(located: &Located, rows: u64) -> TableUnderstood {
    let header =
        |at: u32| located.headers.iter().find(|(h, _)| *h == at).map_or(String::new(), |(_, text)| text.clone());
    let columns = located.table.columns.iter().zip(&located.columns);
    let columns = columns.filter_map(|(column, at)| {
        at.map(|at| ColumnUnderstood { column: column.name, letters: letters(at), header: header(at) })
    });
    TableUnderstood {
        table: located.table.name,
        file: located.source.file.clone(),
        sheet: located.source.sheet.clone(),
        header_row: located.header_row,
        columns: columns.collect(),
        ignored: located.unknown_headers().map(|(at, text)| (text.clone(), letters(*at))).collect(),
        rows,
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
