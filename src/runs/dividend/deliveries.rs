//! What Series A is delivered in kind: everything unpaid, in full.

use super::Run;
use crate::holdings::{Holding, Holdings, ScaledPerShare};
use crate::model::calendar::Date;
use crate::model::register::HolderIx;
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
    pub(super) holder: HolderIx,
    /// The asset's index.
    pub(super) index: usize,
    /// In millionths.
    pub(super) quantity: Units,
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
        holdings: &Holdings,
        ledger: &Ledger,
        assets: &[AssetDelivery],
    ) -> Result<Vec<InKind>, Refusal> {
        let mut deliveries = Vec::new();
        for (index, asset) in assets.iter().enumerate() {
            let owed = |cohort| ledger.unpaid_in_kind(cohort, self.plan.date).remove(&asset.name);
            let per_share = self.context.group_values(|_| whole(0), |c| owed(c).unwrap_or_else(|| whole(0)));
            if per_share.iter().all(Zero::is_zero) {
                continue;
            }
            let fractions = self.context.fractions(asset.fair_value.as_ref());
            let keep = matches!(fractions, Fractions::Keep);
            let values = ScaledPerShare::new(&per_share, if keep { SHARE_DECIMALS } else { 0 });
            let is_owed = |h: &&Holding| holdings.parts(h).any(|p| !per_share[p.group as usize].is_zero());
            let deliver_to = |holding: &Holding| {
                let holder = holding.holder;
                if keep {
                    return Ok(InKind { holder, index, quantity: values.floored(holdings, holding), in_lieu: 0 });
                }
                let delivery = deliver(&values.exact(holdings, holding), fractions)?;
                let in_lieu = delivery.in_lieu.unwrap_or(0);
                Ok(InKind { holder, index, quantity: delivery.quantity, in_lieu })
            };
            let found: Result<Vec<InKind>, NotDelivered> =
                holdings.list().par_iter().filter(is_owed).map(deliver_to).collect();
            deliveries.extend(found.map_err(|why| self.context.not_delivered(why, &asset.name))?);
        }
        Ok(deliveries)
    }
}
