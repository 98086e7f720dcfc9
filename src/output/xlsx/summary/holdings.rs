//! Every holding, on as many sheets as it takes.

use super::cell_value::CellValue;
use super::parallel_rows::{LARGE, ParallelRows};
use super::sheet::{Table, fit, height, if_formula, of_usize};
use super::workbook::{Summary, prepare};
use crate::model::Case;
use crate::model::class::ClassIx;
use crate::model::register::HolderIx;
use crate::outcome::PaymentRow;
use crate::output::instructions::{Paid, Status, carried_in};
use crate::output::xlsx::ieee;
use crate::output::xlsx::style::{AMBER, PALE, Style};
use crate::output::xlsx::value::Figure;
use crate::quantity::{SHARE_DECIMALS, Units};
use crate::spreadsheet::a1;
use crate::text::natural;
use rayon::prelude::*;
use rust_xlsxwriter::{Format, XlsxError};
use std::ops::Range;

/// Rows above the holdings: a title, what it is about, the totals, the headings.
const ABOVE: u32 = 5;
/// How many holdings a sheet takes.
const ROWS_PER_SHEET: usize = a1::ROWS as usize - ABOVE as usize;
/// Over so many sheets, the workbook points to `distribution.csv` instead.
const MOST_SHEETS: usize = 3;

/// How a sheet's rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// As every other sheet's.
    Held,
    /// One by one, as soon as they are there.
    #[cfg(test)]
    OneByOne,
    /// In pieces, once everything around them is made.
    InParallel,
}

pub(crate) struct Holdings<'a, R> {
    pub table: Table<'a, R>,
    pub totals: Vec<Total<'a>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Total<'a> {
    pub column: u16,
    pub decimals: u32,
    /// Only of rows that have this text in that column.
    pub only: Option<(u16, &'a str)>,
}

/// The total of a column's shares, in millionths.
pub(crate) fn total_of_shares<'a>(column: u16) -> Total<'a> {
    Total { column, decimals: SHARE_DECIMALS, only: None }
}

/// Where holdings stand: sheet by sheet, the rows from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages(Vec<(String, Range<u32>)>);

impl Pages {
    pub(crate) fn of(rows: usize) -> Self {
        if rows > ROWS_PER_SHEET * MOST_SHEETS {
            return Self::default();
        }
        let sheets = (0..rows.div_ceil(ROWS_PER_SHEET)).map(|at| {
            let count = (rows - at * ROWS_PER_SHEET).min(ROWS_PER_SHEET);
            (Self::name(at), content(count))
        });
        Self(sheets.collect())
    }

    fn name(at: usize) -> String {
        if at == 0 { "Holdings".to_owned() } else { format!("Holdings {}", at + 1) }
    }

    /// A formula (without `=`) that sums a column over all sheets, rounded; over the rows that have these texts in
    /// these columns. None where there are no sheets, or a text cannot be looked for.
    pub(crate) fn sum(&self, column: u16, only: &[(u16, &str)], decimals: u32) -> Option<String> {
        let mut sums = Vec::new();
        for (sheet, rows) in &self.0 {
            let range = |column: u16| {
                let column = a1::letters(column.into());
                format!("'{sheet}'!{column}{}:{column}{}", rows.start + 1, rows.end)
            };
            let mut sum = format!("SUMIFS({}", range(column));
            for (key, text) in only {
                sum.extend([",", &range(*key), ",", &criterion(text)?]);
            }
            sums.push(if only.is_empty() { format!("SUM({})", range(column)) } else { sum + ")" });
        }
        (!sums.is_empty()).then(|| format!("ROUND({},{decimals})", sums.join("+")))
    }

    /// The sum of a column, as a formula where that is possible, and what it gives.
    pub(crate) fn total(&self, column: u16, only: &[(u16, &str)], units: Units, decimals: u32) -> CellValue<'static> {
        CellValue::computed(self.sum(column, only, decimals), units, decimals)
    }
}

/// The rows in which so many holdings stand, from 0.
fn content(rows: usize) -> Range<u32> {
    ABOVE..ABOVE + u32::try_from(rows).expect("a sheet has fewer than 2^32 rows")
}

/// A text as a criterion that matches it and nothing else; none where it has signs that mean something there.
fn criterion(text: &str) -> Option<String> {
    let plain = !text.contains(['*', '?', '~', '"']) && !text.starts_with(['<', '>', '=']) && text.len() < 200;
    (plain && !text.is_empty()).then(|| format!("\"{text}\""))
}

impl<'a, R: Sync> Holdings<'a, R> {
    pub(crate) fn write(&self, summary: &mut Summary, company: &str) -> Result<(), XlsxError> {
        if self.table.rows.len() > ROWS_PER_SHEET * MOST_SHEETS {
            let mut sheet = summary.sheet("Holdings")?;
            sheet
                .title(company, &format!("{} rows are more than {MOST_SHEETS} sheets hold.", self.table.rows.len()))?;
            let pointer = CellValue::text("Every holding is in distribution.csv, beside this workbook.");
            return sheet.put(0, &pointer, Style::Label);
        }
        for (at, rows) in self.table.rows.chunks(ROWS_PER_SHEET).enumerate() {
            let writing = if rows.len() > LARGE { Writing::InParallel } else { Writing::Held };
            self.sheet(summary, &Pages::name(at), company, rows, writing)?;
        }
        Ok(())
    }

    fn sheet(
        &self,
        summary: &mut Summary,
        name: &str,
        company: &str,
        rows: &'a [R],
        writing: Writing,
    ) -> Result<(), XlsxError> {
        let content = content(rows.len());
        let styles = summary.styles.clone();
        let formats: Vec<Format> = self.table.columns.iter().map(|column| styles.format(column.style)).collect();
        let index = summary.workbook.worksheets().len();
        let (is_held, in_parallel) = (writing == Writing::Held, writing == Writing::InParallel);
        let numbers: Vec<usize> = formats.iter().filter(|_| !is_held).map(|format| summary.number(format)).collect();
        let render =
            || in_parallel.then(|| ParallelRows::new(index, ABOVE, rows, &numbers, &self.table.columns)).transpose();
        let (parallel, totals) = rayon::join(render, || self.totals(rows, &content));
        summary.parallel.extend(parallel?);
        let widths = self.widths(rows, &totals);
        let sheet = if is_held {
            summary.workbook.add_worksheet()
        } else {
            summary.workbook.add_worksheet_with_constant_memory()?
        };
        prepare(sheet, name)?;
        for (at, width) in (0u16..).zip(&widths) {
            sheet.set_column_width(at, *width)?;
        }
        fit(sheet, &widths)?;
        sheet.set_freeze_panes(ABOVE, 1)?;
        sheet.set_repeat_rows(ABOVE - 1, ABOVE - 1)?;
        let last_column = u16::try_from(self.table.columns.len()).expect("a table has few columns") - 1;
        sheet.autofilter(ABOVE - 1, 0, content.end.max(ABOVE + 1) - 1, last_column)?;
        sheet.set_row_height(0, 24)?;
        sheet.write_with_format(0, 0, company, &styles.format(Style::Title).unset_text_wrap())?;
        let count = format!("{name}: {} rows", rows.len());
        sheet.write_with_format(1, 0, count, &styles.format(Style::Subtitle).unset_text_wrap())?;
        sheet.write_with_format(3, 0, "Total", &styles.format(Style::Label))?;
        for (total, value) in self.totals.iter().zip(&totals) {
            let format = formats[usize::from(total.column)].clone().set_bold().set_background_color(PALE);
            value.write(sheet, 3, total.column, &format)?;
        }
        for (at, column) in (0u16..).zip(&self.table.columns) {
            sheet.write_with_format(ABOVE - 1, at, column.name, &styles.format(column.style.heading()))?;
        }
        if let Some((at, _)) = self.table.columns.iter().enumerate().find(|(_, column)| column.name == "Held") {
            let rule = format!("=${}{}<>\"\"", a1::letters(u32::try_from(at).expect("columns are few")), ABOVE + 1);
            let last = content.end.max(ABOVE + 1) - 1;
            sheet.add_conditional_format(ABOVE, 0, last, last_column, &if_formula(&rule, AMBER))?;
        }
        // Of a sheet whose rows are put in at the end, the first and the last are written to make everything around them.
        let last = rows.len().max(1) - 1;
        let written = |at: usize| !in_parallel || at == 0 || at == last;
        for (row, (_, item)) in (ABOVE..).zip(rows.iter().enumerate()).filter(|(_, (at, _))| written(*at)) {
            let cells: Vec<CellValue> = self.table.columns.iter().map(|column| (column.value)(item)).collect();
            let tall = cells.iter().zip(&self.table.columns).zip(&widths).map(|((v, c), w)| (v, c.style, *w));
            // Rows of the largest sheets are all of one height.
            if let Some(height) = height(tall).filter(|_| is_held) {
                sheet.set_row_height(row, height)?;
            }
            for (at, (value, format)) in (0u16..).zip(cells.iter().zip(&formats)) {
                value.write(sheet, row, at, format)?;
            }
        }
        Ok(())
    }

    /// Column widths: what the rows need, up to the column's limit.
    fn widths(&self, rows: &'a [R], totals: &[CellValue]) -> Vec<f64> {
        let headings = || self.table.columns.iter().map(|column| column.name.len() + 3).collect::<Vec<usize>>();
        let widest = |mut most: Vec<usize>, row: &'a R| {
            for (most, column) in most.iter_mut().zip(&self.table.columns) {
                *most = (*most).max((column.value)(row).breadth());
            }
            most
        };
        let wider = |a: Vec<usize>, b: Vec<usize>| a.into_iter().zip(b).map(|(a, b)| a.max(b)).collect();
        let mut most = rows.par_iter().with_min_len(16_384).fold(headings, widest).reduce(headings, wider);
        for (total, value) in self.totals.iter().zip(totals) {
            let most = &mut most[usize::from(total.column)];
            *most = (*most).max(value.breadth());
        }
        most.into_iter()
            .zip(&self.table.columns)
            .map(|(most, column)| (of_usize(most) + 2.5).min(column.widest))
            .collect()
    }

    /// The totals as formulas where doubles give them, else as values.
    fn totals(&self, rows: &'a [R], content: &Range<u32>) -> Vec<CellValue<'static>> {
        let range = |column: u16| {
            let column = a1::letters(column.into());
            format!("{column}{}:{column}{}", content.start + 1, content.end)
        };
        let total = |total: &Total| {
            let value = |column: u16, row: &'a R| (self.table.columns[usize::from(column)].value)(row);
            let (mut units, mut double) = (0i128, 0.0f64);
            for row in rows {
                let is_text = |(key, text)| matches!(value(key, row), CellValue::Text(found) if found == text);
                if total.only.is_none_or(is_text)
                    && let Some((figure, decimals)) = value(total.column, row).figure()
                {
                    units += figure;
                    double += Figure::new(figure, decimals).map_or(f64::NAN, Figure::to_f64);
                }
            }
            let is_live = Figure::new(units, total.decimals)
                .is_some_and(|f| ieee::round(double, total.decimals).is_some_and(|d| ieee::same(d, f.to_f64())));
            let sum = match total.only {
                None => Some(format!("SUM({})", range(total.column))),
                Some((key, text)) => {
                    criterion(text).map(|wanted| format!("SUMIF({},{wanted},{})", range(key), range(total.column)))
                }
            };
            let formula = sum.filter(|_| is_live && !rows.is_empty());
            let formula = formula.map(|sum| format!("ROUND({sum},{})", total.decimals));
            CellValue::computed(formula, units, total.decimals)
        };
        self.totals.iter().map(total).collect()
    }
}

/// Who holds shares, and of which class: the first columns of every table of holdings.
pub(crate) fn of_holders<'a, R>(
    case: &'a Case,
    rows: &'a [R],
    holding: impl Fn(&R) -> (HolderIx, ClassIx, u64) + Copy + Sync + 'a,
) -> Table<'a, R> {
    Table::of(rows)
        .wide("Holder id", Style::Id, 28.0, move |row| CellValue::text(case.register.id(holding(row).0)))
        .wide("Holder", Style::Text, 48.0, move |row| CellValue::text(case.register.name(holding(row).0)))
        .wide("Class", Style::Text, 30.0, move |row| CellValue::class(case, holding(row).1))
        .wide("Shares", Style::Shares, 24.0, move |row| CellValue::shares(holding(row).2))
}

/// A row of a run where its holder's id stands in natural order, and whether the holder's payment waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed<'a, R> {
    pub row: &'a R,
    status: Status,
}

/// A run's rows in natural order of their holders' ids: 2 before 10.
pub(crate) fn listed<'a, R: Paid>(case: &Case, rows: &'a [R]) -> Vec<Listed<'a, R>> {
    let mut listed = Vec::with_capacity(rows.len());
    for of_holder in rows.chunk_by(|a, b| a.holder() == b.holder()) {
        let holder = of_holder[0].holder();
        let cash: Units = of_holder.iter().filter_map(Paid::cash).sum();
        let status = Status::of(case, holder, cash + carried_in(case, holder));
        listed.extend(of_holder.iter().map(|row| Listed { row, status }));
    }
    let id = |listed: &Listed<R>| case.register.id(listed.row.holder());
    let order = |a: &Listed<R>, b: &Listed<R>| natural(id(a), id(b));
    if !listed.is_sorted_by(|a, b| order(a, b).is_le()) {
        listed.par_sort_by(order);
    }
    listed
}

impl<R> Listed<'_, R> {
    /// Why the payment waits; blank where it does not.
    pub(crate) fn held(&self) -> CellValue<'_> {
        match self.status {
            Status::Held(reason) => CellValue::text(format!("held: {}", reason.words())),
            Status::Pay | Status::Nothing => CellValue::Blank,
        }
    }
}

/// The holdings of a dividend or an exchange; assets are the run's, by name.
pub(crate) fn payments(
    summary: &mut Summary,
    case: &Case,
    rows: &[PaymentRow],
    assets: &[&str],
) -> Result<(), XlsxError> {
    let decimals = case.terms.currency_decimals;
    let currency = case.terms.currency.as_str();
    let asset = |row: &PaymentRow| if row.is_cash() { currency } else { assets[usize::from(row.asset) - 1] };
    let places = move |row: &PaymentRow| if row.is_cash() { decimals } else { SHARE_DECIMALS };
    let withheld_places = move |row: &PaymentRow| places(row).min(decimals);
    let rows = listed(case, rows);
    let table = of_holders(case, &rows, |l| (l.row.holder, l.row.class, l.row.shares))
        .wide("Paid in", Style::Id, 30.0, |l| CellValue::text(asset(l.row)))
        .wide("Gross", Style::Quantity, 24.0, move |l| CellValue::Units(l.row.gross, places(l.row)))
        .wide("Withheld", Style::Quantity, 24.0, move |l| CellValue::Units(l.row.withheld, withheld_places(l.row)))
        .wide("Net", Style::Quantity, 24.0, move |l| CellValue::Units(l.row.net(), places(l.row)))
        .wide("Held", Style::Text, 26.0, Listed::held);
    let totals = [5, 6, 7].map(|column| Total { column, decimals, only: Some((4, currency)) });
    Holdings { table, totals: totals.into() }.write(summary, &case.terms.company)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::xlsx::package;

    fn sheets(rows: &[i128], writing: Writing) -> Vec<(String, String)> {
        const TEXTS: [&str; 8] =
            ["H1", "", " Ann & Bob <Trust> ", "_x0041_", "tab\there", "line\nbreak", "日本 é", "\u{1}\u{ffff}"];
        let date = |row: &i128| crate::model::calendar::day(1899 + i32::try_from(row % 150).unwrap(), 12, 31).unwrap();
        let table = Table::of(rows)
            .wide("Id", Style::Id, 20.0, |row| CellValue::text(TEXTS[usize::try_from(row % 8).unwrap()]))
            .wide("Name", Style::Text, 20.0, |row| {
                CellValue::text("x".repeat(usize::try_from(row % 3 * 20_000).unwrap()))
            })
            .wide("Shares", Style::Shares, 20.0, |row| CellValue::Units(row * row * 1_000_003 - 500, 6))
            .wide("Paid", Style::Money, 20.0, |row| {
                CellValue::Units(if row % 5 == 0 { i128::from(u64::MAX) } else { *row }, 2)
            })
            .wide("Count", Style::Shares, 20.0, |row| if row % 2 == 0 { CellValue::Blank } else { CellValue::Count(7) })
            .wide("Day", Style::Date, 20.0, move |row| CellValue::Date(date(row)));
        let totals =
            vec![Total { column: 3, decimals: 2, only: None }, Total { column: 2, decimals: 6, only: Some((0, "H1")) }];
        let holdings = Holdings { table, totals };
        let mut summary = Summary::new("Test", "Company", 2);
        summary.sheet("Before").unwrap().title("Before", "and with looks of its own").unwrap();
        holdings.sheet(&mut summary, "Holdings", "Company", rows, writing).unwrap();
        holdings.sheet(&mut summary, "Holdings 2", "Company", &rows[..1], writing).unwrap();
        let parts = package::read(&summary.finish().unwrap().concat()).unwrap();
        parts.iter().map(|p| (p.name.clone(), String::from_utf8(p.plain().unwrap()).unwrap())).collect()
    }

    #[test]
    fn a_sheet_in_pieces_is_the_sheet_that_is_written_row_by_row() {
        let rows: Vec<i128> = (0..700).collect();
        for (ours, theirs) in sheets(&rows, Writing::InParallel).into_iter().zip(sheets(&rows, Writing::OneByOne)) {
            let differs = ours.1.bytes().zip(theirs.1.bytes()).position(|(a, b)| a != b);
            let around = |text: &str| {
                let from = differs.unwrap_or(0).saturating_sub(90);
                text.bytes().skip(from).take(180).map(char::from).collect::<String>()
            };
            assert!(ours == theirs, "{}: {:?}\n{:?}", ours.0, around(&ours.1), around(&theirs.1));
        }
    }
}
