//! Compound files ([MS-CFB]): the small file system in which XLS keeps its workbook, and Office what it encrypts.

use super::binary::{Bytes, wide};
use super::package::damaged;
use crate::spreadsheet::row::Fault;

const END_OF_CHAIN: u32 = 0xffff_fffe;
const FREE: u32 = 0xffff_ffff;
/// Streams shorter than this live in the mini stream.
const MINI_CUTOFF: u64 = 4096;
const MINI_SECTOR: usize = 64;
/// What tells where streams are takes less than this.
const SMALL: u64 = 16 << 20;
const DIRECTORY_ENTRY: usize = 128;

/// An open compound file.
pub(crate) struct Compound {
    bytes: Vec<u8>,
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini_stream: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    is_stream: bool,
    start: u32,
    size: u64,
}

fn cut() -> Fault {
    damaged("its directory is incomplete")
}

impl Compound {
    /// Opens it.
    /// Errors: It is damaged.
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self, Fault> {
        let header = bytes.get(..512).ok_or_else(cut)?;
        let at = |offset: usize| header.get(offset..).and_then(|b| Bytes(b).u32()).ok_or_else(cut);
        let shift = header.get(30..).and_then(|b| Bytes(b).u16()).filter(|s| [9, 12].contains(s)).ok_or_else(cut)?;
        let sector = 1usize << shift;
        let (directory, mini_fat_start, difat_start) = (at(48)?, at(60)?, at(68)?);
        let mut compound =
            Self { fat: Vec::new(), mini_fat: Vec::new(), mini_stream: Vec::new(), entries: Vec::new(), sector, bytes };
        for location in compound.fat_sectors(difat_start)? {
            let numbers = numbers(compound.sector_at(location)?);
            compound.fat.extend(numbers);
        }
        let directory = compound.chain(directory, SMALL)?;
        compound.entries = directory.chunks_exact(DIRECTORY_ENTRY).filter_map(entry).collect();
        compound.mini_fat = numbers(&compound.chain(mini_fat_start, SMALL)?);
        let root = compound.entries.first().map(|e| (e.start, e.size));
        if let Some((start, size)) = root {
            compound.mini_stream = compound.chain(start, size.min(4 * SMALL))?;
        }
        Ok(compound)
    }

    fn sector_at(&self, index: u32) -> Result<&[u8], Fault> {
        let start = (index as usize).checked_add(1).and_then(|n| n.checked_mul(self.sector)).ok_or_else(cut)?;
        let end = start.saturating_add(self.sector).min(self.bytes.len());
        self.bytes.get(start..end).filter(|s| !s.is_empty()).ok_or_else(cut)
    }

    /// The sectors that hold the allocation table: 109 in the header, the rest in a chain of their own.
    fn fat_sectors(&self, difat_start: u32) -> Result<Vec<u32>, Fault> {
        let limit = self.bytes.len() / self.sector;
        let mut found: Vec<u32> = numbers(self.bytes.get(76..512).ok_or_else(cut)?);
        let mut next = difat_start;
        let mut left = limit;
        while next < END_OF_CHAIN && found.len() <= limit + 109 {
            left = left.checked_sub(1).ok_or_else(|| damaged("a chain of sectors runs in a circle"))?;
            let mut more = numbers(self.sector_at(next)?);
            next = more.pop().unwrap_or(END_OF_CHAIN);
            found.extend(more);
        }
        found.retain(|s| *s != FREE && *s != END_OF_CHAIN);
        found.truncate(limit);
        Ok(found)
    }

    /// The first `size` bytes of a chain of sectors.
    fn chain(&self, start: u32, size: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let (mut next, mut left) = (start, self.bytes.len() / self.sector + 1);
        while next < END_OF_CHAIN && (bytes.len() as u64) < size {
            left = left.checked_sub(1).ok_or_else(|| damaged("a chain of sectors runs in a circle"))?;
            bytes.extend_from_slice(self.sector_at(next)?);
            next = self.fat.get(next as usize).copied().ok_or_else(cut)?;
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    fn mini_chain(&self, start: u32, size: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let (mut next, mut left) = (start, self.mini_stream.len() / MINI_SECTOR + 1);
        while next < END_OF_CHAIN {
            left = left.checked_sub(1).ok_or_else(|| damaged("a chain of sectors runs in a circle"))?;
            let at = (next as usize).saturating_mul(MINI_SECTOR);
            let end = at.saturating_add(MINI_SECTOR).min(self.mini_stream.len());
            bytes.extend_from_slice(self.mini_stream.get(at..end).ok_or_else(cut)?);
            next = self.mini_fat.get(next as usize).copied().ok_or_else(cut)?;
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    /// Whether it has a stream of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.is_stream && e.name.eq_ignore_ascii_case(name))
    }

    /// A stream's bytes.
    /// Errors: There is none of this name, or it is damaged.
    pub(crate) fn stream(&self, name: &str) -> Result<Vec<u8>, Fault> {
        let found = self.entries.iter().find(|e| e.is_stream && e.name.eq_ignore_ascii_case(name));
        let entry = found.ok_or_else(|| damaged(&format!("its stream {name} is missing")))?;
        if entry.size < MINI_CUTOFF {
            self.mini_chain(entry.start, entry.size)
        } else {
            self.chain(entry.start, entry.size)
        }
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|chunk| Bytes(chunk).u32()).collect()
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(bytes.get(64..).and_then(|b| Bytes(b).u16())?);
    let name = wide(bytes.get(..length.checked_sub(2).filter(|l| *l <= 64)?)?);
    let kind = *bytes.get(66)?;
    let mut rest = Bytes(bytes.get(116..)?);
    let (start, low, high) = (rest.u32()?, rest.u32()?, rest.u32()?);
    // Version 3 files may leave rubbish in the upper half; no stream there reaches 4 GiB.
    let size = if high > 0xffff { u64::from(low) } else { u64::from(low) | (u64::from(high) << 32) };
    matches!(kind, 2 | 5).then_some(Entry { name, is_stream: kind == 2, start, size })
}
