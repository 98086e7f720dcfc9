//! The law as mutation tests: every place in `src/rules`, `src/holdings` and `src/runs` that decides or computes is broken, one at
//! a time, and the tests must notice.
//!
//! ```text
//! cargo run --release --manifest-path tests/mutants/Cargo.toml                # all of them; an hour or so
//! cargo run --release --manifest-path tests/mutants/Cargo.toml -- --list      # what they are
//! cargo run --release --manifest-path tests/mutants/Cargo.toml -- --every 50  # a sample of them
//! cargo run --release --manifest-path tests/mutants/Cargo.toml -- --only 17,230 voting.rs
//! cargo run --release --manifest-path tests/mutants/Cargo.toml -- --from 400  # go on with where it was cut off
//! ```
//!
//! Building once for each mutant would take days. Here the sources are copied to `target/mutants`, all mutants are put
//! into the copy at once, each behind a switch that `RATABLE_MUTANT=N` turns on, and the tests are built once. For each
//! mutant they are then run in the order of their speed until one fails. The unswitched copy must pass first.

mod run;
mod switches;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};
use switches::Mutant;

/// The folders whose files are mutated: what decides, and what computes.
const MUTATED: [&str; 3] = ["src/rules", "src/holdings", "src/runs"];

/// What was asked for.
#[derive(Default)]
struct Options {
    list: bool,
    every: usize,
    from: usize,
    only: BTreeSet<usize>,
    files: Vec<String>,
}

fn main() -> ExitCode {
    match work() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn work() -> io::Result<bool> {
    let options = options()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let copy = root.join("target/mutants");
    let mutants = prepare(&root, &copy)?;
    let explained = explained(&fs::read_to_string(root.join("tests/mutants/EXPLAINED.md")).unwrap_or_default());
    let names: BTreeSet<String> = mutants.iter().map(Mutant::name).collect();
    if let Some(gone) = explained.iter().find(|name| !names.contains(*name)) {
        return Err(io::Error::other(format!("EXPLAINED.md explains what is no mutant: `{gone}`")));
    }
    let chosen: Vec<&Mutant> = mutants.iter().filter(|m| options.wants(m)).collect();
    if options.list {
        chosen.iter().for_each(|m| println!("{m}"));
        println!("{} mutants", chosen.len());
        return Ok(true);
    }
    run::all(&copy, &chosen, &explained)
}

fn options() -> io::Result<Options> {
    let mut options = Options { every: 1, ..Options::default() };
    let mut words = env::args().skip(1);
    let wrong = |what: &str| io::Error::other(format!("{what}: see the top of tests/mutants/src/main.rs"));
    while let Some(word) = words.next() {
        match word.as_str() {
            "--list" => options.list = true,
            "--every" => options.every = words.next().and_then(|n| n.parse().ok()).ok_or_else(|| wrong("--every N"))?,
            "--from" => options.from = words.next().and_then(|n| n.parse().ok()).ok_or_else(|| wrong("--from N"))?,
            "--only" => {
                let list = words.next().ok_or_else(|| wrong("--only N,N"))?;
                options.only = list.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong(&list))?;
            }
            file if !file.starts_with('-') => options.files.push(file.to_owned()),
            other => return Err(wrong(other)),
        }
    }
    Ok(options)
}

impl Options {
    fn wants(&self, mutant: &Mutant) -> bool {
        let by_number = if self.only.is_empty() {
            mutant.number >= self.from && mutant.number.is_multiple_of(self.every)
        } else {
            self.only.contains(&mutant.number)
        };
        by_number && (self.files.is_empty() || self.files.iter().any(|f| mutant.file.contains(f.as_str())))
    }
}

/// The mutants that EXPLAINED.md says cannot be noticed: lines that begin with `- `, then what a mutant is shown as,
/// in backticks without its number.
fn explained(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(|line| line.strip_prefix("- `")?.split_once('`')).map(|(m, _)| m.to_owned()).collect()
}

/// Copies what the tests need and puts the switches in. What is as it was is not written again, so that only what
/// changed is built again.
fn prepare(root: &Path, copy: &Path) -> io::Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    let mut kept = BTreeSet::new();
    let all = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "src",
        "tests",
        "fuzz/src",
        "templates",
        "sample-data",
        "benches",
        "docs",
    ];
    for name in all {
        for path in files(&root.join(name))? {
            let within = path.strip_prefix(root).map_err(io::Error::other)?;
            if !within.starts_with("tests/mutants") {
                let bytes = switched(within, fs::read(&path)?, &mut mutants)?;
                update(&copy.join(within), &bytes)?;
                kept.insert(copy.join(within));
            }
        }
    }
    let switch = copy.join("src/mutant.rs");
    update(&switch, switches::SWITCH.as_bytes())?;
    kept.insert(switch);
    for name in ["src", "tests"] {
        for path in files(&copy.join(name))? {
            if !kept.contains(&path) {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(mutants)
}

/// A file as the copy has it.
fn switched(path: &Path, bytes: Vec<u8>, mutants: &mut Vec<Mutant>) -> io::Result<Vec<u8>> {
    let name = path.display().to_string();
    if name == "src/lib.rs" {
        return Ok([bytes.as_slice(), b"\n#[allow(missing_docs)]\npub mod mutant;\n"].concat());
    }
    let is_mutated = MUTATED.iter().any(|folder| path.starts_with(folder));
    if !is_mutated {
        return Ok(bytes);
    }
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    let switched = switches::put(&name, &text, mutants).map_err(|e| io::Error::other(format!("{name}: {e}")))?;
    Ok(switched.into_bytes())
}

fn update(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, bytes)
}

/// The files in a folder and all below it, or the file itself, in order.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        found.extend(files(&entry?.path())?);
    }
    found.sort();
    Ok(found)
}
