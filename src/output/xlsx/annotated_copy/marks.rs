//! Which cells are marked, and what is said of each.

use crate::problem::{Place, Problem, Severity};
use crate::spreadsheet::a1;
use std::collections::BTreeMap;

/// Past so many cells of a sheet, no more are marked: nobody looks at them one by one.
const MOST_MARKS: usize = 20_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The gravest of its problems.
    pub severity: Severity,
    pub text: String,
}

/// Marks of a sheet, by row and column from 0.
pub(crate) type SheetMarks = BTreeMap<(u32, u32), Mark>;

/// The marks of all problems that have a cell, by file and sheet.
pub fn marks(problems: &[Problem]) -> BTreeMap<Place, SheetMarks> {
    let mut marks: BTreeMap<Place, SheetMarks> = BTreeMap::new();
    for problem in problems {
        let sheet = marks.entry(Place { cell: None, ..(*problem.place).clone() }).or_default();
        for cell in cells(problem) {
            if sheet.len() >= MOST_MARKS && !sheet.contains_key(&cell) {
                continue;
            }
            let text = format!("{}\n{}", problem.message, problem.help);
            match sheet.get_mut(&cell) {
                Some(mark) => {
                    mark.severity = mark.severity.min(problem.severity);
                    mark.text = format!("{}\n\n{text}", mark.text);
                }
                None => drop(sheet.insert(cell, Mark { severity: problem.severity, text })),
            }
        }
    }
    marks
}

/// The cells of a problem, by row and column from 0: that of its place, and the others of the same column that its words
/// name.
pub(crate) fn cells(problem: &Problem) -> Vec<(u32, u32)> {
    let Some(first) = problem.place.cell.as_deref().and_then(position) else { return Vec::new() };
    let words = problem.message.split([' ', ',', '.', ':', ';', '(', ')']);
    let named = words.filter_map(position).filter(|cell| cell.1 == first.1 && *cell != first);
    std::iter::once(first).chain(named).collect()
}

/// The row and column of `C17`, from 0.
fn position(cell: &str) -> Option<(u32, u32)> {
    a1::parse(cell).map(|(column, row)| (row - 1, column))
}
