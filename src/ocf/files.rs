//! Where a package's files are: in a folder or a zip archive.

use super::{EXPORT_AGAIN, Package};
use crate::problem::{Place, Problem};
use crate::sha256::hex;
use crate::spreadsheet::hash::{FileHash, Hashing, Tally};
use crate::spreadsheet::package as archive;
use md5::{Digest, Md5};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

pub(super) const MANIFEST: &str = "Manifest.ocf.json";
/// The largest archive that is opened; a folder may be of any size.
const ARCHIVE_LIMIT: u64 = 256 << 20;
/// Files beside the package's own in an archive are tables, which are small.
const OTHER_LIMIT: u64 = 64 << 20;

/// Whether a file is called a zip.
pub(crate) fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

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
    name.ends_with(".ocf.zip") || (is_zip(path) && path.is_file() && has_manifest())
}

/// Whether a file in an archive is a manifest; macOS puts notes on each file beside it.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.eq_ignore_ascii_case(MANIFEST) && !path.starts_with("__MACOSX")
}

/// The MD5 of a file's bytes, as manifests have it.
pub(super) fn md5_of(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

/// Why a file is not read.
pub(super) enum Unread {
    NotRead(String),
    NotUnderstood(String),
}

/// A file behind the byte order mark that some programs begin it with.
fn unmarked<'r>(file: impl Read + 'r) -> Result<Box<dyn Read + 'r>, String> {
    let mut file = BufReader::with_capacity(256 << 10, file);
    match file.fill_buf() {
        Ok([]) => return Err("it is empty".to_owned()),
        Ok(first) if first.starts_with(b"\xef\xbb\xbf") => file.consume(3),
        Ok([0xff, 0xfe, ..] | [0xfe, 0xff, ..]) => return Err("it is in UTF-16, and JSON is in UTF-8".to_owned()),
        // Reading on says why not.
        _ => {}
    }
    Ok(Box::new(file))
}

/// Where a package's files are.
pub(super) enum Files {
    Folder { root: PathBuf },
    Archive { zip: archive::Package, prefix: String, input: FileHash },
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
        if manifests.len() > 1 {
            let message = format!("The archive holds several packages: {}.", manifests.join(", "));
            return refused("several", message, "Unpack it, and give the folder of one of them.");
        }
        let first = manifests.first().map_or("", String::as_str);
        let prefix = first.get(..first.len().saturating_sub(MANIFEST.len())).unwrap_or_default().to_owned();
        Ok(Ok(Self::Archive { zip, prefix, input }))
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

    fn open_file(&mut self, name: &str, tally: Tally) -> io::Result<Result<Box<dyn Read + '_>, String>> {
        Ok(match self {
            Self::Folder { root } => match fs::canonicalize(root.join(name)) {
                Ok(path) if path.starts_with(root) && path.is_file() => {
                    unmarked(Hashing::new(File::open(path)?, tally))
                }
                _ => Err("it is no file of the package's own folder".to_owned()),
            },
            Self::Archive { zip, prefix, .. } => {
                let part = zip.part(&format!("{prefix}{name}")).map_err(|fault| fault.message);
                part.and_then(|part| unmarked(Hashing::new(part, tally)))
            }
        })
    }

    /// Reads a file's JSON, and gives its MD5. A folder's file is an input; of an archive the whole is one.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        inputs: &mut Vec<FileHash>,
        read: impl FnOnce(Box<dyn Read + '_>) -> serde_json::Result<T>,
    ) -> io::Result<Result<(T, String), Unread>> {
        let (tally, is_archive) = (Tally::with_md5(), matches!(self, Self::Archive { .. }));
        match self.open_file(name, tally.clone())?.map(read) {
            Err(why) => Ok(Err(Unread::NotRead(why))),
            Ok(Err(error)) if error.is_io() && !is_archive => Err(error.into()),
            Ok(Err(error)) => Ok(Err(Unread::NotUnderstood(error.to_string()))),
            Ok(Ok(value)) => {
                inputs.extend((!is_archive).then(|| tally.input(name)));
                Ok(Ok((value, tally.md5())))
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
            part.take(OTHER_LIMIT).read_to_end(&mut bytes)?;
            package.others.push((name.to_owned(), bytes));
        }
        Ok(())
    }
}
