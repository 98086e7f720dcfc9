//! All tests as one program, which is built and linked once: `cargo test` runs them, `cargo test golden::` those of one
//! file. `tests/README.md` says what each file holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod annotated_copy;
mod as_meant;
mod by_hand;
mod check_and_new;
mod clauses;
mod cli;
mod completions_and_man;
mod determinism;
mod docs;
mod equilibrium;
mod exports;
mod faults;
mod fill_in;
mod for_programs;
mod formats;
mod fuzz_findings;
mod golden;
mod hostile;
mod hostile_limits;
mod identifiers;
mod invalid;
mod large_sheets;
mod law;
mod machine;
mod manners;
mod many_cases;
mod mess;
mod money_out;
mod ocf;
mod outside;
mod privacy;
mod problems;
mod properties;
mod published;
mod readme;
mod recalculate;
mod reference;
mod reports;
mod samples;
mod scale;
mod second_opinion;
mod serve;
mod serve_browser;
mod statements;
mod structure;
mod support;
mod templates;
mod units;
mod vectors;
mod venture;
mod verify;
mod watch;
