//! Builds the switched copy once and runs its tests for each mutant.

use crate::switches::Mutant;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The tests, the quickest first: modules of `tests/all.rs`.
const TESTS: [&str; 13] = [
    "clauses",
    "units::rules",
    "by_hand",
    "as_meant",
    "golden",
    "law",
    "venture",
    "cli",
    "equilibrium",
    "second_opinion",
    "properties",
    "vectors",
    "samples",
];
/// Random cases of the second opinion for each mutant that got that far.
const CASES: &str = "60";
/// Random stacks of classes for each.
const STACKS: &str = "100";
/// A mutant that makes a test run so much longer than the unbroken program does was noticed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs the tests for each mutant and says which of them nothing noticed; whether all were noticed or explained.
pub fn all(copy: &Path, mutants: &[&Mutant], explained: &BTreeSet<String>) -> io::Result<bool> {
    let program = build(copy)?;
    for name in TESTS {
        if failures(copy, name, &program, None)?.is_some() {
            return Err(io::Error::other(format!("{name} fails without any mutant")));
        }
    }
    let mut by_test = [0usize; TESTS.len()];
    let (mut unnoticed, mut known) = (Vec::new(), 0usize);
    let mut by_clause: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (done, mutant) in mutants.iter().enumerate() {
        let mut killer = None;
        for (at, name) in TESTS.into_iter().enumerate() {
            if let Some(failed) = failures(copy, name, &program, Some(mutant.number))? {
                let modules = failed.into_iter().filter(|_| name == "clauses");
                modules.for_each(|module| by_clause.entry(module).or_default().push(mutant.number));
                killer = Some(at);
                break;
            }
        }
        let verdict = match killer {
            Some(at) => {
                by_test[at] += 1;
                format!("noticed by {}", TESTS[at])
            }
            None if explained.contains(&mutant.name()) => {
                known += 1;
                "explained".to_owned()
            }
            None => {
                unnoticed.push(*mutant);
                "NOT NOTICED".to_owned()
            }
        };
        println!("{}/{} {mutant}: {verdict}", done + 1, mutants.len());
    }
    println!(
        "\n{} mutants: {} noticed, {known} explained, {} not noticed",
        mutants.len(),
        by_test.iter().sum::<usize>(),
        unnoticed.len()
    );
    TESTS.iter().zip(by_test).for_each(|(name, count)| println!("  first noticed by {name}: {count}"));
    println!("\nnoticed by the tests of each clause:");
    by_clause.iter().for_each(|(module, numbers)| println!("  {module}: {} {numbers:?}", numbers.len()));
    unnoticed.iter().for_each(|mutant| println!("  NOT NOTICED {mutant}\n    `{}`", mutant.name()));
    Ok(unnoticed.is_empty())
}

/// Builds the tests of the copy; their program.
fn build(copy: &Path) -> io::Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--no-run", "--locked", "--message-format", "json-render-diagnostics", "--test", "all"])
        .current_dir(copy);
    let output = cargo
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .env("RUSTFLAGS", "--cap-lints allow")
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("the switched copy does not build"));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let is_theirs = |line: &&str| line.contains("\"kind\":[\"test\"]") && line.contains("\"name\":\"all\"");
    let program = said.lines().filter(is_theirs).find_map(|line| {
        let (_, rest) = line.split_once("\"executable\":\"")?;
        rest.split_once('"').map(|(path, _)| PathBuf::from(path))
    });
    program.ok_or_else(|| io::Error::other("cargo names no program of the tests"))
}

/// The modules whose tests fail, with a mutant on or without; none where all pass. What does not end within the patience
/// has failed.
fn failures(copy: &Path, name: &str, program: &Path, mutant: Option<usize>) -> io::Result<Option<BTreeSet<String>>> {
    let mut command = Command::new(program);
    command.arg(format!("{name}::")).current_dir(copy).stdout(Stdio::piped()).stderr(Stdio::null());
    command
        .env("RATABLE_CASES", CASES)
        .env("RATABLE_STACKS", STACKS)
        .env("RUST_BACKTRACE", "0")
        .env("RATABLE_MUTANT", mutant.map_or(String::new(), |n| n.to_string()));
    let (mut child, started) = (command.spawn()?, Instant::now());
    let mut pipe = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).map(|_| bytes)
    });
    let passed = loop {
        if let Some(status) = child.try_wait()? {
            break status.success();
        }
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            break false;
        }
        thread::sleep(Duration::from_millis(20));
    };
    let said = reader.join().map_err(|_| io::Error::other("the output's reader panicked"))??;
    let said = String::from_utf8_lossy(&said);
    let failed = said.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    // `clauses::s01_amount::…`: the clause is the second.
    let modules = failed.filter_map(|test| test.split("::").nth(1)).map(str::to_owned).collect();
    Ok((!passed).then_some(modules))
}
