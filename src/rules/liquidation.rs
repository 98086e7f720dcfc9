//! §6: the liquidation waterfall, class by class and cohort by cohort (`docs/rules.md`, "Liquidation").

use super::dividend::Dividends;
use super::ledger::Ledger;
use crate::model::calendar::{Date, iso};
use crate::model::reading::{CommonAdjustment, Stub};
use crate::outcome::step::Step;
use crate::problem::Problem;
use crate::quantity::{Ratio, shares_ratio, whole};
use crate::text::{amount, readable};
use num_traits::{Signed, Zero};

/// §6(a): the Series A Liquidation Preference per share of a cohort, L(c), and how it comes to be: the preference, what
/// is accrued and unpaid, and what was declared since the last quarter date ("to the date of such payment").
/// Errors: A fair value that is needed and missing.
pub(crate) fn preference(
    dividends: &Dividends,
    ledger: &Ledger,
    cohort: Date,
    date: Date,
) -> Result<(Ratio, Vec<Step>), Box<Problem>> {
    let terms = dividends.terms;
    let money = |value: &Ratio| amount(value, terms.currency_decimals);
    let mut total = terms.liquidation_preference.clone();
    let mut steps = vec![Step::new("6(a)", "Liquidation preference for each share", money(&total))];
    let mut add = |what: &str, plus: &Ratio, total: &mut Ratio, is_stub: bool| {
        if !plus.is_zero() {
            let before = money(total);
            *total += plus;
            let step =
                Step::new("6(a)", format!("Plus {} {what}", readable(plus, terms.currency_decimals)), money(total))
                    .from(before);
            steps.push(if is_stub { step.reading(Stub::Include) } else { step });
        }
    };
    let unpaid = ledger.unpaid_cash(cohort, date);
    add(&format!("of accrued and unpaid cash dividends to {}", iso(date)), &unpaid, &mut total, false);
    for (asset, units) in ledger.unpaid_in_kind(cohort, date) {
        let value = units * fair_value(dividends, &asset, date)?;
        add(&format!("for accrued and unpaid {asset} at fair value"), &value, &mut total, false);
    }
    if terms.readings.stub == Stub::Include && cohort <= date {
        let stub = dividends.stub(cohort, date)?;
        add("of cash declared since the last quarter date", &stub.cash, &mut total, true);
        for (asset, units) in &stub.in_kind {
            let value = units * fair_value(dividends, asset, date)?;
            add(&format!("for {asset} at fair value, declared since the last quarter date"), &value, &mut total, true);
        }
    }
    Ok((total, steps))
}

fn fair_value(dividends: &Dividends, asset: &str, date: Date) -> Result<Ratio, Box<Problem>> {
    dividends.fair_value(asset, date).ok_or_else(|| dividends.no_fair_value(asset))
}

/// Shares that have one value per share: a cohort of Series A, or a class.
#[derive(Clone, Debug)]
pub(crate) struct Claimant {
    /// Its group among the holdings' groups.
    pub group: usize,
    /// Outstanding, in millionths.
    pub shares: u128,
    /// Due per share in the tier.
    pub due: Ratio,
}

impl Claimant {
    fn total(&self) -> Ratio {
        shares_ratio(self.shares) * &self.due
    }
}

/// Classes that are paid together, in full before the next tier, else in proportion to what is due (§6(b)).
#[derive(Clone, Debug)]
pub(crate) struct Tier {
    /// `senior-1`, `preference`, `junior-1`, `common-adjustment`.
    pub name: String,
    /// Who.
    pub claimants: Vec<Claimant>,
}

impl Tier {
    /// What is due in it.
    pub(crate) fn total(&self) -> Ratio {
        self.claimants.iter().fold(whole(0), |sum, c| sum + c.total())
    }
}

/// A waterfall ready to be filled with any sum.
#[derive(Clone, Debug)]
pub(crate) struct Waterfall {
    /// The tiers with a fixed amount due, in order.
    pub tiers: Vec<Tier>,
    /// Cohorts of Series A with shares, at L(c).
    pub series_a: Vec<Claimant>,
    /// Common, where it has shares; `due` unused.
    pub common: Option<Claimant>,
    /// M(D).
    pub multiple: Ratio,
    /// Whether participation is `greater-of` (no Common Adjustment).
    pub greater_of: bool,
}

/// What each claimant gets per share.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    /// For each tier, for each claimant: paid per share.
    pub tiers: Vec<Vec<Ratio>>,
    /// Participation per share, for each cohort of Series A.
    pub series_a: Vec<Ratio>,
    /// Participation per Common share.
    pub common: Ratio,
    /// What nobody is entitled to.
    pub undistributed: Ratio,
}

impl Waterfall {
    /// §6(a), second sentence: the Common Adjustment per Common share, L̄ / M (reading `common_adjustment`).
    pub(crate) fn common_adjustment(
        series_a: &[Claimant],
        multiple: &Ratio,
        base: &Ratio,
        by: CommonAdjustment,
    ) -> Ratio {
        let shares: u128 = series_a.iter().map(|c| c.shares).sum();
        if shares == 0 {
            return whole(0);
        }
        let preference = match by {
            CommonAdjustment::Mean => series_a.iter().fold(whole(0), |sum, c| sum + c.total()) / shares_ratio(shares),
            CommonAdjustment::Highest => series_a.iter().map(|c| c.due.clone()).max().unwrap_or_else(|| whole(0)),
            CommonAdjustment::Base => base.clone(),
        };
        preference / multiple
    }

    /// Fills the tiers with `sum`.
    pub(crate) fn fill(&self, sum: &Ratio) -> Filled {
        let mut left = sum.clone();
        let mut tiers = Vec::with_capacity(self.tiers.len());
        let mut all_in_full = true;
        for tier in &self.tiers {
            let total = tier.total();
            if left >= total {
                left -= &total;
                tiers.push(tier.claimants.iter().map(|c| c.due.clone()).collect());
            } else {
                // §6(b): "distributed ratably … in proportion to their respective liquidation preferences".
                all_in_full = false;
                let part = &left / &total;
                left = whole(0);
                tiers.push(tier.claimants.iter().map(|c| &c.due * &part).collect());
            }
        }
        let nobody = self.series_a.is_empty() && self.common.is_none();
        if !all_in_full || nobody {
            let series_a = self.series_a.iter().map(|_| whole(0)).collect();
            return Filled { tiers, series_a, common: whole(0), undistributed: left };
        }
        let (series_a, common) = if self.greater_of { self.greater_of(&left) } else { self.participate(&left) };
        Filled { tiers, series_a, common, undistributed: whole(0) }
    }

    /// §6(a), last sentence: "in the ratio of the Adjustment Number to 1 … on a per share basis".
    fn participate(&self, left: &Ratio) -> (Vec<Ratio>, Ratio) {
        let series_a = self.series_a.iter().map(|c| c.shares).sum();
        let common = self.common.as_ref().map_or(0, |c| c.shares);
        let per_common = left / (&self.multiple * shares_ratio(series_a) + shares_ratio(common));
        (self.series_a.iter().map(|_| &self.multiple * &per_common).collect(), per_common)
    }

    /// The x per Common share that solves Σ n × max(L, M × x) + N × x = what is left plus Series A's own preference.
    /// Cohorts with the least preference convert first.
    fn greater_of(&self, left: &Ratio) -> (Vec<Ratio>, Ratio) {
        let mut order: Vec<&Claimant> = self.series_a.iter().collect();
        order.sort_by(|a, b| a.due.cmp(&b.due));
        let common = self.common.as_ref().map_or_else(|| whole(0), |c| shares_ratio(c.shares));
        let mut sum = left.clone();
        let mut weight = common;
        let mut per_common = if weight.is_zero() { None } else { Some(&sum / &weight) };
        for claimant in order {
            let converts_at = &claimant.due / &self.multiple;
            if per_common.as_ref().is_some_and(|x| *x <= converts_at) {
                break;
            }
            sum += claimant.total();
            weight += &self.multiple * shares_ratio(claimant.shares);
            per_common = Some(&sum / &weight);
        }
        let per_common = per_common.unwrap_or_else(|| whole(0));
        let excess = |c: &Claimant| {
            let more = &self.multiple * &per_common - &c.due;
            if more.is_positive() { more } else { whole(0) }
        };
        (self.series_a.iter().map(excess).collect(), per_common)
    }

    /// The sums at which each tier begins, participation last.
    pub(crate) fn breakpoints(&self) -> Vec<(String, Ratio)> {
        let mut at = whole(0);
        let mut points = Vec::new();
        for tier in &self.tiers {
            points.push((tier.name.clone(), at.clone()));
            at += tier.total();
        }
        if !self.series_a.is_empty() || self.common.is_some() {
            points.push(("participation".to_owned(), at));
        }
        points
    }
}
