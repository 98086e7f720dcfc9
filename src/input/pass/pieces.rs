//! A register in CSV, read in pieces: while one batch of pieces is read by every thread, the one before it is put
//! together, and the one after it comes from the disk and is hashed.
//!
//! Measured at 1,000,000 lots with one thread: 0.55 s became 0.3 s (see `benches/goals`), and the three stages overlap.

use super::super::Located;
use super::super::register::{Found, LOOK_AHEAD, Piece};
use super::{Pass, Sink};
use crate::spreadsheet::csv::{Chunk, Records};
use crate::spreadsheet::{Row, RowsError};
use rayon::prelude::*;

/// Pieces in a batch, for each thread.
const BATCH: usize = 4;

/// Pieces as they come from the disk.
#[derive(Default)]
struct Batch {
    chunks: Vec<Chunk>,
    ended: bool,
    /// Why there are no more; told once all before it is taken.
    failed: Option<RowsError>,
}

impl Batch {
    fn read(records: &mut Records, len: usize) -> Self {
        let mut batch = Self::default();
        while batch.chunks.len() < len && !batch.ended {
            match records.chunk() {
                Ok(Some(chunk)) => batch.chunks.push(chunk),
                Ok(None) => batch.ended = true,
                Err(error) => {
                    batch.failed = Some(error);
                    batch.ended = true;
                }
            }
        }
        batch
    }
}

impl Pass<'_, '_> {
    /// Takes all the records that come in pieces.
    pub(super) fn pieces(&mut self, records: &mut Records, located: &Located) -> Result<(), RowsError> {
        let Sink::Register(reading) = &self.sink else { return Ok(()) };
        let plan = reading.plan(located, &self.style);
        let len = BATCH * rayon::current_num_threads();
        let mut batch = Batch::read(records, len);
        let mut read: Vec<Piece> = Vec::new();
        loop {
            let Batch { chunks, ended, failed } = batch;
            let taken = &mut *self;
            let before = std::mem::take(&mut read);
            let (merged, (pieces, next)) = rayon::join(
                || before.iter().try_for_each(|piece| taken.piece(piece, located)),
                || {
                    let read_on =
                        || if ended { Batch { ended, ..Batch::default() } } else { Batch::read(records, len) };
                    rayon::join(|| chunks.into_par_iter().map(|chunk| plan.read(chunk)).collect(), read_on)
                },
            );
            merged?;
            read = pieces;
            batch = Batch { failed: failed.or(next.failed), ..next };
            if read.is_empty() && batch.chunks.is_empty() {
                return batch.failed.map_or(Ok(()), Err);
            }
        }
    }

    fn piece(&mut self, piece: &Piece, located: &Located) -> Result<(), RowsError> {
        let mut row = Row::default();
        let mut number = piece.chunk.first_row;
        for (at, found) in piece.rows.iter().enumerate() {
            if at % LOOK_AHEAD == 0
                && let Sink::Register(reading) = &self.sink
            {
                std::hint::black_box(reading.look_ahead(piece.rows.get(at..).unwrap_or_default()));
            }
            if matches!(found, Found::Clean(..)) && !self.notes.is_empty() {
                self.notes_are_data(located);
            }
            let record = match (found, &mut self.sink) {
                (Found::Clean(clean, record), Sink::Register(reading)) => {
                    if reading.clean_row(piece, clean, number) {
                        self.data_rows += 1;
                        number = number.saturating_add(1);
                        continue;
                    }
                    record
                }
                (Found::Clean(_, record) | Found::Odd(record), _) => record,
                (Found::Blank(count), _) => {
                    number = number.saturating_add(*count);
                    continue;
                }
            };
            piece.chunk.split(record, number, &mut row)?;
            self.take(located, &row);
            number = number.saturating_add(1);
        }
        Ok(())
    }
}
