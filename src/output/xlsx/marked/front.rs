//! The list of all problems: its columns, and what stands in each row.

use super::clean;
use crate::output::problems::counts;
use crate::problem::{Problem, Severity};

/// The columns with their widths, in characters.
pub(crate) const COLUMNS: [(&str, f64); 6] =
    [("", 10.0), ("Table", 16.0), ("Where", 26.0), ("Found", 24.0), ("What is wrong", 60.0), ("What to do", 60.0)];
/// The column that links to the cell.
pub(crate) const WHERE: usize = 2;
/// More links than this Excel does not open in one sheet.
pub(crate) const MOST_LINKS: usize = 65_000;
/// How high the title's row is, in points.
pub(crate) const TITLE_POINTS: u32 = 21;
/// More rows than this a sheet does not have, with the heading.
const MOST_ROWS: usize = 1_048_000;

/// What stands above the list.
pub(crate) struct Heading {
    /// The case's name.
    pub title: String,
    /// How many problems there are, and what the colours mean.
    pub lines: Vec<String>,
}

/// What stands above the list of a case's problems.
pub(crate) fn heading(case: &str, problems: &[Problem], left_out: &[String]) -> Heading {
    let marked = "A place in blue leads to its cell, which is filled and has a comment.";
    let mut lines = vec![counts(problems.iter()), if problems.is_empty() { String::new() } else { marked.to_owned() }];
    lines.retain(|line| !line.is_empty());
    lines.extend(left_out.iter().cloned());
    Heading { title: format!("{}: what was found", clean(case)), lines }
}

/// A line of the list, with the place that it links to.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// How much it weighs.
    pub severity: Severity,
    /// The cells' texts.
    pub cells: [String; COLUMNS.len()],
    /// The sheet and cell in the copy.
    pub link: Option<(String, String)>,
}

impl Line {
    /// How high its row is, in points: programs that open the file need not find out.
    pub(crate) fn height(&self) -> u32 {
        let wrapped = |(text, (_, width)): (&String, (&str, f64))| {
            let letters =
                text.lines().map(|line| line.chars().map(|c| if c.is_ascii() { 1.0 } else { 1.5 }).sum::<f64>());
            letters
                .map(|letters| (1u32..25).find(|n| f64::from(*n) * width * 1.1 >= letters).unwrap_or(25))
                .sum::<u32>()
        };
        let lines = self.cells.iter().zip(COLUMNS).map(wrapped).max().unwrap_or(1);
        lines.clamp(1, 25) * 15
    }
}

/// The list: errors first, otherwise in the order of reading.
pub(crate) fn lines(
    problems: &[Problem],
    sheet_of: &dyn Fn(&str, Option<&str>) -> Option<String>,
) -> impl Iterator<Item = Line> {
    let mut order: Vec<&Problem> = problems.iter().collect();
    order.sort_by_key(|problem| problem.severity);
    order.into_iter().take(MOST_ROWS).map(|problem| {
        let place = &problem.place;
        let parts: Vec<&str> =
            [&place.cell, &place.sheet, &place.file].into_iter().flatten().map(String::as_str).collect();
        let word = match problem.severity {
            Severity::Error => "problem",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let cells = [
            word,
            problem.code.split('.').next().unwrap_or(""),
            &parts.join(", "),
            problem.value.as_deref().unwrap_or(""),
            &problem.message,
            &problem.help,
        ];
        Line { severity: problem.severity, cells: cells.map(clean), link: super::target(place, sheet_of) }
    })
}
