//! Workbooks: which format a file is really in, and a reader of its sheets.
//!
//! calamine reads XLSX, XLSB and XLS. Around it lies one thin layer: before it opens a file, a survey of the zip archive or
//! compound file refuses what would take more memory than there is, and finds what calamine passes over in silence; while
//! it reads, [`Workbook`] bounds rows and texts and catches panics. ODS has a reader of its own, which says why.

pub mod a1;
pub(crate) mod cell_formats;
pub(crate) mod cells;
pub(crate) mod csv;
mod faults;
pub(crate) mod hash;
mod merged;
pub(crate) mod number_format;
mod ods;
pub mod ooxml;
pub(crate) mod package;
pub(crate) mod row;
pub(crate) mod rows;
pub(crate) mod workbook;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use faults::{not_a_workbook, too_old};
use package::Package;
pub(crate) use row::{Cell, Content, Epoch, Fault, Region, Row, RowsError, Shown};
pub(crate) use rows::Rows;
pub(crate) use workbook::{Sheet, Workbook};

/// More sheets than anybody opens.
const SHEET_LIMIT: usize = 4_096;

/// Refuses a workbook that lists more sheets than there ever are.
fn sheets_within(count: usize) -> Result<(), Fault> {
    if count > SHEET_LIMIT { Err(faults::bomb("it has too many sheets")) } else { Ok(()) }
}

/// The first bytes of a zip archive, which XLSX, XLSM, XLSB and ODS are.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// The first bytes of a compound file, which XLS is, and whatever Office protects with a password.
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Opens a workbook, whose format its first bytes tell, whatever the file is called.
/// Errors: What is wrong with the file: another format, damaged, password-protected, a bomb.
pub(crate) fn open(bytes: Vec<u8>) -> Result<Workbook, Fault> {
    workbook::pass(|| {
        if bytes.starts_with(&ZIP) {
            return open_package(Package::open(bytes)?);
        }
        if bytes.starts_with(&COMPOUND) {
            return xls::open(bytes);
        }
        Err(something_else(&bytes))
    })?
}

/// What is said of a file that is called a workbook and is none that is read.
fn something_else(bytes: &[u8]) -> Fault {
    if bytes.is_empty() {
        return Fault::new("empty", "The file is empty.", "Save the workbook again, or fetch the file again.");
    }
    match (bytes, content(bytes)) {
        ([0x09, version @ (0 | 2 | 4), ..], _) => too_old(&format!("one of Excel {}", version / 2 + 2)),
        (_, Some(what @ (SYLK | DIF))) => too_old(what),
        (_, what) => {
            let what = what.unwrap_or("something else");
            not_a_workbook(&format!("The file is called a workbook, and is {what} inside."))
        }
    }
}

/// What is said of a file that is called CSV and begins as another format does.
pub(crate) fn not_csv(start: &[u8]) -> Option<Fault> {
    let what = if start.starts_with(&ZIP) || start.starts_with(&COMPOUND) { "a workbook" } else { content(start)? };
    Some(Fault::new(
        "not-csv",
        format!("The file is called CSV, and is {what} inside."),
        "Open it in Excel and save it as an Excel workbook (.xlsx) or as 'CSV UTF-8 (Comma delimited)'.",
    ))
}

const SYLK: &str = "a SYLK file (.slk)";
const DIF: &str = "a file in the Data Interchange Format (.dif)";

/// What a file is by its first bytes, where it is a format that spreadsheets are sometimes taken for.
fn content(bytes: &[u8]) -> Option<&'static str> {
    let start = String::from_utf8_lossy(bytes.get(..512).unwrap_or(bytes));
    let mut lines = start.lines();
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let lower = start.trim_start().to_lowercase();
    let begins = |marks: &[&str]| marks.iter().any(|mark| lower.starts_with(mark));
    // The program's name, then N or E; a CSV file may have the headers ID;PRICE;SHARES.
    let is_program = |rest: &str| {
        let mut fields = rest.split(';').skip(1).peekable();
        fields.peek().is_some() && fields.all(|field| matches!(field, "N" | "E"))
    };
    match first {
        _ if first.strip_prefix("ID;P").is_some_and(is_program) => Some(SYLK),
        "TABLE" if second == "0,1" => Some(DIF),
        _ if begins(&["<html", "<table", "<!doctype"]) => Some("a web page"),
        _ if begins(&["<?xml"]) => Some("an XML file"),
        _ if begins(&["%pdf-"]) => Some("a PDF document"),
        _ => None,
    }
}

fn open_package(mut package: Package) -> Result<Workbook, Fault> {
    if package.has("content.xml") {
        return ods::open(package);
    }
    match workbook_path(&mut package)? {
        Some(path) if path.to_lowercase().ends_with(".bin") => xlsb::open(package, &path),
        Some(path) => xlsx::open(package, &path),
        None => Err(not_a_workbook("This is a zip archive, but no workbook.")),
    }
}

/// The workbook's own part, as the package's relationships name it.
fn workbook_path(package: &mut Package) -> Result<Option<String>, Fault> {
    const RELATIONS: &str = "_rels/.rels";
    if !package.has(RELATIONS) {
        return Ok(None);
    }
    let xml = package.text(RELATIONS)?;
    let relations = ooxml::relations(&xml, "");
    let mut workbooks = relations.into_iter().filter(|relation| relation.kind == "officeDocument");
    let Some(path) = workbooks.next().map(|relation| relation.target) else { return Ok(None) };
    // calamine takes the last one, as it is written.
    if workbooks.next().is_some() || ![&path, &format!("/{path}")].iter().any(|p| xml.contains(p.as_str())) {
        return Err(faults::not_understood("it holds more than one workbook"));
    }
    Ok(Some(path))
}
