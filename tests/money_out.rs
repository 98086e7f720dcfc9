//! Money out: the bank's files of a run, read back by parsers that know nothing of how they were written.

use crate::support::command::{Ran, run_in};
use crate::support::files::table;
use crate::support::forged::forge;
use crate::support::workbooks::parts;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
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

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// The texts of every element called `name`.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(xml).unwrap();
    let named = document.descendants().filter(|node| node.tag_name().name() == name);
    named.map(|node| node.text().unwrap_or_default().to_owned()).collect()
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
    // They run on through the file: what comes back is named by its trace number alone.
    let entries = records.iter().filter(|record| record.starts_with('6'));
    assert_eq!(entries.map(|record| number(record, 87, 94)).collect::<Vec<_>>(), [1, 2, 3]);
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
    let of =
        |batch: u32, kind: &str, amount: &str| json!({"batch": batch, "kind": kind, "payments": 1, "amount": amount});
    let told = json!([of(1, "PPD", "200.00"), of(2, "CCD", "501.00"), of(3, "CCD", "100.00")]);
    assert_eq!(record["batches"], told);
    let note =
        record["rows"].as_array().unwrap().iter().find(|row| row["holder_id"] == "H-02").unwrap()["note"].clone();
    assert_eq!(note, "taken for a company: its tax id is an EIN");
}

/// A class of preferred stock that takes part in Common's dividends is paid those beside its own, and out of no funds.
#[test]
fn what_preferred_stock_gets_of_dividends_on_common_is_verified_and_paid() {
    let company = Company::changed(|case| {
        let class = "class,original_price,conversion_ratio,dividend_rate,dividends_from,common_dividends\n\
                     series-s,10,2,8%,2005-12-15,as-converted\n";
        fs::write(case.join("classes.csv"), class).unwrap();
        let mut register = fs::read_to_string(case.join("register.csv")).unwrap();
        register.push_str("H-12,Senior,series-s,100,,0,,,US,,ach,5566,021000021,,1 St,Town,NY,10001,company\n");
        fs::write(case.join("register.csv"), register).unwrap();
    });
    // 20.00 of its own, 4.00 as if it were 200 shares of Common.
    let of_class = |name: &str| company.rows(name).into_iter().find(|row| row["class"] == "series-s").unwrap();
    assert_eq!(of_class("run/distribution.csv")["gross"], "24.00");
    assert_eq!(company.json("run/result.json")["classes"][0]["paid"], "20.00");
    company.done("verify run --case case");
    company.done("pay run --case case --as nacha --out p.ach");
    company.done("dividend case --date 2006-03-15 --funds 10000 --out funds --quiet");
    company.done("verify funds --case case");
    forge(&company.path("run"), "distribution.csv", ",24.00,0.00,24.00", ",25.00,0.00,25.00");
    assert!(company.refused(3, "verify run").contains("paid to series-s: 21.00 in this file, 20.00 stated."));
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
    // Two rows of one reference, beside each other and not: the manifest says so too, and the totals do not see it.
    for (from, to) in [("d20060315-H-02", "d20060315-H-01"), ("d20060315-H-05", "d20060315-H-01")] {
        let twice = Company::new();
        forge(&twice.path("run"), "payment-instructions.csv", from, to);
        assert!(twice.refused(3, pay).contains("is there twice"), "{from}");
        assert!(!twice.path("p.ach").exists());
    }
    // References that a file of records cannot hold: the others are paid.
    let strange = Company::new();
    strange.done("pay run --case case --as nacha --out good.ach");
    let rows = strange.json("good.ach.json")["rows"].as_array().unwrap().clone();
    let carried = rows.iter().find(|row| row["fate"] == "carried").unwrap()["reference"].as_str().unwrap().to_owned();
    for to in [format!("{carried}é"), format!("{carried}\u{1}"), "x".repeat(81)] {
        let forged = Company::new();
        forge(&forged.path("run"), "payment-instructions.csv", &carried, &to);
        forged.done(pay);
        let rows = forged.json("p.ach.json")["rows"].as_array().unwrap().clone();
        let row = rows.iter().find(|row| row["reference"] == to.as_str()).unwrap();
        assert!(row["reason"].as_str().unwrap().contains("80 characters"), "{row}");
    }
    // A case with wrong check digits in its bank table.
    let wrong = Company::new();
    replace(&wrong.path("case/bank.csv"), "021000021", "021000022");
    assert!(wrong.refused(3, pay).contains("check digits are wrong"));
}

/// Every reference once, adding up to the run's net, whatever was said of the payments; nothing is paid twice.
#[test]
fn histories_of_returned_stopped_settled_and_reissued_payments_add_up() {
    let company = Company::new();
    let net: i128 = company.rows("run/payment-instructions.csv").iter().map(|row| cents(&row["amount"])).sum();
    let mut letters = 7u64;
    let mut random = move |below: u64| {
        letters = letters.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (letters >> 33) % below
    };
    for history in 0..6 {
        let mut said = String::from("reference,status,date\n");
        let mut settled = BTreeSet::new();
        let (mut from, mut day) = (format!("history-{history}/run"), 0);
        copy(&company.path("run"), &company.path(&from));
        // References that may have been paid by a bank: each is one payment for ever.
        let mut ever: BTreeSet<String> = BTreeSet::new();
        for round in 1..=3 {
            let sent: Vec<String> = company
                .rows(&format!("{from}/payment-instructions.csv"))
                .into_iter()
                .filter(|row| row["status"] == "pay")
                .map(|row| row["reference"].clone())
                .collect();
            day += 1;
            for reference in &sent {
                assert!(ever.insert(reference.clone()), "{reference} is one payment for ever");
                let word = ["", "settled", "returned", "stopped", "void"][random(5) as usize];
                if !word.is_empty() {
                    said.push_str(&format!("{reference},{word},2006-04-{day:02}\n"));
                }
                if word == "settled" {
                    settled.insert(reference.clone());
                }
            }
            fs::write(company.path("status.csv"), &said).unwrap();
            let out = format!("history-{history}/re-{round}");
            company.done(&format!("reissue {from} --case case --status status.csv --out {out} --quiet"));
            company.done(&format!("verify {out}"));
            let lines = company.rows(&format!("{out}/reconciliation.csv"));
            let references: BTreeSet<&String> = lines.iter().map(|line| &line["reference"]).collect();
            assert_eq!((lines.len(), references.len()), (11, 11));
            assert_eq!(lines.iter().map(|line| cents(&line["amount"])).sum::<i128>(), net);
            let mut again = BTreeSet::new();
            for line in &lines {
                let (status, new) = (line["status"].as_str(), line["new_reference"].clone());
                let may = ["returned", "stopped", "held"].contains(&status);
                assert!(new.is_empty() || may, "{line:?}");
                assert!(status != "settled" || settled.contains(&line["reference"]), "{line:?}");
                if !new.is_empty() {
                    assert!(new.len() <= 35 && !ever.contains(&new) && again.insert(new), "{line:?}");
                }
            }
            let paid: BTreeSet<String> = company
                .rows(&format!("{out}/payment-instructions.csv"))
                .into_iter()
                .map(|row| row["reference"].clone())
                .collect();
            assert_eq!(paid, again);
            from = out;
        }
    }
}

#[test]
fn a_reissue_is_paid_booked_and_never_twice() {
    let company = Company::new();
    fs::write(
        company.path("s.csv"),
        "reference,status,date,reason\nd20060315-H-03,returned,2006-03-20,AC04\nd20060315-H-01,settled,2006-03-16,\n",
    )
    .unwrap();
    // Held ones are paid once the register says how.
    replace(&company.path("case/register.csv"), "555,021000021,yes", "555,021000021,");
    company.done("reissue run --case case --status s.csv --out r1");
    let paid: Vec<String> =
        company.rows("r1/payment-instructions.csv").iter().map(|row| row["reference"].clone()).collect();
    assert_eq!(paid, ["d20060315-H-03-r1", "d20060315-H-06-r1"]);
    company.done("pay r1 --case case --as pain.001 --out r1.xml");
    assert_eq!(texts(&company.text("r1.xml"), "EndToEndId"), ["d20060315-H-03-r1"]);
    assert_eq!(texts(&company.text("r1.xml"), "Dt"), ["2006-03-20"]);
    // Booked with the run, cash is what arrived: the net less what is held still (18.00) and so on.
    company.done("journal run r1 --as csv --out journal.csv");
    let mut accounts: BTreeMap<String, i128> = BTreeMap::new();
    for row in company.rows("journal.csv") {
        let amount = |side: &str| if row[side].is_empty() { 0 } else { cents(&row[side]) };
        *accounts.entry(row["account"].clone()).or_default() += amount("debit") - amount("credit");
    }
    assert_eq!(accounts.values().sum::<i128>(), 0);
    assert_eq!(accounts["Assets:Bank:Operating"], -643_147, "{accounts:?}");
    assert_eq!(accounts["Liabilities:Held-Payments"], -1_800);
    assert_eq!(accounts["Liabilities:Withholding-Payable"], -66_420);
    assert_eq!(accounts["Liabilities:Dividends-Payable:series-a"], 0);
    // The one that was sent back settles after all, while the other is under way: nobody may be paid twice unnoticed.
    let mut more = company.text("s.csv");
    more.push_str("d20060315-H-03,settled,2006-03-25,\n");
    fs::write(company.path("s.csv"), &more).unwrap();
    let said = company.refused(3, "reissue r1 --case case --status s.csv --out r2");
    assert!(said.contains("d20060315-H-03 settled, and it was paid again as d20060315-H-03-r1"), "{said}");
    more.push_str("d20060315-H-03-r1,stopped,2006-03-26,\n");
    fs::write(company.path("s.csv"), &more).unwrap();
    company.done("reissue r1 --case case --status s.csv --out r2");
    assert!(company.rows("r2/payment-instructions.csv").is_empty());
}

/// What a bank has said of a payment, or somebody has stopped, is known to `pay`.
#[test]
fn what_became_of_a_payment_already_is_not_sent_again() {
    let company = Company::new();
    let pay = |from: &str, out: &str| {
        let said = company.done(&format!("pay {from} --case case --as pain.001 --out {out}"));
        let carried = texts(&company.text(out), "EndToEndId");
        // It was not sent.
        fs::remove_file(company.path(out)).unwrap();
        (said, carried)
    };
    let (_, first) = pay("run", "first.xml");
    let [settled, stopped, rest @ ..] = first.as_slice() else { panic!("{first:?}") };
    let mut table = format!("reference,status,date\n{settled},settled,2006-03-16\n{stopped},stopped,2006-03-16\n");
    fs::write(company.path("case/payment_status.csv"), &table).unwrap();
    let (said, second) = pay("run", "second.xml");
    assert_eq!(second, rest);
    assert!(said.contains("settled, by payment_status."), "{said}");
    assert!(said.contains("stopped, by payment_status: ratable reissue pays it again."), "{said}");
    company.done("reissue run --case case --out r1");
    let again = format!("{stopped}-r1");
    assert!(pay("r1", "r1.xml").1.contains(&again));
    // Words of the reissue do not keep the rest of the run from being paid.
    table.push_str(&format!("{again},settled,2006-03-20\n"));
    fs::write(company.path("case/payment_status.csv"), &table).unwrap();
    assert_eq!(pay("run", "third.xml").1, rest);
    table.push_str("d20060315-H-99,stopped,2006-03-20\n");
    fs::write(company.path("case/payment_status.csv"), &table).unwrap();
    let said = company.refused(3, "pay run --case case --as pain.001 --out fourth.xml");
    assert!(said.contains("d20060315-H-99 is no reference of this run"), "{said}");
}

/// A payer who gets an ACH company ID after a file was written has the payments of that file in no other.
#[test]
fn a_payment_is_in_no_two_files_of_different_formats() {
    let company = Company::new();
    let bank = company.text("case/bank.csv");
    replace(&company.path("case/bank.csv"), "company_id,13-5791113\n", "");
    company.done("pay run --case case --as pain.001 --out all.xml");
    fs::write(company.path("case/bank.csv"), bank).unwrap();
    let said = company.refused(1, "pay run --case case --as nacha --out nowhere/ach.txt");
    assert!(said.contains("nowhere"), "{said}");
    let said = company.refused(3, "pay run --case case --as nacha --out ach.txt");
    assert!(said.contains("all.xml carries it: if that was not sent, delete it"), "{said}");
    fs::remove_file(company.path("all.xml")).unwrap();
    company.done("pay run --case case --as nacha --out ach.txt");
}

/// A file of the same format carries what those before do not, under an id of its own; the same file may be written once more.
#[test]
fn a_further_file_of_a_format_carries_the_rest() {
    let company = Company::new();
    let register = company.text("case/register.csv");
    replace(
        &company.path("case/register.csv"),
        "DE89370400440532013000,COBADEFFXXX,",
        "DE89370400440532013000,COBADEFFXXX,yes",
    );
    let ids = |file: &str| (texts(&company.text(file), "EndToEndId"), texts(&company.text(file), "MsgId").remove(0));
    company.done("pay run --case case --as pain.001 --out first.xml");
    company.done("pay run --case case --as pain.001 --out again.xml");
    assert_eq!(company.text("first.xml"), company.text("again.xml"));
    fs::remove_file(company.path("again.xml")).unwrap();
    fs::write(company.path("case/register.csv"), register).unwrap();
    let said = company.done("pay run --case case --as pain.001 --out second.xml");
    assert!(said.contains("first.xml carries it: if that was not sent, delete it"), "{said}");
    let ((first, id), (second, other)) = (ids("first.xml"), ids("second.xml"));
    assert_eq!(second, ["d20060315-H-03"]);
    assert!(!first.contains(&second[0]) && other == format!("{id}-2"), "{id} {other}");
    let said = company.refused(3, "pay run --case case --as pain.001 --out third.xml");
    assert!(said.contains("pay.rows.none") && said.contains("second.xml carries it"), "{said}");
}

/// What a reissue pays again is not paid by the run itself; and no number of a check is used twice.
#[test]
fn what_a_reissue_pays_is_not_in_a_file_of_its_run() {
    let company = Company::new();
    company.done("pay run --case case --as checks --first-number 10 --out c1");
    company.done("pay run --case case --as checks --first-number 10 --out c2");
    assert_eq!(company.text("c1/checks.csv"), company.text("c2/checks.csv"));
    let said = company.refused(3, "pay run --case case --as checks --first-number 50 --out c3");
    assert!(said.contains("c1 carries it"), "{said}");
    let reference = company.rows("c1/checks.csv")[0]["reference"].clone();
    fs::write(company.path("s.csv"), format!("reference,status,date\n{reference},void,2006-03-20\n")).unwrap();
    company.done("reissue run --case case --status s.csv --out r1");
    let said = company.refused(3, "pay run --case case --as checks --first-number 50 --out c3");
    assert!(said.contains("r1 pays it again"), "{said}");
    let said = company.refused(3, "pay r1 --case case --as checks --first-number 10 --out c3");
    assert!(said.contains("c1 has a check numbered 10 on the same account"), "{said}");
    company.done("pay r1 --case case --as checks --first-number 80 --out c3");
    assert_eq!(company.rows("c3/checks.csv")[0]["reference"], format!("{reference}-r1"));
}

/// Which form a payment belongs on is decided when it is made.
#[test]
fn who_became_a_us_person_after_a_payment_needs_attention() {
    let company = Company::new();
    let register = company.text("case/register.csv");
    let moved = |line: &str| if line.starts_with("H-03,") { line.replace(",DE,", ",US,") } else { line.to_owned() };
    let moved: Vec<String> = register.lines().map(moved).collect();
    assert_ne!(moved.join("\n"), register.trim_end());
    company.done("tax run --case case --year 2006 --out before");
    fs::write(company.path("case/register.csv"), moved.join("\n")).unwrap();
    company.done("tax run --case case --year 2006 --out after");
    let told = "paid as a foreign person on 2006-03-15, and a US person by the register now";
    assert!(!attention(&company, "before").contains(told) && attention(&company, "after").contains(told));
}

/// The list of a file is found in another folder too, beside the run.
#[test]
fn a_payment_is_in_no_two_files_in_different_folders() {
    let company = Company::new();
    let bank = company.text("case/bank.csv");
    for folder in ["bank", "elsewhere", "elsewhere/deep"] {
        fs::create_dir(company.path(folder)).unwrap();
    }
    replace(&company.path("case/bank.csv"), "company_id,13-5791113\n", "");
    company.done("pay run --case case --as pain.001 --out all.xml");
    company.done("pay run --case case --as pain.001 --out bank/all.xml");
    fs::write(company.path("case/bank.csv"), bank).unwrap();
    for file in ["all.xml", "bank/all.xml"] {
        let said = company.refused(3, "pay run --case case --as nacha --out elsewhere/deep/ach.txt");
        assert!(said.contains(&format!("{file} carries it: if that was not sent, delete it")), "{said}");
        fs::remove_file(company.path(file)).unwrap();
    }
    company.done("pay run --case case --as nacha --out elsewhere/deep/ach.txt");
}

/// A hold that the register has by now stops what the run pays, until the payment is reissued.
#[test]
fn a_hold_set_after_the_run_is_kept() {
    let company = Company::new();
    let register = company.text("case/register.csv");
    replace(
        &company.path("case/register.csv"),
        "DE89370400440532013000,COBADEFFXXX,",
        "DE89370400440532013000,COBADEFFXXX,yes",
    );
    let said = company.done("pay run --case case --as pain.001 --out p.xml");
    assert!(!texts(&company.text("p.xml"), "EndToEndId").contains(&"d20060315-H-03".to_owned()));
    assert!(said.contains("1 payment of 1,400.00 USD: held: on hold in the register since the run"), "{said}");
    fs::write(company.path("s.csv"), "reference,status,date\nd20060315-H-03,stopped,2006-03-20\n").unwrap();
    fs::write(company.path("case/register.csv"), register).unwrap();
    company.done("reissue run --case case --status s.csv --out r1");
    company.done("pay r1 --case case --as pain.001 --out r1.xml");
    assert_eq!(texts(&company.text("r1.xml"), "EndToEndId"), ["d20060315-H-03-r1"]);
}

/// What came back in part is not paid again in full, and columns that nobody reads are named.
#[test]
fn an_amount_that_is_not_the_payments_is_refused() {
    let company = Company::new();
    let status = |rows: &str| {
        fs::write(company.path("s.csv"), format!("reference,status,date,Returned Amount,Trace\n{rows}")).unwrap();
    };
    let returned = |amount: &str| format!("d20060315-H-03,returned,2006-03-20,{amount},77\n");
    status(&returned("400.00"));
    let said = company.refused(3, "reissue run --case case --status s.csv --out r1");
    assert!(said.contains("D2, s.csv"), "{said}");
    assert!(said.contains("d20060315-H-03 is a payment of 1,400.00 USD, and this names 400.00 USD."), "{said}");
    status(&returned("1,400.00").replace("1,400.00", "\"1,400.00\""));
    let said = company.done("reissue run --case case --status s.csv --out r1");
    assert!(said.contains("not read, since their headers are not known: Trace (E)"), "{said}");
    // By then the first reference stands for the amount of the one that took its place.
    let second = "d20060315-H-03-r1,returned,2006-04-02,1400,\n";
    status(&(returned("1400.00") + second));
    company.done("reissue r1 --case case --status s.csv --out r2");
    status(&(returned("14.00") + second));
    let said = company.refused(3, "reissue r1 --case case --status s.csv --out r2 --force");
    assert!(said.contains("and this names 14.00 USD"), "{said}");
}

#[test]
fn a_word_of_the_bank_long_after_the_payment_is_told() {
    let company = Company::new();
    let reissue = |date: &str| {
        fs::write(company.path("s.csv"), format!("reference,status,date\nd20060315-H-03,returned,{date}\n")).unwrap();
        company.done("reissue run --case case --status s.csv --out r1 --force")
    };
    assert!(!reissue("2007-03-15").contains("over a year"));
    let said = reissue("2060-03-20");
    assert!(said.contains("C2, s.csv") && said.contains("is returned on 2060-03-20, over a year after"), "{said}");
}

#[test]
fn a_run_is_reissued_once_and_then_from_its_reissue() {
    let company = Company::new();
    fs::write(company.path("s.csv"), "reference,status,date\nd20060315-H-03,returned,2006-03-20\n").unwrap();
    company.done("reissue run --case case --status s.csv --out r1");
    fs::write(company.path("s.csv"), company.text("s.csv") + "d20060315-H-08,returned,2006-03-22\n").unwrap();
    fs::create_dir(company.path("elsewhere")).unwrap();
    for out in ["r2", "elsewhere/r2"] {
        let said = company.refused(3, &format!("reissue run --case case --status s.csv --out {out}"));
        assert!(said.contains("r1 is a reissue of this run already"), "{said}");
        assert!(!company.path(out).exists());
    }
    company.done("reissue r1 --case case --status s.csv --out r2");
    let again: Vec<String> =
        company.rows("r2/payment-instructions.csv").iter().map(|row| row["reference"].clone()).collect();
    assert_eq!(again, ["d20060315-H-08-r1"]);
    // Of which nothing was sent may be written again in its place.
    company.done("reissue r1 --case case --status s.csv --out r2 --force");
}

#[test]
fn nothing_is_written_into_a_finished_run() {
    let company = Company::new();
    for line in [
        "reissue run --case case --out run/r1",
        "tax run --case case --year 2006 --out run/tax",
        "pay run --case case --as checks --first-number 1 --out run/checks",
        "journal run --as csv --out run/holders/j.csv",
        "dividend case --date 2006-06-15 --after run --out run/next --quiet",
    ] {
        let said = company.refused(2, line);
        assert!(said.contains("run/"), "{line}: {said}");
    }
    company.done("verify run");
}

#[test]
fn a_minimum_keeps_payments_back_and_says_so() {
    let company = Company::changed(|case| {
        let terms = fs::read_to_string(case.join("terms.csv")).unwrap();
        fs::write(case.join("terms.csv"), terms + "minimum_payment,17\n").unwrap();
    });
    let said = company.done("dividend case --date 2006-03-15 --out again");
    assert!(said.contains("Held: 1 payment, 18.00 USD; on hold, or account details missing"), "{said}");
    assert!(said.contains("Held: 2 payments, 30.80 USD; below the minimum, and added by the next run"), "{said}");
    assert!(said.contains("and keep carried_payments.csv as its table carried_payments"), "{said}");
    // The next run pays what was kept back: nobody may take it for paid.
    let small = company.rows("again/carried_payments.csv")[0]["holder_id"].clone();
    let word = |word: &str| format!("reference,status,date\nd20060315-{small},{word},2006-03-20\n");
    fs::write(company.path("s.csv"), word("settled")).unwrap();
    let said = company.refused(3, "reissue again --case case --status s.csv --out r1");
    assert!(said.contains("the next run pays it"), "{said}");
    fs::write(company.path("s.csv"), word("returned")).unwrap();
    company.done("reissue again --case case --status s.csv --out r1");
    assert!(company.rows("r1/payment-instructions.csv").iter().all(|row| row["holder_id"] != small));
    let said = company.refused(3, "pay r1 --case case --as pain.001 --out p.xml");
    assert!(said.contains("The run has no payments"), "{said}");
}

#[test]
fn names_and_countries_are_taken_as_people_type_them() {
    let company = Company::changed(|case| {
        replace(&case.join("register.csv"), "H-01,Ada Lovelace", "H-01,\u{e000}\u{e000}");
        replace(&case.join("register.csv"), "123-45-6789,,US", "123-45-6789,,us");
        replace(&case.join("register.csv"), "H-04,\"Grace \"\"Amazing\"\" O'Hopper\"", "H-04,\"Grace\nO'Hopper\"");
        replace(&case.join("register.csv"), "H-08,Wire US Inc", "H-08,\u{e000}");
    });
    // A name of which the format has no letter is none that a bank pays to.
    for (form, id) in [("nacha", "H-01"), ("pain.001", "H-08")] {
        company.done(&format!("pay run --case case --as {form} --out {form}.txt"));
        let record = company.json(&format!("{form}.txt.json"));
        let row = record["rows"].as_array().unwrap().iter().find(|row| row["holder_id"] == id).unwrap();
        assert!(row["reason"].as_str().unwrap().contains("no character that the format has"), "{row}");
    }
    company.done("pay run --case case --as checks --first-number 1 --out checks");
    assert_eq!(company.rows("checks/positive-pay.csv")[0]["payee"], "Grace O'Hopper");
    company.done("tax run --case case --year 2006 --out tax");
    assert!(company.rows("tax/1099-div.csv").iter().any(|row| row["holder_id"] == "H-01"));
}

/// What is printed is not cut: names wrap, and an address of several lines takes a cell for each.
#[test]
fn long_names_and_addresses_are_printed_in_full() {
    let company = Company::changed(|case| {
        let (from, to) = (
            ",,US,,check,,,,3 Navy Way,Arlington,VA,22201,",
            ",\"12 Elm Street\nApartment 5\nFloor 2\nDayton, OH\",US,,check,,,,,,,,",
        );
        replace(&case.join("register.csv"), from, to);
    });
    company.done("pay run --case case --as checks --first-number 1 --out checks");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(company.path("checks/checks.xlsx")).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Checks").unwrap();
    let lines: Vec<String> = (4..9).map(|row| sheet.get_value((row, 1)).unwrap().to_string()).collect();
    assert_eq!(lines, ["12 Elm Street", "Apartment 5", "Floor 2", "Dayton, OH", "US"]);
}

#[test]
fn odd_words_of_the_bank_are_refused() {
    let company = Company::new();
    company.done("dividend case --date 2006-03-15 --pay-date 2006-03-17 --out run --force --quiet");
    for (rows, what) in [
        ("d20060315-H-99,settled,2006-03-20", "no reference of this run"),
        ("nonsense,settled,2006-03-20", "no reference of this run"),
        ("d20060315-H-01,settled,2006-03-14", "Correct the date"),
        ("d20060315-H-01,returned,2006-03-16", "is paid on 2006-03-17, and this is of 2006-03-16"),
        ("d20060315-H-01,settled,2006-03-20\nd20060315-H-01,returned,2006-03-20", "two different words"),
        ("d20060315-H-01,arrived,2006-03-20", "settled"),
    ] {
        fs::write(company.path("s.csv"), format!("reference,status,date\n{rows}\n")).unwrap();
        let said = company.refused(3, "reissue run --case case --status s.csv --out r1");
        assert!(said.contains(what), "{rows}: {said}");
        assert!(!company.path("r1").exists());
    }
    company.refused(1, "reissue run --case case --status nowhere.csv --out r1");
    // What the run alone tells comes before what is wrong with its case.
    let said = company.refused(2, "reissue run --case nowhere --pay-date 1990-01-01 --out r1");
    assert!(said.contains("the run is of"), "{said}");
    assert!(company.refused(3, "pay run --case nowhere --as nacha --out p.ach --approvals 1").contains("nobody"));
    company.refused(1, "pay run --case nowhere --as nacha --out p.ach");
}

#[test]
fn the_tax_year_fills_the_boxes_and_names_what_needs_attention() {
    let company = Company::new();
    company.done("liquidate case --date 2006-09-01 --proceeds 1000000 --out liquidation --quiet");
    let said = company.done("tax run liquidation run --case case --year 2006 --out tax");
    assert!(said.contains("given twice") && said.contains("Nothing is filed"), "{said}");
    company.done("verify tax");
    let domestic = company.rows("tax/1099-div.csv");
    let ada = domestic.iter().find(|row| row["holder_id"] == "H-01").unwrap();
    // 100 shares: 200.00 in cash, and 10 Gears of 12.50.
    assert_eq!([&ada["box_1a"], &ada["box_3"], &ada["box_4"], &ada["box_10"]], ["325.00", "0.00", "0.00", "0.00"]);
    assert!(cents(&ada["box_9"]) > 60_000);
    let foreign = company.rows("tax/1042-s.csv");
    let muller: Vec<_> = foreign.iter().filter(|row| row["holder_id"] == "H-03").collect();
    assert_eq!(
        [&muller[0]["income_code"], &muller[0]["gross"], &muller[0]["rate"], &muller[0]["withheld"]],
        ["06", "3250.00", "0.3", "600.00"]
    );
    assert_eq!(muller[1]["income_code"], "");
    let said = attention(&company, "tax");
    let untaxed = "1250.00 of 3250.00 was delivered in kind, and no tax was withheld from it";
    assert!(said.contains(untaxed) && !said.contains("by now") && !said.contains("is no dividend"), "{said}");
    for text in ["Analytical Engines &amp; Co, 2006, amounts in USD", "Total"] {
        assert!(said.contains(text), "{text}");
    }
    // The register has one rate, and what was withheld another: the form has a row for each.
    replace(&company.path("case/register.csv"), "1000,2006-01-20,0.3", "1000,2006-01-20,0.15");
    company.done("tax run --case case --year 2006 --out changed");
    let said = attention(&company, "changed");
    assert!(said.contains("600.00 withheld from 2000.00 is not 15 %, the register's rate by now"), "{said}");
    assert!(
        said.contains("a foreign person with a withholding rate of 15 %, not 30 %: is a treaty form on file?"),
        "{said}"
    );
    replace(&company.path("case/terms.csv"), "currency,USD", "currency,USD\nnondividend_percent,20%");
    company.done("tax run --case case --year 2006 --out in-part");
    let said = attention(&company, "in-part");
    let part = "650.00 of 3250.00 is no dividend (nondividend_percent): fill in its income code";
    assert!(said.contains(part), "{said}");
    assert!(company.done("tax run --case case --year 2005 --out none").contains("outside 2005"));
    assert!(company.rows("none/1099-div.csv").is_empty());
}

#[test]
fn approvals_are_chained_and_counted_for_the_run_as_it_is() {
    let company = Company::new();
    let pay = "pay run --case case --as nacha --out p.ach --approvals 2";
    assert!(company.refused(3, pay).contains("nobody"));
    company.done("approve run --by Ada --note fine");
    // One person, however the name is typed.
    for name in ["ada", "ADA", "\u{200b}Ada", "A d\u{a0}a", "Ada."] {
        let ran = run_in(company.top.path(), &["approve", "run", "--by", name, "--note", "again"]);
        assert!(ran.code == 0 && ran.stdout.contains("; 1 in all"), "{name}: {}{}", ran.stdout, ran.stderr);
    }
    assert!(company.refused(3, pay).contains("so far: Ada."));
    company.done("approve run --by Charles --note fine");
    company.done(pay);
    company.done("verify run");
    let text = company.text("approvals.jsonl");
    assert_eq!(text.lines().count(), 7);
    fs::write(company.path("approvals.jsonl"), text.replacen("\"again\"", "\"never\"", 1)).unwrap();
    assert!(company.refused(3, "verify run").contains("does not follow on the line before it"));
    fs::write(company.path("approvals.jsonl"), &text).unwrap();
    // Another run in the same place has to be approved anew.
    company.done("dividend case --date 2006-03-15 --set minimum_payment=1 --out run --force --quiet");
    assert!(company.refused(3, "pay run --case case --as nacha --out p2.ach --approvals 1").contains("nobody"));
}

/// A quarter of the large sample from the dividend to the tax year, every payment once.
#[test]
fn a_quarter_of_the_sample_is_paid_booked_reissued_and_reported() {
    let top = tempfile::tempdir().unwrap();
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/capstone.xlsx").display().to_string();
    let done = |line: &str| {
        let words: Vec<&str> = line.split(' ').map(|word| if word == "CASE" { case.as_str() } else { word }).collect();
        let ran = run_in(top.path(), &words);
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    };
    done("dividend CASE --date 2006-06-15 --out run --workbooks none --quiet");
    done("approve run --by Maren --note board");
    done("approve run --by Theo --note funds");
    let carried = [
        ("pay run --case CASE --as pain.001 --approvals 2 --out wires.xml", "107 payments of 263,901.57 USD"),
        ("pay run --case CASE --as nacha --approvals 2 --out credits.ach", "144 payments of 277,790.03 USD"),
        ("pay run --case CASE --as checks --first-number 1001 --out checks", "17 payments of 57,830.96 USD"),
    ];
    for (line, carried) in carried {
        let said = done(line);
        assert!(said.contains(carried), "{line}: {said}");
    }
    let rows = |name: &str| table(&fs::read_to_string(top.path().join(name)).unwrap());
    let instructions = rows("run/payment-instructions.csv");
    let paid: Vec<&Vec<String>> = instructions[1..].iter().filter(|row| row[9] == "pay").collect();
    let sum = |rows: &[&Vec<String>], amount: usize| rows.iter().map(|row| cents(&row[amount])).sum::<i128>();
    // What the three files carry, and 529.65 to two holders whose addresses are in one line.
    assert_eq!((paid.len(), sum(&paid, 8)), (270, 26_390_157 + 27_779_003 + 5_783_096 + 52_965));
    let mut status = "reference,status,date,reason\n".to_owned();
    for (at, row) in paid.iter().enumerate() {
        let fate = if at % 100 == 7 { "returned,2006-06-20,account closed" } else { "settled,2006-06-16," };
        status.push_str(&format!("{},{fate}\n", row[0]));
    }
    fs::write(top.path().join("returns.csv"), status).unwrap();
    let said = done("reissue run --case CASE --status returns.csv --out reissue");
    assert!(said.contains("returned: 3 payments"), "{said}");
    let reconciled = rows("reissue/reconciliation.csv");
    assert_eq!(reconciled.len(), instructions.len());
    // The run's net, of which nothing is forgotten.
    assert_eq!(sum(&reconciled[1..].iter().collect::<Vec<_>>(), 2), 64_733_210);
    done("pay reissue --case CASE --as pain.001 --out again.xml");
    done("journal run reissue --as hledger --out dividend.journal");
    let said = done("tax run reissue --case CASE --year 2006 --out tax");
    assert!(said.contains("adds nothing"), "{said}");
}

/// The texts of a tax year's workbook.
fn attention(company: &Company, folder: &str) -> String {
    parts(&fs::read(company.path(folder).join("tax.xlsx")).unwrap())["xl/sharedStrings.xml"].clone()
}

/// A term that the table `bank` still lacked for one file does not move a payment from it to the other.
#[test]
fn an_ach_payment_is_carried_by_one_format_though_a_term_is_missing() {
    let company = Company::new();
    let whole = company.text("case/bank.csv");
    let carried = |form: &str, out: &str| {
        company.done(&format!("pay run --case case --as {form} --out {out}"));
        let rows = company.json(&format!("{out}.json"))["rows"].as_array().unwrap().clone();
        let carried = rows.into_iter().filter(|row| row["fate"] == "carried");
        carried.map(|row| row["reference"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let credits = carried("nacha", "whole.ach");
    let payments = carried("pain.001", "whole.xml");
    fs::write(company.path("case/bank.csv"), whole.replace("company_entry,DIVIDEND\n", "")).unwrap();
    assert_eq!(carried("pain.001", "without.xml"), payments);
    assert!(!credits.is_empty() && credits.is_disjoint(&payments));
}

/// What each account comes to in a journal, in cents.
fn balances(company: &Company, journal: &str) -> BTreeMap<String, i128> {
    let mut accounts = BTreeMap::new();
    for row in company.rows(journal) {
        let amount = |side: &str| if row[side].is_empty() { 0 } else { cents(&row[side]) };
        *accounts.entry(row["account"].clone()).or_default() += amount("debit") - amount("credit");
    }
    accounts
}

#[test]
fn a_reissue_is_booked_after_the_folder_that_it_came_from() {
    let company = Company::new();
    let reissue = |of: &str, out: &str, rows: &str| {
        fs::write(company.path("s.csv"), format!("reference,status,date\n{rows}")).unwrap();
        company.done(&format!("reissue {of} --case case --status s.csv --out {out}"));
    };
    reissue("run", "r1", "d20060315-H-03,returned,2006-03-20\n");
    reissue("r1", "r2", "d20060315-H-03-r1,returned,2006-03-22\n");
    for runs in ["run r2", "r1", "r1 r2"] {
        let said = company.refused(3, &format!("journal {runs} --as csv --out j.csv"));
        assert!(said.contains("SHA-256") && said.contains("is not given"), "{runs}: {said}");
        assert!(!company.path("j.csv").exists());
    }
    // Of another run of the same date.
    company.done("dividend case --date 2006-03-15 --set minimum_payment=1 --out other --quiet");
    assert!(company.refused(3, "journal other r1 --as csv --out j.csv").contains("is not given"));
    company.done("journal run r1 r2 --as csv --out j.csv");
    company.done("journal r2 r1 run --as csv --out turned.csv");
    assert_eq!(balances(&company, "turned.csv"), balances(&company, "j.csv"));
}

#[test]
fn what_was_held_and_settled_all_the_same_is_booked_as_paid() {
    let company = Company::new();
    company.done("journal run --as csv --out before.csv");
    let before = balances(&company, "before.csv");
    let mut said = "reference,status,date\n".to_owned();
    let mut from = "run".to_owned();
    // Held, then paid by hand; sent back; paid by hand again. Twice told is booked once.
    for (at, (row, paid)) in [
        ("d20060315-H-06,settled,2006-03-20\n", 1_400),
        ("d20060315-H-06,returned,2006-03-22\n", 0),
        ("d20060315-H-06,settled,2006-03-24\n", 1_400),
        ("", 1_400),
    ]
    .into_iter()
    .enumerate()
    {
        said.push_str(row);
        fs::write(company.path("s.csv"), &said).unwrap();
        company.done(&format!("reissue {} --case case --status s.csv --out r{at}", from.rsplit(' ').next().unwrap()));
        from.push_str(&format!(" r{at}"));
        company.done(&format!("journal {from} --as csv --out j{at}.csv"));
        let now = balances(&company, &format!("j{at}.csv"));
        let moved = |account: &str| now[account] - before[account];
        assert_eq!(moved("Liabilities:Held-Payments"), paid, "after {row}");
        assert_eq!(moved("Assets:Bank:Operating"), -paid, "after {row}");
    }
}

#[test]
fn only_a_run_of_a_case_is_made_again_by_verify() {
    let company = Company::new();
    company.done("reissue run --case case --out r1");
    company.done("tax run --case case --year 2006 --out tax");
    company.done("pay run --case case --as checks --first-number 1 --out checks");
    assert!(company.done("verify run").contains("give its case with --case"));
    for folder in ["r1", "tax", "checks"] {
        assert!(!company.done(&format!("verify {folder}")).contains("--case"), "{folder}");
        let said = company.refused(2, &format!("verify {folder} --case case"));
        assert!(said.contains("only a run of a case"), "{folder}: {said}");
    }
}

/// A payment of nothing is none.
#[test]
fn payments_are_counted_without_those_of_nothing() {
    let company = Company::changed(|case| replace(&case.join("register.csv"), "33.333333", "0.000001"));
    let said = company.done("dividend case --date 2006-03-15 --out again --workbooks none");
    assert!(said.contains("net, to 10 holders"), "{said}");
    assert_eq!(company.rows("again/payment-instructions.csv").len(), 11);
}

#[test]
fn a_payment_date_before_the_dividends_is_the_first_warning() {
    let company = Company::new();
    let ran = company.run("dividend case --date 2006-03-15 --pay-date 2006-03-01 --out early");
    let said = [ran.stdout, ran.stderr].concat();
    let first = said.lines().find(|line| line.starts_with("Warning:")).unwrap_or_default();
    assert!(first.contains("The payment date, 2006-03-01, lies before"), "{said}");
}

/// What was kept back is paid once by those who keep a history, and the run that pays it says so.
#[test]
fn what_was_kept_back_is_explained_and_its_table_replaced() {
    let company = Company { top: tempfile::tempdir().unwrap() };
    let write = |name: &str, text: &str| fs::write(company.path(&format!("case/{name}.csv")), text).unwrap();
    fs::create_dir(company.path("case")).unwrap();
    write("terms", "term,value\ncompany,Mid\nminimum_payment,10\n");
    write(
        "register",
        "holder_id,holder_name,class,shares,issue_date,retired_date,payment_method,street,town\n\
         A,Ann,common,300,2005-01-01,,check,1 St,Town\nB,Bob,common,300,2005-01-01,2006-04-10,check,2 St,Town\n",
    );
    write(
        "declarations",
        "declared_date,kind,amount,payment_date\n2006-02-01,cash,0.03,2006-03-15\n2006-05-01,cash,0.05,2006-06-15\n\
         2006-08-01,cash,0.05,2006-09-15\n",
    );
    let said = company.done("dividend case --date 2006-03-15 --out q1");
    assert!(said.contains("and keep carried_payments.csv as its table carried_payments."), "{said}");
    write("carried_payments", &company.text("q1/carried_payments.csv"));
    let said = company.done("dividend case --date 2006-06-15 --out q2 --explain A");
    // Bob's is kept back again: its table takes the place of the other.
    assert!(said.contains("in the place of its table carried_payments."), "{said}");
    assert!(said.contains("USD 24.00") && said.contains("Of this, USD 9.00 was kept back earlier."), "{said}");
    assert!(said.contains("Kept back by an earlier run"), "{said}");
    let said = company.done("dividend case --date 2006-06-15 --out sold --explain B");
    assert!(said.contains("Nothing of this run's own is paid") && said.contains("USD 9.00"), "{said}");
    assert!(!said.contains("Nothing is paid"), "{said}");
    let summary = parts(&fs::read(company.path("q2/summary.xlsx")).unwrap());
    for text in ["Kept back earlier, paid beside", "Net, plus what earlier runs kept back"] {
        assert!(summary["xl/sharedStrings.xml"].contains(text), "{text}");
    }
    // Forgotten, it would be paid again: the table says of when it is, and a dividend was paid since.
    let ran = company.run("dividend case --date 2006-09-15 --out q3");
    let said = [ran.stdout, ran.stderr].concat();
    assert!(said.contains("A2, carried_payments.csv: What the run of 2006-03-15 kept back"), "{said}");
    fs::remove_file(company.path("case/carried_payments.csv")).unwrap();
    assert!(!company.done("dividend case --date 2006-09-15 --after q2 --out q3 --force").contains("kept back"));
    write("carried_payments", &company.text("q1/carried_payments.csv"));
    let said = company.done("dividend case --date 2006-06-15 --set minimum_payment=5 --out all");
    assert!(said.contains("and take its table carried_payments away: it is in this run's payments."), "{said}");
}
