//! `check --report`: the case as a workbook, its problems marked and listed.

use crate::support::case;
use crate::support::command::{Ran, run_in};
use crate::support::workbooks::parts;
use calamine::{Data, Reader, Xlsx, open_workbook};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn run(folder: &Path, line: &str) -> Ran {
    run_in(folder, &line.split(' ').collect::<Vec<_>>())
}

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The texts of a sheet's cells, by address.
fn cells(path: &Path, sheet: &str) -> Vec<(String, String)> {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let range = book.worksheet_range(sheet).unwrap_or_else(|error| panic!("{sheet}: {error}"));
    let (top, left) = range.start().unwrap_or_default();
    let shown = |value: &Data| value.to_string();
    let name = |row: usize, column: usize| {
        let letter = char::from(b'A' + u8::try_from(left as usize + column).unwrap());
        format!("{letter}{}", top as usize + row + 1)
    };
    range.used_cells().map(|(row, column, value)| (name(row, column), shown(value))).collect()
}

fn cell(path: &Path, sheet: &str, at: &str) -> Option<String> {
    cells(path, sheet).into_iter().find(|(name, _)| name == at).map(|(_, value)| value)
}

fn sheets(path: &Path) -> Vec<String> {
    open_workbook::<Xlsx<_>, _>(path).expect("a workbook").sheet_names()
}

/// The filled-in example, with comments on every header, in which a number is a word, a date is gone, and a whole row
/// has no id; its Classes sheet is hidden.
fn broken_example(folder: &Path) -> PathBuf {
    assert_eq!(run(folder, "new example.xlsx --example").code, 0);
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(folder.join("example.xlsx")).unwrap())).unwrap();
    let path = folder.join("company.xlsx");
    let mut out = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let text = String::from_utf8(bytes).unwrap();
            let text = without_cell(&text, "E5");
            let text = without_cell(&text, "A6");
            let shares = text.find("<c r=\"D4\"").unwrap();
            let end = shares + text[shares..].find("</c>").unwrap();
            let style = text[shares..end].split("s=\"").nth(1).unwrap().split('"').next().unwrap();
            bytes = format!("{}<c r=\"D4\" s=\"{style}\" t=\"str\"><v>many</v>{}", &text[..shares], &text[end..])
                .into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap();
    path
}

fn without_cell(text: &str, cell: &str) -> String {
    let start = text.find(&format!("<c r=\"{cell}\"")).unwrap();
    let end = start + text[start..].find("</c>").unwrap() + "</c>".len();
    format!("{}{}", &text[..start], &text[end..])
}

/// The attributes of a cell's style in a workbook of these parts: its `<xf>`.
fn style<'p>(parts: &'p BTreeMap<String, String>, sheet: &str, cell: &str) -> &'p str {
    let tag = parts[sheet].split("<c ").find(|tag| tag.contains(&format!("r=\"{cell}\"")));
    let number: usize = attribute(tag.unwrap_or_else(|| panic!("no {cell}")), "s").parse().unwrap();
    let (_, formats) = parts["xl/styles.xml"].split_once("<cellXfs").unwrap();
    formats.split("<xf").nth(number + 1).unwrap()
}

fn attribute<'t>(tag: &'t str, name: &str) -> &'t str {
    tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// A list of `xl/styles.xml`, item by item.
fn styles<'p>(parts: &'p BTreeMap<String, String>, list: &str, item: &str) -> Vec<&'p str> {
    let (_, items) = parts["xl/styles.xml"].split_once(&format!("<{list}s ")).unwrap();
    items.split(&format!("</{list}s>")).next().unwrap().split(&format!("<{item}>")).skip(1).collect()
}

#[test]
fn a_workbook_is_copied_with_its_values_and_looks_and_gets_marks_comments_and_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let original = broken_example(folder.path());
    let ran = run(folder.path(), "check company.xlsx --report report.xlsx");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stdout.ends_with("Report: report.xlsx, with account and tax numbers in full\n"), "{}", ran.stdout);
    let report = folder.path().join("report.xlsx");
    assert_eq!(sheets(&report)[0], "Problems");
    assert_eq!(sheets(&report)[1..], sheets(&original));
    for sheet in sheets(&original) {
        assert_eq!(cells(&original, &sheet), cells(&report, &sheet), "{sheet}");
    }
    let listed = cells(&report, "Problems");
    let listed: Vec<&str> = listed.iter().map(|(_, text)| text.as_str()).collect();
    for words in [
        "3 problems",
        "D4, Register, company.xlsx",
        "many",
        "shares: this is not a number.",
        "E5, Register, company.xlsx",
    ] {
        assert!(listed.contains(&words), "{words}: {listed:?}");
    }
    let (before, after) = (parts(&fs::read(&original).unwrap()), parts(&fs::read(&report).unwrap()));
    let list = &after["xl/worksheets/sheet1.xml"];
    assert!(list.contains("<hyperlink ref=\"C6\" location=\"\'Register\'!D4\""), "{list}");
    // Cells have the number format, the font and the fill that they had; marked ones another fill, also those that were
    // blank.
    let (old, new) = ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml");
    let fonts = |parts, sheet, cell| {
        styles(parts, "font", "font")[attribute(style(parts, sheet, cell), "fontId").parse::<usize>().unwrap()]
            .to_owned()
    };
    let fills = |parts, sheet, cell| {
        styles(parts, "fill", "fill")[attribute(style(parts, sheet, cell), "fillId").parse::<usize>().unwrap()]
            .to_owned()
    };
    for cell in ["A1", "A3", "I3", "D4", "I4", "E6"] {
        let (was, is) = (style(&before, old, cell), style(&after, new, cell));
        assert_eq!(attribute(was, "horizontal"), attribute(is, "horizontal"), "{cell}");
        assert_eq!(attribute(was, "numFmtId") == "0", attribute(is, "numFmtId") == "0", "{cell}");
        let bold = |font: String| (font.contains("<b/>"), attribute(&font, "rgb").replace("FF000000", ""));
        assert_eq!(bold(fonts(&before, old, cell)), bold(fonts(&after, new, cell)), "{cell}");
        if cell != "D4" {
            assert_eq!(fills(&before, old, cell), fills(&after, new, cell), "{cell}");
        }
    }
    for marked in ["D4", "E5", "A6"] {
        assert!(fills(&after, new, marked).contains("FFF8CBAD"), "{marked}");
    }
    let comments = &after["xl/comments1.xml"];
    assert_eq!(comments.matches("<comment ").count(), 3);
    assert!(comments.contains("shares: this is not a number.\nType a plain number"), "{comments}");
}

#[test]
fn the_copy_is_read_as_the_case_is_but_for_its_list() {
    let folder = tempfile::tempdir().unwrap();
    broken_example(folder.path());
    assert_eq!(run(folder.path(), "check company.xlsx --report report.xlsx --quiet").code, 3);
    let again = run(folder.path(), "check report.xlsx --quiet").stdout;
    let first = run(folder.path(), "check company.xlsx --quiet").stdout;
    let again = again.replace("report.xlsx", "company.xlsx");
    let (note, rest) = again.split_once("\nregister").unwrap();
    assert!(note.contains("The sheet Problems is not read"), "{note}");
    assert_eq!(format!("register{rest}"), first);
}

#[test]
fn every_other_format_is_copied_cell_by_cell() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["mess/error-values.ods", "mess/error-values.xls", "mess/error-values.xlsx"] {
        let (case, report) = (fixture(name), folder.path().join("report.xlsx"));
        assert_eq!(run(folder.path(), &format!("check {case} --report report.xlsx --force")).code, 3);
        assert_eq!(sheets(&report), ["Problems", "register"], "{name}");
        assert_eq!(cell(&report, "register", "A1").as_deref(), Some("holder_id"), "{name}");
        let after = parts(&fs::read(&report).unwrap());
        let comments: String =
            after.iter().filter(|(name, _)| name.contains("comments")).map(|(_, text)| text.as_str()).collect();
        assert!(comments.contains("ref=\"D3\"") && comments.contains("ref=\"F2\""), "{name}: {comments}");
    }
}

fn company() -> crate::support::Company {
    case(
        "register: holder_id, holder_name, class, shares, issue_date, account, tax_id
         007, Ada, series-a, many, 2005-12-15, DE0212030000, 123-45-6789
         008, , series-a, 5, 2005-12-15, DE0212030001 is far too long to be an account number of any bank in this world, 1

         declarations: declared_date, kind, amount
         2006-05-01, cash, little",
    )
}

fn desk() -> TempDir {
    let desk = tempfile::tempdir().unwrap();
    fs::create_dir(desk.path().join("case")).unwrap();
    company().write(&desk.path().join("case"));
    desk
}

#[test]
fn a_folder_of_csv_gets_a_sheet_for_each_table_with_nothing_masked_for_its_owner_alone() {
    let desk = desk();
    let ran = run(desk.path(), "check case --report report.xlsx");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let report = desk.path().join("report.xlsx");
    assert_eq!(sheets(&report), ["Problems", "declarations", "register"]);
    assert_eq!(cell(&report, "register", "A2").as_deref(), Some("007"), "leading zeros stay");
    assert_eq!(cell(&report, "register", "F2").as_deref(), Some("DE0212030000"));
    assert_eq!(cell(&report, "register", "G2").as_deref(), Some("123-45-6789"));
    let after = parts(&fs::read(&report).unwrap());
    let comments: Vec<&String> =
        after.iter().filter(|(name, _)| name.contains("comments")).map(|(_, text)| text).collect();
    assert_eq!(comments.len(), 2);
    assert!(comments.iter().any(|text| text.contains("ref=\"D2\"") && text.contains("ref=\"B3\"")), "{comments:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&report).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mut left: Vec<_> = fs::read_dir(desk.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["case", "report.xlsx"], "nothing is left beside it");
}

/// A problem of a whole column is one, and each cell that it names is marked.
#[test]
fn every_cell_that_a_problem_names_is_marked() {
    let desk = tempfile::tempdir().unwrap();
    let rows = "A,Ann,series-a,1,7/8/2005\nB,Bea,series-a,1,2005-12-15\nC,Cy,series-a,1,9/8/2005\n";
    fs::write(desk.path().join("r.csv"), format!("holder_id,holder_name,class,shares,issue_date\n{rows}")).unwrap();
    let ran = run(desk.path(), "check r.csv --report report.xlsx");
    assert!(ran.code == 3 && ran.stdout.contains("1 problem\n"), "{}{}", ran.stdout, ran.stderr);
    let after = parts(&fs::read(desk.path().join("report.xlsx")).unwrap());
    let comments = &after["xl/comments1.xml"];
    let marked: Vec<&str> = comments.split("<comment ref=\"").skip(1).filter_map(|c| c.split('"').next()).collect();
    assert_eq!(marked, ["E2", "E4"], "{comments}");
    let fill = |cell| attribute(style(&after, "xl/worksheets/sheet2.xml", cell), "fillId");
    assert_eq!(fill("E2"), fill("E4"));
}

#[test]
fn what_cannot_be_opened_still_has_a_list() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &format!("check {} --report report.xlsx", fixture("mess/password.xlsx"))).code, 3);
    let report = folder.path().join("report.xlsx");
    assert_eq!(sheets(&report), ["Problems"]);
    assert!(cells(&report, "Problems").iter().any(|(_, text)| text.contains("protected with a password")));
    // And a case without problems has a copy without marks.
    let case = fixture("mess/aliases.xlsx");
    assert_eq!(run(folder.path(), &format!("check {case} --report good.xlsx")).code, 0);
    assert!(cells(&folder.path().join("good.xlsx"), "Problems").iter().any(|(_, text)| text == "no problems"));
}

#[test]
fn nothing_is_written_over_that_should_stay() {
    let desk = desk();
    let original = broken_example(desk.path());
    let before = fs::read(&original).unwrap();
    fs::write(desk.path().join("mine.xlsx"), "mine").unwrap();
    fs::hard_link(&original, desk.path().join("linked.xlsx")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&original, desk.path().join("sym.xlsx")).unwrap();
    for (line, why) in [
        ("check company.xlsx --report mine.xlsx", "exists already"),
        ("check company.xlsx --report company.xlsx --force", "the case itself"),
        ("check company.xlsx --report ./case/../company.xlsx --force", "the case itself"),
        ("check company.xlsx --report linked.xlsx --force", "the case itself"),
        ("check company.xlsx --report sym.xlsx --force", "the case itself"),
        ("check case --report case/terms.xlsx", "the case's own folder"),
        ("check company.xlsx --report report.ods", "must end in .xlsx"),
        ("check company.xlsx case --report report.xlsx", "one case has one report"),
        ("check company.xlsx --force", "--report"),
    ] {
        let ran = run(desk.path(), line);
        assert_eq!(ran.code, 2, "{line}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(why), "{line}: {}", ran.stderr);
    }
    assert_eq!(run(desk.path(), "check company.xlsx --report nowhere/report.xlsx").code, 1);
    assert_eq!(fs::read(&original).unwrap(), before);
    assert_eq!(fs::read(desk.path().join("mine.xlsx")).unwrap(), b"mine");
    assert!(!desk.path().join("nowhere").exists());
    assert_eq!(run(desk.path(), "check company.xlsx --report mine.xlsx --force --quiet").code, 3);
    assert_eq!(sheets(&desk.path().join("mine.xlsx"))[0], "Problems");
}

#[test]
fn past_twenty_the_way_to_all_of_them_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..25).map(|n| format!("H{n},Name {n},series-{n}x,10,2005-12-15\n")).collect();
    fs::write(folder.path().join("r.csv"), format!("holder_id,holder_name,class,shares,issue_date\n{rows}")).unwrap();
    let ran = run(folder.path(), "check r.csv --report report.xlsx");
    assert!(
        ran.stdout.contains("… and 5 problems more: ratable check CASE --report FILE.xlsx lists and marks them all"),
        "{}",
        ran.stdout
    );
    let listed = cells(&folder.path().join("report.xlsx"), "Problems");
    assert_eq!(listed.iter().filter(|(_, text)| text.starts_with("class: ")).count(), 25);
}
