//! A single file that is written whole or not at all, for its owner's eyes; an interruption leaves nothing of it.

use super::fault::{advised, explained};
use super::replace::{rename_new, sync_parent};
use super::staging::Staging;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes `target` into a folder that is there; with `replace`, over what is there.
/// Errors: The machine's; [`io::ErrorKind::AlreadyExists`] where something is there and is not to be replaced.
pub(crate) fn write(target: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let target = std::path::absolute(target)?;
    if let Some(parent) = target.parent().filter(|parent| !parent.is_dir()) {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no folder {}.", parent.display())));
    }
    let staging = Staging::start(&target).map_err(|error| advised(&error))?;
    let name = target.file_name().ok_or_else(|| io::Error::other("it has no name"))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || -> io::Result<()> {
        let mut file = options.open(staging.path().join(name))?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| explained(&name.to_string_lossy(), &error))?;
    staging.publish(|staged| {
        let file = staged.join(name);
        if replace {
            fs::rename(&file, &target)?;
        } else {
            rename_new(&file, &target)?;
        }
        sync_parent(&target);
        Ok(Some(staged.to_path_buf()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_and_nothing_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("copy.xlsx");
        write(&target, b"one", false).unwrap();
        assert_eq!(write(&target, b"two", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&target).unwrap(), b"one");
        write(&target, b"two", true).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"two");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        }
        // A folder is in the way of a file, whatever is asked.
        fs::create_dir(home.path().join("folder")).unwrap();
        assert!(write(&home.path().join("folder"), b"three", true).is_err());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }
}
