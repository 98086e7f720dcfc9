//! Holds every file that `ratable convert --to ocf` writes of the samples against Open Cap Format's own JSON schemas:
//!
//!     cargo run --manifest-path tests/schemas/Cargo.toml -- target/debug/ratable
//!
//! The schemas are no part of the project: `RATABLE_OCF` is the folder with them, or else `../shared/ocf` beside the
//! checkout. Without it, that is said. Schemas name each other by their ids, which are addresses; none is fetched.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

type Failed = Box<dyn Error + Send + Sync>;

/// The samples, and the days as of which they are written.
const CASES: [(&str, &str); 3] = [("small", "2006-06-15"), ("capstone.xlsx", "2006-06-15"), ("venture", "2026-06-30")];

/// The official schemas by their ids.
#[derive(Clone)]
struct Schemas(Arc<HashMap<String, Value>>);

impl jsonschema::Retrieve for Schemas {
    fn retrieve(&self, uri: &jsonschema::Uri<String>) -> Result<Value, Failed> {
        self.0.get(uri.as_str()).cloned().ok_or_else(|| format!("no schema is called {uri}").into())
    }
}

impl Schemas {
    fn of(folder: &Path) -> Result<Self, Failed> {
        let (mut schemas, mut folders) = (HashMap::new(), vec![folder.to_path_buf()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    let schema: Value = serde_json::from_slice(&fs::read(path)?)?;
                    schemas.insert(schema["$id"].as_str().unwrap_or_default().to_owned(), schema);
                }
            }
        }
        Ok(Self(Arc::new(schemas)))
    }

    /// The validator of files of a type.
    fn validator(&self, file_type: &Value) -> Result<jsonschema::Validator, Failed> {
        let found = self.0.values().find(|schema| schema["properties"]["file_type"]["const"] == *file_type);
        let schema = found.ok_or_else(|| format!("no schema is one of {file_type}"))?;
        Ok(jsonschema::options().with_retriever(self.clone()).build(schema)?)
    }
}

/// How many files of a package there are, and what is wrong with them.
fn package(folder: &Path, schemas: &Schemas) -> Result<(usize, Vec<String>), Failed> {
    let (mut files, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let mut document: Value = serde_json::from_slice(&fs::read(&path)?)?;
        let validator = schemas.validator(&document["file_type"])?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        wrong.extend(validator.iter_errors(&document).take(5).map(|e| format!("{name} {}: {e}", e.instance_path())));
        // That the schema was understood shows where it refuses.
        document["file_type"] = json!("OCF_LETTER");
        if validator.is_valid(&document) {
            wrong.push(format!("{name}: a file of no type is valid too"));
        }
        files += 1;
    }
    Ok((files, wrong))
}

fn main() -> Result<ExitCode, Failed> {
    let ratable = PathBuf::from(std::env::args().nth(1).ok_or("give the program: target/debug/ratable")?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let official = std::env::var_os("RATABLE_OCF").map_or_else(|| root.join("../shared/ocf"), PathBuf::from);
    if !official.join("schema").is_dir() {
        println!("SKIPPED: no schemas in {} (RATABLE_OCF says where they are)", official.display());
        return Ok(ExitCode::SUCCESS);
    }
    let schemas = Schemas::of(&official.join("schema"))?;
    let top = tempfile::tempdir()?;
    let mut failed = false;
    for (case, date) in CASES {
        let out = top.path().join(case);
        let done = Command::new(&ratable)
            .args(["convert", "--to", "ocf", "--date", date, "--quiet", "--out"])
            .args([&out, &root.join("sample-data").join(case)])
            .status()?;
        let (files, wrong) = if done.success() { package(&out, &schemas)? } else { (0, vec![done.to_string()]) };
        failed |= files < 4 || !wrong.is_empty();
        println!("{case}: {files} files, {} wrong {}", wrong.len(), wrong.join("\n  "));
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
