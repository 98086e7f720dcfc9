//! Writes what fuzzing starts from: `cargo run --example seeds -- CORPUS` makes a folder for each target below CORPUS.

use ratable_fuzz::{seeds, targets};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let corpus: PathBuf = std::env::args_os().nth(1).unwrap_or_else(|| "corpus".into()).into();
    for (target, _) in targets::ALL {
        let folder = corpus.join(target);
        std::fs::create_dir_all(&folder)?;
        let seeds = seeds::of(target);
        for (name, bytes) in &seeds {
            std::fs::write(folder.join(name), bytes)?;
        }
        println!("{target}: {} seeds", seeds.len());
    }
    Ok(())
}
