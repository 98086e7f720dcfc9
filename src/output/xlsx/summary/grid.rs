//! A sheet filled from the top with tables, its columns as wide as their content.

use super::cell::{Val, put};
use crate::output::xlsx::row_height::lines;
use crate::output::xlsx::style::{Style, Styles};
use crate::output::xlsx::value::limited;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its heading.
    pub name: &'static str,
    /// How its cells look.
    pub style: Style,
    /// The widest it may be, in characters.
    pub limit: f64,
}

/// A column whose width follows its content.
pub(crate) const fn column(name: &'static str, style: Style) -> Column {
    Column { name, style, limit: 44.0 }
}

impl Column {
    /// Whether its cells hold numbers, which stand to the right.
    pub(crate) fn is_number(&self) -> bool {
        use Style::{Money, PerShare, PerShareAligned, Quantity, Shares};
        matches!(self.style, Money | PerShare | PerShareAligned | Quantity | Shares)
    }
}

/// A sheet being filled from the top.
pub(crate) struct Grid<'a> {
    /// The sheet.
    pub sheet: &'a mut Worksheet,
    styles: &'a Styles,
    /// The next free row.
    pub row: u32,
    widths: Vec<f64>,
    /// Rows of headings, whose height depends on the widths.
    headings: Vec<(u32, Vec<&'static str>)>,
}

impl<'a> Grid<'a> {
    /// An empty sheet's.
    pub(crate) fn new(sheet: &'a mut Worksheet, styles: &'a Styles) -> Self {
        Self { sheet, styles, row: 0, widths: Vec::new(), headings: Vec::new() }
    }

    /// The sheet's title, and what it is about.
    pub(crate) fn title(&mut self, title: &str, subtitle: &str) -> Result<(), XlsxError> {
        let plain = |style| self.styles.format(style).unset_text_wrap();
        self.sheet.write_with_format(0, 0, title, &plain(Style::Title))?;
        self.sheet.set_row_height(0, 24)?;
        self.sheet.write_with_format(1, 0, subtitle, &plain(Style::Subtitle))?;
        self.row = 3;
        Ok(())
    }

    /// A heading across some columns.
    pub(crate) fn section(&mut self, text: &str, columns: u16) -> Result<(), XlsxError> {
        let format = self.styles.format(Style::Section);
        self.sheet.write_with_format(self.row, 0, text, &format)?;
        for column in 1..columns {
            self.sheet.write_blank(self.row, column, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A table, its headings first. Returns the rows of its content, from 0.
    pub(crate) fn table<'v>(
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
    pub(crate) fn headings(&mut self, columns: &[Column]) -> Result<(), XlsxError> {
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
    pub(crate) fn put(&mut self, column: u16, value: &Val, style: Style) -> Result<(), XlsxError> {
        put(self.sheet, self.row, column, value, &self.styles.format(style))
    }

    /// One value in a row of its own choice.
    pub(crate) fn put_at(&mut self, row: u32, column: u16, value: &Val, style: Style) -> Result<(), XlsxError> {
        put(self.sheet, row, column, value, &self.styles.format(style))
    }

    /// A text over several columns.
    pub(crate) fn merge(&mut self, first: u16, last: u16, text: &str, style: Style) -> Result<(), XlsxError> {
        self.sheet.merge_range(self.row, first, self.row, last, limited(text), &self.styles.format(style))?;
        Ok(())
    }

    /// Takes care that a column is wide enough.
    pub(crate) fn note_width(&mut self, column: u16, characters: usize, limit: f64) {
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
    pub(crate) fn finish(self) -> Result<(), XlsxError> {
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

/// The height in points of a row with wrapped texts; none where one line is enough. Spreadsheets do not all fit rows to
/// their texts by themselves.
pub(crate) fn height<'v>(cells: impl Iterator<Item = (&'v Val<'v>, Style, f64)>) -> Option<f64> {
    let most = cells.filter(|(_, style, _)| style.wraps()).map(|(value, _, width)| match value {
        Val::Text(text) => lines(text, characters(width)),
        _ => 1,
    });
    most.max().filter(|most| *most > 1).map(|most| f64::from(most) * LINE_POINTS)
}

/// How many characters of a table's text a column of that width takes: widths are counted in a larger font, and there are
/// margins and an indent.
pub(crate) fn characters(width: f64) -> f64 {
    (width - 2.0) * 1.1
}

/// The height of a line of text in a table.
pub(crate) const LINE_POINTS: f64 = 13.5;
