//! Filling a layout in: the one thing that happens once per holder, so nothing here parses or looks up a name.

mod around;
mod cells;
mod formulas;

use super::expression::Standing;
use super::heights;
use super::rows::{RowMap, write_number};
use super::sheet::{Row, Sheet};
use super::strings::Strings;
use super::{Layout, Slot};
use crate::output::xlsx::package::{Part, Writer};
use crate::output::xlsx::statement::{Cell as Source, Field, Group, Statement};
use std::io;

/// A spreadsheet's rows, by sixteen.
const SPANS: usize = 65_536;

impl Layout {
    /// The workbook of one statement.
    /// Errors: Where deflating fails.
    pub fn stamp(&self, statement: &Statement) -> io::Result<Vec<u8>> {
        let mut zip = Writer::with_capacity(self.size_hint);
        let mut table = Vec::new();
        self.parts(statement, |part| match part {
            Stamped::Kept(part) => {
                zip.copy(part);
                Ok(())
            }
            Stamped::Made(name, plain) => zip.deflate_with(&self.code, &mut table, name, plain),
        })?;
        Ok(zip.finish())
    }

    /// What stamped parts look like, to make a code for them: a statement of invented values.
    pub(super) fn specimen(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        let _: io::Result<()> = self.parts(&super::specimen::statement(), |part| {
            if let Stamped::Made(_, part) = part {
                plain.extend_from_slice(part);
            }
            Ok(())
        });
        plain
    }

    /// The parts of one statement, in the order of the template's.
    fn parts(&self, statement: &Statement, mut take: impl FnMut(Stamped) -> io::Result<()>) -> io::Result<()> {
        let mut strings = Strings::new(&self.strings);
        let mut text = Vec::with_capacity(32 * 1024);
        // The strings' part may stand before a sheet's, so sheets are made first.
        let mut sheets = Vec::new();
        for slot in &self.parts {
            if let Slot::Sheet(_, sheet) = slot {
                let start = text.len();
                SheetStamp::new(self, sheet, statement, &mut strings, &mut text).write();
                sheets.push(start..text.len());
            }
        }
        let mut stamped = sheets.into_iter();
        let mut other = Vec::new();
        for slot in &self.parts {
            match slot {
                Slot::Kept(part) => take(Stamped::Kept(part))?,
                Slot::Sheet(name, _) => {
                    let range = stamped.next().unwrap_or_default();
                    take(Stamped::Made(name, text.get(range).unwrap_or(b"")))?;
                }
                Slot::Strings(name) => {
                    other.clear();
                    strings.write(&mut other);
                    take(Stamped::Made(name, &other))?;
                }
                Slot::Names(name, names, at) => {
                    other.clear();
                    if let Some(Slot::Sheet(_, sheet)) = self.parts.get(*at) {
                        let counts = counts(sheet, statement);
                        names.write(&mut other, &RowMap { blocks: &sheet.blocks, counts: &counts });
                    }
                    take(Stamped::Made(name, &other))?;
                }
            }
        }
        Ok(())
    }
}

/// A part of a stamped workbook.
enum Stamped<'a> {
    /// As the template has it.
    Kept(&'a Part),
    /// Its name and plain content.
    Made(&'a str, &'a [u8]),
}

/// How often each block of a sheet is there: once, blank, for a list without items.
fn counts(sheet: &Sheet, statement: &Statement) -> Vec<u32> {
    let count = |group: Group| u32::try_from(statement.count(group)).unwrap_or(u32::MAX).max(1);
    sheet.blocks.iter().map(|block| count(block.group)).collect()
}

/// One sheet of one statement.
struct SheetStamp<'a, 's, 't> {
    layout: &'a Layout,
    sheet: &'a Sheet,
    statement: &'a Statement<'s>,
    strings: &'a mut Strings<'t>,
    out: &'a mut Vec<u8>,
    counts: Vec<u32>,
    /// The height of the rows written so far, in points.
    tall: f64,
}

/// Which copy of a row is being written.
#[derive(Clone, Copy)]
struct Copy {
    block: Option<usize>,
    item: u32,
}

impl Copy {
    fn standing(self) -> Standing {
        self.block.map_or(Standing::Outside, |block| Standing::Copy { block, item: self.item })
    }

    fn source(self, field: Field) -> Source {
        let row = if field.group == Group::Single { 0 } else { u16::try_from(self.item).unwrap_or(u16::MAX) };
        Source { field, row }
    }
}

impl<'a, 's, 't> SheetStamp<'a, 's, 't> {
    fn new(
        layout: &'a Layout,
        sheet: &'a Sheet,
        statement: &'a Statement<'s>,
        strings: &'a mut Strings<'t>,
        out: &'a mut Vec<u8>,
    ) -> Self {
        Self { layout, sheet, statement, strings, out, counts: counts(sheet, statement), tall: 0.0 }
    }

    fn write(mut self) {
        let sheet = self.sheet;
        self.pieces(&sheet.head);
        let rows = self.order();
        let spans = self.spans(&rows);
        for (row, copy, number) in rows {
            let span = spans.get(((number - 1) / 16) as usize).copied().flatten();
            self.row(row, copy, number, span);
        }
        self.pieces(&sheet.tail);
    }

    /// The rows in the order in which they stand: template row, copy, number.
    fn order(&self) -> Vec<(&'a Row, Copy, u32)> {
        let sheet = self.sheet;
        let map = RowMap { blocks: &sheet.blocks, counts: &self.counts };
        let mut order = Vec::with_capacity(sheet.rows.len() + 16);
        let mut at = 0;
        while let Some(row) = sheet.rows.get(at) {
            let Some(block) = map.block(row.number) else {
                order.push((row, Copy { block: None, item: 0 }, map.first(row.number)));
                at += 1;
                continue;
            };
            let last = sheet.blocks.get(block).map_or(row.number, |b| b.last);
            let len = sheet.rows.get(at..).unwrap_or(&[]).iter().take_while(|r| r.number <= last).count().max(1);
            let copied = sheet.rows.get(at..at + len).unwrap_or(&[]);
            for item in 0..self.counts.get(block).copied().unwrap_or(1) {
                let copy = Copy { block: Some(block), item };
                order.extend(copied.iter().map(|row| (row, copy, map.copy(row.number, item))));
            }
            at += len;
        }
        order
    }

    /// The first and last column, from 1, of each sixteen rows.
    fn spans(&self, rows: &[(&Row, Copy, u32)]) -> Vec<Option<(u32, u32)>> {
        let mut spans = Vec::new();
        if !self.sheet.spans {
            return spans;
        }
        for (row, _, number) in rows {
            let at = ((number - 1) / 16) as usize;
            if spans.len() <= at && at < SPANS {
                spans.resize(at + 1, None);
            }
            if let (Some(first), Some(last), Some(span)) = (row.cells.first(), row.cells.last(), spans.get_mut(at)) {
                let (first, last) = (first.index + 1, last.index + 1);
                *span = Some(span.map_or((first, last), |(a, b): (u32, u32)| (a.min(first), b.max(last))));
            }
        }
        spans
    }

    fn row(&mut self, row: &Row, copy: Copy, number: u32, span: Option<(u32, u32)>) {
        self.out.extend_from_slice(b"<row r=\"");
        write_number(self.out, number);
        if let Some((first, last)) = span {
            self.out.extend_from_slice(b"\" spans=\"");
            write_number(self.out, first);
            self.out.push(b':');
            write_number(self.out, last);
        }
        self.out.push(b'"');
        self.out.extend_from_slice(row.attributes.as_bytes());
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

    /// The row's height: as the template has it, or what its wrapped texts need.
    fn height(&mut self, row: &Row, copy: Copy) {
        let own = row.height.unwrap_or_else(|| self.sheet.columns.row_height());
        let mut needed = 0;
        for (at, width, size) in &row.wrapped {
            let Some(cell) = row.cells.get(*at) else { continue };
            let text = self.cell_text(cell, copy);
            // Most texts fit by any measure.
            if heights::may_wrap(&text, *width) {
                let lines = heights::lines(&text, *width);
                needed = needed.max(heights::pixels(lines, *size, heights::is_tall(&text)));
            }
        }
        let needed = f64::from(needed) * 0.75;
        self.tall += needed.max(own);
        if needed > own {
            self.out.extend_from_slice(format!(" ht=\"{needed}\" customHeight=\"1\"").as_bytes());
        } else {
            self.out.extend_from_slice(row.own_height.as_bytes());
        }
    }
}
