//! A sheet of very many rows, which several threads make together, has in each what a sheet of few has.

use crate::support::{Company, case};
use ratable::internals::output::read;
use ratable::internals::spreadsheet::CellFormats;
use ratable::internals::spreadsheet::a1::parse;
use roxmltree::{Document, Node};
use rust_xlsxwriter::Format;

/// Holders with texts that are hard to write, amounts of more digits than a cell holds, and cells that stay blank.
fn company(holders: usize) -> Company {
    const NAMES: [&str; 9] =
        ["Plain", "Ann & Bob <Trust>", "_x0041_", "tab\there", "line\nbreak", "日本 é", "\u{ffff}x", "_x00", "é"];
    let text = |text: &str| text.to_owned();
    let header = "holder_id,holder_name,class,shares,issue_date,withholding_rate,payment_method,account,bank_code";
    let row = |n: usize| {
        let name = NAMES[n % NAMES.len()];
        let name = if name == "é" { "é".repeat(20_000) } else { name.to_owned() };
        let (class, shares) = if n.is_multiple_of(50) {
            ("common", text("90000000000"))
        } else {
            ("series-a", format!("{n}.000{:03}", n % 1_000))
        };
        let bank = if n.is_multiple_of(3) {
            [text("wire"), format!("ACCT-{n}"), text("BANKUS33")]
        } else {
            Default::default()
        };
        let rate = format!("{}%", n % 3 * 10);
        let holding = [format!("{n}_x0041_ & <"), name, text(class), shares, text("2006-01-20"), rate];
        holding.into_iter().chain(bank).collect()
    };
    let rows = std::iter::once(header.split(',').map(text).collect()).chain((1..=holders).map(row)).collect();
    case(
        "
        terms: term, value
        authorized_shares, 999999999999
        common_authorized_shares, 9999999999999

        declarations: declared_date, kind, amount, asset, fair_value, payment_date, series_a_declared_date
        2006-02-01, cash, 40000.02, , , 2006-03-15, 2006-02-01
        2006-02-10, in-kind, 0.002, Tidewater shares, 10.00, 2006-03-15, 2006-02-10
    ",
    )
    .with_rows("register", rows)
}

/// The first rows of the holdings in the summary of a dividend: the XML of each cell's text or number by its address, and
/// how the cell looks.
fn holdings(company: &Company, rows: u32) -> Vec<(String, String, Format)> {
    let run = company.written("dividend --date 2006-03-15 --workbooks none");
    let bytes = std::fs::read(run.out.join("summary.xlsx")).unwrap();
    let parts = read(&bytes).unwrap();
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name).unwrap();
        String::from_utf8(part.plain().unwrap()).unwrap()
    };
    let (strings, sheet) = (text("xl/sharedStrings.xml"), text("xl/worksheets/sheet2.xml"));
    let (strings, sheet) = (Document::parse(&strings).unwrap(), Document::parse(&sheet).unwrap());
    let shared: Vec<String> = strings.root_element().children().map(inside).collect();
    let mut formats = CellFormats::open(bytes).unwrap();
    let mut formats = formats.sheet("Holdings").unwrap();
    let mut found = Vec::new();
    let all = sheet.descendants().filter(|node| node.tag_name().name() == "row");
    // Above them are a title, totals and headings.
    for row in all.skip_while(|row| row.attribute("r") != Some("6")).take(rows as usize) {
        formats.go_to(row.attribute("r").unwrap().parse::<u32>().unwrap() - 1);
        for cell in row.children() {
            let address = cell.attribute("r").unwrap();
            let text = match (cell.attribute("t"), cell.first_child()) {
                (Some("s"), Some(number)) => shared[number.text().unwrap().parse::<usize>().unwrap()].clone(),
                (Some("inlineStr"), Some(text)) => inside(text),
                _ => inside(cell),
            };
            found.push((address.to_owned(), text, formats.get(parse(address).unwrap().0).clone()));
        }
    }
    found
}

/// The XML in an element.
fn inside(node: Node) -> String {
    node.children().map(|child| &node.document().input_text()[child.range()]).collect()
}

#[test]
fn every_row_of_a_large_sheet_is_as_on_a_small_one() {
    // Two rows for each holder; up to 5,000 rows are written one by one.
    let (few, many) = (holdings(&company(350), 700), holdings(&company(2_600), 700));
    assert!(few.len() > 700 * 8, "{} cells", few.len());
    let texts = |wanted: &str| few.iter().filter(|(_, text, _)| text.contains(wanted)).count();
    assert!(texts(" &amp; ") > 350 && texts("_x005F_x0041_") > 350 && texts("日本") > 30);
    assert!(texts("<v>") > 1_400 && texts(",000.00") >= 7);
    assert_eq!(few.len(), many.len());
    few.iter().zip(&many).for_each(|(one, other)| assert_eq!(one, other));
}
