//! Every command of the README, with the output that it shows, and every example of `--help`: run as they are typed, in a
//! shell, in a folder of their own that has the sample data.

#![cfg(unix)]

use crate::support::command::{ratable, run_in};
use crate::support::files::files;
use clap::CommandFactory;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A folder with the sample data, and with the program on its path.
fn scratch() -> TempDir {
    let top = tempfile::tempdir().unwrap();
    for (name, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data")) {
        let path = top.path().join("sample-data").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    fs::create_dir(top.path().join("bin")).unwrap();
    symlink(ratable().get_program(), top.path().join("bin/ratable")).unwrap();
    top
}

/// Runs a line as a shell does; returns all that it printed, and whether it succeeded.
fn typed(top: &Path, line: &str) -> (String, bool) {
    let path = format!("{}:{}", top.join("bin").display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-c", &format!("{{ {line}\n}} 2>&1")]).current_dir(top);
    command.env("PATH", path).env("HOME", top).env("NO_COLOR", "1").env_remove("RAYON_NUM_THREADS");
    let output = command.output().expect("there is a bash");
    (String::from_utf8_lossy(&output.stdout).trim_end().to_owned(), output.status.success())
}

/// Whether a text is as the README has it: a line `…` stands for any lines, `…` in a line for any text.
fn is_like(wanted: &[&str], found: &[&str]) -> bool {
    match wanted.split_first() {
        None => found.is_empty(),
        Some((first, rest)) if first.trim() == "…" => (0..=found.len()).any(|skip| is_like(rest, &found[skip..])),
        Some((first, rest)) => found.split_first().is_some_and(|(line, more)| fits(first, line) && is_like(rest, more)),
    }
}

fn fits(wanted: &str, line: &str) -> bool {
    let mut parts = wanted.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn ellipses_stand_for_anything() {
    let found = ["one", "two three", "four"];
    for wanted in [&["…"][..], &["one", "…"], &["…", "four"], &["one", "two …", "four"], &["…", "t…ee", "…"]]
    {
        assert!(is_like(wanted, &found), "{wanted:?}");
    }
    for wanted in [&["one"][..], &["…", "five"], &["one", "two", "four"], &["one", "two three", "four", "five"]] {
        assert!(!is_like(wanted, &found), "{wanted:?}");
    }
}

/// The fenced blocks of a page, each with the line before it.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = page.split("```").collect();
    let pairs = parts.chunks(2).filter(|pair| pair.len() == 2);
    pairs.map(|pair| (pair[0].trim_end().lines().last().unwrap_or_default(), pair[1])).collect()
}

#[test]
fn every_command_of_the_readme_prints_what_the_readme_shows() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let top = scratch();
    let (mut ran, mut wrong) = (0, Vec::new());
    for (before, block) in blocks(&page) {
        let (kind, text) = block.split_once('\n').unwrap_or_default();
        // A file that a command below reads: its name stands in the line before.
        if kind == "csv" {
            let name = before.rsplit('`').nth(1).expect("the name of the file");
            fs::write(top.path().join(name), text).unwrap();
            continue;
        }
        for part in format!("\n{text}").split("\n$ ").skip(1) {
            let (line, wanted) = part.split_once('\n').unwrap_or((part, ""));
            let (found, _) = typed(top.path(), line);
            let lines = |text: &'_ str| text.trim_end().lines().map(str::to_owned).collect::<Vec<_>>();
            let (wanted, found) = (lines(wanted), lines(&found));
            let is_shown = !wanted.is_empty();
            let (wanted, found): (Vec<&str>, Vec<&str>) =
                (wanted.iter().map(String::as_str).collect(), found.iter().map(String::as_str).collect());
            if is_shown && !is_like(&wanted, &found) {
                wrong.push(format!("$ {line}\n{}", found.join("\n")));
            }
            ran += 1;
        }
    }
    assert!(wrong.is_empty(), "the README shows other output of:\n{}", wrong.join("\n\n"));
    assert!(ran >= 15, "{ran} commands");
}

/// `serve` answers until it is stopped, and has tests of its own.
const UNTIL_STOPPED: &str = "serve";

#[test]
fn every_example_of_the_help_does_what_it_says() {
    let top = scratch();
    let prepare = "cp sample-data/capstone.xlsx . && mkdir inbox && cp -r sample-data/small inbox && \
                   mkdir -p .local/share/bash-completion/completions && \
                   ratable dividend capstone.xlsx --date 2006-06-15 --out run --quiet && \
                   head -2 run/payment-instructions.csv | tail -1 | cut -d, -f1 > reference && \
                   { echo reference,status,date,reason; echo \"$(cat reference),returned,2006-06-20,closed\"; } > returns.csv && \
                   for i in 1 3; do ratable statements run --case capstone.xlsx --shard $i/3 --out part-$i; done";
    let (said, good) = typed(top.path(), prepare);
    assert!(good, "{said}");
    let mut failed = Vec::new();
    let mut later = Vec::new();
    let mut tried = 0;
    for command in ratable::cli::Cli::command().get_subcommands().map(|command| command.get_name().to_owned()) {
        let help = run_in(top.path(), &[command.as_str(), "--help"]).stdout;
        for example in help.lines().filter_map(|line| line.strip_prefix("Example: ")) {
            tried += 1;
            match command.as_str() {
                UNTIL_STOPPED => {}
                "watch" => later.push(format!("{example} --once")),
                // What it is given is made by other examples.
                "verify" | "merge" | "journal" => later.push(example.to_owned()),
                _ => failed.extend(problem(top.path(), example)),
            }
        }
    }
    // The example of merge writes a folder that the one of dividend wrote too.
    for example in later.iter().map(|e| e.replace("--out capstone-dividend", "--force --out capstone-dividend")) {
        failed.extend(problem(top.path(), &example));
    }
    assert!(tried > 18, "{tried} examples");
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

fn problem(top: &Path, example: &str) -> Option<String> {
    let (said, good) = typed(top, example);
    (!good).then(|| format!("{example}\n{said}"))
}
