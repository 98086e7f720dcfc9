//! The files of a finished run against its manifest.

use super::{RESTORE, difference};
use crate::output::manifest::{Manifest, NAME};
use crate::problem::Problem;
use crate::sha256;
use crate::spreadsheet::hash::FileHash;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

/// What is wrong with a file that the manifest names.
pub(crate) fn entry_problem(folder: &Path, entry: &FileHash) -> Option<Problem> {
    let path = folder.join(&entry.path);
    let problem =
        |what: &str, message: String| Some(difference(&format!("files.{what}"), &entry.path, message, RESTORE));
    let found = match fs::symlink_metadata(&path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return problem("file.missing", "The run wrote this file, and it is not there any more.".to_owned());
        }
        Err(error) => return problem("file.unreadable", format!("This file cannot be looked at: {error}.")),
    };
    if !found.is_file() {
        return problem("file.replaced", format!("The run wrote a file here; now it is {}.", kind(found.file_type())));
    }
    if found.len() != entry.size {
        let message = format!("This file has {} bytes; the run wrote {}.", found.len(), entry.size);
        return problem("size.differs", message);
    }
    match sha256::of_file(&path) {
        Ok(sha256) if sha256 == entry.sha256 => None,
        Ok(sha256) => {
            problem("sha256.differs", format!("This file was changed: its SHA-256 is {sha256}, not {}.", entry.sha256))
        }
        Err(error) => problem("file.unreadable", format!("This file cannot be read: {error}.")),
    }
}

/// What is in the folder and not in the manifest.
pub(crate) fn added(folder: &Path, manifest: &Manifest) -> Vec<Problem> {
    let files: HashSet<&str> = manifest.outputs.iter().map(|entry| entry.path.as_str()).chain([NAME]).collect();
    let folders: HashSet<&str> =
        files.iter().filter_map(|path| path.rsplit_once('/')).map(|(parent, _)| parent).collect();
    let mut problems = Vec::new();
    walk(folder, "", &files, &folders, &mut problems);
    problems
}

fn walk(folder: &Path, prefix: &str, files: &HashSet<&str>, folders: &HashSet<&str>, problems: &mut Vec<Problem>) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("This folder cannot be looked at: {error}.");
            problems.push(difference("files.folder.unreadable", prefix, message, RESTORE));
            return;
        }
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && folders.contains(path.as_str()) => {
                walk(&entry.path(), &format!("{path}/"), files, folders, problems);
            }
            Ok(_) if files.contains(path.as_str()) => {}
            Ok(found) => {
                let message = format!("The run did not write this: it is {}.", kind(found));
                let help = "Find out who put it here; the run's own files are those in manifest.json.";
                problems.push(difference("files.file.added", &path, message, help));
            }
            Err(error) => {
                let message = format!("This cannot be looked at: {error}.");
                problems.push(difference("files.file.unreadable", &path, message, RESTORE));
            }
        }
    }
}

fn kind(found: fs::FileType) -> &'static str {
    if found.is_symlink() {
        "a link"
    } else if found.is_dir() {
        "a folder"
    } else if found.is_file() {
        "a file"
    } else {
        "a device or a pipe"
    }
}
