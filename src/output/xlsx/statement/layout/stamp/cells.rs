//! One cell of a stamped sheet; formulas with the addresses that the layout gives their cells.

use super::super::references::{Cover, RowCopy, RowMap, write_number};
use super::super::sheet::{Cell, Content};
use super::super::text::{Text, TextPiece};
use super::{SheetStamp, Stamped};
use crate::output::xlsx::statement::fields::single;
use crate::output::xlsx::statement::{Cell as Source, Column, Field, Formula, Group, Rounding, Term, Value};
use crate::output::xlsx::value::{Figure, limited, serial, write_number_cell, write_text_cell};
use crate::spreadsheet::ooxml::{escape, escape_string};
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
    pub(super) fn cell_text(&self, cell: &Cell, copy: Option<RowCopy>) -> Cow<'a, str> {
        match &cell.content {
            Content::Value(field) => self.display(source(*field, copy)),
            Content::Mixed(text, false) => self.composed(text, copy, |value| value).into(),
            _ => "".into(),
        }
    }

    /// Words with their placeholders filled in: with what `shown` makes of their values.
    pub(super) fn composed(
        &self,
        text: &Text,
        copy: Option<RowCopy>,
        shown: impl Fn(Cow<'a, str>) -> Cow<'a, str>,
    ) -> String {
        let mut words = String::new();
        for piece in &text.0 {
            match piece {
                TextPiece::Words(text) => words.push_str(text),
                TextPiece::Field(field) => words.push_str(&shown(self.display(source(*field, copy)))),
            }
        }
        words
    }

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
                let text = self.composed(text, copy, |value| value);
                write_text_cell(self.out, &text);
            }
            Content::Mixed(text, true) => {
                let escaped = |value: Cow<str>| {
                    let mut out = Vec::new();
                    escape_string(&mut out, &value);
                    String::from_utf8_lossy(&out).into_owned().into()
                };
                let xml = self.composed(text, copy, escaped);
                self.out.extend_from_slice(b" t=\"inlineStr\"><is>");
                self.out.extend_from_slice(xml.as_bytes());
                self.out.extend_from_slice(b"</is></c>");
            }
            Content::Formula(expression) => {
                self.out.extend_from_slice(b"><f>");
                expression.write(self.out, &self.own.map, copy.map_or(Cover::Around, Cover::Copy));
                self.out.extend_from_slice(b"</f></c>");
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Blank => self.out.extend_from_slice(b"/>"),
            Value::Text(text) => write_text_cell(self.out, limited(text)),
            Value::Number(figure) => write_number_cell(self.out, *figure),
            Value::Date(date) => {
                let day = serial(*date).expect("a date without a serial number is a text");
                write_number_cell(self.out, Figure::new(day.into(), 0).expect("a day has few digits"));
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
                    write_number_cell(self.out, *figure);
                }
            }
        }
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
            Term::Cell(a) => return self.address(a),
            Term::Product(a, b) => return self.operation(&[a, b], b'*'),
            Term::Plus(a, b) => return self.operation(&[a, b], b'+'),
            Term::Minus(a, b) => return self.operation(&[a, b], b'-'),
            Term::Plus4(cells) => return self.operation(&cells, b'+'),
            Term::Sum(column) => {
                self.out.extend_from_slice(b"SUM(");
                self.summed(column)?;
            }
            Term::SumProduct(a, b) => {
                self.out.extend_from_slice(b"SUMPRODUCT(");
                self.range(a)?;
                self.out.push(b',');
                self.range(b)?;
            }
        }
        self.out.push(b')');
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

    /// Where the cell of a placeholder stands: the name of its sheet where it is not this one, its rows, column and row.
    fn home(&self, field: Field) -> Option<(Option<&'a str>, RowMap<'a>, &'a str, u32)> {
        if let Some((letters, row)) = self.own.sheet.home(field) {
            return Some((None, self.own.map, letters, row));
        }
        let home = |other: &Stamped<'a>| {
            let (letters, row) = other.sheet.home(field)?;
            Some((Some(other.name), other.map, letters, row))
        };
        self.sheets.iter().find_map(home)
    }

    fn address(&mut self, cell: Source) -> Option<()> {
        let (name, map, letters, row) = self.home(cell.field)?;
        if let Some(name) = name {
            escape(self.out, name);
            self.out.push(b'!');
        }
        self.out.extend_from_slice(letters.as_bytes());
        write_number(self.out, map.copy(row, cell.row));
        Some(())
    }

    /// Consecutive cells of a column; none, and nothing written, where each item takes several rows.
    fn range(&mut self, column: Column) -> Option<()> {
        let (_, map, letters, row) = self.home(column.field)?;
        let height = map.block(row).map_or(1, |at| map.blocks[at].height());
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
