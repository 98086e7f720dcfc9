//! The parts of workbooks, read and written: addresses, escapes, relationships, looks of cells, the zip around them.

use ratable::internals::input::file_problem;
use ratable::internals::output::{DeflatedPiece, Part, Writer, is_tall, lines, marks, pixels, read, unused_name};
use ratable::internals::spreadsheet::a1::{address, column, letters, parse};
use ratable::internals::spreadsheet::ooxml::{escape_string, relations, relations_part};
use ratable::internals::spreadsheet::{CellFormats, Fault, Format as Reader, Region, Row, Rows, RowsError};
use ratable::internals::spreadsheet::{Sheet, SheetFacts, Workbook, pass};
use ratable::internals::{Place, Problem, Severity};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

#[test]
fn columns_have_letters() {
    for (index, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
        assert_eq!((letters(index).as_str(), column(name)), (name, Some(index)));
    }
    assert_eq!(["17", "XFE", "AAAAA", ""].map(column), [None; 4]);
}

#[test]
fn addresses_are_read_back() {
    for (cell, at) in [("A1", (0, 1)), ("C17", (2, 17)), ("XFD1048576", (16_383, 1_048_576))] {
        assert_eq!((parse(cell), address(at.0, at.1).as_str()), (Some(at), cell));
    }
    assert_eq!(["A0", "A", "1", "A1B", "a1", "A+1", "A1048577", "XFE1"].map(parse), [None; 8]);
}

#[test]
fn escaped_as_excel_does() {
    let mut out = Vec::new();
    escape_string(&mut out, "a<b>&\u{1}\u{FFFF} 日本 _x0041_ _x00");
    assert_eq!(String::from_utf8(out).unwrap(), "a&lt;b&gt;&amp;_x0001__xFFFF_ 日本 _x005F_x0041_ _x00");
}

#[test]
fn relationships_lead_to_parts() {
    let xml = r#"<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="b" Type="http://x/styles" Target="/xl/styles.xml"/><Relationship Target="../a.xml"/></Relationships>"#;
    let relations = relations(xml, "xl/workbook.xml");
    let targets: Vec<&str> = relations.iter().map(|r| r.target.as_str()).collect();
    assert_eq!(targets, ["xl/worksheets/sheet1.xml", "xl/styles.xml", "a.xml"]);
    assert_eq!((relations[0].id.as_str(), relations[0].kind.as_str()), ("rId1", "worksheet"));
    assert_eq!(relations_part("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
    assert_eq!(relations_part(""), "_rels/.rels");
}

#[test]
fn a_cell_looks_as_it_was_written() {
    let looks = [
        Format::new().set_num_format("0.000").set_bold().set_background_color(Color::RGB(0x00_ff_00)),
        Format::new().set_num_format_index(14).set_align(FormatAlign::Right).set_indent(2),
        Format::new().set_border_top(FormatBorder::Double).set_font_color(Color::RGB(0x12_34_56)),
    ];
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, look) in (0..).zip(&looks) {
        sheet.write_with_format(2 * row, 3, 1, look).unwrap();
    }
    let black = Color::RGB(0);
    let mut formats = CellFormats::open(workbook.save_to_buffer().unwrap()).unwrap();
    let mut sheet = formats.sheet("Sheet1").unwrap();
    for (row, look) in (0..).zip(looks) {
        sheet.go_to(2 * row);
        // What is written without a font has the default one, in black.
        let in_black = if row < 2 { look.set_font_color(black) } else { look };
        assert_eq!(sheet.get(3), &in_black.set_font_name("Calibri").set_font_size(11));
        assert_eq!(sheet.get(2), &Format::new().set_font_color(black).set_font_name("Calibri").set_font_size(11));
    }
    assert!(CellFormats::open(b"no workbook".to_vec()).is_none());
}

/// A reader that does not understand its file.
struct Broken;

impl Reader for Broken {
    fn rows<'a>(&'a mut self, at: usize, _: &str, facts: &'a SheetFacts) -> Result<Box<dyn Rows + 'a>, Fault> {
        // The first sheet is not there, which the reader forgot.
        let _ = facts.merged[1 - at];
        Ok(Box::new(Self))
    }
}

impl Rows for Broken {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        let _ = &row.cells()[0];
        Ok(true)
    }
}

#[test]
fn a_reader_that_panics_makes_a_problem_that_names_the_file() {
    let fault = pass::<()>(|| panic!("what is this")).unwrap_err();
    let problem = file_problem("register.xlsx", "register", fault);
    assert_eq!(problem.code, "register.file.cannot-be-read");
    assert_eq!(problem.place.file.as_deref(), Some("register.xlsx"));

    let facts = || Ok(SheetFacts { merged: vec![Region { rows: (2, 3), columns: (0, 0) }], ..SheetFacts::default() });
    let sheets = vec![Sheet { name: "register".to_owned(), hidden: false }; 2];
    let mut workbook = Workbook { sheets, facts: vec![facts(), facts()], format: Box::new(Broken) };
    assert_eq!(workbook.rows(0).err().unwrap().what, "cannot-be-read");
    let mut rows = workbook.rows(1).ok().unwrap();
    let read = rows.next(&mut Row::default());
    assert!(matches!(read, Err(RowsError::Content(fault)) if fault.what == "cannot-be-read"));
}

#[test]
fn what_is_written_is_read_back() {
    let mut writer = Writer::with_capacity(100);
    let rows = b"<row/>".repeat(10_000);
    let head = DeflatedPiece::new([b"<head/>"].iter(), false).unwrap();
    writer.deflate("xl/sheet.xml", &head, &rows).unwrap();
    let text = [b"<head/>".as_slice(), &rows].concat();
    writer.copy(&Part {
        name: "a.bin".into(),
        deflated: false,
        crc: crc32fast::hash(b"abc"),
        size: 3,
        bytes: b"abc".to_vec(),
    });
    writer.copy(&Part::deflate("b.xml", b"<b/>").unwrap());
    let parts = read(&writer.finish()).unwrap();
    let plain: Vec<(String, Vec<u8>)> = parts.iter().map(|p| (p.name.clone(), p.plain().unwrap())).collect();
    let expected = [("xl/sheet.xml", text.as_slice()), ("a.bin", b"abc"), ("b.xml", b"<b/>")];
    assert!(plain.iter().zip(expected).all(|((name, bytes), (n, b))| name == n && bytes == b));
    assert_eq!(plain.len(), 3);
}

#[test]
fn a_piece_may_be_made_while_another_is() {
    let rows = [b"<row/>"; 3].into_iter().inspect(|row| {
        DeflatedPiece::new([row].into_iter(), true).unwrap();
    });
    let piece = DeflatedPiece::new(rows, true).unwrap();
    let name = "sheet.xml".to_owned();
    let part = Part { name, deflated: true, crc: piece.crc.finalize(), size: 18, bytes: piece.bytes };
    assert_eq!(part.plain().unwrap(), b"<row/>".repeat(3));
}

#[test]
fn sheets_get_names_that_excel_takes() {
    let taken = ["Problems".to_owned()];
    assert_eq!(unused_name("problems", &taken), "problems 2");
    assert_eq!(unused_name("a/b:c", &taken), "a_b_c");
    assert_eq!(unused_name(&"x".repeat(40), &taken).chars().count(), 31);
    assert_eq!(unused_name(" ", &taken), "Sheet");
}

#[test]
fn a_problem_marks_every_cell_that_it_names_and_a_cell_tells_all_its_problems() {
    let place = |cell: &str| Place { cell: Some(cell.to_owned()), ..Place::file("register.csv") };
    let marks = marks(&[
        Problem::warning("register.issue_date.x", place("E2"), "2 cells hold a date: E2, E9.", "Set it."),
        Problem::error("register.issue_date.x2", place("E2"), "Another.", "Mend it."),
    ]);
    let sheet = &marks[&Place::file("register.csv")];
    assert_eq!(sheet.keys().copied().collect::<Vec<_>>(), [(1, 4), (8, 4)]);
    assert_eq!(sheet[&(1, 4)].severity, Severity::Error);
    assert_eq!(sheet[&(1, 4)].text, "2 cells hold a date: E2, E9.\nSet it.\n\nAnother.\nMend it.");
    assert_eq!(marks.len(), 1);
}

#[test]
fn lines_break_at_words() {
    assert_eq!(lines("one two three", 15.0), 1);
    assert_eq!(lines("one two three", 8.0), 2);
    assert_eq!(lines("one\ntwo", 20.0), 2);
    assert_eq!(lines("日本語の会社", 7.0), 2);
    assert_eq!(lines("aaaaaaaaaaaaaaaaaaaaaaa", 10.0), 3);
    assert_eq!(lines("", 10.0), 1);
}

#[test]
fn letters_of_the_east_need_taller_rows() {
    assert!(["東京", "شركة", "תל אביב", "कंपनी"].into_iter().all(is_tall));
    assert!(!["Ada", "Łukasz Żółkiewska", "•••• 0001", "90 × 5 → 450", "Œuvre “x” — €"].into_iter().any(is_tall));
    assert!(pixels(1, 10.0, true) > 20, "more than a row has by itself");
    assert_eq!(pixels(2, 10.0, false), 38);
}
