//! Whose workbooks are written, and from which layout.

use super::job::{Failure, Job};
use super::plan::{Workbooks, WritePlan};
use super::prepared::find_holder;
use crate::input::Input;
use crate::model::Case;
use crate::model::register::HolderIx;
use crate::output::folder::hex;
use crate::output::xlsx::statement::{Layout, StatementKind};
use sha2::{Digest, Sha256};
use std::io;
use std::path::Path;

/// The largest layout.
const LARGEST: u64 = 64 << 20;

/// Whose workbooks are written, from which layout.
pub(crate) struct BookPlan {
    /// The layout; none where no workbook is written.
    pub layout: Option<Layout>,
    /// The team's own layout, where the workbooks are stamped from one.
    pub template: Option<Input>,
    /// Only these holders; everybody where none.
    pub only: Option<Vec<HolderIx>>,
}

impl BookPlan {
    /// What the flags ask for.
    /// Errors: A command without workbooks, an unknown holder, or a layout that cannot be used.
    pub(crate) fn new<J: Job>(case: &Case, write: &WritePlan) -> Result<Self, Failure> {
        let none = Self { layout: None, template: None, only: None };
        let Some(kind) = J::STATEMENTS else {
            return match &write.template {
                Some(_) => Err(Failure::Usage(format!("--template: {} writes no holders' workbooks.", J::COMMAND))),
                None => Ok(none),
            };
        };
        let own = write.template.as_deref().map(|path| own_layout(path, kind)).transpose()?;
        let only = match &write.workbooks {
            Workbooks::None => return Ok(none),
            Workbooks::All => None,
            Workbooks::Of(ids) => {
                Some(ids.iter().map(|id| find_holder(case, "--workbooks", id)).collect::<Result<_, _>>()?)
            }
        };
        let (layout, template) = match own {
            Some((layout, template)) => (layout, Some(template)),
            None => (Layout::builtin(kind, case.terms.currency_decimals).map_err(Failure::Problems)?, None),
        };
        Ok(Self { layout: Some(layout), template, only })
    }
}

impl BookPlan {
    /// Reads a team's own layout, to see that a command can use it.
    /// Errors: That it cannot.
    pub(crate) fn own<J: Job>(path: &Path) -> Result<Input, Failure> {
        let none = || Failure::Usage(format!("--template: {} writes no holders' workbooks.", J::COMMAND));
        own_layout(path, J::STATEMENTS.ok_or_else(none)?).map(|(_, input)| input)
    }
}

fn own_layout(path: &Path, kind: StatementKind) -> Result<(Layout, Input), Failure> {
    let unreadable = |e: io::Error| Failure::Machine(format!("--template {}: {e}", path.display()));
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() || found.len() > LARGEST {
        let what = if found.is_file() { "takes more room than a layout ever does" } else { "is no file" };
        return Err(Failure::Usage(format!("--template: {} {what}.", path.display())));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let layout = Layout::from_template(&bytes, &name, kind).map_err(Failure::Problems)?;
    let template = Input { path: name, size: bytes.len() as u64, sha256: hex(&Sha256::digest(&bytes)) };
    Ok((layout, template))
}
