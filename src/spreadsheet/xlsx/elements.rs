//! A sheet's rows or a table's texts as stretches of bytes, each one whole element, unpacked by the block.
//!
//! Why it is here: a workbook of 500,000 lots has 24 million marks of XML, and an event for each of them took two thirds of
//! reading it. What programs write for a cell is always the same few shapes, which `quick` reads from the bytes; an element
//! of any other shape is read by the events, as all of them once were, so both give the same rows and the same faults.

use super::super::package::Part;
use memchr::memmem;
use std::io::BufRead;
use std::ops::Range;

/// So much is unpacked at a time.
const BLOCK: usize = 256 << 10;
/// An element longer than this is left to the events.
const LONGEST: usize = 4 << 20;

/// The elements of one name that follow each other.
pub(crate) struct Elements {
    open: &'static [u8],
    close: memmem::Finder<'static>,
    block: Vec<u8>,
    at: usize,
}

impl Elements {
    /// Elements that begin with `open` and close with `close`.
    pub(crate) fn new(open: &'static [u8], close: &'static [u8]) -> Self {
        Self { open, close: memmem::Finder::new(close), block: Vec::new(), at: 0 }
    }

    /// The bytes of an element.
    pub(crate) fn bytes(&self, element: &Range<usize>) -> &[u8] {
        self.block.get(element.clone()).unwrap_or_default()
    }

    /// The next element's place in [`Elements::bytes`]; `None` where something else comes, which is given back to the
    /// part.
    pub(crate) fn next(&mut self, part: &mut Part) -> Option<Range<usize>> {
        loop {
            let rest = self.block.get(self.at..).unwrap_or_default();
            let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let rest = rest.get(blanks..).unwrap_or_default();
            let is_open = rest.starts_with(self.open);
            let len = if is_open { self.length(rest) } else { None };
            // In a comment or marked text, a closing mark closes nothing.
            let is_marked = len.is_some_and(|len| memmem::find(rest.get(..len).unwrap_or_default(), b"<!").is_some());
            if let Some(len) = len.filter(|_| !is_marked) {
                let start = self.at + blanks;
                self.at = start + len;
                return Some(start..start + len);
            }
            let may_go_on = (is_open && !is_marked) || rest.len() < self.open.len();
            if !may_go_on || rest.len() > LONGEST || !self.unpack(part) {
                part.give_back(self.block.get(self.at..).unwrap_or_default());
                (self.block, self.at) = (Vec::new(), 0);
                return None;
            }
        }
    }

    /// The length of the element at the start, if all of it is there.
    fn length(&self, rest: &[u8]) -> Option<usize> {
        let after = rest.get(self.open.len())?;
        let head = memchr::memchr(b'>', rest)?;
        if !(after.is_ascii_whitespace() || matches!(after, b'>' | b'/')) {
            return None;
        }
        if head > 0 && rest.get(head - 1) == Some(&b'/') {
            return Some(head + 1);
        }
        self.close.find(rest).map(|at| at + self.close.needle().len())
    }

    /// Unpacks more; false at the end, or where it cannot be read, which the events will then say.
    fn unpack(&mut self, part: &mut Part) -> bool {
        self.block.drain(..self.at);
        self.at = 0;
        let before = self.block.len();
        while self.block.len() < before + BLOCK {
            part.new_piece();
            let Ok(bytes) = part.fill_buf() else { break };
            if bytes.is_empty() {
                break;
            }
            self.block.extend_from_slice(bytes);
            let len = bytes.len();
            part.consume(len);
        }
        self.block.len() > before
    }
}
