//! A part of a sheet as a grid, with the cells that have problems marked.

use super::in_page_words;
use super::problems::{style, word};
use crate::input::copy::Copy;
use crate::input::understood::TableUnderstood;
use crate::input::{Loaded, ReadOptions, cell_shown};
use crate::output::problems::{masked_value, place};
use crate::output::xlsx::annotated_copy::marks::cells;
use crate::problem::{Place, Problem, Severity};
use crate::spreadsheet::a1::{letters, parse};
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Rows shown above and below the cell.
const ABOVE: u32 = 5;
const BELOW: u32 = 9;
/// At most so many columns are shown.
const COLUMNS: u32 = 40;

/// The cells of a row, by column.
type Cells = BTreeMap<u32, String>;

/// The sheet around the cell of a problem, by its place among the case's; none where it has no cell.
pub(in crate::serve) fn grid(
    path: &Path,
    options: &ReadOptions,
    loaded: &Loaded,
    at: usize,
) -> io::Result<Option<Markup>> {
    let problems = loaded.problems.as_slice();
    let Some((problem, (_, row))) = problems.get(at).and_then(|p| Some((p, parse(p.place.cell.as_deref()?)?))) else {
        return Ok(None);
    };
    let mut copy = Copy::open(path, options)?;
    let pages = copy.pages();
    let is_of = |page: &Place, of: &Place| page.file == of.file && (of.sheet.is_none() || page.sheet == of.sheet);
    let Some(page) = pages.iter().position(|page| is_of(page, &problem.place)) else { return Ok(None) };
    let of =
        |table: &&TableUnderstood| Some(&table.file) == pages[page].file.as_ref() && table.sheet == pages[page].sheet;
    let header = loaded.understood.tables.iter().find(of).map(|table| table.header_row);
    let wanted = row.saturating_sub(ABOVE).max(1)..=row + BELOW;
    let mut rows: BTreeMap<u32, Cells> = wanted.clone().map(|number| (number, Cells::new())).collect();
    copy.rows(page, &mut |row, _| {
        if wanted.contains(&row.number) || Some(row.number) == header {
            let cells = row.cells().iter().filter(|cell| cell.column < COLUMNS);
            rows.insert(row.number, cells.map(|cell| (cell.column, cell_shown(row, cell))).collect());
        }
        Ok(row.number < *wanted.end())
    })?;
    let mut marks: BTreeMap<(u32, u32), (usize, Severity)> = BTreeMap::new();
    for (ix, other) in problems.iter().enumerate().filter(|(_, other)| is_of(&pages[page], &other.place)) {
        for (row, column) in cells(other).into_iter().map(|(row, column)| (row + 1, column)) {
            if rows.contains_key(&row) && column < COLUMNS {
                let mark = marks.entry((row, column)).or_insert((ix, other.severity));
                if ix == at || (mark.0 != at && other.severity < mark.1) {
                    *mark = (ix, other.severity);
                }
            }
        }
    }
    // What lies below the sheet's last row is no part of it.
    while rows
        .last_key_value()
        .is_some_and(|(number, cells)| cells.is_empty() && marks.range((*number, 0)..(*number + 1, 0)).next().is_none())
    {
        rows.pop_last();
    }
    let filled = rows.values().filter_map(|cells| cells.keys().next_back()).max().copied().unwrap_or(0);
    let last = marks.keys().map(|(_, column)| *column).max().unwrap_or(0).max(filled);
    let sheet = problem.place.sheet.as_deref().or(problem.place.file.as_deref()).unwrap_or("the sheet");
    Ok(Some(shown(at, problems, &rows, &marks, last, sheet)))
}

fn shown(
    at: usize,
    problems: &[Problem],
    rows: &BTreeMap<u32, Cells>,
    marks: &BTreeMap<(u32, u32), (usize, Severity)>,
    last: u32,
    sheet: &str,
) -> Markup {
    let mut order: Vec<usize> = (0..problems.len()).filter(|ix| problems[*ix].place.cell.is_some()).collect();
    order.sort_by_key(|ix| problems[*ix].severity);
    let place_in_order = order.iter().position(|ix| *ix == at).unwrap_or(0);
    let problem = &problems[at];
    let step = |to: Option<usize>| to.and_then(|to| order.get(to)).copied();
    let (before, after) = (step(place_in_order.checked_sub(1)), step(Some(place_in_order + 1)));
    html! {
        div.now.(style(problem.severity)) {
            p {
                b { (word(problem.severity)) " " (place_in_order + 1) " of " (order.len()) } " · " (place(problem))
            }
            p.message { (in_page_words(&problem.message)) @if let Some(value) = masked_value(problem) { " " code { (value) } } }
            p.help { (in_page_words(&problem.help)) }
            p.tools {
                button type="button" #previous data-problem=[before] disabled[before.is_none()] { "Previous" }
                button type="button" #next data-problem=[after] disabled[after.is_none()] { "Next" }
            }
        }
        div.scroll.grid tabindex="0" role="region" aria-label=(format!("Part of {sheet}")) {
            table {
                thead { tr { th scope="col" { span.visually-hidden { "Row" } } @for column in 0..=last { th scope="col" { (letters(column)) } } } }
                tbody {
                    @for (number, cells) in rows {
                        tr {
                            th scope="row" { (number) }
                            @for column in 0..=last {
                                @let text = cells.get(&column).map_or("", String::as_str);
                                @match marks.get(&(*number, column)) {
                                    Some((ix, severity)) => {
                                        td.mark.(style(*severity)) {
                                            button type="button" data-problem=(ix) aria-current=[(*ix == at).then_some("true")]
                                                aria-label=(format!("{}{number}, {}: {}", letters(column), if text.is_empty() { "blank" } else { text }, problems[*ix].message)) {
                                                @if text.is_empty() { "(blank)" } @else { (text) }
                                            }
                                        }
                                    }
                                    None => td { (text) },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
