//! From calamine's cells to rows: cells that come one after the other, each at its own address, become rows, with what
//! calamine leaves out put back: hidden rows, formulas that were never calculated, errors.

use super::a1::{COLUMNS, ROWS, address};
use super::faults::damaged;
use super::row::{Content, Epoch, Fault, Row, RowsError, Shown};
use super::rows::Rows;
use crate::model::calendar::iso_date_time;
use calamine::DataType;
use std::collections::{BTreeMap, HashSet};

/// Cells in the order of a file.
pub(super) trait Cells: Send {
    /// Reads the next cell, and gives its row and column, both from 0; none at the end.
    fn advance(&mut self) -> Result<Option<(u32, u32)>, Fault>;

    fn put(&self, column: u32, row: &mut Row) -> Result<(), Fault>;
}

/// What the survey of a sheet found that calamine does not tell.
#[derive(Clone, Debug, Default)]
pub(super) struct SheetFacts {
    /// The numbers of hidden rows.
    pub hidden: HashSet<u32>,
    /// Cells by row number (from 1) and column, with what they hold.
    pub cells: BTreeMap<(u32, u32), (Content, String)>,
    /// The ranges of merged cells.
    pub merged: Vec<super::row::Region>,
}

pub(super) struct CellRows<'f, C> {
    cells: C,
    hidden: &'f HashSet<u32>,
    left_out: BTreeMap<(u32, u32), (Content, String)>,
    /// A cell that was read and belongs to the next row.
    ahead: Option<(u32, u32)>,
    ended: bool,
}

impl<'f, C: Cells> CellRows<'f, C> {
    /// Rows of cells, and what was found of the sheet.
    pub(super) fn new(cells: C, facts: &'f SheetFacts) -> Self {
        Self { cells, hidden: &facts.hidden, left_out: facts.cells.clone(), ahead: None, ended: false }
    }

    fn read(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let mut open = None;
        loop {
            let next = match self.ahead.take() {
                Some(at) => Some(at),
                None if self.ended => None,
                None => self.cells.advance()?,
            };
            self.ended = next.is_none();
            let number = next.map_or(u32::MAX, |(row, _)| row.saturating_add(1));
            if open.is_some_and(|open| open != number) {
                self.ahead = next;
                self.finish(row);
                return Ok(true);
            }
            if open.is_none() {
                // Rows of nothing but cells that calamine leaves out.
                if let Some((first, _)) = self.left_out.keys().next().copied().filter(|(first, _)| *first < number) {
                    self.ahead = next;
                    row.clear(first);
                    self.finish(row);
                    return Ok(true);
                }
            }
            let Some((_, column)) = next else { return Ok(false) };
            if number > ROWS || column >= COLUMNS {
                return Err(damaged("a cell lies beyond the last row or column"));
            }
            if open.is_none() {
                row.clear(number);
                open = Some(number);
            }
            self.cells.put(column, row).map_err(|fault| fault.at(address(column, number)))?;
        }
    }

    fn finish(&mut self, row: &mut Row) {
        row.hidden = self.hidden.contains(&row.number);
        let here = (row.number, 0)..=(row.number, u32::MAX);
        while let Some((at, _)) = self.left_out.range(here.clone()).next() {
            let at = *at;
            if let Some((content, text)) = self.left_out.remove(&at) {
                row.push(at.1, content, &text);
            }
        }
        row.sort();
    }
}

impl<C: Cells> Rows for CellRows<'_, C> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        self.read(row).map_err(RowsError::Content)
    }
}

/// Adds what calamine read to a row; `shown` is how the cell's style shows a number, where that is known.
pub(super) fn push(row: &mut Row, column: u32, value: &impl DataType, shown: Option<Shown>, epoch: Epoch) {
    if let Some(text) = value.get_string() {
        row.push(column, Content::Text, text);
    } else if let Some(number) = value.get_float() {
        row.push_number(column, shown.unwrap_or_default(), number);
    } else if let Some(number) = value.get_int() {
        #[allow(clippy::cast_precision_loss, reason = "a spreadsheet's integers are doubles")]
        row.push_number(column, shown.unwrap_or_default(), number as f64);
    } else if let Some(date) = value.get_datetime() {
        let number = date.as_f64();
        let look = match shown {
            Some(look @ (Shown::Date(_) | Shown::Time)) => look,
            _ if date.is_duration() || (0.0..1.0).contains(&number) => Shown::Time,
            _ => Shown::Date(epoch),
        };
        row.push_number(column, look, number);
    } else if let Some(value) = value.get_bool() {
        row.push(column, Content::Bool(value), "");
    } else if let Some(error) = value.get_error() {
        row.push(column, Content::Error, &error.to_string());
    } else if let Some(text) = value.get_datetime_iso().or_else(|| value.get_duration_iso()) {
        row.push(column, iso_date_time(text).map_or(Content::Text, Content::Date), text);
    }
}
