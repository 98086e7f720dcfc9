//! In which order the transactions of one day stand: each after those that made what it takes.

use super::{Event, Fold, Kind, OPEN, State};
use std::collections::HashMap;

impl Fold<'_> {
    /// How many transactions each one comes after, so that those of one day stand in order; 0 for those in a circle.
    pub(super) fn depths(&mut self, events: &[Event]) -> Vec<usize> {
        let mut parent: HashMap<u32, usize> = HashMap::new();
        for (ix, event) in events.iter().enumerate() {
            let (to, balance): (&[u32], _) = match &event.kind {
                Kind::Move { to, balance, .. } => (to, *balance),
                Kind::Retire { balance, .. } | Kind::Convert { balance, .. } => (&[], *balance),
                _ => (&[], None),
            };
            for child in to.iter().copied().chain(balance) {
                if let Some(security) = self.get_mut(child) {
                    security.state = State::Waiting;
                    security.parcels.clear();
                }
                if let Some(other) = parent.insert(child, ix).and_then(|other| events.get(other)) {
                    let (name, one, two) = (self.name(child), &other.object.id, &event.object.id);
                    let message = format!("The security {name} results from two transactions, {one} and {two}.");
                    self.refuse("security.two-origins", &event.object, message);
                }
            }
        }
        let mut depths = vec![0usize; events.len()];
        for start in 0..events.len() {
            let mut stack = vec![start];
            while let Some(&ix) = stack.last() {
                let Some(event) = events.get(ix) else { break };
                let before: Vec<usize> =
                    event.from.iter().filter_map(|security| parent.get(security)).copied().collect();
                let depth = |ix: &usize| depths.get(*ix).copied().unwrap_or(0);
                if depth(&ix) == 0 {
                    let open: Vec<usize> = before.iter().filter(|ix| depth(ix) == 0).copied().collect();
                    if before.iter().any(|ix| depth(ix) == OPEN) {
                        return self.circle(events, &stack, &before, &depths);
                    }
                    if let Some(slot) = depths.get_mut(ix) {
                        *slot = OPEN;
                    }
                    stack.extend(open);
                } else {
                    if depth(&ix) == OPEN {
                        let above = before.iter().map(depth).max().unwrap_or(0);
                        if above == OPEN {
                            return self.circle(events, &stack, &before, &depths);
                        }
                        if let Some(slot) = depths.get_mut(ix) {
                            *slot = above + 1;
                        }
                    }
                    stack.pop();
                }
            }
        }
        depths
    }

    /// Says that transactions hand shares round in a circle; nothing of a package with one is folded.
    fn circle(&mut self, events: &[Event], stack: &[usize], before: &[usize], depths: &[usize]) -> Vec<usize> {
        let open = stack.iter().filter(|ix| depths.get(**ix) == Some(&OPEN)).chain(before);
        let mut ids: Vec<&str> = open.filter_map(|ix| events.get(*ix)).map(|event| &*event.object.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let at = before.first().and_then(|ix| events.get(*ix)).map(|event| event.object.clone());
        let named = ids.iter().take(10).copied().collect::<Vec<_>>().join(", ");
        let more = if ids.len() > 10 { ", …" } else { "" };
        let message = format!("Each of these transactions comes after the others, in a circle: {named}{more}.");
        if let Some(at) = at {
            self.refuse("transactions.circle", &at, message);
        }
        vec![0; events.len()]
    }
}
