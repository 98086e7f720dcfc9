//! The folder to write: that it may be written, and how it gets its place.

use super::job::Failure;
use crate::output::folder::{self, Folder};
use std::io;
use std::path::{Path, PathBuf};

/// Refuses a folder that is there already and is not to be replaced; or that, replaced, would take along what the run
/// reads, the folder that the person is in, or a home.
/// Errors: [`Failure::Usage`].
pub(crate) fn check(target: &Path, force: bool, reads: &[&Path]) -> Result<(), Failure> {
    if !folder::exists(target) {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(Failure::Usage(format!(
            "{} is not a folder, and a run writes one: give another name with --out.",
            target.display()
        )));
    }
    if !force {
        return Err(Failure::Usage(format!(
            "{} exists already: give --force to replace it, or another folder with --out.",
            target.display()
        )));
    }
    let Ok(real) = target.canonicalize() else { return Ok(()) };
    let here = std::env::current_dir().ok().map(|here| (here, "the folder you are in"));
    let home = std::env::home_dir().map(|home| (home, "your home folder"));
    let read = reads.iter().map(|path| (path.to_path_buf(), "what this command reads"));
    let kept: Vec<(PathBuf, &str)> = here.into_iter().chain(home).chain(read).collect();
    match kept.iter().find(|(path, _)| path.canonicalize().is_ok_and(|path| path.starts_with(&real))) {
        Some((_, what)) => Err(Failure::Usage(format!(
            "{} is not replaced, --force or not: it holds {what}. Give another folder with --out.",
            target.display()
        ))),
        None => Ok(()),
    }
}

/// Writes a folder by `fill`, and publishes it where that succeeds.
/// Errors: Those of `fill`; the machine's; another run's folder that came meanwhile.
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
