//! `ratable check` and `ratable new` as commands.

use crate::support::command::ratable;
use crate::support::workbooks::difference;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

fn run(args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = ratable().args(args).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code().expect("a code"), text(stdout), text(stderr))
}

fn invalid(name: &str) -> String {
    format!("{}/tests/invalid/{name}/case", env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn check_shows_what_was_understood() {
    let (code, out, err) = run(&["check", &fixture("mess/table-at-C7.xlsx")]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().skip(1).collect();
    let (next, lines) = lines.split_last().expect("lines");
    assert!(next.starts_with("Next: ratable dividend ") && next.contains("table-at-C7.xlsx"), "{next}");
    assert_eq!(
        lines,
        [
            "  register: sheet register, headers in row 7, 2 rows",
            "      C holder_id, D holder_name, E class, F shares, G issue_date",
            "  2 lots of 2 holders",
            "      series-a: 100 shares in 1 lot",
            "      common: 1,000 shares in 1 lot",
            "  Series A first issued on 2006-01-20 (the earliest issue date), first quarter date 2006-03-15",
            "  Not checked without --date: shares issued against those authorised, register_date, and payments, arrears and accrued dividends as of a day",
            "Ready: no problems.",
        ]
    );
}

#[test]
fn check_reports_problems_by_table_and_exits_with_3() {
    let (code, out, _) = run(&["check", "--quiet", &invalid("every-problem-at-once")]);
    assert_eq!(code, 3);
    assert!(
        out.starts_with("terms: 2 problems\n  A2, terms.csv  multipel: there is no such term. [multipel]\n"),
        "{out}"
    );
    assert!(out.contains("\nregister: 7 problems\n") && out.contains("\ndeclarations: 2 problems\n"), "{out}");
}

#[test]
fn check_gives_problems_as_json() {
    let (code, out, _) = run(&["check", "--format", "json", &invalid("shares-not-a-number")]);
    assert_eq!(code, 3);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    let wanted = serde_json::json!({
        "severity": "error", "code": "register.shares.not-a-number", "file": "register.csv", "sheet": null, "cell": "D3",
        "value": "many", "message": "shares: this is not a number.",
        "help": "Type a plain number such as 1250.5. If the file writes decimals with a comma, set the term decimal_mark to a comma.",
    });
    assert_eq!(json["problems"], Value::Array(vec![wanted]));
    assert_eq!(json["tables"][0]["columns"][3]["cell"], "D1");
}

#[test]
fn check_as_of_a_date_finds_what_depends_on_it() {
    let case = fixture("formats/case.xlsx");
    assert_eq!(run(&["check", &case]).0, 0);
    let (code, out, _) = run(&["check", "--quiet", &case, "--date", "2006-05-31"]);
    assert_eq!(code, 3);
    assert!(out.contains("2006-06-01"), "the register's date lies after it: {out}");
}

#[test]
fn check_of_several_cases_exits_with_the_highest_code() {
    let (good, bad) = (fixture("mess/aliases.xlsx"), invalid("shares-zero"));
    assert_eq!(run(&["check", &bad, &good]).0, 3);
    let (code, _, err) = run(&["check", &good, "no-such-case.xlsx"]);
    assert_eq!(code, 1);
    assert!(err.contains("no-such-case.xlsx"), "{err}");
}

#[test]
fn check_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let status = ratable().current_dir(folder.path()).args(["check", &fixture("mess/aliases.xlsx")]).output();
    assert!(status.expect("it runs").status.success());
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

#[test]
fn new_writes_a_workbook_that_check_understands_in_every_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = path(folder.path(), "company.xlsx");
    let (code, out, _) = run(&["new", &case]);
    assert_eq!(code, 0);
    assert!(out.contains("ratable check"), "{out}");
    let (code, out, _) = run(&["check", "--format", "json", &case]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(code, 0, "{out}");
    for table in json["tables"].as_array().expect("tables") {
        let schema = ratable::internals::input::Table::find(table["table"].as_str().expect("a name")).expect("a table");
        assert_eq!(table["columns"].as_array().map(Vec::len), Some(schema.columns.len()), "{table}");
        assert_eq!(table["ignored"].as_array().map(Vec::len), Some(0), "{table}");
    }
    assert_eq!(json["tables"].as_array().map(Vec::len), Some(ratable::internals::input::TABLES.len()));
}

/// `RATABLE_BLESS=1 cargo test check_and_new::` writes the template anew.
#[test]
fn the_template_is_in_step_with_the_schema() {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/case.xlsx");
    let wanted = ratable::internals::output::blank_case("Case", &[], |_| Vec::new()).expect("a workbook");
    if std::env::var_os("RATABLE_BLESS").is_some() {
        return fs::write(template, wanted).expect("templates/case.xlsx can be written");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let case = path(folder.path(), "company.xlsx");
    assert_eq!(run(&["new", &case]).0, 0);
    for kept in [template.as_path(), Path::new(&case)] {
        let different = difference("case.xlsx", &fs::read(kept).expect("a file"), &wanted);
        assert!(different.as_ref().is_none_or(|what| what.ends_with("zipped otherwise")), "{different:?}");
    }
}

#[test]
fn the_example_passes_check_and_a_dividend_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = path(folder.path(), "example.xlsx");
    assert_eq!(run(&["new", &case, "--example"]).0, 0);
    let (code, out, _) = run(&["check", &case, "--date", "2025-09-15"]);
    assert_eq!(code, 0);
    assert!(out.contains("\nReady: no problems.\nNext: ratable dividend "), "{out}");
    let target = path(folder.path(), "run");
    let (code, out, err) = run(&["dividend", &case, "--date", "2025-09-15", "--workbooks", "none", "--out", &target]);
    assert_eq!(code, 0, "{out}{err}");
    let distribution = fs::read_to_string(folder.path().join("run/distribution.csv")).expect("a file");
    // 100 × 1.5 × $0.02 = $3.00 a share: 1,200 shares, 24 % withheld.
    assert!(distribution.contains("0001,Margaret Okafor,series-a,1200,USD,3600.00,864.00,2736.00"), "{distribution}");
}

#[test]
fn new_never_overwrites_unasked() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = path(folder.path(), "company.xlsx");
    fs::write(&case, "mine").expect("a file");
    let (code, _, err) = run(&["new", &case]);
    assert_eq!(code, 2);
    assert!(err.contains("--force"), "{err}");
    assert_eq!(fs::read(&case).expect("a file"), b"mine");
    assert_eq!(run(&["new", &case, "--force"]).0, 0);
    assert_ne!(fs::read(&case).expect("a file"), b"mine");
    assert_eq!(run(&["new", &path(folder.path(), "company.ods")]).0, 2);
    assert_eq!(run(&["new", &path(folder.path(), "none/company.xlsx")]).0, 1);
}
