//! Problems as text for people and as JSON for programs.

use crate::problem::{Place, Problem, Severity};
use crate::text::plural;
use serde_json::json;
use std::fmt::Write;

/// So many of a table's problems are shown in full; the rest are counted.
const SHOWN_PER_TABLE: usize = 20;

/// Text in a colour or weight of terminals, where `color` is wanted.
pub(crate) fn painted(color: bool, code: &str, text: &str) -> String {
    if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Problems grouped by table, the first twenty of each in full and the rest counted; no line break at the end.
pub fn text(problems: &[Problem], color: bool) -> String {
    grouped(problems, color, SHOWN_PER_TABLE)
}

/// All problems in full, grouped by table, for a file.
pub fn full_text(problems: &[Problem]) -> String {
    grouped(problems, false, usize::MAX)
}

fn grouped(problems: &[Problem], color: bool, most: usize) -> String {
    let mut groups: Vec<(&str, Vec<&Problem>)> = Vec::new();
    for problem in problems {
        let table = problem.table();
        match groups.iter_mut().find(|(name, _)| *name == table) {
            Some((_, group)) => group.push(problem),
            None => groups.push((table, vec![problem])),
        }
    }
    let mut out = String::new();
    for (table, mut group) in groups {
        group.sort_by_key(|p| p.severity);
        let _ = writeln!(out, "{}: {}", painted(color, "1", table), counts(group.iter().copied()));
        for problem in group.iter().take(most) {
            one(problem, color, &mut out);
        }
        if group.len() > most {
            let rest = group.iter().skip(most).copied();
            let _ = writeln!(
                out,
                "  … and {} more: ratable check CASE --report FILE.xlsx lists and marks them all",
                counts(rest)
            );
        }
    }
    if out.ends_with('\n') {
        out.pop();
    }
    out
}

/// `2 problems, 1 warning`.
pub fn counts<'p>(problems: impl Iterator<Item = &'p Problem>) -> String {
    let mut numbers = [0usize; 3];
    for problem in problems {
        numbers[problem.severity as usize] += 1;
    }
    let severities = [Severity::Error, Severity::Warning, Severity::Note].into_iter().zip(numbers);
    let parts: Vec<String> = severities.filter(|(_, n)| *n > 0).map(|(of, n)| plural(n, of.word())).collect();
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}

/// How to read more about the first of these codes; none where there is nothing but notes.
pub(crate) fn more_about(problems: &[Problem]) -> Option<String> {
    const MOST: usize = 3;
    let mut weighty: Vec<&Problem> = problems.iter().filter(|p| p.severity != Severity::Note).collect();
    weighty.sort_by_key(|p| p.severity);
    let mut codes: Vec<&str> = Vec::new();
    for problem in weighty {
        if !codes.contains(&problem.code.as_str()) && codes.len() < MOST {
            codes.push(&problem.code);
        }
    }
    (!codes.is_empty()).then(|| format!("For more, with an example: ratable explain {}", codes.join(" ")))
}

/// The first five warnings in a line each, and how many more there are.
pub(crate) fn first_warnings(problems: &[Problem]) -> Vec<String> {
    const MOST: usize = 5;
    let warnings: Vec<&Problem> = problems.iter().filter(|p| p.severity == Severity::Warning).collect();
    let line = |problem: &&Problem| {
        let at = if *problem.place == Place::default() { String::new() } else { format!("{}: ", place(problem)) };
        one_line(&format!("Warning: {at}{}", problem.message))
    };
    let mut lines: Vec<String> = warnings.iter().take(MOST).map(line).collect();
    if warnings.len() > MOST {
        let more = plural(warnings.len() - MOST, "more warning");
        lines.push(format!("And {more}, listed on the first sheet of summary.xlsx"));
    }
    lines
}

fn one(problem: &Problem, color: bool, out: &mut String) {
    let found = masked_value(problem).map_or(String::new(), |value| format!(" [{}]", one_line(&value)));
    let (code, label) = match problem.severity {
        Severity::Error => ("31", ""),
        Severity::Warning => ("33", "warning: "),
        Severity::Note => ("36", "note: "),
    };
    let place = painted(color, code, &place(problem));
    let _ = writeln!(out, "  {place}  {label}{}{found}", one_line(&problem.message));
    if problem.severity != Severity::Note {
        let _ = writeln!(out, "      {}", one_line(&problem.help));
    }
}

/// `C17 in register.csv`, `C17 of sheet register in case.xlsx`, `the command line`.
pub(crate) fn place(problem: &Problem) -> String {
    let place = &problem.place;
    let sheet = place.sheet.as_ref().map(|s| format!("sheet {s}"));
    let parts = [place.cell.clone(), sheet, place.file.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().map(|p| one_line(&p)).collect();
    if parts.is_empty() { "case".to_owned() } else { parts.join(", ") }
}

/// Control characters, which a file's text may hold, do nothing to the terminal.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The value found, masked where it is an account or a tax number: all but the last four letters.
pub fn masked_value(problem: &Problem) -> Option<String> {
    let value = problem.value.as_ref()?;
    let column = problem.code.split('.').nth(1).unwrap_or("");
    let secret = ["account", "tax_id"].contains(&column) && !value.starts_with('#');
    Some(if secret { mask(value) } else { value.clone() })
}

/// All but the last four letters as `•`.
pub fn mask(text: &str) -> String {
    let hidden = text.chars().count().saturating_sub(4);
    let short = text.chars().count() <= 4;
    text.chars().enumerate().map(|(ix, c)| if ix < hidden || short { '•' } else { c }).collect()
}

/// `{"problems":[{"severity","code","file","sheet","cell","value","message","help"}]}`.
pub fn json(problems: &[Problem]) -> String {
    json!({ "problems": list(problems) }).to_string()
}

/// Each as an object, with its value masked.
pub fn list(problems: &[Problem]) -> Vec<serde_json::Value> {
    problems.iter().map(|p| json!(Problem { value: masked_value(p), ..p.clone() })).collect()
}
