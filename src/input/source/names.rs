//! What files and folders are called: which of them are tables, and what a case is named after.

use super::super::schema::Table;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

const WORKBOOKS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];
const TEXTS: [&str; 3] = ["csv", "tsv", "txt"];

/// The case's name: the file's or folder's, without extension.
pub(crate) fn name(path: &Path) -> String {
    let named = path.file_name().is_some();
    let full = if named { path.to_path_buf() } else { fs::canonicalize(path).unwrap_or_default() };
    let part = if full.is_dir() { full.file_name() } else { full.file_stem() };
    let name = part.map_or_else(|| "case".to_owned(), |n| n.to_string_lossy().into_owned());
    name.strip_suffix(".ocf").map(str::to_owned).unwrap_or(name)
}

/// The files that a case is read from, by name: itself, or the tables in its folder.
pub(crate) fn files(case: &Path) -> io::Result<Vec<PathBuf>> {
    if !case.is_dir() {
        return Ok(vec![case.to_path_buf()]);
    }
    let entries: Vec<PathBuf> = fs::read_dir(case)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    let mut files: Vec<PathBuf> =
        entries.into_iter().filter(|path| is_table_file(&file_name(path)) && path.is_file()).collect();
    files.sort();
    Ok(files)
}

/// How many bytes a case has, as far as that can be seen without reading it.
pub(crate) fn size(case: &Path) -> u64 {
    let files = files(case).into_iter().flatten();
    files.filter_map(|path| fs::metadata(path).ok()).filter(Metadata::is_file).map(|found| found.len()).sum()
}

/// Whether a file of this name in a case's folder is a table.
pub(crate) fn is_table_file(name: &str) -> bool {
    table_file(name).is_some()
}

/// The table that a file of this name in a case's folder is; none where it is none.
pub(super) fn table_file(name: &str) -> Option<&'static Table> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // Numbers writes each table of a sheet into a file such as `register-Table 1.csv`.
    let stem =
        stem.split_once("-Table ").filter(|(_, n)| n.bytes().all(|b| b.is_ascii_digit())).map_or(stem, |(s, _)| s);
    Table::find(stem).filter(|_| is_readable(name) && !name.starts_with('.') && !name.starts_with("~$"))
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, e)| e.to_lowercase())
}

pub(crate) fn is_text(name: &str) -> bool {
    TEXTS.contains(&extension(name).as_str())
}

pub(crate) fn is_workbook(name: &str) -> bool {
    WORKBOOKS.contains(&extension(name).as_str())
}

pub(super) fn is_readable(name: &str) -> bool {
    is_text(name) || is_workbook(name)
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
