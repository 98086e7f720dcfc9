//! Whose statements are written, and from which layout; `ratable statements`: a part of a finished run's, so that many
//! machines can write them.

use super::case_run::find_holder;
use super::plan::Workbooks;
use super::{CaseRun, Failure, RunPlan, Told, finished_run, output_dir, progress, rerun};
use crate::cli::StatementsArgs;
use crate::input::file_name;
use crate::model::HolderIx;
use crate::output::folder::Folder;
use crate::output::manifest::{Manifest, Part, Request};
use crate::output::statement_files::{Selection, Shard, StatementFiles};
use crate::output::xlsx::statement::{Layout, StatementKind};
use crate::sha256;
use crate::spreadsheet::hash::FileHash;
use crate::text::plural;
use serde_json::json;
use std::io;
use std::path::Path;

const LARGEST: u64 = 64 << 20;

/// Whose workbooks are written, from which layout.
pub(crate) struct StatementPlan {
    /// The layout; none where no workbook is written.
    layout: Option<Layout>,
    /// Only these holders; everybody where none.
    only: Option<Vec<HolderIx>>,
    archive: bool,
    /// What was asked, with the team's own layout where the workbooks are stamped from one.
    pub request: Request,
}

impl StatementPlan {
    /// What the flags ask for.
    /// Errors: a layout for a command without workbooks, an unknown holder, or a layout that cannot be used.
    pub(crate) fn new(plan: &RunPlan, run: &CaseRun) -> Result<Self, Failure> {
        let none = Self { layout: None, only: None, archive: false, request: plan.request(None) };
        let Some(kind) = plan.kind.statements() else {
            let command = plan.kind.command();
            return match &plan.write.template {
                Some(_) => Err(Failure::Usage(format!("--template: {command} writes no statements."))),
                None => Ok(none),
            };
        };
        let own = plan.write.template.as_deref().map(|path| own_layout(path, kind)).transpose()?;
        let only = match &plan.write.workbooks {
            Workbooks::None => return Ok(none),
            Workbooks::All => None,
            Workbooks::Of(ids) => {
                Some(ids.iter().map(|id| find_holder(&run.case, "--workbooks", id)).collect::<Result<_, _>>()?)
            }
        };
        let (layout, template) = match own {
            Some((layout, template)) => (layout, Some(template)),
            None => (Layout::builtin(kind, &run.look()?).map_err(Failure::Problems)?, None),
        };
        Ok(Self { layout: Some(layout), only, archive: plan.write.archive, request: plan.request(template) })
    }

    /// Writes the workbooks, or a part of them, and says which these were.
    pub(crate) fn write(&self, folder: &Folder, run: &CaseRun, shard: Option<Shard>) -> io::Result<Selection> {
        let Some(layout) = &self.layout else { return Ok(Selection::default()) };
        run.write_statements(&StatementFiles {
            folder,
            layout,
            only: self.only.as_deref(),
            shard,
            archive: self.archive,
            wanted: &progress::writing,
            written: &progress::written(),
        })
    }
}

/// A team's own layout for a kind of workbook.
pub(crate) fn own_layout(path: &Path, kind: StatementKind) -> Result<(Layout, FileHash), Failure> {
    let unreadable = |e: io::Error| Failure::Machine(format!("--template {}: {e}", path.display()));
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() || found.len() > LARGEST {
        let what = if found.is_file() { "is larger than a layout ever is" } else { "is no file" };
        return Err(Failure::Usage(format!("--template: {} {what}.", path.display())));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let name = file_name(path);
    let layout = Layout::from_template(&bytes, &name, kind).map_err(Failure::Problems)?;
    let template = FileHash { path: name, size: bytes.len() as u64, sha256: sha256::of_bytes(&bytes) };
    Ok((layout, template))
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

/// Writes the part, and says how much it is.
pub(crate) fn statements(args: &StatementsArgs) -> Result<Told, Failure> {
    let Shard { index, of } = shard(&args.shard)?;
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
    let part = Part { run: finished.sha256, index, of, first: 0, count: 0, workbooks: 0 };
    let selection = output_dir::write(&args.out, args.force, |folder| {
        let selection = write_part(folder, &run, &statements, &part)?;
        run.unchanged().map(|()| selection)
    })?;
    let (files, count, all) = (args.out.display().to_string(), selection.places.len(), selection.of);
    Ok(Told {
        lines: vec![format!("{files}: part {index} of {of}, {count} of {}.", plural(all, "workbook"))],
        value: json!({"files": files, "part": args.shard, "workbooks": count, "of": all, "problems": []}),
    })
}

/// Fills a folder with a part of a run's workbooks; `part` says which one it is, and what it holds is found here.
pub(crate) fn write_part(
    folder: &Folder,
    run: &CaseRun,
    statements: &StatementPlan,
    part: &Part,
) -> io::Result<Selection> {
    let selection = statements.write(folder, run, Some(Shard { index: part.index, of: part.of }))?;
    let (first, count, workbooks) = (selection.places.start, selection.places.len(), selection.of);
    let part = Part { first, count, workbooks, ..part.clone() };
    let manifest = Manifest { part: Some(part), ..Manifest::new(&run.case, &statements.request, &run.inputs) };
    manifest.write(folder)?;
    Ok(selection)
}
