//! Fuzzing where no compiler instruments anything: `cargo run --example blind -- TARGET SECONDS` changes the seeds at random,
//! and says what panicked. It finds less than cargo-fuzz does, and needs nothing.

use ratable_fuzz::{seeds, targets};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n.max(1) as u64).unwrap_or(0)
    }
}

/// Pieces that registers are made of, and break on.
const PIECES: [&str; 40] = [
    "Total",
    "Subtotal",
    "series-a",
    "Total Series A",
    "common",
    ",",
    ";",
    "\t",
    "\"",
    "\n",
    "\r",
    "0,025",
    "1.250",
    "€0.02",
    "nan",
    "2006-06-15",
    "20-Jan-2006",
    "1/2/2006",
    "=\"00042\"",
    "'0",
    "\u{200b}",
    "\u{a0}",
    "\u{fffd}",
    "Ã©",
    "IBAN DE89 3704 0044 0532 0130 00",
    "021000021",
    "100%",
    "1",
    "-1",
    "99999999999999",
    "Page 2",
    "holder_id",
    "Registration 2",
    "Status",
    "Canceled",
    "full",
    "0.000001",
    "3:2",
    "1900-02-29",
    "9999-12-31",
];

fn mutate(input: &mut Vec<u8>, others: &[(String, Vec<u8>)], random: &mut Random) {
    for _ in 0..=random.below(6) {
        let at = random.below(input.len() + 1);
        let end = (at + random.below(24)).min(input.len());
        match random.below(7) {
            0 => drop(input.splice(at..end, [])),
            1 => {
                let piece = PIECES[random.below(PIECES.len())].bytes();
                drop(input.splice(at..at, piece));
            }
            2 => {
                let piece = PIECES[random.below(PIECES.len())].bytes();
                drop(input.splice(at..end, piece));
            }
            3 => {
                let copied = input[at..end].to_vec();
                let to = random.below(input.len() + 1);
                drop(input.splice(to..to, copied));
            }
            4 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            5 => {
                // A whole line again, somewhere else.
                let lines: Vec<&[u8]> = input.split_inclusive(|b| *b == b'\n').collect();
                let line = lines[random.below(lines.len())].to_vec();
                let start: usize = lines.iter().take(random.below(lines.len() + 1)).map(|line| line.len()).sum();
                drop(input.splice(start..start, line));
            }
            _ => {
                let other = &others[random.below(others.len())].1;
                let from = random.below(other.len());
                let to = (from + random.below(200)).min(other.len());
                drop(input.splice(at..at, other[from..to].iter().copied()));
            }
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().unwrap_or_else(|| "check".to_owned());
    let seconds: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(60);
    let seeds = seeds::of(&target);
    let (_, run) = targets::ALL.into_iter().find(|(name, _)| *name == target).expect("a target of that name");
    let started = Instant::now();
    let mut random = Random(started.elapsed().as_nanos() as u64 ^ u64::from(std::process::id()) << 32 | 1);
    let (mut executions, mut findings) = (0u64, 0u64);
    while started.elapsed() < Duration::from_secs(seconds) {
        let mut input = seeds[random.below(seeds.len())].1.clone();
        mutate(&mut input, &seeds, &mut random);
        executions += 1;
        if catch_unwind(AssertUnwindSafe(|| run(&input))).is_err() {
            findings += 1;
            let path = std::env::temp_dir().join(format!("finding-{target}-{}-{findings}", std::process::id()));
            let written = std::fs::write(&path, &input);
            println!("finding {findings} in {} ({written:?})", path.display());
        }
    }
    println!("{target}: {executions} executions in {} s, {findings} findings", started.elapsed().as_secs());
}
