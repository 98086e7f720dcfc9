//! What lies in the folder that is watched, and whether its copy has finished.
//!
//! The folder is looked at again and again, rather than watched by the system's notifications: those do not come from
//! network shares, where such folders usually are, nor do they say when a copy is complete. What has the same size and
//! time of change in two looks is taken to be complete; where a slow copy only paused, the rest of it is a change, and
//! the case is done again.

use crate::input::case_name;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What programs call a file that they have not finished.
const UNFINISHED: [&str; 10] =
    ["part", "partial", "crdownload", "download", "tmp", "temp", "filepart", "opdownload", "aria2", "lock"];
/// What systems put into folders by themselves.
const STRAY: [&str; 2] = ["thumbs.db", "desktop.ini"];

/// A case as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub path: PathBuf,
    pub name: String,
    /// What changes with its files; none while one of them says by its name that it is not finished.
    pub stamp: Option<Stamp>,
}

/// The files of a case: their names, sizes and times of change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp(Vec<(OsString, u64, Option<SystemTime>)>);

/// Whether a file of this name is passed over: hidden, or another program's own.
fn is_stray(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("~$") || STRAY.contains(&name.to_lowercase().as_str())
}

fn is_unfinished(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
    name.ends_with('~') || extension.is_some_and(|extension| UNFINISHED.contains(&extension.as_str()))
}

/// The cases in a folder, by name; `out`, where it is in there, is none of them. Links are passed over: what they lead
/// to was not dropped here.
pub fn look(folder: &Path, out: &Path) -> io::Result<Vec<Look>> {
    let out = out.canonicalize().ok();
    let (mut looks, mut downloading) = (Vec::new(), false);
    for entry in fs::read_dir(folder)? {
        let Ok(entry) = entry else { continue };
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        downloading |= is_unfinished(&name);
        // What went away since is no case any more.
        let Ok(found) = entry.metadata() else { continue };
        let is_out = || out.as_ref().is_some_and(|out| path.canonicalize().is_ok_and(|path| out.starts_with(path)));
        if is_stray(&name) || is_unfinished(&name) || (found.is_dir() && is_out()) {
            continue;
        }
        let stamp = if found.is_dir() {
            let Some(stamp) = of_folder(&path) else { continue };
            stamp
        } else if found.is_file() {
            Some(Stamp(vec![(entry.file_name(), found.len(), found.modified().ok())]))
        } else {
            continue;
        };
        looks.push(Look { name: case_name(&path), path, stamp });
    }
    // A browser holds the name with an empty file while it downloads beside it.
    for look in looks.iter_mut().filter(|_| downloading) {
        look.stamp = look.stamp.take().filter(|Stamp(files)| files.iter().any(|(_, size, _)| *size > 0));
    }
    looks.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    Ok(looks)
}

/// The stamp of a folder, none inside while it is not finished; none where nothing is in it yet.
#[allow(clippy::option_option, reason = "nothing there, there and not finished, finished")]
fn of_folder(folder: &Path) -> Option<Option<Stamp>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_unfinished(&name) {
            return Some(None);
        }
        let Ok(found) = entry.metadata() else { return Some(None) };
        if !is_stray(&name) && found.is_file() {
            files.push((entry.file_name(), found.len(), found.modified().ok()));
        }
    }
    files.sort();
    (!files.is_empty()).then_some(Some(Stamp(files)))
}
