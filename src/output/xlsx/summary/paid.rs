//! What a run pays in cash, by class: the first table of the first sheet.

use super::cell_value::CellValue;
use super::sheet::Sheet;
use crate::model::Case;
use crate::model::class::ClassIx;
use crate::output::xlsx::style::Style;
use crate::output::xlsx::value::Figure;
use crate::quantity::Ratio;
use crate::spreadsheet::a1;
use rust_xlsxwriter::XlsxError;

/// The columns of the first sheet.
pub(super) const COLUMNS: u16 = 6;

/// What is paid in cash by class, in three columns of sums.
#[derive(Debug)]
pub(crate) struct PaidTable {
    pub headings: [&'static str; 3],
    pub rows: Vec<PaidClass>,
}

#[derive(Debug)]
pub(crate) struct PaidClass {
    pub class: ClassIx,
    pub shares: CellValue<'static>,
    /// What a share is paid, where that is the same for all.
    pub per_share: Option<Ratio>,
    pub figures: [CellValue<'static>; 3],
}

impl PaidTable {
    /// Writes it on the first sheet.
    pub(super) fn write(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        let decimals = case.terms.currency_decimals;
        sheet.section(&format!("Paid in cash, in {}", case.terms.currency), COLUMNS)?;
        let [a, b, c] = self.headings.map(|name| (name, Style::Money));
        sheet.headings(&[
            ("Class", Style::Text),
            ("Shares", Style::Shares),
            ("Per share", Style::PerShare),
            a,
            b,
            c,
        ])?;
        let start = sheet.row;
        for row in &self.rows {
            sheet.put(0, &CellValue::class(case, row.class), Style::Text)?;
            sheet.put(1, &row.shares, Style::Shares)?;
            match &row.per_share {
                Some(each) => sheet.put(2, &CellValue::Exact(each), Style::PerShareAligned)?,
                None => sheet.put(2, &CellValue::text("differs"), Style::HeadingPlain)?,
            }
            for (at, figure) in (3u16..).zip(&row.figures) {
                sheet.put(at, figure, Style::Money)?;
            }
            sheet.row += 1;
        }
        sheet.merge(0, 2, "Total", Style::Total)?;
        for at in 3..COLUMNS {
            let figures = self.rows.iter().filter_map(|row| row.figures[usize::from(at) - 3].figure());
            let (mut units, mut count) = (0, 0);
            figures.for_each(|(figure, _)| (units, count) = (units + figure, count + 1));
            let column = a1::letters(at.into());
            let formula = format!("ROUND(SUM({column}{}:{column}{}),{decimals})", start + 1, sheet.row);
            let is_live = count > 0 && Figure::new(units, decimals).is_some();
            let total = if count == 0 && !self.rows.is_empty() {
                CellValue::Blank
            } else {
                CellValue::computed(is_live.then_some(formula), units, decimals)
            };
            sheet.put(at, &total, Style::MoneyTotal)?;
        }
        sheet.row += 2;
        Ok(())
    }
}
