//! Work that takes longer than an answer: it waits for its turn, tells how far it is, and can be cancelled.

use crate::commands::progress::{Watch, watched};
use crate::spreadsheet::hash::read_until;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use serde::Serialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::timeout;

/// How often the page is told.
const TELL: Duration = Duration::from_millis(200);
/// Work takes at most so long.
const MOST: Duration = Duration::from_secs(1_800);
/// An answer waits so long for its work, which most does not take.
const PATIENCE: Duration = Duration::from_millis(400);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Stage {
    /// Others work.
    Waiting,
    Working,
    Done,
    Cancelled,
}

impl Stage {
    fn is_last(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

pub(super) struct Job {
    watch: Arc<Watch>,
    began: Instant,
    stage: watch::Sender<Stage>,
}

impl Job {
    /// Starts work, once it has one of the permits.
    pub(super) fn start(permits: Arc<Semaphore>, work: impl FnOnce(&Self) + Send + 'static) -> Arc<Self> {
        let stage = watch::Sender::new(Stage::Waiting);
        let job = Arc::new(Self { watch: Arc::default(), began: Instant::now(), stage });
        let own = job.clone();
        tokio::spawn(async move {
            let Ok(permit) = permits.acquire_owned().await else { return };
            own.go_to(Stage::Working);
            if own.is_stopped() {
                return;
            }
            let at_work = own.clone();
            let done = tokio::task::spawn_blocking(move || {
                let work = || watched(&at_work.watch, || work(&at_work));
                // Threads of its own: what is large does not keep what is small waiting for those that all share.
                match rayon::ThreadPoolBuilder::new().build() {
                    Ok(threads) => {
                        threads.broadcast(|_| read_until(at_work.watch.stop_flag()));
                        threads.install(work);
                    }
                    Err(_) => work(),
                }
                // The turn ends with the work, also with that of which nobody wants to hear any more.
                drop(permit);
            });
            if timeout(MOST, done).await.is_err() {
                own.stop();
            }
            own.go_to(Stage::Done);
        });
        job
    }

    /// Ends it as soon as it can be; whoever looks is told at once.
    pub(super) fn stop(&self) {
        self.watch.stop();
        self.go_to(Stage::Cancelled);
    }

    /// Whether its result is not wanted any more.
    pub(super) fn is_stopped(&self) -> bool {
        self.watch.is_stopped()
    }

    /// The last stage stays.
    fn go_to(&self, stage: Stage) {
        self.stage.send_if_modified(|now| {
            let goes = !now.is_last() && *now != stage;
            if goes {
                *now = stage;
            }
            goes
        });
    }

    fn state(&self) -> Value {
        let stage = *self.stage.borrow();
        let (what, done, of) = self.watch.now();
        json!({
            "stage": stage, "what": what, "done": done, "of": of, "seconds": self.began.elapsed().as_secs(),
        })
    }

    /// How it stands after a moment in which most work is done.
    pub(super) async fn soon(&self) -> Value {
        let mut stage = self.stage.subscribe();
        drop(timeout(PATIENCE, stage.wait_for(|stage| stage.is_last())).await);
        self.state()
    }

    /// How it goes on, until its end.
    pub(super) fn events(self: Arc<Self>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut stage = self.stage.subscribe();
            loop {
                // Looked at before the state is: an end between the two is told of in the next event.
                let is_last = stage.borrow_and_update().is_last();
                let event = Event::default().data(self.state().to_string());
                if sender.send(Ok(event)).await.is_err() || is_last {
                    return;
                }
                drop(timeout(TELL, stage.changed()).await);
            }
        });
        Sse::new(Received(receiver)).keep_alive(KeepAlive::default())
    }
}

/// What is received, as a stream.
pub(super) struct Received<T>(pub mpsc::Receiver<T>);

impl<T> Stream for Received<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_recv(context)
    }
}
