//! In which order the transactions of one day stand: each after those that made what it takes.

use super::{Event, Fold, Kind, NONE, Parcels, State};

/// A transaction whose predecessors are still being counted.
const OPEN: u32 = u32::MAX;

impl Fold<'_> {
    /// How many transactions each one comes after, so that those of one day stand in order; 0 for those in a circle.
    pub(super) fn depths(&mut self, events: &[Event]) -> Vec<u32> {
        let mut parent = vec![NONE; self.securities.len()];
        for (ix, event) in (0..).zip(events) {
            let to = if event.kind == Kind::Move { &event.to[..] } else { &[] };
            for child in to.iter().copied().chain([event.balance]).filter(|child| *child != NONE) {
                if let Some(security) = self.get_mut(child) {
                    security.state = State::Waiting;
                    security.parcels = Parcels::These(Vec::new());
                }
                let Some(slot) = parent.get_mut(child as usize) else { continue };
                let before = std::mem::replace(slot, ix);
                if let Some(other) = events.get(before as usize) {
                    let object = self.object(event.file, event.object);
                    let message = format!(
                        "The security {} results from two transactions, {} and {}.",
                        self.names.text(child),
                        self.objects.text(other.object),
                        object.id
                    );
                    self.refuse("security.two-origins", &object, message);
                }
            }
        }
        let mut depths = vec![0u32; events.len()];
        for start in 0..u32::try_from(events.len()).unwrap_or(NONE) {
            let mut stack = vec![start];
            while let Some(&ix) = stack.last() {
                let Some(event) = events.get(ix as usize) else { break };
                let parents = event.from.iter().filter_map(|security| parent.get(*security as usize).copied());
                let before: Vec<u32> = parents.filter(|ix| *ix != NONE).collect();
                let depth = |ix: &u32| depths.get(*ix as usize).copied().unwrap_or(0);
                let (own, above) = (depth(&ix), before.iter().map(depth).max().unwrap_or(0));
                if own != 0 && own != OPEN {
                    stack.pop();
                    continue;
                }
                if above == OPEN {
                    return self.circle(events, &stack, &before, &depths);
                }
                let Some(slot) = depths.get_mut(ix as usize) else { break };
                if own == 0 {
                    *slot = OPEN;
                    stack.extend(before.iter().filter(|ix| depths.get(**ix as usize) == Some(&0)));
                } else {
                    *slot = above + 1;
                    stack.pop();
                }
            }
        }
        depths
    }

    /// Says that transactions hand shares round in a circle; nothing of a package with one is folded.
    fn circle(&mut self, events: &[Event], stack: &[u32], before: &[u32], depths: &[u32]) -> Vec<u32> {
        let open = stack.iter().filter(|ix| depths.get(**ix as usize) == Some(&OPEN)).chain(stack.last()).chain(before);
        let mut found: Vec<&Event> = open.filter_map(|ix| events.get(*ix as usize)).collect();
        found.sort_unstable_by_key(|event| self.objects.text(event.object));
        found.dedup_by_key(|event| event.object);
        let named: Vec<&str> = found.iter().take(10).map(|event| self.objects.text(event.object)).collect();
        let more = if found.len() > 10 { ", …" } else { "" };
        let message =
            format!("Each of these transactions comes after the others, in a circle: {}{more}.", named.join(", "));
        if let Some(first) = before.first().and_then(|ix| events.get(*ix as usize)) {
            self.refuse("transactions.circle", &self.object(first.file, first.object), message);
        }
        vec![0; events.len()]
    }
}
