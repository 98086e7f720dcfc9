//! The shapes in which programs write rows, cells and texts, read from the bytes (see `elements`). Whatever has another
//! shape is `None`, and left to the events: formulas, rich text, entities other than XML's five, names with a prefix.

use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// Bytes that are taken one shape after the other.
pub(crate) struct Cursor<'b> {
    bytes: &'b [u8],
}

/// The attributes of a row or a cell that matter.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'b> {
    /// `r`
    pub reference: Option<&'b str>,
    /// `s`
    pub style: Option<&'b str>,
    /// `t`
    pub kind: &'b str,
    /// `hidden`
    pub hidden: bool,
    /// Whether the element ends here.
    pub is_empty: bool,
}

impl<'b> Cursor<'b> {
    /// From the start of an element.
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    /// Takes exactly this, if it is what comes next.
    pub(crate) fn take(&mut self, what: &[u8]) -> Option<()> {
        self.bytes = self.bytes.strip_prefix(what)?;
        Some(())
    }

    /// Passes over blanks between marks.
    pub(crate) fn blanks(&mut self) {
        self.bytes = self.bytes.trim_ascii_start();
    }

    /// Takes the attributes and the end of a mark whose name was taken.
    pub(crate) fn attributes(&mut self) -> Option<Attributes<'b>> {
        let mut found = Attributes::default();
        loop {
            let spaced = self.bytes.first().is_some_and(u8::is_ascii_whitespace);
            self.blanks();
            match self.bytes {
                [b'>', rest @ ..] => {
                    self.bytes = rest;
                    return Some(found);
                }
                [b'/', b'>', rest @ ..] => {
                    self.bytes = rest;
                    found.is_empty = true;
                    return Some(found);
                }
                _ if !spaced => return None,
                _ => {}
            }
            let equals = memchr(b'=', self.bytes)?;
            let name = self.bytes.get(..equals)?;
            let value = self.bytes.get(equals + 1..)?.strip_prefix(b"\"")?;
            let end = memchr(b'"', value)?;
            let text = value.get(..end)?;
            match name {
                b"r" => found.reference = Some(plain(text)?),
                b"s" => found.style = Some(plain(text)?),
                b"t" => found.kind = plain(text)?,
                b"hidden" => {
                    let word = plain(text)?;
                    found.hidden = word == "1" || word.eq_ignore_ascii_case("true");
                }
                _ if name.ends_with(b":r") || name.ends_with(b":s") || name.ends_with(b":t") => return None,
                _ if name.ends_with(b":hidden") || name.iter().any(u8::is_ascii_whitespace) => return None,
                _ => {}
            }
            self.bytes = value.get(end + 1..)?;
        }
    }

    /// Takes the text up to the next mark.
    pub(crate) fn text(&mut self) -> Option<Cow<'b, str>> {
        let end = memchr(b'<', self.bytes)?;
        let text = self.bytes.get(..end)?;
        self.bytes = self.bytes.get(end..)?;
        if memchr2(b'&', b'\r', text).is_none() {
            return std::str::from_utf8(text).ok().map(Cow::Borrowed);
        }
        unescaped(std::str::from_utf8(text).ok()?).map(Cow::Owned)
    }

    /// Takes `<t>` with its text; nothing that has to be put back from `_x000D_` and the like.
    pub(crate) fn text_element(&mut self) -> Option<Cow<'b, str>> {
        if self.take(b"<t/>").is_some() {
            return Some(Cow::Borrowed(""));
        }
        self.take(b"<t>").or_else(|| self.take(b"<t xml:space=\"preserve\">"))?;
        let text = self.text().filter(|text| !text.contains("_x"))?;
        self.take(b"</t>").map(|()| text)
    }
}

/// A value without anything to unescape.
fn plain(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_graphic() && b != b'&'))
}

/// Text with XML's own five entities; `None` where it has others, or line ends to be made one.
fn unescaped(text: &str) -> Option<String> {
    const ENTITIES: [(&str, char); 5] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\'')];
    if text.contains('\r') {
        return None;
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        result.push_str(rest.get(..at)?);
        rest = rest.get(at..)?;
        let (entity, letter) = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity))?;
        result.push(*letter);
        rest = rest.get(entity.len()..)?;
    }
    result.push_str(rest);
    Some(result)
}
