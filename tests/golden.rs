//! Golden runs of the samples: every file of every command, as it was when somebody last looked at it.
//!
//! CSV is compared as it is, JSON laid out, workbooks as the content of their cells (a line for each: its value, and its
//! formula where it has one). `RATABLE_GOLDEN=write cargo test golden::` writes what the runs give now: look at the
//! difference before it is committed. The manifest, which names hashes, is looked at in `cli.rs`.

use crate::support::command::run_in;
use crate::support::files::files;
use crate::support::workbooks::first_difference;
use calamine::{Data, Range, Reader, Xlsx};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// A file of an output as text that a person can compare.
fn readable(name: &str, bytes: &[u8]) -> (String, String) {
    if name.ends_with(".xlsx") {
        return (format!("{name}.txt"), workbook(bytes));
    }
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    if !name.ends_with(".json") {
        return (name.to_owned(), text);
    }
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    (name.to_owned(), format!("{}\n", serde_json::to_string_pretty(&value).expect("JSON")))
}

/// Sheet by sheet, a line for every cell that says something.
fn workbook(bytes: &[u8]) -> String {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let mut text = String::new();
    for sheet in book.sheet_names() {
        writeln!(text, "== {sheet}").expect("a line");
        let values = book.worksheet_range(&sheet).expect("a sheet");
        let formulas = book.worksheet_formula(&sheet).expect("a sheet");
        let mut cells: BTreeMap<(u32, u32), (String, String)> = BTreeMap::new();
        for (at, value) in cells_of(&values) {
            cells.entry(at).or_default().0 = shown(value);
        }
        for (at, formula) in cells_of(&formulas).filter(|(_, formula)| !formula.is_empty()) {
            cells.entry(at).or_default().1 = format!("  ={formula}");
        }
        for ((row, column), (value, formula)) in cells.iter().filter(|(_, (v, f))| !v.is_empty() || !f.is_empty()) {
            writeln!(text, "{}{}  {value}{formula}", letters(*column), row + 1).expect("a line");
        }
    }
    text
}

fn cells_of<T: calamine::CellType>(range: &Range<T>) -> impl Iterator<Item = ((u32, u32), &T)> {
    let (row, column) = range.start().unwrap_or_default();
    let at = move |n: usize| u32::try_from(n).expect("a sheet's size");
    range.used_cells().map(move |(r, c, value)| ((row + at(r), column + at(c)), value))
}

fn shown(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) => text.replace('\n', "⏎"),
        Data::DateTime(date) => format!("date {}", date.as_f64()),
        other => other.to_string(),
    }
}

fn letters(column: u32) -> String {
    let letter = |n: u32| char::from(b'A' + u8::try_from(n % 26).unwrap_or(0));
    if column < 26 { letter(column).to_string() } else { format!("{}{}", letters(column / 26 - 1), letter(column)) }
}

/// Runs a command line on a sample and compares everything that it writes with `golden/NAME`.
fn golden(name: &str, sample: &str, line: &str) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let top = tempfile::tempdir().expect("a folder");
    let out = top.path().join("out");
    let (command, flags) = line.split_once(' ').unwrap_or((line, ""));
    let sample = format!("sample-data/{sample}");
    let mut arguments = vec![command, &sample, "--out", out.to_str().expect("a path"), "--quiet"];
    arguments.extend(flags.split(' ').filter(|flag| !flag.is_empty()));
    let ran = run_in(home, &arguments);
    assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (path, bytes) in files(&out).iter().filter(|(path, _)| *path != "manifest.json") {
        // Of the large sample the summaries are left out: the small one has the same sheets.
        if path.ends_with(".xlsx") && name.starts_with("capstone") {
            continue;
        }
        let (path, text) = readable(path, bytes);
        found.insert(path, text);
    }
    let expected = home.join("tests/golden").join(name);
    if std::env::var_os("RATABLE_GOLDEN").is_some_and(|v| v == "write") {
        return write(&expected, &found);
    }
    assert!(expected.is_dir(), "tests/golden/{name} is missing: RATABLE_GOLDEN=write cargo test golden::");
    let expected = files(&expected);
    let names = |list: Vec<&String>| list.into_iter().cloned().collect::<Vec<String>>();
    assert_eq!(names(found.keys().collect()), names(expected.keys().collect()), "the files of {line}");
    let differ = found.iter().filter_map(|(path, text)| {
        let was = String::from_utf8_lossy(&expected[path]);
        first_difference(&was, text).map(|what| format!("{path}: {what}"))
    });
    let differ: Vec<String> = differ.collect();
    assert!(differ.is_empty(), "{line} (golden | now):\n{}", differ.join("\n"));
}

fn write(folder: &PathBuf, files: &BTreeMap<String, String>) {
    if folder.exists() {
        std::fs::remove_dir_all(folder).expect("the old files can be removed");
    }
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
}

macro_rules! golden {
    ($($name:ident $sample:literal $line:literal;)*) => {$(
        #[test]
        fn $name() {
            golden(&stringify!($name).replace('_', "-"), $sample, $line);
        }
    )*};
}

golden! {
    small_dividend "small" "dividend --date 2006-06-15 --workbooks H-001,H-004";
    small_dividend_partial "small" "dividend --date 2006-06-15 --funds 900.00 --acknowledge 4(a)(i) --workbooks H-001";
    small_liquidate "small" "liquidate --date 2006-06-15 --scenarios 0:100000:25000 --workbooks H-001,H-010";
    small_exchange "small" "exchange --date 2006-06-15 --workbooks H-001";
    small_vote "small" "vote --date 2006-06-15";
    small_actions "small" "actions";
    small_captable "small" "captable --date 2006-06-15";
    capstone_dividend "capstone.xlsx" "dividend --date 2006-06-15 --workbooks none";
    capstone_dividend_partial "capstone.xlsx" "dividend --date 2006-06-15 --funds 250000 --acknowledge 4(a)(i) --workbooks none";
    capstone_liquidate "capstone.xlsx" "liquidate --date 2006-06-15 --proceeds 25000000 --scenarios 0:50000000:10000000 --workbooks none";
    capstone_exchange "capstone.xlsx" "exchange --date 2006-06-15 --workbooks none";
    capstone_vote "capstone.xlsx" "vote --date 2006-06-15";
    capstone_actions "capstone.xlsx" "actions";
    capstone_captable "capstone.xlsx" "captable --date 2006-06-15";
}
