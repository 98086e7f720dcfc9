//! Tags of a worksheet: their attributes, and what is between them, as it stands in the text.

use quick_xml::Reader;
use quick_xml::events::BytesStart;

pub(crate) fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

pub(crate) fn unexpected_end() -> quick_xml::Error {
    std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()
}

/// An error of a sheet that is XML, and no worksheet.
pub(crate) fn broken(why: &str) -> quick_xml::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, why.to_owned()).into()
}

/// A tag's attributes but some, as they stand, each with a space before it.
pub(crate) fn other_attributes(tag: &BytesStart, but: &[&str]) -> String {
    let mut out = String::new();
    for attribute in tag.attributes().flatten() {
        let name = attribute.key.as_ref();
        if !but.contains(&name) {
            out.extend([" ", name, "=\"", &attribute.value, "\""]);
        }
    }
    out
}

/// Where an attribute's value stands in `text`, looked for in the tag from `start` to `end`.
pub(crate) fn raw_attribute<'a>(
    text: &'a str,
    start: usize,
    end: usize,
    name: &str,
) -> Option<(std::ops::Range<usize>, &'a str)> {
    let tag = text.get(start..end)?;
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let len = tag.get(at..)?.find('"')?;
    Some((start + at..start + at + len, tag.get(at..at + len)?))
}

/// What is between the tag that was just read (its end at `from`) and its end tag, which is read too.
pub(crate) fn inner_xml<'t>(
    reader: &mut Reader<&[u8]>,
    text: &'t str,
    tag: &BytesStart,
    from: usize,
) -> Result<&'t str, quick_xml::Error> {
    let span = reader.read_to_end(tag.name())?;
    let end = usize::try_from(span.end).unwrap_or(from);
    Ok(text.get(from..end).unwrap_or(""))
}

pub(crate) fn inner_text(
    reader: &mut Reader<&[u8]>,
    text: &str,
    tag: &BytesStart,
    from: usize,
) -> Result<String, quick_xml::Error> {
    inner_xml(reader, text, tag, from).map(str::to_owned)
}

/// The first child element of this name: its tag and what is in it.
pub(crate) fn element<'a>(inner: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    loop {
        let at = from + inner.get(from..)?.find(&format!("<{name}"))?;
        let after = inner.get(at + 1 + name.len()..)?;
        if after.starts_with(['>', ' ', '/']) {
            let tag_end = after.find('>')?;
            let tag = after.get(..tag_end)?;
            if tag.ends_with('/') {
                return Some((tag, ""));
            }
            let body = after.get(tag_end + 1..)?;
            let end = body.find(&format!("</{name}>"))?;
            return Some((tag, body.get(..end)?));
        }
        from = at + 1;
    }
}
