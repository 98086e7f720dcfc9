//! Statements from hand-made outcomes, stamped and read back.

use super::{Cell, Dividend, Layout, Statement, StatementKind, Value};
use crate::report::xlsx::package;
use crate::report::xlsx::sample;

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
