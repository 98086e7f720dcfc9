//! The formulas of a statement: which cells they take, how they are written, and what they come to in doubles.

use super::fields::Field;
use super::{Statement, Value};
use crate::output::xlsx::ieee;
use crate::output::xlsx::value::Figure;

/// A cell, as the statement knows it; the layout says where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub field: Field,
    /// Which row of its group; 0 for a single one.
    pub row: u32,
}

impl Cell {
    pub fn single(field: Field) -> Self {
        Self { field, row: 0 }
    }

    pub fn at(field: Field, row: usize) -> Self {
        Self { field, row: index(row) }
    }
}

/// Cells of one placeholder in the rows `from` to `to`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub field: Field,
    pub from: u32,
    pub to: u32,
}

fn index(row: usize) -> u32 {
    u32::try_from(row).expect("a statement has fewer than 2^32 rows")
}

impl Column {
    /// Rows `from` up to but not including `end`.
    pub fn new(field: Field, rows: std::ops::Range<usize>) -> Self {
        Self { field, from: index(rows.start), to: index(rows.end.saturating_sub(1)) }
    }

    fn cells(self) -> impl Iterator<Item = Cell> {
        (self.from..=self.to).map(move |row| Cell { field: self.field, row })
    }
}

/// A formula, of a shape that a treasurer would type: `ROUND(SUM(E4:E6),2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formula {
    pub term: Term,
    pub rounding: Rounding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    None,
    /// `ROUND(…,decimals)`
    Half(u32),
    /// `ROUNDDOWN(…,decimals)`
    Down(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// `a`: the same figure elsewhere.
    Cell(Cell),
    /// `a*b`
    Product(Cell, Cell),
    /// `a+b`
    Plus(Cell, Cell),
    /// `a-b`
    Minus(Cell, Cell),
    /// `a+b+c+d`
    Plus4([Cell; 4]),
    /// `SUM(column)`
    Sum(Column),
    /// `SUMPRODUCT(a,b)`
    SumProduct(Column, Column),
}

impl Term {
    pub fn exact(self) -> Formula {
        Formula { term: self, rounding: Rounding::None }
    }

    pub fn rounded(self, decimals: u32) -> Formula {
        Formula { term: self, rounding: Rounding::Half(decimals) }
    }

    pub fn rounded_down(self, decimals: u32) -> Formula {
        Formula { term: self, rounding: Rounding::Down(decimals) }
    }

    /// The term in doubles, its sums taken plainly.
    fn evaluate(self, statement: &Statement) -> Option<f64> {
        let cell = |cell: Cell| statement.value(cell).to_f64();
        Some(match self {
            Self::Cell(a) => cell(a)?,
            Self::Product(a, b) => cell(a)? * cell(b)?,
            Self::Plus(a, b) => cell(a)? + cell(b)?,
            Self::Minus(a, b) => cell(a)? - cell(b)?,
            Self::Plus4([a, b, c, d]) => cell(a)? + cell(b)? + cell(c)? + cell(d)?,
            Self::Sum(column) => numbers(statement, column)?.iter().sum(),
            Self::SumProduct(a, b) => {
                let (a, b) = (numbers(statement, a)?, numbers(statement, b)?);
                a.iter().zip(&b).map(|(a, b)| a * b).sum()
            }
        })
    }
}

fn numbers(statement: &Statement, column: Column) -> Option<Vec<f64>> {
    let number = |cell: Cell| match statement.value(cell) {
        // What spreadsheets take a blank cell for.
        Value::Blank => Some(0.0),
        value => value.to_f64(),
    };
    column.cells().map(number).collect()
}

impl Formula {
    /// What the formula comes to in doubles; none where engines may differ, or where it takes a cell that holds no
    /// number.
    pub fn evaluate(&self, statement: &Statement) -> Option<f64> {
        match (self.rounding, self.term) {
            // Nothing takes away how engines sum differently.
            (Rounding::None, Term::Sum(column)) => ieee::sum(numbers(statement, column)?.into_iter()),
            (Rounding::None, term) => term.evaluate(statement),
            (Rounding::Half(decimals), term) => ieee::round(term.evaluate(statement)?, decimals),
            (Rounding::Down(decimals), term) => ieee::round_down(term.evaluate(statement)?, decimals),
        }
    }

    pub fn gives(&self, figure: Figure, statement: &Statement) -> bool {
        self.evaluate(statement).is_some_and(|value| ieee::same(value, figure.to_f64()))
    }
}

impl Value<'_> {
    /// The figure of a cell that holds a number.
    pub(crate) fn figure(&self) -> Option<Figure> {
        match self {
            Self::Number(figure) | Self::Live(_, figure) => Some(*figure),
            Self::Blank | Self::Text(_) | Self::Date(_) => None,
        }
    }

    /// The double of a cell that holds a number.
    pub fn to_f64(&self) -> Option<f64> {
        self.figure().map(Figure::to_f64)
    }
}
