//! Every table of a case: its columns, what they are called, what goes in. Said once: reading, messages, the blank
//! workbook of `ratable new` and the documentation all come from here.

mod history;
mod payments_out;
mod plans;
mod register;
mod terms;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) use history::{
    ADJUSTMENTS, ARREARS, CARRIED_PAYMENTS, CARRY, DECLARATIONS, PAYMENTS, PROCEEDS, RECORD_DATES,
};
pub(crate) use payments_out::{ACCOUNTS, BANK, PAYMENT_STATUS};
pub(crate) use plans::{ACTIONS, BALLOTS, BOARD, CONSIDERATION, MEETINGS};
pub(crate) use register::{LEDGER, OF_HOLDER, REGISTER};
pub(crate) use terms::{CLASSES, COLUMNS, TERMS};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// An identifier: text, even where it looks like a number.
    Id,
    Class,
    Words(&'static [&'static str]),
    YesNo,
    Date,
    Shares,
    Cash,
    PerShare,
    /// An amount of cash, or `full`.
    CashOrFull,
    Rate,
    /// A number that is not negative.
    Number,
    /// A whole number that is not negative.
    Whole,
    /// `3:2`.
    Ratio,
    /// A term's value: each term has its own kind.
    Value,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    /// Other headers that mean it, with `, ` between them.
    pub aliases: &'static str,
    /// Headers that look like it and mean something else.
    pub lookalikes: &'static str,
    pub kind: Kind,
    /// Whether the table cannot be read without it.
    pub required: bool,
    /// Whether a `Total` row sums it.
    pub summed: bool,
    /// What goes in, for the person who fills it in.
    pub help: &'static str,
}

const fn column(name: &'static str, kind: Kind, help: &'static str) -> Column {
    Column { name, aliases: "", lookalikes: "", kind, required: false, summed: false, help }
}

const fn required(name: &'static str, kind: Kind, help: &'static str) -> Column {
    Column { required: true, ..column(name, kind, help) }
}

impl Column {
    pub(super) const fn summed(self) -> Self {
        Self { summed: true, ..self }
    }

    pub(super) const fn alias(self, aliases: &'static str) -> Self {
        Self { aliases, ..self }
    }

    pub(super) const fn not(self, lookalikes: &'static str) -> Self {
        Self { lookalikes, ..self }
    }

    /// Whether a header looks like it and means something else.
    pub(crate) fn is_lookalike(&self, header: &str) -> bool {
        let key = header_key(header);
        self.lookalikes.split_terminator(", ").any(|lookalike| has_key(lookalike, &key))
    }
}

#[derive(Debug)]
pub struct Table {
    /// Its name: the sheet's or the file's.
    pub name: &'static str,
    /// What it is for, for the person who fills it in.
    pub help: &'static str,
    pub columns: &'static [Column],
}

impl Table {
    pub fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// Whether a header with this key is an alias of the column at `ix`.
    pub(crate) fn is_alias(&self, ix: usize, key: &str) -> bool {
        ALIASES.get(key).is_some_and(|of| of.contains(&(self.name, ix)))
    }

    /// The table of this name; case, spaces, `-` and `_` do not count.
    pub fn find(name: &str) -> Option<&'static Table> {
        let wanted = table_key(name);
        TABLES.into_iter().find(|t| t.name == wanted)
    }
}

/// The index of a column; in a constant, a name that the table does not have does not build.
pub(crate) const fn index_of(table: &Table, name: &str) -> usize {
    let mut ix = 0;
    while !is_same(table.columns[ix].name.as_bytes(), name.as_bytes()) {
        ix += 1;
    }
    ix
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    match (a, b) {
        ([], []) => true,
        ([one, a @ ..], [two, b @ ..]) => *one == *two && is_same(a, b),
        _ => false,
    }
}

/// By the key of a header, the columns of which it is an alias: the table's name, the column's index. It is asked for every
/// cell that may be a header.
static ALIASES: LazyLock<HashMap<String, Vec<(&str, usize)>>> = LazyLock::new(|| {
    let mut all: HashMap<String, Vec<(&str, usize)>> = HashMap::new();
    for table in TABLES.into_iter().chain([&LEDGER]) {
        for (ix, column) in table.columns.iter().enumerate() {
            for alias in column.aliases.split_terminator(", ") {
                all.entry(header_key(alias)).or_default().push((table.name, ix));
            }
        }
    }
    all
});

/// A table's or term's name as it is compared: lower case, spaces and `-` as `_`.
pub(crate) fn table_key(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// A header as it is compared: letters and digits alone, in lower case.
pub(crate) fn header_key(header: &str) -> String {
    compared(header).collect()
}

/// Whether a header has this key; nothing is made to see that it has another, as most have.
pub(crate) fn has_key(header: &str, key: &str) -> bool {
    compared(header).eq(key.chars())
}

fn compared(header: &str) -> impl Iterator<Item = char> {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// A column for remarks.
const NOTE: Column = column("note", Kind::Text, "Anything you want to remember; not read.")
    .alias("Notes, Comment, Comments, Remarks, Remark");

/// Every table, in the order in which the blank workbook holds them.
pub static TABLES: [&Table; 20] = [
    &REGISTER,
    &TERMS,
    &CLASSES,
    &ADJUSTMENTS,
    &DECLARATIONS,
    &RECORD_DATES,
    &PAYMENTS,
    &ARREARS,
    &CARRY,
    &CARRIED_PAYMENTS,
    &PROCEEDS,
    &CONSIDERATION,
    &ACTIONS,
    &MEETINGS,
    &BALLOTS,
    &BOARD,
    &BANK,
    &ACCOUNTS,
    &PAYMENT_STATUS,
    &COLUMNS,
];
