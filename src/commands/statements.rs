//! `ratable statements`: a part of a finished run's workbooks, so that many machines can write them.

use super::bookplan::BookPlan;
use super::dispatch::with_job;
use super::job::{DONE, Failure, Job, Task};
use super::output;
use super::plan::{ReadPlan, Usage, Workbooks, WritePlan};
use super::prepared::{Prepared, read_case, request};
use super::print;
use super::replay;
use super::target;
use crate::audit::finished::Finished;
use crate::cli::{Format, StatementsArgs};
use crate::output::books::{Selection, Shard};
use crate::output::manifest::Part;
use crate::text::plural;
use serde_json::json;

/// Writes a part.
/// Errors: [`Usage`].
pub(crate) fn statements(args: &StatementsArgs) -> Result<u8, Usage> {
    let shard = shard(&args.shard)?;
    match written(args, shard) {
        Ok(selection) => {
            let count = selection.places.len();
            if args.print.quiet {
            } else if args.print.format == Format::Json {
                let files = args.out.display().to_string();
                let (part, of) = (&args.shard, selection.of);
                print::line(json!({"files": files, "part": part, "workbooks": count, "of": of, "problems": []}));
            } else {
                let all = plural(selection.of, "workbook");
                let Shard { index, of } = shard;
                print::line(format_args!("{}: part {index} of {of}, {count} of {all}.", args.out.display()));
            }
            Ok(DONE)
        }
        Err(failure) => {
            print::failure(args.print.format == Format::Json, &args.out, &failure, "Nothing was written.");
            Ok(failure.code())
        }
    }
}

/// `I/N`.
fn shard(text: &str) -> Result<Shard, Usage> {
    let parsed = text
        .split_once('/')
        .and_then(|(index, of)| Some(Shard { index: index.trim().parse().ok()?, of: of.trim().parse().ok()? }));
    parsed.filter(|shard| (1..=shard.of).contains(&shard.index)).ok_or_else(|| {
        Usage(format!("--shard {text}: write it as I/N, such as 2/8 for the second of eight parts, I from 1 to N."))
    })
}

fn written(args: &StatementsArgs, shard: Shard) -> Result<Selection, Failure> {
    target::check(&args.out, args.force, &[&args.case, &args.run])?;
    let run = replay::open(&args.run)?;
    if run.manifest.part.is_some() {
        return Err(Failure::Usage(format!(
            "{} is itself a part of a run: give the run's folder.",
            args.run.display()
        )));
    }
    let command = replay::command(&run.manifest, &args.case, args.template.as_deref(), args.after.as_deref())?;
    match with_job(&command, WriteShard { args, shard, run: &run }) {
        Ok(result) => result.unwrap_or_else(|| Err(no_workbooks(&run.manifest.command))),
        Err(Usage(text)) => Err(Failure::Usage(text)),
    }
}

fn no_workbooks(command: &str) -> Failure {
    Failure::Usage(format!("This is a run of {command}, which writes no holders' workbooks."))
}

/// Writes the workbooks of a shard.
struct WriteShard<'a> {
    args: &'a StatementsArgs,
    shard: Shard,
    run: &'a Finished,
}

impl Task for WriteShard<'_> {
    type Output = Result<Selection, Failure>;

    fn with<J: Job>(self, job: &J, read: &ReadPlan, write: &WritePlan) -> Self::Output {
        let Self { args, shard, run } = self;
        if J::STATEMENTS.is_none() {
            return Err(no_workbooks(J::COMMAND));
        }
        let read_again = read_case(read, &args.case)?;
        replay::same_case(&run.manifest, &read_again)?;
        let prepared = Prepared::new(job, read_again)?;
        replay::same_result(&run.manifest, job, &prepared)?;
        let write = WritePlan { workbooks: Workbooks::All, ..write.clone() };
        let books = BookPlan::new::<J>(&prepared.case, &write)?;
        let request = request(job, read, &write, books.template.clone());
        let part = Part { run: run.sha256.clone(), index: shard.index, of: shard.of, first: 0, count: 0, workbooks: 0 };
        target::write(&args.out, args.force, |folder| {
            let selection = output::part(folder, job, &prepared, &books, write.archive, &request, &part)?;
            prepared.unchanged().map(|()| selection)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!(shard("2/8"), Ok(Shard { index: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "1/0", "8", "a/b", "-1/8", ""] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
