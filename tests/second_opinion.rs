//! The second opinion: random valid cases, every CSV cell of the program against a naive reference, written
//! from the rules and never from `src`.
//!
//! 2,000 cases by default. More by command, in parts if need be:
//! `RATABLE_CASES=100000 RATABLE_FIRST=1 cargo test --release second_opinion:: -- --nocapture`
//! One of them, kept to look at: `RATABLE_FIRST=12300 RATABLE_CASES=1 RATABLE_KEEP=folder cargo test second_opinion::`

use crate::reference::number::parse;
use crate::support::vector::{FREE, Vector};
use crate::support::with_own_threads;
use clap::Parser;
use ratable::cli::Cli;
use ratable::internals::{execute, set_silent};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

fn same(a: &str, b: &str) -> bool {
    match (parse(a), parse(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn table(path: &Path) -> Option<Vec<Vec<String>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).ok()?;
    Some(reader.records().map(|record| record.unwrap().iter().map(String::from).collect()).collect())
}

fn differences(name: &str, want: &[Vec<String>], got: &[Vec<String>], cells: &AtomicU64) -> Vec<String> {
    let mut wrong = Vec::new();
    if got.len() != want.len() || got.first() != want.first() {
        wrong.push(format!(
            "{name}: {} rows of {:?} expected, {} of {:?}",
            want.len(),
            want[0],
            got.len(),
            got.first()
        ));
    }
    for (row, (want_row, got_row)) in want.iter().zip(got).enumerate().skip(1) {
        for ((column, w), g) in want[0].iter().zip(want_row).zip(got_row) {
            cells.fetch_add(1, Ordering::Relaxed);
            if !FREE.contains(&(name, column.as_str())) && !same(w, g) {
                wrong.push(format!("{name} row {row} {column}: {w:?} expected, {g:?} found"));
            }
        }
    }
    wrong
}

fn one(seed: u64, root: &Path, commands: &AtomicU64, cells: &AtomicU64) -> Vec<String> {
    let case = root.join(format!("{seed}"));
    let out = root.join(format!("{seed}-out"));
    let mut wrong = Vec::new();
    for argv in crate::reference::generator::write_case(seed, &case) {
        commands.fetch_add(1, Ordering::Relaxed);
        let expected = crate::reference::run(&case, &argv);
        let mut typed = vec!["ratable".to_owned(), argv[0].clone(), case.display().to_string()];
        typed.extend_from_slice(&argv[1..]);
        typed.extend(["--out", out.to_str().unwrap(), "--workbooks", "none", "--quiet"].map(String::from));
        let code = execute(&Cli::try_parse_from(&typed).expect("a command line"));
        let mut found = Vec::new();
        if i32::from(code) != expected.exit {
            found.push(format!("exit {} expected, {code} found {}", expected.exit, expected.why));
        } else if code == 0 {
            for (name, want) in &expected.files {
                match table(&out.join(name)) {
                    Some(got) => found.extend(differences(name, want, &got, cells)),
                    None => found.push(format!("{name}: missing")),
                }
            }
            let text = std::fs::read_to_string(out.join("result.json")).unwrap();
            let result: serde_json::Value = serde_json::from_str(&text).unwrap();
            let totals: BTreeMap<String, String> = serde_json::from_value(result["totals"].clone()).unwrap_or_default();
            if let Some(want) = &expected.multiple
                && result["multiple"]["fraction"] != want.as_str()
            {
                found.push(format!("multiple: {want} expected, {} found", result["multiple"]["fraction"]));
            }
            for (name, want) in &expected.totals {
                if !totals.get(name).is_some_and(|got| same(want, got)) {
                    found.push(format!("totals.{name}: {want} expected, {:?} found", totals.get(name)));
                }
            }
        }
        wrong.extend(found.into_iter().take(3).map(|f| format!("seed {seed}: {}: {f}", argv.join(" "))));
        let _ = std::fs::remove_dir_all(&out);
    }
    if std::env::var_os("RATABLE_KEEP").is_none() {
        let _ = std::fs::remove_dir_all(&case);
    }
    wrong
}

/// The conformance cases against the reference alone: nothing of the program takes part.
#[test]
fn the_reference_agrees_with_the_conformance_cases() {
    let only = std::env::var("RATABLE_VECTOR").ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let cells = AtomicU64::new(0);
    let mut wrong = Vec::new();
    let mut lines = 0;
    for number in (1..=30).map(|number| format!("{number:03}")) {
        if only.as_ref().is_some_and(|only| *only != number) {
            continue;
        }
        let vector = Vector::read(&std::fs::read_to_string(folder.join(format!("{number}.txt"))).unwrap());
        let case = tempfile::tempdir().unwrap();
        for (name, body) in &vector.case {
            std::fs::write(case.path().join(name), format!("{body}\n")).unwrap();
        }
        for run in &vector.runs {
            lines += 1;
            let argv: Vec<String> = run.line.split(' ').map(String::from).collect();
            let got = crate::reference::run(case.path(), &argv);
            let mut found = Vec::new();
            if got.exit != run.exit {
                found.push(format!("exit {} expected, {} found {}", run.exit, got.exit, got.why));
            }
            for (name, text) in run.files.iter().filter(|_| got.exit == 0) {
                let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
                let want: Vec<Vec<String>> =
                    reader.into_records().map(|row| row.unwrap().iter().map(String::from).collect()).collect();
                match got.files.get(name) {
                    Some(rows) => found.extend(differences(name, &want, rows, &cells)),
                    None => found.push(format!("{name}: missing")),
                }
            }
            for (name, want) in run.totals.iter().filter(|_| got.exit == 0) {
                if !got.totals.get(name).is_some_and(|total| same(want, total)) {
                    found.push(format!("totals.{name}: {want} expected, {:?} found", got.totals.get(name)));
                }
            }
            if got.exit == 0 && run.multiple.is_some() && got.multiple != run.multiple {
                found.push(format!("multiple: {:?} expected, {:?} found", run.multiple, got.multiple));
            }
            wrong.extend(found.into_iter().take(4).map(|found| format!("{number}: {}: {found}", run.line)));
        }
    }
    println!("{lines} command lines, {} cells compared, {} differences", cells.into_inner(), wrong.len());
    assert!(lines > 0 && wrong.is_empty(), "{}", wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n"));
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// Cases beyond the first 2,000 that once differed: a declared delivery without a fair value where neither the stub nor the
/// warning of declared debts needs one; a short rank with a class whose payment in full rounds to nothing.
const ONCE_DIFFERENT: [u64; 4] = [10_762, 14_826, 17_371, 23_243];

#[test]
fn random_cases_agree_with_the_reference_cell_by_cell() {
    if std::env::var_os("RATABLE_LOUD").is_none() {
        set_silent();
    }
    let first = number("RATABLE_FIRST", 1);
    let cases = number("RATABLE_CASES", 2_000);
    let root = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("RATABLE_KEEP").map(std::path::PathBuf::from);
    let folder = kept.as_deref().unwrap_or(root.path());
    let (commands, cells) = (AtomicU64::new(0), AtomicU64::new(0));
    let once = ONCE_DIFFERENT.into_iter().filter(|seed| first == 1 && *seed > cases);
    let seeds: Vec<u64> = (first..first + cases).chain(once).collect();
    let all = || seeds.into_par_iter().flat_map_iter(|seed| one(seed, folder, &commands, &cells)).collect();
    let wrong: Vec<String> = with_own_threads(all);
    println!(
        "{cases} cases, {} commands, {} cells compared, {} differences",
        commands.into_inner(),
        cells.into_inner(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
}
