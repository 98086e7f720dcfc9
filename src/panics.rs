//! Panics, caught where they may happen: in a reader of other people's files, one is a problem of the file; elsewhere it
//! is a fault of this program, told in a sentence. Neither leaves anything half-written.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::{Mutex, Once, PoisonError};

thread_local! {
    /// Whether this thread is inside [`catch_panic`], where a panic is not printed.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// What the last panic outside [`catch_panic`] said.
static SAID: Mutex<Option<String>> = Mutex::new(None);

/// Panics inside [`catch_panic`] print nothing; all others go on to the hook that was there.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !INSIDE.get() {
                before(info);
            }
        }));
    });
}

/// From here on no panic is printed where it happens: [`catch_fault`] gives what it said.
pub(crate) fn keep_what_panics_say() {
    set_hook(Box::new(note));
}

/// Does `work`; none where it panicked, and then nothing that it worked on is to be used any more.
pub fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    quiet();
    let outer = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(outer);
    result.ok()
}

/// Does `work`; a panic in it, or in a thread that it waits for, becomes a sentence to the person who runs the program.
pub fn catch_fault<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let said = SAID.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        format!(
            "a fault in ratable itself, which never should happen: {said}\n\
             Nothing was written. Please report it with the command, this message and the version ({}).",
            env!("CARGO_PKG_VERSION")
        )
    })
}

fn note(info: &PanicHookInfo) {
    let payload = info.payload();
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    let text = owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    let place = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
    let backtrace = Backtrace::capture();
    let trace = if backtrace.status() == BacktraceStatus::Captured { format!("\n{backtrace}") } else { String::new() };
    *SAID.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{text}{place}{trace}"));
}
