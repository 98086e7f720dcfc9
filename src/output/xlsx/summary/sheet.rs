//! A sheet filled from the top with tables, its columns as wide as their content.

use super::CellValue;
use crate::output::xlsx::row_height::{LINE_POINTS, characters, lines};
use crate::output::xlsx::style::{Style, Styles};
use rust_xlsxwriter::{
    Color, ConditionalFormat, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatFormula, Format,
    Worksheet, XlsxError,
};
use std::borrow::Cow;
use std::ops::Range;

/// A column of a table: its heading, how its cells look, and what each holds.
pub(crate) struct Column<'a, R> {
    pub name: Cow<'a, str>,
    pub style: Style,
    /// The widest it may be, in characters.
    pub widest: f64,
    pub value: Box<dyn Fn(&'a R) -> CellValue<'a> + Sync + 'a>,
}

/// A table: its rows, and a column for each thing that is said of them.
pub(crate) struct Table<'a, R> {
    pub rows: &'a [R],
    pub columns: Vec<Column<'a, R>>,
}

impl<'a, R> Table<'a, R> {
    /// A table of these rows, without columns yet.
    pub(crate) fn of(rows: &'a [R]) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// With a column whose width follows its content.
    pub(crate) fn column(
        self,
        name: impl Into<Cow<'a, str>>,
        style: Style,
        value: impl Fn(&'a R) -> CellValue<'a> + Sync + 'a,
    ) -> Self {
        self.wide(name, style, 44.0, value)
    }

    /// With a column of another greatest width.
    pub(crate) fn wide(
        mut self,
        name: impl Into<Cow<'a, str>>,
        style: Style,
        widest: f64,
        value: impl Fn(&'a R) -> CellValue<'a> + Sync + 'a,
    ) -> Self {
        self.columns.push(Column { name: name.into(), style, widest, value: Box::new(value) });
        self
    }

    /// Writes it, its headings first. Returns the rows of its content, from 0.
    pub(crate) fn write(&self, sheet: &mut Sheet) -> Result<Range<u32>, XlsxError> {
        let columns = &self.columns;
        for (at, column) in (0u16..).zip(columns) {
            let longest = column.name.split(' ').map(str::len).max().unwrap_or(0);
            sheet.note_width(at, longest.max(column.name.len().min(18)) + 1, column.widest);
        }
        sheet.headings(&self.headings())?;
        let start = sheet.row;
        let formats: Vec<Format> = columns.iter().map(|column| sheet.styles.format(column.style)).collect();
        let rows: Vec<Vec<CellValue>> =
            self.rows.iter().map(|row| columns.iter().map(|column| (column.value)(row)).collect()).collect();
        for cells in &rows {
            for (at, (value, column)) in (0u16..).zip(cells.iter().zip(columns)) {
                sheet.note_width(at, value.breadth(column.style), column.widest);
            }
        }
        for cells in &rows {
            for (at, (value, format)) in (0u16..).zip(cells.iter().zip(&formats)) {
                value.write(sheet.sheet, sheet.row, at, format)?;
            }
            if let Some(height) = self.height(cells, &sheet.widths) {
                sheet.sheet.set_row_height(sheet.row, height)?;
            }
            sheet.row += 1;
        }
        Ok(start..sheet.row)
    }

    pub(crate) fn headings(&self) -> Vec<(u16, u16, &str, Style)> {
        (0..).zip(&self.columns).map(|(at, column)| (at, at, column.name.as_ref(), column.style)).collect()
    }

    /// The height in points of a row with wrapped texts; none where one line is enough. Spreadsheets do not all fit rows to
    /// their texts by themselves.
    pub(crate) fn height(&self, cells: &[CellValue], widths: &[f64]) -> Option<f64> {
        let wrapped = cells.iter().zip(&self.columns).zip(widths).filter(|((_, column), _)| column.style.wraps());
        let most = wrapped.map(|((value, _), width)| value.lines(*width)).max();
        most.filter(|most| *most > 1).map(|most| f64::from(most) * LINE_POINTS)
    }
}

/// Columns of a sheet, from the first to the last, that are one cell: what it holds, and how it looks.
pub(crate) type Cell<'v> = (u16, u16, CellValue<'v>, Style);

/// A sheet being filled from the top.
pub(crate) struct Sheet<'a> {
    pub sheet: &'a mut Worksheet,
    styles: &'a Styles,
    pub row: u32,
    pub widths: Vec<f64>,
    /// The words of rows of headings, by column: the rows' height depends on the widths.
    headings: Vec<(u32, Vec<(usize, String)>)>,
    title: String,
    /// The heights of rows that are taller than others, in points.
    points: Vec<(u32, f64)>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(sheet: &'a mut Worksheet, styles: &'a Styles) -> Self {
        let (widths, headings, points) = (Vec::new(), Vec::new(), Vec::new());
        Self { sheet, styles, row: 0, widths, headings, title: String::new(), points }
    }

    pub(crate) fn title(&mut self, title: &str, subtitle: &str) -> Result<(), XlsxError> {
        let plain = |style| self.styles.format(style).unset_text_wrap();
        self.sheet.write_with_format(0, 0, title, &plain(Style::Title))?;
        self.sheet.set_row_height(0, 24)?;
        self.sheet.write_with_format(1, 0, subtitle, &plain(Style::Subtitle))?;
        self.row = 3;
        self.title = format!("{title}: {subtitle}");
        Ok(())
    }

    /// Breaks the title into lines where the columns do not take it in one.
    pub(crate) fn break_title(&mut self, title: &str) -> Result<(), XlsxError> {
        // It is in bold letters of sixteen points, and widths count those of ten.
        let lines = lines(title, characters(self.widths.iter().sum()) / 1.7);
        if lines > 1 {
            let (last, points) = (self.widths.len() - 1, 22.0 * f64::from(lines));
            let last = u16::try_from(last).expect("a sheet has few columns");
            self.sheet.merge_range(0, 0, 0, last, title, &self.styles.format(Style::Title))?;
            self.sheet.set_row_height(0, points)?;
            self.points.push((0, points));
        }
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

    /// Headings over columns of these styles.
    pub(crate) fn headings(&mut self, cells: &[(u16, u16, &str, Style)]) -> Result<(), XlsxError> {
        let single = cells.iter().filter(|(first, last, ..)| first == last);
        self.headings.push((self.row, single.map(|(at, _, name, _)| (usize::from(*at), (*name).to_owned())).collect()));
        let heading = |&(first, last, name, style)| (first, last, CellValue::text(name), Style::heading(style));
        self.cells(&cells.iter().map(heading).collect::<Vec<Cell>>())
    }

    /// A row of cells, merged where they take several columns.
    pub(crate) fn cells(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        for (first, last, value, style) in cells {
            let format = self.styles.format(*style);
            if first != last {
                self.sheet.merge_range(self.row, *first, self.row, *last, "", &format)?;
            }
            value.write(self.sheet, self.row, *first, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// The same, as tall as its texts take at the widths that are set.
    pub(crate) fn tall_cells(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let width = |first: u16, last: u16| self.widths[usize::from(first)..=usize::from(last)].iter().sum();
        let lines = cells.iter().map(|(first, last, value, _)| value.lines(width(*first, *last))).max();
        self.set_lines(lines.unwrap_or(1))?;
        self.cells(cells)
    }

    /// Makes the row as high as so many lines.
    pub(crate) fn set_lines(&mut self, lines: u32) -> Result<(), XlsxError> {
        if lines > 1 {
            let points = f64::from(lines) * LINE_POINTS;
            self.sheet.set_row_height(self.row, points)?;
            self.points.push((self.row, points));
        }
        Ok(())
    }

    /// How tall rows are together, in points.
    pub(crate) fn points(&self, rows: &Range<u32>) -> f64 {
        let taller = self.points.iter().filter(|(row, _)| rows.contains(row)).map(|(_, points)| points - ROW_POINTS);
        f64::from(rows.end - rows.start) * ROW_POINTS + taller.sum::<f64>()
    }

    /// Colours cells of some rows and columns, from the first to the last, by a rule.
    pub(crate) fn highlight(
        &mut self,
        rows: &Range<u32>,
        (first, last): (u16, u16),
        rule: &(impl ConditionalFormat + Send + Sync),
    ) -> Result<(), XlsxError> {
        if !rows.is_empty() {
            self.sheet.add_conditional_format(rows.start, first, rows.end - 1, last, rule)?;
        }
        Ok(())
    }

    pub(crate) fn format(&self, style: Style) -> Format {
        self.styles.format(style)
    }

    /// Takes care that a column is wide enough.
    fn note_width(&mut self, column: u16, characters: usize, widest: f64) {
        let at = usize::from(column);
        if self.widths.len() <= at {
            self.widths.resize(at + 1, 8.0);
        }
        self.widths[at] = self.widths[at].max((of_usize(characters) * 1.02 + 2.5).min(widest));
    }

    pub(crate) fn finish(mut self) -> Result<(), XlsxError> {
        self.fit_pages()?;
        for (at, width) in (0u16..).zip(&self.widths) {
            self.sheet.set_column_width(at, *width)?;
        }
        self.fit_headings()
    }

    /// Makes the rows of headings as high as their words take at the widths that are known now.
    pub(crate) fn fit_headings(&mut self) -> Result<(), XlsxError> {
        for (row, names) in std::mem::take(&mut self.headings) {
            // Bold letters are wider.
            let lines = |(at, name): &(usize, String)| Some(lines(name, characters(*self.widths.get(*at)?) / 1.05));
            let most = names.iter().filter_map(lines).max().unwrap_or(1);
            self.sheet.set_row_height(row, f64::from(most) * 14.25)?;
        }
        Ok(())
    }

    /// Prints the columns on as many pages side by side as it takes to be read, the first column on each. A title beside a
    /// repeated column would be cut: then it stands above each page, and the rows below it are printed.
    fn fit_pages(&mut self) -> Result<(), XlsxError> {
        // What a page of Letter, on its side, takes with letters of ten points printed at no less than eight.
        const PAGE: f64 = 162.0;
        // A header takes 255 characters.
        const MOST: usize = 200;
        let (total, mut pages) = (self.widths.iter().sum::<f64>(), 1u16);
        while total > PAGE * f64::from(pages) {
            pages += 1;
        }
        if pages > 1 {
            self.sheet.set_print_fit_to_pages(pages, 0).set_repeat_columns(0, 0)?;
            let title: String = self.title.chars().take(MOST).collect::<String>().replace('&', "&&");
            self.sheet.set_header(format!("&L{title}")).set_margins(0.5, 0.5, 0.75, 0.6, 0.3, 0.3);
            let last = u16::try_from(self.widths.len()).expect("a sheet has few columns") - 1;
            self.sheet.set_print_area(3, 0, self.row.max(4) - 1, last)?;
        }
        Ok(())
    }
}

pub(crate) fn of_usize(characters: usize) -> f64 {
    f64::from(u32::try_from(characters).unwrap_or(u32::MAX))
}

pub(crate) fn if_figure(rule: ConditionalFormatCellRule<f64>, color: Color) -> ConditionalFormatCell {
    ConditionalFormatCell::new().set_rule(rule).set_format(Format::new().set_background_color(color))
}

/// A rule that colours what a formula says.
pub(crate) fn if_formula(formula: &str, color: Color) -> ConditionalFormatFormula {
    ConditionalFormatFormula::new().set_rule(formula).set_format(Format::new().set_background_color(color))
}

/// The height of a row that has none of its own.
const ROW_POINTS: f64 = 15.0;
