//! What a case is made of: a workbook's sheets, a folder's files, or one CSV. Finds the tables in it; reads no values.

pub(crate) mod finder;
pub(crate) mod names;

use super::schema::{REGISTER, Table};
use super::{Findings, ReadOptions};
use crate::model::Date;
use crate::ocf::{self, MadeTable};
use crate::problem::{Place, Problem};
use crate::spreadsheet::csv::{self, Records};
use crate::spreadsheet::hash::{Hashing, Tally};
use crate::spreadsheet::{Row, Rows, RowsError, Workbook};
pub(crate) use finder::{Finder, file_problem, is_of_another_file};
pub(crate) use names::{file_name, files, is_table_file, name, size};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub(crate) enum Origin {
    Csv(PathBuf),
    /// A sheet of an open workbook: indexes of both.
    Sheet(usize, usize),
    Text(Vec<u8>),
    Made(MadeTable),
}

pub(crate) struct Found {
    pub table: &'static Table,
    pub file: String,
    pub sheet: Option<String>,
    pub origin: Origin,
}

impl Found {
    /// The table itself where it is made of objects or transactions.
    pub(crate) fn made(&self) -> Option<&MadeTable> {
        if let Origin::Made(made) = &self.origin { Some(made) } else { None }
    }

    /// Its rows. `score` says how much rows of a CSV file look like the table's, and `tally` hashes what is read.
    pub(crate) fn rows<'w>(
        &self,
        workbooks: &'w mut [Workbook],
        encoding: Option<&str>,
        score: &dyn Fn(&[Row]) -> usize,
        tally: Option<&Tally>,
    ) -> Result<Box<dyn Rows + 'w>, RowsError> {
        let text = match &self.origin {
            Origin::Made(made) => return Ok(Box::new(made.rows())),
            Origin::Sheet(workbook, sheet) => return Ok(workbooks[*workbook].rows(*sheet)?),
            Origin::Text(bytes) => csv::open(io::Cursor::new(bytes.clone()), encoding)?,
            Origin::Csv(path) => match tally {
                Some(tally) => csv::open(Hashing::new(File::open(path)?, tally.clone()), encoding)?,
                None => csv::open(File::open(path)?, encoding)?,
            },
        };
        Ok(Box::new(Records::new(text, score)?))
    }

    pub(crate) fn place(&self) -> Place {
        Place { file: Some(self.file.clone()), sheet: self.sheet.clone(), cell: None }
    }
}

#[derive(Default)]
pub(crate) struct Source {
    pub tables: Vec<Found>,
    pub workbooks: Vec<Workbook>,
    pub inputs: Vec<super::FileHash>,
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

impl Source {
    pub(crate) fn position(&self, table: &Table) -> Option<usize> {
        self.tables.iter().position(|found| found.table.name == table.name)
    }
}

/// Finds the tables of the case at `path`.
pub(crate) fn open(path: &Path, options: &ReadOptions, findings: &mut Findings) -> io::Result<Source> {
    let metadata = fs::metadata(path)?;
    let mut source = Source::default();
    let mut finder = Finder { source: &mut source, findings };
    let is_package = ocf::is_package(path);
    if is_package {
        finder.package(path, options, &metadata)?;
    }
    if metadata.is_dir() {
        finder.folder(path)?;
    } else if !is_package {
        finder.lone_file(path, &metadata)?;
    }
    if source.position(&REGISTER).is_none() && !findings.any_error() {
        findings.push(no_register(&source));
    }
    Ok(source)
}

fn no_register(source: &Source) -> Problem {
    let names: Vec<&str> = source.tables.iter().map(|t| t.table.name).collect();
    let others: Vec<&str> = source.ignored.iter().take(10).map(String::as_str).collect();
    let found = match (names.as_slice(), others.as_slice()) {
        ([], []) => "nothing".to_owned(),
        (_, []) => names.join(", "),
        ([], _) => format!("not known: {}", others.join(", ")),
        _ => format!("{}; not known: {}", names.join(", "), others.join(", ")),
    };
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
