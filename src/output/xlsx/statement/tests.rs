//! Statements from hand-made outcomes, stamped and read back.

use super::{Cell, Dividend, Layout, Statement, StatementKind, Value};
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

/// Where to leave workbooks for a person to look at.
fn leave(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("RATABLE_LOOK") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}

#[test]
fn a_dividend_statement_is_live() {
    let (case, outcome) = sample::e1();
    let inputs = sample::inputs();
    let dividend = Dividend::new(&case, &outcome, &sample::run("dividend", &[], &inputs));
    let layout = Layout::builtin(StatementKind::Dividend, 2).unwrap();
    for holder in 0..4 {
        let bytes = layout.stamp(&dividend.of(holder)).unwrap();
        leave(&format!("dividend-{holder}.xlsx"), &bytes);
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        if holder == 0 {
            assert!(sheet.contains("<f>ROUND(SUM(G17:G18),2)</f><v>8496</v>"), "{sheet}");
            assert!(sheet.contains("<headerFooter><oddHeader>&amp;LCapstone Turbine Corporation&amp;RDividend"));
            assert!(sheet.contains("<v>2039.04</v>"));
        }
    }
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

#[test]
fn a_stamped_dividend_statement_equals_what_rust_xlsxwriter_writes() {
    let (case, outcome) = sample::e1();
    let inputs = sample::inputs();
    let dividend = Dividend::new(&case, &outcome, &sample::run("dividend", &[], &inputs));
    for decimals in [2, 0] {
        let layout = Layout::builtin(StatementKind::Dividend, decimals).unwrap();
        for holder in 0..4 {
            let statement = dividend.of(holder);
            let bytes = layout.stamp(&statement).unwrap();
            let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
            let reference = super::reference::workbook(StatementKind::Dividend, decimals, &statement, &sheet);
            assert_same_parts(&bytes, &reference);
        }
    }
}

#[test]
#[ignore = "a measurement: cargo test --release -- --ignored stamps_a_second --nocapture"]
fn stamps_a_second() {
    let (case, outcome) = sample::e1();
    let inputs = sample::inputs();
    let dividend = Dividend::new(&case, &outcome, &sample::run("dividend", &[], &inputs));
    let layout = Layout::builtin(StatementKind::Dividend, 2).unwrap();
    let rounds = 20_000u32;
    let start = std::time::Instant::now();
    let mut size = 0;
    for n in 0..rounds {
        size += layout.stamp(&dividend.of(n % 3)).unwrap().len();
    }
    let taken = start.elapsed().as_secs_f64();
    println!("{:.0} statements a second, {} bytes each", f64::from(rounds) / taken, size / rounds as usize);
    let start = std::time::Instant::now();
    let mut filled = 0;
    for n in 0..rounds {
        filled += dividend.of(n % 3).lots.len();
    }
    println!("{:.2} µs of it to fill one in ({filled})", start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
    let _: (Option<Cell>, Option<Statement>, Option<Value>) = (None, None, None);
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
