//! Statements from hand-made outcomes, stamped and read back.

use super::{Dividend, Layout, StatementKind};
use crate::output::xlsx::package;
use crate::output::xlsx::sample;

/// The parts of a workbook, by name, as text.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let parts = package::read(bytes).unwrap();
    parts.iter().map(|p| (p.name.clone(), String::from_utf8(p.plain().unwrap()).unwrap())).collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    parts(bytes).into_iter().find(|(n, _)| n == name).map(|(_, text)| text).unwrap()
}

#[test]
fn a_dividend_statement_is_live_and_what_hangs_on_its_rows_moves_with_them() {
    let (case, outcome) = sample::e1();
    let inputs = sample::inputs();
    let dividend = Dividend::new(&case, &outcome, &sample::run("dividend", &[], &inputs));
    let layout = Layout::builtin(StatementKind::Dividend, 2).unwrap();
    let bytes = layout.stamp(&dividend.of(0)).unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for wanted in [
        "<f>ROUND(SUM(G17:G18),2)</f><v>8496</v>",
        "<v>2039.04</v>",
        "<headerFooter><oddHeader>&amp;LCapstone Turbine Corporation&amp;RDividend",
        "<mergeCell ref=\"H17:I17\"/><mergeCell ref=\"H18:I18\"/>",
        "<conditionalFormatting sqref=\"E17:E18\">",
    ] {
        assert!(sheet.contains(wanted), "{wanted} is not in {sheet}");
    }
    let last = sheet.rsplit("<row r=\"").next().unwrap().split('"').next().unwrap();
    let strings = part(&bytes, "xl/sharedStrings.xml");
    assert!(!sheet.contains("{{") && !strings.contains("{{"), "{strings}");
    assert!(part(&bytes, "xl/workbook.xml").contains(&format!("Statement!$A$1:$I${last}</definedName>")));
}

/// Compares two workbooks part by part.
fn assert_same_parts(stamped: &[u8], reference: &[u8]) {
    let (mut left, mut right) = (parts(stamped), parts(reference));
    left.sort();
    right.sort();
    let names = |parts: &[(String, String)]| parts.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right));
    for ((name, left), (_, right)) in left.iter().zip(&right) {
        let at = left.bytes().zip(right.bytes()).position(|(a, b)| a != b);
        let around = |text: &str, at: usize| {
            let bytes = text.as_bytes();
            String::from_utf8_lossy(&bytes[at.saturating_sub(160)..(at + 160).min(bytes.len())]).into_owned()
        };
        if let Some(at) = at {
            panic!("{name}\nstamped:   {}\nreference: {}", around(left, at), around(right, at));
        }
        assert_eq!(left.len(), right.len(), "{name}");
    }
}

/// `RATABLE_BLESS=1 cargo test templates_are_in_step` writes them anew.
#[test]
fn templates_are_in_step_with_the_built_in_layouts() {
    for kind in StatementKind::ALL {
        let made = super::builtin::workbook(kind, 2).unwrap();
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(kind.file_name());
        if std::env::var_os("RATABLE_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        assert_same_parts(&std::fs::read(&path).unwrap(), &made);
    }
}
