//! Ctrl-C and `kill`: nothing half-written is left behind.

use super::{DONE, print};
use crate::output::staging;
use std::sync::OnceLock;

/// The exit code after Ctrl-C, as shells know it.
const INTERRUPTED: i32 = 130;

/// What is said by a command that such a signal ends as it should end.
static LAST_WORDS: OnceLock<Box<dyn Fn() + Send + Sync>> = OnceLock::new();

/// From here on, such a signal is how the command is meant to end: exit code 0, after `last_words`.
pub(crate) fn ends_by(last_words: impl Fn() + Send + Sync + 'static) {
    drop(LAST_WORDS.set(Box::new(last_words)));
}

/// From here on, a signal that asks the program to end removes what is being written first; not where the system has
/// no such signals, and there the next run of the same command removes it.
pub(crate) fn install() {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
        // A file over the limit of `ulimit -f` is an error of that file, and no reason to be killed.
        drop(signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default()));
        // What whoever started us had ignored (nohup, or `&` in a script) stays ignored.
        let ignored = ignored();
        let wanted = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
        let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else { return };
        std::thread::spawn(move || {
            if signals.forever().next().is_some() {
                end();
            }
        });
    }
    #[cfg(not(unix))]
    let _ = end;
}

fn end() {
    staging::abandon(|| {
        if let Some(last_words) = LAST_WORDS.get() {
            last_words();
            std::process::exit(i32::from(DONE));
        }
        print::error("interrupted; nothing half-written was left behind.");
        std::process::exit(INTERRUPTED)
    });
}

/// The signals that are ignored, as a mask (signal n is bit n - 1); none where the system does not tell.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
