//! The folder or the file to write: that it may be written, and how a folder gets its place.

use super::Failure;
use crate::output::folder::Folder;
use crate::output::manifest;
use crate::output::replace::exists;
use std::io;
use std::path::{Path, PathBuf};

/// Refuses a folder that is there already and is not to be replaced; or that, replaced, would take along what no run
/// wrote, what this run reads, the folder that the person is in, or a home.
pub(crate) fn check(target: &Path, force: bool, reads: &[&Path]) -> Result<(), Failure> {
    let refused = |why: &str| Err(Failure::Usage(format!("{} {why}", target.display())));
    if lies_in_a_run(target) {
        return refused(IN_A_RUN);
    }
    if !exists(target) {
        return Ok(());
    }
    if !target.is_dir() {
        return refused("is not a folder, and a run writes one: give another name with --out.");
    }
    if !force {
        return refused("exists already: give --force to replace it, or another folder with --out.");
    }
    let Ok(real) = target.canonicalize() else { return Ok(()) };
    let here = std::env::current_dir().ok().map(|here| (here, "the folder you are in"));
    let home = std::env::home_dir().map(|home| (home, "your home folder"));
    let read = reads.iter().map(|path| (path.to_path_buf(), "what this command reads"));
    let kept: Vec<(PathBuf, &str)> = here.into_iter().chain(home).chain(read).collect();
    match kept.iter().find(|(path, _)| path.canonicalize().is_ok_and(|path| path.starts_with(&real))) {
        Some((_, what)) => {
            refused(&format!("is not replaced, --force or not: it holds {what}. Give another folder with --out."))
        }
        // Of a link only the link is replaced.
        None if target.is_symlink() || manifest::is_own(target) => Ok(()),
        None => refused(
            "is not replaced, --force or not: it has no manifest of ratable's, so other files would be lost. \
             Give another folder with --out, or remove this one yourself.",
        ),
    }
}

/// Refuses a file that is there already and is not to be replaced, or that lies in what is read.
pub(crate) fn check_file(target: &Path, force: bool, reads: &[&Path]) -> Result<(), Failure> {
    let refused = |why: &str| Err(Failure::Usage(format!("{} {why}", target.display())));
    if lies_in_a_run(target) {
        return refused(IN_A_RUN);
    }
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(parent) = parent.canonicalize()
        && reads.iter().any(|read| read.canonicalize().is_ok_and(|read| parent.starts_with(read)))
    {
        return refused("would lie in a folder that this command reads: give another place with --out.");
    }
    if reads.iter().any(|read| read.canonicalize().ok().is_some_and(|r| target.canonicalize().ok() == Some(r))) {
        return refused("is what this command reads: give another file with --out.");
    }
    if !exists(target) {
        return Ok(());
    }
    if target.is_dir() {
        return refused(&format!(
            "is a folder, and this writes a file beside {}: give another name with --out.",
            manifest::NAME
        ));
    }
    if !force {
        return refused("exists already: give --force to replace it, or another file with --out.");
    }
    Ok(())
}

/// Why nothing is written into the folder of a finished run.
const IN_A_RUN: &str =
    "would lie in the folder of a finished run, which is not to be changed: give another place with --out.";

/// Whether what is to be written would lie in the folder of a finished run.
fn lies_in_a_run(target: &Path) -> bool {
    std::path::absolute(target).is_ok_and(|target| target.ancestors().skip(1).any(manifest::is_own))
}

/// Writes a folder by `fill`, and publishes it where that succeeds.
pub(crate) fn write<T>(
    target: &Path,
    force: bool,
    fill: impl FnOnce(&Folder) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let not_written = |why: &str| Failure::Machine(format!("{} was not written: {why}", target.display()));
    let folder = Folder::start(target).map_err(|error| not_written(&error.to_string()))?;
    let value = fill(&folder).map_err(|failure| match failure {
        Failure::Machine(why) => not_written(&why),
        other => other,
    })?;
    folder.publish(force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Usage(format!(
            "{} was written by another run meanwhile, and stays as that run left it; this one wrote nothing.",
            target.display()
        )),
        _ => not_written(&error.to_string()),
    })?;
    Ok(value)
}
