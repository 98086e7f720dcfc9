//! A file that goes on to the disk while the rest of it is still being made.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// After so many bytes the disk is told to take what there is.
const STEP: usize = 4 << 20;

/// A file being written. What the disk could not take is known once it is finished.
pub(crate) struct Ahead {
    out: BufWriter<File>,
    since: usize,
    ask: SyncSender<()>,
    disk: JoinHandle<io::Result<()>>,
}

impl Ahead {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let same = file.try_clone()?;
        let (ask, asked) = sync_channel(1);
        let disk = Builder::new().spawn(move || asked.iter().try_for_each(|()| same.sync_data()))?;
        Ok(Self { out: BufWriter::new(file), since: 0, ask, disk })
    }

    /// Waits until the disk has all of it.
    pub(super) fn finish(self) -> io::Result<()> {
        let Self { out, ask, disk, .. } = self;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        drop(ask);
        disk.join().map_err(|_| io::Error::other("the writing to the disk stopped"))??;
        file.sync_all()
    }
}

impl Write for Ahead {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.since += written;
        if self.since >= STEP {
            self.since = 0;
            // Where it is still at work, this is for the next time; where it has failed, `finish` says so.
            let _ = self.ask.try_send(());
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
