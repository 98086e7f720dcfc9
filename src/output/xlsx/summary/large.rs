//! The rows of a sheet with very many holdings, rendered and deflated by every thread at once.
//!
//! Why it is here: one sheet of 1,000,000 rows is 370 MB of XML, and took 6 of the 8 seconds that a dividend run took when
//! one thread wrote it row by row. Now `rust_xlsxwriter` writes the workbook with the sheet's first and last row only, which
//! makes everything around the rows; the rows are rendered in pieces, each deflated by itself up to a byte boundary, and
//! the pieces stand one after the other in the sheet's part of the zip. A test holds the sheet, unzipped, against what
//! `rust_xlsxwriter` writes for the same rows.

use super::cell::{Val, letters};
use crate::model::calendar::iso;
use crate::output::xlsx::package::{Part, Stretch};
use crate::output::xlsx::value::{Figure, limited, serial};
use crate::spreadsheet::ooxml as xml;
use crate::text::{money, number};
use rayon::prelude::*;
use std::io;

/// Rows deflated as one.
const PIECE: usize = 16_384;
/// Rows rendered before they are deflated, few enough to stay in the processor's cache.
const BLOCK: usize = 256;

/// The rows of a sheet, ready for its part of the zip.
pub(crate) struct Large {
    /// The sheet's index in the workbook, from 0.
    pub sheet: usize,
    /// The first and the last row as they should stand in the workbook that is made around them.
    outer: Vec<u8>,
    pieces: Vec<Stretch>,
}

impl Large {
    /// Renders `items` from row `first` on (counted from 0); a column's cells have the style of its place in `styles`.
    /// Errors: A formula, which no holding has; where deflating fails.
    pub(crate) fn new<'v, R: Sync, const N: usize>(
        sheet: usize,
        first: u32,
        items: &[R],
        styles: &[u32],
        cells: &(dyn Fn(&R) -> [Val<'v>; N] + Sync),
    ) -> io::Result<Self> {
        let shape: Vec<(String, String)> = (0u16..)
            .zip(styles)
            .map(|(at, style)| (format!("<c r=\"{}", letters(at)), format!("\" s=\"{style}\"")))
            .collect();
        let row = |out: &mut Vec<u8>, at: usize, item: &R| {
            let number = first as usize + at + 1;
            write_row(out, number, &shape, &cells(item))
        };
        let mut outer = Vec::new();
        for (at, item) in items.iter().enumerate().take(1).chain(items.iter().enumerate().skip(1).last()) {
            row(&mut outer, at, item)?;
        }
        let piece = |(piece, items): (usize, &[R])| -> io::Result<Stretch> {
            let mut stretch = Stretch::new();
            let mut block = Vec::with_capacity(BLOCK * 400);
            for (at, items) in items.chunks(BLOCK).enumerate() {
                block.clear();
                for (within, item) in items.iter().enumerate() {
                    row(&mut block, piece * PIECE + at * BLOCK + within, item)?;
                }
                stretch.deflate(&block)?;
            }
            stretch.flush()?;
            Ok(stretch)
        };
        let pieces = items.par_chunks(PIECE).enumerate().map(piece).collect::<io::Result<_>>()?;
        Ok(Self { sheet, outer, pieces })
    }

    /// Puts the rows into the sheet that was made around the first and the last of them.
    /// Errors: Where the sheet does not hold these two rows and no others, or deflating fails.
    pub(crate) fn into_stretches(self, around: &Part) -> io::Result<Vec<Stretch>> {
        let sheet = around.plain()?;
        let place = memchr::memmem::find(&sheet, &self.outer).filter(|_| !self.outer.is_empty());
        let end = |at: usize| sheet.get(at + self.outer.len()..).filter(|tail| tail.starts_with(b"</sheetData>"));
        let (at, tail) = place
            .and_then(|at| end(at).map(|tail| (at, tail)))
            .ok_or_else(|| io::Error::other(format!("{} is not laid out as expected", around.name)))?;
        let (mut head, mut end) = (Stretch::new(), Stretch::new());
        head.deflate(sheet.get(..at).unwrap_or_default())?;
        head.flush()?;
        end.deflate(tail)?;
        end.finish()?;
        Ok([head].into_iter().chain(self.pieces).chain([end]).collect())
    }
}

/// A row, its number counted from 1, as `rust_xlsxwriter` writes it in constant memory.
fn write_row(out: &mut Vec<u8>, number: usize, shape: &[(String, String)], cells: &[Val]) -> io::Result<()> {
    let mut digits = Vec::with_capacity(8);
    let figure = i128::try_from(number).ok().and_then(|n| Figure::new(n, 0));
    figure.ok_or_else(|| io::Error::other("too many rows"))?.write(&mut digits);
    out.extend_from_slice(b"<row r=\"");
    out.extend_from_slice(&digits);
    out.extend_from_slice(b"\">");
    for ((place, style), cell) in shape.iter().zip(cells) {
        out.extend_from_slice(place.as_bytes());
        out.extend_from_slice(&digits);
        out.extend_from_slice(style.as_bytes());
        write_cell(out, cell)?;
    }
    out.extend_from_slice(b"</row>");
    Ok(())
}

fn write_cell(out: &mut Vec<u8>, cell: &Val) -> io::Result<()> {
    match cell {
        Val::Blank => out.extend_from_slice(b"/>"),
        Val::Text(text) => write_text(out, limited(text)),
        Val::Units(units, decimals) => write_figure(out, Figure::new(*units, *decimals), || money(*units, *decimals)),
        Val::Exact(ratio) => write_figure(out, Figure::nearest(ratio), || number(ratio, 12)),
        Val::Count(n) => write_figure(out, Figure::new(i128::from(*n), 0), || n.to_string()),
        Val::Date(date) => {
            write_figure(out, serial(*date).and_then(|day| Figure::new(i128::from(day), 0)), || iso(*date));
        }
        Val::Live(..) | Val::LiveText(..) => return Err(io::Error::other("a holding has a formula")),
    }
    Ok(())
}

fn write_figure(out: &mut Vec<u8>, figure: Option<Figure>, text: impl FnOnce() -> String) {
    match figure {
        Some(figure) => {
            out.extend_from_slice(b"><v>");
            figure.write(out);
            out.extend_from_slice(b"</v></c>");
        }
        None => write_text(out, &text()),
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    if text.is_empty() {
        return out.extend_from_slice(b"/>");
    }
    let preserve = if xml::needs_preserve(text) { " xml:space=\"preserve\"" } else { "" };
    out.extend_from_slice(b" t=\"inlineStr\"><is><t");
    out.extend_from_slice(preserve.as_bytes());
    out.push(b'>');
    xml::escape_string(out, text);
    out.extend_from_slice(b"</t></is></c>");
}
