//! The XML of a part of a template, as a tree whose stretches are known.

use roxmltree::{Document, Node, ParsingOptions};
use std::ops::Range;

/// More elements and texts than any layout's part has.
const MOST_NODES: u32 = 2_000_000;

/// A part's XML as a tree.
/// Errors: Where it is no XML.
pub(crate) fn parse(xml: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).map_err(|e| e.to_string())
}

/// The elements of a name in another.
pub(crate) fn children<'a, 'x>(node: Node<'a, 'x>, name: &'static str) -> impl Iterator<Item = Node<'a, 'x>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// An element's number, flag or the like.
pub(crate) fn value<T: std::str::FromStr>(node: Node, attribute: &str) -> Option<T> {
    node.attribute(attribute)?.parse().ok()
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

/// An element's attributes but some, as they stand, each with a space before it.
pub(crate) fn other_attributes(node: Node, but: &[&str]) -> String {
    let xml = node.document().input_text();
    let others = node.attributes().filter(|attribute| !but.contains(&attribute.name()));
    others.flat_map(|attribute| [" ", xml.get(attribute.range()).unwrap_or("")]).collect()
}
