//! One cell of a stamped sheet.

use super::super::rows::{RowMap, write_number};
use super::super::sheet::{Cell, Content};
use super::super::strings::write_string;
use super::super::text::{Piece as Word, Text};
use super::{Copy, SheetStamp};
use crate::model::calendar::iso;
use crate::output::xlsx::statement::fields::single;
use crate::output::xlsx::statement::{Cell as Source, Value};
use crate::output::xlsx::value::{Figure, limited, serial};
use crate::spreadsheet::ooxml as xml;
use crate::text::grouped;
use std::borrow::Cow;

/// Whether a figure is cash, whatever the holder was paid in.
fn is_cash(source: Source) -> bool {
    [single::GROSS, single::WITHHELD, single::NET].contains(&source.field)
}

impl<'a> SheetStamp<'a, '_, '_> {
    /// What a cell shows, to measure it.
    pub(super) fn cell_text(&self, cell: &'a Cell, copy: Copy) -> Cow<'a, str> {
        match &cell.content {
            Content::Static(at) => self.layout.strings.strings.get(*at).map_or("", |s| s.searched()).into(),
            Content::Whole(field) => self.display(copy.source(*field)),
            Content::Mixed(Text::Mixed(pieces), false) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Word::Words(words) => text.push_str(words),
                        Word::Field(field) => text.push_str(&self.display(copy.source(*field))),
                    }
                }
                text.into()
            }
            _ => "".into(),
        }
    }

    /// A value among words.
    pub(super) fn display(&self, source: Source) -> Cow<'a, str> {
        match self.statement.value(source) {
            Value::Blank => "".into(),
            Value::Text(text) => Cow::Borrowed(limited(text)),
            Value::Date(date) => iso(*date).into(),
            Value::Number(figure) | Value::Live(_, figure) if is_cash(source) => {
                figure.to_money(self.statement.currency_decimals).into()
            }
            Value::Number(figure) | Value::Live(_, figure) => grouped(&figure.to_string()).into(),
        }
    }

    pub(super) fn cell(&mut self, cell: &Cell, copy: Copy, number: u32) {
        let value = match &cell.content {
            Content::Whole(field) => Some(self.statement.value(copy.source(*field))),
            _ => None,
        };
        let blank = matches!(cell.content, Content::Blank) || matches!(value, Some(Value::Blank));
        if blank && cell.attributes.is_empty() {
            return;
        }
        self.out.extend_from_slice(b"<c r=\"");
        self.out.extend_from_slice(cell.column.as_bytes());
        write_number(self.out, number);
        self.out.push(b'"');
        self.out.extend_from_slice(cell.attributes.as_bytes());
        match (&cell.content, value) {
            (_, Some(value)) => self.value(value),
            (Content::Static(at), _) if self.layout.shares_strings => {
                let index = self.strings.of_template(*at);
                self.string(index);
            }
            (Content::Static(at), _) => {
                let layout = self.layout;
                let inner = layout.strings.strings.get(*at).map_or(b"".as_slice(), |s| &s.raw);
                self.inline(inner);
            }
            (Content::Mixed(text, rich), _) => self.mixed(text, *rich, copy),
            (Content::Raw(kind, inner), _) => {
                self.out.extend_from_slice(kind.as_bytes());
                self.out.push(b'>');
                self.out.extend_from_slice(inner.as_bytes());
                self.out.extend_from_slice(b"</c>");
            }
            (Content::Formula(expression), _) => {
                self.out.extend_from_slice(b"><f>");
                let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
                expression.write(self.out, &map, copy.standing());
                self.out.extend_from_slice(b"</f></c>");
            }
            (Content::Blank | Content::Whole(_), _) => self.out.extend_from_slice(b"/>"),
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Blank => self.out.extend_from_slice(b"/>"),
            Value::Text(text) if self.layout.shares_strings => {
                let index = self.strings.of_text(limited(text));
                self.string(index);
            }
            Value::Text(text) => {
                let mut string = Vec::new();
                write_string(&mut string, limited(text));
                self.inline(&string);
            }
            Value::Number(figure) => self.number(*figure),
            Value::Date(date) => {
                self.out.extend_from_slice(b"><v>");
                write_number(self.out, serial(*date).unwrap_or(0));
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

    fn string(&mut self, index: u32) {
        self.out.extend_from_slice(b" t=\"s\"><v>");
        write_number(self.out, index);
        self.out.extend_from_slice(b"</v></c>");
    }

    /// A string in the cell itself; `string` is `<si>…</si>`.
    fn inline(&mut self, string: &[u8]) {
        let inner = string.get(4..string.len().saturating_sub(5)).unwrap_or(b"");
        self.out.extend_from_slice(b" t=\"inlineStr\"><is>");
        self.out.extend_from_slice(inner);
        self.out.extend_from_slice(b"</is></c>");
    }

    fn mixed(&mut self, text: &Text, rich: bool, copy: Copy) {
        let Text::Mixed(pieces) = text else { return };
        let mut string = Vec::new();
        if rich {
            for piece in pieces {
                match piece {
                    Word::Words(raw) => string.extend_from_slice(raw.as_bytes()),
                    Word::Field(field) => xml::escape_string(&mut string, &self.display(copy.source(*field))),
                }
            }
        } else {
            let mut words = String::new();
            for piece in pieces {
                match piece {
                    Word::Words(text) => words.push_str(text),
                    Word::Field(field) => words.push_str(&self.display(copy.source(*field))),
                }
            }
            write_string(&mut string, &words);
        }
        if self.layout.shares_strings {
            let index = self.strings.of(|body| body.extend_from_slice(&string));
            self.string(index);
        } else {
            self.inline(&string);
        }
    }
}
