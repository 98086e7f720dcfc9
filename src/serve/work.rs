//! What is done with a case that was dropped: read, run, written, paid and booked, each by the command line's own function.

use super::job::Job;
use super::{locked, pictures, upload};
use crate::cli::{Cli, Command};
use crate::commands::{CaseRun, Failure, Outcome, ReadPlan, RunPlan, books, check, pay, plan, read_case, run_folder};
use crate::input::{Loaded, ReadOptions, file_name};
use crate::outcome::LiquidationOutcome;
use crate::output::folder::list;
use crate::output::statement_files::{Archive, file_names};
use crate::output::xlsx::statement::Layout;
use crate::quantity::{Units, power_of_ten};
use crate::runs::liquidation::{self, LiquidationPlan};
use clap::Parser;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// The private folder of a case, and what became of what was dropped there.
pub(super) struct Dropped {
    pub folder: PathBuf,
    /// Files arrive one at a time.
    pub uploads: tokio::sync::Mutex<()>,
    work: Mutex<Work>,
}

impl Dropped {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, uploads: tokio::sync::Mutex::default(), work: Mutex::default() }
    }

    pub(super) fn work(&self) -> MutexGuard<'_, Work> {
        locked(&self.work)
    }
}

/// What became of a case so far.
#[derive(Default)]
pub(super) struct Work {
    /// Flags that say how it is read: `--encoding`, `--set`.
    pub how: Vec<String>,
    pub read: Option<Arc<Reading>>,
    pub run: Option<Arc<Ran>>,
    pub taken: Option<Arc<Taken>>,
    /// A fault of this program in the work done last.
    pub fault: Option<String>,
    /// How many runs were made, and files to take away.
    made: u64,
}

impl Work {
    /// What was read, and how.
    pub(super) fn reading(&self) -> Option<(Arc<Reading>, Vec<String>)> {
        Some((self.read.clone()?, self.how.clone()))
    }

    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }
}

pub(super) struct Reading {
    /// Where the case lies.
    pub path: PathBuf,
    pub result: Result<Loaded, Failure>,
}

/// What was asked of a run, as it is typed on a command line, and what came of it.
pub(super) struct Ran {
    /// Its number among the runs of the case: what a page shows of a run is never taken from another one.
    pub number: u64,
    pub ask: Ask,
    /// The arguments, with the case's name in the place of its path.
    pub typed: Vec<String>,
    pub result: Result<Done, Failure>,
    /// Its folder is written once: others that want it wait.
    writing: Mutex<()>,
}

pub(super) struct Done {
    plan: RunPlan,
    pub run: CaseRun,
    /// A liquidation of many sums, for its curve.
    pub curve: Option<LiquidationOutcome>,
}

/// What the form of a run says.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    pub command: String,
    /// Flags and values, as on the command line; blank ones left out.
    pub flags: Vec<(String, String)>,
}

/// A file to take away.
pub(super) struct Taken {
    /// Its number among what was made of the case.
    pub number: u64,
    pub made: Result<Made, Failure>,
}

pub(super) struct Made {
    pub path: PathBuf,
    /// What becomes of each payment, of a bank's file.
    pub record: Option<PathBuf>,
    /// What is said of it.
    pub lines: Vec<String>,
}

/// What was typed, as a command.
fn command(words: &[String], rest: impl IntoIterator<Item = PathBuf>) -> Result<Command, Failure> {
    let typed = ["ratable".to_owned()].into_iter().chain(words.iter().cloned()).map(std::ffi::OsString::from);
    let paths = ["--".into()].into_iter().chain(rest.into_iter().map(PathBuf::into_os_string));
    let parsed = Cli::try_parse_from(typed.chain(paths));
    // What it says first, without how the command is typed.
    let said = |error: clap::Error| {
        let text = error.to_string();
        let first: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
        first.join(" ").replace("error: ", "")
    };
    parsed.map(|cli| cli.command).map_err(|error| Failure::Usage(said(error)))
}

/// Reads what was dropped.
pub(super) fn read(dropped: &Dropped, job: &Job) {
    let how = dropped.work().how.clone();
    let read = upload::settled(&dropped.folder).map(|path| {
        let result = read_plan(&how, &path).and_then(|plan| check::loaded(&path, &plan, None));
        Reading { path, result }
    });
    let read = read.unwrap_or_else(|failure| Reading { path: dropped.folder.clone(), result: Err(failure) });
    if !job.is_stopped() {
        let mut work = dropped.work();
        work.read = Some(Arc::new(read));
        work.run = None;
    }
}

/// How the files of a case are read, as `check` is asked.
fn read_plan(how: &[String], path: &Path) -> Result<ReadPlan, Failure> {
    let words: Vec<String> = ["check".to_owned()].into_iter().chain(how.iter().cloned()).collect();
    match command(&words, [path.to_owned()])? {
        Command::Check(args) => plan::read(&args.read),
        _ => Err(Failure::Usage("This is no check.".to_owned())),
    }
}

pub(super) fn options(how: &[String], path: &Path) -> ReadOptions {
    read_plan(how, path).map(|plan| plan.options).unwrap_or_default()
}

/// The case with its problems marked, as a workbook.
pub(super) fn problems_workbook(dropped: &Dropped) -> Result<Vec<u8>, Failure> {
    let (read, how) = dropped.work().reading().ok_or_else(nothing_yet)?;
    let Ok(loaded) = &read.result else { return Err(nothing_yet()) };
    Ok(check::annotated_copy(&read.path, &read_plan(&how, &read.path)?, &loaded.name, &loaded.problems)?)
}

fn nothing_yet() -> Failure {
    Failure::Usage("Nothing was read yet: drop a spreadsheet first.".to_owned())
}

/// Runs what was read, as asked.
pub(super) fn run(dropped: &Dropped, job: &Job, ask: Ask) {
    let Some((read, how)) = dropped.work().reading() else { return };
    let flags = ask.flags.iter().map(|(flag, value)| format!("--{flag}={value}"));
    let words: Vec<String> = [ask.command.clone()].into_iter().chain(flags).chain(how).collect();
    let result = done(&words, &read.path);
    let name = file_name(&read.path);
    let mut typed = words;
    typed.insert(1, name);
    if !job.is_stopped() {
        let mut work = dropped.work();
        let ran = Ran { number: work.next(), ask, typed, result, writing: Mutex::default() };
        let before = work.run.replace(Arc::new(ran));
        drop(work);
        // What was written of the run before is of no use any more.
        if let Some(before) = before {
            drop(fs::remove_dir_all(dropped.folder.join(OUT).join(before.number.to_string())));
        }
    }
}

fn done(words: &[String], path: &Path) -> Result<Done, Failure> {
    let plan = RunPlan::new(&command(words, [path.to_owned()])?)?;
    let run = CaseRun::new(&plan.kind, read_case(&plan.read, path)?)?;
    let curve = match &run.outcome {
        Outcome::Liquidation(outcome) => Some(curve(&run, outcome)?),
        _ => None,
    };
    Ok(Done { plan, run, curve })
}

/// So many sums make a curve.
const SUMS: i128 = 160;

/// The same liquidation of sums from 0 to past the last at which something changes, for a picture.
fn curve(run: &CaseRun, outcome: &LiquidationOutcome) -> Result<LiquidationOutcome, Failure> {
    let scale = power_of_ten(run.case.terms.currency_decimals);
    let turns = outcome.breakpoints.iter().map(|point| (&point.at * &scale).ceil().to_integer());
    let turns: Vec<Units> = turns.filter_map(|at| Units::try_from(at).ok()).collect();
    let last = turns.iter().max().copied().unwrap_or(0);
    let given = outcome.distribution.as_ref().map_or(0, |d| d.totals.proceeds + d.prior);
    let asked = outcome.scenarios.sums.last().copied().unwrap_or(0);
    let most = (last + last / 4).max(given + given / 4).max(asked).max(SUMS);
    let step = pictures::round(most / SUMS + 1);
    let most = (most / step + 1) * step;
    let mut sums: Vec<Units> = (0..=most / step).map(|at| step * at).chain(turns).chain([given]).collect();
    sums.sort_unstable();
    sums.dedup();
    let plan = LiquidationPlan { date: outcome.date, proceeds: None, scenarios: sums, breakeven: None };
    Ok(liquidation::run(&run.case, &plan)?)
}

/// Runs are written here, each in a folder of its own.
const OUT: &str = "out";
/// What is taken away lies here, each in a folder of its own.
const TAKEN: &str = "taken";

/// Writes the run's folder, as the command line does, if that was not done yet; gives where.
fn folder(dropped: &Dropped, ran: &Ran, done: &Done, case: &Path) -> Result<PathBuf, Failure> {
    let _alone = locked(&ran.writing);
    let own = dropped.folder.join(OUT).join(ran.number.to_string());
    let target = own.join(run_folder::default_folder(&done.plan, case));
    if !target.exists() {
        drop(fs::remove_dir_all(&own));
        fs::create_dir_all(&own)?;
        run_folder::publish(&done.plan, &done.run, &target).inspect_err(|_| drop(fs::remove_dir_all(&own)))?;
    }
    Ok(target)
}

/// What a run is taken away as.
#[derive(Clone, Debug)]
pub(super) enum Take {
    Folder,
    /// What `pay` or `journal` makes of it, with these flags.
    File(&'static str, Vec<(&'static str, String)>),
}

/// What the name of a file ends in, by its form.
const ENDINGS: [(&str, &str); 6] = [
    ("pain.001", ".xml"),
    ("nacha", ".ach"),
    ("checks", "-checks"),
    ("beancount", ".beancount"),
    ("hledger", ".journal"),
    ("csv", "-journal.csv"),
];

/// Makes what is to be taken away of a run.
pub(super) fn take(dropped: &Dropped, job: &Job, ran: &Ran, what: &Take) {
    let number = dropped.work().next();
    let beside = dropped.folder.join(TAKEN).join(number.to_string());
    let taken = Taken { number, made: taken(dropped, ran, what, &beside) };
    let mut work = dropped.work();
    let before = if job.is_stopped() { None } else { work.taken.replace(Arc::new(taken)) };
    drop(work);
    let before = before.as_ref().and_then(|before| before.made.as_ref().ok()?.path.parent());
    if let Some(useless) = before.or(job.is_stopped().then_some(&*beside)) {
        drop(fs::remove_dir_all(useless));
    }
}

fn taken(dropped: &Dropped, ran: &Ran, what: &Take, beside: &Path) -> Result<Made, Failure> {
    let read = dropped.work().read.clone().ok_or_else(nothing_yet)?;
    let Ok(done) = &ran.result else { return Err(nothing_yet()) };
    let run = folder(dropped, ran, done, &read.path)?;
    let name = file_name(&run);
    fs::create_dir_all(beside)?;
    let shown = |lines: Vec<String>| -> Vec<String> {
        let place = format!("{}{}", beside.display(), std::path::MAIN_SEPARATOR);
        lines.into_iter().map(|line| line.replace(&place, "")).collect()
    };
    let Take::File(what, flags) = what else {
        let path = zipped(&run, &beside.join(format!("{name}.zip")))?;
        return Ok(Made { path, record: None, lines: Vec::new() });
    };
    let given = |name: &str| flags.iter().find(|(flag, _)| *flag == name).map_or("", |(_, value)| value.as_str());
    if !given("first-number").bytes().all(|b| b.is_ascii_digit()) {
        return Err(Failure::Usage("First check number: give it in digits, such as 1001.".to_owned()));
    }
    let ending = ENDINGS.iter().find(|(form, _)| *form == given("as")).map_or("", |(_, ending)| ending);
    let out = beside.join(format!("{name}{ending}"));
    let mut words = vec![(*what).to_owned(), format!("--out={}", out.display())];
    words.extend(flags.iter().map(|(flag, value)| format!("--{flag}={value}")));
    if *what == "pay" {
        words.push(format!("--case={}", read.path.display()));
    }
    match command(&words, [run])? {
        Command::Pay(args) => {
            let (told, record) = (pay::pay(&args)?, pay::record_of(&out));
            let path = if out.is_dir() { zipped(&out, &beside.join(format!("{name}-checks.zip")))? } else { out };
            Ok(Made { path, record: Some(record), lines: shown(told.lines) })
        }
        Command::Journal(args) => {
            let mut told = books::journal(&args)?;
            told.lines[0] = format!("{} entries", told.value["entries"]);
            Ok(Made { path: out, record: None, lines: shown(told.lines) })
        }
        _ => Err(nothing_yet()),
    }
}

/// A folder as a zip of its files under the folder's name, stored as they are.
fn zipped(folder: &Path, target: &Path) -> Result<PathBuf, Failure> {
    let (mut files, name) = (Vec::new(), file_name(folder));
    list(folder, "", &mut files)?;
    files.sort();
    let mut archive = Archive::new(BufWriter::new(File::create(target)?));
    for path in files {
        archive.add(&format!("{name}/{path}"), &fs::read(folder.join(&path))?)?;
    }
    archive.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(target.to_owned())
}

impl Done {
    /// A holder's workbook, with its file name; none where there is no such holder or no workbook.
    pub(super) fn statement(&self, id: &str) -> Result<Option<(String, Vec<u8>)>, Failure> {
        let case = &self.run.case;
        let (Some(holder), Some(kind)) = (case.register.find(id), self.plan.kind.statements()) else { return Ok(None) };
        let layout = Layout::builtin(kind, &self.run.look()?).map_err(Failure::Problems)?;
        let names = file_names(case);
        let bytes = self.run.statement(&layout, holder)?;
        Ok(bytes.map(|bytes| (format!("{}.xlsx", names[holder as usize]), bytes)))
    }

    /// Whether the run pays, so that there is a bank's file and a journal.
    pub(super) fn pays(&self) -> bool {
        self.plan.kind.statements().is_some()
    }
}
