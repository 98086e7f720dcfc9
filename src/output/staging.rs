//! Folders being written: hidden beside their place, locked by the run that writes them, removed when the run ends.
//!
//! `.<name>.<six letters>.partial`. The lock ends with the process, however it ends, so that the next run of the same
//! target knows the folders of dead runs from those of live ones, and removes the former.

use super::replace::exists;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

const SUFFIX: &str = ".partial";
/// How many letters stand between the name and [`SUFFIX`].
const LETTERS: usize = 6;
/// How often a folder is tried that another run takes for a dead run's, and how often removing one.
const ATTEMPTS: usize = 16;
/// Handles kept for removing a folder when there are no others left; of the systems that need them for that.
const SPARE: usize = if cfg!(unix) { 3 } else { 0 };

/// The staging folders of this process that are not published yet, by number.
static LIVE: Mutex<BTreeMap<u64, Claim>> = Mutex::new(BTreeMap::new());

/// The number of the next folder of this process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// What is to be removed of a folder that is not published.
#[derive(Debug)]
struct Claim {
    path: PathBuf,
    /// The parents that were made for it, the outermost first.
    parents: Vec<PathBuf>,
    /// Its lock, where the file system has locks, and spare ones.
    handles: Vec<File>,
}

impl Claim {
    fn remove(self) {
        drop(self.handles);
        discard(&self.path);
        remove_empty(&self.parents);
    }
}

fn live() -> MutexGuard<'static, BTreeMap<u64, Claim>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every folder that this process has not published, and stops all further ones: what publishes or removes a
/// folder from now on waits for `end`, which is to end the process.
pub(crate) fn abandon<T>(end: impl FnOnce() -> T) -> T {
    let mut claims = live();
    for claim in std::mem::take(&mut *claims).into_values() {
        claim.remove();
    }
    end()
}

/// A folder being written. Dropped before it is published, it is removed.
#[derive(Debug)]
pub struct Staging {
    number: u64,
    path: PathBuf,
}

impl Staging {
    /// Starts a folder beside `target`, whose parents are made where they are missing.
    pub fn start(target: &Path) -> io::Result<Self> {
        let parent = target.parent().ok_or_else(|| io::Error::other("there is no folder that it could be in"))?;
        let name = target.file_name().unwrap_or_default();
        let parents = make_parents(parent)?;
        sweep(parent, name);
        let claimed = (0..ATTEMPTS).find_map(|_| claimed(parent, name).transpose());
        let claimed = claimed.unwrap_or_else(|| Err(io::Error::other("other runs keep removing the folder")));
        let (path, handles) = claimed.inspect_err(|_| remove_empty(&parents))?;
        // Never used again: a folder's drop must not find another one's claim under its number.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        live().insert(number, Claim { path: path.clone(), parents, handles });
        Ok(Self { number, path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Publishes the folder by `step`, which moves it; no interruption comes between. Where `step` gives a folder, that
    /// is what was in the way, and it is removed. Where it fails, all is as before.
    pub(crate) fn publish(self, step: impl FnOnce(&Path) -> io::Result<Option<PathBuf>>) -> io::Result<()> {
        let mut claims = live();
        let replaced = step(&self.path)?;
        let handles = claims.remove(&self.number).map(|claim| claim.handles).unwrap_or_default();
        if let Some(path) = replaced {
            // Its parents hold the published folder now.
            claims.insert(self.number, Claim { path, parents: Vec::new(), handles });
        }
        drop(claims);
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let claim = { live().remove(&self.number) };
        if let Some(claim) = claim {
            claim.remove();
        }
    }
}

/// A new folder with its handles; none where another run took it for a dead one's before it was locked.
fn claimed(parent: &Path, name: &OsStr) -> io::Result<Option<(PathBuf, Vec<File>)>> {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    let path = with_letters(parent, &prefix, private_dir)?;
    let Ok(lock) = lock(&path) else { return Ok(None) };
    let spare: io::Result<Vec<File>> = (0..SPARE).map(|_| File::open(&path)).collect();
    match spare {
        _ if !exists(&path) => Ok(None),
        Ok(spare) => Ok(Some((path, lock.into_iter().chain(spare).collect()))),
        Err(error) => {
            drop(fs::remove_dir(&path));
            Err(error)
        }
    }
}

/// Makes something under a name that nothing has: `prefix`, letters, and the suffix of staging folders.
fn with_letters(parent: &Path, prefix: &OsStr, make: impl FnMut(&Path) -> io::Result<()>) -> io::Result<PathBuf> {
    let made = tempfile::Builder::new().prefix(prefix).suffix(SUFFIX).rand_bytes(LETTERS).make_in(parent, make)?;
    made.into_temp_path().keep().map_err(|kept| kept.error)
}

/// Somebody else has the lock.
struct Busy;

/// Locks a folder; none where it cannot be locked.
fn lock(path: &Path) -> Result<Option<File>, Busy> {
    let Ok(folder) = File::open(path) else { return Ok(None) };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Err(Busy),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Removes the folders that dead runs of the same target left behind: those that nobody has locked.
fn sweep(parent: &Path, name: &OsStr) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten().filter(|entry| is_staging(&entry.file_name(), name)) {
        let path = entry.path();
        // A link or a file of that name is nothing that a run makes.
        if entry.file_type().is_ok_and(|kind| kind.is_dir())
            && let Ok(Some(_lock)) = lock(&path)
        {
            discard(&path);
        }
    }
}

/// Whether a folder called `entry` is where a run stages the target `name`.
fn is_staging(entry: &OsStr, name: &OsStr) -> bool {
    let (entry, name) = (entry.as_encoded_bytes(), name.as_encoded_bytes());
    let letters = entry
        .strip_prefix(b".")
        .and_then(|rest| rest.strip_prefix(name))
        .and_then(|rest| rest.strip_prefix(b"."))
        .and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
    letters.is_some_and(|letters| letters.len() == LETTERS && letters.iter().all(u8::is_ascii_alphanumeric))
}

/// Removes a folder, or whatever else is there, as far as it can be. Threads that still write into it find it gone.
fn discard(path: &Path) {
    let Ok(found) = fs::symlink_metadata(path) else { return };
    if !found.is_dir() {
        drop(fs::remove_file(path));
        return;
    }
    let aside = aside(path);
    let path = aside.as_deref().unwrap_or(path);
    for _ in 0..ATTEMPTS {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {}
            _ => return,
        }
    }
}

/// Moves a staging folder to another staging name of the same target, which a later run would sweep too.
fn aside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?.strip_suffix(SUFFIX)?;
    let prefix = name.get(..name.len().checked_sub(LETTERS)?)?;
    with_letters(path.parent()?, OsStr::new(prefix), |other| fs::rename(path, other)).ok()
}

/// Makes the folders that are missing down to `path`, readable by their owner alone; gives those, the outermost first.
fn make_parents(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    missing.retain(|folder| !folder.as_os_str().is_empty());
    let mut made = Vec::new();
    for folder in missing.into_iter().rev() {
        match private_dir(folder) {
            Ok(()) => made.push(folder.to_path_buf()),
            // Another run made it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                remove_empty(&made);
                return Err(error);
            }
        }
    }
    Ok(made)
}

/// Removes folders that were made, the outermost first, unless something else is in them by now.
fn remove_empty(made: &[PathBuf]) {
    made.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
}

/// Makes one folder, readable by its owner alone.
pub(crate) fn private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
