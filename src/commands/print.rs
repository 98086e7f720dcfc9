//! What is printed, on standard output and standard error. Whoever reads it may stop reading, which is no fault.

use super::{Failure, progress};
use crate::cli::{Format, PrintArgs};
use crate::model::iso;
use crate::output::problems;
use serde_json::Value;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use terminal_size::{Height, Width, terminal_size_of};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use time::OffsetDateTime;

/// Whether something could not be printed, though somebody was there to read it: a full disk behind `>`.
static FAILED: AtomicBool = AtomicBool::new(false);

static SILENT: AtomicBool = AtomicBool::new(false);

/// Whether lines are left as they are, for programs to read.
static RAW: AtomicBool = AtomicBool::new(false);

/// From here on lines are left as they are, however long.
pub(crate) fn set_raw() {
    RAW.store(true, Ordering::Relaxed);
}

/// From here on nothing is printed: for a program that runs commands by the thousand and looks at what they write.
pub fn set_silent() {
    SILENT.store(true, Ordering::Relaxed);
}

pub(crate) fn failed() -> bool {
    FAILED.load(Ordering::Relaxed)
}

/// Whether standard error takes colours: on a terminal, and never against `NO_COLOR`.
pub(crate) fn color() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Prints a line, without what would steer a terminal.
pub(crate) fn line(text: impl Display) {
    styled(&printable(&text.to_string()));
}

pub(crate) const BOLD: &str = "1";
pub(crate) const YELLOW: &str = "33";

/// Prints a line whose beginning, to the first colon, stands out on a terminal.
pub(crate) fn labelled(text: &str, paint: &str) {
    let text = printable(text);
    match text.split_once(": ").filter(|_| color() && io::stdout().is_terminal()) {
        Some((label, rest)) => styled(&format!("{} {rest}", problems::painted(true, paint, &format!("{label}:")))),
        None => styled(&text),
    }
}

/// A path as it is typed in a shell.
pub(crate) fn typed(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%\\".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Prints a text that may have colours, of which [`problems::text`] makes one that steers nothing else.
pub(crate) fn styled(text: &str) {
    if SILENT.load(Ordering::Relaxed) {
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
        self::error(&format!("standard output: {error}"));
    }
}

/// Prints a line on standard error. Where nobody listens there is nobody to tell.
pub(crate) fn note(text: impl Display) {
    if SILENT.load(Ordering::Relaxed) {
        return;
    }
    let text = fitting(&text.to_string(), terminal_size_of(io::stderr()));
    progress::aside(|| drop(writeln!(io::stderr().lock(), "{text}")));
}

pub(crate) fn error(text: &str) {
    note(format_args!("ratable: {}", printable(text)));
}

/// What a command did: in lines for people, in one document for programs.
pub(crate) struct Told {
    pub lines: Vec<String>,
    pub value: Value,
}

impl Told {
    /// Says it, unless only problems are wanted.
    pub(crate) fn say(&self, print: &PrintArgs) {
        match print.format {
            _ if print.quiet => {}
            Format::Json => line(&self.value),
            Format::Text => self.lines.iter().for_each(line),
        }
    }
}

/// `2006-06-15T14:03:22Z`: the same time wherever the machines are.
pub(crate) fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let (hour, minute, second) = now.to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", iso(now.date()))
}

/// Says why `subject` was not done: its problems, and `outcome` in a last line. Returns the exit code.
pub(crate) fn failure(json: bool, subject: &Path, failure: &Failure, outcome: &str) -> u8 {
    if json {
        line(problems::json(&failure.problems()));
    }
    match failure {
        Failure::Machine(text) | Failure::Usage(text) => error(text),
        Failure::Problems(_) | Failure::Forbidden(_) if json => {}
        Failure::Problems(_) | Failure::Forbidden(_) => {
            note(problems::text(&failure.problems(), color()));
            let forbidden = matches!(failure, Failure::Forbidden(_));
            let outcome = if forbidden { "The Certificate forbids this run." } else { outcome };
            note(printable(&format!("{}: {outcome}", subject.display())));
            if let Some(more) = problems::more_about(&failure.problems()) {
                note(printable(&more));
            }
        }
    }
    failure.code()
}

/// Text without what would steer a terminal: names and texts come from other people's files.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !['\n', '\t'].contains(&c) { ' ' } else { c }).collect()
}

/// Text as it fits what it is printed on.
fn fitting(text: &str, terminal: Option<(Width, Height)>) -> String {
    match terminal {
        Some((Width(width), _)) if !RAW.load(Ordering::Relaxed) => wrapped(text, usize::from(width)),
        _ => text.to_owned(),
    }
}

/// Text in lines of at most `width` columns, as far as its words allow; a line that is broken goes on further in. A line
/// that ends with a command to copy is left to the terminal.
pub fn wrapped(text: &str, width: usize) -> String {
    let line = |line: &str| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_command = line.contains(": ratable ");
        if is_command || textwrap::core::display_width(line) <= width || width < indent + 24 {
            return line.to_owned();
        }
        let further = " ".repeat(indent + 2);
        let options = Options::new(width)
            .subsequent_indent(&further)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        textwrap::fill(line, options)
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
