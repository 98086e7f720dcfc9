//! Which cells are marked, and what is said of each.

use crate::problem::{Place, Problem, Severity};
use crate::spreadsheet::a1;
use std::collections::BTreeMap;

/// Past so many cells of a sheet, no more are marked: nobody looks at them one by one.
const MOST_MARKS: usize = 20_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The gravest of its problems.
    pub severity: Severity,
    pub text: String,
}

/// Marks of a sheet, by row and column from 0.
pub(crate) type SheetMarks = BTreeMap<(u32, u32), Mark>;

/// The marks of all problems that have a cell, by file and sheet.
pub(crate) fn marks(problems: &[Problem]) -> BTreeMap<Place, SheetMarks> {
    let mut marks: BTreeMap<Place, SheetMarks> = BTreeMap::new();
    for problem in problems {
        let sheet = marks.entry(Place { cell: None, ..problem.place.clone() }).or_default();
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

/// The cells of a problem: that of its place, and the others of the same column that its words name.
fn cells(problem: &Problem) -> Vec<(u32, u32)> {
    let Some(first) = problem.place.cell.as_deref().and_then(position) else { return Vec::new() };
    let words = problem.message.split([' ', ',', '.', ':', ';']);
    let named = words.filter_map(position).filter(|cell| cell.1 == first.1 && *cell != first);
    std::iter::once(first).chain(named).collect()
}

/// The row and column of `C17`, from 0.
fn position(cell: &str) -> Option<(u32, u32)> {
    a1::parse(cell).map(|(column, row)| (row - 1, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_marks_every_cell_that_it_names_and_a_cell_tells_all_its_problems() {
        let place = |cell: &str| Place { cell: Some(cell.to_owned()), ..Place::file("register.csv") };
        let marks = marks(&[
            Problem::warning("register.issue_date.x", place("E2"), "2 cells hold a date: E2, E9.", "Set it."),
            Problem::error("register.issue_date.y", place("E2"), "Another.", "Mend it."),
        ]);
        let sheet = &marks[&Place::file("register.csv")];
        assert_eq!(sheet.keys().copied().collect::<Vec<_>>(), [(1, 4), (8, 4)]);
        assert_eq!(sheet[&(1, 4)].severity, Severity::Error);
        assert_eq!(sheet[&(1, 4)].text, "2 cells hold a date: E2, E9.\nSet it.\n\nAnother.\nMend it.");
        assert_eq!(marks.len(), 1);
    }
}
