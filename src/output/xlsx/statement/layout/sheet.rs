//! A template's worksheet, parsed once into what stays and what each statement fills in.

mod read;
mod tags;

use super::expression::Expression;
use super::heights::{Columns, Styles};
use super::rows::{Area, Block};
use super::text::{Fault, Text, join};
use crate::output::xlsx::statement::{Field, Group};
use crate::spreadsheet::a1::ROWS;
use crate::spreadsheet::ooxml::attribute;
use quick_xml::events::BytesStart;
pub(crate) use read::SheetReader;
use tags::{broken, other_attributes};

/// The height of the tallest row, in points.
const TALLEST: f64 = 409.5;

/// A worksheet in pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
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
pub(crate) enum Piece {
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
pub(crate) struct Row {
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
pub(crate) struct Cell {
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
pub(crate) enum Content {
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
pub(crate) type Faults = Vec<(Option<String>, Fault)>;

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
    pub(crate) fn has_placeholders(&self) -> bool {
        let in_cells = self.rows.iter().flat_map(|row| &row.cells);
        in_cells.clone().any(|c| matches!(c.content, Content::Whole(_) | Content::Mixed(..)))
            || self.head.iter().chain(&self.tail).any(|piece| matches!(piece, Piece::Text(_)))
    }

    /// Whether the template brings formulas of its own.
    pub(crate) fn has_formulas(&self) -> bool {
        self.rows.iter().flat_map(|row| &row.cells).any(|c| matches!(c.content, Content::Formula(_)))
    }

    /// Where a placeholder that fills a whole cell stands.
    pub(crate) fn home(&self, field: Field) -> Option<(&str, u32)> {
        self.homes.iter().find(|(known, ..)| *known == field).map(|(_, letters, row)| (letters.as_str(), *row))
    }

    /// Finds the cells whose text may need a taller row.
    pub(crate) fn find_wrapped(&mut self, styles: &Styles) {
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
