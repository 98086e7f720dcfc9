//! The binary as a person runs it.

use super::Company;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The binary, in an environment that says nothing about the terminal, the language or the time zone.
pub fn ratable() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ratable"));
    command.env("NO_COLOR", "1").env_remove("RAYON_NUM_THREADS");
    command
}

/// What a command line came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `ratable` with these arguments in `folder`.
pub fn run_in<S: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[S]) -> Ran {
    let output = ratable().args(arguments).current_dir(folder).output().expect("the binary runs");
    ran(output)
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The output folder of a run that succeeded, and the folder that holds it.
pub struct Written {
    _top: TempDir,
    pub out: PathBuf,
}

impl Company {
    /// Runs `ratable COMMAND case FLAGS… --out out`, split at spaces, and expects exit code 0.
    pub fn written(&self, line: &str) -> Written {
        let (top, _case) = self.folder();
        let mut words = line.split(' ').filter(|w| !w.is_empty());
        let mut arguments = vec![words.next().expect("a command").to_owned(), "case".to_owned()];
        arguments.extend(words.map(str::to_owned));
        for (term, value) in self.overrides() {
            arguments.extend(["--set".to_owned(), format!("{term}={value}")]);
        }
        arguments.extend(["--out", "out"].map(str::to_owned));
        let ran = run_in(top.path(), &arguments);
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.stdout, ran.stderr);
        Written { out: top.path().join("out"), _top: top }
    }
}

impl Written {
    /// A file of it, as text.
    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.out.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// `result.json`.
    pub fn result(&self) -> serde_json::Value {
        serde_json::from_str(&self.text("result.json")).expect("result.json is JSON")
    }
}
