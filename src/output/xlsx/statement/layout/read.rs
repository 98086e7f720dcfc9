//! Reading a template's worksheet.

use super::pieces::{Edits, Piece, TemplateString, children, edited, flag, inside, other_attributes, place_of, value};
use super::references::{Area, Expression, moved};
use super::sheet::{Cell, Columns, Content, Faults, Row, Sheet, measure};
use super::text::{Fault, Text};
use crate::output::xlsx::statement::{Group, StatementKind};
use crate::spreadsheet::a1::{self, COLUMNS, ROWS};
use roxmltree::{Document, Node};
use std::collections::HashMap;

/// The height of the tallest row, in points.
const TALLEST: f64 = 409.5;

#[derive(Debug)]
pub(crate) struct SheetReader<'a> {
    pub kind: StatementKind,
    /// The sheet's name, to know references to itself.
    pub name: &'a str,
    pub strings: &'a [TemplateString],
    /// Formulas that other cells share: their text, and the row and column that they stand in.
    pub shared: HashMap<String, (String, u32, u32)>,
    pub faults: Faults,
}

impl SheetReader<'_> {
    /// Reads a worksheet.
    /// Errors: Where it is no worksheet.
    pub(crate) fn read(&mut self, document: &Document) -> Result<Sheet, String> {
        let (worksheet, xml) = (document.root_element(), document.input_text());
        let mut rows = children(worksheet, "sheetData");
        let (rows, more) = (rows.next(), rows.next());
        if more.is_some() {
            return Err("its rows are there twice".to_owned());
        }
        let edits = self.edits(worksheet);
        let within = rows.map_or(xml.len()..xml.len(), inside);
        let merges = children(worksheet, "mergeCells").flat_map(|merges| children(merges, "mergeCell"));
        let mut sheet = Sheet {
            columns: Columns::read(worksheet),
            merges: merges.filter_map(|merge| Some(Area::parse(merge.attribute("ref")?)?.0)).collect(),
            head: edited(xml, 0..within.start, &edits),
            tail: edited(xml, within.end..xml.len(), &edits),
            ..Sheet::default()
        };
        let mut number = 0;
        for row in rows.into_iter().flat_map(|rows| children(rows, "row")) {
            let row = self.row(row, number)?;
            number = row.number;
            sheet.push(row, &mut self.faults);
        }
        Ok(sheet)
    }

    /// What changes around the rows: references, headers and footers, and whether all goes on one page.
    fn edits(&mut self, worksheet: Node) -> Edits {
        let mut edits = Edits::new();
        let around = worksheet.children().filter(|child| child.tag_name().name() != "sheetData");
        let mut fits = false;
        for node in around.flat_map(|child| child.descendants()).filter(Node::is_element) {
            match node.tag_name().name() {
                "sheetFormatPr" if node.has_attribute("outlineLevelRow") => {
                    edits.push((place_of(node, "outlineLevelRow"), Piece::Bytes(b"outlineLevelRow=\"0\"".to_vec())));
                }
                "pageSetUpPr" => fits = flag(node, "fitToPage"),
                "pageSetup" if fits && matches!(node.attribute("fitToHeight"), None | Some("1")) => {
                    edits.push((place_of(node, "fitToHeight"), Piece::Fit));
                }
                "mergeCells" => edits.push((node.range(), Piece::Merges)),
                "mergeCell" | "selection" | "autoFilter" => {}
                "brk" => {
                    let page = node.attribute_node("id");
                    edits.extend(page.map(|id| (id.range_value(), Piece::Break(id.value().parse().unwrap_or(0)))));
                }
                "sqref" => edits.push((inside(node), Piece::Areas(Area::list(node.text().unwrap_or(""))))),
                "formula" | "formula1" | "formula2" | "f" => {
                    let expression = self.expression(node.text().unwrap_or(""));
                    if !expression.is_constant() {
                        edits.push((inside(node), Piece::Formula(expression)));
                    }
                }
                name if name.ends_with("Header") || (name.ends_with("Footer") && name != "headerFooter") => {
                    let header = self.header(node.text().unwrap_or(""));
                    edits.extend(header.map(|text| (inside(node), Piece::Header(text))));
                }
                _ => {
                    let areas = node.attributes().filter(|attribute| matches!(attribute.name(), "ref" | "sqref"));
                    edits.extend(areas.map(|at| (at.range_value(), Piece::Areas(Area::list(at.value())))));
                }
            }
        }
        edits
    }

    /// A header or footer that holds placeholders.
    fn header(&mut self, words: &str) -> Option<Text> {
        let text = Text::parse(words, self.kind).map_err(|fault| self.faults.push((None, fault))).ok()?;
        if let Some(field) = text.fields().into_iter().find(|field| field.group != Group::Single) {
            self.faults.push((None, Fault::NotHere(field.info().name.to_owned())));
        }
        (!matches!(text, Text::Static)).then_some(text)
    }

    /// Reads a row; `before` is the number of the row before it.
    fn row(&mut self, row: Node, before: u32) -> Result<Row, String> {
        let number = value(row, "r").unwrap_or(before + 1);
        if !(before + 1..=ROWS).contains(&number) {
            return Err(format!("its rows are not in order, at row {number}"));
        }
        let height = measure(row, "ht", TALLEST);
        let mut own_height = height.map(|height| format!(" ht=\"{height}\"")).unwrap_or_default();
        if row.has_attribute("customHeight") {
            own_height += if flag(row, "customHeight") { " customHeight=\"1\"" } else { " customHeight=\"0\"" };
        }
        let attributes = other_attributes(row, &["r", "spans", "ht", "customHeight", "outlineLevel"]);
        let level = value(row, "outlineLevel").unwrap_or(0);
        let mut cells: Vec<Cell> = Vec::new();
        for cell in children(row, "c") {
            let next = cells.last().map_or(0, |before| before.index + 1);
            let index = cell.attribute("r").and_then(a1::column).unwrap_or(next);
            if index < next || index >= COLUMNS {
                return Err(format!("the cells of row {number} are not in order"));
            }
            let content = self.content(cell, (number, index)).unwrap_or_else(|fault| {
                self.faults.push((Some(a1::address(index, number)), fault));
                Content::Blank
            });
            let attributes = other_attributes(cell, &["r", "t"]);
            cells.push(Cell { column: a1::letters(index), index, style: value(cell, "s"), attributes, content });
        }
        Ok(Row { number, level, attributes, height, own_height, wrapped: Vec::new(), cells })
    }

    fn content(&mut self, cell: Node, at: (u32, u32)) -> Result<Content, Fault> {
        let one = |name| children(cell, name).next();
        if let Some(formula) = one("f") {
            return Ok(Content::Formula(self.own_formula(formula, at)));
        }
        let kind = cell.attribute("t").unwrap_or("");
        let inline = one("is").map(TemplateString::read);
        let number = one("v").and_then(|value| value.text()?.trim().parse::<usize>().ok());
        let string = match kind {
            "s" => number.and_then(|number| self.strings.get(number)),
            "inlineStr" => inline.as_ref(),
            _ => None,
        };
        match string.map(|string| Text::parse(string.searched(), self.kind).map(|text| (text, string.is_rich()))) {
            None if kind == "s" => return Ok(Content::Blank),
            None | Some(Ok((Text::Static, _))) => {}
            Some(Ok((Text::Value(field), _))) => return Ok(Content::Value(field)),
            Some(Ok((mixed, is_rich))) => return Ok(Content::Mixed(mixed, is_rich)),
            Some(Err(fault)) => return Err(fault),
        }
        let is_known = matches!(kind, "b" | "d" | "e" | "n" | "str" | "s" | "inlineStr");
        let kind = if is_known { format!(" t=\"{kind}\"") } else { String::new() };
        let kept = cell.document().input_text().get(inside(cell)).unwrap_or("");
        Ok(if kept.is_empty() { Content::Blank } else { Content::Fixed(format!("{kind}>{kept}</c>")) })
    }

    /// A formula of the template's own; one that shares another's text gets it, moved to its own cell.
    fn own_formula(&mut self, node: Node, (row, column): (u32, u32)) -> Expression {
        let formula = node.text().unwrap_or("");
        let Some(id) = node.attribute("si") else { return self.expression(formula) };
        if !formula.is_empty() {
            self.shared.insert(id.to_owned(), (formula.to_owned(), row, column));
            return self.expression(formula);
        }
        let Some((text, from_row, from_column)) = self.shared.get(id) else { return self.expression("") };
        let down = i64::from(row) - i64::from(*from_row);
        let right = i64::from(column) - i64::from(*from_column);
        self.expression(&moved(text, down, right))
    }

    fn expression(&self, formula: &str) -> Expression {
        Expression::parse(formula, &|name| name.eq_ignore_ascii_case(self.name), true)
    }
}
