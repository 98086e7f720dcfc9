//! What a watch says: a line with its time for each case, for people or as JSON.

use crate::commands::failure::Failure;
use crate::commands::print;
use crate::output::problems;
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    /// As JSON, a line for each event.
    pub json: bool,
    /// Only what went wrong.
    pub quiet: bool,
}

/// Names shorter than this are followed by blanks.
const NAME: usize = 16;

impl Voice {
    pub(crate) fn state(self, event: &str, text: &str) {
        if self.quiet {
        } else if self.json {
            print::line(json!({"event": event, "time": now(), "text": text}));
        } else {
            print::line(format_args!("{}  {text}", clock()));
        }
    }

    pub(crate) fn done(self, name: &str, line: &str, took: Duration, details: Value) {
        if self.quiet {
        } else if self.json {
            Self::event("done", name, 0, took, details);
        } else {
            Self::line(name, &format!("{line}{}", seconds(took)));
        }
    }

    /// A case was not done; `line` says why, and where more is said.
    pub(crate) fn not_done(self, name: &str, failure: &Failure, line: &str, took: Duration, mut details: Value) {
        if self.json {
            details["problems"] = problems::list(&failure.problems()).into();
            let event = match failure {
                Failure::Problems(_) => "problems",
                Failure::Forbidden(_) => "forbidden",
                Failure::Machine(_) | Failure::Usage(_) => "failed",
            };
            Self::event(event, name, failure.code(), took, details);
        } else {
            Self::line(name, line);
        }
    }

    fn event(event: &str, name: &str, code: u8, took: Duration, details: Value) {
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let mut value = json!({"event": event, "time": now(), "case": name, "code": code, "milliseconds": millis});
        if let (Value::Object(all), Value::Object(more)) = (&mut value, details) {
            all.extend(more);
        }
        print::line(value);
    }

    fn line(name: &str, text: &str) {
        print::line(format_args!(
            "{}  {name:<NAME$}  {}",
            clock(),
            problems::one_line(text),
            name = problems::one_line(name)
        ));
    }
}

/// ` (4.2 s)`; nothing where it took no time that a person would notice.
fn seconds(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        return String::new();
    }
    format!(" ({}.{} s)", took.as_secs(), took.subsec_millis() / 100)
}

/// The time of a line for people: on a terminal, which is narrow, without the day.
fn clock() -> String {
    let now = now();
    let time = now.split_once('T').map(|(_, time)| time.to_owned());
    time.filter(|_| std::io::stdout().is_terminal()).unwrap_or(now)
}

/// `2006-06-15T14:03:22Z`: the same time wherever the machines are.
fn now() -> String {
    let now = time::OffsetDateTime::now_utc();
    format!("{}T{:02}:{:02}:{:02}Z", crate::model::calendar::iso(now.date()), now.hour(), now.minute(), now.second())
}
