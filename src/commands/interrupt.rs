//! Ctrl-C and `kill`: nothing half-written is left behind.

use super::print;
use crate::report::staging;

/// The exit code after Ctrl-C, as shells know it.
const INTERRUPTED: i32 = 130;

/// From here on, a signal that asks the program to end removes what is being written first.
#[cfg(unix)]
pub fn install() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    // A file over the limit of `ulimit -f` is an error of that file, and no reason to be killed.
    drop(signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default()));
    // What whoever started us had ignored (nohup, or `&` in a script) stays ignored.
    let ignored = ignored();
    let wanted = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else { return };
    std::thread::spawn(move || {
        if signals.forever().next().is_some() {
            staging::abandon(|| {
                print::complain("interrupted; nothing half-written was left behind.");
                std::process::exit(INTERRUPTED)
            });
        }
    });
}

/// From here on, a signal that asks the program to end removes what is being written first: not on this system, where
/// the next run of the same command does it.
#[cfg(not(unix))]
pub fn install() {
    let _ = (INTERRUPTED, staging::abandon::<()>);
}

/// The signals that are ignored, as a mask (signal n is bit n - 1); none where the system does not tell.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
