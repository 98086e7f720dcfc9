//! The waterfall of a case as of a date: who stands in which tier, with what (§6).

use super::Refusal;
use super::context::Context;
use super::replay::{Replay, Until};
use crate::model::calendar::Date;
use crate::model::class::{Class, ClassIx, Rank};
use crate::model::terms::LiquidationShape;
use crate::outcome::liquidation::CohortPreference;
use crate::problem::Problem;
use crate::quantity::{Ratio, shares_ratio, whole};
use crate::rules::dividend::Dividends;
use crate::rules::ledger::Ledger;
use crate::rules::liquidation::{Claimant, Filled, Tier, Waterfall, preference};

/// A waterfall with the preferences it was made from.
pub(crate) struct Prepared {
    /// Ready to be filled.
    pub waterfall: Waterfall,
    /// L(c) of each cohort with shares.
    pub cohorts: Vec<CohortPreference>,
    /// Cash that was declared on Series A and is unpaid, in currency.
    pub declared_unpaid: Ratio,
}

/// Value per share by group, in three parts.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    /// Tiers 1 to 3.
    pub preference: Vec<Ratio>,
    /// Tier 4.
    pub common_adjustment: Vec<Ratio>,
    /// Tier 5.
    pub participation: Vec<Ratio>,
}

impl Parts {
    /// All three, by group.
    pub(crate) fn total(&self) -> Vec<Ratio> {
        let parts = self.preference.iter().zip(&self.common_adjustment).zip(&self.participation);
        parts.map(|((a, b), c)| a + b + c).collect()
    }
}

/// Makes the waterfall as of `date`, on `group_shares` (millionths by group) of the register.
/// Errors: Problems of the ledger's replay, and fair values that are needed and missing.
pub(crate) fn prepare(context: &Context, date: Date, group_shares: &[u128]) -> Result<Prepared, Refusal> {
    let case = context.case;
    let dividends = context.dividends();
    let state = Replay::new(context).run(Until::EndOf(date))?;
    let mut problems: Vec<Problem> = Vec::new();
    let mut cohorts = Vec::new();
    let mut declared_unpaid = whole(0);
    let mut series_a = Vec::new();
    for (index, start) in context.cohorts.iter().enumerate() {
        let group = context.cohort_group(index);
        let shares = group_shares.get(group).copied().unwrap_or(0);
        if shares == 0 {
            continue;
        }
        match preference(&dividends, &state.ledger, *start, date) {
            Ok((due, steps)) => {
                declared_unpaid += shares_ratio(shares) * declared(&dividends, &state.ledger, *start, date)?;
                series_a.push(Claimant { group, shares, due: due.clone() });
                cohorts.push(CohortPreference { accrual_start: *start, shares, preference: due, steps });
            }
            Err(problem) if problems.contains(&problem) => {}
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let claimant = |class: ClassIx| {
        let info = case.classes.get(class);
        let shares = group_shares.get(usize::from(class)).copied().unwrap_or(0);
        let due = &info.liquidation_preference + &info.accrued_dividends;
        (shares > 0).then_some(Claimant { group: usize::from(class), shares, due })
    };
    let multiple = context.multiple.at(date);
    let common = claimant(case.classes.common()).map(|c| Claimant { due: whole(0), ..c });
    let greater_of = case.terms.liquidation_shape == LiquidationShape::GreaterOf;
    let mut tiers = ranked(context, Rank::Senior, "senior", &claimant);
    let parity = case.classes.iter().filter(|(_, c)| c.rank == Rank::Parity).filter_map(|(ix, _)| claimant(ix));
    let claimants: Vec<Claimant> = series_a.iter().cloned().chain(parity).collect();
    if !claimants.is_empty() {
        tiers.push(Tier { name: "preference".to_owned(), claimants });
    }
    tiers.extend(ranked(context, Rank::Junior, "junior", &claimant));
    if let Some(common) = common.clone().filter(|_| !greater_of && !series_a.is_empty()) {
        let by = case.terms.readings.common_adjustment;
        let due = Waterfall::common_adjustment(&series_a, &multiple, &case.terms.liquidation_preference, by);
        tiers.push(Tier { name: COMMON_ADJUSTMENT.to_owned(), claimants: vec![Claimant { due, ..common }] });
    }
    let waterfall = Waterfall { tiers, series_a, common, multiple, greater_of };
    Ok(Prepared { waterfall, cohorts, declared_unpaid })
}

/// What was declared on Series A by `date` and is unpaid, per share of a cohort.
fn declared(dividends: &Dividends, ledger: &Ledger, start: Date, date: Date) -> Result<Ratio, Refusal> {
    let mut sum = if start <= date { dividends.declared_on_series_a(start, None, date)? } else { whole(0) };
    for entry in ledger.entries(start).iter().filter(|e| e.quarter <= date && e.asset.is_none() && e.is_unpaid()) {
        let declared = dividends.declared_on_series_a(start, Some(entry.quarter), date)?.min(entry.dividend.clone());
        sum += (declared - &entry.paid).max(whole(0));
    }
    Ok(sum)
}

/// The name of tier 4.
pub(crate) const COMMON_ADJUSTMENT: &str = "common-adjustment";

/// The tiers of the seniors, or juniors, by order: equal orders rank together.
fn ranked(context: &Context, rank: Rank, word: &str, claimant: &impl Fn(ClassIx) -> Option<Claimant>) -> Vec<Tier> {
    let classes: Vec<(ClassIx, &Class)> = context.case.classes.iter().filter(|(_, c)| c.rank == rank).collect();
    let same_order = classes.chunk_by(|a, b| a.1.order == b.1.order);
    let tiers = same_order.filter_map(|chunk| {
        let claimants: Vec<Claimant> = chunk.iter().filter_map(|(ix, _)| claimant(*ix)).collect();
        let order = chunk.first()?.1.order;
        (!claimants.is_empty()).then(|| Tier { name: format!("{word}-{order}"), claimants })
    });
    tiers.collect()
}

impl Prepared {
    /// A filled waterfall's value per share by group, in three parts.
    pub(crate) fn parts(&self, filled: &Filled, groups: usize) -> Parts {
        let zeros = || vec![whole(0); groups];
        let mut parts = Parts { preference: zeros(), common_adjustment: zeros(), participation: zeros() };
        for (tier, paid) in self.waterfall.tiers.iter().zip(&filled.tiers) {
            let target =
                if tier.name == COMMON_ADJUSTMENT { &mut parts.common_adjustment } else { &mut parts.preference };
            for (claimant, per_share) in tier.claimants.iter().zip(paid) {
                target[claimant.group] += per_share;
            }
        }
        for (claimant, per_share) in self.waterfall.series_a.iter().zip(&filled.series_a) {
            parts.participation[claimant.group] += per_share;
        }
        if let Some(common) = &self.waterfall.common {
            parts.participation[common.group] += &filled.common;
        }
        parts
    }
}
