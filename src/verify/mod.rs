//! A finished run, read back from its folder: whether it is what was written, and whether its figures agree.
//!
//! ```text
//! folder → manifest (with its own hash) → files (sizes, hashes, nothing missing or added) → totals (re-added from the files)
//! folder + the run made again → compare (byte for byte)
//! ```
//!
//! Nothing here reads a case or computes what anybody is owed: that is for the caller, who runs the command again.

pub(crate) mod compare;
pub(crate) mod files;
pub(crate) mod finished;
pub(crate) mod table;
pub(crate) mod totals;

use crate::output::manifest::Manifest;
use crate::problem::{Place, Problem};
use rayon::prelude::*;
use std::path::Path;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub files: usize,
    /// Control totals re-added.
    pub totals: usize,
}

/// Checks a finished run from its folder alone.
pub(crate) fn check(folder: &Path, manifest: &Manifest) -> (Checked, Vec<Problem>) {
    let files = manifest.outputs.par_iter().filter_map(|entry| files::entry_problem(folder, entry));
    let (mut problems, (totals, differing)): (Vec<Problem>, _) =
        rayon::join(|| files.collect(), || totals::check(folder, manifest));
    problems.extend(files::added(folder, manifest));
    problems.extend(differing);
    (Checked { files: manifest.outputs.len(), totals }, problems)
}

/// A difference in a file of the folder, or in the folder as a whole.
fn difference(code: &str, file: &str, message: impl Into<String>, help: &str) -> Problem {
    Problem::error(code, Place::file(file), message, help)
}

/// What to do about a file that is not what the run wrote.
const RESTORE: &str = "Take the folder from a backup, or run the command again and compare.";
