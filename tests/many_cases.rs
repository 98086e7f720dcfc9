//! Many cases in one call: a line each, what is wrong with the others, and a total.

use crate::support::case;
use crate::support::command::{Ran, run_in};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// Two holders, in the company's own currency.
fn company(currency: &str, shares: &str) -> crate::support::Company {
    case(&format!(
        "terms: term, value
         currency, {currency}

         register: holder_id, holder_name, class, shares, issue_date, withholding_rate
         A, Ada, series-a, {shares}, 2005-12-15, 0.1
         B, Ben, common, 1000,,

         declarations: declared_date, kind, amount, payment_date, series_a_declared_date
         2006-05-01, cash, 0.01, 2006-06-15, 2006-05-01"
    ))
}

/// A folder with cases in it.
struct Desk(TempDir);

fn desk() -> Desk {
    let desk = Desk(tempfile::tempdir().unwrap());
    for (name, company) in [
        ("one", company("USD", "100")),
        ("two", company("USD", "50.5")),
        ("euro", company("EUR", "10")),
        ("broken", company("USD", "many")),
    ] {
        fs::create_dir(desk.0.path().join(name)).unwrap();
        company.write(&desk.0.path().join(name));
    }
    desk
}

impl Desk {
    fn run(&self, line: &str) -> Ran {
        run_in(self.0.path(), &line.split(' ').collect::<Vec<_>>())
    }
}

#[test]
fn a_line_each_and_a_total_by_currency() {
    let ran = desk().run("dividend one two euro broken nowhere --date 2006-06-15 --out all --workbooks none");
    assert_eq!(ran.code, 3);
    // 100 × $0.01 = $1.00 a share of Series A, 0.01 one of Common; 10 % withheld of the former.
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "one      100.00 USD net to 2 holders, 2 held, 3 warnings",
            "two      55.45 USD net to 2 holders, 2 held, 3 warnings",
            "euro     19.00 EUR net to 2 holders, 2 held, 3 warnings",
            "broken   1 problem",
            "nowhere  failed",
            "Total EUR: 20.00 gross, 1.00 withheld, 19.00 net",
            "Total USD: 170.50 gross, 15.05 withheld, 155.45 net",
            "5 cases: 3 done, 1 with problems, 1 failed",
            "Files: all/CASE; the warnings are on the first sheet of each summary.xlsx",
        ]
    );
    assert!(ran.stderr.contains("\nbroken: nothing was written.\nregister: 1 problem\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("ratable: nowhere: "), "{}", ran.stderr);
}

#[test]
fn forbidden_ones_are_counted_apart() {
    let ran = desk().run("dividend one broken --date 2006-06-15 --funds 5 --out all");
    assert_eq!(ran.code, 4);
    assert!(ran.stdout.contains("one     forbidden by §4(a)(i)\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("2 cases: 1 with problems, 1 forbidden by the Certificate\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("one: nothing was written.\nrun: 1 problem\n"), "{}", ran.stderr);
}

#[test]
fn as_one_json_document() {
    let desk = desk();
    let ran = desk.run("dividend one broken two nowhere --date 2006-06-15 --format json --out all --workbooks none");
    assert_eq!(ran.code, 3);
    let said: Value = serde_json::from_str(&ran.stdout).expect("one document");
    let codes: Vec<(&str, i64)> = said["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["case"].as_str().unwrap(), c["code"].as_i64().unwrap()))
        .collect();
    assert_eq!(codes, [("one", 0), ("broken", 3), ("two", 0), ("nowhere", 1)]);
    assert_eq!(said["cases"][0]["result"]["totals"]["net"], "100.00");
    assert_eq!(said["cases"][0]["files"], "all/one");
    assert_eq!(said["cases"][1]["problems"][0]["code"], "register.shares.not-a-number");
    assert_eq!(said["cases"][3]["problems"][0]["code"], "run.machine.failed");
    let totals = serde_json::json!([{"currency": "USD", "gross": "170.50", "withheld": "15.05", "net": "155.45"}]);
    assert_eq!((&said["totals"], &said["cases_done"]), (&totals, &Value::from(2)));
    // With --quiet only what went wrong; nothing where nothing did.
    let ran = desk.run("dividend one broken --date 2006-06-15 --format json --out quiet --quiet");
    let said: Value = serde_json::from_str(&ran.stdout).expect("one document");
    assert_eq!(said["cases"].as_array().map(Vec::len), Some(1));
    assert_eq!(desk.run("dividend one two --date 2006-06-15 --format json --out silent --quiet").stdout, "");
}

#[test]
fn two_cases_of_one_name_never_replace_each_other() {
    let desk = desk();
    fs::create_dir(desk.0.path().join("old")).unwrap();
    fs::rename(desk.0.path().join("two"), desk.0.path().join("old/one")).unwrap();
    let ran = desk.run("captable one old/one euro --date 2006-06-15 --out all --force");
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.starts_with("one      not started\nold/one  not started\neuro     "), "{}", ran.stdout);
    assert!(desk.0.path().join("all/euro/captable.csv").exists() && !desk.0.path().join("all/one").exists());
    assert_eq!(desk.run("captable one one --date 2006-06-15 --out twice --force").code, 2);
    assert!(!desk.0.path().join("twice").exists());
}

#[test]
fn every_command_has_its_line() {
    let desk = desk();
    for (line, said) in [
        (
            "liquidate one two --date 2006-06-15 --proceeds 1000",
            "one  1,000.00 USD distributed to 2 holders, 2 held, 1 warning\n",
        ),
        ("vote one two --date 2006-06-15", "one  no default period\n"),
        ("actions one two", "one  0 allowed, 0 prohibited, 1 warning\n"),
        ("captable one two --date 2006-06-15", "one  2 of 2 classes outstanding\n"),
    ] {
        let ran = desk.run(&format!("{line} --out {}", line.split(' ').next().unwrap()));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout.starts_with(said), "{}", ran.stdout);
        assert!(ran.stdout.contains("2 cases: 2 done\n"), "{}", ran.stdout);
    }
}

#[test]
fn check_says_which_are_ready() {
    let ran = desk().run("check one broken two");
    assert_eq!((ran.code, ran.stderr.as_str()), (3, ""));
    assert!(ran.stdout.starts_with("one     Ready: no problems.\nbroken  1 problem\ntwo     Ready"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\nbroken: not ready.\nregister: 1 problem\n  D2, register.csv"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("3 cases: 2 ready, 1 with problems\n"), "{}", ran.stdout);
}
