//! What is printed on standard output. Whoever reads it may stop reading, which is no fault.

use super::job::Failure;
use super::progress;
use super::wrap::wrapped;
use crate::output::problems;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use terminal_size::{Height, Width, terminal_size_of};

/// Whether something could not be printed, though somebody was there to read it: a full disk behind `>`.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Whether nothing is printed at all.
static HUSHED: AtomicBool = AtomicBool::new(false);

/// Whether lines are left as they are, for programs to read.
static AS_IT_IS: AtomicBool = AtomicBool::new(false);

/// From here on lines are left as they are, however long.
pub(crate) fn as_it_is() {
    AS_IT_IS.store(true, Ordering::Relaxed);
}

/// Text as it fits what it is printed on.
fn fitting(text: impl Display, terminal: Option<(Width, Height)>) -> String {
    let text = text.to_string();
    match terminal {
        Some((Width(width), _)) if !AS_IT_IS.load(Ordering::Relaxed) => wrapped(&text, usize::from(width)),
        _ => text,
    }
}

/// From here on nothing is printed: for a program that runs commands by the thousand and looks at what they write.
pub fn hush() {
    HUSHED.store(true, Ordering::Relaxed);
}

/// Whether standard error takes colours: on a terminal, and never against `NO_COLOR`.
pub(crate) fn color() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Prints a line, without what would steer a terminal.
pub(crate) fn line(text: impl Display) {
    painted(&printable(&text.to_string()));
}

/// Prints a text that may have colours, of which [`problems::text`] makes one that steers nothing else.
pub(crate) fn painted(text: &str) {
    if HUSHED.load(Ordering::Relaxed) {
        return;
    }
    let text = fitting(text, terminal_size_of(io::stdout()));
    let print = || {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush())
    };
    if let Err(error) = progress::aside(print)
        && error.kind() != io::ErrorKind::BrokenPipe
        && !FAILED.swap(true, Ordering::Relaxed)
    {
        complain(&format!("standard output: {error}"));
    }
}

/// Prints a line on standard error. Where nobody listens there is nobody to tell.
pub(crate) fn note(text: impl Display) {
    if HUSHED.load(Ordering::Relaxed) {
        return;
    }
    let text = fitting(text, terminal_size_of(io::stderr()));
    progress::aside(|| drop(writeln!(io::stderr().lock(), "{text}")));
}

/// Text without what would steer a terminal: names and texts come from other people's files.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !['\n', '\t'].contains(&c) { ' ' } else { c }).collect()
}

/// Says on standard error what went wrong.
pub(crate) fn complain(text: &str) {
    note(format_args!("ratable: {}", printable(text)));
}

/// Says why `subject` was not done: its problems, and `outcome` in a last line.
pub(crate) fn failure(json: bool, subject: &Path, failure: &Failure, outcome: &str) {
    if json {
        line(problems::json(&failure.problems()));
    }
    if let Failure::Machine(text) | Failure::Usage(text) = failure {
        complain(text);
    }
    if json || matches!(failure, Failure::Machine(_) | Failure::Usage(_)) {
        return;
    }
    note(problems::text(&failure.problems(), color()));
    let forbidden = matches!(failure, Failure::Forbidden(_));
    let outcome = if forbidden { "The Certificate forbids this run." } else { outcome };
    note(printable(&format!("{}: {outcome}", subject.display())));
}

/// Whether something could not be printed.
pub(crate) fn failed() -> bool {
    FAILED.load(Ordering::Relaxed)
}
