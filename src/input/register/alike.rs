//! Holders who may be one: ids that differ by case or leading zeros only, one tax id, one account.

use super::{Reading, at};
use crate::input::findings::Findings;
use crate::input::table::Located;
use crate::model::register::{Detail, HolderIx, Lot, Register};
use crate::text::grouped;
use rayon::prelude::*;
use std::borrow::Cow;
use std::hash::BuildHasher;

/// How many pairs are named.
const NAMED: usize = 5;

/// Warns of lots without a certificate that are equal in all: they may have been pasted twice, and are counted.
pub(super) fn equal_lots(register: &Register, findings: &mut Findings) {
    let key = |lot: &Lot| (lot.shares, lot.issue_date, lot.retired_date, lot.treasury, lot.row);
    let equal = |of_one: &[Lot]| {
        let mut lots: Vec<&Lot> = of_one.iter().filter(|lot| register.certificate(lot).is_empty()).collect();
        lots.sort_unstable_by_key(|lot| key(lot));
        let same = |a: &Lot, b: &Lot| key(&Lot { row: b.row, ..*a }) == key(b);
        let pairs = lots.windows(2).filter(|pair| same(pair[0], pair[1]));
        pairs.map(|pair| (pair[1].row, *pair[0])).collect::<Vec<_>>()
    };
    let of_one = register.lots().par_chunk_by(|a, b| (a.holder, a.class) == (b.holder, b.class));
    let mut rows: Vec<(u32, Lot)> = of_one.filter(|lots| lots.len() > 1).flat_map_iter(equal).collect();
    rows.sort_unstable_by_key(|(row, _)| *row);
    let Some((row, first)) = rows.first() else { return };
    let more = if rows.len() > 1 {
        format!(" (so do {} more rows)", grouped(&(rows.len() - 1).to_string()))
    } else {
        String::new()
    };
    let message =
        format!("row {row} says the same as row {}, without a certificate that tells the lots apart{more}.", first.row);
    let help = "Nothing to do if they are different lots, which are all counted; else delete what was pasted twice.";
    let place = register.place(&Lot { row: *row, ..*first }, "shares");
    findings.warning("register.shares.same-lot", place, message, help);
}

impl Reading {
    /// Warns of holders who may be one; they are paid as two.
    pub(super) fn alike(&self, located: &Located, findings: &mut Findings) {
        let id = |ix: HolderIx| {
            let id = self.register.id(ix);
            let bare = id.trim_start_matches('0');
            Some(Cow::Owned(if bare.is_empty() { id.to_lowercase() } else { bare.to_lowercase() }))
        };
        let detail = |detail: Detail| {
            let key = move |ix| Some(self.register.detail(ix, detail)).filter(|t| !t.is_empty()).map(Cow::Borrowed);
            self.pairs(located, at::DETAILS[detail as usize], key)
        };
        let (ids, (tax_ids, accounts)) = rayon::join(
            || self.pairs(located, at::HOLDER_ID, id),
            || rayon::join(|| detail(Detail::TaxId), || detail(Detail::Account)),
        );
        let mut warn = |column, what, they, pairs| self.warn(located, findings, column, what, they, pairs);
        warn(at::HOLDER_ID, "alike", "have ids that differ only by case or leading zeros", &ids);
        warn(at::DETAILS[Detail::TaxId as usize], "shared", "have one tax id", &tax_ids);
        warn(at::DETAILS[Detail::Account as usize], "shared", "have one account", &accounts);
    }

    /// The holders of one key, each with the one before it, in the register's order; none where the column is not there.
    fn pairs<'s>(
        &self,
        located: &Located,
        column: usize,
        key: impl Fn(HolderIx) -> Option<Cow<'s, str>> + Sync,
    ) -> Vec<(HolderIx, HolderIx)> {
        if located.column(column).is_none() {
            return Vec::new();
        }
        let count = self.alone_from.unwrap_or_else(|| self.register.holder_count());
        let hash = |ix: HolderIx| key(ix).map(|key| (self.hasher.hash_one(key), ix));
        let mut hashes: Vec<(u64, HolderIx)> = (0..count).into_par_iter().filter_map(hash).collect();
        hashes.par_sort_unstable();
        let pairs = hashes.windows(2).filter_map(|pair| match pair {
            [(a, first), (b, second)] if a == b && key(*first) == key(*second) => Some((*first, *second)),
            _ => None,
        });
        // The order of the hashes is another in each run.
        let mut pairs: Vec<(HolderIx, HolderIx)> = pairs.collect();
        pairs.sort_unstable_by_key(|(_, second)| *second);
        pairs
    }

    fn warn(
        &self,
        located: &Located,
        findings: &mut Findings,
        column: usize,
        what: &str,
        they: &str,
        pairs: &[(HolderIx, HolderIx)],
    ) {
        let Some((_, second)) = pairs.first() else { return };
        let row = self.first_rows.get(*second as usize).copied().unwrap_or(located.header_row);
        let name = located.table.columns.get(column).map_or("", |c| c.name);
        let shown =
            pairs.iter().take(NAMED).map(|(a, b)| format!("{} and {}", self.register.id(*a), self.register.id(*b)));
        let more = if pairs.len() > NAMED { ", and others" } else { "" };
        let message = format!("{name}: the holders {}{more} {they}.", shown.collect::<Vec<_>>().join(", "));
        let help = "They are paid as different holders; if they are one, give all their rows one id.";
        let place = located.place(Some(column), row);
        findings.warning(format!("register.{name}.{what}"), place, message, help);
    }
}
