//! The same inputs give the same bytes, whatever the machine, the time, the folder or the number of threads.

use crate::machine::{Machine, assert_same};
use std::fs;

const COMMANDS: [&str; 7] = [
    "dividend case --date 2006-03-15",
    "dividend case --date 2006-03-15 --funds 30000 --archive",
    "liquidate case --date 2006-03-15 --scenarios 0:1000000:50000",
    "exchange case --date 2006-03-15",
    "vote case --date 2006-03-15",
    "actions case",
    "captable case --date 2006-03-15",
];

#[test]
fn another_folder_zone_locale_and_number_of_threads_give_the_same_bytes() {
    let machine = Machine::new();
    machine.case("case", 60);
    machine.shell("mkdir -p far/away && cp -r case far/away/case").done();
    for command in COMMANDS {
        machine.run(&format!("{command} --out one --jobs 1 --quiet --force")).done();
        let mut other = machine.command(&format!("{command} --out ../../two --jobs 4 --force --format json"));
        other.current_dir(machine.path("far/away"));
        other.envs([("TZ", "Pacific/Kiritimati"), ("LANG", "de_DE.UTF-8"), ("LC_ALL", "tr_TR.UTF-8"), ("HOME", "/")]);
        crate::machine::Came::from(other.output().unwrap()).done();
        assert_same(&machine.path("one"), &machine.path("two"));
    }
}

#[test]
fn the_manifest_keeps_to_itself_where_and_how_the_run_was_made() {
    let machine = Machine::new();
    machine.case("case", 2);
    machine.run("dividend ./case/../case --date 2006-03-15 --out one --jobs 2 --quiet --force").done();
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(machine.path("one/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["arguments"], serde_json::json!(["--date", "2006-03-15", "--workbooks", "all"]));
    let inputs: Vec<&str> =
        manifest["inputs"].as_array().unwrap().iter().map(|i| i["path"].as_str().unwrap()).collect();
    assert_eq!(inputs, ["consideration.csv", "declarations.csv", "proceeds.csv", "register.csv", "terms.csv"]);
    let home = machine.path("").display().to_string();
    for (name, bytes) in crate::machine::files(&machine.path("one")) {
        for text in crate::machine::texts(&bytes) {
            assert!(!crate::machine::contains(&text, &home), "{name} names the folder of the run");
        }
    }
}

#[test]
fn the_order_of_the_register_s_rows_changes_nothing_but_its_hash() {
    let machine = Machine::new();
    machine.case("case", 40);
    machine.run("dividend case --date 2006-03-15 --funds 12345.67 --out one --workbooks none --quiet").done();
    let register = fs::read_to_string(machine.path("case/register.csv")).unwrap();
    let (header, rows) = register.split_once('\n').unwrap();
    let turned: Vec<&str> = rows.lines().rev().collect();
    fs::write(machine.path("case/register.csv"), format!("{header}\n{}\n", turned.join("\n"))).unwrap();
    machine.run("dividend case --date 2006-03-15 --funds 12345.67 --out two --workbooks none --quiet").done();
    for file in ["distribution.csv", "payment-instructions.csv", "arrears.csv", "payments.csv", "result.json"] {
        let read = |run: &str| fs::read(machine.path(run).join(file)).unwrap();
        assert!(read("one") == read("two"), "{file}");
    }
}

#[test]
fn holders_who_may_be_one_are_named_in_the_order_of_the_register() {
    let machine = Machine::new();
    machine.case("case", 2);
    let row = |at: usize| format!("H{at},Holder {at},common,1,2005-01-03,wire,ACC-{},021000021", at % 6);
    let rows: Vec<String> = (0..12).map(row).collect();
    let header = "holder_id,holder_name,class,shares,issue_date,payment_method,account,bank_code";
    fs::write(machine.path("case/register.csv"), format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    let named = "the holders H0 and H6, H1 and H7, H2 and H8, H3 and H9, H4 and H10, and others have one account.";
    for _ in 0..6 {
        let told = machine.run("check case");
        assert!(told.out.replace("\n", " ").contains(named), "{}{}", told.out, told.err);
    }
}
