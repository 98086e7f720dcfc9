//! `ratable verify`: a finished run against its manifest, its own totals and, with the case, against itself made again.

use super::failure::no_problems;
use super::statements::{StatementPlan, write_part};
use super::{Failure, Told, finished_run, rerun, run_folder};
use crate::cli::VerifyArgs;
use crate::disbursement::{Refused, approvals};
use crate::output::folder::Folder;
use crate::output::manifest::{Manifest, NAME};
use crate::problem::Problem;
use crate::text::plural;
use crate::verify::{self, Checked, compare};
use serde_json::json;
use std::io;
use std::path::Path;

/// Checks a finished run, and says what was checked.
pub(crate) fn verify(args: &VerifyArgs) -> Result<Told, Failure> {
    if args.template.is_some() && args.case.is_none() {
        return Err(Failure::Usage("--template: it is needed only to make the run again, with --case.".to_owned()));
    }
    let run = finished_run::open(&args.dir)?;
    let Checked { files, totals } = checked(args, &run.manifest)?;
    let recomputed = args.case.is_some();
    let again = if recomputed {
        "  The run was made again from its case: every file is the same, byte for byte."
    } else {
        "  To make the run again and compare, give its case with --case."
    };
    let mut lines = vec![
        format!("{}: as the run wrote it.", args.dir.display()),
        format!(
            "  {} hashed against {NAME}, {} added up again.",
            plural(files, "file"),
            plural(totals, "control total")
        ),
    ];
    if rerun::is_of_case(&run.manifest) {
        lines.push(again.to_owned());
    }
    let checked = json!({"files": files, "totals": totals, "recomputed": recomputed});
    Ok(Told { lines, value: json!({"problems": [], "checked": checked}) })
}

fn checked(args: &VerifyArgs, manifest: &Manifest) -> Result<Checked, Failure> {
    let (checked, mut problems) = verify::check(&args.dir, manifest);
    match approvals::read(&args.dir) {
        Ok(_) => {}
        Err(Refused::Problems(broken)) => problems.extend(broken),
        Err(Refused::Machine(error)) => return Err(error.into()),
    }
    if let Some(case) = &args.case {
        match again(args, manifest, case) {
            Ok(differences) | Err(Failure::Problems(differences)) => problems.extend(differences),
            Err(other) if problems.is_empty() => return Err(other),
            Err(_) => {}
        }
    }
    no_problems(checked, problems)
}

/// Makes the run again, in a folder of its own that goes when it was compared.
fn again(args: &VerifyArgs, manifest: &Manifest, case: &Path) -> Result<Vec<Problem>, Failure> {
    let plan = rerun::plan(manifest, case, args.template.as_deref(), args.after.as_deref())?;
    let run = rerun::run(manifest, &plan, case)?;
    let statements = StatementPlan::new(&plan, &run)?;
    rerun::same_template(manifest, statements.request.template.as_ref())?;
    let machine = |error: io::Error| Failure::Machine(format!("The run was not made again: {error}"));
    let folder = Folder::start(&std::env::temp_dir().join("ratable-verify")).map_err(machine)?;
    match &manifest.part {
        None => run_folder::fill(&folder, &run, &statements),
        Some(part) => write_part(&folder, &run, &statements, part).map(drop),
    }
    .map_err(machine)?;
    run.unchanged()?;
    let written = folder.written();
    compare::folders(&args.dir, folder.path(), written.iter().map(|file| file.path.as_str())).map_err(machine)
}
