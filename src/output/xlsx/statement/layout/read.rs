//! Reading a template's worksheet.

use super::pieces::{
    Edits, Piece, cell_text, children, edited, flag, inner_xml, inside, measure, other_attributes, place_of, value,
};
use super::references::{Area, Expression};
use super::sheet::{Cell, Content, Faults, Row, Sheet, Styles};
use super::text::{Fault, Text};
use crate::output::xlsx::statement::{Group, StatementKind};
use crate::spreadsheet::a1::{self, COLUMNS, ROWS};
use roxmltree::{Document, Node};
use std::collections::HashMap;

/// The height of the tallest row, in points.
const TALLEST: f64 = 409.5;
/// The width of the widest column, in characters.
const WIDEST: f64 = 255.0;

#[derive(Debug)]
pub(crate) struct SheetReader<'a> {
    pub kind: StatementKind,
    /// The sheet's name, to know references to itself.
    pub name: &'a str,
    /// The texts that sheets share, and whether each is XML.
    pub strings: &'a [(String, bool)],
    pub styles: &'a Styles,
    /// Formulas that other cells share, and the row and column that they stand in.
    shared: HashMap<String, (Expression, u32, u32)>,
    columns: Columns,
    pub faults: Faults,
}

/// The widths of columns, from the first to the last, in characters of the standard font, and what others have.
#[derive(Debug, Default)]
struct Columns {
    widths: Vec<(u32, u32, f64)>,
    width: f64,
    row_height: f64,
}

impl Columns {
    fn read(worksheet: Node) -> Self {
        let defaults = children(worksheet, "sheetFormatPr").last();
        let width = |col| Some((value(col, "min")?, value(col, "max")?, measure(col, "width", WIDEST)?));
        let columns = children(worksheet, "cols").flat_map(|columns| children(columns, "col"));
        Self {
            widths: columns.filter_map(width).collect(),
            width: defaults.and_then(|node| measure(node, "defaultColWidth", WIDEST)).unwrap_or(8.43),
            row_height: defaults.and_then(|node| measure(node, "defaultRowHeight", TALLEST)).unwrap_or(15.0),
        }
    }

    /// The width of columns `first` to `last`, both included, from 0.
    fn width(&self, first: u32, last: u32) -> f64 {
        let one = |column: u32| {
            let known = self.widths.iter().find(|(from, to, _)| (*from..=*to).contains(&(column + 1)));
            known.map_or(self.width, |(.., width)| *width)
        };
        (first..=last.min(first + 256)).map(one).sum()
    }
}

impl<'a> SheetReader<'a> {
    pub(crate) fn new(kind: StatementKind, name: &'a str, strings: &'a [(String, bool)], styles: &'a Styles) -> Self {
        let (shared, columns) = (HashMap::new(), Columns::default());
        Self { kind, name, strings, styles, shared, columns, faults: Faults::new() }
    }

    pub(crate) fn read(&mut self, document: &Document) -> Result<Sheet, String> {
        let worksheet = document.root_element();
        if children(worksheet, "sheetData").nth(1).is_some() {
            return Err("its rows are there twice".to_owned());
        }
        let merges = children(worksheet, "mergeCells").flat_map(|merges| children(merges, "mergeCell"));
        let mut sheet = Sheet {
            merges: merges.filter_map(|merge| Some(Area::parse(merge.attribute("ref")?)?.0)).collect(),
            pieces: edited(document.input_text(), &self.edits(worksheet)),
            ..Sheet::default()
        };
        self.columns = Columns::read(worksheet);
        let mut number = 0;
        for row in children(worksheet, "sheetData").flat_map(|rows| children(rows, "row")) {
            let row = self.row(row, number, &sheet.merges)?;
            number = row.number;
            sheet.push(row, &mut self.faults);
        }
        Ok(sheet)
    }

    /// What changes: the rows, and around them references, headers and footers, and whether all goes on one page.
    fn edits(&mut self, worksheet: Node) -> Edits {
        let mut edits = Edits::new();
        let is_rows = |node: Node| node.tag_name().name() == "sheetData" && node.parent() == Some(worksheet);
        let mut fits = false;
        let all = worksheet
            .children()
            .flat_map(|child| child.descendants().take(if is_rows(child) { 1 } else { usize::MAX }));
        for node in all.filter(Node::is_element) {
            match node.tag_name().name() {
                "sheetData" if is_rows(node) => edits.push((inside(node), Piece::Rows)),
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
                "sqref" => edits.push((inside(node), Piece::Areas(Expression::list(node.text().unwrap_or(""))))),
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
                    edits.extend(areas.map(|at| (at.range_value(), Piece::Areas(Expression::list(at.value())))));
                }
            }
        }
        edits
    }

    /// A header or footer that holds placeholders.
    fn header(&mut self, words: &str) -> Option<Text> {
        let text = Text::parse(words, self.kind).map_err(|fault| self.faults.push((None, fault))).ok()?;
        if let Some(field) = text.fields().into_iter().find(|field| field.group != Group::Single) {
            let name = format!("{{{{{}}}}}", field.info().name);
            let message = format!("{name} is one of many, and a header or footer holds one value.");
            let fault =
                Fault::new("template.placeholder.repeated", message, "Put it into a cell; its row is repeated.");
            self.faults.push((None, Fault { value: Some(name), ..fault }));
        }
        Some(text).filter(|text| !text.0.is_empty())
    }

    /// Reads a row; `before` is the number of the row before it.
    fn row(&mut self, row: Node, before: u32, merges: &[Area]) -> Result<Row, String> {
        let number = value(row, "r").unwrap_or(before + 1);
        if !(before + 1..=ROWS).contains(&number) {
            return Err(format!("its rows are not in order, at row {number}"));
        }
        let height = measure(row, "ht", TALLEST);
        let mut own_height = height.map(|height| format!(" ht=\"{height}\"")).unwrap_or_default();
        if row.has_attribute("customHeight") {
            own_height += if flag(row, "customHeight") { " customHeight=\"1\"" } else { " customHeight=\"0\"" };
        }
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
            let is_filled = matches!(content, Content::Value(_) | Content::Mixed(..));
            let size = self.styles.wraps(value(cell, "s")).filter(|_| is_filled);
            let last = || merges.iter().find_map(|area| area.last_column_from(number, index)).unwrap_or(index);
            // Fonts of other sizes hold more or fewer characters; some are lost to margins and an indent.
            let width = |size: f64| ((self.columns.width(index, last()) - 2.0) * 11.0 / size).max(1.0);
            let wraps = size.map(|size| (width(size), size));
            let attributes = other_attributes(cell, &["r", "t"]);
            cells.push(Cell { index, column: a1::letters(index), attributes, wraps, content });
        }
        Ok(Row {
            number,
            level: value(row, "outlineLevel").unwrap_or(0),
            attributes: other_attributes(row, &["r", "spans", "ht", "customHeight", "outlineLevel"]),
            height: height.unwrap_or(self.columns.row_height),
            own_height,
            cells,
        })
    }

    fn content(&mut self, cell: Node, at: (u32, u32)) -> Result<Content, Fault> {
        let one = |name| children(cell, name).next();
        if let Some(formula) = one("f") {
            return Ok(Content::Formula(self.own_formula(formula, at)));
        }
        let kind = cell.attribute("t").unwrap_or("");
        let inline = one("is").map(cell_text);
        let number = one("v").and_then(|value| value.text()?.trim().parse::<usize>().ok());
        let string = match kind {
            "s" => number.and_then(|number| self.strings.get(number)),
            "inlineStr" => inline.as_ref(),
            _ => None,
        };
        if let Some((string, is_rich)) = string {
            let text = Text::parse(string, self.kind)?;
            match (text.0.as_slice(), text.fields().as_slice()) {
                ([], _) => {}
                ([_], [field]) => return Ok(Content::Value(*field)),
                _ => return Ok(Content::Mixed(text, *is_rich)),
            }
        } else if kind == "s" {
            return Ok(Content::Blank);
        }
        let is_known = matches!(kind, "b" | "d" | "e" | "n" | "str" | "s" | "inlineStr");
        let kind = if is_known { format!(" t=\"{kind}\"") } else { String::new() };
        let kept = inner_xml(cell);
        Ok(if kept.is_empty() { Content::Blank } else { Content::Fixed(format!("{kind}>{kept}</c>")) })
    }

    /// A formula of the template's own; one that shares another's text gets it, moved to its own cell.
    fn own_formula(&mut self, node: Node, (row, column): (u32, u32)) -> Expression {
        let formula = node.text().unwrap_or("");
        let expression = self.expression(formula);
        match node.attribute("si") {
            Some(id) if formula.is_empty() => {
                self.shared.get(id).map_or(expression, |(shared, from_row, from_column)| {
                    let by = |to: u32, from: u32| i64::from(to) - i64::from(from);
                    shared.moved(by(row, *from_row), by(column, *from_column))
                })
            }
            Some(id) => {
                self.shared.insert(id.to_owned(), (expression.clone(), row, column));
                expression
            }
            None => expression,
        }
    }

    fn expression(&self, formula: &str) -> Expression {
        Expression::parse(formula, &|name| name.eq_ignore_ascii_case(self.name), true)
    }
}
