//! Runs of the program as processes, on cases of any size, and looks at the folders they leave.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder of a test's own, in which commands run.
pub struct Machine {
    home: TempDir,
}

/// What a command came to.
#[derive(Debug)]
pub struct Came {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Came {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl Came {
    /// That it came to this exit code.
    #[track_caller]
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        self
    }

    /// That it was done.
    #[track_caller]
    pub fn done(self) -> Self {
        self.with(0)
    }

    /// That it failed as a machine fails: exit 1 and a sentence, and no panic.
    #[track_caller]
    pub fn failed(self) -> Self {
        let came = self.with(1);
        assert!(came.err.starts_with("ratable: ") && came.err.ends_with('\n'), "{}", came.err);
        assert!(!came.err.contains("panicked") && !came.err.contains("fault in ratable"), "{}", came.err);
        came
    }

    /// That one of its lines has this text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text) || self.err.contains(text), "{text:?} is not in:\n{}{}", self.out, self.err);
        self
    }
}

impl Machine {
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// A path in the folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.home.path().join(name)
    }

    /// The program with these arguments, separated by blanks, to be run in the folder.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ratable"));
        command.current_dir(self.home.path()).args(arguments.split_whitespace());
        command
    }

    /// Runs the program.
    pub fn run(&self, arguments: &str) -> Came {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a line of shell; `$ratable` is the program.
    pub fn shell(&self, line: &str) -> Came {
        let mut command = Command::new("bash");
        command.args(["-c", line]).current_dir(self.home.path()).env("ratable", env!("CARGO_BIN_EXE_ratable"));
        command.output().unwrap().into()
    }

    /// What is in the folder, names only, hidden ones too.
    pub fn names(&self) -> Vec<String> {
        names(self.home.path())
    }

    /// A case of a quarter in which every holder is paid.
    pub fn case(&self, name: &str, holders: usize) -> PathBuf {
        let folder = self.path(name);
        fs::create_dir(&folder).unwrap();
        let mut register = String::from(
            "holder_id,holder_name,class,shares,issue_date,withholding_rate,tax_id,payment_method,account,bank_code\n",
        );
        for n in 1..=holders {
            let (shares, day) = (n % 97 + 1, n % 27 + 1);
            writeln!(
                register,
                "H-{n:06},Holder {n},series-a,{shares}.5,2006-01-{day:02},{}%,TAX-{n:06},wire,ACCT-{n:06},BANKUS{:02}",
                n % 3 * 10,
                n % 100
            )
            .unwrap();
            if n % 2 == 0 {
                writeln!(register, "H-{n:06},Holder {n},common,{},2004-05-17,,,,,", n * 10).unwrap();
            }
        }
        fs::write(folder.join("register.csv"), register).unwrap();
        fs::write(
            folder.join("declarations.csv"),
            "declared_date,kind,amount,asset,fair_value,payment_date,series_a_declared_date\n\
             2006-02-01,cash,0.02,,,2006-03-15,2006-02-01\n\
             2006-02-10,in-kind,0.002,Tidewater shares,10.00,2006-03-15,2006-02-10\n",
        )
        .unwrap();
        fs::write(folder.join("terms.csv"), "term,value\ncompany,Smallwater Turbines\n").unwrap();
        fs::write(
            folder.join("consideration.csv"),
            "component,amount,fair_value\nUSD,2.50,\nMeridian shares,0.04,30.00\n",
        )
        .unwrap();
        fs::write(folder.join("proceeds.csv"), "date,amount\n2006-03-15,750000.00\n").unwrap();
        folder
    }
}

/// What is in a folder, names only.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Every file under a folder with its bytes, by path.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn add(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for name in names(folder) {
            let path = folder.join(&name);
            if path.is_dir() {
                add(&path, &format!("{prefix}{name}/"), found);
            } else {
                found.insert(format!("{prefix}{name}"), fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    add(folder, "", &mut found);
    found
}

/// That two folders are the same, byte for byte; names what is not.
#[track_caller]
pub fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (files(one), files(other));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    let differ: Vec<&String> =
        one.iter().filter(|(name, bytes)| other[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "{differ:?} differ");
}

/// The parts of a zip, by name; none where `bytes` is no zip.
pub fn parts(bytes: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        parts.insert(file.name().unwrap().into_owned(), content);
    }
    Some(parts)
}

/// All text of a file: its own bytes, or those of its parts, and of theirs, unzipped.
pub fn texts(bytes: &[u8]) -> Vec<Vec<u8>> {
    match parts(bytes) {
        Some(parts) => parts.values().flat_map(|part| texts(part)).collect(),
        None => vec![bytes.to_vec()],
    }
}

/// Whether `bytes` have `text` in them.
pub fn contains(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

/// Whether a program is there.
pub fn is_there(program: impl AsRef<OsStr>) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Says that a test was skipped and why, also where output of passed tests is not shown; under `.ci/run` that is a
/// failure.
#[track_caller]
pub fn skipped(test: &str, why: &str) {
    use std::io::Write;
    assert!(std::env::var_os("RATABLE_CI").is_none(), "{test} cannot be tested here: {why}");
    drop(writeln!(std::io::stderr(), "SKIPPED {test}: {why}"));
}

/// Numbers that look random and are the same every time.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}
