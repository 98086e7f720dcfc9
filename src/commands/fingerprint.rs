//! Whether the files of a case are still those that were read: those that change under a run would make figures of no file
//! at all.

use crate::input::FileHash;
use crate::sha256;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file written this shortly before it was looked at may be written again without its time stamp showing it.
const RACY: Duration = Duration::from_secs(2);

/// How the files of a case looked before they were read.
pub struct Fingerprint {
    case: PathBuf,
    taken: SystemTime,
    stamps: HashMap<OsString, Stamp>,
}

/// What changes when a file is written to or replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
    /// Device, number, and time of the last change of any kind.
    identity: (u64, u64, i64, i64),
}

impl Stamp {
    fn new(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let identity = Default::default();
        Self { len: metadata.len(), modified: metadata.modified().ok(), identity }
    }

    /// Whether a later change would show in the stamp.
    fn is_telling(&self, taken: SystemTime) -> bool {
        self.modified.and_then(|modified| taken.duration_since(modified).ok()).is_some_and(|age| age > RACY)
    }
}

impl Fingerprint {
    /// Looks at the case at `path`. What cannot be looked at is compared by its content later.
    pub fn take(path: &Path) -> Self {
        let taken = SystemTime::now();
        let mut stamps = HashMap::new();
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        for (name, path) in entries.map(|entry| (entry.file_name(), entry.path())) {
            if let Ok(metadata) = fs::metadata(path) {
                stamps.insert(name, Stamp::new(&metadata));
            }
        }
        if let Ok(metadata) = fs::metadata(path)
            && metadata.is_file()
        {
            stamps.insert(path.file_name().unwrap_or_default().to_owned(), Stamp::new(&metadata));
        }
        Self { case: path.to_path_buf(), taken, stamps }
    }

    /// The first of `inputs`, which were read since, that is not what was read any more.
    pub fn changed<'i>(&self, inputs: &'i [FileHash]) -> Option<&'i FileHash> {
        inputs.iter().find(|input| !self.holds(input).unwrap_or(false))
    }

    fn holds(&self, input: &FileHash) -> io::Result<bool> {
        let path = if self.case.is_dir() { self.case.join(&input.path) } else { self.case.clone() };
        let stamp = Stamp::new(&fs::metadata(&path)?);
        let before = self.stamps.get(&OsString::from(&input.path));
        if before.is_some_and(|before| *before == stamp && before.is_telling(self.taken)) && stamp.len == input.size {
            return Ok(true);
        }
        Ok(stamp.len == input.size && sha256::of_file(&path)? == input.sha256)
    }
}
