//! A derivation, step by step: what explain prints and statements show. Rules make the steps of classes and cohorts,
//! apportionment and withholding add the holder's.

use crate::model::reading::Reading;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The clause it rests on, such as `2(c)`; or a word for arithmetic that no clause names.
    pub clause: &'static str,
    /// What is done, in a sentence with its numbers.
    pub what: String,
    pub before: Option<String>,
    pub after: String,
    /// The readings it rests on, as `midpoint=half-up`.
    pub reading: Option<String>,
}

impl Step {
    pub fn new(clause: &'static str, what: impl Into<String>, after: impl Into<String>) -> Self {
        Self { clause, what: what.into(), before: None, after: after.into(), reading: None }
    }

    pub fn from(mut self, before: impl Into<String>) -> Self {
        self.before = Some(before.into());
        self
    }

    pub fn reading<R: Reading>(mut self, value: R) -> Self {
        let reading = format!("{}={}", R::NAME, value.word());
        self.reading = Some(self.reading.map_or(reading.clone(), |others| format!("{others}, {reading}")));
        self
    }
}
