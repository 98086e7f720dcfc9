//! What is printed on standard output. Whoever reads it may stop reading, which is no fault.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something could not be printed, though somebody was there to read it: a full disk behind `>`.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Prints a line.
pub fn line(text: impl Display) {
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
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Says on standard error what went wrong.
pub fn complain(text: &str) {
    note(format_args!("ratable: {text}"));
}

/// Whether something could not be printed.
#[must_use]
pub fn failed() -> bool {
    FAILED.load(Ordering::Relaxed)
}
