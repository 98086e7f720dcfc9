//! Every holding, on as many sheets as it takes.

use super::long_table::{ABOVE, LongTable, Total, content, sum_of};
use super::{CellValue, Summary, Table};
use crate::model::{Case, ClassIx, HolderIx};
use crate::outcome::PaymentRow;
use crate::output::instructions::{Paid, Status, carried_in};
use crate::output::xlsx::style::Style;
use crate::quantity::{SHARE_DECIMALS, Units};
use crate::spreadsheet::a1;
use crate::text::{grouped, natural};
use rayon::prelude::*;
use rust_xlsxwriter::XlsxError;
use std::collections::BTreeMap;
use std::ops::Range;

/// How many holdings a sheet takes.
const ROWS_PER_SHEET: usize = a1::ROWS as usize - ABOVE as usize;
/// Over so many sheets, the workbook points to `distribution.csv` instead.
const MOST_SHEETS: usize = 3;

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
        let sums = self.0.iter().map(|(sheet, rows)| sum_of(&format!("'{sheet}'!"), rows, column, only));
        let sums = sums.collect::<Option<Vec<_>>>()?;
        (!sums.is_empty()).then(|| format!("ROUND({},{decimals})", sums.join("+")))
    }

    /// The sum of a column, as a formula where that is possible, and what it gives.
    pub(crate) fn total(&self, column: u16, only: &[(u16, &str)], units: Units, decimals: u32) -> CellValue<'static> {
        CellValue::computed(self.sum(column, only, decimals), units, decimals)
    }
}

/// Writes holdings on as many sheets as they take.
pub(crate) fn write<'s, R: Sync>(summary: &mut Summary<'s>, holdings: &'s LongTable<'_, R>) -> Result<(), XlsxError> {
    let rows = holdings.table.rows;
    if rows.len() > ROWS_PER_SHEET * MOST_SHEETS {
        let count = rows.len();
        let mut sheet =
            summary.titled("Holdings", &format!("{count} rows are more than {MOST_SHEETS} sheets hold."))?;
        let pointer = CellValue::text("Every holding is in distribution.csv, beside this workbook.");
        return sheet.cells(&[(0, 0, pointer, Style::Label)]);
    }
    for (at, rows) in rows.chunks(ROWS_PER_SHEET).enumerate() {
        let name = Pages::name(at);
        let about = format!("{name}: {} rows, in the order of the holders' ids", grouped(&rows.len().to_string()));
        holdings.write(summary, &name, &about, rows)?;
    }
    Ok(())
}

/// Who holds shares, and of which class: the first columns of every table of holdings.
pub(crate) fn of_holders<'a, R>(
    case: &'a Case,
    rows: &'a [R],
    holding: impl Fn(&R) -> (HolderIx, ClassIx, u64) + Copy + Sync + 'a,
) -> Table<'a, R> {
    Table::of(rows)
        .wide("Holder id", Style::Id, 18.0, move |row| CellValue::text(case.register.id(holding(row).0)))
        .wide("Holder", Style::Text, 28.0, move |row| CellValue::text(case.register.name(holding(row).0)))
        .wide("Class", Style::Text, 18.0, move |row| CellValue::class(case, holding(row).1))
        .wide("Shares", Style::Shares, 24.0, move |row| CellValue::shares(holding(row).2))
}

/// Which row of a run, and whether the holder's payment waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    row: u32,
    status: Status,
}

/// A run's rows in natural order of their holders' ids: 2 before 10.
pub(crate) fn listed(case: &Case, rows: &[impl Paid]) -> Vec<Listed> {
    let mut listed: Vec<Listed> = Vec::with_capacity(rows.len());
    for of_holder in rows.chunk_by(|a, b| a.holder() == b.holder()) {
        let holder = of_holder[0].holder();
        let cash: Units = of_holder.iter().filter_map(Paid::cash).sum();
        let status = Status::of(case, holder, cash + carried_in(case, holder));
        let first = u32::try_from(listed.len()).expect("a run has fewer than 2^32 rows");
        listed.extend((first..).zip(of_holder).map(|(row, _)| Listed { row, status }));
    }
    let id = |listed: &Listed| case.register.id(listed.of(rows).holder());
    let order = |a: &Listed, b: &Listed| natural(id(a), id(b));
    if !listed.is_sorted_by(|a, b| order(a, b).is_le()) {
        listed.par_sort_by(order);
    }
    listed
}

impl Listed {
    /// It, of the rows that were listed.
    pub(crate) fn of<R>(self, rows: &[R]) -> &R {
        &rows[self.row as usize]
    }

    /// Why the payment waits; blank where it does not.
    pub(crate) fn held(&self) -> CellValue<'_> {
        match self.status {
            Status::Held(reason) => CellValue::text(reason.word()),
            Status::Pay | Status::Nothing => CellValue::Blank,
        }
    }
}

/// The holdings of a dividend or an exchange, as they were listed; assets are the run's, by name.
pub(crate) fn payments<'a>(
    case: &'a Case,
    rows: &'a [PaymentRow],
    listed: &'a [Listed],
    assets: &'a [&str],
) -> LongTable<'a, Listed> {
    let (currency, decimals) = (case.terms.currency.as_str(), case.terms.currency_decimals);
    let asset = move |row: &PaymentRow| if row.is_cash() { currency } else { assets[usize::from(row.asset) - 1] };
    let places = move |row: &PaymentRow| if row.is_cash() { decimals } else { SHARE_DECIMALS };
    let withheld_places = move |row: &PaymentRow| places(row).min(decimals);
    let row = move |listed: &Listed| listed.of(rows);
    let quantity = move |l: &Listed, units: Units| CellValue::Units(units, places(row(l)));
    let table = of_holders(case, listed, move |l| (row(l).holder, row(l).class, row(l).shares))
        .wide("Paid in", Style::Id, 18.0, move |l| CellValue::text(asset(row(l))))
        .wide("Gross", Style::Quantity, 24.0, move |l| quantity(l, row(l).gross))
        .wide("Withheld", Style::Quantity, 24.0, move |l| CellValue::Units(row(l).withheld, withheld_places(row(l))))
        .wide("Net", Style::Quantity, 24.0, move |l| quantity(l, row(l).net()))
        .wide("Held", Style::Text, 16.0, move |l| if row(l).is_cash() { l.held() } else { CellValue::Blank });
    let totals = [5, 6, 7].map(|column| Total { column, decimals, only: vec![(4, currency)] });
    LongTable { table, totals: totals.into() }
}

/// What is delivered on each class of each asset: class, asset, shares and quantity in millionths.
pub(crate) fn delivered<'a>(rows: &[PaymentRow], assets: &[&'a str]) -> Vec<(ClassIx, &'a str, u128, Units)> {
    let mut sums: BTreeMap<(ClassIx, u16), (u128, Units)> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.is_cash()) {
        let sum = sums.entry((row.class, row.asset)).or_default();
        *sum = (sum.0 + u128::from(row.shares), sum.1 + row.gross);
    }
    let of = |((class, asset), (shares, quantity))| (class, assets[usize::from(asset) - 1], shares, quantity);
    sums.into_iter().map(of).collect()
}
