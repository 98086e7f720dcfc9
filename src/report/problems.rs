//! Problems as a person reads them, and as a program does (SPEC 8).

use crate::problem::Problem;

/// For people.
#[must_use]
pub fn text(problems: &[Problem], _color: bool) -> String {
    let line = |p: &Problem| {
        let place: Vec<&str> =
            [&p.place.file, &p.place.sheet, &p.place.cell].into_iter().flatten().map(String::as_str).collect();
        format!("{} [{}] {} {}", place.join(" "), p.code, p.message, p.help)
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// For programs.
#[must_use]
pub fn json(problems: &[Problem]) -> String {
    format!("{}", problems.len())
}
