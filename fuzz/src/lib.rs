//! What is fuzzed: every reader of foreign files, and whole runs of what they read.
//!
//! - [`targets`]: one function per target, bytes in; it panics on what should never be.
//! - [`parts`]: an input that is made of named parts, packed into the archive that a reader expects.
//! - [`seeds`]: what fuzzing starts from: the samples and the tests' fixtures.
//!
//! The fuzzers call these, and so does `tests/fuzz_findings.rs`, with everything that a fuzzer ever found.

pub mod parts;
pub mod seeds;
pub mod targets;
