//! A file that goes on to the disk while the rest of it is still being made.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// After so many bytes the disk is told to take what there is.
const STEP: usize = 4 << 20;

/// A file being written. What the disk could not take is known once it is kept.
pub(crate) struct Ahead {
    out: BufWriter<File>,
    since: usize,
    /// Whether the file is complete.
    ask: SyncSender<bool>,
    disk: JoinHandle<io::Result<()>>,
}

impl Ahead {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let same = file.try_clone()?;
        let (ask, asked) = sync_channel(1);
        let keep = move |complete| if complete { same.sync_all() } else { same.sync_data() };
        let keep = move || asked.iter().try_for_each(keep);
        Ok(Self { out: BufWriter::new(file), since: 0, ask, disk: Builder::new().spawn(keep)? })
    }

    /// Ends it. The disk may still be at work.
    pub(super) fn close(self) -> io::Result<Closed> {
        self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        // Where it has failed, it listens no more, and `kept` says why.
        let _ = self.ask.send(true);
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
            let _ = self.ask.try_send(false);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
