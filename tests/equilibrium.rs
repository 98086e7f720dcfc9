//! The waterfall of any cap table against one that tries every combination of decisions, on random stacks; and what must
//! hold of any stack.
//!
//! 2,000 stacks by default, more by command:
//! `RATABLE_STACKS=100000 cargo test --release equilibrium:: -- --nocapture`

use crate::reference::equilibrium::{DATE, Member, Stack, payout, stack};
use crate::reference::number::{Q, half_even, int, parse};
use crate::support::with_own_threads;
use clap::Parser;
use num_traits::Zero;
use ratable::cli::Cli;
use ratable::internals::{execute, set_silent};
use rayon::prelude::*;
use std::path::Path;

/// Runs a stack; `flags` say which sums.
fn run(stack: &Stack, folder: &Path, flags: &[&str]) -> serde_json::Value {
    let case = folder.join("case");
    std::fs::create_dir_all(&case).unwrap();
    for (name, text) in [("terms", &stack.terms), ("classes", &stack.classes), ("register", &stack.register)] {
        std::fs::write(case.join(format!("{name}.csv")), text).unwrap();
    }
    let out = folder.join("out");
    let _ = std::fs::remove_dir_all(&out);
    let (case, to) = (case.display().to_string(), out.display().to_string());
    let mut typed = vec!["ratable", "liquidate", &case, "--date", DATE, "--out", &to, "--workbooks", "none", "--quiet"];
    typed.extend(flags);
    let code = execute(&Cli::try_parse_from(&typed).expect("a command line"));
    assert_eq!(code, 0, "{}\n{}", stack.classes, stack.register);
    serde_json::from_str(&std::fs::read_to_string(out.join("result.json")).unwrap()).unwrap()
}

/// The rows of a CSV file, without its header.
fn rows(folder: &Path, name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join("out").join(name)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(String::from).collect()).collect()
}

/// Sum by sum, what a share of each class gets.
fn scenarios(folder: &Path) -> Vec<(Q, Vec<(String, Q)>)> {
    let mut sums: Vec<(Q, Vec<(String, Q)>)> = Vec::new();
    for row in rows(folder, "scenarios.csv") {
        let (sum, per_share) = (parse(&row[0]).unwrap(), parse(&row[4]).unwrap());
        match sums.last_mut().filter(|(last, _)| *last == sum) {
            Some((_, of)) => of.push((row[1].clone(), per_share)),
            None => sums.push((sum, vec![(row[1].clone(), per_share)])),
        }
    }
    sums
}

fn total(members: &[Member], shares: &[Q]) -> Q {
    members.iter().zip(shares).fold(Q::zero(), |sum, (member, each)| sum + &member.shares * each)
}

fn one(seed: u64) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let stack = stack(seed);
    let due = stack.members.iter().fold(Q::zero(), |sum, member| sum + &member.shares * &member.due);
    let most = (due * int(4)).ceil() + int(2000);
    let step = (&most / int(9)).ceil();
    let range = format!("0:{}:{}", most.to_integer(), step.to_integer());
    let result = run(&stack, folder.path(), &["--scenarios", &range]);
    let mut wrong = Vec::new();
    let mut before: Option<Vec<Q>> = None;
    for (sum, got) in scenarios(folder.path()) {
        let want = match payout(&stack.members, &sum) {
            Ok(want) => want,
            Err(why) => {
                wrong.push(format!("seed {seed}, {sum}: {why}"));
                continue;
            }
        };
        for (member, each) in stack.members.iter().zip(&want) {
            let found = got.iter().find(|(class, _)| *class == member.class).map(|(_, per_share)| per_share.clone());
            if found != Some(half_even(each, 12)) {
                wrong.push(format!("seed {seed}, {sum}: {} {each} expected, {found:?} found", member.class));
            }
        }
        // The values add up to the sum, or nothing is left to take the rest; and more proceeds lower nobody's.
        let rises = stack.members.iter().any(|m| !matches!(m.terms, crate::reference::equilibrium::Terms::Fixed));
        if rises && total(&stack.members, &want) != sum {
            wrong.push(format!("seed {seed}, {sum}: the values do not add up"));
        }
        if before.as_ref().is_some_and(|before| before.iter().zip(&want).any(|(a, b)| a > b)) {
            wrong.push(format!("seed {seed}, {sum}: somebody gets less of more"));
        }
        before = Some(want);
    }
    if seed.is_multiple_of(10) {
        wrong.extend(around_breakpoints(seed, &stack, &result, folder.path()));
        wrong.extend(breakevens(seed, &stack, folder.path()));
    }
    wrong
}

/// A unit below an event nothing has changed for a class, a unit above it has.
fn around_breakpoints(seed: u64, stack: &Stack, result: &serde_json::Value, folder: &Path) -> Vec<String> {
    use crate::reference::equilibrium::Terms;
    let mut wrong = Vec::new();
    let preferences = stack.members.iter().fold(Q::zero(), |sum, member| sum + &member.shares * &member.due);
    for event in result["breakpoints"].as_array().unwrap() {
        let (Some(class), Some(what)) = (event["class"].as_str(), event["event"].as_str()) else { continue };
        let at = event["at"].as_str().unwrap();
        let (numerator, denominator) = at.split_once('/').unwrap_or((at, "1"));
        let at = parse(numerator).unwrap() / parse(denominator).unwrap();
        let cents = (&at * int(100)).floor();
        if cents.is_zero() {
            continue;
        }
        let cash = |cents: Q| crate::reference::number::half_up(&(cents / int(100)), 2);
        let text = |value: &Q| {
            format!("{}.{:02}", value.floor().to_integer(), ((value - value.floor()) * int(100)).to_integer())
        };
        let (low, high) = (cash(&cents - int(1)), cash(&cents + int(2)));
        run(stack, folder, &["--scenarios", &format!("{}:{}:0.01", text(&low), text(&high))]);
        let member = stack.members.iter().find(|member| member.class == class).unwrap();
        for (sum, of) in scenarios(folder) {
            let each = &of.iter().find(|(name, _)| name == class).unwrap().1;
            let (kept, cap) = match &member.terms {
                Terms::Capped(_, cap) => (cap.clone().max(member.due.clone()), true),
                Terms::Right(..) => (Q::zero(), false),
                _ => (member.due.clone(), false),
            };
            let kept = half_even(&kept, 12);
            let fits = match (what, sum <= at) {
                ("capped", true) => *each <= kept,
                ("capped", false) => *each >= kept,
                // Where not even the preferences are covered, a class may have less than its own.
                (_, true) => *each <= kept && (!cap || *each >= half_even(&member.due, 12) || sum < preferences),
                (_, false) => *each > kept || sum == at,
            };
            if !fits {
                wrong.push(format!("seed {seed}: {class} {what} at {at}, and gets {each} of {sum}"));
            }
        }
    }
    wrong
}

/// The smallest sum at which a holder gets an amount gives it that amount, and a cent less does not.
fn breakevens(seed: u64, stack: &Stack, folder: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, member) in stack.members.iter().enumerate() {
        let wanted = (&member.shares * &member.due * int(3) / int(2)).ceil() + int(1);
        let flag = format!("H{}={}", at + 1, wanted.to_integer());
        let result = run(stack, folder, &["--breakeven", &flag]);
        let gets = |sum: &Q| payout(&stack.members, sum).map(|of| &member.shares * &of[at]);
        match result["breakeven"]["fraction"].as_str() {
            Some(sum) => {
                let (numerator, denominator) = sum.split_once('/').unwrap_or((sum, "1"));
                let sum = parse(numerator).unwrap() / parse(denominator).unwrap();
                let less = &sum - int(1) / int(1_000_000);
                if gets(&sum) != Ok(wanted.clone()) || gets(&less).is_ok_and(|gets| gets >= wanted) {
                    wrong.push(format!("seed {seed}: {flag} at {sum}, which gives {:?}", gets(&sum)));
                }
            }
            None => {
                if gets(&int(1_000_000_000)).is_ok_and(|gets| gets >= wanted) {
                    wrong.push(format!("seed {seed}: {flag} at no sum, and yet"));
                }
            }
        }
    }
    wrong
}

#[test]
fn random_stacks_agree_with_every_combination_of_decisions() {
    set_silent();
    let stacks = std::env::var("RATABLE_STACKS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let first = std::env::var("RATABLE_FIRST").ok().and_then(|n| n.parse().ok()).unwrap_or(1u64);
    let all = || (first..first + stacks).into_par_iter().flat_map_iter(one).collect();
    let wrong: Vec<String> = with_own_threads(all);
    println!("{stacks} stacks, {} differences", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
}
