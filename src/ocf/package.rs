//! A package's manifest, and the objects in each of its files, one at a time.

use super::classes::StockClasses;
use super::files::{Files, MANIFEST, Sums, Unread};
use super::fold::Fold;
use super::objects::{FileRef, Manifest, Stakeholder, StockPlan, VestingTerms};
use super::{Package, at, tables};
use crate::model::calendar::{Date, iso};
use crate::problem::{Place, Problem};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::io;
use std::path::Path;

/// So many objects of a file are named for being wrong.
const MOST_PROBLEMS: u64 = 1_000;
const EXPORT_AGAIN: &str = "Export the package again from where it comes from, as OCF 1.2.";

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
        let (problems, mut refused) = (&mut package.problems, 0u64);
        let mut each = |item: Value| {
            let id = item.get("id").and_then(Value::as_str).unwrap_or("without id").to_owned();
            match serde_json::from_value::<T>(item) {
                Ok(object) => take(object, file),
                Err(_) if refused >= MOST_PROBLEMS => refused += 1,
                Err(error) => {
                    refused += 1;
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
        if refused > MOST_PROBLEMS {
            let message = format!("{} more objects of {name} are not as OCF has them.", refused - MOST_PROBLEMS);
            package.problems.push(Problem::error(
                "ocf.object.not-understood",
                Place::file(&name),
                message,
                EXPORT_AGAIN,
            ));
        }
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
