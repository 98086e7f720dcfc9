//! A liquidation run (§6): a sum, after the installments before it, and scenarios.

use super::curve_answers::{breakeven, breakpoints, payoff, stack, why};
use super::effects::effects;
use super::replay::{Replay, Until};
use super::retirements::{retired_unpaid, retirements};
use super::scenarios::scenarios;
use super::waterfall::{COMMON_ADJUSTMENT, PARTICIPATION, Parts, prepare, takes_part};
use super::{Context, Prepared, Refusal, no_problems, waterfall_steps};
use crate::holdings::per_share::{Additions, weighted_sum};
use crate::holdings::{Apportioned, Holding, Holdings, ScaledPerShare, apportion, apportion::apportion_with};
use crate::model::events::{Declaration, Proceeds};
use crate::model::{Case, Date, iso};
use crate::outcome::{Distribution, LiquidationOutcome, LiquidationRow, LiquidationTotals, TierRow};
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Units, fixed, power_of_ten, round_half, shares_ratio, units_ratio, whole};
use crate::rules::curve::{Form, Stage};
use crate::text::grouped;
use num_traits::{ToPrimitive, Zero};
use rayon::prelude::*;

/// What is asked of a liquidation.
#[derive(Clone, Debug)]
pub struct LiquidationPlan {
    pub date: Date,
    /// `--proceeds`, in smallest units; the rows of `proceeds` of D where none.
    pub proceeds: Option<Units>,
    /// Sums to try, in smallest units.
    pub scenarios: Vec<Units>,
    /// A holder's id, and what it is to get, in smallest units: at which sum it does.
    pub breakeven: Option<(String, Units)>,
}

/// The readings that a liquidation can depend on.
const READINGS: [&str; 8] = [
    "cash_dividends",
    "split_timing",
    "midpoint",
    "first_period",
    "partial_payment",
    "in_kind",
    "common_adjustment",
    "stub",
];

/// Runs a liquidation, and again under each other reading.
pub fn run(case: &Case, plan: &LiquidationPlan) -> Result<LiquidationOutcome, Refusal> {
    let mut outcome = run_once(case, plan)?;
    let series_a = case.classes.series_a();
    let to_series_a = |rows: &[LiquidationRow]| rows.iter().filter(|r| r.class == series_a).map(|r| r.total).sum();
    if let Some(distribution) = &mut outcome.distribution {
        let plan = LiquidationPlan { scenarios: Vec::new(), breakeven: None, ..plan.clone() };
        let again = |case: &Case| {
            let distribution = run_once(case, &plan)?.distribution;
            let rows = distribution.expect("what distributes a sum under one reading does under another").rows;
            Ok((to_series_a(&rows), rows))
        };
        let actual = (to_series_a(&distribution.rows), distribution.rows.as_slice());
        distribution.readings = effects(case, &READINGS, &actual, again);
    }
    Ok(outcome)
}

fn run_once(case: &Case, plan: &LiquidationPlan) -> Result<LiquidationOutcome, Refusal> {
    let context = Context::new(case);
    let installments = installments(case, plan)?;
    let mut problems = context.date_problems(plan.date);
    problems.extend(context.arrears_problem(plan.date));
    problems.extend(context.accrued_problems(plan.date));
    problems.extend(changed_since_first(&context, plan.date));
    if installments.len() > 1 {
        problems.extend(installments.first().and_then(|(date, _)| context.arrears_problem(*date)));
        problems.dedup();
    }
    no_problems(problems)?;
    let group_shares = context.group_shares(plan.date)?;
    let prepared = prepare(&context, plan.date, &group_shares)?;
    let points = breakpoints(&context, &prepared);
    let distribution = match installments.split_last() {
        Some((_, earlier)) => {
            let holdings = context.holdings(plan.date, |_| true)?;
            let run = Run { context: &context, plan, holdings: &holdings, group_shares: &group_shares };
            Some(run.distribute(&prepared, earlier, &installments)?)
        }
        None => None,
    };
    let until =
        plan.scenarios.iter().max().map_or_else(|| whole(0), |sum| units_ratio(*sum, case.terms.currency_decimals));
    let mut warnings = context.dividends().unmatched(plan.date);
    let mut replay = Replay::new(&context);
    replay.watched = retirements(&context, plan.date).map(|(day, _)| day).collect();
    warnings.extend(retired_unpaid(&context, plan.date, &replay.run(Until::EndOf(plan.date))?.days));
    let debt = declared_debt(&context, &prepared.declared_unpaid, plan.date);
    warnings.extend(debt.filter(|_| !is_preference_paid(&context, &prepared, &installments)));
    warnings.extend(context.ignored(plan.date));
    warnings.extend(context.paid_ahead(plan.date));
    Ok(LiquidationOutcome {
        date: plan.date,
        multiple: context.multiple.outcome(plan.date),
        accrual: context.accrual.clone(),
        distribution,
        stack: stack(&context, &prepared),
        payoff: payoff(&context, &prepared, &points, until),
        breakpoints: points,
        scenarios: scenarios(&context, &prepared, &plan.scenarios),
        breakeven: plan.breakeven.as_ref().map(|wanted| breakeven(&context, &prepared, wanted)).transpose()?,
        cohorts: prepared.cohorts,
        warnings,
    })
}

/// A dividend that was declared is owed: perhaps before anything is distributed to any stock.
fn declared_debt(context: &Context, unpaid: &Ratio, date: Date) -> Option<Problem> {
    let terms = &context.case.terms;
    (!unpaid.is_zero()).then(|| {
        let unpaid = grouped(&fixed(unpaid, terms.currency_decimals, terms.readings.midpoint()));
        let by = |d: &&Declaration| d.series_a_declared_date.is_some_and(|day| day <= date);
        let first = context.case.declarations.iter().rfind(by);
        let message = format!(
            "{unpaid} {} of dividends declared on Series A are unpaid: they may be a debt, which comes before all \
             stock.",
            terms.currency
        );
        let help = "This run pays them in Series A's own rank: ask counsel whether they are paid first, out of other \
                    money.";
        let place = first.map(|d| d.place.cell("series_a_declared_date")).unwrap_or_default();
        Problem::warning("run.liquidation.declared-unpaid", place, message, help)
    })
}

/// Whether earlier installments paid Series A its whole preference, what was declared on it with the rest.
fn is_preference_paid(context: &Context, prepared: &Prepared, installments: &[(Date, Units)]) -> bool {
    let Some((_, earlier)) = installments.split_last() else { return false };
    let before: Units = earlier.iter().map(|(_, sum)| sum).sum();
    let curve = &prepared.curve;
    let values = curve.values(&curve.reach(&units_ratio(before, context.decimals())));
    let series_a = context.case.classes.series_a();
    let mut own = curve.claimants.iter().zip(values).filter(|(c, _)| context.class_and_cohort(c.group).0 == series_a);
    own.all(|(claimant, value)| value.preference == claimant.due)
}

/// Every distribution up to D with its sum, the one asked for last; empty where only scenarios are.
fn installments(case: &Case, plan: &LiquidationPlan) -> Result<Vec<(Date, Units)>, Refusal> {
    let of_day = |rows: &[Proceeds]| (rows[0].date, rows.iter().map(|row| row.amount).sum());
    let mut list: Vec<(Date, Units)> = case.proceeds.chunk_by(|a, b| a.date == b.date).map(of_day).collect();
    let today = list.iter().find(|(date, _)| *date == plan.date).map(|(_, sum)| *sum);
    list.retain(|(date, _)| *date < plan.date);
    match plan.proceeds.or(today) {
        Some(sum) => {
            list.push((plan.date, sum));
            Ok(list)
        }
        None if plan.scenarios.is_empty() && plan.breakeven.is_none() => Err(vec![Problem::error(
            "run.proceeds.missing",
            Place::command_line(),
            format!("There is no sum to distribute on {}.", plan.date),
            "Give one with --proceeds, enter a row of that date in the proceeds table, or try sums with --scenarios.",
        )]
        .into()),
        None => Ok(Vec::new()),
    }
}

/// Installments are replayed on one register: nothing may have changed it since the first (`docs/rules.md`, "Installments").
fn changed_since_first(context: &Context, date: Date) -> Vec<Problem> {
    let Some(first) = context.case.proceeds.iter().map(|p| p.date).filter(|d| *d < date).min() else {
        return Vec::new();
    };
    let between = |d: &Date| first < *d && *d <= date;
    let help = "Correct the dates; a liquidation by installments goes by one register and one multiple throughout.";
    let adjusted = context.case.adjustments.iter().filter(|a| between(&a.effective_date)).map(|a| {
        let message = format!("An adjustment after the first distribution of {first} changes who gets what.");
        a.place
            .error("adjustments.effective_date.after-first-proceeds", message, help)
            .with_value(iso(a.effective_date))
    });
    let mut problems: Vec<Problem> = adjusted.collect();
    let mut lots = context.case.register.lots().iter();
    let changed = lots.find_map(|lot| {
        let issued = lot.issue_date.filter(between).map(|d| (lot, "issue_date", "issued", d));
        issued.or_else(|| lot.retired_date.filter(between).map(|d| (lot, "retired_date", "retired", d)))
    });
    if let Some((lot, column, word, changed_on)) = changed {
        let message = format!("Shares {word} after the first distribution of {first} change who gets what.");
        let (code, place) =
            (format!("register.{column}.after-first-proceeds"), context.case.register.place(lot, column));
        problems.push(Problem::error(code, place, message, help).with_value(iso(changed_on)));
    }
    problems
}

struct Run<'a> {
    context: &'a Context<'a>,
    plan: &'a LiquidationPlan,
    holdings: &'a Holdings,
    group_shares: &'a [u128],
}

impl Run<'_> {
    /// Fills a waterfall: value per share by group, and what can be distributed of `cumulative`, in units.
    fn fill(&self, prepared: &Prepared, cumulative: Units) -> (Parts, Units) {
        let reach = prepared.curve.reach(&units_ratio(cumulative, self.context.decimals()));
        let parts = prepared.parts(&reach, self.group_shares.len());
        let exact = weighted_sum(self.group_shares, &parts.total()) * power_of_ten(self.context.decimals());
        let midpoint = self.context.case.terms.readings.midpoint();
        let due = round_half(&exact, midpoint).to_i128().expect("what is due is below 10^38 units");
        (parts, due.min(cumulative))
    }

    fn distribute(
        &self,
        last: &Prepared,
        earlier: &[(Date, Units)],
        all: &[(Date, Units)],
    ) -> Result<Distribution, Refusal> {
        // By holding.
        let mut paid: Vec<Units> = vec![0; self.holdings.list().len()];
        let mut cumulative = 0;
        let mut prior_parts: Option<Parts> = None;
        let mut apportionments = Vec::new();
        for (date, sum) in earlier {
            cumulative += sum;
            let prepared = prepare(self.context, *date, self.group_shares)?;
            let (parts, target) = self.fill(&prepared, cumulative);
            let shared = self.share(&parts, target, &paid);
            apportionments.push(shared.note(format!("installment of {date}")));
            paid.iter_mut().zip(shared.units).for_each(|(sum, units)| *sum += units);
            prior_parts = Some(parts);
        }
        let (_, proceeds) = *all.last().expect("a distribution has a sum");
        let prior: Units = paid.iter().sum();
        cumulative += proceeds;
        let (parts, target) = self.fill(last, cumulative);
        let shared = self.share(&parts, target, &paid);
        apportionments.push(shared.note(format!("distribution of {}", self.plan.date)));
        let rows = self.rows(&parts, prior_parts.as_ref(), &shared.units);
        let distributed: Units = shared.units.iter().sum();
        let rounding = rows.iter().map(LiquidationRow::rounding).sum();
        let totals = LiquidationTotals { proceeds, distributed, undistributed: proceeds - distributed, rounding };
        let tiers = self.tiers(last, cumulative);
        let steps = {
            let multiple = self.context.multiple.derivation(self.plan.date);
            waterfall_steps::steps(self.context, last, prior, proceeds, &tiers, &multiple)
        };
        Ok(Distribution { prior, tiers, rows, apportionments, totals, readings: Vec::new(), steps })
    }

    /// Cuts what is to be distributed now: by exact value where nothing was paid before, else by what each holding's
    /// exact cumulative value is above the units paid to it so far.
    fn share(&self, parts: &Parts, target: Units, paid: &[Units]) -> Apportioned {
        let before: Units = paid.iter().sum();
        let total = parts.total();
        let sum = (target - before).max(0);
        if before == 0 {
            return apportion(sum, self.holdings, &total);
        }
        let had = Additions { numerators: paid.iter().map(|paid| -paid).collect(), denominator: 1 };
        apportion_with(sum, self.holdings, &ScaledPerShare::new(&total, self.context.decimals()), &had)
    }

    fn rows(&self, parts: &Parts, prior: Option<&Parts>, units: &[Units]) -> Vec<LiquidationRow> {
        let midpoint = self.context.case.terms.readings.midpoint();
        let scaled = |per_share: &Vec<Ratio>| ScaledPerShare::new(per_share, self.context.decimals());
        let part = |of: fn(&Parts) -> &Vec<Ratio>| (scaled(of(parts)), prior.map(|prior| scaled(of(prior))));
        // Of an installment the difference of the exact cumulative parts, rounded.
        let rounded = |(now, before): &(ScaledPerShare, Option<ScaledPerShare>), holding: &Holding| {
            let Some(before) = before else { return now.rounded(self.holdings, holding, midpoint) };
            let difference = now.exact(self.holdings, holding) - before.exact(self.holdings, holding);
            round_half(&difference, midpoint).to_i128().expect("amounts are below 10^38 units")
        };
        let before = part(|parts| &parts.before_participation);
        let participation = part(|parts| &parts.participation);
        let common = self.context.case.classes.common();
        let row = |(holding, total): (&Holding, &Units)| LiquidationRow {
            holder: holding.holder,
            class: holding.class,
            shares: holding.shares,
            is_common: holding.class == common,
            before_participation: rounded(&before, holding),
            participation: rounded(&participation, holding),
            total: *total,
        };
        self.holdings.list().par_iter().zip(units).map(row).collect()
    }

    fn tiers(&self, prepared: &Prepared, cumulative: Units) -> Vec<TierRow> {
        let curve = &prepared.curve;
        let reach = curve.reach(&units_ratio(cumulative, self.context.decimals()));
        let values = curve.values(&reach);
        let row = |tier: &str, at: usize, due: Option<&Ratio>, paid: Ratio, kept: Ratio| {
            let claimant = &curve.claimants[at];
            let (class, accrual_start) = self.context.class_and_cohort(claimant.group);
            let shares = shares_ratio(claimant.shares);
            TierRow {
                tier: tier.to_owned(),
                class,
                accrual_start,
                shares: claimant.shares,
                due: due.map(|due| due * &shares),
                paid: &paid * shares,
                paid_per_share: paid,
                kept,
                why: why(self.context, claimant, &values[at], &reach.level(), due.is_some()),
            }
        };
        let mut rows = Vec::new();
        for tier in &curve.tiers {
            let stay = tier.members.iter().filter(|at| values[**at].stage != Stage::Converted);
            let due = |at: &usize| Some(&curve.claimants[*at].due);
            rows.extend(stay.map(|at| row(&tier.name, *at, due(at), values[*at].preference.clone(), whole(0))));
        }
        for (at, claimant) in curve.claimants.iter().enumerate() {
            if let (Form::Common(_), Some(due)) = (&claimant.form, &prepared.adjustment) {
                rows.push(row(COMMON_ADJUSTMENT, at, Some(due), values[at].adjustment.clone(), whole(0)));
            }
        }
        for (at, value) in values.iter().enumerate() {
            if takes_part(&curve.claimants[at].form, value.stage) {
                let kept = if value.stage == Stage::Converted { value.preference.clone() } else { whole(0) };
                rows.push(row(PARTICIPATION, at, None, &value.participation + &kept, kept));
            }
        }
        rows
    }
}
