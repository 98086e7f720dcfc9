//! Reading a template's worksheet.

use super::super::expression::{Expression, moved};
use super::super::rows::Area;
use super::super::text::{Fault, SharedString, Text};
use super::tags::{broken, element, inner_text, inner_xml, other_attributes, position, raw_attribute, unexpected_end};
use super::{Cell, Content, Faults, Piece, Row, Sheet};
use crate::output::xlsx::statement::{Group, StatementKind};
use crate::spreadsheet::a1::{self, COLUMNS};
use crate::spreadsheet::ooxml::{self as xml, attribute};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// A formula that other cells share: its text, and the row and column that it stands in.
type Shared = BTreeMap<String, (String, u32, u32)>;

/// Reads worksheets.
#[derive(Debug)]
pub(crate) struct SheetReader<'a> {
    /// For which statements.
    pub kind: StatementKind,
    /// The sheet's name, to know references to itself.
    pub name: &'a str,
    /// The workbook's strings; inline ones are added.
    pub strings: &'a mut Vec<SharedString>,
}

impl SheetReader<'_> {
    /// Reads a worksheet's XML.
    /// Errors: Where it is not XML.
    pub(crate) fn read(&mut self, text: &str, faults: &mut Faults) -> Result<Sheet, quick_xml::Error> {
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
        shared: &mut Shared,
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
        shared: &mut Shared,
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
            let index = attribute(&tag, "r").and_then(|r| a1::column(&r)).unwrap_or(next);
            if index < next || index >= COLUMNS {
                return Err(broken(&format!("the cells of row {} are not in order", row.number)));
            }
            let mut cell = Cell {
                column: a1::letters(index),
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
        shared: &mut Shared,
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
    fn own_formula(&self, tag: &str, formula: String, (row, column): (u32, u32), shared: &mut Shared) -> Expression {
        let id = raw_attribute(tag, 0, tag.len(), "si").map(|(_, id)| id.to_owned());
        match id {
            Some(id) if formula.is_empty() => match shared.get(&id) {
                Some((text, from_row, from_column)) => {
                    let down = i64::from(row) - i64::from(*from_row);
                    let right = i64::from(column) - i64::from(*from_column);
                    self.expression_plain(&moved(text, down, right))
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
