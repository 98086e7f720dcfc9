//! A case workbook to fill in: a sheet per table, headers with comments, dropdowns, and columns formatted so that no
//! spreadsheet mangles an id, a certificate's number or `3:2`.

use super::row_height::{LINE_POINTS, characters, lines};
use super::style::{GREY, INK, LINE, PALE, properties};
use crate::model::calendar::Date;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, ExcelDateTime, Format, FormatAlign, FormatBorder, Note, Workbook,
    Worksheet, XlsxError,
};

const LAST_ROW: u32 = 1_048_575;
/// Where the headers stand, from 0: below the title and what the sheet is for.
const HEADER_ROW: u32 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Text,
    Date,
    Percent,
    /// As it comes, to the left.
    Left,
    /// As it comes.
    General,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    Blank,
    Text(String),
    Number(String),
    Date(Date),
}

#[derive(Clone, Debug)]
pub(crate) struct FilledCell {
    pub value: Filled,
    /// How it is formatted; as its column where none.
    pub look: Option<Look>,
    /// The words that may stand in it.
    pub choices: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct BlankColumn {
    pub header: String,
    pub comment: String,
    /// Whether it must be filled in.
    pub required: bool,
    pub look: Look,
    /// The words that may stand in it; none: anything.
    pub choices: Vec<String>,
    /// Its width in characters.
    pub width: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct BlankSheet {
    pub name: String,
    pub purpose: String,
    /// Whether a case needs it.
    pub required: bool,
    pub columns: Vec<BlankColumn>,
    pub rows: Vec<Vec<FilledCell>>,
}

/// The workbook's bytes, the same whenever the same sheets are given.
/// Errors: What the writer refuses, such as two sheets of one name.
pub(crate) fn write(title: &str, sheets: &[BlankSheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(title, ""));
    for sheet in sheets {
        write_sheet(workbook.add_worksheet(), sheet)?;
    }
    workbook.save_to_buffer()
}

fn write_sheet(page: &mut Worksheet, sheet: &BlankSheet) -> Result<(), XlsxError> {
    page.set_name(&sheet.name)?;
    page.set_tab_color(if sheet.required { INK } else { LINE });
    page.set_freeze_panes(HEADER_ROW + 1, 0)?;
    page.write_with_format(0, 0, sheet.name.as_str(), &base().set_font_size(14).set_bold().set_font_color(INK))?;
    let purpose = if sheet.required { sheet.purpose.clone() } else { format!("{} May stay empty.", sheet.purpose) };
    purpose_line(page, sheet, &purpose)?;
    for (at, column) in (0u16..).zip(&sheet.columns) {
        write_column(page, at, column)?;
    }
    for (row, cells) in (HEADER_ROW + 1..).zip(&sheet.rows) {
        for ((at, column), cell) in (0u16..).zip(&sheet.columns).zip(cells) {
            write_cell(page, row, at, column, cell)?;
        }
    }
    // A page takes about so many characters before they are too small to read.
    let width: f64 = sheet.columns.iter().map(|column| column.width).sum();
    let pages = if width > 2.0 * PAGE_CHARACTERS { 3 } else { 1 + u16::from(width > PAGE_CHARACTERS) };
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(pages, 0);
    page.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3).set_footer("&L&F&C&A&RPage &P of &N");
    page.set_repeat_rows(HEADER_ROW, HEADER_ROW)?;
    if pages > 1 {
        page.set_repeat_columns(0, 0)?;
    }
    Ok(())
}

/// How wide a sheet may be that prints on one page.
const PAGE_CHARACTERS: f64 = 210.0;

/// What the sheet is for, over its columns: a text that runs out of them is cut off in print.
fn purpose_line(page: &mut Worksheet, sheet: &BlankSheet, purpose: &str) -> Result<(), XlsxError> {
    let look = base().set_font_color(GREY).set_text_wrap().set_align(FormatAlign::Top);
    let mut width = 0.0;
    let mut last = 0;
    for (at, column) in (0u16..).zip(&sheet.columns) {
        // Wide sheets need no more of their columns than the text does.
        if width > 120.0 {
            break;
        }
        width += column.width;
        last = at;
    }
    if last == 0 {
        page.write_with_format(1, 0, purpose, &look)?;
    } else {
        page.merge_range(1, 0, 1, last, purpose, &look)?;
    }
    page.set_row_height(1, f64::from(lines(purpose, characters(width))) * LINE_POINTS + 1.5)?;
    Ok(())
}

fn base() -> Format {
    Format::new().set_font_size(10)
}

fn format(look: Look) -> Format {
    match look {
        // An indent, since a number may stand to the right of the column before.
        Look::Text => base().set_num_format("@").set_align(FormatAlign::Left).set_indent(1),
        Look::Date => base().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left).set_indent(1),
        Look::Left => base().set_align(FormatAlign::Left).set_indent(1),
        Look::Percent => base().set_num_format("0.00%"),
        Look::General => base(),
    }
}

fn write_column(page: &mut Worksheet, at: u16, column: &BlankColumn) -> Result<(), XlsxError> {
    page.set_column_width(at, column.width)?;
    page.set_column_format(at, &format(column.look))?;
    let header = base().set_bold().set_background_color(PALE).set_border_bottom(FormatBorder::Thin).set_num_format("@");
    let header = if column.look == Look::General || column.look == Look::Percent {
        header.set_align(FormatAlign::Right)
    } else {
        header.set_align(FormatAlign::Left).set_indent(1)
    };
    let header = if column.required { header.set_font_color(INK) } else { header.set_font_color(Color::Black) };
    page.write_with_format(HEADER_ROW, at, column.header.as_str(), &header)?;
    let comment = Note::new(column.comment.as_str()).add_author_prefix(false).set_width(260).set_height(120);
    page.insert_note(HEADER_ROW, at, &comment)?;
    if let Some(validation) = validation(column)? {
        page.add_data_validation(HEADER_ROW + 1, at, LAST_ROW, at, &validation)?;
    }
    Ok(())
}

/// A dropdown of the words that may stand in the column.
fn validation(column: &BlankColumn) -> Result<Option<DataValidation>, XlsxError> {
    if column.choices.is_empty() {
        return Ok(None);
    }
    dropdown(&column.choices).map(Some)
}

fn dropdown(choices: &[String]) -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_list_strings(choices)?
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title("Not one of the words")?
        .set_error_message("Choose one of the words of the list, or leave the cell blank.")
}

fn write_cell(
    page: &mut Worksheet,
    row: u32,
    at: u16,
    column: &BlankColumn,
    cell: &FilledCell,
) -> Result<(), XlsxError> {
    let look = format(cell.look.unwrap_or(column.look));
    match &cell.value {
        Filled::Blank if cell.look.is_none() => {}
        Filled::Blank => {
            page.write_blank(row, at, &look)?;
        }
        Filled::Text(text) => {
            page.write_with_format(row, at, text.as_str(), &look)?;
        }
        Filled::Number(number) => match number.parse::<f64>() {
            Ok(value) => {
                page.write_with_format(row, at, value, &look)?;
            }
            Err(_) => {
                page.write_with_format(row, at, number.as_str(), &look)?;
            }
        },
        Filled::Date(date) => {
            let year = u16::try_from(date.year()).unwrap_or(1900);
            let day = ExcelDateTime::from_ymd(year, u8::from(date.month()), date.day())?;
            page.write_with_format(row, at, &day, &look)?;
        }
    }
    if !cell.choices.is_empty() {
        page.add_data_validation(row, at, row, at, &dropdown(&cell.choices)?)?;
    }
    Ok(())
}
