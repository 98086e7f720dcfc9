//! How a finished folder takes its place, without a moment in which there is neither the old folder nor the new.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Whether there is something at `path`, be it a link that leads nowhere.
pub(crate) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Which folder it is, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity(u64, u64);

impl Identity {
    /// What stands at `path`; none where nothing does.
    #[cfg(unix)]
    pub fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        fs::symlink_metadata(path).ok().map(|found| Self(found.dev(), found.ino()))
    }

    /// What stands at `path`; none where nothing does. All things are one where the system does not number them.
    #[cfg(not(unix))]
    pub fn of(path: &Path) -> Option<Self> {
        exists(path).then_some(Self(0, 0))
    }
}

/// Exchanges `staged` for what stands at `target`, which must be `before`, and says where the latter is now.
/// Errors: [`io::ErrorKind::AlreadyExists`] where something else stands there by now, which stays.
pub fn replace(staged: &Path, target: &Path, before: &Identity) -> io::Result<Option<PathBuf>> {
    replace_by(exchange, staged, target, before)
}

/// The same with the system's exchange of two folders, or one that it has not.
pub fn replace_by(
    exchange: impl Fn(&Path, &Path) -> io::Result<()>,
    staged: &Path,
    target: &Path,
    before: &Identity,
) -> io::Result<Option<PathBuf>> {
    if Identity::of(target).as_ref() != Some(before) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    if exchange(staged, target).is_ok() {
        // Another run may have come between the look and the exchange: then it keeps its place.
        if Identity::of(staged).as_ref() != Some(before) && exchange(staged, target).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        return Ok(Some(staged.to_path_buf()));
    }
    let aside = free_name(target);
    fs::rename(target, &aside)?;
    let Err(error) = fs::rename(staged, target) else { return Ok(Some(aside)) };
    let note = match fs::rename(&aside, target) {
        Ok(()) => "the folder that was there is untouched".to_owned(),
        Err(_) => format!("the folder that was there is now {}", aside.display()),
    };
    Err(io::Error::new(error.kind(), format!("{error}; {note}")))
}

/// `<target>.replaced`, or that with a number where it is taken.
fn free_name(target: &Path) -> PathBuf {
    let name = |number: u32| {
        let mut name = target.as_os_str().to_owned();
        name.push(".replaced");
        if number > 1 {
            name.push(number.to_string());
        }
        PathBuf::from(name)
    };
    (1..1_000).map(name).find(|path| !exists(path)).unwrap_or_else(|| name(1_000))
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
/// Errors: [`io::ErrorKind::AlreadyExists`] where something is in the way.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
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
pub(crate) fn sync_parent(path: &Path) {
    if let Some(parent) = path.parent().and_then(|parent| File::open(parent).ok()) {
        drop(parent.sync_all());
    }
}
