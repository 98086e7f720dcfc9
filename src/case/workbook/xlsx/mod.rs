//! XLSX and XLSM (ECMA-376), in one pass over each sheet: cells at their true addresses, never a dense grid, and the
//! facts that a general reader leaves out: hidden rows, formulas without a result, how a number is shown.

mod elements;
mod quick;
mod sheet;
pub mod strings;
pub mod styles;

use super::super::row::{Epoch, Fault, Rows, Shown};
use super::package::{Package, damaged};
use super::xml::{Xml, attribute, flag};
use super::{Sheet, Workbook, relations};
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

impl Xlsx {
    /// Opens it: its sheets' names, shared strings and styles.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(mut package: Package, workbook: &str) -> Result<Self, Fault> {
        let relations = relations::of_workbook(&mut package, workbook)?;
        let (listed, epoch) = listed_sheets(&mut package, workbook)?;
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

/// The sheets that the workbook lists, with their relationships' ids, and the day it counts from.
fn listed_sheets(package: &mut Package, path: &str) -> Result<(Vec<(Sheet, String)>, Epoch), Fault> {
    let mut xml = Xml::new(package.small_part(path)?);
    let (mut sheets, mut epoch) = (Vec::new(), Epoch::Y1900);
    loop {
        match xml.next()? {
            Event::Start(e) => match e.local_name().as_ref() {
                "workbookPr" if flag(&e, "date1904") => epoch = Epoch::Y1904,
                "sheet" => {
                    let name = attribute(&e, "name").unwrap_or_default();
                    let hidden = attribute(&e, "state").is_some_and(|s| s != "visible");
                    sheets.push((Sheet { name, hidden }, attribute(&e, "id").unwrap_or_default()));
                    super::sheets_within(sheets.len())?;
                }
                _ => {}
            },
            Event::Eof => return Ok((sheets, epoch)),
            _ => {}
        }
    }
}
