//! `ratable merge`: a run and the parts that `ratable statements` wrote of its workbooks, as one run would have written them.

use super::failure::no_problems;
use super::plan::Workbooks;
use super::{Failure, Told, finished_run, output_dir};
use crate::cli::MergeArgs;
use crate::output::folder::Folder;
use crate::output::manifest::{Manifest, Part};
use crate::output::statement_files::{ARCHIVE, Archive, HOLDERS};
use crate::problem::{Place, Problem};
use crate::spreadsheet::hash::FileHash;
use crate::text::plural;
use crate::verify::files;
use crate::verify::finished::Finished;
use rayon::prelude::*;
use serde_json::json;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

struct RunPart<'a> {
    folder: &'a Path,
    manifest: Manifest,
    part: Part,
}

/// A file to be copied, and what it must be.
struct Source<'a> {
    folder: &'a Path,
    entry: &'a FileHash,
}

/// Writes it, and says how many statements there are.
pub(crate) fn merge(args: &MergeArgs) -> Result<Told, Failure> {
    let reads: Vec<&Path> = args.parts.iter().chain([&args.run]).map(PathBuf::as_path).collect();
    output_dir::check(&args.out, args.force, &reads)?;
    let run = finished_run::open(&args.run)?;
    let parts = parts(args, &run)?;
    let sources = sources(&args.run, &run, &parts);
    output_dir::write(&args.out, args.force, |folder| {
        copy(folder, &sources)?;
        archive(folder, &run, &parts)?;
        changed(folder, &sources)?;
        Ok(manifest(&run, &parts).write(folder)?)
    })?;
    let (files, workbooks) = (args.out.display().to_string(), parts.first().map_or(0, |part| part.part.workbooks));
    let parts = plural(args.parts.len(), "part");
    Ok(Told {
        lines: vec![format!("{files}: {} from {parts}.", plural(workbooks, "workbook"))],
        value: json!({"files": files, "workbooks": workbooks, "problems": []}),
    })
}

/// The parts in order, where they are complete, of this run, and do not overlap.
fn parts<'a>(args: &'a MergeArgs, run: &Finished) -> Result<Vec<RunPart<'a>>, Failure> {
    let mut problems = files::added(&args.run, &run.manifest);
    let mut parts: Vec<RunPart> = Vec::new();
    for folder in &args.parts {
        match finished_run::open(folder) {
            Ok(Finished { manifest, .. }) => {
                let archive = manifest.outputs.iter().find(|entry| entry.path == ARCHIVE);
                let changed = archive.and_then(|archive| files::entry_problem(folder, archive));
                let found = files::added(folder, &manifest).into_iter().chain(changed);
                problems.extend(found.map(|problem| of_part(folder, problem)));
                match manifest.part.clone() {
                    Some(part) => parts.push(RunPart { folder, manifest, part }),
                    None => problems.push(wrong(folder, "run", "This is not a part of a run's workbooks.")),
                }
            }
            Err(Failure::Problems(list)) => problems.extend(list.into_iter().map(|problem| of_part(folder, problem))),
            Err(failure) => return Err(failure),
        }
    }
    parts.sort_by_key(|part| part.part.index);
    problems.extend(parts.iter().filter_map(|part| other_run(part, run, &parts)));
    problems.extend(gaps(&parts));
    no_problems(parts, problems)
}

/// A problem of a file of a part, whose folder it names.
fn of_part(folder: &Path, mut problem: Problem) -> Problem {
    let file = problem.place.file.unwrap_or_default();
    problem.place.file = Some(format!("{}/{file}", folder.display()));
    problem
}

fn wrong(folder: &Path, what: &str, message: &str) -> Problem {
    let help = "Write the part again with ratable statements, and merge the parts of one run.";
    Problem::error(format!("parts.{what}.differs"), Place::file(folder.to_string_lossy()), message, help)
}

/// What tells that a part is of another run, or was written otherwise than the first part.
fn other_run(part: &RunPart, run: &Finished, parts: &[RunPart]) -> Option<Problem> {
    let (mine, whole) = (&part.manifest, &run.manifest);
    let first = &parts.first()?.manifest;
    let differs = |what: &str, message: &str| Some(wrong(part.folder, what, message));
    if part.part.run != run.sha256 || mine.inputs != whole.inputs || mine.command != whole.command {
        differs("run", "This part is of another run: its manifest names another run's manifest.")
    } else if mine.version != whole.version {
        differs("version", "This part was written by another version of ratable than the run.")
    } else if mine.template != first.template {
        differs("template", "This part was made from another layout than the first part.")
    } else {
        None
    }
}

/// Parts that are missing, there twice, or not of the same division.
fn gaps(parts: &[RunPart]) -> Vec<Problem> {
    let Some(first) = parts.first() else { return Vec::new() };
    let (of, workbooks) = (first.part.of, first.part.workbooks);
    let mut problems = Vec::new();
    let (mut expected, mut next) = (1, 0);
    for RunPart { folder, part, .. } in parts {
        if (part.of, part.workbooks) != (of, workbooks) {
            let message = format!("This is a part {}/{}, where the first is of {of}.", part.index, part.of);
            problems.push(wrong(folder, "division", &message));
            continue;
        }
        if part.index < expected {
            problems.push(wrong(folder, "index", &format!("Part {}/{of} is given twice.", part.index)));
            continue;
        }
        problems.extend((expected..part.index).map(|index| missing(index, of)));
        if part.index == expected && part.first != next {
            let message = format!("It begins at workbook {}, where workbook {} comes next.", part.first + 1, next + 1);
            problems.push(wrong(folder, "range", &message));
        }
        expected = part.index + 1;
        next = part.first + part.count;
    }
    problems.extend((expected..=of).map(|index| missing(index, of)));
    if problems.is_empty() && next != workbooks {
        problems.push(wrong(
            first.folder,
            "range",
            &format!("The parts have {next} workbooks, and the run has {workbooks}."),
        ));
    }
    problems
}

fn missing(index: u32, of: u32) -> Problem {
    let message = format!("Part {index}/{of} is missing.");
    let help = format!("Write it with ratable statements --shard {index}/{of}, and give its folder too.");
    Problem::error("parts.part.missing", Place::default(), message, help)
}

/// Whether a file of a run is one of its workbooks.
fn is_book(path: &str) -> bool {
    path == ARCHIVE || path.strip_prefix(HOLDERS).is_some_and(|rest| rest.starts_with('/'))
}

/// What is copied as it is: the run's files, and the workbooks of the parts that have them in a folder.
fn sources<'a>(folder: &'a Path, run: &'a Finished, parts: &'a [RunPart]) -> Vec<Source<'a>> {
    let of_run = run.manifest.outputs.iter().filter(|entry| !is_book(&entry.path));
    let of_parts = |part: &'a RunPart<'a>| {
        let workbooks = part.manifest.outputs.iter().filter(|entry| entry.path != ARCHIVE);
        workbooks.map(|entry| Source { folder: part.folder, entry })
    };
    let run = of_run.map(|entry| Source { folder, entry });
    run.chain(parts.iter().flat_map(of_parts)).collect()
}

fn copy(folder: &Folder, sources: &[Source]) -> io::Result<()> {
    sources.par_iter().try_for_each(|source| {
        let from = source.folder.join(&source.entry.path);
        let mut file = folder.create(&source.entry.path)?;
        let read = File::open(&from).and_then(|mut from| io::copy(&mut from, &mut file));
        read.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", from.display())))?;
        file.finish()
    })
}

/// The parts' archives as one, where the run has its workbooks in an archive.
fn archive(folder: &Folder, run: &Finished, parts: &[RunPart]) -> io::Result<()> {
    if !run.manifest.arguments.iter().any(|argument| argument == "--archive") {
        return Ok(());
    }
    let mut all = Archive::new(folder.create(ARCHIVE)?);
    for part in parts {
        let path = part.folder.join(ARCHIVE);
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let mut zip = zip::ZipArchive::new(File::open(&path).map_err(named)?).map_err(|e| named(e.into()))?;
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).map_err(|e| named(e.into()))?;
            let name = file.name().map_err(|e| named(e.into()))?.into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(named)?;
            all.add(&name, &bytes)?;
        }
    }
    all.finish()?.finish()
}

/// Refuses copies that are not what the manifest of their folder says.
fn changed(folder: &Folder, sources: &[Source]) -> Result<(), Failure> {
    let written = folder.written();
    let written: HashMap<&str, &str> = written.iter().map(|w| (w.path.as_str(), w.sha256.as_str())).collect();
    let differs = |source: &&Source| written.get(source.entry.path.as_str()) != Some(&source.entry.sha256.as_str());
    let problems: Vec<Problem> = sources
        .iter()
        .filter(differs)
        .map(|Source { folder, entry }| {
            let place = Place::file(format!("{}/{}", folder.display(), entry.path));
            let message = format!("This file was changed: its SHA-256 is not {}.", entry.sha256);
            Problem::error("files.sha256.differs", place, message, "Write that folder again.")
        })
        .collect();
    no_problems((), problems)
}

/// The manifest that the run would have written with all its workbooks.
fn manifest(run: &Finished, parts: &[RunPart]) -> Manifest {
    let mut manifest = run.manifest.clone();
    let flag = manifest.arguments.iter().position(|argument| argument == "--workbooks");
    if let Some(value) = flag.and_then(|flag| manifest.arguments.get_mut(flag + 1)) {
        *value = Workbooks::All.to_string();
    }
    manifest.template = parts.first().and_then(|part| part.manifest.template.clone());
    manifest
}
