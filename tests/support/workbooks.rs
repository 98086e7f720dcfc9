//! Workbooks, taken apart: compared part by part, since nobody can read zip bytes.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

/// Every part of a workbook by its name, a tag to a line.
pub fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook is a zip");
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("a part's content");
        let text = String::from_utf8(content).unwrap_or_else(|error| format!("{:?}", error.into_bytes()));
        parts.insert(part.name().expect("a name").to_string(), text.replace("><", ">\n<"));
    }
    parts
}

/// The first lines in which two texts differ, with the line before: `12: <c r="A1"> | <c r="A2">`.
pub fn first_difference(a: &str, b: &str) -> Option<String> {
    let (mut left, mut right) = (a.lines(), b.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some(format!("line {number}: {} | {}", a.unwrap_or("(end)"), b.unwrap_or("(end)"))),
        }
    }
    None
}

/// What differs between two files of an output, in words; workbooks part by part.
pub fn difference(name: &str, a: &[u8], b: &[u8]) -> Option<String> {
    if a == b {
        return None;
    }
    if !name.ends_with(".xlsx") {
        let (a, b) = (String::from_utf8_lossy(a), String::from_utf8_lossy(b));
        return Some(format!("{name}: {}", first_difference(&a, &b).unwrap_or_default()));
    }
    let (a, b) = (parts(a), parts(b));
    let names = |parts: &BTreeMap<String, String>| parts.keys().cloned().collect::<Vec<_>>();
    if names(&a) != names(&b) {
        return Some(format!("{name}: parts {:?} | {:?}", names(&a), names(&b)));
    }
    let differing = a.iter().find_map(|(part, text)| Some((part, first_difference(text, &b[part])?)));
    let said = differing.map_or("the same parts, zipped otherwise".to_owned(), |(part, what)| format!("{part} {what}"));
    Some(format!("{name}: {said}"))
}
