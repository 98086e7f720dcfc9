//! `ratable watch`: a case dropped into a folder is checked once its copy has finished, and what came of it appears,
//! whole, as a folder of its name.

mod events;
mod inbox;
mod outbox;
mod work;

use super::failure::{DONE, Failure, MACHINE};
use super::interrupt;
use super::plan::{self, ReadPlan, WritePlan};
use super::print;
use super::progress;
use super::run_kind::shared_arguments;
use super::statement_plan::own_layout;
use crate::cli::{Format, WatchArgs};
use crate::model::calendar::iso;
use crate::output::fault::explained;
use crate::output::manifest::Entry;
use crate::output::problems;
use crate::output::xlsx::statement::StatementKind;
use crate::quantity::{parse_decimal, whole};
use events::Voice;
use inbox::{Look, Stamp, look};
use num_traits::ToPrimitive;
use outbox::With;
use std::collections::BTreeMap;
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
    let worker = worker(args, voice)?;
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
            twin.path.file_name().unwrap_or_default().to_string_lossy()
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
            voice.not_done(&look.name, &failure, why, start.elapsed(), serde_json::json!({}));
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

fn worker(args: &WatchArgs, voice: Voice) -> Result<Worker, Failure> {
    let refused = |why: &str| Err(Failure::Usage(format!("--out {}: {why}", args.out.display())));
    if !args.folder.is_dir() {
        return Err(Failure::Usage(format!("{}: there is no such folder to watch.", args.folder.display())));
    }
    if args.out.exists() && !args.out.is_dir() {
        return refused("this is not a folder.");
    }
    if args.out.canonicalize().is_ok_and(|out| args.folder.canonicalize().is_ok_and(|folder| out == folder)) {
        return refused("what comes of the cases cannot be where they are dropped; give another folder.");
    }
    let date = args.date.as_deref().map(|date| plan::date("--date", date)).transpose()?;
    let read = ReadPlan {
        status: None,
        as_of: date,
        after: None,
        cases: Vec::new(),
        set: plan::set(&args.set)?,
        columns: plan::columns(&args.column)?,
        encoding: plan::encoding(args.encoding.as_deref())?,
        json: voice.json,
        quiet: voice.quiet,
    };
    let write = WritePlan {
        out: Some(args.out.clone()),
        force: false,
        workbooks: plan::workbooks(&args.workbooks)?,
        archive: args.archive,
        template: args.template.clone(),
        explain: None,
        acknowledge: Vec::new(),
    };
    let with = With { arguments: shared_arguments(&read, &write), date: date.map(iso), template: template(&write)? };
    Ok(Worker { read, write, date, out: args.out.clone(), with, voice })
}

/// The layout that is given, which must be usable before anything is dropped.
fn template(write: &WritePlan) -> Result<Option<Entry>, Failure> {
    let Some(path) = &write.template else { return Ok(None) };
    own_layout(path, StatementKind::Dividend).map(|(_, input)| Some(Entry::from(&input))).map_err(|failure| {
        match failure {
            Failure::Machine(why) | Failure::Usage(why) => Failure::Usage(why),
            other => Failure::Usage(problems::text(&other.problems(), false)),
        }
    })
}
