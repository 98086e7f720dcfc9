//! Everything found while a case is read, in the order of reading.

use super::marks::Marks;
use crate::problem::Problem;
use std::collections::HashMap;

/// How many findings of one code are kept in full; past that they are counted.
const KEPT_PER_CODE: u64 = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Problem>,
    counts: HashMap<String, u64>,
    errors: bool,
    /// How files write their decimals.
    pub marks: Marks,
}

impl Findings {
    pub(crate) fn push(&mut self, problem: Problem) {
        self.errors |= problem.is_error();
        let count = self.counts.entry(problem.code.clone()).or_default();
        *count += 1;
        if *count <= KEPT_PER_CODE {
            self.list.push(problem);
        }
    }

    /// Whether anything found so far stops the run.
    pub(crate) fn any_error(&self) -> bool {
        self.errors
    }

    /// All of them; of a code found very often, the first ten thousand and how many more there were.
    pub(crate) fn into_list(mut self) -> Vec<Problem> {
        let mut over: Vec<(&String, u64)> =
            self.counts.iter().filter(|(_, n)| **n > KEPT_PER_CODE).map(|(code, n)| (code, *n)).collect();
        over.sort();
        for (code, count) in over {
            let Some(last) = self.list.iter().rev().find(|p| p.code == *code) else { continue };
            let mut more = last.clone();
            more.value = None;
            more.place.cell = None;
            more.message = format!("{} more cells have the same problem.", count - KEPT_PER_CODE);
            self.list.push(more);
        }
        self.list
    }
}
