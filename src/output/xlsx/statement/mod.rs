//! A holder's statement: what it says, and the layout that it is stamped into.
//!
//! ```text
//! outcome + holder → Dividend::of, Liquidation::of, Exchange::of → Statement → Layout::stamp → bytes of a workbook
//! ```

pub(crate) mod builtin;
mod common;
pub(crate) mod dividend;
pub(crate) mod exchange;
pub(crate) mod fields;
pub(crate) mod formula;
mod in_lieu;
pub(crate) mod layout;
pub(crate) mod liquidation;
pub(crate) mod words;

use crate::model::{Date, Locale};
use crate::output::xlsx::value::{Figure, serial};
use crate::quantity::Units;
pub use builtin::Look;
pub(crate) use builtin::is_picture;
pub use dividend::Dividend;
pub(crate) use exchange::Exchange;
pub(crate) use fields::Field;
pub use fields::Group;
pub use fields::StatementKind;
pub(crate) use formula::Rounding;
pub use formula::{Cell, Column, Formula, Term};
pub use layout::Layout;
pub(crate) use liquidation::Liquidation;
use std::borrow::Cow;

/// What a statement's cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'a> {
    #[default]
    Blank,
    /// A text; also a figure of more than 15 digits.
    Text(Cow<'a, str>),
    Number(Figure),
    Date(Date),
    /// A formula, and the figure that it gives.
    Live(Formula, Figure),
}

impl<'a> Value<'a> {
    /// A text; blank where it is empty.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }

    /// Cash or a quantity; a text where it takes more than 15 digits.
    pub fn amount(units: Units, decimals: u32) -> Self {
        match Figure::new(units, decimals) {
            Some(figure) => Self::Number(figure),
            None => Self::Text(crate::text::money(units, decimals).into()),
        }
    }

    /// A date; a text before March 1900, where spreadsheets disagree.
    pub fn date(date: Date) -> Self {
        if serial(date).is_some() { Self::Date(date) } else { Self::Text(crate::model::calendar::iso(date).into()) }
    }
}

/// What one statement says. Plain values; the layout decides where they stand.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    /// By group the values of its rows, one row after the other: the lots (a class after the other), the steps, the payments
    /// in cash by class, the deliveries in kind by class and asset.
    cells: [Vec<Value<'a>>; Group::EVERY.len()],
    /// How many decimals cash has among words.
    pub currency_decimals: u32,
    /// How dates are written among words.
    pub locale: Locale,
}

impl Default for Statement<'_> {
    fn default() -> Self {
        let cells = std::array::from_fn(|_| Vec::new());
        let mut statement = Self { cells, currency_decimals: 0, locale: Locale::default() };
        statement.add(Group::Single);
        statement
    }
}

impl<'a> Statement<'a> {
    /// Adds a blank row to a group, and says which it is.
    pub fn add(&mut self, group: Group) -> usize {
        let cells = &mut self.cells[group as usize];
        cells.resize(cells.len() + group.fields().len(), Value::Blank);
        self.count(group) - 1
    }

    pub fn count(&self, group: Group) -> usize {
        self.cells[group as usize].len() / group.fields().len()
    }

    /// Where a cell stands among its group's.
    fn index(cell: Cell) -> usize {
        cell.row as usize * cell.field.group.fields().len() + usize::from(cell.field.index)
    }

    pub fn value(&self, cell: Cell) -> &Value<'a> {
        self.cells[cell.field.group as usize].get(Self::index(cell)).unwrap_or(&Value::Blank)
    }

    /// Puts a value into a cell that exists.
    pub fn set(&mut self, cell: Cell, value: Value<'a>) {
        self.cells[cell.field.group as usize][Self::index(cell)] = value;
    }

    pub fn put(&mut self, field: Field, value: Value<'a>) {
        self.set(Cell::single(field), value);
    }

    /// Puts a figure into a cell: as `formula` where that gives it exactly, else as a number (or, beyond 15 digits, a
    /// text). Says whether it is live.
    pub fn put_live(&mut self, cell: Cell, formula: Formula, units: Units, decimals: u32) -> bool {
        let figure = Figure::new(units, decimals).filter(|figure| formula.gives(*figure, self));
        self.set(cell, figure.map_or_else(|| Value::amount(units, decimals), |figure| Value::Live(formula, figure)));
        figure.is_some()
    }

    pub fn text(&self, cell: Cell) -> Option<&str> {
        match self.value(cell) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}
