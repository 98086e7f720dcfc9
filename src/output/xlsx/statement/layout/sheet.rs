//! A template's worksheet, parsed once into what stays and what each statement fills in.

use super::pieces::{Piece, children, flag, value};
use super::references::{Area, Block, Expression};
use super::text::{Fault, Text, join};
use crate::output::xlsx::statement::{Field, Group};
use roxmltree::{Document, Node};

#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    pub head: Vec<Piece>,
    /// The rows that hold anything.
    pub rows: Vec<Row>,
    pub tail: Vec<Piece>,
    pub blocks: Vec<Block>,
    pub merges: Vec<Area>,
    pub columns: Columns,
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
    /// Its number in the template.
    pub number: u32,
    /// Its level of outline; 0 where it is not grouped with others.
    pub level: u8,
    /// Its attributes but its number, its height, `spans` and its outline, as they stand, each with a space before it.
    pub attributes: String,
    /// Its height in points, where it is set.
    pub height: Option<f64>,
    /// That height as attributes, each with a space before it.
    pub own_height: String,
    /// The cells whose text wraps: index, width in characters, the font's size.
    pub wrapped: Vec<(usize, f64, f64)>,
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub column: String,
    /// Its column, from 0.
    pub index: u32,
    pub style: Option<u32>,
    /// Its attributes but its address and type, as they stand, each with a space before it.
    pub attributes: String,
    pub content: Content,
}

/// What is in a template's cell.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Nothing but a style.
    Blank,
    /// What stays: its XML from the type on.
    Fixed(String),
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
            let joined = match &cell.content {
                Content::Value(field) => {
                    if self.home(*field).is_none() {
                        self.homes.push((*field, cell.column.clone(), row.number));
                    }
                    join(group, field.group)
                }
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
        if row.level > 0 {
            let fields = row.cells.iter().flat_map(|cell| cell.content.fields());
            match self.groups.last_mut() {
                Some(group) if group.level == row.level && group.last + 1 == row.number => {
                    group.last = row.number;
                    group.fields.extend(fields);
                }
                _ => self.groups.push(RowGroup {
                    first: row.number,
                    last: row.number,
                    level: row.level,
                    fields: fields.collect(),
                }),
            }
        }
        self.rows.push(row);
    }

    fn contents(&self) -> impl Iterator<Item = &Content> {
        self.rows.iter().flat_map(|row| &row.cells).map(|cell| &cell.content)
    }

    /// Whether there is anything to fill in.
    pub(crate) fn has_placeholders(&self) -> bool {
        self.contents().any(|content| matches!(content, Content::Value(_) | Content::Mixed(..)))
            || self.head.iter().chain(&self.tail).any(|piece| matches!(piece, Piece::Header(_)))
    }

    /// Whether the template brings formulas of its own.
    pub(crate) fn has_formulas(&self) -> bool {
        self.contents().any(|content| matches!(content, Content::Formula(_)))
    }

    /// Whether placeholders of a group fill cells.
    pub(crate) fn lists(&self, group: Group) -> bool {
        self.blocks.iter().any(|block| block.group == group)
    }

    /// Where a placeholder that fills a cell stands.
    pub(crate) fn home(&self, field: Field) -> Option<(&str, u32)> {
        self.homes.iter().find(|(known, ..)| *known == field).map(|(_, letters, row)| (letters.as_str(), *row))
    }

    /// Finds the cells whose text may need a taller row.
    pub(crate) fn find_wrapped(&mut self, styles: &Styles) {
        for row in &mut self.rows {
            for (at, cell) in row.cells.iter().enumerate() {
                let filled = matches!(cell.content, Content::Value(_) | Content::Mixed(..));
                let Some(size) = styles.wraps(cell.style).filter(|_| filled) else { continue };
                let merged = self.merges.iter().find(|area| area.starts_at(row.number, cell.index));
                let last = merged.and_then(Area::columns).map_or(cell.index, |(_, last)| last);
                // Fonts of other sizes hold more or fewer characters; some are lost to margins and an indent.
                let width = ((self.columns.width(cell.index, last) - 2.0) * 11.0 / size).max(1.0);
                row.wrapped.push((at, width, size));
            }
        }
    }
}

/// The columns' widths, in characters of the standard font.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    widths: Vec<(u32, u32, f64)>,
    default: Option<f64>,
    row_height: Option<f64>,
}

impl Columns {
    /// Reads those of a worksheet.
    pub(crate) fn read(worksheet: Node) -> Self {
        let defaults = children(worksheet, "sheetFormatPr").last();
        let width = |col| Some((value(col, "min")?, value(col, "max")?, measure(col, "width", 255.0)?));
        let columns = children(worksheet, "cols").flat_map(|columns| children(columns, "col"));
        Self {
            widths: columns.filter_map(width).collect(),
            default: defaults.and_then(|node| measure(node, "defaultColWidth", 255.0)),
            row_height: defaults.and_then(|node| measure(node, "defaultRowHeight", 409.5)),
        }
    }

    /// The width of columns `first` to `last`, both included, from 0.
    pub(crate) fn width(&self, first: u32, last: u32) -> f64 {
        let one = |column: u32| {
            let known = self.widths.iter().find(|(from, to, _)| (*from..=*to).contains(&(column + 1)));
            known.map_or(self.default.unwrap_or(8.43), |(.., width)| *width)
        };
        (first..=last.min(first + 256)).map(one).sum()
    }

    /// The height of a row that has none of its own, in points.
    pub(crate) fn row_height(&self) -> f64 {
        self.row_height.unwrap_or(15.0)
    }
}

/// A measure that a spreadsheet may have: from none to `most`.
pub(crate) fn measure(node: Node, attribute: &str, most: f64) -> Option<f64> {
    value(node, attribute).filter(|measure| (0.0..=most).contains(measure))
}

/// What of the styles decides about heights: for each cell style whether it wraps, and its font's size in points.
#[derive(Clone, Debug, Default)]
pub(crate) struct Styles(Vec<(bool, f64)>);

impl Styles {
    /// Reads `styles.xml`.
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
        let style = self.0.get(style.unwrap_or(0) as usize)?;
        style.0.then_some(style.1)
    }
}
