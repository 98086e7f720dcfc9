//! Panics in readers of foreign files: if one of them, or a library below it, panics on a file, that becomes a problem
//! of the file and not the end of the run.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`catch_panic`], where a panic is not printed.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Panics inside [`catch_panic`] say nothing on the terminal; all others as before.
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

/// Does `work`; none where it panicked, and then nothing that it worked on is to be used any more.
pub(crate) fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    quiet();
    let outer = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(outer);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::catch_panic;

    #[test]
    fn a_panic_stays_inside() {
        assert_eq!(catch_panic(|| 1), Some(1));
        let nothing: [u8; 0] = [];
        assert_eq!(catch_panic(|| nothing[nothing.len()]), None);
        assert_eq!(catch_panic(|| catch_panic(|| nothing[nothing.len()]).is_none()), Some(true));
    }
}
