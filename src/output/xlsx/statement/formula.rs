//! The formulas of a statement: which cells they take, how they are written, and what they come to in doubles.

use super::fields::Field;
use super::{Statement, Value};
use crate::output::xlsx::ieee;
use crate::output::xlsx::value::Figure;

/// A cell, as the statement knows it; the layout says where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The placeholder.
    pub field: Field,
    /// Which row of its group; 0 for a single one.
    pub row: u16,
}

impl Cell {
    /// A single placeholder's cell.
    pub fn single(field: Field) -> Self {
        Self { field, row: 0 }
    }

    /// The cell of a repeated row.
    pub fn at(field: Field, row: usize) -> Self {
        Self { field, row: u16::try_from(row).unwrap_or(u16::MAX) }
    }
}

/// Cells of one placeholder in the rows `from` to `to`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The placeholder.
    pub field: Field,
    /// The first row of its group.
    pub from: u16,
    /// The last.
    pub to: u16,
}

impl Column {
    /// Rows `from` up to but not including `end`.
    pub fn new(field: Field, rows: std::ops::Range<usize>) -> Self {
        let index = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        Self { field, from: index(rows.start), to: index(rows.end.saturating_sub(1)) }
    }
}

/// A formula. Each shape is one that a treasurer would type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// `a`: the same figure elsewhere.
    Same(Cell),
    /// `a*b`
    Product(Cell, Cell),
    /// `ROUND(a*b,decimals)`
    RoundedProduct(Cell, Cell, u32),
    /// `ROUNDDOWN(a*b,decimals)`
    RoundedDownProduct(Cell, Cell, u32),
    /// `SUM(column)`
    Sum(Column),
    /// `ROUND(SUM(column),decimals)`
    RoundedSum(Column, u32),
    /// `ROUNDDOWN(SUM(column),decimals)`
    RoundedDownSum(Column, u32),
    /// `ROUND(SUMPRODUCT(a,b),decimals)`
    RoundedSumProduct(Column, Column, u32),
    /// `ROUND(a+b,decimals)`
    Plus(Cell, Cell, u32),
    /// `ROUND(a-b,decimals)`
    Minus(Cell, Cell, u32),
    /// `ROUND(a+b+c+d,decimals)`
    Plus4([Cell; 4], u32),
    /// `ROUND(SUMIF(keys,currency,values),decimals)`: what of a column is in the statement's currency.
    SumInCurrency {
        /// The column of currencies and assets.
        keys: Column,
        /// The statement's currency.
        currency: Cell,
        /// What is summed.
        values: Column,
        /// Decimals kept.
        decimals: u32,
    },
}

impl Formula {
    /// What the formula comes to in doubles; none where engines may differ, or where it takes a cell that holds no
    /// number.
    pub fn evaluate(&self, statement: &Statement) -> Option<f64> {
        let cell = |cell: Cell| statement.number(cell);
        let column = |column: Column| Values { statement, column, at: Some(column.from) };
        match *self {
            Self::Same(a) => cell(a),
            Self::Product(a, b) => Some(cell(a)? * cell(b)?),
            Self::RoundedProduct(a, b, decimals) => ieee::round(cell(a)? * cell(b)?, decimals),
            Self::RoundedDownProduct(a, b, decimals) => ieee::round_down(cell(a)? * cell(b)?, decimals),
            Self::Sum(c) => ieee::sum(column(c).numbers()?.into_iter()),
            Self::RoundedSum(c, decimals) => ieee::round(column(c).sum()?, decimals),
            Self::RoundedDownSum(c, decimals) => ieee::round_down(column(c).sum()?, decimals),
            Self::RoundedSumProduct(a, b, decimals) => {
                let (a, b) = (column(a).numbers()?, column(b).numbers()?);
                ieee::round(ieee::loose_sum(a.into_iter().zip(b).map(|(a, b)| a * b)), decimals)
            }
            Self::Plus(a, b, decimals) => ieee::round(cell(a)? + cell(b)?, decimals),
            Self::Minus(a, b, decimals) => ieee::round(cell(a)? - cell(b)?, decimals),
            Self::Plus4([a, b, c, d], decimals) => ieee::round(cell(a)? + cell(b)? + cell(c)? + cell(d)?, decimals),
            Self::SumInCurrency { keys, currency, values, decimals } => {
                let wanted = statement.text(currency)?;
                let mut sum = 0.0;
                for at in values.from..=values.to {
                    if statement.text(Cell { field: keys.field, row: at })? == wanted {
                        sum += cell(Cell { field: values.field, row: at })?;
                    }
                }
                ieee::round(sum, decimals)
            }
        }
    }

    /// Whether the formula gives `figure` exactly.
    pub fn gives(&self, figure: Figure, statement: &Statement) -> bool {
        self.evaluate(statement).is_some_and(|value| ieee::same(value, figure.to_f64()))
    }
}

/// The numbers of a column.
struct Values<'a, 'b> {
    statement: &'a Statement<'b>,
    column: Column,
    at: Option<u16>,
}

impl Values<'_, '_> {
    fn numbers(self) -> Option<Vec<f64>> {
        self.collect()
    }

    fn sum(self) -> Option<f64> {
        let mut total = 0.0;
        for value in self {
            total += value?;
        }
        Some(total)
    }
}

impl Iterator for Values<'_, '_> {
    type Item = Option<f64>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.at.filter(|at| *at <= self.column.to)?;
        self.at = row.checked_add(1);
        Some(match self.statement.value(Cell { field: self.column.field, row }) {
            // What spreadsheets take a blank cell for.
            Value::Blank => Some(0.0),
            value => value.to_f64(),
        })
    }
}

impl Value<'_> {
    /// The double of a cell that holds a number.
    pub fn to_f64(&self) -> Option<f64> {
        match self {
            Self::Number(figure) | Self::Live(_, figure) => Some(figure.to_f64()),
            Self::Blank | Self::Text(_) | Self::Date(_) => None,
        }
    }
}
