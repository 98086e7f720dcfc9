//! Merged cells: the value of the first stands for all of them.

use super::faults::bomb;
use super::{Fault, Region, Row};
use std::collections::BTreeMap;
use std::sync::Arc;

/// More copies than a sheet that anybody made has.
const COPIES: usize = 4 << 20;

/// Fills in a sheet's merged cells: downwards always, to the right where two are merged, as a name that is also the id;
/// what spans more of one row is a line of text.
pub(super) struct Merged {
    /// By descending first row.
    regions: Vec<Region>,
    /// For each column the last row of the region that covers it, with its first cell in a row of its own.
    open: BTreeMap<u32, (u32, Arc<Row>)>,
    copies: usize,
}

impl Merged {
    /// Of a sheet with these merged cells.
    pub(super) fn new(mut regions: Vec<Region>) -> Self {
        regions.sort_by_key(|region| std::cmp::Reverse(region.rows.0));
        Self { regions, open: BTreeMap::new(), copies: 0 }
    }

    /// Fills in those of the next row.
    pub(super) fn fill(&mut self, row: &mut Row) -> Result<(), Fault> {
        while let Some(region) = self.regions.pop_if(|region| region.rows.0 <= row.number) {
            let (first, last) = region.columns;
            let is_wide = region.rows.0 == region.rows.1 && last > first + 1;
            let Some(cell) = row.get(first).filter(|cell| !is_wide && !row.is_blank(cell)) else { continue };
            let mut value = Row::default();
            value.push_cell(first, row, cell);
            let value = Arc::new(value);
            for column in first..=last {
                self.open.insert(column, (region.rows.1, Arc::clone(&value)));
                self.copies += 1;
            }
            if self.copies > COPIES {
                return Err(bomb("it has more merged cells than a sheet holds"));
            }
        }
        if self.open.is_empty() {
            return Ok(());
        }
        self.open.retain(|_, (last, _)| *last >= row.number);
        for (column, (_, value)) in &self.open {
            let blank = row.get(*column).is_none_or(|cell| row.is_blank(cell));
            if let Some(cell) = value.cells().first().filter(|_| blank) {
                row.push_cell(*column, value, cell);
                self.copies += 1;
            }
        }
        row.sort();
        if self.copies > COPIES {
            return Err(bomb("its merged cells cover more than a sheet holds"));
        }
        Ok(())
    }
}
