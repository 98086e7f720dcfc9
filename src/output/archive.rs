//! A zip of files stored as they are, written as a stream: `holders.zip`, of any number of workbooks.
//!
//! A writer for this one shape: fixed time stamps, readable by the owner alone, zip64 only where it is needed
//! (APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16), so the same files give the same bytes.

use std::io::{self, Write};

/// A file to be stored.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name; ASCII.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    crc: u32,
}

impl Entry {
    /// A file; its checksum is computed here, on the caller's thread.
    pub(crate) fn new(name: String, bytes: Vec<u8>) -> Self {
        let crc = crc32fast::hash(&bytes);
        Self { name, bytes, crc }
    }
}

/// Version 2.0, and 4.5 where zip64 is used.
const PLAIN: u16 = 20;
const ZIP64: u16 = 45;
/// Made on Unix, where the attributes are a mode: a regular file, read and written by its owner.
const UNIX: u16 = 3 << 8;
const MODE: u32 = 0o100_600 << 16;
/// 1 January 1980, 0:00.
const TIME_AND_DATE: [u8; 4] = [0, 0, 0x21, 0];
const FULL16: u64 = 0xFFFF;
const FULL32: u64 = 0xFFFF_FFFF;

/// A zip being written.
pub(crate) struct Archive<W: Write> {
    out: W,
    offset: u64,
    directory: Vec<u8>,
    count: u64,
}

impl<W: Write> Archive<W> {
    /// A zip that is written to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self { out, offset: 0, directory: Vec::new(), count: 0 }
    }

    /// Adds a file.
    /// Errors: The machine's; a file of 4 GiB or more, or with a name of 64 KiB.
    pub(crate) fn add(&mut self, entry: &Entry) -> io::Result<()> {
        let size = u32::try_from(entry.bytes.len()).map_err(io::Error::other)?;
        let name = u16::try_from(entry.name.len()).map_err(io::Error::other)?;
        // Version to extract, no flags, stored, …
        let mut common = vec![0, 0, 0, 0, 0, 0];
        common.extend_from_slice(&TIME_AND_DATE);
        common.extend_from_slice(&entry.crc.to_le_bytes());
        common.extend_from_slice(&size.to_le_bytes());
        common.extend_from_slice(&size.to_le_bytes());
        common.extend_from_slice(&name.to_le_bytes());
        let version = |common: &mut Vec<u8>, version: u16| common.splice(..2, version.to_le_bytes()).for_each(drop);

        version(&mut common, PLAIN);
        let mut header = b"PK\x03\x04".to_vec();
        header.extend_from_slice(&common);
        header.extend_from_slice(&[0; 2]);
        header.extend_from_slice(entry.name.as_bytes());
        self.out.write_all(&header)?;
        self.out.write_all(&entry.bytes)?;

        let far = self.offset >= FULL32;
        let needed = if far { ZIP64 } else { PLAIN };
        version(&mut common, needed);
        let directory = &mut self.directory;
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&(UNIX | needed).to_le_bytes());
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&(if far { 12u16 } else { 0 }).to_le_bytes());
        // No comment, first disk, no internal attributes.
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&MODE.to_le_bytes());
        directory.extend_from_slice(&capped32(self.offset));
        directory.extend_from_slice(entry.name.as_bytes());
        if far {
            directory.extend_from_slice(&[1, 0, 8, 0]);
            directory.extend_from_slice(&self.offset.to_le_bytes());
        }
        self.offset += (header.len() + entry.bytes.len()) as u64;
        self.count += 1;
        Ok(())
    }

    /// Writes the directory, and gives back what was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let (start, size) = (self.offset, self.directory.len() as u64);
        let mut end = std::mem::take(&mut self.directory);
        if self.count >= FULL16 || start >= FULL32 || size >= FULL32 {
            end.extend_from_slice(b"PK\x06\x06");
            end.extend_from_slice(&44u64.to_le_bytes());
            end.extend_from_slice(&(UNIX | ZIP64).to_le_bytes());
            end.extend_from_slice(&ZIP64.to_le_bytes());
            end.extend_from_slice(&[0; 8]);
            for number in [self.count, self.count, size, start] {
                end.extend_from_slice(&number.to_le_bytes());
            }
            end.extend_from_slice(b"PK\x06\x07\0\0\0\0");
            end.extend_from_slice(&(start + size).to_le_bytes());
            end.extend_from_slice(&1u32.to_le_bytes());
        }
        end.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        for number in [self.count, self.count] {
            end.extend_from_slice(&u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes());
        }
        end.extend_from_slice(&capped32(size));
        end.extend_from_slice(&capped32(start));
        end.extend_from_slice(&[0; 2]);
        self.out.write_all(&end)?;
        Ok(self.out)
    }
}

fn capped32(number: u64) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn read_back(bytes: Vec<u8>) -> zip::ZipArchive<io::Cursor<Vec<u8>>> {
        zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn what_is_stored_is_read_back_by_others() {
        let mut archive = Archive::new(Vec::new());
        for (name, text) in [("a.xlsx", "first"), ("b.xlsx", ""), ("c.xlsx", "third")] {
            archive.add(&Entry::new(name.to_owned(), text.as_bytes().to_vec())).unwrap();
        }
        let mut zip = read_back(archive.finish().unwrap());
        let mut text = String::new();
        let mut third = zip.by_name("c.xlsx").unwrap();
        assert_eq!(third.unix_mode(), Some(0o100_600));
        third.read_to_string(&mut text).unwrap();
        drop(third);
        assert_eq!((zip.len(), text.as_str()), (3, "third"));
    }

    #[test]
    fn past_65_535_files_and_past_4_gib_the_directory_is_zip64() {
        let mut archive = Archive::new(Vec::new());
        for number in 0..70_000 {
            archive.add(&Entry::new(format!("{number}"), Vec::new())).unwrap();
        }
        assert_eq!(read_back(archive.finish().unwrap()).len(), 70_000);
        let mut far = Archive { out: io::sink(), offset: FULL32 + 5, directory: Vec::new(), count: 0 };
        far.add(&Entry::new("far".to_owned(), vec![1])).unwrap();
        let extra = &far.directory[far.directory.len() - 12..];
        assert_eq!((&extra[..4], &extra[4..]), (&[1, 0, 8, 0][..], &(FULL32 + 5).to_le_bytes()[..]));
    }

    #[test]
    fn an_empty_zip_is_a_zip() {
        assert_eq!(read_back(Archive::new(Vec::new()).finish().unwrap()).len(), 0);
    }
}
