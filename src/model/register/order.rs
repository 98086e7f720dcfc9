//! Putting holders in the order of their ids.
//!
//! Why it is here: a comparison sort that looks both ids up in the text pool took a third of a dividend run on a million
//! lots, nearly all of it waiting for memory (`TextPool::get`, 32 % of the samples). Ids are compared by the eight bytes
//! after what all of them begin with, and the texts are only looked up where those are equal.

use crate::model::{HolderIx, Span, TextPool};
use rayon::prelude::*;

/// Indexes from 0 in the bytewise order of their texts; equal texts by index.
pub(crate) fn by_text(texts: &TextPool, count: usize, span: impl Fn(HolderIx) -> Span + Sync) -> Vec<HolderIx> {
    let all: Vec<HolderIx> = (0..count).filter_map(|ix| HolderIx::try_from(ix).ok()).collect();
    let text = |ix: HolderIx| texts.get(span(ix)).as_bytes();
    let Some(first) = all.first().map(|ix| text(*ix)) else { return all };
    let shared = |len: usize, other: &[u8]| first.iter().zip(other).take(len).take_while(|(a, b)| a == b).count();
    let prefix = all
        .par_iter()
        .with_min_len(16_384)
        .fold(|| first.len(), |len, ix| shared(len, text(*ix)))
        .reduce(|| first.len(), usize::min);
    let mut keyed: Vec<(u64, HolderIx)> =
        all.par_iter().with_min_len(16_384).map(|ix| (key(&text(*ix)[prefix..]), *ix)).collect();
    drop(all);
    keyed.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))).then_with(|| a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, ix)| ix).collect()
}

/// The first eight bytes as a number that compares as they do; a shorter text is filled up with zeros, so an equal key
/// says nothing yet.
fn key(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(bytes)
}
