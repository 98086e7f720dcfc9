//! What every command that writes does: read each case, run it, write its folder, say what happened.

use super::console::Console;
use super::plan::{ReadPlan, Workbooks, WritePlan};
use crate::case::{Input, Loaded, ReadOptions, load};
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::register::HolderIx;
use crate::problem::Problem;
use crate::report::books::Books;
use crate::report::folder::{self, Folder};
use crate::report::manifest::{self, Request};
use crate::report::xlsx::statement::{Layout, StatementKind};
use crate::report::{RunInfo, problems};
use crate::runs::Refusal;
use std::io;
use std::path::{Path, PathBuf};

/// Done.
pub const DONE: u8 = 0;
/// The machine failed.
pub const MACHINE: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// The case has problems.
pub const PROBLEMS: u8 = 3;
/// The Certificate forbids it.
pub const FORBIDDEN: u8 = 4;

/// A command that writes a folder.
pub trait Job {
    /// What it comes to.
    type Outcome;
    /// Its name.
    const COMMAND: &'static str;

    /// The date in the default folder's name.
    fn date(&self) -> Option<Date>;
    /// Its own flags, in a fixed order, for the manifest.
    fn arguments(&self) -> Vec<String>;
    /// Runs a case.
    ///
    /// # Errors
    /// [`Failure`].
    fn run(&self, case: &Case) -> Result<Self::Outcome, Failure>;
    /// The run's warnings.
    fn warnings<'a>(&self, outcome: &'a Self::Outcome) -> &'a [Problem];
    /// The kind of its holders' workbooks; none where it writes none.
    const STATEMENTS: Option<StatementKind> = None;

    /// Writes everything but the holders' workbooks, `result.json` and the manifest.
    ///
    /// # Errors
    /// The machine's.
    fn write(&self, folder: &Folder, case: &Case, outcome: &Self::Outcome, run: &RunInfo) -> io::Result<()>;
    /// Writes the holders' workbooks.
    ///
    /// # Errors
    /// The machine's.
    fn write_books(&self, _books: &Books, _case: &Case, _outcome: &Self::Outcome, _run: &RunInfo) -> io::Result<()> {
        Ok(())
    }
    /// What happened, in a few lines.
    fn say(&self, case: &Case, outcome: &Self::Outcome) -> Vec<String>;
    /// A holder's derivation; none where the command has none.
    fn explain(&self, _case: &Case, _outcome: &Self::Outcome, _run: &RunInfo, _holder: HolderIx) -> Option<String> {
        None
    }
    /// The outcome as JSON, as `result.json` holds it.
    fn result(&self, case: &Case, outcome: &Self::Outcome, run: &RunInfo) -> serde_json::Value;
}

/// Why a case was not done.
#[derive(Debug)]
pub enum Failure {
    /// Exit 1.
    Machine(String),
    /// Exit 2.
    Usage(String),
    /// Exit 3.
    Problems(Vec<Problem>),
    /// Exit 4.
    Forbidden(Box<Problem>),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Problems(problems) => Self::Problems(problems),
            Refusal::Forbidden(problem) => Self::Forbidden(problem),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Machine(error.to_string())
    }
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Machine(_) => MACHINE,
            Self::Usage(_) => USAGE,
            Self::Problems(_) => PROBLEMS,
            Self::Forbidden(_) => FORBIDDEN,
        }
    }
}

/// Runs a job over every case; each is all or nothing, and the highest code wins.
#[must_use]
pub fn execute<J: Job>(job: &J, read: &ReadPlan, write: &WritePlan, console: &Console) -> u8 {
    let several = read.cases.len() > 1;
    let mut worst = DONE;
    for path in &read.cases {
        let code = match one(job, read, write, path, several, console) {
            Ok(()) => DONE,
            Err(failure) => {
                tell(read, path, &failure, console);
                failure.code()
            }
        };
        worst = worst.max(code);
    }
    worst
}

fn one<J: Job>(
    job: &J,
    read: &ReadPlan,
    write: &WritePlan,
    path: &Path,
    several: bool,
    console: &Console,
) -> Result<(), Failure> {
    let name = case_name(path);
    let target = target(job, write, &name, several);
    if folder::exists(&target) && !write.force {
        return Err(Failure::Usage(format!(
            "{} exists already: give --force to replace it, or another folder with --out.",
            target.display()
        )));
    }
    let options = ReadOptions { encoding: read.encoding.clone(), set: read.set.clone() };
    let Loaded { case, problems, inputs, .. } =
        load(path, &options).map_err(|e| Failure::Machine(format!("{}: {e}", path.display())))?;
    let Some(case) = case else { return Err(Failure::Problems(problems)) };
    let outcome = job.run(&case)?;
    let mut warnings = problems;
    warnings.extend_from_slice(job.warnings(&outcome));
    let run = RunInfo { command: J::COMMAND, warnings: &warnings, inputs: &inputs };
    let derivation = write.explain.as_deref().map(|id| explain(job, &case, &outcome, &run, id)).transpose()?;
    let books = BookPlan::new::<J>(&case, write)?;
    write_folder(job, read, write, &target, &case, &outcome, &run, &inputs, &books)
        .map_err(|e| Failure::Machine(format!("{} was not written: {e}", target.display())))?;
    say(job, read, &target, &case, &outcome, &run, derivation.as_deref(), console);
    Ok(())
}

fn explain<J: Job>(job: &J, case: &Case, outcome: &J::Outcome, run: &RunInfo, id: &str) -> Result<String, Failure> {
    let holder = find(case, "--explain", id)?;
    job.explain(case, outcome, run, holder)
        .ok_or_else(|| Failure::Usage(format!("--explain: {} works out nothing for a single holder.", J::COMMAND)))
}

fn find(case: &Case, flag: &str, id: &str) -> Result<HolderIx, Failure> {
    case.register.find(id.trim()).ok_or_else(|| {
        Failure::Usage(format!("{flag} {id}: the register has no such holder_id (upper and lower case count)."))
    })
}

/// Whose workbooks are written, from which layout.
struct BookPlan {
    layout: Option<Layout>,
    only: Option<Vec<HolderIx>>,
}

impl BookPlan {
    fn new<J: Job>(case: &Case, write: &WritePlan) -> Result<Self, Failure> {
        let none = Self { layout: None, only: None };
        let Some(kind) = J::STATEMENTS else {
            return match &write.template {
                Some(_) => Err(Failure::Usage(format!("--template: {} writes no holders' workbooks.", J::COMMAND))),
                None => Ok(none),
            };
        };
        let own = write.template.as_deref().map(|path| user_layout(path, kind)).transpose()?;
        let only = match &write.workbooks {
            Workbooks::None => return Ok(none),
            Workbooks::All => None,
            Workbooks::Of(ids) => Some(ids.iter().map(|id| find(case, "--workbooks", id)).collect::<Result<_, _>>()?),
        };
        let builtin = || Layout::builtin(kind, case.terms.currency_decimals).map_err(Failure::Problems);
        let layout = Some(own.map_or_else(builtin, Ok)?);
        Ok(Self { layout, only })
    }
}

fn user_layout(path: &Path, kind: StatementKind) -> Result<Layout, Failure> {
    let unreadable = |e: io::Error| Failure::Machine(format!("--template {}: {e}", path.display()));
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Layout::from_template(&bytes, &name, kind).map_err(Failure::Problems)
}

fn target<J: Job>(job: &J, write: &WritePlan, name: &str, several: bool) -> PathBuf {
    match (&write.out, several) {
        (Some(out), false) => out.clone(),
        (Some(out), true) => out.join(name),
        (None, _) => {
            let date = job.date().map(|d| format!("-{}", iso(d))).unwrap_or_default();
            PathBuf::from(format!("{name}-{}{date}", J::COMMAND))
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "one call that gathers a run's parts")]
fn write_folder<J: Job>(
    job: &J,
    read: &ReadPlan,
    write: &WritePlan,
    target: &Path,
    case: &Case,
    outcome: &J::Outcome,
    run: &RunInfo,
    inputs: &[Input],
    books: &BookPlan,
) -> io::Result<()> {
    let folder = Folder::start(target)?;
    job.write(&folder, case, outcome, run)?;
    if let Some(layout) = &books.layout {
        let only = books.only.as_deref();
        let books = Books { folder: &folder, layout, only, archive: write.archive, written: &|_| {} };
        job.write_books(&books, case, outcome, run)?;
    }
    manifest::json_file(&folder, "result.json", &job.result(case, outcome, run))?;
    let mut arguments = job.arguments();
    for (term, value) in &read.set {
        arguments.extend(["--set".to_owned(), format!("{term}={value}")]);
    }
    for clause in &write.acknowledge {
        arguments.extend(["--acknowledge".to_owned(), clause.clone()]);
    }
    if let Some(encoding) = &read.encoding {
        arguments.extend(["--encoding".to_owned(), encoding.clone()]);
    }
    let workbooks = match &write.workbooks {
        super::plan::Workbooks::All => "all".to_owned(),
        super::plan::Workbooks::None => "none".to_owned(),
        super::plan::Workbooks::Of(ids) => ids.join(","),
    };
    arguments.extend(["--workbooks".to_owned(), workbooks]);
    if write.archive {
        arguments.push("--archive".to_owned());
    }
    manifest::write(&folder, case, &Request { command: J::COMMAND, arguments }, inputs)?;
    folder.publish(write.force)
}

#[allow(clippy::too_many_arguments, reason = "one call that gathers a run's parts")]
fn say<J: Job>(
    job: &J,
    read: &ReadPlan,
    target: &Path,
    case: &Case,
    outcome: &J::Outcome,
    run: &RunInfo,
    derivation: Option<&str>,
    console: &Console,
) {
    if read.json {
        if !read.quiet {
            console.say(job.result(case, outcome, run));
        }
    } else {
        if !read.quiet {
            for line in job.say(case, outcome) {
                console.say(line);
            }
            console.say(format_args!("Files: {}", target.display()));
            let warnings = run.warnings.iter().filter(|p| p.severity == crate::problem::Severity::Warning).count();
            if warnings > 0 {
                console.say(format_args!("Look at: {warnings} warning(s), listed on the first sheet of summary.xlsx"));
            }
        }
        if let Some(derivation) = derivation {
            console.say(derivation);
        }
    }
}

fn tell(read: &ReadPlan, path: &Path, failure: &Failure, console: &Console) {
    let list: Vec<Problem> = match failure {
        Failure::Problems(list) => list.clone(),
        Failure::Forbidden(problem) => vec![(**problem).clone()],
        Failure::Machine(text) | Failure::Usage(text) => {
            console.tell(format_args!("ratable: {text}"));
            return;
        }
    };
    if read.json {
        console.say(problems::json(&list));
    } else {
        console.tell(problems::text(&list, console.color));
        let outcome = if matches!(failure, Failure::Forbidden(_)) {
            "The Certificate forbids this run."
        } else {
            "Nothing was written."
        };
        console.tell(format_args!("{}: {outcome}", path.display()));
    }
}

/// The case's name: a folder's, or a file's without its extension.
fn case_name(path: &Path) -> String {
    let named =
        |path: &Path| if path.is_dir() { path.file_name() } else { path.file_stem() }.map(std::ffi::OsStr::to_owned);
    let name = named(path).or_else(|| path.canonicalize().ok().and_then(|path| named(&path)));
    name.map_or_else(|| "case".to_owned(), |name| name.to_string_lossy().into_owned())
}
