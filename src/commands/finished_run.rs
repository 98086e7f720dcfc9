//! The folders of finished runs, and the one that `--after` goes on from.

use super::Failure;
use super::failure::no_problems;
use crate::disbursement::run::argument;
use crate::input::EarlierRun;
use crate::model::events::Payment;
use crate::model::{Case, Date, iso, parse_iso, plus_days};
use crate::output::manifest::NAME;
use crate::problem::{Place, Problem};
use crate::verify;
use crate::verify::finished::{self, Finished, Refused};
use std::path::Path;

/// The finished run in a folder.
/// Errors: That there is none, or not as it was written.
pub(crate) fn open(folder: &Path) -> Result<Finished, Failure> {
    finished::read(folder).map_err(|why| match why {
        Refused::Machine(error) => Failure::Machine(format!("{}: {error}", folder.display())),
        Refused::Problems(problems) => Failure::Problems(problems),
    })
}

/// The same run, verified as `verify` does.
pub(crate) fn verified(folder: &Path, run: Finished) -> Result<Finished, Failure> {
    let (_, problems) = verify::check(folder, &run.manifest);
    no_problems(run, problems)
}

/// The finished dividend run in a folder, verified as `verify` does.
/// Errors: [`Failure`]: there is none, or not as it was written.
pub(crate) fn earlier(folder: &Path) -> Result<EarlierRun, Failure> {
    let run = verified(folder, open(folder)?)?;
    let date = argument(&run.manifest, "--date").and_then(parse_iso);
    let Some(date) = date.filter(|_| run.manifest.command == "dividend" && run.manifest.part.is_none()) else {
        let message =
            format!("This is a run of {}, and --after needs a complete run of dividend.", run.manifest.command);
        let help = "Give the folder of the last dividend run.";
        return Err(Problem::error("run.after.no-dividend", Place::file(NAME), message, help).into());
    };
    let [company, currency] =
        ["company", "currency"].map(|term| run.manifest.terms[term].as_str().unwrap_or_default().to_owned());
    Ok(EarlierRun { folder: folder.to_owned(), manifest_sha256: run.sha256, date, company, currency })
}

/// Small payments that may have been paid: kept back by a run of `date` or later, which may be this one, made again, or
/// before another payment.
pub(crate) fn kept_back_and_paid(case: &Case, date: Date) -> Option<Problem> {
    let (of, place) = case.carried_payments.of.as_ref()?;
    if *of < date {
        // A row of `payments` is of a quarter date up to five days before it.
        let of_quarter = |row: &&Payment| row.quarter.unwrap_or_else(|| plus_days(row.date, -5)) > *of;
        let common = case.declarations.iter().filter_map(|d| d.payment_date).filter(|day| *day > *of);
        let days = case.payments.iter().filter(of_quarter).map(|row| row.date).chain(common);
        let (paid, of) = (iso(days.filter(|day| *day < date).max()?), iso(*of));
        let message = format!(
            "What the run of {of} kept back is added to this run, and there was a payment on {paid}: if that run paid it, it \
             would be paid twice."
        );
        let help = "Use the carried_payments.csv of the last run, and no such table where that has no rows.";
        return Some(Problem::warning("carried_payments.as_of.paid-since", place.cell("as_of"), message, help));
    }
    let (of, date) = (iso(*of), iso(date));
    let message = format!(
        "What a run of {of} kept back is added to this run of {date}: if that was this run, it would be paid twice."
    );
    let help = "Take the table carried_payments out if it comes from this run itself.";
    Some(Problem::warning("carried_payments.as_of.not-earlier", place.cell("as_of"), message, help))
}

/// The problem that an earlier run is not earlier than `date`.
pub(crate) fn too_late(run: &EarlierRun, date: Date) -> Option<Problem> {
    (run.date >= date).then(|| {
        let message = format!("The run that --after names is of {}, not before {}.", iso(run.date), iso(date));
        let help = "Give the folder of the last dividend run before this date.";
        Problem::error("run.after.not-earlier", Place::command_line(), message, help)
    })
}
