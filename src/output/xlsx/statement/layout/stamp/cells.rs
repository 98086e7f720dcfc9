//! One cell of a stamped sheet; formulas with the addresses that the layout gives their cells.

use super::super::references::{Block, RowCopy, write_number};
use super::super::sheet::Sheet;
use super::super::sheet::{Cell, Content};
use super::super::text::{Piece, Text};
use super::{SheetStamp, Stamped};
use crate::output::xlsx::statement::fields::single;
use crate::output::xlsx::statement::{Cell as Source, Column, Field, Formula, Group, Rounding, Term, Value};
use crate::output::xlsx::value::{Figure, limited, serial};
use crate::spreadsheet::ooxml::{escape, escape_string, needs_preserve};
use crate::text::grouped;
use std::borrow::Cow;

/// Whether a figure is cash, whatever the holder was paid in.
fn is_cash(source: Source) -> bool {
    [single::GROSS, single::WITHHELD, single::NET].contains(&source.field)
}

/// The cell that a placeholder stands for in a copy of a row.
fn source(field: Field, copy: Option<RowCopy>) -> Source {
    let row = if field.group == Group::Single { 0 } else { copy.map_or(0, |copy| copy.item) };
    Source { field, row }
}

impl<'a> SheetStamp<'a, '_> {
    /// What a cell shows, to measure it.
    pub(super) fn cell_text(&self, cell: &'a Cell, copy: Option<RowCopy>) -> Cow<'a, str> {
        match &cell.content {
            Content::Value(field) => self.display(source(*field, copy)),
            Content::Mixed(text, false) => self.composed(text, copy, str::to_owned, str::to_owned).into(),
            _ => "".into(),
        }
    }

    /// Words with their placeholders filled in.
    pub(super) fn composed(
        &self,
        text: &Text,
        copy: Option<RowCopy>,
        words: impl Fn(&str) -> String,
        value: impl Fn(&str) -> String,
    ) -> String {
        match text {
            Text::Static => String::new(),
            Text::Value(field) => value(&self.display(source(*field, copy))),
            Text::Mixed(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Words(text) => words(text),
                    Piece::Field(field) => value(&self.display(source(*field, copy))),
                })
                .collect(),
        }
    }

    /// A value among words.
    fn display(&self, source: Source) -> Cow<'a, str> {
        match self.statement.value(source) {
            Value::Blank => "".into(),
            Value::Text(text) => Cow::Borrowed(limited(text)),
            Value::Date(date) => self.statement.locale.date(*date).into(),
            Value::Number(figure) | Value::Live(_, figure) if is_cash(source) => {
                figure.to_money(self.statement.currency_decimals).into()
            }
            Value::Number(figure) | Value::Live(_, figure) => grouped(&figure.to_string()).into(),
        }
    }

    pub(super) fn cell(&mut self, cell: &Cell, copy: Option<RowCopy>, number: u32) {
        let value = match &cell.content {
            Content::Value(field) => self.statement.value(source(*field, copy)),
            _ => &Value::Blank,
        };
        let is_blank = matches!((&cell.content, value), (Content::Blank | Content::Value(_), Value::Blank));
        if is_blank && cell.attributes.is_empty() {
            return;
        }
        self.out.extend_from_slice(b"<c r=\"");
        self.out.extend_from_slice(cell.column.as_bytes());
        write_number(self.out, number);
        self.out.push(b'"');
        self.out.extend_from_slice(cell.attributes.as_bytes());
        match &cell.content {
            Content::Blank => self.out.extend_from_slice(b"/>"),
            Content::Value(_) => self.value(value),
            Content::Fixed(xml) => self.out.extend_from_slice(xml.as_bytes()),
            Content::Mixed(text, false) => {
                let text = self.composed(text, copy, str::to_owned, str::to_owned);
                self.text(&text);
            }
            Content::Mixed(text, true) => {
                let escaped = |value: &str| {
                    let mut out = Vec::new();
                    escape_string(&mut out, value);
                    String::from_utf8_lossy(&out).into_owned()
                };
                let xml = self.composed(text, copy, str::to_owned, escaped);
                self.out.extend_from_slice(b" t=\"inlineStr\"><is>");
                self.out.extend_from_slice(xml.as_bytes());
                self.out.extend_from_slice(b"</is></c>");
            }
            Content::Formula(expression) => {
                self.out.extend_from_slice(b"><f>");
                expression.write(self.out, &self.map, copy);
                self.out.extend_from_slice(b"</f></c>");
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Blank => self.out.extend_from_slice(b"/>"),
            Value::Text(text) => self.text(limited(text)),
            Value::Number(figure) => self.number(*figure),
            Value::Date(date) => {
                self.out.extend_from_slice(b"><v>");
                write_number(self.out, serial(*date).expect("a date without a serial number is a text"));
                self.out.extend_from_slice(b"</v></c>");
            }
            Value::Live(formula, figure) => {
                let start = self.out.len();
                self.out.extend_from_slice(b"><f>");
                if self.formula(formula).is_some() {
                    self.out.extend_from_slice(b"</f><v>");
                    figure.write(self.out);
                    self.out.extend_from_slice(b"</v></c>");
                } else {
                    self.out.truncate(start);
                    self.number(*figure);
                }
            }
        }
    }

    fn number(&mut self, figure: Figure) {
        self.out.extend_from_slice(b"><v>");
        figure.write(self.out);
        self.out.extend_from_slice(b"</v></c>");
    }

    fn text(&mut self, text: &str) {
        let preserve = if needs_preserve(text) { " xml:space=\"preserve\"" } else { "" };
        self.out.extend_from_slice(b" t=\"inlineStr\"><is><t");
        self.out.extend_from_slice(preserve.as_bytes());
        self.out.push(b'>');
        escape_string(self.out, text);
        self.out.extend_from_slice(b"</t></is></c>");
    }

    /// Writes a formula; none where the layout lacks a cell that it takes, and what was written is to be dropped.
    fn formula(&mut self, formula: &Formula) -> Option<()> {
        let (name, decimals) = match formula.rounding {
            Rounding::None => return self.term(formula.term),
            Rounding::Half(decimals) => ("ROUND(", decimals),
            Rounding::Down(decimals) => ("ROUNDDOWN(", decimals),
        };
        self.out.extend_from_slice(name.as_bytes());
        self.term(formula.term)?;
        self.out.push(b',');
        write_number(self.out, decimals);
        self.out.push(b')');
        Some(())
    }

    fn term(&mut self, term: Term) -> Option<()> {
        match term {
            Term::Cell(a) => self.address(a)?,
            Term::Product(a, b) => self.operation(&[a, b], b'*')?,
            Term::Plus(a, b) => self.operation(&[a, b], b'+')?,
            Term::Minus(a, b) => self.operation(&[a, b], b'-')?,
            Term::Plus4(cells) => self.operation(&cells, b'+')?,
            Term::Sum(column) => {
                self.out.extend_from_slice(b"SUM(");
                self.summed(column)?;
                self.out.push(b')');
            }
            Term::SumProduct(a, b) => {
                self.out.extend_from_slice(b"SUMPRODUCT(");
                self.range(a)?;
                self.out.push(b',');
                self.range(b)?;
                self.out.push(b')');
            }
        }
        Some(())
    }

    fn operation(&mut self, cells: &[Source], operator: u8) -> Option<()> {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.out.push(operator);
            }
            self.address(*cell)?;
        }
        Some(())
    }

    /// A column in a sum: items of several rows each are listed one after the other, for what is between may hold numbers too.
    fn summed(&mut self, column: Column) -> Option<()> {
        if self.range(column).is_some() {
            return Some(());
        }
        let rows = (column.to - column.from <= 60).then_some(column.from..=column.to)?;
        let cells: Vec<Source> = rows.map(|row| Source { field: column.field, row }).collect();
        self.operation(&cells, b',')
    }

    /// Where the cell of a placeholder stands: on this sheet, else with the name of the one that has it before it.
    fn address(&mut self, cell: Source) -> Option<()> {
        let (map, (letters, row)) = match self.sheet.home(cell.field) {
            Some(home) => (self.map, home),
            None => {
                let home = |other: &Stamped<'a>| Some((*other, other.sheet.home(cell.field)?));
                let (other, home) = self.sheets.iter().find_map(home)?;
                escape(self.out, other.name);
                self.out.push(b'!');
                (other.map, home)
            }
        };
        self.out.extend_from_slice(letters.as_bytes());
        write_number(self.out, map.copy(row, cell.row));
        Some(())
    }

    /// Consecutive cells of a column; none, and nothing written, where each item takes several rows.
    fn range(&mut self, column: Column) -> Option<()> {
        let has = |sheet: &Sheet| sheet.home(column.field).is_some();
        let other = || self.sheets.iter().find(|other| has(other.sheet)).map(|other| (other.sheet, other.map));
        let (sheet, map) = if has(self.sheet) { (self.sheet, self.map) } else { other()? };
        let (letters, row) = sheet.home(column.field)?;
        let height = map.block(row).and_then(|at| map.blocks.get(at)).map_or(1, Block::height);
        if height > 1 && column.to > column.from {
            return None;
        }
        self.address(Source { field: column.field, row: column.from })?;
        self.out.push(b':');
        self.out.extend_from_slice(letters.as_bytes());
        write_number(self.out, map.copy(row, column.to));
        Some(())
    }
}
