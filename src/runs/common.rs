//! What Common is paid on the date: every declaration whose payment date it is (SPEC 4.8), outside the funds.

use super::Refusal;
use super::context::Context;
use super::in_kind::deliver;
use crate::holdings::{Holdings, Values};
use crate::model::calendar::Date;
use crate::model::register::HolderIx;
use crate::outcome::dividend::CommonPayment;
use crate::quantity::{Ratio, Units, whole};
use std::collections::BTreeMap;

/// What one holder's Common gets: by asset (0 for the currency) the shares shown and the units.
#[derive(Clone, Debug, Default)]
pub struct CommonHolding {
    /// Asset index (0 = cash), shares in millionths, units.
    pub amounts: Vec<(u16, u64, Units)>,
    /// Cash in lieu of fractions, part of the cash above.
    pub in_lieu: Units,
}

/// Common's payments on a date.
pub struct CommonRun {
    /// Each declaration paid.
    pub payments: Vec<CommonPayment>,
    /// By holder.
    pub holdings: BTreeMap<HolderIx, CommonHolding>,
}

/// The declarations that pay Common on `date`; `assets` are the run's, by name.
#[must_use]
pub fn payments(context: &Context, date: Date, assets: &[String]) -> Vec<CommonPayment> {
    let declarations = context.case.declarations.iter().enumerate();
    let paid = declarations.filter(|(_, d)| d.payment_date == Some(date));
    paid.map(|(declaration, d)| CommonPayment {
        declaration,
        record_date: d.record_date.unwrap_or(date),
        asset: d.asset.as_ref().and_then(|name| assets.binary_search(name).ok()),
        amount: d.amount.clone(),
    })
    .collect()
}

/// What each Common holding gets.
///
/// # Errors
/// A fair value that cash in lieu needs and nobody states; figures beyond the limits.
pub fn pay(context: &Context, date: Date, assets: &[String]) -> Result<CommonRun, Refusal> {
    let payments = payments(context, date, assets);
    let common = context.case.classes.common();
    let mut on_record: BTreeMap<Date, Holdings> = BTreeMap::new();
    for payment in &payments {
        let day = payment.record_date;
        if let std::collections::btree_map::Entry::Vacant(e) = on_record.entry(day) {
            e.insert(context.holdings(|class| (class == common).then_some(day), day)?);
        }
    }
    let mut holdings: BTreeMap<HolderIx, CommonHolding> = BTreeMap::new();
    cash(context, &payments, &on_record, &mut holdings);
    for (index, name) in assets.iter().enumerate() {
        let of_asset: Vec<&CommonPayment> = payments.iter().filter(|p| p.asset == Some(index)).collect();
        if !of_asset.is_empty() {
            in_kind(context, date, name, index, &of_asset, &on_record, &mut holdings)?;
        }
    }
    Ok(CommonRun { payments, holdings })
}

fn class_values(context: &Context, per_share: &Ratio, decimals: u32) -> Values {
    let common = context.case.classes.common();
    let value = |class| if class == common { per_share.clone() } else { whole(0) };
    Values::new(&context.group_values(value, |_| whole(0)), decimals)
}

/// round(shares × amount) for each cash declaration, summed.
fn cash(
    context: &Context,
    payments: &[CommonPayment],
    on_record: &BTreeMap<Date, Holdings>,
    out: &mut BTreeMap<HolderIx, CommonHolding>,
) {
    let midpoint = context.case.terms.readings.midpoint();
    let is_cash = |p: &&CommonPayment| {
        context.case.declarations.get(p.declaration).is_some_and(super::super::model::events::Declaration::is_cash)
    };
    let mut by_record_date: Vec<&CommonPayment> = payments.iter().filter(is_cash).collect();
    by_record_date.sort_by_key(|p| p.record_date);
    for payment in by_record_date {
        let Some(holdings) = on_record.get(&payment.record_date) else { continue };
        let latest = payments.iter().filter(is_cash).map(|p| p.record_date).max() == Some(payment.record_date);
        let values = class_values(context, &payment.amount, context.decimals());
        for holding in holdings.list() {
            let units = values.rounded(holdings, holding, midpoint);
            add(out.entry(holding.holder).or_default(), 0, if latest { holding.shares } else { 0 }, units);
        }
    }
}

/// The quantity of one asset, its declarations summed first, rounded down to 6 decimals or with cash in lieu.
fn in_kind(
    context: &Context,
    date: Date,
    asset: &str,
    index: usize,
    payments: &[&CommonPayment],
    on_record: &BTreeMap<Date, Holdings>,
    out: &mut BTreeMap<HolderIx, CommonHolding>,
) -> Result<(), Refusal> {
    let fair_value = context.dividends().fair_value(asset, date);
    let latest = payments.iter().map(|p| p.record_date).max();
    let mut quantities: BTreeMap<HolderIx, (u64, Ratio)> = BTreeMap::new();
    for payment in payments {
        let Some(holdings) = on_record.get(&payment.record_date) else { continue };
        let values = class_values(context, &payment.amount, 0);
        for holding in holdings.list() {
            let entry = quantities.entry(holding.holder).or_insert_with(|| (0, whole(0)));
            entry.1 += values.exact(holdings, holding);
            if latest == Some(payment.record_date) {
                entry.0 = holding.shares;
            }
        }
    }
    let fractions = context.fractions(fair_value.as_ref());
    let slot = u16::try_from(index + 1).unwrap_or(u16::MAX);
    for (holder, (shares, quantity)) in quantities {
        let delivery = deliver(&quantity, fractions).map_err(|why| context.not_delivered(why, asset))?;
        let holding = out.entry(holder).or_default();
        add(holding, slot, shares, delivery.quantity);
        if let Some(in_lieu) = delivery.in_lieu {
            add(holding, 0, shares, in_lieu);
            holding.in_lieu += in_lieu;
        }
    }
    Ok(())
}

fn add(holding: &mut CommonHolding, asset: u16, shares: u64, units: Units) {
    match holding.amounts.iter_mut().find(|(slot, ..)| *slot == asset) {
        Some((_, shown, sum)) => {
            *sum += units;
            *shown = if shares > 0 { shares } else { *shown };
        }
        None => holding.amounts.push((asset, shares, units)),
    }
}
