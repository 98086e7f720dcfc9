//! `--format json`: one document on standard output whatever comes of a command; and no colours where none are wanted.

use crate::support::case;
use crate::support::command::run_in;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

fn desk() -> TempDir {
    let desk = tempfile::tempdir().unwrap();
    let good = case(
        "register: holder_id, holder_name, class, shares, issue_date
         A, Ada, series-a, 100, 2005-12-15
         B, Ben, series-a, 60.5, 2005-12-15

         declarations: declared_date, kind, amount, series_a_declared_date
         2006-05-01, cash, 0.01, 2006-05-01",
    );
    for (name, company) in
        [("good", good.clone()), ("broken", good.and("register", "D, Dora, series-a, many, 2005-12-15"))]
    {
        fs::create_dir(desk.path().join(name)).unwrap();
        company.write(&desk.path().join(name));
    }
    desk
}

#[test]
fn every_command_prints_one_document_whatever_comes_of_it() {
    let desk = desk();
    for (line, code) in [
        ("new case.xlsx", 0),
        ("new case.xlsx", 2),
        ("new nowhere/case.xlsx", 1),
        ("check good", 0),
        ("check broken --report report.xlsx", 3),
        ("check broken --report report.xlsx", 2),
        ("check nowhere", 1),
        ("check good broken", 3),
        ("dividend good --date 2006-06-15 --out run --workbooks none", 0),
        ("dividend good --date 2006-06-15 --out run", 2),
        ("dividend good --date never --out run", 2),
        ("dividend nowhere --date 2006-06-15", 1),
        ("dividend broken --date 2006-06-15", 3),
        ("dividend good broken nowhere --date 2006-06-15 --out all", 3),
        ("liquidate good --date 2006-06-15", 3),
        ("verify run", 0),
        ("verify run --case good", 0),
        ("verify run --case broken", 3),
        ("verify good", 3),
        ("statements run --case good --shard 1/2 --out one", 0),
        ("statements run --case good --shard 2/2 --out two", 0),
        ("statements run --case good --shard 3/2 --out two", 2),
        ("merge run one two --out merged", 0),
        ("merge run one --out again", 3),
        ("merge run one two --out merged", 2),
        ("watch nowhere --out out", 2),
    ] {
        let ran = run_in(desk.path(), &format!("{line} --format json").split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, code, "{line}: {}{}", ran.stdout, ran.stderr);
        let said: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{line}: {error}: {}", ran.stdout));
        let several = said["cases"].as_array();
        let lists: Vec<&Value> =
            several.map_or(vec![&said["problems"]], |all| all.iter().map(|one| &one["problems"]).collect());
        let is_error =
            |problem: &Value| problem["severity"] == "error" && !problem["message"].as_str().unwrap().is_empty();
        let errors =
            lists.iter().filter_map(|list| list.as_array()).flatten().filter(|problem| is_error(problem)).count();
        assert_eq!(errors > 0, code > 0, "{line}: {said}");
    }
    assert!(desk.path().join("merged/holders").exists());
}

/// Runs a line on a terminal, as `script` makes one; none where there is no such program.
fn on_a_terminal(folder: &std::path::Path, environment: &str) -> Option<String> {
    let binary = env!("CARGO_BIN_EXE_ratable");
    let line =
        format!("{environment} '{binary}' check broken; {environment} '{binary}' dividend broken --date 2006-06-15");
    let output =
        std::process::Command::new("script").args(["-qec", &line, "/dev/null"]).current_dir(folder).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn colours_are_for_terminals_and_never_against_no_color() {
    let desk = desk();
    let Some(plain) = on_a_terminal(desk.path(), "NO_COLOR=1 TERM=xterm") else {
        assert!(std::env::var_os("RATABLE_CI").is_none(), "there is no program `script` here");
        println!("skipped: there is no program `script` here");
        return;
    };
    let colored = on_a_terminal(desk.path(), "env -u NO_COLOR TERM=xterm").unwrap();
    assert_eq!(plain.matches("register: 1 problem").count(), 2, "{plain}");
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    assert_eq!(colored.matches("\u{1b}[31m").count(), 2, "{colored:?}");
    // Not on a terminal, none whatever the environment says.
    let ran = crate::support::command::ratable()
        .args(["check", "broken"])
        .env_remove("NO_COLOR")
        .current_dir(desk.path())
        .output()
        .unwrap();
    assert!(!String::from_utf8(ran.stdout).unwrap().contains('\u{1b}'));
}
