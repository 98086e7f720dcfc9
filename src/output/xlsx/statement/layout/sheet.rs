//! A template's worksheet, parsed once into what stays and what each statement fills in.

use super::pieces::{Piece, children, flag, measure, value};
use super::references::{Area, Block, Expression};
use super::text::{Fault, Text, joined};
use crate::output::xlsx::statement::{Field, Group};
use crate::spreadsheet::a1;
use roxmltree::Document;

#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    pub pieces: Vec<Piece>,
    /// The rows that hold anything.
    pub rows: Vec<Row>,
    pub blocks: Vec<Block>,
    pub merges: Vec<Area>,
    /// Rows that are grouped (have an outline): left out where all that they hold is blank.
    pub groups: Vec<RowGroup>,
    /// Where each placeholder that fills a cell stands first: column letters and template row.
    pub homes: Vec<(Field, String, u32)>,
}

/// Consecutive rows of one outline level; numbered from 1, both included.
#[derive(Clone, Debug)]
pub(crate) struct RowGroup {
    pub first: u32,
    pub last: u32,
    level: u8,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub number: u32,
    /// Its level of outline; 0 where it is not grouped with others.
    pub level: u8,
    /// Its attributes but its number, its height, `spans` and its outline, as they stand, each with a space before it.
    pub attributes: String,
    /// In points.
    pub height: f64,
    /// That height as attributes, where it is set.
    pub own_height: String,
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// Its column, from 0, and its letters.
    pub index: u32,
    pub column: String,
    /// Its attributes but its address and type, as they stand, each with a space before it.
    pub attributes: String,
    /// Where it is filled in with a text that wraps: its width in characters, the font's size.
    pub wraps: Option<(f64, f64)>,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Nothing but a style.
    Blank,
    /// What stays: its XML from the type on.
    Fixed(String),
    /// One placeholder: the cell takes on the value's own type.
    Value(Field),
    /// Placeholders among words; whether the words are XML.
    Mixed(Text, bool),
    Formula(Expression),
}

impl Content {
    fn fields(&self) -> Vec<Field> {
        match self {
            Self::Value(field) => vec![*field],
            Self::Mixed(text, _) => text.fields(),
            _ => Vec::new(),
        }
    }
}

/// What is wrong with a template, and in which cell (none for the sheet).
pub(crate) type Faults = Vec<(Option<String>, Fault)>;

impl Sheet {
    /// Adds a row, and notes what it is repeated for.
    pub(crate) fn push(&mut self, row: Row, faults: &mut Faults) {
        let mut group = Group::Single;
        for cell in &row.cells {
            if let Content::Value(field) = cell.content
                && self.home(field).is_none()
            {
                self.homes.push((field, cell.column.clone(), row.number));
            }
            match joined(group, &cell.content.fields()) {
                Ok(joined) => group = joined,
                Err(fault) => faults.push((Some(a1::address(cell.index, row.number)), fault)),
            }
        }
        let number = row.number;
        if group != Group::Single {
            match self.blocks.last_mut() {
                Some(block) if block.group == group && block.last + 1 == number => block.last = number,
                _ => self.blocks.push(Block { first: number, last: number, group }),
            }
        }
        if row.level > 0 {
            if !self.groups.last().is_some_and(|group| group.level == row.level && group.last + 1 == number) {
                self.groups.push(RowGroup { first: number, last: number, level: row.level, fields: Vec::new() });
            }
            let group = self.groups.last_mut().expect("one is there or was added");
            group.last = number;
            group.fields.extend(row.cells.iter().flat_map(|cell| cell.content.fields()));
        }
        self.rows.push(row);
    }

    fn has(&self, is_it: impl Fn(&Content) -> bool) -> bool {
        self.rows.iter().flat_map(|row| &row.cells).any(|cell| is_it(&cell.content))
    }

    /// Whether there is anything to fill in.
    pub(crate) fn has_placeholders(&self) -> bool {
        self.has(|content| matches!(content, Content::Value(_) | Content::Mixed(..)))
            || self.pieces.iter().any(|piece| matches!(piece, Piece::Header(_)))
    }

    /// Whether the template brings formulas of its own.
    pub(crate) fn has_formulas(&self) -> bool {
        self.has(|content| matches!(content, Content::Formula(_)))
    }

    /// Whether placeholders of a group fill cells.
    pub(crate) fn lists(&self, group: Group) -> bool {
        self.blocks.iter().any(|block| block.group == group)
    }

    /// Where a placeholder that fills a cell stands.
    pub(crate) fn home(&self, field: Field) -> Option<(&str, u32)> {
        self.homes.iter().find(|(known, ..)| *known == field).map(|(_, letters, row)| (letters.as_str(), *row))
    }
}

/// What of the styles decides about heights: for each cell style whether it wraps, and its font's size in points.
#[derive(Clone, Debug, Default)]
pub(crate) struct Styles(Vec<(bool, f64)>);

impl Styles {
    pub(crate) fn read(document: &Document) -> Self {
        let all = |list, one| children(document.root_element(), list).flat_map(move |list| children(list, one));
        let size = |font| children(font, "sz").filter_map(|size| measure(size, "val", 409.0)).find(|size| *size >= 1.0);
        let sizes: Vec<f64> = all("fonts", "font").map(|font| size(font).unwrap_or(11.0)).collect();
        let style = |style| {
            let font = value::<usize>(style, "fontId").and_then(|id| sizes.get(id));
            (children(style, "alignment").any(|node| flag(node, "wrapText")), font.copied().unwrap_or(11.0))
        };
        Self(all("cellXfs", "xf").map(style).collect())
    }

    /// The font's size of a style that wraps.
    pub(crate) fn wraps(&self, style: Option<u32>) -> Option<f64> {
        self.0.get(style.unwrap_or(0) as usize).filter(|(wraps, _)| *wraps).map(|(_, size)| *size)
    }
}
