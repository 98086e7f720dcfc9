//! The page of problems, `docs/problems.md`, as `explain` prints it: an entry for each code, or for a pattern of codes.

use super::problems::painted;
use crate::input::schema::{TABLES, Table};
use std::fmt::Write;
use textwrap::Options;

const PAGE: &str = include_str!("../../docs/problems.md");

/// What an entry's text is wrapped at; a narrower terminal wraps it again.
const WIDTH: usize = 96;

/// An entry: `register.shares.over-issue`, or a pattern such as `TABLE.COLUMN.negative`, whose words in capitals stand for any.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub code: &'static str,
    pub body: &'static str,
}

/// All entries, as they stand in the page.
pub fn entries() -> impl Iterator<Item = Entry> {
    PAGE.split("\n### `").skip(1).filter_map(|part| {
        let (code, body) = part.split_once("`\n")?;
        // The next chapter's heading ends the last entry of a chapter.
        let body = body.split("\n## ").next().unwrap_or(body);
        Some(Entry { code, body: body.trim() })
    })
}

/// The entry of a code: its own, or else the pattern that says most of it.
pub fn find(code: &str) -> Option<Entry> {
    let fitting = entries().filter_map(|entry| Some((literal(entry.code, code)?, entry)));
    fitting.max_by_key(|(literal, _)| *literal).map(|(_, entry)| entry)
}

/// How many parts of a code a pattern names itself; none where it does not fit.
fn literal(pattern: &str, code: &str) -> Option<usize> {
    let (wanted, found): (Vec<&str>, Vec<&str>) = (pattern.split('.').collect(), code.split('.').collect());
    if wanted.len() != found.len() || found.contains(&"") {
        return None;
    }
    let table = found.first().copied().unwrap_or_default();
    let fits = |(wanted, found): (&&str, &&str)| match *wanted {
        "TABLE" => *found == "case" || Table::find(found).is_some_and(|table| table.name == *found),
        "COLUMN" => Table::find(table).is_some_and(|table| table.index(found).is_some()),
        wanted => is_any(wanted) || wanted == *found,
    };
    let all = wanted.iter().zip(&found).all(fits);
    all.then(|| wanted.iter().filter(|part| !is_any(part)).count())
}

fn is_any(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_uppercase())
}

/// The codes that are most like a text that is none.
pub fn nearest(text: &str) -> Vec<String> {
    const MOST: usize = 3;
    let typed: Vec<&str> = text.split('.').collect();
    let part = |at: usize| typed.get(at).copied().filter(|part| !part.is_empty());
    // A pattern is likened with what was typed where it has capitals.
    let code = |entry: Entry| {
        let parts = entry.code.split('.').enumerate().map(|(at, wanted)| match wanted {
            "TABLE" => best(part(at), TABLES.iter().map(|table| table.name)).unwrap_or("register"),
            "COLUMN" => {
                let table = best(part(0), TABLES.iter().map(|table| table.name)).and_then(Table::find);
                let columns = table.into_iter().flat_map(|table| table.columns).map(|column| column.name);
                best(part(at), columns).unwrap_or(wanted)
            }
            wanted if is_any(wanted) => part(at).unwrap_or(wanted),
            wanted => wanted,
        });
        parts.collect::<Vec<_>>().join(".")
    };
    let likeness = |code: &str| match typed.as_slice() {
        // A code's last part alone is often what people remember.
        [word] => code.rsplit('.').next().map_or(0.0, |last| strsim::jaro_winkler(word, last)),
        _ => strsim::jaro_winkler(text, code),
    };
    let mut codes: Vec<(f64, String)> = entries().map(code).map(|code| (likeness(&code), code)).collect();
    codes.retain(|(likeness, _)| *likeness > 0.85);
    codes.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.cmp(other)));
    codes.dedup_by(|(_, a), (_, b)| a == b);
    codes.into_iter().take(MOST).map(|(_, code)| code).collect()
}

fn best<'w>(text: Option<&str>, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let text = text?;
    words.max_by(|a, b| strsim::jaro_winkler(text, a).total_cmp(&strsim::jaro_winkler(text, b)))
}

pub fn text(code: &str, entry: Entry, color: bool) -> String {
    let mut out = painted(color, "1", code) + "\n";
    if let Some(column) = column(code) {
        let _ = writeln!(out, "{}", filled(&column));
    }
    for block in entry.body.split("\n\n").map(str::trim) {
        let _ = if block.starts_with('|') {
            write!(out, "\n{}", table(block))
        } else {
            writeln!(out, "\n{}", filled(&plain(&block.replace('\n', " "))))
        };
    }
    out.trim_end().to_owned()
}

fn filled(text: &str) -> String {
    textwrap::fill(text, Options::new(WIDTH).initial_indent("  ").subsequent_indent("  ").break_words(false))
}

fn column(code: &str) -> Option<String> {
    let mut parts = code.split('.');
    let (table, column) = (Table::find(parts.next()?)?, parts.next()?);
    let column = table.columns.iter().find(|found| found.name == column)?;
    Some(format!("Column {} of the table {}: {}.", column.name, table.name, column.help.trim_end_matches('.')))
}

/// Text without the signs of Markdown.
fn plain(text: &str) -> String {
    text.replace(['`', '*'], "")
}

/// A table in columns that are as wide as what they hold.
fn table(block: &str) -> String {
    let rows: Vec<Vec<String>> =
        block.lines().filter(|line| !line.starts_with("|---")).map(|line| cells(line).map(plain).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |text: &str| textwrap::core::display_width(text);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| wide(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let mut line = "    ".to_owned();
        for (cell, width) in row.iter().zip(&widths) {
            line += cell;
            line += &" ".repeat(width - wide(cell) + 2);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The cells of a row of a Markdown table.
pub fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.trim().trim_start_matches('|').trim_end_matches('|').split('|').map(str::trim)
}
