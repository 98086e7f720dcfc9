//! XML of a template in pieces: what stays as it is, and what each statement fills in.

use super::references::Expression;
use super::text::Text;
use roxmltree::{Document, Node, ParsingOptions};
use std::ops::Range;

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Bytes(Vec<u8>),
    /// The rows of the sheet.
    Rows,
    /// A list of references, each over all copies of what it names.
    Areas(Expression),
    /// All of `mergeCells`.
    Merges,
    /// A formula of a conditional format or a validation.
    Formula(Expression),
    /// What a name stands for: rows of the stamped sheet of that index.
    Name(usize, Expression),
    Header(Text),
    /// The number of a row after which a page ends.
    Break(u32),
    /// Where `fitToHeight="0"` goes if one page is too small.
    Fit,
}

/// What stands in place of stretches of a part's XML, from its start on.
pub(crate) type Edits = Vec<(Range<usize>, Piece)>;

pub(crate) fn edited(xml: &str, edits: &Edits) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |piece| match (pieces.last_mut(), piece) {
        (Some(Piece::Bytes(bytes)), Piece::Bytes(more)) => bytes.extend_from_slice(&more),
        (_, piece) => pieces.push(piece),
    };
    let kept = |range| Piece::Bytes(xml.get(range).unwrap_or("").as_bytes().to_vec());
    let mut at = 0;
    for (place, piece) in edits {
        if place.start < at {
            continue;
        }
        push(kept(at..place.start));
        push(piece.clone());
        at = place.end;
    }
    push(kept(at..xml.len()));
    pieces
}

/// More elements and texts than any layout's part has.
const MOST_NODES: u32 = 2_000_000;

pub(crate) fn parse(xml: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).map_err(|e| e.to_string())
}

pub(crate) fn children<'a, 'x>(node: Node<'a, 'x>, name: &'static str) -> impl Iterator<Item = Node<'a, 'x>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// An element's number, flag or the like.
pub(crate) fn value<T: std::str::FromStr>(node: Node, attribute: &str) -> Option<T> {
    node.attribute(attribute)?.parse().ok()
}

/// A measure that a spreadsheet may have: from none to `most`.
pub(crate) fn measure(node: Node, attribute: &str, most: f64) -> Option<f64> {
    value(node, attribute).filter(|measure| (0.0..=most).contains(measure))
}

pub(crate) fn flag(node: Node, attribute: &str) -> bool {
    matches!(node.attribute(attribute), Some("1" | "true"))
}

/// Where the last attribute of an element ends, or its name where it has none.
fn attributes_end(node: Node) -> usize {
    let name = || {
        let rest = node.document().input_text().get(node.range().start..).unwrap_or("");
        node.range().start + rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(0)
    };
    node.attributes().next_back().map_or_else(name, |attribute| attribute.range().end)
}

/// Where an attribute stands, or may be added.
pub(crate) fn place_of(node: Node, attribute: &str) -> Range<usize> {
    let end = attributes_end(node);
    node.attribute_node(attribute).map_or(end..end, |attribute| attribute.range())
}

/// What stands between the tags of an element.
pub(crate) fn inside(node: Node) -> Range<usize> {
    let (xml, all) = (node.document().input_text(), node.range());
    let closing = xml.get(all.clone()).filter(|xml| !xml.ends_with("/>")).and_then(|xml| xml.rfind("</"));
    let from = attributes_end(node);
    let opened = xml.get(from..).and_then(|rest| rest.find('>'));
    match (opened, closing) {
        (Some(opened), Some(closing)) => from + opened + 1..all.start + closing,
        _ => all.end..all.end,
    }
}

pub(crate) fn inner_xml<'x>(node: Node<'_, 'x>) -> &'x str {
    node.document().input_text().get(inside(node)).unwrap_or("")
}

/// An element's attributes but some, as they stand, each with a space before it.
pub(crate) fn other_attributes(node: Node, but: &[&str]) -> String {
    let xml = node.document().input_text();
    let others = node.attributes().filter(|attribute| !but.contains(&attribute.name()));
    others.flat_map(|attribute| [" ", xml.get(attribute.range()).unwrap_or("")]).collect()
}

/// An `<si>` or `<is>`: the text to look for placeholders in, and whether it has formatting and is XML.
pub(crate) fn cell_text(node: Node) -> (String, bool) {
    if node.children().filter(Node::is_element).all(|child| child.tag_name().name() == "t") {
        let text = children(node, "t").last().and_then(|text| text.text());
        (text.unwrap_or("").to_owned(), false)
    } else {
        (inner_xml(node).to_owned(), true)
    }
}
