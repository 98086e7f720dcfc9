//! A folder being written: hidden beside its place, locked by the run that writes it, removed when the run ends.
//!
//! `.<name>.<six letters>.partial`. The lock ends with the process, however it ends, so that the next run of the same
//! target knows the folders of dead runs from those of live ones, and removes the former.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

const SUFFIX: &str = ".partial";
/// How many letters stand between the name and [`SUFFIX`].
const LETTERS: usize = 6;
/// How often a folder is tried that another run takes for a dead run's.
const ATTEMPTS: usize = 16;

/// The staging folders of this process that are not published yet.
static LIVE: Mutex<Vec<Claim>> = Mutex::new(Vec::new());

#[derive(Clone, Debug, PartialEq, Eq)]
struct Claim {
    /// The folder.
    path: PathBuf,
    /// The parents that were made for it, the outermost first.
    parents: Vec<PathBuf>,
}

impl Claim {
    fn remove(&self) {
        discard(&self.path);
        for parent in self.parents.iter().rev() {
            // Fails where something else is in it by now, which stays.
            drop(fs::remove_dir(parent));
        }
    }
}

fn live() -> MutexGuard<'static, Vec<Claim>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every folder that this process has not published, and stops all further ones: what publishes or removes a
/// folder from now on waits for `end`, which is to end the process.
pub fn abandon<T>(end: impl FnOnce() -> T) -> T {
    let claims = live();
    for claim in claims.iter() {
        claim.remove();
    }
    end()
}

/// A folder being written. Dropped before it is published, it is removed.
#[derive(Debug)]
pub struct Staging {
    claim: Claim,
    /// Keeps the lock; none where the file system has no locks.
    _lock: Option<File>,
}

impl Staging {
    /// Starts a folder beside `target`, whose parents are made where they are missing.
    ///
    /// # Errors
    /// The machine's: no permission, disk full.
    pub fn start(target: &Path) -> io::Result<Self> {
        let parent = target.parent().ok_or_else(|| io::Error::other("there is no folder that it could be in"))?;
        let name = target.file_name().unwrap_or_default();
        let parents = make_parents(parent)?;
        sweep(parent, name);
        let mut claim = Claim { path: PathBuf::new(), parents };
        let started = (0..ATTEMPTS).find_map(|_| match claimed(parent, name) {
            Ok(found) => found.map(Ok),
            Err(error) => Some(Err(error)),
        });
        match started.unwrap_or_else(|| Err(io::Error::other("other runs keep removing the folder"))) {
            Ok((path, lock)) => {
                claim.path = path;
                live().push(claim.clone());
                Ok(Self { claim, _lock: lock })
            }
            Err(error) => {
                claim.parents.iter().rev().for_each(|made| drop(fs::remove_dir(made)));
                Err(error)
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.claim.path
    }

    /// Publishes the folder by `step`, which moves it; no interruption comes between. Where `step` gives a folder, that
    /// is what was in the way, and it is removed. Where it fails, all is as before.
    ///
    /// # Errors
    /// Those of `step`.
    pub fn publish(mut self, step: impl FnOnce(&Path) -> io::Result<Option<PathBuf>>) -> io::Result<()> {
        let mut claims = live();
        let replaced = step(&self.claim.path)?;
        claims.retain(|claim| *claim != self.claim);
        // The parents hold the published folder now.
        self.claim.parents.clear();
        self.claim.path = replaced.unwrap_or_default();
        if !self.claim.path.as_os_str().is_empty() {
            claims.push(self.claim.clone());
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.claim.path.as_os_str().is_empty() {
            return;
        }
        let removed = { live().iter().any(|claim| *claim == self.claim) };
        if removed {
            self.claim.remove();
            live().retain(|claim| *claim != self.claim);
        }
    }
}

/// A new folder and its lock; none where another run took it for a dead one's between the two.
fn claimed(parent: &Path, name: &OsStr) -> io::Result<Option<(PathBuf, Option<File>)>> {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    let path = builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(LETTERS).tempdir_in(parent)?.keep();
    match lock(&path) {
        Ok(lock) => Ok(path.is_dir().then_some((path, lock))),
        Err(Busy) => Ok(None),
    }
}

/// Somebody else has the lock.
struct Busy;

/// Locks a folder; none where it cannot be locked.
#[cfg(unix)]
fn lock(path: &Path) -> Result<Option<File>, Busy> {
    use rustix::fs::{FlockOperation, flock};
    let Ok(folder) = File::open(path) else { return Ok(None) };
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(folder)),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(Busy),
        Err(_) => Ok(None),
    }
}

#[cfg(not(unix))]
fn lock(_: &Path) -> Result<Option<File>, Busy> {
    Ok(None)
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
    // Moved aside first, under a name that a later run would sweep too.
    let aside = aside(path).filter(|aside| fs::rename(path, aside).is_ok());
    let path = aside.as_deref().unwrap_or(path);
    for _ in 0..ATTEMPTS {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {}
            _ => return,
        }
    }
}

/// Another staging name for the same target, that nothing has.
fn aside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(SUFFIX)?;
    let (start, letters) = stem.split_at_checked(stem.len().checked_sub(LETTERS)?)?;
    let turned: String = letters.chars().rev().collect();
    let other = path.with_file_name(format!("{start}{turned}{SUFFIX}"));
    (turned != letters && fs::symlink_metadata(&other).is_err()).then_some(other)
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
                made.iter().rev().for_each(|made| drop(fs::remove_dir(made)));
                return Err(error);
            }
        }
    }
    Ok(made)
}

/// Makes one folder, readable by its owner alone.
///
/// # Errors
/// The machine's.
pub fn private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(parent: &Path, name: &str) -> PathBuf {
        let path = parent.join(name);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("file"), "x").unwrap();
        path
    }

    #[test]
    fn the_folders_of_dead_runs_go_and_those_of_live_runs_and_other_targets_stay() {
        let home = tempfile::tempdir().unwrap();
        let dead = folder(home.path(), ".out.aB3dE9.partial");
        let others = [
            ".out.more.aB3dE9.partial",
            ".out.partial",
            ".out.aB3dE.partial",
            "out.aB3dE9.partial",
            ".out2.aB3dE9.partial",
        ]
        .map(|name| folder(home.path(), name));
        let live = Staging::start(&home.path().join("out")).unwrap();
        assert!(!dead.exists());
        assert!(others.iter().all(|other| other.exists()));
        let second = Staging::start(&home.path().join("out")).unwrap();
        assert!(live.path().is_dir() && second.path().is_dir());
        let paths = [live.path().to_path_buf(), second.path().to_path_buf()];
        drop((live, second));
        assert!(paths.iter().all(|path| !path.exists()));
    }

    #[test]
    fn parents_that_were_made_go_with_a_folder_that_is_not_published() {
        let home = tempfile::tempdir().unwrap();
        drop(Staging::start(&home.path().join("a/b/out")).unwrap());
        assert!(!home.path().join("a").exists());
        let staging = Staging::start(&home.path().join("a/b/out")).unwrap();
        fs::write(home.path().join("a/other"), "x").unwrap();
        drop(staging);
        assert!(home.path().join("a/other").exists() && !home.path().join("a/b").exists());
    }
}
