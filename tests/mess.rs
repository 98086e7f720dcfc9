//! The mess that registers come in, each from a file of its own in `tests/fixtures/mess`, made by
//! `tests/fixtures/make.py`.

use ratable::internals::input::{Loaded, ReadOptions, load};
use ratable::internals::model::{Detail, Treasury, iso};
use std::path::Path;
use tempfile::TempDir;

fn read(name: &str, encoding: Option<&str>) -> Loaded {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let path = [fixtures.join("mess").join(name), fixtures.join("odd").join(name)];
    let path = path.into_iter().find(|path| path.exists()).expect("a fixture");
    let options = ReadOptions { encoding: encoding.map(str::to_owned), ..ReadOptions::default() };
    load(&path, &options).expect("the fixture can be read")
}

/// Each lot as `id name class shares issued`.
fn lots(loaded: &Loaded) -> Vec<String> {
    let Some(case) = &loaded.case else { return vec!["no case".to_owned()] };
    let register = &case.register;
    let line = |lot: &ratable::internals::model::Lot| {
        let issued = lot.issue_date.map_or("-".to_owned(), iso);
        let class = &case.classes.get(lot.class).id;
        format!("{} {} {class} {} {issued}", register.id(lot.holder), register.name(lot.holder), lot.shares)
    };
    register.lots().iter().map(line).collect()
}

/// Each problem as `code cell [value]`.
fn problems(loaded: &Loaded) -> Vec<String> {
    let line = |p: &ratable::internals::Problem| {
        let cell = p.place.cell.as_deref().unwrap_or("-");
        let value = p.value.as_ref().map_or(String::new(), |v| format!(" [{v}]"));
        format!("{} {cell}{value}", p.code)
    };
    loaded.problems.iter().map(line).collect()
}

fn gives(name: &str, want_lots: &[&str], want_problems: &[&str]) {
    let loaded = read(name, None);
    assert_eq!(lots(&loaded), want_lots, "{name}");
    assert_eq!(problems(&loaded), want_problems, "{name}");
}

const ADA: &str = "H1 Ada Byron series-a 100 2006-01-20";
const GRACE: &str = "H2 Grace Murray common 1000 -";

#[test]
fn title_rows_merged_cells_blank_rows_subtotals_and_a_header_on_row_5() {
    let joan = "H3 Joan Clarke series-a 5.5 2006-02-01";
    gives("title-rows-and-subtotals.xlsx", &[ADA, GRACE, joan], &[]);
    let loaded = read("title-rows-and-subtotals.xlsx", None);
    let table = loaded.understood.tables.first().expect("a table");
    assert_eq!((table.header_row, table.rows), (5, 3));
}

/// A workbook with one sheet, the register.
fn workbook(rows: &[&[&str]], merged: &[(u32, u16, u32, u16)]) -> Loaded {
    let mut book = rust_xlsxwriter::Workbook::new();
    sheet(&mut book, "register", rows, merged);
    load_book(book)
}

fn sheet(book: &mut rust_xlsxwriter::Workbook, name: &str, rows: &[&[&str]], merged: &[(u32, u16, u32, u16)]) {
    let sheet = book.add_worksheet().set_name(name).expect("a name");
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).expect("a cell"),
                Err(_) => sheet.write(row, column, *cell).expect("a cell"),
            };
        }
    }
    for (top, left, bottom, right) in merged {
        let text = rows[*top as usize][*left as usize];
        sheet.merge_range(*top, *left, *bottom, *right, text, &rust_xlsxwriter::Format::new()).expect("merged");
    }
}

fn load_book(mut book: rust_xlsxwriter::Workbook) -> Loaded {
    let top = tempfile::tempdir().expect("a folder");
    let path = top.path().join("case.xlsx");
    book.save(&path).expect("saved");
    load(&path, &ReadOptions::default()).expect("it can be read")
}

#[test]
fn a_table_at_c7() {
    gives("table-at-C7.xlsx", &[ADA, GRACE], &[]);
    let case = read("table-at-C7.xlsx", None).case.expect("a case");
    let lot = case.register.lots().first().expect("a lot");
    assert_eq!(case.register.place(lot, "shares").cell.as_deref(), Some("F8"));
}

#[test]
fn own_headers_and_aliases() {
    gives("own-headers.xlsx", &[ADA, GRACE], &[]);
    gives("aliases.xlsx", &[ADA, GRACE], &[]);
}

#[test]
fn class_names_instead_of_ids() {
    gives("class-names.xlsx", &[ADA, GRACE, "H3 Joan Clarke ser-b 7 -"], &[]);
}

#[test]
fn hidden_rows_and_sheets_are_read_with_a_note() {
    let lots = [ADA, GRACE, "H3 Joan Clarke series-a 5 2006-02-01"];
    let notes = ["terms.sheet.hidden -", "case.table.unknown -", "register.rows.hidden -"];
    for extension in ["xlsx", "xlsb", "ods", "xls"] {
        let name = format!("hidden-rows-and-sheets.{extension}");
        gives(&name, &lots, &notes);
        let loaded = read(&name, None);
        assert_eq!(loaded.case.expect("a case").terms.company, "Hidden Ltd");
        let rows = loaded.problems.last().map(|p| p.message.as_str());
        assert_eq!(rows, Some("1 row is hidden, and read: 3."));
    }
}

#[test]
fn numbers_as_text_with_commas_and_rates_with_percent() {
    let lots = ["H1 Ada Byron series-a 1234.5 2006-01-20", "H2 Grace Murray common 12345678 -"];
    gives("numbers-as-text.xlsx", &lots, &[]);
}

#[test]
fn negative_in_parentheses() {
    gives("negative-in-parentheses.xlsx", &["no case"], &["register.shares.negative D3 [(1,250.00)]"]);
}

#[test]
fn real_and_text_dates_side_by_side() {
    let lots = [ADA, "H3 Joan Clarke series-a 5 2006-02-01", "H4 Mary Cartwright series-a 6 2006-02-03"];
    gives("real-and-text-dates.xlsx", &lots, &[]);
}

#[test]
fn a_workbook_that_counts_from_1904() {
    gives("counts-from-1904.xlsx", &[ADA, GRACE], &[]);
}

#[test]
fn float_noise_is_read_as_the_spreadsheet_shows_it() {
    let lots =
        ["H1 Ada Byron series-a 0.37 2006-01-20", "H2 Grace Murray common 0.3 -", "H3 Joan Clarke common 1234567.89 -"];
    gives("float-noise.xlsx", &lots, &[]);
}

#[test]
fn a_register_split_over_blank_columns() {
    gives("split-over-blank-columns.xlsx", &[ADA, GRACE], &[]);
}

#[test]
fn semicolons_and_decimal_commas() {
    let lots = ["H1 Ada Byron series-a 1234.5 2006-01-20", "H2 Grace Murray common 0.37 -"];
    gives("semicolon-decimal-comma", &lots, &[]);
}

#[test]
fn utf_16_and_windows_1252() {
    let lots_wanted = ["H1 Renée Åkesson series-a 100 2006-01-20"];
    gives("utf-16.csv", &lots_wanted, &[]);
    gives("windows-1252.csv", &["no case"], &["register.file.not-utf-8 B2"]);
    let loaded = read("windows-1252.csv", Some("windows-1252"));
    assert_eq!(lots(&loaded), lots_wanted);
}

#[test]
fn a_password_is_said_to_be_in_the_way() {
    for extension in ["xlsx", "xls", "ods"] {
        gives(&format!("password.{extension}"), &["no case"], &["case.file.password-protected -"]);
    }
}

#[test]
fn line_breaks_in_headers_and_cells() {
    gives("line-breaks.xlsx", &["H1 Ada Byron\nc/o Babbage & Co. series-a 100 2006-01-20", GRACE], &[]);
}

#[test]
fn formulas_are_read_by_their_results() {
    for extension in ["xlsx", "ods", "xls"] {
        gives(&format!("formulas.{extension}"), &[ADA, GRACE], &["register.columns.unknown F1"]);
    }
}

#[test]
fn formulas_that_were_never_calculated_have_no_result_to_read() {
    let problems = [
        "register.columns.unknown F1",
        "register.shares.never-calculated D2 [=F2*4]",
        "register.shares.never-calculated D3 [=SUM(F2,975)]",
        "register.shares.never-calculated D4 [=SUM(D2:D3)]",
    ];
    gives("formulas-never-calculated.xlsx", &["no case"], &problems);
    // Here the formula itself is not told.
    let problems = problems.map(|problem| problem.split_once(" [").map_or(problem, |(problem, _)| problem));
    gives("formulas-never-calculated.xlsb", &["no case"], &problems);
}

#[test]
fn error_values_are_problems_even_where_a_blank_would_do() {
    let problems = ["register.retired_date.error-value F2 [#N/A]", "register.shares.error-value D3 [#DIV/0!]"];
    for extension in ["xlsx", "xlsb", "ods", "xls"] {
        gives(&format!("error-values.{extension}"), &["no case"], &problems);
    }
}

#[test]
fn spaces_around_ids_names_and_classes() {
    gives("trailing-spaces.xlsx", &[ADA, "H1 Ada Byron common 5 -", "H2 Grace Murray common 7 -"], &[]);
}

#[test]
fn a_number_among_text_ids_is_warned_about() {
    let lots = ["0042 Ada Byron series-a 100 2006-01-20", "43 Grace Murray common 7 -"];
    gives("number-among-text-ids.xlsx", &lots, &["register.holder_id.number-among-text A3"]);
}

#[test]
fn two_spellings_of_one_holder() {
    let lots = ["H1 Ada Byron series-a 100 2006-01-20", "H1 Ada Byron common 5 -", "H1 Ada Byron common 6 -"];
    gives("two-spellings.xlsx", &lots, &[]);
}

#[test]
fn a_ratio_that_became_a_time() {
    for extension in ["xlsx", "ods", "xls"] {
        let name = format!("ratio-became-a-time.{extension}");
        gives(&name, &["no case"], &["adjustments.ratio.became-a-time C2 [03:02]"]);
    }
}

#[test]
fn numbers_and_dates_in_each_others_columns() {
    let problems = ["register.shares.is-a-date D3 [2006-01-20]", "register.issue_date.bare-number E2 [38737]"];
    gives("numbers-and-dates-swapped.xlsx", &["no case"], &problems);
}

#[test]
fn two_cells_far_apart_take_no_grid() {
    gives("two-far-cells.xlsx", &[ADA, GRACE], &[]);
}

/// Files that readers are known to read half of: each is read as it is meant, or refused; `tests/fixtures/odd` holds one
/// and the same register of 18 rows, with what is odd about each.
#[test]
fn no_cell_of_an_odd_file_is_silently_blank() {
    let never = "register.withholding_rate.never-calculated";
    let cases = [
        ("cells-by-column.xls", ""),
        ("embedded-workbook.xls", ""),
        ("formula-of-nothing.ods", ""),
        ("formula-record-0206.xls", ""),
        ("table-with-percent-style.xlsx", ""),
        ("text-box.ods", ""),
        ("formula-without-value.xlsx", never),
        ("never-calculated.xls", never),
        ("short-records.xlsb", "register.file.cannot-be-read"),
        ("text-out-of-range.xls", "register.file.damaged"),
        ("utf-16-parts.xlsx", "case.file.cannot-be-read"),
    ];
    for (name, wanted) in cases {
        let loaded = read(name, None);
        // Its class goes by a name that is no class's without the tables beside it; an account and a bank code are none.
        let known = ["register.account.check-digits", "register.bank_code.malformed"];
        let is_known = |code: &str| code.starts_with("register.class.") || known.contains(&code);
        let told: Vec<&str> = loaded.problems.iter().filter(|p| p.is_error()).map(|p| p.code.as_str()).collect();
        let told: Vec<&str> = told.into_iter().filter(|code| !is_known(code)).collect();
        let wanted: Vec<&str> = Some(wanted).filter(|code| !code.is_empty()).into_iter().collect();
        assert_eq!(told, wanted, "{name}");
        let rows = loaded.understood.tables.first().map(|table| table.rows);
        assert!(rows.is_none_or(|rows| rows == 18), "{name}: {rows:?}");
    }
}

/// A case of tables in CSV.
fn folder(tables: &[(&str, String)]) -> TempDir {
    let top = tempfile::tempdir().expect("a folder");
    for (table, text) in tables {
        std::fs::write(top.path().join(format!("{table}.csv")), text).expect("a file");
    }
    top
}

/// A register of these rows: id, name, class and shares.
fn register(rows: &[[&str; 4]]) -> Loaded {
    let line = |row: &[&str; 4]| format!("{}\n", row.map(|cell| format!("\"{cell}\"")).join(","));
    let text = format!("holder_id,holder_name,class,shares\n{}", rows.iter().map(line).collect::<String>());
    load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("it can be read")
}

/// Whether a register of one lot has a problem whose code ends so.
fn is_told(what: &str, id: &str, name: &str) -> bool {
    let loaded = register(&[[id, name, "common", "5"]]);
    loaded.problems.iter().any(|problem| problem.code.ends_with(&format!(".{what}")))
}

#[test]
fn ids_that_look_the_same_are_the_same() {
    let holders = |a: &str, b: &str| {
        let loaded = register(&[[a, "Ada", "common", "5"], [b, "Ada", "common", "6"]]);
        loaded.case.expect("a case").register.holder_count()
    };
    for (a, b) in [
        ("José Núñez", "Jose\u{301} Nu\u{301}n\u{303}ez"),
        ("Ada Byron", "Ada\u{a0}Byron"),
        ("H1", "H1\u{200b}"),
        ("H1", "Ｈ１"),
        ("Ada  Byron", "Ada Byron"),
    ] {
        assert_eq!(holders(a, b), 1, "{a} {b}");
    }
    assert_eq!([holders("H1", "h1"), holders("Ada", "Ado")], [2, 2]);
    let loaded = register(&[[" H1\u{200b} ", "Ada", "common", "5"]]);
    assert!(loaded.problems.iter().any(|problem| problem.message.contains("ZERO WIDTH SPACE (U+200B)")));
    assert_eq!(loaded.case.expect("a case").register.id(0), "H1");
}

#[test]
fn garbled_names_words_that_mean_nothing_and_numbers_in_scientific_form_are_told() {
    for name in ["JosÃ© NÃºÃ±ez", "Ren\u{fffd} Dubois", "Oâ€™Brien", "MÃ¼ller", "SÃ¸ren"] {
        assert!(is_told("wrong-encoding", "H1", name), "{name}");
    }
    for name in ["José Núñez", "São Paulo", "Ångström", "Ärzte", "陈伟", "Müller"] {
        assert!(!is_told("wrong-encoding", "H1", name), "{name}");
    }
    for id in
        ["nan", "NULL", "None", "N/A", "TBD", "-", "0", "unknown", "xxx", "\"\"", "''", "〃", "do.", "Ditto", "-''-"]
    {
        assert!(is_told("means-nothing", id, "Ada"), "{id}");
    }
    for id in ["00", "Nance", "1", "Noneman", "XXXL Inc.", "Do", "#1", "陈", "..", "?"] {
        assert!(!is_told("means-nothing", id, "Ada"), "{id}");
    }
    for id in ["1.23457E+12", "1,23457E+12", "1E+15", "1.23456789012346E+016"] {
        assert!(is_told("digits-lost", id, "Ada"), "{id}");
    }
    for id in ["E+1", "1E15", "AE+1", "1.2.3E+4", "DE+49", "1E+", "H1E+x"] {
        assert!(!is_told("digits-lost", id, "Ada"), "{id}");
    }
}

/// Amounts under a header in another unit: nothing is converted, and nothing taken for what it may not be.
#[test]
fn amounts_under_a_header_in_another_unit_are_refused_at_the_header() {
    let told = |header: &str, currency: &str, columns: &[&str]| {
        let register = "holder_id,holder_name,class,shares\nH1,Ada,common,5\n".to_owned();
        let terms = format!("term,value\ncurrency,{currency}\n");
        let declared = format!("declared_date,kind,{header},payment_date\n2006-05-01,cash,25,2006-06-15\n");
        let folder = folder(&[("register", register), ("terms", terms), ("declarations", declared)]);
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let loaded = load(folder.path(), &ReadOptions { columns, ..ReadOptions::default() }).expect("read");
        let errors = loaded.problems.iter().filter(|problem| problem.is_error());
        let line = |problem: &ratable::internals::Problem| {
            let cell = problem.place.cell.clone().unwrap_or_default();
            format!("{} {cell}", problem.code)
        };
        errors.map(line).collect::<Vec<_>>().join("; ")
    };
    let (foreign, other) = ("declarations.amount.foreign-currency C1", "declarations.amount.other-unit C1");
    for (header, currency, wanted) in [
        ("Amount ($)", "USD", ""),
        ("Amount ($)", "CAD", ""),
        ("Amount ($)", "EUR", foreign),
        ("Amount (C$)", "USD", foreign),
        ("Amount (€)", "USD", foreign),
        ("Amount (€)", "EUR", ""),
        ("Dividend per Share (£)", "USD", foreign),
        ("Amount (¢)", "USD", other),
        ("Amount %", "USD", other),
    ] {
        let column = format!("declarations.amount={header}");
        let own: &[&str] = if header.contains("C$") { &[&column] } else { &[] };
        assert_eq!(told(header, currency, own), wanted, "{header} {currency}");
    }
    // What --column names is not taken for plain either.
    assert_eq!(told("Amount (EUR)", "USD", &["declarations.amount=Amount (EUR)"]), foreign);
    assert_eq!(told("Amount (cents)", "USD", &["declarations.amount=Amount (cents)"]), other);
    assert_eq!(told("Amount (USD)", "USD", &["declarations.amount=Amount (USD)"]), "");
}

#[test]
fn a_sheet_with_a_tables_headers_under_another_name_is_a_warning() {
    let told = |name: &str, headers: &[&str]| {
        let mut book = rust_xlsxwriter::Workbook::new();
        sheet(
            &mut book,
            "Register",
            &[&["holder_id", "holder_name", "class", "shares"], &["H1", "Ada", "common", "5"]],
            &[],
        );
        sheet(&mut book, "Proceeds", &[&["date", "amount"]], &[]);
        sheet(&mut book, name, &[headers], &[]);
        let loaded = load_book(book);
        loaded
            .problems
            .iter()
            .map(|problem| format!("{}: {}", problem.code, problem.message))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let like = |sheet: &str, table: &str| {
        let reads = "is not read: no table has its name.";
        format!("case.table.unknown-name: The sheet {sheet} has the headers of the table {table}, and {reads}")
    };
    assert_eq!(told("Splits", &["Effective Date", "Kind", "Ratio"]), like("Splits", "adjustments"));
    assert_eq!(told("Settings", &["term", "value"]), like("Settings", "terms or bank"));
    assert_eq!(told("Paid", &["date", "amount"]), like("Paid", "payments"));
    for headers in
        [&["class", "name", "shares"][..], &["holder_id", "holder_name", "class", "shares"], &["date", "of", "day"]]
    {
        assert!(told("Other", headers).starts_with("case.table.unknown: "), "{headers:?}");
    }
}

/// `nondividend_percent` 0.5 could be half a percent or half of all.
#[test]
fn a_bare_fraction_where_a_term_is_in_percent_has_two_readings() {
    let told = |value: &str| {
        let mut book = rust_xlsxwriter::Workbook::new();
        sheet(
            &mut book,
            "Register",
            &[&["holder_id", "holder_name", "class", "shares"], &["H1", "Ada", "common", "5"]],
            &[],
        );
        sheet(&mut book, "Terms", &[&["term", "value"], &["nondividend_percent", value]], &[]);
        let help = |problem: &ratable::internals::Problem| problem.help.clone();
        load_book(book).problems.iter().map(help).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(told("0.5"), "Type 0.5% or 50%, with the sign.");
    for value in ["0.5%", "50%", "50", "1", "0"] {
        assert_eq!(told(value), "", "{value}");
    }
}

#[test]
fn headers_merged_down_into_a_second_row_are_read_with_it() {
    let top: &[&str] = &["Holder No.", "Name", "Class", "Shares", "Withholding", ""];
    let down = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 1, 3), (0, 4, 0, 5)];
    let rows = |rate: &'static str| {
        workbook(&[top, &["", "", "", "", "%", "USD"], &["H1", "Ada", "Common", "100", rate, "3"]], &down)
    };
    let loaded = rows("50%");
    assert_eq!(lots(&loaded), ["H1 Ada common 100 -"]);
    assert_eq!(problems(&loaded), ["register.columns.unknown F2"]);
    assert_eq!(loaded.understood.tables.first().expect("a table").header_row, 2);
    let percent = "register.withholding_rate.percent-or-fraction E3 [0.5]";
    assert_eq!(problems(&rows("0.5")), ["register.columns.unknown F2", percent]);
}

#[test]
fn a_last_row_that_speaks_of_a_holder_is_a_row_that_lacks_something() {
    let told = |last: &str| {
        let text = format!("holder_id,holder_name,class,shares,certificate\nH1,Ada,common,5,\n{last}\n");
        let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
        problems(&loaded).join("; ")
    };
    let missing = "register.shares.missing D3; register.class.missing C3";
    assert_eq!(told("H3,Cy Doe,,,C2"), missing);
    assert_eq!(told("3,Cy Doe,,,C2"), missing);
    assert_eq!(told("H3,Cy Doe,,,"), missing);
    assert_eq!(
        told(",and Mary Ray JT TEN,,,"),
        "register.shares.missing D3; register.holder_id.missing A3; register.class.missing C3"
    );
    for note in
        ["Prepared by,J. Roe,,,", "1,Includes shares in trust,,,", "H2,,,,", ",See the ledger,,,", "Checked:,J. Roe,,,"]
    {
        assert!(told(note).starts_with("register.rows.notes A3"), "{note}: {}", told(note));
    }
}

/// A method that says not to pay is none, wherever in the file it stands; another word is paid as by wire.
#[test]
fn a_payment_method_that_says_not_to_pay_is_a_problem() {
    let told = |method: &str, above: usize| {
        let rows: String = (0..above).map(|n| format!("A{n},Holder {n},common,5,ach\n")).collect();
        let text = format!("holder_id,holder_name,class,shares,payment_method\n{rows}H1,Ada,common,5,{method}\n");
        let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
        problems(&loaded).join("; ")
    };
    for method in
        ["DO NOT PAY", "Stop", "hold", "On hold", "suspended", "Blocked", "reinvest", "D.R.I.P.", "No payment"]
    {
        for above in [0, 100] {
            let wanted = format!("register.payment_method.not-a-method E{} [{method}]", above + 2);
            assert_eq!(told(method, above), wanted);
        }
    }
    for method in ["wire", "Check", "SEPA", "PayPal", "cash", "Stopover wire", ""] {
        assert_eq!(told(method, 100), "", "{method}");
    }
}

/// Rates under a header that speaks of percent, and shares that are said to be gone.
#[test]
fn headers_that_say_more_than_their_column_are_heard() {
    let told = |headers: &str, row: &str| {
        let text = format!("holder_id,holder_name,class,{headers}\nH1,Ada,common,{row}\n");
        let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
        let errors = loaded.problems.iter().filter(|problem| problem.is_error());
        errors.map(|problem| problem.code.clone()).collect::<Vec<_>>().join(" ")
    };
    let percent = "register.withholding_rate.percent-or-fraction";
    for (header, rate, wanted) in [
        ("Withholding %", "1", percent),
        ("Withholding %", "0.5", percent),
        ("Withholding %", "0.5%", ""),
        ("Withholding %", "0", ""),
        ("Withholding %", "", ""),
        ("Withholding", "0.5", ""),
        ("Withholding ($)", "0.5", "register.withholding_rate.other-unit"),
        ("Withholding ‰", "0.5", "register.withholding_rate.other-unit"),
    ] {
        assert_eq!(told(&format!("shares,{header}"), &format!("5,{rate}")), wanted, "{header} {rate}");
    }
    // A unit below the header says as much as one in it.
    for (unit, wanted) in [("%", percent), ("USD", "register.withholding_rate.other-unit"), ("number", "")] {
        assert_eq!(told(&format!("shares,Withholding\n,,,number,{unit}"), "5,0.5"), wanted, "{unit}");
    }
    let shares = "register.shares.other-unit";
    for (headers, row, wanted) in [
        ("Holding %", "60", shares),
        ("Shares (%)", "60", shares),
        ("% Shares", "60", shares),
        ("Balance ($)", "60", shares),
        ("Holdings (€)", "60", shares),
        ("Shares*", "60", ""),
        ("# of Shares", "60", ""),
        // Where another column counts the shares, it is that one.
        ("No. of Shares,Holding %", "60,1", ""),
        ("Shares,Shares (%)", "60,1", ""),
    ] {
        assert_eq!(told(headers, row), wanted, "{headers}");
    }
    let gone = "register.retired_date.gone";
    for (issued, left, retired, wanted) in [
        ("1000", "0", "", gone),
        ("1000", "400", "", gone),
        ("1000", "-", "", gone),
        ("1000", "1000", "", ""),
        ("1000.5", "1000.50", "", ""),
        ("1000", "", "", ""),
        ("1000", "0", "2006-01-20", ""),
    ] {
        let row = format!("{issued},{left},{retired}");
        assert_eq!(told("Quantity Issued,Quantity Outstanding,Canceled Date", &row), wanted, "{row}");
    }
    // Where what is left is counted, how much was bought back says nothing more.
    assert_eq!(told("Quantity Outstanding,Quantity Repurchased", "600,400"), "");
    assert_eq!(told("Quantity Issued,Quantity Repurchased", "1000,400"), gone);
}

/// Columns that nobody reads and that say that a row is of no shares, but of rights to some; and rights that contradict their class.
#[test]
fn rights_to_shares_are_not_counted_as_shares() {
    let classes = "class,kind,exercise_price\noptions,option,0.1\n";
    for (header, class, value, wanted) in [
        ("Award Type", "common", "ISO", "register.class.no-shares"),
        ("Security Type", "common", "SAFE", "register.class.no-shares"),
        ("Instrument", "common", "Stock option", "register.class.no-shares"),
        ("Strike Price", "common", "0.25", "register.class.no-shares"),
        ("Exercise Price", "options", "2.50", "register.class.other-price"),
        ("Quantity Vested", "options", "3", "register.class.not-vested"),
        ("Type", "common", "Reserved", "register.retired_date.gone"),
        ("Award Type", "common", "RSA", ""),
        ("Award Type", "options", "ISO", ""),
        ("Strike Price", "common", "0.00", ""),
        ("Strike Price", "common", "", ""),
        ("Exercise Price", "options", "0.10", ""),
        ("Vested", "options", "yes", ""),
        ("Quantity Vested", "options", "5", ""),
        ("Quantity Vested", "common", "3", ""),
    ] {
        let text = format!("holder_id,holder_name,class,shares,{header}\nH1,Ada,{class},5,{value}\n");
        let case = folder(&[("register", text), ("classes", classes.to_owned())]);
        let loaded = load(case.path(), &ReadOptions::default()).expect("read");
        let errors = loaded.problems.iter().filter(|problem| problem.is_error());
        let codes: Vec<&str> = errors.map(|problem| problem.code.as_str()).collect();
        assert_eq!(codes.join(" "), wanted, "{header} {class} {value}");
    }
}

/// A ledger whose kinds of transactions stand under `Type`; a `Type` of shares is none.
#[test]
fn a_type_of_transactions_makes_a_ledger() {
    let shares = |types: [&str; 2]| {
        let [first, second] = types;
        let text = format!(
            "Date,Type,Shareholder ID,Shareholder,Share Class,Number of Shares\n\
             2021-01-01,{first},H1,Ada,common,1000\n2022-05-01,{second},H1,Ada,common,400\n"
        );
        let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
        let register = loaded.case?.register;
        let held = register.lots().iter().filter(|lot| lot.retired_date.is_none());
        Some(held.map(|lot| lot.shares.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(shares(["Issue", "Repurchase"]), Some(vec!["600".to_owned()]));
    assert_eq!(shares(["Issued", "Issued"]), Some(vec!["1000".to_owned(), "400".to_owned()]));
    let text = "date,kind,to,class,from_class,shares\n2021-01-01,issue,Ada,common,,5\n\
                2021-02-01,,Ada,common,Ordinary,5\n2021-02-02,issue,Ada,common,Common,5\n";
    let loaded = load(folder(&[("register", text.to_owned())]).path(), &ReadOptions::default()).expect("read");
    let told: Vec<&str> = loaded.problems.iter().filter(|p| p.is_error()).map(|p| p.code.as_str()).collect();
    assert_eq!(told, ["ledger.from_class.converted"]);
}

/// Names are ids where the team says so; a header is one column's alone otherwise; hidden digits are none.
#[test]
fn names_may_be_ids_and_hidden_digits_are_none() {
    let text = "Name,Shareholder,Class,Shares\nSeed,Ada,common,5\nSeed,Bob,common,6\n";
    let names = |columns: &[&str]| {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let options = ReadOptions { columns, ..ReadOptions::default() };
        let loaded = load(folder(&[("register", text.to_owned())]).path(), &options).expect("read");
        let told: Vec<String> = loaded.problems.iter().filter(|p| p.is_error()).map(|p| p.code.clone()).collect();
        loaded.case.map_or(told, |case| (0..2).map(|holder| case.register.name(holder).to_owned()).collect())
    };
    assert_eq!(names(&["register.holder_id=Shareholder", "register.holder_name=Shareholder"]), ["Ada", "Bob"]);
    let twice = ["register.holder_id=Shareholder", "register.class=Name", "register.certificate=Name"];
    assert_eq!(names(&twice)[0], "columns.header.two-columns");
    let alone = "Shareholder,Class,Shares\nAda,common,5\n";
    let options = |columns: &[&str]| ReadOptions {
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        ..ReadOptions::default()
    };
    let loaded = load(folder(&[("register", alone.to_owned())]).path(), &ReadOptions::default()).expect("read");
    assert!(
        loaded.problems[0].help.contains("--column register.holder_id='Shareholder'"),
        "{}",
        loaded.problems[0].help
    );
    let as_told = options(&["register.holder_id=Shareholder"]);
    let loaded = load(folder(&[("register", alone.to_owned())]).path(), &as_told).expect("read");
    assert_eq!(loaded.case.expect("a case").register.id(0), "Ada");
    let masked = "holder_id,holder_name,class,shares,account,tax_id,payment_method\n\
                  H1,Ada,common,5,XXXXX1234,***-**-1234,ach\nH2,Bob,common,5,12XX34,XY-1,ach\n";
    let loaded = load(folder(&[("register", masked.to_owned())]).path(), &ReadOptions::default()).expect("read");
    let register = loaded.case.expect("a case").register;
    let kept = |holder| [Detail::Account, Detail::TaxId].map(|detail| register.detail(holder, detail).to_owned());
    assert_eq!([kept(0), kept(1)], [["", ""], ["12XX34", "XY-1"]]);
}

/// Columns that nobody reads and that say that shares are gone, or were never issued.
#[test]
fn shares_that_a_column_says_are_gone_are_a_problem() {
    let told = |header: &str, value: &str| {
        let text = format!("holder_id,holder_name,class,shares,{header}\nH1,Ada,common,5,{value}\n");
        let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
        let mut errors = loaded.problems.iter().filter(|problem| problem.is_error());
        errors.any(|problem| problem.code == "register.retired_date.gone")
    };
    let on = "2025-03-01";
    for (header, value) in [
        ("Date of cessation", on),
        ("Date ceased", on),
        ("Ceased to be a member", on),
        ("Sold", "5"),
        ("Transferred", "yes"),
        ("Disposed", on),
        ("Cxl Date", on),
        ("Removed", on),
        ("Redeemed", on),
        ("Storniert am", on),
        ("Date d'annulation", on),
        ("Active", "no"),
        ("Is Active", "FALSE"),
        ("Outstanding", "N"),
        ("Current", "0"),
        ("Type", "Redemption"),
        ("Buy/Sell", "Sell"),
        ("DR/CR", "DR"),
        ("Action", "Transfer out"),
        ("Shares Out", "2"),
        ("Current Shares", "3"),
    ] {
        assert!(told(header, value), "{header} {value}");
    }
    let statuses = "Closed,Lapsed,Treasury,Unissued,Draft,Pending,Bought back,Exchanged,Withdrawn,Rescinded,Deleted,Void,\
                    Storniert,Annulé,gelöscht,Cancelled,Inactive";
    for status in statuses.split(',') {
        assert!(told("Status", status), "{status}");
        assert!(told("Certificate Status", status), "{status}");
    }
    for (header, value) in [
        ("Active", "yes"),
        ("Outstanding", "TRUE"),
        ("Current", ""),
        ("Sold", "no"),
        ("Date ceased", "-"),
        ("Status", "Active"),
        ("Status", "Outstanding"),
        ("Status", "Not cancelled"),
        ("KYC Status", "Pending"),
        ("Legend removed", on),
        ("Transfer Date", on),
        ("Type", "Redeemable Preferred"),
        ("Type", "Conversion"),
        ("Buy/Sell", "Buy"),
        ("Current Shares", "5"),
    ] {
        assert!(!told(header, value), "{header} {value}");
    }
    let treasury = "holder_id,holder_name,class,shares,Held by Company\nH1,Ada,common,5,yes\n".to_owned();
    let case = load(folder(&[("register", treasury)]).path(), &ReadOptions::default()).expect("read").case;
    assert!(case.is_some_and(|case| case.register.lots().iter().all(|lot| lot.treasury != Treasury::No)));
}

#[test]
fn rows_of_two_days_are_a_problem() {
    let told = |second: &str| {
        let text =
            format!("As of,holder_id,holder_name,class,shares\n2025-12-31,1,Ann,common,5\n{second},1,Ann,common,6\n");
        let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
        loaded.problems.iter().any(|problem| problem.code == "register.rows.two-days")
    };
    assert!(told("2026-03-31"));
    assert!(!told("2025-12-31"));
    assert!(!told(""));
}

/// A quotation mark that is closed in another row, with more text behind it, would swallow a row.
#[test]
fn a_row_inside_a_stray_quotation_mark_is_a_problem() {
    let told = |rows: &str| {
        let text = format!("holder_id,holder_name,class,shares\n{rows}\n");
        let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
        problems(&loaded).join(" ")
    };
    assert_eq!(told("F2,\"B,common,200\nF3,\"C\",common,300"), "register.file.stray-quote B2");
    assert_eq!(told("F2,\"Byron, Ada\" Esq,common,200"), "register.file.stray-quote B2");
    for name in ["\"7\" Pipe\"", "\"Ada \"Amazing\" Byron\"", "\"\"Ada\"\""] {
        assert_eq!(told(&format!("F2,{name},common,200")), "register.file.stray-quote B2", "{name}");
    }
    for rows in [
        "F2,5\" Pipe,common,200",
        "F2,\"7\"\" Pipe\",common,200",
        "F2,\"Byron, Ada\" ,common,200",
        "F2,\"Ada\nByron\",common,200",
    ] {
        assert_eq!(told(rows), "", "{rows}");
    }
}

/// A row of units that says percent.
#[test]
fn rates_under_a_unit_of_percent_are_a_problem() {
    let told = |units: &str| {
        let text = format!("holder_id,holder_name,class,shares,withholding_rate\n{units}\n1,Ann,common,5,0.5\n");
        let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
        let mut errors = loaded.problems.iter().filter(|problem| problem.is_error());
        errors.next().map_or(String::new(), |problem| problem.code.clone())
    };
    assert_eq!(told(",,,number,%"), "register.withholding_rate.percent-or-fraction");
    assert_eq!(told(",,,(in thousands),(rate)"), "register.rows.in-thousands");
    assert_eq!(told(",,,number,(rate)"), "");
}

/// Words that make every number a thousand of what it is.
#[test]
fn numbers_in_thousands_are_a_problem_wherever_that_is_said() {
    let told = |title: &str, header: &str, note: &str| {
        let text = format!("{title}holder_id,holder_name,class,\"{header}\"\nH1,Ada,common,5\nH2,Bob,common,6\n{note}");
        let options = ReadOptions { columns: vec![format!("register.shares={header}")], ..ReadOptions::default() };
        let loaded = load(folder(&[("register", text)]).path(), &options).expect("read");
        let errors: Vec<String> = loaded.problems.iter().filter(|p| p.is_error()).map(|p| p.code.clone()).collect();
        errors.join(" ")
    };
    let scaled = "register.rows.in-thousands";
    for header in
        ["Shares (000s)", "Shares ('000)", "Shares in thousands", "Shares, thousands", "TEUR", "Aktien in Tsd."]
    {
        assert_eq!(told("", header, ""), scaled, "{header}");
    }
    assert_eq!(told("\"Register of Acme (in thousands of shares)\"\n", "Shares", ""), scaled);
    assert_eq!(told("", "Shares", "All share amounts in thousands\n"), scaled);
    for text in ["Authorized: 40,000,000", "As of 1 January 2000", "Thousand Oaks Inc.", "Paid in full"] {
        let line = format!("\"{text}\"\n");
        assert_eq!(told(&line, "Shares", &line), "", "{text}");
    }
    // The header is no remedy of the column that is missing.
    let text = "holder_id,holder_name,class,Shares (000s)\nH1,Ada,common,5\n".to_owned();
    let loaded = load(folder(&[("register", text)]).path(), &ReadOptions::default()).expect("read");
    let missing = loaded.problems.iter().find(|p| p.code == "register.shares.missing-column").expect("told");
    assert!(!missing.help.contains("000s"), "{}", missing.help);
}

/// What a message says to do can be done.
#[test]
fn no_header_that_cannot_be_meant_is_offered_for_a_missing_column() {
    let help = |headers: &str, code: &str| {
        let loaded =
            load(folder(&[("register", format!("{headers}\n1,Ann,B,common,5\n"))]).path(), &ReadOptions::default());
        let problems = loaded.expect("read").problems;
        problems.iter().find(|problem| problem.code == code).expect("told").help.clone()
    };
    let names = help("holder_id,First Name,Last Name,class,shares", "register.holder_name.missing-column");
    assert!(names.starts_with("Join the parts") && !names.contains("'First Name'"), "{names}");
    let twice = help("Holder,Holder,X,class,shares", "register.holder_id.missing-column");
    assert!(!twice.contains("'Holder'"), "{twice}");
    let twice = help("holder_id,holder_name,class,Shares,shares", "register.shares.two-columns");
    assert!(!twice.contains("--column"), "{twice}");
}

/// A class of signs alone is no class of other signs.
#[test]
fn classes_without_letters_are_known_by_their_signs() {
    let classes = ("classes", "class,kind\n++,common\n".to_owned());
    for (class, wanted) in [("++", false), ("***", true)] {
        let lot = format!("holder_id,holder_name,class,shares\nH1,Ada,{class},5\n");
        let loaded = load(folder(&[("register", lot), classes.clone()]).path(), &ReadOptions::default()).expect("read");
        assert_eq!(
            problems(&loaded).iter().any(|problem| problem.starts_with("register.class.unknown")),
            wanted,
            "{class}"
        );
    }
}

#[test]
fn control_totals_are_known_by_their_words() {
    let named = |text: &str| {
        let loaded = register(&[["H1", "Ada", "common", "5"], [text, "", "", "7"]]);
        let said = loaded.problems.iter().find_map(|problem| problem.message.split_once(" does not foot"));
        said.map(|(before, _)| before.trim_start_matches("shares: this ").to_owned())
    };
    for (text, wanted) in [
        ("Total", Some("Total")),
        ("TOTALS:", Some("Total")),
        ("Grand Total", Some("Total")),
        ("Total shares outstanding", Some("Total")),
        ("Gesamt", Some("Total")),
        ("Gesamtsumme", Some("Total")),
        ("Total général", Some("Total")),
        ("Suma", Some("Total")),
        ("Subtotal", Some("Subtotal")),
        ("Sub-total", Some("Subtotal")),
        ("Sub total", Some("Subtotal")),
        ("Sous-total", Some("Subtotal")),
        ("Zwischensumme", Some("Subtotal")),
        ("Total Series A", Some("total of Series A")),
        ("series-a Total", Some("total of series-a")),
        ("Total of Common", Some("total of Common")),
        ("Summers", None),
        ("Ada Byron", None),
        ("", None),
    ] {
        assert_eq!(named(text).as_deref(), wanted, "{text}");
    }
    let rows = "date,amount\n2006-01-20,5\nTotal Series A,5\n".to_owned();
    let lot = "holder_id,holder_name,class,shares\nH1,Ada,common,5\n".to_owned();
    let loaded = load(folder(&[("register", lot), ("proceeds", rows)]).path(), &ReadOptions::default()).expect("read");
    assert!(problems(&loaded).contains(&"proceeds.date.not-a-date A3 [Total Series A]".to_owned()));
}

#[test]
fn lots_come_by_the_bytes_of_their_holders_ids_by_class_and_by_row() {
    for (prefix, holders) in [("", 1 << 40), ("H", 1 << 40), ("holder number ", 1 << 40), ("", 97)] {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut text = format!("holder_id,holder_name,class,shares\n{prefix}A,Ada,common,1\n");
        for at in 0..4_000u32 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let (id, class) = ((state >> (at % 40)) % holders + 1, ["common", "b", "c"][(state % 3) as usize]);
            text += &format!("{prefix}{id:x},{prefix}{id:x},{class},1\n");
        }
        let classes = "class,kind\nb,common\nc,common\n".to_owned();
        let loaded = load(folder(&[("register", text), ("classes", classes)]).path(), &ReadOptions::default());
        let case = loaded.expect("it can be read").case.expect("a case");
        let place =
            |lot: &ratable::internals::model::Lot| (case.register.id(lot.holder).as_bytes(), lot.class, lot.row);
        assert_eq!(case.register.lots().len(), 4_001);
        assert!(case.register.lots().is_sorted_by_key(place), "{prefix}");
    }
}
