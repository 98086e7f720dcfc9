//! Workbooks: which format a file is really in, and a reader of its sheets.

mod binary;
mod compound;
mod door;
mod ods;
mod package;
mod relations;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use super::row::{Fault, Rows};
use compound::Compound;
use package::Package;

/// A sheet of a workbook.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden, where the format's reader can tell.
    pub hidden: bool,
}

/// An open workbook.
pub trait Workbook {
    /// Its sheets of cells, in order.
    fn sheets(&self) -> &[Sheet];

    /// The rows of a sheet, by its index in [`Workbook::sheets`].
    ///
    /// # Errors
    /// What is wrong with the file.
    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault>;
}

/// The first bytes of a zip archive, which XLSX, XLSM, XLSB and ODS are.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// The first bytes of a compound file, which XLS is, and whatever Office protects with a password.
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Opens a workbook, whose format its first bytes tell, whatever the file is called.
///
/// # Errors
/// What is wrong with the file: another format, damaged, password-protected, a bomb.
pub fn open(bytes: Vec<u8>) -> Result<Box<dyn Workbook>, Fault> {
    door::open(|| open_inside(bytes))
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
#[must_use]
pub fn password_protected() -> Fault {
    Fault::new(
        "password-protected",
        "The workbook is protected with a password, so it cannot be read.",
        "Open it in Excel, take the password away under File, Info, Protect Workbook, Encrypt with Password, and save it.",
    )
}

#[cfg(test)]
mod scratch_oracle {
    use super::*;
    use crate::case::row::{Content, Row, Shown};
    use calamine::{Data, Reader, open_workbook_auto};

    #[test]
    fn oracle() {
        let Ok(folder) = std::env::var("CORPUS") else { return };
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap();
            let ours = open(bytes);
            let theirs = std::panic::catch_unwind(|| open_workbook_auto(&path));
            let theirs = match theirs {
                Ok(Ok(t)) => Ok(t),
                Ok(Err(e)) => Err(e.to_string()),
                Err(_) => Err("panic".into()),
            };
            let (mut ours, mut theirs) = match (ours, theirs) {
                (Ok(a), Ok(b)) => (a, b),
                (Err(a), Err(b)) => {
                    println!("BOTH {name}: {} | {b}", a.message);
                    continue;
                }
                (Err(a), Ok(_)) => {
                    println!("OURS-FAILS {name}: {}", a.message);
                    continue;
                }
                (Ok(_), Err(b)) => {
                    println!("THEIRS-FAILS {name}: {b}");
                    continue;
                }
            };
            let sheets: Vec<String> = ours.sheets().iter().map(|s| s.name.clone()).collect();
            let (mut cells, mut diffs) = (0, 0);
            for (ix, sheet) in sheets.iter().enumerate() {
                let range =
                    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| theirs.worksheet_range(sheet))) {
                        Ok(Ok(r)) => r,
                        Ok(Err(e)) => {
                            println!("  {name}/{sheet} theirs {e}");
                            continue;
                        }
                        Err(_) => {
                            println!("  {name}/{sheet} theirs panics");
                            continue;
                        }
                    };
                let mut rows = match ours.rows(ix) {
                    Ok(r) => r,
                    Err(e) => {
                        println!("  {name}/{sheet} ours {}", e.message);
                        continue;
                    }
                };
                let mut row = Row::default();
                let mut seen = 0usize;
                loop {
                    match rows.next(&mut row) {
                        Ok(true) => {}
                        Ok(false) => break,
                        Err(e) => {
                            println!("  {name}/{sheet} ours {e:?}");
                            break;
                        }
                    }
                    for cell in row.cells() {
                        cells += 1;
                        let their = range.get_value((row.number - 1, cell.column));
                        let text = row.text(cell);
                        let same = match (cell.content, their) {
                            (Content::Text, Some(Data::String(s))) => {
                                s == text || s.replace("\r\n", "\n") == text.replace("\r\n", "\n")
                            }
                            (Content::Text, Some(Data::DateTimeIso(s))) => s == text,
                            (Content::Text, Some(Data::Empty)) => text.trim().is_empty(),
                            (Content::Number(Shown::Plain | Shown::Percent), Some(Data::Float(f))) => {
                                text.parse::<f64>().ok() == Some(*f)
                            }
                            (Content::Number(Shown::Plain | Shown::Percent), Some(Data::Int(f))) => {
                                text.parse::<f64>().ok() == Some(*f as f64)
                            }
                            (Content::Number(Shown::Date(_) | Shown::Time), Some(Data::DateTime(d))) => {
                                text.parse::<f64>().ok() == Some(d.as_f64())
                            }
                            (Content::Number(Shown::Time), Some(Data::DurationIso(_))) => true,
                            (Content::Date(d), Some(Data::DateTimeIso(s))) => {
                                s.starts_with(&crate::model::calendar::iso(d))
                            }
                            (Content::Bool(b), Some(Data::Bool(c))) => b == *c,
                            (Content::Error, Some(Data::Error(e))) => e.to_string() == text,
                            _ => false,
                        };
                        if !matches!(their, None | Some(Data::Empty)) {
                            seen += 1;
                        }
                        if !same {
                            diffs += 1;
                            if diffs <= 5 {
                                println!(
                                    "  {name}/{sheet} {}: ours {:?} {:?} theirs {their:?}",
                                    crate::case::row::address(cell.column, row.number),
                                    cell.content,
                                    text
                                );
                            }
                        }
                    }
                }
                let used = range.used_cells().count();
                if used != seen {
                    println!("  {name}/{sheet} ours {seen} cells, theirs {used}");
                }
            }
            println!("OK {name}: {} sheets, {cells} cells, {diffs} differ", sheets.len());
        }
    }
}
