//! A derivation, step by step: what explain prints and statements show. Rules make the steps of classes and cohorts,
//! apportionment and withholding add the holder's.

/// One step of a derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The clause it rests on, such as `2(c)`; or `SPEC 4.7` for arithmetic that no clause names.
    pub clause: &'static str,
    /// What is done, in a sentence with its numbers.
    pub what: String,
    /// The figure before, where there is one.
    pub before: Option<String>,
    /// The figure after.
    pub after: String,
    /// The reading it rests on, as `midpoint=half-up`.
    pub reading: Option<String>,
}

impl Step {
    /// A step with a result.
    pub fn new(clause: &'static str, what: impl Into<String>, after: impl Into<String>) -> Self {
        Self { clause, what: what.into(), before: None, after: after.into(), reading: None }
    }

    /// The same with the figure before.
    pub fn from(mut self, before: impl Into<String>) -> Self {
        self.before = Some(before.into());
        self
    }

    /// The same with the reading it rests on.
    pub fn reading(mut self, name: &str, value: &str) -> Self {
        self.reading = Some(format!("{name}={value}"));
        self
    }
}
