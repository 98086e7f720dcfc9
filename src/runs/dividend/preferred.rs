//! What the preferred stock is paid in cash: down the dividend ranks, or all of it (SPEC 4.8).

use super::Run;
use crate::holdings::{Holdings, ScaledPerShare};
use crate::model::class::Rank;
use crate::outcome::Apportionment;
use crate::quantity::{Ratio, Units, whole};
use crate::rules::ledger::Ledger;
use crate::runs::Refusal;
use crate::runs::ranks::{RankDue, dividend_ranks};
use rayon::prelude::*;

/// What the preferred holdings get in cash.
pub(super) struct Preferred {
    pub(super) holdings: Holdings,
    /// Due per share by group.
    pub(super) due_per_share: Vec<Ratio>,
    /// Paid per share by group, before units.
    pub(super) paid_per_share: Vec<Ratio>,
    pub(super) group_shares: Vec<u128>,
    /// In full, by holding.
    pub(super) full: Vec<Units>,
    /// Paid, by holding.
    pub(super) paid: Vec<Units>,
    pub(super) apportionments: Vec<Apportionment>,
    pub(super) not_distributed: Units,
}

impl Run<'_> {
    pub(super) fn due_per_share(&self, ledger: &Ledger) -> Vec<Ratio> {
        let date = self.plan.date;
        let classes = &self.case().classes;
        self.context.group_values(
            |class| {
                if classes.get(class).is_preferred() { classes.get(class).accrued_dividends.clone() } else { whole(0) }
            },
            |cohort| ledger.unpaid_cash(cohort, date),
        )
    }

    pub(super) fn pay_preferred(&self, ledger: &Ledger) -> Result<Preferred, Refusal> {
        let classes = &self.case().classes;
        let (date, entitled) = (self.plan.date, self.entitlement_day);
        let as_of = |class| match classes.get(class).rank {
            Rank::Common => None,
            Rank::SeriesA => Some(entitled),
            _ => Some(date),
        };
        let holdings = self.context.holdings(as_of, date)?;
        let due_per_share = self.due_per_share(ledger);
        let readings = &self.case().terms.readings;
        let full =
            ScaledPerShare::new(&due_per_share, self.context.decimals()).all_rounded(&holdings, readings.midpoint());
        let group_shares = holdings.group_shares(self.context.groups());
        let mut preferred = Preferred {
            paid: vec![0; full.len()],
            paid_per_share: vec![whole(0); due_per_share.len()],
            holdings,
            due_per_share,
            group_shares,
            full,
            apportionments: Vec::new(),
            not_distributed: 0,
        };
        self.pay_ranks(&mut preferred);
        Ok(preferred)
    }

    /// Down the ranks with `--funds`; or everything in full, but Series A what the payments table says.
    pub(super) fn pay_ranks(&self, preferred: &mut Preferred) {
        let classes = &self.case().classes;
        let series_a = classes.series_a();
        let stated = self.day_rows.sum().flatten();
        let mut left = self.plan.funds;
        for mut rank in dividend_ranks(classes) {
            if let Some(sum) = stated.filter(|_| rank.classes.contains(&series_a)) {
                rank.classes.retain(|class| *class != series_a);
                let taken = self.pay_rank(preferred, &[series_a], &classes.get(series_a).name, Some(sum));
                preferred.not_distributed = sum - taken;
            }
            let taken = self.pay_rank(preferred, &rank.classes, &rank.name, left);
            left = left.map(|left| left - taken);
        }
        preferred.not_distributed += left.unwrap_or(0);
    }

    pub(super) fn pay_rank(&self, preferred: &mut Preferred, rank: &[u16], name: &str, sum: Option<Units>) -> Units {
        let classes = &self.case().classes;
        let first_cohort = classes.list().len();
        let in_rank = |group: usize| {
            if group < first_cohort {
                rank.iter().any(|class| usize::from(*class) == group)
            } else {
                rank.contains(&classes.series_a())
            }
        };
        let holdings = preferred.holdings.list().par_iter().zip(&preferred.full);
        let full_total: Units = holdings.filter(|(h, _)| rank.contains(&h.class)).map(|(_, full)| *full).sum();
        let due = RankDue {
            holdings: &preferred.holdings,
            due: &preferred.due_per_share,
            shares: &preferred.group_shares,
            decimals: self.context.decimals(),
            proportional: self.case().terms.readings.partial_proportional(),
            first_cohort,
        };
        let paid = due.pay(name, in_rank, full_total, sum.unwrap_or(full_total));
        let units = paid.units.as_ref().map_or(&preferred.full, |(units, _)| units);
        let holdings = preferred.holdings.list().par_iter().zip(units);
        preferred.paid.par_iter_mut().zip(holdings).filter(|(_, (h, _))| rank.contains(&h.class)).for_each(
            |(paid, (_, units))| {
                *paid = *units;
            },
        );
        for (slot, value) in preferred.paid_per_share.iter_mut().zip(paid.per_share) {
            *slot += value;
        }
        preferred.apportionments.extend(paid.units.map(|(_, note)| note));
        paid.taken
    }

    pub(super) fn paid_to_series_a(&self, preferred: &Preferred) -> Units {
        let series_a = self.case().classes.series_a();
        let holdings = preferred.holdings.list().par_iter().zip(&preferred.paid);
        holdings.filter(|(h, _)| h.class == series_a).map(|(_, units)| *units).sum()
    }
}
