//! A workbook of tables: what a cell holds, and how a table is put on a sheet.

use super::large::Large;
use crate::model::calendar::{Date, iso};
use crate::quantity::{Ratio, Units};
use crate::report::xlsx::package;
use crate::report::xlsx::statement::layout::lines;
use crate::report::xlsx::style::{Style, Styles, properties};
use crate::report::xlsx::value::{Figure, grouped, money, number, serial};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};
use std::borrow::Cow;

/// What a cell of a table holds.
#[derive(Clone, Debug)]
pub enum Val<'a> {
    /// Nothing.
    Blank,
    /// A text.
    Text(Cow<'a, str>),
    /// Cash, shares, a quantity: `0` / 10^`1`.
    Units(Units, u32),
    /// An exact value, shown to 15 digits.
    Exact(&'a Ratio),
    /// A whole number.
    Count(u64),
    /// A date.
    Date(Date),
    /// A formula, with the figure it gives.
    Live(String, Units, u32),
    /// A formula, with the text it gives.
    LiveText(String, String),
}

impl<'a> Val<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// About how many characters it shows.
    pub fn breadth(&self) -> usize {
        match self {
            Self::Blank => 0,
            Self::Text(text) => text.split('\n').map(breadth).max().unwrap_or(0),
            Self::LiveText(_, text) => breadth(text),
            Self::Units(units, decimals) | Self::Live(_, units, decimals) => money_breadth(*units, *decimals),
            Self::Exact(value) => number(value, 12).len(),
            Self::Count(n) => grouped(&n.to_string()).len(),
            Self::Date(_) => 10,
        }
    }
}

/// The length of [`money`], which is asked of every figure of a large sheet.
fn money_breadth(units: Units, decimals: u32) -> usize {
    let digits = units.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
    let whole = digits.saturating_sub(decimals).max(1);
    let point = if decimals == 0 { 0 } else { decimals + 1 };
    (u32::from(units < 0) + whole + (whole - 1) / 3 + point) as usize
}

/// About how many digits wide a text is; letters of the Far East take two.
fn breadth(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// How its cells look.
    pub style: Style,
    /// The widest it may be, in characters.
    pub limit: f64,
}

/// A column whose width follows its content.
#[must_use]
pub const fn column(name: &'static str, style: Style) -> Column {
    Column { name, style, limit: 44.0 }
}

impl Column {
    /// Whether its cells hold numbers, which stand to the right.
    #[must_use]
    pub fn is_number(&self) -> bool {
        use Style::{Money, PerShare, PerShareAligned, Quantity, Shares, Total};
        matches!(self.style, Money | PerShare | PerShareAligned | Quantity | Shares | Total)
    }
}

/// A workbook being made.
pub struct Book {
    /// The workbook.
    pub workbook: Workbook,
    /// Its looks.
    pub styles: Styles,
    /// Sheets whose rows are put in at the end.
    pub large: Vec<Large>,
    /// Formats by the number that cells have for them; 0 is the default.
    numbered: Vec<Format>,
}

impl Book {
    /// An empty one, with the same document properties whenever it is made.
    #[must_use]
    pub fn new(title: &str, company: &str, currency_decimals: u32) -> Self {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(title, company));
        Self { workbook, styles: Styles::new(currency_decimals), large: Vec::new(), numbered: vec![Format::new()] }
    }

    /// The number that the workbook gives a format; all that have one get it here.
    pub fn number(&mut self, format: &Format) -> u32 {
        let at = self.numbered.iter().position(|known| known == format).unwrap_or_else(|| {
            self.workbook.register_format(format);
            self.numbered.push(format.clone());
            self.numbered.len() - 1
        });
        u32::try_from(at).unwrap_or(0)
    }

    /// A sheet that prints on pages one sheet wide.
    ///
    /// # Errors
    /// Where the name is taken, which it is not.
    pub fn sheet(&mut self, name: &str) -> Result<Grid<'_>, XlsxError> {
        let sheet = self.workbook.add_worksheet();
        prepare(sheet, name)?;
        Ok(Grid { sheet, styles: &self.styles, row: 0, widths: Vec::new(), headings: Vec::new() })
    }

    /// The bytes of the file, in pieces that stand one after the other.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn finish(mut self) -> std::io::Result<Vec<Vec<u8>>> {
        let bytes = self.workbook.save_to_buffer().map_err(std::io::Error::other)?;
        if self.large.is_empty() {
            return Ok(vec![bytes]);
        }
        let mut writer = package::Writer::default();
        for part in package::read(&bytes)? {
            let is_of = |large: &Large| part.name == format!("xl/worksheets/sheet{}.xml", large.sheet + 1);
            match self.large.iter().position(is_of) {
                Some(at) => writer.stretches(&part.name, self.large.swap_remove(at).into_stretches(&part)?)?,
                None => writer.copy(&part),
            }
        }
        Ok(writer.finish_in_pieces())
    }
}

/// Name, page and footer of a sheet.
///
/// # Errors
/// Where the name is taken.
pub fn prepare(sheet: &mut Worksheet, name: &str) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_screen_gridlines(false).set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3).set_footer("&L&F&C&A&RPage &P of &N");
    Ok(())
}

/// A sheet being filled from the top.
pub struct Grid<'a> {
    /// The sheet.
    pub sheet: &'a mut Worksheet,
    styles: &'a Styles,
    /// The next free row.
    pub row: u32,
    widths: Vec<f64>,
    /// Rows of headings, whose height depends on the widths.
    headings: Vec<(u32, Vec<&'static str>)>,
}

impl Grid<'_> {
    /// The sheet's title, and what it is about.
    ///
    /// # Errors
    /// Excel's limits.
    pub fn title(&mut self, title: &str, subtitle: &str) -> Result<(), XlsxError> {
        let plain = |style| self.styles.format(style).unset_text_wrap();
        self.sheet.write_with_format(0, 0, title, &plain(Style::Title))?;
        self.sheet.set_row_height(0, 24)?;
        self.sheet.write_with_format(1, 0, subtitle, &plain(Style::Subtitle))?;
        self.row = 3;
        Ok(())
    }

    /// A heading across some columns.
    ///
    /// # Errors
    /// Excel's limits.
    pub fn section(&mut self, text: &str, columns: u16) -> Result<(), XlsxError> {
        let format = self.styles.format(Style::Section);
        self.sheet.write_with_format(self.row, 0, text, &format)?;
        for column in 1..columns {
            self.sheet.write_blank(self.row, column, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A table, its headings first. Returns the rows of its content, from 0.
    ///
    /// # Errors
    /// Excel's limits.
    pub fn table<'v>(
        &mut self,
        columns: &[Column],
        rows: impl IntoIterator<Item = Vec<Val<'v>>>,
    ) -> Result<std::ops::Range<u32>, XlsxError> {
        self.headings(columns)?;
        let start = self.row;
        let formats: Vec<Format> = columns.iter().map(|c| self.styles.format(c.style)).collect();
        let rows: Vec<Vec<Val>> = rows.into_iter().collect();
        for values in &rows {
            for (at, (value, column)) in (0u16..).zip(values.iter().zip(columns)) {
                self.note_width(at, value.breadth(), column.limit);
            }
        }
        for values in &rows {
            for (at, (value, format)) in (0u16..).zip(values.iter().zip(&formats)) {
                put(self.sheet, self.row, at, value, format)?;
            }
            let widths = self.widths.iter().copied();
            if let Some(height) = height(values.iter().zip(columns).zip(widths).map(|((v, c), w)| (v, c.style, w))) {
                self.sheet.set_row_height(self.row, height)?;
            }
            self.row += 1;
        }
        Ok(start..self.row)
    }

    /// A table's headings.
    ///
    /// # Errors
    /// Excel's limits.
    pub fn headings(&mut self, columns: &[Column]) -> Result<(), XlsxError> {
        for (at, column) in (0u16..).zip(columns) {
            let style = if column.is_number() { Style::HeadingRight } else { Style::Heading };
            self.sheet.write_with_format(self.row, at, column.name, &self.styles.format(style))?;
            let longest = column.name.split(' ').map(str::len).max().unwrap_or(0);
            self.note_width(at, longest.max(column.name.len().min(18)) + 1, column.limit);
        }
        self.headings.push((self.row, columns.iter().map(|column| column.name).collect()));
        self.row += 1;
        Ok(())
    }

    /// One value.
    ///
    /// # Errors
    /// Excel's limits.
    pub fn put(&mut self, column: u16, value: &Val, style: Style) -> Result<(), XlsxError> {
        put(self.sheet, self.row, column, value, &self.styles.format(style))
    }

    /// One value in a row of its own choice.
    ///
    /// # Errors
    /// Excel's limits.
    pub fn put_at(&mut self, row: u32, column: u16, value: &Val, style: Style) -> Result<(), XlsxError> {
        put(self.sheet, row, column, value, &self.styles.format(style))
    }

    /// A text over several columns.
    ///
    /// # Errors
    /// Excel's limits.
    pub fn merge(&mut self, first: u16, last: u16, text: &str, style: Style) -> Result<(), XlsxError> {
        self.sheet.merge_range(self.row, first, self.row, last, limited(text), &self.styles.format(style))?;
        Ok(())
    }

    /// Takes care that a column is wide enough.
    pub fn note_width(&mut self, column: u16, characters: usize, limit: f64) {
        let at = usize::from(column);
        if self.widths.len() <= at {
            self.widths.resize(at + 1, 8.0);
        }
        let wanted = f64::from(u32::try_from(characters).unwrap_or(u32::MAX)) * 1.02 + 2.5;
        if let Some(width) = self.widths.get_mut(at) {
            *width = width.max(wanted.min(limit));
        }
    }

    /// Sets the columns' widths.
    ///
    /// # Errors
    /// Excel's limits.
    pub fn finish(self) -> Result<(), XlsxError> {
        for (at, width) in (0u16..).zip(&self.widths) {
            self.sheet.set_column_width(at, *width)?;
        }
        for (row, names) in &self.headings {
            // Bold letters are wider.
            let lines = |(name, width): (&&str, &f64)| lines(name, characters(*width) / 1.05);
            let most = names.iter().zip(&self.widths).map(lines).max().unwrap_or(1);
            self.sheet.set_row_height(*row, f64::from(most) * 14.25)?;
        }
        Ok(())
    }
}

/// Writes a value; a figure of more than 15 digits as a text.
///
/// # Errors
/// Excel's limits.
pub fn put(sheet: &mut Worksheet, row: u32, column: u16, value: &Val, format: &Format) -> Result<(), XlsxError> {
    match value {
        Val::Blank => sheet.write_blank(row, column, format)?,
        Val::Text(text) => sheet.write_string_with_format(row, column, limited(text), format)?,
        Val::Units(units, decimals) => match Figure::new(*units, *decimals) {
            Some(figure) => sheet.write_number_with_format(row, column, figure.to_f64(), format)?,
            None => sheet.write_string_with_format(row, column, money(*units, *decimals), format)?,
        },
        Val::Exact(ratio) => match Figure::nearest(ratio) {
            Some(figure) => sheet.write_number_with_format(row, column, figure.to_f64(), format)?,
            None => sheet.write_string_with_format(row, column, number(ratio, 12), format)?,
        },
        Val::Count(n) => match Figure::new(i128::from(*n), 0) {
            Some(figure) => sheet.write_number_with_format(row, column, figure.to_f64(), format)?,
            None => sheet.write_string_with_format(row, column, n.to_string(), format)?,
        },
        Val::Date(date) => match serial(*date) {
            Some(serial) => sheet.write_number_with_format(row, column, f64::from(serial), format)?,
            None => sheet.write_string_with_format(row, column, iso(*date), format)?,
        },
        Val::Live(formula, units, decimals) => match Figure::new(*units, *decimals) {
            Some(figure) => {
                let formula = Formula::new(formula).set_result(figure.to_string());
                sheet.write_formula_with_format(row, column, formula, format)?
            }
            None => sheet.write_string_with_format(row, column, money(*units, *decimals), format)?,
        },
        Val::LiveText(formula, text) => {
            sheet.write_formula_with_format(row, column, Formula::new(formula).set_result(text), format)?
        }
    };
    Ok(())
}

/// The height in points of a row with wrapped texts; none where one line is enough. Spreadsheets do not all fit rows to
/// their texts by themselves.
pub fn height<'v>(cells: impl Iterator<Item = (&'v Val<'v>, Style, f64)>) -> Option<f64> {
    let most = cells.filter(|(_, style, _)| style.wraps()).map(|(value, _, width)| match value {
        Val::Text(text) => lines(text, characters(width)),
        _ => 1,
    });
    most.max().filter(|most| *most > 1).map(|most| f64::from(most) * LINE_POINTS)
}

/// How many characters of a table's text a column of that width takes: widths are counted in a larger font, and there are
/// margins and an indent.
#[must_use]
pub fn characters(width: f64) -> f64 {
    (width - 2.0) * 1.1
}

/// The height of a line of text in a table.
pub const LINE_POINTS: f64 = 13.5;

/// A text within Excel's limit of 32,767 characters.
#[must_use]
pub fn limited(text: &str) -> &str {
    const LIMIT: usize = 32_000;
    if text.len() <= LIMIT {
        return text;
    }
    text.char_indices().nth(LIMIT).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

/// A cell's address, from 0.
#[must_use]
pub fn address(row: u32, column: u16) -> String {
    format!("{}{}", letters(column), row + 1)
}

/// A column's letters, from 0.
#[must_use]
pub fn letters(column: u16) -> String {
    rust_xlsxwriter::utility::column_number_to_name(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breadth_of_a_sum_is_its_length() {
        for units in [0, 1, 9, 10, 99, 100, 999, 1_000, 99_999, 100_000, 123_456_789, i128::MAX] {
            for decimals in [0, 2, 3, 6] {
                for units in [units, -units] {
                    assert_eq!(money_breadth(units, decimals), money(units, decimals).len(), "{units} {decimals}");
                }
            }
        }
    }
}
