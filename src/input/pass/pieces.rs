//! A register in CSV, read in pieces: while one batch of pieces is read by every thread, the one before it is put
//! together, and the one after it comes from the disk and is hashed.
//!
//! Measured at 1,000,000 lots with one thread: 0.55 s became 0.3 s (see `benches/goals`), and the three stages overlap.

use super::super::Located;
use super::super::register::{LOOK_AHEAD, Piece};
use super::{Pass, Sink};
use crate::spreadsheet::csv::{Chunk, Records};
use crate::spreadsheet::{Row, RowsError};
use rayon::prelude::*;

/// Pieces in a batch, for each thread.
const BATCH: usize = 4;

impl Pass<'_, '_> {
    /// Takes all the records that come in pieces.
    pub(super) fn pieces(&mut self, records: &mut Records, located: &Located) -> Result<(), RowsError> {
        let Sink::Register(reading) = &self.sink else { return Ok(()) };
        let plan = reading.plan(located, &self.style);
        let len = BATCH * rayon::current_num_threads();
        // Why there are no more; told once all before it is taken.
        let mut end = None;
        let mut read_on = || {
            let mut chunks: Vec<Chunk> = Vec::new();
            while end.is_none() && chunks.len() < len {
                match records.chunk() {
                    Ok(Some(chunk)) => chunks.push(chunk),
                    other => end = Some(other.map(drop)),
                }
            }
            chunks
        };
        let (mut chunks, mut ready): (_, Vec<Piece>) = (read_on(), Vec::new());
        while !(chunks.is_empty() && ready.is_empty()) {
            let taken = &mut *self;
            let (merged, (pieces, next)) = rayon::join(
                || ready.iter().try_for_each(|piece| taken.piece(piece, located)),
                || rayon::join(|| chunks.into_par_iter().map(|chunk| plan.read(chunk)).collect(), &mut read_on),
            );
            merged?;
            (ready, chunks) = (pieces, next);
        }
        end.unwrap_or(Ok(()))
    }

    fn piece(&mut self, piece: &Piece, located: &Located) -> Result<(), RowsError> {
        let mut buffer = Row::default();
        for (at, row) in piece.rows.iter().enumerate() {
            if row.clean.is_some() {
                self.notes_are_data(located);
            }
            if let Sink::Register(reading) = &mut self.sink {
                if at % LOOK_AHEAD == 0 {
                    std::hint::black_box(reading.look_ahead(piece.rows.get(at..).unwrap_or_default()));
                }
                if row.clean.as_ref().is_some_and(|clean| reading.clean_row(piece, clean, row.number)) {
                    self.data_rows += 1;
                    continue;
                }
            }
            piece.chunk.split(&row.record, row.number, &mut buffer)?;
            self.take(located, &buffer);
        }
        Ok(())
    }
}
