//! Workbooks: which format a file is really in, and a reader of its sheets.

pub(crate) mod a1;
mod binary;
mod compound;
pub(crate) mod csv;
pub(crate) mod hash;
mod limits;
pub(crate) mod number_format;
mod ods;
pub(crate) mod ooxml;
mod package;
mod relations;
pub(crate) mod row;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use crate::spreadsheet::row::{Fault, Region, Rows};
use compound::Compound;
use package::Package;

/// A sheet of a workbook.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden, where the format's reader can tell.
    pub hidden: bool,
}

/// An open workbook.
pub(crate) trait Workbook {
    /// Its sheets of cells, in order.
    fn sheets(&self) -> &[Sheet];

    /// The rows of a sheet, by its index in [`Workbook::sheets`].
    /// Errors: What is wrong with the file.
    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault>;

    /// The ranges of merged cells of a sheet, in the order of the file.
    #[allow(dead_code, reason = "for merged cells")]
    fn merged(&self, sheet: usize) -> &[Region];
}

/// More sheets than anybody opens.
const SHEET_LIMIT: usize = 4_096;

/// Refuses a workbook that lists more sheets than there ever are.
fn sheets_within(count: usize) -> Result<(), Fault> {
    if count > SHEET_LIMIT { Err(package::bomb("it has too many sheets")) } else { Ok(()) }
}

/// The first bytes of a zip archive, which XLSX, XLSM, XLSB and ODS are.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// The first bytes of a compound file, which XLS is, and whatever Office protects with a password.
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Opens a workbook, whose format its first bytes tell, whatever the file is called.
/// Errors: What is wrong with the file: another format, damaged, password-protected, a bomb.
pub(crate) fn open(bytes: Vec<u8>) -> Result<Box<dyn Workbook>, Fault> {
    limits::open(|| open_inside(bytes))
}

fn open_inside(bytes: Vec<u8>) -> Result<Box<dyn Workbook>, Fault> {
    if bytes.starts_with(&ZIP) {
        return open_package(Package::open(bytes)?);
    }
    if bytes.starts_with(&COMPOUND) {
        let compound = Compound::open(bytes)?;
        if compound.has("EncryptedPackage") {
            return Err(password_protected());
        }
        return Ok(Box::new(xls::Xls::open(compound)?));
    }
    if bytes.is_empty() {
        return Err(Fault::new("empty", "The file is empty.", "Save the workbook again, or fetch the file again."));
    }
    let start = String::from_utf8_lossy(bytes.get(..512).unwrap_or(&bytes)).to_lowercase();
    let what = if start.contains("<html") || start.contains("<table") || start.contains("<!doctype") {
        "a web page"
    } else if start.contains("<?xml") {
        "an XML file"
    } else {
        "something else"
    };
    Err(Fault::new(
        "not-a-workbook",
        format!("The file is called a workbook, and is {what} inside."),
        "Open it in Excel and save it as an Excel workbook (.xlsx).",
    ))
}

fn open_package(mut package: Package) -> Result<Box<dyn Workbook>, Fault> {
    if package.has("content.xml") {
        return Ok(Box::new(ods::Ods::open(package)?));
    }
    match relations::workbook_path(&mut package)? {
        Some(path) if path.to_lowercase().ends_with(".bin") => Ok(Box::new(xlsb::Xlsb::open(package, &path)?)),
        Some(path) => Ok(Box::new(xlsx::Xlsx::open(package, &path)?)),
        None => Err(Fault::new(
            "not-a-workbook",
            "This is a zip archive, but no workbook.",
            "Open it in Excel and save it as an Excel workbook (.xlsx).",
        )),
    }
}

/// What is said of a file that only a password opens.
pub(crate) fn password_protected() -> Fault {
    Fault::new(
        "password-protected",
        "The workbook is protected with a password, so it cannot be read.",
        "Open it in Excel, take the password away under File, Info, Protect Workbook, Encrypt with Password, and save it.",
    )
}
