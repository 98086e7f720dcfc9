//! The zip archive behind XLSX, XLSB and ODS. What unpacks to far more than a real workbook would is refused before it is
//! in memory.

use super::faults::{bomb, damaged, not_understood, password_protected};
use crate::spreadsheet::Fault;
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

/// More entries than any workbook has.
const ENTRY_LIMIT: usize = 20_000;
/// A part may always unpack to so much …
const FREE: u64 = 64 << 20;
/// … and to so many times what it takes in the archive …
const RATIO: u64 = 100;
/// … but never to more than this.
const PART_LIMIT: u64 = 1 << 30;
/// Parts that say what the workbook is made of are small.
const SMALL: u64 = 8 << 20;
/// The longest piece between two marks of XML.
const PIECE_LIMIT: u64 = 32 << 20;
/// So much of a part is unpacked at a time.
const BLOCK: usize = 256 << 10;

/// A file's bytes, which two readers share; they may be many, and are not copied.
#[derive(Clone)]
pub(crate) struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

pub(crate) struct Package {
    zip: ZipArchive<Cursor<Bytes>>,
    /// Entries by their path in lower case with `/`.
    entries: HashMap<String, usize>,
    bytes: Bytes,
}

impl Package {
    /// Errors: It is damaged, encrypted, or has too many entries, or two of one name.
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self, Fault> {
        let bytes = Bytes(Arc::new(bytes));
        let zip = ZipArchive::new(Cursor::new(bytes.clone())).map_err(|e| damaged(&e.to_string()))?;
        if zip.len() > ENTRY_LIMIT {
            return Err(bomb(&format!("it has {} parts", zip.len())));
        }
        let named = (0..zip.len()).filter_map(|ix| zip.name_for_index(ix).and_then(Result::ok).map(|n| (key(&n), ix)));
        let entries: HashMap<String, usize> = named.collect();
        // The archive keeps the last of those that are written alike.
        if entries.len() < zip.len() || listed(bytes.as_ref(), zip.central_directory_start()) > zip.len() {
            return Err(damaged("two of its parts have one name"));
        }
        Ok(Self { zip, entries, bytes })
    }

    pub(crate) fn file(&self) -> Cursor<Bytes> {
        Cursor::new(self.bytes.clone())
    }

    /// The paths of its parts, as they are written.
    pub(crate) fn names(&self) -> Vec<String> {
        self.zip.file_names().flatten().map(|name| name.replace('\\', "/")).collect()
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.entries.contains_key(&key(path))
    }

    /// The text of a part that is small in every real workbook.
    /// Errors: It is missing, damaged, encrypted, or not in UTF-8.
    pub(crate) fn text(&mut self, path: &str) -> Result<String, Fault> {
        let mut bytes = Vec::new();
        self.small_part(path)?.scan(|block, _| {
            bytes.extend_from_slice(block);
            Ok(block.len())
        })?;
        String::from_utf8(bytes).map_err(|_| not_understood(&format!("{path} is not in UTF-8")))
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
        let file = self.zip.by_index(index).map_err(|e| match e {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => password_protected(),
            other => damaged(&format!("{path}: {other}")),
        })?;
        let limit = file.compressed_size().saturating_mul(RATIO).clamp(FREE, PART_LIMIT);
        if file.size() > PART_LIMIT {
            return Err(bomb(&format!("{path} would unpack to {} MB", file.size() >> 20)));
        }
        Ok(Part { inner: BufReader::with_capacity(64 << 10, file), left: limit, piece: 0, tripped: false })
    }
}

/// How many entries the directory of an archive lists.
fn listed(bytes: &[u8], start: u64) -> usize {
    let mut rest = usize::try_from(start).ok().and_then(|start| bytes.get(start..)).unwrap_or_default();
    let mut count = 0;
    // The mark of an entry; at 28 the lengths of its name, its extra field and its comment, which follow after 46 bytes.
    while rest.starts_with(b"PK\x01\x02") && rest.len() >= 46 {
        let length = |at: usize| usize::from(u16::from_le_bytes([rest[at], rest[at + 1]]));
        rest = rest.get(46 + length(28) + length(30) + length(32)..).unwrap_or_default();
        count += 1;
    }
    count
}

fn key(path: &str) -> String {
    path.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

pub(crate) struct Part<'p> {
    inner: BufReader<ZipFile<'p, Cursor<Bytes>>>,
    left: u64,
    piece: u64,
    tripped: bool,
}

impl Part<'_> {
    pub(crate) fn new_piece(&mut self) {
        self.piece = 0;
    }

    /// Reads the part to its end, where its checksum stands, a block at a time; each block begins with what `each` did not
    /// take of the one before. The last one comes with `true`.
    /// Errors: It is damaged or too large, is in UTF-16, has a piece that is far too long; and those of `each`.
    pub(crate) fn scan(mut self, mut each: impl FnMut(&[u8], bool) -> Result<usize, Fault>) -> Result<(), Fault> {
        let mut block = Vec::with_capacity(2 * BLOCK);
        let (mut first, mut at_end) = (true, false);
        while !at_end {
            let wanted = block.len() + BLOCK;
            while block.len() < wanted && !at_end {
                self.new_piece();
                let bytes = self.fill_buf().map_err(|e| e.to_string());
                let bytes = match bytes {
                    Ok(bytes) => bytes,
                    Err(error) => return Err(self.fault(&error)),
                };
                at_end = bytes.is_empty();
                block.extend_from_slice(bytes);
                let len = bytes.len();
                self.consume(len);
            }
            if first && matches!(*block, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..]) {
                return Err(not_understood("its parts are in UTF-16"));
            }
            first = false;
            let taken = each(&block, at_end)?;
            block.drain(..taken.min(block.len()));
            if block.len() as u64 > PIECE_LIMIT {
                return Err(bomb("a piece of it is far too long"));
            }
        }
        Ok(())
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

/// What is no XML has no pieces that could be too long.
impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.new_piece();
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
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.piece = self.piece.saturating_add(amount as u64);
        self.left = self.left.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}
