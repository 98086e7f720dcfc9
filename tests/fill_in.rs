//! The workbook of `ratable new`, filled in by `LibreOffice` itself and saved by it, is a case that runs.
//!
//! `cargo test fill_in:: -- --ignored` needs `soffice` and a Python that has its `uno` module (Debian's
//! libreoffice-calc-nogui and python3-uno).

use crate::support::command::run_in;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A Python that can talk to `LibreOffice`: the module belongs to the system's own.
fn python() -> PathBuf {
    let known =
        ["python3", "/usr/bin/python3", "/usr/lib/libreoffice/program/python", "/opt/libreoffice/program/python"];
    let has_uno =
        |python: &&str| Command::new(python).args(["-c", "import uno"]).output().is_ok_and(|o| o.status.success());
    known.iter().copied().find(has_uno).map_or_else(|| panic!("no Python here has the module uno"), PathBuf::from)
}

/// The files that a dividend run on this case writes, by name.
fn dividend(folder: &Path, case: &Path, out: &str) -> Vec<(&'static str, String)> {
    let case = case.to_str().unwrap();
    let ran = run_in(folder, &["dividend", case, "--date", "2006-06-15", "--out", out, "--workbooks", "none"]);
    assert_eq!(ran.code, 0, "{case}: {}{}", ran.stdout, ran.stderr);
    let names = ["distribution.csv", "payment-instructions.csv", "arrears.csv", "payments.csv", "declarations.csv"];
    names.map(|name| (name, std::fs::read_to_string(folder.join(out).join(name)).unwrap())).to_vec()
}

#[test]
#[ignore = "needs LibreOffice and its Python module: soffice, python3-uno"]
fn a_case_filled_in_with_libreoffice_runs() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let new = run_in(folder.path(), &["new", "blank.xlsx"]);
    assert_eq!(new.code, 0, "{}", new.stderr);
    let sample = root().join("sample-data/small");
    let typed = Command::new(python())
        .arg(root().join("tests/libreoffice/fill_in.py"))
        .args([&at("blank.xlsx"), &sample, &at("filled.xlsx"), &at("filled.ods")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&typed.stdout);
    assert!(typed.status.success(), "{said}{}", String::from_utf8_lossy(&typed.stderr));
    let cells: usize = said.split(' ').next().and_then(|n| n.parse().ok()).expect("how many cells were typed");
    println!("LibreOffice: {cells} cells typed");
    assert!(cells > 300, "{cells}");
    let wanted = dividend(folder.path(), &sample, "wanted");
    for filled in ["filled.xlsx", "filled.ods"] {
        let got = dividend(folder.path(), &at(filled), &format!("{filled}-out"));
        for ((name, wanted), (_, got)) in wanted.iter().zip(&got) {
            assert_eq!(wanted, got, "{filled}: {name}");
        }
    }
}
