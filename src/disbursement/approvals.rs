//! Approvals of a run, a line each in `approvals.jsonl` beside the run's folder: who, when, and which manifest, each line
//! chained to the one before by its hash. It tells what was changed afterwards by accident; it is no signature.

use super::Refused;
use crate::model::text_key;
use crate::output::folder::append_line;
use crate::problem::{Place, Problem};
use crate::sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) const NAME: &str = "approvals.jsonl";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    pub by: String,
    pub at: String,
    pub note: String,
    pub run: String,
    pub manifest: String,
    /// The SHA-256 of the line before; blank for the first.
    pub previous: String,
}

/// Where a run's approvals are: beside its folder.
pub(crate) fn path(run: &Path) -> io::Result<PathBuf> {
    let folder = fs::canonicalize(run)?;
    Ok(folder.parent().unwrap_or(&folder).join(NAME))
}

/// The approvals beside a run, of whatever run.
#[derive(Debug)]
pub(crate) struct Approvals {
    /// In the order in which they were given.
    pub list: Vec<Approval>,
    /// The hash of the last line.
    last: String,
    /// The file's size in bytes.
    length: u64,
}

/// Reads them.
/// Errors: a line that is none, or does not follow on the one before.
pub(crate) fn read(run: &Path) -> Result<Approvals, Refused> {
    let path = path(run)?;
    let text = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", path.display())).into()),
    };
    let (mut approvals, mut previous) = (Vec::new(), String::new());
    let whole = text.is_empty() || text.ends_with(b"\n");
    for (number, line) in (1..).zip(text.split(|b| *b == b'\n').filter(|line| !line.is_empty())) {
        let approval: Approval =
            serde_json::from_slice(line).map_err(|error| broken(number, &format!("it is no approval: {error}")))?;
        if approval.previous != previous {
            return Err(broken(number, "it does not follow on the line before it").into());
        }
        previous = sha256::of_bytes(line);
        approvals.push(approval);
    }
    let length = text.len() as u64;
    if whole {
        Ok(Approvals { list: approvals, last: previous, length })
    } else {
        Err(broken(approvals.len(), "its end is missing").into())
    }
}

fn broken(line: usize, why: &str) -> Problem {
    let message = format!("Line {line} was changed, or lines before it were added or taken out: {why}.");
    let help = "Take the file from a backup; or remove it, and have the runs approved again.";
    Problem::error("approvals.chain.broken", Place::file(NAME), message, help)
}

pub(crate) fn add(run: &Path, by: &str, at: String, note: &str, manifest: &str) -> Result<(), Refused> {
    let Approvals { last: previous, length, .. } = read(run)?;
    let name = fs::canonicalize(run)?.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (by, note) = (by.trim().to_owned(), note.to_owned());
    let approval = Approval { by, at, note, run: name, manifest: manifest.to_owned(), previous };
    let line = serde_json::to_vec(&approval).map_err(io::Error::from)?;
    Ok(append_line(&path(run)?, length, &line)?)
}

/// The different people who approved the run as it is, by the names that they gave first. Names that differ only by case,
/// blanks, or signs between the letters are one person's.
pub(crate) fn people(approvals: &[Approval], manifest: &str) -> Vec<String> {
    let mut people: BTreeMap<String, String> = BTreeMap::new();
    for approval in approvals.iter().filter(|approval| approval.manifest == manifest) {
        let name = text_key::key(&approval.by);
        let letters: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        people.entry(letters).or_insert_with(|| name.into_owned());
    }
    people.into_values().collect()
}
