//! Everything a run writes, into a folder that is not published yet.

use super::bookplan::BookPlan;
use super::job::Job;
use super::prepared::Prepared;
use crate::report::books::{Books, Selection, Shard};
use crate::report::folder::Folder;
use crate::report::manifest::{self, Request};
use std::io;

/// Fills a folder with all the files of a run.
///
/// # Errors
/// The machine's.
pub fn fill<J: Job>(
    folder: &Folder,
    job: &J,
    prepared: &Prepared<J>,
    books: &BookPlan,
    archive: bool,
    request: &Request,
) -> io::Result<()> {
    let run = prepared.info();
    job.write(folder, &prepared.case, &prepared.outcome, &run)?;
    workbooks(folder, job, prepared, books, archive, None)?;
    manifest::json_file(folder, "result.json", &prepared.result(job))?;
    manifest::write(folder, &prepared.case, request, &prepared.inputs)
}

/// Writes the holders' workbooks, or a shard of them, and says whose there are.
///
/// # Errors
/// The machine's.
pub fn workbooks<J: Job>(
    folder: &Folder,
    job: &J,
    prepared: &Prepared<J>,
    books: &BookPlan,
    archive: bool,
    shard: Option<Shard>,
) -> io::Result<Selection> {
    let Some(layout) = &books.layout else { return Ok(Selection::default()) };
    let books = Books { folder, layout, only: books.only.as_deref(), shard, archive, written: &|_| {} };
    job.write_books(&books, &prepared.case, &prepared.outcome, &prepared.info())
}
