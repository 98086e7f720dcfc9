//! Putting a register in order, in linear time where it can be.
//!
//! Why it is here: a comparison sort that looks both ids up in the text pool took a third of a dividend run on a million
//! lots, nearly all of it waiting for memory (`TextPool::get`, 32 % of the samples). Ids are compared by the eight bytes
//! after what all of them begin with, and the texts are only looked up where those are equal; lots are put in their
//! holders' places by counting.

use crate::model::{HolderIx, Lot, Span, TextPool};
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

/// Puts lots in order of (holder, class, row); `holders` is one more than the largest holder.
pub(crate) fn lots(lots: &mut Vec<Lot>, holders: usize) {
    let mut ends = vec![0u32; holders + 1];
    for lot in lots.iter() {
        ends[lot.holder as usize + 1] += 1;
    }
    let mut sum = 0;
    for count in &mut ends {
        sum += *count;
        *count = sum;
    }
    let Some(blank) = lots.first().copied() else { return };
    let mut sorted = vec![blank; lots.len()];
    // Each thread looks at all lots and puts those of some holders in their places.
    let some = holders.div_ceil(rayon::current_num_threads());
    let starts: Vec<usize> = (0..=holders).step_by(some).chain([holders]).map(|h| ends[h] as usize).collect();
    let (mut parts, mut rest) = (Vec::new(), &mut sorted[..]);
    for (at, ends) in ends[..holders].chunks_mut(some).enumerate() {
        let (part, later) = rest.split_at_mut(starts[at + 1] - starts[at]);
        parts.push((at * some, ends, starts[at], part));
        rest = later;
    }
    parts.into_par_iter().for_each(|(first, ends, start, part)| {
        for lot in lots.iter() {
            // `ends[h]` is where holder h's lots begin; it moves on as they are put there.
            let Some(place) = (lot.holder as usize).checked_sub(first).and_then(|at| ends.get_mut(at)) else {
                continue;
            };
            part[*place as usize - start] = *lot;
            *place += 1;
        }
        by_class_and_row(part);
    });
    *lots = sorted;
}

/// Puts lots that are in order of holders in order of (holder, class, row).
fn by_class_and_row(lots: &mut [Lot]) {
    let in_order = |a: &Lot, b: &Lot| (a.holder, a.class, a.row) <= (b.holder, b.class, b.row);
    // A holder's lots are few and came in order of row, so this mostly looks and seldom moves.
    let mut from = 0;
    while let Some(at) = lots.get(from..).and_then(|rest| rest.windows(2).position(|w| !in_order(&w[0], &w[1]))) {
        let holder = lots[from + at].holder;
        let start = lots[..from + at].iter().rposition(|l| l.holder != holder).map_or(0, |ix| ix + 1);
        let len = lots[start..].iter().take_while(|l| l.holder == holder).count();
        lots[start..start + len].sort_unstable_by_key(|lot| (lot.class, lot.row));
        from = start + len;
    }
}
