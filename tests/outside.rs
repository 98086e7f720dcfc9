//! What stands around a run: other files in its folder, what a terminal would obey, pipes and files where a folder is
//! expected, full disks behind what is printed.

use crate::support::command::{Ran, ratable, run_in};
use crate::support::files::files;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;

const REGISTER: &str = "holder_id,holder_name,class,shares,issue_date\nA,Ann,series-a,10,2006-01-10\n";

fn desk() -> TempDir {
    let top = tempfile::tempdir().unwrap();
    write(top.path(), "case/register.csv", REGISTER);
    top
}

fn write(top: &Path, path: &str, text: &str) {
    fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
    fs::write(top.join(path), text).unwrap();
}

fn run(top: &TempDir, line: &str) -> Ran {
    run_in(top.path(), &line.split(' ').collect::<Vec<_>>())
}

/// The run's own folder may even stand among the tables.
#[test]
fn files_beside_the_tables_change_nothing_that_a_run_writes() {
    let top = desk();
    // A run that pays nobody names what it left alone; this one pays.
    write(top.path(), "case/declarations.csv", "declared_date,kind,amount\n2006-02-01,cash,0.01\n");
    assert_eq!(run(&top, "dividend case --date 2006-03-15 --out first").code, 0);
    assert_eq!(run(&top, "dividend case --date 2006-03-15 --out case/run").code, 0);
    write(top.path(), "case/notes.txt", "call the bank");
    assert_eq!(run(&top, "dividend case --date 2006-03-15 --out second").code, 0);
    let first = files(&top.path().join("first"));
    assert_eq!(first, files(&top.path().join("second")));
    assert_eq!(first, files(&top.path().join("case/run")));
    let again = run(&top, "verify case/run --case case");
    assert_eq!(again.code, 0, "{again:?}");
    assert!(run(&top, "check case").stdout.contains("notes.txt"), "a check says what it leaves alone");
}

#[test]
fn nothing_in_a_case_steers_the_terminal() {
    let top = desk();
    write(top.path(), "case/register.csv", &REGISTER.replace("Ann", "Ann\u{1b}]0;pwn\u{7}\u{9b}2J"));
    write(top.path(), "case/terms.csv", "term,value\ncompany,Co\u{1b}[2Jx\n");
    write(
        top.path(),
        "case/declarations.csv",
        "declared_date,kind,amount,asset\n2006-02-01,in-kind,1,Sha\u{1b}[31mre\n",
    );
    write(top.path(), "case/payments.csv", "date,amount,asset\n2006-03-15,full,Sha\u{1b}[31mre\n");
    for line in [
        "dividend case --date 2006-03-15 --explain A --out dividend",
        "liquidate case --date 2006-03-15 --proceeds 5 --explain A --out liquidation",
        "check case --date 2006-03-15",
    ] {
        let ran = run(&top, line);
        assert_eq!(ran.code, 0, "{ran:?}");
        let steers = |c: char| c.is_control() && c != '\n';
        assert!(!ran.stdout.contains(steers) && !ran.stderr.contains(steers), "{line}: {ran:?}");
        assert!(ran.stdout.contains("Co [2Jx") || line.starts_with("check"), "{ran:?}");
    }
}

#[test]
fn a_run_does_not_replace_a_file() {
    let top = desk();
    write(top.path(), "minutes.docx", "the board resolved");
    let ran = run(&top, "dividend case --date 2006-03-15 --out minutes.docx --force");
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("is not a folder"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(top.path().join("minutes.docx")).unwrap(), "the board resolved");
}

#[cfg(unix)]
#[test]
fn a_result_that_never_ends_is_not_read() {
    let top = desk();
    assert_eq!(run(&top, "dividend case --date 2006-03-15 --out run").code, 0);
    let result = top.path().join("run/result.json");
    fs::remove_file(&result).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &result).unwrap();
    let ran = run(&top, "verify run");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("result.json"), "{}", ran.stderr);
}

/// A linux device on which every write fails.
#[cfg(target_os = "linux")]
#[test]
fn completions_that_could_not_be_printed_are_no_success() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = ratable().args(["completions", "bash"]).stdout(Stdio::from(full)).output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("No space left"));
}

#[test]
fn what_was_not_understood_is_told_to_programs_too() {
    let top = desk();
    for format in ["--format json", "--format=json"] {
        let ran = run(&top, &format!("dividend case --date 2006-03-15 --bogus {format}"));
        assert_eq!(ran.code, 2);
        let said: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(said["problems"][0]["code"], "run.command-line.wrong");
        assert!(said["problems"][0]["message"].as_str().unwrap().contains("--bogus"), "{said}");
        assert!(ran.stderr.contains("--bogus"));
    }
    assert_eq!(run(&top, "dividend case --bogus").stdout, "");
    assert_eq!(run(&top, "--version").code, 0);
}

#[test]
fn a_term_needs_a_name_and_a_class_one_of_its_own() {
    let top = desk();
    for set in ["=", "=5"] {
        let ran = run(&top, &format!("check case --set {set}"));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("TERM=VALUE"), "{}", ran.stderr);
    }
    for set in ["series_name=common", "common_name=Series-A"] {
        let ran = run(&top, &format!("check case --set {set}"));
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.stderr.contains("is the id of another class") || ran.stdout.contains("is the id of another class"));
    }
    assert_eq!(run(&top, "check case --set series_name=series-a").code, 0);
}

/// Excel takes 32,767 letters.
#[test]
fn a_statement_holds_no_text_that_is_longer_than_a_cell_s() {
    let top = desk();
    write(top.path(), "case/register.csv", &REGISTER.replace("Ann", &"n".repeat(40_000)));
    assert_eq!(run(&top, "dividend case --date 2006-03-15 --out run").code, 0);
    let (book, mut longest) = (fs::read(top.path().join("run/holders/A.xlsx")).unwrap(), 0);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    for at in 0..archive.len() {
        let mut part = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_index(at).unwrap(), &mut part).unwrap();
        let run_of_n = part.split(|byte| *byte != b'n').map(<[u8]>::len).max().unwrap_or(0);
        longest = longest.max(run_of_n);
    }
    assert!((30_000..=32_767).contains(&longest), "{longest}");
}

/// Nobody calls a class so; a file can.
#[test]
fn a_class_that_a_spreadsheet_would_run_is_text_and_verifies() {
    let top = desk();
    write(top.path(), "case/register.csv", &format!("{REGISTER}B,Bea,=1+1,5,\nC,Cy,common,7,\n"));
    write(
        top.path(),
        "case/classes.csv",
        "class,liquidation_preference,accrued_dividends,accrued_as_of,votes_per_share\n=1+1,2,1,2006-03-15,1\n",
    );
    for (line, out) in [
        ("dividend case --date 2006-03-15", "d"),
        ("liquidate case --date 2006-03-15 --proceeds 15 --scenarios 0:100:50", "l"),
        ("vote case --date 2006-03-15", "v"),
        ("captable case --date 2006-03-15", "c"),
    ] {
        let ran = run(&top, &format!("{line} --out {out}"));
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
        let verified = run(&top, &format!("verify {out} --case case"));
        assert_eq!(verified.code, 0, "{line}: {verified:?}");
        for (name, bytes) in files(&top.path().join(out)).iter().filter(|(name, _)| name.ends_with(".csv")) {
            let text = String::from_utf8_lossy(bytes);
            let runs = text.split([',', '\n']).any(|cell| cell.starts_with('='));
            assert!(!runs, "{out}/{name}: {text}");
        }
    }
}
