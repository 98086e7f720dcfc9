//! What is wrong with a case or a run: each with its place, what to do, and its cell in a picture of the sheet.

use super::in_page_words;
use crate::output::problems::{counts, masked_value, place};
use crate::problem::{Problem, Severity};
use maud::{Markup, html};

/// So many are listed; all of them are in the workbook.
const LISTED: usize = 300;

pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Problem",
        Severity::Warning => "Warning",
        Severity::Note => "Note",
    }
}

pub(super) fn style(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn one(problem: &Problem) -> Markup {
    html! {
        span.kind { (word(problem.severity)) } " "
        span.place { (place(problem)) } " "
        span.message { (in_page_words(&problem.message)) }
        @if let Some(value) = masked_value(problem) { " " code { (value) } }
        @if problem.severity != Severity::Note { span.help { (in_page_words(&problem.help)) } }
    }
}

/// Problems without a picture.
pub(super) fn list(problems: &[Problem]) -> Markup {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.severity);
    html! {
        ul.problems { @for problem in sorted.iter().take(LISTED) { li class=(style(problem.severity)) { (one(problem)) } } }
        @if sorted.len() > LISTED { p { "And " (counts(sorted.iter().skip(LISTED).copied())) " more." } }
    }
}

/// The problems of a case that was read, the errors first, each with its cell.
pub(super) fn section(id: &str, problems: &[Problem]) -> Markup {
    let mut sorted: Vec<(usize, &Problem)> = problems.iter().enumerate().collect();
    sorted.sort_by_key(|(_, problem)| problem.severity);
    let errors = problems.iter().any(Problem::is_error);
    let shown = html! {
        p.tools {
            a.button href=(format!("/case/{id}/problems.xlsx")) download { "problems.xlsx" }
            span { "the same sheets with every cell marked; account and tax numbers stand in it in full" }
        }
        div #sheet.sheet aria-live="polite" data-first=[sorted.iter().find(|(_, p)| p.place.cell.is_some()).map(|(ix, _)| ix)] {}
        ol.problems {
            @for (ix, problem) in sorted.iter().take(LISTED) {
                li class=(style(problem.severity)) {
                    (one(problem))
                    @if problem.place.cell.is_some() {
                        button.link type="button" data-problem=(ix) { "Show the cell" }
                    }
                }
            }
        }
        @if sorted.len() > LISTED {
            p { "And " (counts(sorted.iter().skip(LISTED).map(|(_, p)| *p))) " more, all in problems.xlsx." }
        }
    };
    html! {
        section.wide #problems aria-labelledby="problems-title" {
            @if errors {
                h2 #problems-title { (counts(problems.iter())) }
                (shown)
            } @else {
                details {
                    summary #problems-title { (counts(problems.iter())) " to look at" }
                    (shown)
                }
            }
        }
    }
}
