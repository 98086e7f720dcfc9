//! The files of a package: a folder or a zip archive, its manifest, and the objects in each file, one at a time.

use super::classes::StockClasses;
use super::fold::Fold;
use super::objects::{FileRef, Manifest, Stakeholder, StockPlan, VestingTerms};
use super::{Package, at, tables};
use crate::model::calendar::{Date, iso};
use crate::problem::{Place, Problem};
use crate::spreadsheet::hash::{Input, Tally};
use crate::spreadsheet::package as archive;
use crate::spreadsheet::row::Fault;
use md5::{Digest, Md5};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MANIFEST: &str = "Manifest.ocf.json";
/// The largest archive that is opened; a folder may be of any size.
const ARCHIVE_LIMIT: u64 = 256 << 20;
/// Files beside the package's own in an archive are tables, which are small.
const OTHER_LIMIT: u64 = 64 << 20;
const EXPORT_AGAIN: &str = "Export the package again from where it comes from, as OCF 1.2.";

/// Whether a folder, or a file by its name, is a package.
pub(crate) fn is_package(path: &Path) -> bool {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
    name.ends_with(".ocf.zip") || (path.is_dir() && path.join(MANIFEST).is_file())
}

/// Reads the package at `path` as of a date; without one, as of the manifest's.
/// Errors: A machine failure; what is wrong with the package is among its problems.
pub(crate) fn read(path: &Path, as_of: Option<Date>) -> io::Result<Package> {
    let mut package = Package::default();
    let mut files = match Files::open(path)? {
        Ok(files) => files,
        Err(fault) => {
            let place = Place::file(path.file_name().unwrap_or_default().to_string_lossy());
            package.problems.push(Problem::error("ocf.file.damaged", place, fault.message, EXPORT_AGAIN));
            return Ok(package);
        }
    };
    read_files(&mut files, as_of, &mut package)?;
    files.others(&mut package)?;
    Ok(package)
}

fn read_files(files: &mut Files, as_of: Option<Date>, package: &mut Package) -> io::Result<()> {
    let Some(manifest) = manifest(files, package)? else { return Ok(()) };
    let place = || Place::file(MANIFEST);
    let as_of = match (as_of, &manifest.as_of) {
        (Some(date), Some(of)) if date > of.0 => {
            let of = iso(of.0);
            let message =
                format!("The package stands as of {of}; what happened from then to {} is not in it.", iso(date));
            let help = "Nothing to do if nothing happened since; else export the package again.";
            package.problems.push(Problem::note("ocf.as_of.earlier", place(), message, help));
            date
        }
        (Some(date), _) => date,
        (None, Some(of)) => of.0,
        (None, None) => {
            let help = "Give the date of the run with --date, or export the package again.";
            package.problems.push(Problem::error(
                "ocf.as_of.missing",
                place(),
                "The manifest has no date as_of.",
                help,
            ));
            return Ok(());
        }
    };
    package.as_of = Some(as_of);
    let mut names = vec![MANIFEST.to_owned()];
    let mut holders: Vec<(Stakeholder, u16)> = Vec::new();
    let mut classes: Vec<_> = Vec::new();
    let mut plans: Vec<StockPlan> = Vec::new();
    let mut vesting: Vec<VestingTerms> = Vec::new();
    each(files, &manifest.stakeholders_files, &mut names, package, |item, file| holders.push((item, file)))?;
    each(files, &manifest.stock_classes_files, &mut names, package, |item, file| classes.push((item, file)))?;
    each(files, &manifest.stock_plans_files, &mut names, package, |item, _| plans.push(item))?;
    each(files, &manifest.vesting_terms_files, &mut names, package, |item, _| vesting.push(item))?;
    let mut fold = Fold::new(as_of, &holders, &classes, &plans, &vesting);
    each(files, &manifest.transactions_files, &mut names, package, |item, file| fold.take(item, file))?;
    let others = [
        &manifest.stock_legend_templates_files,
        &manifest.valuations_files,
        &manifest.financings_files,
        &manifest.documents_files,
    ];
    package.own_files.extend(others.into_iter().flatten().map(|file| plain(&file.filepath)));
    let folded = fold.finish();
    let stock = StockClasses::new(&classes, &folded);
    if let Some(issuer) = manifest.issuer {
        package.terms.push(("company", issuer.legal_name, place()));
    }
    tables::make(package, &names, &holders, stock, folded);
    Ok(())
}

fn manifest(files: &mut Files, package: &mut Package) -> io::Result<Option<Manifest>> {
    let place = || Place::file(MANIFEST);
    let mut refuse = |what: &str, message: String, help: &str| {
        package.problems.push(Problem::error(format!("ocf.manifest.{what}"), place(), message, help));
    };
    if !files.has(MANIFEST) {
        refuse("missing", format!("The package has no {MANIFEST}, which says what it is made of."), EXPORT_AGAIN);
        return Ok(None);
    }
    let sums = Sums::default();
    let manifest: Result<Manifest, _> = match files.open_file(MANIFEST, &sums) {
        Ok(reader) => serde_json::from_reader(reader),
        Err(Unread::Io(error)) => return Err(error),
        Err(Unread::Content(what)) => {
            refuse("not-read", format!("The manifest is not read: {what}."), EXPORT_AGAIN);
            return Ok(None);
        }
    };
    package.inputs.extend(sums.input(files, MANIFEST));
    package.own_files.push(MANIFEST.to_owned());
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(error) if error.is_io() && !files.is_archive() => return Err(error.into()),
        Err(error) => {
            refuse("not-understood", format!("The manifest is not as OCF has it: {error}."), EXPORT_AGAIN);
            return Ok(None);
        }
    };
    if manifest.file_type.as_deref() != Some("OCF_MANIFEST_FILE") {
        let found = manifest.file_type.as_deref().unwrap_or("missing");
        refuse("file-type", format!("Its file_type is {found}, not OCF_MANIFEST_FILE."), EXPORT_AGAIN);
        return Ok(None);
    }
    let version = manifest.ocf_version.clone().unwrap_or_default();
    let numbers: Vec<&str> = version.split(['.', '-', '+']).take(2).collect();
    match numbers.as_slice() {
        ["1", "2"] => {}
        [major, minor] if [major, minor].iter().all(|n| n.bytes().all(|b| b.is_ascii_digit())) => {
            let message = format!("This package is of OCF {version}; OCF 1.2 is read.");
            refuse("version", message, EXPORT_AGAIN);
            return Ok(None);
        }
        _ => {
            let message =
                format!("The manifest's ocf_version is '{version}', which is no version; it is read as OCF 1.2.");
            package.problems.push(Problem::warning("ocf.manifest.no-version", place(), message, EXPORT_AGAIN));
        }
    }
    Ok(Some(manifest))
}

/// Reads each object of these files.
fn each<T: DeserializeOwned>(
    files: &mut Files,
    refs: &[FileRef],
    names: &mut Vec<String>,
    package: &mut Package,
    mut take: impl FnMut(T, u16),
) -> io::Result<()> {
    for of in refs {
        let Some(name) = find(files, &plain(&of.filepath), package) else { continue };
        package.own_files.push(name.clone());
        let file = u16::try_from(names.len()).unwrap_or(u16::MAX);
        names.push(name.clone());
        let sums = Sums::default();
        let problems = &mut package.problems;
        let mut each = |item: Value| {
            let id = item.get("id").and_then(Value::as_str).unwrap_or("without id").to_owned();
            match serde_json::from_value::<T>(item) {
                Ok(object) => take(object, file),
                Err(error) => {
                    let message = format!("The object {id} is not as OCF has it: {error}.");
                    let help = "Correct the object, or export the package again.";
                    problems.push(Problem::error("ocf.object.not-understood", at(&name, &id), message, help));
                }
            }
        };
        let result = match files.open_file(&name, &sums) {
            Ok(reader) => {
                let mut json = serde_json::Deserializer::from_reader(reader);
                json.deserialize_map(Items(&mut each)).and_then(|()| json.end())
            }
            Err(Unread::Io(error)) => return Err(error),
            Err(Unread::Content(what)) => {
                let message = format!("{name} is not read: {what}.");
                package.problems.push(Problem::error("ocf.file.not-read", Place::file(&name), message, EXPORT_AGAIN));
                continue;
            }
        };
        match result {
            Ok(()) => {}
            Err(error) if error.is_io() && !files.is_archive() => return Err(error.into()),
            Err(error) => {
                let message = format!("{name} is no file of OCF objects: {error}.");
                let place = Place::file(&name);
                package.problems.push(Problem::error("ocf.file.not-understood", place, message, EXPORT_AGAIN));
                continue;
            }
        }
        let md5 = sums.md5();
        package.inputs.extend(sums.input(files, &name));
        if !of.md5.is_empty() && !of.md5.eq_ignore_ascii_case(&md5) {
            let message =
                format!("{name} is not as it was when the package was written: its MD5 is {md5}, not {}.", of.md5);
            let help = "Nothing to do if it was changed on purpose; else export the package again.";
            package.problems.push(Problem::warning("ocf.file.changed", Place::file(&name), message, help));
        }
    }
    Ok(())
}

/// The file that the manifest names so.
fn find(files: &Files, name: &str, package: &mut Package) -> Option<String> {
    if files.has(name) {
        return Some(name.to_owned());
    }
    let place = Place::file(MANIFEST);
    // A manifest may name `Stakeholders.json` where the file is called `Stakeholders.ocf.json`.
    let other = name.strip_suffix(".json").map(|stem| format!("{}.ocf.json", stem.trim_end_matches(".ocf")));
    if let Some(other) = other.filter(|other| files.has(other)) {
        let message = format!("The manifest names {name}, which is not there; {other} is read for it.");
        package.problems.push(Problem::warning("ocf.file.renamed", place, message, EXPORT_AGAIN));
        return Some(other);
    }
    let message = format!("The manifest names the file {name}, which is not in the package.");
    let help = "Put the file back where it was, or export the package again.";
    package.problems.push(Problem::error("ocf.file.missing", place, message, help));
    None
}

/// A path as it stands in the folder, without `./`.
fn plain(path: &str) -> String {
    path.trim_start_matches("./").replace('\\', "/")
}

/// Hands over each of a file's `items`.
struct Items<'i>(&'i mut dyn FnMut(Value));

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file of objects, {\"file_type\": …, \"items\": […]}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                map.next_value_seed(Items(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Value>()? {
            (self.0)(item);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

/// What a file's bytes come to, told while they are read.
#[derive(Clone, Default)]
struct Sums(Tally, Arc<Mutex<Md5>>);

impl Sums {
    fn state(&self) -> MutexGuard<'_, Md5> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn md5(&self) -> String {
        hex(&self.state().clone().finalize())
    }

    /// The input that was read; of an archive the whole is one.
    fn input(&self, files: &Files, name: &str) -> Option<Input> {
        (!files.is_archive()).then(|| self.0.input(name))
    }
}

/// The MD5 of a file's bytes, as manifests have it.
pub(crate) fn md5_of(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A file whose bytes are summed as they are read.
struct Summed<R> {
    inner: R,
    sums: Sums,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let read = buffer.get(..n).unwrap_or_default();
        self.sums.0.add(read);
        self.sums.state().update(read);
        Ok(n)
    }
}

/// A part of an archive: JSON has no pieces that could be too long.
struct Pieces<'p>(archive::Part<'p>);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.new_piece();
        self.0.read(buffer)
    }
}

/// Why a file is not read.
enum Unread {
    Io(io::Error),
    Content(String),
}

/// Where a package's files are.
enum Files {
    Folder { root: PathBuf },
    Archive { zip: archive::Package, prefix: String, input: Input },
}

impl Files {
    fn open(path: &Path) -> io::Result<Result<Self, Fault>> {
        if path.is_dir() {
            return Ok(Ok(Self::Folder { root: fs::canonicalize(path)? }));
        }
        let len = fs::metadata(path)?.len();
        if len > ARCHIVE_LIMIT {
            let message = format!("The package takes {} MB; {} MB are the limit.", len >> 20, ARCHIVE_LIMIT >> 20);
            return Ok(Err(Fault::new("too-large", message, "Unpack it, and give its folder.")));
        }
        let bytes = fs::read(path)?;
        let tally = Tally::default();
        tally.add(&bytes);
        let input = tally.input(&path.file_name().unwrap_or_default().to_string_lossy());
        Ok(archive::Package::open(bytes).map(|zip| {
            let manifests =
                zip.names().into_iter().filter(|name| name.to_lowercase().ends_with(&MANIFEST.to_lowercase()));
            let first = manifests.min_by_key(String::len).unwrap_or_default();
            let prefix = first.get(..first.len().saturating_sub(MANIFEST.len())).unwrap_or_default().to_owned();
            Self::Archive { zip, prefix, input }
        }))
    }

    fn is_archive(&self) -> bool {
        matches!(self, Self::Archive { .. })
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::Folder { root } => fs::symlink_metadata(root.join(name)).is_ok(),
            Self::Archive { zip, prefix, .. } => zip.has(&format!("{prefix}{name}")),
        }
    }

    fn open_file(&mut self, name: &str, sums: &Sums) -> Result<Box<dyn Read + '_>, Unread> {
        let sums = sums.clone();
        match self {
            Self::Folder { root } => {
                let outside = || Unread::Content("it is no file of the package's own folder".to_owned());
                let path = fs::canonicalize(root.join(name)).map_err(|_| outside())?;
                if !path.starts_with(root) || !path.is_file() {
                    return Err(outside());
                }
                let inner = File::open(path).map_err(Unread::Io)?;
                Ok(Box::new(BufReader::with_capacity(256 << 10, Summed { inner, sums })))
            }
            Self::Archive { zip, prefix, .. } => {
                let part = zip.part(&format!("{prefix}{name}")).map_err(|fault| Unread::Content(fault.message))?;
                Ok(Box::new(BufReader::with_capacity(256 << 10, Summed { inner: Pieces(part), sums })))
            }
        }
    }

    /// The archive as an input, and what else is in it at the manifest's side.
    fn others(self, package: &mut Package) -> io::Result<()> {
        let Self::Archive { mut zip, prefix, input } = self else { return Ok(()) };
        package.inputs = vec![input];
        for full in zip.names() {
            let Some(name) = full.strip_prefix(&prefix).filter(|name| !name.is_empty() && !name.contains('/')) else {
                continue;
            };
            if name.starts_with('.')
                || name.to_lowercase().ends_with(".json")
                || package.own_files.iter().any(|own| own == name)
            {
                continue;
            }
            let Ok(part) = zip.part(&full) else { continue };
            let mut bytes = Vec::new();
            Pieces(part).take(OTHER_LIMIT).read_to_end(&mut bytes)?;
            package.others.push((name.to_owned(), bytes));
        }
        Ok(())
    }
}
