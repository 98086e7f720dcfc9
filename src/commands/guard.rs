//! The outermost wall: what should not happen ends in a sentence and exit code 1, with nothing half-written left.

use super::job::{Failure, MACHINE};
use super::print;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

/// What the first panic that nobody caught said.
static SAID: Mutex<Option<String>> = Mutex::new(None);

/// Runs `work`; a panic anywhere in it becomes exit code 1, after every folder that was being written is removed.
pub fn guarded(work: impl FnOnce() -> u8) -> u8 {
    set_hook(Box::new(note));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let said = SAID.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        print::note(sentence(&said));
        MACHINE
    })
}

/// Runs `work` behind a wall of its own, for one case among others.
/// Errors: A panic anywhere in it, as a failure of the machine.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let said = SAID.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        Failure::Machine(sentence(&said).trim_start_matches("ratable: ").to_owned())
    })
}

/// Keeps what a panic says until it is known whether anybody catches it: a reader of foreign files does.
fn note(info: &PanicHookInfo) {
    let payload = info.payload();
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    let text = owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    let place = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
    let backtrace = Backtrace::capture();
    let trace = if backtrace.status() == BacktraceStatus::Captured { format!("\n{backtrace}") } else { String::new() };
    *SAID.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{text}{place}{trace}"));
}

fn sentence(said: &str) -> String {
    format!(
        "ratable: a fault in ratable itself, which never should happen: {said}\n\
         Nothing was written. Please report it with the command, this message and the version ({}).",
        env!("CARGO_PKG_VERSION")
    )
}
