//! What a run pays in cash, by class: the first table of the first sheet.

use super::holdings::Pages;
use super::long_table::CLASS;
use super::{CellValue, Sheet};
use crate::model::{Case, ClassIx};
use crate::output::xlsx::style::Style;
use crate::output::xlsx::value::Figure;
use crate::quantity::{Ratio, SHARE_DECIMALS, Units};
use crate::spreadsheet::a1;
use rust_xlsxwriter::XlsxError;
use std::collections::BTreeMap;

/// The columns of the first sheet.
pub(super) const COLUMNS: u16 = 6;

/// What is paid in cash by class, in three columns of sums.
#[derive(Debug)]
pub(crate) struct PaidTable {
    headings: [&'static str; 3],
    rows: Vec<PaidRow>,
}

#[derive(Debug)]
struct PaidRow {
    class: ClassIx,
    shares: CellValue<'static>,
    /// What a share is paid, where that is the same for all.
    per_share: Option<Ratio>,
    sums: [CellValue<'static>; 3],
}

impl PaidTable {
    /// Sums over the `rows` that count: `figures` gives their class, shares and three figures. A column has its name, and
    /// which column of the holdings it sums up where one does; one without a name stays blank. `only` are the texts by
    /// which those holdings are found, beside their class.
    pub(crate) fn new<R>(
        case: &Case,
        (rows, figures): (&[R], impl Fn(&R) -> Option<(ClassIx, [Units; 4])>),
        columns: [(&'static str, Option<u16>); 3],
        only: &[(u16, &str)],
        per_share: impl Fn(ClassIx) -> Option<Ratio>,
    ) -> Self {
        let (pages, decimals) = (Pages::of(rows.len()), case.terms.currency_decimals);
        let mut sums: BTreeMap<ClassIx, [Units; 4]> = BTreeMap::new();
        for (class, figures) in rows.iter().filter_map(figures) {
            sums.entry(class).or_default().iter_mut().zip(figures).for_each(|(sum, more)| *sum += more);
        }
        let row = |(class, [shares, a, b, c]): (ClassIx, [Units; 4])| {
            let only = [&[(CLASS, case.classes.get(class).name.as_str())], only].concat();
            let figure = |(name, column): (&str, Option<u16>), units| match column {
                _ if name.is_empty() => CellValue::Blank,
                Some(column) => pages.total(column, &only, units, decimals),
                None => CellValue::Units(units, decimals),
            };
            let sums = [figure(columns[0], a), figure(columns[1], b), figure(columns[2], c)];
            let shares = pages.total(3, &only, shares, SHARE_DECIMALS);
            PaidRow { class, shares, per_share: per_share(class), sums }
        };
        Self { headings: columns.map(|(name, _)| name), rows: sums.into_iter().map(row).collect() }
    }

    /// Writes it on the first sheet.
    pub(super) fn write(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        let decimals = case.terms.currency_decimals;
        sheet.section(&format!("Paid in cash, in {}", case.terms.currency), COLUMNS)?;
        let [a, b, c] = self.headings;
        sheet.headings(&[
            (0, 0, "Class", Style::Text),
            (1, 1, "Shares", Style::Shares),
            (2, 2, "Per share", Style::PerShare),
            (3, 3, a, Style::Money),
            (4, 4, b, Style::Money),
            (5, 5, c, Style::Money),
        ])?;
        let start = sheet.row;
        for PaidRow { class, shares, per_share, sums } in &self.rows {
            let each = match per_share {
                Some(each) => (2, 2, CellValue::Exact(each), Style::PerShareAligned),
                None => (2, 2, CellValue::text("differs"), Style::HeadingPlain),
            };
            let class = (0, 0, CellValue::class(case, *class), Style::Text);
            let figures = (3..).zip(sums).map(|(at, figure)| (at, at, figure.clone(), Style::Money));
            let cells = [class, (1, 1, shares.clone(), Style::Shares), each].into_iter().chain(figures);
            sheet.tall_cells(&cells.collect::<Vec<_>>())?;
        }
        let total = |at: u16| {
            let own = |row: &PaidRow| row.sums[usize::from(at) - 3].figure();
            let figures: Vec<Units> = self.rows.iter().filter_map(own).map(|(units, _)| units).collect();
            if figures.is_empty() && !self.rows.is_empty() {
                return (at, at, CellValue::Blank, Style::MoneyTotal);
            }
            let (units, column) = (figures.iter().sum(), a1::letters(at.into()));
            let formula = format!("ROUND(SUM({column}{}:{column}{}),{decimals})", start + 1, sheet.row);
            let is_live = !figures.is_empty() && Figure::new(units, decimals).is_some();
            (at, at, CellValue::computed(is_live.then_some(formula), units, decimals), Style::MoneyTotal)
        };
        let totals = [(0, 2, CellValue::text("Total"), Style::Total), total(3), total(4), total(5)];
        sheet.cells(&totals)?;
        sheet.row += 1;
        Ok(())
    }
}
