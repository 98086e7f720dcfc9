//! What the machine refused, in a sentence that says what to do.

use std::io;

/// `error` with the file that it is about, and what a person can do.
pub(crate) fn explained(path: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{path}: {error}.{}", advice(error)))
}

pub(crate) fn advised(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{error}.{}", advice(error)))
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            " Free some space, or choose a folder on another disk with --out."
        }
        io::ErrorKind::FileTooLarge => " A limit on the size of files is in force here (ulimit -f): lift it.",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            " Choose a folder that you may write to with --out."
        }
        _ if no_handles(error) => " Too many files are open at once: raise the limit (ulimit -n), and run it again.",
        _ => "",
    }
}

#[cfg(unix)]
fn no_handles(error: &io::Error) -> bool {
    use rustix::io::Errno;
    [Some(Errno::MFILE), Some(Errno::NFILE)].contains(&Errno::from_io_error(error))
}

#[cfg(not(unix))]
fn no_handles(_: &io::Error) -> bool {
    false
}
