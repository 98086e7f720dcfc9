//! Whose workbooks are written, and from which layout.

use super::case_run::{CaseRun, find_holder};
use super::failure::Failure;
use super::plan::Workbooks;
use super::progress;
use super::run_kind::RunPlan;
use crate::input::Input;
use crate::model::register::HolderIx;
use crate::output::folder::Folder;
use crate::output::statement_files::{Selection, Shard, StatementFiles};
use crate::output::xlsx::statement::{Layout, StatementKind};
use crate::sha256;
use std::io;
use std::path::Path;

const LARGEST: u64 = 64 << 20;

/// Whose workbooks are written, from which layout.
pub(crate) struct StatementPlan {
    /// The layout; none where no workbook is written.
    pub layout: Option<Layout>,
    /// The team's own layout, where the workbooks are stamped from one.
    pub template: Option<Input>,
    /// Only these holders; everybody where none.
    pub only: Option<Vec<HolderIx>>,
    pub archive: bool,
}

impl StatementPlan {
    /// What the flags ask for.
    /// Errors: a layout for a command without workbooks, an unknown holder, or a layout that cannot be used.
    pub(crate) fn new(plan: &RunPlan, run: &CaseRun) -> Result<Self, Failure> {
        let none = Self { layout: None, template: None, only: None, archive: false };
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
        Ok(Self { layout: Some(layout), template, only, archive: plan.write.archive })
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
pub(crate) fn own_layout(path: &Path, kind: StatementKind) -> Result<(Layout, Input), Failure> {
    let unreadable = |e: io::Error| Failure::Machine(format!("--template {}: {e}", path.display()));
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() || found.len() > LARGEST {
        let what = if found.is_file() { "is larger than a layout ever is" } else { "is no file" };
        return Err(Failure::Usage(format!("--template: {} {what}.", path.display())));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let layout = Layout::from_template(&bytes, &name, kind).map_err(Failure::Problems)?;
    let template = Input { path: name, size: bytes.len() as u64, sha256: sha256::of_bytes(&bytes) };
    Ok((layout, template))
}
