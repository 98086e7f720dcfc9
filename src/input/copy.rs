//! A case's sheets and text tables as they stand, cell by cell, for a copy of them: nothing is understood here.

use super::ReadOptions;
use super::cell::shown;
use super::findings::Findings;
use super::schema::{REGISTER, Table};
use super::source::{self, Origin, Source};
use super::table::match_headers;
use crate::model::calendar::Date;
use crate::spreadsheet::hash::{Hashing, Tally};
use crate::spreadsheet::row::{Content, Epoch, Row, Rows, RowsError, Shown};
use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Copied<'a> {
    /// Text, an error value included, and a number whose format shows more than itself (`007`).
    Text(Cow<'a, str>),
    /// A spreadsheet's number, as the file stores it, and how it is shown.
    Number(f64, Look),
    /// A date that the file stores as such.
    Date(Date),
    /// A yes or no.
    Bool(bool),
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// As it comes.
    Plain,
    /// As a percentage.
    Percent,
    /// As a date; `days` lie between the first day of its workbook and that of others.
    Date {
        /// 1,462 where the workbook counts from 1904.
        days: u32,
    },
    /// As a time.
    Time,
}

/// A sheet, or a text table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Its file, relative to the case.
    pub file: String,
    /// Its sheet; none for CSV.
    pub sheet: Option<String>,
    from: From,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum From {
    Csv(&'static str, PathBuf),
    Sheet(usize, usize),
}

/// A case that can be copied.
pub(crate) struct Copy {
    source: Source,
    pages: Vec<Page>,
    encoding: Option<String>,
}

impl Copy {
    /// Opens a case. What cannot be opened of it, a file with a password say, has no pages.
    pub(crate) fn open(path: &Path, options: &ReadOptions) -> io::Result<Self> {
        let source = source::open(path, &mut Findings::default())?;
        let lone = source.tables.iter().find(|_| path.is_file()).map(|found| found.file.clone());
        let mut pages: Vec<Page> = Vec::new();
        let sheets = source.workbooks.first().map(|workbook| workbook.sheets());
        if let (Some(sheets), true) = (sheets, path.is_file()) {
            let file = lone.unwrap_or_else(|| path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            let page = |(at, sheet): (usize, &crate::spreadsheet::Sheet)| Page {
                file: file.clone(),
                sheet: Some(sheet.name.clone()),
                from: From::Sheet(0, at),
            };
            pages.extend(sheets.iter().enumerate().map(page));
        } else {
            let page = |found: &source::Found| {
                let from = match &found.origin {
                    Origin::Csv(path) => From::Csv(found.table.name, path.clone()),
                    Origin::Sheet(workbook, sheet) => From::Sheet(*workbook, *sheet),
                };
                Page { file: found.file.clone(), sheet: found.sheet.clone(), from }
            };
            pages.extend(source.tables.iter().map(page));
        }
        Ok(Self { source, pages, encoding: options.encoding.clone() })
    }

    /// Its pages, in the order of the case.
    pub(crate) fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// Hands over the rows of a page, each with its number from 1 and its cells by ascending column from 0, until
    /// `each` says that it is enough. A page that is damaged ends where it is.
    /// Errors: The machine's, and those of `each`.
    pub(crate) fn rows(
        &mut self,
        page: usize,
        mut each: impl FnMut(u32, &mut dyn Iterator<Item = (u32, Copied<'_>)>) -> io::Result<bool>,
    ) -> io::Result<()> {
        let Some(page) = self.pages.get(page) else { return Ok(()) };
        match &page.from {
            From::Csv(table, path) => {
                let text = crate::spreadsheet::csv::open(
                    Hashing::new(File::open(path)?, Tally::default()),
                    self.encoding.as_deref(),
                )?;
                let table = Table::find(table).unwrap_or(&REGISTER);
                let score =
                    |rows: &[Row]| rows.iter().map(|row| match_headers(table, row, &[]).count()).max().unwrap_or(0);
                match crate::spreadsheet::csv::Records::new(text, &score) {
                    Ok(mut records) => hand_over(&mut records, &mut each),
                    Err(error) => unless_content(error),
                }
            }
            From::Sheet(workbook, sheet) => {
                let rows = self.source.workbooks.get_mut(*workbook).map(|workbook| workbook.rows(*sheet));
                match rows {
                    Some(Ok(mut rows)) => hand_over(rows.as_mut(), &mut each),
                    _ => Ok(()),
                }
            }
        }
    }
}

type Each<'e> = dyn FnMut(u32, &mut dyn Iterator<Item = (u32, Copied<'_>)>) -> io::Result<bool> + 'e;

fn hand_over(rows: &mut dyn Rows, each: &mut Each) -> io::Result<()> {
    let mut row = Row::default();
    loop {
        match rows.next(&mut row) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return unless_content(error),
        }
        if !each(row.number, &mut row.cells().iter().map(|cell| (cell.column, copied(&row, cell))))? {
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

fn copied<'r>(row: &'r Row, cell: &crate::spreadsheet::row::Cell) -> Copied<'r> {
    let text = row.text(cell);
    match cell.content {
        Content::Text | Content::Error | Content::NeverCalculated => Copied::Text(Cow::Borrowed(text)),
        Content::Date(date) => Copied::Date(date),
        Content::Bool(value) => Copied::Bool(value),
        Content::Number(Shown::Digits(_)) => Copied::Text(Cow::Owned(shown(row, cell))),
        Content::Number(look) => {
            let look = match look {
                Shown::Plain | Shown::Digits(_) | Shown::Unit(_) => Look::Plain,
                Shown::Percent => Look::Percent,
                Shown::Date(Epoch::Y1900) => Look::Date { days: 0 },
                Shown::Date(Epoch::Y1904) => Look::Date { days: 1_462 },
                Shown::Time => Look::Time,
            };
            Copied::Number(cell.number().unwrap_or(f64::NAN), look)
        }
    }
}
