//! Tax on what is delivered in kind, out of a holding's cash (reading `withhold_in_kind=at-fair-value`).

use super::Run;
use crate::model::HolderIx;
use crate::model::reading::WithholdInKind;
use crate::outcome::{AssetDelivery, PaymentRow};
use crate::problem::Problem;
use crate::quantity::{SHARE_DECIMALS, Units, power_of_ten, round_half, units_ratio, whole};
use crate::runs::Refusal;
use crate::runs::in_kind::FairValue;
use crate::text::plural;
use num_traits::{ToPrimitive, Zero};
use rayon::prelude::*;

impl Run<'_> {
    /// Reading `withhold_in_kind=at-fair-value`: tax on cash and on deliveries together, rounded once, out of the
    /// holding's cash, at most all of it.
    pub(super) fn withhold_on_deliveries(
        &self,
        rows: &mut [PaymentRow],
        assets: &[AssetDelivery],
    ) -> Result<(), Refusal> {
        let fair_values = self.fair_values(assets);
        for of_holding in rows.chunk_by_mut(|a, b| (a.holder, a.class) == (b.holder, b.class)) {
            if of_holding[0].is_cash() {
                let tax = self.tax(of_holding, &fair_values)?;
                of_holding[0].withheld = tax.min(of_holding[0].gross);
            }
        }
        Ok(())
    }

    fn fair_values(&self, assets: &[AssetDelivery]) -> Vec<FairValue> {
        assets.iter().map(|asset| self.dividends.needed_fair_value(&asset.name, self.plan.date)).collect()
    }

    /// The tax on a holding's cash and deliveries together.
    fn tax(&self, of_holding: &[PaymentRow], fair_values: &[FairValue]) -> Result<Units, Refusal> {
        let (decimals, midpoint) = (self.context.decimals(), self.case().terms.readings.midpoint());
        let rate = self.case().register.stated_withholding_rate(of_holding[0].holder);
        let Some(rate) = rate.filter(|rate| !rate.is_zero()) else { return Ok(0) };
        let mut taxed = whole(0);
        for row in of_holding {
            taxed += if row.is_cash() {
                units_ratio(row.gross, decimals)
            } else {
                let value = fair_values[usize::from(row.asset) - 1].as_ref().map_err(Clone::clone)?;
                units_ratio(row.gross, SHARE_DECIMALS) * value
            };
        }
        let tax = round_half(&(taxed * rate * power_of_ten(decimals)), midpoint).to_i128();
        Ok(tax.expect("tax is below 10^38 units"))
    }

    /// The holdings whose tax is more than their cash: whose it is, the tax, and the cash.
    fn short_of_tax(&self, rows: &[PaymentRow], assets: &[AssetDelivery]) -> Vec<(HolderIx, Units, Units)> {
        if self.case().terms.readings.withhold_in_kind != WithholdInKind::AtFairValue || assets.is_empty() {
            return Vec::new();
        }
        let fair_values = self.fair_values(assets);
        let short = |of_holding: &[PaymentRow]| {
            let cash = if of_holding[0].is_cash() { of_holding[0].gross } else { 0 };
            let tax = self.tax(of_holding, &fair_values).ok().filter(|tax| *tax > cash)?;
            Some((of_holding[0].holder, tax, cash))
        };
        rows.par_chunk_by(|a, b| (a.holder, a.class) == (b.holder, b.class)).filter_map(short).collect()
    }

    /// Tax on deliveries that there is no cash to take it out of (reading `withhold_in_kind`).
    pub(super) fn tax_above_cash(&self, rows: &[PaymentRow], assets: &[AssetDelivery]) -> Option<Problem> {
        let short = self.short_of_tax(rows, assets);
        let (holder, tax, cash) = *short.first()?;
        let (register, money) = (&self.case().register, |units| self.context.money(units));
        let missing: Units = short.iter().map(|(_, tax, cash)| tax - cash).sum();
        let others = match short.len() - 1 {
            0 => String::new(),
            1 => " 1 holding more is short too.".to_owned(),
            others => format!(" {} more are short too.", plural(others, "holding")),
        };
        let message = format!(
            "{} ({}) is to be withheld {} of tax, of a cash dividend of {}.{others} {} is not withheld.",
            register.name(holder),
            register.id(holder),
            money(tax),
            money(cash),
            money(missing)
        );
        let help =
            "Collect the rest from the holder, or keep back and sell part of what is delivered, before it goes out.";
        Some(Problem::warning("register.withholding_rate.above-cash", self.context.register_place(), message, help))
    }
}
