//! Filling a layout in: the one thing that happens once per holder, so nothing here parses or looks up a name.

use super::expression::Standing;
use super::heights;
use super::rows::{RowMap, write_number};
use super::sheet::{Cell, Content, Piece, Row, Sheet};
use super::strings::Strings;
use super::text::{Piece as Word, Text};
use super::{Layout, Slot, xml};
use crate::model::calendar::iso;
use crate::report::xlsx::package::Writer;
use crate::report::xlsx::statement::{Cell as Source, Column, Field, Formula, Group, Statement, Value};
use crate::report::xlsx::value::{Figure, grouped, serial};
use std::borrow::Cow;
use std::io;

/// What one page takes at half size, in points: two pages of A4 less their margins.
const LONGEST_PAGE: f64 = 1400.0;

/// A spreadsheet's rows, by sixteen.
const SPANS: usize = 65_536;

/// Excel's limit on a header or footer, in characters.
const HEADER_LIMIT: usize = 255;

impl Layout {
    /// The workbook of one statement.
    ///
    /// # Errors
    /// Where deflating fails.
    pub fn stamp(&self, statement: &Statement) -> io::Result<Vec<u8>> {
        let mut zip = Writer::with_capacity(self.size_hint);
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
                Slot::Kept(part) => zip.copy(part),
                Slot::Sheet(name, _) => {
                    let range = stamped.next().unwrap_or_default();
                    zip.deflate(name, text.get(range).unwrap_or(b""))?;
                }
                Slot::Strings(name) => {
                    other.clear();
                    strings.write(&mut other);
                    zip.deflate(name, &other)?;
                }
                Slot::Names(name, names, at) => {
                    other.clear();
                    if let Some(Slot::Sheet(_, sheet)) = self.parts.get(*at) {
                        let counts = counts(sheet, statement);
                        names.write(&mut other, &RowMap { blocks: &sheet.blocks, counts: &counts });
                    }
                    zip.deflate(name, &other)?;
                }
            }
        }
        Ok(zip.finish())
    }
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

    /// Whether the rows would be too small on one page: under about half their size.
    fn is_long(&self) -> bool {
        self.tall > LONGEST_PAGE
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

    fn pieces(&mut self, pieces: &[Piece]) {
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
                needed = needed.max(heights::pixels(heights::lines(&text, *width), *size));
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

    /// What a cell shows, to measure it.
    fn cell_text(&self, cell: &'a Cell, copy: Copy) -> Cow<'a, str> {
        match &cell.content {
            Content::Static(at) => self.layout.strings.strings.get(*at).map_or("", |s| s.searched()).into(),
            Content::Whole(field) => self.display(copy.source(*field)),
            Content::Mixed(Text::Mixed(pieces), false) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Word::Words(words) => text.push_str(words),
                        Word::Field(field) => text.push_str(&self.display(copy.source(*field))),
                    }
                }
                text.into()
            }
            _ => "".into(),
        }
    }

    /// A value among words.
    fn display(&self, source: Source) -> Cow<'a, str> {
        match self.statement.value(source) {
            Value::Blank => "".into(),
            Value::Text(text) => Cow::Borrowed(text),
            Value::Date(date) => iso(*date).into(),
            Value::Number(figure) | Value::Live(_, figure) => grouped(&figure.to_string()).into(),
        }
    }

    fn cell(&mut self, cell: &Cell, copy: Copy, number: u32) {
        let value = match &cell.content {
            Content::Whole(field) => Some(self.statement.value(copy.source(*field))),
            _ => None,
        };
        let blank = matches!(cell.content, Content::Blank) || matches!(value, Some(Value::Blank));
        if blank && cell.attributes.is_empty() {
            return;
        }
        self.out.extend_from_slice(b"<c r=\"");
        self.out.extend_from_slice(cell.column.as_bytes());
        write_number(self.out, number);
        self.out.push(b'"');
        self.out.extend_from_slice(cell.attributes.as_bytes());
        match (&cell.content, value) {
            (_, Some(value)) => self.value(value),
            (Content::Static(at), _) if self.layout.shares_strings => {
                let index = self.strings.of_template(*at);
                self.string(index);
            }
            (Content::Static(at), _) => {
                let layout = self.layout;
                let inner = layout.strings.strings.get(*at).map_or(b"".as_slice(), |s| &s.raw);
                self.inline(inner);
            }
            (Content::Mixed(text, rich), _) => self.mixed(text, *rich, copy),
            (Content::Raw(kind, inner), _) => {
                self.out.extend_from_slice(kind.as_bytes());
                self.out.push(b'>');
                self.out.extend_from_slice(inner.as_bytes());
                self.out.extend_from_slice(b"</c>");
            }
            (Content::Formula(expression), _) => {
                self.out.extend_from_slice(b"><f>");
                let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
                expression.write(self.out, &map, copy.standing());
                self.out.extend_from_slice(b"</f></c>");
            }
            (Content::Blank | Content::Whole(_), _) => self.out.extend_from_slice(b"/>"),
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Blank => self.out.extend_from_slice(b"/>"),
            Value::Text(text) if self.layout.shares_strings => {
                let index = self.strings.of_text(text);
                self.string(index);
            }
            Value::Text(text) => {
                let mut string = Vec::new();
                super::strings::write_string(&mut string, text);
                self.inline(&string);
            }
            Value::Number(figure) => self.number(*figure),
            Value::Date(date) => {
                self.out.extend_from_slice(b"><v>");
                write_number(self.out, serial(*date).unwrap_or(0));
                self.out.extend_from_slice(b"</v></c>");
            }
            Value::Live(formula, figure) => {
                let start = self.out.len();
                self.out.extend_from_slice(b"><f>");
                if self.formula(formula).is_some() {
                    self.out.extend_from_slice(b"</f><v>");
                    figure.write(self.out);
                    self.out.extend_from_slice(b"</v></c>");
                } else {
                    self.out.truncate(start);
                    self.number(*figure);
                }
            }
        }
    }

    fn number(&mut self, figure: Figure) {
        self.out.extend_from_slice(b"><v>");
        figure.write(self.out);
        self.out.extend_from_slice(b"</v></c>");
    }

    fn string(&mut self, index: u32) {
        self.out.extend_from_slice(b" t=\"s\"><v>");
        write_number(self.out, index);
        self.out.extend_from_slice(b"</v></c>");
    }

    /// A string in the cell itself; `string` is `<si>…</si>`.
    fn inline(&mut self, string: &[u8]) {
        let inner = string.get(4..string.len().saturating_sub(5)).unwrap_or(b"");
        self.out.extend_from_slice(b" t=\"inlineStr\"><is>");
        self.out.extend_from_slice(inner);
        self.out.extend_from_slice(b"</is></c>");
    }

    fn mixed(&mut self, text: &Text, rich: bool, copy: Copy) {
        let Text::Mixed(pieces) = text else { return };
        let mut string = Vec::new();
        if rich {
            for piece in pieces {
                match piece {
                    Word::Words(raw) => string.extend_from_slice(raw.as_bytes()),
                    Word::Field(field) => xml::escape_string(&mut string, &self.display(copy.source(*field))),
                }
            }
        } else {
            let mut words = String::new();
            for piece in pieces {
                match piece {
                    Word::Words(text) => words.push_str(text),
                    Word::Field(field) => words.push_str(&self.display(copy.source(*field))),
                }
            }
            super::strings::write_string(&mut string, &words);
        }
        if self.layout.shares_strings {
            let index = self.strings.of(|body| body.extend_from_slice(&string));
            self.string(index);
        } else {
            self.inline(&string);
        }
    }

    /// Writes a formula; none where the layout lacks a cell that it takes, and what was written is to be dropped.
    fn formula(&mut self, formula: &Formula) -> Option<()> {
        match *formula {
            Formula::Same(a) => self.address(a),
            Formula::Product(a, b) => {
                self.address(a)?;
                self.out.push(b'*');
                self.address(b)
            }
            Formula::RoundedProduct(a, b, d) => self.rounded("ROUND(", d, |s| s.operation(&[a, b], b'*')),
            Formula::RoundedDownProduct(a, b, d) => self.rounded("ROUNDDOWN(", d, |s| s.operation(&[a, b], b'*')),
            Formula::Sum(column) => self.sum(column),
            Formula::RoundedSum(column, d) => self.rounded("ROUND(", d, |s| s.sum(column)),
            Formula::RoundedDownSum(column, d) => self.rounded("ROUNDDOWN(", d, |s| s.sum(column)),
            Formula::RoundedSumProduct(a, b, d) => self.rounded("ROUND(", d, |s| {
                s.out.extend_from_slice(b"SUMPRODUCT(");
                s.range(a)?;
                s.out.push(b',');
                s.range(b)?;
                s.out.push(b')');
                Some(())
            }),
            Formula::Plus(a, b, d) => self.rounded("ROUND(", d, |s| s.operation(&[a, b], b'+')),
            Formula::Minus(a, b, d) => self.rounded("ROUND(", d, |s| s.operation(&[a, b], b'-')),
            Formula::Plus4(cells, d) => self.rounded("ROUND(", d, |s| s.operation(&cells, b'+')),
            Formula::SumInCurrency { keys, currency, values, decimals } => self.rounded("ROUND(", decimals, |s| {
                s.out.extend_from_slice(b"SUMIF(");
                s.range(keys)?;
                s.out.push(b',');
                s.address(currency)?;
                s.out.push(b',');
                s.range(values)?;
                s.out.push(b')');
                Some(())
            }),
        }
    }

    fn rounded(&mut self, name: &str, decimals: u32, inner: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.out.extend_from_slice(name.as_bytes());
        inner(self)?;
        self.out.push(b',');
        write_number(self.out, decimals);
        self.out.push(b')');
        Some(())
    }

    fn operation(&mut self, cells: &[Source], operator: u8) -> Option<()> {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.out.push(operator);
            }
            self.address(*cell)?;
        }
        Some(())
    }

    fn sum(&mut self, column: Column) -> Option<()> {
        self.out.extend_from_slice(b"SUM(");
        if self.range(column).is_none() {
            // Items of several rows each: one after the other, for what is between may hold numbers too.
            if column.to - column.from > 60 {
                return None;
            }
            for row in column.from..=column.to {
                if row > column.from {
                    self.out.push(b',');
                }
                self.address(Source { field: column.field, row })?;
            }
        }
        self.out.push(b')');
        Some(())
    }

    fn address(&mut self, cell: Source) -> Option<()> {
        let (letters, row) = self.home(cell.field)?;
        let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
        let number = map.copy(row, u32::from(cell.row));
        self.out.extend_from_slice(letters.as_bytes());
        write_number(self.out, number);
        Some(())
    }

    /// Consecutive cells of a column; none, and nothing written, where each item takes several rows.
    fn range(&mut self, column: Column) -> Option<()> {
        let (_, row) = self.home(column.field)?;
        let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
        let height = map.block(row).and_then(|at| self.sheet.blocks.get(at)).map_or(1, super::rows::Block::height);
        if height > 1 && column.to > column.from {
            return None;
        }
        self.address(Source { field: column.field, row: column.from })?;
        if column.to > column.from {
            self.out.push(b':');
            self.address(Source { field: column.field, row: column.to })?;
        }
        Some(())
    }

    fn home(&self, field: Field) -> Option<(&'a str, u32)> {
        self.sheet.home(field)
    }
}
