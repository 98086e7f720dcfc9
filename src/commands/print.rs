//! What is printed on standard output. Whoever reads it may stop reading, which is no fault.

use super::job::Failure;
use crate::report::problems;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something could not be printed, though somebody was there to read it: a full disk behind `>`.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Whether nothing is printed at all.
static HUSHED: AtomicBool = AtomicBool::new(false);

/// From here on nothing is printed: for a program that runs commands by the thousand and looks at what they write.
pub fn hush() {
    HUSHED.store(true, Ordering::Relaxed);
}

/// Whether standard error takes colours: on a terminal, and never against `NO_COLOR`.
#[must_use]
pub fn color() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Prints a line.
pub fn line(text: impl Display) {
    if HUSHED.load(Ordering::Relaxed) {
        return;
    }
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush())
        && error.kind() != io::ErrorKind::BrokenPipe
        && !FAILED.swap(true, Ordering::Relaxed)
    {
        complain(&format!("standard output: {error}"));
    }
}

/// Prints a line on standard error. Where nobody listens there is nobody to tell.
pub fn note(text: impl Display) {
    if HUSHED.load(Ordering::Relaxed) {
        return;
    }
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Says on standard error what went wrong.
pub fn complain(text: &str) {
    note(format_args!("ratable: {text}"));
}

/// Says why `subject` was not done: its problems, and `outcome` in a last line.
pub fn failure(json: bool, subject: &Path, failure: &Failure, outcome: &str) {
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
    note(format_args!("{}: {outcome}", subject.display()));
}

/// Whether something could not be printed.
#[must_use]
pub fn failed() -> bool {
    FAILED.load(Ordering::Relaxed)
}
