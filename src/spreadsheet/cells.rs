//! From calamine's cells to rows: cells that come one after the other, each at its own address, become rows, with what
//! calamine leaves out put back: hidden rows, formulas that were never calculated, errors.

use super::a1::{COLUMNS, ROWS};
use super::faults::damaged;
use super::{Content, Epoch, Fault, Region, Row, Rows, RowsError, Shown};
use crate::model::calendar::iso_date_time;
use calamine::{Cell, CellType, DataType};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the survey of a sheet found that calamine does not tell.
#[derive(Clone, Debug, Default)]
pub struct SheetFacts {
    /// The numbers of hidden rows.
    pub hidden: HashSet<u32>,
    /// Cells by row number (from 1) and column, with what they hold.
    pub cells: BTreeMap<(u32, u32), (Content, String)>,
    /// How the numbers of cells are shown, where that is neither plain nor a date and the reader does not tell.
    pub shown: HashMap<(u32, u32), Shown>,
    /// The ranges of merged cells, in the order of the file.
    pub merged: Vec<Region>,
}

/// A cell as calamine read it.
pub(super) struct Found<V: CellType> {
    /// Its row and column, both from 0.
    pub at: (u32, u32),
    /// What it holds; none of a formula that was never calculated.
    pub value: Option<Cell<V>>,
    /// How its style shows a number, where that is known.
    pub shown: Option<Shown>,
}

/// Rows of cells that come in the order of the file, each from `next`, which gives none at the end.
pub(super) struct CellRows<'f, F, V: CellType> {
    next: F,
    facts: &'f SheetFacts,
    epoch: Epoch,
    left_out: BTreeMap<(u32, u32), (Content, String)>,
    /// A cell that was read and not taken yet.
    ahead: Option<Found<V>>,
    ended: bool,
}

impl<'f, F, V> CellRows<'f, F, V>
where
    F: FnMut() -> Result<Option<Found<V>>, Fault> + Send,
    V: CellType + DataType + Send,
{
    pub(super) fn new(facts: &'f SheetFacts, epoch: Epoch, next: F) -> Self {
        Self { next, facts, epoch, left_out: facts.cells.clone(), ahead: None, ended: false }
    }

    /// Reads the next cell, once the one before it was taken.
    fn read_on(&mut self) -> Result<(), Fault> {
        if self.ahead.is_none() && !self.ended {
            self.ahead = (self.next)()?;
            self.ended = self.ahead.is_none();
        }
        Ok(())
    }

    fn read(&mut self, row: &mut Row) -> Result<bool, Fault> {
        self.read_on()?;
        let number_of = |cell: &Found<V>| cell.at.0.saturating_add(1);
        let left_out = self.left_out.keys().next().map(|(first, _)| *first);
        let Some(number) = self.ahead.as_ref().map(number_of).into_iter().chain(left_out).min() else {
            return Ok(false);
        };
        row.clear(number);
        row.hidden = self.facts.hidden.contains(&number);
        while let Some(Found { at: (_, column), value, shown }) = self.ahead.take_if(|cell| number_of(cell) == number) {
            if number > ROWS || column >= COLUMNS {
                return Err(damaged("a cell lies beyond the last row or column"));
            }
            match value {
                Some(value) => push(row, column, value.get_value(), shown, self.epoch),
                None => row.push(column, Content::NeverCalculated, ""),
            }
            self.read_on()?;
        }
        while let Some(first) = self.left_out.first_entry().filter(|first| first.key().0 == number) {
            let ((_, column), (content, text)) = first.remove_entry();
            row.push(column, content, &text);
        }
        row.sort();
        Ok(true)
    }
}

impl<F, V> Rows for CellRows<'_, F, V>
where
    F: FnMut() -> Result<Option<Found<V>>, Fault> + Send,
    V: CellType + DataType + Send,
{
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        self.read(row).map_err(RowsError::Content)
    }
}

/// Adds what calamine read to a row.
fn push(row: &mut Row, column: u32, value: &impl DataType, shown: Option<Shown>, epoch: Epoch) {
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
