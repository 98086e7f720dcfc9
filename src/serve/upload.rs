//! What is dropped: names that lead nowhere else, sizes that are bounded, and zips, unpacked under the bounds of every
//! other archive.

use crate::commands::Failure;
use crate::input::source::names::{is_text, is_workbook};
use crate::input::{file_name, is_table_file};
use crate::ocf::{is_package, is_zip};
use crate::output::staging::private_dir;
use crate::spreadsheet::Fault;
use crate::spreadsheet::package::Package;
use crate::text::plural;
use axum::body::Body;
use http_body_util::BodyExt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// All that is dropped for one case comes to at most so much, as much as a workbook may be.
pub(super) const MOST_BYTES: u64 = 256 << 20;
/// … and is so many files.
const MOST_FILES: usize = 64;
/// What a zip unpacks to in all.
const MOST_UNPACKED: u64 = 1 << 30;
/// A file takes at most so long to arrive.
const MOST_TIME: Duration = Duration::from_secs(300);
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

/// Takes a file that is dropped, alone or into a folder of that name. One that is not taken is read to its end all the
/// same: who is still sending does not hear why.
pub(super) async fn take(case: &Path, name: &str, folder: &str, mut body: Body) -> Result<(), NotTaken> {
    let until = Instant::now() + MOST_TIME;
    let taken = keep(case, name, folder, &mut body, until).await;
    if taken.is_err() {
        drop(timeout_at(until, async { while let Some(Ok(_)) = body.frame().await {} }).await);
    }
    taken
}

async fn keep(case: &Path, name: &str, folder: &str, body: &mut Body, until: Instant) -> Result<(), NotTaken> {
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
    let taken = timeout_at(until, receive(&place, MOST_BYTES - bytes.min(MOST_BYTES), body)).await;
    let taken = taken.unwrap_or_else(|_| Err((408, format!("{name} took too long to arrive. Drop it again."))));
    if taken.is_err() {
        drop(fs::remove_file(&place));
    }
    taken
}

async fn receive(place: &Path, most: u64, body: &mut Body) -> Result<(), NotTaken> {
    let name = file_name(place);
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
    if !is_zip(&one) || one.is_dir() || is_package(&one) {
        return Ok(one);
    }
    let unpacked = folder.join(UNPACKED);
    if unpacked.exists() {
        return only(&unpacked);
    }
    let name = one.file_stem().and_then(|stem| sound(stem.to_str()?)).unwrap_or("case");
    let settled = unpack(&one, &unpacked, name).and_then(|()| only(&unpacked));
    settled.inspect_err(|_| drop(fs::remove_dir_all(&unpacked)))
}

/// The one thing in a folder; a folder with a single workbook in it, or a single table of another name, is that file.
fn only(folder: &Path) -> Result<PathBuf, Failure> {
    let listed =
        |folder: &Path| fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>();
    let none =
        || Failure::Usage("Nothing was dropped that could be read. Drop a workbook, CSV files or a zip.".to_owned());
    let mut found = listed(folder).map_err(|_| none())?;
    let one = found.pop().filter(|_| found.is_empty()).ok_or_else(none)?;
    let inside = if one.is_dir() { listed(&one)? } else { return Ok(one) };
    let is_table = |path: &PathBuf| is_table_file(&file_name(path));
    if let [alone] = inside.as_slice()
        && (is_workbook(&file_name(alone)) || (is_text(&file_name(alone)) && !is_table(alone)))
    {
        return Ok(alone.clone());
    }
    let whole = inside.iter().find(|path| is_workbook(&file_name(path)) || is_zip(path));
    match whole.filter(|_| !is_package(&one) && !inside.iter().any(is_table)) {
        Some(path) => Err(Failure::Usage(format!(
            "{} files were dropped together, and none of them is a table such as register.csv. A workbook or a zip is a \
             case of its own: drop {} alone.",
            inside.len(),
            shown(&file_name(path))
        ))),
        None => Ok(one),
    }
}

/// Whether a file of a zip is one that systems and programs put beside what people keep.
fn is_hidden(path: &str) -> bool {
    let leads_away = |part: &str| [".", ".."].contains(&part);
    path.ends_with('/')
        || path
            .split('/')
            .any(|part| part == "__MACOSX" || part.starts_with("~$") || (part.starts_with('.') && !leads_away(part)))
}

/// The folder in which all of these are: `a/b/`, or nothing.
fn common_folder(names: &[String]) -> &str {
    let folder = |name: &'_ str| name.rfind('/').map_or(0, |at| at + 1);
    let Some(first) = names.first() else { return "" };
    let mut common = &first[..folder(first)];
    while !names.iter().all(|name| name.starts_with(common)) {
        common = &common[..folder(common.trim_end_matches('/'))];
    }
    common
}

/// Unpacks the files of a zip that lie in one folder, however deep.
fn unpack(zip: &Path, target: &Path, name: &str) -> Result<(), Failure> {
    let not = |why: String| Failure::Usage(format!("The zip is not unpacked: {why}"));
    let fault = |fault: Fault| match fault.what {
        "password-protected" => {
            not("it is protected with a password. Make it again without one, or drop its files.".to_owned())
        }
        _ => not(format!("{} Make it again, or drop its files.", fault.message.replacen("The workbook", "it", 1))),
    };
    let mut package = Package::open(fs::read(zip)?).map_err(fault)?;
    if package.has("[Content_Types].xml") || package.has("mimetype") {
        return Err(not("it is a workbook. Give its name the ending .xlsx again, or .ods, and drop it.".to_owned()));
    }
    let names: Vec<String> = package.names().into_iter().filter(|name| !is_hidden(name)).collect();
    if names.is_empty() || names.len() > MOST_FILES {
        let (has, most) = (plural(names.len(), "file"), MOST_FILES);
        return Err(not(format!(
            "it has {has}, and a case has 1 to {most}. Zip the tables of one case, and drop that."
        )));
    }
    if let [alone] = names.as_slice()
        && is_zip(Path::new(alone))
    {
        return Err(not(format!("there is another zip in it, {}. Unpack it, and drop that one.", shown(alone))));
    }
    let top = common_folder(&names);
    let name = sound(top.trim_end_matches('/').rsplit('/').next().unwrap_or_default()).unwrap_or(name);
    private_dir(target)?;
    let place = target.join(name);
    private_dir(&place)?;
    let mut left = MOST_UNPACKED;
    for path in &names {
        let inner = &path[top.len()..];
        let file = sound(inner).ok_or_else(|| {
            not(if inner.contains('/') && !inner.starts_with('/') && !inner.split('/').any(|part| part == "..") {
                format!(
                    "{} lies in a folder of its own. Put all files of the case into one folder, and zip that.",
                    shown(path)
                )
            } else {
                format!("{} is a name that a file cannot have. Rename the file, and make the zip again.", shown(path))
            })
        })?;
        let mut part = package.part(path).map_err(fault)?.take(left + 1);
        let mut out = File::options().write(true).create_new(true).open(place.join(file))?;
        let written = io::copy(&mut part, &mut out)
            .map_err(|error| not(format!("{}: {error}. Make it again, or drop its files.", shown(path))))?;
        left = left.checked_sub(written).ok_or_else(|| {
            not("it unpacks to far more than a case is. Drop the tables of one case alone.".to_owned())
        })?;
    }
    Ok(())
}
