//! A package's manifest, and the objects in each of its files, one at a time.

use super::classes::StockClasses;
use super::files::{Files, MANIFEST, Unread};
use super::fold::Fold;
use super::objects::{FileRef, Manifest, Stakeholder, StockClass, StockPlan, VestingTerms};
use super::{EXPORT_AGAIN, Package, at, tables};
use crate::model::{Date, iso};
use crate::problem::{Place, Problem};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use std::fmt;
use std::io;
use std::path::Path;

/// So many objects of a file are named for being wrong.
const MOST_PROBLEMS: u64 = 1_000;

/// Reads the package at `path` as of a date; without one, as of the manifest's.
/// Errors: A machine failure; what is wrong with the package is among its problems.
pub(crate) fn read(path: &Path, as_of: Option<Date>) -> io::Result<Package> {
    let mut package = Package::default();
    let mut files = match Files::open(path)? {
        Ok(files) => files,
        Err(problem) => {
            package.problems.push(problem);
            return Ok(package);
        }
    };
    read_files(&mut files, as_of, &mut package)?;
    files.others(&mut package)?;
    Ok(package)
}

fn read_files(files: &mut Files, as_of: Option<Date>, package: &mut Package) -> io::Result<()> {
    let place = || Place::file(MANIFEST);
    let refuse = |package: &mut Package, what: &str, message: &str| {
        package.problems.push(Problem::error(format!("ocf.manifest.{what}"), place(), message, EXPORT_AGAIN));
    };
    let manifest = match manifest(files, package)? {
        Ok(manifest) => manifest,
        Err((what, message)) => {
            refuse(package, what, &message);
            return Ok(());
        }
    };
    let as_of = match (as_of, &manifest.as_of) {
        (Some(date), Some(of)) if date > of.0 => {
            let (of, to) = (iso(of.0), iso(date));
            let message = format!("The package stands as of {of}; what happened from then to {to} is not in it.");
            let help = "Nothing to do if nothing happened since; else export the package again.";
            package.problems.push(Problem::note("ocf.as_of.earlier", place(), message, help));
            date
        }
        (Some(date), _) => date,
        (None, Some(of)) => of.0,
        (None, None) => {
            let (message, help) = (
                "The manifest has no date as_of.",
                "Give the date of the run with --date, or export the package again.",
            );
            package.problems.push(Problem::error("ocf.as_of.missing", place(), message, help));
            return Ok(());
        }
    };
    if manifest.transactions_files.is_empty() {
        let message = "The manifest names no file of transactions, without which nobody holds anything.";
        refuse(package, "not-understood", message);
        return Ok(());
    }
    let mut holders: Vec<(Stakeholder, u16)> = Vec::new();
    let mut classes: Vec<(StockClass, u16)> = Vec::new();
    let mut plans: Vec<(StockPlan, u16)> = Vec::new();
    let mut vesting: Vec<(VestingTerms, u16)> = Vec::new();
    let mut read = Reader { files, names: vec![MANIFEST.to_owned()], package };
    read.each(&manifest.stakeholders_files, "STAKEHOLDERS", |item, file| holders.push((item, file)))?;
    read.each(&manifest.stock_classes_files, "STOCK_CLASSES", |item, file| classes.push((item, file)))?;
    read.each(&manifest.stock_plans_files, "STOCK_PLANS", |item, file| plans.push((item, file)))?;
    read.each(&manifest.vesting_terms_files, "VESTING_TERMS", |item, file| vesting.push((item, file)))?;
    if read.package.problems.iter().any(|problem| problem.is_error() && problem.code.starts_with("ocf.file.")) {
        // All that names what stands in it would be said to name nothing.
        return Ok(());
    }
    let holder_ids = holders.iter().map(|(holder, file)| (holder.id.as_str(), *file)).collect();
    let class_ids = classes.iter().map(|(class, file)| (class.id.as_str(), *file)).collect();
    let mut fold = Fold::new(as_of, holder_ids, class_ids, &plans, &vesting);
    read.each(&manifest.transactions_files, "TRANSACTIONS", |item, file| fold.take(item, file))?;
    let names = read.names;
    package.as_of = Some(as_of);
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

fn manifest(files: &mut Files, package: &mut Package) -> io::Result<Result<Manifest, (&'static str, String)>> {
    let refused = |what, message: String| Ok(Err((what, message)));
    if !files.has(MANIFEST) {
        return refused("missing", format!("The package has no {MANIFEST}, which says what it is made of."));
    }
    package.own_files.push(MANIFEST.to_owned());
    let manifest: Manifest = match files.read(MANIFEST, &mut package.inputs, |file| serde_json::from_reader(file))? {
        Ok((manifest, _)) => manifest,
        Err(Unread::NotRead(why)) => return refused("not-read", format!("The manifest is not read: {why}.")),
        Err(Unread::NotUnderstood(why)) => {
            return refused("not-understood", format!("The manifest is not as OCF has it: {why}."));
        }
    };
    if manifest.file_type.as_deref() != Some("OCF_MANIFEST_FILE") {
        let found = manifest.file_type.as_deref().unwrap_or("missing");
        return refused("file-type", format!("Its file_type is {found}, not OCF_MANIFEST_FILE."));
    }
    let version = manifest.ocf_version.clone().unwrap_or_default();
    let numbers: Vec<&str> = version.split(['.', '-', '+']).take(2).collect();
    match numbers.as_slice() {
        ["1", "2"] => {}
        [major, minor] if [major, minor].iter().all(|n| n.bytes().all(|b| b.is_ascii_digit())) => {
            return refused("version", format!("This package is of OCF {version}; OCF 1.2 is read."));
        }
        _ => {
            let message =
                format!("The manifest's ocf_version is '{version}', which is no version; it is read as OCF 1.2.");
            let place = Place::file(MANIFEST);
            package.problems.push(Problem::warning("ocf.manifest.no-version", place, message, EXPORT_AGAIN));
        }
    }
    Ok(Ok(manifest))
}

struct Reader<'r> {
    files: &'r mut Files,
    names: Vec<String>,
    package: &'r mut Package,
}

impl Reader<'_> {
    fn each<T: DeserializeOwned>(
        &mut self,
        refs: &[FileRef],
        kind: &str,
        mut take: impl FnMut(T, u16),
    ) -> io::Result<()> {
        for of in refs {
            let Some(name) = self.find(&plain(&of.filepath)) else { continue };
            if self.names.contains(&name) {
                let message = format!("The manifest names {name} twice; it is read once.");
                self.say(Problem::warning("ocf.file.twice", Place::file(MANIFEST), message, EXPORT_AGAIN));
                continue;
            }
            self.package.own_files.push(name.clone());
            let file = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
            self.names.push(name.clone());
            let (problems, mut refused) = (&mut self.package.problems, 0u64);
            let mut each = |mut item: Value| {
                let id = item.get("id").and_then(Value::as_str).unwrap_or("without id").to_owned();
                without_nulls(&mut item);
                match serde_json::from_value::<T>(item) {
                    Ok(object) => take(object, file),
                    Err(_) if refused >= MOST_PROBLEMS => refused += 1,
                    Err(error) => {
                        refused += 1;
                        let error: String = error.to_string().chars().take(300).collect();
                        let message = format!("The object {id} is not as OCF has it: {error}.");
                        let help = "Correct the object, or export the package again.";
                        problems.push(Problem::error("ocf.object.not-understood", at(&name, &id), message, help));
                    }
                }
            };
            let mut items = Items { each: &mut each, file_type: format!("OCF_{kind}_FILE") };
            let result = self.files.read(&name, &mut self.package.inputs, |file| {
                let mut json = serde_json::Deserializer::from_reader(file);
                json.deserialize_map(&mut items).and_then(|()| json.end())
            });
            if refused > MOST_PROBLEMS {
                let more = refused - MOST_PROBLEMS;
                let message = format!("{more} more objects of {name} are not as OCF has them.");
                self.say(Problem::error("ocf.object.not-understood", Place::file(&name), message, EXPORT_AGAIN));
            }
            let (what, message) = match result? {
                Ok(((), md5)) if of.md5.is_empty() || of.md5.eq_ignore_ascii_case(&md5) => continue,
                Ok(((), md5)) => {
                    let message = format!(
                        "{name} is not as it was when the package was written: its MD5 is {md5}, not {}.",
                        of.md5
                    );
                    let help = "Nothing to do if it was changed on purpose; else export the package again.";
                    self.say(Problem::warning("ocf.file.changed", Place::file(&name), message, help));
                    continue;
                }
                Err(Unread::NotUnderstood(why)) => {
                    ("not-understood", format!("{name} is no file of OCF objects: {why}."))
                }
                Err(Unread::NotRead(why)) => ("not-read", format!("{name} is not read: {why}.")),
            };
            self.say(Problem::error(format!("ocf.file.{what}"), Place::file(&name), message, EXPORT_AGAIN));
        }
        Ok(())
    }

    fn say(&mut self, problem: Problem) {
        self.package.problems.push(problem);
    }

    /// The file that the manifest names so.
    fn find(&mut self, name: &str) -> Option<String> {
        if self.files.has(name) {
            return Some(name.to_owned());
        }
        let place = Place::file(MANIFEST);
        // A manifest may name `Stakeholders.json` where the file is called `Stakeholders.ocf.json`.
        let other = name.strip_suffix(".json").map(|stem| format!("{}.ocf.json", stem.trim_end_matches(".ocf")));
        let other = other.filter(|other| self.files.has(other)).or_else(|| self.files.alike(name));
        if let Some(other) = other {
            let message = format!("The manifest names {name}, which is not there; {other} is read for it.");
            self.say(Problem::warning("ocf.file.renamed", place, message, EXPORT_AGAIN));
            return Some(other);
        }
        let message = format!("The manifest names the file {name}, which is not in the package.");
        let help = "Put the file back where it was, or export the package again.";
        self.say(Problem::error("ocf.file.missing", place, message, help));
        None
    }
}

/// Takes out what is null, or a blank id of another object: both are as good as left out.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|key, value| !(value.is_null() || key.ends_with("_id") && *value == ""));
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// A path as it stands in the folder, without `./`.
fn plain(path: &str) -> String {
    path.trim_start_matches("./").replace('\\', "/")
}

/// Hands over each of a file's `items`.
struct Items<'i> {
    each: &'i mut dyn FnMut(Value),
    file_type: String,
}

impl<'de> Visitor<'de> for &mut Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file of objects, {\"file_type\": …, \"items\": […]}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "items" => map.next_value_seed(&mut *self)?,
                "file_type" => {
                    let found = map.next_value::<String>()?;
                    if found != self.file_type {
                        return Err(A::Error::custom(format!("its file_type is {found}, not {}", self.file_type)));
                    }
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Value>()? {
            (self.each)(item);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}
