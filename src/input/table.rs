//! Finding a table in a sheet: the header row, which column is what, control totals.

use super::gone::{Gone, is_left};
use super::schema::{Column, Kind, REGISTER, Table, has_key, header_key};
use crate::model::Objects;
use crate::model::source::TableSource;
use crate::problem::Place;
use crate::spreadsheet::a1::letters;
use crate::spreadsheet::{Content, Region, Row, Rows};
use std::sync::Arc;

/// The header row is one of the top so many rows.
pub(crate) const HEADER_ROWS: u32 = 20;

/// The first rows of a table, where its header row is. What is wrong with the file is told when it is read.
pub(crate) fn first_rows(rows: &mut dyn Rows) -> Vec<Row> {
    let (mut first, mut row) = (Vec::new(), Row::default());
    while matches!(rows.next(&mut row), Ok(true)) && row.number <= HEADER_ROWS && first.len() < HEADER_ROWS as usize {
        first.push(row.clone());
    }
    first
}

/// How many headers of one of these tables the rows have, at most.
pub(crate) fn most_headers(tables: &[&Table], rows: &[Row], own: &[OwnHeader]) -> usize {
    let count = |row: &Row| tables.iter().map(|table| match_headers(table, row, own).count()).max().unwrap_or(0);
    rows.iter().map(count).max().unwrap_or(0)
}

/// A header of the team's own for a column (the `columns` table).
#[derive(Clone, Debug)]
pub(crate) struct OwnHeader {
    pub column: &'static str,
    pub header: String,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub table: &'static Table,
    pub header_row: u32,
    /// For each column of the table where it stands.
    pub columns: Vec<Option<u32>>,
    /// Every header, by column.
    pub headers: Vec<(u32, String)>,
    /// Where a holder's name goes on: `Registration 2`, `Registration 3`.
    pub name_goes_on: Vec<u32>,
    /// The texts of the rows above the headers that hold one alone.
    pub titles: Vec<String>,
    /// What a row of units below the headers says, by column.
    pub units: Vec<(u32, String)>,
    /// Columns that nobody reads and whose headers speak of shares that are gone.
    pub gone: Vec<Gone>,
    /// Its file and sheet; shared with what is found out once its rows were read.
    pub source: Arc<TableSource>,
}

impl Located {
    /// A table in the file and sheet of `place`, its columns where `columns` says.
    pub(crate) fn new(
        table: &'static Table,
        place: Place,
        objects: Option<Arc<Objects>>,
        header_row: u32,
        headers: Vec<(u32, String)>,
        columns: Vec<Option<u32>>,
    ) -> Self {
        let named = table.columns.iter().zip(&columns);
        let source = TableSource {
            file: place.file.unwrap_or_default(),
            sheet: place.sheet,
            columns: named.filter_map(|(column, at)| at.map(|at| (column.name, letters(at)))).collect(),
            first_column: letters(columns.iter().flatten().min().copied().unwrap_or(0)),
            objects,
        };
        let (name_goes_on, titles, units, gone) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let source = Arc::new(source);
        Self { table, header_row, columns, headers, name_goes_on, titles, units, gone, source }.with_more_columns()
    }

    pub(crate) fn column(&self, ix: usize) -> Option<u32> {
        self.columns.get(ix).copied().flatten()
    }

    /// The cell of a column in a row, in words.
    pub(crate) fn cell(&self, ix: usize, row: u32) -> String {
        self.place(Some(ix), row).cell.unwrap_or_default()
    }

    /// The place of a column's cell in a row; the table's first column where it has none of its own.
    pub(crate) fn place(&self, column: Option<usize>, row: u32) -> Place {
        let at = column.and_then(|ix| self.column(ix));
        let at = at.or_else(|| self.columns.iter().flatten().min().copied()).unwrap_or(0);
        self.at(at, row)
    }

    pub(crate) fn at(&self, column: u32, row: u32) -> Place {
        self.source.at(&letters(column), row)
    }

    /// The headers that mean no column of the table.
    pub(crate) fn unknown_headers(&self) -> impl Iterator<Item = &(u32, String)> {
        self.headers.iter().filter(|(at, _)| !self.columns.contains(&Some(*at)) && !self.name_goes_on.contains(at))
    }

    /// Whether a column's header says that its numbers are percentages.
    pub(crate) fn is_in_percent(&self, ix: usize) -> bool {
        let says = |text: &str| text.contains('%') || text.to_lowercase().contains("percent");
        self.column(ix).is_some_and(|at| self.headers.iter().any(|(header, text)| *header == at && says(text)))
    }

    /// Whether all the table's own cells of a row are blank.
    pub(crate) fn is_blank(&self, row: &Row) -> bool {
        !row.cells().iter().any(|c| self.columns.contains(&Some(c.column)) && !row.is_blank(c))
    }

    /// Finds the columns in which names go on, and those that nobody reads and whose headers speak of shares that are gone.
    fn with_more_columns(mut self) -> Self {
        if self.table.name == REGISTER.name {
            let name = self.table.index("holder_name").and_then(|ix| self.column(ix));
            let key = |at: u32| self.headers.iter().find(|(h, _)| *h == at).map(|(_, text)| header_key(text));
            if let Some(stem) = name.and_then(key).as_deref().and_then(|key| key.strip_suffix('1')) {
                let goes_on = |n: u32| self.headers.iter().find(|(_, text)| header_key(text) == format!("{stem}{n}"));
                self.name_goes_on = [2, 3].into_iter().filter_map(goes_on).map(|(at, _)| *at).collect();
            }
            // Where what is left is counted, how much is gone says nothing more.
            let counted = self.table.index("shares").and_then(|ix| self.column(ix)).and_then(key);
            let of_left = counted.is_some_and(|key| is_left(&key));
            let says_more = |gone: &Gone| !(of_left && gone.is_count());
            self.gone =
                self.unknown_headers().filter_map(|(at, header)| Gone::of(*at, header)).filter(says_more).collect();
        }
        self
    }
}

#[derive(Debug, Default)]
pub(crate) struct Match {
    pub columns: Vec<Option<u32>>,
    /// A column that two headers mean equally, with both.
    pub twice: Vec<(usize, u32, u32)>,
}

impl Match {
    pub(crate) fn count(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// Takes another column for the register's ids, or that of its names, where it has none of those.
    pub(crate) fn id_is(&mut self, other: Option<u32>) {
        if let [id @ None, name, ..] = self.columns.as_mut_slice() {
            *id = other.or(*name);
        }
    }

    /// Takes the register's names for its ids where the team's own header of the ids is one of names.
    pub(crate) fn names_are_ids(&mut self, own: &[OwnHeader]) {
        let header = |column: &str| own.iter().find(|own| own.column == column).map(|own| header_key(&own.header));
        if let ([id, name, ..], Some(key)) = (self.columns.as_mut_slice(), header("holder_id")) {
            let is_same = header("holder_name").map_or(name.is_none(), |other| other == key);
            if is_same && (header("holder_name").is_some() || REGISTER.is_alias(1, &key)) {
                *name = *id;
            }
        }
    }

    pub(crate) fn missing(&self, table: &Table) -> Vec<&'static Column> {
        let columns = table.columns.iter().zip(&self.columns);
        columns.filter(|(column, at)| column.required && at.is_none()).map(|(column, _)| column).collect()
    }
}

/// Reads a row as a header row: the team's own headers win, then the columns' names, then their aliases.
pub(crate) fn match_headers(table: &Table, row: &Row, own: &[OwnHeader]) -> Match {
    let headers: Vec<(u32, &str, String)> =
        row.cells().iter().map(|c| (c.column, row.text(c).trim(), header_key(row.text(c)))).collect();
    let mut found = Match { columns: vec![None; table.columns.len()], twice: Vec::new() };
    let mut taken: Vec<u32> = Vec::new();
    for pass in 0..5 {
        for (ix, column) in table.columns.iter().enumerate() {
            if found.columns.get(ix).copied().flatten().is_some() {
                continue;
            }
            let wanted = |text: &str, key: &str| match pass {
                0 => own.iter().any(|o| o.column == column.name && o.header == text),
                1 => own.iter().any(|o| o.column == column.name && has_key(&o.header, key)),
                2 => has_key(column.name, key) && !is_weak(column, text, key),
                3 => table.is_alias(ix, key) && !is_weak(column, text, key),
                _ => has_key(column.name, key) || table.is_alias(ix, key) || is_weak_name(column.name, key),
            };
            let mut hits =
                headers.iter().filter(|(at, text, key)| !taken.contains(at) && wanted(text, key)).map(|(at, ..)| *at);
            let Some(first) = hits.next() else { continue };
            if let Some(second) = hits.next() {
                found.twice.push((ix, first, second));
                taken.push(second);
            }
            taken.push(first);
            if let Some(slot) = found.columns.get_mut(ix) {
                *slot = Some(first);
            }
        }
    }
    found
}

/// Headers that mean a column only where nothing else does: those of counts with a sign of something else too.
fn is_weak(column: &Column, text: &str, key: &str) -> bool {
    is_weak_name(column.name, key)
        || key == "type"
        || (column.kind == Kind::Shares && text.contains(|c| "%‰$€£¥¢".contains(c)))
}

fn is_weak_name(column: &str, key: &str) -> bool {
    matches!(
        (column, key),
        ("shares", "quantityoutstanding" | "sharesoutstanding")
            | ("holder_id", "accountnumber" | "accountno" | "accountid")
    )
}

/// The header row among the first rows: the first that has every required column, alone or with the row above it whose
/// merged headers it stands under; else the one that has most. Where headers are merged down into a row that has them all
/// too, it is that row. With where it is goes the row as it is to be read.
pub(crate) fn find_header(
    table: &Table,
    rows: &[Row],
    own: &[OwnHeader],
    merged: &[Region],
) -> Option<(usize, Row, Match)> {
    let mut best: Option<(usize, Row, Match)> = None;
    for (ix, row) in rows.iter().enumerate() {
        let under = ix.checked_sub(1).and_then(|above| under_merged(table, rows.get(above)?, row, own, merged));
        let is_whole = |row: &Row| match_headers(table, row, own).missing(table).is_empty();
        let goes_on = merged.iter().any(|region| region.rows.0 <= row.number && row.number < region.rows.1)
            && rows.get(ix + 1).is_some_and(is_whole);
        if goes_on {
            continue;
        }
        let mut readings: Vec<Row> = [Some(row.clone()), under].into_iter().flatten().collect();
        readings.sort_by_key(|row| std::cmp::Reverse(match_headers(table, row, own).count()));
        for row in readings {
            let found = match_headers(table, &row, own);
            if found.missing(table).is_empty() {
                return Some((ix, row, found));
            }
            if best.as_ref().is_none_or(|(.., b)| found.count() > b.count()) {
                best = Some((ix, row, found));
            }
        }
    }
    best
}

/// A row of headers that stands under one with merged ones, read as one with it: `ID` under `Holder` is `Holder ID`, where
/// `ID` alone is no header.
fn under_merged(table: &Table, above: &Row, row: &Row, own: &[OwnHeader], merged: &[Region]) -> Option<Row> {
    let wide = merged.iter().filter(|region| region.rows.0 == above.number && region.columns.0 < region.columns.1);
    let over = |column: u32| {
        let region = wide.clone().find(|region| (region.columns.0..=region.columns.1).contains(&column));
        let cell = above.get(region.map_or(column, |region| region.columns.0))?;
        Some(above.text(cell).trim()).filter(|text| !text.is_empty())
    };
    wide.clone().next()?;
    let mut joined = Row::default();
    joined.clear(row.number);
    let columns: std::collections::BTreeSet<u32> = above.cells().iter().chain(row.cells()).map(|c| c.column).collect();
    for column in columns {
        let text = row.get(column).map_or("", |cell| row.text(cell).trim());
        let over = over(column).unwrap_or("");
        let alone = |text: &str| {
            let mut header = Row::default();
            header.push(0, Content::Text, text);
            match_headers(table, &header, own).count() > 0
        };
        let both = format!("{over} {text}");
        let text = if alone(&both) && over != text {
            &both
        } else if text.is_empty() {
            over
        } else {
            text
        };
        joined.push(column, Content::Text, text);
    }
    Some(joined)
}
