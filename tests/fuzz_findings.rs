//! Everything that a fuzzer ever found (`tests/fixtures/fuzz/TARGET/`), and every seed, through the targets' own doors.
//!
//! `fuzz/` runs the same targets on inputs without end.

#[path = "../fuzz/src/lib.rs"]
#[allow(clippy::expect_used, clippy::panic, dead_code, reason = "a target fails by panicking")]
mod fuzz;

use fuzz::{parts, seeds, targets};
use std::fs;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// What a fuzzer found for a target.
fn findings(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fuzz").join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            (path.display().to_string(), fs::read(&path).expect("a finding"))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn what_fuzzers_found_stays_found() {
    for (target, run) in targets::ALL {
        for (name, bytes) in findings(target) {
            let (done, ended) = mpsc::channel();
            let thread = thread::spawn(move || {
                run(&bytes);
                done.send(()).ok();
            });
            // One that never ends is not waited for; one that panicked has dropped its end.
            let timed_out = ended.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Timeout);
            assert!(!timed_out, "{name} does not end");
            assert!(thread.join().is_ok(), "{name} panicked");
        }
    }
}

#[test]
fn every_finding_belongs_to_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fuzz");
    for entry in fs::read_dir(folder).expect("findings") {
        let name = entry.expect("an entry").file_name();
        assert!(targets::ALL.iter().any(|(target, _)| name == *target), "{name:?} is replayed by no target");
    }
}

#[test]
fn a_few_seeds_of_every_target_pass() {
    for (target, run) in targets::ALL {
        let seeds = seeds::of(target);
        assert!(seeds.len() >= 2, "{target}");
        let step = seeds.len().div_ceil(12);
        seeds.iter().step_by(step).for_each(|(_, bytes)| run(bytes));
    }
}

#[test]
fn parts_that_are_packed_are_read_as_the_file_was() {
    use ratable::internals::input::{ReadOptions, load};
    let folder = tempfile::tempdir().expect("a folder");
    let register = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        let loaded = load(&path, &ReadOptions::default()).expect("read");
        let case = loaded.case.unwrap_or_else(|| panic!("{name}: {:?}", loaded.problems));
        (case.register.holder_count(), case.declarations.len())
    };
    for (target, fixture) in [("xlsx", "case.xlsx"), ("xlsb", "case.xlsb"), ("ods", "case.ods"), ("xls", "case.xls")] {
        let seeds = seeds::of(target);
        let named = |ending: &str| {
            let name = format!("tests-fixtures-formats-{fixture}{ending}");
            &seeds.iter().find(|(seed, _)| *seed == name).expect("a seed").1
        };
        let split = parts::split(named(".parts")).expect("parts");
        assert!(parts::split(named("")).is_none());
        let packed = if target == "xls" { parts::compound(&split) } else { parts::zip(&split) };
        assert_eq!(register(fixture, &packed), register(fixture, named("")), "{fixture}");
    }
}
