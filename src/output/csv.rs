//! CSV files: UTF-8, LF, `,`, quoted as in RFC 4180. Large ones are rendered in parallel chunks and written in order.

use super::folder::Folder;
use crate::model::Case;
use crate::quantity::{PER_SHARE_DECIMALS, SHARE_DECIMALS, Units};
use crate::text::{guarded, write_fixed, write_plain};
use memchr::{memchr, memchr3};
use rayon::prelude::*;
use std::io::{self, Write};

/// Rows rendered at a time by one thread.
const CHUNK: usize = 4_096;
/// Chunks that each thread renders while those before them are written, which bounds the memory.
const AT_ONCE: usize = 4;

/// Cells of one row being written.
pub(crate) struct Row<'a> {
    out: &'a mut Vec<u8>,
    begun: bool,
}

impl Row<'_> {
    fn next(&mut self) -> &mut Vec<u8> {
        if self.begun {
            self.out.push(b',');
        }
        self.begun = true;
        self.out
    }

    /// A cell that is a number, a date or one of our own words.
    pub(crate) fn plain(&mut self, text: impl AsRef<[u8]>) -> &mut Self {
        write_text(self.next(), text.as_ref());
        self
    }

    /// A cell with somebody's text, which no spreadsheet may take for a formula.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        write_text(self.next(), guarded(text).as_bytes());
        self
    }

    /// Cash in smallest units, with all of the currency's decimals.
    pub(crate) fn cash(&mut self, units: Units, decimals: u32) -> &mut Self {
        write_fixed(self.next(), units, decimals);
        self
    }

    /// Begins another row of the same item.
    pub(crate) fn another(&mut self) {
        self.out.push(b'\n');
        self.begun = false;
    }

    /// An amount per share to 12 decimals, without trailing zeros.
    pub(crate) fn per_share(&mut self, scaled: i128) -> &mut Self {
        write_plain(self.next(), scaled, PER_SHARE_DECIMALS);
        self
    }

    /// A number in millionths, without trailing zeros.
    pub(crate) fn millionths(&mut self, units: Units) -> &mut Self {
        write_plain(self.next(), units, SHARE_DECIMALS);
        self
    }
}

/// A line of these cells as they are: for banks, which run no formulas.
pub(crate) fn plain_line(out: &mut Vec<u8>, cells: &[&str]) {
    let mut row = Row { out, begun: false };
    for cell in cells {
        row.plain(cell);
    }
    out.push(b'\n');
}

/// Writes a table: its header and a row for each item.
pub(crate) fn write<T: Sync>(
    folder: &Folder,
    path: &str,
    header: &str,
    items: &[T],
    row: impl Fn(&T, &mut Row) + Sync,
) -> io::Result<()> {
    let mut file = folder.create(path)?;
    file.write_all(header.as_bytes())?;
    file.write_all(b"\n")?;
    let chunks: Vec<&[T]> = items.chunks(CHUNK).collect();
    in_order(&chunks, AT_ONCE, |items, out| render(items, &row, out), |bytes| file.write_all(bytes))?;
    file.finish()
}

/// Renders items, and writes what comes of them in order: while some are written and hashed, each thread renders the
/// `at_once` next.
pub(crate) fn in_order<T: Sync>(
    items: &[T],
    at_once: usize,
    render: impl Fn(&T, &mut Vec<u8>) + Sync,
    mut write: impl FnMut(&[u8]) -> io::Result<()> + Send,
) -> io::Result<()> {
    // In the pool from start to end: to enter it for every step takes time.
    rayon::scope(|_| {
        // Buffers are used again.
        let (mut ready, mut next): (Vec<Vec<u8>>, Vec<Vec<u8>>) = (Vec::new(), Vec::new());
        for items in items.chunks(at_once * rayon::current_num_threads()) {
            next.resize_with(items.len(), Vec::new);
            let render = |(item, out): (&T, &mut Vec<u8>)| {
                out.clear();
                render(item, out);
            };
            let write_ready = || ready.iter().try_for_each(|bytes| write(bytes));
            let (written, ()) = rayon::join(write_ready, || items.par_iter().zip(&mut next).for_each(render));
            written?;
            std::mem::swap(&mut ready, &mut next);
        }
        ready.iter().try_for_each(|bytes| write(bytes))
    })
}

fn render<T>(items: &[T], row: &impl Fn(&T, &mut Row), out: &mut Vec<u8>) {
    out.reserve(items.len() * 80);
    for item in items {
        row(item, &mut Row { out, begun: false });
        out.push(b'\n');
    }
}

/// The first columns of most tables: who, and which class.
pub(crate) fn holding(row: &mut Row, case: &Case, holder: u32, class: u16, shares: u64) {
    row.text(case.register.id(holder)).text(case.register.name(holder));
    row.text(&case.classes.get(class).id).millionths(Units::from(shares));
}

/// Adds a text, in quotes where it needs them.
pub fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    if memchr3(b',', b'"', b'\n', text).is_none() && memchr(b'\r', text).is_none() {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for part in text.split_inclusive(|byte| *byte == b'"') {
        out.extend_from_slice(part);
        if part.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}
