//! A value per share for each group, made ready to be multiplied by millions of holdings in integers.
//!
//! All groups' values are brought over one denominator, so a holding's exact amount is `Σ shares × numerator` over it.
//! Where every product provably fits, this runs in `u128`; else in integers of any size. Both give the same figures.

use super::snapshot::{Holding, Holdings};
use crate::quantity::{MICROS_PER_SHARE, Midpoint, Ratio, Units, nearest, whole};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};
use rayon::prelude::*;

/// The largest sum of shares that a holding can have, in millionths, doubled for the rounding's comparison.
const MOST_SHARES: u128 = 2 * 10u128.pow(19);

/// Values per share by group, over one denominator, in units of 1/(10^decimals).
#[derive(Clone, Debug)]
pub(crate) enum Values {
    /// Every product fits in 128 bits.
    Small {
        /// By group.
        numerators: Vec<u128>,
        /// Common to all.
        denominator: u128,
    },
    /// Of any size.
    Wide {
        /// By group.
        numerators: Vec<BigUint>,
        /// Common to all.
        denominator: BigUint,
    },
}

impl Values {
    /// From values per share (not negative), for amounts with `decimals` decimals.
    pub(crate) fn new(per_share: &[Ratio], decimals: u32) -> Self {
        let scale = Ratio::new(crate::quantity::power_of_ten(decimals), BigInt::from(MICROS_PER_SHARE));
        let scaled: Vec<Ratio> = per_share.iter().map(|v| v * &scale).collect();
        let denominator = scaled.iter().fold(BigInt::one(), |lcm, v| lcm.lcm(v.denom()));
        let numerators: Vec<BigUint> =
            scaled.iter().map(|v| (v.numer() * (&denominator / v.denom())).magnitude().clone()).collect();
        let largest = numerators.iter().max().and_then(ToPrimitive::to_u128).unwrap_or(u128::MAX);
        match denominator.to_u128().filter(|d| *d < u128::MAX / 4) {
            Some(denominator) if largest.checked_mul(MOST_SHARES).is_some() => {
                Self::Small { numerators: numerators.iter().filter_map(ToPrimitive::to_u128).collect(), denominator }
            }
            _ => Self::Wide { numerators, denominator: denominator.magnitude().clone() },
        }
    }

    fn small(numerators: &[u128], holdings: &Holdings, holding: &Holding) -> u128 {
        let value = |group: u32| numerators.get(group as usize).copied().unwrap_or(0);
        holdings.parts(holding).map(|p| u128::from(p.shares) * value(p.group)).sum()
    }

    fn wide(numerators: &[BigUint], holdings: &Holdings, holding: &Holding) -> BigUint {
        let value = |p: super::snapshot::Part| numerators.get(p.group as usize).map(|n| n * p.shares);
        holdings.parts(holding).filter_map(value).sum()
    }

    /// A holding's exact amount in units.
    pub(crate) fn exact(&self, holdings: &Holdings, holding: &Holding) -> Ratio {
        match self {
            Self::Small { numerators, denominator } => {
                Ratio::new(Self::small(numerators, holdings, holding).into(), (*denominator).into())
            }
            Self::Wide { numerators, denominator } => {
                Ratio::new(Self::wide(numerators, holdings, holding).into(), denominator.clone().into())
            }
        }
    }

    /// A holding's whole units below its exact amount, and what is over as a numerator over the common denominator.
    pub(super) fn floor_small(
        numerators: &[u128],
        denominator: u128,
        holdings: &Holdings,
        holding: &Holding,
    ) -> (Units, u128) {
        let (floor, rest) = Self::small(numerators, holdings, holding).div_rem(&denominator);
        (Units::try_from(floor).unwrap_or(Units::MAX), rest)
    }

    /// As [`Self::floor_small`], of any size.
    pub(super) fn floor_wide(
        numerators: &[BigUint],
        denominator: &BigUint,
        holdings: &Holdings,
        holding: &Holding,
    ) -> (Units, BigUint) {
        let (floor, rest) = Self::wide(numerators, holdings, holding).div_rem(denominator);
        (floor.to_i128().unwrap_or(Units::MAX), rest)
    }

    /// A holding's amount rounded to whole units, an exact half as `midpoint` says.
    pub(crate) fn rounded(&self, holdings: &Holdings, holding: &Holding, midpoint: Midpoint) -> Units {
        match self {
            Self::Small { numerators, denominator } => {
                let (floor, rest) = Self::floor_small(numerators, *denominator, holdings, holding);
                nearest(floor, (2 * rest).cmp(denominator), midpoint)
            }
            Self::Wide { numerators, denominator } => {
                let (floor, rest) = Self::floor_wide(numerators, denominator, holdings, holding);
                nearest(floor, (rest * 2u8).cmp(denominator), midpoint)
            }
        }
    }

    /// A holding's amount rounded down to whole units.
    pub(crate) fn floored(&self, holdings: &Holdings, holding: &Holding) -> Units {
        match self {
            Self::Small { numerators, denominator } => Self::floor_small(numerators, *denominator, holdings, holding).0,
            Self::Wide { numerators, denominator } => Self::floor_wide(numerators, denominator, holdings, holding).0,
        }
    }

    /// The sum of every holding's amount, each rounded to whole units.
    pub(crate) fn total_rounded(&self, holdings: &Holdings, midpoint: Midpoint) -> Units {
        holdings.list().par_iter().with_min_len(4_096).map(|h| self.rounded(holdings, h, midpoint)).sum()
    }

    /// Every holding's amount, rounded to whole units.
    pub(crate) fn all_rounded(&self, holdings: &Holdings, midpoint: Midpoint) -> Vec<Units> {
        holdings.list().par_iter().map(|h| self.rounded(holdings, h, midpoint)).collect()
    }
}

/// Σ shares × value per share, exact.
pub(crate) fn weighted_sum(group_shares: &[u128], per_share: &[Ratio]) -> Ratio {
    let sum = group_shares
        .iter()
        .zip(per_share)
        .fold(whole(0), |sum, (shares, value)| if value.is_zero() { sum } else { sum + value * BigInt::from(*shares) });
    sum / BigInt::from(MICROS_PER_SHARE)
}
