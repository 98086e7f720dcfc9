//! What is wrong with a case, and where: collected, never thrown one by one.

use serde::Serialize;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The case cannot be computed (exit 3).
    Error,
    /// Computed, but a person should look.
    Warning,
    /// Passed over on purpose; said so that nobody wonders.
    Note,
}

impl Severity {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Error => "problem",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Where a finding is: what a person clicks to. All parts optional, for a finding about a whole file or case.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, relative to the case's folder (or its name), with `/`.
    pub file: Option<String>,
    /// The sheet; none for CSV.
    pub sheet: Option<String>,
    /// The cell in A1 form; for CSV too.
    pub cell: Option<String>,
}

impl Place {
    /// A place that is a whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: Some(file.into()), ..Self::default() }
    }

    pub fn command_line() -> Self {
        Self::default()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How much it weighs.
    pub severity: Severity,
    /// `table.column.what`, such as `register.shares.not-a-number`.
    pub code: String,
    /// In a box, so that a problem is small enough to be an error.
    #[serde(flatten)]
    pub place: Box<Place>,
    /// The value found, as shown in the cell; `None` where there is no value to show.
    pub value: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do next, in a sentence.
    pub help: String,
}

impl Problem {
    /// An error: the case cannot be computed until this is mended.
    pub fn error(code: impl Into<String>, place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code: code.into(),
            place: Box::new(place),
            value: None,
            message: message.into(),
            help: help.into(),
        }
    }

    /// A warning: computed all the same.
    pub fn warning(code: impl Into<String>, place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message, help) }
    }

    /// A note: something was passed over.
    pub fn note(code: impl Into<String>, place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, place, message, help) }
    }

    /// The same finding with the value that was found.
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// The table that it is of: its code's first part.
    pub(crate) fn table(&self) -> &str {
        self.code.split('.').next().unwrap_or_default()
    }

    /// Whether it stops the run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
