//! Every formula in every workbook, computed again by a spreadsheet engine of other people's, against the result that
//! the workbook carries.
//!
//! `cargo test recalculate::` runs both samples through the binary and compares with `IronCalc`;
//! `cargo test recalculate:: -- --ignored` does the same with `LibreOffice`, which must be installed.
//! With `RATABLE_WORKBOOKS=FOLDER` the workbooks below that folder are compared instead.

use calamine::{Data, Reader, Xlsx, open_workbook};
use ironcalc_base::Model;
use ironcalc_base::cell::CellValue;
use ratable::internals::output::{Part, Writer, read as read_parts};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Fewer formula cells than this in the samples' workbooks would mean that figures stopped being formulas.
const FLOOR: usize = 10_000;

/// A cell: sheet, row and column from 0.
type Address = (String, u32, u32);

#[derive(Clone, Debug, PartialEq)]
enum Result {
    Number(f64),
    Text(String),
    Other(String),
}

/// What a workbook holds: its sheets in order, its constants, its formulas with the results that it carries.
#[derive(Default)]
struct Content {
    sheets: Vec<String>,
    constants: BTreeMap<Address, Data>,
    formulas: BTreeMap<Address, (String, Result)>,
}

fn result(data: Option<&Data>) -> Result {
    match data {
        Some(Data::Float(n)) => Result::Number(*n),
        #[allow(clippy::cast_precision_loss, reason = "a spreadsheet's whole numbers are doubles")]
        Some(Data::Int(n)) => Result::Number(*n as f64),
        Some(Data::DateTime(d)) => Result::Number(d.as_f64()),
        Some(Data::String(s)) => Result::Text(s.clone()),
        other => Result::Other(format!("{other:?}")),
    }
}

fn read(path: &Path) -> Content {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut content = Content { sheets: workbook.sheet_names(), ..Content::default() };
    for name in content.sheets.clone() {
        let values = workbook.worksheet_range(&name).unwrap();
        let formulas = workbook.worksheet_formula(&name).unwrap();
        let (top, left) = formulas.start().unwrap_or_default();
        for (row, column, formula) in formulas.used_cells() {
            let (row, column) = (top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
            let cached = result(values.get_value((row, column)));
            content.formulas.insert((name.clone(), row, column), (formula.clone(), cached));
        }
        let (top, left) = values.start().unwrap_or_default();
        for (row, column, value) in values.used_cells() {
            let address = (name.clone(), top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
            if !content.formulas.contains_key(&address) {
                content.constants.insert(address, value.clone());
            }
        }
    }
    content
}

/// The formulas' results as `IronCalc` computes them, from the constants and formulas alone.
fn recalculated(content: &Content) -> BTreeMap<Address, Result> {
    let mut model = Model::new_empty("recalculate", "en", "UTC", "en").unwrap();
    let first = model.workbook.get_worksheet_names()[0].clone();
    for (at, name) in content.sheets.iter().enumerate() {
        if at == 0 { model.rename_sheet(&first, name) } else { model.add_sheet(name) }.unwrap();
    }
    let place = |(sheet, row, column): &Address| {
        let sheet = content.sheets.iter().position(|s| s == sheet).unwrap();
        (u32::try_from(sheet).unwrap(), i32::try_from(*row).unwrap() + 1, i32::try_from(*column).unwrap() + 1)
    };
    for (address, value) in &content.constants {
        let (sheet, row, column) = place(address);
        match result(Some(value)) {
            Result::Number(n) => model.update_cell_with_number(sheet, row, column, n).unwrap(),
            Result::Text(text) => model.update_cell_with_text(sheet, row, column, &text).unwrap(),
            Result::Other(_) => {}
        }
    }
    for (address, (formula, _)) in &content.formulas {
        let (sheet, row, column) = place(address);
        model.update_cell_with_formula(sheet, row, column, format!("={formula}")).unwrap();
    }
    model.evaluate();
    let value = |address: &Address| {
        let (sheet, row, column) = place(address);
        match model.get_cell_value_by_index(sheet, row, column).unwrap() {
            CellValue::Number(n) => Result::Number(n),
            CellValue::String(text) => Result::Text(text),
            other => Result::Other(format!("{other:?}")),
        }
    };
    content.formulas.keys().map(|address| (address.clone(), value(address))).collect()
}

/// To the cent, and far below: to what 15 digits show.
fn agree(cached: &Result, computed: &Result) -> bool {
    match (cached, computed) {
        (Result::Number(a), Result::Number(b)) => (a - b).abs() <= 1e-9_f64.max(a.abs() * 1e-14),
        (a, b) => a == b,
    }
}

/// Compares; gives the number of formula cells, and what is off.
fn compare(path: &Path, content: &Content, computed: &BTreeMap<Address, Result>) -> (usize, Vec<String>) {
    let mut off = Vec::new();
    for (address, (formula, cached)) in &content.formulas {
        let new = computed.get(address);
        if !new.is_some_and(|new| agree(cached, new)) {
            let (sheet, row, column) = address;
            off.push(format!(
                "{} {sheet} row {} column {}: ={formula} carries {cached:?}, computed {new:?}",
                path.display(),
                row + 1,
                column + 1
            ));
        }
    }
    (content.formulas.len(), off)
}

/// Every workbook below a folder, in order.
fn workbooks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(workbooks(&path));
        } else if path.extension().is_some_and(|e| e == "xlsx") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The workbooks of every command on both samples; or those that the environment names.
fn outputs(scratch: &Path) -> (Vec<PathBuf>, usize) {
    if let Some(folder) = std::env::var_os("RATABLE_WORKBOOKS") {
        return (workbooks(Path::new(&folder)), 0);
    }
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let date = ["--date", "2006-06-15"];
    for sample in ["capstone.xlsx", "small"] {
        let in_lieu = ["--set", "reading.fractions=cash-in-lieu"];
        let runs: [(&str, &str, Vec<&str>); 10] = [
            ("dividend", "full", date.to_vec()),
            ("dividend", "funds", [&date[..], &["--funds", "1000.01", "--acknowledge", "4(a)(i)"]].concat()),
            ("liquidate", "sum", [&date[..], &["--proceeds", "25000000"]].concat()),
            ("liquidate", "scenarios", [&date[..], &["--scenarios", "0:40000000:500000"]].concat()),
            ("exchange", "all", date.to_vec()),
            ("dividend", "in-lieu", [&date[..], &in_lieu].concat()),
            ("exchange", "in-lieu", [&date[..], &in_lieu].concat()),
            ("vote", "all", date.to_vec()),
            ("captable", "all", date.to_vec()),
            ("actions", "all", Vec::new()),
        ];
        for (command, name, arguments) in runs {
            let out = scratch.join(format!("{}-{command}-{name}", sample.replace('.', "-")));
            let done = Command::new(env!("CARGO_BIN_EXE_ratable"))
                .arg(command)
                .arg(samples.join(sample))
                .args(arguments)
                .arg("--out")
                .arg(&out)
                .output()
                .unwrap();
            assert!(
                done.status.success(),
                "{command} {sample}: {}{}",
                String::from_utf8_lossy(&done.stdout),
                String::from_utf8_lossy(&done.stderr)
            );
        }
    }
    (workbooks(scratch), FLOOR)
}

fn report(engine: &str, files: usize, cells: usize, off: &[String], floor: usize) {
    println!("{engine}: {cells} formula cells in {files} workbooks compared, {} off", off.len());
    assert!(off.is_empty(), "{}", off.iter().take(20).cloned().collect::<Vec<_>>().join("\n"));
    assert!(cells >= floor, "{cells} formula cells are fewer than {floor}");
}

#[test]
fn ironcalc_computes_what_the_workbooks_carry() {
    let scratch = tempfile::tempdir().unwrap();
    let (paths, floor) = outputs(scratch.path());
    let (mut cells, mut off) = (0, Vec::new());
    for path in &paths {
        let content = read(path);
        let (count, wrong) = compare(path, &content, &recalculated(&content));
        cells += count;
        off.extend(wrong);
    }
    report("IronCalc", paths.len(), cells, &off, floor);
}

/// A workbook without the results of its formulas, so that nobody can copy them.
fn stripped(bytes: &[u8]) -> Vec<u8> {
    let mut zip = Writer::with_capacity(bytes.len());
    for part in read_parts(bytes).unwrap() {
        if !part.name.starts_with("xl/worksheets/sheet") {
            zip.copy(&part);
            continue;
        }
        let text = String::from_utf8(part.plain().unwrap()).unwrap();
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find("</f><v>") {
            out.push_str(&rest[..at + 4]);
            rest = &rest[at..];
            rest = &rest[rest.find("</v>").unwrap() + 4..];
        }
        out.push_str(rest);
        zip.copy(&Part::deflate(&part.name, out.as_bytes()).unwrap());
    }
    zip.finish()
}

#[test]
#[ignore = "needs LibreOffice: soffice --headless"]
fn libreoffice_computes_what_the_workbooks_carry() {
    let scratch = tempfile::tempdir().unwrap();
    let made = scratch.path().join("made");
    std::fs::create_dir(&made).unwrap();
    let (paths, floor) = outputs(&made);
    let (bare, computed) = (scratch.path().join("bare"), scratch.path().join("computed"));
    std::fs::create_dir(&bare).unwrap();
    let name = |at: usize| format!("{at}.xlsx");
    for (at, path) in paths.iter().enumerate() {
        std::fs::write(bare.join(name(at)), stripped(&std::fs::read(path).unwrap())).unwrap();
    }
    let profile = format!("-env:UserInstallation=file://{}", scratch.path().join("profile").display());
    // One call takes a few hundred files; a call for each would take an hour.
    for files in (0..paths.len()).collect::<Vec<_>>().chunks(200) {
        let mut soffice = Command::new("soffice");
        soffice.args([&profile, "--headless", "--convert-to", "xlsx", "--outdir"]).arg(&computed);
        soffice.args(files.iter().map(|at| bare.join(name(*at))));
        let done = soffice.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let (mut cells, mut off) = (0, Vec::new());
    for (at, path) in paths.iter().enumerate() {
        let content = read(path);
        let new = read(&computed.join(name(at)));
        let new = new.formulas.into_iter().map(|(address, (_, result))| (address, result)).collect();
        let (count, wrong) = compare(path, &content, &new);
        cells += count;
        off.extend(wrong);
    }
    report("LibreOffice", paths.len(), cells, &off, floor);
}
