//! The conformance cases: random cases that exercise the contract broadly, with every expected cell; from 101 on, of any
//! cap table.
//!
//! Text is compared exactly, numbers as decimals; columns of free text are left out.

use crate::support::command::run_in;
use crate::support::files::{same, table};
use crate::support::vector::{Expected, FREE, Vector};
use std::path::Path;
use tempfile::TempDir;

impl Expected {
    /// What differs from it in `out`, after a run that ended with `exit`.
    fn differences(&self, exit: i32, out: &Path) -> Vec<String> {
        if exit != self.exit {
            return vec![format!("exit {} expected, {exit} found", self.exit)];
        }
        if exit != 0 {
            return if out.exists() { vec![format!("exit {exit}, yet something was written")] } else { Vec::new() };
        }
        let mut differences = Vec::new();
        for (name, expected) in &self.files {
            match std::fs::read_to_string(out.join(name)) {
                Ok(found) => differences.extend(cells(name, &table(expected), &table(&found))),
                Err(error) => differences.push(format!("{name}: {error}")),
            }
        }
        let result = std::fs::read_to_string(out.join("result.json")).expect("result.json");
        let result: serde_json::Value = serde_json::from_str(&result).expect("JSON");
        for (name, expected) in &self.totals {
            let found = result["totals"][name].as_str().unwrap_or("nothing");
            if !same(expected, found) {
                differences.push(format!("totals.{name}: {expected} expected, {found} found"));
            }
        }
        let breakpoints = breakpoints(&result);
        if !self.breakpoints.is_empty() && self.breakpoints != breakpoints {
            differences.push(format!("breakpoints: {:?} expected, {breakpoints:?} found", self.breakpoints));
        }
        if self.multiple.as_deref().is_some_and(|m| result["multiple"]["fraction"] != m) {
            differences.push(format!("multiple: {:?} expected, {} found", self.multiple, result["multiple"]));
        }
        differences
    }
}

/// Each breakpoint as a line, in order.
fn breakpoints(result: &serde_json::Value) -> Vec<String> {
    let line = |point: &serde_json::Value| {
        let words = ["at", "tier", "event", "class", "accrual_start"].map(|name| point[name].as_str());
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = result["breakpoints"].as_array().into_iter().flatten().map(line).collect();
    lines.sort_unstable();
    lines
}

/// Cell by cell.
fn cells(name: &str, expected: &[Vec<String>], found: &[Vec<String>]) -> Vec<String> {
    let header = expected.first().cloned().unwrap_or_default();
    if found.first() != Some(&header) {
        return vec![format!("{name}: header {header:?} expected, {:?} found", found.first())];
    }
    let mut differences = Vec::new();
    if expected.len() != found.len() {
        differences.push(format!("{name}: {} rows expected, {} found", expected.len() - 1, found.len() - 1));
    }
    for (number, (want, got)) in expected.iter().zip(found).enumerate().skip(1) {
        for (column, (a, b)) in header.iter().zip(want.iter().zip(got)) {
            if !FREE.contains(&(name, column.as_str())) && !same(a, b) {
                differences
                    .push(format!("{name} row {number} {column}: {a:?} expected, {b:?} found  {:?}", &want[..3]));
            }
        }
    }
    differences
}

/// The case of a vector, in a folder of its own.
fn folder_of(vector: &Vector) -> TempDir {
    assert!(!vector.case.is_empty() && !vector.runs.is_empty(), "a case and its runs");
    let top = tempfile::tempdir().expect("a folder");
    let case = top.path().join("case");
    std::fs::create_dir(&case).expect("a folder");
    for (name, body) in &vector.case {
        std::fs::write(case.join(name), format!("{body}\n")).expect("a table");
    }
    top
}

/// Runs each command line on the case that `form` gives for it; those that came out otherwise.
fn differing(vector: &Vector, top: &Path, mut form: impl FnMut(&Expected) -> Result<String, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, expected) in vector.runs.iter().enumerate() {
        let case = match form(expected) {
            Ok(case) => case,
            // A case that is refused cannot be converted either.
            Err(_) if expected.exit != 0 => continue,
            Err(refused) => {
                wrong.push(format!("{}\n    {refused}", expected.line));
                continue;
            }
        };
        let out = format!("{case}-{number:02}");
        let (command, flags) = expected.line.split_once(' ').unwrap_or((&expected.line, ""));
        let mut arguments = vec![command, &case];
        arguments.extend(flags.split(' ').filter(|flag| !flag.is_empty()));
        arguments.extend(["--out", &out, "--workbooks", "none", "--quiet"]);
        let ran = run_in(top, &arguments);
        let differences = expected.differences(ran.code, &top.join(&out));
        if !differences.is_empty() {
            wrong.push(format!("{}\n    {}\n    {}", expected.line, differences.join("\n    "), ran.stderr.trim()));
        }
    }
    wrong
}

fn run(text: &str) {
    let vector = Vector::read(text);
    let top = folder_of(&vector);
    let wrong = differing(&vector, top.path(), |_| Ok("case".to_owned()));
    assert!(wrong.is_empty(), "{} of {} command lines:\n{}", wrong.len(), vector.runs.len(), wrong.join("\n"));
}

/// A case in another form, and each command line on that: as a workbook, as CSV files, and as an Open Cap Format package
/// of the run's date. `RATABLE_ROUND_TRIPS=all` takes every case, or those that it names: `022,028`.
#[test]
fn a_case_in_another_form_gives_every_cell() {
    let chosen = std::env::var("RATABLE_ROUND_TRIPS").unwrap_or_else(|_| "005,022,028,103,110".to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("vectors").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let (mut lines, mut wrong) = (0, Vec::new());
    for path in files {
        let number = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if chosen != "all" && !chosen.split(',').any(|one| one == number) {
            continue;
        }
        let vector = Vector::read(&std::fs::read_to_string(&path).expect("a vector"));
        let top = folder_of(&vector);
        for (to, name) in [("csv", "tables"), ("xlsx", "book.xlsx"), ("ocf", "package")] {
            let found = differing(&vector, top.path(), |expected| {
                let date = expected.line.split_once("--date ").map(|(_, rest)| rest.split(' ').next().unwrap_or(rest));
                let date = date.filter(|_| to == "ocf");
                let out = date.map_or(name.to_owned(), |date| format!("{name}-{date}.ocf.zip"));
                if !top.path().join(&out).exists() {
                    let mut arguments = vec!["convert", "case", "--to", to, "--out", &out, "--quiet"];
                    arguments.extend(date.iter().flat_map(|date| ["--date", *date]));
                    let ran = run_in(top.path(), &arguments);
                    if ran.code != 0 {
                        return Err(format!("{}{}", ran.stdout, ran.stderr));
                    }
                }
                Ok(out)
            });
            lines += vector.runs.len();
            wrong.extend(found.into_iter().map(|found| format!("{number} as {to}: {found}")));
        }
    }
    println!("{lines} command lines on cases in another form, {} of them otherwise", wrong.len());
    assert!(lines > 0 && wrong.is_empty(), "{} of {lines} command lines:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! vectors {
    ($($name:ident $file:literal),* $(,)?) => {$(
        #[test]
        fn $name() {
            run(include_str!(concat!("vectors/", $file, ".txt")));
        }
    )*};
}

vectors! {
    case_001 "001", case_002 "002", case_003 "003", case_004 "004", case_005 "005", case_006 "006",
    case_007 "007", case_008 "008", case_009 "009", case_010 "010", case_011 "011", case_012 "012",
    case_013 "013", case_014 "014", case_015 "015", case_016 "016", case_017 "017", case_018 "018",
    case_019 "019", case_020 "020", case_021 "021", case_022 "022", case_023 "023", case_024 "024",
    case_025 "025", case_026 "026", case_027 "027", case_028 "028", case_029 "029", case_030 "030",
    case_101 "101", case_102 "102", case_103 "103", case_104 "104", case_105 "105", case_106 "106",
    case_107 "107", case_108 "108", case_109 "109", case_110 "110", case_111 "111", case_112 "112",
}
