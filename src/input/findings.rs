//! Everything found while a case is read, in the order of reading.

use super::Located;
use super::faults::{CELLS_NAMED, ColumnFaults};
use super::marks::Marks;
use crate::problem::{Place, Problem};
use crate::text::grouped;
use std::collections::HashMap;

/// How many findings of one code are kept in full; past that they are counted.
const KEPT_PER_CODE: u64 = 10_000;
/// More cells with one fault than that have one cause, and become one problem.
const OF_ONE_CAUSE: usize = 5;

/// Findings that say the same of different cells.
#[derive(Debug, Default)]
struct Same {
    /// Where the first few stand in the list, and the cells.
    kept: Vec<usize>,
    cells: Vec<String>,
    count: u64,
}

/// What findings of one cause share: code, file, sheet and message.
type Said = (String, Option<String>, Option<String>, String);

#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Problem>,
    counts: HashMap<String, u64>,
    same: HashMap<Said, Same>,
    errors: bool,
    pub marks: Marks,
    /// Those of the table that is being read.
    pub faults: ColumnFaults,
}

impl Findings {
    pub(crate) fn push(&mut self, problem: Problem) {
        self.errors |= problem.is_error();
        let count = self.counts.entry(problem.code.clone()).or_default();
        *count += 1;
        if *count > KEPT_PER_CODE && self.same.len() as u64 > KEPT_PER_CODE {
            return;
        }
        if let Some(cell) = &problem.place.cell {
            let (code, place) = (problem.code.clone(), &problem.place);
            let said = (code, place.file.clone(), place.sheet.clone(), problem.message.clone());
            let same = self.same.entry(said).or_default();
            same.count += 1;
            if same.cells.len() < CELLS_NAMED {
                same.cells.push(cell.clone());
            }
            if same.kept.len() > OF_ONE_CAUSE {
                *count -= 1;
                return;
            }
            if *count <= KEPT_PER_CODE {
                same.kept.push(self.list.len());
            }
        }
        if *count <= KEPT_PER_CODE {
            self.list.push(problem);
        }
    }

    pub(crate) fn error(&mut self, code: impl Into<String>, place: Place, message: impl Into<String>, help: &str) {
        self.push(Problem::error(code, place, message, help));
    }

    pub(crate) fn warning(&mut self, code: impl Into<String>, place: Place, message: impl Into<String>, help: &str) {
        self.push(Problem::warning(code, place, message, help));
    }

    pub(crate) fn note(&mut self, code: impl Into<String>, place: Place, message: impl Into<String>, help: &str) {
        self.push(Problem::note(code, place, message, help));
    }

    /// Tells the faults of a table that was read.
    pub(crate) fn tell_faults(&mut self, located: &Located) {
        std::mem::take(&mut self.faults).problems(located).for_each(|problem| self.push(problem));
    }

    pub(crate) fn any_error(&self) -> bool {
        self.errors
    }

    /// All of them: of those with one cause one, and of a code found very often the first ten thousand and how many more
    /// there were.
    pub(crate) fn into_list(mut self) -> Vec<Problem> {
        let mut gone: Vec<usize> = Vec::new();
        for same in self.same.into_values().filter(|same| same.kept.len() > OF_ONE_CAUSE) {
            let more = same.count - same.cells.len() as u64;
            let more = if more > 0 { format!(" and {} more", grouped(&more.to_string())) } else { String::new() };
            let Some(first) = same.kept.first().and_then(|at| self.list.get_mut(*at)) else { continue };
            let (count, cells) = (grouped(&same.count.to_string()), same.cells.join(", "));
            first.message = format!("{} ({count} cells: {cells}{more})", first.message);
            gone.extend(same.kept.into_iter().skip(1));
        }
        let mut over: Vec<(&String, u64)> =
            self.counts.iter().filter(|(_, n)| **n > KEPT_PER_CODE).map(|(code, n)| (code, *n)).collect();
        over.sort();
        let mut more = Vec::new();
        for (code, count) in over {
            let Some(last) = self.list.iter().rev().find(|p| p.code == *code) else { continue };
            let mut last = last.clone();
            last.value = None;
            last.place.cell = None;
            last.message =
                format!("{} more cells have the same problem.", grouped(&(count - KEPT_PER_CODE).to_string()));
            more.push(last);
        }
        gone.sort_unstable();
        let mut at = 0..;
        self.list.retain(|_| at.next().is_none_or(|at| gone.binary_search(&at).is_err()));
        self.list.extend(more);
        self.list
    }
}
