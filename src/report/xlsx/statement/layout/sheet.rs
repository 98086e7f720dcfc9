//! A template's worksheet, parsed once into what stays and what each statement fills in.

use super::expression::Expression;
use super::heights::{Columns, Styles};
use super::rows::{Area, Block};
use super::text::{Fault, SharedString, Text, join};
use super::xml;
use crate::report::xlsx::statement::{Field, Group, StatementKind};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// A spreadsheet's rows.
const ROWS: u32 = 1_048_576;
/// A spreadsheet's columns.
const COLUMNS: u32 = 16_384;
/// The height of the tallest row, in points.
const TALLEST: f64 = 409.5;

/// A worksheet in pieces.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Before the rows.
    pub head: Vec<Piece>,
    /// The rows that hold anything.
    pub rows: Vec<Row>,
    /// After the rows.
    pub tail: Vec<Piece>,
    /// The repeated rows.
    pub blocks: Vec<Block>,
    /// Whether rows carry the `spans` attribute.
    pub spans: bool,
    /// Merged areas.
    pub merges: Vec<Area>,
    /// Column widths.
    pub columns: Columns,
    /// Where each placeholder that fills a whole cell stands first: column letters and template row.
    homes: Vec<(Field, String, u32)>,
}

/// A piece of a worksheet around its rows.
#[derive(Clone, Debug)]
pub enum Piece {
    /// As it stands.
    Bytes(Vec<u8>),
    /// A list of references.
    Areas(Vec<Area>),
    /// The whole `mergeCells`.
    Merges,
    /// A formula of a conditional format or a validation.
    Formula(Expression),
    /// A header or footer with placeholders.
    Text(Text),
    /// The number of a row after which a page ends.
    Break(u32),
    /// Where `fitToHeight="0"` goes if one page is too small.
    Fit,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number in the template.
    pub number: u32,
    /// Its attributes but `r`, `spans`, `ht` and `customHeight`, as they stand, each with a space before it.
    pub attributes: String,
    /// Its height in points, where it is set.
    pub height: Option<f64>,
    /// That height as attributes, each with a space before it.
    pub own_height: String,
    /// The cells whose text wraps: index, width in characters, the font's size.
    pub wrapped: Vec<(usize, f64, f64)>,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its column's letters.
    pub column: String,
    /// Its column, from 0.
    pub index: u32,
    /// Its style.
    pub style: Option<u32>,
    /// ` s="3"`, or empty, and other attributes but `r` and `t`.
    pub attributes: String,
    /// What is in it.
    pub content: Content,
}

/// What is in a template's cell.
#[derive(Clone, Debug)]
pub enum Content {
    /// Nothing but a style.
    Blank,
    /// A number, a truth value, an error: ` t="b"` (or empty), and what is between the tags.
    Raw(String, String),
    /// A text, as an index into the template's strings.
    Static(usize),
    /// A placeholder.
    Whole(Field),
    /// Placeholders among words; whether the words are XML.
    Mixed(Text, bool),
    /// A formula of the template's own.
    Formula(Expression),
}

/// What is wrong with a template, and in which cell (none for the sheet).
pub type Faults = Vec<(Option<String>, Fault)>;

/// Reads worksheets.
#[derive(Debug)]
pub struct SheetReader<'a> {
    /// For which statements.
    pub kind: StatementKind,
    /// The sheet's name, to know references to itself.
    pub name: &'a str,
    /// The workbook's strings; inline ones are added.
    pub strings: &'a mut Vec<SharedString>,
}

impl SheetReader<'_> {
    /// Reads a worksheet's XML.
    ///
    /// # Errors
    /// Where it is not XML.
    pub fn read(&mut self, text: &str, faults: &mut Faults) -> Result<Sheet, quick_xml::Error> {
        let mut sheet = Sheet::default();
        let mut shared = BTreeMap::new();
        let mut reader = Reader::from_str(text);
        let mut pieces = Vec::new();
        let (mut done, mut in_merges, mut fits) = (0usize, false, false);
        loop {
            let start = position(&reader);
            let event = reader.read_event()?;
            let end = position(&reader);
            let mut cut = |pieces: &mut Vec<Piece>, from: usize, to: usize| {
                push_bytes(pieces, text.get(done..from).unwrap_or(""));
                done = to;
            };
            match event {
                Event::Eof => {
                    cut(&mut pieces, text.len(), text.len());
                    sheet.tail = pieces;
                    break;
                }
                Event::Start(tag) if tag.local_name().as_ref() == "sheetData" => {
                    cut(&mut pieces, end, end);
                    sheet.head = std::mem::take(&mut pieces);
                    if !sheet.rows.is_empty() {
                        return Err(broken("its rows are there twice"));
                    }
                    done = self.rows(&mut reader, text, &mut sheet, &mut shared, faults)?;
                }
                Event::Start(tag) if is_text_element(tag.local_name().as_ref()) => {
                    let inner = inner_text(&mut reader, text, &tag, end)?;
                    if let Some(piece) = self.text_piece(tag.local_name().as_ref(), &inner, faults) {
                        cut(&mut pieces, end, end + inner.len());
                        pieces.push(piece);
                    }
                }
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                    "mergeCells" => {
                        cut(&mut pieces, start, end);
                        pieces.push(Piece::Merges);
                        in_merges = true;
                    }
                    "mergeCell" if in_merges => {
                        sheet.merges.extend(attribute(&tag, "ref").and_then(|r| Area::parse(&r).map(|(a, _)| a)));
                        done = end;
                    }
                    "col" => sheet.columns.add(&tag),
                    "sheetFormatPr" => sheet.columns.set_defaults(&tag),
                    "brk" => {
                        if let Some((at, id)) = raw_attribute(text, start, end, "id") {
                            cut(&mut pieces, at.start, at.end);
                            pieces.push(Piece::Break(id.parse().unwrap_or(0)));
                        }
                    }
                    "pageSetUpPr" => fits = attribute(&tag, "fitToPage").is_some_and(|fit| fit == "1"),
                    "pageSetup" if fits && attribute(&tag, "fitToHeight").is_none_or(|fit| fit == "1") => {
                        if let Some((from, to)) = fit_place(text, start, end) {
                            cut(&mut pieces, from, to);
                            pieces.push(Piece::Fit);
                        }
                    }
                    "selection" | "autoFilter" => {}
                    _ => {
                        for name in ["ref", "sqref"] {
                            if let Some((at, value)) = raw_attribute(text, start, end, name) {
                                cut(&mut pieces, at.start, at.end);
                                pieces.push(Piece::Areas(Area::list(value)));
                            }
                        }
                    }
                },
                Event::End(tag) if tag.local_name().as_ref() == "mergeCells" => {
                    in_merges = false;
                    done = end;
                }
                _ => {}
            }
        }
        sheet.find_homes();
        Ok(sheet)
    }

    /// What an element with a text of its own comes to: a formula, references, a header; none where it stays.
    fn text_piece(&self, name: &str, inner: &str, faults: &mut Faults) -> Option<Piece> {
        match name {
            "sqref" => Some(Piece::Areas(Area::list(inner))),
            "formula" | "formula1" | "formula2" | "f" => {
                Some(Piece::Formula(self.expression(inner))).filter(|_| !self.expression(inner).is_constant())
            }
            _ => self.header(inner, faults).map(Piece::Text),
        }
    }

    /// Reads the rows, and says where their end tag begins.
    fn rows(
        &mut self,
        reader: &mut Reader<&[u8]>,
        text: &str,
        sheet: &mut Sheet,
        shared: &mut BTreeMap<String, (String, u32, u32)>,
        faults: &mut Faults,
    ) -> Result<usize, quick_xml::Error> {
        let mut number = 0;
        loop {
            let start = position(reader);
            match reader.read_event()? {
                Event::Start(tag) if tag.local_name().as_ref() == "row" => {
                    let mut row = sheet.begin_row(&tag, &mut number)?;
                    self.cells(reader, text, &mut row, shared, faults)?;
                    sheet.end_row(row, faults);
                }
                Event::Empty(tag) if tag.local_name().as_ref() == "row" => {
                    let row = sheet.begin_row(&tag, &mut number)?;
                    sheet.end_row(row, faults);
                }
                Event::End(tag) if tag.local_name().as_ref() == "sheetData" => return Ok(start),
                Event::Eof => return Err(unexpected_end()),
                _ => {}
            }
        }
    }

    fn cells(
        &mut self,
        reader: &mut Reader<&[u8]>,
        text: &str,
        row: &mut Row,
        shared: &mut BTreeMap<String, (String, u32, u32)>,
        faults: &mut Faults,
    ) -> Result<(), quick_xml::Error> {
        loop {
            let event = reader.read_event()?;
            let (tag, has_content) = match event {
                Event::Start(tag) if tag.local_name().as_ref() == "c" => (tag, true),
                Event::Empty(tag) if tag.local_name().as_ref() == "c" => (tag, false),
                Event::End(tag) if tag.local_name().as_ref() == "row" => return Ok(()),
                Event::Eof => return Err(unexpected_end()),
                _ => continue,
            };
            let start = position(reader);
            let inner = if has_content { inner_xml(reader, text, &tag, start)? } else { "" };
            let next = row.cells.last().map_or(0, |c: &Cell| c.index + 1);
            let index = attribute(&tag, "r").and_then(|r| column_index(&r)).unwrap_or(next);
            if index < next || index >= COLUMNS {
                return Err(broken(&format!("the cells of row {} are not in order", row.number)));
            }
            let mut cell = Cell {
                column: column_letters(index),
                index,
                style: attribute(&tag, "s").and_then(|s| s.parse().ok()),
                attributes: other_attributes(&tag, &["r", "t"]),
                content: Content::Blank,
            };
            match self.content(&tag, inner, (row.number, index), shared) {
                Ok(content) => cell.content = content,
                Err(fault) => faults.push((Some(format!("{}{}", cell.column, row.number)), fault)),
            }
            row.cells.push(cell);
        }
    }

    fn content(
        &mut self,
        tag: &BytesStart,
        inner: &str,
        at: (u32, u32),
        shared: &mut BTreeMap<String, (String, u32, u32)>,
    ) -> Result<Content, Fault> {
        let kind = attribute(tag, "t").unwrap_or_default();
        if let Some((formula_tag, formula)) = element(inner, "f") {
            let formula = xml::unescape(formula).into_owned();
            return Ok(Content::Formula(self.own_formula(formula_tag, formula, at, shared)));
        }
        let string = match kind.as_str() {
            "s" => element(inner, "v").and_then(|(_, v)| v.trim().parse().ok()),
            "inlineStr" => {
                let (_, is) = element(inner, "is").unwrap_or(("", ""));
                self.strings.push(SharedString::new(is));
                Some(self.strings.len() - 1)
            }
            _ if inner.is_empty() => return Ok(Content::Blank),
            _ => {
                let known = matches!(kind.as_str(), "b" | "d" | "e" | "n" | "str");
                let kind = if known { format!(" t=\"{kind}\"") } else { String::new() };
                return Ok(Content::Raw(kind, inner.to_owned()));
            }
        };
        let Some((index, string)) = string.and_then(|index| self.strings.get(index).map(|s| (index, s))) else {
            return Ok(Content::Blank);
        };
        Ok(match Text::parse(string.searched(), self.kind)? {
            Text::Static => Content::Static(index),
            Text::Whole(field) => Content::Whole(field),
            mixed @ Text::Mixed(_) => Content::Mixed(mixed, string.plain.is_none()),
        })
    }

    /// A formula of the template's own; one that shares another's text gets it, moved to its own cell.
    fn own_formula(
        &self,
        tag: &str,
        formula: String,
        (row, column): (u32, u32),
        shared: &mut BTreeMap<String, (String, u32, u32)>,
    ) -> Expression {
        let id = raw_attribute(tag, 0, tag.len(), "si").map(|(_, id)| id.to_owned());
        match id {
            Some(id) if formula.is_empty() => match shared.get(&id) {
                Some((text, from_row, from_column)) => {
                    let down = i64::from(row) - i64::from(*from_row);
                    let right = i64::from(column) - i64::from(*from_column);
                    self.expression_plain(&super::expression::moved(text, down, right))
                }
                None => self.expression_plain(""),
            },
            Some(id) => {
                let expression = self.expression_plain(&formula);
                shared.insert(id, (formula, row, column));
                expression
            }
            None => self.expression_plain(&formula),
        }
    }

    fn expression(&self, escaped: &str) -> Expression {
        self.expression_plain(&xml::unescape(escaped))
    }

    fn expression_plain(&self, formula: &str) -> Expression {
        Expression::parse(formula, &|name| name.eq_ignore_ascii_case(self.name), true)
    }

    /// A header or footer that holds placeholders.
    fn header(&self, inner: &str, faults: &mut Faults) -> Option<Text> {
        let words = match Text::parse(inner, self.kind) {
            Ok(Text::Static) => return None,
            Ok(words) => words,
            Err(fault) => {
                faults.push((None, fault));
                return None;
            }
        };
        if let Some(field) = words.fields().into_iter().find(|f| f.group != Group::Single) {
            faults.push((None, Fault::NotHere(field.info().name.to_owned())));
        }
        Some(words)
    }
}

impl Sheet {
    fn begin_row(&mut self, tag: &BytesStart, number: &mut u32) -> Result<Row, quick_xml::Error> {
        let next = *number + 1;
        *number = attribute(tag, "r").and_then(|r| r.parse().ok()).unwrap_or(next);
        if !(next..=ROWS).contains(number) {
            return Err(broken(&format!("its rows are not in order, at row {number}")));
        }
        self.spans |= attribute(tag, "spans").is_some();
        let height = attribute(tag, "ht").and_then(|h| h.parse::<f64>().ok()).filter(|h| (0.0..=TALLEST).contains(h));
        let attributes = other_attributes(tag, &["r", "spans", "ht", "customHeight"]);
        let mut own_height = height.map(|height| format!(" ht=\"{height}\"")).unwrap_or_default();
        if let Some(custom) = attribute(tag, "customHeight") {
            let custom = matches!(custom.as_str(), "1" | "true");
            own_height.push_str(if custom { " customHeight=\"1\"" } else { " customHeight=\"0\"" });
        }
        Ok(Row { number: *number, attributes, height, own_height, wrapped: Vec::new(), cells: Vec::new() })
    }

    fn end_row(&mut self, row: Row, faults: &mut Faults) {
        let mut group = Group::Single;
        for cell in &row.cells {
            let joined = match &cell.content {
                Content::Whole(field) => join(group, field.group),
                Content::Mixed(text, _) => text.group().and_then(|g| join(group, g)),
                _ => Ok(group),
            };
            match joined {
                Ok(joined) => group = joined,
                Err(fault) => faults.push((Some(format!("{}{}", cell.column, row.number)), fault)),
            }
        }
        if group != Group::Single {
            match self.blocks.last_mut() {
                Some(block) if block.group == group && block.last + 1 == row.number => block.last = row.number,
                _ => self.blocks.push(Block { first: row.number, last: row.number, group }),
            }
        }
        self.rows.push(row);
    }

    /// Whether there is anything to fill in.
    pub fn has_placeholders(&self) -> bool {
        let in_cells = self.rows.iter().flat_map(|row| &row.cells);
        in_cells.clone().any(|c| matches!(c.content, Content::Whole(_) | Content::Mixed(..)))
            || self.head.iter().chain(&self.tail).any(|piece| matches!(piece, Piece::Text(_)))
    }

    /// Whether the template brings formulas of its own.
    pub fn has_formulas(&self) -> bool {
        self.rows.iter().flat_map(|row| &row.cells).any(|c| matches!(c.content, Content::Formula(_)))
    }

    /// Where a placeholder that fills a whole cell stands.
    pub fn home(&self, field: Field) -> Option<(&str, u32)> {
        self.homes.iter().find(|(known, ..)| *known == field).map(|(_, letters, row)| (letters.as_str(), *row))
    }

    /// Finds the cells whose text may need a taller row.
    pub fn find_wrapped(&mut self, styles: &Styles) {
        for row in &mut self.rows {
            for (at, cell) in row.cells.iter().enumerate() {
                let filled = matches!(cell.content, Content::Whole(_) | Content::Mixed(..));
                let Some(size) = styles.wraps(cell.style).filter(|_| filled) else { continue };
                let merged = self.merges.iter().find(|area| area.starts_at(row.number, cell.index));
                let last = merged.and_then(Area::columns).map_or(cell.index, |(_, last)| last);
                // Fonts of other sizes hold more or fewer characters; some room for margins and an indent.
                let width = ((self.columns.width(cell.index, last) - 2.0) * 11.0 / size).max(1.0);
                row.wrapped.push((at, width, size));
            }
        }
    }

    fn find_homes(&mut self) {
        for row in &self.rows {
            for cell in &row.cells {
                if let Content::Whole(field) = cell.content
                    && !self.homes.iter().any(|(known, ..)| *known == field)
                {
                    self.homes.push((field, cell.column.clone(), row.number));
                }
            }
        }
    }
}

/// Elements around the rows whose text may hold references or placeholders.
fn is_text_element(name: &str) -> bool {
    let formulas = ["formula", "formula1", "formula2", "f", "sqref"];
    formulas.contains(&name) || name.ends_with("Header") || (name.ends_with("Footer") && name != "headerFooter")
}

/// Where in a `pageSetup` tag its `fitToHeight="1"` stands, or would stand.
fn fit_place(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let tag = text.get(start..end)?;
    if let Some((value, _)) = raw_attribute(text, start, end, "fitToHeight") {
        return Some((value.start - " fitToHeight=\"".len(), value.end + 1));
    }
    let before = [" pageOrder", " orientation", " usePrinterDefaults", " blackAndWhite", "/>", ">"];
    let at = before.iter().find_map(|next| tag.find(next))?;
    Some((start + at, start + at))
}

fn push_bytes(pieces: &mut Vec<Piece>, text: &str) {
    if let Some(Piece::Bytes(bytes)) = pieces.last_mut() {
        bytes.extend_from_slice(text.as_bytes());
    } else if !text.is_empty() {
        pieces.push(Piece::Bytes(text.as_bytes().to_vec()));
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn unexpected_end() -> quick_xml::Error {
    std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()
}

fn broken(why: &str) -> quick_xml::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, why.to_owned()).into()
}

/// An attribute's value, unescaped.
pub fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).ok()??;
    Some(xml::unescape(&found.value).into_owned())
}

/// A tag's attributes but some, as they stand, each with a space before it.
fn other_attributes(tag: &BytesStart, but: &[&str]) -> String {
    let mut out = String::new();
    for attribute in tag.attributes().flatten() {
        let name = attribute.key.as_ref();
        if !but.contains(&name) {
            out.extend([" ", name, "=\"", &attribute.value, "\""]);
        }
    }
    out
}

/// Where an attribute's value stands in `text`, looked for in the tag from `start` to `end`.
fn raw_attribute<'a>(text: &'a str, start: usize, end: usize, name: &str) -> Option<(std::ops::Range<usize>, &'a str)> {
    let tag = text.get(start..end)?;
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let len = tag.get(at..)?.find('"')?;
    Some((start + at..start + at + len, tag.get(at..at + len)?))
}

/// What is between the tag that was just read (its end at `from`) and its end tag, which is read too.
fn inner_xml<'t>(
    reader: &mut Reader<&[u8]>,
    text: &'t str,
    tag: &BytesStart,
    from: usize,
) -> Result<&'t str, quick_xml::Error> {
    let span = reader.read_to_end(tag.name())?;
    let end = usize::try_from(span.end).unwrap_or(from);
    Ok(text.get(from..end).unwrap_or(""))
}

fn inner_text(
    reader: &mut Reader<&[u8]>,
    text: &str,
    tag: &BytesStart,
    from: usize,
) -> Result<String, quick_xml::Error> {
    inner_xml(reader, text, tag, from).map(str::to_owned)
}

/// The first child element of this name: its tag and what is in it.
fn element<'a>(inner: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    loop {
        let at = from + inner.get(from..)?.find(&format!("<{name}"))?;
        let after = inner.get(at + 1 + name.len()..)?;
        if after.starts_with(['>', ' ', '/']) {
            let tag_end = after.find('>')?;
            let tag = after.get(..tag_end)?;
            if tag.ends_with('/') {
                return Some((tag, ""));
            }
            let body = after.get(tag_end + 1..)?;
            let end = body.find(&format!("</{name}>"))?;
            return Some((tag, body.get(..end)?));
        }
        from = at + 1;
    }
}

/// The column of a cell reference, from 0.
pub fn column_index(reference: &str) -> Option<u32> {
    let mut index = 0u32;
    for letter in reference.bytes().take_while(u8::is_ascii_alphabetic) {
        index = index * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        if index > 16_384 {
            return None;
        }
    }
    index.checked_sub(1)
}

/// A column's letters.
pub fn column_letters(index: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA"]);
        assert_eq!(column_index("AAA17"), Some(702));
        assert_eq!(column_index("17"), None);
    }
}
