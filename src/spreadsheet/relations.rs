//! What XLSX and XLSB share: the package's relationships (ECMA-376 part 2, 9.3).

use super::package::Package;
use super::xml::{Xml, attribute};
use crate::spreadsheet::row::Fault;
use quick_xml::events::Event;

/// A relationship of the workbook's.
#[derive(Debug)]
pub(crate) struct Relation {
    /// Its id.
    pub id: String,
    /// What it is of: the last part of its type, such as `worksheet`.
    pub kind: String,
    /// The part's path in the archive.
    pub target: String,
}

/// The workbook's own part, as the package's relationships name it.
/// Errors: What is wrong with the file.
pub(crate) fn workbook_path(package: &mut Package) -> Result<Option<String>, Fault> {
    let all = read(package, "_rels/.rels", "")?;
    let named = all.into_iter().find(|r| r.kind == "officeDocument").map(|r| r.target);
    let usual = ["xl/workbook.xml", "xl/workbook.bin"].into_iter().find(|p| package.has(p)).map(str::to_owned);
    Ok(named.or(usual))
}

/// The relationships of the workbook's part.
/// Errors: What is wrong with the file.
pub(crate) fn of_workbook(package: &mut Package, workbook: &str) -> Result<Vec<Relation>, Fault> {
    let (folder, name) = workbook.rsplit_once('/').unwrap_or(("", workbook));
    let path = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    read(package, &path, folder)
}

fn read(package: &mut Package, path: &str, folder: &str) -> Result<Vec<Relation>, Fault> {
    if !package.has(path) {
        return Ok(Vec::new());
    }
    let mut xml = Xml::new(package.small_part(path)?);
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
