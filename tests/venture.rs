//! The figures that `sample-data/venture/README.md` works out by hand are what the binary gives.

use crate::support::command::run_in;
use std::path::Path;

/// The rows of a table of the README, below the heading that begins so.
fn table(heading: &str) -> Vec<Vec<String>> {
    let readme = include_str!("../sample-data/venture/README.md");
    let section = readme.split("\n## ").find(|section| section.starts_with(heading)).expect("the heading");
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn run(flags: &[&str]) -> (tempfile::TempDir, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut arguments = vec!["liquidate", "sample-data/venture", "--date", "2026-06-30"];
    arguments.extend(["--out", out.to_str().unwrap(), "--workbooks", "none", "--quiet"]);
    arguments.extend(flags);
    let ran = run_in(Path::new(env!("CARGO_MANIFEST_DIR")), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let result = serde_json::from_str(&std::fs::read_to_string(out.join("result.json")).unwrap()).unwrap();
    (folder, result)
}

#[test]
fn every_breakpoint() {
    let (_folder, result) = run(&["--proceeds", "20000000"]);
    let points = result["breakpoints"].as_array().unwrap();
    let by_hand = table("Every breakpoint");
    assert_eq!(points.len(), by_hand.len());
    for (point, row) in points.iter().zip(by_hand) {
        assert_eq!(point["at"], row[0].as_str(), "{point}");
        let said = match (point["tier"].as_str(), point["event"].as_str()) {
            (Some(tier), _) => format!("{tier} begins"),
            (_, Some("capped")) => format!("{} is capped", point["class"].as_str().unwrap()),
            (_, event) => format!("{} {}", point["class"].as_str().unwrap(), event.unwrap()),
        };
        assert!(row[1].starts_with(&said), "{said}: {row:?}");
    }
}

#[test]
fn twenty_million() {
    let (folder, _) = run(&["--proceeds", "20000000"]);
    let text = std::fs::read_to_string(folder.path().join("out/distribution.csv")).unwrap();
    for row in table("Twenty million") {
        let begins = |line: &&str| line.starts_with(&format!("{},", row[0])) && line.contains(&format!(",{},", row[1]));
        let line = text.lines().find(begins).expect("the holding");
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!((cells[3], cells[8]), (row[2].as_str(), row[4].as_str()), "{line}");
    }
}

#[test]
fn the_dividend_of_june() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments =
        ["dividend", "sample-data/venture", "--date", "2026-06-15", "--out", out.to_str().unwrap(), "--quiet"];
    let ran = run_in(Path::new(env!("CARGO_MANIFEST_DIR")), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(out.join("distribution.csv")).unwrap();
    assert!(text.contains("I-05,Summit Lane Fund,series-c,1000000,USD,306666.67,0.00,306666.67"), "{text}");
    let arrears = std::fs::read_to_string(out.join("arrears.csv")).unwrap();
    assert!(
        arrears.contains("2026-06-15,,series-c,2025-06-30,2026-06-15,USD,0.306666666667,0.306666666667,"),
        "{arrears}"
    );
}

/// y of the README's twenty million, 0.10 + 3.83 ÷ 14, is what decisions are told by; while preferences are paid it is 0.
#[test]
fn why_a_share_gets_what_it_gets() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (proceeds, holder, says) in [
        (
            "20000000",
            "I-01",
            "not converted, since 0.373571428571 a share as Common is no more than 0.50 of preference",
        ),
        ("20000000", "E-01", "exercised, since a Common share is worth 0.373571428571, more than the 0.10 it costs"),
        (
            "20000000",
            "E-04",
            "not exercised, since a Common share is worth 0.373571428571, no more than the 2.50 it costs",
        ),
        ("3000000", "I-01", "not converted, since 0.00 a share as Common is no more than 0.50 of preference"),
    ] {
        let arguments =
            ["liquidate", "sample-data/venture", "--date", "2026-06-30", "--proceeds", proceeds, "--explain"];
        let more = [holder, "--out", out.to_str().unwrap(), "--workbooks", "none", "--force"];
        let ran = run_in(Path::new(env!("CARGO_MANIFEST_DIR")), &[&arguments[..], &more[..]].concat());
        let told: String = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(says), "{holder} of {proceeds}: {}", ran.stdout);
    }
}

#[test]
fn what_it_takes() {
    let (_folder, result) = run(&["--breakeven", "E-04=100000"]);
    assert_eq!(result["breakeven"]["at"], "57870000.00");
    assert_eq!(result["breakeven"]["fraction"], "57870000");
}

/// Between its preference and the sum at which it converts a class gets one amount: the smallest sum is told.
#[test]
fn what_it_takes_is_the_smallest_sum() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("register.csv", "holder_id,holder_name,class,shares\nA,Ann,common,100\nB,Bob,seed,100\n");
    write(
        "classes.csv",
        "class,name,rank,original_price,liquidation_preference,conversion_ratio\nseed,Seed,junior,1.00,1x,1\n",
    );
    for (wanted, at) in
        [("B=0", "0.00"), ("B=60", "60.00"), ("B=100", "100.00"), ("B=100.01", "200.02"), ("A=250", "500.00")]
    {
        let arguments = ["liquidate", ".", "--date", "2026-06-30", "--breakeven", wanted, "--out", "out", "--force"];
        let ran = run_in(folder.path(), &arguments);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let result = std::fs::read_to_string(folder.path().join("out/result.json")).unwrap();
        let result: serde_json::Value = serde_json::from_str(&result).unwrap();
        assert_eq!(result["breakeven"]["at"], at, "{wanted}");
    }
}

#[test]
fn no_sum_gives_anything_to_a_stranger_or_a_holder_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let register = "holder_id,holder_name,class,shares,issue_date,retired_date\n\
                    A,Ann,common,100,2020-01-02,\nB,Bob,common,50,2020-01-02,2025-01-02\n";
    std::fs::write(folder.path().join("register.csv"), register).unwrap();
    for (holder, says) in [("C", "The register has no holder 'C'."), ("B", "B holds nothing on 2026-06-30")] {
        let wanted = format!("{holder}=5");
        let arguments = ["liquidate", "register.csv", "--date", "2026-06-30", "--breakeven", &wanted, "--out", "out"];
        let ran = run_in(folder.path(), &arguments);
        assert_eq!(ran.code, 3, "{}", ran.stdout);
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains(says), "{}{}", ran.stdout, ran.stderr);
        assert!(!folder.path().join("out").exists());
    }
}

/// More rows than are held in memory: each sheet of scenarios.xlsx has them all, and says what scenarios.csv says.
#[test]
fn thousands_of_scenarios() {
    use calamine::{Data, Reader};
    let (folder, _) = run(&["--scenarios", "0:60000000:10000"]);
    let mut csv = csv::Reader::from_path(folder.path().join("out/scenarios.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    let mut workbook = calamine::open_workbook_auto(folder.path().join("out/scenarios.xlsx")).unwrap();
    let number = |cell: &Data| match cell {
        Data::Float(value) => *value,
        other => panic!("no number: {other:?}"),
    };
    for (sheet, column) in [("Scenarios", Some(4)), ("Money", Some(3)), ("Per cent", None)] {
        let range = workbook.worksheet_range(sheet).unwrap();
        let cells: Vec<&[Data]> = range.rows().filter(|row| matches!(row[0], Data::Float(_))).collect();
        assert_eq!(cells.len(), 6_001, "{sheet}");
        for (row, of_sum) in cells.iter().zip(rows.chunk_by(|a, b| a[0] == b[0])) {
            assert_eq!(number(&row[0]), of_sum[0][0].parse::<f64>().unwrap(), "{sheet}");
            for (cell, wanted) in row[1..].iter().zip(of_sum).filter(|_| column.is_some()) {
                assert_eq!(number(cell), wanted[column.unwrap()].parse::<f64>().unwrap(), "{sheet} {wanted:?}");
            }
        }
    }
}
