//! Help, completions and manual pages: what a person reads before and instead of asking.

use crate::support::command::{ratable, run_in};
use clap::{CommandFactory, Parser};
use ratable::cli::Cli;
use std::fs;
use std::process::Command;

fn commands() -> Vec<String> {
    let names = Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>();
    assert!(names.len() >= 14, "{names:?}");
    names
}

#[test]
fn every_command_has_an_example_that_can_be_typed() {
    for command in commands() {
        let ran = run_in(std::path::Path::new("."), &[command.as_str(), "--help"]);
        assert_eq!(ran.code, 0, "{command}");
        let example = ran.stdout.split("Example: ").nth(1).unwrap_or_else(|| panic!("{command}: no example"));
        let example = example.lines().next().unwrap();
        assert!(example.starts_with(&format!("ratable {command} ")), "{command}: {example}");
        let words = example.split(" > ").next().unwrap().split(' ');
        Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{example}: {error}"));
    }
}

#[test]
fn the_help_fits_a_terminal_of_eighty_columns() {
    for command in commands() {
        let output = ratable().args([&command, "--help"]).env("COLUMNS", "80").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        for line in text.lines() {
            let is_example = line.starts_with("Example: ");
            assert!(line.chars().count() <= if is_example { 110 } else { 100 }, "{command}: {line}");
        }
    }
}

#[test]
fn every_shell_has_completions_of_every_command_and_flag() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run_in(std::path::Path::new("."), &["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{shell}");
        for word in commands().iter().map(String::as_str).chain(["acknowledge", "scenarios", "interval", "report"]) {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(run_in(std::path::Path::new("."), &["completions", "csh"]).code, 2);
}

#[test]
fn bash_completes_by_them() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run_in(folder.path(), &["completions", "bash"]);
    fs::write(folder.path().join("ratable.bash"), ran.stdout).unwrap();
    let script = "source ratable.bash; COMP_WORDS=(ratable div); COMP_CWORD=1; _ratable ratable div ratable; echo \"${COMPREPLY[@]}\"";
    let Ok(output) = Command::new("bash").args(["--norc", "-c", script]).current_dir(folder.path()).output() else {
        assert!(std::env::var_os("RATABLE_CI").is_none(), "there is no bash here");
        println!("skipped: there is no bash here");
        return;
    };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(out.trim(), "dividend", "{err}");
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run_in(folder.path(), &["man", "--out", "man1"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let page = |name: &str| {
        fs::read_to_string(folder.path().join("man1").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    };
    assert!(page("ratable.1").contains("ratable\\-dividend(1)"));
    for command in commands() {
        let text = page(&format!("ratable-{command}.1"));
        assert!(
            text.starts_with(".ie") && text.contains(".SH SYNOPSIS") && text.contains("Example:"),
            "{command}: {text}"
        );
    }
    assert!(page("ratable-dividend.1").contains("\\-\\-acknowledge"));
    // Pages that are there are replaced only where that is asked for.
    fs::write(folder.path().join("man1/ratable.1"), "mine").unwrap();
    assert_eq!(run_in(folder.path(), &["man", "--out", "man1"]).code, 2);
    assert_eq!(page("ratable.1"), "mine");
    assert_eq!(run_in(folder.path(), &["man", "--out", "man1", "--force"]).code, 0);
    assert!(page("ratable.1").contains("dividend"));
    fs::write(folder.path().join("file"), "").unwrap();
    assert_eq!(run_in(folder.path(), &["man", "--out", "file"]).code, 1);
}

/// A limit on the size of files stands for a disk that is full.
#[cfg(unix)]
#[test]
fn of_a_manual_page_that_cannot_be_written_nothing_is_left() {
    let top = tempfile::tempdir().unwrap();
    let program = ratable().get_program().to_owned();
    let line = "ulimit -f 1; trap '' XFSZ; \"$0\" man --out man";
    let ran = Command::new("bash").args(["-c", line]).arg(program).current_dir(top.path()).output().unwrap();
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    assert!(String::from_utf8_lossy(&ran.stderr).contains("were not written"));
    assert_eq!(fs::read_dir(top.path().join("man")).unwrap().count(), 0);
}
