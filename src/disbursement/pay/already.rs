//! Payments that are not sent, since they were already: by what the case says became of them, by the lists of the bank's
//! files beside the one to be written and near the run, and by reissues of the run. And check numbers that were used.

use super::super::Refused;
use super::super::reissue::{Reconciliation, State, replaced};
use super::super::run::{Instructions, Run};
use crate::model::Case;
use crate::output::manifest;
use crate::verify::table::Table;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The format of checks, as lists name it.
pub(crate) const CHECKS: &str = "checks";
/// The list that the bank honours checks by.
pub(crate) const POSITIVE_PAY: &str = "positive-pay.csv";

/// Why payments are not sent, by reference.
pub(crate) type Already = HashMap<String, String>;

/// What [`super::Plan::tell`] writes, as far as it is read.
#[derive(Deserialize)]
struct List {
    file: String,
    format: String,
    run: String,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    reference: String,
    fate: String,
}

/// What the table `payment_status` says of the run's payments.
/// Errors: those of [`Reconciliation::take`].
pub(crate) fn by_status(run: &Run, instructions: &Instructions, case: &Case) -> Result<Already, Refused> {
    if case.payment_statuses.is_empty() {
        return Ok(Already::new());
    }
    let mut payments = Reconciliation::read(run, instructions)?;
    let statuses = payments.without_later(case.payment_statuses.clone());
    payments.take(run, &statuses)?;
    let reason = |state: State| match state {
        State::Settled => Some("settled, by payment_status".to_owned()),
        State::Returned | State::Stopped => {
            Some(format!("{}, by payment_status: ratable reissue pays it again", state.word()))
        }
        _ => None,
    };
    Ok(payments.lines.into_iter().filter_map(|line| Some((line.reference, reason(line.state)?))).collect())
}

/// A file for a bank that was written before, by its list.
pub(crate) struct Other {
    /// What it is called where the new one is written.
    name: String,
    /// The file, or the folder of checks.
    pub path: PathBuf,
    pub format: String,
    run: String,
    /// The references that it carries, in order.
    carried: Vec<String>,
}

/// The files whose lists stand beside `list`, beside the run's folder, or in a folder beside that.
/// Errors: where the folder of `list` cannot be read.
pub(crate) fn others(list: &Path, run: &Run) -> io::Result<Vec<Other>> {
    let folder = list.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.exists() {
        // Writing there says so.
        return Ok(Vec::new());
    }
    let entries = |folder: &Path| Ok::<_, io::Error>(fs::read_dir(folder)?.flatten().map(|entry| entry.path()));
    let (folder, own) = (folder.canonicalize()?, run.folder.canonicalize()?);
    let mut lists: BTreeSet<PathBuf> = entries(&folder)?.collect();
    let beside: Vec<PathBuf> = own.parent().and_then(|beside| entries(beside).ok()).into_iter().flatten().collect();
    // Lists stand in no folder that a command wrote.
    let folders = beside.iter().filter(|path| path.is_dir() && !path.join(manifest::NAME).exists());
    lists.extend(folders.filter_map(|path| entries(path).ok()).flatten());
    lists.extend(beside);
    let this = list.file_name().map(|name| folder.join(name));
    let other = |list: PathBuf| {
        let path = list.with_extension("");
        if list.extension().is_none_or(|kind| kind != "json") || !path.exists() || Some(&list) == this.as_ref() {
            return None;
        }
        let List { file, format, run, rows } = serde_json::from_reader(BufReader::new(File::open(&list).ok()?)).ok()?;
        let elsewhere = list.parent().filter(|beside| *beside != folder);
        let name = elsewhere.map_or(file.clone(), |beside| beside.join(&file).display().to_string());
        let carried = rows.into_iter().filter(|row| row.fate == "carried").map(|row| row.reference);
        let mut carried: Vec<String> = carried.collect();
        carried.sort_unstable();
        Some(Other { name, path, format, run, carried })
    };
    Ok(lists.into_iter().filter_map(other).collect())
}

impl Other {
    /// Whether it carries payments of this run.
    pub(crate) fn is_of(&self, run: &Run) -> bool {
        self.run == run.sha256 && !self.carried.is_empty()
    }

    /// Whether it is the very file that carries these payments, its first check of this number.
    /// Errors: where its list of checks cannot be read.
    pub(super) fn is_again(&self, carried: &[&str], first_number: Option<u64>) -> Result<bool, Refused> {
        if self.carried != carried {
            return Ok(false);
        }
        let Some(number) = first_number.filter(|_| self.format == CHECKS) else { return Ok(true) };
        let Some(mut table) = Table::open(&self.path, POSITIVE_PAY)? else { return Ok(false) };
        Ok(table.advance()? && table.text("number") == number.to_string())
    }

    /// Adds what it carries, where nothing else was said of it.
    pub(crate) fn add_to(&self, already: &mut Already) {
        let reason = format!("{} carries it: if that was not sent, delete it", self.name);
        for reference in &self.carried {
            already.entry(reference.clone()).or_insert_with(|| reason.clone());
        }
    }
}

/// Adds what a reissue of the run pays under other references.
/// Errors: where its table of those is missing or not as it was written.
pub(crate) fn add_reissued(already: &mut Already, reissue: &Path, name: &str) -> Result<(), Refused> {
    let reason = format!("{name} pays it again");
    already.extend(replaced(reissue)?.into_iter().map(|(reference, _)| (reference, reason.clone())));
    Ok(())
}

/// Where a check of these numbers, drawn on this account, was written already: its number, and the folder.
/// Errors: where a list of checks cannot be read.
pub(crate) fn used(others: &[&Other], account: &str, numbers: &Range<u64>) -> Result<Option<(u64, String)>, Refused> {
    for other in others.iter().filter(|other| other.format == CHECKS) {
        let Some(mut table) = Table::open(&other.path, POSITIVE_PAY)? else { continue };
        while table.advance()? {
            let number = table.text("number").parse().ok().filter(|number| numbers.contains(number));
            if let Some(number) = number.filter(|_| table.text("account") == account) {
                return Ok(Some((number, other.name.clone())));
            }
        }
    }
    Ok(None)
}
