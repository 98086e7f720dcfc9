//! A case's sheets and text tables as they stand, row by row, for a copy of them: nothing is understood here.

use super::ReadOptions;
use super::findings::Findings;
use super::schema::{REGISTER, Table};
use super::source::{self, Found, Origin, Source};
use super::table::match_headers;
use crate::problem::Place;
use crate::spreadsheet::cell_formats::{CellFormats, SheetFormats};
use crate::spreadsheet::csv::{self, Records};
use crate::spreadsheet::hash::{Hashing, Tally};
use crate::spreadsheet::row::{Region, Row, RowsError};
use crate::spreadsheet::rows::Rows;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Takes a row, and how its cells look where that is known; false where no more are wanted.
type TakeRow<'t> = dyn FnMut(&Row, Option<&SheetFormats>) -> io::Result<bool> + 't;

/// A case that can be copied.
pub(crate) struct Copy {
    path: PathBuf,
    source: Source,
    /// Every sheet of a case that is one workbook, else every table.
    pages: Vec<Found>,
    encoding: Option<String>,
}

impl Copy {
    /// Opens a case. What cannot be opened of it, a file with a password say, has no pages.
    pub(crate) fn open(path: &Path, options: &ReadOptions) -> io::Result<Self> {
        let mut source = source::open(path, options, &mut Findings::default())?;
        let pages = match source.workbooks.first() {
            Some(workbook) if path.is_file() => {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                let page = |(at, sheet): (usize, &crate::spreadsheet::Sheet)| Found {
                    table: &REGISTER,
                    file: file.clone().into_owned(),
                    sheet: Some(sheet.name.clone()),
                    origin: Origin::Sheet(0, at),
                };
                workbook.sheets.iter().enumerate().map(page).collect()
            }
            _ => std::mem::take(&mut source.tables),
        };
        Ok(Self { path: path.to_owned(), source, pages, encoding: options.encoding.clone() })
    }

    /// Its pages, in the order of the case: file and sheet.
    pub(crate) fn pages(&self) -> Vec<Place> {
        self.pages.iter().map(Found::place).collect()
    }

    /// Hands over the rows of a page until `take` says that it is enough. A page that is damaged ends where it is.
    /// Errors: The machine's, and those of `take`.
    pub(crate) fn rows(&mut self, page: usize, take: &mut TakeRow) -> io::Result<()> {
        let page = &self.pages[page];
        match &page.origin {
            Origin::Csv(path) => {
                let file = Hashing::new(File::open(path)?, Tally::default());
                let text = csv::open(file, self.encoding.as_deref())?;
                hand_over_text(text, page.table, take)
            }
            Origin::Text(bytes) => {
                let text = csv::open(io::Cursor::new(bytes.clone()), self.encoding.as_deref())?;
                hand_over_text(text, page.table, take)
            }
            Origin::Made(made) => hand_over(&mut made.rows(), None, take),
            Origin::Sheet(workbook, sheet) => {
                let merged = self.source.workbooks[*workbook].merged(*sheet).to_vec();
                let Ok(mut rows) = self.source.workbooks[*workbook].rows(*sheet) else { return Ok(()) };
                let path = if self.path.is_file() { self.path.clone() } else { self.path.join(&page.file) };
                let mut formats = CellFormats::open(fs::read(path)?);
                let formats = formats.as_mut().and_then(|formats| formats.sheet(page.sheet.as_deref()?));
                hand_over(rows.as_mut(), formats, &mut |row, formats| take(&without_copies(row, &merged), formats))
            }
        }
    }
}

/// The row without what stands in it only because its cells are merged with another.
fn without_copies(row: &Row, merged: &[Region]) -> Row {
    let mut kept = Row::default();
    kept.number = row.number;
    for cell in row.cells() {
        let is_copy = |region: &&Region| {
            let (rows, columns) = (region.rows, region.columns);
            let is_inside = (rows.0..=rows.1).contains(&row.number) && (columns.0..=columns.1).contains(&cell.column);
            is_inside && (row.number, cell.column) != (rows.0, columns.0)
        };
        if !merged.iter().any(|region| is_copy(&region)) {
            kept.push_cell(cell.column, row, cell);
        }
    }
    kept
}

fn hand_over_text(text: Box<dyn io::Read + Send>, table: &Table, take: &mut TakeRow) -> io::Result<()> {
    let known = |row: &Row| match_headers(table, row, &[]).count();
    match Records::new(text, &|rows: &[Row]| rows.iter().map(known).max().unwrap_or(0)) {
        Ok(mut records) => hand_over(&mut records, None, take),
        Err(error) => unless_content(error),
    }
}

fn hand_over(rows: &mut dyn Rows, mut formats: Option<SheetFormats>, take: &mut TakeRow) -> io::Result<()> {
    let mut row = Row::default();
    loop {
        match rows.next(&mut row) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return unless_content(error),
        }
        if let Some(formats) = &mut formats {
            formats.go_to(row.number - 1);
        }
        if !take(&row, formats.as_ref())? {
            return Ok(());
        }
    }
}

/// What is wrong with the content is a problem of the case already.
fn unless_content(error: RowsError) -> io::Result<()> {
    match error {
        RowsError::Io(error) => Err(error),
        RowsError::Content(_) => Ok(()),
    }
}
