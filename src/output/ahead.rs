//! A file that goes on to the disk while the rest of it is still being made.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// After so many bytes the disk is told to take what there is.
const STEP: usize = 4 << 20;

/// A file being written. What the disk could not take is known once it is kept.
pub(crate) struct Ahead {
    out: BufWriter<File>,
    since: usize,
    ask: SyncSender<()>,
    is_complete: Arc<AtomicBool>,
    disk: JoinHandle<io::Result<()>>,
}

impl Ahead {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let same = file.try_clone()?;
        let (ask, asked) = sync_channel(1);
        let is_complete = Arc::new(AtomicBool::new(false));
        let complete = Arc::clone(&is_complete);
        let keep = move || {
            for () in asked {
                // Linux need not wait; what comes of this advice is known once the file is kept.
                #[cfg(target_os = "linux")]
                let _ = rustix::fs::fadvise(&same, 0, None, rustix::fs::Advice::DontNeed);
                #[cfg(not(target_os = "linux"))]
                same.sync_data()?;
            }
            // One that was given up need not be kept.
            if complete.load(Ordering::Acquire) { same.sync_all() } else { Ok(()) }
        };
        Ok(Self { out: BufWriter::new(file), since: 0, ask, is_complete, disk: Builder::new().spawn(keep)? })
    }

    /// Ends it. The disk may still be at work.
    pub(super) fn close(self) -> io::Result<Closed> {
        self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.is_complete.store(true, Ordering::Release);
        Ok(Closed(self.disk))
    }
}

/// A file that is complete but for the disk.
pub(super) struct Closed(JoinHandle<io::Result<()>>);

impl Closed {
    /// Waits until the disk has all of it.
    pub(super) fn kept(self) -> io::Result<()> {
        self.0.join().map_err(|_| io::Error::other("the writing to the disk stopped"))?
    }
}

impl Write for Ahead {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.since += written;
        if self.since >= STEP {
            self.since = 0;
            // Where it is still at work, this is for the next time; where it has failed, `kept` says so.
            let _ = self.ask.try_send(());
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
