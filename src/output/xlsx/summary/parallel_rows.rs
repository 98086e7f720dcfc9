//! The rows of a sheet with very many holdings, rendered and deflated by every thread at once.
//!
//! Why it is here: one sheet of 1,000,000 rows is 370 MB of XML, and took 6 of the 8 seconds that a dividend run took when
//! one thread wrote it row by row. Now `rust_xlsxwriter` writes the workbook with the sheet's last row only, which makes
//! everything around the rows; the rows are rendered in pieces, each deflated by itself up to a byte boundary, and
//! the pieces are written one after the other while the next are made, so that few of them are held at once. A test holds
//! the sheet against those on which `rust_xlsxwriter` writes the same rows.

use super::CellValue;
use super::cell_value::Stored;
use super::sheet::Column;
use crate::output::xlsx::package::{DeflatedPiece, Part, TakesPiece};
use crate::output::xlsx::value::{write_number_cell, write_text_cell};
use crate::spreadsheet::a1;
use rayon::prelude::*;
use std::io;

/// From here on a sheet's rows are not held in memory, but rendered in pieces, all of one height: what held rows cost was a
/// quarter of a run with 20,000 statements.
pub(crate) const LARGE: usize = 5_000;
/// Rows deflated as one.
const PIECE: usize = 4_096;
/// Pieces made at once, for each thread.
const BATCH: usize = 16;
/// Rows rendered before they are deflated, few enough to stay in the processor's cache.
const BLOCK: usize = 256;

/// The rows of a sheet, as they are to be rendered for its part of the zip.
pub(crate) struct ParallelRows<'a> {
    /// The sheet's index in the workbook, from 0.
    pub sheet: usize,
    count: usize,
    render: Render<'a>,
}

/// Writes a row, by its index.
type Render<'a> = Box<dyn Fn(&mut Vec<u8>, usize) + Sync + 'a>;

impl<'a> ParallelRows<'a> {
    /// Rows that stand from row `first` on (counted from 0); a column's cells have the style of its place in `styles`.
    pub(crate) fn new<'v: 'a, R: Sync>(
        sheet: usize,
        first: u32,
        rows: &'v [R],
        styles: &[usize],
        columns: &'a [Column<'v, R>],
    ) -> Self {
        let around: Vec<(String, String)> = (0u32..)
            .zip(styles)
            .map(|(at, style)| (format!("<c r=\"{}", a1::letters(at)), format!("\" s=\"{style}\"")))
            .collect();
        let render = move |out: &mut Vec<u8>, at: usize| {
            let cells = columns.iter().map(|column| (column.value)(&rows[at]));
            write_row(out, first as usize + at + 1, around.iter().zip(cells));
        };
        Self { sheet, count: rows.len(), render: Box::new(render) }
    }

    /// Hands over the sheet that was made with the last row alone, with all rows in it, piece by piece.
    pub(crate) fn hand_over(&self, around: &Part, take: &mut TakesPiece) -> io::Result<()> {
        let sheet = around.plain()?;
        let last = memchr::memmem::rfind(&sheet, b"<row ").expect("the sheet has its last row");
        let end = memchr::memmem::rfind(&sheet, b"</sheetData>").expect("the sheet has rows");
        let (head, tail) = (&sheet[..last], &sheet[end..]);
        let starts: Vec<usize> = (0..self.count).step_by(PIECE).collect();
        let mut made = vec![DeflatedPiece::new([head].iter(), false)?];
        for starts in starts.chunks(BATCH * rayon::current_num_threads()) {
            let make =
                || starts.par_iter().with_max_len(1).map(|start| self.piece(*start)).collect::<io::Result<Vec<_>>>();
            let mut taken = made.into_iter();
            let (written, next) = rayon::join(|| taken.try_for_each(&mut *take), make);
            written?;
            made = next?;
        }
        made.push(DeflatedPiece::new([tail].iter(), true)?);
        made.into_iter().try_for_each(take)
    }

    fn piece(&self, start: usize) -> io::Result<DeflatedPiece> {
        let end = self.count.min(start + PIECE);
        let block = |start: usize| {
            let mut block = Vec::with_capacity(BLOCK * 400);
            (start..end.min(start + BLOCK)).for_each(|at| (self.render)(&mut block, at));
            block
        };
        DeflatedPiece::new((start..end).step_by(BLOCK).map(block), false)
    }
}

/// A row, its number counted from 1, as `rust_xlsxwriter` writes it in constant memory.
fn write_row<'s, 'v>(
    out: &mut Vec<u8>,
    number: usize,
    cells: impl Iterator<Item = (&'s (String, String), CellValue<'v>)>,
) {
    let digits = number.to_string();
    out.extend_from_slice(b"<row r=\"");
    out.extend_from_slice(digits.as_bytes());
    out.extend_from_slice(b"\">");
    for ((place, style), cell) in cells {
        out.extend_from_slice(place.as_bytes());
        out.extend_from_slice(digits.as_bytes());
        out.extend_from_slice(style.as_bytes());
        match cell.stored() {
            Stored::Blank => out.extend_from_slice(b"/>"),
            Stored::Text(text) if text.is_empty() => out.extend_from_slice(b"/>"),
            Stored::Text(text) => write_text_cell(out, &text),
            Stored::Number(figure) => write_number_cell(out, figure),
            Stored::Formula(..) => unreachable!("a holding has no formula"),
        }
    }
    out.extend_from_slice(b"</row>");
}
