//! Where words go: standard output and standard error, or nowhere.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;

/// The two streams of a program. A reader that went away (a closed pipe) is not a failure.
pub struct Console {
    out: Mutex<Box<dyn Write + Send>>,
    err: Mutex<Box<dyn Write + Send>>,
    /// Whether problems are coloured.
    pub color: bool,
}

impl Console {
    /// Standard output and standard error. Colours only on a terminal, and never against `NO_COLOR`.
    #[must_use]
    pub fn standard() -> Self {
        let color = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        Self { out: Mutex::new(Box::new(io::stdout())), err: Mutex::new(Box::new(io::stderr())), color }
    }

    /// Says nothing to anybody.
    #[must_use]
    pub fn silent() -> Self {
        Self { out: Mutex::new(Box::new(io::sink())), err: Mutex::new(Box::new(io::sink())), color: false }
    }

    /// A line of what was asked for.
    pub fn say(&self, line: impl std::fmt::Display) {
        write_line(&self.out, line);
    }

    /// A line about what went wrong.
    pub fn tell(&self, line: impl std::fmt::Display) {
        write_line(&self.err, line);
    }
}

fn write_line(stream: &Mutex<Box<dyn Write + Send>>, line: impl std::fmt::Display) {
    if let Ok(mut stream) = stream.lock() {
        drop(writeln!(stream, "{line}").and_then(|()| stream.flush()));
    }
}
