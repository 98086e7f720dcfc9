//! `manifest.json`: what made this folder, and what is in it.

use super::folder::Folder;
use crate::case::Input;
use crate::model::Case;
use crate::model::calendar::iso;
use crate::quantity::plain;
use serde_json::{Map, Value, json};
use std::io;

/// What was asked, without what cannot change a figure (`--jobs --out --force --quiet --format`).
#[derive(Clone, Debug)]
pub struct Request {
    /// The command.
    pub command: &'static str,
    /// Its arguments, in a fixed order: `["--date", "2006-06-15", …]`.
    pub arguments: Vec<String>,
    /// The team's own layout that the holders' workbooks were stamped from.
    pub template: Option<Input>,
}

/// The terms in force, readings apart.
#[must_use]
pub fn terms(case: &Case) -> Value {
    let t = &case.terms;
    let number = |value: &crate::quantity::Ratio| plain(value, 12);
    json!({
        "company": t.company,
        "series_name": t.series_name,
        "common_name": t.common_name,
        "currency": t.currency,
        "currency_decimals": t.currency_decimals,
        "authorized_shares": t.authorized_shares.to_string(),
        "common_authorized_shares": t.common_authorized_shares.map(|s| s.to_string()),
        "multiple": number(&t.multiple),
        "votes_per_share": number(&t.votes_per_share),
        "quarter_dates": t.quarter_dates.to_string(),
        "rights_declaration_date": iso(t.rights_declaration_date),
        "minimum_quarterly_dividend": number(&t.minimum_quarterly_dividend),
        "liquidation_preference": number(&t.liquidation_preference),
        "liquidation_shape": t.liquidation_shape.word(),
        "default_quarters": number(&t.default_quarters),
        "default_directors": t.default_directors,
        "class_quorum": number(&t.class_quorum),
        "amendment_majority": number(&t.amendment_majority),
        "record_date_window": t.record_date_window,
        "first_issuance_date": case.first_issuance().map(iso),
        "register_date": t.register_date.map(iso),
    })
}

/// The readings in force.
#[must_use]
pub fn readings(case: &Case) -> Value {
    let pairs = case.terms.readings.iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// Writes `manifest.json`, the last file of a folder: size and SHA-256 of each input and output but itself.
///
/// # Errors
/// The machine's.
pub fn write(folder: &Folder, case: &Case, request: &Request, inputs: &[Input]) -> io::Result<()> {
    let input = |i: &Input| json!({"path": i.path, "size": i.size, "sha256": i.sha256});
    let template = request.template.as_ref().map(input);
    let outputs = folder.written();
    let manifest = json!({
        "tool": "ratable",
        "version": env!("CARGO_PKG_VERSION"),
        "command": request.command,
        "arguments": request.arguments,
        "case": case.name,
        "terms": terms(case),
        "readings": readings(case),
        "template": template,
        "inputs": inputs.iter().map(input).collect::<Vec<_>>(),
        "outputs": outputs.iter().map(|w| json!({"path": w.path, "size": w.size, "sha256": w.sha256})).collect::<Vec<_>>(),
    });
    json_file(folder, "manifest.json", &manifest)
}

/// Writes a JSON file, indented, with a final line feed.
///
/// # Errors
/// The machine's.
pub fn json_file(folder: &Folder, path: &str, value: &Value) -> io::Result<()> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    folder.write(path, &bytes)
}
