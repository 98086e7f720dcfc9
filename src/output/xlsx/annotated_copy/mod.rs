//! A copy of a case as a workbook, for whoever has to mend it: its cells with their values and looks, those with a
//! problem filled and commented, and before them a sheet that lists all problems, each with a link to its cell.
//!
//! It is the case itself that is shown, so nothing in it is masked.

pub(crate) mod marks;
mod problem_list;

use crate::model::iso;
use crate::output::xlsx::style::{AMBER, PALE, RED, properties};
use crate::problem::{Place, Problem, Severity};
use crate::quantity::parse_decimal;
use crate::spreadsheet::a1::{self, COLUMNS, ROWS};
use crate::spreadsheet::cell_formats::SheetFormats;
use crate::spreadsheet::{Cell, Content, Epoch, Row, Shown};
use marks::{Mark, SheetMarks};
use rust_xlsxwriter::{ExcelDateTime, Format, FormatPattern, Note, Workbook, Worksheet, XlsxError};
use std::io;

const LETTERS: usize = 32_767;
/// The name of the list, with a number where the case has a sheet of that name.
const LIST: &str = "Problems";

/// Takes a row, and how its cells look where that is known; false where no more are wanted.
pub(crate) type TakeRow<'t> = dyn FnMut(&Row, Option<&SheetFormats>) -> io::Result<bool> + 't;
/// Hands over the rows of a page, by its index.
pub(crate) type HandRows<'r> = dyn FnMut(usize, &mut TakeRow) -> io::Result<()> + 'r;

/// The copy's bytes; a page is a file of the case, or a sheet of one.
pub(crate) fn write(
    case: &str,
    problems: &[Problem],
    pages: &[Place],
    hand_rows: &mut HandRows,
) -> io::Result<Vec<u8>> {
    let names = names(pages);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&format!("{case}: problems"), ""));
    let list = unused_name(LIST, &names);
    workbook.add_worksheet().set_name(&list).map_err(io::Error::other)?;
    let marks = marks::marks(problems);
    let mut left_out = Vec::new();
    for (at, (page, name)) in pages.iter().zip(&names).enumerate() {
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(io::Error::other)?;
        sheet.set_name(name).map_err(io::Error::other)?;
        let none = SheetMarks::new();
        let mut copy = SheetCopy { sheet, marks: marks.get(page).unwrap_or(&none), widths: Vec::new(), next: 0 };
        let mut fits = true;
        hand_rows(at, &mut |row, formats| {
            fits = row.number <= ROWS;
            if fits {
                copy.row(row, formats).map_err(io::Error::other)?;
            }
            Ok(fits)
        })?;
        copy.finish().map_err(io::Error::other)?;
        if !fits {
            let file = page.file.as_deref().unwrap_or_default();
            left_out.push(format!("{file} goes on past the {ROWS} rows that a sheet has."));
        }
    }
    let target = |place: &Place| {
        let is_of = |page: &Place| page.file == place.file && (place.sheet.is_none() || page.sheet == place.sheet);
        let sheet = names.get(pages.iter().position(is_of)?)?;
        let cell = place.cell.as_deref().filter(|cell| a1::parse(cell).is_some()).unwrap_or("A1");
        Some(format!("'{}'!{cell}", sheet.replace('\'', "''")))
    };
    let sheet = workbook.worksheet_from_name(&list).map_err(io::Error::other)?;
    problem_list::write(sheet, case, problems, &left_out, target).map_err(io::Error::other)?;
    workbook.save_to_buffer().map_err(io::Error::other)
}

/// A sheet's name for each page: that of its sheet in a case of one file, else that of its file.
fn names(pages: &[Place]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for page in pages {
        let file = page.file.as_deref().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let sheet = page.sheet.as_deref().filter(|_| pages.iter().all(|other| other.file == page.file));
        names.push(unused_name(sheet.unwrap_or(stem), &names));
    }
    names
}

/// A name for a sheet that is not taken: at most 31 letters, without those that Excel refuses.
pub fn unused_name(wanted: &str, taken: &[String]) -> String {
    let allowed = |c: char| if "[]:*?/\\'".contains(c) || c.is_control() { '_' } else { c };
    let cut = |most: usize| wanted.chars().map(allowed).take(most).collect::<String>();
    let first = if wanted.trim().is_empty() { "Sheet".to_owned() } else { cut(31) };
    let numbered = (2u32..).map(|number| format!("{} {number}", cut(20)));
    let is_free = |name: &String| !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    std::iter::once(first).chain(numbered).find(is_free).expect("one of ever more names is free")
}

/// Text of a list or a comment: not over long, in one line or several.
fn clean(text: &str) -> String {
    const LONGEST: usize = 8_000;
    let mut kept: String =
        text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        kept.push('…');
    }
    kept
}

/// A format filled as a problem of that severity is.
fn fill(format: &Format, severity: Severity) -> Format {
    format.clone().set_pattern(FormatPattern::Solid).set_background_color(match severity {
        Severity::Error => RED,
        Severity::Warning => AMBER,
        Severity::Note => PALE,
    })
}

/// A sheet being copied, row after row.
struct SheetCopy<'a> {
    sheet: &'a mut Worksheet,
    marks: &'a SheetMarks,
    widths: Vec<u16>,
    /// The first row, from 0, that was not written yet.
    next: u32,
}

impl SheetCopy<'_> {
    fn row(&mut self, row: &Row, formats: Option<&SheetFormats>) -> Result<(), XlsxError> {
        let at = row.number - 1;
        // A file may have its rows in any order; a sheet is written from its top.
        if at < self.next {
            return Ok(());
        }
        self.marks_before((at, 0))?;
        let plain = Format::new();
        let looks = |column: u32| formats.map_or(&plain, |formats| formats.get(column));
        for cell in row.cells().iter().filter(|cell| cell.column < COLUMNS) {
            let shown = if formats.is_some() { looks(cell.column).clone() } else { look(cell.content) };
            let mark = self.marks.get(&(at, cell.column));
            let format = mark.map_or(shown.clone(), |mark| fill(&shown, mark.severity));
            let column = column(cell.column);
            let width = write_cell(self.sheet, (at, column), row, cell, &format, formats.is_some())?;
            self.note_width(column, width);
            self.comment((at, cell.column), mark)?;
        }
        for ((_, column), mark) in self.marks.range((at, 0)..(at + 1, 0)) {
            if row.get(*column).is_none() {
                self.blank((at, *column), mark, looks(*column))?;
            }
        }
        self.next = at + 1;
        Ok(())
    }

    /// Marks the cells of rows that the file does not have.
    fn marks_before(&mut self, end: (u32, u32)) -> Result<(), XlsxError> {
        for (at, mark) in self.marks.range((self.next, 0)..end.max((self.next, 0))) {
            self.blank(*at, mark, &Format::new())?;
        }
        Ok(())
    }

    fn blank(&mut self, at: (u32, u32), mark: &Mark, look: &Format) -> Result<(), XlsxError> {
        self.sheet.write_blank(at.0, column(at.1), &fill(look, mark.severity))?;
        self.comment(at, Some(mark))
    }

    /// A comment large enough for its words.
    fn comment(&mut self, at: (u32, u32), mark: Option<&Mark>) -> Result<(), XlsxError> {
        let Some(mark) = mark else { return Ok(()) };
        let text = clean(&mark.text);
        let lines = text.lines().map(|line| 1 + line.chars().count() / 45).sum::<usize>();
        let lines = u32::try_from(lines).map_or(20, |lines| lines.min(20));
        let note = Note::new(text).set_author("ratable").set_width(300).set_height(12 + 18 * lines);
        self.sheet.insert_note(at.0, column(at.1), &note)?;
        Ok(())
    }

    /// Takes care that a column is wide enough, but for texts that run over its neighbours.
    fn note_width(&mut self, column: u16, letters: usize) {
        let column = usize::from(column);
        if self.widths.len() <= column {
            self.widths.resize(column + 1, 8);
        }
        if let Some(letters) = u16::try_from(letters).ok().filter(|letters| *letters <= 40) {
            self.widths[column] = self.widths[column].max(letters);
        }
    }

    fn finish(mut self) -> Result<(), XlsxError> {
        self.marks_before((ROWS, 0))?;
        self.sheet.set_landscape();
        for (column, width) in (0..).zip(&self.widths) {
            self.sheet.set_column_width(column, f64::from(*width) + 2.0)?;
        }
        Ok(())
    }
}

fn column(column: u32) -> u16 {
    u16::try_from(column).expect("a sheet has 16,384 columns")
}

/// How a cell looks where the file's own look is not known.
fn look(content: Content) -> Format {
    let number = |code: &str| Format::new().set_num_format(code);
    match content {
        Content::Number(Shown::Percent) => number("0.00####%"),
        Content::Number(Shown::Date(_)) | Content::Date(_) => number("yyyy-mm-dd"),
        Content::Number(Shown::Time) => number("hh:mm"),
        _ => Format::new(),
    }
}

/// Writes a cell's value, and says how wide it is; `has_look` where the format is the file's own.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    from: &Row,
    cell: &Cell,
    format: &Format,
    has_look: bool,
) -> Result<usize, XlsxError> {
    let text = from.text(cell);
    let write_text = |sheet: &mut Worksheet, text: &str| {
        let text: String = text.chars().take(LETTERS).collect();
        let width = text.chars().count();
        sheet.write_string_with_format(row, column, text, format).map(|_| width)
    };
    match cell.content {
        Content::Text | Content::Error | Content::NeverCalculated => write_text(sheet, text),
        Content::Bool(value) => sheet.write_boolean_with_format(row, column, value, format).map(|_| 5),
        Content::Date(date) => {
            let year = u16::try_from(date.year()).unwrap_or(0);
            match ExcelDateTime::from_ymd(year, u8::from(date.month()), date.day()) {
                Ok(day) => sheet.write_datetime_with_format(row, column, day, format).map(|_| 10),
                Err(_) => write_text(sheet, &iso(date)),
            }
        }
        Content::Number(shown) => {
            let number = cell.number().expect("a number's cell has one");
            if !number.is_finite() {
                return write_text(sheet, &number.to_string());
            }
            let digits = match shown {
                Shown::Digits(digits) if !has_look => {
                    parse_decimal(&number.to_string()).and_then(|number| digits.shown(&number))
                }
                _ => None,
            };
            if let Some(digits) = digits {
                return write_text(sheet, &digits);
            }
            // The copy counts from 1900.
            let days = if shown == Shown::Date(Epoch::Y1904) { 1_462.0 } else { 0.0 };
            sheet.write_number_with_format(row, column, number + days, format).map(|_| 12)
        }
    }
}
