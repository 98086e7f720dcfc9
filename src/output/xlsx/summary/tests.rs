//! Summaries from hand-made outcomes.

use crate::output::xlsx::package;
use crate::output::xlsx::sample;

/// Where to leave workbooks for a person to look at.
pub(crate) fn leave(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("RATABLE_LOOK") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}

#[test]
fn a_dividend_summary_is_the_same_whenever_it_is_written() {
    let (case, outcome) = sample::e1();
    let inputs = sample::inputs();
    let run = sample::run("dividend", &outcome.warnings, &inputs);
    let bytes = super::dividend(&case, &outcome, &run).unwrap().concat();
    leave("summary-dividend.xlsx", &bytes);
    assert!(bytes == super::dividend(&case, &outcome, &run).unwrap().concat());
    let parts = package::read(&bytes).unwrap();
    let front = parts.iter().find(|p| p.name == "xl/worksheets/sheet1.xml").unwrap().plain().unwrap();
    let front = String::from_utf8(front).unwrap();
    assert!(front.contains("SUMIFS('Holdings'!F6:F11,'Holdings'!E6:E11,\"USD\")"), "{front}");
    assert!(front.contains("<v>Every control total ties.</v>"));
}
