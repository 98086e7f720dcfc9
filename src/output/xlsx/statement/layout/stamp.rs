//! Filling a layout in: the one thing that happens once per holder, so nothing here parses or looks up a name.

mod cells;

use super::pieces::Piece;
use super::references::{Cover, RowCopy, RowMap, write_number};
use super::sheet::{Row, Sheet};
use super::text::Text;
use super::{Layout, Slot};
use crate::output::xlsx::package::Writer;
use crate::output::xlsx::row_height;
use crate::output::xlsx::statement::fields::delivery;
use crate::output::xlsx::statement::{Cell, Field, Group, Statement, Value};
use crate::spreadsheet::ooxml::escape;
use std::io;

/// Excel's limit on a header or footer, in characters.
const HEADER_LIMIT: usize = 255;

/// What one page takes at three quarters of its size, in points: A4 or Letter less the margins.
const LONGEST_PAGE: f64 = 920.0;

impl Layout {
    pub fn stamp(&self, statement: &Statement) -> io::Result<Vec<u8>> {
        let mut zip = Writer::with_capacity(self.size_hint);
        let mut text = Vec::with_capacity(32 * 1024);
        if self.hides_deliveries && statement.count(Group::Delivery) > 0 {
            let asset = statement.text(Cell::at(delivery::ASSET, 0)).unwrap_or("an asset");
            return Err(io::Error::other(format!(
                "the layout lists payments and has no {{{{delivery.asset}}}}, so that {asset} would not be shown: add a row \
                 with {{{{delivery.asset}}}} and {{{{delivery.quantity}}}}"
            )));
        }
        // Of a list without items there is one blank row.
        let count = |group: Group| u32::try_from(statement.count(group)).expect("a statement has few rows").max(1);
        let counts = |sheet: &Sheet| sheet.blocks.iter().map(|block| count(block.group)).collect();
        let counts: Vec<Vec<u32>> = self.sheets.iter().map(|(_, sheet)| counts(sheet)).collect();
        let sheets = self.sheets.iter().zip(&counts);
        let sheets: Vec<Stamped> = sheets
            .map(|((name, sheet), counts)| Stamped { name, sheet, map: RowMap { blocks: &sheet.blocks, counts } })
            .collect();
        for slot in &self.parts {
            text.clear();
            match slot {
                Slot::Kept(part) => zip.copy(part),
                Slot::Filled(name, own, head, pieces) => {
                    // What is no sheet has only references that say theirs, of which there is one at least.
                    let own = own.map_or(sheets[0], |at| sheets[at]);
                    SheetStamp { own, sheets: &sheets, statement, out: &mut text, tall: 0.0 }.pieces(pieces);
                    zip.deflate(name, head, &text)?;
                }
            }
        }
        Ok(zip.finish())
    }
}

/// A sheet of the layout with where its rows go in one statement.
#[derive(Clone, Copy)]
struct Stamped<'a> {
    name: &'a str,
    sheet: &'a Sheet,
    map: RowMap<'a>,
}

struct SheetStamp<'a, 's> {
    own: Stamped<'a>,
    /// All sheets that are filled in, to which formulas may refer.
    sheets: &'a [Stamped<'a>],
    statement: &'a Statement<'s>,
    out: &'a mut Vec<u8>,
    /// The height of the rows written so far, in points.
    tall: f64,
}

impl SheetStamp<'_, '_> {
    fn rows(&mut self) {
        let Stamped { sheet, map, .. } = self.own;
        let mut rows = sheet.rows.as_slice();
        while let [row, after @ ..] = rows {
            let Some(block) = map.block(row.number) else {
                self.row(row, None, map.first(row.number));
                rows = after;
                continue;
            };
            let end = rows.partition_point(|row| row.number <= map.blocks[block].last);
            let (copied, after) = rows.split_at(end);
            for item in 0..map.counts[block] {
                for row in copied {
                    self.row(row, Some(RowCopy { block, item }), map.copy(row.number, item));
                }
            }
            rows = after;
        }
    }

    fn row(&mut self, row: &Row, copy: Option<RowCopy>, number: u32) {
        self.out.extend_from_slice(b"<row r=\"");
        write_number(self.out, number);
        self.out.push(b'"');
        self.out.extend_from_slice(row.attributes.as_bytes());
        if row.level > 0 && self.is_left_out(row.number) {
            self.out.extend_from_slice(b" hidden=\"1\"/>");
            return;
        }
        self.height(row, copy);
        if row.cells.is_empty() {
            self.out.extend_from_slice(b"/>");
            return;
        }
        self.out.push(b'>');
        for cell in &row.cells {
            self.cell(cell, copy, number);
        }
        self.out.extend_from_slice(b"</row>");
    }

    /// Whether all is blank that a row, and those that are grouped with it, hold.
    fn is_left_out(&self, row: u32) -> bool {
        let group = self.own.sheet.groups.iter().find(|group| (group.first..=group.last).contains(&row));
        let is_blank = |field: &Field| match field.group {
            Group::Single => matches!(self.statement.value(Cell::single(*field)), Value::Blank),
            list => self.statement.count(list) == 0,
        };
        group.is_some_and(|group| !group.fields.is_empty() && group.fields.iter().all(is_blank))
    }

    /// The row's height: as the template has it, or what its wrapped texts need.
    fn height(&mut self, row: &Row, copy: Option<RowCopy>) {
        let mut needed = 0;
        for cell in &row.cells {
            let Some((width, size)) = cell.wraps else { continue };
            let text = self.cell_text(cell, copy);
            // Most texts fit by any measure.
            if row_height::may_wrap(&text, width) {
                let lines = row_height::lines(&text, width);
                needed = needed.max(row_height::pixels(lines, size, row_height::is_tall(&text)));
            }
        }
        let needed = f64::from(needed) * 0.75;
        self.tall += needed.max(row.height);
        if needed > row.height {
            self.out.extend_from_slice(format!(" ht=\"{needed}\" customHeight=\"1\"").as_bytes());
        } else {
            self.out.extend_from_slice(row.own_height.as_bytes());
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        let map = self.own.map;
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => self.out.extend_from_slice(bytes),
                Piece::Rows => self.rows(),
                Piece::Areas(areas) => areas.write(self.out, &map, Cover::Stretched),
                Piece::Formula(expression) => expression.write(self.out, &map, Cover::Around),
                Piece::Break(row) => write_number(self.out, map.last(*row)),
                Piece::Merges => self.merges(),
                Piece::Header(text) => self.header(text),
                // Else the rows would be too small on one page.
                Piece::Fit if self.tall > LONGEST_PAGE => self.out.extend_from_slice(b" fitToHeight=\"0\""),
                Piece::Fit => {}
                Piece::Name(at, expression) => expression.write(self.out, &self.sheets[*at].map, Cover::Around),
            }
        }
    }

    /// Merged areas: those in repeated rows once for each copy.
    fn merges(&mut self) {
        let Stamped { sheet, map, .. } = self.own;
        let copies = |block: Option<usize>| block.map_or(1, |at| map.counts[at]);
        let areas = || sheet.merges.iter().map(|area| (area, area.first_row().and_then(|row| map.block(row))));
        self.out.extend_from_slice(b"<mergeCells count=\"");
        write_number(self.out, areas().map(|(_, block)| copies(block)).fold(0, u32::saturating_add));
        self.out.extend_from_slice(b"\">");
        for (area, block) in areas() {
            for item in 0..copies(block) {
                self.out.extend_from_slice(b"<mergeCell ref=\"");
                area.write(self.out, &map, block.map_or(Cover::Around, |block| Cover::Copy(RowCopy { block, item })));
                self.out.extend_from_slice(b"\"/>");
            }
        }
        self.out.extend_from_slice(b"</mergeCells>");
    }

    /// A header or footer; in values `&` is doubled, since it marks codes there.
    fn header(&mut self, text: &Text) {
        let words = self.composed(text, None, |value| value.replace('&', "&&").into());
        let short: String = words.chars().take(HEADER_LIMIT).collect();
        escape(self.out, &short);
    }
}
