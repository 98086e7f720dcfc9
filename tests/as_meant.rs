//! Tables are read as they were meant, or refused at the cell that is wrong: marks and spellings, and places of what is
//! found out only once a case is run.

use crate::support::command::{Ran, run_in};
use ratable::internals::input::{ReadOptions, load};
use ratable::internals::model::{Case, day, iso, plain};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const REGISTER: &str =
    "holder_id,holder_name,class,shares,issue_date\nH1,Ann,series-a,100,2005-12-20\nH2,Bob,common,1000,\n";

/// A folder with the case `case` in it.
fn desk(tables: &[(&str, &str)]) -> TempDir {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir(top.path().join("case")).unwrap();
    write(top.path(), "register", REGISTER);
    tables.iter().for_each(|(name, text)| write(top.path(), name, text));
    top
}

fn write(top: &Path, table: &str, text: &str) {
    fs::write(top.join("case").join(format!("{table}.csv")), text).unwrap();
}

fn run(top: &TempDir, line: &str) -> Ran {
    run_in(top.path(), &line.split(' ').collect::<Vec<_>>())
}

fn text(top: &TempDir, path: &str) -> String {
    fs::read_to_string(top.path().join(path)).unwrap()
}

/// What is told of every desk here, which fixes no record dates and knows no tax ids.
const ALWAYS_TOLD: [&str; 2] = ["record_dates.record_date.missing", "register.withholding_rate.missing"];

/// The problems and warnings of a command line, as `code cell`.
fn told(top: &TempDir, line: &str) -> Vec<String> {
    let ran = run(top, &format!("{line} --format json"));
    let said: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{line}: {ran:?}"));
    let list = said["problems"].as_array().or(said["warnings"].as_array()).cloned().unwrap_or_default();
    let one = |p: &Value| format!("{} {}", p["code"].as_str().unwrap(), p["cell"].as_str().unwrap_or("-"));
    list.iter().filter(|p| !ALWAYS_TOLD.contains(&p["code"].as_str().unwrap())).map(one).collect()
}

#[test]
fn amounts_on_the_command_line_have_a_decimal_point() {
    let top = desk(&[]);
    for amount in ["1234,56", "12,34", "1,2,3", ",5", "5,", "1.234,50", "1e5", "$1000", "€5"] {
        let ran = run(&top, &format!("liquidate case --date 2006-06-15 --proceeds {amount} --out {amount}"));
        assert_eq!(ran.code, 2, "{amount}: {}", ran.stdout);
        assert!(ran.stderr.contains("a point for its decimals"), "{}", ran.stderr);
    }
    assert_eq!(run(&top, "liquidate case --date 2006-06-15 --scenarios 0,5:1,5:0,5").code, 2);
    for (amount, paid) in [("1,234.50", "1,234.50"), ("1234.5", "1,234.50"), ("1,234,567", "1,234,567.00")] {
        let ran = run(&top, &format!("liquidate case --date 2006-06-15 --proceeds {amount} --out {amount}"));
        assert!(ran.stdout.contains(&format!("Distributed {paid} of {paid} USD")), "{ran:?}");
    }
}

/// What a run writes comes back as it is, also into a case that writes decimals with commas.
#[test]
fn runs_follow_each_other_whatever_the_decimal_mark() {
    let top = desk(&[
        ("register", &REGISTER.replace(',', ";")),
        ("terms", "term;value\ndecimal_mark;,\ncurrency_decimals;3\n"),
        ("declarations", "declared_date;kind;amount\n2006-04-03;cash;0,03345\n"),
    ]);
    assert_eq!(run(&top, "dividend case --date 2006-06-15 --funds 100 --out first").code, 0);
    assert!(
        text(&top, "first/arrears.csv").contains(",,2005-12-20,2006-06-15,USD,3.345,1,"),
        "{}",
        text(&top, "first/arrears.csv")
    );
    write(top.path(), "arrears", &text(&top, "first/arrears.csv"));
    let ran = run(&top, "dividend case --date 2006-09-15 --out by-arrears");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(text(&top, "by-arrears/distribution.csv").contains("H1,Ann,series-a,100,USD,234.500,"), "{ran:?}");
    fs::remove_file(top.path().join("case/arrears.csv")).unwrap();
    write(top.path(), "payments", &text(&top, "first/payments.csv"));
    assert_eq!(run(&top, "dividend case --date 2006-09-15 --out by-payments").code, 0);
    assert_eq!(text(&top, "by-payments/distribution.csv"), text(&top, "by-arrears/distribution.csv"));
    // A table of the team's own, between semicolons or with the comma, goes by the case's mark.
    write(top.path(), "payments", "date;amount\n2006-06-15;100,5\n");
    assert_eq!(run(&top, "dividend case --date 2006-09-15 --out own").code, 0);
    assert!(text(&top, "own/distribution.csv").contains("H1,Ann,series-a,100,USD,234.000,"));
    write(top.path(), "payments", "date,amount\n2006-06-15,\"100,5\"\n");
    assert_eq!(run(&top, "dividend case --date 2006-09-15 --out quoted").code, 0);
    assert_eq!(text(&top, "quoted/distribution.csv"), text(&top, "own/distribution.csv"));
}

#[test]
fn assets_matters_and_nominees_are_the_same_however_they_are_spelled() {
    let declared = "declared_date,kind,amount,asset,fair_value,series_a_declared_date\n\
                    2006-01-10,in-kind,0.01,SpinCo,2,2006-01-10\n2006-01-11,in-kind,0.02, spinco ,2,2006-01-11\n";
    let top = desk(&[("declarations", declared)]);
    assert_eq!(run(&top, "dividend case --date 2006-03-15 --out owed").code, 0);
    let rows = text(&top, "owed/distribution.csv");
    assert!(rows.contains("100,SpinCo,300,0,300") && !rows.contains("spinco"), "{rows}");
    write(top.path(), "payments", "date,amount,asset\n2006-03-15,full,SPINCO\n2006-03-15,full,SpinCp\n");
    assert_eq!(
        told(&top, "dividend case --date 2006-06-15 --out paid"),
        ["run.pays.nobody -", "payments.asset.unknown C3"]
    );
    assert!(!text(&top, "paid/distribution.csv").contains("SpinCo"), "delivered already");
    write(
        top.path(),
        "ballots",
        "matter,kind,holder_id,class,choice,shares\nPlan,joint,H1,series-a,for,60\nplan ,joint,H1,series-a,Against,40\n",
    );
    assert_eq!(run(&top, "vote case --date 2006-06-15 --out one").code, 0);
    assert_eq!(text(&top, "one/tallies.csv").matches("Plan,").count(), 3, "{}", text(&top, "one/tallies.csv"));
    write(
        top.path(),
        "ballots",
        "matter,kind,holder_id,class,choice\nBoard,directors,H1,series-a,Smith\nBOARD,directors,H1,series-a,SMITH\n",
    );
    assert_eq!(told(&top, "vote case --date 2006-06-15 --out two"), ["ballots.shares.more-than-held A3"]);
}

/// A column that the table does not have is told at the row's first cell.
#[test]
fn what_is_found_out_in_a_run_is_told_at_its_cell() {
    /// Tables of a case: their names and texts.
    type Tables<'a> = &'a [(&'a str, &'a str)];
    let declared = "asset,kind,amount,declared_date,payment_date,fair_value\nSp,in-kind,0.001,2006-05-01,,\n";
    let cases: [(&str, Tables, &str, &[&str]); 9] = [
        (
            "dividend case --date 2006-06-15 --out o",
            &[("payments", "note,amount,date,quarter\nx,100.00,2006-03-15,\n")],
            "",
            &["payments.amount.more-than-due B2"],
        ),
        (
            "liquidate case --date 2006-06-15 --proceeds 5 --out o",
            &[("declarations", declared)],
            "",
            &["declarations.fair_value.missing F2"],
        ),
        (
            "dividend case --date 2006-06-15 --out o",
            &[("declarations", "amount,series_a_declared_date,kind,declared_date\n0.01,,cash,2006-05-01\n")],
            "",
            &["declarations.series_a_declared_date.missing B2"],
        ),
        (
            "exchange case --date 2006-06-15 --out o",
            &[("consideration", "amount,component,fair_value\n0.0001,Meridian,\n")],
            "reading.fractions=cash-in-lieu",
            &["consideration.fair_value.missing C2"],
        ),
        (
            "liquidate case --date 2006-06-15 --out o",
            &[
                ("proceeds", "date,amount\n2006-06-01,100\n2006-06-15,100\n"),
                ("adjustments", "note,kind,ratio,effective_date\n,subdivision,2:1,2006-06-10\n"),
            ],
            "",
            &["adjustments.effective_date.after-first-proceeds D2"],
        ),
        (
            "vote case --date 2006-06-15 --out o",
            &[(
                "ballots",
                "matter,kind,class,holder_id,choice,shares\nA,joint,series-a,H1,for,120\nA,joint,common,H1,for,\n",
            )],
            "",
            &["ballots.shares.more-than-held F2", "ballots.holder_id.not-of-record D3"],
        ),
        (
            "dividend case --date 2006-06-15 --funds 100 --out o",
            &[("payments", "asset,amount,date\nSp,full,2006-06-15\n"), ("declarations", declared)],
            "",
            &["payments.date.beside-funds C2"],
        ),
        (
            "check case --date 2006-06-15",
            &[("classes", "class,accrued_dividends,accrued_as_of,ranking\nb,1.00,2006-06-14,senior\n")],
            "",
            &["classes.accrued_as_of.not-the-date C2"],
        ),
        (
            "vote case --date 2006-06-15 --out o",
            &[(
                "ballots",
                "matter,kind,class,holder_id,choice\nA,joint,series-a,H1,for\nA,directors,series-a,H1,Smith\n",
            )],
            "",
            &["ballots.kind.differs B3"],
        ),
    ];
    for (line, tables, set, expected) in cases {
        let top = desk(tables);
        let set = if set.is_empty() { String::new() } else { format!(" --set {set}") };
        assert_eq!(told(&top, &format!("{line}{set}")), expected, "{line}");
    }
}

#[test]
fn nothing_is_told_twice_and_all_of_it_at_once() {
    let top = desk(&[("consideration", "component,amount\nGear,1\n,1\n")]);
    assert_eq!(told(&top, "check case"), ["consideration.component.missing A3"]);
    let top = desk(&[("declarations", "declared_date,kind,amount,asset\n2006-05-01,in-kind,0.01,#REF!\n")]);
    assert_eq!(told(&top, "check case"), ["declarations.asset.error-value D2"]);
    // Dates are looked at where something else is wrong too.
    let top =
        desk(&[("terms", "term,value\nregister_date,2006-07-01\n"), ("proceeds", "date,amount\n2006-06-15,lots\n")]);
    let both = ["proceeds.amount.not-a-number B2", "terms.register_date.after-date B2"];
    assert_eq!(told(&top, "check case --date 2006-06-15"), both);
    assert_eq!(told(&top, "dividend case --date 2006-06-15"), both);
    // And the history up to the date.
    let top = desk(&[("payments", "date,amount\n2006-03-15,100.00\n")]);
    assert_eq!(told(&top, "check case --date 2006-06-15"), ["payments.amount.more-than-due B2"]);
}

/// A workbook with one sheet is a register, whatever the sheet is called.
#[test]
fn a_lone_sheet_is_the_register() {
    let top = tempfile::tempdir().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Payments").unwrap();
    for (row, line) in (0u32..).zip(REGISTER.lines()) {
        for (column, cell) in (0u16..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(top.path().join("case.xlsx")).unwrap();
    let ran = run(&top, "check case.xlsx");
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// A folder with the workbook `case.xlsx` in it: sheets, whose cells are texts, numbers with their format behind `|`, or
/// formulas with their result behind it.
fn book(sheets: &[(&str, &str)]) -> TempDir {
    let top = tempfile::tempdir().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, text) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, line) in (0u32..).zip(text.lines()) {
            for (column, cell) in (0u16..).zip(line.split(',')) {
                match cell.split_once('|') {
                    Some((formula, result)) if formula.starts_with('=') => {
                        let formula = rust_xlsxwriter::Formula::new(formula).set_result(result);
                        sheet.write_formula(row, column, formula).unwrap();
                    }
                    Some((number, format)) => {
                        let format = rust_xlsxwriter::Format::new().set_num_format(format);
                        sheet.write_with_format(row, column, number.parse::<f64>().unwrap(), &format).unwrap();
                    }
                    None => _ = sheet.write_string(row, column, cell).unwrap(),
                }
            }
        }
    }
    book.save(top.path().join("case.xlsx")).unwrap();
    top
}

#[test]
fn a_number_that_is_shown_as_another_is_taken_for_a_multiple_or_refused() {
    let case = |preference: &str, rate: &str| {
        let register = "holder_id,holder_name,class,shares,withholding_rate\nA,Ann,seed,1000|0,RATE\nB,Bob,common,1|0,";
        let classes = "class,original_price,liquidation_preference\nseed,10|0.00,PREFERENCE";
        book(&[("register", &register.replace("RATE", rate)), ("classes", &classes.replace("PREFERENCE", preference))])
    };
    for multiple in ["1x", "1|0.0\"x\"", "1|0\\x", "1|0.00x"] {
        let top = case(multiple, "");
        let ran = run(&top, "liquidate case.xlsx --date 2006-03-15 --proceeds 50000 --workbooks none --out l");
        assert_eq!(ran.code, 0, "{multiple}: {ran:?}");
        let paid = text(&top, "l/distribution.csv");
        assert!(paid.contains("10000.00"), "{multiple}: {paid}");
    }
    let (multiple, rate) =
        ("classes.liquidation_preference.shown-otherwise C2", "register.withholding_rate.shown-otherwise E2");
    for (preference, withheld, wanted) in [
        ("1|0%", "", vec![multiple]),
        ("1|0\"%\"", "", vec![multiple]),
        ("10|0.00", "0.5|0.0\"%\"", vec![rate]),
        ("10|0.00", "1|0\"x\"", vec![rate]),
        ("0|0%", "0.5|0.0%", vec![]),
    ] {
        assert_eq!(told(&case(preference, withheld), "check case.xlsx"), wanted, "{preference} {withheld}");
    }
}

#[test]
fn a_number_that_its_format_makes_more_or_less_of_is_refused() {
    let shares = |cell: &str| {
        let register = format!("holder_id,holder_name,class,shares\nA,Ann,common,{cell}");
        told(&book(&[("register", &register)]), "check case.xlsx")
    };
    for format in
        ["0\"000\"", "0\" thousand\"", "0\\K", "-0", "(0)", "\"(\"0\")\"", "0\"¢\"", "0 \"cents\"", "0\" per 100\""]
    {
        assert_eq!(shares(&format!("1000|{format}")), ["register.shares.shown-otherwise D2"], "{format}");
    }
    for format in ["0_);(0)", "0;-0", "\"Shares: \"0", "0\" shares\"", "0\" CR\""] {
        assert_eq!(shares(&format!("1000|{format}")), Vec::<String>::new(), "{format}");
    }
}

#[test]
fn a_formula_that_a_library_wrote_as_0_was_never_calculated() {
    for (result, wanted) in [("0", vec!["register.shares.never-calculated D2"]), ("1000", vec![])] {
        let register = format!("holder_id,holder_name,class,shares\nA,Ann,common,=500*2|{result}");
        assert_eq!(told(&book(&[("register", &register)]), "check case.xlsx"), wanted, "{result}");
    }
}

#[test]
fn cells_under_no_header_are_told() {
    let register = "holder_id,holder_name,class,shares\nA,Ann,common,5,,CANCELLED 2024\nB,Bob,common,5";
    assert_eq!(told(&book(&[("register", register)]), "check case.xlsx"), ["register.cells.no-header F2"]);
}

/// A merged cell counts in each of its rows: of numbers that is told.
#[test]
fn a_number_that_is_merged_over_rows_is_warned_about() {
    let top = tempfile::tempdir().unwrap();
    for (name, column) in [("shares", 3), ("holder", 1)] {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, line) in (0u32..).zip(["holder_id,holder_name,class,shares", "A,Ann,common,5", "B,Bob,common,6"]) {
            for (column, cell) in (0u16..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        sheet.merge_range(1, column, 2, column, "7", &rust_xlsxwriter::Format::new()).unwrap();
        book.save(top.path().join(format!("{name}.xlsx"))).unwrap();
    }
    let merged = |file: &str| told(&top, file).into_iter().filter(|said| said.contains("merged")).collect::<Vec<_>>();
    assert_eq!(merged("check shares.xlsx"), ["register.shares.merged D2"]);
    assert_eq!(merged("check holder.xlsx"), Vec::<String>::new());
}

#[test]
fn two_sheets_that_could_be_the_register_are_a_problem() {
    let (register, unread) = (REGISTER.trim_end(), "case.table.unknown -");
    for (other, wanted) in
        [(register, vec!["register.table.two-sheets -", unread]), ("Class,Shares\ncommon,5", vec![unread])]
    {
        let top = book(&[("Shareholders", register), ("Cap table", other)]);
        assert_eq!(told(&top, "check case.xlsx"), wanted, "{other}");
    }
    assert_eq!(told(&book(&[("Register", register), ("Cap table", register)]), "check case.xlsx"), [unread]);
}

#[test]
fn countries_and_currencies_of_the_terms_are_codes() {
    for (country, code) in [("Germany", "DE"), ("usa", "US"), ("UK", "GB"), ("fr", "FR")] {
        let top = desk(&[("terms", &format!("term,value\nhome_country,{country}\ncurrency,usd\n"))]);
        let terms = case(&top).terms;
        assert_eq!((terms.home_country.as_str(), terms.currency.as_str()), (code, "USD"), "{country}");
    }
    assert_eq!(told(&desk(&[("terms", "term,value\ncurrency,JPY\n")]), "check case"), ["terms.value.decimals B2"]);
    let in_yen = desk(&[("terms", "term,value\ncurrency,JPY\ncurrency_decimals,0\n")]);
    assert!(told(&in_yen, "check case").is_empty());
    let top = desk(&[("terms", "term,value\nhome_country,Ruritania\n")]);
    assert_eq!(told(&top, "check case"), ["terms.value.not-a-country B2"]);
}

/// Rows of arrears that no lot receives, and lots of which the table says nothing, are told; a run's own table has
/// neither.
#[test]
fn arrears_of_other_cohorts_than_the_registers_are_told() {
    let header = "as_of,accrual_start,quarter,asset,dividend_per_share,paid_per_share\n";
    let row = |start: &str, paid: &str| format!("2006-06-15,{start},2006-06-15,,0.01,{paid}\n");
    let (whole, unpaid, elsewhere) = (row("2005-12-20", "0.01"), row("2005-12-20", "0"), row("2005-12-02", "0"));
    let told_of = |rows: &[&str]| {
        let top = desk(&[("arrears", &format!("{header}{}", rows.concat()))]);
        let mut told = told(&top, "dividend case --date 2006-09-15 --out run");
        told.retain(|problem| problem.starts_with("arrears"));
        told
    };
    assert_eq!(told_of(&[&unpaid]), Vec::<String>::new());
    assert_eq!(told_of(&[&whole, &elsewhere]), ["arrears.accrual_start.unknown B3"]);
    assert_eq!(told_of(&[&whole, &row("2005-12-02", "0.01")]), Vec::<String>::new(), "nothing is unpaid");
    assert_eq!(told_of(&[&elsewhere]), ["arrears.accrual_start.unknown B2", "arrears.accrual_start.missing B2"]);
    let top = desk(&[("arrears", &format!("{header}{elsewhere}"))]);
    // Shares that accrue from the table's latest quarter on have no row in it yet; of several dates the first is named.
    let more = ["C,Cy,series-a,5,2006-06-15,", "D,Di,series-a,5,2006-01-10,", "E,Ed,series-a,5,2006-02-10,"];
    write(top.path(), "register", &format!("{REGISTER}{}\n", more[0]));
    let whole = format!("{header}{}", row("2005-12-20", "0"));
    write(top.path(), "arrears", &whole);
    assert_eq!(told(&top, "dividend case --date 2006-09-15 --out late"), Vec::<String>::new());
    for (lots, others) in [(2, "2006-01-10: their"), (3, "2006-01-10 (and from one other date): their")] {
        write(top.path(), "register", &format!("{REGISTER}{}\n", more[..lots].join("\n")));
        let said = run(&top, "check case --date 2006-09-15").stdout;
        assert!(said.contains(&format!("that accrue from {others} quarters")), "{said}");
    }
    write(top.path(), "register", REGISTER);
    write(top.path(), "arrears", &format!("{header}{elsewhere}"));
    let liquidation = told(&top, "liquidate case --date 2006-09-15 --proceeds 1000 --out all");
    assert_eq!(liquidation, ["arrears.accrual_start.unknown B2", "arrears.accrual_start.missing B2"]);
    assert_eq!(told(&top, "captable case --date 2006-09-15 --out held"), Vec::<String>::new());
}

#[test]
fn a_payment_date_before_the_dividends_date_is_told() {
    let top = desk(&[]);
    let pays = |date: &str| told(&top, &format!("dividend case --date 2006-06-15 --pay-date {date} --out {date}"));
    assert_eq!(pays("2006-06-14"), ["run.pays.nobody -", "run.pay-date.before-date -"]);
    assert_eq!(pays("2006-06-15"), ["run.pays.nobody -"]);
}

/// The shares and the date of issue of a register's only lot that are typed so; what is wrong where they are refused.
fn typed(terms: &str, shares: &str, date: &str) -> Result<(String, String), String> {
    let top = tempfile::tempdir().unwrap();
    fs::write(top.path().join("terms.csv"), format!("term,value\n{terms}")).unwrap();
    let row = format!("H1;Ann;common;\"{shares}\";\"{date}\"");
    let register = format!("holder_id;holder_name;class;shares;issue_date\n{row}\n");
    fs::write(top.path().join("register.csv"), register).unwrap();
    let loaded = load(top.path(), &ReadOptions::default()).unwrap();
    let error = loaded.problems.iter().find(|problem| problem.is_error());
    match (&loaded.case, error) {
        (Some(case), None) => {
            let lot = &case.register.lots()[0];
            Ok((plain(&lot.shares.to_ratio(), 6), iso(lot.issue_date.unwrap())))
        }
        (_, error) => Err(error.unwrap().code.rsplit('.').next().unwrap().to_owned()),
    }
}

#[test]
fn a_number_with_two_readings_is_settled_by_the_mark_alone() {
    const NONE: Result<&str, &str> = Err("not-a-number");
    const FOREIGN: Result<&str, &str> = Err("foreign-currency");
    const NEGATIVE: Result<&str, &str> = Err("negative");
    for (text, unsettled, with_point, with_comma) in [
        ("1.250", Err("two-readings"), Ok("1.25"), Ok("1250")),
        ("1,250", Err("two-readings"), Ok("1250"), Ok("1.25")),
        ("12,625", Err("two-readings"), Ok("12625"), Ok("12.625")),
        ("0,025", Ok("0.025"), NONE, Ok("0.025")),
        ("00,125", Ok("0.125"), NONE, Ok("0.125")),
        ("1,25", Ok("1.25"), NONE, Ok("1.25")),
        ("1.250,50", Ok("1250.5"), NONE, Ok("1250.5")),
        ("1,234,567.5", Ok("1234567.5"), Ok("1234567.5"), NONE),
        ("$0.05", Ok("0.05"), Ok("0.05"), NONE),
        ("($1,250.00)", NEGATIVE, NEGATIVE, NONE),
        ("1 250", Ok("1250"), Ok("1250"), Ok("1250")),
        ("850", Ok("850"), Ok("850"), Ok("850")),
        ("USD 12.5", Ok("12.5"), Ok("12.5"), NONE),
        ("-$5", NEGATIVE, NEGATIVE, NEGATIVE),
        ("$-5", NEGATIVE, NEGATIVE, NEGATIVE),
        ("€0.02", FOREIGN, FOREIGN, FOREIGN),
        ("0,02 €", FOREIGN, FOREIGN, FOREIGN),
        ("CHF 5", FOREIGN, FOREIGN, FOREIGN),
        ("kr. 5", FOREIGN, FOREIGN, FOREIGN),
        ("C$5", FOREIGN, FOREIGN, FOREIGN),
        ("1e5", NONE, NONE, NONE),
        ("(-5)", NONE, NONE, NONE),
        ("5 shares", NONE, NONE, NONE),
        (".", NONE, NONE, NONE),
    ] {
        for (terms, wanted) in [("", unsettled), ("decimal_mark,.\n", with_point), ("decimal_mark,\",\"\n", with_comma)]
        {
            let read = typed(terms, text, "2006-01-20").map(|(shares, _)| shares);
            assert_eq!(read, wanted.map(str::to_owned).map_err(str::to_owned), "{text} with {terms:?}");
        }
    }
}

#[test]
fn a_dollar_is_every_dollar_and_no_euro() {
    for (currency, text, right) in [
        ("CAD", "$5", true),
        ("TTD", "$5", true),
        ("EUR", "$5", false),
        ("EUR", "5 €", true),
        ("SEK", "5 kr", true),
        ("USD", "5 kr", false),
        ("CNY", "¥5", true),
        ("GBP", "£5", true),
        ("USD", "£5", false),
    ] {
        let read = typed(&format!("currency,{currency}\n"), text, "2006-01-20");
        assert_eq!(read.is_ok(), right, "{text} in {currency}");
    }
}

#[test]
fn dates_with_one_reading_are_taken_and_others_refused() {
    let day = |text: &str| typed("", "5", text).map(|(_, date)| date);
    for text in [
        "2006-01-20",
        "2006/01/20",
        "2006/1/20",
        "2006.01.20",
        "20-Jan-2006",
        "20 Jan 2006",
        "20 January 2006",
        "January 20, 2006",
        "Jan. 20, 2006",
        "20th January 2006",
        "20. Januar 2006",
        "20 janvier 2006",
        "20 de enero de 2006",
        "2006-Jan-20",
        "2006-01-20 00:00:00",
        "2006-01-20T00:00:00",
        "2006-01-20T00:00:00.000Z",
        "2006-01-20T00:00:00+00:00",
        "2006/01/20 0:00",
        "2006-01-20 12:00:00 AM",
        "20-JAN-2006",
    ] {
        assert_eq!(day(text), Ok("2006-01-20".to_owned()), "{text}");
    }
    for (text, what) in [
        ("1/20/2006", "text-date"),
        ("20.01.2006", "text-date"),
        ("1/20/06", "two-digit-year"),
        ("20-Jan-06", "two-digit-year"),
        ("January 20, 06", "two-digit-year"),
        ("2006-01-20 14:30", "date-in-other-form"),
        ("20/01/2006 14:30", "date-in-other-form"),
        ("2006-02-30", "no-such-day"),
        ("30-Feb-2006", "no-such-day"),
        ("soon", "not-a-date"),
        ("20-Ja-2006", "date-in-other-form"),
        ("Jui 20, 2006", "date-in-other-form"),
        ("Fri, Jan 20, 2006", "date-in-other-form"),
        ("2006-01-20T00:00:01", "date-in-other-form"),
    ] {
        assert_eq!(day(text), Err(what.to_owned()), "{text}");
    }
}

fn case(top: &TempDir) -> Case {
    load(&top.path().join("case"), &ReadOptions::default()).unwrap().case.unwrap()
}

#[test]
fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
    let help = |table: &str, text: &str| {
        let top = desk(&[(table, text)]);
        let loaded = load(&top.path().join("case"), &ReadOptions::default()).unwrap();
        loaded.problems.into_iter().find(|problem| problem.is_error()).unwrap().help
    };
    let kind = |kind: &str| help("adjustments", &format!("effective_date,kind,ratio\n2006-01-20,{kind},3:2\n"));
    const KINDS: &str = "Type one of: stock-dividend, subdivision or combination.";
    assert_eq!(kind("subdivison"), format!("Did you mean subdivision? {KINDS}"));
    assert_eq!(kind("zebra"), KINDS);
    assert!(help("terms", "term,value\nmutliple,100\n").starts_with("Did you mean multiple?"));
    let ballot = "matter,kind,holder_id,class,choice\nM,joint,H2,common,fro\n";
    assert!(help("ballots", ballot).starts_with("Did you mean for?"));
    let other = "holder_id,holder_name,class,shares,issue_date\nH1,Ann,series-b,100,2005-12-20\n";
    assert!(help("register", other).starts_with("Correct the class"));
}

#[test]
fn dates_are_written_as_people_of_a_region_write_them() {
    let of = |tag: &str| case(&desk(&[("terms", &format!("term,value\nlocale,{tag}\n"))])).terms.locale;
    let date = day(2006, 6, 5).unwrap();
    let shown = ["en-US", "en_gb", "de-DE", "fr-FR", "sv-SE"].map(|tag| of(tag).date(date));
    assert_eq!(shown, ["June 5, 2006", "5 June 2006", "05.06.2006", "05/06/2006", "2006-06-05"]);
    let text = "Declared on 2006-04-03 (2006-13-01, A-2006-04-03, é-2006-04): 0.0265, quarter of 2006-06-15";
    let shown = "Declared on April 3, 2006 (2006-13-01, A-2006-04-03, é-2006-04): 0.0265, quarter of June 15, 2006";
    assert_eq!(of("en-US").in_words(text), shown);
    assert_eq!(of("en-US").in_words("2006-06-15"), "June 15, 2006");
}

#[test]
fn adjustments_of_any_size_are_rounded_down_and_stay_below_the_limit() {
    let shares = |shares: &str, adjustments: &str| {
        let top = desk(&[
            ("register", &format!("holder_id,holder_name,class,shares\nH2,Bob,common,{shares}\n")),
            ("terms", "term,value\nregister_date,2006-01-01\n"),
            ("adjustments", &format!("effective_date,kind,ratio\n{adjustments}")),
        ]);
        let case = case(&top);
        let factor = case.share_factor(day(2006, 6, 15).unwrap());
        factor.shares_of(&case.register.lots()[0]).map(|shares| shares.to_string())
    };
    let doubled = "2006-02-01,subdivision,2:1\n";
    assert_eq!(shares("4999999999999.999999", doubled).as_deref(), Some("9999999999999.999998"));
    assert_eq!(shares("5000000000000", doubled), None);
    let (small, wide) =
        ("2006-02-01,combination,3:7\n", "2006-02-01,subdivision,1000000000000000000001:1000000000000000000000\n");
    assert_eq!(shares("1", small).as_deref(), Some("0.428571"));
    assert_eq!(shares("1", &format!("{small}{wide}")).as_deref(), Some("0.428571"));
}

#[test]
fn what_a_holder_carries_may_be_negative_and_keeps_its_figure() {
    let arrears =
        "as_of,accrual_start,quarter,dividend_per_share,paid_per_share\n2006-03-15,2005-12-20,2006-03-15,1,0\n";
    // In units of 10^-18.
    for (carried, units) in
        [("-0.005", "-5000000000000000"), ("(0.25)", "-250000000000000000"), ("-$5", "-5000000000000000000")]
    {
        let carry = format!("as_of,holder_id,carried\n2006-03-15,H1,{carried}\n");
        let top = desk(&[("carry", &carry), ("arrears", arrears)]);
        let loaded = load(&top.path().join("case"), &ReadOptions::default()).unwrap();
        let carry = loaded.case.unwrap_or_else(|| panic!("{carried}: {:?}", loaded.problems)).carry.unwrap();
        assert!(format!("{:?}", carry.carried).contains(&format!("(0, {units})")), "{carried}: {:?}", carry.carried);
    }
}

#[test]
fn an_asset_is_one_in_whatever_way_its_name_is_spelt() {
    let top = desk(&[
        ("declarations", "declared_date,kind,amount,asset\n2006-02-01,in-kind,0.05,Spin\u{200b} Co\n"),
        ("payments", "date,amount,quarter,asset\n2006-03-15,full,2006-03-15,spin\u{a0} Co\n"),
        ("consideration", "component,amount\nSpin Co,1\nSpin\u{2007}Co,2\n"),
    ]);
    let said = told(&top, "dividend case --date 2006-06-15 --out run");
    assert!(!said.iter().any(|code| code.starts_with("payments.")), "{said:?}");
    assert!(!text(&top, "run/distribution.csv").contains("Spin"), "it was delivered");
    assert_eq!(run(&top, "exchange case --date 2006-06-15 --out swap").code, 0);
    assert!(text(&top, "swap/distribution.csv").contains("H2,Bob,common,1000,Spin Co,3000,0,3000"));
}

#[test]
fn money_is_no_asset() {
    for name in ["USD", "usd", "$", "US $", "us$", "Cash (USD)"] {
        let top = desk(&[("consideration", &format!("component,amount\n{name},1.5\n"))]);
        assert_eq!(run(&top, "exchange case --date 2006-06-15 --out swap").code, 0, "{name}");
        assert!(text(&top, "swap/distribution.csv").contains("H2,Bob,common,1000,USD,1500.00,"), "{name}");
    }
    for (name, what) in [
        ("cash", "is-cash"),
        ("Dollars", "is-cash"),
        ("Cash Ltd", ""),
        ("EUR", "foreign-currency"),
        ("\u{20ac}", "foreign-currency"),
        ("cash in GBP", ""),
        ("GBP cash", "foreign-currency"),
    ] {
        let expected = |cell: &str| if what.is_empty() { Vec::new() } else { vec![cell.replace("{}", what)] };
        for (table, row, cell) in [
            ("consideration", format!("component,amount\n{name},1.5\n"), "consideration.component.{} A2"),
            (
                "declarations",
                format!("declared_date,kind,amount,asset\n2006-05-01,in-kind,1,{name}\n"),
                "declarations.asset.{} D2",
            ),
        ] {
            assert_eq!(told(&desk(&[(table, &row)]), "check case"), expected(cell), "{table}: {name}");
        }
        let paid = desk(&[("payments", &format!("date,amount,asset\n2006-03-15,full,{name}\n"))]);
        let said = told(&paid, "check case");
        assert_eq!(
            said,
            if what.is_empty() {
                vec!["payments.asset.unknown C2".to_owned()]
            } else {
                expected("payments.asset.{} C2")
            }
        );
    }
}

/// A class that compounds is paid on the dates on which it does alone.
#[test]
fn the_next_run_is_of_a_date_that_can_be_run() {
    let top = desk(&[
        ("classes", "class,original_price,dividend_rate,compounding\npf,10,10%,quarterly\npg,10,10%,annual\n"),
        (
            "register",
            "holder_id,holder_name,class,shares,issue_date\nA,Ann,pf,100,2005-12-15\nB,Bob,pg,100,2005-12-15\n",
        ),
    ]);
    let first = run(&top, "dividend case --date 2006-12-15 --funds 70 --out first");
    assert!(first.stdout.contains("--date 2007-12-15 --after first"), "{}", first.stdout);
    assert_eq!(run(&top, "dividend case --date 2007-12-15 --after first --out second").code, 0);
}

/// A register made of transactions is as of the run's date, and a record date before it asks who held then.
#[test]
fn a_transfer_after_the_record_date_is_a_problem_and_the_remedy_works() {
    let ledger = "date,transaction type,class,shares,holder_id,holder_name,from\n2006-01-10,Issue,common,1000,s1,Ann,\n\
                  2006-01-10,Issue,series-a,500,s2,Bob,\n2006-06-01,Transfer,series-a,200,s3,Cy,s2\n\
                  2006-06-01,Transfer,common,200,s3,Cy,s1\n";
    let dates = ("record_dates", "payment_date,record_date\n2006-06-15,2006-05-20\n");
    let common = "declared_date,kind,amount,record_date,payment_date,series_a_declared_date\n\
                  2006-05-03,cash,0.02,2006-05-20,2006-06-15,2006-05-03\n";
    let top = desk(&[("register", ledger), dates, ("declarations", common)]);
    let wanted = ["register.table.after-record-date -", "register.table.after-record-date -"];
    assert_eq!(told(&top, "dividend case --date 2006-06-15 --out run"), wanted);
    assert_eq!(run(&top, "convert case --date 2006-05-20 --to xlsx --out may.xlsx").code, 0);
    let ran = run(&top, "dividend may.xlsx --date 2006-06-15 --out run");
    assert_eq!(ran.code, 0, "{ran:?}");
    let paid = text(&top, "run/distribution.csv");
    assert!(
        paid.contains("s1,Ann,common,1000") && paid.contains("s2,Bob,series-a,500") && !paid.contains("Cy"),
        "{paid}"
    );
    // Before the record date, and where nothing is paid on the class, it is no matter.
    write(top.path(), "register", &ledger.replace("2006-06-01", "2006-05-20"));
    assert_eq!(told(&top, "dividend case --date 2006-06-15 --out run --force"), ["ledger.date.as-of A1"]);
    write(top.path(), "register", &ledger.replace("2006-06-01,Transfer,series-a", "2006-05-20,Transfer,series-a"));
    write(top.path(), "declarations", "declared_date,kind,amount,series_a_declared_date\n");
    assert_eq!(
        told(&top, "dividend case --date 2006-06-15 --out run --force"),
        ["run.pays.nobody -", "ledger.date.as-of A1"]
    );
}

#[test]
fn countries_of_holders_are_codes_or_english_names() {
    let register = |country: &str| format!("holder_id,holder_name,class,shares,country\nH1,Ann,common,5,{country}\n");
    for (country, wanted) in
        [("Germany", ""), ("us", ""), ("UK", ""), ("Deutschland", "E2"), ("XX", "E2"), ("EU", "E2")]
    {
        let top = desk(&[("register", &register(country))]);
        let wanted: Vec<String> = Some(wanted)
            .filter(|cell| !cell.is_empty())
            .map(|cell| format!("register.country.unknown {cell}"))
            .into_iter()
            .collect();
        assert_eq!(told(&top, "check case"), wanted, "{country}");
    }
}

#[test]
fn no_word_of_a_vote_is_a_nominee() {
    let ballot = |choice: &str| format!("matter,kind,holder_id,class,choice\nBoard,directors,H2,common,{choice}\n");
    assert_eq!(told(&desk(&[("ballots", &ballot("Abstain"))]), "check case"), ["ballots.choice.no-nominee E2"]);
    assert!(told(&desk(&[("ballots", &ballot("Smith"))]), "check case").is_empty());
}

/// Rows that were pasted twice are all counted, and told.
#[test]
fn equal_rows_of_what_happened_are_told() {
    for (name, text) in [
        ("board", "director,elected_by,elected_on\nAda Byron,common,2006-04-20\nada byron,common,2006-05-20\n"),
        ("adjustments", "effective_date,kind,ratio\n2006-04-20,subdivision,2:1\n2006-04-20,subdivision,2:1\n"),
        ("proceeds", "date,amount\n2006-04-20,100\n2006-04-20,100.00\n"),
        ("consideration", "asset,amount,fair_value\nNewCo,1,2\nnewco,1,2\n"),
    ] {
        let said = told(&desk(&[(name, text)]), "check case");
        assert!(
            said.iter().any(|said| said.starts_with(&format!("{name}.")) && said.contains(".same-row A3")),
            "{said:?}"
        );
    }
}

/// Payments on a class with a rate have no rows in `payments`.
#[test]
fn who_keeps_a_history_is_told_which_tables_hold_it() {
    let top = desk(&[
        ("classes", "class,original_price,dividend_rate\npf,10,10%\n"),
        ("register", "holder_id,holder_name,class,shares,issue_date\nA,Ann,pf,100,2005-12-15\n"),
    ]);
    let first = run(&top, "dividend case --date 2006-03-15 --out first");
    assert!(first.stdout.contains("put arrears.csv and carry.csv in the place of its tables"), "{}", first.stdout);
    for table in ["arrears", "carry"] {
        write(top.path(), table, &text(&top, &format!("first/{table}.csv")));
    }
    assert_eq!(run(&top, "dividend case --date 2006-06-15 --out by-table").code, 0);
    assert_eq!(run(&top, "dividend case --date 2006-06-15 --after first --out by-run --force").code, 3);
    for table in ["arrears", "carry"] {
        fs::remove_file(top.path().join(format!("case/{table}.csv"))).unwrap();
    }
    assert_eq!(run(&top, "dividend case --date 2006-06-15 --after first --out by-run").code, 0);
    assert_eq!(text(&top, "by-table/distribution.csv"), text(&top, "by-run/distribution.csv"));
}

/// A register of the run's date counts Common as it is after a split, and a record date before it asks for fewer.
#[test]
fn a_split_between_a_record_date_and_the_register_is_told() {
    let common = "declared_date,kind,amount,record_date,payment_date,series_a_declared_date\n\
                  2006-04-03,cash,0.02,2006-04-15,2006-06-15,2006-04-03\n";
    let split = ("adjustments", "effective_date,kind,ratio\n2006-05-01,subdivision,2:1\n");
    for (terms, is_told) in [("", true), ("register_date,2006-06-01\n", true), ("register_date,2006-04-15\n", false)] {
        let top = desk(&[("terms", &format!("term,value\n{terms}")), ("declarations", common), split]);
        let said = told(&top, "dividend case --date 2006-06-15 --out run");
        assert_eq!(
            said.contains(&"declarations.record_date.before-adjustment D2".to_owned()),
            is_told,
            "{terms}: {said:?}"
        );
    }
}
