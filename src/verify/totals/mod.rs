//! The control totals of a finished run, re-added from its files alone.

mod liquidation;
mod payments;
mod reissue;
mod votes;
mod workbooks;

use super::table::{Table, units};
use super::{RESTORE, difference};
use crate::output::manifest::Manifest;
use crate::problem::Problem;
use crate::quantity::{Units, scaled_fixed};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// How many differing rows of one kind are named; a file that was shifted by a row differs in all of them.
const NAMED: usize = 100;

/// Re-adds every control total: how many there are, and which do not agree.
pub(crate) fn check(folder: &Path, manifest: &Manifest) -> (usize, Vec<Problem>) {
    if manifest.part.is_some() {
        return (0, Vec::new());
    }
    let path = folder.join("result.json");
    // A pipe would never end, and neither would a device.
    let regular = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
    let result =
        if regular { fs::read(&path).map_err(|e| e.to_string()) } else { Err("it is no regular file".to_owned()) };
    let result = result.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string()));
    let result: Value = match result {
        Ok(result) => result,
        Err(error) => {
            let message = format!("The result cannot be read: {error}.");
            return (0, vec![difference("totals.file.unreadable", "result.json", message, RESTORE)]);
        }
    };
    let decimals = manifest.terms.get("currency_decimals").and_then(Value::as_u64);
    let decimals = decimals.and_then(|decimals| u32::try_from(decimals).ok()).unwrap_or(2);
    let mut audit = Audit { folder, manifest, result, decimals, checked: 0, problems: Vec::new() };
    if let Err(problem) = audit.run() {
        audit.problems.push(problem);
    }
    (audit.checked, audit.problems)
}

/// A run's figures being re-added.
struct Audit<'a> {
    folder: &'a Path,
    manifest: &'a Manifest,
    result: Value,
    decimals: u32,
    checked: usize,
    problems: Vec<Problem>,
}

impl Audit<'_> {
    fn run(&mut self) -> Result<(), Problem> {
        self.head();
        match self.manifest.command.as_str() {
            "dividend" => self.dividend()?,
            "exchange" => self.exchange()?,
            "liquidate" => self.liquidate()?,
            "reissue" => self.reissue()?,
            "vote" => self.vote()?,
            "actions" => self.rows("actions.csv", "actions", &["row", "date", "action", "verdict", "reason"])?,
            "captable" => self.captable()?,
            _ => {}
        }
        self.workbooks()
    }

    /// What `result.json` and the manifest both say.
    fn head(&mut self) {
        let manifest = self.manifest;
        let text = |name: &str| manifest.terms.get(name).cloned().unwrap_or(Value::Null);
        let pairs = [
            ("command", Value::from(manifest.command.as_str())),
            ("company", text("company")),
            ("currency", text("currency")),
            ("readings", manifest.readings.clone()),
        ];
        for (name, stated) in pairs {
            self.checked += 1;
            if self.result.get(name) != Some(&stated) {
                self.differs(name, &format!("result.json has another {name} than manifest.json."), "result.json");
            }
        }
    }

    /// A text of `result.json`.
    fn text(&self, pointer: &str) -> Option<&str> {
        self.result.pointer(pointer).and_then(Value::as_str)
    }

    /// An amount of `result.json`, in units of `decimals` decimals; none where it is null or missing.
    fn stated(&self, pointer: &str, decimals: u32) -> Option<Units> {
        units(self.text(pointer)?, decimals)
    }

    /// An amount of cash of `result.json` that must be there.
    fn cash(&mut self, pointer: &str) -> Units {
        self.stated(pointer, self.decimals).unwrap_or_else(|| {
            let name = pointer.trim_start_matches('/').replace('/', " ");
            self.differs("missing", &format!("result.json states no {name}."), "result.json");
            0
        })
    }

    /// That a sum re-added from the files is what is stated elsewhere.
    fn agree(&mut self, name: &str, file: &str, sum: Units, stated: Units, what: &str) {
        self.agree_within(0, self.decimals, (name, file), [sum, stated], what);
    }

    /// The same to within `tolerance` units of `decimals` decimals.
    fn agree_within(&mut self, tolerance: Units, decimals: u32, at: (&str, &str), pair: [Units; 2], what: &str) {
        self.checked += 1;
        let [sum, stated] = pair;
        if (sum - stated).abs() > tolerance {
            let [sum, stated] = pair.map(|units| scaled_fixed(units, decimals));
            self.differs(at.0, &format!("{what}: {sum} in this file, {stated} stated."), at.1);
        }
    }

    fn differs(&mut self, name: &str, message: &str, file: &str) {
        self.problems.push(difference(&format!("totals.{name}.differs"), file, message, RESTORE));
    }

    /// A cell that does not agree with others; of many such cells the first are named.
    fn cell(&mut self, code: &str, table: &Table, column: &'static str, message: impl Into<String>) {
        if self.problems.iter().filter(|problem| problem.code == code).count() < NAMED {
            let problem = Problem::error(code, table.place(column), message, RESTORE);
            self.problems.push(problem.with_value(table.text(column)));
        }
    }

    /// A file that the run wrote; none, and a problem, where it is missing.
    fn table(&mut self, file: &str) -> Result<Option<Table>, Problem> {
        let table = Table::open(self.folder, file)?;
        if table.is_none() {
            self.differs("file", &format!("{file} is missing, so its totals cannot be re-added."), file);
        }
        Ok(table)
    }

    /// That the rows of a file are those of a list in `result.json`, in these columns.
    fn rows(&mut self, file: &str, list: &str, columns: &[&'static str]) -> Result<(), Problem> {
        let stated = self.result.pointer(&format!("/{list}")).and_then(Value::as_array).cloned().unwrap_or_default();
        let Some(mut table) = self.table(file)? else { return Ok(()) };
        let mut rows = 0;
        while table.advance()? {
            let row = stated.get(rows).unwrap_or(&Value::Null);
            for column in columns {
                let stated = match row.get(*column) {
                    Some(Value::String(text)) => crate::text::guarded(text).into_owned(),
                    Some(Value::Number(number)) => number.to_string(),
                    _ => String::new(),
                };
                if table.text(column) != stated {
                    let message = format!("{column}: result.json states {stated}.");
                    self.cell("totals.rows.differ", &table, column, message);
                }
            }
            rows += 1;
        }
        self.checked += 1;
        if rows != stated.len() {
            self.differs("rows", &format!("{rows} rows here, {} in result.json.", stated.len()), file);
        }
        Ok(())
    }
}

/// Adds to the sum of a class or an asset.
fn add(sums: &mut BTreeMap<String, Units>, name: &str, units: Units) {
    match sums.get_mut(name) {
        Some(sum) => *sum += units,
        None => drop(sums.insert(name.to_owned(), units)),
    }
}
