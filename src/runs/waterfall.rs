//! The waterfall of a case as of a date: who stands in which tier, with what, and how each value rises (§6).

use super::{Context, Refusal, Replay, Until};
use crate::model::class::Participation;
use crate::model::terms::LiquidationShape;
use crate::model::{Class, Date, Rank};
use crate::outcome::CohortPreference;
use crate::problem::Problem;
use crate::quantity::{Ratio, shares_ratio, whole};
use crate::rules::curve::{Claimant, Curve, Form, Reach, Stage, Tier};
use crate::rules::dividend::Dividends;
use crate::rules::ledger::Ledger;
use crate::rules::liquidation::{common_adjustment, preference};

/// A waterfall with the preferences it was made from.
pub(crate) struct Prepared {
    pub date: Date,
    /// Ready to be asked about any sum.
    pub curve: Curve,
    /// The Common Adjustment per share, where the waterfall has that tier.
    pub adjustment: Option<Ratio>,
    pub multiple: Ratio,
    /// L(c) of each cohort of Series A with shares.
    pub cohorts: Vec<CohortPreference>,
    /// Cash that was declared on Series A and is unpaid, in currency.
    pub declared_unpaid: Ratio,
}

/// Value per share by group, in two parts.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    /// The preference, or the Common Adjustment.
    pub before_participation: Vec<Ratio>,
    /// All else.
    pub participation: Vec<Ratio>,
}

impl Parts {
    /// Both, by group.
    pub(crate) fn total(&self) -> Vec<Ratio> {
        self.before_participation.iter().zip(&self.participation).map(|(a, b)| a + b).collect()
    }
}

/// Makes the waterfall as of `date`, on `group_shares` (millionths by group) of the register.
/// Errors: Problems of the ledger's replay, and fair values that are needed and missing.
pub(crate) fn prepare(context: &Context, date: Date, group_shares: &[u128]) -> Result<Prepared, Refusal> {
    let case = context.case;
    let (cohorts, declared_unpaid) = series_a(context, date, group_shares)?;
    let multiple = context.multiple.at(date);
    let greater_of = case.terms.liquidation_shape == LiquidationShape::GreaterOf;
    let has_common = group_shares[usize::from(case.classes.common())] > 0;
    let adjustment = (has_common && !greater_of && !cohorts.is_empty()).then(|| {
        let dues: Vec<(u128, Ratio)> = cohorts.iter().map(|c| (c.shares, c.preference.clone())).collect();
        let by = case.terms.readings.common_adjustment;
        common_adjustment(&dues, &multiple, &case.terms.liquidation_preference, by)
    });
    let first = adjustment.clone().unwrap_or_else(|| whole(0));
    let accrued = context.accrued(date);
    let mut groups: Vec<usize> = (0..group_shares.len()).filter(|group| group_shares[*group] > 0).collect();
    groups.sort_by_key(|group| (context.class_and_cohort(*group), *group));
    let claimants: Vec<Claimant> = groups
        .into_iter()
        .map(|group| {
            let (ix, cohort) = context.class_and_cohort(group);
            let class = case.classes.get(ix);
            let (mut due, mut kept) = (whole(0), whole(0));
            let form = match class.rank {
                Rank::SeriesA => {
                    let of = cohorts.iter().find(|of| Some(of.accrual_start) == cohort);
                    due.clone_from(&of.expect("a cohort with shares has its preference").preference);
                    if greater_of {
                        Form::GreaterOf(multiple.clone())
                    } else {
                        Form::AfterAdjustment(multiple.clone(), first.clone())
                    }
                }
                Rank::Common => Form::Common(first.clone()),
                Rank::OtherCommon | Rank::Right => form(class),
                Rank::Senior | Rank::Parity | Rank::Junior => {
                    due = &class.liquidation_preference + &accrued[group];
                    if class.keeps_accrued {
                        kept.clone_from(&accrued[group]);
                    }
                    form(class)
                }
            };
            Claimant { group, shares: group_shares[group], due, kept, form }
        })
        .collect();
    let tiers = tiers(context, &claimants);
    Ok(Prepared { date, curve: Curve::new(claimants, tiers), adjustment, multiple, cohorts, declared_unpaid })
}

/// How the value of a class's share rises, as its terms say.
fn form(class: &Class) -> Form {
    let ratio = class.conversion_ratio.clone();
    let one = || ratio.clone().unwrap_or_else(|| whole(1));
    match (class.rank, &class.participation) {
        (Rank::OtherCommon, _) | (_, Participation::Full) => Form::Takes(one()),
        (Rank::Right, _) => Form::Buys(one(), class.exercise_price.clone()),
        (_, Participation::Capped(cap)) => Form::Capped(one(), cap.clone()),
        (_, Participation::None) => ratio.map_or(Form::Fixed, Form::Converts),
    }
}

/// L(c) of each cohort of Series A with shares, and what was declared and is unpaid on all of them.
fn series_a(context: &Context, date: Date, group_shares: &[u128]) -> Result<(Vec<CohortPreference>, Ratio), Refusal> {
    let dividends = context.dividends();
    let state = Replay::new(context).run(Until::EndOf(date))?;
    let mut problems: Vec<Problem> = Vec::new();
    let (mut cohorts, mut declared_unpaid) = (Vec::new(), whole(0));
    for (group, shares) in group_shares.iter().copied().enumerate().filter(|(_, shares)| *shares > 0) {
        let (class, Some(start)) = context.class_and_cohort(group) else { continue };
        if class != context.case.classes.series_a() {
            continue;
        }
        match preference(&dividends, &state.ledger, start, date) {
            Ok((preference, steps)) => {
                declared_unpaid += shares_ratio(shares) * declared(&dividends, &state.ledger, start, date)?;
                cohorts.push(CohortPreference { accrual_start: start, shares, preference, steps });
            }
            Err(problem) if problems.contains(&problem) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok((cohorts, declared_unpaid)) } else { Err(problems.into()) }
}

/// Seniors by order, Series A with parity, juniors by order: equal orders rank together (§9). Common and rights to it
/// are in none.
fn tiers(context: &Context, claimants: &[Claimant]) -> Vec<Tier> {
    let mut tiers: Vec<Tier> = Vec::new();
    for (at, claimant) in claimants.iter().enumerate() {
        let class = context.case.classes.get(context.class_and_cohort(claimant.group).0);
        let name = match class.rank {
            Rank::Senior => format!("senior-{}", class.order),
            Rank::SeriesA | Rank::Parity => "preference".to_owned(),
            Rank::Junior => format!("junior-{}", class.order),
            Rank::Common | Rank::OtherCommon | Rank::Right => break,
        };
        match tiers.last_mut().filter(|tier| tier.name == name) {
            Some(tier) => tier.members.push(at),
            None => tiers.push(Tier { name, members: vec![at] }),
        }
    }
    tiers
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
/// The name of what is left after the tiers.
pub(crate) const PARTICIPATION: &str = "participation";

impl Prepared {
    /// Value per share by group.
    pub(crate) fn parts(&self, reach: &Reach, groups: usize) -> Parts {
        let zeros = || vec![whole(0); groups];
        let mut parts = Parts { before_participation: zeros(), participation: zeros() };
        for (claimant, value) in self.curve.claimants.iter().zip(self.curve.values(reach)) {
            parts.before_participation[claimant.group] = value.preference + value.adjustment;
            parts.participation[claimant.group] = value.participation;
        }
        parts
    }
}

/// Whether a claimant takes part in what is left after the tiers: all but preferred stock that has its preference
/// instead.
pub(crate) fn takes_part(form: &Form, stage: Stage) -> bool {
    !matches!((form, stage), (Form::Fixed, _) | (Form::Converts(_), Stage::Waits))
}
