//! An input of named parts. Bytes that a fuzzer changes in an archive are mostly noticed by its checksum or its inflater
//! and go no further; so an input may be the parts themselves, which are packed after the change.
//!
//! ```text
//! \x1c\x1cPART name\n bytes … \x1c\x1cPART name\n bytes …
//! ```

/// What begins a part.
pub const MARK: &[u8] = b"\x1c\x1cPART ";

/// The parts of an input; none where it does not begin with one, and so is a file as it stands.
pub fn split(input: &[u8]) -> Option<Vec<(String, &[u8])>> {
    let mut rest = input.strip_prefix(MARK)?;
    let mut parts = Vec::new();
    loop {
        let end = rest.windows(MARK.len()).position(|window| window == MARK);
        let part = &rest[..end.unwrap_or(rest.len())];
        let line = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let content = part.get(line + 1..).unwrap_or_default();
        parts.push((String::from_utf8_lossy(&part[..line]).into_owned(), content));
        match end {
            Some(end) => rest = &rest[end + MARK.len()..],
            None => return Some(parts),
        }
    }
}

/// An input made of parts.
pub fn join(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    parts.iter().flat_map(|(name, content)| [MARK, name.as_bytes(), b"\n", content].concat()).collect()
}

/// A zip archive of parts that are stored as they are. Names may be there twice, as no honest archiver would have it.
pub fn zip(parts: &[(String, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in parts {
        let name = &name.as_bytes()[..name.len().min(1000)];
        let mut facts = Vec::new();
        for half in [20u16, 0, 0, 0, 33] {
            facts.extend(half.to_le_bytes());
        }
        for word in [crc32fast::hash(content), len(content), len(content)] {
            facts.extend(word.to_le_bytes());
        }
        facts.extend((name.len() as u16).to_le_bytes());
        facts.extend(0u16.to_le_bytes());
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&facts);
        directory.extend([0; 10]);
        directory.extend(len(&out).to_le_bytes());
        directory.extend(name);
        out.extend(b"PK\x03\x04");
        out.extend(&facts);
        out.extend(name);
        out.extend(*content);
    }
    let (start, count) = (len(&out), parts.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(len(&directory).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("inputs are small")
}

const SECTOR: usize = 512;
const END_OF_CHAIN: u32 = 0xffff_fffe;
const FREE: u32 = 0xffff_ffff;

/// A compound file ([MS-CFB]) of streams, each in sectors of its own.
pub fn compound(streams: &[(String, &[u8])]) -> Vec<u8> {
    // Three entries beside the root fit into one sector.
    let streams = &streams[..streams.len().min(3)];
    let mut body = Vec::new();
    let mut fat = vec![END_OF_CHAIN];
    let mut directory = entry("Root Entry", 5, END_OF_CHAIN, 0);
    // The streams hang below the root, each to the right of the one before.
    if !streams.is_empty() {
        directory[76..80].copy_from_slice(&1u32.to_le_bytes());
    }
    for (at, (name, content)) in streams.iter().enumerate() {
        // Shorter streams live elsewhere.
        let size = content.len().max(4096);
        let sectors = size.div_ceil(SECTOR);
        let start = fat.len() as u32;
        fat.extend((1..sectors as u32).map(|n| start + n));
        fat.push(END_OF_CHAIN);
        body.extend(*content);
        body.resize((fat.len() - 1) * SECTOR, 0);
        let mut found = entry(name, 2, start, size as u64);
        if at + 1 < streams.len() {
            found[72..76].copy_from_slice(&(at as u32 + 2).to_le_bytes());
        }
        directory.extend(found);
    }
    directory.resize(SECTOR, 0);
    let mut tables = 1;
    while (fat.len() + tables) * 4 > tables * SECTOR {
        tables += 1;
    }
    let first_table = fat.len() as u32;
    fat.resize(fat.len() + tables, 0xffff_fffd);
    fat.resize(tables * SECTOR / 4, FREE);
    let mut out = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    out.resize(24, 0);
    for half in [0x3eu16, 3, 0xfffe, 9, 6] {
        out.extend(half.to_le_bytes());
    }
    out.resize(44, 0);
    for word in [tables as u32, 0, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0] {
        out.extend(word.to_le_bytes());
    }
    out.extend((0..tables as u32).flat_map(|n| (first_table + n).to_le_bytes()).take(109 * 4));
    out.resize(SECTOR, 0xff);
    out.extend(directory);
    out.extend(body);
    out.extend(fat.iter().flat_map(|next| next.to_le_bytes()));
    out
}

fn entry(name: &str, kind: u8, start: u32, size: u64) -> Vec<u8> {
    let mut out: Vec<u8> = name.encode_utf16().take(31).flat_map(u16::to_le_bytes).collect();
    let length = out.len() as u16 + 2;
    out.resize(64, 0);
    out.extend(length.to_le_bytes());
    out.extend([kind, 1]);
    out.extend([0xff; 12]);
    out.resize(116, 0);
    out.extend(start.to_le_bytes());
    out.extend(size.to_le_bytes());
    out
}
