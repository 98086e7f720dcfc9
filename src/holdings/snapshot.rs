//! The register as of a date, as holdings.

use super::BeyondLimits;
use crate::model::share_factor::ShareFactor;
use crate::model::{ClassIx, HolderIx, Lot, Register};
use crate::quantity::Shares;
use rayon::prelude::*;

/// Shares of a holding that share a per-share value: one cohort of Series A, or all of another class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Index of the group whose value per share they have.
    pub group: u32,
    pub shares: u64,
}

/// All of one holder's shares in one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    pub holder: HolderIx,
    pub class: ClassIx,
    part_count: u16,
    /// The group of its only part, as most holdings have; or where its several parts begin in [`Holdings`].
    group_or_first: u32,
    pub shares: u64,
}

/// Holdings in the order of (holder id, class order), with their parts.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    list: Vec<Holding>,
    /// The parts of those holdings that have several.
    parts: Vec<Part>,
}

impl Holdings {
    pub fn list(&self) -> &[Holding] {
        &self.list
    }

    /// A holding's parts, each of another group.
    pub fn parts(&self, holding: &Holding) -> impl Iterator<Item = Part> {
        let first = holding.group_or_first as usize;
        let (only, several) = match holding.part_count {
            1 => (Some(Part { group: holding.group_or_first, shares: holding.shares }), &[][..]),
            count => (None, &self.parts[first..first + usize::from(count)]),
        };
        only.into_iter().chain(several.iter().copied())
    }

    /// Shares by group, in millionths; as many entries as there are groups.
    pub fn group_shares(&self, groups: usize) -> Vec<u128> {
        let add = |mut a: Vec<u128>, b: Vec<u128>| {
            a.iter_mut().zip(b).for_each(|(x, y)| *x += y);
            a
        };
        self.list
            .par_chunks(65_536)
            .map(|holdings| {
                let mut sums = vec![0u128; groups];
                for part in holdings.iter().flat_map(|holding| self.parts(holding)) {
                    sums[part.group as usize] += u128::from(part.shares);
                }
                sums
            })
            .reduce(|| vec![0u128; groups], add)
    }

    /// The holding of a holder in a class.
    pub fn find(&self, holder: HolderIx, class: ClassIx) -> Option<&Holding> {
        let at = self.list.binary_search_by_key(&(holder, class), |h| (h.holder, h.class)).ok()?;
        self.list.get(at)
    }
}

/// The lots that belong to a `group`, as holdings, each lot's shares as `factor` makes them.
/// Errors: [`BeyondLimits`] where a holding reaches 10^13 shares.
pub fn snapshot(
    register: &Register,
    group: &impl Fn(&Lot) -> Option<u32>,
    factor: &ShareFactor,
) -> Result<Holdings, BeyondLimits> {
    let lots = register.lots();
    let mut holdings = Holdings { list: Vec::with_capacity(lots.len()), parts: Vec::new() };
    for lot in lots {
        if let Some(group) = group(lot) {
            holdings.add(lot, group, factor.shares_of(lot).ok_or(BeyondLimits)?.micros())?;
        }
    }
    Ok(holdings)
}

impl Holdings {
    fn add(&mut self, lot: &Lot, group: u32, shares: u64) -> Result<(), BeyondLimits> {
        let known = self.list.last_mut().filter(|h| (h.holder, h.class) == (lot.holder, lot.class));
        let Some(holding) = known else {
            let (holder, class) = (lot.holder, lot.class);
            self.list.push(Holding { holder, class, part_count: 1, group_or_first: group, shares });
            return Ok(());
        };
        let before = Part { group: holding.group_or_first, shares: holding.shares };
        let sum = holding.shares.checked_add(shares).map(Shares).filter(Shares::is_within_limit);
        holding.shares = sum.ok_or(BeyondLimits)?.micros();
        if holding.part_count == 1 {
            if before.group == group {
                return Ok(());
            }
            holding.group_or_first = u32::try_from(self.parts.len()).map_err(|_| BeyondLimits)?;
            holding.part_count = 2;
            self.parts.extend([before, Part { group, shares }]);
            return Ok(());
        }
        match self.parts[holding.group_or_first as usize..].iter_mut().find(|p| p.group == group) {
            Some(part) => part.shares += shares,
            None => {
                holding.part_count = holding.part_count.checked_add(1).ok_or(BeyondLimits)?;
                self.parts.push(Part { group, shares });
            }
        }
        Ok(())
    }
}
