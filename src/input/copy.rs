//! A case's sheets and text tables as they stand, row by row, for a copy of them: nothing is understood here.

use super::schema::REGISTER;
use super::source::{self, Found, Origin, Source, file_name};
use super::table::most_headers;
use super::{Findings, ReadOptions};
use crate::problem::Place;
use crate::spreadsheet::cell_formats::{CellFormats, SheetFormats};
use crate::spreadsheet::hash::Tally;
use crate::spreadsheet::{Region, Row, Rows, RowsError};
use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Takes a row, and how its cells look where that is known; false where no more are wanted.
type TakeRow<'t> = dyn FnMut(&Row, Option<&SheetFormats>) -> io::Result<bool> + 't;

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
                let file = file_name(path);
                let page = |(at, sheet): (usize, &crate::spreadsheet::Sheet)| Found {
                    table: &REGISTER,
                    file: file.clone(),
                    sheet: Some(sheet.name.clone()),
                    origin: Origin::Sheet(0, at),
                };
                workbook.sheets.iter().enumerate().map(page).collect()
            }
            _ => std::mem::take(&mut source.tables),
        };
        Ok(Self { path: path.to_owned(), source, pages, encoding: options.encoding.clone() })
    }

    pub(crate) fn pages(&self) -> Vec<Place> {
        self.pages.iter().map(Found::place).collect()
    }

    /// Hands over the rows of a page until `take` says that it is enough. A page that is damaged ends where it is.
    /// Errors: The machine's, and those of `take`.
    pub(crate) fn rows(&mut self, page: usize, take: &mut TakeRow) -> io::Result<()> {
        let page = &self.pages[page];
        let (merged, mut formats) = match &page.origin {
            Origin::Sheet(workbook, sheet) => {
                let path = if self.path.is_file() { self.path.clone() } else { self.path.join(&page.file) };
                (self.source.workbooks[*workbook].merged(*sheet).to_vec(), CellFormats::open(fs::read(path)?))
            }
            _ => (Vec::new(), None),
        };
        let formats = formats.as_mut().and_then(|formats| formats.sheet(page.sheet.as_deref()?));
        let score = |rows: &[Row]| most_headers(&[page.table], rows, &[]);
        let tally = Tally::default();
        let rows = page.rows(&mut self.source.workbooks, self.encoding.as_deref(), &score, Some(&tally));
        let result = rows.and_then(|mut rows| hand_over(rows.as_mut(), formats, &merged, take));
        match result {
            // What is wrong with the content is a problem of the case already.
            Ok(()) | Err(RowsError::Content(_)) => Ok(()),
            Err(RowsError::Io(error)) => Err(error),
        }
    }
}

/// The row without what stands in it only because its cells are merged with another.
fn without_copies<'r>(row: &'r Row, merged: &[Region]) -> Cow<'r, Row> {
    if merged.is_empty() {
        return Cow::Borrowed(row);
    }
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
    Cow::Owned(kept)
}

fn hand_over(
    rows: &mut dyn Rows,
    mut formats: Option<SheetFormats>,
    merged: &[Region],
    take: &mut TakeRow,
) -> Result<(), RowsError> {
    let mut row = Row::default();
    while rows.next(&mut row)? {
        if let Some(formats) = &mut formats {
            formats.go_to(row.number - 1);
        }
        if !take(&without_copies(&row, merged), formats.as_ref())? {
            break;
        }
    }
    Ok(())
}
