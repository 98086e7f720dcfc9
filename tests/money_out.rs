//! Money out: the bank's files of a run, read back by parsers that know nothing of how they were written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use quick_xml::events::Event;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use support::command::{Ran, run_in};
use support::files::table;
use tempfile::TempDir;

/// A folder with the case of `tests/fixtures/money_out` in it, and a dividend run of it.
struct Company {
    top: TempDir,
}

impl Company {
    fn new() -> Self {
        Self::changed(|_| {})
    }

    /// The same with its tables changed first.
    fn changed(change: impl FnOnce(&Path)) -> Self {
        let top = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/money_out");
        fs::create_dir(top.path().join("case")).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            fs::copy(entry.path(), top.path().join("case").join(entry.file_name())).unwrap();
        }
        change(&top.path().join("case"));
        let company = Self { top };
        company.done("dividend case --date 2006-03-15 --out run --quiet");
        company
    }

    fn path(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }

    fn run(&self, line: &str) -> Ran {
        run_in(self.top.path(), &line.split(' ').collect::<Vec<_>>())
    }

    fn done(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// A command that is refused, and what it says.
    fn refused(&self, code: i32, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, code, "{line}: {}{}", ran.stdout, ran.stderr);
        ran.stderr
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let rows = table(&self.text(name));
        let row = |row: &Vec<String>| rows[0].iter().cloned().zip(row.iter().cloned()).collect();
        rows[1..].iter().map(row).collect()
    }
}

fn cents(text: &str) -> i128 {
    let (whole, rest) = text.split_once('.').unwrap();
    assert_eq!(rest.len(), 2, "{text}");
    whole.parse::<i128>().unwrap() * 100 + rest.parse::<i128>().unwrap()
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// The texts of every element called `name`.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut inside, mut found) = (false, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                inside = start.name().as_ref() == name.as_bytes();
                if inside {
                    found.push(String::new());
                }
            }
            Event::Text(text) if inside => found.last_mut().unwrap().push_str(&text.decode().unwrap()),
            Event::GeneralRef(entity) if inside => {
                let resolved =
                    quick_xml::escape::unescape(&format!("&{};", entity.decode().unwrap())).unwrap().into_owned();
                found.last_mut().unwrap().push_str(&resolved);
            }
            Event::End(_) => inside = false,
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// Each reference is carried by one format alone, or not at all for a reason; what is carried adds up to the file.
#[test]
fn every_payment_goes_by_one_format_and_the_files_add_up() {
    let company = Company::new();
    company.done("pay run --case case --as pain.001 --out p.xml");
    company.done("pay run --case case --as nacha --out p.ach");
    company.done("pay run --case case --as checks --first-number 1001 --out checks");
    company.done("verify checks");
    let mut carried = BTreeSet::new();
    let all: BTreeSet<String> =
        company.rows("run/payment-instructions.csv").into_iter().map(|r| r["reference"].clone()).collect();
    for file in ["p.xml.json", "p.ach.json", "checks.json"] {
        let record = company.json(file);
        let rows = record["rows"].as_array().unwrap();
        let listed: BTreeSet<String> = rows.iter().map(|r| r["reference"].as_str().unwrap().to_owned()).collect();
        assert_eq!(listed, all, "{file}");
        let mut sum = 0;
        for row in rows {
            if row["fate"] == "carried" {
                sum += cents(row["amount"].as_str().unwrap());
                assert!(carried.insert(row["reference"].as_str().unwrap().to_owned()), "{row}");
            } else {
                assert!(!row["reason"].as_str().unwrap().is_empty(), "{row}");
            }
        }
        assert_eq!(sum, cents(record["amount"].as_str().unwrap()), "{file}");
    }
    assert_eq!(carried.len(), 8);
    let xml = company.text("p.xml");
    assert_eq!(texts(&xml, "EndToEndId"), ["d20060315-H-03", "d20060315-H-08", "d20060315-H-09", "d20060315-H-11"]);
    let amounts = texts(&xml, "InstdAmt");
    assert_eq!(amounts, ["1400.00", "4000.00", "56.00", "77.00"]);
    let sum: i128 = amounts.iter().map(|amount| cents(amount)).sum();
    assert!(texts(&xml, "CtrlSum").iter().all(|stated| cents(stated) == sum));
    assert_eq!(texts(&xml, "NbOfTxs"), ["4", "4"]);
    assert_eq!(texts(&xml, "Nm")[2..], ["Muller Sohne GmbH", "Wire US Inc", "Eleni", "Hybrid"]);
    assert_eq!(texts(&xml, "AdrLine"), ["12 rue de la Paix, 3e etage"]);
    assert_eq!(texts(&xml, "BICFI"), ["COBADEFFXXX"]);
    assert_eq!(texts(&xml, "CreDtTm"), ["2006-03-15T09:00:00Z"]);
    let reasons = company.json("p.xml.json")["rows"].to_string();
    assert!(
        reasons.contains("unstructured, which banks refuse since 15 November 2026: fill in street, town"),
        "{reasons}"
    );
    let checks = company.rows("checks/checks.csv");
    assert_eq!((checks.len(), checks[0]["words"].as_str()), (1, "Sixty-six and 67/100 dollars"));
    let list = company.rows("checks/positive-pay.csv");
    assert_eq!((list[0]["number"].as_str(), list[0]["amount"].as_str()), ("1001", "66.67"));
}

/// The records of an ACH file, as the rules lay them out.
#[test]
fn an_ach_file_is_blocked_hashed_and_totalled() {
    let company = Company::changed(|case| {
        let mut text = fs::read_to_string(case.join("bank.csv")).unwrap();
        text.push_str("batch_limit,510.00\n");
        fs::write(case.join("bank.csv"), text).unwrap();
    });
    company.done("pay run --case case --as nacha --out p.ach --created 2006-03-14T16:05");
    let text = company.text("p.ach");
    let records: Vec<&str> = text.lines().collect();
    assert!(records.len().is_multiple_of(10) && records.iter().all(|record| record.len() == 94));
    assert_eq!(&records[0][23..33], "0603141605");
    let number = |record: &str, from: usize, to: usize| record[from..to].trim().parse::<i128>().unwrap();
    let (mut batches, mut file) = (0, [0; 3]);
    let mut batch = [0; 3];
    for record in &records {
        match &record[..1] {
            "5" => (batch, batches) = ([0; 3], batches + 1),
            "6" => {
                batch = [batch[0] + 1, batch[1] + number(record, 3, 11), batch[2] + number(record, 29, 39)];
            }
            "7" => batch[0] += 1,
            "8" => {
                assert_eq!([number(record, 4, 10), number(record, 10, 20), number(record, 32, 44)], batch);
                assert!(batch[2] <= 51_000, "the batch limit");
                file = [file[0] + batch[0], file[1] + batch[1], file[2] + batch[2]];
            }
            "9" if !record.starts_with("99999999") => {
                assert_eq!([number(record, 1, 7), number(record, 7, 13)], [batches, records.len() as i128 / 10]);
                assert_eq!([number(record, 13, 21), number(record, 21, 31), number(record, 43, 55)], file);
            }
            _ => {}
        }
    }
    assert_eq!((batches, file[2]), (3, 80_100));
    let record = company.json("p.ach.json");
    let note =
        record["rows"].as_array().unwrap().iter().find(|row| row["holder_id"] == "H-02").unwrap()["note"].clone();
    assert_eq!(note, "taken for a company: its tax id is an EIN");
}

#[test]
fn the_same_run_gives_the_same_bytes_for_its_owner_alone() {
    let company = Company::new();
    company.done("pay run --case case --as pain.001 --out one.xml --jobs 1");
    company.done("pay run --case case --as pain.001 --out two.xml");
    assert_eq!(company.text("one.xml"), company.text("two.xml"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for name in ["one.xml", "one.xml.json"] {
            assert_eq!(fs::metadata(company.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
    company.refused(2, "pay run --case case --as nacha --out one.xml");
    assert_eq!(company.text("one.xml"), company.text("two.xml"), "untouched");
    company.done("pay run --case case --as pain.001 --out one.xml --force --created 2006-03-15T10:00");
    assert_ne!(company.text("one.xml"), company.text("two.xml"));
}

#[test]
fn what_is_not_whole_or_not_of_the_run_is_refused() {
    let company = Company::new();
    let pay = "pay run --case case --as nacha --out p.ach";
    company.refused(2, "pay run --case case --as checks --out checks");
    company.refused(2, "pay run --case case --as nacha --out run/p.ach");
    company.refused(2, "pay run --case case --as nacha --out p.ach --created 2006-03-14");
    company.refused(2, "pay run --case case --as nacha --out p.ach --created 2006-03-01T09:00");
    // The case of another company, and one without the bank's words for what is missing.
    replace(&company.path("case/terms.csv"), "Engines", "Motors");
    assert!(company.refused(3, pay).contains("Give the case that the run was made of"));
    replace(&company.path("case/terms.csv"), "Motors", "Engines");
    replace(&company.path("case/bank.csv"), "company_id,13-5791113\n", "");
    assert!(company.refused(3, pay).contains("ACH company ID (originator ID)"));
    fs::remove_file(company.path("case/bank.csv")).unwrap();
    assert!(company.refused(3, pay).contains("ABA routing number of the bank that pays"));
    // A run that was changed.
    replace(&company.path("run/payment-instructions.csv"), "501.00", "901.00");
    company.refused(3, pay);
    assert!(!company.path("p.ach").exists() && !company.path("p.ach.json").exists());
    // A case with wrong check digits in its bank table.
    let wrong = Company::new();
    replace(&wrong.path("case/bank.csv"), "021000021", "021000022");
    assert!(wrong.refused(3, pay).contains("check digits are wrong"));
}
