//! A value per share for each group, made ready to be multiplied by millions of holdings in integers.
//!
//! All groups' values are brought over one denominator, so a holding's exact amount is `Σ shares × numerator` over it.
//! Where every product provably fits, this runs in `u128`; else in integers of any size. Both give the same figures.

use super::snapshot::{Holding, Holdings};
use crate::quantity::{MICROS_PER_SHARE, Midpoint, Ratio, Units, nearest, power_of_ten, whole};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rayon::prelude::*;
use std::iter::Sum;

/// The largest sum of shares that a holding can have, in millionths, doubled for the rounding's comparison.
const MOST_SHARES: u128 = 2 * 10u128.pow(19);

/// Values per share by group, over one denominator, in units of 1/(10^decimals).
#[derive(Clone, Debug)]
pub(crate) enum ScaledPerShare {
    /// Every product fits in 128 bits.
    Small(Scaled<u128>),
    /// Of any size.
    Wide(Scaled<BigUint>),
}

/// A numerator for each group, and the denominator of all.
#[derive(Clone, Debug)]
pub(crate) struct Scaled<N> {
    numerators: Vec<N>,
    denominator: N,
}

/// An integer in which a holding's amount is computed.
pub(crate) trait Number: Integer + Clone + Sum + ToPrimitive + Into<BigInt> {
    fn times(&self, shares: u64) -> Self;
}

impl Number for u128 {
    fn times(&self, shares: u64) -> Self {
        u128::from(shares) * self
    }
}

impl Number for BigUint {
    fn times(&self, shares: u64) -> Self {
        self * shares
    }
}

impl<N: Number> Scaled<N> {
    /// A holding's exact amount, as a numerator over the denominator.
    fn amount(&self, holdings: &Holdings, holding: &Holding) -> N {
        holdings.parts(holding).map(|p| self.numerators[p.group as usize].times(p.shares)).sum()
    }

    /// A holding's whole units below its exact amount, and what is over as a numerator over the denominator.
    pub(super) fn floor(&self, holdings: &Holdings, holding: &Holding) -> (Units, N) {
        let (floor, rest) = self.amount(holdings, holding).div_rem(&self.denominator);
        (floor.to_i128().expect("amounts are below 10^38 units"), rest)
    }

    fn rounded(&self, holdings: &Holdings, holding: &Holding, midpoint: Midpoint) -> Units {
        let (floor, rest) = self.floor(holdings, holding);
        nearest(floor, (rest.clone() + rest).cmp(&self.denominator), midpoint)
    }
}

impl ScaledPerShare {
    /// Of values per share, for amounts with `decimals` decimals.
    pub(crate) fn new(per_share: &[Ratio], decimals: u32) -> Self {
        let scale = Ratio::new(power_of_ten(decimals), BigInt::from(MICROS_PER_SHARE));
        let scaled: Vec<Ratio> = per_share.iter().map(|v| v * &scale).collect();
        let denominator = scaled.iter().fold(BigInt::one(), |lcm, v| lcm.lcm(v.denom()));
        let numerator = |v: &Ratio| {
            assert!(!v.is_negative(), "a value per share is not negative");
            (v.numer() * (&denominator / v.denom())).magnitude().clone()
        };
        let numerators: Vec<BigUint> = scaled.iter().map(numerator).collect();
        let small: Option<Vec<u128>> = numerators.iter().map(ToPrimitive::to_u128).collect();
        let fits = |n: &u128| n.checked_mul(MOST_SHARES).is_some();
        match (small, denominator.to_u128().filter(|d| *d < u128::MAX / 4)) {
            (Some(numerators), Some(denominator)) if numerators.iter().all(fits) => {
                Self::Small(Scaled { numerators, denominator })
            }
            _ => Self::Wide(Scaled { numerators, denominator: denominator.magnitude().clone() }),
        }
    }

    /// A holding's exact amount as a numerator, and the denominator.
    fn amount(&self, holdings: &Holdings, holding: &Holding) -> (BigInt, BigInt) {
        match self {
            Self::Small(scaled) => (scaled.amount(holdings, holding).into(), scaled.denominator.into()),
            Self::Wide(scaled) => (scaled.amount(holdings, holding).into(), scaled.denominator.clone().into()),
        }
    }

    /// A holding's exact amount in units.
    pub(crate) fn exact(&self, holdings: &Holdings, holding: &Holding) -> Ratio {
        let (amount, denominator) = self.amount(holdings, holding);
        Ratio::new(amount, denominator)
    }

    /// A holding's amount rounded to whole units, an exact half as `midpoint` says.
    pub(crate) fn rounded(&self, holdings: &Holdings, holding: &Holding, midpoint: Midpoint) -> Units {
        match self {
            Self::Small(scaled) => scaled.rounded(holdings, holding, midpoint),
            Self::Wide(scaled) => scaled.rounded(holdings, holding, midpoint),
        }
    }

    /// A holding's amount rounded down to whole units.
    pub(crate) fn floored(&self, holdings: &Holdings, holding: &Holding) -> Units {
        match self {
            Self::Small(scaled) => scaled.floor(holdings, holding).0,
            Self::Wide(scaled) => scaled.floor(holdings, holding).0,
        }
    }

    /// A holding's amount and what is added to it, as a numerator over [`Self::denominator_with`].
    pub(super) fn plus(&self, holdings: &Holdings, holding: &Holding, addition: Units, added: &Additions) -> BigInt {
        let (amount, denominator) = self.amount(holdings, holding);
        amount * added.denominator + denominator * addition
    }

    /// What [`Self::plus`] is over.
    fn denominator_with(&self, added: &Additions) -> BigInt {
        let own: BigInt = match self {
            Self::Small(scaled) => scaled.denominator.into(),
            Self::Wide(scaled) => scaled.denominator.clone().into(),
        };
        own * added.denominator
    }

    /// Every holding's amount, rounded to whole units.
    pub(crate) fn all_rounded(&self, holdings: &Holdings, midpoint: Midpoint) -> Vec<Units> {
        holdings.list().par_iter().map(|h| self.rounded(holdings, h, midpoint)).collect()
    }

    /// Every holding's amount with what is added to it, rounded to whole units; below nothing it is nothing.
    pub(crate) fn all_rounded_with(&self, holdings: &Holdings, added: &Additions, midpoint: Midpoint) -> Vec<Units> {
        let denominator = self.denominator_with(added);
        let rounded = |(holding, addition): (&Holding, &Units)| {
            let amount = self.plus(holdings, holding, *addition, added).max(BigInt::zero());
            let (floor, rest) = amount.div_rem(&denominator);
            nearest(floor.to_i128().expect("amounts are below 10^38 units"), (rest * 2u8).cmp(&denominator), midpoint)
        };
        holdings.list().par_iter().zip(&added.numerators).map(rounded).collect()
    }
}

/// What is added to each holding's amount, in units over one denominator: what it carries, or, below zero, what it had
/// before.
#[derive(Clone, Debug)]
pub(crate) struct Additions {
    /// By holding, in the order of the holdings.
    pub numerators: Vec<Units>,
    pub denominator: u64,
}

/// Σ shares × value per share, exact.
pub(crate) fn weighted_sum(group_shares: &[u128], per_share: &[Ratio]) -> Ratio {
    assert_eq!(group_shares.len(), per_share.len(), "every group has its shares and its value");
    let sum = group_shares
        .iter()
        .zip(per_share)
        .fold(whole(0), |sum, (shares, value)| if value.is_zero() { sum } else { sum + value * BigInt::from(*shares) });
    sum / BigInt::from(MICROS_PER_SHARE)
}
