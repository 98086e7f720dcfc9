//! `ratable watch`: a case dropped into a folder is checked once its copy has finished, and what came of it appears,
//! whole, as a folder of its name.

pub mod inbox;
mod work;

use super::failure::MACHINE;
use super::print::{self, now};
use super::{DONE, Failure, interrupt, progress};
use crate::cli::{Format, WatchArgs};
use crate::input::file_name;
use crate::output::fault::explained;
use crate::output::problems;
use crate::quantity::{parse_decimal, whole};
use inbox::{Look, Stamp, look};
use num_traits::ToPrimitive;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use work::Worker;

/// What the machine failed at is tried again after this.
const RETRY: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Known {
    /// Its files in the last look.
    seen: Option<Stamp>,
    /// Its files when it was last taken.
    taken: Option<Stamp>,
    /// When it is taken again though nothing changed, since the machine failed.
    retry: Option<Instant>,
    /// What was last said of it, where that was no result.
    said: String,
}

/// Watches until it is interrupted; with `--once`, until everything there is done.
pub(crate) fn watch(args: &WatchArgs) -> Result<u8, Failure> {
    let voice = Voice { json: args.print.format == Format::Json, quiet: args.print.quiet };
    let interval = interval(&args.interval)?;
    let worker = Worker::new(args, voice)?;
    interrupt::ends_by(move || voice.state("stopped", "stopped; nothing half-written was left behind"));
    let (folder, out) = (args.folder.display(), args.out.display());
    voice.state("watching", &format!("watching {folder} for cases; what comes of them is in {out}"));
    let mut cases: BTreeMap<PathBuf, Known> = BTreeMap::new();
    let (mut worst, mut lost) = (DONE, false);
    loop {
        let mut open = false;
        match look(&args.folder, &args.out) {
            Ok(looks) => {
                lost = false;
                cases.retain(|path, _| looks.iter().any(|look| look.path == *path));
                for look in &looks {
                    let known = cases.entry(look.path.clone()).or_default();
                    let settled = look.stamp.is_some() && known.seen == look.stamp;
                    known.seen.clone_from(&look.stamp);
                    if settled {
                        worst = worst.max(take(&worker, voice, look, &looks, known));
                    }
                    // What is not finished by its name may stay so for ever.
                    open |= !settled && look.stamp.is_some();
                }
            }
            Err(error) => {
                let error = explained(&args.folder.to_string_lossy(), &error);
                if args.once {
                    print::error(&error.to_string());
                    return Ok(MACHINE);
                }
                // A share that is away for a while comes back.
                if !lost {
                    print::error(&format!("{error} It is looked for again."));
                }
                lost = true;
            }
        }
        if args.once && !open {
            return Ok(worst);
        }
        std::thread::sleep(interval);
    }
}

/// Takes a case whose copy has finished, unless that was done already.
fn take(worker: &Worker, voice: Voice, look: &Look, looks: &[Look], known: &mut Known) -> u8 {
    let is_new = known.taken != look.stamp;
    let is_due = known.retry.is_some_and(|at| Instant::now() >= at);
    if !is_new && !is_due && (known.retry.is_some() || worker.is_there(&look.name)) {
        return DONE;
    }
    known.taken.clone_from(&look.stamp);
    known.retry = None;
    let twin =
        looks.iter().find(|other| other.path != look.path && other.name.to_lowercase() == look.name.to_lowercase());
    let start = Instant::now();
    let came = match twin {
        Some(twin) => Err(Failure::Usage(format!(
            "{} has the same name, and there is one folder for both; rename one of them",
            file_name(&twin.path)
        ))),
        None => worker.case(look),
    };
    progress::rest();
    let Err(failure) = came else { return DONE };
    if let Failure::Machine(why) | Failure::Usage(why) = &failure {
        // What a person may mend beside the case, by a new name say, takes effect at once.
        let wait = if matches!(failure, Failure::Machine(_)) { RETRY } else { Duration::ZERO };
        known.retry = Some(Instant::now() + wait);
        // What fails again and again is said once.
        if known.said != *why {
            known.said.clone_from(why);
            voice.not_done(&look.name, &failure, why, start.elapsed(), json!({}));
        }
    }
    failure.code()
}

fn interval(text: &str) -> Result<Duration, Failure> {
    let wrong = || Failure::Usage(format!("--interval {text}: give seconds from 0.05 to 3600, such as 2."));
    let seconds = parse_decimal(text.trim()).ok_or_else(wrong)?;
    let millis = (seconds * whole(1_000)).to_integer().to_u64().filter(|millis| (50..=3_600_000).contains(millis));
    millis.map(Duration::from_millis).ok_or_else(wrong)
}

/// What is said: a line with its time for each case, for people or as JSON.
#[derive(Clone, Copy)]
struct Voice {
    /// As JSON, a line for each event.
    json: bool,
    /// Only what went wrong.
    quiet: bool,
}

/// Names shorter than this are followed by blanks.
const NAME: usize = 16;

impl Voice {
    fn state(self, event: &str, text: &str) {
        if self.quiet {
        } else if self.json {
            print::line(json!({"event": event, "time": now(), "text": text}));
        } else {
            print::line(format_args!("{}  {text}", clock()));
        }
    }

    fn done(self, name: &str, line: &str, took: Duration, details: Value) {
        if self.quiet {
        } else if self.json {
            Self::event("done", name, 0, took, details);
        } else {
            Self::line(name, &format!("{line}{}", seconds(took)));
        }
    }

    /// A case was not done; `line` says why, and where more is said.
    fn not_done(self, name: &str, failure: &Failure, line: &str, took: Duration, mut details: Value) {
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
