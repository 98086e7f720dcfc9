//! What parts of Office Open XML have in common: relationships (ECMA-376 part 2, 9.3), and texts as Excel
//! escapes them.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use std::borrow::Cow;

/// A relationship of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    pub id: String,
    /// What it is of: the last part of its type, such as `worksheet`.
    pub kind: String,
    /// The part's path in the archive.
    pub target: String,
}

/// The part that holds the relationships of another: `xl/_rels/workbook.xml.rels` of `xl/workbook.xml`.
pub fn relations_part(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

pub fn relations(xml: &str, part: &str) -> Vec<Relation> {
    let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut relations = Vec::new();
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "Relationship" => {
                let value = |name| {
                    let found = tag.try_get_attribute(name).ok().flatten().map(|found| found.value).unwrap_or_default();
                    unescape(&found).unwrap_or(Cow::Borrowed(&found)).into_owned()
                };
                let kind = value("Type").rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id: value("Id"), kind, target: resolve(folder, &value("Target")) });
            }
            _ => {}
        }
    }
    relations
}

/// A relationship's target as a path in the archive.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split(['/', '\\']) {
        match step {
            "." | "" => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

/// Escapes text between tags as Excel does: `& < >`, and control characters as `_xHHHH_`.
pub(crate) fn escape(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    // Nearly every text is plain: without a way out of the loop, many bytes are looked at together.
    let special = |b: &u8| matches!(b, b'&' | b'<' | b'>' | 0xEF | 0..=8 | 0x0B..=0x1F);
    if !bytes.iter().fold(false, |found, b| found | special(b)) {
        return out.extend_from_slice(bytes);
    }
    let mut plain = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let replacement: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'\t' | b'\n' | 0x20..=0xEE | 0xF0..=0xFF => continue,
            // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
            0xEF => match bytes.get(at + 1..at + 3) {
                Some([0xBF, 0xBE]) => b"_xFFFE_",
                Some([0xBF, 0xBF]) => b"_xFFFF_",
                _ => continue,
            },
            control => {
                out.extend_from_slice(bytes.get(plain..at).unwrap_or(b""));
                out.extend_from_slice(format!("_x{control:04X}_").as_bytes());
                plain = at + 1;
                continue;
            }
        };
        out.extend_from_slice(bytes.get(plain..at).unwrap_or(b""));
        out.extend_from_slice(replacement);
        plain = at + if *byte == 0xEF { 3 } else { 1 };
    }
    out.extend_from_slice(bytes.get(plain..).unwrap_or(b""));
}

/// Escapes a shared string: a literal `_x0041_` must not be taken for an escaped character.
pub fn escape_string(out: &mut Vec<u8>, text: &str) {
    if text.contains("_x") { escape(out, &escape_escapes(text)) } else { escape(out, text) }
}

fn escape_escapes(text: &str) -> Cow<'_, str> {
    let is_escape = |at: usize| {
        let hex = text.get(at + 2..at + 6).is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
        hex && text.get(at + 6..at + 7) == Some("_")
    };
    let mut escaped = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices("_x").filter(|(at, _)| is_escape(*at)) {
        escaped.push_str(text.get(done..at).unwrap_or(""));
        escaped.push_str("_x005F");
        done = at;
    }
    if done == 0 && escaped.is_empty() {
        return Cow::Borrowed(text);
    }
    escaped.push_str(text.get(done..).unwrap_or(""));
    Cow::Owned(escaped)
}

/// Whether Excel needs `xml:space="preserve"` for a text.
pub(crate) fn needs_preserve(text: &str) -> bool {
    let space = ['\t', '\n', ' '];
    text.starts_with(space) || text.ends_with(space)
}
