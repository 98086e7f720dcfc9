//! What is said: problems and their page, lines as a terminal takes them, faults of the program itself.

use ratable::internals::output::problem_page::{find, nearest, text as page_text};
use ratable::internals::output::problems::{json, mask, masked_value, text};
use ratable::internals::{Place, Problem, catch_fault, catch_panic, first_difference, pace, wrapped};
use std::time::Duration;

fn problem(code: &str, value: &str) -> Problem {
    let place = Place { cell: Some("C17".to_owned()), ..Place::file("register.csv") };
    Problem::error(code, place, "shares: this is not a number.", "Type a number.").with_value(value)
}

#[test]
fn a_problem_is_two_lines_with_its_place_first() {
    assert_eq!(
        text(&[problem("register.shares.not-a-number", "abc")], false),
        "register: 1 problem\n  C17, register.csv  shares: this is not a number. [abc]\n      Type a number."
    );
}

#[test]
fn accounts_and_tax_numbers_are_masked() {
    assert_eq!(masked_value(&problem("register.account.too-long", "DE021203")).as_deref(), Some("••••1203"));
    assert_eq!(mask("123"), "•••");
    assert!(!json(&[problem("register.tax_id.x", "123-45-6789")]).contains("123-45"));
}

#[test]
fn past_twenty_they_are_counted() {
    let many = vec![problem("register.shares.not-a-number", "x"); 25];
    assert!(text(&many, false).contains("… and 5 problems more"));
}

#[test]
fn a_code_has_its_own_entry_or_the_pattern_that_says_most_of_it() {
    let code = |code: &str| find(code).map(|entry| entry.code);
    assert_eq!(code("register.shares.not-a-number"), Some("TABLE.COLUMN.not-a-number"));
    assert_eq!(code("register.issue_date.missing"), Some("register.issue_date.missing"));
    assert_eq!(code("register.tax_id.shared"), Some("register.COLUMN.shared"));
    assert_eq!(code("case.file.damaged"), Some("TABLE.file.damaged"));
    for none in ["registr.shares.negative", "register.share.negative", "register.shares.no-such", "", "a.b", "..."] {
        assert_eq!(code(none), None, "{none}");
    }
}

#[test]
fn what_is_nearly_a_code_is_asked_for() {
    assert_eq!(nearest("register.shares.not-a-numbr").first().unwrap(), "register.shares.not-a-number");
    assert_eq!(nearest("registr.share.negativ").first().unwrap(), "register.shares.negative");
    assert_eq!(nearest("over-issue").first().unwrap(), "register.shares.over-issue");
    assert!(nearest("zzz").is_empty());
}

#[test]
fn an_entry_is_printed_without_signs_of_markdown() {
    let code = "register.shares.not-a-number";
    let text = page_text(code, find(code).unwrap(), false);
    assert!(text.starts_with("register.shares.not-a-number\n  Column shares of the table register: How many"));
    assert!(!text.contains('`') && !text.contains("**") && !text.contains('|'), "{text}");
    assert!(text.contains("    bad       H1         Ada Byron    common  ten"), "{text}");
}

#[test]
fn a_line_goes_on_further_in() {
    let text = "one\n  D4, sheet Register, company.xlsx  shares: this is not a number. [many]\n      Type a number.";
    assert_eq!(
        wrapped(text, 40),
        "one\n  D4, sheet Register, company.xlsx\n    shares: this is not a number. [many]\n      Type a number."
    );
}

#[test]
fn a_command_to_copy_stays_in_one_line() {
    let folder = "a folder with a long name ".repeat(4);
    let command =
        format!("To pay (or --as nacha, --as checks): ratable pay '{folder}' --as pain.001 --out payments.xml");
    assert_eq!(wrapped(&command, 80), command);
    let words = command.replace("ratable pay", "rateable pay");
    assert!(wrapped(&words, 80).lines().count() > 1);
}

#[test]
fn colours_have_no_width_and_long_words_are_not_broken() {
    let red = "\u{1b}[31mD4\u{1b}[0m";
    let text = format!("  {red}  {}", "x".repeat(34));
    assert_eq!(wrapped(&text, 40), text);
    assert_eq!(wrapped(&format!("  {red} {}", "x".repeat(60)), 40), format!("  {red}\n    {}", "x".repeat(60)));
    assert_eq!(wrapped("a  b   c", 3), "a  b   c", "too narrow for anything");
}

#[test]
fn the_pace_is_that_of_the_whole_phase() {
    assert_eq!(pace(5_000, 20_000, Duration::from_secs(2), false), "2,500/s, 6 s left");
    assert_eq!(pace(1_000, 1_000_000, Duration::from_secs(1), false), "1,000/s, 16 min 39 s left");
    assert_eq!(pace(0, 10, Duration::ZERO, false), "0/s");
    assert_eq!(pace(2 << 20, 4 << 20, Duration::from_secs(1), true), "2.00 MiB/s, 1 s left");
}

#[test]
fn a_panic_stays_inside() {
    assert_eq!(catch_panic(|| 1), Some(1));
    let nothing: [u8; 0] = [];
    assert_eq!(catch_panic(|| nothing[nothing.len()]), None);
    assert_eq!(catch_panic(|| catch_panic(|| nothing[nothing.len()]).is_none()), Some(true));
    let fault = catch_panic(|| catch_fault(|| nothing[nothing.len()]).unwrap_err()).unwrap();
    assert!(fault.starts_with("a fault in ratable itself"), "{fault}");
}

#[test]
fn the_first_difference_has_a_place() {
    let csv = first_difference("a.csv", b"id,net\nA,1.00\nB,2.00\n", b"id,net\nA,1.00\nB,2.50\n");
    assert_eq!((csv.place.cell.as_deref(), csv.value.as_deref()), (Some("B3"), Some("2.00")));
    assert_eq!(first_difference("a.csv", b"id\nA\n", b"id\nA\nB\n").code, "recomputed.rows.differ");
    let json = first_difference("a.json", b"{\n \"a\": 1\n}\n", b"{\n \"a\": 2\n}\n");
    assert_eq!(json.value.as_deref(), Some("\"a\": 1"));
    assert_eq!(first_difference("a.bin", &[1, 255, 3], &[1, 255, 4]).code, "recomputed.file.differs");
}
