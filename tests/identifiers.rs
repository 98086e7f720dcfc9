//! Ids, accounts and bank codes are taken as the spreadsheet shows them; where it lost what was typed, there is a problem.

use crate::support::command::run_in;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const HEADERS: [&str; 8] =
    ["holder_id", "holder_name", "class", "shares", "account", "bank_code", "tax_id", "payment_method"];

/// A cell: a text, or a number in a format.
#[derive(Clone, Copy)]
enum Cell {
    Text(&'static str),
    Number(f64, &'static str),
    Yes,
}
use Cell::{Number, Text, Yes};

fn register(rows: &[[Cell; 4]]) -> TempDir {
    let top = tempfile::tempdir().unwrap();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("register").unwrap();
    sheet.write_row(0, 0, HEADERS).unwrap();
    for (at, [id, account, bank, tax]) in (1..).zip(rows) {
        let cells = [*id, Text("Ann"), Text("common"), Number(5.0, "General"), *account, *bank, *tax, Text("ach")];
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Text("") => {}
                Text(text) => {
                    sheet.write_string(at, column, text).unwrap();
                }
                Number(number, format) => {
                    sheet.write_with_format(at, column, number, &Format::new().set_num_format(format)).unwrap();
                }
                Yes => {
                    sheet.write_boolean(at, column, true).unwrap();
                }
            }
        }
    }
    workbook.save(top.path().join("case.xlsx")).unwrap();
    top
}

/// Codes and cells of a check's problems and warnings.
fn told(top: &TempDir, file: &str) -> Vec<String> {
    let ran = run_in(top.path(), &["check", file, "--format", "json"]);
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    let one = |p: &Value| format!("{} {}", p["code"].as_str().unwrap(), p["cell"].as_str().unwrap());
    let mut told: Vec<String> = said["problems"].as_array().unwrap().iter().map(one).collect();
    told.sort();
    told
}

#[test]
fn numbers_in_formats_of_zeros_keep_their_zeros() {
    let (zeros, social) = ("000000000", "000\\-00\\-0000");
    let top = register(&[
        [Text("A"), Number(110_044.0, zeros), Number(21_000_021.0, zeros), Number(12_345_678.0, social)],
        [Number(7.0, "000"), Text("0042"), Text("SMALSE00"), Text("")],
    ]);
    assert_eq!(told(&top, "case.xlsx"), Vec::<String>::new());
    let arguments = ["liquidate", "case.xlsx", "--date", "2006-06-15", "--proceeds", "10", "--out", "run"];
    assert_eq!(run_in(top.path(), &arguments).code, 0);
    let instructions = fs::read_to_string(top.path().join("run/payment-instructions.csv")).unwrap();
    assert!(instructions.contains("000110044,021000021"), "{instructions}");
    assert!(instructions.lines().any(|line| line.contains(",007,")), "{instructions}");
    let notices = fs::read_to_string(top.path().join("run/distribution.csv")).unwrap();
    assert!(notices.contains("\n007,"), "{notices}");
}

#[test]
fn letters_that_only_a_number_format_has_are_a_problem() {
    let top = register(&[
        [Number(2.0, "\"SH-\"0000"), Text(""), Text(""), Text("")],
        [Text("B"), Number(1_234_567.0, "\"DE\"0"), Text(""), Number(12_345.0, "\"No. \"0")],
        [Number(3.0, "$0"), Number(7.0, "\"#\"0"), Text(""), Text("")],
    ]);
    let mut said = told(&top, "case.xlsx");
    said.retain(|problem| problem.contains("shown-otherwise"));
    let wanted = ["account", "holder_id", "tax_id"].map(|column| format!("register.{column}.shown-otherwise"));
    let cells = ["E3", "A2", "G3"];
    assert_eq!(said, wanted.iter().zip(cells).map(|(code, cell)| format!("{code} {cell}")).collect::<Vec<_>>());
}

#[test]
fn what_a_spreadsheet_lost_is_a_problem_and_what_it_may_have_lost_a_warning() {
    let top = register(&[
        [Text("A"), Number(110_044.0, "General"), Number(21.0, "0"), Number(5.0, "General")],
        [Text("B"), Number(12_345_678_901_234_567.0, "0"), Yes, Number(0.5, "General")],
        [Text("C"), Number(38_718.0, "yyyy-mm-dd"), Number(0.25, "0%"), Number(-4.0, "00")],
        [Number(1_000_000_000_000_000.0, "0"), Number(999_999_999_999_999.0, "0"), Number(0.5, "hh:mm"), Text("")],
    ]);
    assert_eq!(
        told(&top, "case.xlsx"),
        [
            "register.account.digits-lost E3",
            "register.account.not-as-typed E4",
            "register.account.number E2",
            "register.bank_code.malformed F2",
            "register.bank_code.not-as-typed F3",
            "register.bank_code.not-as-typed F4",
            "register.bank_code.number F2",
            "register.holder_id.digits-lost A5",
            "register.tax_id.not-as-typed G3",
            "register.tax_id.not-as-typed G4",
            "register.tax_id.number G2",
        ]
    );
}

/// `02110` is Boston, `2110` is Boston in a spreadsheet, and Sydney.
#[test]
fn zeros_that_postal_codes_and_the_payers_account_may_lack_are_warned_about() {
    let told = |code: f64, country: &str, account: &str| {
        let top = tempfile::tempdir().unwrap();
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("register").unwrap();
        sheet.write_row(0, 0, ["holder_id", "holder_name", "class", "shares", "country", "postal_code"]).unwrap();
        sheet.write_row(1, 0, ["A", "Ann", "common", "5", country]).unwrap();
        sheet.write_number(1, 5, code).unwrap();
        let bank = workbook.add_worksheet().set_name("bank").unwrap();
        bank.write_row(0, 0, ["term", "value"]).unwrap();
        bank.write_string(1, 0, "account").unwrap();
        match account.parse::<f64>() {
            Ok(number) => bank.write_number(1, 1, number).unwrap(),
            Err(_) => bank.write_string(1, 1, account).unwrap(),
        };
        workbook.save(top.path().join("case.xlsx")).unwrap();
        told(&top, "case.xlsx")
    };
    let iban = "DE89370400440532013000";
    assert_eq!(told(2_110.0, "US", "110044"), ["bank.value.number B2", "register.postal_code.number F2"]);
    assert_eq!(told(2_110.0, "", iban), ["register.postal_code.number F2"]);
    assert_eq!(told(2_110.0, "AU", iban), Vec::<String>::new());
    assert_eq!(told(12_110.0, "US", iban), Vec::<String>::new());
}

/// Excel writes long numbers into CSV so; in any other column that is a text, or a number, like any other.
#[test]
fn scientific_form_in_csv_is_a_problem_of_ids_and_accounts() {
    let top = tempfile::tempdir().unwrap();
    let rows = [
        "holder_id,holder_name,class,shares,certificate,account,bank_code,tax_id,email",
        "1.23457E+12,Ann,common,5,1E+15,,,,",
        "B,1E+15,common,5,DE+49,1.2E+16,\"1,2E+16\",9E+10,1E+9@example.com",
        "C,Cy,common,5,,GB+1,E+1,1E15,1E+15",
    ];
    fs::write(top.path().join("register.csv"), rows.join("\n")).unwrap();
    assert_eq!(
        told(&top, "register.csv"),
        [
            "register.account.digits-lost F3",
            "register.bank_code.digits-lost G3",
            "register.bank_code.malformed G4",
            "register.certificate.digits-lost E2",
            "register.holder_id.digits-lost A2",
            "register.tax_id.digits-lost H3",
        ]
    );
}
