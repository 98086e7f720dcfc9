//! A case and what a run of it came to: everything is known, nothing is written yet. Each output of each run is made here.

use super::fingerprint::Fingerprint;
use super::{Failure, Outcome, ReadPlan, RunKind, finished_run, print, progress};
use crate::input::{EarlierRun, FileHash, Loaded, ReadOptions, case_name, is_of_another_file, load, size};
use crate::model::{Case, HolderIx, Locale, Terms};
use crate::output::brief::{self, Brief};
use crate::output::fault::explained;
use crate::output::folder::Folder;
use crate::output::instructions::{self, Payout};
use crate::output::statement_files::{Selection, StatementFiles};
use crate::output::xlsx::statement::{Dividend, Exchange, Liquidation, Look, Statement, is_picture};
use crate::output::xlsx::summary::workbook::Out;
use crate::output::xlsx::{scenarios, summary};
use crate::output::{RunInfo, explain, result, tables, terminal};
use crate::problem::{Problem, Severity};
use crate::runs::Context;
use crate::runs::dividend::PAYS_NOBODY;
use crate::text::plural;
use serde_json::Value;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

pub(crate) struct CaseRead {
    pub loaded: Loaded,
    fingerprint: Fingerprint,
    after: Option<EarlierRun>,
    folder: PathBuf,
}

impl CaseRead {
    /// What is wrong with the company's picture, if anything.
    pub(crate) fn of_logo(&self) -> Vec<Problem> {
        self.loaded.case.as_ref().and_then(|case| logo(&case.terms, &self.folder).err()).unwrap_or_default()
    }
}

pub(crate) fn read_case(read: &ReadPlan, path: &Path) -> Result<CaseRead, Failure> {
    let after = read.after.as_deref().map(finished_run::earlier).transpose()?;
    let options = ReadOptions { after: after.clone(), ..read.options.clone() };
    let fingerprint = Fingerprint::take(path);
    progress::reading(&case_name(path), size(path));
    let loaded =
        load(path, &options).map_err(|e| Failure::Machine(explained(&path.to_string_lossy(), &e).to_string()))?;
    let folder = if path.is_dir() { Some(path) } else { path.parent() }.unwrap_or(path).to_owned();
    Ok(CaseRead { loaded, fingerprint, after, folder })
}

pub(crate) struct CaseRun {
    pub command: &'static str,
    pub case: Case,
    pub outcome: Outcome,
    /// The case's warnings and notes, then the run's.
    pub warnings: Vec<Problem>,
    pub inputs: Vec<FileHash>,
    fingerprint: Fingerprint,
    /// Where its tables are.
    folder: PathBuf,
}

impl CaseRun {
    /// Runs a case that was read.
    /// Errors: the case's problems, or that the run is forbidden.
    pub(crate) fn new(kind: &RunKind, read: CaseRead) -> Result<Self, Failure> {
        let CaseRead { loaded: Loaded { case, draft, mut problems, inputs, .. }, fingerprint, after, folder } = read;
        problems.extend(after.and_then(|run| finished_run::too_late(&run, kind.date()?)));
        let Some(case) = case.filter(|_| !problems.iter().any(Problem::is_error)) else {
            let dated = draft.zip(kind.date()).map(|(draft, date)| Context::new(&draft).date_problems(date));
            problems.extend(dated.into_iter().flatten());
            return Err(Failure::Problems(problems));
        };
        progress::doing("working out");
        let outcome = kind.run(&case)?;
        let mut warnings = problems;
        let pays = kind.date().filter(|_| kind.statements().is_some());
        warnings.extend(pays.and_then(|date| finished_run::kept_back_and_paid(&case, date)));
        // What a run writes does not depend on what lies beside its tables.
        warnings.retain(|problem| !is_of_another_file(problem));
        warnings.extend_from_slice(outcome.warnings());
        // A run that pays nobody says so before anything else.
        if let Some(at) = warnings.iter().position(|problem| problem.code == PAYS_NOBODY) {
            warnings[..=at].rotate_right(1);
        }
        Ok(Self { command: kind.command(), case, outcome, warnings, inputs, fingerprint, folder })
    }

    /// Refuses a case whose files are not what was read any more.
    pub(crate) fn unchanged(&self) -> Result<(), Failure> {
        self.fingerprint.changed(&self.inputs).map_or(Ok(()), |input| {
            Err(Failure::Machine(format!(
                "{} was changed while the run read it. Run it again once nobody writes to it.",
                input.path
            )))
        })
    }

    fn info(&self) -> RunInfo<'_> {
        RunInfo { command: self.command, warnings: &self.warnings, inputs: &self.inputs }
    }

    /// How the layout that comes with the program looks for this case.
    /// Errors: those of [`logo`].
    pub(crate) fn look(&self) -> Result<Look, Failure> {
        let Terms { currency_decimals, locale, .. } = self.case.terms;
        let logo = logo(&self.case.terms, &self.folder).map_err(Failure::Problems)?;
        Ok(Look { currency_decimals, locale, logo })
    }

    /// How many warnings there are, in words; none where there is none.
    pub(crate) fn warnings_counted(&self) -> Option<String> {
        let count = self.warnings.iter().filter(|p| p.severity == Severity::Warning).count();
        (count > 0).then(|| plural(count, "warning"))
    }

    pub(crate) fn result(&self) -> Value {
        let (case, run) = (&self.case, &self.info());
        match &self.outcome {
            Outcome::Dividend(outcome) => result::dividend(case, outcome, run),
            Outcome::Liquidation(outcome) => result::liquidation(case, outcome, run),
            Outcome::Exchange(outcome) => result::exchange(case, outcome, run),
            Outcome::Vote(outcome) => result::vote(case, outcome, run),
            Outcome::Actions(outcome) => result::actions(case, outcome, run),
            Outcome::Captable(outcome) => result::captable(case, outcome, run),
        }
    }

    /// Writes everything but the holders' workbooks, `result.json` and the manifest.
    pub(crate) fn write_tables(&self, folder: &Folder) -> io::Result<()> {
        let (case, run) = (&self.case, &self.info());
        let instructions = |date| instructions::write(folder, case, self.command, date, self.outcome.payments(case));
        let summary = |write: &(dyn Fn(Out) -> io::Result<()> + Sync)| folder.fill("summary.xlsx", |out| write(out));
        match &self.outcome {
            Outcome::Dividend(outcome) => both(
                || summary(&|out| summary::dividend(case, outcome, run, out)),
                || {
                    tables::dividend(folder, case, outcome)?;
                    instructions(outcome.date)
                },
            ),
            Outcome::Liquidation(outcome) => {
                if !outcome.scenarios.sums.is_empty() {
                    folder.fill("scenarios.xlsx", |out| scenarios::write(case, outcome, run, out))?;
                }
                if outcome.distribution.is_none() {
                    return tables::liquidation(folder, case, outcome);
                }
                both(
                    || summary(&|out| summary::liquidation(case, outcome, run, out)),
                    || {
                        tables::liquidation(folder, case, outcome)?;
                        instructions(outcome.date)
                    },
                )
            }
            Outcome::Exchange(outcome) => {
                summary(&|out| summary::exchange(case, outcome, run, out))?;
                let assets: Vec<&str> = outcome.assets.iter().map(String::as_str).collect();
                tables::distribution(folder, case, &outcome.rows, &assets)?;
                instructions(outcome.date)
            }
            Outcome::Vote(outcome) => {
                summary(&|out| summary::vote(case, outcome, run, out))?;
                tables::vote(folder, case, outcome)
            }
            Outcome::Actions(outcome) => {
                summary(&|out| summary::actions(case, outcome, run, out))?;
                tables::actions(folder, outcome)
            }
            Outcome::Captable(outcome) => {
                summary(&|out| summary::captable(case, outcome, run, out))?;
                tables::captable(folder, case, outcome)
            }
        }
    }

    /// Writes the holders' workbooks, and says whose there were.
    pub(crate) fn write_statements(&self, files: &StatementFiles) -> io::Result<Selection> {
        let Some(statements) = self.statements(self.case.terms.locale) else { return Ok(Selection::default()) };
        files.write(&self.case, &self.outcome.told(&self.case), |layout, holder| layout.stamp(&statements.of(holder)))
    }

    /// A holder's workbook; none where the command writes none.
    #[cfg(feature = "serve")]
    pub(crate) fn statement(
        &self,
        layout: &crate::output::xlsx::statement::Layout,
        holder: HolderIx,
    ) -> io::Result<Option<Vec<u8>>> {
        self.statements(self.case.terms.locale).map(|statements| layout.stamp(&statements.of(holder))).transpose()
    }

    fn statements(&self, locale: Locale) -> Option<Statements<'_>> {
        let case = &self.case;
        match &self.outcome {
            Outcome::Dividend(outcome) => Some(Statements::Dividend(Dividend::new(case, locale, outcome))),
            Outcome::Liquidation(outcome) => Some(Statements::Liquidation(Liquidation::new(case, locale, outcome))),
            Outcome::Exchange(outcome) => Some(Statements::Exchange(Exchange::new(case, locale, outcome))),
            Outcome::Vote(_) | Outcome::Actions(_) | Outcome::Captable(_) => None,
        }
    }

    /// What the run pays in cash.
    fn payout(&self) -> Payout {
        Payout::of(&self.outcome.payments(&self.case))
    }

    /// What happened.
    pub(crate) fn lines(&self) -> Vec<String> {
        let (case, payout) = (&self.case, &self.payout());
        match &self.outcome {
            Outcome::Dividend(outcome) => terminal::dividend(case, outcome, payout),
            Outcome::Liquidation(outcome) => terminal::liquidation(case, outcome, payout),
            Outcome::Exchange(outcome) => terminal::exchange(case, outcome, payout),
            Outcome::Vote(outcome) => terminal::vote(case, outcome),
            Outcome::Actions(outcome) => terminal::actions(case, outcome),
            Outcome::Captable(outcome) => terminal::captable(case, outcome),
        }
    }

    /// What to do next with the folder `target`, of the case at `path`.
    pub(crate) fn closing_lines(&self, target: &Path, path: &Path) -> Vec<String> {
        let payout = &self.payout();
        let (folder, path) = (print::typed(target), print::typed(path));
        let mut next: Vec<String> = terminal::to_pay(payout, &folder, &path).into_iter().collect();
        if let Outcome::Dividend(outcome) = &self.outcome {
            next.extend(terminal::next_quarter(&self.case, outcome, payout, &folder, &path));
        }
        if next.is_empty() {
            next.push("Nothing more to do.".to_owned());
        }
        next
    }

    /// What happened, in a line among those of other cases.
    pub(crate) fn brief(&self) -> Brief {
        let (case, payout) = (&self.case, &self.payout());
        let mut brief = match &self.outcome {
            Outcome::Dividend(outcome) => brief::dividend(case, outcome, payout),
            Outcome::Liquidation(outcome) => brief::liquidation(case, outcome, payout),
            Outcome::Exchange(outcome) => brief::exchange(case, outcome, payout),
            Outcome::Vote(outcome) => brief::vote(outcome),
            Outcome::Actions(outcome) => brief::actions(outcome),
            Outcome::Captable(outcome) => brief::captable(outcome),
        };
        if let Some(warnings) = self.warnings_counted() {
            brief.line = format!("{}, {warnings}", brief.line);
        }
        brief
    }

    /// A holder's derivation, clause by clause.
    /// Errors: there is no such holder, or the command has no derivations.
    pub(crate) fn explain(&self, id: &str) -> Result<String, Failure> {
        let holder = find_holder(&self.case, "--explain", id)?;
        match (&self.outcome, self.statements(Locale::ISO)) {
            (Outcome::Vote(outcome), _) => Ok(explain::votes(&self.case, outcome, holder)),
            (_, Some(statements)) => Ok(explain::statement(&statements.of(holder), self.case.terms.currency_decimals)),
            _ => {
                let command = self.command;
                Err(Failure::Usage(format!("--explain: {command} computes nothing for a single holder.")))
            }
        }
    }
}

/// The company's picture for the statements, if there is one.
/// Errors: the term `logo` names no picture beside the tables.
fn logo(terms: &Terms, folder: &Path) -> Result<Option<Vec<u8>>, Vec<Problem>> {
    const LARGEST: u64 = 2 << 20;
    let read = |name: &str| -> Result<Vec<u8>, (&str, &str)> {
        if Path::new(name).file_name().is_none_or(|only| only != name) {
            return Err(("is not the name of a file alone", "Put the picture beside the tables, and type its name."));
        }
        let path = folder.join(name);
        let found = fs::symlink_metadata(&path).ok().filter(Metadata::is_file);
        let found = found.ok_or(("is no file beside the tables", "Put the picture there, or clear the term."))?;
        if found.len() > LARGEST {
            return Err(("is larger than 2 MB, and every statement would hold it", "Make the picture smaller."));
        }
        let bytes = fs::read(&path).map_err(|_| ("cannot be read", "See that you may read it."))?;
        let no_picture = ("is no complete PNG or JPEG picture", "Save it as one of these.");
        if is_picture(&bytes) { Ok(bytes) } else { Err(no_picture) }
    };
    let told = |(what, help)| {
        let message = format!("logo: {} {what}.", terms.logo);
        vec![Problem::error("terms.value.no-picture", terms.place("logo"), message, help).with_value(&terms.logo)]
    };
    (!terms.logo.is_empty()).then(|| read(&terms.logo)).transpose().map_err(told)
}

/// What the holders' workbooks say.
enum Statements<'a> {
    Dividend(Dividend<'a>),
    Liquidation(Liquidation<'a>),
    Exchange(Exchange<'a>),
}

impl Statements<'_> {
    fn of(&self, holder: HolderIx) -> Statement<'_> {
        match self {
            Self::Dividend(statements) => statements.of(holder),
            Self::Liquidation(statements) => statements.of(holder),
            Self::Exchange(statements) => statements.of(holder),
        }
    }
}

/// Does both at the same time.
fn both(one: impl FnOnce() -> io::Result<()> + Send, other: impl FnOnce() -> io::Result<()> + Send) -> io::Result<()> {
    let (one, other) = rayon::join(one, other);
    one.and(other)
}

pub(crate) fn find_holder(case: &Case, flag: &str, id: &str) -> Result<HolderIx, Failure> {
    case.register.find(id.trim()).ok_or_else(|| {
        Failure::Usage(format!("{flag} {id}: the register has no such holder_id (upper and lower case count)."))
    })
}
