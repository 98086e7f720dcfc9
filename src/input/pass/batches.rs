//! A register in a workbook: while one batch of rows is taken, the next is unpacked and read.
//!
//! A sheet unpacks in one go from start to end, so there are two stages and no more; they take about as long as each
//! other.

use super::super::Located;
use super::Pass;
use crate::spreadsheet::{Row, Rows, RowsError};

const BATCH: usize = 4_096;
/// The bytes in a batch, for rows that are longer than registers have them.
const BATCH_BYTES: usize = 4 << 20;

impl Pass<'_, '_> {
    pub(super) fn batches(&mut self, rows: &mut dyn Rows, located: &Located) -> Result<(), RowsError> {
        // Why there are no more; told once all before it are taken.
        let mut end = None;
        // Reads rows into buffers that are used again, and says how many.
        let mut read_on = |batch: &mut Vec<Row>| {
            batch.resize_with(BATCH, Row::default);
            let (mut filled, mut bytes) = (0, 0);
            while end.is_none() && filled < BATCH && bytes < BATCH_BYTES {
                match rows.next(&mut batch[filled]) {
                    Ok(true) => {
                        bytes += batch[filled].size();
                        filled += 1;
                    }
                    other => end = Some(other.map(drop)),
                }
            }
            filled
        };
        let (mut batch, mut next) = (Vec::new(), Vec::new());
        let mut filled = read_on(&mut batch);
        while filled > 0 {
            let taken = &mut *self;
            let take = || batch[..filled].iter().for_each(|row| taken.take(located, row));
            ((), filled) = rayon::join(take, || read_on(&mut next));
            std::mem::swap(&mut batch, &mut next);
        }
        end.unwrap_or(Ok(()))
    }
}
