//! One of a run's CSV files, read back row by row with the places of its cells.

use super::difference;
use crate::problem::{Place, Problem};
use crate::quantity::{Units, parse_decimal, units_from_ratio};
use csv::{ReaderBuilder, StringRecord};
use std::fs::File;
use std::path::Path;

/// A CSV file being read.
pub(crate) struct Table {
    file: String,
    reader: csv::Reader<File>,
    header: Vec<String>,
    row: StringRecord,
    number: u64,
}

impl Table {
    /// Opens a file of the folder; none where there is none.
    pub(crate) fn open(folder: &Path, file: &str) -> Result<Option<Self>, Box<Problem>> {
        let path = folder.join(file);
        if !path.is_file() {
            return Ok(None);
        }
        let mut reader = ReaderBuilder::new().from_path(path).map_err(|error| unreadable(file, &error))?;
        let header = reader.headers().map_err(|error| unreadable(file, &error))?;
        let header = header.iter().map(str::to_owned).collect();
        Ok(Some(Self { file: file.to_owned(), reader, header, row: StringRecord::new(), number: 1 }))
    }

    /// Goes on to the next row; false after the last.
    pub(crate) fn advance(&mut self) -> Result<bool, Box<Problem>> {
        self.number += 1;
        self.reader.read_record(&mut self.row).map_err(|error| unreadable(&self.file, &error))
    }

    /// The text of a column in this row; empty where there is no such column.
    pub(crate) fn text(&self, column: &str) -> &str {
        self.index(column).and_then(|at| self.row.get(at)).unwrap_or("")
    }

    /// A number of a column in this row, in units of so many decimals.
    pub(crate) fn units(&self, column: &str, decimals: u32) -> Result<Units, Box<Problem>> {
        let text = self.text(column);
        units(text, decimals).ok_or_else(|| {
            let message = format!("{column}: this is no number of at most {decimals} decimals.");
            let code = format!("totals.{column}.not-a-number");
            Box::new(Problem::error(code, self.place(column), message, super::RESTORE).with_value(text))
        })
    }

    /// The place of a column's cell in this row.
    pub(crate) fn place(&self, column: &str) -> Place {
        let cell = self.index(column).map(|at| {
            format!("{}{}", crate::spreadsheet::a1::letters(u32::try_from(at).unwrap_or(u32::MAX)), self.number)
        });
        Place { cell, ..Place::file(&self.file) }
    }

    fn index(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| name == column)
    }
}

fn unreadable(file: &str, error: &csv::Error) -> Box<Problem> {
    Box::new(difference("totals.file.unreadable", file, format!("This file cannot be read: {error}."), super::RESTORE))
}

/// A plain decimal in units of `decimals` decimals; none where it is none, or has more.
pub(crate) fn units(text: &str, decimals: u32) -> Option<Units> {
    short(text, decimals).or_else(|| units_from_ratio(&parse_decimal(text)?, decimals))
}

/// The same for what nearly every cell is: at most 18 digits.
fn short(text: &str, decimals: u32) -> Option<Units> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (integral, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let missing = decimals.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    if integral.is_empty() || integral.len() + fraction.len() > 18 {
        return None;
    }
    let mut number = 0u64;
    for byte in integral.bytes().chain(fraction.bytes()) {
        number = number * 10 + u64::from(char::from(byte).to_digit(10)?);
    }
    Units::from(number).checked_mul(10i128.checked_pow(missing)?).map(|units| sign * units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly() {
        let read = |text| units(text, 2);
        assert_eq!(read("1200.00"), Some(120_000));
        assert_eq!(read("-0.05"), Some(-5));
        assert_eq!(read("7"), Some(700));
        assert_eq!(read("123456789012345678901234.50"), Some(12_345_678_901_234_567_890_123_450));
        for none in ["", "1.005", "1,200.00", "x", "--1", "1.2.3"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
