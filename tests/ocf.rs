//! Open Cap Format packages: what they come to as of a date, and what is said of those that cannot be right.

use crate::support::case;
use ratable::internals::input::{Loaded, ReadOptions, load};
use ratable::internals::model::{iso, parse_iso};
use ratable::internals::{Problem, Severity};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ocf/every-transaction")
}

/// The official schemas and samples, where this machine has them: `RATABLE_OCF`, or `../shared/ocf` beside the checkout.
fn official() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/ocf");
    let folder = std::env::var_os("RATABLE_OCF").map_or(beside, PathBuf::from);
    if folder.join("schema").is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no official schemas and samples in {} (RATABLE_OCF says where they are)", folder.display());
    None
}

fn read(path: &Path, date: &str) -> Loaded {
    let as_of = (!date.is_empty()).then(|| parse_iso(date).unwrap());
    load(path, &ReadOptions { as_of, ..ReadOptions::default() }).unwrap()
}

/// Each lot: holder, class, shares, when issued, certificate, when retired.
fn lots(loaded: &Loaded) -> Vec<String> {
    let case = loaded.case.as_ref().unwrap_or_else(|| panic!("{:#?}", errors(loaded)));
    let mut lots: Vec<String> = Vec::new();
    for lot in case.register.lots() {
        let (holder, class) = (case.register.id(lot.holder), &case.classes.get(lot.class).id);
        let issued = lot.issue_date.map(iso).unwrap_or_default();
        let retired = lot.retired_date.map(|date| format!(" retired {}", iso(date))).unwrap_or_default();
        lots.push(format!("{holder} {class} {} {issued} {}{retired}", lot.shares, case.register.certificate(lot)));
    }
    lots.sort();
    lots
}

fn errors(loaded: &Loaded) -> Vec<&Problem> {
    loaded.problems.iter().filter(|problem| problem.severity == Severity::Error).collect()
}

/// The package with its objects changed, in a folder of its own.
fn changed(change: impl Fn(&mut Value)) -> TempDir {
    let folder = TempDir::new().unwrap();
    for entry in fs::read_dir(fixture()).unwrap().map(Result::unwrap) {
        let mut value: Value = serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap();
        change(&mut value);
        fs::write(folder.path().join(entry.file_name()), value.to_string()).unwrap();
    }
    folder
}

/// The object of this id, changed.
fn object(id: &'static str, change: impl Fn(&mut Value)) -> TempDir {
    changed(|file| {
        let items = file.get_mut("items").and_then(Value::as_array_mut);
        items.into_iter().flatten().filter(|item| item["id"] == id).for_each(&change);
    })
}

fn manifest(change: impl Fn(&mut Value)) -> TempDir {
    changed(|file| {
        if file["file_type"] == "OCF_MANIFEST_FILE" {
            change(file);
        }
    })
}

#[test]
fn every_transaction_by_hand() {
    let loaded = read(&fixture(), "2024-12-31");
    let mut expected = vec![
        // c1: 1,000 less 400 to Cara, twice as many since the split.
        "E-1 common 1200 2020-01-02 CS-5",
        // c2: 600, of which 100 were cancelled before the split and 250 bought back after it.
        "bob common 100 2020-01-02 CS-2 retired 2020-09-01",
        "bob common 250 2020-01-02  retired 2021-05-01",
        "bob common 750 2020-01-02 CS-6",
        "bob common 40 2024-05-01 CS-12",
        // Ann's 400, split, issued anew in two and put together.
        "cara common 800 2020-01-02 CS-9",
        "cara common 100 2023-06-01 CS-11",
        "fund common 100 2022-01-01 CS-10",
        "fund common 600 2024-06-01 CS-13",
        "fund class-seed 100 2021-06-01 SS-1 retired 2022-01-01",
        "fund class-seed 200 2021-06-01 SS-2",
        "fund class-seed 150 2023-09-01 SS-3",
        // It is issued after the date.
        "bob common 1 2025-02-01 CS-14",
    ];
    // SS-2 and SS-1 keep the day of their first issue; options: 35 of 48 months of 480 less 100 exercised; Ann's by transfer; half on
    // the event and 10 by the board; warrants: 400 less 100.
    expected.extend([
        "cara options-0.4 250 2022-02-01 ES-1",
        "E-1 options-0.25 100 2023-01-01 ES-3",
        "E-1 options-0.3 60 2022-04-01 ES-6",
        "cara warrants-2 300 2022-06-01 W-2",
    ]);
    expected.sort_unstable();
    assert_eq!(lots(&loaded), expected);
    let case = loaded.case.unwrap();
    assert_eq!((case.terms.company.as_str(), case.terms.currency.as_str()), ("Every Turbine, Inc.", "USD"));
    assert_eq!(case.adjustments.len(), 1);
    let left_out: Vec<&str> = loaded
        .problems
        .iter()
        .filter(|p| p.code.contains("left-out"))
        .filter_map(|p| p.place.cell.as_deref())
        .collect();
    for id in ["grant-o5", "issue-n4"] {
        assert!(left_out.contains(&&*format!("object {id}")), "{id} is not among {left_out:?}");
    }
}

#[test]
fn the_date_decides_what_happened() {
    let early = lots(&read(&fixture(), "2020-08-31"));
    assert_eq!(
        early,
        [
            "E-1 common 600 2020-01-02 CS-5",
            "bob common 1 2025-02-01 CS-14",
            "bob common 600 2020-01-02 CS-2",
            "bob warrants-2 7 2022-05-01 W-5",
            "cara common 400 2020-01-02 CS-4"
        ]
    );
    let before_the_retraction = lots(&read(&fixture(), "2020-03-09"));
    assert!(before_the_retraction.contains(&"cara common 50 2020-03-01 CS-3".to_owned()));
    let split = lots(&read(&fixture(), "2021-01-01"));
    assert!(split.contains(&"cara common 300 2020-01-02 CS-8".to_owned()), "{split:?}");
}

/// Of what is issued later nothing is said, and what happens to it then is no lot. Who has no shares on the date is a holder
/// all the same, whom other tables may name.
#[test]
fn later_issues_and_holders_without_shares() {
    let folder = object("issue-later", |o| o["stakeholder_id"] = json!("nobody"));
    fs::write(folder.path().join("carried_payments.csv"), "as_of,holder_id,amount\n2020-06-15,fund,0.04\n").unwrap();
    let loaded = read(folder.path(), "2020-08-31");
    assert_eq!(lots(&loaded).len(), 4);
    assert_eq!(loaded.register().unwrap().holders, 3);
    let case = loaded.case.unwrap();
    let fund = case.register.find("fund").expect("a holder without shares");
    assert_eq!(case.register.name(fund), "Harbor Fund LP");
    assert_eq!(case.carried_payments.sums, [(fund, 4)]);
    fs::write(folder.path().join("carried_payments.csv"), "as_of,holder_id,amount\n2020-06-15,nobody,0.04\n").unwrap();
    assert_eq!(errors(&read(folder.path(), "2020-08-31"))[0].code, "carried_payments.holder_id.not-in-register");
    // Converted, the holder stays in a package; a register in rows has no place for it.
    fs::write(folder.path().join("carried_payments.csv"), "as_of,holder_id,amount\n2020-06-15,fund,0.04\n").unwrap();
    let case = folder.path().to_string_lossy().into_owned();
    let out = |name: &str| folder.path().with_extension(name).to_string_lossy().into_owned();
    ratable(&["convert", &case, "--to", "ocf", "--out", &out("ocf"), "--date", "2020-08-31", "--quiet"], 0);
    let again = read(Path::new(&out("ocf")), "2020-08-31").case.unwrap();
    assert_eq!(again.carried_payments.sums.len(), 1);
    ratable(&["convert", &case, "--to", "csv", "--out", &out("csv"), "--date", "2020-08-31", "--quiet"], 1);
    fs::remove_dir_all(out("ocf")).unwrap();
}

#[test]
fn an_archive_is_read_as_its_folder_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("every.ocf.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for entry in fs::read_dir(fixture()).unwrap().map(Result::unwrap) {
        let name = format!("export/{}", entry.file_name().to_string_lossy());
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&fs::read(entry.path()).unwrap()).unwrap();
    }
    zip.start_file("export/proceeds.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"date,amount\n2024-12-31,1000\n").unwrap();
    zip.finish().unwrap();
    let loaded = read(&path, "");
    assert_eq!(lots(&loaded), lots(&read(&fixture(), "")));
    assert_eq!(loaded.name, "every");
    assert_eq!(loaded.case.unwrap().proceeds.len(), 1);
    assert_eq!(loaded.inputs.iter().map(|input| input.path.as_str()).collect::<Vec<_>>(), ["every.ocf.zip"]);
}

/// An archive of the package's files, each under a name that `name` gives for its own, with other entries.
fn archive(path: &Path, name: impl Fn(&str) -> String, others: &[&str]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for other in others {
        zip.start_file(*other, options).unwrap();
        zip.write_all(b"{}").unwrap();
    }
    for entry in fs::read_dir(fixture()).unwrap().map(Result::unwrap) {
        zip.start_file(name(&entry.file_name().to_string_lossy()), options).unwrap();
        zip.write_all(&fs::read(entry.path()).unwrap()).unwrap();
    }
    zip.finish().unwrap();
}

/// Byte order marks, nulls for what is not there, capitals in names, what macOS and Windows put into archives.
#[test]
fn oddities_of_other_programs_are_read() {
    let expected = lots(&read(&fixture(), ""));
    let marked = changed(|_| ());
    for entry in fs::read_dir(marked.path()).unwrap().map(Result::unwrap) {
        let bytes = fs::read(entry.path()).unwrap();
        fs::write(entry.path(), [b"\xef\xbb\xbf", bytes.as_slice()].concat()).unwrap();
    }
    let null = |name: &'static str| {
        move |file: &mut Value| {
            let items = file.get_mut("items").and_then(Value::as_array_mut);
            items
                .into_iter()
                .flatten()
                .filter(|item| item.get(name).is_none())
                .for_each(|item| item[name] = Value::Null);
        }
    };
    let capitals = changed(|_| ());
    let in_capitals = |name: &str| capitals.path().join(name);
    fs::rename(in_capitals("Transactions.ocf.json"), in_capitals("TRANSACTIONS.ocf.json")).unwrap();
    for folder in [marked, changed(null("comments")), changed(null("addresses")), capitals] {
        assert_eq!(lots(&read(folder.path(), "")), expected, "{:?}", folder.path());
    }
    let top = TempDir::new().unwrap();
    let path = top.path().join("export.zip");
    archive(&path, |name| format!("export\\{name}"), &[]);
    assert_eq!(lots(&read(&path, "")), expected);
    archive(&path, |name| format!("export/{name}"), &["__MACOSX/export/._Manifest.ocf.json", "export/.DS_Store"]);
    assert_eq!(lots(&read(&path, "")), expected);
    archive(&path, |name| format!("a/{name}"), &["b/Manifest.ocf.json"]);
    assert_eq!(errors(&read(&path, ""))[0].code, "ocf.file.several");
    // A package in a folder is named, not looked into.
    let help = errors(&read(top.path(), ""))[0].help.clone();
    assert!(help.contains("export.zip is a case of its own"), "{help}");
}

/// A third of a share is no number of the register: it is rounded down, and that is said.
/// Some programs write a blank id where there is none.
#[test]
fn a_blank_id_of_another_object_names_none() {
    let package = object("t17", |object| object["balance_security_id"] = "".into());
    let loaded = read(package.path(), "2023-06-30");
    assert!(errors(&loaded).is_empty(), "{:?}", errors(&loaded));
}

#[test]
fn what_a_register_has_no_decimals_for_is_told() {
    let split = object("split", |o| o["split_ratio"] = json!({"numerator": "1", "denominator": "3"}));
    let loaded = read(split.path(), "2021-01-15");
    let rounded: Vec<_> = loaded.problems.iter().filter(|p| p.code == "ocf.quantity.rounded").collect();
    assert!(!rounded.is_empty(), "{:#?}", loaded.problems);
    // What of a preferred share is stated before its split is a guess after it.
    let split = object("split", |o| o["stock_class_id"] = json!("class-seed"));
    let loaded = read(split.path(), "2024-12-31");
    let warned = |p: &&Problem| p.code == "ocf.price_per_share.before-split" && p.severity == Severity::Warning;
    assert_eq!(loaded.problems.iter().filter(warned).count(), 1, "{:#?}", loaded.problems);
}

#[test]
fn what_cannot_be_right_names_its_object() {
    let cases: [(TempDir, &str, &str); 16] = [
        (object("class-seed", |o| o["class_type"] = json!("ORDINARY")), "ocf.class_type.unknown", "object class-seed"),
        (
            object("issue-c3", |o| o["stakeholder_id"] = json!("nobody")),
            "ocf.stakeholder_id.unknown",
            "object issue-c3",
        ),
        (object("issue-c3", |o| o["stock_class_id"] = json!("none")), "ocf.stock_class_id.unknown", "object issue-c3"),
        (object("issue-c3", |o| o["quantity"] = json!("401")), "ocf.quantity.does-not-add-up", "object t06"),
        (object("issue-c3", |o| o["quantity"] = json!("-400")), "ocf.quantity.not-positive", "object issue-c3"),
        (object("issue-c3", |o| o["security_id"] = json!("other")), "ocf.resulting_security_ids.unknown", "object t06"),
        (object("t06", |o| o["quantity"] = json!("4000")), "ocf.quantity.more-than-there-is", "object t06"),
        (object("t06", |o| o["security_id"] = json!("none")), "ocf.security_id.not-there", "object t06"),
        (object("t06", |o| o["date"] = json!("1 June 2020")), "ocf.object.not-understood", "object t06"),
        (object("issue-c4", |o| o["security_id"] = json!("c1")), "ocf.security_id.twice", "object issue-c4"),
        (object("issue-c4", |o| o["id"] = json!("issue-c3")), "ocf.object.twice", "object issue-c3"),
        (object("bob", |o| o["id"] = json!("cara")), "ocf.object.twice", "object cara"),
        (
            object("issue-c4", |o| o["share_price"]["currency"] = json!("EUR")),
            "ocf.currency.differs",
            "object issue-c4",
        ),
        (object("t09", |o| o["object_type"] = json!("TX_STOCK_GIFT")), "ocf.object_type.unknown", "object t09"),
        (object("t15", |o| o["resulting_security_id"] = json!("c3")), "ocf.transactions.circle", "object t12"),
        (
            object("grant-o1", |o| o["vesting_terms_id"] = json!("none")),
            "ocf.vesting_terms_id.unknown",
            "object grant-o1",
        ),
    ];
    for (folder, code, place) in &cases {
        let loaded = read(folder.path(), "2024-12-31");
        let found = errors(&loaded);
        let hit = found.iter().any(|p| p.code == *code && p.place.cell.as_deref() == Some(*place));
        assert!(hit && loaded.case.is_none(), "{code} at {place} is not among {found:#?}");
    }
}

#[test]
fn a_package_that_is_none_is_refused_in_words() {
    let cases: [(TempDir, &str); 6] = [
        (manifest(|m| m["transactions_files"] = json!([])), "ocf.manifest.not-understood"),
        (manifest(|m| m["ocf_version"] = json!("1.0.0")), "ocf.manifest.version"),
        (manifest(|m| m["file_type"] = json!("OCF_STAKEHOLDERS_FILE")), "ocf.manifest.file-type"),
        (manifest(|m| m["transactions_files"][0]["filepath"] = json!("./Gone.ocf.json")), "ocf.file.missing"),
        (manifest(|m| m["transactions_files"][0]["filepath"] = json!("../../../../etc/passwd")), "ocf.file.missing"),
        (
            changed(|file| {
                if file["file_type"] == "OCF_TRANSACTIONS_FILE" {
                    *file = json!([1, 2])
                }
            }),
            "ocf.file.not-understood",
        ),
    ];
    for (folder, code) in &cases {
        let loaded = read(folder.path(), "2024-12-31");
        let codes: Vec<&str> = errors(&loaded).iter().map(|p| p.code.as_str()).collect();
        let outside = *code == "ocf.file.missing" && codes.contains(&"ocf.file.not-read");
        assert!((codes.contains(code) || outside) && loaded.case.is_none(), "{code} is not among {codes:?}");
    }
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("empty.ocf.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    zip.start_file("readme.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    assert_eq!(errors(&read(&path, ""))[0].code, "ocf.manifest.missing");
    fs::write(&path, b"no archive").unwrap();
    assert_eq!(errors(&read(&path, ""))[0].code, "ocf.file.damaged");
}

#[test]
fn tables_of_the_case_lie_beside_the_package() {
    let folder = changed(|_| ());
    fs::write(folder.path().join("terms.csv"), "term,value\ncompany,Another Name\n").unwrap();
    fs::write(folder.path().join("proceeds.csv"), "date,amount\n2024-12-31,1000\n").unwrap();
    let loaded = read(folder.path(), "2024-12-31");
    assert_eq!(lots(&loaded), lots(&read(&fixture(), "2024-12-31")));
    let case = loaded.case.unwrap();
    assert_eq!((case.terms.company.as_str(), case.proceeds.len()), ("Another Name", 1));
    fs::write(folder.path().join("register.csv"), "holder_id,holder_name,class,shares\n1,A,common,5\n").unwrap();
    let twice = read(folder.path(), "2024-12-31");
    assert!(errors(&twice).iter().any(|p| p.code == "register.table.of-package"), "{:?}", errors(&twice));
}

#[test]
fn the_official_samples_are_read() {
    let Some(folder) = official() else { return };
    let quickstart = read(&folder.join("docs/tutorials/quickstart/samples"), "2022-12-01");
    let jim = "be7d1e2e-0c9c-485b-a27d-a5c982c4e659";
    assert_eq!(lots(&quickstart), [format!("{jim} preferred-shares 5000 2022-01-01 PS-1")]);
    let options = read(&folder.join("docs/tutorials/options/samples"), "2024-06-30");
    let mut expected =
        vec![format!("{jim} common 25000 2024-01-31 C-1"), format!("{jim} preferred-shares 5000 2022-01-01 PS-1")];
    // 25,000 after a year and six months of 100,000/48, less 25,000 that were exercised.
    expected.push(format!("{jim} options-0.1 12500 2022-12-31 CA-1"));
    expected.sort();
    assert_eq!(lots(&options), expected);
    // The samples of every object type are no company: they name holders and classes that are nowhere. Each is understood.
    let samples = read(&folder.join("samples"), "2026-01-01");
    let not_understood: Vec<&Problem> = errors(&samples)
        .into_iter()
        .filter(|p| p.code.contains("not-understood") || p.code.contains("unknown-type"))
        .collect();
    assert!(not_understood.is_empty(), "{not_understood:#?}");
    let at_objects =
        errors(&samples).iter().all(|p| p.place.cell.as_ref().is_some_and(|cell| cell.starts_with("object ")));
    assert!(at_objects, "a problem of the samples names no object");
}

/// Runs the program; what it printed where it ended with another code.
fn ratable(arguments: &[&str], code: i32) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_ratable")).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
}

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data").join(name).to_string_lossy().into_owned()
}

/// What a run pays, whatever the case's form.
fn distribution(case: &str, run: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("run").to_string_lossy().into_owned();
    let mut arguments = vec![run[0], case];
    arguments.extend(&run[1..]);
    arguments.extend(["--workbooks", "none", "--quiet", "--out", &out]);
    ratable(&arguments, 0);
    fs::read_to_string(folder.path().join("run/distribution.csv")).unwrap()
}

#[test]
fn a_case_in_another_form_pays_the_same() {
    let folder = TempDir::new().unwrap();
    let cases = [("small", "2006-06-15"), ("capstone.xlsx", "2006-06-15"), ("venture", "2026-06-30")];
    for (case, date) in cases.map(|(case, date)| (sample(case), date)) {
        let liquidation = ["liquidate", "--date", date, "--proceeds", "25000000"];
        let runs: [&[&str]; 2] = [&liquidation, &["dividend", "--date", date]];
        for (to, name) in [("ocf", "ocf"), ("ocf", "case.ocf.zip"), ("csv", "csv"), ("xlsx", "case.xlsx")] {
            let out = folder.path().join(name).to_string_lossy().into_owned();
            ratable(&["convert", &case, "--to", to, "--out", &out, "--force", "--date", date, "--quiet"], 0);
            for run in runs.iter().take(if case.ends_with("venture") { 1 } else { 2 }) {
                assert!(
                    distribution(&case, run) == distribution(&out, run),
                    "{case} as {name}: {run:?} pays otherwise"
                );
            }
        }
    }
}

/// A register of before a split has shares of before it, those that went after it too.
#[test]
fn what_went_after_a_split_is_gone_in_a_package_too() {
    for (ratio, cy) in [("2:1", 2000), ("1:2", 500)] {
        for retired in ["2006-04-29", "2006-05-01", "2006-05-20"] {
            let (top, folder) = case(&format!(
                "terms: term, value
                 company, X
                 register_date, 2006-04-28

                 classes: class, kind, exercise_price
                 opt, option, 1

                 adjustments: effective_date, kind, ratio
                 2006-05-01, {}, {ratio}

                 register: holder_id, class, shares, issue_date, retired_date
                 C, common, 1000, 2004-01-01,
                 E, common, 1000, 2004-05-10, {retired}
                 F, opt, 100, 2004-05-10, {retired}",
                if cy > 1000 { "subdivision" } else { "combination" }
            ))
            .folder();
            let out = top.path().join("ocf").to_string_lossy().into_owned();
            ratable(&["convert", &folder.to_string_lossy(), "--to", "ocf", "--out", &out, "--quiet"], 0);
            let written = fs::read_to_string(Path::new(&out).join("Transactions.ocf.json")).unwrap();
            assert!(written.contains("\"TX_STOCK_CANCELLATION\""), "{written}");
            let expected = format!(
                "holder_id,holder_name,class,shares,preference,common_adjustment,participation,rounding,total\n\
                 C,C,common,{cy},0.00,0.00,1000.00,0.00,1000.00\n"
            );
            for case in [&*folder.to_string_lossy(), &out] {
                let paid = distribution(case, &["liquidate", "--date", "2006-06-15", "--proceeds", "1000"]);
                assert_eq!(paid, expected, "{ratio}, retired {retired}");
            }
        }
    }
}

#[test]
fn a_conversion_replaces_nothing_but_a_conversion() {
    let folder = TempDir::new().unwrap();
    let (small, out) = (sample("small"), folder.path().join("out").to_string_lossy().into_owned());
    ratable(&["convert", &small, "--to", "csv", "--out", &out, "--quiet"], 0);
    ratable(&["convert", &small, "--to", "csv", "--out", &out, "--quiet"], 2);
    ratable(&["convert", &small, "--to", "csv", "--out", &out, "--quiet", "--force"], 0);
    fs::write(folder.path().join("out/letter.txt"), "kept").unwrap();
    ratable(&["convert", &small, "--to", "csv", "--out", &out, "--quiet", "--force"], 2);
    ratable(&["convert", &small, "--to", "xlsx", "--out", &out, "--quiet", "--force"], 2);
    ratable(&["convert", &small, "--to", "csv", "--out", &small, "--quiet", "--force"], 2);
}
