//! What a case is made of: a workbook's sheets, a folder's files, or one CSV. Finds the tables in it; reads no values.

use super::ReadOptions;
use super::findings::Findings;
use super::schema::{COLUMNS, REGISTER, Table, header_key};
use super::table::{HEADER_ROWS, match_headers};
use crate::model::calendar::Date;
use crate::model::source::Objects;
use crate::ocf::{self, MadeTable};
use crate::problem::{Place, Problem};
use crate::spreadsheet::row::{Fault, Row};
use crate::spreadsheet::{self, Sheet, Workbook};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest workbook that is opened.
const WORKBOOK_LIMIT: u64 = 256 << 20;
/// Workbooks' extensions.
const WORKBOOKS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];
/// Text files' extensions.
const TEXTS: [&str; 3] = ["csv", "tsv", "txt"];
/// What people call a sheet with the register, as [`header_key`] compares it.
const REGISTER_NAMES: [&str; 14] = [
    "shareholders",
    "shareholder",
    "stockholders",
    "holders",
    "captable",
    "capitalizationtable",
    "registerofmembers",
    "shareregister",
    "shareholderregister",
    "stockledger",
    "shareholderlist",
    "stakeholders",
    "members",
    "ledger",
];

/// Where a table's rows are.
#[derive(Debug)]
pub(crate) enum Origin {
    /// A CSV file.
    Csv(PathBuf),
    /// A sheet of an open workbook: indexes of both.
    Sheet(usize, usize),
    /// A CSV file out of an archive.
    Text(Vec<u8>),
    /// A table made of the objects of an Open Cap Format package.
    Made(MadeTable),
}

/// A table that was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Which.
    pub table: &'static Table,
    /// The file, relative to the case.
    pub file: String,
    /// The sheet, for a workbook.
    pub sheet: Option<String>,
    /// Where its rows are.
    pub origin: Origin,
}

impl Found {
    /// The objects of its rows, where it is made of such.
    pub(crate) fn objects(&self) -> Option<Arc<Objects>> {
        if let Origin::Made(made) = &self.origin { Some(made.objects.clone()) } else { None }
    }

    /// The table's file and sheet.
    pub(crate) fn place(&self) -> Place {
        Place { file: Some(self.file.clone()), sheet: self.sheet.clone(), cell: None }
    }
}

/// What a case is made of.
#[derive(Default)]
pub(crate) struct Source {
    /// Its tables.
    pub tables: Vec<Found>,
    /// Its open workbooks.
    pub workbooks: Vec<Workbook>,
    /// The files that were read in full.
    pub inputs: Vec<super::Input>,
    /// Sheets and files that are no table, by name.
    pub ignored: Vec<String>,
    /// Terms that hold unless the terms table says otherwise: name, value, where they come from.
    pub terms: Vec<(&'static str, String, Place)>,
    /// The date as of which an Open Cap Format package was read.
    pub as_of: Option<Date>,
    /// The files of an Open Cap Format package in the folder.
    own_files: Vec<String>,
    /// Packages in the folder, which are not read as such.
    packages: Vec<String>,
}

/// The case's name: the file's or folder's, without extension.
pub(crate) fn name(path: &Path) -> String {
    let named = path.file_name().is_some();
    let full = if named { path.to_path_buf() } else { fs::canonicalize(path).unwrap_or_default() };
    let part = if full.is_dir() { full.file_name() } else { full.file_stem() };
    let name = part.map_or_else(|| "case".to_owned(), |n| n.to_string_lossy().into_owned());
    name.strip_suffix(".ocf").map(str::to_owned).unwrap_or(name)
}

/// Finds the tables of the case at `path`.
/// Errors: A machine failure, such as that there is no such file.
pub(crate) fn open(path: &Path, options: &ReadOptions, findings: &mut Findings) -> io::Result<Source> {
    let metadata = fs::metadata(path)?;
    let mut source = Source::default();
    if ocf::is_package(path) {
        source.package(path, options, &metadata, findings)?;
        if metadata.is_dir() {
            source.folder(path, findings)?;
        }
    } else if metadata.is_dir() {
        source.folder(path, findings)?;
    } else {
        let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        source.lone_file(path, &file, &metadata, findings)?;
    }
    if !source.tables.iter().any(|t| t.table.name == REGISTER.name) && !findings.any_error() {
        findings.push(no_register(&source));
    }
    Ok(source)
}

fn no_register(source: &Source) -> Problem {
    let names: Vec<&str> = source.tables.iter().map(|t| t.table.name).collect();
    let mut found = names.join(", ");
    if !source.ignored.is_empty() {
        let others: Vec<&str> = source.ignored.iter().take(10).map(String::as_str).collect();
        let separator = if found.is_empty() { "" } else { "; " };
        found = format!("{found}{separator}not known: {}", others.join(", "));
    }
    if found.is_empty() {
        "nothing".clone_into(&mut found);
    }
    let message = format!("The case has no register, the one table that it needs (found: {found}).");
    let of_package = source.ignored.iter().any(|name| name.to_lowercase().ends_with(".ocf.json"));
    let help = match source.packages.first() {
        Some(package) => format!("{package} is a case of its own: give it instead of the folder that it lies in."),
        None if of_package => "These are files of an Open Cap Format package, whose Manifest.ocf.json is not there: export it again, or give \
                            the folder that it lies in."
            .to_owned(),
        _ => "Name the sheet with the holders and their shares register, or in a folder its file register.csv.".to_owned(),
    };
    Problem::error("register.table.missing", Place::default(), message, help)
}

/// How many bytes a case has, as far as that can be seen without reading it.
pub(crate) fn size(path: &Path) -> u64 {
    let of = |path: &Path| fs::metadata(path).ok().filter(Metadata::is_file).map_or(0, |found| found.len());
    let files = fs::read_dir(path).into_iter().flatten().flatten();
    let tables = files.filter(|file| is_table_file(&file.file_name().to_string_lossy()));
    of(path) + tables.map(|file| of(&file.path())).sum::<u64>()
}

/// Whether a file of this name in a case's folder is a table.
pub(crate) fn is_table_file(name: &str) -> bool {
    table_file(name).is_some()
}

/// The table that a file of this name in a case's folder is; none where it is none.
fn table_file(name: &str) -> Option<&'static Table> {
    let extension = extension(name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let readable = TEXTS.contains(&extension.as_str()) || WORKBOOKS.contains(&extension.as_str());
    // Numbers writes each table of a sheet into a file such as `register-Table 1.csv`.
    let stem =
        stem.split_once("-Table ").filter(|(_, n)| n.bytes().all(|b| b.is_ascii_digit())).map_or(stem, |(s, _)| s);
    Table::find(stem).filter(|_| readable && !name.starts_with('.') && !name.starts_with("~$"))
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, e)| e.to_lowercase())
}

impl Source {
    fn lone_file(&mut self, path: &Path, file: &str, metadata: &Metadata, findings: &mut Findings) -> io::Result<()> {
        if let Err(fault) = regular(metadata) {
            findings.push(file_problem(file, "case", fault));
            return Ok(());
        }
        let extension = extension(file);
        if TEXTS.contains(&extension.as_str()) {
            self.tables.push(csv_table(&REGISTER, path, file));
            return Ok(());
        }
        if !WORKBOOKS.contains(&extension.as_str()) {
            let fault = Fault::new(
                "unknown-format",
                "This is neither a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), nor a CSV file, nor a folder.",
                "Save it from Excel as an Excel workbook (.xlsx) or as 'CSV UTF-8 (Comma delimited)'.",
            );
            findings.push(file_problem(file, "case", fault));
            return Ok(());
        }
        let Some(workbook) = self.open_workbook(path, file, metadata, "case", findings)? else { return Ok(()) };
        self.sheets(workbook, file, findings);
        Ok(())
    }

    fn open_workbook(
        &mut self,
        path: &Path,
        file: &str,
        metadata: &Metadata,
        table: &str,
        findings: &mut Findings,
    ) -> io::Result<Option<usize>> {
        if metadata.len() > WORKBOOK_LIMIT {
            let fault = Fault::new(
                "too-large",
                format!("The workbook takes {} MB; {} MB are the limit.", metadata.len() >> 20, WORKBOOK_LIMIT >> 20),
                "Save the register as a CSV file, which may be of any size, in a folder with the other tables.",
            );
            findings.push(file_problem(file, table, fault));
            return Ok(None);
        }
        let bytes = fs::read(path)?;
        let tally = crate::spreadsheet::hash::Tally::default();
        tally.add(&bytes);
        self.inputs.push(tally.input(file));
        match spreadsheet::open(bytes) {
            Ok(workbook) => {
                self.workbooks.push(workbook);
                Ok(Some(self.workbooks.len() - 1))
            }
            Err(fault) => {
                findings.push(file_problem(file, table, fault));
                Ok(None)
            }
        }
    }

    /// A case in one workbook: a sheet per table, or one sheet that is the register.
    fn sheets(&mut self, workbook: usize, file: &str, findings: &mut Findings) {
        let Some(opened) = self.workbooks.get(workbook) else { return };
        let sheets = opened.sheets.clone();
        let register = self.register_sheet(workbook, &sheets);
        for (ix, sheet) in sheets.iter().enumerate() {
            let place = Place { file: Some(file.to_owned()), sheet: Some(sheet.name.clone()), cell: None };
            let table = if register == Some(ix) { Some(&REGISTER) } else { Table::find(&sheet.name) };
            let Some(table) = table else {
                findings
                    .push(ignored(place, &format!("The sheet {} is not read: no table has this name.", sheet.name)));
                self.ignored.push(sheet.name.clone());
                continue;
            };
            if let Some(earlier) = self.tables.iter().find(|t| t.table.name == table.name) {
                let other = earlier.sheet.clone().unwrap_or_default();
                findings.push(twice(table, place, &format!("the sheets {other} and {}", sheet.name)));
                continue;
            }
            if sheet.hidden {
                let message = format!("The sheet {} is hidden, and it is read.", sheet.name);
                let help = "Unhide it in Excel to see what it holds; rename it if it is not to be read.";
                findings.push(Problem::note(format!("{}.sheet.hidden", table.name), place, message, help));
            }
            let sheet = Some(sheet.name.clone());
            self.tables.push(Found { table, file: file.to_owned(), sheet, origin: Origin::Sheet(workbook, ix) });
        }
    }

    /// Where no sheet is called register: the one sheet that is no other table, or the one that is called as people call
    /// it and has a register's headers.
    fn register_sheet(&mut self, workbook: usize, sheets: &[Sheet]) -> Option<usize> {
        if sheets.iter().any(|sheet| Table::find(&sheet.name).is_some_and(|table| table.name == REGISTER.name)) {
            return None;
        }
        let others: Vec<usize> =
            (0..sheets.len()).filter(|ix| sheets.get(*ix).is_some_and(|s| Table::find(&s.name).is_none())).collect();
        if sheets.len() == 1 {
            return Some(0);
        }
        let called =
            |ix: &usize| sheets.get(*ix).is_some_and(|s| REGISTER_NAMES.contains(&header_key(&s.name).as_str()));
        let own_headers = sheets.iter().any(|s| Table::find(&s.name).is_some_and(|t| t.name == COLUMNS.name));
        let candidates: Vec<usize> = match others.as_slice() {
            [only] if own_headers || called(only) => return Some(*only),
            [only] => vec![*only],
            _ => others.into_iter().filter(called).collect(),
        };
        candidates.into_iter().find(|ix| self.has_register_headers(workbook, *ix))
    }

    fn has_register_headers(&mut self, workbook: usize, sheet: usize) -> bool {
        let Some(Ok(mut rows)) = self.workbooks.get_mut(workbook).map(|opened| opened.rows(sheet)) else {
            return false;
        };
        let mut row = Row::default();
        let mut left = HEADER_ROWS;
        while left > 0 && matches!(rows.next(&mut row), Ok(true)) && row.number <= HEADER_ROWS {
            if match_headers(&REGISTER, &row, &[]).missing(&REGISTER).is_empty() {
                return true;
            }
            left -= 1;
        }
        false
    }

    /// An Open Cap Format package, and in an archive the tables beside it.
    fn package(
        &mut self,
        path: &Path,
        options: &ReadOptions,
        metadata: &Metadata,
        findings: &mut Findings,
    ) -> io::Result<()> {
        if !metadata.is_dir()
            && let Err(fault) = regular(metadata)
        {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            findings.push(file_problem(&file, "ocf", fault));
            return Ok(());
        }
        let package = ocf::read(path, options.as_of)?;
        package.problems.into_iter().for_each(|problem| findings.push(problem));
        for made in package.tables {
            let Some(table) = Table::find(made.name) else { continue };
            self.tables.push(Found { table, file: made.file.clone(), sheet: None, origin: Origin::Made(made) });
        }
        self.inputs.extend(package.inputs);
        self.terms = package.terms;
        self.as_of = package.as_of;
        self.own_files = package.own_files;
        for (name, bytes) in package.others {
            let is_text = TEXTS.contains(&extension(&name).as_str());
            let Some(table) = table_file(&name).filter(|_| is_text) else {
                let message = format!("{name} is not read: no table has this name, or it is no CSV file.");
                findings.push(ignored(Place::file(&name), &message));
                self.ignored.push(name);
                continue;
            };
            if let Some(earlier) = self.tables.iter().find(|t| t.table.name == table.name) {
                findings.push(twice(table, Place::file(&name), &format!("the files {} and {name}", earlier.file)));
                continue;
            }
            self.tables.push(Found { table, file: name, sheet: None, origin: Origin::Text(bytes) });
        }
        Ok(())
    }

    /// A folder with a file per table.
    fn folder(&mut self, folder: &Path, findings: &mut Findings) -> io::Result<()> {
        let mut names: Vec<String> = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        let is_own = |name: &String| {
            self.own_files
                .iter()
                .any(|own| own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        };
        // Of a package that is not read, that is said and enough.
        let of_package =
            |name: &String| !self.own_files.is_empty() && self.as_of.is_none() && name.ends_with(".ocf.json");
        names.retain(|name| !is_own(name) && !of_package(name));
        let root = fs::canonicalize(folder)?;
        for name in names.into_iter().filter(|n| !n.starts_with('.') && !n.starts_with("~$")) {
            match table_file(&name) {
                Some(table) => self.folder_table(&root, folder, &name, table, findings)?,
                None => {
                    let message = format!("{name} is not read: no table has this name.");
                    findings.push(ignored(Place::file(&name), &message));
                    if ocf::is_package(&folder.join(&name)) {
                        self.packages.push(name.clone());
                    }
                    self.ignored.push(name);
                }
            }
        }
        Ok(())
    }

    fn folder_table(
        &mut self,
        root: &Path,
        folder: &Path,
        name: &str,
        table: &'static Table,
        findings: &mut Findings,
    ) -> io::Result<()> {
        let path = folder.join(name);
        let metadata = match inside(root, &path) {
            Ok(metadata) => metadata,
            Err(Ok(fault)) => {
                findings.push(file_problem(name, table.name, fault));
                return Ok(());
            }
            Err(Err(error)) => return Err(error),
        };
        if let Some(earlier) = self.tables.iter().find(|t| t.table.name == table.name) {
            findings.push(twice(table, Place::file(name), &format!("the files {} and {name}", earlier.file)));
            return Ok(());
        }
        self.first_sheet(&path, name, &metadata, table, findings)
    }

    /// A file outside the case that holds one of its tables.
    pub(crate) fn add_file(&mut self, path: &Path, table: &'static Table, findings: &mut Findings) -> io::Result<()> {
        let metadata =
            fs::metadata(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let known = TEXTS.contains(&extension(&name).as_str()) || WORKBOOKS.contains(&extension(&name).as_str());
        let fault = regular(&metadata).err().or_else(|| {
            let message = "This is neither a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods) nor a CSV file.";
            (!known).then(|| Fault::new("unknown-format", message, "Save the table as one of these."))
        });
        if let Some(fault) = fault {
            findings.push(file_problem(&name, table.name, fault));
            return Ok(());
        }
        self.first_sheet(path, &name, &metadata, table, findings)
    }

    /// A table in a file of its own: a CSV file, or the first sheet of a workbook.
    fn first_sheet(
        &mut self,
        path: &Path,
        name: &str,
        metadata: &Metadata,
        table: &'static Table,
        findings: &mut Findings,
    ) -> io::Result<()> {
        if TEXTS.contains(&extension(name).as_str()) {
            self.tables.push(csv_table(table, path, name));
            return Ok(());
        }
        let Some(workbook) = self.open_workbook(path, name, metadata, table.name, findings)? else { return Ok(()) };
        let Some(opened) = self.workbooks.get(workbook) else { return Ok(()) };
        let mut sheets = opened.sheets.iter().map(|s| s.name.clone());
        let Some(first) = sheets.next() else { return Ok(()) };
        for other in sheets {
            let place = Place { file: Some(name.to_owned()), sheet: Some(other.clone()), cell: None };
            findings
                .push(ignored(place, &format!("The sheet {other} is not read: of {name} only the first sheet is.")));
        }
        let origin = Origin::Sheet(workbook, 0);
        self.tables.push(Found { table, file: name.to_owned(), sheet: Some(first), origin });
        Ok(())
    }
}

fn csv_table(table: &'static Table, path: &Path, file: &str) -> Found {
    Found { table, file: file.to_owned(), sheet: None, origin: Origin::Csv(path.to_path_buf()) }
}

/// The code of notes on what is no table.
const UNKNOWN: &str = "case.table.unknown";

/// Whether it is the note on a file that lies beside the tables, and is none.
pub(crate) fn is_of_another_file(problem: &Problem) -> bool {
    problem.code == UNKNOWN && problem.place.sheet.is_none()
}

fn ignored(place: Place, message: &str) -> Problem {
    Problem::note(UNKNOWN, place, message, "Nothing to do, unless it was meant to be read: then rename it.")
}

fn twice(table: &Table, place: Place, both: &str) -> Problem {
    let message = format!("The table {} is there twice: {both}.", table.name);
    Problem::error(format!("{}.table.twice", table.name), place, message, "Keep one of the two, and rename the other.")
}

/// A problem with a file as a whole.
pub(crate) fn file_problem(file: &str, table: &str, fault: Fault) -> Problem {
    let place = Place { cell: fault.cell, ..Place::file(file) };
    Problem::error(format!("{table}.file.{}", fault.what), place, fault.message, fault.help)
}

/// Refuses what is no regular file: a device, a pipe, a folder.
fn regular(metadata: &Metadata) -> Result<(), Fault> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "a folder" } else { "a device or a pipe" };
    Err(Fault::new("not-a-file", format!("This is {what}, not a file."), "Put the table's file in its place."))
}

/// A file in a case's folder: neither a link that leads out of it, nor anything but a regular file.
fn inside(root: &Path, path: &Path) -> Result<Metadata, Result<Fault, io::Error>> {
    let metadata = fs::symlink_metadata(path).map_err(Err)?;
    if !metadata.is_symlink() {
        return regular(&metadata).map(|()| metadata).map_err(Ok);
    }
    let outside = || {
        Ok(Fault::new(
            "link-leaves-folder",
            "This is a link to a place outside the case's folder, which is not followed.",
            "Copy the file itself into the folder.",
        ))
    };
    let target = fs::canonicalize(path).map_err(|_| outside())?;
    if !target.starts_with(root) {
        return Err(outside());
    }
    let metadata = fs::metadata(&target).map_err(Err)?;
    regular(&metadata).map(|()| metadata).map_err(Ok)
}
