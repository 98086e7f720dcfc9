//! XLSX and XLSM (ECMA-376), in one pass over each sheet: cells at their true addresses, never a dense grid, and the
//! facts that a general reader leaves out: hidden rows, formulas without a result, how a number is shown.

mod sheet;
mod strings;
mod styles;

use super::super::row::{Epoch, Fault, Rows, Shown};
use super::package::{Package, damaged};
use super::xml::{Xml, attribute, flag};
use super::{Sheet, Workbook};
use quick_xml::events::Event;
use sheet::SheetRows;
use strings::Strings;

/// An open XLSX.
pub struct Xlsx {
    package: Package,
    sheets: Vec<Sheet>,
    paths: Vec<String>,
    strings: Strings,
    shown: Vec<Shown>,
}

/// A relationship of the workbook's.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Xlsx {
    /// Opens it: its sheets' names, shared strings and styles.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(mut package: Package) -> Result<Self, Fault> {
        let workbook = workbook_path(&mut package)?;
        let relations = relations(&mut package, &workbook)?;
        let (listed, epoch) = listed_sheets(&mut package, &workbook)?;
        let find = |kind: &str| relations.iter().find(|r| r.kind == kind).map(|r| r.target.clone());
        let strings = match find("sharedStrings").filter(|p| package.has(p)) {
            Some(path) => Strings::read(&mut package, &path)?,
            None => Strings::default(),
        };
        let shown = match find("styles").filter(|p| package.has(p)) {
            Some(path) => styles::read(&mut package, &path, epoch)?,
            None => Vec::new(),
        };
        let (mut sheets, mut paths) = (Vec::new(), Vec::new());
        for (sheet, id) in listed {
            let relation = relations.iter().find(|r| r.id == id);
            let Some(relation) = relation.filter(|r| r.kind == "worksheet") else { continue };
            sheets.push(sheet);
            paths.push(relation.target.clone());
        }
        Ok(Self { package, sheets, paths, strings, shown })
    }
}

impl Workbook for Xlsx {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let path = self.paths.get(sheet).ok_or_else(|| damaged("a sheet is missing"))?;
        let part = self.package.part(path)?;
        Ok(Box::new(SheetRows::new(Xml::new(part), &self.strings, &self.shown)))
    }
}

/// The workbook's own part, as the package's relationships name it.
fn workbook_path(package: &mut Package) -> Result<String, Fault> {
    let all = read_relations(package, "_rels/.rels", "")?;
    let found = all.into_iter().find(|r| r.kind == "officeDocument").map(|r| r.target);
    found.or_else(|| package.has("xl/workbook.xml").then(|| "xl/workbook.xml".to_owned())).ok_or_else(|| {
        Fault::new(
            "not-a-workbook",
            "This is a zip archive, but no Excel workbook.",
            "Open it in Excel and save it as an Excel workbook (.xlsx).",
        )
    })
}

fn relations(package: &mut Package, workbook: &str) -> Result<Vec<Relation>, Fault> {
    let (folder, name) = workbook.rsplit_once('/').unwrap_or(("", workbook));
    let path = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    read_relations(package, &path, folder)
}

fn read_relations(package: &mut Package, path: &str, folder: &str) -> Result<Vec<Relation>, Fault> {
    if !package.has(path) {
        return Ok(Vec::new());
    }
    let mut xml = Xml::new(package.part(path)?);
    let mut relations = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(e) if e.local_name().as_ref() == "Relationship" => {
                let kind = attribute(&e, "Type").unwrap_or_default();
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                let target = resolve(folder, &attribute(&e, "Target").unwrap_or_default());
                relations.push(Relation { id: attribute(&e, "Id").unwrap_or_default(), kind, target });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// A relationship's target as a path in the archive.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in target.split(['/', '\\']) {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// The sheets that the workbook lists, with their relationships' ids, and the day it counts from.
fn listed_sheets(package: &mut Package, path: &str) -> Result<(Vec<(Sheet, String)>, Epoch), Fault> {
    let mut xml = Xml::new(package.part(path)?);
    let (mut sheets, mut epoch) = (Vec::new(), Epoch::Y1900);
    loop {
        match xml.next()? {
            Event::Start(e) => match e.local_name().as_ref() {
                "workbookPr" if flag(&e, "date1904") => epoch = Epoch::Y1904,
                "sheet" => {
                    let name = attribute(&e, "name").unwrap_or_default();
                    let hidden = attribute(&e, "state").is_some_and(|s| s != "visible");
                    sheets.push((Sheet { name, hidden }, attribute(&e, "id").unwrap_or_default()));
                }
                _ => {}
            },
            Event::Eof => return Ok((sheets, epoch)),
            _ => {}
        }
    }
}
