//! Holders who may be one: ids that differ by case or leading zeros only, one tax id, one account.

use super::{Reading, at};
use crate::input::findings::Findings;
use crate::input::table::Located;
use crate::model::register::{Detail, HolderIx};
use crate::problem::Problem;
use rayon::prelude::*;
use std::hash::BuildHasher;

/// How many pairs are named.
const NAMED: usize = 5;

impl Reading<'_> {
    /// Warns of holders who may be one; they are paid as two.
    pub(super) fn alike(&self, located: &Located, findings: &mut Findings) {
        let id = |ix: HolderIx| {
            let id = self.register.id(ix);
            let bare = id.trim_start_matches('0');
            Some(if bare.is_empty() { id.to_lowercase() } else { bare.to_lowercase() })
        };
        let detail = |detail: Detail| {
            move |ix: HolderIx| Some(self.register.detail(ix, detail)).filter(|t| !t.is_empty()).map(str::to_owned)
        };
        self.warn(located, findings, at::HOLDER_ID, "alike", "have ids that differ only by case or leading zeros", id);
        self.warn(located, findings, 9, "shared", "have one tax id", detail(Detail::TaxId));
        self.warn(located, findings, 15, "shared", "have one account", detail(Detail::Account));
    }

    fn warn(
        &self,
        located: &Located,
        findings: &mut Findings,
        column: usize,
        what: &str,
        they: &str,
        key: impl Fn(HolderIx) -> Option<String> + Sync,
    ) {
        if located.columns.get(column).copied().flatten().is_none() {
            return;
        }
        let count = self.register.holder_count();
        let hash = |ix: HolderIx| key(ix).map(|key| (self.hasher.hash_one(key), ix));
        let mut hashes: Vec<(u64, HolderIx)> = (0..count).into_par_iter().filter_map(hash).collect();
        hashes.par_sort_unstable();
        let pairs = hashes.windows(2).filter_map(|pair| match pair {
            [(a, first), (b, second)] if a == b && key(*first) == key(*second) => Some((*first, *second)),
            _ => None,
        });
        // In the order of the register: that of the hashes is another in each run.
        let mut pairs: Vec<(HolderIx, HolderIx)> = pairs.collect();
        pairs.sort_unstable_by_key(|(_, second)| *second);
        let Some((_, second)) = pairs.first() else { return };
        let row = self.first_rows.get(*second as usize).copied().unwrap_or(located.header_row);
        let name = located.table.columns.get(column).map_or("", |c| c.name);
        let shown =
            pairs.iter().take(NAMED).map(|(a, b)| format!("{} and {}", self.register.id(*a), self.register.id(*b)));
        let more = if pairs.len() > NAMED { ", and others" } else { "" };
        let message = format!("{name}: the holders {}{more} {they}.", shown.collect::<Vec<_>>().join(", "));
        let help = "They are paid as different holders; if they are one, give all their rows one id.";
        let place = located.place(Some(column), row);
        findings.push(Problem::warning(format!("register.{name}.{what}"), place, message, help));
    }
}
