//! Where a package's files are: in a folder or a zip archive.

use super::{EXPORT_AGAIN, Package};
use crate::problem::{Place, Problem};
use crate::sha256::hex;
use crate::spreadsheet::hash::{Input, Tally};
use crate::spreadsheet::package as archive;
use md5::{Digest, Md5};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) const MANIFEST: &str = "Manifest.ocf.json";
/// The largest archive that is opened; a folder may be of any size.
const ARCHIVE_LIMIT: u64 = 256 << 20;
/// Files beside the package's own in an archive are tables, which are small.
const OTHER_LIMIT: u64 = 64 << 20;

/// Whether a folder or a file is a package: by its name, or by a manifest in it.
pub(crate) fn is_package(path: &Path) -> bool {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
    let has_manifest = || {
        let zip = File::open(path).ok().and_then(|file| zip::ZipArchive::new(BufReader::new(file)).ok());
        zip.is_some_and(|zip| zip.file_names().flatten().any(|name| is_manifest(&name)))
    };
    if path.is_dir() {
        return path.join(MANIFEST).is_file();
    }
    let is_zip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    name.ends_with(".ocf.zip") || (is_zip && path.is_file() && has_manifest())
}

/// Whether a file in an archive is a manifest; macOS puts notes on each file beside it.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.eq_ignore_ascii_case(MANIFEST) && !path.starts_with("__MACOSX")
}

/// What a file's bytes come to, told while they are read.
#[derive(Clone, Default)]
pub(super) struct Sums(Tally, Arc<Mutex<Md5>>);

impl Sums {
    fn state(&self) -> MutexGuard<'_, Md5> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn md5(&self) -> String {
        hex(&self.state().clone().finalize())
    }

    /// The input that was read; of an archive the whole is one.
    pub(super) fn input(&self, files: &Files, name: &str) -> Option<Input> {
        (!files.is_archive()).then(|| self.0.input(name))
    }
}

/// The MD5 of a file's bytes, as manifests have it.
pub(super) fn md5_of(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

/// A file whose bytes are summed as they are read.
struct Summed<R> {
    inner: R,
    sums: Sums,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let read = buffer.get(..n).unwrap_or_default();
        self.sums.0.add(read);
        self.sums.state().update(read);
        Ok(n)
    }
}

/// A part of an archive: JSON has no pieces that could be too long.
struct Pieces<'p>(archive::Part<'p>);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.new_piece();
        self.0.read(buffer)
    }
}

/// Why a file is not read.
pub(super) enum Unread {
    Io(io::Error),
    Content(String),
}

/// A file behind the byte order mark that some programs begin it with.
fn unmarked<'r>(file: impl Read + 'r) -> Result<Box<dyn Read + 'r>, Unread> {
    let mut file = BufReader::with_capacity(256 << 10, file);
    match file.fill_buf() {
        Ok([]) => return Err(Unread::Content("it is empty".to_owned())),
        Ok(first) if first.starts_with(b"\xef\xbb\xbf") => file.consume(3),
        Ok([0xff, 0xfe, ..] | [0xfe, 0xff, ..]) => {
            return Err(Unread::Content("it is in UTF-16, and JSON is in UTF-8".to_owned()));
        }
        // Reading on says why not.
        _ => {}
    }
    Ok(Box::new(file))
}

/// Where a package's files are.
pub(super) enum Files {
    Folder { root: PathBuf },
    Archive { zip: archive::Package, prefix: String, input: Input },
}

impl Files {
    pub(super) fn open(path: &Path) -> io::Result<Result<Self, Problem>> {
        if path.is_dir() {
            return Ok(Ok(Self::Folder { root: fs::canonicalize(path)? }));
        }
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let refused = |what: &str, message: String, help: &str| {
            Ok(Err(Problem::error(format!("ocf.file.{what}"), Place::file(&*file), message, help)))
        };
        let len = fs::metadata(path)?.len();
        if len > ARCHIVE_LIMIT {
            let message = format!("The package takes {} MB; {} MB are the limit.", len >> 20, ARCHIVE_LIMIT >> 20);
            return refused("too-large", message, "Unpack it, and give its folder.");
        }
        let bytes = fs::read(path)?;
        let tally = Tally::default();
        tally.add(&bytes);
        let input = tally.input(&file);
        let zip = match archive::Package::open(bytes) {
            Ok(zip) => zip,
            Err(fault) => return refused("damaged", fault.message.replace("workbook", "package"), EXPORT_AGAIN),
        };
        let manifests: Vec<String> = zip.names().into_iter().filter(|name| is_manifest(name)).collect();
        let first = match manifests.as_slice() {
            [] => "",
            [only] => only.as_str(),
            several => {
                let message = format!("The archive holds several packages: {}.", several.join(", "));
                return refused("several", message, "Unpack it, and give the folder of one of them.");
            }
        };
        let prefix = first.get(..first.len().saturating_sub(MANIFEST.len())).unwrap_or_default().to_owned();
        Ok(Ok(Self::Archive { zip, prefix, input }))
    }

    pub(super) fn is_archive(&self) -> bool {
        matches!(self, Self::Archive { .. })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::Folder { root } => fs::symlink_metadata(root.join(name)).is_ok(),
            Self::Archive { zip, prefix, .. } => zip.has(&format!("{prefix}{name}")),
        }
    }

    /// A file that is called so but for capitals.
    pub(super) fn alike(&self, name: &str) -> Option<String> {
        let Self::Folder { root } = self else { return None };
        let names = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.map(|other| other.to_string_lossy().into_owned()).find(|other| other.eq_ignore_ascii_case(name))
    }

    pub(super) fn open_file(&mut self, name: &str, sums: &Sums) -> Result<Box<dyn Read + '_>, Unread> {
        let sums = sums.clone();
        match self {
            Self::Folder { root } => {
                let outside = || Unread::Content("it is no file of the package's own folder".to_owned());
                let path = fs::canonicalize(root.join(name)).map_err(|_| outside())?;
                if !path.starts_with(root) || !path.is_file() {
                    return Err(outside());
                }
                let inner = File::open(path).map_err(Unread::Io)?;
                unmarked(Summed { inner, sums })
            }
            Self::Archive { zip, prefix, .. } => {
                let part = zip.part(&format!("{prefix}{name}")).map_err(|fault| Unread::Content(fault.message))?;
                unmarked(Summed { inner: Pieces(part), sums })
            }
        }
    }

    /// The archive as an input, and what else is in it at the manifest's side.
    pub(super) fn others(self, package: &mut Package) -> io::Result<()> {
        let Self::Archive { mut zip, prefix, input } = self else { return Ok(()) };
        package.inputs = vec![input];
        for full in zip.names() {
            let Some(name) = full.strip_prefix(&prefix).filter(|name| !name.is_empty() && !name.contains('/')) else {
                continue;
            };
            if name.starts_with('.')
                || name.to_lowercase().ends_with(".json")
                || package.own_files.iter().any(|own| own == name)
            {
                continue;
            }
            let Ok(part) = zip.part(&full) else { continue };
            let mut bytes = Vec::new();
            Pieces(part).take(OTHER_LIMIT).read_to_end(&mut bytes)?;
            package.others.push((name.to_owned(), bytes));
        }
        Ok(())
    }
}
