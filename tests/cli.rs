//! What a person types: exit codes, folders, flags (SPEC 2).

use crate::support::command::{Ran, run_in};
use crate::support::files::{files, table};
use crate::support::{Company, case};
use clap::Parser;
use ratable::cli::Cli;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Two holders of Series A, and Common that is paid on 2006-06-15 too.
fn good() -> Company {
    case(
        "register: holder_id, holder_name, class, shares, issue_date, payment_method, account, bank_code
         A, Ada, series-a, 100, 2005-12-15, wire, 123, OCEAUS33
         B/1, Ben, series-a, 60.5, 2005-12-15,,,
         C, Cleo, common, 1000,,,,

         declarations: declared_date, kind, amount, payment_date, series_a_declared_date
         2006-05-01, cash, 0.01, 2006-06-15, 2006-05-01

         consideration: component, amount
         USD, 2.50

         actions: date, action
         2006-06-16, series-a-redemption",
    )
}

/// Shares that are no number.
fn broken() -> Company {
    good().and("register", "D, Dora, series-a, many, 2005-12-15,,,")
}

/// A folder with `good`, `broken` and `other` (as good) in it.
struct Desk(TempDir);

fn desk() -> Desk {
    let desk = Desk(tempfile::tempdir().unwrap());
    for (name, company) in [("good", good()), ("broken", broken()), ("other", good())] {
        std::fs::create_dir(desk.path(name)).unwrap();
        company.write(&desk.path(name));
    }
    desk
}

impl Desk {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a line, split at spaces.
    fn run(&self, line: &str) -> Ran {
        run_in(self.0.path(), &line.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>())
    }

    /// What lies on the desk, besides the cases.
    fn new_entries(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let mut entries: Vec<String> = entries.filter(|e| !["good", "broken", "other"].contains(&e.as_str())).collect();
        entries.sort();
        entries
    }

    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

const FORBIDDEN: &str = "dividend good --date 2006-06-15 --funds 100.00";

/// The flags that every command that writes shares.
const SHARED: [&[&str]; 11] = [
    &["--out", "DIR"],
    &["--force"],
    &["--workbooks", "A,B"],
    &["--archive"],
    &["--set", "reading.midpoint=half-even"],
    &["--explain", "A"],
    &["--jobs", "2"],
    &["--format", "json"],
    &["--quiet"],
    &["--encoding", "windows-1252"],
    &["--acknowledge", "4(a)(i)"],
];

#[test]
fn every_command_and_flag_exists() {
    let own: [(&str, &[&[&str]]); 6] = [
        (
            "dividend",
            &[&["--date", "2006-06-15"], &["--funds", "1"], &["--pay-date", "2006-06-16"], &["--after", "RUN"]],
        ),
        ("liquidate", &[&["--date", "2006-06-15"], &["--proceeds", "1"], &["--scenarios", "0:10:1"]]),
        ("exchange", &[&["--date", "2006-06-15"]]),
        ("vote", &[&["--date", "2006-06-15"]]),
        ("actions", &[]),
        ("captable", &[&["--date", "2006-06-15"]]),
    ];
    let parses = |words: &[&str]| Cli::try_parse_from(["ratable"].iter().chain(words)).map(drop);
    for (command, flags) in own {
        let flags: Vec<&str> = SHARED.iter().chain(flags).flat_map(|flag| flag.iter().copied()).collect();
        parses(&[&[command, "CASE", "CASE2"], flags.as_slice()].concat()).unwrap_or_else(|e| panic!("{command}: {e}"));
        // The date is asked for.
        assert_eq!(parses(&[command, "CASE"]).is_ok(), command == "actions", "{command}");
        assert!(parses(&[command, "--date", "2006-06-15"]).is_err(), "{command} without a case");
    }
    let check = "check CASE --date 2006-06-15 --set a=b --encoding utf-8 --format text --jobs 1 --quiet";
    parses(&check.split(' ').collect::<Vec<_>>()).unwrap();
    parses(&["check", "CASE", "CASE2"]).unwrap();
    parses(&["new", "PATH", "--example"]).unwrap();
    parses(&["new", "PATH"]).unwrap();
}

#[test]
fn done_is_0() {
    let desk = desk();
    for line in [
        "dividend good --date 2006-06-15",
        "liquidate good --date 2006-06-15 --proceeds 1000",
        "exchange good --date 2006-06-15",
        "vote good --date 2006-06-15",
        "actions good",
        "captable good --date 2006-06-15",
        "check good",
        "check good --date 2006-06-15",
        "--help",
        "--version",
        "dividend --help",
    ] {
        let ran = desk.run(line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
        assert!(!ran.stdout.is_empty(), "{line} says what happened");
    }
    // The default folder: <case>-<command>-<date>, without a date for actions; check writes nothing.
    assert_eq!(
        desk.new_entries(),
        [
            "good-actions",
            "good-captable-2006-06-15",
            "good-dividend-2006-06-15",
            "good-exchange-2006-06-15",
            "good-liquidate-2006-06-15",
            "good-vote-2006-06-15",
        ]
    );
}

#[test]
fn default_folders_of_other_cases() {
    let desk = desk();
    std::fs::write(
        desk.path("holders.list.csv"),
        "holder_id,holder_name,class,shares,issue_date\nA,Ada,series-a,1,2005-12-15\n",
    )
    .unwrap();
    // A lone CSV is a register; its name is that of the file without the extension.
    assert_eq!(desk.run("captable holders.list.csv --date 2006-06-15").code, 0);
    assert_eq!(desk.run("captable ./good/ other --date 2006-06-15").code, 0);
    let ran = run_in(&desk.path("good"), &["captable", ".", "--date", "2006-06-15"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(desk.path("good/good-captable-2006-06-15").is_dir(), "the case `.` has its folder's name");
    assert_eq!(
        desk.new_entries(),
        [
            "good-captable-2006-06-15",
            "holders.list-captable-2006-06-15",
            "holders.list.csv",
            "other-captable-2006-06-15",
        ]
    );
}

#[test]
fn machine_failures_are_1() {
    let desk = desk();
    std::fs::write(desk.path("file"), "in the way").unwrap();
    for line in ["captable nowhere --date 2006-06-15", "captable good --date 2006-06-15 --out file/out"] {
        let ran = desk.run(line);
        assert_eq!(ran.code, 1, "{line}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.starts_with("ratable: "), "{line}: {}", ran.stderr);
    }
    assert_eq!(desk.new_entries(), ["file"]);
    assert_eq!(desk.text("file"), "in the way");
}

#[test]
fn wrong_command_lines_are_2() {
    let desk = desk();
    for line in [
        "",
        "pay good --date 2006-06-15",
        "captable good",
        "captable good --date 2006-06-15 --unknown",
        "captable good --date 2006-06-15 --format yaml",
        "captable good --date 15.06.2006",
        "captable good --date 2006-6-15",
        "captable good --date 2006-02-30",
        "captable good --date 2006-06-15 --jobs 0",
        "captable good --date 2006-06-15 --jobs two",
        "captable good --date 2006-06-15 --encoding klingon",
        "captable good --date 2006-06-15 --set midpoint",
        "dividend good --date 2006-06-15 --funds much",
        "dividend good --date 2006-06-15 --funds=-5",
        "dividend good --date 2006-06-15 --funds 1.005",
        "dividend good --date 2006-06-15 --funds 1000000000000000",
        "dividend good --date 2006-06-15 --pay-date soon",
        "dividend good --date 2006-06-15 --acknowledge 4(a)(ii)",
        "dividend good --date 2006-06-15 --workbooks NOBODY",
        "dividend good --date 2006-06-15 --explain NOBODY",
        "liquidate good --date 2006-06-15 --proceeds 0.001",
        "liquidate good --date 2006-06-15 --scenarios 0:10",
        "liquidate good --date 2006-06-15 --scenarios 0:10:0",
        "liquidate good --date 2006-06-15 --scenarios 10:0:1",
        "liquidate good --date 2006-06-15 --scenarios 0:1000000:1",
        "actions good --date 2006-06-15",
        "actions good --explain A",
    ] {
        let ran = desk.run(line);
        assert_eq!(ran.code, 2, "{line}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{line} says why: {ran:?}");
    }
    assert!(desk.new_entries().is_empty(), "{:?}", desk.new_entries());
}

#[test]
fn the_largest_grid_of_scenarios() {
    let desk = desk();
    assert_eq!(desk.run("liquidate good --date 2006-06-15 --scenarios 0:100:0.001 --out out").code, 2);
    let ran = desk.run("liquidate good --date 2006-06-15 --scenarios 0:1000:1 --out out --quiet");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // TO is included: 1,001 sums for Series A and Common.
    assert_eq!(table(&desk.text("out/scenarios.csv")).len(), 1 + 2 * 1_001);
    // Without a sum to distribute only the scenarios, result and manifest are written.
    let names: Vec<String> = files(&desk.path("out")).into_keys().collect();
    assert_eq!(names, ["manifest.json", "result.json", "scenarios.csv", "scenarios.xlsx"]);
}

#[test]
fn problems_are_3() {
    let desk = desk();
    for line in [
        "dividend broken --date 2006-06-15",
        "dividend good --date 2006-01-10",
        "dividend good --date 2006-06-15 --set no_such_term=1",
        "dividend good --date 2006-06-15 --set reading.midpoint=up",
        "liquidate good --date 2006-06-15",
        "check broken",
    ] {
        let ran = desk.run(line);
        assert_eq!(ran.code, 3, "{line}: {}{}", ran.stdout, ran.stderr);
        assert!(!(ran.stdout + &ran.stderr).is_empty(), "{line} says why");
    }
    assert!(desk.new_entries().is_empty(), "{:?}", desk.new_entries());
}

#[test]
fn problems_in_json() {
    let desk = desk();
    let ran = desk.run("dividend broken --date 2006-06-15 --format json");
    assert_eq!(ran.code, 3);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON on stdout");
    let problem = &found["problems"][0];
    assert_eq!(found["problems"].as_array().map(Vec::len), Some(1));
    let keys: Vec<&String> = problem.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["severity", "code", "file", "sheet", "cell", "value", "message", "help"]);
    assert_eq!(problem["severity"], "error");
    assert_eq!(problem["code"], "register.shares.not-a-number");
    assert_eq!(problem["file"], "register.csv");
    assert_eq!(problem["sheet"], serde_json::Value::Null);
    assert_eq!(problem["cell"], "D5");
    assert_eq!(problem["value"], "many");
}

#[test]
fn forbidden_is_4() {
    let desk = desk();
    let ran = desk.run(FORBIDDEN);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains("§4(a)(i)"), "{}", ran.stderr);
    assert!(desk.new_entries().is_empty(), "{:?}", desk.new_entries());
    let json = desk.run(&format!("{FORBIDDEN} --format json"));
    assert_eq!(json.code, 4);
    let found: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON on stdout");
    assert_eq!(found["problems"][0]["code"], "run.common.arrears");
}

#[test]
fn acknowledged_and_recorded() {
    let desk = desk();
    for (at, clause) in ["4(a)(i)", "4(A)(i)", "§4(a)(i)"].iter().enumerate() {
        let ran = desk.run(&format!("{FORBIDDEN} --out out{at} --acknowledge {clause} --workbooks A"));
        assert_eq!(ran.code, 0, "{clause}: {}", ran.stderr);
        let result: serde_json::Value = serde_json::from_str(&desk.text(&format!("out{at}/result.json"))).unwrap();
        assert_eq!(result["acknowledged"], serde_json::json!(["4(a)(i)"]), "{clause}");
        assert!(desk.text(&format!("out{at}/manifest.json")).contains("--acknowledge"), "{clause}");
        for book in ["summary.xlsx", "holders/A.xlsx"] {
            let parts =
                crate::support::workbooks::parts(&std::fs::read(desk.path(&format!("out{at}/{book}"))).unwrap());
            assert!(parts.values().any(|part| part.contains("4(a)(i)")), "{book} says so");
        }
    }
}

#[test]
fn an_existing_folder_is_left_alone() {
    let desk = desk();
    assert_eq!(desk.run("vote good --date 2006-06-15 --out out").code, 0);
    let before = files(&desk.path("out"));
    for (line, code) in [
        ("captable good --date 2006-06-15 --out out", 2),
        ("dividend broken --date 2006-06-15 --out out --force", 3),
        ("dividend good --date 2006-06-15 --funds 100.00 --out out --force", 4),
        ("captable nowhere --date 2006-06-15 --out out --force", 1),
        ("captable good --date never --out out --force", 2),
    ] {
        assert_eq!(desk.run(line).code, code, "{line}");
        assert_eq!(files(&desk.path("out")), before, "{line}");
    }
    // Not even an empty one is taken.
    std::fs::create_dir(desk.path("empty")).unwrap();
    assert_eq!(desk.run("captable good --date 2006-06-15 --out empty").code, 2);
    std::fs::remove_dir(desk.path("empty")).unwrap();

    assert_eq!(desk.run("captable good --date 2006-06-15 --out out --force").code, 0);
    assert!(!desk.path("out/votes.csv").exists(), "--force replaces the folder");
    assert!(desk.path("out/captable.csv").exists());
    assert_eq!(desk.new_entries(), ["out"], "nothing is left beside it");
}

/// Only what the program itself wrote is ever replaced, however it is asked.
#[test]
fn force_replaces_no_folder_that_holds_something_else() {
    let desk = desk();
    let foreign = [
        ("empty", None),
        ("pictures", Some(("manifest.txt", "{\n  \"tool\": \"ratable\"}"))),
        ("theirs", Some(("manifest.json", "{\n  \"tool\": \"another\"}"))),
        ("damaged", Some(("manifest.json", ""))),
    ];
    for (name, file) in foreign {
        std::fs::create_dir(desk.path(name)).unwrap();
        if let Some((file, text)) = file {
            std::fs::write(desk.path(&format!("{name}/{file}")), text).unwrap();
        }
        let before = files(&desk.path(name));
        let ran = desk.run(&format!("captable good --date 2006-06-15 --out {name} --force"));
        assert_eq!(ran.code, 2, "{name}");
        assert!(ran.stderr.contains("no manifest of ratable's"), "{}", ran.stderr);
        assert_eq!(files(&desk.path(name)), before, "{name}");
        std::fs::remove_dir_all(desk.path(name)).unwrap();
    }
    assert!(desk.new_entries().is_empty(), "nothing is left beside them");

    // A run to which somebody added files, or that somebody damaged, is one all the same.
    assert_eq!(desk.run("captable good --date 2006-06-15 --out out").code, 0);
    std::fs::write(desk.path("out/captable.csv"), "").unwrap();
    assert_eq!(desk.run("captable good --date 2006-06-15 --out out --force").code, 0);
    assert_eq!(desk.run("verify out").code, 0);
}

#[test]
fn several_cases_each_all_or_nothing() {
    let desk = desk();
    let ran = desk.run("captable good broken other --date 2006-06-15 --out all");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(desk.path("all/good/captable.csv").exists() && desk.path("all/other/captable.csv").exists());
    assert!(!desk.path("all/broken").exists());

    // The highest code wins, whatever the order.
    for (cases, code) in
        [("good other", 0), ("good nowhere", 1), ("good broken", 3), ("broken good", 3), ("nowhere broken", 3)]
    {
        let out = format!("{}-{code}", cases.replace(' ', "-"));
        assert_eq!(desk.run(&format!("captable {cases} --date 2006-06-15 --out {out}")).code, code, "{cases}");
    }
    // §4(a)(i) forbids it in every case, and one of them has problems besides.
    assert_eq!(desk.run("dividend broken good other --date 2006-06-15 --funds 100.00 --out out4").code, 4);
    assert!(!desk.path("out4/good").exists());
    // One of the folders is there already.
    std::fs::create_dir_all(desk.path("out5/good")).unwrap();
    assert_eq!(desk.run("captable good other --date 2006-06-15 --out out5").code, 2);
    assert!(desk.path("out5/other/captable.csv").exists());
    assert_eq!(std::fs::read_dir(desk.path("out5/good")).unwrap().count(), 0);
}

#[test]
fn quiet() {
    let desk = desk();
    let ran = desk.run("captable good --date 2006-06-15 --quiet --out out");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    let ran = desk.run("dividend broken --date 2006-06-15 --quiet");
    assert_eq!(ran.code, 3);
    assert!((ran.stdout + &ran.stderr).contains("D5"), "problems are printed all the same");
}

#[test]
fn results_in_json() {
    let desk = desk();
    for line in [
        "dividend good --date 2006-06-15",
        "liquidate good --date 2006-06-15 --proceeds 1000",
        "exchange good --date 2006-06-15",
        "vote good --date 2006-06-15",
        "actions good",
        "captable good --date 2006-06-15",
    ] {
        let command = line.split(' ').next().unwrap();
        let ran = desk.run(&format!("{line} --format json --out {command}"));
        assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
        let printed: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON and nothing else");
        let written: serde_json::Value = serde_json::from_str(&desk.text(&format!("{command}/result.json"))).unwrap();
        assert_eq!(printed, written, "{line}");
        for key in ["command", "date", "company", "currency", "multiple", "readings", "totals", "warnings"] {
            assert!(written.get(key).is_some(), "{line}: {key}");
        }
        assert_eq!(written["command"], command);
        assert_eq!(written["readings"].as_object().unwrap().len(), 13, "{line}");
    }
}

#[test]
fn workbooks() {
    let desk = desk();
    let books = |flags: &str, out: &str| {
        let ran = desk.run(&format!("dividend good --date 2006-06-15 --out {out} {flags}"));
        assert_eq!(ran.code, 0, "{flags}: {}", ran.stderr);
        let names: Vec<String> = files(&desk.path(out)).into_keys().filter(|n| !n.ends_with(".csv")).collect();
        names.into_iter().filter(|n| !n.ends_with(".json")).collect::<Vec<_>>()
    };
    assert_eq!(books("--workbooks none", "none"), ["summary.xlsx"]);
    assert_eq!(books("--workbooks A", "one"), ["holders/A.xlsx", "summary.xlsx"]);
    let all = books("", "all");
    assert_eq!(all.len(), 4);
    assert_eq!(
        (all[0].as_str(), all[2].as_str(), all[3].as_str()),
        ("holders/A.xlsx", "holders/C.xlsx", "summary.xlsx")
    );
    // A name that no file can have is changed, with a hash of the id.
    assert!(all[1].starts_with("holders/B") && all[1].len() > "holders/B_1.xlsx".len(), "{all:?}");
    assert_eq!(books("--workbooks A,B/1 --archive", "archive"), ["holders.zip", "summary.xlsx"]);
    let archive = std::fs::read(desk.path("archive/holders.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    assert_eq!(archive.len(), 2);
    let mut book = Vec::new();
    std::io::Read::read_to_end(&mut archive.by_index(0).unwrap(), &mut book).unwrap();
    assert!(
        crate::support::workbooks::difference(
            "A.xlsx",
            &book,
            &std::fs::read(desk.path("one/holders/A.xlsx")).unwrap()
        )
        .is_none(),
        "the workbook in the archive is the one in the folder"
    );
}

#[test]
fn pay_date() {
    let desk = desk();
    assert_eq!(desk.run("dividend good --date 2006-06-15 --pay-date 2006-06-16 --out out").code, 0);
    let rows = table(&desk.text("out/payments.csv"));
    assert_eq!(rows[1][..3], ["2006-06-16", "160.50", "2006-06-15"]);
    // On a day that is no quarter date it pays up to that day.
    assert_eq!(desk.run("dividend good --date 2006-07-20 --out later").code, 0);
    let rows = table(&desk.text("later/payments.csv"));
    assert_eq!(rows[1][..3], ["2006-07-20", "160.50", "2006-07-20"]);
}

#[test]
fn explain() {
    let desk = desk();
    for (line, words) in [
        ("dividend good --date 2006-06-15", vec!["2(a)", "2(c)", "100.00"]),
        ("liquidate good --date 2006-06-15 --proceeds 1000", vec!["6(a)"]),
        ("exchange good --date 2006-06-15", vec!["7", "25000.00"]),
        ("vote good --date 2006-06-15", vec!["3(a)", "10000"]),
    ] {
        let ran = desk.run(&format!("{line} --explain A --quiet --force"));
        assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
        for word in words {
            let plain = ran.stdout.replace(',', "");
            assert!(plain.contains(word), "{line}: no {word} in\n{}", ran.stdout);
        }
    }
}

#[test]
fn overrides() {
    let desk = desk();
    let ran = desk.run(
        "dividend good --date 2006-06-15 --out out --set reading.cash_dividends=exclude --set company=Acme --set reading.midpoint=half-even",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let result: serde_json::Value = serde_json::from_str(&desk.text("out/result.json")).unwrap();
    assert_eq!(result["company"], "Acme");
    assert_eq!(result["readings"]["cash_dividends"], "exclude");
    assert_eq!(result["readings"]["midpoint"], "half-even");
    assert!(desk.text("out/distribution.csv").contains("A,Ada,series-a,100,USD,0.00,0.00,0.00\n"));
}

#[test]
fn encodings() {
    let desk = desk();
    let register = "holder_id,holder_name,class,shares,issue_date\nA,Zo\u{eb} M\u{fc}ller,series-a,1,2005-12-15\n";
    let latin: Vec<u8> = register.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    std::fs::write(desk.path("latin.csv"), latin).unwrap();
    assert_eq!(desk.run("captable latin.csv --date 2006-06-15 --out a").code, 3, "not UTF-8");
    assert_eq!(desk.run("vote latin.csv --date 2006-06-15 --out b --encoding windows-1252").code, 0);
    assert!(desk.text("b/votes.csv").contains("A,Zoë Müller,series-a,1,100,100\n"));
}

/// Every file but the manifest itself, each with its size and hash; inputs likewise, by paths relative to the case.
#[test]
fn manifest() {
    let desk = desk();
    assert_eq!(desk.run("dividend good --date 2006-06-15 --out out").code, 0);
    let manifest: serde_json::Value = serde_json::from_str(&desk.text("out/manifest.json")).unwrap();
    let check = |list: &str, folder: &Path, except: &[&str]| {
        let mut there = files(folder);
        except.iter().for_each(|name| drop(there.remove(*name)));
        let listed = manifest[list].as_array().unwrap_or_else(|| panic!("{list}"));
        assert_eq!(listed.len(), there.len(), "{list}");
        for entry in listed {
            let bytes = &there[entry["path"].as_str().unwrap()];
            assert_eq!(entry["size"], bytes.len());
            let hash: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(entry["sha256"], hash.as_str(), "{entry}");
        }
    };
    check("inputs", &desk.path("good"), &[]);
    check("outputs", &desk.path("out"), &["manifest.json"]);
    assert_eq!(manifest["command"], "dividend");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
}

/// The same inputs give the same bytes, whatever `--jobs --out --force --quiet --format`, the folder or the time zone.
#[test]
fn the_same_bytes_everywhere() {
    let (here, there) = (desk(), desk());
    assert_eq!(here.run("dividend good --date 2006-06-15 --out out").code, 0);
    std::fs::create_dir_all(there.path("deep/er")).unwrap();
    std::fs::rename(there.path("good"), there.path("deep/er/good")).unwrap();
    let ran = crate::support::command::ratable()
        .args(["dividend", "deep/er/good", "--date", "2006-06-15", "--out", "x/y", "--jobs", "1", "--quiet", "--force"])
        .args(["--format", "json"])
        .env("TZ", "Asia/Kathmandu")
        .env("LC_ALL", "de_DE.UTF-8")
        .current_dir(there.0.path())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0));
    let (a, b) = (files(&here.path("out")), files(&there.path("x/y")));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert_eq!(crate::support::workbooks::difference(name, bytes, &b[name]), None);
    }
}

#[test]
fn new_cases() {
    let desk = desk();
    for (line, code) in
        [("new case.xlsx", 0), ("new case.xlsx", 2), ("new example.xlsx --example", 0), ("check example.xlsx", 0)]
    {
        let ran = desk.run(line);
        assert_eq!(ran.code, code, "{line}: {}{}", ran.stdout, ran.stderr);
    }
    assert_eq!(desk.new_entries(), ["case.xlsx", "example.xlsx"]);
}

#[test]
fn after_goes_on_from_the_folder_of_an_earlier_run() {
    let desk = desk();
    let parted = "dividend good --date 2006-06-15 --funds 100.01 --acknowledge 4(a)(i) --out first";
    let run = desk.run(parted);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("--date 2006-09-15 --after first\n"), "{}", run.stdout);
    // 160.50 was due: 100.01 × 100 / 160.5 = 62.3115… and 100.01 × 60.5 / 160.5 = 37.6984…; the rest follows.
    let cash = |folder: &str| -> Vec<String> {
        let rows = table(&desk.text(&format!("{folder}/distribution.csv")));
        rows[1..].iter().filter(|row| row[2] == "series-a").map(|row| row[5].clone()).collect()
    };
    assert_eq!(cash("first"), ["62.31", "37.70"]);
    assert_eq!(desk.run("dividend good --date 2006-09-15 --after first --out second").code, 0);
    assert_eq!(cash("second"), ["37.69", "22.80"]);
    let manifest: serde_json::Value = serde_json::from_str(&desk.text("second/manifest.json")).unwrap();
    let sha: String = Sha256::digest(desk.text("first/manifest.json")).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(manifest["after"], sha.as_str());
    assert!(!desk.text("second/manifest.json").contains("\"first\""), "the path is nobody's business");
    assert_eq!(desk.run("verify second --case good --after first").code, 0);
    assert_ne!(desk.run("verify second --case good").code, 0);
    // What it does not go on from.
    assert_eq!(desk.run("vote good --date 2006-06-15 --out votes").code, 0);
    for (name, table, text) in [
        ("named", "terms.csv", "term,value\ncompany,Another\n"),
        ("twice", "arrears.csv", &desk.text("first/arrears.csv")),
    ] {
        std::fs::create_dir(desk.path(name)).unwrap();
        good().write(&desk.path(name));
        std::fs::write(desk.path(name).join(table), text).unwrap();
    }
    std::fs::create_dir(desk.path("changed")).unwrap();
    for (name, bytes) in files(&desk.path("first")).into_iter().filter(|(name, _)| !name.contains('/')) {
        std::fs::write(desk.path("changed").join(name), bytes).unwrap();
    }
    std::fs::write(desk.path("changed/carry.csv"), "as_of,holder_id,carried\n").unwrap();
    for (line, said) in [
        ("good --date 2006-06-15 --after first", "not before"),
        ("good --date 2006-09-15 --after votes", "This is a run of vote"),
        ("named --date 2006-09-15 --after first", "this case is of Another"),
        ("good --date 2006-09-15 --after first --set currency=EUR", "is in USD, and this case is in EUR"),
        ("twice --date 2006-09-15 --after first", "the case has a table arrears"),
        ("good --date 2006-09-15 --after changed", "the run wrote 81"),
    ] {
        let ran = desk.run(&format!("dividend {line} --out refused"));
        assert!(
            ran.code == 3 && format!("{}{}", ran.stdout, ran.stderr).contains(said),
            "{line}: {} {}{}",
            ran.code,
            ran.stdout,
            ran.stderr
        );
        assert!(!desk.path("refused").exists(), "{line}");
    }
}

/// The ids of holders and the numbers of accounts are nobody's business but the payment file's.
#[test]
fn payment_instructions() {
    let desk = desk();
    assert_eq!(desk.run("dividend good --date 2006-06-15 --out out").code, 0);
    let rows = table(&desk.text("out/payment-instructions.csv"));
    let header = "reference,holder_id,payee_name,method,account,bank_code,country,currency,amount,status,reason";
    assert_eq!(rows[0].join(","), header);
    let shown: Vec<String> = rows[1..].iter().map(|row| row[1..].join(",")).collect();
    assert_eq!(
        shown,
        [
            "A,Ada,wire,123,OCEAUS33,,USD,100.00,pay,",
            "B/1,Ben,,,,,USD,60.50,held,no payment method",
            "C,Cleo,,,,,USD,10.00,held,no payment method"
        ]
    );
}
