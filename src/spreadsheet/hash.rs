//! Inputs are hashed as they are read, so that the manifest names what was computed with.

use crate::sha256::hex;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file as it was read or written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileHash {
    /// Its path relative to the folder of the case or the run, with `/` (a lone file: its name).
    pub path: String,
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

/// How many bytes of cases were read so far, for whoever shows how it goes on.
static BYTES_READ: AtomicU64 = AtomicU64::new(0);

/// How many bytes of cases this process has read so far.
pub(crate) fn bytes_read() -> u64 {
    BYTES_READ.load(Ordering::Relaxed)
}

thread_local! {
    /// Where it is said that what this thread reads is not wanted any more.
    static STOP: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// From here on whatever this thread reads ends with an error once `stop` says so.
pub fn read_until(stop: &Arc<AtomicBool>) {
    STOP.set(Some(stop.clone()));
}

/// Errors: What this thread reads is not wanted any more.
pub fn unless_stopped() -> io::Result<()> {
    let stopped = STOP.with_borrow(|stop| stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)));
    if stopped { Err(io::Error::other("it was cancelled")) } else { Ok(()) }
}

/// Counts and hashes what went through.
#[derive(Clone, Default)]
pub struct Tally(Arc<Mutex<Sums>>);

#[derive(Default)]
struct Sums {
    sha256: Sha256,
    size: u64,
    /// Where it is asked for.
    md5: Option<Md5>,
}

impl Tally {
    /// One that also tells the MD5.
    pub(crate) fn with_md5() -> Self {
        Self(Arc::new(Mutex::new(Sums { md5: Some(Md5::default()), ..Sums::default() })))
    }

    fn sums(&self) -> MutexGuard<'_, Sums> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts and hashes `bytes`.
    pub(crate) fn add(&self, bytes: &[u8]) {
        let mut sums = self.sums();
        sums.sha256.update(bytes);
        sums.md5.iter_mut().for_each(|md5| md5.update(bytes));
        sums.size += bytes.len() as u64;
        BYTES_READ.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    }

    /// The input that was read, under its path in the case.
    pub(crate) fn input(&self, path: &str) -> FileHash {
        let sums = self.sums();
        FileHash { path: path.to_owned(), size: sums.size, sha256: hex(&sums.sha256.clone().finalize()) }
    }

    pub(crate) fn md5(&self) -> String {
        self.sums().md5.as_ref().map_or_else(String::new, |md5| hex(&md5.clone().finalize()))
    }
}

/// A file that is hashed as it is read.
pub struct Hashing<R> {
    file: R,
    tally: Tally,
}

impl<R: Read> Hashing<R> {
    /// Reads `file`, counting into `tally`.
    pub fn new(file: R, tally: Tally) -> Self {
        Self { file, tally }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        unless_stopped()?;
        let n = self.file.read(buffer)?;
        self.tally.add(buffer.get(..n).unwrap_or_default());
        Ok(n)
    }
}
