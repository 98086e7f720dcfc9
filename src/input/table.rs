//! Finding a table in a sheet: the header row, which column is what, control totals.

use super::schema::{REGISTER, Table, has_key, header_key};
use crate::model::source::{Objects, TableSource};
use crate::model::text_key::means_nothing;
use crate::problem::Place;
use crate::spreadsheet::a1::{address, letters};
use crate::spreadsheet::row::Row;
use std::sync::Arc;

/// The header row is one of the top so many rows (SPEC 3).
pub(crate) const HEADER_ROWS: u32 = 20;

/// A header of the team's own for a column (the `columns` table).
#[derive(Clone, Debug)]
pub(crate) struct OwnHeader {
    /// The column it stands for.
    pub column: &'static str,
    /// The header.
    pub header: String,
    /// Where the `columns` table says so.
    pub place: Place,
}

/// Where a table was found and what its columns are.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    /// Which table.
    pub table: &'static Table,
    /// The file, relative to the case.
    pub file: String,
    /// The sheet, for a workbook.
    pub sheet: Option<String>,
    /// The header row's number.
    pub header_row: u32,
    /// For each column of the table where it stands.
    pub columns: Vec<Option<u32>>,
    /// Every header, by column.
    pub headers: Vec<(u32, String)>,
    /// Columns that nobody reads and whose headers speak of shares that are gone.
    pub gone: Vec<Gone>,
    /// The same, for what is found out once its rows were read.
    pub source: Arc<TableSource>,
}

impl Located {
    /// The place of a column's cell in a row; the table's first column where it has none of its own.
    pub(crate) fn place(&self, column: Option<usize>, row: u32) -> Place {
        let at = column.and_then(|ix| self.columns.get(ix).copied().flatten());
        let at = at.or_else(|| self.columns.iter().flatten().min().copied()).unwrap_or(0);
        self.at(at, row)
    }

    /// The place of a sheet's cell.
    pub(crate) fn at(&self, column: u32, row: u32) -> Place {
        if let Some(place) = self.source.objects.as_ref().and_then(|objects| objects.place(row)) {
            return place;
        }
        Place { file: Some(self.file.clone()), sheet: self.sheet.clone(), cell: Some(address(column, row)) }
    }

    /// The headers that mean no column of the table.
    pub(crate) fn unknown_headers(&self) -> impl Iterator<Item = &(u32, String)> {
        self.headers.iter().filter(|(at, _)| !self.columns.contains(&Some(*at)))
    }

    /// Whether a row is a control total, and of what: its first filled cell, or the first in the table's own columns,
    /// reads `Total` or `Subtotal`.
    pub(crate) fn control(&self, row: &Row) -> Option<Control> {
        let own = row.cells().iter().find(|c| self.columns.contains(&Some(c.column)) && !row.is_blank(c));
        [row.first_filled(), own].into_iter().flatten().find_map(|cell| control_word(row.text(cell)))
    }

    /// Whether all the table's own cells of a row are blank.
    pub(crate) fn is_blank(&self, row: &Row) -> bool {
        !row.cells().iter().any(|c| self.columns.contains(&Some(c.column)) && !row.is_blank(c))
    }

    /// Finds the columns that nobody reads and whose headers speak of shares that are gone.
    pub(crate) fn with_gone(mut self) -> Self {
        if self.table.name == REGISTER.name {
            self.gone = self.unknown_headers().filter_map(|(at, header)| Gone::of(*at, header)).collect();
        }
        self
    }

    /// Notes where the table was found, for its rows to keep.
    pub(crate) fn with_source(mut self, objects: Option<Arc<Objects>>) -> Self {
        let named = self.table.columns.iter().zip(&self.columns);
        self.source = Arc::new(TableSource {
            file: self.file.clone(),
            sheet: self.sheet.clone(),
            columns: named.filter_map(|(column, at)| at.map(|at| (column.name, letters(at)))).collect(),
            first_column: letters(self.columns.iter().flatten().min().copied().unwrap_or(0)),
            objects,
        });
        self
    }
}

/// A column that nobody reads and whose header speaks of shares that are gone, or of their status.
#[derive(Clone, Debug)]
pub(crate) struct Gone {
    /// Where it stands.
    pub column: u32,
    /// Its header.
    pub header: String,
    is_status: bool,
}

/// Beginnings of words that say that shares are gone.
const GONE: [&str; 13] = [
    "cancel",
    "redeem",
    "redemption",
    "repurchase",
    "buyback",
    "void",
    "convert",
    "conversion",
    "forfeit",
    "surrender",
    "terminat",
    "retire",
    "transferred",
];

impl Gone {
    fn of(column: u32, header: &str) -> Option<Self> {
        let words: Vec<String> =
            header.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).filter(|w| !w.is_empty()).collect();
        let has = |word: &str| words.iter().any(|w| w == word);
        let begins = |starts: &[&str]| words.iter().any(|w| starts.iter().any(|start| w.starts_with(start)));
        // A price or a ratio of conversion says nothing of shares that were converted.
        let of_terms = begins(&["ratio", "price", "rate", "convertible", "voidable", "redeemable", "right", "feature"]);
        let out = has("out") && begins(&["transfer", "sold", "bought"]) || (has("bought") && has("back"));
        let is_status = has("status");
        let speaks = !of_terms && (begins(&GONE) || out);
        (speaks || is_status).then(|| Self { column, header: header.to_owned(), is_status: is_status && !speaks })
    }

    /// Whether a value says that the row's shares are gone.
    pub(crate) fn says(&self, value: &str) -> bool {
        let value = value.trim().to_lowercase();
        if self.is_status {
            let gone = |word: &str| {
                GONE.iter().any(|start| word.starts_with(start)) || ["expired", "inactive", "sold"].contains(&word)
            };
            return value.split(|c: char| !c.is_alphanumeric()).any(gone) && !value.starts_with("not ");
        }
        let zero = value.trim_matches(['0', '.', ',']).is_empty();
        !(zero || ["no", "n", "false"].contains(&value.as_str()) || means_nothing(&value))
    }
}

/// A control total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// Of everything above it.
    Total,
    /// Of everything since the previous subtotal.
    Subtotal,
}

/// The longest control word, `grandtotal`.
const CONTROL_WORD: usize = 10;

/// The control total that a row is whose first cell reads so.
pub(crate) fn control_word(text: &str) -> Option<Control> {
    if !text.is_ascii() {
        return control_key(header_key(text).as_bytes());
    }
    // As `header_key`, in place: this is asked of every row.
    let mut key = [0; CONTROL_WORD];
    let mut letters = 0;
    for byte in text.bytes().filter(u8::is_ascii_alphanumeric) {
        *key.get_mut(letters)? = byte.to_ascii_lowercase();
        letters += 1;
        if letters == 1 && !matches!(key[0], b't' | b's' | b'g') {
            return None;
        }
    }
    control_key(key.get(..letters)?)
}

fn control_key(key: &[u8]) -> Option<Control> {
    match key {
        b"total" | b"totals" | b"grandtotal" => Some(Control::Total),
        b"subtotal" | b"subtotals" => Some(Control::Subtotal),
        _ => None,
    }
}

/// What a row would be as a header row.
#[derive(Debug, Default)]
pub(crate) struct Match {
    /// For each column of the table where it stands.
    pub columns: Vec<Option<u32>>,
    /// A column that two headers mean equally, with both.
    pub twice: Vec<(usize, u32, u32)>,
}

impl Match {
    /// How many columns it has.
    pub(crate) fn count(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// The required columns that it has not.
    pub(crate) fn missing<'t>(&self, table: &'t Table) -> Vec<&'t str> {
        let absent = table.columns.iter().zip(&self.columns).filter(|(c, at)| c.required && at.is_none());
        absent.map(|(c, _)| c.name).collect()
    }
}

/// Reads a row as a header row: the team's own headers win, then the columns' names, then their aliases.
pub(crate) fn match_headers(table: &Table, row: &Row, own: &[OwnHeader]) -> Match {
    let headers: Vec<(u32, String)> = row.cells().iter().map(|c| (c.column, header_key(row.text(c)))).collect();
    let mut found = Match { columns: vec![None; table.columns.len()], twice: Vec::new() };
    let mut taken: Vec<u32> = Vec::new();
    for pass in 0..4 {
        for (ix, column) in table.columns.iter().enumerate() {
            if found.columns.get(ix).copied().flatten().is_some() {
                continue;
            }
            let wanted = |key: &str| match pass {
                0 => own.iter().any(|o| o.column == column.name && has_key(&o.header, key)),
                1 => has_key(column.name, key),
                2 => column.aliases.iter().any(|alias| has_key(alias, key) && !is_weak(column.name, key)),
                _ => is_weak(column.name, key) || column.aliases.iter().any(|alias| has_key(alias, key)),
            };
            let mut hits = headers.iter().filter(|(at, key)| !taken.contains(at) && wanted(key)).map(|(at, _)| *at);
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

/// Headers that mean a column only where nothing else does.
fn is_weak(column: &str, key: &str) -> bool {
    matches!(
        (column, key),
        ("shares", "quantityoutstanding" | "sharesoutstanding")
            | ("holder_id", "accountnumber" | "accountno" | "accountid")
    )
}

/// The header row among the first rows: the first that has every required column, else the one that has most.
pub(crate) fn find_header(table: &Table, rows: &[Row], own: &[OwnHeader]) -> Option<(usize, Match)> {
    let matches = rows.iter().map(|row| match_headers(table, row, own)).enumerate();
    let mut best: Option<(usize, Match)> = None;
    for (ix, found) in matches {
        if found.missing(table).is_empty() {
            return Some((ix, found));
        }
        if best.as_ref().is_none_or(|(_, b)| found.count() > b.count()) {
            best = Some((ix, found));
        }
    }
    best
}
