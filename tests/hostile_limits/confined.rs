//! The program under limits, and workbooks that are made quickly, however much they unpack to.

use crate::machine::{Came, Machine, skipped};
use flate2::{Compress, Compression, FlushCompress};
use ratable::internals::output::{Part, Writer, read};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// A gigabyte of addresses, in kilobytes; and seconds of processors, of which a build for tests takes more.
pub const LIMITS: (u32, u32) = (1 << 20, if cfg!(debug_assertions) { 60 } else { 10 });

/// A machine whose programs can be confined; none, and said so, where the system cannot.
pub fn confined(test: &str) -> Option<Machine> {
    let machine = Machine::new();
    let greedy = "dd if=/dev/zero of=/dev/null bs=1500M count=1";
    let is_refused = machine.shell(&format!("ulimit -v {} && {greedy}", LIMITS.0)).code != Some(0);
    if is_refused && machine.shell(greedy).code == Some(0) {
        return Some(machine);
    }
    skipped(test, "this machine cannot limit a program's memory");
    None
}

/// Checks a case under the limits.
pub fn check(machine: &Machine, case: &str) -> Came {
    let (memory, seconds) = LIMITS;
    let start = Instant::now();
    let came =
        machine.shell(&format!("ulimit -v {memory} -t {seconds}; exec $ratable check {case} --format json --jobs 2"));
    println!("{case}: {:.1} s", start.elapsed().as_secs_f64());
    came
}

/// That it ends with this problem, which names the file.
#[track_caller]
pub fn refused(machine: &Machine, case: &str, code: &str) {
    let file = Path::new(case).file_name().unwrap_or_default().to_string_lossy().into_owned();
    check(machine, case).with(3).says(&format!("\"code\":\"{code}\"")).says(&format!("\"file\":\"{file}\""));
}

pub fn fixture(name: &str) -> Vec<Part> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(name);
    read(&fs::read(path).unwrap()).unwrap()
}

/// A piece of a part.
pub enum Piece<'a> {
    Once(&'a str),
    /// Again and again, deflated once and then copied.
    Times(u64, &'a str),
    /// Megabytes that do not deflate, in a comment.
    Noise(usize),
}
use Piece::{Noise, Once, Times};

/// Deflated bytes that end at a byte, so that more can follow.
struct Stretch {
    bytes: Vec<u8>,
    crc: crc32fast::Hasher,
    size: u64,
}

impl Stretch {
    fn new(plain: &[u8], flush: FlushCompress) -> Self {
        let mut bytes = Vec::with_capacity(plain.len() + plain.len() / 8 + 1024);
        let mut compress = Compress::new(Compression::fast(), false);
        compress.compress_vec(plain, &mut bytes, flush).unwrap();
        assert_eq!(compress.total_in(), plain.len() as u64);
        let mut crc = crc32fast::Hasher::new();
        crc.update(plain);
        Self { bytes, crc, size: plain.len() as u64 }
    }

    fn append(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
        self.crc.combine(&other.crc);
        self.size += other.size;
    }
}

/// A part that is made of pieces, quickly, however large.
pub fn part(name: &str, pieces: &[Piece]) -> Part {
    const BLOCK: u64 = 1 << 20;
    let deflated = |bytes: &[u8]| Stretch::new(bytes, FlushCompress::Sync);
    let mut whole = deflated(b"");
    for piece in pieces {
        match piece {
            Once(text) => whole.append(&deflated(text.as_bytes())),
            Times(times, text) => {
                let in_block = BLOCK / text.len() as u64;
                let block = deflated(text.repeat(usize::try_from(in_block).unwrap()).as_bytes());
                (0..times / in_block).for_each(|_| whole.append(&block));
                whole.append(&deflated(text.repeat(usize::try_from(times % in_block).unwrap()).as_bytes()));
            }
            Noise(megabytes) => {
                let mut state = 1u64;
                let letter = || {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    b' ' + u8::try_from(state % 64).unwrap() // up to `_`, with `-` left out of pairs below
                };
                let noise: Vec<u8> = std::iter::repeat_with(letter).take(1 << 20).collect();
                let noise = String::from_utf8(noise).unwrap().replace(['-', '<', '>', '&'], "~");
                for _ in 0..*megabytes {
                    whole.append(&deflated(format!("<!--{noise}-->").as_bytes()));
                }
            }
        }
    }
    whole.append(&Stretch::new(b"", FlushCompress::Finish));
    let size = u32::try_from(whole.size).unwrap();
    Part { name: name.to_owned(), deflated: true, crc: whole.crc.finalize(), size, bytes: whole.bytes }
}

/// Writes a workbook of a fixture's parts, one of which is replaced.
pub fn with_part(machine: &Machine, file: &str, source: &str, replaced: &Part) {
    let mut zip = Writer::default();
    for part in fixture(source) {
        zip.copy(if part.name == replaced.name { replaced } else { &part });
    }
    fs::write(machine.path(file), zip.finish()).unwrap();
}

pub const SHEET: &str = "xl/worksheets/sheet1.xml";
pub const STRINGS: &str = "xl/sharedStrings.xml";
pub const HEAD: &str = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";
pub const HEADERS: &str = "<row><c t=\"inlineStr\"><is><t>holder_id</t></is></c><c t=\"inlineStr\"><is><t>holder_name</t></is></c>\
                       <c t=\"inlineStr\"><is><t>class</t></is></c><c t=\"inlineStr\"><is><t>shares</t></is></c></row>";
pub const END: &str = "</sheetData></worksheet>";
