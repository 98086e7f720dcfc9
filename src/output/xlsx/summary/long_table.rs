//! A table that may have very many rows: frozen headings that repeat on every page, its totals above them, and below them
//! the totals by class.

use super::parallel_rows::{LARGE, ParallelRows};
use super::sheet::{if_formula, of_usize};
use super::workbook::prepare;
use super::{CellValue, Sheet, Summary, Table};
use crate::model::Case;
use crate::output::xlsx::ieee;
use crate::output::xlsx::style::{AMBER, PALE, Style};
use crate::output::xlsx::value::Figure;
use crate::quantity::SHARE_DECIMALS;
use crate::spreadsheet::a1;
use rayon::prelude::*;
use rust_xlsxwriter::{Format, XlsxError};
use std::ops::Range;

/// Rows above the content: a title, what it is about, the totals, the headings.
pub(super) const ABOVE: u32 = 5;
/// The column of the class, in a table that has totals.
pub(super) const CLASS: u16 = 2;

pub(crate) struct LongTable<'a, R> {
    pub table: Table<'a, R>,
    pub totals: Vec<Total<'a>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Total<'a> {
    pub column: u16,
    pub decimals: u32,
    /// Only of rows that have these texts in those columns.
    pub only: Vec<(u16, &'a str)>,
}

/// The total of a column's shares, in millionths.
pub(crate) fn total_of_shares<'a>(column: u16) -> Total<'a> {
    Total { column, decimals: SHARE_DECIMALS, only: Vec::new() }
}

/// The rows in which the content stands, from 0.
pub(super) fn content(rows: usize) -> Range<u32> {
    ABOVE..ABOVE + u32::try_from(rows).expect("a sheet has fewer than 2^32 rows")
}

/// A formula that sums a column's rows on a sheet; those that have these texts in these columns.
pub(super) fn sum_of(sheet: &str, rows: &Range<u32>, column: u16, only: &[(u16, &str)]) -> Option<String> {
    let range = |column: u16| {
        let column = a1::letters(column.into());
        format!("{sheet}{column}{}:{column}{}", rows.start + 1, rows.end)
    };
    let mut sum = format!("SUMIFS({}", range(column));
    for (key, text) in only {
        sum.extend([",", &range(*key), ",", &criterion(text)?]);
    }
    Some(if only.is_empty() { format!("SUM({})", range(column)) } else { sum + ")" })
}

/// A text as a criterion that matches it and nothing else; none where it has signs that mean something there.
fn criterion(text: &str) -> Option<String> {
    let plain = !text.contains(['*', '?', '~', '"']) && !text.starts_with(['<', '>', '=']) && text.len() < 200;
    (plain && !text.is_empty()).then(|| format!("\"{text}\""))
}

impl<'a, R: Sync> LongTable<'a, R> {
    /// Writes some of its rows on a sheet of this name, under what the sheet is about: very many in pieces, once everything
    /// around them is made.
    pub(crate) fn write<'s>(
        &'s self,
        summary: &mut Summary<'s>,
        name: &str,
        about: &str,
        rows: &'a [R],
    ) -> Result<(), XlsxError> {
        let (columns, content) = (&self.table.columns, content(rows.len()));
        let formats: Vec<Format> = columns.iter().map(|column| summary.styles.format(column.style)).collect();
        let index = summary.workbook.worksheets().len();
        let in_parallel = rows.len() > LARGE;
        let numbers: Vec<usize> = formats.iter().filter(|_| in_parallel).map(|format| summary.number(format)).collect();
        summary.parallel.extend(in_parallel.then(|| ParallelRows::new(index, ABOVE, rows, &numbers, columns)));
        let totals = self.totals(&[], rows);
        let worksheet = if in_parallel {
            summary.workbook.add_worksheet_with_constant_memory()?
        } else {
            summary.workbook.add_worksheet()
        };
        prepare(worksheet, name, summary.case.terms.locale)?;
        let mut sheet = Sheet::new(worksheet, &summary.styles);
        sheet.title(&summary.case.terms.company, about)?;
        sheet.widths = self.widths(rows, &totals);
        if !totals.is_empty() {
            sheet.row = ABOVE - 2;
            self.total_row(&mut sheet, "", &totals)?;
        }
        sheet.row = ABOVE - 1;
        sheet.headings(&self.table.headings())?;
        sheet.fit_headings()?;
        sheet.sheet.set_freeze_panes(ABOVE, 1)?.set_repeat_rows(ABOVE - 1, ABOVE - 1)?;
        let last_column = u16::try_from(columns.len()).expect("a table has few columns") - 1;
        if !totals.is_empty() {
            sheet.sheet.autofilter(ABOVE - 1, 0, content.end.max(ABOVE + 1) - 1, last_column)?;
        }
        if let Some((at, _)) = (0u32..).zip(columns).find(|(_, column)| column.name == "Held") {
            let rule = format!("=${}{}<>\"\"", a1::letters(at), ABOVE + 1);
            sheet.highlight(&content, (0, last_column), &if_formula(&rule, AMBER))?;
        }
        // Of a sheet whose rows are put in at the end, the last is written to make everything around them.
        let above = if in_parallel { rows.len() - 1 } else { 0 };
        for (row, item) in content.clone().zip(rows).skip(above) {
            let cells: Vec<CellValue> = columns.iter().map(|column| (column.value)(item)).collect();
            // Rows of the largest sheets are all of one height.
            if let Some(height) = self.table.height(&cells, &sheet.widths).filter(|_| !in_parallel) {
                sheet.sheet.set_row_height(row, height)?;
            }
            for (at, (value, format)) in (0u16..).zip(cells.iter().zip(&formats)) {
                value.write(sheet.sheet, row, at, format)?;
            }
        }
        sheet.row = content.end;
        if !in_parallel && !totals.is_empty() {
            self.totals_by_class(&mut sheet, summary.case, rows)?;
        }
        sheet.finish()
    }

    /// Totals by class, below the rows, where there are several classes.
    fn totals_by_class(&self, sheet: &mut Sheet, case: &Case, rows: &'a [R]) -> Result<(), XlsxError> {
        let class = &self.table.columns[usize::from(CLASS)].value;
        let has_rows = |name: &&str| rows.iter().any(|row| matches!(class(row), CellValue::Text(of) if of == *name));
        let classes: Vec<&str> = case.classes.iter().map(|(_, c)| c.name.as_str()).filter(has_rows).collect();
        for class in classes.iter().filter(|_| classes.len() > 1) {
            sheet.row += 1;
            self.total_row(sheet, class, &self.totals(&[(CLASS, class)], rows))?;
        }
        sheet.row += 1;
        Ok(())
    }

    /// The totals in this row; those of one class have its name beside them.
    fn total_row(&self, sheet: &mut Sheet, class: &str, values: &[CellValue]) -> Result<(), XlsxError> {
        let of = self.totals.iter().find_map(|total| total.only.first()).map(|(_, text)| format!("Total, {text}"));
        let of = CellValue::text(of.unwrap_or_else(|| "Total".to_owned()));
        of.write(sheet.sheet, sheet.row, 0, &sheet.format(Style::Label))?;
        for (total, value) in self.totals.iter().zip(values) {
            let style = self.table.columns[usize::from(total.column)].style;
            let format = sheet.format(style).set_bold().set_background_color(PALE);
            value.write(sheet.sheet, sheet.row, total.column, &format)?;
        }
        if class.is_empty() {
            return Ok(());
        }
        CellValue::text(class).write(sheet.sheet, sheet.row, CLASS, &sheet.format(Style::Text))
    }

    /// Column widths: what the rows need, up to the column's limit. A heading goes on in a new line between words.
    fn widths(&self, rows: &'a [R], totals: &[CellValue]) -> Vec<f64> {
        let of_heading = |name: &str| name.split(' ').map(str::len).max().unwrap_or(0).max(6) + 2;
        let headings = || self.table.columns.iter().map(|column| of_heading(&column.name)).collect::<Vec<usize>>();
        let widest = |mut most: Vec<usize>, row: &'a R| {
            for (most, column) in most.iter_mut().zip(&self.table.columns) {
                *most = (*most).max((column.value)(row).breadth(column.style));
            }
            most
        };
        let wider = |a: Vec<usize>, b: Vec<usize>| a.into_iter().zip(b).map(|(a, b)| a.max(b)).collect();
        let mut most = rows.par_iter().with_min_len(16_384).fold(headings, widest).reduce(headings, wider);
        for (total, value) in self.totals.iter().zip(totals) {
            let at = usize::from(total.column);
            most[at] = most[at].max(value.breadth(self.table.columns[at].style));
        }
        let width = |(most, column): (usize, &super::sheet::Column<R>)| (of_usize(most) + 2.5).min(column.widest);
        most.into_iter().zip(&self.table.columns).map(width).collect()
    }

    /// The totals of rows that have these texts too, as formulas where doubles give them, else as values.
    fn totals(&self, also: &[(u16, &str)], rows: &'a [R]) -> Vec<CellValue<'static>> {
        let content = content(rows.len());
        let total = |total: &Total| {
            let only = [&total.only[..], also].concat();
            let value = |column: u16, row: &'a R| (self.table.columns[usize::from(column)].value)(row);
            let (mut units, mut double) = (0i128, 0.0f64);
            for row in rows {
                let is_text =
                    |(key, text): &(u16, &str)| matches!(value(*key, row), CellValue::Text(found) if found == *text);
                if only.iter().all(is_text)
                    && let Some((figure, decimals)) = value(total.column, row).figure()
                {
                    units += figure;
                    double += Figure::new(figure, decimals).map_or(f64::NAN, Figure::to_f64);
                }
            }
            let is_live = Figure::new(units, total.decimals)
                .is_some_and(|f| ieee::round(double, total.decimals).is_some_and(|d| ieee::same(d, f.to_f64())));
            let sum = sum_of("", &content, total.column, &only).filter(|_| is_live && !rows.is_empty());
            let formula = sum.map(|sum| format!("ROUND({sum},{})", total.decimals));
            CellValue::computed(formula, units, total.decimals)
        };
        self.totals.par_iter().map(total).collect()
    }
}
