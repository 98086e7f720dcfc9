//! What is written, a folder or a single file: it appears complete, by one rename, or not at all.

use super::ahead::Ahead;
use super::fault::{advised, explained};
use super::replace::{Identity, exists, rename_new, replace, sync_parent};
use super::staging::{Staging, private_dir};
use crate::sha256;
use crate::spreadsheet::hash::FileHash;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread::Builder;

/// A folder being written beside its final place. Dropped before [`Folder::publish`], it is removed.
pub struct Folder {
    staging: Staging,
    target: PathBuf,
    /// What stood at the target at the start.
    before: Option<Identity>,
    written: Mutex<Vec<FileHash>>,
}

impl Folder {
    /// Starts a folder that will be `target`; its parents are made where they are missing.
    pub fn start(target: &Path) -> io::Result<Self> {
        let target = std::path::absolute(target)?;
        let before = Identity::of(&target);
        let staging = Staging::start(&target).map_err(|error| advised(&error))?;
        Ok(Self { staging, target, before, written: Mutex::new(Vec::new()) })
    }

    pub fn path(&self) -> &Path {
        self.staging.path()
    }

    /// Opens a file in it, readable by its owner alone.
    pub fn create(&self, path: &str) -> io::Result<HashedFile<'_>> {
        let file = self.open(path).map_err(|error| self.fault(path, &error))?;
        Ok(HashedFile {
            folder: self,
            path: path.to_owned(),
            out: BufWriter::with_capacity(1 << 16, file),
            hash: Sha256::new(),
            size: 0,
        })
    }

    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let write = || self.open(path)?.write_all(bytes);
        write().map_err(|error| self.fault(path, &error))?;
        self.note(path.to_owned(), bytes.len() as u64, &Sha256::digest(bytes))
    }

    /// Writes a file by what `fill` puts into it.
    pub(crate) fn fill(&self, path: &str, fill: impl FnOnce(&mut HashedFile) -> io::Result<()>) -> io::Result<()> {
        let mut file = self.create(path)?;
        fill(&mut file)?;
        file.finish()
    }

    fn note(&self, path: String, size: u64, hash: &[u8]) -> io::Result<()> {
        let entry = FileHash { path, size, sha256: sha256::hex(hash) };
        let mut list = self.written.lock().map_err(|_| io::Error::other("a writer stopped half-way"))?;
        list.push(entry);
        Ok(())
    }

    fn open(&self, path: &str) -> io::Result<File> {
        let full = self.path().join(path);
        match private_file(&full) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // One level only: where the folder itself is gone, it is not made again.
                if let Some(parent) = full.parent().filter(|parent| *parent != self.path()) {
                    match private_dir(parent) {
                        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                        _ => {}
                    }
                }
                private_file(&full)
            }
            result => result,
        }
    }

    /// Every file finished so far, by path.
    pub fn written(&self) -> Vec<FileHash> {
        let mut list = self.written.lock().map(|list| list.clone()).unwrap_or_default();
        list.sort_by(|a, b| a.path.cmp(&b.path));
        list
    }

    /// Puts the folder in its place. With `replacing`, what stood there at the start is exchanged for it in one step
    /// where the system can, and only then removed.
    /// Errors: [`io::ErrorKind::AlreadyExists`] where something else is in the way.
    pub fn publish(self, replacing: bool) -> io::Result<()> {
        self.check()?;
        let Self { staging, target, before, .. } = self;
        staging.publish(|staged| {
            let replaced = match before.filter(|_| replacing && exists(&target)) {
                Some(before) => replace(staged, &target, &before)?,
                None => rename_new(staged, &target).map(|()| None)?,
            };
            sync_parent(&target);
            Ok(replaced)
        })
    }

    /// Refuses a folder that somebody else took files from, or put files into.
    fn check(&self) -> io::Result<()> {
        let mut found = Vec::new();
        list(self.path(), "", &mut found).map_err(|error| self.fault("the folder", &error))?;
        found.sort();
        if found.iter().eq(self.written().iter().map(|written| &written.path)) {
            return Ok(());
        }
        Err(io::Error::other("somebody removed or added files while it was being written. Run it again."))
    }

    /// What went wrong with a file of it.
    fn fault(&self, path: &str, error: &io::Error) -> io::Error {
        if exists(self.path()) {
            explained(path, error)
        } else {
            io::Error::new(error.kind(), "somebody removed it while it was being written. Run it again.")
        }
    }
}

/// How files are opened that their owner alone may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_file(path: &Path) -> io::Result<File> {
    private().write(true).create_new(true).open(path)
}

/// Adds a line to a file, which is made where there is none; for its owner's eyes.
/// Errors: [`io::ErrorKind::Other`] where the file does not have `length` bytes any more.
pub(crate) fn append_line(path: &Path, length: u64, line: &[u8]) -> io::Result<()> {
    let mut file = private().append(true).create(true).open(path)?;
    file.lock()?;
    if file.metadata()?.len() != length {
        return Err(io::Error::other("somebody else wrote to it meanwhile. Do it again."));
    }
    file.write_all(&[line, b"\n"].concat())?;
    file.sync_all()
}

/// The paths of all files under `path`, each with `prefix` before it.
pub(crate) fn list(path: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.push(name);
        }
    }
    Ok(())
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
        let Self { out, path, .. } = self;
        let write = || out.write_all(bytes).map_err(|error| explained(path, &error));
        sha256::beside(&mut self.hash, bytes, write)?;
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().map_err(|error| explained(&self.path, &error))
    }
}

impl HashedFile<'_> {
    /// Closes it and notes its size and hash for the manifest.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.folder.note(self.path, self.size, &self.hash.finalize())
    }
}

/// Writes a single file, all of it or nothing, for its owner's eyes, into a folder that is there; with `replacing`, over what is there.
/// Errors: [`io::ErrorKind::AlreadyExists`] where something is there and is not to be replaced.
pub fn write_file(target: &Path, bytes: &[u8], replacing: bool) -> io::Result<()> {
    write_files(target, None, replacing, |out| out.write_all(bytes), |(), _| unreachable!("there is no second file"))
}

/// The same with a file that is written piece by piece, and a second one that tells of it: `first` fills the one, and
/// `second` the other from what came of that. The first one never appears without the second.
pub(crate) fn write_files<T>(
    target: &Path,
    beside: Option<&Path>,
    replacing: bool,
    first: impl FnOnce(&mut Ahead) -> io::Result<T>,
    second: impl FnOnce(&T, &mut Ahead) -> io::Result<()>,
) -> io::Result<T> {
    let target = std::path::absolute(target)?;
    if let Some(parent) = target.parent().filter(|parent| !parent.is_dir()) {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no folder {}.", parent.display())));
    }
    let staging = Staging::start(&target).map_err(|error| advised(&error))?;
    let name = target.file_name().ok_or_else(|| io::Error::other("it has no name"))?;
    let beside = beside.map(std::path::absolute).transpose()?;
    let told = staging.path().join("beside");
    let write = || -> io::Result<T> {
        let mut file = Ahead::new(private_file(&staging.path().join(name))?)?;
        let value = first(&mut file)?;
        let first = file.close()?;
        if beside.is_some() {
            let mut file = Ahead::new(private_file(&told)?)?;
            second(&value, &mut file)?;
            file.close()?.kept()?;
        }
        first.kept()?;
        Ok(value)
    };
    let value = write().map_err(|error| explained(&name.to_string_lossy(), &error))?;
    let mut replaced: Vec<File> =
        [beside.as_ref(), Some(&target)].into_iter().flatten().filter_map(|at| held(at)).collect();
    staging.publish(|staged| {
        let mut place = |from: &Path, to: &Path| {
            if !replacing {
                return rename_new(from, to);
            }
            fs::rename(from, to).or_else(|_| {
                // A file server may refuse to replace what somebody holds.
                replaced.clear();
                fs::rename(from, to)
            })
        };
        if let Some(beside) = &beside {
            place(&told, beside)?;
        }
        if let Err(error) = place(&staged.join(name), &target) {
            if let Some(beside) = beside.as_ref().filter(|_| !replacing) {
                drop(fs::remove_file(beside));
            }
            return Err(error);
        }
        sync_parent(&target);
        Ok(Some(staged.to_path_buf()))
    })?;
    if !replaced.is_empty() {
        drop(Builder::new().spawn(move || drop(replaced)));
    }
    Ok(value)
}

/// A file that is there, held open: the disk takes its time to free a large one that nobody holds any more.
/// None where that could wait for somebody else, or where no file takes the place of one that is open.
#[cfg(unix)]
fn held(path: &Path) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path).ok()
}

#[cfg(not(unix))]
fn held(_: &Path) -> Option<File> {
    None
}
