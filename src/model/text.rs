//! One long text that many short ones live in: a million names cost their letters and eight bytes each.

#![allow(clippy::expect_used, reason = "an invariant that does not hold ends the run")]

use rayon::prelude::*;

/// How many items' texts are copied before they are put together.
const BATCH: usize = 1 << 19;

/// Where a text stands in its [`TextPool`]. The default is the empty text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// The same text where it stands at `next`, which moves on past it.
    pub(super) fn moved_to(self, next: &mut u32) -> Self {
        if self.is_empty() {
            return Self::default();
        }
        let start = *next;
        *next += self.len;
        Self { start, len: self.len }
    }

    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// The texts of a register. Holds up to 4 GiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextPool(String);

impl TextPool {
    /// Adds a text; `None` where the pool is full.
    pub(crate) fn push(&mut self, text: &str) -> Option<Span> {
        let start = u32::try_from(self.0.len()).ok()?;
        let len = u32::try_from(text.len()).ok()?;
        start.checked_add(len)?;
        self.0.push_str(text);
        Some(Span { start, len })
    }

    /// A pool of the texts of `items`, one after the other; `None` past 4 GiB.
    ///
    /// Texts come in the order of the file and are asked for in the order of the holders: read in many places at once
    /// here, by every thread, they are read from start to end ever after.
    pub(super) fn repacked<T: Sync, I: Iterator<Item = Span>>(
        &self,
        items: &[T],
        spans: &(impl Fn(&T) -> I + Sync),
    ) -> Option<Self> {
        let part = |items: &[T]| {
            let mut text = String::new();
            items.iter().flat_map(spans).for_each(|span| text.push_str(self.get(span)));
            text
        };
        let mut all = Self(String::with_capacity(self.0.len()));
        for batch in items.chunks(BATCH) {
            let parts: Vec<String> = batch.par_chunks(BATCH / 64).map(part).collect();
            for part in parts {
                all.append(&Self(part))?;
            }
        }
        Some(all)
    }

    /// Adds another pool's texts behind; `None` past 4 GiB.
    pub(super) fn append(&mut self, other: &Self) -> Option<()> {
        self.has_room(other.0.len()).then(|| self.0.push_str(&other.0))
    }

    /// Where the next text will stand.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.0.len()).expect("a pool holds up to 4 GiB")
    }

    /// Whether so many more bytes fit.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.0.len().saturating_add(bytes) < u32::MAX as usize
    }

    pub(crate) fn get(&self, span: Span) -> &str {
        let start = span.start as usize;
        &self.0[start..start + span.len as usize]
    }
}
