//! The copy of a case with its problems marked: `check --report`.

use super::failure::Failure;
use super::plan::ReadPlan;
use crate::input::Loaded;
use crate::input::copy::Copy;
use crate::output::folder::write_file;
use crate::output::replace::exists;
use crate::output::xlsx::annotated_copy;
use crate::problem::Problem;
use std::io;
use std::path::Path;

/// Refuses a file that is there already and is not to be replaced, or that is the case or in it.
/// Errors: [`Failure::Usage`].
pub(crate) fn allowed(file: &Path, force: bool, case: &Path) -> Result<(), Failure> {
    let refused = |why: &str| Err(Failure::Usage(format!("--report {}: {why}", file.display())));
    if !file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx")) {
        return refused("the workbook's name must end in .xlsx.");
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let (Ok(folder), Ok(case)) = (folder.canonicalize(), case.canonicalize())
        && folder.starts_with(&case)
    {
        return refused("it would be in the case's own folder; give a file outside it.");
    }
    if is_same(file, case) {
        return refused("this is the case itself, which is never written to; give another file.");
    }
    if exists(file) && !force {
        return refused("it exists already: give --force to replace it, or another file.");
    }
    Ok(())
}

/// Whether two paths lead to one file, links and all.
fn is_same(one: &Path, other: &Path) -> bool {
    let by_path = one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(|(one, other)| one == other);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
        by_path || identity(one).is_some_and(|one| Some(one) == identity(other))
    }
    #[cfg(not(unix))]
    by_path
}

pub(crate) fn write(file: &Path, force: bool, case: &Path, read: &ReadPlan, loaded: &Loaded) -> Result<(), Failure> {
    let not_written = |error: io::Error| Failure::Machine(format!("{} was not written: {error}", file.display()));
    let bytes = copy(case, read, &loaded.name, &loaded.problems).map_err(not_written)?;
    allowed(file, force, case)?;
    write_file(file, &bytes, force).map_err(not_written)
}

/// The copy of the case at `path`, as a workbook's bytes.
pub(crate) fn copy(path: &Path, read: &ReadPlan, name: &str, problems: &[Problem]) -> io::Result<Vec<u8>> {
    let mut copy = Copy::open(path, &read.options())?;
    let pages = copy.pages();
    annotated_copy::write(name, problems, &pages, &mut |page, take| copy.rows(page, take))
}
