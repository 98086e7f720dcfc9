//! What a watch wrote for a case before: whether it still stands, and that nothing of somebody else's is replaced.

use crate::input::{Input, is_table_file};
use crate::output::manifest::{Entry, PROBLEMS};
use crate::output::replace::exists;
use crate::sha256;
use crate::verify::finished;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// `problems.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// `ratable`.
    pub tool: String,
    pub version: String,
    pub arguments: Vec<String>,
    pub case: String,
    pub inputs: Vec<Entry>,
    pub problems: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Nothing,
    /// What its files still come to.
    Current,
    /// What other files came to.
    Stale,
    /// What a watch did not write.
    Foreign,
}

#[derive(Clone, Debug)]
pub(crate) struct With {
    /// As a run's manifest lists it, without the date.
    pub arguments: Vec<String>,
    pub date: Option<String>,
    /// The team's own layout.
    pub template: Option<Entry>,
}

impl With {
    /// The same with the date, as a manifest lists it.
    pub(crate) fn all(&self) -> Vec<String> {
        let date = self.date.iter().flat_map(|date| ["--date".to_owned(), date.clone()]);
        date.chain(self.arguments.iter().cloned()).collect()
    }

    /// Whether a run was made with these. Where no date is given, it follows from the case.
    fn made(&self, arguments: &[String]) -> bool {
        match (arguments, &self.date) {
            ([flag, _, rest @ ..], None) if flag == "--date" => rest == self.arguments,
            (all, _) => all == self.all(),
        }
    }
}

/// What is at `target` for the case at `path`.
pub(crate) fn standing(target: &Path, path: &Path, with: &With) -> Standing {
    if !exists(target) {
        return Standing::Nothing;
    }
    let report = fs::read(target.join(PROBLEMS)).ok().and_then(|bytes| serde_json::from_slice::<Report>(&bytes).ok());
    let (made, written) = match report {
        Some(report) if report.tool == "ratable" => (with.made(&report.arguments), report.inputs),
        _ => match finished::read(target) {
            Ok(run) if run.manifest.command == "dividend" && run.manifest.part.is_none() => {
                let same = with.made(&run.manifest.arguments) && run.manifest.template == with.template;
                (same, run.manifest.inputs)
            }
            _ => return Standing::Foreign,
        },
    };
    let mut written = written;
    written.sort_by(|a, b| a.path.cmp(&b.path));
    if made && inputs(path).is_ok_and(|inputs| inputs == written) { Standing::Current } else { Standing::Stale }
}

/// The files that a case is read from, by name, with their hashes.
pub(crate) fn inputs(case: &Path) -> io::Result<Vec<Entry>> {
    let mut files = Vec::new();
    if case.is_dir() {
        for entry in fs::read_dir(case)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_table_file(&name) && entry.path().is_file() {
                files.push((name, entry.path()));
            }
        }
    } else {
        files.push((case.file_name().unwrap_or_default().to_string_lossy().into_owned(), case.to_path_buf()));
    }
    files.sort();
    let entry = |(name, path): (String, PathBuf)| {
        let size = fs::metadata(&path)?.len();
        Ok(Entry::from(&Input { path: name, size, sha256: sha256::of_file(&path)? }))
    };
    files.into_iter().map(entry).collect()
}
