//! CSV files: UTF-8, LF, `,` (SPEC 7). Large ones are rendered in parallel chunks and written in order.

use super::folder::Folder;
use crate::model::Case;
use crate::quantity::Shares;
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::{self, Write};

/// Rows rendered at a time by one thread.
const CHUNK: usize = 8_192;
/// Chunks rendered before they are written, which bounds the memory.
const BATCH: usize = 16;

/// Cells of one row being written.
pub struct Row<'a>(&'a mut ::csv::Writer<Vec<u8>>);

impl Row<'_> {
    /// A cell that is a number, a date or one of our own words.
    pub fn plain(&mut self, text: impl AsRef<[u8]>) -> io::Result<&mut Self> {
        self.0.write_field(text)?;
        Ok(self)
    }

    /// A cell with somebody's text, which no spreadsheet may take for a formula.
    pub fn text(&mut self, text: &str) -> io::Result<&mut Self> {
        self.0.write_field(guarded(text).as_bytes())?;
        Ok(self)
    }
}

/// `text` with a leading `'` where a spreadsheet would run it as a formula.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

/// Writes a table: its header and a row for each item.
///
/// # Errors
/// The machine's.
pub fn write<T: Sync>(
    folder: &Folder,
    path: &str,
    header: &str,
    items: &[T],
    row: impl Fn(&T, &mut Row) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let mut file = folder.create(path)?;
    file.write_all(header.as_bytes())?;
    file.write_all(b"\n")?;
    let chunks: Vec<&[T]> = items.chunks(CHUNK).collect();
    for batch in chunks.chunks(BATCH) {
        let rendered: Vec<io::Result<Vec<u8>>> = batch.par_iter().map(|items| render(items, &row)).collect();
        for bytes in rendered {
            file.write_all(&bytes?)?;
        }
    }
    file.finish()
}

fn render<T>(items: &[T], row: &impl Fn(&T, &mut Row) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let bytes = Vec::with_capacity(items.len() * 80);
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::Any(b'\n')).from_writer(bytes);
    for item in items {
        row(item, &mut Row(&mut writer))?;
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// The first columns of most tables: who, and which class.
pub fn holding(row: &mut Row, case: &Case, holder: u32, class: u16, shares: u64) -> io::Result<()> {
    row.text(case.register.id(holder))?.text(case.register.name(holder))?;
    row.plain(&case.classes.get(class).id)?.plain(Shares::from_micros(shares).to_string())?;
    Ok(())
}
