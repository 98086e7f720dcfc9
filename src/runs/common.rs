//! What Common is paid on the date, and classes that take part as if converted: every declaration whose payment date it
//! is, outside the funds.

use super::in_kind::deliver;
use super::{Context, Refusal};
use crate::holdings::{Holding, Holdings, ScaledPerShare};
use crate::model::{ClassIx, Date, HolderIx};
use crate::outcome::CommonPayment;
use crate::quantity::{Ratio, Units, whole};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What one holder's Common gets of the currency or of one asset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommonAmount {
    pub holder: HolderIx,
    /// 0 for the currency, else 1 + the asset's index.
    pub asset: u16,
    /// The holding on the latest record date of the declarations that pay this row, in millionths.
    pub shares: u64,
    pub record_date: Date,
    /// In smallest units, or millionths.
    pub units: Units,
}

/// Common's payments on a date.
pub(crate) struct CommonRun {
    /// Each declaration paid.
    pub payments: Vec<CommonPayment>,
    /// What Common gets, by (holder, asset).
    pub amounts: Vec<CommonAmount>,
    /// What each class gets that takes part, by (holder, asset).
    pub as_converted: Vec<(ClassIx, Vec<CommonAmount>)>,
}

impl CommonRun {
    /// What is paid in cash, in smallest units.
    pub(crate) fn cash(&self) -> Units {
        let all = self.as_converted.iter().map(|(_, amounts)| amounts).chain([&self.amounts]);
        let cash = |of: &Vec<CommonAmount>| of.par_iter().filter(|a| a.asset == 0).map(|a| a.units).sum::<Units>();
        all.map(cash).sum()
    }
}

/// The declarations that pay Common on `date`; `assets` are the run's, by name.
pub(crate) fn payments(context: &Context, date: Date, assets: &[String]) -> Vec<CommonPayment> {
    let declarations = context.case.declarations.iter().enumerate();
    let paid = declarations.filter(|(_, d)| d.payment_date == Some(date));
    paid.map(|(declaration, d)| CommonPayment {
        declaration,
        record_date: d.record_date.unwrap_or(date),
        asset: d.asset.as_ref().and_then(|name| assets.binary_search(name).ok()),
        amount: d.amount.clone(),
        steps: Vec::new(),
    })
    .collect()
}

/// What each holding of Common gets, and of each class that takes part.
/// Errors: A fair value that cash in lieu needs and nobody states; figures beyond the limits.
pub(crate) fn pay(context: &Context, date: Date, assets: &[String]) -> Result<CommonRun, Refusal> {
    let payments = payments(context, date, assets);
    let of = |share| of_class(context, date, assets, &payments, share);
    let classes = &context.case.classes;
    let takes_part = classes.iter().filter(|(_, class)| class.shares_common_dividends && !payments.is_empty());
    let as_converted = takes_part.map(|(ix, class)| {
        let ratio = class.conversion_ratio.as_ref().expect("what takes part converts");
        Ok((ix, of((ix, ratio))?))
    });
    let as_converted = as_converted.collect::<Result<_, Refusal>>()?;
    let amounts = of((classes.common(), &whole(1)))?;
    Ok(CommonRun { payments, amounts, as_converted })
}

/// A class, and what part of a Common share's dividend one of its shares gets.
type Share<'a> = (ClassIx, &'a Ratio);

fn of_class(
    context: &Context,
    date: Date,
    assets: &[String],
    payments: &[CommonPayment],
    share: Share,
) -> Result<Vec<CommonAmount>, Refusal> {
    let days: BTreeSet<Date> = payments.iter().map(|payment| payment.record_date).collect();
    let on_record = days.into_iter().map(|day| Ok((day, context.holdings(day, |lot| lot.class == share.0)?)));
    let on_record = on_record.collect::<Result<BTreeMap<Date, Holdings>, Refusal>>()?;
    let mut amounts: Vec<CommonAmount> = Vec::new();
    cash(context, payments, &on_record, share, &mut amounts);
    for (index, name) in assets.iter().enumerate() {
        let of_asset: Vec<&CommonPayment> = payments.iter().filter(|p| p.asset == Some(index)).collect();
        if !of_asset.is_empty() {
            amounts.extend(in_kind(context, date, (index, name), &of_asset, &on_record, share)?);
        }
    }
    Ok(summed(amounts))
}

/// round(shares × amount) for each cash declaration, summed.
fn cash(
    context: &Context,
    payments: &[CommonPayment],
    on_record: &BTreeMap<Date, Holdings>,
    (class, ratio): Share,
    out: &mut Vec<CommonAmount>,
) {
    let midpoint = context.case.terms.readings.midpoint();
    let is_cash = |p: &&CommonPayment| context.case.declarations[p.declaration].is_cash();
    let mut by_record_date: Vec<&CommonPayment> = payments.iter().filter(is_cash).collect();
    by_record_date.sort_by_key(|p| p.record_date);
    for payment in by_record_date {
        let holdings = &on_record[&payment.record_date];
        let amount = &payment.amount * ratio;
        let values = ScaledPerShare::new(&context.class_values(class, &amount), context.decimals());
        let record_date = payment.record_date;
        let amount = |holding: &Holding| CommonAmount {
            holder: holding.holder,
            asset: 0,
            shares: holding.shares,
            record_date,
            units: values.rounded(holdings, holding, midpoint),
        };
        out.par_extend(holdings.list().par_iter().map(amount));
    }
}

/// The quantity of one asset, its declarations summed first, rounded down to 6 decimals or with cash in lieu.
fn in_kind(
    context: &Context,
    date: Date,
    (index, asset): (usize, &str),
    payments: &[&CommonPayment],
    on_record: &BTreeMap<Date, Holdings>,
    (class, ratio): Share,
) -> Result<Vec<CommonAmount>, Refusal> {
    let fair_value = context.dividends().needed_fair_value(asset, date);
    let mut quantities: Vec<(HolderIx, (Date, u64), Ratio)> = Vec::new();
    for payment in payments {
        let holdings = &on_record[&payment.record_date];
        let values = ScaledPerShare::new(&context.class_values(class, &(&payment.amount * ratio)), 0);
        let quantity = |h: &Holding| (h.holder, (payment.record_date, h.shares), values.exact(holdings, h));
        quantities.par_extend(holdings.list().par_iter().map(quantity));
    }
    quantities.par_sort_by_key(|(holder, ..)| *holder);
    let slot = u16::try_from(index + 1).expect("a run has fewer assets than 16 bits count");
    let mut amounts = Vec::new();
    for of_holder in quantities.chunk_by(|a, b| a.0 == b.0) {
        let holder = of_holder[0].0;
        let latest = of_holder.iter().map(|(_, on_record, _)| *on_record).max();
        let (record_date, shares) = latest.expect("a chunk has its first");
        let quantity: Ratio = of_holder.iter().map(|(.., quantity)| quantity).sum();
        let delivery = deliver(context, &quantity, &fair_value)?;
        let amount = |asset, units| CommonAmount { holder, asset, shares, record_date, units };
        amounts.push(amount(slot, delivery.quantity));
        amounts.extend(delivery.in_lieu.map(|in_lieu| amount(0, in_lieu)));
    }
    Ok(amounts)
}

/// One row for each holder and asset, in that order: units summed, shares those of the latest record date (of equal
/// ones, the amount's that was added last).
fn summed(mut amounts: Vec<CommonAmount>) -> Vec<CommonAmount> {
    let key = |amount: &CommonAmount| (amount.holder, amount.asset);
    if !amounts.is_sorted_by_key(key) {
        amounts.par_sort_by_key(key);
    }
    amounts.dedup_by(|next, kept| {
        let same = key(next) == key(kept);
        if same {
            kept.units += next.units;
            if kept.record_date <= next.record_date {
                (kept.record_date, kept.shares) = (next.record_date, next.shares);
            }
        }
        same
    });
    amounts
}
