//! From files to the model: reads every table of a case, and reports every problem in one go.

mod asides;
mod brought_forward;
pub(crate) mod canonical;
mod cell;
mod checks;
mod classes;
mod columns;
pub(crate) mod copy;
mod faults;
mod findings;
mod gone;
mod history;
mod ledger;
mod line;
mod load;
mod manners;
mod marks;
pub(crate) mod pass;
mod payments_out;
mod plans;
pub(crate) mod register;
pub(crate) mod schema;
pub(crate) mod source;
mod spelling;
mod table;
mod terms;
mod totals;
pub(crate) mod understood;
pub(crate) mod words;

use crate::model::{Case, Date};
use crate::problem::Problem;
use std::path::PathBuf;

pub(crate) use crate::spreadsheet::hash::{FileHash, bytes_read};
pub(crate) use cell::Style;
#[cfg(feature = "serve")]
pub(crate) use cell::shown as cell_shown;
pub(crate) use columns::typed_header;
pub(crate) use findings::Findings;
use line::Line;
pub use load::load;
pub(crate) use load::load_rows;
pub(crate) use source::{file_name, files, is_of_another_file, is_table_file, name as case_name, size};
use table::Located;

#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Encoding of CSV files without a byte order mark.
    pub encoding: Option<String>,
    /// `--set`: terms and readings that override the case's, in the order given.
    pub set: Vec<(String, String)>,
    /// `--column`: headers of the team's own, as `table.column=Header`.
    pub columns: Vec<String>,
    /// The date of the run: an Open Cap Format package is read as of it.
    pub as_of: Option<Date>,
    /// `--after`: the earlier run whose tables take the place of the case's.
    pub after: Option<EarlierRun>,
    /// `--status`: a file with a table of what became of payments, beside the case's own.
    pub status: Option<PathBuf>,
    /// Whether a run was made of the case, which looked for holders and lots that may be one: that is not done again.
    pub warned: bool,
}

/// A finished dividend run that the next one goes on from; it was verified.
#[derive(Clone, Debug)]
pub struct EarlierRun {
    pub folder: PathBuf,
    pub manifest_sha256: String,
    pub date: Date,
    pub company: String,
    pub currency: String,
}

#[derive(Debug)]
pub struct Loaded {
    /// The case's name, for messages and default folders, also where reading failed.
    pub name: String,
    /// The case; none where any problem is an error.
    pub case: Option<Case>,
    /// What could be read where there is no case, so that what is wrong with its dates is told in the same go.
    pub draft: Option<Case>,
    pub problems: Vec<Problem>,
    pub inputs: Vec<FileHash>,
    pub understood: understood::Understood,
}

impl Loaded {
    /// What the register comes to; none where it could not be read.
    pub fn register(&self) -> Option<understood::RegisterUnderstood> {
        self.case.as_ref().or(self.draft.as_ref()).map(understood::register)
    }
}
