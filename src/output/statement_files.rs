//! The holders' workbooks: a file each in `holders/`, or all in `holders.zip`.

use super::folder::Folder;
use super::xlsx::statement::Layout;
use crate::model::{Case, HolderIx};
use crate::sha256;
use rayon::prelude::*;
use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Workbooks stamped at a time before they go into the archive, which bounds the memory.
const BATCH: usize = 4_096;

pub(crate) const ARCHIVE: &str = "holders.zip";
/// The folder where they are otherwise.
pub(crate) const HOLDERS: &str = "holders";

/// The I-th of N parts of the workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    pub index: u32,
    pub of: u32,
}

impl Shard {
    /// Which of `count` workbooks are in it: a range of the holders in the order of their ids. All N together are
    /// every workbook once, and none is over one larger than another.
    pub(crate) fn range(self, count: usize) -> Range<usize> {
        let at = |index: u32| {
            let place = count as u128 * u128::from(index) / u128::from(self.of.max(1));
            usize::try_from(place).unwrap_or(count).min(count)
        };
        at(self.index.saturating_sub(1))..at(self.index)
    }
}

/// Which workbooks were written: places in the order of the holders' ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// The places written, counted from 0.
    pub places: Range<usize>,
    /// How many workbooks the whole run has.
    pub of: usize,
}

/// Which workbooks are written, and how.
pub(crate) struct StatementFiles<'a> {
    pub folder: &'a Folder,
    pub layout: &'a Layout,
    /// Only these holders; everybody where none.
    pub only: Option<&'a [HolderIx]>,
    pub shard: Option<Shard>,
    pub archive: bool,
    /// Told how many there will be.
    pub wanted: &'a (dyn Fn(usize) + Sync),
    /// Told how many were written; where it fails, no more are.
    pub written: &'a (dyn Fn(usize) -> io::Result<()> + Sync),
}

/// The file name of each holder's workbook, by holder.
pub(crate) fn file_names(case: &Case) -> Vec<String> {
    safe_names((0..case.register.holder_count()).map(|holder| case.register.id(holder)))
}

impl StatementFiles<'_> {
    /// Writes the workbooks of `holders`, which are in order and each there once, and says which these were.
    pub(crate) fn write(
        &self,
        case: &Case,
        holders: &[HolderIx],
        stamp: impl Fn(&Layout, HolderIx) -> io::Result<Vec<u8>> + Sync,
    ) -> io::Result<Selection> {
        let names = file_names(case);
        let wanted = |holder: &HolderIx| self.only.is_none_or(|only| only.contains(holder));
        let holders: Vec<HolderIx> = holders.iter().copied().filter(wanted).collect();
        let places = self.shard.map_or(0..holders.len(), |shard| shard.range(holders.len()));
        let selection = Selection { places: places.clone(), of: holders.len() };
        let holders = &holders[places];
        (self.wanted)(holders.len());
        let name = |holder: HolderIx| names[holder as usize].as_str();
        if self.archive {
            self.write_archive(holders, &name, &stamp)?;
            return Ok(selection);
        }
        holders.par_iter().try_for_each(|holder| -> io::Result<()> {
            let bytes = stamp(self.layout, *holder)?;
            self.folder.write(&format!("{HOLDERS}/{}.xlsx", name(*holder)), &bytes)?;
            (self.written)(1)
        })?;
        Ok(selection)
    }

    /// One zip, each workbook stored in it as it is: their parts are deflated already.
    fn write_archive<'n>(
        &self,
        holders: &[HolderIx],
        name: &(impl Fn(HolderIx) -> &'n str + Sync),
        stamp: &(impl Fn(&Layout, HolderIx) -> io::Result<Vec<u8>> + Sync),
    ) -> io::Result<()> {
        let mut archive = Archive::new(self.folder.create(ARCHIVE)?);
        for batch in holders.chunks(BATCH) {
            let stamped: Vec<io::Result<Vec<u8>>> =
                batch.par_iter().map(|holder| stamp(self.layout, *holder)).collect();
            for (holder, bytes) in batch.iter().zip(stamped) {
                archive.add(&format!("{}.xlsx", name(*holder)), &bytes?)?;
                (self.written)(1)?;
            }
        }
        archive.finish()?.finish()
    }
}

/// A zip of workbooks stored as they are, written as a stream. Time stamps and modes are fixed, so the same files give
/// the same bytes.
pub struct Archive<W: Write>(ZipWriter<StreamWriter<W>>);

impl<W: Write> Archive<W> {
    pub fn new(out: W) -> Self {
        Self(ZipWriter::new_stream(out))
    }

    /// Adds a file that its owner alone may read.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600);
        self.0.start_file(name, options)?;
        self.0.write_all(bytes)
    }

    /// Writes the directory, and gives back what was written to.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.0.finish()?.into_inner())
    }
}

/// A file name has at most so many letters of a holder's id.
const LONGEST: usize = 100;
/// Names that Windows keeps for devices, with any extension.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The file names (without extension) of these ids, in their order. Unsafe characters are replaced, and a short hash of
/// the id is added whenever that changed the name or two names would be one on a system that does not tell case apart.
pub fn safe_names<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<(&str, String)> = ids.map(|id| (id, safe(id))).collect();
    let mut seen: HashMap<String, u32> = HashMap::with_capacity(names.len());
    for (_, name) in &names {
        *seen.entry(name.to_ascii_lowercase()).or_insert(0) += 1;
    }
    let collides = |name: &str| seen.get(&name.to_ascii_lowercase()).is_some_and(|count| *count > 1);
    let name = |(id, name): (&str, String)| if name != id || collides(&name) { hashed(&name, id) } else { name };
    names.into_iter().map(name).collect()
}

fn hashed(name: &str, id: &str) -> String {
    format!("{name}~{}", &sha256::of_bytes(id.as_bytes())[..10])
}

fn safe(id: &str) -> String {
    let replaced: String = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' })
        .take(LONGEST)
        .collect();
    let trimmed = replaced.trim_matches(['.', ' ']);
    let stem = trimmed.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    if trimmed.is_empty() || RESERVED.contains(&stem.as_str()) { format!("_{trimmed}") } else { trimmed.to_owned() }
}
