//! What is done with a case that was dropped: its distribution is written, or what is wrong with it. What was written for it
//! before stays while it still stands, and nothing of somebody else's is replaced.

use super::Voice;
use super::inbox::Look;
use crate::cli::WatchArgs;
use crate::commands::case_run::CaseRead;
use crate::commands::check::annotated_copy;
use crate::commands::plan;
use crate::commands::run_kind::shared_arguments;
use crate::commands::statements::own_layout;
use crate::commands::{CaseRun, Failure, ReadPlan, RunKind, RunPlan, WritePlan, output_dir, read_case, run_folder};
use crate::input::{ReadOptions, file_name, files};
use crate::model::{Case, iso};
use crate::ocf::is_package;
use crate::output::brief::Totals;
use crate::output::manifest::{PROBLEMS, json_file};
use crate::output::problems;
use crate::output::replace::exists;
use crate::output::xlsx::statement::StatementKind;
use crate::panics::catch_fault;
use crate::problem::{Place, Problem};
use crate::sha256;
use crate::spreadsheet::hash::FileHash;
use crate::verify::finished;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(super) struct Worker {
    /// Its date is that of all runs; where none, it follows from each case.
    read: ReadPlan,
    write: WritePlan,
    out: PathBuf,
    /// What all runs are made with, as a manifest lists it, without the date.
    arguments: Vec<String>,
    /// The team's own layout.
    template: Option<FileHash>,
    voice: Voice,
}

/// `problems.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Report {
    tool: String,
    version: String,
    arguments: Vec<String>,
    case: String,
    inputs: Vec<FileHash>,
    problems: Vec<Value>,
}

enum Standing {
    Nothing,
    /// What its files still come to.
    Current,
    /// What other files came to.
    Stale,
    /// What a watch did not write.
    Foreign,
}

impl Worker {
    pub(super) fn new(args: &WatchArgs, voice: Voice) -> Result<Self, Failure> {
        let refused = |why: &str| Err(Failure::Usage(format!("--out {}: {why}", args.out.display())));
        if !args.folder.is_dir() {
            return Err(Failure::Usage(format!("{}: there is no such folder to watch.", args.folder.display())));
        }
        if args.out.exists() && !args.out.is_dir() {
            return refused("this is not a folder.");
        }
        if args.out.canonicalize().is_ok_and(|out| args.folder.canonicalize().is_ok_and(|folder| out == folder)) {
            return refused("what comes of the cases cannot be where they are dropped; give another folder.");
        }
        let as_of = args.date.as_deref().map(|date| plan::date("--date", date)).transpose()?;
        let options = ReadOptions { as_of, ..plan::options(&args.tables)? };
        let read = ReadPlan { options, json: voice.json, quiet: voice.quiet, ..ReadPlan::default() };
        let write = WritePlan {
            workbooks: plan::workbooks(&args.workbooks)?,
            archive: args.archive,
            template: args.template.clone(),
            ..WritePlan::default()
        };
        // The layout must be usable before anything is dropped.
        let layout = args.template.as_deref().map(|path| own_layout(path, StatementKind::Dividend)).transpose();
        let layout = layout.map_err(|failure| match failure {
            Failure::Machine(why) | Failure::Usage(why) => Failure::Usage(why),
            other => Failure::Usage(problems::text(&other.problems(), false)),
        })?;
        let (arguments, template) = (shared_arguments(&read, &write), layout.map(|(_, template)| template));
        Ok(Self { read, write, out: args.out.clone(), arguments, template, voice })
    }

    /// Whether something was written for a case of this name.
    pub(super) fn is_there(&self, name: &str) -> bool {
        exists(&self.out.join(name))
    }

    /// Does a case, unless what is there is what it comes to, and says what came of it.
    /// Errors: Problems and prohibitions, whose report is written and said; failures of the machine, of which nothing
    /// was said.
    pub(super) fn case(&self, look: &Look) -> Result<(), Failure> {
        let target = self.out.join(&look.name);
        let files = target.display().to_string();
        let force = match self.standing(&target, &look.path) {
            Standing::Current => return Ok(()),
            Standing::Nothing => false,
            Standing::Stale => true,
            Standing::Foreign => {
                return Err(Failure::Usage(format!(
                    "{files} was not written by a watch and is not replaced; move it away"
                )));
            }
        };
        let start = Instant::now();
        let failure = match caught(|| self.distribution(&look.path, &target, force))? {
            Ok((date, line, totals)) => {
                let details = json!({"date": date, "files": files, "totals": totals});
                self.voice.done(&look.name, &format!("{date}: {line}"), start.elapsed(), details);
                return Ok(());
            }
            Err(failure @ (Failure::Machine(_) | Failure::Usage(_))) => return Err(failure),
            Err(failure) => failure,
        };
        let problems = failure.problems();
        caught(|| self.report(look, &target, force, &problems))??;
        let line = match failure.clause() {
            Some(clause) => format!("forbidden by {clause}: {}", target.join("problems.txt").display()),
            None => format!("{}: {}", problems::counts(problems.iter()), target.join("problems.xlsx").display()),
        };
        self.voice.not_done(&look.name, &failure, &line, start.elapsed(), json!({"files": files}));
        Err(failure)
    }

    /// Writes a case's distribution; gives its date, what came of it in a line, and its totals.
    fn distribution(&self, path: &Path, target: &Path, force: bool) -> Result<(String, String, Value), Failure> {
        output_dir::check(target, force, &[path])?;
        let mut read = read_case(&self.read, path)?;
        let given = self.read.options.as_of;
        let Some(date) = given.or_else(|| read.loaded.case.as_ref().and_then(Case::next_quarter)) else {
            return Err(Failure::Problems(without_date(read)));
        };
        // A package is read as of the run's date, which is known only now.
        if given.is_none() && is_package(path) {
            let mut plan = self.read.clone();
            plan.options.as_of = Some(date);
            read = read_case(&plan, path)?;
        }
        let kind = RunKind::Dividend { date, pay_date: None, funds: None, acknowledged: Vec::new() };
        let write = WritePlan { force, ..self.write.clone() };
        let plan = RunPlan { kind, read: self.read.clone(), write };
        let run = CaseRun::new(&plan.kind, read)?;
        run_folder::publish(&plan, &run, target)?;
        let (brief, mut totals) = (run.brief(), Totals::default());
        totals.add(&run.case, &brief);
        Ok((iso(date), brief.line, totals.json()))
    }

    /// Writes what is wrong with a case: as text, as a workbook with its cells marked, and for programs.
    fn report(&self, look: &Look, target: &Path, force: bool, list: &[Problem]) -> Result<(), Failure> {
        let inputs = inputs(&look.path)?;
        let copy = annotated_copy(&look.path, &self.read, &look.name, list)?;
        let report = Report {
            tool: "ratable".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            arguments: self.all_arguments(),
            case: look.name.clone(),
            inputs,
            problems: problems::list(list),
        };
        output_dir::write(target, force, |folder| {
            folder.write("problems.txt", format!("{}\n", problems::full_text(list)).as_bytes())?;
            folder.write("problems.xlsx", &copy)?;
            Ok(json_file(folder, PROBLEMS, &report)?)
        })
    }

    /// What all runs are made with, as a manifest lists it.
    fn all_arguments(&self) -> Vec<String> {
        let date = self.read.options.as_of.iter().flat_map(|date| ["--date".to_owned(), iso(*date)]);
        date.chain(self.arguments.iter().cloned()).collect()
    }

    /// Whether a run was made with these. Where no date is given, it follows from the case.
    fn made(&self, arguments: &[String]) -> bool {
        match (arguments, self.read.options.as_of) {
            ([flag, _, rest @ ..], None) if flag == "--date" => rest == self.arguments,
            (all, _) => all == self.all_arguments(),
        }
    }

    /// What is at `target` for the case at `path`.
    fn standing(&self, target: &Path, path: &Path) -> Standing {
        if !exists(target) {
            return Standing::Nothing;
        }
        let report = fs::read(target.join(PROBLEMS)).ok();
        let report = report.and_then(|bytes| serde_json::from_slice::<Report>(&bytes).ok());
        let (made, mut written) = match report.filter(|report| report.tool == "ratable") {
            Some(report) => (self.made(&report.arguments), report.inputs),
            None => match finished::read(target) {
                Ok(run) if run.manifest.command == "dividend" && run.manifest.part.is_none() => {
                    let same = self.made(&run.manifest.arguments) && run.manifest.template == self.template;
                    (same, run.manifest.inputs)
                }
                _ => return Standing::Foreign,
            },
        };
        written.sort_by(|a, b| a.path.cmp(&b.path));
        if made && inputs(path).is_ok_and(|inputs| inputs == written) { Standing::Current } else { Standing::Stale }
    }
}

/// The files that a case is read from, by name, with their hashes.
fn inputs(case: &Path) -> io::Result<Vec<FileHash>> {
    let hashed = |path: PathBuf| {
        let size = fs::metadata(&path)?.len();
        Ok(FileHash { path: file_name(&path), size, sha256: sha256::of_file(&path)? })
    };
    files(case)?.into_iter().map(hashed).collect()
}

/// Does `work`; a fault of this program in it is one of the case alone.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_fault(work).map_err(Failure::Machine)
}

fn without_date(read: CaseRead) -> Vec<Problem> {
    let mut list = read.loaded.problems;
    if read.loaded.case.is_some() {
        list.push(Problem::error(
            "run.date.missing",
            Place::default(),
            "There is no Series A, so that no quarter date follows from the case.",
            "Give the date of the dividend with --date.",
        ));
    }
    list
}
