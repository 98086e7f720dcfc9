//! The first sheet of the copy: a list of all problems, each with a link to its cell.

use super::{clean, fill};
use crate::output::problems::counts;
use crate::output::xlsx::row_height::{characters, lines};
use crate::output::xlsx::style::{INK, PALE};
use crate::problem::{Place, Problem};
use rust_xlsxwriter::{Format, FormatAlign, Url, Worksheet, XlsxError};

/// A column's name, its width, and what it says of a problem.
type Column = (&'static str, f64, fn(&Problem) -> String);

const COLUMNS: [Column; 6] = [
    ("", 10.0, |problem| problem.severity.word().to_owned()),
    ("Table", 16.0, |problem| problem.table().to_owned()),
    ("Where", 26.0, |problem| place(&problem.place)),
    ("Found", 24.0, |problem| problem.value.clone().unwrap_or_default()),
    ("What is wrong", 60.0, |problem| problem.message.clone()),
    ("What to do", 60.0, |problem| problem.help.clone()),
];
/// The columns of the severity, which is coloured, and of the place, which links to the cell.
const SEVERITY: u16 = 0;
const PLACE: u16 = 2;
const LAST: u16 = 5;
/// More links than this Excel does not open in one sheet.
const MOST_LINKS: usize = 65_000;
/// More rows than this a sheet does not have, with what stands above them.
const MOST_ROWS: usize = 1_048_000;

fn place(place: &Place) -> String {
    let parts: Vec<&str> = [&place.cell, &place.sheet, &place.file].into_iter().flatten().map(String::as_str).collect();
    parts.join(", ")
}

/// Writes the list, errors first, otherwise in the order of reading; `target` is the cell in the copy.
pub(crate) fn write(
    page: &mut Worksheet,
    case: &str,
    problems: &[Problem],
    left_out: &[String],
    target: impl Fn(&Place) -> Option<String>,
) -> Result<(), XlsxError> {
    let title = Format::new().set_bold().set_font_size(14).set_font_color(INK);
    page.write_with_format(0, 0, format!("{}: what was found", clean(case)), &title)?;
    page.set_row_height(0, 21)?;
    page.write(1, 0, counts(problems.iter()))?;
    let mut row = 2;
    let explained = "A place in blue leads to its cell, which is filled and has a comment.";
    for line in [explained].into_iter().filter(|_| !problems.is_empty()).chain(left_out.iter().map(String::as_str)) {
        page.write(row, 0, line)?;
        row += 1;
    }
    row += 1;
    let heading = Format::new().set_bold().set_background_color(PALE);
    for (at, (name, width, _)) in (0..).zip(&COLUMNS) {
        page.write_with_format(row, at, *name, &heading)?;
        page.set_column_width(at, *width)?;
    }
    page.set_freeze_panes(row + 1, 0)?;
    page.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(row, row)?;
    let base = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    let link = base.clone().set_hyperlink();
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.severity);
    let (first, mut links) = (row, 0);
    for problem in sorted.into_iter().take(MOST_ROWS) {
        row += 1;
        let mut most = 1;
        for (at, (_, width, value)) in (0..).zip(&COLUMNS) {
            let text = clean(&value(problem));
            most = most.max(lines(&text, characters(*width)));
            match target(&problem.place).filter(|_| at == PLACE && links < MOST_LINKS) {
                Some(cell) => {
                    links += 1;
                    page.write_url_with_format(row, at, Url::new(format!("internal:{cell}")).set_text(text), &link)?;
                }
                None if at == SEVERITY => {
                    page.write_with_format(row, at, text, &fill(&base, problem.severity))?;
                }
                None => {
                    page.write_string_with_format(row, at, text, &base)?;
                }
            }
        }
        page.set_row_height(row, most.min(25) * 15)?;
    }
    if row > first {
        page.autofilter(first, 0, row, LAST)?;
    }
    Ok(())
}
