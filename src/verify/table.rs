//! One of a run's CSV files, read back row by row with the places of its cells.

use super::difference;
use crate::problem::{Place, Problem};
use crate::quantity::{Units, parse_decimal, units_from_ratio};
use crate::sha256::hex;
use crate::spreadsheet::a1::address;
use csv::{ReaderBuilder, StringRecord};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A CSV file being read.
pub(crate) struct Table {
    file: String,
    reader: csv::Reader<Hashed>,
    header: Vec<String>,
    /// The columns that were asked for, by the place of their names in memory (as many as there are places in the code that
    /// ask), and where they are: they are asked for again in the next row.
    asked: RefCell<Vec<(&'static str, Option<usize>)>>,
    row: StringRecord,
    number: u32,
}

impl Table {
    /// Opens a file of the folder; none where there is none.
    pub(crate) fn open(folder: &Path, file: &str) -> Result<Option<Self>, Box<Problem>> {
        let path = folder.join(file);
        if !path.is_file() {
            return Ok(None);
        }
        let opened = File::open(path).map_err(|error| unreadable(file, &error.into()))?;
        let hashed = Hashed { file: opened, hash: Sha256::new() };
        let mut reader = ReaderBuilder::new().buffer_capacity(1 << 16).from_reader(hashed);
        let header = reader.headers().map_err(|error| unreadable(file, &error))?;
        let header = header.iter().map(str::to_owned).collect();
        Ok(Some(Self {
            file: file.to_owned(),
            reader,
            header,
            asked: RefCell::default(),
            row: StringRecord::new(),
            number: 1,
        }))
    }

    /// Goes on to the next row; false after the last.
    pub(crate) fn advance(&mut self) -> Result<bool, Box<Problem>> {
        self.number += 1;
        self.reader.read_record(&mut self.row).map_err(|error| unreadable(&self.file, &error))
    }

    /// Its name and its SHA-256; none before its end was read.
    pub(crate) fn hashed(&self) -> Option<(String, String)> {
        let sha256 = || hex(&self.reader.get_ref().hash.clone().finalize());
        self.reader.is_done().then(|| (self.file.clone(), sha256()))
    }

    /// The text of a column in this row; empty where there is no such column.
    pub(crate) fn text(&self, column: &'static str) -> &str {
        self.index(column).and_then(|at| self.row.get(at)).unwrap_or("")
    }

    /// A number of a column in this row, in units of so many decimals.
    pub(crate) fn units(&self, column: &'static str, decimals: u32) -> Result<Units, Box<Problem>> {
        let text = self.text(column);
        units(text, decimals).ok_or_else(|| {
            let message = format!("{column}: this is no number of at most {decimals} decimals.");
            let code = format!("totals.{column}.not-a-number");
            Box::new(Problem::error(code, self.place(column), message, super::RESTORE).with_value(text))
        })
    }

    /// The place of a column's cell in this row.
    pub(crate) fn place(&self, column: &'static str) -> Place {
        let cell = self.index(column).map(|at| address(u32::try_from(at).unwrap_or(u32::MAX), self.number));
        Place { cell, ..Place::file(&self.file) }
    }

    fn index(&self, column: &'static str) -> Option<usize> {
        let mut asked = self.asked.borrow_mut();
        if let Some((_, at)) = asked.iter().find(|(name, _)| std::ptr::eq(*name, column)) {
            return *at;
        }
        let at = self.header.iter().position(|name| name == column);
        asked.push((column, at));
        at
    }
}

/// A file that is hashed as it is read.
struct Hashed {
    file: File,
    hash: Sha256,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

fn unreadable(file: &str, error: &csv::Error) -> Box<Problem> {
    Box::new(difference("totals.file.unreadable", file, format!("This file cannot be read: {error}."), super::RESTORE))
}

/// A plain decimal in units of `decimals` decimals; none where it is none, or has more.
pub fn units(text: &str, decimals: u32) -> Option<Units> {
    short(text, decimals).or_else(|| units_from_ratio(&parse_decimal(text)?, decimals))
}

/// The same for what nearly every cell is: short, so that nothing overflows.
fn short(text: &str, decimals: u32) -> Option<Units> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || digits.len() > 18 || digits.starts_with('.') {
        return None;
    }
    let (mut number, mut point) = (0i64, None);
    for (at, byte) in digits.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => number = number * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let fraction = point.map_or(0, |at| digits.len() - at - 1);
    let missing = decimals.checked_sub(u32::try_from(fraction).ok()?)?;
    let number = if digits.len() < text.len() { -number } else { number };
    Units::from(number).checked_mul(10i128.checked_pow(missing)?)
}
