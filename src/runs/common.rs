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

/// What one holder's Common gets of the currency or of one asset.
#[derive(Clone, Copy, Debug)]
pub struct CommonAmount {
    /// 0 for the currency, else 1 + the asset's index.
    pub asset: u16,
    /// The holding on the latest record date of the declarations that pay this row, in millionths.
    pub shares: u64,
    /// That record date.
    pub record_date: Date,
    /// In smallest units, or millionths.
    pub units: Units,
}

/// What one holder's Common gets.
#[derive(Clone, Debug, Default)]
pub struct CommonHolding {
    /// One for each row.
    pub amounts: Vec<CommonAmount>,
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
        let values = class_values(context, &payment.amount, context.decimals());
        for holding in holdings.list() {
            let units = values.rounded(holdings, holding, midpoint);
            add(out.entry(holding.holder).or_default(), 0, (payment.record_date, holding.shares), units);
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
    let mut quantities: BTreeMap<HolderIx, ((Date, u64), Ratio)> = BTreeMap::new();
    for payment in payments {
        let Some(holdings) = on_record.get(&payment.record_date) else { continue };
        let values = class_values(context, &payment.amount, 0);
        for holding in holdings.list() {
            let on_record = (payment.record_date, holding.shares);
            let entry = quantities.entry(holding.holder).or_insert_with(|| (on_record, whole(0)));
            entry.0 = entry.0.max(on_record);
            entry.1 += values.exact(holdings, holding);
        }
    }
    let fractions = context.fractions(fair_value.as_ref());
    let slot = u16::try_from(index + 1).unwrap_or(u16::MAX);
    for (holder, (on_record, quantity)) in quantities {
        let delivery = deliver(&quantity, fractions).map_err(|why| context.not_delivered(why, asset))?;
        let holding = out.entry(holder).or_default();
        add(holding, slot, on_record, delivery.quantity);
        if let Some(in_lieu) = delivery.in_lieu {
            add(holding, 0, on_record, in_lieu);
            holding.in_lieu += in_lieu;
        }
    }
    Ok(())
}

fn add(holding: &mut CommonHolding, asset: u16, on_record: (Date, u64), units: Units) {
    let (record_date, shares) = on_record;
    match holding.amounts.iter_mut().find(|amount| amount.asset == asset) {
        Some(amount) => {
            amount.units += units;
            if amount.record_date <= record_date {
                (amount.record_date, amount.shares) = on_record;
            }
        }
        None => holding.amounts.push(CommonAmount { asset, shares, record_date, units }),
    }
}
