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

/// Why something of a finished run was not done.
#[derive(Debug)]
pub(crate) enum Refused {
    Machine(io::Error),
    /// What must be put right first.
    Problems(Vec<Problem>),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Machine(error)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

/// Errors: That the folder cannot be looked at, or its manifest is missing, damaged, or not as it was written.
pub(crate) fn read(folder: &Path) -> Result<Finished, Refused> {
    let listed = fs::metadata(folder)?;
    if !listed.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory).into());
    }
    let path = folder.join(NAME);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(unreadable("it is not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unreadable("it is missing")),
        Err(error) => return Err(error.into()),
    }
    let bytes = fs::read(&path)?;
    let mut manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error.to_string()))?;
    if json_bytes(&manifest)? != bytes || manifest.hashed()? != manifest.self_sha256 {
        let message = "The manifest was edited after the run: its `self_sha256` is not that of what it says.";
        return Err(difference("manifest.self_sha256.differs", NAME, message, super::RESTORE).into());
    }
    if let Some(entry) = manifest.outputs.iter().find(|entry| !is_inside(&entry.path)) {
        return Err(unreadable(&format!("it names a file outside the folder, {}", entry.path)));
    }
    if let Some(pair) = manifest.outputs.windows(2).find(|pair| pair[0].path >= pair[1].path) {
        return Err(unreadable(&format!("its files are not in order at {}", pair[1].path)));
    }
    Ok(Finished { manifest, sha256: crate::sha256::of_bytes(&bytes) })
}

fn unreadable(why: &str) -> Refused {
    let message = format!("There is no manifest of a finished run here that can be read: {why}.");
    let help = "Give the folder that a run of ratable wrote, as it wrote it.";
    difference("manifest.file.unreadable", NAME, message, help).into()
}

/// Whether a path of a manifest stays in the folder, and is no other name for a file of it.
fn is_inside(path: &str) -> bool {
    let plain = |part: Component| matches!(part, Component::Normal(_));
    let parts = path.split('/').count();
    path != NAME && !path.contains('\\') && Path::new(path).components().filter(|part| plain(*part)).count() == parts
}
