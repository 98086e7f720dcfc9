//! One pass over a table's rows: the header row found among the first, every row below it handed over.

mod batches;
mod pieces;

use super::asides::{Control, RowIs, UNITS, in_thousands, row_is};
use super::cell::Style;
use super::faults::{ColumnFaults, IN_PERCENT};
use super::manners::{bare_id, is_by_name};
use super::register::Reading;
use super::schema::{Kind, REGISTER, header_key};
use super::source::{Found, Origin};
use super::table::{HEADER_ROWS, OwnHeader, find_header};
use super::{Findings, Line, Located};
use crate::problem::{Place, Problem};
use crate::spreadsheet::{Region, Row, Rows, RowsError};
use crate::text::plural;

/// How many rows a note names.
const ROWS_NAMED: usize = 10;
/// More rows than notes below a table have.
const NOTES: usize = 100;

pub(crate) struct Pass<'p, 'c> {
    found: &'p Found,
    own: &'p [OwnHeader],
    pub style: Style,
    pub findings: &'p mut Findings,
    sink: Sink<'p, 'c>,
    pub merged: Vec<Region>,
    pub data_rows: u64,
    hidden: Vec<u32>,
    /// What rows are that are none of the table's, and which.
    asides: Vec<(&'static str, Vec<u32>)>,
    /// Rows that are notes if no data follows them.
    notes: Vec<Row>,
    /// What is said of cells of a workbook that stand under no header.
    beside: Option<Problem>,
}

/// What takes a row, and is told which control total it is if it is one.
pub(crate) type Each<'c> = dyn FnMut(&mut Line, Option<&Control>) + Send + 'c;

pub(crate) enum Sink<'p, 'c> {
    Each(&'p mut Each<'c>),
    /// To the register, which takes them faster where they come in CSV.
    Register(&'p mut Reading),
}

/// `2, 3, 5`; no more than so many.
fn listed(rows: &[u32]) -> String {
    let named: Vec<String> = rows.iter().take(ROWS_NAMED).map(u32::to_string).collect();
    named.join(", ") + if rows.len() > ROWS_NAMED { ", …" } else { "" }
}

/// The text of a row that holds one alone.
fn title(row: &Row) -> Option<String> {
    let mut filled = row.cells().iter().filter(|cell| !row.is_blank(cell));
    let only = filled.next().filter(|_| filled.next().is_none())?;
    Some(row.text(only).trim().to_owned()).filter(|text| !text.is_empty())
}

/// What a row's cells hold, by column.
fn texts(row: &Row) -> Vec<(u32, String)> {
    let filled = row.cells().iter().filter(|cell| !row.is_blank(cell));
    filled.map(|cell| (cell.column, row.text(cell).trim().to_owned())).collect()
}

impl<'p, 'c> Pass<'p, 'c> {
    pub(crate) fn new(
        found: &'p Found,
        own: &'p [OwnHeader],
        style: &'p Style,
        findings: &'p mut Findings,
        sink: Sink<'p, 'c>,
    ) -> Self {
        Self {
            found,
            own,
            style: style.clone(),
            findings,
            sink,
            merged: Vec::new(),
            data_rows: 0,
            hidden: Vec::new(),
            asides: Vec::new(),
            notes: Vec::new(),
            beside: None,
        }
    }

    /// Hands every row over; none where the table has no header row.
    pub(crate) fn run(&mut self, rows: &mut dyn Rows) -> Result<Option<Located>, RowsError> {
        // Those of a table that broke off are not this one's.
        self.findings.faults = ColumnFaults::default();
        let mut first = Vec::new();
        let mut row = Row::default();
        let mut more = rows.next(&mut row)?;
        while more && row.number <= HEADER_ROWS && first.len() < HEADER_ROWS as usize {
            first.push(row.clone());
            more = rows.next(&mut row)?;
        }
        let Some((header, located)) = self.locate(&first) else { return Ok(None) };
        for row in first.iter().skip(header + 1) {
            self.take(&located, row);
        }
        while more {
            self.take(&located, &row);
            match (&self.sink, rows.records()) {
                (Sink::Register(_), Some(records)) => self.pieces(records, &located)?,
                (Sink::Register(_), None) => {
                    self.batches(rows, &located)?;
                    break;
                }
                _ => {}
            }
            more = rows.next(&mut row)?;
        }
        self.tell_asides(&located);
        self.tell_merged(&located);
        self.beside.take().into_iter().for_each(|problem| self.findings.push(problem));
        self.findings.tell_faults(&located);
        if !self.hidden.is_empty() {
            let are = if self.hidden.len() == 1 { "is" } else { "are" };
            let (rows, named) = (plural(self.hidden.len(), "row"), listed(&self.hidden));
            let help = "Unhide them in Excel to see what they hold; delete those that are not to be read.";
            let code = format!("{}.rows.hidden", located.table.name);
            self.findings.note(code, self.found.place(), format!("{rows} {are} hidden, and read: {named}."), help);
        }
        Ok(Some(located))
    }

    fn take(&mut self, located: &Located, row: &Row) {
        if located.is_blank(row) {
            return;
        }
        if located.source.objects.as_ref().is_some_and(|objects| objects.is_past(row.number)) {
            return self.holder_alone(located, row);
        }
        if row.hidden {
            self.hidden.push(row.number);
        }
        if let Some(end) = located.headers.iter().map(|(at, _)| *at).max()
            && let Some(extra) = row.cells().iter().find(|cell| cell.column > end && !row.is_blank(cell))
        {
            let place = located.at(extra.column, row.number);
            let value = row.text(extra).trim();
            if matches!(self.found.origin, Origin::Csv(_)) {
                let message = format!(
                    "row {} has more fields than the header row: '{value}' stands under no header, so the fields before it may \
                     have moved.",
                    row.number
                );
                let help = "A text with the delimiter in it needs quotation marks around it; put them, or save the file as CSV again.";
                self.findings.error(format!("{}.row.too-long", located.table.name), place, message, help);
                return;
            }
            let message = format!("Cells that stand under no header are not read; the first holds '{value}'.");
            let help =
                "Nothing to do, unless they say something of the rows that they stand in: then head their column.";
            let code = format!("{}.cells.no-header", located.table.name);
            self.beside.get_or_insert_with(|| Problem::warning(code, place, message, help));
        }
        let control = match row_is(located, row) {
            RowIs::Control(control) => Some(control),
            RowIs::Aside(what) => {
                self.scale(located, row);
                return self.aside(what, row.number);
            }
            RowIs::Note if self.notes.len() < NOTES => return self.notes.push(row.clone()),
            RowIs::Data | RowIs::Note => None,
        };
        if control.is_none() {
            self.notes_are_data(located);
        }
        self.hand_over(located, row, control.as_ref());
    }

    /// A row of a register that was made which only says who a holder is: of one who has nothing, nothing is wrong.
    fn holder_alone(&mut self, located: &Located, row: &Row) {
        let Sink::Register(reading) = &mut self.sink else { return };
        let findings = &mut Findings::default();
        reading.holder_alone(&mut Line { located, row, style: &self.style, findings, data_row: 0 });
    }

    fn aside(&mut self, what: &'static str, row: u32) {
        match self.asides.iter_mut().find(|(known, _)| *known == what) {
            Some((_, rows)) => rows.push(row),
            None => self.asides.push((what, vec![row])),
        }
    }

    /// Data follows the rows that could have been notes: so they are data that lacks something.
    fn notes_are_data(&mut self, located: &Located) {
        for row in std::mem::take(&mut self.notes) {
            self.hand_over(located, &row, None);
        }
    }

    /// Tells of a row beside the data that says that numbers are written in thousands, or rates in percent.
    fn scale(&mut self, located: &Located, row: &Row) {
        let mut cells = row.cells().iter();
        if let Some(problem) = cells.find_map(|c| in_thousands(located, c.column, row.number, row.text(c))) {
            self.findings.push(problem);
        }
        let rates = located.table.columns.iter().enumerate().filter(|(_, column)| column.kind == Kind::Rate);
        for (ix, column) in rates.filter(|_| row.number > located.header_row) {
            let unit = located.column(ix).and_then(|at| row.get(at)).map_or("", |cell| row.text(cell).trim());
            if unit.contains('%') && header_key(unit).is_empty() {
                let message =
                    format!("{}: '{unit}' says that the rates are percentages, and 0.5 is read as 50%.", column.name);
                let help = "Type the rates with their sign, such as 24%, and clear this cell.";
                let code = format!("{}.{}.{IN_PERCENT}", located.table.name, column.name);
                self.findings.push(Problem::error(code, located.place(Some(ix), row.number), message, help));
            }
        }
    }

    /// Warns of numbers that are merged over rows, in each of which they count.
    fn tell_merged(&mut self, located: &Located) {
        for Region { rows: (first, last), columns: (left, right) } in &self.merged {
            let is_sum = |kind: Kind| matches!(kind, Kind::Shares | Kind::Cash | Kind::CashOrFull);
            let mut columns = located.table.columns.iter().enumerate().filter(|(_, column)| is_sum(column.kind));
            let column = columns.find(|(ix, _)| located.column(*ix) == Some(*left) && left == right);
            let Some((ix, column)) = column.filter(|_| *first > located.header_row && first < last) else { continue };
            let name = column.name;
            let message = format!(
                "{name}: the cell is merged over several rows, and its number counts in each of them, not once for all of \
                 them together."
            );
            let help = "Unmerge the cell, and type each row's own number.";
            let code = format!("{}.{name}.merged", located.table.name);
            self.findings.warning(code, located.place(Some(ix), *first), message, help);
        }
    }

    fn tell_asides(&mut self, located: &Located) {
        let notes = std::mem::take(&mut self.notes);
        for row in &notes {
            self.scale(located, row);
        }
        let listed = |rows: &[u32]| format!("row{} {}", if rows.len() == 1 { "" } else { "s" }, listed(rows));
        let mut tell = |what: &str, first: u32, message: String, help: &str| {
            let code = format!("{}.rows.{what}", located.table.name);
            self.findings.note(code, located.place(None, first), message, help);
        };
        for (what, rows) in &self.asides {
            let message = format!("Not read, being {what}: {}.", listed(rows));
            tell(
                "passed-over",
                rows.first().copied().unwrap_or(0),
                message,
                "Nothing to do, unless it should be read.",
            );
        }
        if let Some(first) = notes.first() {
            let rows: Vec<u32> = notes.iter().map(|row| row.number).collect();
            let text = first.first_filled().map_or("", |cell| first.text(cell).trim());
            let message = format!("Below the table, and taken for notes: {} ('{text}').", listed(&rows));
            tell("notes", first.number, message, "Nothing to do, unless it is a row of data: then complete it.");
        }
    }

    fn hand_over(&mut self, located: &Located, row: &Row, control: Option<&Control>) {
        if control.is_none() {
            self.data_rows += 1;
        }
        let mut line = Line {
            located,
            row,
            style: &self.style,
            findings: self.findings,
            data_row: usize::try_from(self.data_rows).unwrap_or(usize::MAX),
        };
        match (&mut self.sink, control) {
            (Sink::Each(each), _) => each(&mut line, control),
            (Sink::Register(reading), Some(control)) => reading.control(&mut line, control),
            (Sink::Register(reading), None) => reading.row(&mut line),
        }
    }

    fn locate(&mut self, first: &[Row]) -> Option<(usize, Located)> {
        let table = self.found.table;
        let above: Vec<Region> =
            self.merged.iter().filter(|region| region.rows.0 <= HEADER_ROWS).take(256).copied().collect();
        let best = find_header(table, first, self.own, &above);
        let (ix, row, mut found) = match best {
            Some((ix, row, found)) if found.count() > 0 => (ix, row, found),
            _ => {
                self.no_header(first);
                return None;
            }
        };
        let (place, objects) = (self.found.place(), self.found.made().map(|made| made.objects.clone()));
        let headers = texts(&row);
        let bare_id = bare_id(&headers);
        if table.name == REGISTER.name && (bare_id.is_some() || is_by_name(&headers)) {
            found.id_is(bare_id);
        }
        if table.name == REGISTER.name {
            found.names_are_ids(self.own);
        }
        let mut located = Located::new(table, place, objects, row.number, headers, found.columns.clone());
        located.titles = first.iter().take(ix).filter_map(title).collect();
        first.iter().take(ix).for_each(|above| self.scale(&located, above));
        let below = first.get(ix + 1).filter(|row| row_is(&located, row) == RowIs::Aside(UNITS));
        located.units = below.map_or_else(Vec::new, texts);
        super::columns::report(&located, &found, self.own, &self.style, self.findings).then_some((ix, located))
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
        let place: Place = self.found.place();
        let alone: Vec<String> = first.iter().filter_map(title).collect();
        let parts = |delimiter: char| alone.iter().any(|text| text.matches(delimiter).count() + 1 >= required.len());
        let unknown = ['|', '^', '~', ':'].into_iter().find(|delimiter| parts(*delimiter));
        if let Some(delimiter) = unknown.filter(|_| matches!(self.found.origin, Origin::Csv(_)) && required.len() > 1) {
            let message = format!(
                "The fields seem to stand between '{delimiter}', and commas, semicolons and tabs are known; {seen}."
            );
            let help = "Save the file with commas, or make its first line sep= and the sign, such as sep=|.";
            return self.findings.error(format!("{}.file.delimiter", table.name), place, message, help);
        }
        let help = "Head the columns with these names, or say which of your headers stands for which, with --column or in the columns \
             table.";
        self.findings.error(format!("{}.header.missing", table.name), place, message, help);
    }
}
