//! A workbook as a zip of parts: read for its parts as they are deflated, written by copying them.
//!
//! A writer for this one shape: no zip64, fixed time stamps, so the same parts give the same bytes.

use super::deflate::Code;
use flate2::{Compress, Compression, FlushCompress, Status};
use std::cell::RefCell;
use std::io::{self, Read};

/// A part of a workbook, as it stands in the zip.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name, such as `xl/styles.xml`.
    pub name: String,
    /// Whether the bytes are deflated (else stored).
    pub deflated: bool,
    /// The CRC-32 of the plain bytes.
    pub crc: u32,
    /// How many plain bytes there are.
    pub size: u32,
    /// The bytes in the zip.
    pub bytes: Vec<u8>,
}

impl Part {
    /// Deflates a part.
    /// Errors: Where it is over 4 GiB, or deflating fails.
    pub fn deflate(name: &str, plain: &[u8]) -> io::Result<Self> {
        let mut bytes = Vec::new();
        deflate(plain, &mut bytes)?;
        let size = u32::try_from(plain.len()).map_err(io::Error::other)?;
        Ok(Self { name: name.to_owned(), deflated: true, crc: crc32fast::hash(plain), size, bytes })
    }

    /// The plain bytes.
    /// Errors: Where the bytes are damaged.
    pub fn plain(&self) -> io::Result<Vec<u8>> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, format!("{} is damaged", self.name));
        let plain = if self.deflated {
            // Of the size that the zip claims no more is believed than what a real part would unpack to.
            let mut out = Vec::with_capacity((self.size as usize).min(self.bytes.len().saturating_mul(16)));
            let unpacked = flate2::read::DeflateDecoder::new(self.bytes.as_slice());
            unpacked.take(u64::from(self.size) + 1).read_to_end(&mut out).map_err(|_| damaged())?;
            out
        } else {
            self.bytes.clone()
        };
        let whole = plain.len() == self.size as usize && crc32fast::hash(&plain) == self.crc;
        if whole { Ok(plain) } else { Err(damaged()) }
    }
}

/// A stretch of deflated bytes: flushed to a byte boundary, stretches stand one after the other in a part.
pub struct Stretch {
    compress: Option<Compress>,
    bytes: Vec<u8>,
    crc: crc32fast::Hasher,
    size: u64,
}

/// How hard [`Stretch`] tries: at 1, 370 MB of rows take a third of the time that 6 takes, and 1.4 times the room.
const STRETCH_LEVEL: u32 = 1;

impl Default for Stretch {
    fn default() -> Self {
        Self::empty()
    }
}

impl Stretch {
    /// An empty one.
    pub fn new() -> Self {
        Self::empty()
    }

    fn empty() -> Self {
        let compress = Compress::new(Compression::new(STRETCH_LEVEL), false);
        Self { compress: Some(compress), bytes: Vec::new(), crc: crc32fast::Hasher::new(), size: 0 }
    }

    /// Deflates more bytes.
    /// Errors: Where deflating fails.
    pub fn deflate(&mut self, plain: &[u8]) -> io::Result<()> {
        self.crc.update(plain);
        self.size += plain.len() as u64;
        self.run(plain, FlushCompress::None)
    }

    /// Ends it at a byte boundary, for another stretch to follow.
    /// Errors: Where deflating fails.
    pub fn flush(&mut self) -> io::Result<()> {
        self.run(b"", FlushCompress::Sync)?;
        self.compress = None;
        // A copy, so that the room to grow in goes back whole and the next stretch grows there.
        self.bytes = self.bytes.as_slice().to_vec();
        Ok(())
    }

    /// Ends it as the last of its part.
    /// Errors: Where deflating fails.
    pub fn finish(&mut self) -> io::Result<()> {
        self.run(b"", FlushCompress::Finish)?;
        self.compress = None;
        Ok(())
    }

    fn run(&mut self, plain: &[u8], flush: FlushCompress) -> io::Result<()> {
        let Some(compress) = &mut self.compress else { return Err(io::Error::other("the stretch is at its end")) };
        let mut rest = plain;
        loop {
            self.bytes.reserve(rest.len() / 6 + 256);
            let before = compress.total_in();
            let status = compress.compress_vec(rest, &mut self.bytes, flush).map_err(io::Error::other)?;
            let taken = usize::try_from(compress.total_in() - before).map_err(io::Error::other)?;
            rest = rest.get(taken..).unwrap_or(b"");
            let has_room = self.bytes.len() < self.bytes.capacity();
            let done = matches!(flush, FlushCompress::Finish) && status == Status::StreamEnd;
            if done || (!matches!(flush, FlushCompress::Finish) && rest.is_empty() && has_room) {
                return Ok(());
            }
        }
    }
}

/// The parts of a zip, in its order; folders are left out.
/// Errors: Where it is no zip, or holds what no spreadsheet writes (other methods, encryption).
pub fn read(bytes: &[u8]) -> io::Result<Vec<Part>> {
    let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).map_err(io::Error::other)?;
    let mut parts = Vec::with_capacity(archive.len());
    let mut left = bytes.len() as u64;
    for at in 0..archive.len() {
        let mut file = archive.by_index_raw(at).map_err(io::Error::other)?;
        if file.is_dir() {
            continue;
        }
        let overlaps = || io::Error::other("its parts take more room than it has");
        left = left.checked_sub(file.compressed_size()).ok_or_else(overlaps)?;
        let name = file.name().map_err(io::Error::other)?.into_owned();
        let deflated = match file.compression() {
            zip::CompressionMethod::Stored => false,
            zip::CompressionMethod::Deflated => true,
            other => return Err(io::Error::other(format!("{name} is compressed by {other}"))),
        };
        if file.encrypted() {
            return Err(io::Error::other(format!("{name} is encrypted")));
        }
        let (size, crc) = (u32::try_from(file.size()).map_err(io::Error::other)?, file.crc32());
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        parts.push(Part { name, deflated, crc, size, bytes: content });
    }
    Ok(parts)
}

/// More parts than any layout has, and more than they unpack to all together.
const FOREIGN_PARTS: usize = 1_000;
const FOREIGN_SIZE: u64 = 128 << 20;

/// The parts of a zip that somebody else made: each is whole, and all together unpack to what a layout may take.
/// Errors: As [`read`]; where a part is damaged, or there is too much of them.
pub(crate) fn read_foreign(bytes: &[u8]) -> io::Result<Vec<Part>> {
    let parts = read(bytes)?;
    if parts.len() > FOREIGN_PARTS {
        return Err(io::Error::other(format!("it has {} parts", parts.len())));
    }
    let size: u64 = parts.iter().map(|part| u64::from(part.size)).sum();
    if size > FOREIGN_SIZE {
        return Err(io::Error::other(format!("it unpacks to {} MB", size >> 20)));
    }
    parts.iter().try_for_each(|part| part.plain().map(drop))?;
    Ok(parts)
}

/// A zip being written.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    /// What stands before `out`, in pieces that were taken as they are, and how long that is.
    before: Vec<Vec<u8>>,
    before_len: usize,
    directory: Vec<u8>,
    count: u16,
}

impl Writer {
    /// A zip that is going to take about `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { out: Vec::with_capacity(capacity), ..Self::default() }
    }

    /// Copies a part as it is.
    pub fn copy(&mut self, part: &Part) {
        self.begin(&part.name, part.deflated);
        self.out.extend_from_slice(&part.bytes);
        self.end(&part.name, part.deflated, part.crc, part.size, part.bytes.len());
    }

    /// Deflates a part into the zip.
    /// Errors: Where it is over 4 GiB, or deflating fails.
    pub fn deflate(&mut self, name: &str, plain: &[u8]) -> io::Result<()> {
        self.begin(name, true);
        let start = self.out.len();
        deflate(plain, &mut self.out)?;
        let size = u32::try_from(plain.len()).map_err(io::Error::other)?;
        self.end(name, true, crc32fast::hash(plain), size, self.out.len() - start);
        Ok(())
    }

    /// Deflates a part into the zip with a code made beforehand; `table` is scratch.
    /// Errors: Where it is over 4 GiB.
    pub fn deflate_with(&mut self, code: &Code, table: &mut Vec<u32>, name: &str, plain: &[u8]) -> io::Result<()> {
        self.begin(name, true);
        let start = self.out.len();
        code.deflate(plain, table, &mut self.out);
        let size = u32::try_from(plain.len()).map_err(io::Error::other)?;
        self.end(name, true, crc32fast::hash(plain), size, self.out.len() - start);
        Ok(())
    }

    fn begin(&mut self, name: &str, deflated: bool) {
        self.out.extend_from_slice(b"PK\x03\x04");
        fixed_header(&mut self.out, deflated);
        // CRC and sizes are filled in at the end.
        self.out.extend_from_slice(&[0; 12]);
        self.out.extend_from_slice(&short(name.len()));
        self.out.extend_from_slice(&[0; 2]);
        self.out.extend_from_slice(name.as_bytes());
    }

    fn end(&mut self, name: &str, deflated: bool, crc: u32, size: u32, stored: usize) {
        let place = self.out.len() - stored - name.len() - 30;
        self.note(name, deflated, crc, size, stored, place);
    }

    /// Fills in a part's header, which begins at `place`, and notes the part in the directory.
    fn note(&mut self, name: &str, deflated: bool, crc: u32, size: u32, stored: usize, place: usize) {
        let start = self.before_len + place;
        let mut sums = [0u8; 12];
        sums[..4].copy_from_slice(&crc.to_le_bytes());
        sums[4..8].copy_from_slice(&word(stored));
        sums[8..].copy_from_slice(&size.to_le_bytes());
        if let Some(place) = self.out.get_mut(place + 14..place + 26) {
            place.copy_from_slice(&sums);
        }
        let directory = &mut self.directory;
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        fixed_header(directory, deflated);
        directory.extend_from_slice(&sums);
        directory.extend_from_slice(&short(name.len()));
        directory.extend_from_slice(&[0; 12]);
        directory.extend_from_slice(&word(start));
        directory.extend_from_slice(name.as_bytes());
        self.count = self.count.saturating_add(1);
    }

    /// Takes a part of several stretches as they are, without a copy of what may be many megabytes.
    /// Errors: Where it is over 4 GiB.
    pub fn stretches(&mut self, name: &str, stretches: Vec<Stretch>) -> io::Result<()> {
        let place = self.out.len();
        self.begin(name, true);
        let mut crc = crc32fast::Hasher::new();
        for stretch in &stretches {
            crc.combine(&stretch.crc);
        }
        let size = stretches.iter().map(|stretch| stretch.size).sum::<u64>();
        let stored = stretches.iter().map(|stretch| stretch.bytes.len()).sum();
        let size = u32::try_from(size).map_err(io::Error::other)?;
        self.note(name, true, crc.finalize(), size, stored, place);
        let out = std::mem::take(&mut self.out);
        self.before_len += out.len() + stored;
        self.before.push(out);
        self.before.extend(stretches.into_iter().map(|stretch| stretch.bytes));
        Ok(())
    }

    /// The whole zip.
    pub fn finish(self) -> Vec<u8> {
        let mut pieces = self.finish_in_pieces();
        if pieces.len() == 1 { pieces.pop().unwrap_or_default() } else { pieces.concat() }
    }

    /// The whole zip, in pieces that stand one after the other.
    pub fn finish_in_pieces(mut self) -> Vec<Vec<u8>> {
        let start = self.before_len + self.out.len();
        self.out.extend_from_slice(&self.directory);
        self.out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        self.out.extend_from_slice(&self.count.to_le_bytes());
        self.out.extend_from_slice(&self.count.to_le_bytes());
        self.out.extend_from_slice(&word(self.directory.len()));
        self.out.extend_from_slice(&word(start));
        self.out.extend_from_slice(&[0; 2]);
        self.before.push(self.out);
        self.before
    }
}

/// Version needed, flags, method, and 1 January 1980, 0:00.
fn fixed_header(out: &mut Vec<u8>, deflated: bool) {
    out.extend_from_slice(&[20, 0, 0, 0, if deflated { 8 } else { 0 }, 0, 0, 0, 0x21, 0]);
}

fn short(n: usize) -> [u8; 2] {
    u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes()
}

fn word(n: usize) -> [u8; 4] {
    u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes()
}

thread_local! {
    /// A compressor is 300 KB of tables: one a thread, reset between parts.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(2), false));
}

/// Deflates `plain` onto the end of `out`.
fn deflate(plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    COMPRESSOR.with_borrow_mut(|compress| {
        compress.reset();
        let mut rest = plain;
        loop {
            out.reserve(rest.len() / 3 + 256);
            let before = compress.total_in();
            let status = compress.compress_vec(rest, out, FlushCompress::Finish).map_err(io::Error::other)?;
            let taken = usize::try_from(compress.total_in() - before).map_err(io::Error::other)?;
            rest = rest.get(taken..).unwrap_or(b"");
            if status == Status::StreamEnd {
                return Ok(());
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut writer = Writer::with_capacity(100);
        let text = b"<row/>".repeat(10_000);
        writer.deflate("xl/sheet.xml", &text).unwrap();
        writer.copy(&Part {
            name: "a.bin".into(),
            deflated: false,
            crc: crc32fast::hash(b"abc"),
            size: 3,
            bytes: b"abc".to_vec(),
        });
        writer.copy(&Part::deflate("b.xml", b"<b/>").unwrap());
        let parts = read(&writer.finish()).unwrap();
        let plain: Vec<(String, Vec<u8>)> = parts.iter().map(|p| (p.name.clone(), p.plain().unwrap())).collect();
        let expected = [("xl/sheet.xml", text.as_slice()), ("a.bin", b"abc"), ("b.xml", b"<b/>")];
        assert!(plain.iter().zip(expected).all(|((name, bytes), (n, b))| name == n && bytes == b));
        assert_eq!(plain.len(), 3);
    }
}
