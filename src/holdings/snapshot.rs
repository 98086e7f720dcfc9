//! The register as of a date (SPEC 4.2), as holdings.

use super::BeyondLimits;
use crate::model::class::ClassIx;
use crate::model::register::{HolderIx, Lot, Register};
use crate::quantity::{MICROS_PER_SHARE, Ratio, SHARES_LIMIT, Shares};
use num_integer::Integer;
use num_traits::ToPrimitive;
use rayon::prelude::*;

/// Lots that one thread takes at a time.
const CHUNK: usize = 16_384;

/// Shares of a holding that share a per-share value: one cohort of Series A, or all of another class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Index of the group whose value per share they have.
    pub group: u32,
    /// How many, in millionths.
    pub shares: u64,
}

/// All of one holder's shares in one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whose.
    pub holder: HolderIx,
    /// Of which class.
    pub class: ClassIx,
    /// How many parts it has.
    part_count: u16,
    /// The group of its only part, as most holdings have; or where its several parts begin in [`Holdings`].
    group_or_first: u32,
    /// All its shares, in millionths.
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
    /// Every holding, in order.
    pub fn list(&self) -> &[Holding] {
        &self.list
    }

    /// A holding's parts, each of another group.
    pub fn parts(&self, holding: &Holding) -> impl Iterator<Item = Part> {
        let first = holding.group_or_first as usize;
        let (only, several) = match holding.part_count {
            1 => (Some(Part { group: holding.group_or_first, shares: holding.shares }), None),
            count => (None, self.parts.get(first..first + usize::from(count))),
        };
        only.into_iter().chain(several.unwrap_or_default().iter().copied())
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
                    if let Some(sum) = sums.get_mut(part.group as usize) {
                        *sum += u128::from(part.shares);
                    }
                }
                sums
            })
            .reduce(|| vec![0u128; groups], add)
    }

    /// The holding of a holder in a class, and its index.
    pub fn find(&self, holder: HolderIx, class: ClassIx) -> Option<(usize, &Holding)> {
        let at = self.list.binary_search_by_key(&(holder, class), |h| (h.holder, h.class)).ok()?;
        self.list.get(at).map(|holding| (at, holding))
    }
}

/// Which lots belong to a snapshot, and to which group each goes.
pub trait Groups: Sync {
    /// The group of a lot that counts; none where it does not.
    fn group(&self, lot: &Lot) -> Option<u32>;
}

impl<F: Fn(&Lot) -> Option<u32> + Sync> Groups for F {
    fn group(&self, lot: &Lot) -> Option<u32> {
        self(lot)
    }
}

/// Takes the lots that `groups` selects, as holdings. `factor` multiplies each lot of class `factored` once and rounds
/// it down to 6 decimals (SPEC 4.2, `register_date`).
/// Errors: [`BeyondLimits`] where a holding reaches 10^13 shares, or a part count overflows.
pub fn snapshot(
    register: &Register,
    groups: &impl Groups,
    factored: ClassIx,
    factor: Option<&Ratio>,
) -> Result<Holdings, BeyondLimits> {
    let factor = factor.map(Factor::new);
    let of_chunk = |lots: &&[Lot]| {
        let mut holdings = Holdings::default();
        for lot in *lots {
            let Some(group) = groups.group(lot) else { continue };
            let shares = match &factor {
                Some(factor) if lot.class == factored => factor.adjust(lot.shares)?,
                _ => lot.shares.micros(),
            };
            holdings.add(lot, group, shares)?;
        }
        Ok(holdings)
    };
    let counting = register.lots().par_iter().with_min_len(CHUNK).filter(|lot| groups.group(lot).is_some()).count();
    let mut all = Holdings { list: Vec::with_capacity(counting), parts: Vec::new() };
    // A few chunks at a time and into memory taken once, so that never all holdings are in memory twice.
    for batch in holder_chunks(register.lots()).chunks(2 * rayon::current_num_threads()) {
        let found: Vec<Result<Holdings, BeyondLimits>> = batch.par_iter().map(of_chunk).collect();
        for chunk in found {
            all.append(chunk?)?;
        }
    }
    Ok(all)
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
        holding.shares = holding.shares.checked_add(shares).filter(within_limit).ok_or(BeyondLimits)?;
        if holding.part_count == 1 {
            if before.group == group {
                return Ok(());
            }
            holding.group_or_first = u32::try_from(self.parts.len()).map_err(|_| BeyondLimits)?;
            holding.part_count = 2;
            self.parts.extend([before, Part { group, shares }]);
            return Ok(());
        }
        let parts = self.parts.get_mut(holding.group_or_first as usize..).ok_or(BeyondLimits)?;
        match parts.iter_mut().find(|p| p.group == group) {
            Some(part) => part.shares += shares,
            None => {
                holding.part_count = holding.part_count.checked_add(1).ok_or(BeyondLimits)?;
                self.parts.push(Part { group, shares });
            }
        }
        Ok(())
    }

    fn append(&mut self, other: Self) -> Result<(), BeyondLimits> {
        let shift = u32::try_from(self.parts.len()).map_err(|_| BeyondLimits)?;
        u32::try_from(self.parts.len() + other.parts.len()).map_err(|_| BeyondLimits)?;
        let moved = |h: Holding| match h.part_count {
            1 => h,
            _ => Holding { group_or_first: h.group_or_first + shift, ..h },
        };
        self.list.extend(other.list.into_iter().map(moved));
        self.parts.extend(other.parts);
        Ok(())
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that Option::filter wants")]
fn within_limit(micros: &u64) -> bool {
    *micros < SHARES_LIMIT * MICROS_PER_SHARE
}

/// Lots in runs of about [`CHUNK`] that end where a holder ends.
fn holder_chunks(lots: &[Lot]) -> Vec<&[Lot]> {
    let mut chunks = Vec::new();
    let mut rest = lots;
    while !rest.is_empty() {
        let mut end = rest.len().min(CHUNK);
        while end < rest.len() && rest.get(end).map(|l| l.holder) == rest.get(end - 1).map(|l| l.holder) {
            end += 1;
        }
        let (chunk, after) = rest.split_at(end);
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

/// A factor on share counts, rounded down to 6 decimals.
struct Factor {
    exact: Ratio,
    small: Option<(u128, u128)>,
}

impl Factor {
    fn new(factor: &Ratio) -> Self {
        let small = factor.numer().to_u64().zip(factor.denom().to_u64());
        Self { exact: factor.clone(), small: small.map(|(n, d)| (u128::from(n), u128::from(d))) }
    }

    fn adjust(&self, shares: Shares) -> Result<u64, BeyondLimits> {
        let micros = match self.small {
            Some((numer, denom)) => u64::try_from(u128::from(shares.micros()) * numer / denom).ok(),
            None => (self.exact.numer() * shares.micros()).div_floor(self.exact.denom()).to_u64(),
        };
        micros.filter(within_limit).ok_or(BeyondLimits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text::Span;

    fn lot(holder: HolderIx, micros: u64) -> Lot {
        let (issue_date, retired_date, certificate) = (None, None, Span::default());
        Lot {
            holder,
            row: 1,
            shares: Shares(micros),
            issue_date,
            retired_date,
            certificate,
            class: 0,
            treasury: crate::model::register::Treasury::No,
        }
    }

    #[test]
    fn the_shares_of_a_holding_stay_below_the_limit_however_many_lots_they_come_in() {
        const LIMIT: u64 = SHARES_LIMIT * MICROS_PER_SHARE;
        let mut holdings = Holdings::default();
        holdings.add(&lot(1, LIMIT - 3), 0, LIMIT - 3).unwrap();
        holdings.add(&lot(1, 2), 1, 2).unwrap();
        assert!(holdings.add(&lot(1, 1), 0, 1).is_err());
        let doubled = Factor::new(&Ratio::from_integer(2.into()));
        assert!(doubled.adjust(Shares(LIMIT / 2 - 1)).is_ok());
        assert!(doubled.adjust(Shares(LIMIT / 2)).is_err());
    }

    #[test]
    fn a_factor_of_any_size_is_applied_and_rounded_down() {
        let factor = |numer: u128, denom: u128| Factor::new(&Ratio::new(numer.into(), denom.into()));
        let (small, wide) = (factor(3, 7), factor(3 * 10u128.pow(30) + 1, 7 * 10u128.pow(30)));
        assert!(small.small.is_some() && wide.small.is_none());
        for factor in [small, wide] {
            assert!(factor.adjust(Shares(1_000_000)).is_ok_and(|micros| micros == 428_571));
        }
    }

    #[test]
    fn no_holder_is_parted_between_two_chunks() {
        // The second holder's lots stand across the first chunk's end, the third's begin right at another's.
        let holder = |at: usize| match at {
            0..16_383 => 1,
            16_383..17_001 => 2,
            17_001..33_385 => 3,
            _ => 4,
        };
        let lots: Vec<Lot> = (0..40_000).map(|at| lot(holder(at), 1)).collect();
        let lengths: Vec<usize> = holder_chunks(&lots).iter().map(|chunk| chunk.len()).collect();
        assert_eq!(lengths, [17_001, 16_384, 6_615]);
    }
}
