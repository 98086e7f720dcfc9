//! The table of texts that cells share (ECMA-376 part 1, 18.4), packed into one.

use super::super::package::{Package, Part, bomb};
use super::super::xml::{Xml, push_reference};
use super::elements::Elements;
use super::quick::Cursor;
use crate::spreadsheet::row::Fault;
use quick_xml::events::Event;
use std::borrow::Cow;

/// All texts together; a workbook of a million long rows stays far below.
const TEXT_LIMIT: usize = 256 << 20;

/// A text, of which a spreadsheet holds 32,767 letters.
const LONGEST: usize = 64 << 20;
/// More texts than the cells of a sheet of 16 full columns.
const COUNT_LIMIT: usize = 16 << 20;

/// The shared texts.
#[derive(Default)]
pub(crate) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    /// Reads them.
    /// Errors: What is wrong with the file.
    pub(crate) fn read(package: &mut Package, path: &str) -> Result<Self, Fault> {
        let mut xml = Xml::new(package.part(path)?);
        let mut strings = Self::default();
        strings.read_items(&mut xml, Some(Elements::new(b"<si", b"</si>")))?;
        Ok(strings)
    }

    /// Reads items by the events, and from the second on by their bytes, as long as they are of the usual shape.
    fn read_items(&mut self, xml: &mut Xml, mut elements: Option<Elements>) -> Result<(), Fault> {
        let mut reader = TextReader::default();
        loop {
            match xml.next()? {
                Event::Start(e) if e.local_name().as_ref() == "si" => reader.begin(),
                Event::End(e) if e.local_name().as_ref() == "si" => {
                    reader.unescape();
                    self.push(&reader.text)?;
                    if let Some(mut elements) = elements.take() {
                        self.read_elements(xml, &mut elements)?;
                    }
                }
                Event::Eof => return Ok(()),
                event => reader.event(&event)?,
            }
        }
    }

    /// Reads items by their bytes, until the events have to go on.
    fn read_elements(&mut self, xml: &mut Xml, elements: &mut Elements) -> Result<(), Fault> {
        loop {
            let Some(element) = elements.next(xml.part()) else { return Ok(()) };
            let bytes = elements.bytes(&element);
            match quick_item(bytes) {
                Some(text) => self.push(&text)?,
                None => {
                    let mut alone = Xml::new(Part::piece(bytes));
                    self.read_items(&mut alone, None)?;
                    xml.spend(alone.events())?;
                }
            }
        }
    }

    /// Adds a text.
    /// Errors: There is too much.
    pub(crate) fn push(&mut self, text: &str) -> Result<(), Fault> {
        self.text.push_str(text);
        if self.text.len() > TEXT_LIMIT {
            return Err(bomb(&format!("its texts take more than {} MB", TEXT_LIMIT >> 20)));
        }
        if self.ends.len() >= COUNT_LIMIT {
            return Err(bomb(&format!("it has more than {COUNT_LIMIT} texts")));
        }
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    /// The text at an index.
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).and_then(|i| self.ends.get(i)).map_or(0, |e| *e as usize);
        self.text.get(start..end)
    }
}

/// The text of an item of the usual shape.
fn quick_item(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if bytes == b"<si/>" {
        return Some(Cow::Borrowed(""));
    }
    let mut cursor = Cursor::new(bytes);
    cursor.take(b"<si>")?;
    let text = cursor.text_element()?;
    cursor.take(b"</si>").map(|()| text)
}

/// Gathers the text of a string item or inline string: plain or in runs, without phonetic hints.
#[derive(Debug, Default)]
pub(crate) struct TextReader {
    /// What was gathered.
    pub text: String,
    inside: bool,
    phonetic: bool,
}

impl TextReader {
    /// A new text begins.
    pub(crate) fn begin(&mut self) {
        self.text.clear();
        self.inside = false;
        self.phonetic = false;
    }

    /// Takes an event inside the item.
    /// Errors: An entity that is not defined.
    pub(crate) fn event(&mut self, event: &Event) -> Result<(), Fault> {
        match event {
            Event::Start(e) if e.local_name().as_ref() == "t" => self.inside = true,
            Event::Start(e) if e.local_name().as_ref() == "rPh" => self.phonetic = true,
            Event::End(e) if e.local_name().as_ref() == "t" => self.inside = false,
            Event::End(e) if e.local_name().as_ref() == "rPh" => self.phonetic = false,
            Event::Text(t) if self.inside && !self.phonetic => self.text.push_str(&t.xml10_content()),
            Event::CData(t) if self.inside && !self.phonetic => self.text.push_str(&t.xml10_content()),
            Event::GeneralRef(r) if self.inside && !self.phonetic => push_reference(r, &mut self.text)?,
            _ => {}
        }
        if self.text.len() > LONGEST {
            return Err(bomb("one of its texts is far too long"));
        }
        Ok(())
    }

    /// Puts back what Excel writes as `_x000D_` (ECMA-376 part 1, 22.9.2.19).
    pub(crate) fn unescape(&mut self) {
        if self.text.contains("_x") {
            self.text = unescaped(&self.text);
        }
    }
}

fn unescaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        result.push_str(rest.get(..at).unwrap_or(""));
        let tail = rest.get(at..).unwrap_or("");
        let letter = tail
            .get(2..6)
            .filter(|_| tail.get(6..7) == Some("_"))
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        match letter {
            Some(letter) => {
                result.push(letter);
                rest = tail.get(7..).unwrap_or("");
            }
            None => {
                result.push_str("_x");
                rest = tail.get(2..).unwrap_or("");
            }
        }
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn escapes_are_put_back_and_lookalikes_left_alone() {
        assert_eq!(unescaped("a_x000D_b_x005F_c _xyz _x"), "a\rb_c _xyz _x");
    }
}
