//! The shared strings of one stamped workbook, in the order in which its cells come.

use super::text::SharedString;
use crate::spreadsheet::ooxml as xml;

/// The template's strings, with what a stamp needs of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    /// As parsed.
    pub strings: Vec<SharedString>,
    hashes: Vec<u32>,
    /// Everything up to `<sst`'s attributes, when other sheets use the strings too: then all of them stay in place.
    keep: bool,
    /// How many cells of the template refer to strings.
    count: u32,
}

impl Template {
    /// `keep` where other sheets refer to the strings by number.
    pub(crate) fn new(strings: Vec<SharedString>, keep: bool, count: u32) -> Self {
        let hashes = strings.iter().map(|s| crc32fast::hash(&s.raw)).collect();
        Self { strings, hashes, keep, count }
    }
}

const EMPTY: u32 = u32::MAX;

/// The strings of one statement.
#[derive(Debug)]
pub(crate) struct Strings<'t> {
    template: &'t Template,
    /// `<si>` after `<si>`.
    body: Vec<u8>,
    /// Where each ends, and its hash.
    ends: Vec<(usize, u32)>,
    /// Open addressing by hash.
    slots: Vec<u32>,
    /// The number of each of the template's strings, once it is used.
    known: Vec<u32>,
    count: u32,
}

impl<'t> Strings<'t> {
    /// None yet, but those that have to keep their places.
    pub(crate) fn new(template: &'t Template) -> Self {
        let mut strings = Self {
            template,
            body: Vec::with_capacity(8 * 1024),
            ends: Vec::with_capacity(256),
            slots: vec![EMPTY; 512],
            known: vec![EMPTY; template.strings.len()],
            count: 0,
        };
        if template.keep {
            for (at, (string, hash)) in template.strings.iter().zip(&template.hashes).enumerate() {
                let start = strings.body.len();
                strings.body.extend_from_slice(&string.raw);
                let number = strings.add(start, *hash);
                if let Some(known) = strings.known.get_mut(at) {
                    *known = number;
                }
            }
            strings.count = template.count;
        }
        strings
    }

    /// The number of one of the template's strings.
    pub(crate) fn of_template(&mut self, at: usize) -> u32 {
        if !self.template.keep {
            self.count += 1;
        }
        match self.known.get(at) {
            Some(&EMPTY) => {}
            Some(&number) => return number,
            None => return 0,
        }
        let start = self.body.len();
        let (Some(string), Some(hash)) = (self.template.strings.get(at), self.template.hashes.get(at)) else {
            return 0;
        };
        self.body.extend_from_slice(&string.raw);
        let number = self.unique(start, *hash);
        if let Some(known) = self.known.get_mut(at) {
            *known = number;
        }
        number
    }

    /// The number of a text.
    pub(crate) fn of_text(&mut self, text: &str) -> u32 {
        self.of(|body| write_string(body, text))
    }

    /// The number of a string that `write` writes, as `<si>…</si>`.
    pub(crate) fn of(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> u32 {
        self.count += 1;
        let start = self.body.len();
        write(&mut self.body);
        let hash = crc32fast::hash(self.body.get(start..).unwrap_or(b""));
        self.unique(start, hash)
    }

    /// Keeps what was written from `start` on as a new string, or drops it where it is there already.
    fn unique(&mut self, start: usize, hash: u32) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(&number) = self.slots.get(at).filter(|n| **n != EMPTY) {
            if self.ends.get(number as usize).is_some_and(|(_, h)| *h == hash)
                && self.bytes(number) == self.body.get(start..)
            {
                self.body.truncate(start);
                return number;
            }
            at = (at + 1) & mask;
        }
        self.add(start, hash)
    }

    fn bytes(&self, number: u32) -> Option<&[u8]> {
        let number = number as usize;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(end, _)| *end);
        self.body.get(start..self.ends.get(number)?.0)
    }

    fn add(&mut self, start: usize, hash: u32) -> u32 {
        let number = u32::try_from(self.ends.len()).unwrap_or(EMPTY);
        debug_assert!(start <= self.body.len());
        self.ends.push((self.body.len(), hash));
        if self.ends.len() * 2 > self.slots.len() {
            self.slots = vec![EMPTY; self.slots.len() * 2];
            for at in 0..self.ends.len() {
                let hash = self.ends.get(at).map_or(0, |(_, h)| *h);
                self.occupy(hash, u32::try_from(at).unwrap_or(EMPTY));
            }
        } else {
            self.occupy(hash, number);
        }
        number
    }

    fn occupy(&mut self, hash: u32, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots.get(at).is_some_and(|n| *n != EMPTY) {
            at = (at + 1) & mask;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = number;
        }
    }

    /// The part `xl/sharedStrings.xml`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
        out.extend_from_slice(b"<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"");
        super::rows::write_number(out, self.count);
        out.extend_from_slice(b"\" uniqueCount=\"");
        super::rows::write_number(out, u32::try_from(self.ends.len()).unwrap_or(u32::MAX));
        out.extend_from_slice(b"\">");
        out.extend_from_slice(&self.body);
        out.extend_from_slice(b"</sst>");
    }
}

/// A text as `<si>…</si>`.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(if xml::needs_preserve(text) { b"<si><t xml:space=\"preserve\">" } else { b"<si><t>" });
    xml::escape_string(out, text);
    out.extend_from_slice(b"</t></si>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_numbered_once_each() {
        let template =
            Template::new(vec![SharedString::new("<t>Gross</t>"), SharedString::new("<t>Net</t>")], false, 2);
        let mut strings = Strings::new(&template);
        assert_eq!(strings.of_text("=1+1"), 0);
        assert_eq!(strings.of_template(1), 1);
        assert_eq!(strings.of_text("Net"), 1);
        assert_eq!(strings.of_template(0), 2);
        for n in 0..1000 {
            assert_eq!(strings.of_text(&format!("text {n}")), 3 + n);
        }
        assert_eq!(strings.of_text("text 500"), 503);
        let mut out = Vec::new();
        strings.write(&mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("count=\"1005\" uniqueCount=\"1003\"><si><t>=1+1</t></si><si><t>Net</t></si>"));
    }
}
