//! The copy of an XLSX case: its own parts, with the marks, the comments and the list of problems added.

mod list;
mod package;

use super::front;
use super::shapes::{self, Numbers};
use super::sheet;
use super::splice::{Splice, Tag, Tags, again, attribute, escaped, local, prefix};
use super::styles::Styles;
use super::{FRONT, Marks, SheetMarks, sheet_name};
use crate::problem::Problem;
use package::{Book, Package, Relation, TYPES, relations_of, without};
use quick_xml::events::BytesStart;
use std::io;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Marks a workbook, which is the case's file `file`.
/// Errors: It is not as workbooks have it, or too large; then it can be copied cell by cell.
pub(crate) fn write(bytes: &[u8], case: &str, file: &str, problems: &[Problem]) -> io::Result<Vec<u8>> {
    let mut package = Package::open(bytes)?;
    let marks = Marks::new(problems);
    let workbook = package.workbook()?;
    let styles_path = workbook.related("/styles").ok_or_else(|| unlike("it has no styles"))?;
    let styles_text = package.text(&styles_path)?;
    let mut styles = Styles::read(&styles_text)?;
    let mut numbers = Numbers::default();
    for sheet in &workbook.sheets {
        let Some(path) = workbook.path(&sheet.relation) else { continue };
        let none = SheetMarks::new();
        let marks = marks.of(file, Some(&sheet.name)).unwrap_or(&none);
        package.mark(&path, marks, &mut styles, &mut numbers)?;
    }
    let names: Vec<String> = workbook.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let front_name = sheet_name(FRONT, &names);
    let sheet_of = |_: &str, sheet: Option<&str>| {
        let sheet = sheet.map(str::to_owned).or_else(|| names.first().cloned().filter(|_| names.len() == 1));
        sheet.filter(|sheet| names.contains(sheet))
    };
    let list = list::sheet(&front::heading(case, problems, &[]), front::lines(problems, &sheet_of), &mut styles);
    package.put(&styles_path, styles.finish()?);
    let path = package.free("xl/worksheets/sheet", ".xml");
    package.put(&path, list);
    package.declare(&path, &format!("{KIND}.worksheet+xml"))?;
    package.list_first(&workbook, &front_name, &path, &marks, file)?;
    package.without_macros(&workbook)?;
    package.finish()
}

fn unlike(what: &str) -> io::Error {
    io::Error::other(format!("the workbook is not as Excel writes it: {what}"))
}

impl Package {
    /// Marks a sheet; without marks, it only ceases to be the one that is shown first.
    fn mark(&mut self, path: &str, marks: &SheetMarks, styles: &mut Styles, numbers: &mut Numbers) -> io::Result<()> {
        let text = self.text(path)?;
        if marks.is_empty() && !text.get(..text.len().min(8_192)).unwrap_or(&text).contains("tabSelected") {
            return Ok(());
        }
        let relations = self.relations(path)?;
        let related = |kind: &str| relations.iter().find(|r| r.kind.ends_with(kind)).map(|r| r.target.clone());
        let mut boxed = marks.clone();
        if !marks.is_empty() {
            if let Some(comments) = related("/comments") {
                let (text, new) = shapes::with_comments(&self.text(&comments)?, marks)?;
                self.put(&comments, text);
                boxed = new;
            } else {
                let comments = self.free("xl/comments", ".xml");
                self.put(&comments, shapes::comments(marks));
                self.declare(&comments, &format!("{KIND}.comments+xml"))?;
                self.relate(path, "comments", &comments)?;
            }
        }
        let drawing = self.free("xl/drawings/vmlDrawing", ".vml");
        let has_shapes = !marks.is_empty() && text.contains("legacyDrawing ");
        let id =
            if marks.is_empty() || has_shapes { String::new() } else { self.relate(path, "vmlDrawing", &drawing)? };
        let marked = sheet::mark(&text, marks, styles, &id)?;
        self.put(path, marked.xml);
        match marked.shapes {
            _ if marks.is_empty() => {}
            Some(id) => {
                let drawing = relations.iter().find(|r| r.id == id).map(|r| r.target.clone());
                let drawing = drawing.ok_or_else(|| unlike("a drawing is missing"))?;
                let text = shapes::with_boxes(&self.text(&drawing)?, &boxed, numbers)?;
                self.put(&drawing, text);
            }
            None if has_shapes => return Err(unlike("a drawing is missing")),
            None => {
                self.put(&drawing, shapes::boxes(&boxed, numbers));
                self.declare(&drawing, "application/vnd.openxmlformats-officedocument.vmlDrawing")?;
            }
        }
        Ok(())
    }

    /// Puts the list before all sheets, and shows it first; a hidden sheet with marks is shown too.
    fn list_first(&mut self, book: &Book, name: &str, path: &str, marks: &Marks, file: &str) -> io::Result<()> {
        let id = self.relate(&book.path, "worksheet", path)?;
        let text = self.text(&book.path)?;
        let (mut splice, mut tags, mut highest, mut first) = (Splice::new(&text), Tags::of(&text), 0u32, None);
        let mut p = String::new();
        while let Some(tag) = tags.next()? {
            let (tag, range, is_empty) = match tag {
                Tag::Start(tag, range) => (tag, range, false),
                Tag::Empty(tag, range) => (tag, range, true),
                Tag::End(..) => continue,
            };
            match local(&tag).as_str() {
                "workbook" => p = prefix(&tag),
                "workbookView" => splice.replace(range, again(&tag, &["activeTab", "firstSheet"], "", is_empty)),
                "sheets" => first = Some(range.end),
                "sheet" => {
                    highest = highest.max(attribute(&tag, "sheetId").and_then(|id| id.parse().ok()).unwrap_or(0));
                    let marked = attribute(&tag, "name").is_some_and(|name| marks.of(file, Some(&name)).is_some());
                    if marked && attribute(&tag, "state").is_some() {
                        splice.replace(range, again(&tag, &["state"], "", is_empty));
                    }
                }
                "definedName" => {
                    if let Some(at) = attribute(&tag, "localSheetId").and_then(|id| id.parse::<u32>().ok()) {
                        let id = format!("localSheetId=\"{}\"", at + 1);
                        splice.replace(range, again(&tag, &["localSheetId"], &id, is_empty));
                    }
                }
                _ => {}
            }
        }
        let first = first.ok_or_else(|| unlike("it has no sheets"))?;
        splice.insert(
            first,
            format!(
                "<{p}sheet xmlns:r=\"{OFFICE}\" name=\"{}\" sheetId=\"{}\" r:id=\"{id}\"/>",
                escaped(name),
                highest.saturating_add(1)
            ),
        );
        let text = splice.finish()?;
        self.put(&book.path, text);
        Ok(())
    }

    /// What is called .xlsx must not have macros in it.
    fn without_macros(&mut self, book: &Book) -> io::Result<()> {
        let macros: Vec<&Relation> = book.relations.iter().filter(|r| r.kind.ends_with("/vbaProject")).collect();
        let of = relations_of(&book.path);
        if !macros.is_empty() {
            let text = self.text(&of)?;
            let is_macro = |tag: &BytesStart| {
                local(tag) == "Relationship" && attribute(tag, "Type").is_some_and(|kind| kind.ends_with("/vbaProject"))
            };
            let text = without(&text, is_macro)?;
            self.put(&of, text);
            self.gone.extend(macros.iter().map(|r| r.target.to_lowercase()));
        }
        let text = self.text(TYPES)?;
        let gone = self.gone.clone();
        let text = without(&text, |tag| {
            let kind = attribute(tag, "ContentType").unwrap_or_default();
            let part = attribute(tag, "PartName").unwrap_or_default().to_lowercase();
            kind.contains("vbaProject") || gone.iter().any(|gone| part.trim_start_matches('/') == gone)
        })?;
        let plain = format!("{KIND}.sheet.main+xml");
        let text = text
            .replace("application/vnd.ms-excel.sheet.macroEnabled.main+xml", &plain)
            .replace("application/vnd.ms-excel.template.macroEnabled.main+xml", &plain)
            .replace(&format!("{KIND}.template.main+xml"), &plain);
        self.put(TYPES, text);
        Ok(())
    }
}
