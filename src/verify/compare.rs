//! Two folders, byte for byte, and where the first difference is.

use super::{RESTORE, difference};
use crate::output::problems::mask;
use crate::output::xlsx::package;
use crate::problem::{Place, Problem};
use crate::sha256;
use crate::spreadsheet::a1::address;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Up to this size a difference is looked for in detail.
const DETAILED: u64 = 256 << 20;
/// Columns of which only the last letters are shown.
const SECRET: [&str; 3] = ["account", "bank_code", "tax_id"];

/// What of `folder` is not what the same run makes again: `again` is the folder it was made in, which has `paths`.
pub(crate) fn folders<'p>(
    folder: &Path,
    again: &Path,
    paths: impl Iterator<Item = &'p str>,
) -> io::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for path in paths {
        let (mine, theirs) = (folder.join(path), again.join(path));
        match same(&mine, &theirs) {
            Ok(true) => {}
            Ok(false) if fs::metadata(&mine)?.len().max(fs::metadata(&theirs)?.len()) > DETAILED => {
                problems.push(somewhere(path, None));
            }
            Ok(false) => problems.push(first_difference(path, &fs::read(mine)?, &fs::read(theirs)?)),
            Err(error) => {
                let message = format!("The run, made again, writes this file, and it cannot be read here: {error}.");
                problems.push(difference("recomputed.file.missing", path, message, RESTORE));
            }
        }
    }
    Ok(problems)
}

fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let length = |path: &Path| File::open(path)?.metadata().map(|found| found.len());
    Ok(length(one)? == length(other)? && sha256::of_file(one)? == sha256::of_file(other)?)
}

fn somewhere(path: &str, from: Option<usize>) -> Problem {
    let from = from.map(|at| format!(": it differs from byte {} on", at + 1)).unwrap_or_default();
    let message = format!("The run, made again, writes another file here{from}.");
    difference("recomputed.file.differs", path, message, RESTORE)
}

/// Where `found` begins to differ from `expected`.
pub fn first_difference(path: &str, found: &[u8], expected: &[u8]) -> Problem {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let told = match extension {
        "csv" => cell(path, found, expected),
        "xlsx" | "zip" => part(path, found, expected),
        _ => line(path, found, expected),
    };
    told.unwrap_or_else(|| somewhere(path, Some(found.iter().zip(expected).take_while(|(a, b)| a == b).count())))
}

/// The first cell of a CSV file that differs.
fn cell(path: &str, found: &[u8], expected: &[u8]) -> Option<Problem> {
    let rows = |bytes| csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let (mut found, mut expected) = (rows(found), rows(expected));
    let (mut found, mut expected) = (found.records(), expected.records());
    let mut header = csv::StringRecord::new();
    for row in 1.. {
        let (mine, theirs) = match (found.next(), expected.next()) {
            (Some(Ok(mine)), Some(Ok(theirs))) => (mine, theirs),
            (None, None) => return None,
            (mine, theirs) => {
                let what = if mine.is_none() {
                    "ends"
                } else if theirs.is_none() {
                    "goes on"
                } else {
                    "cannot be read"
                };
                let message =
                    format!("This file {what} at row {row}; the file that the run, made again, writes does not.");
                return Some(difference("recomputed.rows.differ", path, message, RESTORE));
            }
        };
        if row == 1 {
            header = theirs.clone();
        }
        let differs = |column: &usize| mine.get(*column) != theirs.get(*column);
        if let Some(column) = (0..mine.len().max(theirs.len())).find(differs) {
            let cell = Some(address(u32::try_from(column).unwrap_or(u32::MAX), row));
            let place = Place { cell, ..Place::file(path) };
            // Of accounts only the last letters are shown, here as everywhere.
            let secret = header.get(column).is_some_and(|name| SECRET.contains(&name));
            let shown = |text: &str| if secret { mask(text) } else { text.to_owned() };
            let message = match theirs.get(column) {
                Some(theirs) => format!("The run, made again, writes {} here.", shown(theirs)),
                None => "The run, made again, writes nothing here.".to_owned(),
            };
            let value = shown(mine.get(column).unwrap_or_default());
            return Some(Problem::error("recomputed.cell.differs", place, message, RESTORE).with_value(value));
        }
    }
    None
}

/// The first part of a workbook, or workbook of an archive, that differs.
fn part(path: &str, found: &[u8], expected: &[u8]) -> Option<Problem> {
    let (found, expected) = (package::read(found).ok()?, package::read(expected).ok()?);
    let found: HashSet<(&str, u32, u32)> = found.iter().map(|p| (p.name.as_str(), p.crc, p.size)).collect();
    let other = expected.iter().find(|p| !found.contains(&(p.name.as_str(), p.crc, p.size)))?;
    let message = format!("The run, made again, writes another file here: {} in it differs.", other.name);
    Some(difference("recomputed.part.differs", path, message, RESTORE))
}

/// The first line of a text that differs.
fn line(path: &str, found: &[u8], expected: &[u8]) -> Option<Problem> {
    let (found, expected) = (std::str::from_utf8(found).ok()?, std::str::from_utf8(expected).ok()?);
    let at = found.lines().zip(expected.lines()).position(|(mine, theirs)| mine != theirs)?;
    let of = |text: &str| text.lines().nth(at).unwrap_or_default().trim().to_owned();
    let message = format!("The run, made again, writes another line {}: {}", at + 1, of(expected));
    Some(difference("recomputed.line.differs", path, message, RESTORE).with_value(of(found)))
}
