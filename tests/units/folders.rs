//! What is written to disk: whole or not at all, replaced or left alone; and what lies there, looked at again.

use ratable::internals::output::{Archive, Identity, Staging, replace, replace_by, safe_names, write_file};
use ratable::internals::spreadsheet::{Hashing, Tally, read_until, unless_stopped};
use ratable::internals::{FileHash, Fingerprint, inbox::look};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_file_is_complete_and_nothing_is_beside_it() {
    let home = tempfile::tempdir().unwrap();
    let target = home.path().join("copy.xlsx");
    write_file(&target, b"one", false).unwrap();
    assert_eq!(write_file(&target, b"two", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&target).unwrap(), b"one");
    write_file(&target, b"two", true).unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"two");
    // One that goes to the disk in several steps.
    let large: Vec<u8> = (0..10_000_000u32).map(|n| n.to_le_bytes()[0]).collect();
    write_file(&target, &large, true).unwrap();
    assert!(fs::read(&target).unwrap() == large);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // A folder is in the way of a file, whatever is asked.
    fs::create_dir(home.path().join("folder")).unwrap();
    assert!(write_file(&home.path().join("folder"), b"three", true).is_err());
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
}

fn folder_with_file(parent: &Path, name: &str) -> PathBuf {
    let path = parent.join(name);
    fs::create_dir(&path).unwrap();
    fs::write(path.join("file"), "x").unwrap();
    path
}

#[test]
fn the_folders_of_dead_runs_go_and_those_of_live_runs_and_other_targets_stay() {
    let home = tempfile::tempdir().unwrap();
    let dead = folder_with_file(home.path(), ".out.aB3dE9.partial");
    let others = [
        ".out.more.aB3dE9.partial",
        ".out.partial",
        ".out.aB3dE.partial",
        "out.aB3dE9.partial",
        ".out2.aB3dE9.partial",
    ]
    .map(|name| folder_with_file(home.path(), name));
    let live = Staging::start(&home.path().join("out")).unwrap();
    assert!(!dead.exists());
    assert!(others.iter().all(|other| other.exists()));
    let second = Staging::start(&home.path().join("out")).unwrap();
    assert!(live.path().is_dir() && second.path().is_dir());
    let paths = [live.path().to_path_buf(), second.path().to_path_buf()];
    drop((live, second));
    assert!(paths.iter().all(|path| !path.exists()));
}

#[test]
fn parents_that_were_made_go_with_a_folder_that_is_not_published() {
    let home = tempfile::tempdir().unwrap();
    drop(Staging::start(&home.path().join("a/b/out")).unwrap());
    assert!(!home.path().join("a").exists());
    let staging = Staging::start(&home.path().join("a/b/out")).unwrap();
    fs::write(home.path().join("a/other"), "x").unwrap();
    drop(staging);
    assert!(home.path().join("a/other").exists() && !home.path().join("a/b").exists());
}

/// A folder with an old and a new one in it, and what the old one is.
fn folders() -> (tempfile::TempDir, PathBuf, PathBuf, Identity) {
    let home = tempfile::tempdir().unwrap();
    let (staged, target) = (home.path().join("staged"), home.path().join("out"));
    for (folder, text) in [(&staged, "new"), (&target, "old")] {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("file"), text).unwrap();
    }
    let before = Identity::of(&target).unwrap();
    (home, staged, target, before)
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join("file")).unwrap()
}

fn unable(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[test]
fn the_old_folder_is_kept_until_the_new_one_is_in_its_place() {
    let (_home, staged, target, before) = folders();
    let old = replace(&staged, &target, &before).unwrap().unwrap();
    assert_eq!((text(&target).as_str(), text(&old).as_str()), ("new", "old"));

    // Where two folders cannot be exchanged, the old one steps aside, under a name that is free.
    let (home, staged, target, before) = folders();
    fs::write(home.path().join("out.replaced"), "somebody else's").unwrap();
    let old = replace_by(unable, &staged, &target, &before).unwrap().unwrap();
    assert_eq!(old, home.path().join("out.replaced2"));
    assert_eq!((text(&target).as_str(), text(&old).as_str()), ("new", "old"));
}

#[test]
fn where_the_new_folder_cannot_take_its_place_the_old_one_is_back() {
    let (_home, staged, target, before) = folders();
    fs::remove_dir_all(&staged).unwrap();
    let error = replace_by(unable, &staged, &target, &before).unwrap_err();
    assert!(error.to_string().ends_with("; the folder that was there is untouched"), "{error}");
    assert_eq!(text(&target), "old");
}

#[test]
fn a_folder_that_came_meanwhile_stays() {
    let (home, staged, target, before) = folders();
    // The earlier one is kept elsewhere, so that its number is not given out again.
    fs::rename(&target, home.path().join("earlier")).unwrap();
    fs::create_dir(&target).unwrap();
    fs::write(target.join("file"), "another run's").unwrap();
    let error = replace(&staged, &target, &before).unwrap_err();
    assert_eq!((error.kind(), text(&target).as_str()), (io::ErrorKind::AlreadyExists, "another run's"));
}

#[test]
fn what_is_stored_is_read_back_however_many_files_there_are() {
    let mut archive = Archive::new(Vec::new());
    for number in 0..70_000 {
        archive.add(&format!("{number}.xlsx"), if number == 2 { b"third" } else { b"" }).unwrap();
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(archive.finish().unwrap())).unwrap();
    let (mut text, count) = (String::new(), zip.len());
    let mut third = zip.by_name("2.xlsx").unwrap();
    third.read_to_string(&mut text).unwrap();
    assert_eq!((third.unix_mode(), text.as_str(), count), (Some(0o100_600), "third", 70_000));
}

#[test]
fn an_empty_zip_is_a_zip() {
    let bytes = Archive::new(Vec::new()).finish().unwrap();
    assert_eq!(zip::ZipArchive::new(Cursor::new(bytes)).unwrap().len(), 0);
}

#[test]
fn safe_ids_stay_and_others_get_a_hash() {
    let ids = ["H-0001", "../../x", "CON", "a:b", "a", "A", "é", "e\u{301}", "", ".hidden", "con.txt"];
    let names = safe_names(ids.into_iter());
    assert_eq!(names[0], "H-0001");
    for name in &names[1..] {
        assert!(name.contains('~'), "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~ ".contains(&b)), "{name}");
    }
    let mut folded: Vec<String> = names.iter().map(|n| n.to_ascii_lowercase()).collect();
    folded.sort();
    folded.dedup();
    assert_eq!(folded.len(), ids.len());
    assert!(safe_names(["x".repeat(300).as_str()].into_iter())[0].len() < 120);
}

#[test]
fn a_tilde_in_an_id_is_replaced_so_no_id_can_pose_as_a_hashed_name() {
    let posing = safe_names(["é"].into_iter()).remove(0);
    assert_ne!(safe_names([posing.as_str()].into_iter())[0], posing);
}

#[test]
fn what_is_not_wanted_any_more_is_read_no_further() {
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), "ab").unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    // A thread of its own: others read on.
    let read = std::thread::spawn(move || {
        read_until(&stop);
        let mut file = Hashing::new(File::open(path.path()).unwrap(), Tally::default());
        let mut letter = [0];
        let first = file.read(&mut letter).unwrap();
        stop.store(true, Ordering::Relaxed);
        (first, file.read(&mut letter).is_err())
    });
    assert_eq!(read.join().unwrap(), (1, true));
    assert!(unless_stopped().is_ok());
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_file_that_says_something_else_has_changed_and_one_that_was_only_touched_has_not() {
    let input =
        |path: &str, bytes: &[u8]| FileHash { path: path.to_owned(), size: bytes.len() as u64, sha256: sha256(bytes) };
    let case = tempfile::tempdir().unwrap();
    let (register, terms) = (case.path().join("register.csv"), case.path().join("terms.csv"));
    fs::write(&register, "one").unwrap();
    fs::write(&terms, "two").unwrap();
    let inputs = [input("register.csv", b"one"), input("terms.csv", b"two")];
    // A lone file is a case too.
    assert!(Fingerprint::take(&register).changed(&inputs[..1]).is_none());
    assert!(Fingerprint::take(&register).changed(&[input("register.csv", b"onetwo")]).is_some());
    let fingerprint = Fingerprint::take(case.path());
    fs::write(&terms, "two").unwrap();
    assert!(fingerprint.changed(&inputs).is_none());
    fs::write(&terms, "TWO").unwrap();
    assert_eq!(fingerprint.changed(&inputs).map(|i| i.path.as_str()), Some("terms.csv"));
    fs::remove_file(&register).unwrap();
    assert_eq!(fingerprint.changed(&inputs).map(|i| i.path.as_str()), Some("register.csv"));
}

fn names(folder: &Path, out: &Path) -> Vec<String> {
    look(folder, out).unwrap().into_iter().filter(|look| look.stamp.is_some()).map(|look| look.name).collect()
}

#[test]
fn only_what_was_dropped_whole_is_a_case() {
    let home = tempfile::tempdir().unwrap();
    let (folder, out) = (home.path().join("in"), home.path().join("in/out"));
    for made in ["in", "in/out", "in/case", "in/empty", "in/half"] {
        fs::create_dir(home.path().join(made)).unwrap();
    }
    let dropped = "a.xlsx ~$a.xlsx .hidden.csv .~lock.a.ods# b.xlsx.part b.crdownload Thumbs.db case/register.csv \
                   case/~$register.xlsx half/register.csv.tmp empty/.keep out/old.csv";
    dropped.split(' ').for_each(|name| fs::write(folder.join(name), "x").unwrap());
    fs::write(folder.join("b.xlsx"), "").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.join("a.xlsx"), folder.join("link.xlsx")).unwrap();
    assert_eq!(names(&folder, &out), ["a", "case"]);
    fs::remove_file(folder.join("b.xlsx.part")).unwrap();
    fs::remove_file(folder.join("b.crdownload")).unwrap();
    fs::rename(folder.join("half/register.csv.tmp"), folder.join("half/register.csv")).unwrap();
    assert_eq!(names(&folder, &out), ["a", "b", "case", "half"]);
    // Any file of a case counts.
    let mut before = look(&folder, &out).unwrap();
    for text in ["two", "three"] {
        assert_eq!(before, look(&folder, &out).unwrap());
        fs::write(folder.join("case/terms.csv"), text).unwrap();
        let after = look(&folder, &out).unwrap();
        assert_ne!(before, after);
        before = after;
    }
}
