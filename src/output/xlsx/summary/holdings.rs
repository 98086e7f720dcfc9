//! Every holding, on as many sheets as it takes.

use super::book::{Book, prepare};
use super::cell::{Val, address, letters, put};
use super::grid::{Column, height};
use super::large::Large;
use crate::model::Case;
use crate::outcome::PaymentRow;
use crate::output::xlsx::ieee;
use crate::output::xlsx::style::Style;
use crate::output::xlsx::value::Figure;
use crate::quantity::{SHARE_DECIMALS, Units};
use crate::spreadsheet::a1;
use rayon::prelude::*;
use rust_xlsxwriter::{Format, XlsxError};
use std::ops::Range;

/// Rows above the holdings: a title, what it is about, the totals, the headings.
const ABOVE: u32 = 5;
/// How many holdings a sheet takes.
const ROWS_PER_SHEET: usize = a1::ROWS as usize - ABOVE as usize;
/// Over so many sheets, the workbook points to `distribution.csv` instead.
const MOST_SHEETS: usize = 3;
/// From here on a sheet's rows are not held in memory, but rendered in pieces, all of one height: what held rows cost was a
/// quarter of a run with 20,000 statements.
const LARGE: usize = 5_000;

/// How a sheet's rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    /// As every other sheet's.
    Held,
    /// One by one, as soon as they are there.
    #[cfg(test)]
    OneByOne,
    /// In pieces, once everything around them is made (`large`).
    InPieces,
}

/// A table of holdings: its columns, and how a row fills them.
pub(crate) struct Table<'a, R, const N: usize> {
    /// Columns.
    pub columns: [Column; N],
    /// The rows.
    pub rows: &'a [R],
    /// A row's cells.
    pub cells: &'a (dyn Fn(&R) -> [Val<'a>; N] + Sync),
    /// Columns with a total: where only rows with a text in another column count, which and what.
    pub totals: Vec<Total<'a>>,
}

/// A column's total.
#[derive(Clone, Debug)]
pub(crate) struct Total<'a> {
    /// The column.
    pub column: usize,
    /// Decimals of the total.
    pub decimals: u32,
    /// Only rows that have this text in that column.
    pub only: Option<(usize, &'a str)>,
}

/// Where holdings stand: sheet by sheet, the rows from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages(Vec<(String, Range<u32>)>);

impl Pages {
    /// Where so many holdings are going to stand.
    pub(crate) fn of(rows: usize) -> Self {
        if rows > ROWS_PER_SHEET * MOST_SHEETS {
            return Self::default();
        }
        let sheets = (0..rows.div_ceil(ROWS_PER_SHEET)).map(|at| {
            let count = (rows - at * ROWS_PER_SHEET).min(ROWS_PER_SHEET);
            (Self::name(at), ABOVE..ABOVE + u32::try_from(count).unwrap_or(0))
        });
        Self(sheets.collect())
    }

    fn name(at: usize) -> String {
        if at == 0 { "Holdings".to_owned() } else { format!("Holdings {}", at + 1) }
    }

    /// A formula (without `=`) that sums a column over all sheets, rounded; over the rows that have these texts in
    /// these columns. None where there are no sheets, or a text cannot be looked for.
    pub(crate) fn sum(&self, column: u16, only: &[(u16, &str)], decimals: u32) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut sums = Vec::new();
        for (sheet, rows) in &self.0 {
            let range = |column: u16| {
                let column = letters(column);
                format!("'{sheet}'!{column}{}:{column}{}", rows.start + 1, rows.end)
            };
            let mut sum = format!("SUMIFS({}", range(column));
            for (key, text) in only {
                sum.extend([",", &range(*key), ",", &criterion(text)?]);
            }
            sum.push(')');
            sums.push(if only.is_empty() { format!("SUM({})", range(column)) } else { sum });
        }
        Some(format!("ROUND({},{decimals})", sums.join("+")))
    }
}

/// A text as a criterion that matches it and nothing else; none where it has signs that mean something there.
fn criterion(text: &str) -> Option<String> {
    let plain = !text.contains(['*', '?', '~', '"']) && !text.starts_with(['<', '>', '=']) && text.len() < 200;
    (plain && !text.is_empty()).then(|| format!("\"{text}\""))
}

impl<R: Sync, const N: usize> Table<'_, R, N> {
    /// Writes the holdings.
    pub(crate) fn write(&self, book: &mut Book, company: &str) -> Result<(), XlsxError> {
        if self.rows.len() > ROWS_PER_SHEET * MOST_SHEETS {
            let mut grid = book.sheet("Holdings")?;
            let words = format!("{} rows are more than {MOST_SHEETS} sheets hold.", self.rows.len());
            grid.title(company, &words)?;
            grid.put(0, &Val::text("Every holding is in distribution.csv, beside this workbook."), Style::Label)?;
            return Ok(());
        }
        for (at, rows) in self.rows.chunks(ROWS_PER_SHEET).enumerate() {
            let how = if rows.len() > LARGE { Rows::InPieces } else { Rows::Held };
            self.sheet(book, &Pages::name(at), company, rows, how)?;
        }
        Ok(())
    }

    fn sheet(&self, book: &mut Book, name: &str, company: &str, rows: &[R], how: Rows) -> Result<(), XlsxError> {
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let content = ABOVE..ABOVE + count;
        let styles = book.styles.clone();
        let format = |style| styles.format(style);
        let formats: Vec<Format> = self.columns.iter().map(|c| format(c.style)).collect();
        let (title, subtitle) = (format(Style::Title).unset_text_wrap(), format(Style::Subtitle).unset_text_wrap());
        let (left, right, label) = (format(Style::Heading), format(Style::HeadingRight), format(Style::Label));
        let index = book.workbook.worksheets().len();
        let in_pieces = how == Rows::InPieces;
        let numbered = how != Rows::Held;
        let numbers: Vec<u32> = formats.iter().filter(|_| numbered).map(|format| book.number(format)).collect();
        let render = || in_pieces.then(|| Large::new(index, ABOVE, rows, &numbers, self.cells)).transpose();
        let (large, totals) = rayon::join(render, || self.totals(rows, &content));
        book.large.extend(large?);
        let widths = self.widths(rows, &totals);
        let total_formats: Vec<Format> = self
            .columns
            .iter()
            .map(|c| format(c.style).set_bold().set_background_color(super::super::style::PALE))
            .collect();
        let sheet = if how == Rows::Held {
            book.workbook.add_worksheet()
        } else {
            book.workbook.add_worksheet_with_constant_memory()?
        };
        prepare(sheet, name)?;
        for (at, width) in (0u16..).zip(&widths) {
            sheet.set_column_width(at, *width)?;
        }
        sheet.set_freeze_panes(ABOVE, 0)?;
        sheet.set_repeat_rows(ABOVE - 1, ABOVE - 1)?;
        let last_column = u16::try_from(N).unwrap_or(1) - 1;
        sheet.autofilter(ABOVE - 1, 0, content.end.max(ABOVE + 1) - 1, last_column)?;
        sheet.set_row_height(0, 24)?;
        sheet.write_with_format(0, 0, company, &title)?;
        sheet.write_with_format(1, 0, format!("{name}: {} rows", rows.len()), &subtitle)?;
        sheet.write_with_format(3, 0, "Total", &label)?;
        for (total, value) in &totals {
            let column = u16::try_from(total.column).unwrap_or(0);
            if let Some(format) = total_formats.get(total.column) {
                put(sheet, 3, column, value, format)?;
            }
        }
        for (at, column) in (0u16..).zip(&self.columns) {
            let heading = if column.is_number() { &right } else { &left };
            sheet.write_with_format(ABOVE - 1, at, column.name, heading)?;
        }
        // Of a sheet whose rows are put in at the end, the first and the last are written to make everything around them.
        let last = rows.len().max(1) - 1;
        let written = |at: usize| !in_pieces || at == 0 || at == last;
        for (row, (_, item)) in (ABOVE..).zip(rows.iter().enumerate()).filter(|(_, (at, _))| written(*at)) {
            let cells = (self.cells)(item);
            let tall = cells.iter().zip(&self.columns).zip(&widths).map(|((v, c), w)| (v, c.style, *w));
            // Rows of the largest sheets are all of one height.
            if let Some(height) = height(tall).filter(|_| how == Rows::Held) {
                sheet.set_row_height(row, height)?;
            }
            for (at, (value, format)) in (0u16..).zip(cells.iter().zip(&formats)) {
                put(sheet, row, at, value, format)?;
            }
        }
        Ok(())
    }

    /// Column widths: what the rows need, up to the column's limit.
    fn widths(&self, rows: &[R], totals: &[(&Total<'_>, Val<'static>)]) -> Vec<f64> {
        let headings = || self.columns.iter().map(|column| column.name.len() + 3).collect::<Vec<usize>>();
        let widest = |mut most: Vec<usize>, row: &R| {
            for (most, value) in most.iter_mut().zip((self.cells)(row)) {
                *most = (*most).max(value.breadth());
            }
            most
        };
        let wider = |a: Vec<usize>, b: Vec<usize>| a.into_iter().zip(b).map(|(a, b)| a.max(b)).collect();
        let mut most = rows.par_iter().with_min_len(16_384).fold(headings, widest).reduce(headings, wider);
        for (total, value) in totals {
            if let Some(most) = most.get_mut(total.column) {
                *most = (*most).max(value.breadth());
            }
        }
        let width = |(most, column): (usize, &Column)| {
            (f64::from(u32::try_from(most).unwrap_or(u32::MAX)) + 2.5).min(column.limit)
        };
        most.into_iter().zip(&self.columns).map(width).collect()
    }

    /// The totals as formulas where doubles give them, else as values.
    fn totals(&self, rows: &[R], content: &Range<u32>) -> Vec<(&Total<'_>, Val<'static>)> {
        let mut sums = vec![(0i128, 0.0f64); self.totals.len()];
        for row in rows {
            let cells = (self.cells)(row);
            for (total, (units, double)) in self.totals.iter().zip(&mut sums) {
                let counts = total.only.is_none_or(
                    |(key, text)| matches!(cells.get(key), Some(Val::Text(found)) if found.as_ref() == text),
                );
                if let Some(Val::Units(value, decimals)) = cells.get(total.column).filter(|_| counts) {
                    *units += value;
                    *double += Figure::new(*value, *decimals).map_or(f64::NAN, Figure::to_f64);
                }
            }
        }
        let cell = |row: u32, column: usize| address(row, u16::try_from(column).unwrap_or(0));
        let range = |column: usize| format!("{}:{}", cell(content.start, column), cell(content.end - 1, column));
        let sum = |total: &Total, (units, double): (i128, f64)| {
            let live = Figure::new(units, total.decimals)
                .is_some_and(|f| ieee::round(double, total.decimals).is_some_and(|d| ieee::same(d, f.to_f64())));
            let sum = match total.only {
                None => Some(format!("SUM({})", range(total.column))),
                Some((key, text)) => {
                    criterion(text).map(|wanted| format!("SUMIF({},{wanted},{})", range(key), range(total.column)))
                }
            };
            match sum.filter(|_| live && !rows.is_empty()) {
                Some(sum) => Val::Live(format!("ROUND({sum},{})", total.decimals), units, total.decimals),
                None => Val::Units(units, total.decimals),
            }
        };
        self.totals.iter().zip(sums).map(|(total, sums)| (total, sum(total, sums))).collect()
    }
}

/// The holdings of a dividend or an exchange; assets are the run's, by name.
pub(crate) fn payments(book: &mut Book, case: &Case, rows: &[PaymentRow], assets: &[&str]) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let currency = case.terms.currency.as_str();
    let sized = |name, style, limit| Column { name, style, limit };
    let cells = |row: &PaymentRow| {
        let asset = usize::from(row.asset).checked_sub(1).and_then(|at| assets.get(at)).copied();
        let places = if asset.is_some() { SHARE_DECIMALS } else { decimals };
        [
            Val::text(case.register.id(row.holder)),
            Val::text(case.register.name(row.holder)),
            Val::text(case.classes.get(row.class).name.as_str()),
            Val::Units(i128::from(row.shares), SHARE_DECIMALS),
            Val::text(asset.unwrap_or(currency)),
            Val::Units(row.gross, places),
            Val::Units(row.withheld, places.min(decimals)),
            Val::Units(row.net(), places),
        ]
    };
    let total = |column| Total { column, decimals, only: Some((4, currency)) };
    let table = Table {
        columns: [
            sized("Holder id", Style::Id, 28.0),
            sized("Holder", Style::Text, 48.0),
            sized("Class", Style::Text, 30.0),
            sized("Shares", Style::Shares, 24.0),
            sized("In", Style::Id, 30.0),
            sized("Gross", Style::Quantity, 24.0),
            sized("Withheld", Style::Quantity, 24.0),
            sized("Net", Style::Quantity, 24.0),
        ],
        rows,
        cells: &cells,
        totals: vec![total(5), total(6), total(7)],
    };
    table.write(book, &case.terms.company)
}

/// A pointer for readers of the front sheet.
pub(crate) fn shares_of_class(rows: &[PaymentRow], class: u16) -> Units {
    rows.iter().filter(|row| row.class == class && row.is_cash()).map(|row| i128::from(row.shares)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::xlsx::package;

    /// A holding with whatever a cell can hold.
    fn cells<'v>(row: &i128) -> [Val<'v>; 6] {
        const TEXTS: [&str; 8] =
            ["H1", "", " Ann & Bob <Trust> ", "_x0041_", "tab\there", "line\nbreak", "日本 é", "\u{1}\u{ffff}"];
        let text = TEXTS[usize::try_from(row % 8).unwrap()];
        [
            Val::text(text),
            Val::text("x".repeat(usize::try_from(row % 3 * 20_000).unwrap())),
            Val::Units(row * row * 1_000_003 - 500, 6),
            Val::Units(if row % 5 == 0 { i128::from(u64::MAX) } else { *row }, 2),
            if row % 2 == 0 { Val::Blank } else { Val::Count(7) },
            Val::Date(crate::model::calendar::day(1899 + i32::try_from(row % 150).unwrap(), 12, 31).unwrap()),
        ]
    }

    fn sheets(rows: &[i128], how: Rows) -> Vec<(String, String)> {
        let mut book = Book::new("Test", "Company", 2);
        let named = |name, style| Column { name, style, limit: 20.0 };
        let columns = [
            named("Id", Style::Id),
            named("Name", Style::Text),
            named("Shares", Style::Shares),
            named("Paid", Style::Money),
            named("Count", Style::Shares),
            named("Day", Style::Date),
        ];
        let totals =
            vec![Total { column: 3, decimals: 2, only: None }, Total { column: 2, decimals: 6, only: Some((0, "H1")) }];
        let table = Table { columns, rows, cells: &cells, totals };
        let mut grid = book.sheet("Before").unwrap();
        grid.title("Before", "and with looks of its own").unwrap();
        table.sheet(&mut book, "Holdings", "Company", rows, how).unwrap();
        table.sheet(&mut book, "Holdings 2", "Company", &rows[..1], how).unwrap();
        let parts = package::read(&book.finish().unwrap().concat()).unwrap();
        parts.iter().map(|p| (p.name.clone(), String::from_utf8(p.plain().unwrap()).unwrap())).collect()
    }

    #[test]
    fn a_sheet_in_pieces_is_the_sheet_that_is_written_row_by_row() {
        let rows: Vec<i128> = (0..700).collect();
        for ((name, ours), (other, theirs)) in
            sheets(&rows, Rows::InPieces).into_iter().zip(sheets(&rows, Rows::OneByOne))
        {
            assert_eq!(name, other);
            let differs = ours.bytes().zip(theirs.bytes()).position(|(a, b)| a != b);
            let around = |text: &str| {
                differs.map(|at| {
                    text.as_bytes()[at.saturating_sub(90)..]
                        .iter()
                        .take(180)
                        .map(|b| char::from(*b))
                        .collect::<String>()
                })
            };
            assert!(ours == theirs, "{name}: {:?}\n{:?}", around(&ours), around(&theirs));
        }
    }
}
