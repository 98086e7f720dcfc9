//! Files that the binary writes.

use super::cases;
use crate::support::Company;
use crate::support::command::run_in;
use crate::support::files::{files, table};
use crate::support::random::{QUARTER_DATES, cents, company, quarter_date};
use crate::support::workbooks::{difference, first_difference, parts};
use proptest::prelude::*;
use ratable::internals::model::scaled_fixed;
use std::collections::BTreeMap;

/// Runs one command line on a case, in a folder of its own, and gives every file that it wrote.
fn written(company: &Company, line: &str) -> BTreeMap<String, Vec<u8>> {
    files(&company.written(line).out)
}

/// The command lines that are tried.
fn lines(date: &str, cents: i128) -> [String; 5] {
    let sum = scaled_fixed(cents, 2);
    [
        format!("dividend --date {date} --funds {sum}"),
        format!("liquidate --date {date} --proceeds {sum} --scenarios 0:{sum}:{sum}"),
        format!("exchange --date {date}"),
        format!("vote --date {date}"),
        format!("captable --date {date}"),
    ]
}

/// Rows in an order that depends on `seed`, the header first.
fn shuffled(rows: &[Vec<String>], seed: u64) -> Vec<Vec<String>> {
    let mut rest: Vec<(u64, &Vec<String>)> = rows[1..]
        .iter()
        .enumerate()
        .map(|(at, row)| ((at as u64 + 1).wrapping_mul(seed | 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7, row))
        .collect();
    rest.sort();
    rows[..1].iter().cloned().chain(rest.into_iter().map(|(_, row)| row.clone())).collect()
}

proptest! {
    #![proptest_config(cases(6))]

    /// The order of rows in the register changes nothing: every file is the same to the byte, but for the register's hash
    /// in the manifest and on the first sheet of summaries.
    #[test]
    fn shuffled_rows_change_nothing(company in company(), date in quarter_date(), sum in 1i128..100_000_000, seed in any::<u64>()) {
        let company = company.on(date).with("consideration: component, amount\nUSD, 1.23\nMeridian, 0.04");
        let rows = company.rows("register").to_vec();
        let other = company.with_rows("register", shuffled(&rows, seed));
        for line in lines(date, sum) {
            let (mut a, mut b) = (written(&company, &line), written(&other, &line));
            let hashes = (register_hash(&a.remove("manifest.json")), register_hash(&b.remove("manifest.json")));
            prop_assert_eq!(names(&a), names(&b));
            for (name, bytes) in &a {
                if !name.ends_with(".xlsx") {
                    prop_assert_eq!(difference(name, bytes, &b[name]), None, "{}", line);
                    continue;
                }
                let other = parts(&b[name]);
                for (part, text) in parts(bytes) {
                    let other = other[&part].replace(&hashes.1, &hashes.0);
                    prop_assert_eq!(first_difference(&text, &other), None, "{} {} {}", line, name, part);
                }
            }
        }
    }

    /// The number of threads changes nothing, not even in the manifest.
    #[test]
    fn one_thread_as_two(company in company(), date in quarter_date(), sum in 1i128..100_000_000) {
        let company = company.on(date).with("consideration: component, amount\nUSD, 1.23\nMeridian, 0.04");
        for line in lines(date, sum) {
            let one = written(&company, &format!("{line} --jobs 1"));
            let two = written(&company, &format!("{line} --jobs 2"));
            prop_assert_eq!(names(&one), names(&two));
            for (name, bytes) in &one {
                prop_assert_eq!(difference(name, bytes, &two[name]), None, "{}", line);
            }
        }
    }

    /// A chain of runs, each from the `arrears.csv` and `carry.csv` of the one before, gives what runs from the whole history of
    /// `payments.csv` give.
    #[test]
    fn a_chain_equals_a_replay(
        company in company(),
        start in 0usize..4,
        sums in proptest::collection::vec(prop_oneof![3 => cents().prop_map(Some), 1 => Just(None)], 4),
    ) {
        let mut arrears: Option<Vec<Vec<String>>> = None;
        let mut carry: Option<Vec<Vec<String>>> = None;
        let mut payments: Option<Vec<Vec<String>>> = None;
        for (date, sum) in QUARTER_DATES[start..].iter().zip(sums) {
            let funds = sum.map(|sum| format!(" --funds {}", scaled_fixed(sum, 2))).unwrap_or_default();
            let line = format!("dividend --date {date}{funds} --workbooks none");
            let with = |company: &Company, table: &str, rows: &Option<Vec<Vec<String>>>| {
                rows.as_ref().map_or(company.clone(), |rows| company.with_rows(table, rows.clone()))
            };
            let company = company.on(date);
            let chained = with(&with(&company, "arrears", &arrears), "carry", &carry).written(&line);
            let replayed = with(&company, "payments", &payments).written(&line);
            for name in ["distribution.csv", "arrears.csv", "carry.csv", "payments.csv", "declarations.csv", "payment-instructions.csv"] {
                prop_assert_eq!(chained.text(name), replayed.text(name), "{} {}", date, name);
            }
            let (a, b) = (chained.result(), replayed.result());
            for part in ["totals", "cohorts"] {
                prop_assert_eq!(&a[part], &b[part], "{} {}", date, part);
            }
            for part in ["quarters_in_arrears", "since"] {
                prop_assert_eq!(&a["default_period"][part], &b["default_period"][part], "{} {}", date, part);
            }
            arrears = Some(table(&chained.text("arrears.csv")));
            carry = Some(table(&chained.text("carry.csv")));
            let mut rows = payments.unwrap_or_default();
            let new = table(&chained.text("payments.csv"));
            rows.extend(new.into_iter().skip(usize::from(!rows.is_empty())));
            payments = Some(rows);
        }
    }
}

/// Enough lots that the work is cut into several pieces, whichever number of threads does it.
#[test]
fn many_lots_in_any_number_of_threads() {
    let mut rows = vec![["holder_id", "holder_name", "class", "shares", "issue_date"].map(str::to_owned).to_vec()];
    for n in 0..70_000u32 {
        let (class, issued) =
            if n % 3 == 0 { ("common", "") } else { ("series-a", ["2005-09-15", "2005-10-01"][n as usize % 2]) };
        let holder = n % 2_003;
        let shares = format!("{}.{:06}", n % 17, n.wrapping_mul(7919) % 999_999 + 1);
        rows.push(
            [format!("H{holder}"), format!("Holder {holder}"), class.to_owned(), shares, issued.to_owned()].to_vec(),
        );
    }
    let company = crate::support::case(
        "declarations: declared_date, kind, amount
         2006-01-10, cash, 0.0123",
    )
    .with_rows("register", rows);
    let (top, _case) = company.folder();
    for jobs in ["1", "2", "3"] {
        let flags = ["dividend", "case", "--date", "2006-03-15", "--funds", "100000", "--workbooks", "none", "--quiet"];
        let out = format!("out{jobs}");
        let ran = run_in(top.path(), &[flags.as_slice(), &["--jobs", jobs, "--out", &out]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    let first = files(&top.path().join("out1"));
    for other in ["out2", "out3"] {
        let other = files(&top.path().join(other));
        assert_eq!(names(&first), names(&other));
        for (name, bytes) in &first {
            assert_eq!(difference(name, bytes, &other[name]), None);
        }
    }
}

/// The register's SHA-256, as the manifest has it.
fn register_hash(manifest: &Option<Vec<u8>>) -> String {
    let manifest = manifest.as_ref().expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_slice(manifest).expect("JSON");
    let inputs = manifest["inputs"].as_array().expect("inputs");
    let register = inputs.iter().find(|input| input["path"] == "register.csv").expect("the register");
    register["sha256"].as_str().expect("a hash").to_owned()
}

fn names(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}
