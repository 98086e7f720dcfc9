//! Bars on standard error while something takes over a second: what is being done, at which rate, and how much longer.
//!
//! Whoever works only counts, in one atomic number; a thread looks at it ten times a second. Without a terminal there is
//! no such thread. Work that is [watched] is told to its watch too, which may stop it.

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::io::{self, IsTerminal, stderr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What takes less is not worth a bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the numbers are looked at.
const LOOK: Duration = Duration::from_millis(100);

thread_local! {
    /// Who watches the work of this thread, from elsewhere than the terminal.
    static WATCH: RefCell<Option<Arc<Watch>>> = const { RefCell::new(None) };
}

/// What is seen of work from elsewhere, and how it is stopped.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    what: Mutex<(String, u64)>,
    done: AtomicU64,
    stopped: Arc<AtomicBool>,
}

impl Watch {
    fn begin(&self, what: &str, of: u64) {
        self.done.store(0, Ordering::Relaxed);
        *self.what.lock().unwrap_or_else(PoisonError::into_inner) = (what.to_owned(), of);
    }

    /// What is done now, how much of it is, and of how much; 0 of 0 where nobody knows.
    #[cfg(feature = "serve")]
    pub(crate) fn now(&self) -> (String, u64, u64) {
        let (what, of) = self.what.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (what, self.done.load(Ordering::Relaxed).min(of), of)
    }

    /// From here on the work is to end as soon as it can, with nothing written.
    #[cfg(feature = "serve")]
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Where it is said that it is to end.
    #[cfg(feature = "serve")]
    pub(crate) fn stop_flag(&self) -> &Arc<AtomicBool> {
        &self.stopped
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Does `work`, which `watch` is told of.
#[cfg(feature = "serve")]
pub(crate) fn watched<T>(watch: &Arc<Watch>, work: impl FnOnce() -> T) -> T {
    WATCH.set(Some(watch.clone()));
    let result = work();
    WATCH.set(None);
    result
}

/// What is being done, and how much of it: so many bytes, or workbooks; 0 where nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Phase {
    what: String,
    of: u64,
    is_bytes: bool,
}

/// What is being done, and the bar that shows it.
struct Shown {
    phase: Option<Phase>,
    since: Option<Instant>,
    /// Which of how many cases it is.
    case: Option<(usize, usize)>,
    bar: Option<ProgressBar>,
}

static IS_ON: AtomicBool = AtomicBool::new(false);
static WRITTEN: AtomicU64 = AtomicU64::new(0);
static READ_BEFORE: AtomicU64 = AtomicU64::new(0);
static SHOWN: Mutex<Shown> = Mutex::new(Shown { phase: None, since: None, case: None, bar: None });

fn shown() -> MutexGuard<'static, Shown> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From here on bars are shown, where standard error is a terminal and `wanted`.
pub(crate) fn start(wanted: bool) {
    if !wanted || !stderr().is_terminal() || IS_ON.swap(true, Ordering::Relaxed) {
        return;
    }
    std::thread::spawn(|| {
        let mut busy_since = None;
        loop {
            std::thread::sleep(LOOK);
            let mut shown = shown();
            if shown.phase.is_none() {
                busy_since = None;
                shown.clear();
                continue;
            }
            let since = *busy_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= PATIENCE {
                shown.draw();
            }
        }
    });
}

impl Shown {
    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn draw(&mut self) {
        let Some(Phase { what, of: length, is_bytes }) = self.phase.clone() else { return };
        let at = if is_bytes {
            crate::input::bytes_read().saturating_sub(READ_BEFORE.load(Ordering::Relaxed))
        } else {
            WRITTEN.load(Ordering::Relaxed)
        };
        let what = match self.case {
            Some((number, of)) => format!("{number} of {of}: {what}"),
            None => what,
        };
        // All was read: what is left is to understand it, and nobody knows how long that takes.
        let known = length > 0 && at < length;
        let template = match known {
            false => "{spinner} {msg}, {elapsed}",
            true if is_bytes => "{msg} {bar:20} {bytes}/{total_bytes}, {prefix}",
            true => "{msg} {bar:20} {human_pos}/{human_len}, {prefix}",
        };
        let elapsed = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        let new = || ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        let bar = self.bar.get_or_insert_with(new);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what);
        bar.set_prefix(pace(at, length, elapsed, is_bytes));
        bar.set_position(at);
        bar.tick();
    }

    fn begin(&mut self, phase: Phase) {
        if self.phase.as_ref() != Some(&phase) {
            self.clear();
        }
        self.phase = Some(phase);
        self.since = Some(Instant::now());
    }
}

/// The rate so far, and how much longer it takes at that rate: `2,912/s, 4 s left`.
pub fn pace(at: u64, length: u64, elapsed: Duration, is_bytes: bool) -> String {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let per_second = at.saturating_mul(1_000) / millis;
    let left = length.saturating_sub(at).saturating_mul(millis).checked_div(at).map(|millis| millis / 1_000);
    let rate = if is_bytes { HumanBytes(per_second).to_string() } else { HumanCount(per_second).to_string() };
    let left = match left {
        None => String::new(),
        Some(left) if left < 60 => format!(", {left} s left"),
        Some(left) => format!(", {} min {:02} s left", left / 60, left % 60),
    };
    format!("{rate}/s{left}")
}

/// Something is done from now on; whoever watches this thread is told `what`, and of how many workbooks.
fn begin(what: &str, of: u64, phase: impl FnOnce() -> Phase) {
    WATCH.with_borrow(|watch| watch.iter().for_each(|watch| watch.begin(what, of)));
    if IS_ON.load(Ordering::Relaxed) {
        shown().begin(phase());
    }
}

/// A case is read from now on: its name, and how many bytes it has.
pub(crate) fn reading(name: &str, bytes: u64) {
    READ_BEFORE.store(crate::input::bytes_read(), Ordering::Relaxed);
    begin("reading", 0, || Phase { what: format!("reading {name}"), of: bytes, is_bytes: true });
}

/// Workbooks are written from now on, so many.
pub(crate) fn writing(count: usize) {
    WRITTEN.store(0, Ordering::Relaxed);
    let (what, of) = ("writing workbooks", count as u64);
    begin(what, of, || Phase { what: what.to_owned(), of, is_bytes: false });
}

/// Something of which nobody knows how long it takes is done from now on.
pub(crate) fn doing(what: &'static str) {
    begin(what, 0, || Phase { what: what.to_owned(), of: 0, is_bytes: false });
}

/// What is told, from whatever thread, how many more workbooks of this thread's work were written.
/// Errors: The work was stopped.
pub(crate) fn written() -> impl Fn(usize) -> io::Result<()> + Sync {
    let watch = WATCH.with_borrow(Clone::clone);
    move |count| {
        WRITTEN.fetch_add(count as u64, Ordering::Relaxed);
        let Some(watch) = &watch else { return Ok(()) };
        watch.done.fetch_add(count as u64, Ordering::Relaxed);
        if watch.is_stopped() { Err(io::Error::other("it was cancelled")) } else { Ok(()) }
    }
}

pub(crate) fn case(number: usize, of: usize) {
    if IS_ON.load(Ordering::Relaxed) {
        shown().case = Some((number, of));
    }
}

/// Nothing takes long from now on; no bar is left on the terminal.
pub(crate) fn rest() {
    if IS_ON.load(Ordering::Relaxed) {
        let mut shown = shown();
        shown.phase = None;
        shown.clear();
    }
}

/// Prints something where a bar may stand: the bar goes, and comes back when it is looked at next.
pub(crate) fn aside<T>(print: impl FnOnce() -> T) -> T {
    if !IS_ON.load(Ordering::Relaxed) {
        return print();
    }
    let mut shown = shown();
    shown.clear();
    print()
}
