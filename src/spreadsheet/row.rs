//! One row of a table as it stands in the file: cells at their true columns, with what they show.
//!
//! A row is a buffer that the readers fill again and again, so that a million rows cost no allocation each.

use crate::model::Date;
pub(crate) use crate::spreadsheet::number_format::{Epoch, Shown};

/// A range of merged cells: only its first cell holds a value, which stands for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its first and last row, from 1.
    pub rows: (u32, u32),
    /// Its first and last column, from 0.
    pub columns: (u32, u32),
}

/// What a cell holds; its text stands in the row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content {
    Text,
    /// A spreadsheet's number, which [`Cell::number`] gives; it has no text.
    Number(Shown),
    /// A date that the file stores as such.
    Date(Date),
    /// A yes or no (`TRUE`, `FALSE`).
    Bool(bool),
    /// An error value; its text is what the cell shows, such as `#REF!`.
    Error,
    /// A formula without a calculated result.
    NeverCalculated,
}

#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Its column, from 0.
    pub column: u32,
    pub content: Content,
    /// Where its text stands in the row and how long it is; or the two halves of its number.
    start: u32,
    len: u32,
}

impl Cell {
    /// The number that it holds, a binary floating point number as the file stores it.
    pub(crate) fn number(&self) -> Option<f64> {
        let bits = u64::from(self.start) << 32 | u64::from(self.len);
        matches!(self.content, Content::Number(_)).then(|| f64::from_bits(bits))
    }

    /// The number that it holds, if that is a whole one of at most 15 digits, as most are.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "compared after the cast")]
    pub(crate) fn whole_number(&self) -> Option<i64> {
        let value = self.number()?;
        let whole = value as i64;
        (whole.unsigned_abs() < 1_000_000_000_000_000 && (whole as f64).to_bits() == value.to_bits()).then_some(whole)
    }
}

/// More cells than a row has, and more text than they hold, whatever a file says.
const CELL_LIMIT: usize = 2 * super::a1::COLUMNS as usize;
const TEXT_LIMIT: usize = 64 << 20;

/// One row: its cells by ascending column, blank ones left out.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its number, from 1, as the spreadsheet counts.
    pub number: u32,
    pub hidden: bool,
    /// Whether there was more than a row holds, which was left out.
    pub is_full: bool,
    text: String,
    cells: Vec<Cell>,
}

/// How many bytes a row may keep for the next.
const LONG: usize = 64 << 10;

impl Row {
    /// Empties it, to be filled as row `number`.
    pub(crate) fn clear(&mut self, number: u32) {
        self.number = number;
        self.hidden = false;
        self.is_full = false;
        self.text.clear();
        self.cells.clear();
        // Rows are used again: one that was far longer than rows are gives its memory back.
        if self.text.capacity() > LONG {
            self.text = String::new();
        }
        if self.cells.capacity() > LONG / size_of::<Cell>() {
            self.cells = Vec::new();
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.text.len() + self.cells.len() * size_of::<Cell>()
    }

    /// Adds a cell; its column must be past those that are there. Blank text is left out.
    pub(crate) fn push(&mut self, column: u32, content: Content, text: &str) {
        if content == Content::Text && text.is_empty() {
            return;
        }
        // A number that the file writes in decimal; what is none is left to be refused as a text.
        if let Content::Number(shown) = content {
            return match text.trim().parse() {
                Ok(value) => self.push_number(column, shown, value),
                Err(_) => self.push(column, Content::Text, text),
            };
        }
        if self.cells.len() >= CELL_LIMIT || self.text.len() + text.len() > TEXT_LIMIT {
            self.is_full = true;
            return;
        }
        let start = offset(self.text.len());
        self.text.push_str(text);
        self.cells.push(Cell { column, content, start, len: offset(text.len()) });
    }

    pub(crate) fn push_number(&mut self, column: u32, shown: Shown, value: f64) {
        if self.cells.len() >= CELL_LIMIT {
            self.is_full = true;
            return;
        }
        let [a, b, c, d, e, f, g, h] = value.to_bits().to_be_bytes();
        let (start, len) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
        self.cells.push(Cell { column, content: Content::Number(shown), start, len });
    }

    /// Adds a cell of another row at a column.
    pub(crate) fn push_cell(&mut self, column: u32, row: &Row, cell: &Cell) {
        match (cell.content, cell.number()) {
            (Content::Number(shown), Some(value)) => self.push_number(column, shown, value),
            _ => self.push(column, cell.content, row.text(cell)),
        }
    }

    /// Takes over a line of text whose cells are then added by [`Row::push_range`].
    pub(crate) fn set_text(&mut self, line: &str) {
        self.text.push_str(line);
    }

    /// Adds the cell that is `start..end` of the line.
    pub(crate) fn push_range(&mut self, column: u32, start: usize, end: usize) {
        if start < end {
            let cell = Cell { column, content: Content::Text, start: offset(start), len: offset(end - start) };
            self.cells.push(cell);
        }
    }

    /// Puts the cells in order of column, where the file had them otherwise; of two at one place the later stays.
    pub(crate) fn sort(&mut self) {
        if self.cells.windows(2).all(|pair| matches!(pair, [a, b] if a.column < b.column)) {
            return;
        }
        self.cells.reverse();
        self.cells.sort_by_key(|c| c.column);
        self.cells.dedup_by_key(|c| c.column);
    }

    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(crate) fn get(&self, column: u32) -> Option<&Cell> {
        match self.cells.get(column as usize) {
            Some(cell) if cell.column == column => Some(cell),
            _ => self.cells.binary_search_by_key(&column, |c| c.column).ok().and_then(|at| self.cells.get(at)),
        }
    }

    /// A cell's text, as it stands; a number has none.
    pub(crate) fn text(&self, cell: &Cell) -> &str {
        if matches!(cell.content, Content::Number(_)) {
            return "";
        }
        let start = cell.start as usize;
        self.text.get(start..start + cell.len as usize).unwrap_or("")
    }

    /// Whether a cell shows nothing but blanks.
    pub(crate) fn is_blank(&self, cell: &Cell) -> bool {
        cell.content == Content::Text && self.text(cell).trim().is_empty()
    }

    pub(crate) fn first_filled(&self) -> Option<&Cell> {
        self.cells.iter().find(|c| !self.is_blank(c))
    }
}

/// Rows are kept far below 4 GiB by every reader.
pub(super) fn offset(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Why a table's rows cannot be read on.
#[derive(Debug)]
pub enum RowsError {
    /// What is wrong with the file's content.
    Content(Fault),
    /// The machine failed.
    Io(std::io::Error),
}

impl From<std::io::Error> for RowsError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// What is wrong with a file as a whole.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The last part of the problem's code.
    pub what: &'static str,
    /// The cell, where it is known.
    pub cell: Option<String>,
    pub message: String,
    pub help: String,
}

impl Fault {
    /// A fault of the whole file.
    pub(crate) fn new(what: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what, cell: None, message: message.into(), help: help.into() }
    }

    /// The same fault at a cell.
    pub(crate) fn at(mut self, cell: String) -> Self {
        self.cell = Some(cell);
        self
    }
}

impl From<Fault> for RowsError {
    fn from(fault: Fault) -> Self {
        Self::Content(fault)
    }
}
