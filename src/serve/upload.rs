//! What is dropped: names that lead nowhere else, sizes that are bounded, and zips, unpacked under the bounds of every
//! other archive.

use crate::commands::failure::Failure;
use crate::ocf::is_package;
use crate::output::staging::private_dir;
use crate::spreadsheet::package::Package;
use axum::body::Body;
use http_body_util::BodyExt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;
use tokio::time::timeout;

/// All that is dropped for one case comes to at most so much, as much as a workbook may be.
const MOST_BYTES: u64 = 256 << 20;
/// … and is so many files.
const MOST_FILES: usize = 64;
/// What a zip unpacks to in all.
const MOST_UNPACKED: u64 = 1 << 30;
/// A file takes at most so long to arrive.
const MOST_TIME: Duration = Duration::from_secs(300);
/// The longest name.
const LONGEST: usize = 120;

/// Why a file is not taken, in a sentence, with the status of HTTP.
pub(super) type NotTaken = (u16, String);

const IN: &str = "in";
const UNPACKED: &str = "unpacked";

/// A name that stands for one file in a folder, on every system.
fn sound(name: &str) -> Option<&str> {
    let mut parts = Path::new(name).components();
    let one = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
    let plain = !name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) && !name.chars().any(char::is_control);
    let ends = !name.starts_with('.') && !name.ends_with(['.', ' ']);
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let device = ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")));
    (one && plain && ends && !device && name.len() <= LONGEST).then_some(name)
}

/// Takes a file that is dropped, alone or into a folder of that name.
pub(super) async fn take(case: &Path, name: &str, folder: &str, body: Body) -> Result<(), NotTaken> {
    let refused = || (400, format!("{}: a file cannot have this name. Rename it, and drop it again.", shown(name)));
    let name = sound(name).ok_or_else(refused)?;
    let machine = |error: io::Error| (500, format!("{name} could not be kept: {error}"));
    let mut place = case.join(IN);
    make(&place).map_err(machine)?;
    if !folder.is_empty() {
        place.push(sound(folder).ok_or_else(refused)?);
        make(&place).map_err(machine)?;
    }
    let (files, bytes) = held(&case.join(IN)).map_err(machine)?;
    if files >= MOST_FILES {
        return Err((413, format!("More than {MOST_FILES} files: drop those of one case alone.")));
    }
    let place = place.join(name);
    let taken = timeout(MOST_TIME, receive(&place, MOST_BYTES - bytes.min(MOST_BYTES), body)).await;
    let taken = taken.unwrap_or_else(|_| Err((408, format!("{name} took too long to arrive. Drop it again."))));
    if taken.is_err() {
        drop(fs::remove_file(&place));
    }
    taken
}

async fn receive(place: &Path, most: u64, mut body: Body) -> Result<(), NotTaken> {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let machine = |error: io::Error| (500, format!("{name} could not be kept: {error}"));
    let mut file = OpenOptions::new().write(true).create_new(true).open(place).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => (400, format!("{name} was dropped twice. Drop each file once.")),
        _ => machine(error),
    })?;
    let mut left = most;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| (400, format!("{name} did not arrive whole. Drop it again.")))?;
        let Some(bytes) = frame.data_ref() else { continue };
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| (413, format!("{name} is too large: a case has at most {} MB.", MOST_BYTES >> 20)))?;
        file.write_all(bytes).map_err(machine)?;
    }
    Ok(())
}

/// A name as it can be shown.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}

fn make(folder: &Path) -> io::Result<()> {
    match private_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// How many files lie there, and how many bytes.
fn held(folder: &Path) -> io::Result<(usize, u64)> {
    let mut held = (0, 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        let (files, bytes) = if found.is_dir() { self::held(&entry.path())? } else { (1, found.len()) };
        held = (held.0 + files, held.1 + bytes);
    }
    Ok(held)
}

/// Puts a file of the program's own there.
pub(super) fn put(case: &Path, name: &str, folder: &str, bytes: &[u8]) -> io::Result<()> {
    let mut place = case.join(IN);
    make(&place)?;
    if !folder.is_empty() {
        place.push(folder);
        make(&place)?;
    }
    fs::write(place.join(name), bytes)
}

/// Where the case is that was dropped: a file, a folder, or what was in a zip.
pub(super) fn settled(folder: &Path) -> Result<PathBuf, Failure> {
    let one = only(&folder.join(IN))?;
    let is_zip = one.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    if !is_zip || one.is_dir() || is_package(&one) {
        return Ok(one);
    }
    let unpacked = folder.join(UNPACKED);
    if unpacked.exists() {
        return only(&unpacked);
    }
    let name = one.file_stem().and_then(|stem| sound(stem.to_str()?)).unwrap_or("case");
    unpack(&one, &unpacked, name).inspect_err(|_| drop(fs::remove_dir_all(&unpacked)))?;
    only(&unpacked)
}

/// The one thing in a folder; a folder with a single workbook in it is that workbook.
fn only(folder: &Path) -> Result<PathBuf, Failure> {
    let listed =
        fs::read_dir(folder).and_then(|entries| entries.map(|e| Ok(e?.path())).collect::<io::Result<Vec<_>>>());
    let none =
        || Failure::Usage("Nothing was dropped that could be read. Drop a workbook, CSV files or a zip.".to_owned());
    let mut listed = listed.map_err(|_| none())?;
    let one = listed.pop().filter(|_| listed.is_empty()).ok_or_else(none)?;
    let mut inside = if one.is_dir() { fs::read_dir(&one)?.flatten().map(|e| e.path()).collect() } else { Vec::new() };
    let workbook = |path: &PathBuf| {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        ["xlsx", "xlsm", "xlsb", "xls", "ods"].contains(&extension.as_str())
    };
    match inside.pop().filter(|_| inside.is_empty()).filter(workbook) {
        Some(workbook) => Ok(workbook),
        None => Ok(one),
    }
}

/// Unpacks the files of a zip's top folder, or of the one folder in it.
fn unpack(zip: &Path, target: &Path, name: &str) -> Result<(), Failure> {
    let damaged =
        |why: String| Failure::Usage(format!("The zip is not unpacked: {why} Make it again, or drop its files."));
    let mut package = Package::open(fs::read(zip)?).map_err(|fault| damaged(fault.message))?;
    let wanted = |name: &String| {
        !name.ends_with('/')
            && !name.split('/').any(|part| part == "__MACOSX" || part.starts_with("._") || part == ".DS_Store")
    };
    let names: Vec<String> = package.names().into_iter().filter(wanted).collect();
    if names.is_empty() || names.len() > MOST_FILES {
        return Err(damaged(format!("it has {} files, and a case has 1 to {MOST_FILES}.", names.len())));
    }
    let top = names.first().and_then(|first| first.split_once('/')).map(|(top, _)| format!("{top}/"));
    let top = top.filter(|top| names.iter().all(|name| name.starts_with(top.as_str()))).unwrap_or_default();
    let name = sound(top.trim_end_matches('/')).unwrap_or(name);
    private_dir(target)?;
    let place = target.join(name);
    private_dir(&place)?;
    let mut left = MOST_UNPACKED;
    for path in &names {
        let file = sound(&path[top.len()..])
            .ok_or_else(|| damaged(format!("{} is no plain name of a file in it.", shown(path))))?;
        let part = package.part(path).map_err(|fault| damaged(fault.message))?;
        let mut part = part.take(left + 1);
        let mut out = File::options().write(true).create_new(true).open(place.join(file))?;
        let written = io::copy(&mut part, &mut out).map_err(|error| damaged(format!("{}: {error}.", shown(path))))?;
        left = left.checked_sub(written).ok_or_else(|| damaged("it unpacks to far more than a case is.".to_owned()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::sound;

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["register.csv", "Cap table 2025.xlsx", "été.csv", "a..b.csv"] {
            assert_eq!(sound(name), Some(name));
        }
        let long = "x".repeat(200);
        let wrong = [
            "",
            ".",
            "..",
            "../x.csv",
            "/etc/passwd",
            "a/b.csv",
            "a\\b.csv",
            "C:x.csv",
            ".bashrc",
            "a\0b",
            "a\nb",
            "nul.csv",
            "COM1",
            "x.",
            "x ",
            "a:stream",
            &long,
        ];
        for name in wrong {
            assert_eq!(sound(name), None, "{name:?}");
        }
    }
}
