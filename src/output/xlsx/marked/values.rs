//! The copy of a case that is no XLSX, cell by cell.

use super::front::{self, COLUMNS, MOST_LINKS, TITLE_POINTS, WHERE};
use super::{FRONT, Mark, Marks, SheetMarks, clean, sheet_name};
use crate::input::copy::{Copied, Look};
use crate::output::xlsx::style::{AMBER, INK, PALE, RED, properties};
use crate::problem::{Problem, Severity};
use crate::spreadsheet::a1;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Note, Url, Workbook, Worksheet, XlsxError};
use std::io;

/// Characters of a cell.
const LETTERS: usize = 32_767;

/// Takes a row's number, from 1, and its cells; false where no more are wanted.
pub(crate) type TakeRow<'t> = dyn FnMut(u32, &mut dyn Iterator<Item = (u32, Copied<'_>)>) -> io::Result<bool> + 't;
/// Hands over the rows of a page.
pub(crate) type Rows<'r> = dyn FnMut(usize, &mut TakeRow) -> io::Result<()> + 'r;

/// Writes it: the list of problems, then a sheet for each page, which is a file and maybe a sheet of it.
/// Errors: The machine's, and the writer's.
pub(crate) fn write(
    case: &str,
    problems: &[Problem],
    pages: &[(String, Option<String>)],
    rows: &mut Rows,
) -> io::Result<Vec<u8>> {
    let mut names: Vec<String> = Vec::new();
    for (file, sheet) in pages {
        let wanted = sheet.as_deref().filter(|_| pages.iter().all(|(other, _)| other == file));
        let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
        names.push(sheet_name(wanted.unwrap_or(stem), &names));
    }
    let front = sheet_name(FRONT, &names);
    let sheet_of = |file: &str, sheet: Option<&str>| {
        let at = pages.iter().position(|(f, s)| f == file && (sheet.is_none() || s.as_deref() == sheet))?;
        names.get(at).cloned()
    };
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&format!("{case}: problems"), ""));
    let marks = Marks::new(problems);
    let mut left_out = Vec::new();
    workbook.add_worksheet().set_name(&front).map_err(failed)?;
    for (at, ((file, sheet), name)) in pages.iter().zip(&names).enumerate() {
        let page = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        page.set_name(name).map_err(failed)?;
        let mut copy = Copying {
            page,
            formats: Formats::new(),
            marks: marks.of(file, sheet.as_deref()),
            widths: Vec::new(),
            next: 0,
        };
        let mut all = true;
        rows(at, &mut |number, cells| {
            all = number <= a1::ROWS;
            if all {
                copy.row(number - 1, cells).map_err(failed)?;
            }
            Ok(all)
        })?;
        copy.finish().map_err(failed)?;
        if !all {
            left_out.push(format!("{file} goes on past the {} rows that a sheet has.", a1::ROWS));
        }
    }
    let heading = front::heading(case, problems, &left_out);
    let page = workbook.worksheet_from_name(&front).map_err(failed)?;
    list(page, &heading, front::lines(problems, &sheet_of)).map_err(failed)?;
    workbook.save_to_buffer().map_err(failed)
}

fn failed(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

/// The list of all problems.
fn list(
    page: &mut Worksheet,
    heading: &front::Heading,
    lines: impl Iterator<Item = front::Line>,
) -> Result<(), XlsxError> {
    let base = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    page.write_with_format(0, 0, &heading.title, &Format::new().set_bold().set_font_size(14).set_font_color(INK))?;
    page.set_row_height(0, TITLE_POINTS)?;
    let mut row = 1;
    for line in &heading.lines {
        page.write(row, 0, line)?;
        row += 1;
    }
    row += 1;
    let head = Format::new().set_bold().set_background_color(PALE);
    for (column, (name, width)) in (0..).zip(COLUMNS) {
        page.write_with_format(row, column, name, &head)?;
        page.set_column_width(column, width)?;
    }
    page.set_freeze_panes(row + 1, 0)?;
    let first = row;
    let mut links = 0;
    for line in lines {
        row += 1;
        page.set_row_height(row, line.height())?;
        for (column, (at, text)) in (0..).zip(line.cells.iter().enumerate()) {
            match &line.link {
                Some((sheet, cell)) if at == WHERE && links < MOST_LINKS => {
                    links += 1;
                    let url = Url::new(format!("internal:'{}'!{cell}", sheet.replace('\'', "''"))).set_text(text);
                    page.write_url_with_format(row, column, url, &base.clone().set_hyperlink())?;
                }
                _ if at == 0 => {
                    page.write_with_format(row, column, text, &fill(line.severity, base.clone())).map(drop)?;
                }
                _ => page.write_string_with_format(row, column, text, &base).map(drop)?,
            }
        }
    }
    if row > first {
        page.autofilter(first, 0, row, u16::try_from(COLUMNS.len() - 1).unwrap_or(0))?;
    }
    page.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(first, first)?;
    Ok(())
}

fn fill(severity: Severity, format: Format) -> Format {
    format.set_background_color(match severity {
        Severity::Error => RED,
        Severity::Warning => AMBER,
        Severity::Note => PALE,
    })
}

/// The formats of the copies: of what a number is shown as, filled or not.
struct Formats {
    plain: Format,
    percent: Format,
    date: Format,
    time: Format,
}

impl Formats {
    fn new() -> Self {
        let number = |format: &str| Format::new().set_num_format(format);
        Self { plain: Format::new(), percent: number("0.00####%"), date: number("yyyy-mm-dd"), time: number("hh:mm") }
    }

    fn of(&self, value: Option<&Copied>) -> &Format {
        match value {
            Some(Copied::Number(_, Look::Percent)) => &self.percent,
            Some(Copied::Number(_, Look::Date { .. }) | Copied::Date(_)) => &self.date,
            Some(Copied::Number(_, Look::Time)) => &self.time,
            _ => &self.plain,
        }
    }
}

/// A sheet being copied, row after row.
struct Copying<'a> {
    page: &'a mut Worksheet,
    formats: Formats,
    marks: Option<&'a SheetMarks>,
    widths: Vec<usize>,
    /// The first row, from 0, that was not written yet.
    next: u32,
}

impl Copying<'_> {
    fn row(&mut self, row: u32, cells: &mut dyn Iterator<Item = (u32, Copied)>) -> Result<(), XlsxError> {
        // A file may have its rows in any order; a sheet is written from its top.
        if row < self.next {
            return Ok(());
        }
        self.empty_until(row)?;
        let mut written = Vec::new();
        for (column, value) in cells.filter(|(column, _)| *column < a1::COLUMNS) {
            let mark = self.marks.and_then(|marks| marks.get(&(row, column)));
            self.cell(row, column, Some(value), mark)?;
            written.push(column);
        }
        let marks = self.marks.into_iter().flat_map(|marks| marks.range((row, 0)..(row + 1, 0)));
        for ((_, column), mark) in marks.filter(|((_, column), _)| !written.contains(column)) {
            self.cell(row, *column, None, Some(mark))?;
        }
        self.next = row + 1;
        Ok(())
    }

    /// Marks the cells of rows that the file does not have.
    fn empty_until(&mut self, row: u32) -> Result<(), XlsxError> {
        let from = self.next;
        let marks = self.marks.into_iter().flat_map(|marks| marks.range((from, 0)..(row.max(from), 0)));
        for ((row, column), mark) in marks {
            self.cell(*row, *column, None, Some(mark))?;
        }
        Ok(())
    }

    fn cell(&mut self, row: u32, column: u32, value: Option<Copied>, mark: Option<&Mark>) -> Result<(), XlsxError> {
        let at = u16::try_from(column).unwrap_or(0);
        let base = self.formats.of(value.as_ref());
        let filled = mark.map(|mark| fill(mark.severity, base.clone()));
        let format = filled.as_ref().unwrap_or(base);
        let mut letters = 10;
        let page = &mut *self.page;
        match value {
            None => page.write_blank(row, at, format).map(drop)?,
            Some(Copied::Text(text)) => {
                letters = text.chars().count();
                let text: String = text.chars().take(LETTERS).collect();
                page.write_string_with_format(row, at, text, format).map(drop)?;
            }
            Some(Copied::Bool(value)) => page.write_boolean_with_format(row, at, value, format).map(drop)?,
            Some(Copied::Date(date)) => {
                let year = u16::try_from(date.year()).unwrap_or(0);
                match ExcelDateTime::from_ymd(year, u8::from(date.month()), date.day()) {
                    Ok(day) => page.write_datetime_with_format(row, at, day, format).map(drop)?,
                    Err(_) => {
                        page.write_string_with_format(row, at, crate::model::calendar::iso(date), format).map(drop)?;
                    }
                }
            }
            Some(Copied::Number(number, look)) => {
                let text = number.to_string();
                if number.is_finite() {
                    let days = if let Look::Date { days } = look { days } else { 0 };
                    letters = letters.max(text.len().min(16));
                    page.write_number_with_format(row, at, number + f64::from(days), format).map(drop)?;
                } else {
                    page.write_string_with_format(row, at, text, format).map(drop)?;
                }
            }
        }
        if let Some(mark) = mark {
            page.insert_note(row, at, &note(mark))?;
        }
        let column = usize::from(at);
        if self.widths.len() <= column {
            self.widths.resize(column + 1, 0);
        }
        if let Some(width) = self.widths.get_mut(column) {
            *width = (*width).max(letters.min(40));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), XlsxError> {
        self.empty_until(a1::ROWS)?;
        for (column, width) in (0..).zip(&self.widths) {
            let width = u32::try_from(*width).unwrap_or(8).max(8) + 2;
            self.page.set_column_width(column, f64::from(width))?;
        }
        Ok(())
    }
}

/// A comment large enough for its words.
fn note(mark: &Mark) -> Note {
    let text = clean(&mark.text);
    let lines: usize = text.lines().map(|line| 1 + line.chars().count() / 45).sum();
    let height = u32::try_from(lines.min(20)).unwrap_or(4) * 18 + 12;
    Note::new(text).set_author("ratable").set_width(300).set_height(height)
}
