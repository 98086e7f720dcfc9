//! A case as a workbook with its problems marked: the offending cells filled and commented, and a first sheet that lists
//! all problems, each with a link to its cell.
//!
//! An XLSX case is copied part by part, with all that is in it, and only what marks take is added ([`edit`]). Any other
//! case is written cell by cell ([`values`]). It is the case itself that is shown, so nothing in it is masked.

pub(crate) mod edit;
mod front;
mod shapes;
mod sheet;
mod splice;
mod styles;
pub(crate) mod values;

use crate::problem::{Place, Problem, Severity};
use crate::spreadsheet::a1;
use std::collections::BTreeMap;

/// The name of the first sheet, with a number where the case has one of that name.
const FRONT: &str = "Problems";
/// The longest text of a comment, and of a cell of the list.
const LONGEST: usize = 8_000;
/// Past so many cells of a sheet, no more are marked: nobody looks at them one by one.
const MOST_MARKS: usize = 20_000;

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The gravest of its problems.
    pub severity: Severity,
    /// What they say.
    pub text: String,
}

/// Marks of a sheet, by row and column from 0.
pub(crate) type SheetMarks = BTreeMap<(u32, u32), Mark>;

/// All marks, by file and sheet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks(BTreeMap<(String, Option<String>), SheetMarks>);

impl Marks {
    /// The marks of all problems that have a cell.
    pub(crate) fn new(problems: &[Problem]) -> Self {
        let mut marks = Self::default();
        for problem in problems {
            let Some(file) = problem.place.file.clone() else { continue };
            let sheet = marks.0.entry((file, problem.place.sheet.clone())).or_default();
            for cell in cells(problem) {
                if sheet.len() >= MOST_MARKS && !sheet.contains_key(&cell) {
                    continue;
                }
                let text = format!("{}\n{}", problem.message, problem.help);
                let mark =
                    sheet.entry(cell).or_insert_with(|| Mark { severity: problem.severity, text: String::new() });
                mark.severity = mark.severity.min(problem.severity);
                if !mark.text.is_empty() {
                    mark.text.push_str("\n\n");
                }
                mark.text.push_str(&text);
            }
        }
        marks
    }

    /// The marks of a sheet.
    pub(crate) fn of(&self, file: &str, sheet: Option<&str>) -> Option<&SheetMarks> {
        self.0.get(&(file.to_owned(), sheet.map(str::to_owned)))
    }
}

/// The cells of a problem: that of its place, and the others of the same column that its words name.
fn cells(problem: &Problem) -> Vec<(u32, u32)> {
    let Some(first) = problem.place.cell.as_deref().and_then(position) else { return Vec::new() };
    let words = problem.message.split([' ', ',', '.', ':', ';']);
    let named = words.filter_map(position).filter(|cell| cell.1 == first.1 && *cell != first);
    let mut cells: Vec<(u32, u32)> = std::iter::once(first).chain(named).collect();
    cells.dedup();
    cells
}

/// The row and column, from 0, of `C17`; none for what is no cell of a spreadsheet.
fn position(cell: &str) -> Option<(u32, u32)> {
    a1::parse(cell).map(|(column, row)| (row - 1, column))
}

/// `C17` by its row and column, from 0.
fn address(row: u32, column: u32) -> String {
    a1::address(column, row + 1)
}

/// Where a problem is, in the copy: its sheet there, and the cell.
fn target(place: &Place, sheet_of: &dyn Fn(&str, Option<&str>) -> Option<String>) -> Option<(String, String)> {
    let sheet = sheet_of(place.file.as_deref()?, place.sheet.as_deref())?;
    let cell = place.cell.as_deref().and_then(position).map_or("A1".to_owned(), |(row, column)| address(row, column));
    Some((sheet, cell))
}

/// A name for a sheet that is not taken: at most 31 letters, without those that Excel refuses.
fn sheet_name(wanted: &str, taken: &[String]) -> String {
    let bare: String =
        wanted.chars().map(|c| if "[]:*?/\\'".contains(c) || c.is_control() { '_' } else { c }).collect();
    let bare = if bare.trim().is_empty() { "Sheet".to_owned() } else { bare };
    let is_free = |name: &str| !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    let cut = |most: usize| bare.chars().take(most).collect::<String>();
    let first = cut(31);
    if is_free(&first) {
        return first;
    }
    let numbered = (2..10_000).map(|number| format!("{} {number}", cut(25)));
    numbered.into_iter().find(|name| is_free(name)).unwrap_or(first)
}

/// Text as a cell holds it: not over long, no control characters but line breaks.
fn clean(text: &str) -> String {
    let kept =
        text.chars().map(|c| if c.is_control() && c != '\n' || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c });
    let mut kept: String = kept.take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_marks_every_cell_that_it_names_and_a_cell_tells_all_its_problems() {
        let place = |cell: &str| Place { cell: Some(cell.to_owned()), ..Place::file("register.csv") };
        let marks = Marks::new(&[
            Problem::warning("register.issue_date.x", place("E2"), "2 cells hold a date: E2, E9.", "Set it."),
            Problem::error("register.issue_date.y", place("E2"), "Another.", "Mend it."),
        ]);
        let sheet = marks.of("register.csv", None).unwrap();
        assert_eq!(sheet.keys().copied().collect::<Vec<_>>(), [(1, 4), (8, 4)]);
        assert_eq!(sheet[&(1, 4)].severity, Severity::Error);
        assert_eq!(sheet[&(1, 4)].text, "2 cells hold a date: E2, E9.\nSet it.\n\nAnother.\nMend it.");
        assert!(marks.of("register.csv", Some("register")).is_none());
    }

    #[test]
    fn sheets_get_names_that_excel_takes() {
        let taken = ["Problems".to_owned()];
        assert_eq!(sheet_name("problems", &taken), "problems 2");
        assert_eq!(sheet_name("a/b:c", &taken), "a_b_c");
        assert_eq!(sheet_name(&"x".repeat(40), &taken).chars().count(), 31);
    }
}
