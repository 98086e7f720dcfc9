//! `ratable statements`: a part of a finished run's workbooks, so that many machines can write them.

use super::case_run::CaseRun;
use super::failure::{DONE, Failure};
use super::finished_run;
use super::output_dir;
use super::plan::Workbooks;
use super::print;
use super::rerun;
use super::statement_plan::StatementPlan;
use crate::cli::{Format, StatementsArgs};
use crate::output::folder::Folder;
use crate::output::manifest::{Manifest, Part, Request};
use crate::output::statement_files::{Selection, Shard};
use crate::text::plural;
use serde_json::json;
use std::io;

pub(crate) fn statements(args: &StatementsArgs) -> Result<u8, Failure> {
    let shard = shard(&args.shard)?;
    let json = args.print.format == Format::Json;
    let selection = match written(args, shard) {
        Ok(selection) => selection,
        Err(failure) => return Ok(print::failure(json, &args.out, &failure, "Nothing was written.")),
    };
    let (files, count, all) = (args.out.display(), selection.places.len(), selection.of);
    if args.print.quiet {
    } else if json {
        let (files, part) = (files.to_string(), &args.shard);
        print::line(json!({"files": files, "part": part, "workbooks": count, "of": all, "problems": []}));
    } else {
        let Shard { index, of } = shard;
        print::line(format_args!("{files}: part {index} of {of}, {count} of {}.", plural(all, "workbook")));
    }
    Ok(DONE)
}

/// `I/N`.
fn shard(text: &str) -> Result<Shard, Failure> {
    let parsed = text
        .split_once('/')
        .and_then(|(index, of)| Some(Shard { index: index.trim().parse().ok()?, of: of.trim().parse().ok()? }));
    parsed.filter(|shard| (1..=shard.of).contains(&shard.index)).ok_or_else(|| {
        let help = "write it as I/N, such as 2/8 for the second of eight parts, I from 1 to N.";
        Failure::Usage(format!("--shard {text}: {help}"))
    })
}

fn written(args: &StatementsArgs, shard: Shard) -> Result<Selection, Failure> {
    output_dir::check(&args.out, args.force, &[&args.case, &args.run])?;
    let finished = finished_run::open(&args.run)?;
    let manifest = &finished.manifest;
    if manifest.part.is_some() {
        let run = args.run.display();
        return Err(Failure::Usage(format!("{run} is itself a part of a run: give the run's folder.")));
    }
    let mut plan = rerun::plan(manifest, &args.case, args.template.as_deref(), args.after.as_deref())?;
    if plan.kind.statements().is_none() {
        let command = &manifest.command;
        return Err(Failure::Usage(format!("This is a run of {command}, which writes no statements.")));
    }
    let run = rerun::run(manifest, &plan, &args.case)?;
    rerun::same_result(manifest, &run)?;
    plan.write.workbooks = Workbooks::All;
    let statements = StatementPlan::new(&plan, &run)?;
    let request = plan.request(statements.template.clone());
    let Shard { index, of } = shard;
    let part = Part { run: finished.sha256, index, of, first: 0, count: 0, workbooks: 0 };
    output_dir::write(&args.out, args.force, |folder| {
        let selection = write_part(folder, &run, &statements, &request, &part)?;
        run.unchanged().map(|()| selection)
    })
}

/// Fills a folder with a part of a run's workbooks; `part` says which one it is, and what it holds is found here.
pub(crate) fn write_part(
    folder: &Folder,
    run: &CaseRun,
    statements: &StatementPlan,
    request: &Request,
    part: &Part,
) -> io::Result<Selection> {
    let selection = statements.write(folder, run, Some(Shard { index: part.index, of: part.of }))?;
    let (first, count, workbooks) = (selection.places.start, selection.places.len(), selection.of);
    let part = Part { first, count, workbooks, ..part.clone() };
    let manifest = Manifest { part: Some(part), ..Manifest::new(&run.case, request, &run.inputs) };
    manifest.write(folder)?;
    Ok(selection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!(shard("2/8").ok(), Some(Shard { index: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "1/0", "8", "a/b", "-1/8", ""] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
