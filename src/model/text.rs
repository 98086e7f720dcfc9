//! One long text that many short ones live in: a million names cost their letters and eight bytes each.

/// Where a text stands in its [`TextPool`]. The default is the empty text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// Whether the text is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// The texts of a register. Holds up to 4 GiB.
#[derive(Clone, Debug, Default)]
pub struct TextPool(String);

impl TextPool {
    /// Adds a text; `None` where the pool is full.
    #[must_use]
    pub fn push(&mut self, text: &str) -> Option<Span> {
        let start = u32::try_from(self.0.len()).ok()?;
        let len = u32::try_from(text.len()).ok()?;
        start.checked_add(len)?;
        self.0.push_str(text);
        Some(Span { start, len })
    }

    /// Whether so many more bytes fit.
    #[must_use]
    pub fn has_room(&self, bytes: usize) -> bool {
        self.0.len().saturating_add(bytes) < u32::MAX as usize
    }

    /// The text at `span`.
    #[must_use]
    pub fn get(&self, span: Span) -> &str {
        let start = span.start as usize;
        self.0.get(start..start + span.len as usize).unwrap_or("")
    }
}
