//! Builds the switched copy once and runs its tests for each mutant.

use crate::switches::Mutant;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The tests, the quickest first.
const TESTS: [&str; 6] = ["clauses", "lib", "second_opinion", "vectors", "samples", "properties"];
/// Random cases of the second opinion for each mutant that got that far.
const CASES: &str = "60";
/// A mutant that makes a test run so much longer than the unbroken program does was noticed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs the tests for each mutant and says which of them nothing noticed; whether all were noticed or explained.
pub fn all(copy: &Path, mutants: &[&Mutant], explained: &BTreeSet<String>) -> io::Result<bool> {
    let tests = build(copy)?;
    for (name, program) in &tests {
        if !passes(copy, program, None)? {
            return Err(io::Error::other(format!("{name} fails without any mutant")));
        }
    }
    let mut by_test = [0usize; TESTS.len()];
    let (mut unnoticed, mut known) = (Vec::new(), 0usize);
    for (done, mutant) in mutants.iter().enumerate() {
        let mut killer = None;
        for (at, (_, program)) in tests.iter().enumerate() {
            if !passes(copy, program, Some(mutant.number))? {
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
    unnoticed.iter().for_each(|mutant| println!("  NOT NOTICED {mutant}\n    `{}`", mutant.name()));
    Ok(unnoticed.is_empty())
}

/// Builds the tests of the copy; their programs, in order.
fn build(copy: &Path) -> io::Result<Vec<(&'static str, PathBuf)>> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--no-run", "--locked", "--message-format", "json-render-diagnostics", "--lib"])
        .current_dir(copy);
    TESTS.iter().filter(|name| **name != "lib").for_each(|name| _ = cargo.args(["--test", name]));
    let output = cargo
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .env("RUSTFLAGS", "--cap-lints allow")
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("the switched copy does not build"));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let program = |name: &str| {
        let (kind, target) = if name == "lib" { ("lib", "ratable") } else { ("test", name) };
        let (kind, target) = (format!("\"kind\":[\"{kind}\"]"), format!("\"name\":\"{target}\""));
        said.lines().filter(|line| line.contains(&kind) && line.contains(&target)).find_map(|line| {
            let (_, rest) = line.split_once("\"executable\":\"")?;
            rest.split_once('"').map(|(path, _)| PathBuf::from(path))
        })
    };
    let found = |name: &&'static str| {
        let missing = || io::Error::other(format!("cargo names no program for {name}"));
        program(name).map(|path| (*name, path)).ok_or_else(missing)
    };
    TESTS.iter().map(found).collect()
}

/// Whether a test program passes within the patience, with a mutant on or without.
fn passes(copy: &Path, program: &Path, mutant: Option<usize>) -> io::Result<bool> {
    let mut command = Command::new(program);
    command.current_dir(copy).stdout(Stdio::null()).stderr(Stdio::null());
    command
        .env("RATABLE_CASES", CASES)
        .env("RUST_BACKTRACE", "0")
        .env("RATABLE_MUTANT", mutant.map_or(String::new(), |n| n.to_string()));
    let (mut child, started) = (command.spawn()?, Instant::now());
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
