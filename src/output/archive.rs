//! `holders.zip`: workbooks stored as they are, written as a stream. Time stamps and modes are fixed, so the same files
//! give the same bytes.

use std::io::{self, Write};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

pub(crate) struct Archive<W: Write>(ZipWriter<StreamWriter<W>>);

impl<W: Write> Archive<W> {
    /// A zip that is written to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self(ZipWriter::new_stream(out))
    }

    /// Adds a file that its owner alone may read.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600);
        self.0.start_file(name, options)?;
        self.0.write_all(bytes)
    }

    /// Writes the directory, and gives back what was written to.
    pub(crate) fn finish(self) -> io::Result<W> {
        Ok(self.0.finish()?.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read};

    #[test]
    fn what_is_stored_is_read_back_however_many_files_there_are() {
        let mut archive = Archive::new(Vec::new());
        for number in 0..70_000 {
            archive.add(&format!("{number}.xlsx"), if number == 2 { b"third" } else { b"" }).unwrap();
        }
        let mut zip = zip::ZipArchive::new(Cursor::new(archive.finish().unwrap())).unwrap();
        let (mut text, count) = (String::new(), zip.len());
        let mut third = zip.by_name("2.xlsx").unwrap();
        third.read_to_string(&mut text).unwrap();
        assert_eq!((third.unix_mode(), text.as_str(), count), (Some(0o100_600), "third", 70_000));
    }

    #[test]
    fn an_empty_zip_is_a_zip() {
        let bytes = Archive::new(Vec::new()).finish().unwrap();
        assert_eq!(zip::ZipArchive::new(Cursor::new(bytes)).unwrap().len(), 0);
    }
}
