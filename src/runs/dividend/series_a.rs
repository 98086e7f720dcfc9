//! What Series A is delivered in kind: everything unpaid, in full (SPEC 4.8).

use super::Run;
use super::preferred::Preferred;
use crate::holdings::ScaledPerShare;
use crate::holdings::per_share::weighted_sum;
use crate::model::calendar::Date;
use crate::outcome::dividend::AssetDelivery;
use crate::quantity::{SHARE_DECIMALS, Units, whole};
use crate::rules::ledger::Ledger;
use crate::runs::Refusal;
use crate::runs::in_kind::{Fractions, NotDelivered, deliver};
use num_traits::Zero;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What a Series A holding is delivered of one asset.
pub(super) struct InKind {
    /// The holding's index.
    pub(super) at: usize,
    /// The asset's index.
    pub(super) index: usize,
    /// In millionths; none where nothing is owed.
    pub(super) quantity: Option<Units>,
    /// Cash in lieu of a fraction.
    pub(super) in_lieu: Units,
}

impl Run<'_> {
    /// The assets of the run: what Series A is owed and what Common is delivered on the date, by name.
    pub(super) fn assets(&self, ledger: &Ledger, shares: &BTreeMap<Date, u128>) -> Vec<AssetDelivery> {
        let date = self.plan.date;
        let owed = shares.keys().flat_map(|cohort| ledger.unpaid_in_kind(*cohort, date).into_keys());
        let payable = self.case().declarations.iter().filter(|d| d.payment_date == Some(date));
        let names: BTreeSet<String> = owed.chain(payable.filter_map(|d| d.asset.clone())).collect();
        let dividends = self.context.dividends();
        let delivery =
            |name: String| AssetDelivery { fair_value: dividends.fair_value(&name, date), name, delivered: 0 };
        names.into_iter().map(delivery).collect()
    }

    /// What each Series A holding is delivered, by asset.
    pub(super) fn series_a_in_kind(
        &self,
        preferred: &Preferred,
        ledger: &Ledger,
        assets: &[AssetDelivery],
    ) -> Result<Vec<InKind>, Refusal> {
        let date = self.plan.date;
        let series_a = self.case().classes.series_a();
        let mut deliveries = Vec::new();
        for (index, asset) in assets.iter().enumerate() {
            let per_share = self.context.group_values(
                |_| whole(0),
                |cohort| ledger.unpaid_in_kind(cohort, date).remove(&asset.name).unwrap_or_else(|| whole(0)),
            );
            if weighted_sum(&preferred.group_shares, &per_share).is_zero() {
                continue;
            }
            let fractions = self.context.fractions(asset.fair_value.as_ref());
            let keep = matches!(fractions, Fractions::Keep);
            let values = ScaledPerShare::new(&per_share, if keep { SHARE_DECIMALS } else { 0 });
            let holdings = preferred.holdings.list().par_iter().enumerate().filter(|(_, h)| h.class == series_a);
            let found: Vec<Result<InKind, NotDelivered>> = holdings
                .map(|(at, holding)| {
                    let owed = preferred.holdings.parts(holding).any(|p| !per_share[p.group as usize].is_zero());
                    if !owed {
                        return Ok(InKind { at, index, quantity: None, in_lieu: 0 });
                    }
                    let (quantity, in_lieu) = if keep {
                        (values.floored(&preferred.holdings, holding), 0)
                    } else {
                        let delivery = deliver(&values.exact(&preferred.holdings, holding), fractions)?;
                        (delivery.quantity, delivery.in_lieu.unwrap_or(0))
                    };
                    Ok(InKind { at, index, quantity: Some(quantity), in_lieu })
                })
                .collect();
            for delivery in found {
                let delivery = delivery.map_err(|why| self.context.not_delivered(why, &asset.name))?;
                if delivery.quantity.is_some() {
                    deliveries.push(delivery);
                }
            }
        }
        Ok(deliveries)
    }
}
