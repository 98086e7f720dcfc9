//! XML of a template in pieces: what stays as it is, and what each statement fills in.

use super::references::{Area, Expression, RowMap, write_number};
use super::text::Text;
use std::ops::Range;

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

/// What stands in place of stretches of a part's XML, from its start on.
pub(crate) type Edits = Vec<(Range<usize>, Piece)>;

/// A stretch of XML with its edits.
pub(crate) fn edited(xml: &str, within: Range<usize>, edits: &Edits) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |piece| match (pieces.last_mut(), piece) {
        (Some(Piece::Bytes(bytes)), Piece::Bytes(more)) => bytes.extend_from_slice(&more),
        (_, piece) => pieces.push(piece),
    };
    let kept = |range| Piece::Bytes(xml.get(range).unwrap_or("").as_bytes().to_vec());
    let mut at = within.start;
    for (place, piece) in edits {
        if place.start < at || place.end > within.end {
            continue;
        }
        push(kept(at..place.start));
        push(piece.clone());
        at = place.end;
    }
    push(kept(at..within.end));
    pieces
}
