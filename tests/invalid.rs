//! Every kind of problem has a small case of its own in `tests/invalid/`, named for its defect, with exactly the problems
//! that it must give beside it in `expected.txt`. `RATABLE_BLESS=1 cargo test invalid::` writes those files anew.

use ratable::internals::Problem;
use ratable::internals::input::{ReadOptions, load};
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid");
    let entries = std::fs::read_dir(root).expect("tests/invalid is there");
    let mut folders: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    folders
}

/// A problem as `expected.txt` has it: a line with severity, code, place and value, then message and help.
fn shown(problem: &Problem) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let place = &problem.place;
    let severity = format!("{:?}", problem.severity).to_lowercase();
    let mut out = format!("{severity} {} at {} {}", problem.code, part(&place.file), part(&place.cell));
    if let Some(sheet) = &place.sheet {
        let _ = write!(out, " of {sheet}");
    }
    if let Some(value) = &problem.value {
        let _ = write!(out, " [{value}]");
    }
    format!("{out}\n  {}\n  {}\n", problem.message, problem.help)
}

fn options(folder: &Path) -> ReadOptions {
    let set = std::fs::read_to_string(folder.join(".set")).unwrap_or_default();
    let pairs = set.lines().filter_map(|line| line.split_once('='));
    ReadOptions { set: pairs.map(|(t, v)| (t.to_owned(), v.to_owned())).collect(), ..ReadOptions::default() }
}

#[test]
fn every_defect_gives_exactly_its_problems() {
    let bless = std::env::var_os("RATABLE_BLESS").is_some();
    let mut wrong = Vec::new();
    for folder in folders() {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let loaded = load(&folder.join("case"), &options(&folder)).expect("the case can be read");
        let got: String = loaded.problems.iter().map(shown).collect::<Vec<_>>().join("\n");
        let expected = folder.join("expected.txt");
        if bless {
            std::fs::write(&expected, &got).expect("expected.txt can be written");
        }
        let want = std::fs::read_to_string(&expected).unwrap_or_default();
        let has_error = loaded.problems.iter().any(Problem::is_error);
        assert_eq!(loaded.case.is_none(), has_error, "{name}: a case with an error is not computed");
        if got != want {
            wrong.push(format!("{name}\n--- expected\n{want}\n--- got\n{got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_many_defects() {
    assert!(folders().len() >= 90, "{} folders", folders().len());
}
