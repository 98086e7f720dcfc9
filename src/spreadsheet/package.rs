//! The zip archive behind XLSX, XLSB and ODS, with a guard at its door: what unpacks to far more than a real workbook
//! would is refused before it is in memory.

use crate::spreadsheet::row::Fault;
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use zip::ZipArchive;
use zip::read::ZipFile;

/// More entries than any workbook has.
const ENTRY_LIMIT: usize = 20_000;
/// A part may always unpack to so much …
const FREE: u64 = 64 << 20;
/// … and to so many times what it takes in the archive …
const RATIO: u64 = 100;
/// … but never to more than this.
const PART_LIMIT: u64 = 3 << 29;
/// Parts that say what the workbook is made of are small.
const SMALL: u64 = 8 << 20;
/// The longest piece between two marks of XML.
const PIECE_LIMIT: u64 = 32 << 20;

/// An open archive.
pub(crate) struct Package {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    /// Entries by their path in lower case with `/`.
    entries: HashMap<String, usize>,
}

impl Package {
    /// Opens it.
    /// Errors: It is damaged, encrypted, or has too many entries.
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self, Fault> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
        if zip.len() > ENTRY_LIMIT {
            return Err(bomb(&format!("it has {} parts", zip.len())));
        }
        let named = (0..zip.len()).filter_map(|ix| zip.name_for_index(ix).and_then(Result::ok).map(|n| (key(&n), ix)));
        let entries = named.collect();
        Ok(Self { zip, entries })
    }

    /// Whether it has a part.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.entries.contains_key(&key(path))
    }

    /// A part that is small in every real workbook.
    /// Errors: It is missing, damaged or encrypted.
    pub(crate) fn small_part(&mut self, path: &str) -> Result<Part<'_>, Fault> {
        let mut part = self.part(path)?;
        part.left = SMALL;
        Ok(part)
    }

    /// A part, unpacked as it is read.
    /// Errors: It is missing, damaged or encrypted.
    pub(crate) fn part(&mut self, path: &str) -> Result<Part<'_>, Fault> {
        let index = self.entries.get(&key(path)).copied();
        let index = index.ok_or_else(|| damaged(&format!("its part {path} is missing")))?;
        let file = self.zip.by_index(index).map_err(|e| damaged(&format!("{path}: {e}")))?;
        let limit = file.compressed_size().saturating_mul(RATIO).clamp(FREE, PART_LIMIT);
        if file.size() > PART_LIMIT {
            return Err(bomb(&format!("{path} would unpack to {} MB", file.size() >> 20)));
        }
        let inner = Source::Zip(BufReader::with_capacity(64 << 10, file));
        Ok(Part { inner, left: limit, piece: 0, tripped: false, front: Vec::new(), front_at: 0 })
    }
}

fn key(path: &str) -> String {
    path.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

/// A part as it unpacks.
pub(crate) struct Part<'p> {
    inner: Source<'p>,
    left: u64,
    piece: u64,
    tripped: bool,
    /// What was read and given back.
    front: Vec<u8>,
    front_at: usize,
}

/// Where a part's bytes come from.
enum Source<'p> {
    Zip(BufReader<ZipFile<'p, Cursor<Vec<u8>>>>),
    /// A piece of a part, already unpacked.
    Piece(&'p [u8]),
}

impl<'p> Part<'p> {
    /// A piece of a part that was unpacked before.
    pub(crate) fn piece(bytes: &'p [u8]) -> Self {
        let inner = Source::Piece(bytes);
        Self { inner, left: u64::MAX, piece: 0, tripped: false, front: Vec::new(), front_at: 0 }
    }

    /// Gives back what was read last and is to be read again.
    pub(crate) fn give_back(&mut self, bytes: &[u8]) {
        self.front = bytes.to_vec();
        self.front_at = 0;
    }

    /// A new piece begins.
    pub(crate) fn new_piece(&mut self) {
        self.piece = 0;
    }

    /// The fault behind an error of reading.
    pub(crate) fn fault(&self, error: &str) -> Fault {
        if self.tripped { bomb("a part of it unpacks to far more than a workbook holds") } else { damaged(error) }
    }

    fn check(&mut self) -> io::Result<()> {
        if self.left == 0 || self.piece > PIECE_LIMIT {
            self.tripped = true;
            return Err(io::Error::other("too large when unpacked"));
        }
        Ok(())
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let n = bytes.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), bytes.get(..n)) {
            to.copy_from_slice(from);
        }
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Part<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        if self.front_at < self.front.len() {
            return Ok(self.front.get(self.front_at..).unwrap_or_default());
        }
        match &mut self.inner {
            Source::Zip(file) => file.fill_buf(),
            Source::Piece(bytes) => Ok(bytes),
        }
    }

    fn consume(&mut self, amount: usize) {
        self.piece = self.piece.saturating_add(amount as u64);
        if self.front_at < self.front.len() {
            // It was counted when it was read first.
            self.front_at += amount;
            return;
        }
        self.left = self.left.saturating_sub(amount as u64);
        match &mut self.inner {
            Source::Zip(file) => file.consume(amount),
            Source::Piece(bytes) => bytes.consume(amount),
        }
    }
}

/// The file is not what it should be.
pub(crate) fn damaged(detail: &str) -> Fault {
    Fault::new(
        "damaged",
        format!("The workbook is damaged or incomplete ({detail})."),
        "Open it in Excel, which may repair it, save it under a new name, and use that; or fetch the file again.",
    )
}

/// The file unpacks to what no workbook holds.
pub(crate) fn bomb(detail: &str) -> Fault {
    Fault::new(
        "too-large-unpacked",
        format!("The workbook is not opened: {detail}."),
        "Copy the table's cells into a new workbook and use that, or save the table as a CSV file.",
    )
}
