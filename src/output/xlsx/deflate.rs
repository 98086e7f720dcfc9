//! Deflate (RFC 1951) for small parts that look alike, with a Huffman code made once beforehand.
//!
//! A general compressor works out a code for each part it gets, which for the few kilobytes of a statement costs more
//! than finding what repeats. All statements of a layout use the same letters about as often, so [`Code::of`] makes
//! the code from a specimen, and [`Code::deflate`] only looks for repeats and writes. Any inflater reads the result.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Literals, end of block, and lengths.
const SYMBOLS: usize = 286;
const DISTANCES: usize = 30;
const END: usize = 256;
const LONGEST_MATCH: usize = 258;
const WINDOW: usize = 32_768;
const HASH_BITS: u32 = 13;

/// The first length and the extra bits of symbols 257 to 285.
#[rustfmt::skip]
const LENGTHS: [(u16, u8); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2),
    (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5),
    (163, 5), (195, 5), (227, 5), (258, 0),
];
/// The first distance and the extra bits of distance symbols.
#[rustfmt::skip]
const STEPS: [(u16, u8); DISTANCES] = [
    (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4), (65, 5),
    (97, 5), (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9), (2049, 10), (3073, 10),
    (4097, 11), (6145, 11), (8193, 12), (12289, 12), (16385, 13), (24577, 13),
];
/// The order in which the code of code lengths is written.
const LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A symbol's bits, the first one lowest, and how many there are.
#[derive(Clone, Copy, Debug, Default)]
struct Bits {
    bits: u32,
    count: u32,
}

/// A code, and the header that tells an inflater about it.
#[derive(Clone, Debug)]
pub struct Code {
    literals: Vec<Bits>,
    /// By match length: the symbol's bits with the extra ones.
    lengths: Vec<Bits>,
    distances: Vec<Bits>,
    header: Vec<Bits>,
}

impl Code {
    /// The code that suits `specimens`, and can still write anything.
    pub fn of(specimens: &[&[u8]]) -> Self {
        // Everything occurs once, so that everything has a code; what the specimens hold weighs more.
        let (mut literals, mut distances) = (vec![1u32; SYMBOLS], vec![1u32; DISTANCES]);
        for specimen in specimens {
            let mut table = vec![0; 1 << HASH_BITS];
            tokens(specimen, &mut table, |token| match token {
                Token::Literal(byte) => add(&mut literals, usize::from(byte)),
                Token::Match { length, distance } => {
                    add(&mut literals, length_symbol(length));
                    add(&mut distances, distance_symbol(distance));
                }
            });
            add(&mut literals, END);
        }
        let (literal_lengths, distance_lengths) = (code_lengths(&literals, 15), code_lengths(&distances, 15));
        let literals = codes(&literal_lengths);
        let lengths = (0..=LONGEST_MATCH).map(|length| with_extra(&literals, length_symbol(length), length)).collect();
        let header = header(&literal_lengths, &distance_lengths);
        Self { lengths, distances: codes(&distance_lengths), header, literals }
    }

    /// Deflates `plain` onto the end of `out`. `table` is scratch, of any content.
    pub fn deflate(&self, plain: &[u8], table: &mut Vec<u32>, out: &mut Vec<u8>) {
        table.clear();
        table.resize(1 << HASH_BITS, 0);
        out.reserve(plain.len() / 3 + 256);
        let mut writer = BitWriter { out, held: 0, count: 0 };
        for bits in &self.header {
            writer.put(*bits);
        }
        tokens(plain, table, |token| match token {
            Token::Literal(byte) => writer.put(at(&self.literals, usize::from(byte))),
            Token::Match { length, distance } => {
                writer.put(at(&self.lengths, length));
                let symbol = distance_symbol(distance);
                writer.put(at(&self.distances, symbol));
                let (first, extra) = STEPS.get(symbol).copied().unwrap_or_default();
                let rest = u32::try_from(distance - usize::from(first)).unwrap_or(0);
                writer.put(Bits { bits: rest, count: u32::from(extra) });
            }
        });
        writer.put(at(&self.literals, END));
        writer.finish();
    }
}

fn at(bits: &[Bits], index: usize) -> Bits {
    bits.get(index).copied().unwrap_or_default()
}

fn add(counts: &mut [u32], symbol: usize) {
    if let Some(count) = counts.get_mut(symbol) {
        *count += 8;
    }
}

/// What a part is made of.
enum Token {
    Literal(u8),
    Match { length: usize, distance: usize },
}

/// Finds what repeats: the latest place with the same four bytes, if it is within the window. `table` holds places
/// plus one, by hash; 0 is nowhere.
fn tokens(plain: &[u8], table: &mut [u32], mut emit: impl FnMut(Token)) {
    let mut here = 0;
    let word = |at: usize| plain.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    while let Some(bytes) = word(here) {
        let slot = (bytes.wrapping_mul(0x9E37_79B1) >> (32 - HASH_BITS)) as usize;
        let place = table.get(slot).copied().unwrap_or(0) as usize;
        if let Some(entry) = table.get_mut(slot) {
            *entry = u32::try_from(here + 1).unwrap_or(0);
        }
        let before = place.wrapping_sub(1);
        if place == 0 || here - before > WINDOW || word(before) != Some(bytes) {
            emit(Token::Literal(plain.get(here).copied().unwrap_or(0)));
            here += 1;
            continue;
        }
        let length = 4 + same_after(plain, before + 4, here + 4, LONGEST_MATCH - 4);
        emit(Token::Match { length, distance: here - before });
        // The end of a match is where the next one often begins.
        if let Some(bytes) = word(here + length - 2) {
            let slot = (bytes.wrapping_mul(0x9E37_79B1) >> (32 - HASH_BITS)) as usize;
            if let Some(entry) = table.get_mut(slot) {
                *entry = u32::try_from(here + length - 1).unwrap_or(0);
            }
        }
        here += length;
    }
    for byte in plain.get(here..).unwrap_or(b"") {
        emit(Token::Literal(*byte));
    }
}

/// How many bytes from `a` on equal those from `b` on, at most `most`.
fn same_after(plain: &[u8], a: usize, b: usize, most: usize) -> usize {
    let left = plain.get(a..).unwrap_or(b"");
    let right = plain.get(b..).unwrap_or(b"");
    let most = most.min(right.len()).min(left.len());
    let mut same = 0;
    for (x, y) in left.chunks_exact(8).zip(right.chunks_exact(8)) {
        let (Ok(x), Ok(y)) = (x.try_into(), y.try_into()) else { break };
        let difference = u64::from_le_bytes(x) ^ u64::from_le_bytes(y);
        if difference != 0 {
            return (same + difference.trailing_zeros() as usize / 8).min(most);
        }
        same += 8;
        if same >= most {
            return most;
        }
    }
    let rest = left.iter().zip(right).skip(same).take_while(|(x, y)| x == y).count();
    (same + rest).min(most)
}

/// The symbol of a match length.
fn length_symbol(length: usize) -> usize {
    if length == LONGEST_MATCH {
        return 285;
    }
    let known = LENGTHS.partition_point(|(first, _)| usize::from(*first) <= length).max(1);
    256 + known.min(28)
}

fn distance_symbol(distance: usize) -> usize {
    // Two symbols for each power of two from 2 on.
    let less = distance - 1;
    if less < 4 {
        return less;
    }
    let power = less.ilog2() as usize;
    2 * power + (less >> (power - 1) & 1)
}

/// A length's bits: its symbol's, then the extra ones.
fn with_extra(literals: &[Bits], symbol: usize, length: usize) -> Bits {
    let (first, extra) = LENGTHS.get(symbol - 257).copied().unwrap_or_default();
    let Bits { bits, count } = at(literals, symbol);
    let rest = u32::try_from(length.saturating_sub(usize::from(first))).unwrap_or(0);
    Bits { bits: bits | rest << count, count: count + u32::from(extra) }
}

/// Huffman's code lengths for these counts, none over `longest`.
fn code_lengths(counts: &[u32], longest: u8) -> Vec<u8> {
    let mut counts = counts.to_vec();
    loop {
        let lengths = huffman(&counts);
        if lengths.iter().all(|length| *length <= longest) {
            return lengths;
        }
        // Flatter counts make a flatter tree.
        for count in counts.iter_mut().filter(|count| **count > 0) {
            *count = *count / 2 + 1;
        }
    }
}

fn huffman(counts: &[u32]) -> Vec<u8> {
    let used: Vec<usize> = (0..counts.len()).filter(|s| counts.get(*s).is_some_and(|c| *c > 0)).collect();
    // Leaves first, then inner nodes, each knowing its parent.
    let mut parents: Vec<usize> = vec![0; used.len()];
    let weight = |s: &usize| u64::from(counts.get(*s).copied().unwrap_or(0));
    let mut heap: BinaryHeap<Reverse<(u64, usize)>> =
        used.iter().enumerate().map(|(node, s)| Reverse((weight(s), node))).collect();
    while heap.len() > 1 {
        let (Some(Reverse((a, left))), Some(Reverse((b, right)))) = (heap.pop(), heap.pop()) else { break };
        let node = parents.len();
        parents.push(0);
        for child in [left, right] {
            if let Some(parent) = parents.get_mut(child) {
                *parent = node;
            }
        }
        heap.push(Reverse((a + b, node)));
    }
    let root = parents.len().saturating_sub(1);
    let mut lengths = vec![0u8; counts.len()];
    for (leaf, symbol) in used.iter().enumerate() {
        let (mut node, mut depth) = (leaf, 0u8);
        while node != root {
            node = parents.get(node).copied().unwrap_or(root);
            depth = depth.saturating_add(1);
        }
        if let Some(length) = lengths.get_mut(*symbol) {
            *length = depth.max(1);
        }
    }
    lengths
}

/// The canonical codes of these lengths, bits reversed, since codes are written from their highest bit on.
fn codes(lengths: &[u8]) -> Vec<Bits> {
    let mut next = 0u32;
    let mut codes = vec![Bits::default(); lengths.len()];
    for length in 1..=15u8 {
        for (symbol, _) in lengths.iter().enumerate().filter(|(_, l)| **l == length) {
            let count = u32::from(length);
            if let Some(code) = codes.get_mut(symbol) {
                *code = Bits { bits: next.reverse_bits() >> (32 - count), count };
            }
            next += 1;
        }
        next <<= 1;
    }
    codes
}

/// The header of a last block with these codes. Each length stands by itself, but for repeats of the one before.
fn header(literals: &[u8], distances: &[u8]) -> Vec<Bits> {
    let all: Vec<u8> = literals.iter().chain(distances).copied().collect();
    let mut runs: Vec<(usize, Bits)> = Vec::new();
    let mut rest = all.as_slice();
    let mut last = None;
    while let Some(length) = rest.first().copied() {
        let run = rest.iter().take_while(|l| **l == length).count().min(6);
        if last == Some(length) && run >= 3 {
            let bits = u32::try_from(run - 3).unwrap_or(0);
            runs.push((16, Bits { bits, count: 2 }));
            rest = rest.get(run..).unwrap_or(&[]);
        } else {
            runs.push((usize::from(length), Bits::default()));
            rest = rest.get(1..).unwrap_or(&[]);
        }
        last = Some(length);
    }
    let mut counts = vec![0u32; 19];
    for (symbol, _) in &runs {
        if let Some(count) = counts.get_mut(*symbol) {
            *count += 1;
        }
    }
    let lengths = code_lengths(&counts, 7);
    let codes = codes(&lengths);
    let number = |n: usize, count: u32| Bits { bits: u32::try_from(n).unwrap_or(0), count };
    // A last block, with codes of its own; how many literal, distance and length codes there are.
    let mut header = vec![number(0b101, 3), number(SYMBOLS - 257, 5), number(DISTANCES - 1, 5), number(19 - 4, 4)];
    header.extend(LENGTH_ORDER.map(|s| number(lengths.get(s).map_or(0, |l| usize::from(*l)), 3)));
    for (symbol, extra) in runs {
        header.push(at(&codes, symbol));
        header.push(extra);
    }
    header
}

struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    held: u64,
    count: u32,
}

impl BitWriter<'_> {
    fn put(&mut self, bits: Bits) {
        self.held |= u64::from(bits.bits) << self.count;
        self.count += bits.count;
        if self.count >= 32 {
            self.out.extend_from_slice(&self.held.to_le_bytes()[..4]);
            self.held >>= 32;
            self.count -= 32;
        }
    }

    fn finish(self) {
        let bytes = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(self.held.to_le_bytes().get(..bytes).unwrap_or(b""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    fn inflated(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::DeflateDecoder::new(bytes).read_to_end(&mut out).unwrap();
        out
    }

    fn round_trip(code: &Code, plain: &[u8]) -> usize {
        let (mut table, mut out) = (vec![7; 3], Vec::new());
        code.deflate(plain, &mut table, &mut out);
        assert!(inflated(&out) == plain);
        out.len()
    }

    #[test]
    fn rows_of_a_sheet_shrink_as_they_do_elsewhere() {
        let row = |n: u32| format!("<c r=\"A{n}\" s=\"{}\" t=\"s\"><v>{}</v></c>", n % 7, n * 37);
        let rows = (0..400).map(row).collect::<Vec<_>>().concat();
        let code = Code::of(&[rows.as_bytes()]);
        let own = round_trip(&code, rows.as_bytes());
        let mut other = Vec::new();
        let mut encoder = flate2::read::DeflateEncoder::new(rows.as_bytes(), flate2::Compression::new(1));
        encoder.read_to_end(&mut other).unwrap();
        assert!(own < other.len() * 13 / 10, "{own} against {}", other.len());
    }

    #[test]
    fn every_length_and_distance_has_its_symbol() {
        assert_eq!([3, 4, 10, 11, 12, 13, 257, 258].map(length_symbol), [257, 258, 264, 265, 265, 266, 284, 285]);
        assert_eq!([1, 4, 5, 6, 7, 24_576, 24_577, 32_768].map(distance_symbol), [0, 3, 4, 4, 5, 28, 29, 29]);
        let code = Code::of(&[b"abc"]);
        for n in [0, 1, 3, 4, 5, 257, 258, 259, 300, 40_000, 70_000] {
            round_trip(&code, &vec![b'x'; n]);
            let mixed: Vec<u8> = (0..n).map(|i| u8::try_from(i * i % 251).unwrap()).collect();
            round_trip(&code, &mixed);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn whatever_the_specimen_everything_comes_back(
            specimen in proptest::collection::vec(any::<u8>(), 0..800),
            letters in proptest::collection::vec(0u8..6, 0..1500),
            bytes in proptest::collection::vec(any::<u8>(), 0..600),
        ) {
            let code = Code::of(&[&specimen]);
            round_trip(&code, &letters);
            round_trip(&code, &bytes);
            round_trip(&code, &[letters, bytes].concat());
        }
    }
}
