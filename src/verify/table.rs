//! One of a run's CSV files, read back row by row with the places of its cells.

use super::difference;
use crate::problem::{Place, Problem};
use crate::quantity::{Units, decimal, scaled};
use crate::spreadsheet::a1::address;
use csv::{ReaderBuilder, StringRecord};
use std::fs::File;
use std::path::Path;

/// A CSV file being read.
pub(crate) struct Table {
    file: String,
    reader: csv::Reader<File>,
    header: StringRecord,
    row: StringRecord,
    number: u32,
}

impl Table {
    /// Opens a file of the folder; none where there is none.
    pub(crate) fn open(folder: &Path, file: &str) -> Result<Option<Self>, Problem> {
        let path = folder.join(file);
        if !path.is_file() {
            return Ok(None);
        }
        let opened = File::open(path).map_err(|error| unreadable(file, &error.into()))?;
        let mut reader = ReaderBuilder::new().buffer_capacity(1 << 16).from_reader(opened);
        let header = reader.headers().map_err(|error| unreadable(file, &error))?.clone();
        Ok(Some(Self { file: file.to_owned(), reader, header, row: StringRecord::new(), number: 1 }))
    }

    /// Goes on to the next row; false after the last.
    pub(crate) fn advance(&mut self) -> Result<bool, Problem> {
        self.number += 1;
        self.reader.read_record(&mut self.row).map_err(|error| unreadable(&self.file, &error))
    }

    /// The text of a column in this row; empty where there is no such column.
    pub(crate) fn text(&self, column: &'static str) -> &str {
        self.index(column).and_then(|at| self.row.get(at)).unwrap_or("")
    }

    /// A number of a column in this row, in units of so many decimals.
    pub(crate) fn units(&self, column: &'static str, decimals: u32) -> Result<Units, Problem> {
        let text = self.text(column);
        units(text, decimals).ok_or_else(|| {
            let message = format!("{column}: this is no number of at most {decimals} decimals.");
            let code = format!("totals.{column}.not-a-number");
            Problem::error(code, self.place(column), message, super::RESTORE).with_value(text)
        })
    }

    /// The place of a column's cell in this row.
    pub(crate) fn place(&self, column: &'static str) -> Place {
        let cell = self.index(column).map(|at| address(u32::try_from(at).unwrap_or(u32::MAX), self.number));
        Place { cell, ..Place::file(&self.file) }
    }

    fn index(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| name == column)
    }
}

fn unreadable(file: &str, error: &csv::Error) -> Problem {
    difference("totals.file.unreadable", file, format!("This file cannot be read: {error}."), super::RESTORE)
}

/// A plain decimal in units of `decimals` decimals; none where it is none, or has more.
pub fn units(text: &str, decimals: u32) -> Option<Units> {
    scaled(decimal(text)?, decimals)
}
