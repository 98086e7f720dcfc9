//! XML events one by one, with limits on depth and size.

use super::faults::{bomb, damaged};
use super::package::Part;
use crate::spreadsheet::Fault;
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;

/// Deeper than any workbook's parts.
const DEPTH_LIMIT: u32 = 256;

/// More than the marks and texts of 20 million cells.
const EVENT_LIMIT: u64 = 1 << 27;

pub(crate) struct Xml<'p> {
    reader: Reader<Part<'p>>,
    buffer: Vec<u8>,
    depth: u32,
    events: u64,
    /// Whether a document type may be declared, as old manifests do; it is never followed.
    lenient: bool,
}

impl<'p> Xml<'p> {
    /// Reads a part. Empty elements come as a start and an end.
    pub(crate) fn new(part: Part<'p>) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::with_capacity(1024), depth: 0, events: 0, lenient: false }
    }

    /// Reads a part that may declare a document type.
    pub(crate) fn lenient(part: Part<'p>) -> Self {
        Self { lenient: true, ..Self::new(part) }
    }

    /// Errors: The XML is damaged, too deep, too large, or declares entities, which no workbook does.
    pub(crate) fn next(&mut self) -> Result<Event<'_>, Fault> {
        self.events += 1;
        if self.events > EVENT_LIMIT {
            return Err(bomb("a part of it has more marks than any workbook's"));
        }
        self.buffer.clear();
        self.reader.get_mut().new_piece();
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => {
                match &event {
                    Event::Start(_) => self.depth += 1,
                    Event::End(_) => self.depth = self.depth.saturating_sub(1),
                    Event::DocType(_) if !self.lenient => return Err(damaged("it declares a document type")),
                    _ => {}
                }
                if self.depth > DEPTH_LIMIT {
                    return Err(damaged("its parts are nested too deep"));
                }
                Ok(event)
            }
            Err(error) => Err(self.reader.get_ref().fault(&error.to_string())),
        }
    }
}

/// The value of an attribute, by its name without prefix.
pub(crate) fn attribute(element: &BytesStart, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    unescape(&found.value).ok().map(Cow::into_owned)
}

/// What `&amp;` and the like stand for.
/// Errors: An entity that XML itself does not know.
pub(crate) fn reference(reference: &BytesRef) -> Result<String, Fault> {
    let letter = reference.resolve_char_ref().ok().flatten().map(String::from);
    let text = letter.or_else(|| resolve_predefined_entity(reference).map(str::to_owned));
    text.ok_or_else(|| damaged("it uses an entity that is not defined"))
}
