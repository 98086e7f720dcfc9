//! The output folder: it appears complete, by one rename, or not at all.

use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A file of the output, for the manifest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Written {
    /// Its path in the folder, with `/`.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// A folder being written beside its final place. Dropped before [`Folder::publish`], it is removed.
pub struct Folder {
    staging: tempfile::TempDir,
    target: PathBuf,
    written: Mutex<Vec<Written>>,
}

/// Whether there is something in the way at `target`.
#[must_use]
pub fn exists(target: &Path) -> bool {
    fs::symlink_metadata(target).is_ok()
}

impl Folder {
    /// Starts a folder that will be `target`; its parents are made where they are missing.
    ///
    /// # Errors
    /// The machine's: no permission, disk full.
    pub fn start(target: &Path) -> io::Result<Self> {
        let target = std::path::absolute(target)?;
        let parent = target.parent().ok_or_else(|| io::Error::other("the folder to write has no parent folder"))?;
        fs::create_dir_all(parent)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let staging = tempfile::Builder::new().prefix(&format!(".{name}.")).suffix(".partial").tempdir_in(parent)?;
        Ok(Self { staging, target, written: Mutex::new(Vec::new()) })
    }

    /// Opens a file in it, readable by its owner alone.
    ///
    /// # Errors
    /// The machine's.
    pub fn create(&self, path: &str) -> io::Result<HashedFile<'_>> {
        let file = self.open(path)?;
        Ok(HashedFile {
            folder: self,
            path: path.to_owned(),
            out: BufWriter::with_capacity(1 << 16, file),
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// The machine's.
    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.open(path)?.write_all(bytes)?;
        self.note(path.to_owned(), bytes.len() as u64, &Sha256::digest(bytes))
    }

    fn note(&self, path: String, size: u64, hash: &[u8]) -> io::Result<()> {
        let entry = Written { path, size, sha256: hex(hash) };
        let mut list = self.written.lock().map_err(|_| io::Error::other("a writer stopped half-way"))?;
        list.push(entry);
        Ok(())
    }

    fn open(&self, path: &str) -> io::Result<File> {
        let full = self.staging.path().join(path);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&full) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(parent) = full.parent().filter(|p| *p != self.staging.path()) {
                    private_dir(parent)?;
                }
                options.open(&full)
            }
            result => result,
        }
    }

    /// Every file finished so far, by path.
    #[must_use]
    pub fn written(&self) -> Vec<Written> {
        let mut list = self.written.lock().map(|list| list.clone()).unwrap_or_default();
        list.sort();
        list
    }

    /// Puts the folder in its place. With `replace`, an existing one is exchanged for it in one step where the system
    /// can, and only then removed.
    ///
    /// # Errors
    /// The machine's; [`io::ErrorKind::AlreadyExists`] where something is in the way.
    pub fn publish(self, replace: bool) -> io::Result<()> {
        let staged = self.staging.path().to_path_buf();
        if replace && exists(&self.target) {
            return self.replace(&staged);
        }
        rename_new(&staged, &self.target)?;
        // The staging folder is the target now; nothing is left to remove.
        drop(self.staging.keep());
        sync_parent(&self.target);
        Ok(())
    }

    fn replace(self, staged: &Path) -> io::Result<()> {
        if exchange(staged, &self.target).is_ok() {
            // What was there is in the staging folder now.
            let old = self.staging.keep();
            sync_parent(&self.target);
            return remove(&old);
        }
        let mut aside = self.target.clone().into_os_string();
        aside.push(".replaced");
        let aside = PathBuf::from(aside);
        fs::rename(&self.target, &aside)?;
        if let Err(error) = fs::rename(staged, &self.target) {
            let back = fs::rename(&aside, &self.target);
            let note = if back.is_ok() {
                "the folder that was there is untouched"
            } else {
                "the folder that was there is now"
            };
            return Err(io::Error::new(error.kind(), format!("{error}; {note} ({})", aside.display())));
        }
        drop(self.staging.keep());
        remove(&aside)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

#[cfg(target_os = "linux")]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).map_err(io::Error::from)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Renames, refusing to replace even an empty folder that somebody else made meanwhile.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {}
            result => return result.map_err(io::Error::from),
        }
    }
    if exists(to) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

/// Makes the rename itself last through a power cut, where the system lets us.
fn sync_parent(path: &Path) {
    if let Some(parent) = path.parent().and_then(|p| File::open(p).ok()) {
        drop(parent.sync_all());
    }
}

fn private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A file of the output, hashed as it is written.
pub struct HashedFile<'a> {
    folder: &'a Folder,
    path: String,
    out: BufWriter<File>,
    hash: Sha256,
    size: u64,
}

impl Write for HashedFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl HashedFile<'_> {
    /// Closes it and notes its size and hash for the manifest.
    ///
    /// # Errors
    /// The machine's.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        self.folder.note(self.path, self.size, &self.hash.finalize())
    }
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
