//! What stands around a sheet's rows: merged areas, conditional formats, headers and footers.

use super::super::expression::Standing;
use super::super::rows::{RowMap, write_number};
use super::super::sheet::Piece;
use super::super::text::{Piece as Word, Text};
use super::{Copy, SheetStamp};
use crate::spreadsheet::ooxml as xml;

/// Excel's limit on a header or footer, in characters.
const HEADER_LIMIT: usize = 255;

/// What one page takes at half size, in points: two pages of A4 less their margins.
const LONGEST_PAGE: f64 = 1400.0;

impl SheetStamp<'_, '_, '_> {
    /// Whether the rows would be too small on one page: under about half their size.
    fn is_long(&self) -> bool {
        self.tall > LONGEST_PAGE
    }

    /// Writes what stands before or after the rows.
    pub(super) fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => self.out.extend_from_slice(bytes),
                Piece::Areas(areas) => {
                    let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
                    for (at, area) in areas.iter().enumerate() {
                        if at > 0 {
                            self.out.push(b' ');
                        }
                        area.write_stretched(self.out, &map);
                    }
                }
                Piece::Merges => self.merges(),
                Piece::Formula(expression) => {
                    let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
                    expression.write(self.out, &map, Standing::Outside);
                }
                Piece::Text(text) => self.header(text),
                Piece::Fit if self.is_long() => self.out.extend_from_slice(b" fitToHeight=\"0\""),
                Piece::Fit => {}
                Piece::Break(row) => {
                    let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
                    write_number(self.out, map.last(*row));
                }
            }
        }
    }

    /// Merged areas: those in repeated rows once for each copy.
    fn merges(&mut self) {
        let sheet = self.sheet;
        let map = RowMap { blocks: &sheet.blocks, counts: &self.counts };
        let start = self.out.len();
        let mut count = 0;
        for area in &sheet.merges {
            let block = area.first_row().and_then(|row| map.block(row));
            let copies = block.and_then(|at| self.counts.get(at)).copied().unwrap_or(1);
            for item in 0..copies {
                self.out.extend_from_slice(b"<mergeCell ref=\"");
                match block {
                    Some(at) => area.write_in_copy(self.out, &map, at, item),
                    None => area.write(self.out, &map),
                }
                self.out.extend_from_slice(b"\"/>");
            }
            count = copies.saturating_add(count);
        }
        let mut open = Vec::with_capacity(32);
        open.extend_from_slice(b"<mergeCells count=\"");
        write_number(&mut open, count);
        open.extend_from_slice(b"\">");
        self.out.splice(start..start, open);
        self.out.extend_from_slice(b"</mergeCells>");
    }

    /// A header or footer; in values `&` is doubled, since it marks codes there.
    fn header(&mut self, text: &Text) {
        let mut words = String::new();
        let none = Copy { block: None, item: 0 };
        if let Text::Whole(field) = text {
            words.push_str(&self.display(none.source(*field)).replace('&', "&&"));
        } else if let Text::Mixed(pieces) = text {
            for piece in pieces {
                match piece {
                    Word::Words(raw) => words.push_str(&xml::unescape(raw)),
                    Word::Field(field) => words.push_str(&self.display(none.source(*field)).replace('&', "&&")),
                }
            }
        }
        let short: String = words.chars().take(HEADER_LIMIT).collect();
        xml::escape(self.out, &short);
    }
}
