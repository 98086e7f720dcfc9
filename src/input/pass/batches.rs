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

/// Rows that were read, in buffers that are used again.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    filled: usize,
    /// Why there are no more; told once all before it are taken.
    end: Option<Result<(), RowsError>>,
}

impl Batch {
    fn read(&mut self, rows: &mut dyn Rows) {
        self.filled = 0;
        self.rows.resize_with(BATCH, Row::default);
        let mut bytes = 0;
        while let Some(row) = self.rows.get_mut(self.filled).filter(|_| bytes < BATCH_BYTES) {
            match rows.next(row) {
                Ok(true) => {
                    self.filled += 1;
                    bytes += row.size();
                }
                Ok(false) => return self.end = Some(Ok(())),
                Err(error) => return self.end = Some(Err(error)),
            }
        }
    }
}

impl Pass<'_, '_> {
    pub(super) fn batches(&mut self, rows: &mut dyn Rows, located: &Located) -> Result<(), RowsError> {
        let (mut batch, mut next) = (Batch::default(), Batch::default());
        batch.read(rows);
        loop {
            let read_on = || {
                if batch.end.is_none() {
                    next.read(rows);
                }
            };
            let taken = &mut *self;
            let take = || batch.rows.iter().take(batch.filled).for_each(|row| taken.take(located, row));
            rayon::join(take, read_on);
            if let Some(end) = batch.end {
                return end;
            }
            std::mem::swap(&mut batch, &mut next);
        }
    }
}
