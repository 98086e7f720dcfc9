//! The holders' workbooks: a file each in `holders/`, or all in `holders.zip`.

use super::folder::{Folder, HashedFile};
use super::xlsx::statement::Layout;
use crate::model::Case;
use crate::model::register::HolderIx;
use rayon::prelude::*;
use std::io::{self, Write};

/// Workbooks stamped at a time before they go into the archive, which bounds the memory.
const BATCH: usize = 4_096;

/// Which workbooks are written, and how.
pub struct Books<'a> {
    /// The folder they go into.
    pub folder: &'a Folder,
    /// What they are stamped from.
    pub layout: &'a Layout,
    /// Only these holders; everybody where none.
    pub only: Option<&'a [HolderIx]>,
    /// In one zip.
    pub archive: bool,
    /// Told how many were written.
    pub written: &'a (dyn Fn(usize) + Sync),
}

/// The file name of each holder's workbook, by holder.
#[must_use]
pub fn file_names(case: &Case) -> Vec<String> {
    super::file_name::file_names((0..case.register.holder_count()).map(|holder| case.register.id(holder)))
}

impl Books<'_> {
    /// Writes the workbooks of `holders`, which are in order and each there once.
    ///
    /// # Errors
    /// The machine's.
    pub fn write(
        &self,
        case: &Case,
        holders: &[HolderIx],
        stamp: impl Fn(&Layout, HolderIx) -> io::Result<Vec<u8>> + Sync,
    ) -> io::Result<()> {
        let names = file_names(case);
        let wanted = |holder: &HolderIx| self.only.is_none_or(|only| only.contains(holder));
        let holders: Vec<HolderIx> = holders.iter().copied().filter(wanted).collect();
        let name = |holder: HolderIx| names.get(holder as usize).map_or("", String::as_str);
        if self.archive {
            return self.write_archive(&holders, &name, &stamp);
        }
        holders.par_iter().try_for_each(|holder| {
            let bytes = stamp(self.layout, *holder)?;
            self.folder.write(&format!("holders/{}.xlsx", name(*holder)), &bytes)?;
            (self.written)(1);
            Ok(())
        })
    }

    /// One zip, each workbook stored in it as it is: their parts are deflated already.
    fn write_archive<'n>(
        &self,
        holders: &[HolderIx],
        name: &(impl Fn(HolderIx) -> &'n str + Sync),
        stamp: &(impl Fn(&Layout, HolderIx) -> io::Result<Vec<u8>> + Sync),
    ) -> io::Result<()> {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .unix_permissions(0o600)
            .last_modified_time(zip::DateTime::default());
        let file: HashedFile = self.folder.create("holders.zip")?;
        let mut archive = zip::ZipWriter::new_stream(file);
        for batch in holders.chunks(BATCH) {
            let stamped: Vec<io::Result<Vec<u8>>> =
                batch.par_iter().map(|holder| stamp(self.layout, *holder)).collect();
            for (holder, bytes) in batch.iter().zip(stamped) {
                archive.start_file(format!("{}.xlsx", name(*holder)), options).map_err(io::Error::other)?;
                archive.write_all(&bytes?)?;
                (self.written)(1);
            }
        }
        archive.finish().map_err(io::Error::other)?.into_inner().finish()
    }
}
