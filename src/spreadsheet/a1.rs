//! Addresses of cells, and how large a sheet may be.

/// A sheet's rows.
pub(crate) const ROWS: u32 = 1_048_576;
/// A sheet's columns.
pub(crate) const COLUMNS: u32 = 16_384;

/// The letters of a column, counted from 0: 0 is `A`, 26 is `AA`.
pub fn letters(column: u32) -> String {
    let (mut rest, mut letters) = (column, String::new());
    loop {
        letters.insert(0, char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => return letters,
        }
    }
}

/// A cell's address: column 2 (counted from 0) of row 7 (counted from 1) is `C7`.
pub fn address(column: u32, row: u32) -> String {
    format!("{}{row}", letters(column))
}

/// The column, from 0, whose letters stand at the start of `text`; none where there are none, or too many.
pub fn column(text: &str) -> Option<u32> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0u32, |n, letter| n * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1).filter(|column| *column < COLUMNS)
}

/// The column (from 0) and the row (from 1) of `C7`; none for what is no cell of a sheet.
pub fn parse(cell: &str) -> Option<(u32, u32)> {
    let digits = cell.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let row = digits.parse().ok().filter(|row| (1..=ROWS).contains(row) && !digits.starts_with('+'))?;
    Some((column(cell)?, row))
}
