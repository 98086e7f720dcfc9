//! Payments that are not sent, since they were already: by what the case says became of them, and by the lists of the
//! bank's files beside the one to be written and near the run.

use super::super::Refused;
use super::super::reissue::{Reconciliation, State};
use super::super::run::{Instructions, Run};
use crate::model::Case;
use crate::output::manifest;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

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

/// Adds what files of the run in other formats carry, whose lists stand beside `list`, beside the run's folder, or in a
/// folder beside that.
/// Errors: where the folder of `list` cannot be read.
pub(crate) fn add_other_files(already: &mut Already, list: &Path, run: &Run, format: &str) -> io::Result<()> {
    let folder = list.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.exists() {
        // Writing there says so.
        return Ok(());
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
    for path in lists {
        let is_list = path.extension().is_some_and(|kind| kind == "json") && path.with_extension("").exists();
        if !is_list || Some(&path) == this.as_ref() {
            continue;
        }
        let Ok(file) = File::open(&path) else { continue };
        let Ok(other) = serde_json::from_reader::<_, List>(BufReader::new(file)) else { continue };
        if other.run == run.sha256 && other.format != format {
            let carried = other.rows.into_iter().filter(|row| row.fate == "carried");
            let elsewhere = path.parent().filter(|beside| *beside != folder);
            let name = elsewhere.map_or(other.file.clone(), |beside| beside.join(&other.file).display().to_string());
            let reason = format!("{name} carries it: if that was not sent, delete it");
            already.extend(carried.map(|row| (row.reference, reason.clone())));
        }
    }
    Ok(())
}
