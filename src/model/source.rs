//! Where a table was read from, so that a finding can point to a cell of a row long after the row was read.

use crate::problem::Place;
use std::sync::Arc;

/// What the rows of a table come from, where it is no sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// The files.
    pub files: Vec<String>,
    /// The sheet, where they come from one's rows.
    pub sheet: Option<String>,
    /// The file, by its number, and where in it each row comes from: `object 17`, `A17`.
    pub rows: Vec<(u16, Arc<str>)>,
    /// The number of the first row.
    pub first_row: u32,
}

impl Objects {
    /// Where a row comes from.
    pub fn place(&self, row: u32) -> Option<Place> {
        let (file, at) = self.rows.get(row.checked_sub(self.first_row)? as usize)?;
        let file = self.files.get(usize::from(*file)).cloned();
        Some(Place { file, sheet: self.sheet.clone(), cell: Some(at.to_string()) })
    }
}

/// A table's file, sheet and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableSource {
    pub file: String,
    /// The sheet, for a workbook.
    pub sheet: Option<String>,
    /// Column letters by column name, for the columns that the table has.
    pub columns: Vec<(&'static str, String)>,
    /// The letters of its first column.
    pub first_column: String,
    /// The objects of its rows, where it is no sheet.
    pub objects: Option<Arc<Objects>>,
}

impl TableSource {
    /// The letters of a column, where the table has it.
    pub fn letters(&self, column: &str) -> Option<&str> {
        self.columns.iter().find(|(name, _)| *name == column).map(|(_, letters)| letters.as_str())
    }

    fn at(&self, letters: &str, row: u32) -> Place {
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

    /// The row as a whole: its first cell.
    pub fn first(&self) -> Place {
        self.source.at(&self.source.first_column, self.row)
    }
}
