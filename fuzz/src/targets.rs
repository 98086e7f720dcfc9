//! The targets: bytes in, and a panic where something came out that never should.

use super::parts;
use clap::Parser;
use ratable::cli::Cli;
use ratable::internals::input::{Loaded, ReadOptions, load};
use ratable::internals::model as quantity;
use ratable::internals::model::Case;
use ratable::internals::model::{MonthDay, day, iso, parse_iso, plus_days};
use ratable::internals::output::problems;
use ratable::internals::output::{Dividend, Layout, StatementKind};
use ratable::internals::runs::DividendOutcome;
use ratable::internals::runs::dividend::{DividendPlan, run};
use std::fs;
use std::hint::black_box;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// A target.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const ALL: [(&str, Target); 9] = [
    ("check", check),
    ("csv", csv),
    ("ods", ods),
    ("status", status),
    ("template", template),
    ("values", values),
    ("xls", xls),
    ("xlsb", xlsb),
    ("xlsx", xlsx),
];

/// The folder of the project.
pub fn project() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    if here.join("sample-data").is_dir() { here.to_path_buf() } else { here.join("..") }
}

/// A folder in memory, where the system has one.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder for the input")
}

/// Reads a case that exists, and holds what came of it against what is always so.
fn read(path: &Path, options: &ReadOptions) -> Loaded {
    let loaded = load(path, options).expect("a file that is there is read, or is a problem");
    let failed = loaded.problems.iter().any(ratable::internals::Problem::is_error);
    assert_eq!(loaded.case.is_none(), failed, "a case, or an error that says why not: {:?}", loaded.problems);
    for problem in &loaded.problems {
        assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem:?}");
    }
    assert!(loaded.problems.is_empty() || !problems::text(&loaded.problems, false).is_empty());
    loaded
}

/// Reads a file alone in its folder.
fn read_file(name: &str, bytes: &[u8], options: &ReadOptions) -> Loaded {
    let folder = scratch();
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("the input can be written");
    read(&path, options)
}

fn set(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A register in CSV. The first byte says in which encoding its bytes are, or are to be put, and how it writes decimals.
pub fn csv(data: &[u8]) {
    let Some((how, bytes)) = data.split_first() else { return };
    let text = || String::from_utf8_lossy(bytes);
    let wide = |order: fn(u16) -> [u8; 2]| text().encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let mut options = ReadOptions::default();
    let bytes = match how % 8 {
        0 => bytes.to_vec(),
        1 => [b"\xef\xbb\xbf", bytes].concat(),
        2 => [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat(),
        3 => [b"\xfe\xff".to_vec(), wide(u16::to_be_bytes)].concat(),
        4 => encoding_rs::WINDOWS_1252.encode(&text()).0.into_owned(),
        5 => [b"\xff\xfe", bytes].concat(),
        6 => [b"\xfe\xff", bytes].concat(),
        _ => bytes.to_vec(),
    };
    if matches!(how % 8, 4 | 7) {
        options.encoding = Some("windows-1252".to_owned());
    }
    match how / 8 % 4 {
        1 => options.set.push(set("decimal_mark", ",")),
        2 => options.set.push(set("date_format", "mdy")),
        3 => options.set.extend([set("decimal_mark", ","), set("date_format", "dmy")]),
        _ => {}
    }
    read_file("register.csv", &bytes, &options);
}

/// What a bank says became of the payments, beside a case that is right.
pub fn status(data: &[u8]) {
    let folder = scratch();
    let path = folder.path().join("returns.csv");
    fs::write(&path, data).expect("the input can be written");
    let options = ReadOptions { status: Some(path), ..ReadOptions::default() };
    let loaded = read(&project().join("sample-data/small"), &options);
    let Some(case) = loaded.case else { return };
    for status in &case.payment_statuses {
        assert!(!status.reference.is_empty() && !status.of_case, "{status:?}");
    }
}

/// A workbook whose parts are in a zip archive, or a file as it stands.
fn zipped(name: &str, data: &[u8]) {
    match parts::split(data) {
        Some(parts) => read_file(name, &parts::zip(&parts), &ReadOptions::default()),
        None => read_file(name, data, &ReadOptions::default()),
    };
}

/// XLSX and XLSM.
pub fn xlsx(data: &[u8]) {
    zipped("case.xlsx", data);
}

/// XLSB.
pub fn xlsb(data: &[u8]) {
    zipped("case.xlsb", data);
}

/// ODS.
pub fn ods(data: &[u8]) {
    zipped("case.ods", data);
}

/// XLS: the parts are the streams of a compound file.
pub fn xls(data: &[u8]) {
    match parts::split(data) {
        Some(streams) => read_file("case.xls", &parts::compound(&streams), &ReadOptions::default()),
        None => read_file("case.xls", data, &ReadOptions::default()),
    };
}

/// Single values. The first byte says where the rest, a line for each, stands: read by itself, as `--set`, as terms, in a
/// register, in a workbook.
pub fn values(data: &[u8]) {
    let Some((how, bytes)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().collect();
    let cell = |at: usize| lines.get(at).copied().unwrap_or_default();
    let quoted = |at: usize| cell(at).replace('"', "\"\"");
    let register = format!(
        "holder_id,holder_name,class,shares,issue_date,withholding_rate\nH1,Ada,{},\"{}\",\"{}\",\"{}\"\n",
        if lines.len().is_multiple_of(2) { "common" } else { "series-a" },
        if how % 5 == 3 { quoted(0) } else { "1".to_owned() },
        if how % 5 == 3 { quoted(1) } else { "2006-01-31".to_owned() },
        if how % 5 == 3 { quoted(2) } else { String::new() },
    );
    let mut options = ReadOptions::default();
    match how % 5 {
        0 => lines.iter().for_each(|line| value(line)),
        1 => {
            let pairs = lines.iter().filter_map(|line| line.split_once('='));
            options.set = pairs.map(|(name, value)| set(name, value)).collect();
            read_file("register.csv", register.as_bytes(), &options);
        }
        2 => {
            let folder = scratch();
            fs::write(folder.path().join("register.csv"), register).expect("written");
            fs::write(folder.path().join("terms.csv"), format!("term,value\n{text}")).expect("written");
            read(folder.path(), &options);
        }
        3 => {
            if how / 5 % 2 == 1 {
                options.set.push(set("decimal_mark", ","));
            }
            if how / 10 % 2 == 1 {
                options.set.push(set("date_format", "dmy"));
            }
            read_file("register.csv", register.as_bytes(), &options);
        }
        _ => drop(read_file("case.xlsx", &workbook(&lines, how / 5 % 2 == 1), &options)),
    }
}

/// One value, read and written.
fn value(text: &str) {
    if let Some(number) = quantity::parse_decimal(text) {
        let shown = quantity::plain(&number, 12);
        // Numbers of more digits than anybody writes are shown, and not read.
        if shown.len() < 300 {
            let again = quantity::parse_decimal(&shown).expect("what is shown is a number");
            assert_eq!(quantity::plain(&again, 12), shown);
        }
        if let Some(exact) = quantity::terminating(&number).filter(|exact| exact.len() < 300) {
            assert_eq!(quantity::parse_decimal(&exact).as_ref(), Some(&number), "{exact}");
        }
        black_box(quantity::decimals_needed(&number));
        for decimals in 0..4 {
            if let Some(units) = quantity::units_from_ratio(&number, decimals) {
                assert_eq!(quantity::units_ratio(units, decimals), number);
            }
        }
    }
    if let Some(date) = parse_iso(text) {
        assert_eq!(parse_iso(&iso(date)), Some(date));
        black_box(plus_days(date, 40_000_000));
        black_box(plus_days(date, i64::MIN));
    }
    black_box(MonthDay::parse(text));
}

/// A workbook with a lot whose shares, issue date and withholding rate are number cells of a style.
fn workbook(lines: &[&str], from_1904: bool) -> Vec<u8> {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let style = |at: usize| lines.get(at + 3).and_then(|l| l.parse::<u32>().ok()).unwrap_or(0) % 8;
    let inline = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let number = |at: usize| {
        format!("<c s=\"{}\"><v>{}</v></c>", style(at), escaped(lines.get(at).copied().unwrap_or_default()))
    };
    let headers =
        ["holder_id", "holder_name", "class", "shares", "issue_date", "withholding_rate"].map(inline).concat();
    let row = ["H1", "Ada", "series-a"].map(inline).concat() + &(0..3).map(number).collect::<String>();
    let sheet = format!("<worksheet><sheetData><row>{headers}</row><row>{row}</row></sheetData></worksheet>");
    let formats = [0, 9, 14, 18, 22, 46, 164, 165].map(|id| format!("<xf numFmtId=\"{id}\"/>")).concat();
    let styles = format!(
        "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"{}\"/></numFmts><cellXfs>{formats}</cellXfs>\
         </styleSheet>",
        escaped(lines.get(6).copied().unwrap_or_default()).replace('"', "&quot;")
    );
    let relation = |id: &str, kind: &str, target: &str| {
        let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        format!("<Relationship Id=\"{id}\" Type=\"{base}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inside: String| format!("<Relationships>{inside}</Relationships>");
    let parts = [
        ("_rels/.rels", relations(relation("r", "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns:r=\"r\"><workbookPr date1904=\"{from_1904}\"/><sheets><sheet name=\"register\" \
                 sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(relation("s", "worksheet", "worksheets/sheet1.xml") + &relation("t", "styles", "styles.xml")),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/styles.xml", styles),
    ];
    let parts: Vec<(String, &[u8])> = parts.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes())).collect();
    parts::zip(&parts)
}

/// A statement's layout, stamped where it is one.
pub fn template(data: &[u8]) {
    static RUN: OnceLock<(Case, DividendOutcome)> = OnceLock::new();
    let (case, outcome) = RUN.get_or_init(|| {
        let sample = load(&project().join("sample-data/small"), &ReadOptions::default()).expect("the sample");
        let case = sample.case.expect("the sample is a case");
        let date = day(2006, 6, 15).expect("a date");
        let outcome = run(&case, &DividendPlan { date, pay_date: None, funds: None, acknowledged: Vec::new() });
        let outcome = outcome.unwrap_or_else(|_| panic!("the sample can be run"));
        (case, outcome)
    });
    let packed = parts::split(data).map(|parts| parts::zip(&parts));
    let layout = Layout::from_template(packed.as_deref().unwrap_or(data), "own.xlsx", StatementKind::Dividend);
    let layout = match layout {
        Ok(layout) => layout,
        Err(problems) => {
            let panicked = problems.iter().any(|problem| problem.code.ends_with(".cannot-be-read"));
            assert!(!panicked, "the reader panicked");
            assert!(!problems.is_empty() && !problems::text(&problems, false).is_empty());
            return;
        }
    };
    let statements = Dividend::new(case, case.terms.locale, outcome);
    for row in outcome.rows.iter().take(2) {
        let Ok(book) = layout.stamp(&statements.of(row.holder)) else { continue };
        let mut archive = zip::ZipArchive::new(Cursor::new(book)).expect("a statement is an archive");
        for at in 0..archive.len() {
            let mut bytes = Vec::new();
            archive.by_index(at).expect("a part").read_to_end(&mut bytes).expect("a part is whole");
        }
    }
}

/// A whole case, a folder of the parts: read, paid, liquidated, verified.
pub fn check(data: &[u8]) {
    ratable::internals::set_silent();
    let Some(parts) = parts::split(data) else { return };
    let folder = scratch();
    let case = folder.path().join("case");
    fs::create_dir(&case).expect("a folder for the case");
    let mut date = "2006-06-15".to_owned();
    for (name, content) in parts {
        if name == "date" {
            date = parse_iso(String::from_utf8_lossy(content).trim()).map_or(date, iso);
            continue;
        }
        let plain = name.len() < 100 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_- ".contains(&b));
        if plain && !name.is_empty() {
            fs::write(case.join(format!("{name}.csv")), content).expect("the input can be written");
        }
    }
    if read(&case, &ReadOptions::default()).case.is_none() {
        return;
    }
    for (command, workbooks) in [("dividend", "all"), ("liquidate", "none"), ("captable", "none")] {
        let out = folder.path().join(command);
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let typed = [
            "ratable",
            command,
            &path(&case),
            "--date",
            &date,
            "--out",
            &path(&out),
            "--quiet",
            "--workbooks",
            workbooks,
        ];
        let code = ratable::internals::execute(&Cli::try_parse_from(typed).expect("a command"));
        assert!(matches!(code, 0 | 3 | 4), "{command}: exit code {code}");
        assert_eq!(out.is_dir(), code == 0, "{command}: a folder, or none");
        if code == 0 {
            let typed = ["ratable", "verify", &path(&out), "--case", &path(&case), "--quiet"];
            let code = ratable::internals::execute(&Cli::try_parse_from(typed).expect("a command"));
            assert_eq!(code, 0, "what {command} wrote is verified");
        }
    }
}
