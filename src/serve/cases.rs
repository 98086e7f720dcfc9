//! The cases that pages have open, and when they go.

use super::gate::unguessable;
use super::job::Job;
use super::locked;
use super::work::Dropped;
use crate::output::staging::private_dir;
use crate::panics::catch_fault;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// So many runs work at once; others wait.
const AT_ONCE: usize = 2;
/// So many cases are open at once; past that, the one that was not used for longest goes.
const MOST: usize = 16;
/// A case goes after this without use …
const UNUSED: Duration = Duration::from_secs(3_600);
/// … and this long after its last page closed: a page that is loaded again closes first.
const CLOSED: Duration = Duration::from_secs(5);
/// How often it is looked for those that are to go.
const LOOK: Duration = Duration::from_secs(2);

pub struct Cases {
    folder: PathBuf,
    open: Mutex<BTreeMap<String, Arc<Open>>>,
    permits: Arc<Semaphore>,
}

/// A case that a page has open.
pub struct Open {
    pub id: String,
    /// Its private folder, and what became of what was dropped there.
    pub(super) dropped: Dropped,
    use_: Mutex<Use>,
    /// What is being done, or was done last.
    pub(super) job: Mutex<Option<Arc<Job>>>,
}

struct Use {
    last: Instant,
    /// The pages that show it.
    pages: BTreeSet<String>,
    closed: Option<Instant>,
}

impl Cases {
    pub fn new(folder: &Path) -> Self {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        Self { folder: folder.to_owned(), open: Mutex::default(), permits }
    }

    /// Opens a case, of which nothing was dropped yet.
    pub fn open(&self) -> io::Result<Arc<Open>> {
        let id = unguessable()?[..32].to_owned();
        let folder = self.folder.join(&id);
        private_dir(&folder)?;
        let use_ = Mutex::new(Use { last: Instant::now(), pages: BTreeSet::new(), closed: None });
        let case = Arc::new(Open { id: id.clone(), dropped: Dropped::new(folder), use_, job: Mutex::default() });
        let mut open = locked(&self.open);
        open.insert(id, case.clone());
        let unused = (open.len() > MOST).then(|| open.values().min_by_key(|case| locked(&case.use_).last).cloned());
        if let Some(unused) = unused.flatten() {
            open.remove(&unused.id);
            drop(open);
            unused.end();
        }
        Ok(case)
    }

    /// The case of that id, which is used now.
    pub fn get(&self, id: &str) -> Option<Arc<Open>> {
        let case = locked(&self.open).get(id).cloned()?;
        let mut used = locked(&case.use_);
        used.last = Instant::now();
        used.closed = None;
        drop(used);
        Some(case)
    }

    /// A page that showed the case was closed.
    pub(super) fn close(&self, id: &str, page: &str) {
        if let Some(case) = locked(&self.open).get(id) {
            let mut used = locked(&case.use_);
            used.pages.remove(page);
            if used.pages.is_empty() {
                used.closed = Some(Instant::now());
            }
        }
    }

    /// Starts work on a case, in the place of what was being done with it.
    pub(super) fn start(&self, case: &Arc<Open>, work: impl FnOnce(&Dropped, &Job) + Send + 'static) -> Arc<Job> {
        let at_work = case.clone();
        let job = Job::start(self.permits.clone(), move |job| {
            if let Err(fault) = catch_fault(|| work(&at_work.dropped, job)) {
                at_work.dropped.work().fault = Some(fault);
            }
        });
        if let Some(before) = locked(&case.job).replace(job.clone()) {
            before.stop();
        }
        job
    }

    /// Takes out the cases that are over by now.
    pub fn take_ended(&self, now: Instant) -> Vec<Arc<Open>> {
        let mut open = locked(&self.open);
        let is_over = |case: &Arc<Open>| {
            let used = locked(&case.use_);
            let since = |then: Instant| now.saturating_duration_since(then);
            since(used.last) > UNUSED || used.closed.is_some_and(|closed| since(closed) > CLOSED)
        };
        let ids: Vec<String> = open.values().filter(|case| is_over(case)).map(|case| case.id.clone()).collect();
        ids.iter().filter_map(|id| open.remove(id)).collect()
    }
}

impl Open {
    /// A page shows it from now on; gives the page's name.
    pub(super) fn shown(&self) -> io::Result<String> {
        let page = unguessable()?[..16].to_owned();
        locked(&self.use_).pages.insert(page.clone());
        Ok(page)
    }

    /// Stops what is being done, and removes all that lies there.
    pub fn end(&self) {
        if let Some(job) = locked(&self.job).as_ref() {
            job.stop();
        }
        // What still writes into it finds it gone; its own rest goes with the program's folder.
        for _ in 0..3 {
            if std::fs::remove_dir_all(&self.dropped.folder).is_ok() {
                break;
            }
        }
    }
}

/// Ends cases that are over, from time to time.
pub(super) async fn sweep(cases: Arc<Cases>) {
    let mut ticks = tokio::time::interval(LOOK);
    loop {
        ticks.tick().await;
        let ended = cases.take_ended(Instant::now());
        if !ended.is_empty() {
            drop(tokio::task::spawn_blocking(move || ended.iter().for_each(|case| case.end())).await);
        }
    }
}
