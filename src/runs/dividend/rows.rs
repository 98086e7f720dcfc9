//! The rows of `distribution.csv`, with withholding, and the totals (SPEC 4.8, 7).

use super::Run;
use super::preferred::Preferred;
use super::series_a::InKind;
use crate::outcome::PaymentRow;
use crate::outcome::dividend::DividendTotals;
use crate::quantity::{Midpoint, Ratio, Units, nearest, round_half, units_ratio};
use crate::runs::common::CommonRun;
use num_traits::{ToPrimitive, Zero};
use rayon::prelude::*;
use std::collections::BTreeMap;

impl Run<'_> {
    pub(super) fn rows(&self, preferred: &Preferred, common: &CommonRun, in_kind: &[InKind]) -> Vec<PaymentRow> {
        let classes = &self.case().classes;
        let (series_a, common_class) = (classes.series_a(), classes.common());
        let mut cash_in_lieu: BTreeMap<usize, Units> = BTreeMap::new();
        for delivery in in_kind {
            *cash_in_lieu.entry(delivery.at).or_insert(0) += delivery.in_lieu;
        }
        let cash = preferred.holdings.list().iter().enumerate().filter_map(|(at, holding)| {
            let due = !preferred.due_per_share[usize::from(holding.class)].is_zero();
            (holding.class == series_a || due).then(|| {
                let gross = preferred.paid[at] + cash_in_lieu.get(&at).copied().unwrap_or(0);
                self.row(holding.holder, holding.class, 0, holding.shares, gross)
            })
        });
        let delivered = |d: &InKind| {
            let holding = &preferred.holdings.list()[d.at];
            let asset = u16::try_from(d.index + 1).unwrap_or(u16::MAX);
            self.row(holding.holder, series_a, asset, holding.shares, d.quantity.unwrap_or(0))
        };
        let mut delivered: Vec<PaymentRow> = in_kind.par_iter().map(delivered).collect();
        let key = |row: &PaymentRow| (row.holder, row.class, row.asset);
        delivered.par_sort_unstable_by_key(key);
        let common = common.amounts.iter().map(|a| self.row(a.holder, common_class, a.asset, a.shares, a.units));
        // Each of the three is in order by itself.
        let most = preferred.holdings.list().len() + delivered.len() + common.len();
        let mut rows = Vec::with_capacity(most);
        rows.extend(merged(merged(cash, delivered.into_iter(), key), common, key));
        rows
    }

    /// A row with its withholding: withheld = round(gross × rate), cash only (SPEC 4.8).
    pub(super) fn row(&self, holder: u32, class: u16, asset: u16, shares: u64, gross: Units) -> PaymentRow {
        let rate = self.case().register.stated_withholding_rate(holder).filter(|r| asset == 0 && !r.is_zero());
        let midpoint = self.case().terms.readings.midpoint();
        let withheld = rate.map_or(0, |rate| withhold(gross, rate, midpoint));
        PaymentRow { holder, class, asset, shares, gross, withheld }
    }
}

/// Two sequences in order, as one; of equal keys the first sequence's comes first.
fn merged<T, K: Ord>(
    first: impl Iterator<Item = T>,
    second: impl Iterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> impl Iterator<Item = T> {
    let (mut first, mut second) = (first.peekable(), second.peekable());
    std::iter::from_fn(move || match (first.peek(), second.peek()) {
        (Some(a), Some(b)) if key(b) < key(a) => second.next(),
        (Some(_), _) => first.next(),
        (None, _) => second.next(),
    })
}

/// Cash totals of the run.
pub(super) fn totals(
    preferred: &Preferred,
    rows: &[PaymentRow],
    common: &CommonRun,
    in_kind: &[InKind],
) -> DividendTotals {
    let cash = rows.iter().filter(|r| r.is_cash());
    let (gross, withheld) = cash.fold((0, 0), |(g, w), r| (g + r.gross, w + r.withheld));
    let full: Units = preferred.full.iter().sum();
    let common_cash: Units = common.amounts.iter().filter(|a| a.asset == 0).map(|a| a.units).sum();
    let in_lieu: Units = in_kind.iter().map(|d| d.in_lieu).sum();
    let due = full + common_cash + in_lieu;
    DividendTotals {
        due,
        gross,
        withheld,
        net: gross - withheld,
        unpaid: due - gross,
        not_distributed: preferred.not_distributed,
    }
}

/// round(gross × rate), in smallest units.
pub fn withhold(gross: Units, rate: &Ratio, midpoint: Midpoint) -> Units {
    let small = rate.numer().to_i64().zip(rate.denom().to_i64()).and_then(|(n, d)| {
        let product = gross.checked_mul(i128::from(n))?;
        let (floor, rest, denom) =
            (product.div_euclid(i128::from(d)), product.rem_euclid(i128::from(d)), i128::from(d));
        (product >= 0).then(|| nearest(floor, (2 * rest).cmp(&denom), midpoint))
    });
    small.unwrap_or_else(|| round_half(&(units_ratio(gross, 0) * rate), midpoint).to_i128().unwrap_or(gross))
}
