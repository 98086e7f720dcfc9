//! `ratable reissue`: what became of a run's payments, and new instructions for those that can be made now.

use super::paid_run::{self, Paid};
use super::{Failure, Told, finished_run, output_dir, plan};
use crate::cli::ReissueArgs;
use crate::disbursement::reissue::Reconciliation;
use crate::disbursement::run::{REISSUE, Run, argument};
use crate::model::iso;
use crate::output::manifest::{self, Manifest, Request};
use crate::problem::{Place, Problem};
use crate::text::{money, plural};
use std::fs;
use std::path::Path;

/// Writes it, and says what became of the payments.
pub(crate) fn reissue(args: &ReissueArgs) -> Result<Told, Failure> {
    let pay_date = args.pay_date.as_deref().map(|date| plan::date("--pay-date", date)).transpose()?;
    let mut reads = vec![args.run.as_path(), args.case.as_path()];
    reads.extend(args.status.as_deref());
    output_dir::check(&args.out, args.force, &reads)?;
    let Paid { run, instructions, case } = paid_run::open_with_case(&args.run, &args.case, args.status.as_deref())?;
    if let Some(early) = pay_date.filter(|date| *date < run.date) {
        return Err(Failure::Usage(format!("--pay-date {}: the run is of {}.", iso(early), iso(run.date))));
    }
    reissued_before(args, &run)?;
    let of = case?;
    let mut payments = Reconciliation::read(&run, instructions)?;
    payments.take(&run, &of.case.payment_statuses)?;
    let again = payments.reissue(&of.case);
    let latest = payments.lines.iter().filter_map(|line| line.date).chain([run.pay_date]).max();
    let pay_date = pay_date.or(latest).unwrap_or(run.pay_date);
    let arguments =
        ["--date", &iso(run.date), "--pay-date", &iso(pay_date), "--of", run.first_command(), "--run", &run.sha256];
    let request = Request { command: REISSUE, arguments: arguments.map(str::to_owned).to_vec(), template: None };
    let result = payments.result(&run, pay_date, &manifest::readings(&of.case));
    output_dir::write(&args.out, args.force, |folder| {
        payments.write(folder, &of.case, &again)?;
        manifest::json_file(folder, "result.json", &result)?;
        Ok(Manifest::new(&of.case, &request, &of.inputs).write(folder)?)
    })?;
    let cash = |units| format!("{} {}", money(units, run.decimals), run.currency);
    let sum = again.iter().map(|(at, _)| payments.lines[*at].amount).sum();
    let mut lines = vec![format!("Paid again: {} of {}.", plural(again.len(), "payment"), cash(sum))];
    for (word, (count, sum)) in payments.totals() {
        lines.push(format!("  {word}: {} of {}", plural(count, "payment"), cash(sum)));
    }
    lines.push(format!("Files: {}", args.out.display()));
    if !again.is_empty() {
        lines.push(format!(
            "Pay them with: ratable pay {} --case {} --as FORMAT --out FILE",
            args.out.display(),
            args.case.display()
        ));
    }
    Ok(Told { lines, value: result })
}

/// Refuses a run of which a reissue lies beside it, or where this one is to be: a second one would pay what that one pays,
/// under the same references.
fn reissued_before(args: &ReissueArgs, run: &Run) -> Result<(), Failure> {
    let real = |path: &Path| path.canonicalize().ok();
    let parent = |path: &Path| real(std::path::absolute(path).ok()?.parent()?);
    let (own, target) = (real(&args.run).and_then(|run| Some(run.parent()?.to_path_buf())), real(&args.out));
    let mut places: Vec<_> = own.into_iter().chain(parent(&args.out)).collect();
    places.dedup();
    for entry in places.iter().filter_map(|place| fs::read_dir(place).ok()).flatten().flatten() {
        let folder = entry.path();
        if target.as_ref() == Some(&folder) || !folder.join(manifest::NAME).is_file() {
            continue;
        }
        let Ok(other) = finished_run::open(&folder) else { continue };
        if other.manifest.command == REISSUE && argument(&other.manifest, "--run") == Some(run.sha256.as_str()) {
            // By its name where it lies beside the run, and else by its path.
            let beside = real(&args.run).is_some_and(|run| run.parent() == folder.parent());
            let name = if beside { entry.file_name() } else { folder.clone().into_os_string() };
            let name = name.to_string_lossy();
            let message =
                format!("{name} is a reissue of this run already: another one would pay the same holders again.");
            let help = format!(
                "Go on from it, with {name} in the place of RUN_DIR. If no bank was given anything of it, remove it, or write \
                 it again with --force and that folder as --out."
            );
            let place = Place::file(args.run.to_string_lossy());
            return Err(Problem::error("reissue.run.reissued", place, message, help).into());
        }
    }
    Ok(())
}
