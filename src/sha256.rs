//! SHA-256, as manifests name it: in hexadecimal.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn of_file(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(buffer.get(..n).unwrap_or_default()),
        }
    }
}

/// From so many bytes on, another thread hashes while one writes, if it has nothing else to do.
const FOR_TWO: usize = 1 << 14;

/// Adds bytes to a hash while `write` writes them.
pub(crate) fn beside<T: Send>(hash: &mut Sha256, bytes: &[u8], write: impl FnOnce() -> T + Send) -> T {
    if bytes.len() >= FOR_TWO {
        return rayon::join(write, || hash.update(bytes)).0;
    }
    hash.update(bytes);
    write()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
