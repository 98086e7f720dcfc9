//! Where a table was read from, so that a finding can point to a cell of a row long after the row was read.

use super::text::{Span, TextPool};
use crate::problem::{Place, Problem, Severity};
use std::sync::Arc;

/// What the rows of a table come from, where it is no sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    pub files: Vec<String>,
    /// The sheet, where they come from one's rows.
    pub sheet: Option<String>,
    /// What stands before each text: `object 17`, `A17`.
    pub before: &'static str,
    pub texts: Arc<TextPool>,
    /// Where each row comes from: the file, by its number, and a text.
    pub rows: Vec<(u16, Span)>,
}

impl Objects {
    /// Where a row comes from; the header row is the first.
    pub fn place(&self, row: u32) -> Option<Place> {
        let (file, at) = self.rows.get(row.checked_sub(2)? as usize)?;
        let file = self.files.get(usize::from(*file)).cloned();
        let cell = Some(format!("{}{}", self.before, self.texts.get(*at)));
        Some(Place { file, sheet: self.sheet.clone(), cell })
    }

    /// Whether a row is past those of the table, and only says who a holder is.
    pub(crate) fn is_past(&self, row: u32) -> bool {
        row as usize > self.rows.len() + 1
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableSource {
    pub file: String,
    pub sheet: Option<String>,
    /// Column letters by column name, for the columns that the table has.
    pub columns: Vec<(&'static str, String)>,
    /// The letters of its first column.
    pub first_column: String,
    /// The objects of its rows, where it is no sheet.
    pub objects: Option<Arc<Objects>>,
}

impl TableSource {
    pub fn letters(&self, column: &str) -> Option<&str> {
        self.columns.iter().find(|(name, _)| *name == column).map(|(_, letters)| letters.as_str())
    }

    pub(crate) fn at(&self, letters: &str, row: u32) -> Place {
        if let Some(place) = self.objects.as_ref().and_then(|objects| objects.place(row)) {
            return place;
        }
        Place { file: Some(self.file.clone()), sheet: self.sheet.clone(), cell: Some(format!("{letters}{row}")) }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowPlace {
    pub source: Arc<TableSource>,
    /// The row's number, from 1 as a spreadsheet counts.
    pub row: u32,
}

impl RowPlace {
    /// The cell of a column; the row's first cell where the table has no such column.
    pub fn cell(&self, column: &str) -> Place {
        self.source.at(self.source.letters(column).unwrap_or(&self.source.first_column), self.row)
    }

    /// What is wrong in the cell of the column that a code names, such as `register.shares.beyond-limits`.
    pub(crate) fn error(&self, code: &str, message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem::error(code, self.cell(code.split('.').nth(1).unwrap_or_default()), message, help)
    }

    /// The same, which stops nothing.
    pub(crate) fn warning(&self, code: &str, message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..self.error(code, message, help) }
    }

    /// The row as a whole: its first cell.
    pub fn first(&self) -> Place {
        self.source.at(&self.source.first_column, self.row)
    }
}
