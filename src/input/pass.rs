//! One pass over a table's rows: the header row found among the first, every row below it handed over.

mod batches;
mod pieces;
#[cfg(test)]
mod tests;

use super::cell::Style;
use super::findings::Findings;
use super::line::{ColumnFaults, Line};
use super::register::Reading;
use super::schema::REGISTER;
use super::source::{Found, Origin};
use super::table::{Control, HEADER_ROWS, Located, OwnHeader, find_header};
use crate::problem::{Place, Problem};
use crate::spreadsheet::row::{Row, RowsError};
use crate::spreadsheet::rows::Rows;
use std::sync::Arc;

/// How many hidden rows are named.
const ROWS_NAMED: usize = 10;

/// One pass over a table's rows.
pub(crate) struct Pass<'p, 'c> {
    found: &'p Found,
    own: &'p [OwnHeader],
    /// How values are written in this table.
    pub style: Style,
    /// Where problems go.
    pub findings: &'p mut Findings,
    sink: Sink<'p, 'c>,
    /// Data rows so far.
    pub data_rows: u64,
    /// How many rows are hidden, and the first of them.
    hidden: u64,
    hidden_rows: Vec<String>,
}

/// What takes a row, and is told which control total it is if it is one.
pub(crate) type Each<'c> = dyn FnMut(&mut Line, Option<Control>) + Send + 'c;

/// Where rows go.
pub(crate) enum Sink<'p, 'c> {
    /// To a loader.
    Each(&'p mut Each<'c>),
    /// To the register, which takes them faster where they come in CSV.
    Register(&'p mut Reading<'c>),
}

impl<'p, 'c> Pass<'p, 'c> {
    /// A pass over a table that was found, with the team's own headers of it.
    pub(crate) fn new(
        found: &'p Found,
        own: &'p [OwnHeader],
        style: &'p Style,
        findings: &'p mut Findings,
        sink: Sink<'p, 'c>,
    ) -> Self {
        Self { found, own, style: style.clone(), findings, sink, data_rows: 0, hidden: 0, hidden_rows: Vec::new() }
    }

    /// Hands every row over; none where the table has no header row.
    /// Errors: What is wrong with the file, or a machine failure.
    pub(crate) fn run(&mut self, rows: &mut dyn Rows) -> Result<Option<Located>, RowsError> {
        let mut first = Vec::new();
        let mut row = Row::default();
        let mut more = rows.next(&mut row)?;
        while more && row.number <= HEADER_ROWS && first.len() < HEADER_ROWS as usize {
            first.push(row.clone());
            more = rows.next(&mut row)?;
        }
        let Some((header, located)) = self.locate(&first) else { return Ok(None) };
        let mut faults = ColumnFaults::default();
        for row in first.iter().skip(header + 1) {
            self.take(&located, row, &mut faults);
        }
        while more {
            self.take(&located, &row, &mut faults);
            match (&self.sink, rows.records()) {
                (Sink::Register(_), Some(records)) => self.pieces(records, &located, &mut faults)?,
                (Sink::Register(_), None) => {
                    self.batches(rows, &located, &mut faults)?;
                    break;
                }
                _ => {}
            }
            more = rows.next(&mut row)?;
        }
        faults.report(&located, self.findings);
        if self.hidden > 0 {
            let rows = if self.hidden == 1 { "1 row is".to_owned() } else { format!("{} rows are", self.hidden) };
            let more = if self.hidden > self.hidden_rows.len() as u64 { ", …" } else { "" };
            let message = format!("{rows} hidden, and read all the same: {}{more}.", self.hidden_rows.join(", "));
            let help = "Unhide them in Excel to see what they hold; delete those that are not to be read.";
            let code = format!("{}.rows.hidden", located.table.name);
            self.findings.push(Problem::note(code, self.found.place(), message, help));
        }
        Ok(Some(located))
    }

    fn take(&mut self, located: &Located, row: &Row, faults: &mut ColumnFaults) {
        if located.is_blank(row) {
            return;
        }
        if row.hidden {
            self.hidden += 1;
            if self.hidden_rows.len() < ROWS_NAMED {
                self.hidden_rows.push(row.number.to_string());
            }
        }
        if let Origin::Csv(_) = self.found.origin
            && let Some(end) = located.headers.iter().map(|(at, _)| *at).max()
            && let Some(extra) = row.cells().iter().find(|cell| cell.column > end && !row.is_blank(cell))
        {
            let place = located.at(extra.column, row.number);
            let message = format!(
                "row {} has more fields than the header row: '{}' stands under no header, so the fields before it may have \
                 moved.",
                row.number,
                row.text(extra).trim()
            );
            let help = "A text with the delimiter in it needs quotation marks around it; put them, or save the file as CSV again.";
            self.findings.push(Problem::error(format!("{}.row.too-long", located.table.name), place, message, help));
            return;
        }
        let control = located.control(row);
        if control.is_none() {
            self.data_rows += 1;
        }
        let mut line = Line {
            located,
            row,
            style: &self.style,
            findings: self.findings,
            faults,
            data_row: usize::try_from(self.data_rows).unwrap_or(usize::MAX),
        };
        match (&mut self.sink, control) {
            (Sink::Each(each), _) => each(&mut line, control),
            (Sink::Register(reading), Some(control)) => reading.control(&mut line, control),
            (Sink::Register(reading), None) => reading.row(&mut line),
        }
    }

    /// Finds the header row; says what is missing where there is none.
    fn locate(&mut self, first: &[Row]) -> Option<(usize, Located)> {
        let table = self.found.table;
        let best = find_header(table, first, self.own);
        let (ix, found) = match best {
            Some((ix, found)) if found.count() > 0 => (ix, found),
            _ => {
                self.no_header(first);
                return None;
            }
        };
        let row = first.get(ix)?;
        let headers = row.cells().iter().filter(|c| !row.is_blank(c));
        let located = Located {
            table,
            file: self.found.file.clone(),
            sheet: self.found.sheet.clone(),
            header_row: row.number,
            headers: headers.map(|c| (c.column, row.text(c).trim().to_owned())).collect(),
            columns: found.columns.clone(),
            source: Arc::default(),
            gone: Vec::new(),
        }
        .with_source(self.found.objects())
        .with_gone();
        super::columns::report(&located, &found, self.own, self.findings).then_some((ix, located))
    }

    fn no_header(&mut self, first: &[Row]) {
        let table = self.found.table;
        if first.is_empty() && table.name != REGISTER.name {
            return;
        }
        let required: Vec<&str> = table.columns.iter().filter(|c| c.required).map(|c| c.name).collect();
        let filled = |row: &&Row| row.cells().iter().filter(|c| !row.is_blank(c)).count();
        let fullest = first.iter().rev().max_by_key(filled).filter(|row| filled(row) > 0);
        let seen = fullest.map_or(if first.is_empty() { "it is empty" } else { "they are empty" }.to_owned(), |row| {
            let cells: Vec<&str> = row.cells().iter().map(|c| row.text(c).trim()).take(12).collect();
            format!("row {} reads {}", row.number, cells.join(", "))
        });
        let message = format!(
            "No header row was found in the top {HEADER_ROWS} rows, which must have {}; {seen}.",
            required.join(", ")
        );
        let help =
            "Head the columns with these names, or say in the columns table which of your headers stands for which.";
        let place: Place = self.found.place();
        self.findings.push(Problem::error(format!("{}.header.missing", table.name), place, message, help));
    }
}
