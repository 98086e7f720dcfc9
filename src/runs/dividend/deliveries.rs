//! What Series A is delivered in kind: everything unpaid, in full.

use super::Run;
use crate::holdings::{Holding, Holdings};
use crate::outcome::{AssetDelivery, PaymentRow};
use crate::quantity::{Units, whole};
use crate::rules::ledger::Ledger;
use crate::runs::Refusal;
use crate::runs::in_kind::{Delivery, deliver_to_all};
use num_traits::Zero;
use std::collections::BTreeSet;

impl Run<'_> {
    /// The assets of the run: what Series A is owed and what Common is delivered on the date, by name.
    pub(super) fn assets(&self, owed: &BTreeSet<String>) -> Vec<AssetDelivery> {
        let payable = self.payable().filter_map(|d| d.asset.as_ref());
        let names: BTreeSet<&String> = owed.iter().chain(payable).collect();
        let fair_value = |name: &str| self.dividends.fair_value(name, self.plan.date);
        let delivery = |name: &String| AssetDelivery { name: name.clone(), fair_value: fair_value(name), delivered: 0 };
        names.into_iter().map(delivery).collect()
    }

    /// What each Series A holding is delivered, by asset: its row, and the cash in lieu of a fraction.
    pub(super) fn series_a_in_kind(
        &self,
        holdings: &Holdings,
        ledger: &Ledger,
        assets: &[AssetDelivery],
    ) -> Result<Vec<(PaymentRow, Units)>, Refusal> {
        let mut deliveries = Vec::new();
        for (asset, slot) in assets.iter().zip(1..) {
            let owed = |cohort| ledger.unpaid_in_kind(cohort, self.plan.date).remove(&asset.name);
            let per_share = self.context.group_values(|_| whole(0), |c| owed(c).unwrap_or_else(|| whole(0)));
            if per_share.iter().all(Zero::is_zero) {
                continue;
            }
            let is_owed = |h: &Holding| holdings.parts(h).any(|p| !per_share[p.group as usize].is_zero());
            let fair_value = self.dividends.needed_fair_value(&asset.name, self.plan.date);
            let delivered = deliver_to_all(self.context, holdings, &per_share, &fair_value)?;
            let delivered = holdings.list().iter().zip(delivered).filter(|(holding, _)| is_owed(holding));
            deliveries.extend(delivered.map(|(holding, Delivery { quantity, in_lieu })| {
                let row = self.row(holding.holder, holding.class, slot, holding.shares, quantity);
                (row, in_lieu.unwrap_or(0))
            }));
        }
        Ok(deliveries)
    }
}
