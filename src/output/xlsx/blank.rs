//! A case workbook to fill in: a sheet per table, headers with comments, dropdowns, and columns formatted so that no
//! spreadsheet mangles an id, a certificate's number or `3:2`.

use super::row_height::{LINE_POINTS, characters, lines};
use super::style::{GREY, INK, LINE, PALE, properties};
use crate::input::schema::{Column, Kind, TABLES, Table, table_key};
use crate::model::parse_iso;
use crate::model::reading::READINGS;
use crate::model::terms::TERM_LIST;
use crate::quantity::parse_decimal;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, ExcelDateTime, Format, FormatAlign, FormatBorder, Note, Workbook,
    Worksheet, XlsxError,
};

const LAST_ROW: u32 = 1_048_575;
/// Where the headers stand, from 0: below the title and what the sheet is for.
const HEADER_ROW: u32 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Text,
    Date,
    Percent,
    /// As it comes, to the left.
    Left,
    /// As it comes.
    General,
}

/// The texts of a row, and the words that a term's value may be.
type FilledRow = (Vec<String>, &'static [&'static str]);

/// The bytes of a workbook of all tables with these rows, each the text of its columns; the same whenever the same rows are
/// given. Of the columns of `classes` those in `first` come first.
pub fn write(title: &str, first: &[&str], rows: impl Fn(&str) -> Vec<Vec<String>>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(title, ""));
    for table in TABLES {
        let mut columns: Vec<(usize, &Column)> = table.columns.iter().enumerate().collect();
        if table.name == "classes" {
            columns
                .sort_by_key(|(_, column)| first.iter().position(|name| *name == column.name).unwrap_or(first.len()));
        }
        write_sheet(workbook.add_worksheet(), table, &columns, &rows(table.name))?;
    }
    workbook.save_to_buffer()
}

fn write_sheet(
    page: &mut Worksheet,
    table: &Table,
    columns: &[(usize, &Column)],
    rows: &[Vec<String>],
) -> Result<(), XlsxError> {
    let (name, is_required) = (sheet_name(table.name), table.name == "register");
    page.set_name(&name)?;
    page.set_tab_color(if is_required { INK } else { LINE });
    page.set_freeze_panes(HEADER_ROW + 1, 0)?;
    page.write_with_format(0, 0, name, &base().set_font_size(14).set_bold().set_font_color(INK))?;
    let purpose = if is_required { table.help.to_owned() } else { format!("{} May stay empty.", table.help) };
    purpose_line(page, columns, &purpose)?;
    for (at, (_, column)) in (0u16..).zip(columns) {
        write_column(page, at, column)?;
    }
    let rows: Vec<FilledRow> =
        if table.name == "terms" { term_rows(rows) } else { rows.iter().map(|row| (row.clone(), &[][..])).collect() };
    for (row, (texts, words)) in (HEADER_ROW + 1..).zip(&rows) {
        for (at, (of, column)) in (0u16..).zip(columns) {
            let Some(text) = texts.get(*of) else { continue };
            write_cell(page, (row, at), look(column.kind), text, texts[0].ends_with("_date"))?;
            if matches!(column.kind, Kind::Value) {
                choices(page, (row, row), at, words)?;
            }
        }
    }
    // A page takes about so many characters before they are too small to read.
    let width: f64 = columns.iter().map(|(_, column)| width(column)).sum();
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
fn purpose_line(page: &mut Worksheet, columns: &[(usize, &Column)], purpose: &str) -> Result<(), XlsxError> {
    let look = base().set_font_color(GREY).set_text_wrap().set_align(FormatAlign::Top);
    let (mut over, mut last) = (0.0, 0);
    for (at, (_, column)) in (0u16..).zip(columns) {
        // Wide sheets need no more of their columns than the text does.
        if over > 120.0 {
            break;
        }
        over += width(column);
        last = at;
    }
    if last == 0 {
        page.write_with_format(1, 0, purpose, &look)?;
    } else {
        page.merge_range(1, 0, 1, last, purpose, &look)?;
    }
    page.set_row_height(1, f64::from(lines(purpose, characters(over))) * LINE_POINTS + 1.5)?;
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

fn write_column(page: &mut Worksheet, at: u16, column: &Column) -> Result<(), XlsxError> {
    let look = look(column.kind);
    page.set_column_width(at, width(column))?;
    page.set_column_format(at, &format(look))?;
    let header = base().set_bold().set_background_color(PALE).set_border_bottom(FormatBorder::Thin).set_num_format("@");
    let header = if look == Look::General || look == Look::Percent {
        header.set_align(FormatAlign::Right)
    } else {
        header.set_align(FormatAlign::Left).set_indent(1)
    };
    let header = header.set_font_color(if column.required { INK } else { Color::Black });
    page.write_with_format(HEADER_ROW, at, column.name, &header)?;
    let needed = if column.required { "\n\nRequired." } else { "" };
    let mut comment = format!("{}{needed}", column.help);
    if !column.aliases.is_empty() {
        let aliases: Vec<&str> = column.aliases.split(", ").take(4).collect();
        comment = format!("{comment}\n\nAlso understood: {}.", aliases.join(", "));
    }
    let comment = Note::new(comment).add_author_prefix(false).set_width(260).set_height(120);
    page.insert_note(HEADER_ROW, at, &comment)?;
    let words: &[&str] = match column.kind {
        Kind::Words(words) => words,
        Kind::YesNo => &["yes", "no"],
        _ => &[],
    };
    choices(page, (HEADER_ROW + 1, LAST_ROW), at, words)
}

/// A dropdown of the words that may stand in some rows of a column, where there are any.
fn choices(page: &mut Worksheet, rows: (u32, u32), at: u16, words: &[&str]) -> Result<(), XlsxError> {
    if words.is_empty() {
        return Ok(());
    }
    let dropdown = DataValidation::new()
        .allow_list_strings(words)?
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title("Not one of the words")?
        .set_error_message("Choose one of the words of the list, or leave the cell blank.")?;
    page.add_data_validation(rows.0, at, rows.1, at, &dropdown).map(drop)
}

/// Writes a text as its column wants it. A term's value looks like what it is, and one that `is_date` like a date even
/// where it is blank.
fn write_cell(
    page: &mut Worksheet,
    (row, at): (u32, u16),
    of_column: Look,
    text: &str,
    is_date: bool,
) -> Result<(), XlsxError> {
    let date = parse_iso(text).filter(|_| matches!(of_column, Look::Date | Look::Left));
    let number = number(text).filter(|_| date.is_none() && !matches!(of_column, Look::Date | Look::Text));
    let look = match of_column {
        Look::Left if date.is_some() || is_date => Look::Date,
        Look::Left if number.is_none() && !text.is_empty() => Look::Text,
        look => look,
    };
    let format = format(look);
    if let Some(date) = date {
        let year = u16::try_from(date.year()).unwrap_or(1900);
        let day = ExcelDateTime::from_ymd(year, u8::from(date.month()), date.day())?;
        page.write_with_format(row, at, &day, &format)?;
    } else if let Some(number) = number {
        page.write_with_format(row, at, number, &format)?;
    } else if !text.is_empty() {
        page.write_with_format(row, at, text, &format)?;
    } else if look != of_column {
        page.write_blank(row, at, &format)?;
    }
    Ok(())
}

/// `record_dates` as `Record dates`.
fn sheet_name(table: &str) -> String {
    let words = table.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn look(kind: Kind) -> Look {
    match kind {
        Kind::Text | Kind::Id | Kind::Class | Kind::Words(_) | Kind::YesNo | Kind::Ratio => Look::Text,
        Kind::Date => Look::Date,
        Kind::Rate => Look::Percent,
        Kind::Shares | Kind::Cash | Kind::PerShare | Kind::CashOrFull | Kind::Number | Kind::Whole => Look::General,
        Kind::Value => Look::Left,
    }
}

/// A column's width in characters.
fn width(column: &Column) -> f64 {
    let least = match column.name {
        "holder_name" | "address" | "payee_name" | "series_name" | "matter" => 30,
        "note" => 70,
        "value" => 46,
        "term" => 28,
        "email" | "account" | "name" => 26,
        _ => 12,
    };
    let letters = u32::try_from(column.name.len() + 2).unwrap_or(12);
    f64::from(letters.max(least))
}

/// A number that a spreadsheet keeps exactly: it has 15 digits.
fn number(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    parse_decimal(text).filter(|_| digits <= 15).and_then(|_| text.parse().ok())
}

/// Every term and reading with its default, or what `given` says instead: name, value, meaning.
fn term_rows(given: &[Vec<String>]) -> Vec<FilledRow> {
    let value_of = |name: &str, default: &'static str| {
        let own = given.iter().find_map(|row| match row.as_slice() {
            [term, value, ..] if table_key(term) == name => Some(value.as_str()),
            _ => None,
        });
        own.unwrap_or(default).to_owned()
    };
    let row =
        |name: &str, default: &'static str, help: &str| vec![name.to_owned(), value_of(name, default), help.to_owned()];
    let terms = TERM_LIST.iter().map(|term| (row(term.name, term.default, term.help), term.choices));
    let readings = READINGS.iter().map(|reading| {
        let default = reading.values.first().copied().unwrap_or("");
        (row(&format!("reading.{}", reading.name), default, reading.why), reading.values)
    });
    terms.chain(readings).collect()
}
