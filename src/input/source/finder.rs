//! Finds the tables of a case in a workbook, a folder, a package or a file; of what is none, and of what cannot be read, it says
//! so.

use super::names::{file_name, is_readable, is_text, table_file};
use super::{Found, Origin, Source};
use crate::input::schema::{ADJUSTMENTS, CLASSES, COLUMNS, REGISTER, TABLES, Table, has_key, header_key};
use crate::input::table::{first_rows, match_headers};
use crate::input::words::{has_word, listed};
use crate::input::{Findings, ReadOptions};
use crate::ocf;
use crate::problem::{Place, Problem};
use crate::spreadsheet::hash::Tally;
use crate::spreadsheet::{self, Fault, Row, RowsError, Sheet};
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// The largest workbook that is opened.
const WORKBOOK_LIMIT: u64 = 256 << 20;
/// What people call a sheet with the register, as [`header_key`] compares it.
const REGISTER_NAMES: &str = "shareholders shareholder stockholders holders captable capitalizationtable registerofmembers \
                              shareregister shareholderregister stockledger shareholderlist stakeholders members ledger";

pub(crate) struct Finder<'s> {
    pub source: &'s mut Source,
    pub findings: &'s mut Findings,
}

impl Finder<'_> {
    pub(super) fn lone_file(&mut self, path: &Path, metadata: &Metadata) -> io::Result<()> {
        let file = file_name(path);
        let fault = unreadable(
            metadata,
            &file,
            "This is neither a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), nor a CSV file, nor a folder.",
            "Save it from Excel as an Excel workbook (.xlsx) or as 'CSV UTF-8 (Comma delimited)'.",
        );
        if let Some(fault) = fault {
            self.findings.push(file_problem(&file, "case", fault));
        } else if is_text(&file) {
            self.add(&REGISTER, Place::file(file), Origin::Csv(path.to_path_buf()));
        } else if let Some(workbook) = self.open_workbook(path, &file, metadata, "case")? {
            self.sheets(workbook, &file);
        }
        Ok(())
    }

    fn add(&mut self, table: &'static Table, place: Place, origin: Origin) {
        let file = place.file.unwrap_or_default();
        self.source.tables.push(Found { table, file, sheet: place.sheet, origin });
    }

    /// Says so where the case has a table already.
    fn is_twice(&mut self, table: &Table, place: &Place) -> bool {
        let is_of_package = [REGISTER.name, CLASSES.name, ADJUSTMENTS.name].contains(&table.name);
        if self.source.as_of.is_some() && is_of_package {
            let file = place.file.as_deref().unwrap_or_default();
            let message =
                format!("The package says itself what the table {} holds, and {file} is there too.", table.name);
            let help = "Move the file away; what is missing in the package belongs into it.";
            self.findings.error(format!("{}.table.of-package", table.name), place.clone(), message, help);
            return true;
        }
        let Some(at) = self.source.position(table) else { return false };
        let earlier = &self.source.tables[at];
        let both = match &place.sheet {
            Some(sheet) => format!("the sheets {} and {sheet}", earlier.sheet.as_deref().unwrap_or_default()),
            None => format!("the files {} and {}", earlier.file, place.file.as_deref().unwrap_or_default()),
        };
        let message = format!("The table {} is there twice: {both}.", table.name);
        let (code, help) = (format!("{}.table.twice", table.name), "Keep one of the two, and rename the other.");
        self.findings.error(code, place.clone(), message, help);
        true
    }

    fn ignore(&mut self, place: Place, what: &str, why: &str) {
        let help = "Nothing to do, unless it was meant to be read: then rename it.";
        self.findings.note(UNKNOWN, place, format!("{what} is not read: {why}."), help);
    }

    fn open_workbook(
        &mut self,
        path: &Path,
        file: &str,
        metadata: &Metadata,
        table: &str,
    ) -> io::Result<Option<usize>> {
        let opened = if metadata.len() > WORKBOOK_LIMIT {
            Err(Fault::new(
                "too-large",
                format!("The workbook takes {} MB; {} MB are the limit.", metadata.len() >> 20, WORKBOOK_LIMIT >> 20),
                "Save the register as a CSV file, which may be of any size, in a folder with the other tables.",
            ))
        } else {
            let bytes = fs::read(path)?;
            let tally = Tally::default();
            tally.add(&bytes);
            self.source.inputs.push(tally.input(file));
            spreadsheet::open(bytes)
        };
        match opened {
            Ok(workbook) => {
                self.source.workbooks.push(workbook);
                Ok(Some(self.source.workbooks.len() - 1))
            }
            Err(fault) => {
                self.findings.push(file_problem(file, table, fault));
                Ok(None)
            }
        }
    }

    /// A case in one workbook: a sheet per table, or one sheet that is the register.
    fn sheets(&mut self, workbook: usize, file: &str) {
        let sheets = self.source.workbooks[workbook].sheets.clone();
        let register = self.register_sheet(workbook, file, &sheets);
        for (ix, sheet) in sheets.iter().enumerate() {
            let place = Place { sheet: Some(sheet.name.clone()), ..Place::file(file) };
            let table = if register == Some(ix) { Some(&REGISTER) } else { Table::find(&sheet.name) };
            let Some(table) = table else {
                self.unknown_sheet(workbook, ix, &sheets, place);
                self.source.ignored.push(sheet.name.clone());
                continue;
            };
            if self.is_twice(table, &place) {
                continue;
            }
            if sheet.hidden {
                let message = format!("The sheet {} is hidden, and it is read.", sheet.name);
                let help = "Unhide it in Excel to see what it holds; rename it if it is not to be read.";
                let code = format!("{}.sheet.hidden", table.name);
                self.findings.note(code, place.clone(), message, help);
            }
            self.add(table, place, Origin::Sheet(workbook, ix));
        }
    }

    /// A sheet under no table's name; with the headers of a table that the workbook has not, it may have been meant for it.
    /// One header says nothing: a classes table that is missing shows in the register's classes.
    fn unknown_sheet(&mut self, workbook: usize, ix: usize, sheets: &[Sheet], place: Place) {
        let what = format!("The sheet {}", sheets[ix].name);
        let rows = self.source.workbooks[workbook].rows(ix).map(|mut rows| first_rows(rows.as_mut()));
        let cells: Vec<Vec<&str>> =
            rows.iter().flatten().map(|row| row.cells().iter().map(|cell| row.text(cell).trim()).collect()).collect();
        let is_like = |table: &&&Table| {
            let required = table.columns.iter().filter(|column| column.required).map(|column| column.name);
            let is_there = sheets.iter().any(|sheet| Table::find(&sheet.name).is_some_and(|t| t.name == table.name));
            let has = |row: &Vec<&str>, name: &str| row.iter().any(|text| has_key(text, &header_key(name)));
            ![REGISTER.name, CLASSES.name].contains(&table.name)
                && !is_there
                && cells.iter().any(|row| required.clone().all(|name| has(row, name)))
        };
        let like: Vec<&str> = TABLES.iter().filter(is_like).map(|table| table.name).collect();
        if like.is_empty() {
            return self.ignore(place, &what, "no table has this name");
        }
        let message =
            format!("{what} has the headers of the table {}, and is not read: no table has its name.", listed(&like));
        let help = format!("Rename it {} if it is to be read; nothing to do if it is not.", listed(&like));
        self.findings.warning("case.table.unknown-name", place, message, &help);
    }

    /// Where no sheet is called register: the one sheet that is no other table, or the one that is called as people call
    /// it and has a register's headers.
    fn register_sheet(&mut self, workbook: usize, file: &str, sheets: &[Sheet]) -> Option<usize> {
        let is = |sheet: &Sheet, table: &Table| Table::find(&sheet.name).is_some_and(|t| t.name == table.name);
        if sheets.iter().any(|sheet| is(sheet, &REGISTER)) {
            return None;
        }
        let others: Vec<usize> = (0..sheets.len()).filter(|ix| Table::find(&sheets[*ix].name).is_none()).collect();
        if sheets.len() == 1 {
            return Some(0);
        }
        let called = |ix: &usize| has_word(REGISTER_NAMES, &header_key(&sheets[*ix].name));
        let own_headers = sheets.iter().any(|sheet| is(sheet, &COLUMNS));
        let candidates: Vec<usize> = match others.as_slice() {
            [only] if own_headers || called(only) => return Some(*only),
            [only] => vec![*only],
            _ => others.into_iter().filter(called).collect(),
        };
        let has_headers = |row: &Row| match_headers(&REGISTER, row, &[]).missing(&REGISTER).is_empty();
        let workbook = &mut self.source.workbooks[workbook];
        let mut registers = candidates
            .into_iter()
            .filter(|ix| workbook.rows(*ix).is_ok_and(|mut rows| first_rows(rows.as_mut()).iter().any(has_headers)));
        let (found, other) = (registers.next(), registers.next());
        if let (Some(found), Some(other)) = (found, other) {
            let (found, other) = (&sheets[found].name, &sheets[other].name);
            let message = format!("The sheets {found} and {other} could both be the register: each has its headers.");
            let help = "Name the one that is to be read register, or delete the other.";
            let place = Place { sheet: Some(other.clone()), ..Place::file(file) };
            self.findings.error("register.table.two-sheets", place, message, help);
        }
        found
    }

    /// An Open Cap Format package, and in an archive the tables beside it.
    pub(super) fn package(&mut self, path: &Path, options: &ReadOptions, metadata: &Metadata) -> io::Result<()> {
        if !metadata.is_dir()
            && let Err(fault) = regular(metadata)
        {
            self.findings.push(file_problem(&file_name(path), "ocf", fault));
            return Ok(());
        }
        let package = ocf::read(path, options.as_of)?;
        package.problems.into_iter().for_each(|problem| self.findings.push(problem));
        for made in package.tables {
            let Some(table) = Table::find(made.name) else { continue };
            self.add(table, Place::file(&made.file), Origin::Made(made));
        }
        self.source.inputs.extend(package.inputs);
        self.source.terms = package.terms;
        self.source.as_of = package.as_of;
        self.source.own_files = package.own_files;
        for (name, bytes) in package.others {
            let place = Place::file(&name);
            let Some(table) = table_file(&name).filter(|_| is_text(&name)) else {
                self.ignore(place, &name, "no table has this name, or it is no CSV file");
                self.source.ignored.push(name);
                continue;
            };
            if !self.is_twice(table, &place) {
                self.add(table, place, Origin::Text(bytes));
            }
        }
        Ok(())
    }

    /// A folder with a file per table.
    pub(super) fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let mut names: Vec<String> = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        let own_files = &self.source.own_files;
        let is_own = |name: &String| {
            own_files
                .iter()
                .any(|own| own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        };
        // Of a package that is not read, that is said and enough.
        let is_unread = !own_files.is_empty() && self.source.as_of.is_none();
        let is_hidden = |name: &str| name.starts_with('.') || name.starts_with("~$");
        names.retain(|name| !(is_own(name) || is_hidden(name) || (is_unread && name.ends_with(".ocf.json"))));
        let root = fs::canonicalize(folder)?;
        for name in names {
            if let Some(table) = table_file(&name) {
                self.folder_table(&root, folder, &name, table)?;
                continue;
            }
            self.ignore(Place::file(&name), &name, "no table has this name");
            if ocf::is_package(&folder.join(&name)) {
                self.source.packages.push(name.clone());
            }
            self.source.ignored.push(name);
        }
        Ok(())
    }

    fn folder_table(&mut self, root: &Path, folder: &Path, name: &str, table: &'static Table) -> io::Result<()> {
        let path = folder.join(name);
        match inside(root, &path) {
            Ok(_) if self.is_twice(table, &Place::file(name)) => Ok(()),
            Ok(metadata) => self.first_sheet(&path, name, &metadata, table),
            Err(RowsError::Io(error)) => Err(error),
            Err(RowsError::Content(fault)) => {
                self.findings.push(file_problem(name, table.name, fault));
                Ok(())
            }
        }
    }

    /// A file outside the case that holds one of its tables.
    pub(crate) fn add_file(&mut self, path: &Path, table: &'static Table) -> io::Result<()> {
        let metadata =
            fs::metadata(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        let name = file_name(path);
        let message = "This is neither a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods) nor a CSV file.";
        let fault = unreadable(&metadata, &name, message, "Save the table as one of these.");
        if let Some(fault) = fault {
            self.findings.push(file_problem(&name, table.name, fault));
            return Ok(());
        }
        self.first_sheet(path, &name, &metadata, table)
    }

    /// A table in a file of its own: a CSV file, or the first sheet of a workbook.
    fn first_sheet(&mut self, path: &Path, name: &str, metadata: &Metadata, table: &'static Table) -> io::Result<()> {
        if is_text(name) {
            self.add(table, Place::file(name), Origin::Csv(path.to_path_buf()));
            return Ok(());
        }
        let Some(workbook) = self.open_workbook(path, name, metadata, table.name)? else { return Ok(()) };
        let sheets = self.source.workbooks[workbook].sheets.clone();
        for (ix, sheet) in sheets.into_iter().enumerate() {
            let place = Place { sheet: Some(sheet.name.clone()), ..Place::file(name) };
            if ix == 0 {
                self.add(table, place, Origin::Sheet(workbook, 0));
            } else {
                let why = format!("of {name} only the first sheet is");
                self.ignore(place, &format!("The sheet {}", sheet.name), &why);
            }
        }
        Ok(())
    }
}

/// The code of notes on what is no table.
const UNKNOWN: &str = "case.table.unknown";

/// Whether it is the note on a file that lies beside the tables, and is none.
pub(crate) fn is_of_another_file(problem: &Problem) -> bool {
    problem.code == UNKNOWN && problem.place.sheet.is_none()
}

pub fn file_problem(file: &str, table: &str, fault: Fault) -> Problem {
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

/// Why a file that was named cannot be read, as far as its kind and its name say.
fn unreadable(metadata: &Metadata, name: &str, message: &str, help: &str) -> Option<Fault> {
    let unknown = || Fault::new("unknown-format", message, help);
    regular(metadata).err().or_else(|| (!is_readable(name)).then(unknown))
}

/// A file in a case's folder: neither a link that leads out of it, nor anything but a regular file.
fn inside(root: &Path, path: &Path) -> Result<Metadata, RowsError> {
    let mut metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        let target = fs::canonicalize(path).ok().filter(|target| target.starts_with(root)).ok_or_else(|| {
            Fault::new(
                "link-leaves-folder",
                "This is a link to a place outside the case's folder, which is not followed.",
                "Copy the file itself into the folder.",
            )
        })?;
        metadata = fs::metadata(target)?;
    }
    regular(&metadata)?;
    Ok(metadata)
}
