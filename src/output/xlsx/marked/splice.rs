//! Changing a part's XML in a few places and leaving every other byte as it is.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::fmt::Write;
use std::io;
use std::ops::Range;

/// A mark of XML, with its place in the text.
#[derive(Debug)]
pub(crate) enum Tag<'x> {
    /// `<name …>`
    Start(BytesStart<'x>, Range<usize>),
    /// `<name …/>`
    Empty(BytesStart<'x>, Range<usize>),
    /// `</name>`, by its local name.
    End(String, Range<usize>),
}

/// The marks of a text, one by one.
pub(crate) struct Tags<'x> {
    reader: Reader<&'x [u8]>,
}

impl<'x> Tags<'x> {
    /// Those of `text`.
    pub(crate) fn of(text: &'x str) -> Self {
        Self { reader: Reader::from_str(text) }
    }

    /// The next one; none at the end.
    /// Errors: The text is no XML.
    pub(crate) fn next(&mut self) -> io::Result<Option<Tag<'x>>> {
        loop {
            let start = self.at()?;
            let event = self.reader.read_event().map_err(io::Error::other)?;
            let range = start..self.at()?;
            return Ok(Some(match event {
                Event::Start(tag) => Tag::Start(tag, range),
                Event::Empty(tag) => Tag::Empty(tag, range),
                Event::End(tag) => Tag::End(tag.local_name().as_ref().to_owned(), range),
                Event::Eof => return Ok(None),
                _ => continue,
            }));
        }
    }

    fn at(&self) -> io::Result<usize> {
        usize::try_from(self.reader.buffer_position()).map_err(io::Error::other)
    }
}

/// A mark's name without its prefix.
pub(crate) fn local(tag: &BytesStart) -> String {
    tag.local_name().as_ref().to_owned()
}

/// The prefix of a mark's name, with its colon; empty where it has none.
pub(crate) fn prefix(tag: &BytesStart) -> String {
    let (name, local) = (tag.name().as_ref().to_owned(), local(tag));
    name.strip_suffix(local.as_str()).unwrap_or("").to_owned()
}

/// The value of an attribute by its name without prefix.
pub(crate) fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let found = all.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    quick_xml::escape::unescape(&found.value).ok().map(std::borrow::Cow::into_owned)
}

/// A mark again, without the attributes `without` and with `with` behind its name.
pub(crate) fn again(tag: &BytesStart, without: &[&str], with: &str, is_empty: bool) -> String {
    let mut text = format!("<{}", tag.name().as_ref());
    if !with.is_empty() {
        let _ = write!(text, " {with}");
    }
    for attribute in tag.attributes().with_checks(false).flatten() {
        let key = attribute.key.as_ref();
        if !without.contains(&key) {
            let quote = if attribute.value.contains('"') { '\'' } else { '"' };
            let _ = write!(text, " {key}={quote}{}{quote}", attribute.value);
        }
    }
    text.push_str(if is_empty { "/>" } else { ">" });
    text
}

/// Text between marks or in an attribute, as XML has it.
pub(crate) fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

/// A text and what is to be changed in it.
pub(crate) struct Splice<'x> {
    text: &'x str,
    edits: Vec<(Range<usize>, String)>,
}

impl<'x> Splice<'x> {
    /// Nothing to be changed yet.
    pub(crate) fn new(text: &'x str) -> Self {
        Self { text, edits: Vec::new() }
    }

    /// Puts `with` where `range` is.
    pub(crate) fn replace(&mut self, range: Range<usize>, with: String) {
        self.edits.push((range, with));
    }

    /// Puts `what` before the byte at `at`, behind what was put there before.
    pub(crate) fn insert(&mut self, at: usize, what: String) {
        self.edits.push((at..at, what));
    }

    /// The text with all changes made.
    /// Errors: Two changes overlap.
    pub(crate) fn finish(mut self) -> io::Result<String> {
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let added: usize = self.edits.iter().map(|(_, with)| with.len()).sum();
        let mut out = String::with_capacity(self.text.len() + added);
        let mut from = 0;
        for (range, with) in &self.edits {
            let kept = self.text.get(from..range.start).ok_or_else(|| io::Error::other("two changes overlap"))?;
            out.push_str(kept);
            out.push_str(with);
            from = range.end;
        }
        out.push_str(self.text.get(from..).unwrap_or_default());
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_changed_changes() {
        let text = "<?xml version=\"1.0\"?>\r\n<x:a  b='&quot;1' s=\"2\" ><!-- s --><c/>t&amp;</x:a>";
        let mut tags = Tags::of(text);
        let mut splice = Splice::new(text);
        while let Some(tag) = tags.next().unwrap() {
            match tag {
                Tag::Start(tag, range) => {
                    assert_eq!((local(&tag), prefix(&tag)), ("a".to_owned(), "x:".to_owned()));
                    assert_eq!(attribute(&tag, "b").as_deref(), Some("\"1"));
                    splice.replace(range, again(&tag, &["s"], "s=\"7\"", false));
                }
                Tag::Empty(_, range) => splice.insert(range.end, "<d/>".to_owned()),
                Tag::End(name, _) => assert_eq!(name, "a"),
            }
        }
        assert_eq!(
            splice.finish().unwrap(),
            "<?xml version=\"1.0\"?>\r\n<x:a s=\"7\" b=\"&quot;1\"><!-- s --><c/><d/>t&amp;</x:a>"
        );
    }
}
