//! A workbook as a zip of parts: read for its parts as they are deflated, written by copying them.
//!
//! The writer is for this one shape: no zip64, fixed time stamps, so the same parts give the same bytes. It is our own
//! since statements are stamped by the ten thousand: the `zip` crate's takes 31 µs more for each. A sheet with very many
//! rows goes out as it is made, its sizes behind it, so that it is never held in memory.

use flate2::{Compress, Compression, FlushCompress, Status};
use std::cell::Cell;
use std::io::{self, Read, Write};

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
    pub bytes: Vec<u8>,
}

impl Part {
    /// Deflates a part that is made once and copied many times, as small as can be.
    /// Errors: Where it is over 4 GiB, or deflating fails.
    pub fn deflate(name: &str, plain: &[u8]) -> io::Result<Self> {
        let (mut bytes, size) = (Vec::new(), u32::try_from(plain.len()).map_err(io::Error::other)?);
        compress_onto(&mut Compress::new(Compression::best(), false), plain, &mut bytes, FlushCompress::Finish)?;
        Ok(Self { name: name.to_owned(), deflated: true, crc: crc32fast::hash(plain), size, bytes })
    }

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

/// How hard parts are deflated that are made anew each time: at 1, the rows of a large sheet take a third of the time that
/// 6 takes, and 1.4 times the bytes; a statement takes 40 % of the time that 2 takes.
const LEVEL: Compression = Compression::new(1);

thread_local! {
    /// A compressor is 300 KB of tables: one a thread, reset between parts.
    static COMPRESSOR: Cell<Option<Compress>> = const { Cell::new(None) };
}

/// Does `work` with the thread's compressor; with another one, should `work` come back here.
fn with_compressor<T>(work: impl FnOnce(&mut Compress) -> T) -> T {
    let mut compress = COMPRESSOR.take().unwrap_or_else(|| Compress::new(LEVEL, false));
    compress.reset();
    let result = work(&mut compress);
    COMPRESSOR.set(Some(compress));
    result
}

fn compress_onto(compress: &mut Compress, plain: &[u8], out: &mut Vec<u8>, flush: FlushCompress) -> io::Result<()> {
    let finish = matches!(flush, FlushCompress::Finish);
    let mut rest = plain;
    loop {
        out.reserve(rest.len() / 5 + 256);
        let before = compress.total_in();
        let status = compress.compress_vec(rest, out, flush).map_err(io::Error::other)?;
        let taken = usize::try_from(compress.total_in() - before).map_err(io::Error::other)?;
        rest = rest.get(taken..).unwrap_or_default();
        let has_room = out.len() < out.capacity();
        if if finish { status == Status::StreamEnd } else { rest.is_empty() && has_room } {
            return Ok(());
        }
    }
}

/// A piece of a part that is deflated by itself, up to a byte boundary: pieces stand one after the other in the part, so
/// several threads can make one large sheet, and what all statements begin with is deflated once.
#[derive(Clone, Debug, Default)]
pub struct DeflatedPiece {
    pub bytes: Vec<u8>,
    pub crc: crc32fast::Hasher,
    size: u64,
}

impl DeflatedPiece {
    /// Of some bytes, block by block; the last of its part, or one for another to follow.
    pub fn new(blocks: impl Iterator<Item = impl AsRef<[u8]>>, is_last: bool) -> io::Result<Self> {
        let (mut bytes, mut crc, mut size) = (Vec::new(), crc32fast::Hasher::new(), 0);
        with_compressor(|compress| {
            for block in blocks {
                crc.update(block.as_ref());
                size += block.as_ref().len() as u64;
                compress_onto(compress, block.as_ref(), &mut bytes, FlushCompress::None)?;
            }
            compress_onto(compress, b"", &mut bytes, if is_last { FlushCompress::Finish } else { FlushCompress::Sync })
        })?;
        // A copy, so that the spare capacity goes back and the next piece grows there.
        Ok(Self { bytes: bytes.as_slice().to_vec(), crc, size })
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
        let overlaps = || io::Error::other("its parts together are larger than it is");
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
    /// How many bytes stand before `out`, and are written already.
    before: usize,
    directory: Vec<u8>,
    count: u16,
}

impl Writer {
    /// A zip that is going to take about `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { out: Vec::with_capacity(capacity), ..Self::default() }
    }

    pub fn copy(&mut self, part: &Part) {
        let method = if part.deflated { DEFLATED } else { STORED };
        self.list(&part.name, method, sums(part.crc, part.bytes.len(), part.size));
        self.out.extend_from_slice(&part.bytes);
    }

    /// Deflates a part into the zip: what stands after a head that is deflated already.
    /// Errors: Where it is over 4 GiB, or deflating fails.
    pub fn deflate(&mut self, name: &str, head: &DeflatedPiece, rest: &[u8]) -> io::Result<()> {
        let places = self.list(name, DEFLATED, [0; 12]);
        let start = self.out.len();
        self.out.extend_from_slice(&head.bytes);
        with_compressor(|compress| compress_onto(compress, rest, &mut self.out, FlushCompress::Finish))?;
        let mut crc = head.crc.clone();
        crc.update(rest);
        let size = u32::try_from(head.size + rest.len() as u64).map_err(io::Error::other)?;
        self.fill_in(places, sums(crc.finalize(), self.out.len() - start, size));
        Ok(())
    }

    /// Writes what there is so far, and then a part in the pieces that `make` hands over, as it makes them.
    pub(crate) fn stream(
        &mut self,
        name: &str,
        out: &mut (dyn Write + Send),
        make: impl FnOnce(&mut TakesPiece) -> io::Result<()>,
    ) -> io::Result<()> {
        let (_, listed) = self.list(name, STREAMED, [0; 12]);
        out.write_all(&self.out)?;
        let (mut crc, mut size, mut stored) = (crc32fast::Hasher::new(), 0, 0);
        make(&mut |piece| {
            crc.combine(&piece.crc);
            size += piece.size;
            stored += piece.bytes.len();
            out.write_all(&piece.bytes)
        })?;
        let sums = sums(crc.finalize(), stored, u32::try_from(size).map_err(io::Error::other)?);
        self.before += self.out.len() + stored;
        self.out.clear();
        self.out.extend_from_slice(b"PK\x07\x08");
        self.out.extend_from_slice(&[0; 12]);
        self.fill_in((4, listed), sums);
        Ok(())
    }

    /// Begins a part, and lists it in the directory; gives the places of its checksum and sizes in both.
    fn list(&mut self, name: &str, [flags, method]: [u8; 2], sums: [u8; 12]) -> (usize, usize) {
        let (place, listed) = (self.out.len(), self.directory.len());
        let offset = word(self.before + place);
        let mut header = [0; 26];
        // Version needed, flags, method, and 1 January 1980, 0:00.
        header[..10].copy_from_slice(&[20, 0, flags, 0, method, 0, 0, 0, 0x21, 0]);
        header[10..22].copy_from_slice(&sums);
        header[22..24].copy_from_slice(&u16::try_from(name.len()).expect("names of parts are short").to_le_bytes());
        for bytes in [&b"PK\x01\x02\x14\0"[..], &header, &[0; 10], &offset, name.as_bytes()] {
            self.directory.extend_from_slice(bytes);
        }
        for bytes in [&b"PK\x03\x04"[..], &header, name.as_bytes()] {
            self.out.extend_from_slice(bytes);
        }
        self.count = self.count.checked_add(1).expect("a workbook has fewer than 2^16 parts");
        (place + 14, listed + 16)
    }

    fn fill_in(&mut self, (place, listed): (usize, usize), sums: [u8; 12]) {
        self.out[place..place + 12].copy_from_slice(&sums);
        self.directory[listed..listed + 12].copy_from_slice(&sums);
    }

    /// The zip from where it is written already to its end.
    pub fn finish(mut self) -> Vec<u8> {
        let start = self.before + self.out.len();
        self.out.extend_from_slice(&self.directory);
        self.out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        self.out.extend_from_slice(&self.count.to_le_bytes());
        self.out.extend_from_slice(&self.count.to_le_bytes());
        self.out.extend_from_slice(&word(self.directory.len()));
        self.out.extend_from_slice(&word(start));
        self.out.extend_from_slice(&[0; 2]);
        self.out
    }
}

/// What takes a part's pieces, one after the other.
pub(crate) type TakesPiece<'a> = dyn FnMut(DeflatedPiece) -> io::Result<()> + Send + 'a;

/// A part's flags, and how it is compressed.
const STORED: [u8; 2] = [0, 0];
const DEFLATED: [u8; 2] = [0, 8];
/// Its checksum and sizes stand behind it.
const STREAMED: [u8; 2] = [8, 8];

/// A part's checksum, and how many bytes it has in the zip and unpacked.
fn sums(crc: u32, stored: usize, size: u32) -> [u8; 12] {
    let mut sums = [0; 12];
    sums[..4].copy_from_slice(&crc.to_le_bytes());
    sums[4..8].copy_from_slice(&word(stored));
    sums[8..].copy_from_slice(&size.to_le_bytes());
    sums
}

fn word(n: usize) -> [u8; 4] {
    u32::try_from(n).expect("a workbook is smaller than 4 GiB").to_le_bytes()
}
