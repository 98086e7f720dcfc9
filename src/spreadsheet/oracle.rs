//! A second opinion: what our readers make of every workbook in `tests/fixtures` and `sample-data` is what calamine makes
//! of it, cell by cell, but for the facts that calamine leaves out.

use super::open;
use crate::model::calendar::iso;
use crate::spreadsheet::a1::address;
use crate::spreadsheet::row::{Content, Row, Shown};
use calamine::{Data, Range, Reader, Sheets, open_workbook_auto};
use std::fs::{File, read, read_dir};
use std::io::BufReader;
use std::path::{Path, PathBuf};

fn workbooks() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = ["tests/fixtures/formats", "tests/fixtures/mess", "sample-data"].map(|f| root.join(f));
    let entries = own.into_iter().flat_map(|folder| read_dir(folder).expect("a folder"));
    let mut files: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| ["xlsx", "xlsm", "xlsb", "xls", "ods"].iter().any(|x| e == *x)));
    // Calamine would build the grid between its cells, and run out of memory.
    files.retain(|p| !p.ends_with("two-far-cells.xlsx"));
    files.sort();
    files
}

/// Calamine's reading, where it can read the file at all.
fn theirs(path: &Path) -> Option<Sheets<BufReader<File>>> {
    // It goes by the name, we by the content.
    std::panic::catch_unwind(|| open_workbook_auto(path)).ok()?.ok()
}

fn same(content: Content, text: &str, their: Option<&Data>) -> bool {
    let number = |value: f64| text.parse::<f64>().is_ok_and(|own| own.to_bits() == value.to_bits());
    match (content, their) {
        // Calamine trims the text of cells that ask for no spaces to be kept.
        (Content::Text, Some(Data::String(their))) => their.trim() == text.trim() || their.replace('\r', "") == text,
        (Content::Text, None | Some(Data::Empty)) => text.trim().is_empty(),
        (Content::Number(Shown::Plain | Shown::Digits(_) | Shown::Percent), Some(Data::Float(value))) => number(*value),
        #[allow(clippy::cast_precision_loss, reason = "a spreadsheet's integers are doubles")]
        (Content::Number(Shown::Plain | Shown::Digits(_) | Shown::Percent), Some(Data::Int(value))) => {
            number(*value as f64)
        }
        (Content::Number(Shown::Date(_) | Shown::Time), Some(Data::DateTime(value))) => number(value.as_f64()),
        (Content::Date(day), Some(Data::DateTimeIso(their))) => their.starts_with(&iso(day)),
        (Content::Bool(value), Some(Data::Bool(their))) => value == *their,
        (Content::Error, Some(Data::Error(their))) => their.to_string() == text,
        // Both as a duration; and what calamine reads as nothing.
        (Content::Number(Shown::Time), Some(Data::DurationIso(_)))
        | (Content::NeverCalculated, None | Some(Data::Empty)) => true,
        (Content::Error, Some(Data::String(their))) => their == text,
        _ => false,
    }
}

/// How many cells of a sheet were compared.
fn compare(name: &str, rows: &mut dyn crate::spreadsheet::row::Rows, range: &Range<Data>) -> usize {
    let mut row = Row::default();
    let (mut compared, mut shared) = (0, 0);
    while rows.next(&mut row).expect("a row") {
        for cell in row.cells() {
            let their = range.get_value((row.number - 1, cell.column));
            let text = row.text(cell);
            let at = address(cell.column, row.number);
            assert!(same(cell.content, text, their), "{name} {at}: {:?} {text:?}, theirs {their:?}", cell.content);
            compared += 1;
            shared += usize::from(!matches!(their, None | Some(Data::Empty)));
        }
    }
    let filled = range.used_cells().filter(|(_, _, v)| !matches!(v, Data::String(s) if s.trim().is_empty())).count();
    assert!(shared >= filled, "{name}: {shared} cells, theirs {filled}");
    compared
}

#[test]
fn our_readers_agree_with_calamine() {
    let mut compared = 0;
    for path in workbooks() {
        let Ok(mut ours) = open(read(&path).expect("a file")) else { continue };
        let Some(mut theirs) = theirs(&path) else { continue };
        let names: Vec<String> = ours.sheets().iter().map(|s| s.name.clone()).collect();
        for (ix, sheet) in names.iter().enumerate() {
            let Ok(range) = theirs.worksheet_range(sheet) else { continue };
            let name = format!("{} {sheet}", path.display());
            compared += compare(&name, ours.rows(ix).expect("a sheet").as_mut(), &range);
        }
    }
    assert!(compared > 7_000, "{compared} cells compared");
}
