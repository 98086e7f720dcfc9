//! XML of a template in pieces: what stays as it is, and what each statement fills in.

use super::references::{Area, Expression, RowMap, write_number};
use super::text::Text;
use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};
use std::io;

/// A piece of a part that is filled in.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// As it stands.
    Bytes(Vec<u8>),
    /// A list of references.
    Areas(Vec<Area>),
    /// All of `mergeCells`.
    Merges,
    /// A formula of a conditional format, a validation or a name.
    Formula(Expression),
    /// A header or footer with placeholders.
    Header(Text),
    /// The number of a row after which a page ends.
    Break(u32),
    /// Where `fitToHeight="0"` goes if one page is too small.
    Fit,
}

impl Piece {
    /// Writes a piece that depends on nothing but how many rows there are; of others nothing.
    pub(crate) fn write(&self, out: &mut Vec<u8>, map: &RowMap) {
        match self {
            Self::Bytes(bytes) => out.extend_from_slice(bytes),
            Self::Areas(areas) => {
                for (at, area) in areas.iter().enumerate() {
                    if at > 0 {
                        out.push(b' ');
                    }
                    area.write_stretched(out, map);
                }
            }
            Self::Formula(expression) => expression.write(out, map, None),
            Self::Break(row) => write_number(out, map.last(*row)),
            Self::Merges | Self::Header(_) | Self::Fit => {}
        }
    }
}

/// Pieces as they are read.
#[derive(Debug, Default)]
pub(crate) struct Pieces(pub Vec<Piece>);

impl Pieces {
    pub(crate) fn push(&mut self, piece: Piece) {
        self.0.push(piece);
    }

    /// XML that stays.
    pub(crate) fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Bytes(bytes)) => bytes.extend_from_slice(text.as_bytes()),
            _ => self.push(Piece::Bytes(text.as_bytes().to_vec())),
        }
    }

    /// An event that stays.
    pub(crate) fn event(&mut self, event: Event) -> io::Result<()> {
        let mut writer = Writer::new(Vec::new());
        writer.write_event(event)?;
        self.text(&String::from_utf8_lossy(&writer.into_inner()));
        Ok(())
    }

    /// A tag up to `close`, with a piece in place of an attribute's value where `special` gives one for its name and value.
    pub(crate) fn tag(&mut self, tag: &BytesStart, close: &str, special: impl Fn(&str, &str) -> Option<Piece>) {
        self.text(&format!("<{}", tag.name().as_ref()));
        for attribute in tag.attributes().flatten() {
            let name = attribute.key.as_ref();
            self.text(&format!(" {name}=\""));
            match special(name, &attribute.value) {
                Some(piece) => self.push(piece),
                None => self.text(&attribute.value.replace('"', "&quot;")),
            }
            self.text("\"");
        }
        self.text(close);
    }
}
