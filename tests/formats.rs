//! The same case in every format that is read, which must come to the same figures. `tests/fixtures/make.py` made them.

use ratable::internals::input::{Loaded, ReadOptions, load};
use ratable::internals::model::Case;
use ratable::internals::model::fraction;
use ratable::internals::model::iso;
use ratable::internals::model::{Detail, Treasury};
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(name)
}

fn read(name: &str, encoding: Option<&str>) -> Loaded {
    let options = ReadOptions { encoding: encoding.map(str::to_owned), ..ReadOptions::default() };
    load(&fixture(name), &options).expect("the fixture can be read")
}

fn case(name: &str, encoding: Option<&str>) -> Case {
    let loaded = read(name, encoding);
    let problems: Vec<String> = loaded.problems.iter().map(|p| format!("{} {}", p.code, p.message)).collect();
    loaded.case.unwrap_or_else(|| panic!("{name}: {problems:?}"))
}

/// Everything that the register says, a line a lot.
fn lots(case: &Case) -> String {
    let register = &case.register;
    let mut text = String::new();
    for lot in register.lots() {
        let date = |d: Option<_>| d.map_or("-".to_owned(), iso);
        let _ = writeln!(
            text,
            "{} [{}] {} {} issued {} retired {} certificate {} {} withholds {} {} row {}",
            register.id(lot.holder),
            register.name(lot.holder),
            case.classes.get(lot.class).id,
            lot.shares,
            date(lot.issue_date),
            date(lot.retired_date),
            register.certificate(lot),
            if lot.treasury == Treasury::Company { "treasury" } else { "outstanding" },
            fraction(&register.withholding_rate(lot.holder)),
            register.detail(lot.holder, Detail::Country),
            lot.row,
        );
    }
    text
}

/// Everything that the other tables say.
fn events(case: &Case) -> String {
    let mut text = format!(
        "{} x{} as of {:?} {:?}\n",
        case.terms.company,
        fraction(&case.terms.multiple),
        case.terms.register_date.map(iso),
        case.terms.readings.iter().find(|(name, _)| *name == "midpoint"),
    );
    for d in &case.declarations {
        let (amount, value) = (fraction(&d.amount), d.fair_value.as_ref().map(fraction));
        let _ =
            writeln!(text, "{} {:?} {amount} {value:?} {:?}", iso(d.declared_date), d.asset, d.payment_date.map(iso));
    }
    for a in &case.adjustments {
        let _ = writeln!(text, "{} {} {} {:?}", iso(a.effective_date), a.kind.word(), fraction(&a.factor), a.counts);
    }
    text
}

const LOTS: &str = "\
007 [Zoë Åkesson & Søn] series-a 1200 issued 2006-01-20 retired - certificate A-1 outstanding withholds 6/25 SE row 2
H2 [O'Neil, \"Trust\"] series-a 0.37 issued 2006-03-15 retired - certificate A-2 outstanding withholds 1/8 US row 3
H2 [O'Neil, \"Trust\"] common 1234567.890123 issued 1999-12-31 retired - certificate C-1 outstanding withholds 1/8 US row 4
H3 [Line\nBreak Ltd] common 10 issued - retired 2006-02-01 certificate C-2 treasury withholds 0  row 5
";

const EVENTS: &str = "\
Écrin SA x100 as of Some(\"2006-06-01\") Some((\"midpoint\", \"half-even\"))
2006-02-01 None 333/10000 None Some(\"2006-03-15\")
2006-02-20 Some(\"SpinCo\") 1/20 Some(\"25/2\") None
2006-05-01 subdivision 3/2 None
2006-06-01 combination 2999987/9000000 Some((Shares(9000000000000), Shares(2999987000000)))
";

fn agrees(name: &str, encoding: Option<&str>) {
    let case = case(name, encoding);
    assert_eq!(lots(&case), LOTS, "{name}");
    assert_eq!(events(&case), EVENTS, "{name}");
}

#[test]
fn csv_in_every_encoding_and_delimiter() {
    for name in ["csv", "csv-bom-crlf", "csv-tab", "csv-utf-16le", "csv-utf-16be", "csv-cr", "csv-semicolon"] {
        agrees(name, None);
    }
    agrees("csv-windows-1252", Some("windows-1252"));
    // A byte order mark wins over --encoding.
    agrees("csv-utf-16le", Some("windows-1252"));
    agrees("csv-bom-crlf", Some("windows-1252"));
}

#[test]
fn workbooks_in_every_format() {
    for name in
        ["case.xlsx", "case.xlsm", "case.xlsb", "case.xls", "case-excel5.xls", "case.ods", "case-libreoffice.xlsx"]
    {
        agrees(name, None);
    }
}

#[test]
fn workbooks_that_count_from_1904() {
    agrees("case-1904.xlsx", None);
    agrees("case-1904.xls", None);
}

#[test]
fn a_workbook_whose_name_says_another_format() {
    agrees("really-xlsx.xls", None);
}

#[test]
fn a_folder_of_workbooks() {
    agrees("folder-of-workbooks", None);
}

#[test]
fn a_register_alone_in_csv_and_in_a_workbook_of_one_sheet() {
    for name in ["alone/holders.csv", "alone/holders.xlsx"] {
        assert_eq!(lots(&case(name, None)), LOTS, "{name}");
    }
}

#[test]
fn inputs_are_hashed_as_they_are_read() {
    let loaded = read("alone/holders.csv", None);
    let input = loaded.inputs.first().expect("an input");
    assert_eq!((input.path.as_str(), input.size), ("holders.csv", 375));
    assert_eq!(input.sha256, "19fc6bb7fbd55ab58a3f6af3d23f0ed3ed0841203d6ada1db4baade28398176a");
    let folder = read("csv", None);
    let paths: Vec<&str> = folder.inputs.iter().map(|i| i.path.as_str()).collect();
    assert_eq!(paths, ["adjustments.csv", "declarations.csv", "register.csv", "terms.csv"]);
}

#[test]
fn places_are_the_same_in_csv_and_workbook() {
    for (name, file, sheet) in [("csv", "register.csv", None), ("case.ods", "case.ods", Some("register"))] {
        let case = case(name, None);
        let lot = case.register.lots().first().expect("a lot");
        let place = case.register.place(lot, "shares");
        assert_eq!(place.file.as_deref(), Some(file));
        assert_eq!(place.sheet.as_deref(), sheet);
        assert_eq!(place.cell.as_deref(), Some("D2"));
    }
}
