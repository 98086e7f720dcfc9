//! ODS (`OpenDocument` 1.3): one pass over its content, kept packed, so that rows and cells that are repeated a million
//! times take no more memory than one.
//!
//! Why calamine does not read it: calamine (0.38) reads all sheets as it opens the file, each as a dense grid. A file of 760
//! bytes with two cells, the second in column 1,024 of row 20,000, takes 640 MB to open, and 1.3 GB with the range of its
//! cells. How large a grid is, is told by nothing but the rows and cells themselves with all their repetitions: to bound
//! it before is to read the content.

mod content;

use super::a1::ROWS;
use super::cells::SheetFacts;
use super::faults::{bomb, damaged, password_protected};
use super::package::Package;
use super::workbook::{Format, Workbook};
use crate::spreadsheet::{Content, Fault, Region, Row, Rows, RowsError};
use content::read;
use std::mem::take;

/// What the sheets of a workbook may come to, with everything repeated that is.
const CELL_LIMIT: u64 = 50_000_000;

/// A cell, or a run of equal ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackedCell {
    column: u32,
    repeated: u32,
    content: Content,
    start: u32,
    len: u32,
}

/// A row with something in it, or a run of equal ones.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PackedRow {
    /// Its number, from 1.
    number: u32,
    repeated: u32,
    hidden: bool,
    first_cell: u32,
    end_cell: u32,
}

/// A sheet's cells.
#[derive(Debug, Default)]
pub(crate) struct PackedSheet {
    rows: Vec<PackedRow>,
    cells: Vec<PackedCell>,
    text: String,
    merged: Vec<Region>,
}

pub(super) fn open(mut package: Package) -> Result<Workbook, Fault> {
    if package.has("META-INF/manifest.xml") && content::is_encrypted(&mut package)? {
        return Err(password_protected());
    }
    let (sheets, mut packed) = read(package.part("content.xml")?)?;
    let cells: u64 = packed.iter().map(PackedSheet::cells_in_full).sum();
    if cells > CELL_LIMIT {
        return Err(bomb(&format!("its sheets come to {cells} cells")));
    }
    let facts = |sheet: &mut PackedSheet| SheetFacts { merged: take(&mut sheet.merged), ..SheetFacts::default() };
    let facts = packed.iter_mut().map(|sheet| Ok(facts(sheet))).collect();
    Ok(Workbook { sheets, facts, format: Box::new(packed) })
}

impl Format for Vec<PackedSheet> {
    fn rows<'a>(&'a mut self, at: usize, _: &str, _: &'a SheetFacts) -> Result<Box<dyn Rows + 'a>, Fault> {
        let sheet = self.get(at).ok_or_else(|| damaged("a sheet is missing"))?;
        Ok(Box::new(SheetRows { sheet, row: 0, repetition: 0 }))
    }
}

impl PackedSheet {
    fn cells_in_full(&self) -> u64 {
        let of_row = |row: &PackedRow| {
            let cells = self.cells.get(row.first_cell as usize..row.end_cell as usize).unwrap_or_default();
            let width: u64 = cells.iter().map(|c| u64::from(c.repeated)).sum();
            width.saturating_mul(u64::from(row.repeated))
        };
        self.rows.iter().map(of_row).fold(0, u64::saturating_add)
    }
}

/// A sheet's rows, those that are repeated one by one.
struct SheetRows<'s> {
    sheet: &'s PackedSheet,
    row: usize,
    repetition: u32,
}

impl Rows for SheetRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        let Some(packed) = self.sheet.rows.get(self.row) else { return Ok(false) };
        let number = packed.number.saturating_add(self.repetition);
        if number > ROWS {
            return Ok(false);
        }
        row.clear(number);
        row.hidden = packed.hidden;
        let cells = self.sheet.cells.get(packed.first_cell as usize..packed.end_cell as usize).unwrap_or_default();
        for cell in cells {
            let (start, len) = (cell.start as usize, cell.len as usize);
            let text = self.sheet.text.get(start..start + len).unwrap_or("");
            for offset in 0..cell.repeated {
                row.push(cell.column + offset, cell.content, text);
            }
        }
        self.repetition += 1;
        if self.repetition >= packed.repeated {
            self.repetition = 0;
            self.row += 1;
        }
        Ok(true)
    }
}
