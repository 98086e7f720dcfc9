//! The rows of `distribution.csv`, with withholding, and the totals.

use super::Run;
use super::preferred::Preferred;
use crate::model::reading::WithholdInKind;
use crate::model::{ClassIx, HolderIx};
use crate::outcome::{AssetDelivery, DividendTotals, PaymentRow};
use crate::quantity::{Midpoint, Ratio, Units, nearest, round_half, units_ratio};
use crate::runs::Refusal;
use crate::runs::common::CommonRun;
use num_traits::{ToPrimitive, Zero};
use rayon::prelude::*;
use std::collections::BTreeMap;

impl Run<'_> {
    pub(super) fn rows(
        &self,
        preferred: &Preferred,
        common: &CommonRun,
        in_kind: &[(PaymentRow, Units)],
        assets: &[AssetDelivery],
    ) -> Result<Vec<PaymentRow>, Refusal> {
        let mut in_lieu: BTreeMap<HolderIx, Units> = BTreeMap::new();
        for (row, cash) in in_kind.iter().filter(|(_, cash)| *cash != 0) {
            *in_lieu.entry(row.holder).or_insert(0) += cash;
        }
        let mut rows = self.other_rows(preferred, common)?;
        rows.extend(in_kind.iter().map(|(row, _)| row));
        let held = preferred.series_a.holdings.list();
        rows.reserve_exact(held.len() + common.amounts.len());
        let held = held.par_iter().zip(&preferred.series_a_paid.units);
        rows.par_extend(held.map(|(h, paid)| {
            let gross = paid + in_lieu.get(&h.holder).copied().unwrap_or(0);
            self.row(h.holder, h.class, 0, h.shares, gross)
        }));
        let common_class = self.case().classes.common();
        let on_common = common.amounts.par_iter();
        rows.par_extend(on_common.map(|a| self.row(a.holder, common_class, a.asset, a.shares, a.units)));
        rows.par_sort_unstable_by_key(|row| (row.holder, row.class, row.asset));
        if self.case().terms.readings.withhold_in_kind == WithholdInKind::AtFairValue && !assets.is_empty() {
            self.withhold_on_deliveries(&mut rows, assets)?;
        }
        Ok(rows)
    }

    /// What other classes are paid of what they are due, and as if they were Common: a row for both together.
    fn other_rows(&self, preferred: &Preferred, common: &CommonRun) -> Result<Vec<PaymentRow>, Refusal> {
        let mut sums: BTreeMap<(HolderIx, ClassIx, u16), (u64, Units)> = BTreeMap::new();
        for other in preferred.others.iter().filter(|other| !other.due.is_zero()) {
            let held = other.holdings.list().iter().zip(&other.paid);
            sums.extend(held.map(|(h, paid)| ((h.holder, h.class, 0), (h.shares, *paid))));
        }
        let record_date = self.context.calendar.record_dates.of(self.plan.date);
        for (class, amounts) in &common.as_converted {
            let held = self.context.holdings(record_date, |lot| lot.class == *class)?;
            for amount in amounts {
                let shares = held.find(amount.holder, *class).map_or(0, |holding| holding.shares);
                let sum = sums.entry((amount.holder, *class, amount.asset)).or_default();
                *sum = (shares, sum.1 + amount.units);
            }
        }
        let row = |((holder, class, asset), (shares, gross))| self.row(holder, class, asset, shares, gross);
        Ok(sums.into_iter().map(row).collect())
    }

    /// A row with its withholding: gross × rate, rounded, of cash only.
    pub(super) fn row(&self, holder: HolderIx, class: ClassIx, asset: u16, shares: u64, gross: Units) -> PaymentRow {
        let rate = self.case().register.stated_withholding_rate(holder).filter(|r| asset == 0 && !r.is_zero());
        let midpoint = self.case().terms.readings.midpoint();
        let withheld = rate.map_or(0, |rate| withhold(gross, rate, midpoint));
        PaymentRow { holder, class, asset, shares, gross, withheld }
    }
}

/// Cash totals of the run.
pub(super) fn totals(
    preferred: &Preferred,
    rows: &[PaymentRow],
    common: &CommonRun,
    in_kind: &[(PaymentRow, Units)],
) -> DividendTotals {
    let sum = |of: fn(&PaymentRow) -> Units| rows.par_iter().filter(|r| r.is_cash()).map(of).sum::<Units>();
    let (gross, withheld) = (sum(|row| row.gross), sum(|row| row.withheld));
    let others: Units = preferred.others.iter().map(super::preferred::OtherClass::full_total).sum();
    let in_lieu: Units = in_kind.iter().map(|(_, cash)| cash).sum();
    let due = preferred.series_a.full_total + others + common.cash() + in_lieu;
    DividendTotals {
        due,
        gross,
        withheld,
        net: gross - withheld,
        unpaid: due - gross,
        not_distributed: preferred.not_distributed,
    }
}

/// gross × rate, rounded, in smallest units.
pub fn withhold(gross: Units, rate: &Ratio, midpoint: Midpoint) -> Units {
    let small = rate.numer().to_i64().zip(rate.denom().to_i64()).and_then(|(n, d)| {
        let product = gross.checked_mul(i128::from(n))?;
        let (floor, rest, denom) =
            (product.div_euclid(i128::from(d)), product.rem_euclid(i128::from(d)), i128::from(d));
        (product >= 0).then(|| nearest(floor, (2 * rest).cmp(&denom), midpoint))
    });
    small.unwrap_or_else(|| {
        round_half(&(units_ratio(gross, 0) * rate), midpoint).to_i128().expect("a rate is at most 1")
    })
}
