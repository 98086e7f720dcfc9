//! Everything a run writes, into a folder that is not published yet.

use super::bookplan::BookPlan;
use super::job::Job;
use super::prepared::Prepared;
use super::progress;
use crate::output::books::{Books, Selection, Shard};
use crate::output::folder::Folder;
use crate::output::manifest::{self, Manifest, Part, Request};
use std::io;

/// Fills a folder with all the files of a run.
pub(crate) fn fill<J: Job>(
    folder: &Folder,
    job: &J,
    prepared: &Prepared<J>,
    books: &BookPlan,
    archive: bool,
    request: &Request,
) -> io::Result<()> {
    let run = prepared.info();
    progress::doing("writing the summary and the tables");
    job.write(folder, &prepared.case, &prepared.outcome, &run)?;
    workbooks(folder, job, prepared, books, archive, None)?;
    progress::doing("finishing");
    manifest::json_file(folder, "result.json", &prepared.result(job))?;
    Manifest::new(&prepared.case, request, &prepared.inputs).write(folder)
}

/// Fills a folder with a part of a run's workbooks; `part` says which one it is, and what it holds is found here.
pub(crate) fn part<J: Job>(
    folder: &Folder,
    job: &J,
    prepared: &Prepared<J>,
    books: &BookPlan,
    archive: bool,
    request: &Request,
    part: &Part,
) -> io::Result<Selection> {
    let shard = Shard { index: part.index, of: part.of };
    let selection = workbooks(folder, job, prepared, books, archive, Some(shard))?;
    let (first, count, workbooks) = (selection.places.start, selection.places.len(), selection.of);
    let part = Part { first, count, workbooks, ..part.clone() };
    let manifest = Manifest { part: Some(part), ..Manifest::new(&prepared.case, request, &prepared.inputs) };
    manifest.write(folder)?;
    Ok(selection)
}

/// Writes the holders' workbooks, or a shard of them, and says whose there are.
fn workbooks<J: Job>(
    folder: &Folder,
    job: &J,
    prepared: &Prepared<J>,
    books: &BookPlan,
    archive: bool,
    shard: Option<Shard>,
) -> io::Result<Selection> {
    let Some(layout) = &books.layout else { return Ok(Selection::default()) };
    let books = Books {
        folder,
        layout,
        only: books.only.as_deref(),
        shard,
        archive,
        wanted: &progress::writing,
        written: &progress::written,
    };
    job.write_books(&books, &prepared.case, &prepared.outcome, &prepared.info())
}
