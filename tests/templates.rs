//! Layouts that a team made its own: what is stamped, what stays byte for byte, and what is refused, with its cell.

use crate::support::command::run_in;
use crate::support::workbooks::difference;
use ratable::internals::output::Figure;
use ratable::internals::output::{Cell, Column, Group, Layout, Look, Statement, StatementKind, Term, Value};
use ratable::internals::output::{Part, Writer, read};
use ratable::internals::output::{lot, single};
use rust_xlsxwriter::{ConditionalFormatCell, ConditionalFormatCellRule, Format, Workbook};
use std::fs;
use std::path::Path;

/// A statement of some lots, whose amounts are products and whose payment is their sum.
fn statement(lots: usize) -> Statement<'static> {
    let mut statement = Statement::default();
    statement.put(single::HOLDER_NAME, Value::text("A & B <Partners>"));
    statement.put(single::HOLDER_ID, Value::text("0042"));
    statement.put(single::COMPANY, Value::text("R&D Turbines"));
    for at in 0..lots {
        statement.add(Group::Lot);
        statement.set(Cell::at(lot::CERTIFICATE, at), Value::text(format!("000{at}")));
        statement.set(Cell::at(lot::SHARES, at), Value::amount(100 + i128::try_from(at).unwrap(), 0));
        statement.set(Cell::at(lot::PER_SHARE, at), Value::Number(Figure::new(25, 2).unwrap()));
        let (cell, a, b) = (Cell::at(lot::AMOUNT, at), Cell::at(lot::SHARES, at), Cell::at(lot::PER_SHARE, at));
        assert!(statement.put_live(cell, Term::Product(a, b).exact(), (100 + i128::try_from(at).unwrap()) * 25, 2));
    }
    let count = i128::try_from(lots).unwrap();
    let gross = count * 2500 + 25 * (count * (count - 1) / 2);
    let sum = Term::Sum(Column::new(lot::AMOUNT, 0..lots.max(1))).rounded(2);
    if lots > 0 {
        assert!(statement.put_live(Cell::single(single::GROSS), sum, gross, 2));
    }
    statement
}

fn text(parts: &[Part], name: &str) -> String {
    let part = parts.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(part.plain().unwrap()).unwrap()
}

/// A team's layout: a second sheet with words of its own, a repeated row in the middle, own formulas, merged cells, a
/// conditional format, a named print area, a header.
fn own_layout() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Ours").unwrap();
    sheet.set_header("&L{{company}}&RPrivate").set_footer("&C{{holder_id}}");
    sheet.write(0, 0, "Dear {{holder_name}} ({{holder_id}}),").unwrap();
    sheet.write_with_format(2, 1, "Certificate", &bold).unwrap();
    sheet.write(2, 2, "Shares").unwrap();
    sheet.write(3, 1, "{{lot.certificate}}").unwrap();
    sheet.write(3, 2, "{{lot.shares}}").unwrap();
    sheet.write(3, 3, "{{lot.per_share}}").unwrap();
    sheet.write(3, 4, "{{lot.amount}}").unwrap();
    sheet.write_formula(3, 5, "=C4*2").unwrap();
    sheet.merge_range(3, 6, 3, 7, "each", &bold).unwrap();
    sheet.write(4, 1, "In all").unwrap();
    sheet.write_formula(4, 2, "=SUM(C4:C4)").unwrap();
    sheet.write(5, 4, "{{ gross }}").unwrap();
    sheet.merge_range(7, 0, 7, 3, "Thank you.", &bold).unwrap();
    sheet.write_formula(8, 0, "=Notes!A4&\"A4\"").unwrap();
    let rule = ConditionalFormatCell::new()
        .set_rule(ConditionalFormatCellRule::GreaterThan(100))
        .set_format(Format::new().set_bold());
    sheet.add_conditional_format(3, 2, 3, 2, &rule).unwrap();
    sheet.set_print_area(0, 0, 8, 7).unwrap();
    let notes = workbook.add_worksheet();
    notes.set_name("Notes").unwrap();
    notes.write(0, 0, "Certificate").unwrap();
    notes.write(3, 0, "Our office is closed on Mondays.").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_built_in_statement_is_live_and_what_hangs_on_its_rows_moves_with_them() {
    let layout = Layout::builtin(StatementKind::Dividend, &Look::default()).unwrap();
    let parts = read(&layout.stamp(&statement(2)).unwrap()).unwrap();
    let [advice, shares] = [1, 3].map(|at| text(&parts, &format!("xl/worksheets/sheet{at}.xml")));
    for (sheet, wanted) in [
        (&advice, "<f>ROUND(SUM(Shares!G4:G5),2)</f><v>50.25</v>"),
        (&advice, "&amp;RR&amp;&amp;D Turbines</oddFooter></headerFooter>"),
        (&shares, "<f>E4*F4</f><v>25</v>"),
        (&shares, "<conditionalFormatting sqref=\"E4:E5\">"),
    ] {
        assert!(sheet.contains(wanted), "{wanted} is not in {sheet}");
    }
    // What has nothing to say is left out: deliveries, the year, what is owed, whom to ask.
    assert_eq!(advice.matches(" hidden=\"1\"").count(), 7, "{advice}");
    assert!(!advice.contains("outlineLevel=") && !advice.contains("{{"), "{advice}");
    assert!(!text(&parts, "xl/sharedStrings.xml").contains("{{"));
    assert!(text(&parts, "xl/workbook.xml").contains("Computation!$1:$3</definedName>"));
}

#[test]
fn what_no_placeholder_touches_stays_byte_for_byte() {
    let template = own_layout();
    let layout = Layout::from_template(&template, "ours.xlsx", StatementKind::Dividend).unwrap();
    let before = read(&template).unwrap();
    let after = read(&layout.stamp(&statement(3)).unwrap()).unwrap();
    let names = |parts: &[Part]| parts.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after));
    let stamped = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"];
    for (before, after) in before.iter().zip(&after).filter(|(b, _)| !stamped.contains(&b.name.as_str())) {
        assert_eq!(before.plain().unwrap(), after.plain().unwrap(), "{}", before.name);
        assert_eq!(before.bytes, after.bytes, "{} is copied as it is deflated", before.name);
    }
    // The other sheet's texts are still those that its numbers mean.
    let strings = text(&after, "xl/sharedStrings.xml");
    let notes = text(&after, "xl/worksheets/sheet2.xml");
    let at = |n: usize| strings.split("<si>").nth(n + 1).unwrap().to_owned();
    let index = notes.split("r=\"A4\" t=\"s\"><v>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
    assert!(at(index).contains("closed on Mondays"));
}

#[test]
fn rows_below_a_repeated_row_shift_with_all_that_hangs_on_them() {
    let layout = Layout::from_template(&own_layout(), "ours.xlsx", StatementKind::Dividend).unwrap();
    let parts = read(&layout.stamp(&statement(3)).unwrap()).unwrap();
    let sheet = text(&parts, "xl/worksheets/sheet1.xml");
    for wanted in [
        "<f>C4*D4</f><v>25</v>",
        "<f>C6*D6</f><v>25.5</v>",
        "<c r=\"F6\"><f>C6*2</f></c>",
        "<c r=\"C7\"><f>SUM(C4:C6)</f></c>",
        "<c r=\"E8\"><f>ROUND(SUM(E4:E6),2)</f><v>75.75</v></c>",
        "<mergeCell ref=\"G4:H4\"/><mergeCell ref=\"G5:H5\"/><mergeCell ref=\"G6:H6\"/><mergeCell ref=\"A10:D10\"/>",
        "<f>Notes!A4&amp;\"A4\"</f>",
        "sqref=\"C4:C6\"",
        "<oddHeader>&amp;LR&amp;&amp;D Turbines&amp;RPrivate</oddHeader>",
        "<oddFooter>&amp;C0042</oddFooter>",
        "<dimension ref=\"A1:H11\"/>",
    ] {
        assert!(sheet.contains(wanted), "{wanted} is not in {sheet}");
    }
    assert!(
        text(&parts, "xl/workbook.xml")
            .contains("<definedName name=\"_xlnm.Print_Area\" localSheetId=\"0\">Ours!$A$1:$H$11</definedName>")
    );
    assert!(sheet.contains(" t=\"inlineStr\"><is><t>Dear A &amp; B &lt;Partners&gt; (0042),</t></is></c>"), "{sheet}");
    assert!(!text(&parts, "xl/sharedStrings.xml").contains("{{"));
}

#[test]
fn a_list_without_items_leaves_one_blank_row() {
    let layout = Layout::from_template(&own_layout(), "ours.xlsx", StatementKind::Dividend).unwrap();
    let parts = read(&layout.stamp(&statement(0)).unwrap()).unwrap();
    let sheet = text(&parts, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<f>SUM(C4:C4)</f>"), "{sheet}");
    assert!(!sheet.contains("{{"));
}

#[test]
fn a_figure_whose_cells_are_not_in_the_layout_is_a_value() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "{{gross}}").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let layout = Layout::from_template(&bytes, "bare.xlsx", StatementKind::Dividend).unwrap();
    let parts = read(&layout.stamp(&statement(2)).unwrap()).unwrap();
    let sheet = text(&parts, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<c r=\"A1\"><v>50.25</v></c>"), "{sheet}");
}

#[test]
fn items_of_several_rows_are_summed_one_by_one() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "{{lot.shares}}").unwrap();
    sheet.write(0, 1, "{{lot.per_share}}").unwrap();
    sheet.write(1, 0, "{{lot.amount}}").unwrap();
    sheet.write(2, 0, "{{gross}}").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let layout = Layout::from_template(&bytes, "tall.xlsx", StatementKind::Dividend).unwrap();
    let parts = read(&layout.stamp(&statement(2)).unwrap()).unwrap();
    let sheet = text(&parts, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<c r=\"A5\"><f>ROUND(SUM(A2,A4),2)</f><v>50.25</v></c>"), "{sheet}");
}

#[test]
fn every_placeholder_that_does_not_exist_is_named_with_its_cell() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Letter").unwrap();
    sheet.write(0, 0, "{{holder_nmae}}").unwrap();
    sheet.write(4, 2, "From {{lot.shares}} and {{step.what}}").unwrap();
    sheet.write(6, 3, "{{gross").unwrap();
    sheet.write(7, 0, "{{payment.preference}}").unwrap();
    sheet.write(8, 0, "Dear {{holder_nmae}}").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let problems = Layout::from_template(&bytes, "letter.xlsx", StatementKind::Dividend).unwrap_err();
    let found: Vec<(&str, Option<&str>)> =
        problems.iter().map(|p| (p.code.as_str(), p.place.cell.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("template.placeholder.unknown", Some("A1")),
            ("template.row.two-lists", Some("C5")),
            ("template.placeholder.unclosed", Some("D7")),
            ("template.placeholder.unknown", Some("A8")),
        ]
    );
    assert_eq!(problems[0].help, "Did you mean {{holder_name}}?");
    assert_eq!(problems[0].place.sheet.as_deref(), Some("Letter"));
    let none = Layout::from_template(b"not a zip", "x.xlsx", StatementKind::Exchange).unwrap_err();
    assert_eq!(none[0].code, "template.file.not-a-workbook");
    let mut empty = Workbook::new();
    empty.add_worksheet().write(0, 0, "Hello").unwrap();
    let bytes = empty.save_to_buffer().unwrap();
    let none = Layout::from_template(&bytes, "x.xlsx", StatementKind::Exchange).unwrap_err();
    assert_eq!(none[0].code, "template.placeholder.none");
}

/// A workbook with one of its parts as `change` has it, and others added.
fn with_parts(bytes: &[u8], change: impl Fn(&str, String) -> String, added: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(bytes.len());
    for part in read(bytes).unwrap() {
        let text = String::from_utf8(part.plain().unwrap()).unwrap();
        writer.copy(&Part::deflate(&part.name, change(&part.name, text).as_bytes()).unwrap());
    }
    added.iter().for_each(|(name, text)| writer.copy(&Part::deflate(name, text.as_bytes()).unwrap()));
    writer.finish()
}

#[test]
fn the_calculation_chain_is_forgotten_and_a_full_calculation_asked_for() {
    const ASKED: &str = "<calcPr calcId=\"124519\" fullCalcOnLoad=\"1\"/>";
    let plain = own_layout();
    let chain = "<Override PartName=\"/xl/calcChain.xml\" ContentType=\"c\"/>";
    let relation = "<Relationship Id=\"rId99\" Type=\"http://x/calcChain\" Target=\"calcChain.xml\"/>";
    for (calculation, asks) in [
        ("<calcPr calcId=\"1\"/>", "<calcPr calcId=\"1\" fullCalcOnLoad=\"1\"/>"),
        ("", "<calcPr fullCalcOnLoad=\"1\"/>"),
    ] {
        let change = |name: &str, text: String| match name {
            "[Content_Types].xml" => text.replace("</Types>", &format!("{chain}</Types>")),
            "xl/_rels/workbook.xml.rels" => text.replace("</Relationships>", &format!("{relation}</Relationships>")),
            "xl/workbook.xml" => text.replace(ASKED, calculation),
            _ => text,
        };
        let template = with_parts(&plain, change, &[("xl/calcChain.xml", "<calcChain/>")]);
        let layout = Layout::from_template(&template, "chain.xlsx", StatementKind::Dividend).unwrap();
        let (before, after) = (read(&plain).unwrap(), read(&layout.stamp(&statement(1)).unwrap()).unwrap());
        for name in ["[Content_Types].xml", "xl/_rels/workbook.xml.rels"] {
            assert_eq!(text(&after, name), text(&before, name));
        }
        assert_eq!(text(&after, "xl/workbook.xml"), text(&before, "xl/workbook.xml").replace(ASKED, asks));
        assert!(after.iter().all(|part| part.name != "xl/calcChain.xml"));
    }
}

#[test]
fn strings_keep_their_numbers_and_placeholders_go() {
    let strings = "<sst count=\"6\"><si><t>To {{holder_name}}</t></si><si/>\
                   <si><r><t>a &amp; b</t></r></si><si><t>a &amp; b</t></si>\
                   <si><r><t>a &amp; b {{holder_name}}</t></r></si><si><t>a &amp; b {{holder_name}}</t></si></sst>";
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, text) in (0..).zip(["one", "two", "three", "four", "five", "six"]) {
        sheet.write(row, 0, text).unwrap();
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let of_strings = |name: &str, text: String| if name == "xl/sharedStrings.xml" { strings.to_owned() } else { text };
    let template = with_parts(&bytes, of_strings, &[]);
    let layout = Layout::from_template(&template, "strings.xlsx", StatementKind::Dividend).unwrap();
    let parts = read(&layout.stamp(&statement(1)).unwrap()).unwrap();
    let kept = strings
        .replace("<t>To {{holder_name}}</t>", "<t/>")
        .replace("<r><t>a &amp; b {{holder_name}}</t></r>", "<t/>")
        .replace("<t>a &amp; b {{holder_name}}</t>", "<t/>");
    assert_eq!(text(&parts, "xl/sharedStrings.xml"), kept);
    let sheet = text(&parts, "xl/worksheets/sheet1.xml");
    // What is formatted stays so.
    for cell in [
        "<c r=\"A1\" t=\"inlineStr\"><is><t>To A &amp; B &lt;Partners&gt;</t></is></c>",
        "<c r=\"A2\" t=\"s\"><v>1</v></c>",
        "<c r=\"A3\" t=\"s\"><v>2</v></c>",
        "<c r=\"A4\" t=\"s\"><v>3</v></c>",
        "<c r=\"A5\" t=\"inlineStr\"><is><r><t>a &amp; b A &amp; B &lt;Partners&gt;</t></r></is></c>",
        "<c r=\"A6\" t=\"inlineStr\"><is><t>a &amp; b A &amp; B &lt;Partners&gt;</t></is></c>",
    ] {
        assert!(sheet.contains(cell), "{cell} is not in {sheet}");
    }
}

/// `RATABLE_BLESS=1 cargo test templates::` writes them anew.
#[test]
fn templates_are_in_step_with_the_built_in_layouts() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let top = tempfile::tempdir().unwrap();
    assert_eq!(run_in(top.path(), &["new", "--layouts", "made"]).code, 0);
    for kind in StatementKind::ALL {
        let (path, made) = (templates.join(kind.file_name()), top.path().join("made").join(kind.file_name()));
        if std::env::var_os("RATABLE_BLESS").is_some() {
            fs::copy(&made, &path).unwrap();
        }
        let different = difference(kind.file_name(), &fs::read(&path).unwrap(), &fs::read(&made).unwrap());
        assert!(different.as_ref().is_none_or(|what| what.ends_with("zipped otherwise")), "{different:?}");
    }
}
