//! `manifest.json` of a finished run, read back.

use super::difference;
use crate::output::manifest::{Manifest, NAME, json_bytes};
use crate::problem::Problem;
use std::fs;
use std::io;
use std::path::{Component, Path};

#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub manifest: Manifest,
    pub sha256: String,
}

#[derive(Debug)]
pub(crate) enum NoRun {
    /// The folder cannot be looked at.
    Machine(io::Error),
    /// Its manifest is missing, damaged, or not as it was written.
    Problem(Box<Problem>),
}

pub(crate) fn read(folder: &Path) -> Result<Finished, NoRun> {
    let listed = fs::metadata(folder).map_err(NoRun::Machine)?;
    if !listed.is_dir() {
        return Err(NoRun::Machine(io::ErrorKind::NotADirectory.into()));
    }
    let path = folder.join(NAME);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(unreadable("it is not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unreadable("it is missing")),
        Err(error) => return Err(NoRun::Machine(error)),
    }
    let bytes = fs::read(&path).map_err(NoRun::Machine)?;
    let mut manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error.to_string()))?;
    let written = json_bytes(&manifest).and_then(|written| Ok((written, manifest.hashed()?)));
    let (written, self_sha256) = written.map_err(NoRun::Machine)?;
    if written != bytes || self_sha256 != manifest.self_sha256 {
        return Err(NoRun::Problem(Box::new(difference(
            "manifest.self_sha256.differs",
            NAME,
            "The manifest was edited after the run: its `self_sha256` is not that of what it says.",
            super::RESTORE,
        ))));
    }
    if let Some(entry) = manifest.outputs.iter().find(|entry| !is_inside(&entry.path)) {
        return Err(unreadable(&format!("it names a file outside the folder, {}", entry.path)));
    }
    if let Some(pair) = manifest.outputs.windows(2).find(|pair| pair[0].path >= pair[1].path) {
        return Err(unreadable(&format!("its files are not in order at {}", pair[1].path)));
    }
    Ok(Finished { manifest, sha256: crate::sha256::of_bytes(&bytes) })
}

fn unreadable(why: &str) -> NoRun {
    NoRun::Problem(Box::new(difference(
        "manifest.file.unreadable",
        NAME,
        format!("There is no manifest of a finished run here that can be read: {why}."),
        "Give the folder that a run of ratable wrote, as it wrote it.",
    )))
}

/// Whether a path of a manifest stays in the folder, and is no other name for a file of it.
fn is_inside(path: &str) -> bool {
    let plain = |part: Component| matches!(part, Component::Normal(_));
    let parts = path.split('/').count();
    path != NAME && !path.contains('\\') && Path::new(path).components().filter(|part| plain(*part)).count() == parts
}
