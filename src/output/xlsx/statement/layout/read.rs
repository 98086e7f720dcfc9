//! Reading a template's worksheet.

use super::pieces::{Piece, Pieces};
use super::references::{Area, Expression, moved};
use super::sheet::{Cell, Content, Faults, Row, Sheet};
use super::strings::TemplateString;
use super::text::{Fault, Text};
use crate::output::xlsx::statement::{Group, StatementKind};
use crate::spreadsheet::a1::{self, COLUMNS, ROWS};
use crate::spreadsheet::ooxml::{attribute, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader};
use std::collections::HashMap;
use std::io;

/// The height of the tallest row, in points.
const TALLEST: f64 = 409.5;

/// Reads a worksheet.
#[derive(Debug)]
pub(crate) struct SheetReader<'a> {
    kind: StatementKind,
    /// The sheet's name, to know references to itself.
    name: &'a str,
    strings: &'a [TemplateString],
    /// Formulas that other cells share: their text, and the row and column that they stand in.
    shared: HashMap<String, (String, u32, u32)>,
}

impl<'a> SheetReader<'a> {
    /// For a sheet of this name, and the workbook's strings.
    pub(crate) fn new(kind: StatementKind, name: &'a str, strings: &'a [TemplateString]) -> Self {
        Self { kind, name, strings, shared: HashMap::new() }
    }

    /// Reads a worksheet's XML.
    /// Errors: Where it is not XML, or no worksheet.
    pub(crate) fn read(&mut self, xml: &str, faults: &mut Faults) -> Result<Sheet, Error> {
        let mut sheet = Sheet::default();
        let mut reader = Reader::from_str(xml);
        let (mut pieces, mut has_rows, mut fits) = (Pieces::default(), false, false);
        loop {
            match reader.read_event()? {
                Event::Eof => break,
                Event::Start(tag) if tag.local_name().as_ref() == "sheetData" => {
                    if std::mem::replace(&mut has_rows, true) {
                        return Err(broken("its rows are there twice"));
                    }
                    pieces.event(Event::Start(tag))?;
                    sheet.head = std::mem::take(&mut pieces.0);
                    self.rows(&mut reader, &mut sheet, faults)?;
                    pieces.text("</sheetData>");
                }
                Event::Start(tag) if tag.local_name().as_ref() == "mergeCells" => {
                    let inner = reader.read_text(tag.name())?;
                    sheet.merges = merged(&inner)?;
                    pieces.push(Piece::Merges);
                }
                Event::Start(tag) if is_text_element(tag.local_name().as_ref()) => {
                    let inner = reader.read_text(tag.name())?;
                    let piece = self.text_piece(tag.local_name().as_ref(), &inner, faults);
                    pieces.event(Event::Start(tag.borrow()))?;
                    match piece {
                        Some(piece) => pieces.push(piece),
                        None => pieces.text(&inner),
                    }
                    pieces.event(Event::End(tag.to_end()))?;
                }
                Event::Start(tag) => push_tag(&tag, ">", &mut sheet, &mut pieces, &mut fits),
                Event::Empty(tag) => push_tag(&tag, "/>", &mut sheet, &mut pieces, &mut fits),
                event => pieces.event(event)?,
            }
        }
        sheet.tail = pieces.0;
        Ok(sheet)
    }

    /// What an element with a text of its own comes to: a formula, references, a header; none where it stays.
    fn text_piece(&self, name: &str, inner: &str, faults: &mut Faults) -> Option<Piece> {
        match name {
            "sqref" => Some(Piece::Areas(Area::list(inner))),
            "formula" | "formula1" | "formula2" | "f" => {
                let expression = self.expression(&unescape(inner));
                (!expression.is_constant()).then_some(Piece::Formula(expression))
            }
            _ => self.header(&unescape(inner), faults).map(Piece::Header),
        }
    }

    /// A header or footer that holds placeholders.
    fn header(&self, words: &str, faults: &mut Faults) -> Option<Text> {
        match Text::parse(words, self.kind) {
            Ok(Text::Static) => None,
            Ok(words) => {
                if let Some(field) = words.fields().into_iter().find(|f| f.group != Group::Single) {
                    faults.push((None, Fault::NotHere(field.info().name.to_owned())));
                }
                Some(words)
            }
            Err(fault) => {
                faults.push((None, fault));
                None
            }
        }
    }

    /// Reads the rows, to the end tag after them.
    fn rows(&mut self, reader: &mut Reader<&[u8]>, sheet: &mut Sheet, faults: &mut Faults) -> Result<(), Error> {
        let mut number = 0;
        loop {
            let (tag, has_cells) = match reader.read_event()? {
                Event::Start(tag) if tag.local_name().as_ref() == "row" => (tag, true),
                Event::Empty(tag) if tag.local_name().as_ref() == "row" => (tag, false),
                Event::End(tag) if tag.local_name().as_ref() == "sheetData" => return Ok(()),
                Event::Eof => return Err(unexpected_end()),
                _ => continue,
            };
            let mut row = begin_row(&tag, number)?;
            number = row.number;
            if has_cells {
                self.cells(reader, &mut row, faults)?;
            }
            sheet.push(row, faults);
        }
    }

    fn cells(&mut self, reader: &mut Reader<&[u8]>, row: &mut Row, faults: &mut Faults) -> Result<(), Error> {
        loop {
            let (tag, inner) = match reader.read_event()? {
                Event::Start(tag) if tag.local_name().as_ref() == "c" => {
                    let inner = reader.read_text(tag.name())?;
                    (tag, Some(inner))
                }
                Event::Empty(tag) if tag.local_name().as_ref() == "c" => (tag, None),
                Event::End(tag) if tag.local_name().as_ref() == "row" => return Ok(()),
                Event::Eof => return Err(unexpected_end()),
                _ => continue,
            };
            let next = row.cells.last().map_or(0, |c| c.index + 1);
            let index = attribute(&tag, "r").and_then(|r| a1::column(&r)).unwrap_or(next);
            if index < next || index >= COLUMNS {
                return Err(broken(&format!("the cells of row {} are not in order", row.number)));
            }
            let column = a1::letters(index);
            let content = match self.content(&tag, inner.as_deref().unwrap_or(""), (row.number, index))? {
                Ok(content) => content,
                Err(fault) => {
                    faults.push((Some(format!("{column}{}", row.number)), fault));
                    Content::Blank
                }
            };
            let style = attribute(&tag, "s").and_then(|s| s.parse().ok());
            row.cells.push(Cell { column, index, style, attributes: other_attributes(&tag, &["r", "t"]), content });
        }
    }

    fn content(&mut self, tag: &BytesStart, inner: &str, at: (u32, u32)) -> Result<Result<Content, Fault>, Error> {
        let kind = attribute(tag, "t").unwrap_or_default();
        let (mut value, mut inline) = (String::new(), None);
        let mut reader = Reader::from_str(inner);
        loop {
            match reader.read_event()? {
                Event::Eof => break,
                Event::Start(tag) => {
                    let text = reader.read_text(tag.name())?;
                    match tag.local_name().as_ref() {
                        "f" => return Ok(Ok(Content::Formula(self.own_formula(&tag, &unescape(&text), at)))),
                        "v" => text.trim().clone_into(&mut value),
                        "is" => inline = Some(TemplateString::new(&text)),
                        _ => {}
                    }
                }
                Event::Empty(tag) if tag.local_name().as_ref() == "f" => {
                    return Ok(Ok(Content::Formula(self.own_formula(&tag, "", at))));
                }
                _ => {}
            }
        }
        let shared = || value.parse::<usize>().ok().and_then(|index| self.strings.get(index));
        let string = match kind.as_str() {
            "s" => shared(),
            "inlineStr" => inline.as_ref(),
            _ => None,
        };
        match string.map(|string| (Text::parse(string.searched(), self.kind), string.is_rich())) {
            None if kind == "s" => return Ok(Ok(Content::Blank)),
            None | Some((Ok(Text::Static), _)) => {}
            Some((Ok(Text::Value(field)), _)) => return Ok(Ok(Content::Value(field))),
            Some((Ok(mixed @ Text::Mixed(_)), is_rich)) => return Ok(Ok(Content::Mixed(mixed, is_rich))),
            Some((Err(fault), _)) => return Ok(Err(fault)),
        }
        let is_known = matches!(kind.as_str(), "b" | "d" | "e" | "n" | "str" | "s" | "inlineStr");
        let kind = if is_known { format!(" t=\"{kind}\"") } else { String::new() };
        Ok(Ok(if inner.is_empty() { Content::Blank } else { Content::Fixed(format!("{kind}>{inner}</c>")) }))
    }

    /// A formula of the template's own; one that shares another's text gets it, moved to its own cell.
    fn own_formula(&mut self, tag: &BytesStart, formula: &str, (row, column): (u32, u32)) -> Expression {
        let Some(id) = attribute(tag, "si") else { return self.expression(formula) };
        if !formula.is_empty() {
            self.shared.insert(id, (formula.to_owned(), row, column));
            return self.expression(formula);
        }
        let Some((text, from_row, from_column)) = self.shared.get(&id) else { return self.expression("") };
        let down = i64::from(row) - i64::from(*from_row);
        let right = i64::from(column) - i64::from(*from_column);
        self.expression(&moved(text, down, right))
    }

    fn expression(&self, formula: &str) -> Expression {
        Expression::parse(formula, &|name| name.eq_ignore_ascii_case(self.name), true)
    }
}

/// A tag around the rows: what it says of columns and pages, and the references in it.
fn push_tag(tag: &BytesStart, close: &str, sheet: &mut Sheet, pieces: &mut Pieces, fits: &mut bool) {
    let name = tag.local_name();
    match name.as_ref() {
        "col" => sheet.columns.add(tag),
        "sheetFormatPr" => sheet.columns.set_defaults(tag),
        "pageSetUpPr" => *fits = attribute(tag, "fitToPage").is_some_and(|fit| fit == "1"),
        "pageSetup" if *fits && attribute(tag, "fitToHeight").is_none_or(|fit| fit == "1") => {
            let others = other_attributes(tag, &["fitToHeight"]);
            pieces.text(&format!("<{}", tag.name().as_ref()));
            pieces.push(Piece::Fit);
            return pieces.text(&format!("{others}{close}"));
        }
        _ => {}
    }
    pieces.tag(tag, close, |attribute, value| match (name.as_ref(), attribute) {
        ("selection" | "autoFilter", _) => None,
        ("brk", "id") => Some(Piece::Break(value.parse().unwrap_or(0))),
        (_, "ref" | "sqref") => Some(Piece::Areas(Area::list(value))),
        _ => None,
    });
}

/// Reads a row's tag; `before` is the number of the row before it.
fn begin_row(tag: &BytesStart, before: u32) -> Result<Row, Error> {
    let number = attribute(tag, "r").and_then(|r| r.parse().ok()).unwrap_or(before + 1);
    if !(before + 1..=ROWS).contains(&number) {
        return Err(broken(&format!("its rows are not in order, at row {number}")));
    }
    let height = attribute(tag, "ht").and_then(|h| h.parse::<f64>().ok()).filter(|h| (0.0..=TALLEST).contains(h));
    let mut own_height = height.map(|height| format!(" ht=\"{height}\"")).unwrap_or_default();
    if let Some(custom) = attribute(tag, "customHeight") {
        let custom = matches!(custom.as_str(), "1" | "true");
        own_height.push_str(if custom { " customHeight=\"1\"" } else { " customHeight=\"0\"" });
    }
    let attributes = other_attributes(tag, &["r", "spans", "ht", "customHeight"]);
    Ok(Row { number, attributes, height, own_height, wrapped: Vec::new(), cells: Vec::new() })
}

/// The areas that `mergeCells` holds.
fn merged(inner: &str) -> Result<Vec<Area>, Error> {
    let mut areas = Vec::new();
    let mut reader = Reader::from_str(inner);
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(areas),
            Event::Start(tag) | Event::Empty(tag) => {
                areas.extend(attribute(&tag, "ref").and_then(|r| Area::parse(&r).map(|(area, _)| area)));
            }
            _ => {}
        }
    }
}

/// Elements around the rows whose text may hold references or placeholders.
fn is_text_element(name: &str) -> bool {
    let formulas = ["formula", "formula1", "formula2", "f", "sqref"];
    formulas.contains(&name) || name.ends_with("Header") || (name.ends_with("Footer") && name != "headerFooter")
}

/// A tag's attributes but some, as they stand, each with a space before it.
fn other_attributes(tag: &BytesStart, but: &[&str]) -> String {
    let mut kept = String::new();
    for attribute in tag.attributes().flatten().filter(|attribute| !but.contains(&attribute.key.as_ref())) {
        kept.extend([" ", attribute.key.as_ref(), "=\"", &attribute.value.replace('"', "&quot;"), "\""]);
    }
    kept
}

fn unexpected_end() -> Error {
    io::Error::from(io::ErrorKind::UnexpectedEof).into()
}

/// An error of a sheet that is XML, and no worksheet.
fn broken(why: &str) -> Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned()).into()
}
