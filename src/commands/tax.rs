//! `ratable tax`: what each holder was paid in a calendar year, by the boxes of the tax forms.

use super::failure::{DONE, Failure};
use super::output_dir;
use super::paid_run;
use super::print;
use crate::cli::{Format, TaxArgs};
use crate::disbursement::run::Run;
use crate::disbursement::tax::{NO_FILING, year};
use crate::output::manifest::{self, Manifest, Request};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Writes it, and says what is in it.
pub(crate) fn tax(args: &TaxArgs) -> u8 {
    let as_json = args.print.format == Format::Json;
    match done(args) {
        Ok(lines) => {
            let files = args.out.display().to_string();
            if as_json && !args.print.quiet {
                print::line(json!({"files": files, "year": args.year, "lines": lines, "problems": []}));
            } else if !args.print.quiet {
                lines.iter().for_each(print::line);
                print::line(format_args!("Files: {files}"));
            }
            DONE
        }
        Err(failure) => print::failure(as_json, &args.out, &failure, "Nothing was written."),
    }
}

fn done(args: &TaxArgs) -> Result<Vec<String>, Failure> {
    if !(1900..=9999).contains(&args.year) {
        return Err(Failure::Usage(format!("--year {}: give a calendar year, such as 2006.", args.year)));
    }
    let reads: Vec<&Path> = args.runs.iter().chain([&args.case]).map(PathBuf::as_path).collect();
    output_dir::check(&args.out, args.force, &reads)?;
    let runs: Vec<Run> = args.runs.iter().map(|folder| paid_run::open(folder)).collect::<Result<_, _>>()?;
    let mut of = None;
    for run in &runs {
        of = Some(paid_run::case(run, &args.case)?);
    }
    let of = of.ok_or_else(|| Failure::Usage("Give at least one run.".to_owned()))?;
    let tax = year(&runs, &of.case, args.year)?;
    let arguments = ["--year".to_owned(), args.year.to_string()].into_iter();
    let arguments = arguments.chain(runs.iter().flat_map(|run| ["--run".to_owned(), run.sha256.clone()]));
    let request = Request { command: "tax", arguments: arguments.collect(), template: None };
    let result = json!({
        "command": "tax", "company": of.case.terms.company, "currency": of.case.terms.currency,
        "readings": manifest::readings(&of.case), "year": args.year, "notes": tax.notes, "what": NO_FILING,
    });
    output_dir::write(&args.out, args.force, |folder| {
        tax.write(folder, &of.case.terms.company)?;
        manifest::json_file(folder, "result.json", &result)?;
        Manifest::new(&of.case, &request, &of.inputs).write(folder)?;
        Ok(())
    })?;
    Ok(tax.lines(&of.case.terms.currency))
}
