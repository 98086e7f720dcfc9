//! Files as people and their programs write them (`tests/reports`), each with what is right: paid as it was meant, or a
//! problem at its cell; never another sum.

use crate::support::command::{Ran, run_in};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What an input comes to.
enum Right {
    /// Problems: codes with cells.
    Wrong(&'static [&'static str]),
    /// Each holding's gross, and what is told on the way (codes with cells).
    Pays(&'static [&'static str], &'static [&'static str]),
}
use Right::{Pays, Wrong};

const RIGHT: [(&str, Right); 41] = [
    ("decimal-comma-amount", Pays(&["H1 series-a 250.00", "H2 common 25.00"], &[])),
    ("group-of-00", Wrong(&["register.shares.not-a-number D2", "register.shares.not-a-number D3"])),
    ("german-thousands.csv", Wrong(&["register.shares.two-readings D2"])),
    ("thousands-as-text.xlsx", Wrong(&["register.shares.two-readings D2"])),
    ("proceeds-european", Wrong(&["proceeds.amount.two-readings B2"])),
    ("euro-in-a-usd-case", Wrong(&["declarations.amount.foreign-currency C2"])),
    ("euro-number-format.xlsx", Wrong(&["declarations.amount.foreign-currency C2"])),
    ("status-cancelled", Wrong(&["register.retired_date.gone F3"])),
    ("canceled-on", Pays(&["H1 series-a 200.00"], &[])),
    ("repurchased", Wrong(&["register.retired_date.gone F3"])),
    (
        "filler-words-as-accounts",
        Pays(
            &["H1 series-a 200.00", "H2 series-a 100.00", "H3 series-a 10.00", "H4 series-a 10.00"],
            &["register.account.means-nothing H2", "register.payment_method.means-nothing G5"],
        ),
    ),
    ("filler-words-as-names", Wrong(&["register.holder_id.means-nothing A2", "register.holder_name.means-nothing B2"])),
    ("two-spellings-of-jose", Pays(&["H1 series-a 200.00", "H1 common 10.00"], &[])),
    ("invisible-characters", Pays(&["H1 series-a 200.00", "H1 common 10.40"], &["register.holder_id.invisible A4"])),
    ("lot-pasted-twice", Pays(&["H1 series-a 200.00", "H2 series-a 200.00"], &["register.shares.same-lot D4"])),
    (
        "declaration-twice",
        Pays(&["H1 series-a 400.00", "H2 common 40.00"], &["declarations.declared_date.same-row A3"]),
    ),
    ("two-accounts", Wrong(&["register.account.two-accounts G3", "register.bank_code.malformed H2"])),
    ("bad-check-digits", Wrong(&["register.account.check-digits G2", "register.bank_code.check-digits H3"])),
    ("iban-with-words", Pays(&["H1 series-a 200.00", "H2 series-a 200.00"], &[])),
    ("mojibake", Wrong(&["register.holder_name.wrong-encoding B2"])),
    ("excel-subtotals.xlsx", Pays(&["H1 series-a 200.00", "H2 series-a 100.00", "H3 common 10.00"], &[])),
    ("total-series-a.xlsx", Pays(&["H1 series-a 200.00", "H2 series-a 100.00"], &[])),
    ("gesamt.xlsx", Pays(&["H1 series-a 200.00", "H2 series-a 100.00"], &[])),
    ("footnotes", Pays(&["H1 series-a 200.00", "H2 common 20.00"], &["register.rows.notes A5"])),
    ("repeated-headers", Pays(&["H1 series-a 200.00", "H2 common 20.00"], &["register.rows.passed-over A4"])),
    ("row-of-units.xlsx", Pays(&["H1 series-a 200.00"], &["register.rows.passed-over A2"])),
    ("merged-down.xlsx", Pays(&["H1 series-a 200.00", "H1 common 20.00", "H2 series-a 100.00"], &[])),
    ("timestamps", Pays(&["H1 series-a 200.00", "H2 series-a 100.00", "H3 series-a 10.00"], &[])),
    ("written-dates", Wrong(&["register.issue_date.bare-number E4", "register.issue_date.text-date E6"])),
    ("issued-later", Pays(&["H1 series-a 200.00"], &["register.issue_date.later -"])),
    ("cap-table-tool.csv", Pays(&["101 series-a 0.00"], &[])),
    ("registrar.csv", Wrong(&["register.issue_date.missing-column H1"])),
    ("numbers-export", Pays(&["H1 series-a 0.00"], &[])),
    ("sheet-cap-table.xlsx", Pays(&["H1 series-a 0.00"], &[])),
    ("register-tsv", Pays(&["H1 series-a 200.00"], &[])),
    (
        "one-tax-id",
        Pays(
            &["00123 series-a 200.00", "123 series-a 100.00"],
            &["register.holder_id.alike A3", "register.tax_id.shared F3", "register.account.shared H3"],
        ),
    ),
    ("rate-of-one", Wrong(&["register.withholding_rate.one F2"])),
    ("zero-payment", Pays(&["H1 series-a 0.00", "H2 series-a 200.00"], &[])),
    ("unquoted-comma", Wrong(&["register.row.too-long L2"])),
    ("lone-cr", Pays(&["H-001 common 1.35", "H-002 common 1500.00", "H-003 common 1.05"], &[])),
    ("pipes.csv", Wrong(&["register.file.delimiter -"])),
];

fn report(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports").join(name)
}

/// Runs it, for what an input is about.
fn run(top: &Path, name: &str, case: &Path, more: &[&str]) -> Ran {
    let command = if name.starts_with("proceeds") { "liquidate" } else { "dividend" };
    let mut arguments = vec![command, case.to_str().unwrap(), "--date", "2006-06-15", "--out", name];
    arguments.extend(["--workbooks", "none", "--format", "json"]);
    arguments.extend(more);
    run_in(top, &arguments)
}

fn coded(list: &Value) -> Vec<(String, bool)> {
    let one = |p: &Value| format!("{} {}", p["code"].as_str().unwrap(), p["cell"].as_str().unwrap_or("-"));
    list.as_array().into_iter().flatten().map(|p| (one(p), p["severity"] == "error")).collect()
}

/// `H1 series-a 200.00` for each holding's cash.
fn paid(out: &Path) -> Vec<String> {
    let text = fs::read_to_string(out.join("distribution.csv")).unwrap();
    let cells = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let cash = cells.filter(|cells| ["USD", "EUR"].contains(&cells[cells.len() - 4]));
    cash.map(|cells| format!("{} {} {}", cells[0], cells[cells.len() - 6], cells[cells.len() - 3])).collect()
}

#[test]
fn every_input_comes_to_what_is_right() {
    let top = tempfile::tempdir().unwrap();
    for (name, right) in RIGHT {
        let ran = run(top.path(), name, &report(name), &[]);
        let said: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{name}: {ran:?}"));
        match right {
            Wrong(codes) => {
                let found: Vec<String> =
                    coded(&said["problems"]).into_iter().filter(|(_, error)| *error).map(|(code, _)| code).collect();
                let mut wanted: Vec<&str> = codes.to_vec();
                let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
                found.sort_unstable();
                wanted.sort_unstable();
                assert_eq!((ran.code, found), (3, wanted), "{name}");
                assert!(!top.path().join(name).exists(), "{name}");
            }
            Pays(rows, told) => {
                assert_eq!(ran.code, 0, "{name}: {ran:?}");
                assert_eq!(paid(&top.path().join(name)), rows, "{name}");
                let warnings: Vec<String> = coded(&said["warnings"]).into_iter().map(|(code, _)| code).collect();
                for code in told {
                    assert!(warnings.iter().any(|found| found == code), "{name}: {code} is not among {warnings:?}");
                }
            }
        }
    }
}

/// What is paid out, and what is held and why.
#[test]
fn instructions_say_what_is_held_and_why() {
    let top = tempfile::tempdir().unwrap();
    for (name, wanted) in [
        ("filler-words-as-accounts", ["H1 held account and bank code missing", "H4 held no payment method"]),
        ("iban-with-words", ["H1 pay ", "H2 pay "]),
        ("zero-payment", ["H1 none ", "H2 pay "]),
    ] {
        assert_eq!(run(top.path(), name, &report(name), &[]).code, 0, "{name}");
        let text = fs::read_to_string(top.path().join(name).join("payment-instructions.csv")).unwrap();
        let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        let rows: Vec<String> = rows.map(|r| format!("{} {} {}", r[1], r[r.len() - 2], r[r.len() - 1])).collect();
        for row in wanted {
            assert!(rows.iter().any(|found| found == row), "{name}: {row} is not among {rows:?}");
        }
    }
    let accounts = fs::read_to_string(top.path().join("iban-with-words/payment-instructions.csv")).unwrap();
    assert!(accounts.contains("DE89370400440532013000") && accounts.contains(",DE,"), "{accounts}");
}

/// One register in other programs' files, all of them odd: read as it is, or refused as what it is.
#[test]
fn foreign_files_hold_the_same_register_or_are_refused() {
    // In it one account is no IBAN and one bank code is none: other columns are read in their place.
    let columns = ["--column", "register.account=address", "--column", "register.bank_code=email"];
    let right = fs::read_to_string(report("base/distribution-of-the-register.csv")).unwrap();
    for (name, refused) in [
        ("formula-record-0206.xls", None),
        ("embedded-workbook.xls", None),
        ("cells-by-column.xls", None),
        ("formula-of-nothing.ods", None),
        ("table-with-percent-style.xlsx", None),
        ("text-box.ods", None),
        ("never-calculated.xls", Some("register.withholding_rate.never-calculated I17")),
        ("formula-without-value.xlsx", Some("register.withholding_rate.never-calculated I17")),
        ("text-out-of-range.xls", Some("register.file.damaged I5")),
        ("short-records.xlsb", Some("register.file.cannot-be-read A19")),
        ("utf-16-parts.xlsx", Some("register.file.cannot-be-read -")),
    ] {
        let top = tempfile::tempdir().unwrap();
        let case = top.path().join("case");
        fs::create_dir(&case).unwrap();
        for table in ["adjustments", "declarations", "payments", "record_dates", "terms"] {
            let file = format!("{table}.csv");
            fs::copy(report(&format!("base/{file}")), case.join(file)).unwrap();
        }
        fs::copy(report(name), case.join(format!("register.{}", name.rsplit('.').next().unwrap()))).unwrap();
        let ran = run(top.path(), name, &case, &columns);
        if let Some(code) = refused {
            let said: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{name}: {ran:?}"));
            let found: Vec<(String, bool)> = coded(&said["problems"]).into_iter().filter(|(_, error)| *error).collect();
            assert_eq!((ran.code, found), (3, vec![(code.to_owned(), true)]), "{name}");
            continue;
        }
        assert_eq!(ran.code, 0, "{name}: {ran:?}");
        let distribution = fs::read_to_string(top.path().join(name).join("distribution.csv")).unwrap();
        assert_eq!(distribution, right, "{name}");
    }
}

/// What registrars, company secretaries and cap-table tools export goes from the file to the statements: a line for each
/// command, with what it says where it stops.
#[test]
fn exports_run_from_the_file_to_statements() {
    /// A command line, and the problem that it ends with.
    type Step = (&'static str, Option<&'static str>);
    let exports: [(&str, &[Step], &[&str]); 3] = [
        (
            "transfer-agent",
            &[
                ("check CASE", Some("register.issue_date.text-date P5")),
                ("dividend CASE --date 2006-06-15 --set date_format=mdy --out run", None),
            ],
            &[
                "0000012345 series-a 200.00",
                "0000012345 common 30.00",
                "0000067890 series-a 4800.00",
                "0000067890 common 1970.00",
                "0000077777 series-a 25.00",
            ],
        ),
        (
            "company-secretary",
            &[
                ("check CASE", Some("register.file.not-utf-8 B4")),
                ("check CASE --encoding windows-1252", Some("declarations.amount.foreign-currency C2")),
                ("dividend CASE --date 2006-06-15 --encoding windows-1252 --set currency=EUR --out run", None),
            ],
            &["0007 series-a 2500.00", "0007 common 240.01", "0008 series-a 1700.00", "0009 common 1500.00"],
        ),
        (
            "cap-table-tool",
            &[("check CASE", None), ("dividend CASE --date 2006-06-15 --out run", None)],
            &["101 series-a 200.00", "101 common 30.00", "103 series-a 100.00", "104 common 1970.01"],
        ),
    ];
    for (name, steps, rows) in exports {
        let top = tempfile::tempdir().unwrap();
        let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exports").join(name);
        let case = case.to_str().unwrap();
        for (line, problem) in steps {
            let words: Vec<&str> = line
                .split(' ')
                .map(|word| if word == "CASE" { case } else { word })
                .chain(["--format", "json"])
                .collect();
            let ran = run_in(top.path(), &words);
            let said: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{line}: {ran:?}"));
            let found: Vec<String> =
                coded(&said["problems"]).into_iter().filter(|(_, error)| *error).map(|(code, _)| code).collect();
            assert_eq!(
                (ran.code, found),
                (if problem.is_some() { 3 } else { 0 }, problem.iter().map(|p| (*p).to_owned()).collect()),
                "{name}: {line}"
            );
        }
        let mut found = paid(&top.path().join("run"));
        found.sort();
        let mut wanted: Vec<&str> = rows.to_vec();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{name}");
        let holders: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.split(' ').next().unwrap()).collect();
        assert_eq!(fs::read_dir(top.path().join("run/holders")).unwrap().count(), holders.len(), "{name}");
    }
}

/// Small things in every table: what each comes to in `check`, by its errors.
#[test]
fn oddities_of_every_table() {
    const REGISTER: &str = "holder_id,holder_name,class,shares,issue_date\nH1,Ann,series-a,100,2005-12-20\n";
    /// A table's file, its text, and the errors.
    type Odd = (&'static str, &'static str, &'static [&'static str]);
    let odd: [Odd; 10] = [
        ("proceeds", "date,amount\n2006-03-15,1.50\nTotal,1.50\n", &[]),
        ("proceeds", "date,amount\n2006-03-15,1.50\nTotal,2.50\n", &["proceeds.amount.does-not-foot B3"]),
        ("proceeds", "date;amount\n2006-03-15;1,50\nGesamt;1,50\n", &[]),
        ("proceeds", "date,amount\n2006-03-15,1.50\nas the board resolved it,\n", &[]),
        ("payments", "date;amount\n2006-03-15;1.250\n", &["payments.amount.two-readings B2"]),
        ("payments", "date;amount\n2006-03-15;€1,25\n", &["payments.amount.foreign-currency B2"]),
        (
            "register",
            "Account,Registration,Issue,Total Shares\n1,Ann,Common,5\n",
            &["register.holder_id.two-meanings A1"],
        ),
        ("register", "holder_id,holder_name,class,shares\nT1,Total Energies SE,common,5\nT2,Total,common,6\n", &[]),
        (
            "register",
            "holder_id,holder_name,class,shares\nH1,Ann,common,5\nTotal Preferred,,,5\n",
            &["register.class.total-of-unknown C3"],
        ),
        (
            "register",
            "holder_id,holder_name,class,shares\nH1,Ann,common,1\n,,common,2\n,,common,2\n,,common,2\n,,common,2\n,,common,2\n,,common,2\n",
            &["register.holder_id.missing A3", "register.holder_name.missing B3"],
        ),
    ];
    for (table, text, wanted) in odd {
        let top = tempfile::tempdir().unwrap();
        fs::write(top.path().join("register.csv"), REGISTER).unwrap();
        fs::write(top.path().join(format!("{table}.csv")), text).unwrap();
        let ran = run_in(top.path(), &["check", ".", "--format", "json"]);
        let said: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{text}: {ran:?}"));
        let found: Vec<String> =
            coded(&said["problems"]).into_iter().filter(|(_, error)| *error).map(|(code, _)| code).collect();
        assert_eq!(found, wanted, "{text}");
    }
}

/// `--column` says which header stands for a column; the manifest keeps it, and the run can be made again.
#[test]
fn a_header_is_named_on_the_command_line() {
    let top = tempfile::tempdir().unwrap();
    let register = "Ref,Name,Class,Pieces,Since\nH1,Ann,series-a,100,2005-12-20\n";
    fs::write(top.path().join("list.csv"), register).unwrap();
    let columns = ["--column", "register.holder_id=ref", "--column", "register.shares=Pieces"];
    let run = ["dividend", "list.csv", "--date", "2006-06-15", "--column", "register.issue_date=Since", "--out", "out"];
    let arguments: Vec<&str> = run.into_iter().chain(columns).collect();
    let ran = run_in(top.path(), &arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    let manifest = fs::read_to_string(top.path().join("out/manifest.json")).unwrap();
    assert!(manifest.contains("\"register.shares=Pieces\""), "{manifest}");
    assert_eq!(run_in(top.path(), &["verify", "out", "--case", "list.csv"]).code, 0);
    let ran = run_in(top.path(), &["check", "list.csv", "--column", "register.share=Pieces"]);
    assert!(ran.code == 2 && ran.stderr.contains("no column share"), "{ran:?}");
    let ran = run_in(top.path(), &["check", "list.csv"]);
    assert!(ran.code == 3 && ran.stdout.contains("--column register.shares="), "{ran:?}");
}
