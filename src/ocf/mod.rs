//! Open Cap Format packages: read into the tables of a case (register, classes, adjustments, a few terms) as of a date, and
//! written. The reader of cases takes those tables like any others, so there is no second way into the model.

mod classes;
mod files;
mod fold;
pub(crate) mod ledger;
mod objects;
mod package;
mod tables;
mod vesting;
pub(crate) mod write;

use crate::model::Date;
use crate::problem::{Place, Problem};
use crate::spreadsheet::hash::FileHash;
use std::borrow::Cow;

pub(crate) use files::{is_package, is_zip};
pub(crate) use package::read;
pub(crate) use tables::MadeTable;

const EXPORT_AGAIN: &str = "Export the package again from where it comes from, as OCF 1.2.";

/// What a package comes to.
#[derive(Default)]
pub(crate) struct Package {
    pub tables: Vec<MadeTable>,
    /// Terms that hold unless the case's own table says otherwise: name, value and where they come from.
    pub terms: Vec<(&'static str, String, Place)>,
    /// What is wrong with it, and what was left out.
    pub problems: Vec<Problem>,
    pub inputs: Vec<FileHash>,
    /// Other files in the archive, for the tables among them: name and content.
    pub others: Vec<(String, Vec<u8>)>,
    /// The files of the folder that are the package's.
    pub own_files: Vec<String>,
    /// The date as of which it was read.
    pub as_of: Option<Date>,
}

/// An object: where it stands, for problems that name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectId {
    /// The file, by its number among the package's files.
    pub file: u16,
    pub id: std::sync::Arc<str>,
}

type Column = Cow<'static, str>;

/// A row of a table: its object, and its cells, of which the first of a column counts.
#[derive(Debug)]
struct TableRow {
    object: ObjectId,
    cells: Vec<(Column, String)>,
}

fn at(file: &str, id: &str) -> Place {
    Place { cell: Some(format!("object {id}")), ..Place::file(file) }
}
