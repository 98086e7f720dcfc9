//! `manifest.json`: what made this folder, and what is in it.

use super::folder::Folder;
use crate::model::{Case, DecimalMark, iso};
use crate::quantity::{plain, scaled_fixed, whole};
use crate::sha256;
use crate::spreadsheet::hash::FileHash;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(crate) const NAME: &str = "manifest.json";
/// The problems of a case for programs, where a watch could not run it.
pub(crate) const PROBLEMS: &str = "problems.json";
/// How each of them begins.
const START: &[u8; 21] = b"{\n  \"tool\": \"ratable\"";

/// Whether a folder is one that this program wrote, in whatever version: a run, or a watch's report of a case's problems.
/// Only such a folder is ever replaced.
pub(crate) fn is_own(folder: &Path) -> bool {
    [NAME, PROBLEMS].iter().any(|name| {
        let mut start = [0; START.len()];
        File::open(folder.join(name)).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *START
    })
}

/// What was asked, without what cannot change a figure (`--jobs --out --force --quiet --format`).
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub command: &'static str,
    /// Its arguments, in a fixed order: `["--date", "2006-06-15", …]`.
    pub arguments: Vec<String>,
    /// The team's own layout that the holders' workbooks were stamped from.
    pub template: Option<FileHash>,
}

/// The terms in force, readings apart.
pub(crate) fn terms(case: &Case) -> Value {
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
        "date_format": t.date_format.word(),
        "decimal_mark": t.decimal_mark.map(DecimalMark::word),
        "home_country": t.home_country,
        "charter_directors": t.charter_directors,
        "minimum_payment": scaled_fixed(t.minimum_payment, t.currency_decimals),
        "nondividend_percent": plain(&(&t.nondividend_part * whole(100)), 28),
        "contact": t.contact,
        "logo": t.logo,
        "locale": t.locale.tag,
    })
}

pub(crate) fn readings(case: &Case) -> Value {
    let pairs = case.terms.readings.iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// Which of a finished run's workbooks a folder holds: the I-th of N parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    /// The SHA-256 of the finished run's `manifest.json`.
    pub run: String,
    pub index: u32,
    pub of: u32,
    /// Its first workbook's place in the order of holder ids, from 0.
    pub first: usize,
    pub count: usize,
    /// How many the whole run has.
    pub workbooks: usize,
}

/// `manifest.json`, as it is written and read back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub tool: String,
    pub version: String,
    pub command: String,
    /// Its arguments: see [`Request::arguments`].
    pub arguments: Vec<String>,
    pub case: String,
    /// The terms in force, readings apart.
    pub terms: Value,
    pub readings: Value,
    /// The layout of the workbooks, where it is the team's own.
    pub template: Option<FileHash>,
    /// Which part of a run's workbooks it is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// The SHA-256 of the manifest of the earlier run that it goes on from, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The names of the ledger's accounts by role, where the case gives them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, String>,
    pub inputs: Vec<FileHash>,
    /// The files that were written, by path.
    pub outputs: Vec<FileHash>,
    /// The SHA-256 of this file as it is with nothing between the quotes here.
    pub self_sha256: String,
}

impl Manifest {
    /// The manifest of a run of this version; its outputs and its own hash come when it is written.
    pub(crate) fn new(case: &Case, request: &Request, inputs: &[FileHash]) -> Self {
        Self {
            tool: "ratable".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: request.command.to_owned(),
            arguments: request.arguments.clone(),
            case: case.name.clone(),
            terms: terms(case),
            readings: readings(case),
            template: request.template.clone(),
            part: None,
            after: case.after.clone(),
            accounts: case.accounts.clone(),
            inputs: inputs.to_vec(),
            outputs: Vec::new(),
            self_sha256: String::new(),
        }
    }

    /// Writes it, the last file of a folder, with all that the folder has by then.
    pub(crate) fn write(mut self, folder: &Folder) -> io::Result<()> {
        self.outputs = folder.written();
        self.self_sha256 = self.hashed()?;
        json_file(folder, NAME, &self)
    }

    /// What its own hash must be.
    pub(crate) fn hashed(&mut self) -> io::Result<String> {
        let self_sha256 = std::mem::take(&mut self.self_sha256);
        let bytes = json_bytes(self);
        self.self_sha256 = self_sha256;
        bytes.map(|bytes| sha256::of_bytes(&bytes))
    }
}

/// Writes a JSON file, indented, with a final line feed.
pub(crate) fn json_file(folder: &Folder, path: &str, value: &impl Serialize) -> io::Result<()> {
    folder.write(path, &json_bytes(value)?)
}

/// JSON as it is written: indented, with a final line feed.
pub(crate) fn json_bytes(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
