//! From a typed command to its job.

use super::actions::Actions;
use super::captable::Captable;
use super::dividend::Dividend;
use super::exchange::Exchange;
use super::job::Task;
use super::liquidate::Liquidate;
use super::plan::{self, Usage};
use super::vote::Vote;
use crate::cli::Command;

/// Does something with the job that `command` is; none for a command that writes no folder of a case.
/// Errors: [`Usage`].
pub(crate) fn with_job<T: Task>(command: &Command, task: T) -> Result<Option<T::Output>, Usage> {
    let (read, write) = match command {
        Command::Dividend(args) => (&args.read, &args.write),
        Command::Liquidate(args) => (&args.read, &args.write),
        Command::Exchange(args) | Command::Vote(args) | Command::Captable(args) => (&args.read, &args.write),
        Command::Actions(args) => (&args.read, &args.write),
        _ => return Ok(None),
    };
    let (mut read, write) = (plan::read(read)?, &plan::write(write)?);
    if let Command::Dividend(args) = command {
        read.after.clone_from(&args.after);
        if read.after.is_some() && read.cases.len() > 1 {
            return Err(Usage("--after: one case goes on from one run; give the cases one by one.".to_owned()));
        }
    }
    let read = &read;
    Ok(match command {
        Command::Dividend(args) => Some(task.with(&Dividend::new(args)?, read, write)),
        Command::Liquidate(args) => Some(task.with(&Liquidate::new(args)?, read, write)),
        Command::Exchange(args) => Some(task.with(&Exchange::new(args)?, read, write)),
        Command::Vote(args) => Some(task.with(&Vote::new(args)?, read, write)),
        Command::Captable(args) => Some(task.with(&Captable::new(args)?, read, write)),
        Command::Actions(_) => Some(task.with(&Actions, read, write)),
        _ => None,
    })
}
