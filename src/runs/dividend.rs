//! A dividend run (SPEC 4.8): everything due on preferred stock, or a sum that goes down the ranks; then Common.

use super::common::{self, CommonRun};
use super::context::Context;
use super::in_kind::{Fractions, NotDelivered, deliver};
use super::ranks::{RankDue, dividend_ranks};
use super::{Refusal, arrears_out};
use crate::holdings::values::weighted_sum;
use crate::holdings::{Holdings, Values};
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::class::Rank;
use crate::outcome::dividend::{
    AssetDelivery, ClassDividend, CohortDividend, DefaultPeriod, DividendOutcome, DividendTotals, PaymentOut,
};
use crate::outcome::step::Step;
use crate::outcome::{Apportionment, PaymentRow};
use crate::problem::{Place, Problem};
use crate::quantity::{
    Midpoint, Ratio, SHARE_DECIMALS, Units, fixed, plain, round_half, scaled_fixed, units_ratio, whole,
};
use crate::rules::ledger::Ledger;
use crate::rules::replay::{DayPayments, Entitled, Replay, State, Until};
use num_traits::{Signed, ToPrimitive, Zero};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The clause that forbids paying Common while Series A is behind.
pub const ARREARS_CLAUSE: &str = "4(a)(i)";

/// What is asked of a dividend run.
#[derive(Clone, Debug)]
pub struct DividendPlan {
    /// D.
    pub date: Date,
    /// What statements show as the day of payment; D where none.
    pub pay_date: Option<Date>,
    /// What there is for preferred stock, in smallest units; everything due where none.
    pub funds: Option<Units>,
    /// Clauses to go on in spite of.
    pub acknowledged: Vec<String>,
}

/// Runs a dividend.
///
/// # Errors
/// [`Refusal`]: problems of the case, or §4(a)(i) forbids paying Common.
pub fn run(case: &Case, plan: &DividendPlan) -> Result<DividendOutcome, Refusal> {
    let context = Context::new(case);
    let dividends = context.dividends();
    let replay = context.replay(&dividends);
    let date = plan.date;
    let day_rows = replay.by_day().remove(&date).unwrap_or_default();

    let mut problems = context.date_problems(date);
    problems.extend(context.arrears_problem(date));
    problems.extend(context.accrued_problems(date));
    problems.extend(funds_beside_payments(plan, &day_rows));
    let state = match replay.run(Until::BeforePaymentsOf(date)) {
        Ok(state) if problems.is_empty() => state,
        Ok(_) => return Err(problems.into()),
        Err(more) => {
            problems.extend(more);
            return Err(problems.into());
        }
    };
    if let Some(problem) =
        day_rows.sum().flatten().and_then(|units| replay.more_than_due(&state.ledger, date, units, &day_rows))
    {
        return Err(vec![problem].into());
    }
    let run = Run { context: &context, plan, day_rows, entitlement_day: context.calendar.entitlement_day(date) };
    run.finish(&replay, state)
}

/// A paid row as of D beside `--funds`: two answers to one question (SPEC 4.14).
fn funds_beside_payments(plan: &DividendPlan, rows: &DayPayments) -> Option<Problem> {
    plan.funds?;
    if rows.cash.is_empty() && rows.assets.is_empty() {
        return None;
    }
    let place = rows.cash.first().map_or_else(Place::default, |p| p.place.clone());
    Some(Problem::error(
        "payments.date.beside-funds",
        place,
        format!("The payments table already has a payment as of {}, and --funds gives a sum too.", iso(plan.date)),
        "Leave out --funds, or remove the row.",
    ))
}

/// What the preferred holdings get in cash.
struct Preferred {
    holdings: Holdings,
    /// Due per share by group.
    due_per_share: Vec<Ratio>,
    /// Paid per share by group, before units.
    paid_per_share: Vec<Ratio>,
    group_shares: Vec<u128>,
    /// In full, by holding.
    full: Vec<Units>,
    /// Paid, by holding.
    paid: Vec<Units>,
    apportionments: Vec<Apportionment>,
    not_distributed: Units,
}

struct Run<'a> {
    context: &'a Context<'a>,
    plan: &'a DividendPlan,
    day_rows: DayPayments<'a>,
    entitlement_day: Date,
}

impl Run<'_> {
    fn case(&self) -> &Case {
        self.context.case
    }

    fn finish(self, replay: &Replay, state: State) -> Result<DividendOutcome, Refusal> {
        let date = self.plan.date;
        let mut state = state;
        let shares = self.context.shares_on(self.entitlement_day);
        let before = state.ledger.clone();
        let preferred = self.pay_preferred(&before, &shares)?;
        let assets = self.assets(&before, &shares);
        let names: Vec<String> = assets.iter().map(|a| a.name.clone()).collect();
        let owed: BTreeSet<String> =
            shares.keys().flat_map(|cohort| before.unpaid_in_kind(*cohort, date).into_keys()).collect();
        self.something_is_due(&preferred, &owed)?;

        let paid_to_series_a = self.paid_to_series_a(&preferred);
        let paid_per_share = replay.pay(&mut state.ledger, date, paid_to_series_a);
        let changed = paid_per_share.values().any(Signed::is_positive);
        for asset in &owed {
            state.ledger.deliver(asset, date);
        }
        if self.day_rows.set_apart {
            state.ledger.set_apart(date);
        }
        let event = changed || !owed.is_empty() || self.day_rows.set_apart || !self.day_rows.cash.is_empty();
        replay.close_day(&mut state, date, event);

        let behind = shares.keys().any(|cohort| state.ledger.is_behind(*cohort, date));
        let acknowledged = self.check_common(behind)?;
        let common = common::pay(self.context, date, &names)?;
        let lieu = self.series_a_in_kind(&preferred, &before, &assets)?;
        let rows = self.rows(&preferred, &common, &lieu);
        let totals = self.totals(&preferred, &rows, &common, &lieu);
        let mut outcome = DividendOutcome {
            date,
            pay_date: self.plan.pay_date.unwrap_or(date),
            record_date: self.entitlement_day,
            funds: self.plan.funds,
            multiple: self.context.multiple.outcome(date),
            accrual: self.context.accrual.clone(),
            cohorts: self.cohorts(&before, &state.ledger, &shares, &paid_per_share, &names),
            classes: self.classes(&preferred),
            common: common.payments.clone(),
            assets,
            totals,
            apportionments: preferred.apportionments.clone(),
            default_period: self.default_period(&state, &shares),
            arrears: arrears_out::rows(self.context, &state.ledger, &shares, date),
            payments: self.payments_out(changed, paid_to_series_a, &owed),
            declarations: self.context.dividends().matched(date),
            history: state.history.clone(),
            readings: Vec::new(),
            warnings: self.warnings(&preferred, behind, &acknowledged),
            acknowledged,
            rows,
        };
        for row in outcome.rows.iter().filter(|r| !r.is_cash()) {
            if let Some(asset) = outcome.assets.get_mut(usize::from(row.asset) - 1) {
                asset.delivered += row.gross;
            }
        }
        Ok(outcome)
    }

    fn due_per_share(&self, ledger: &Ledger) -> Vec<Ratio> {
        let date = self.plan.date;
        let classes = &self.case().classes;
        self.context.group_values(
            |class| {
                if classes.get(class).is_preferred() { classes.get(class).accrued_dividends.clone() } else { whole(0) }
            },
            |cohort| ledger.unpaid_cash(cohort, date),
        )
    }

    fn pay_preferred(&self, ledger: &Ledger, _shares: &BTreeMap<Date, u128>) -> Result<Preferred, Refusal> {
        let classes = &self.case().classes;
        let (date, entitled) = (self.plan.date, self.entitlement_day);
        let as_of = |class| match classes.get(class).rank {
            Rank::Common => None,
            Rank::SeriesA => Some(entitled),
            _ => Some(date),
        };
        let holdings = self.context.holdings(as_of, date)?;
        let due_per_share = self.due_per_share(ledger);
        let readings = &self.case().terms.readings;
        let full = Values::new(&due_per_share, self.context.decimals()).all_rounded(&holdings, readings.midpoint());
        let group_shares = holdings.group_shares(self.context.groups());
        let mut preferred = Preferred {
            paid: vec![0; full.len()],
            paid_per_share: vec![whole(0); due_per_share.len()],
            holdings,
            due_per_share,
            group_shares,
            full,
            apportionments: Vec::new(),
            not_distributed: 0,
        };
        self.pay_ranks(&mut preferred);
        Ok(preferred)
    }

    /// Down the ranks with `--funds`; or everything in full, but Series A what the payments table says.
    fn pay_ranks(&self, preferred: &mut Preferred) {
        let classes = &self.case().classes;
        let series_a = classes.series_a();
        let stated = self.day_rows.sum().flatten();
        let mut left = self.plan.funds;
        for mut rank in dividend_ranks(classes) {
            if let Some(sum) = stated.filter(|_| rank.classes.contains(&series_a)) {
                rank.classes.retain(|class| *class != series_a);
                let taken = self.pay_rank(preferred, &[series_a], &classes.get(series_a).name, Some(sum));
                preferred.not_distributed = sum - taken;
            }
            let taken = self.pay_rank(preferred, &rank.classes, &rank.name, left);
            left = left.map(|left| left - taken);
        }
        preferred.not_distributed += left.unwrap_or(0);
    }

    fn pay_rank(&self, preferred: &mut Preferred, rank: &[u16], name: &str, sum: Option<Units>) -> Units {
        let classes = &self.case().classes;
        let first_cohort = classes.list().len();
        let in_rank = |group: usize| {
            if group < first_cohort {
                rank.iter().any(|class| usize::from(*class) == group)
            } else {
                rank.contains(&classes.series_a())
            }
        };
        let members = |i: &usize| rank.contains(&preferred.holdings.list()[*i].class);
        let members: Vec<usize> = (0..preferred.holdings.list().len()).filter(members).collect();
        let full_total: Units = members.iter().map(|i| preferred.full[*i]).sum();
        let due = RankDue {
            holdings: &preferred.holdings,
            full: &preferred.full,
            due: &preferred.due_per_share,
            shares: &preferred.group_shares,
            decimals: self.context.decimals(),
            proportional: self.case().terms.readings.partial_proportional(),
            first_cohort,
        };
        let paid = due.pay(name, in_rank, full_total, sum.unwrap_or(full_total));
        for i in members {
            preferred.paid[i] = paid.units.as_ref().map_or(preferred.full[i], |(units, _)| units[i]);
        }
        for (slot, value) in preferred.paid_per_share.iter_mut().zip(paid.per_share) {
            *slot += value;
        }
        preferred.apportionments.extend(paid.units.map(|(_, note)| note));
        paid.taken
    }

    fn paid_to_series_a(&self, preferred: &Preferred) -> Units {
        let series_a = self.case().classes.series_a();
        let holdings = preferred.holdings.list().iter().zip(&preferred.paid);
        holdings.filter(|(h, _)| h.class == series_a).map(|(_, units)| *units).sum()
    }

    /// The assets of the run: what Series A is owed and what Common is delivered on the date, by name.
    fn assets(&self, ledger: &Ledger, shares: &BTreeMap<Date, u128>) -> Vec<AssetDelivery> {
        let date = self.plan.date;
        let owed = shares.keys().flat_map(|cohort| ledger.unpaid_in_kind(*cohort, date).into_keys());
        let payable = self.case().declarations.iter().filter(|d| d.payment_date == Some(date));
        let names: BTreeSet<String> = owed.chain(payable.filter_map(|d| d.asset.clone())).collect();
        let dividends = self.context.dividends();
        let delivery =
            |name: String| AssetDelivery { fair_value: dividends.fair_value(&name, date), name, delivered: 0 };
        names.into_iter().map(delivery).collect()
    }

    /// A date on which nothing can be paid is a mistake, and the next quarter date is likely what was meant.
    fn something_is_due(&self, preferred: &Preferred, owed: &BTreeSet<String>) -> Result<(), Refusal> {
        let date = self.plan.date;
        let due = weighted_sum(&preferred.group_shares, &preferred.due_per_share);
        let payable = self.case().declarations.iter().any(|d| d.payment_date == Some(date));
        if self.context.calendar.is_quarter(date) || due.is_positive() || payable || !owed.is_empty() {
            return Ok(());
        }
        let next = self.context.calendar.first_quarter().map_or_else(
            || self.context.calendar.quarters.after(date),
            |q1| self.context.calendar.quarters.after(date).max(q1),
        );
        Err(vec![
            Problem::error(
                "run.date.nothing-due",
                Place::command_line(),
                format!("{} is no quarterly dividend payment date, and nothing is due or payable on it.", iso(date)),
                format!("The next quarterly dividend payment date is {}: run it with --date {}.", iso(next), iso(next)),
            )
            .with_value(iso(date)),
        ]
        .into())
    }

    /// §4(a)(i): no payment on Common while Series A is behind. Returns the clause where it was acknowledged.
    fn check_common(&self, behind: bool) -> Result<Vec<String>, Refusal> {
        let mut payable = self.case().declarations.iter().filter(|d| d.payment_date == Some(self.plan.date));
        let Some(declaration) = payable.next().filter(|_| behind) else { return Ok(Vec::new()) };
        if self.plan.acknowledged.iter().any(|clause| same_clause(clause, ARREARS_CLAUSE)) {
            return Ok(vec![ARREARS_CLAUSE.to_owned()]);
        }
        Err(Refusal::Forbidden(Box::new(Problem::error(
            "run.common.arrears",
            declaration.place.clone(),
            format!(
                "§4(a)(i) forbids this payment on Common: dividends on Series A for quarters up to {} would still be in arrears after the run.",
                iso(self.plan.date)
            ),
            "Pay Series A in full first (more --funds), move Common's payment date, or, if counsel agrees, go on with --acknowledge '4(a)(i)'.",
        ))))
    }

    /// What each Series A holding is delivered, by asset.
    fn series_a_in_kind(
        &self,
        preferred: &Preferred,
        ledger: &Ledger,
        assets: &[AssetDelivery],
    ) -> Result<Vec<InKind>, Refusal> {
        let date = self.plan.date;
        let series_a = self.case().classes.series_a();
        let mut deliveries = Vec::new();
        for (index, asset) in assets.iter().enumerate() {
            let per_share = self.context.group_values(
                |_| whole(0),
                |cohort| ledger.unpaid_in_kind(cohort, date).remove(&asset.name).unwrap_or_else(|| whole(0)),
            );
            if weighted_sum(&preferred.group_shares, &per_share).is_zero() {
                continue;
            }
            let fractions = self.context.fractions(asset.fair_value.as_ref());
            let keep = matches!(fractions, Fractions::Keep);
            let values = Values::new(&per_share, if keep { SHARE_DECIMALS } else { 0 });
            let holdings = preferred.holdings.list().par_iter().enumerate().filter(|(_, h)| h.class == series_a);
            let found: Vec<Result<InKind, NotDelivered>> = holdings
                .map(|(at, holding)| {
                    let owed = preferred.holdings.parts(holding).iter().any(|p| !per_share[p.group as usize].is_zero());
                    if !owed {
                        return Ok(InKind { at, index, quantity: None, in_lieu: 0 });
                    }
                    let (quantity, in_lieu) = if keep {
                        (values.floored(&preferred.holdings, holding), 0)
                    } else {
                        let delivery = deliver(&values.exact(&preferred.holdings, holding), fractions)?;
                        (delivery.quantity, delivery.in_lieu.unwrap_or(0))
                    };
                    Ok(InKind { at, index, quantity: Some(quantity), in_lieu })
                })
                .collect();
            for delivery in found {
                let delivery = delivery.map_err(|why| self.context.not_delivered(why, &asset.name))?;
                if delivery.quantity.is_some() {
                    deliveries.push(delivery);
                }
            }
        }
        Ok(deliveries)
    }

    fn rows(&self, preferred: &Preferred, common: &CommonRun, in_kind: &[InKind]) -> Vec<PaymentRow> {
        let classes = &self.case().classes;
        let (series_a, common_class) = (classes.series_a(), classes.common());
        let mut cash_in_lieu: BTreeMap<usize, Units> = BTreeMap::new();
        for delivery in in_kind {
            *cash_in_lieu.entry(delivery.at).or_insert(0) += delivery.in_lieu;
        }
        let cash = preferred.holdings.list().par_iter().enumerate().filter_map(|(at, holding)| {
            let due = !preferred.due_per_share[usize::from(holding.class)].is_zero();
            (holding.class == series_a || due).then(|| {
                let gross = preferred.paid[at] + cash_in_lieu.get(&at).copied().unwrap_or(0);
                self.row(holding.holder, holding.class, 0, holding.shares, gross)
            })
        });
        let mut rows: Vec<PaymentRow> = cash.collect();
        rows.extend(in_kind.iter().map(|d| {
            let holding = &preferred.holdings.list()[d.at];
            let asset = u16::try_from(d.index + 1).unwrap_or(u16::MAX);
            self.row(holding.holder, series_a, asset, holding.shares, d.quantity.unwrap_or(0))
        }));
        for (holder, holding) in &common.holdings {
            let amounts = holding.amounts.iter();
            rows.extend(amounts.map(|(asset, shares, units)| self.row(*holder, common_class, *asset, *shares, *units)));
        }
        rows.par_sort_unstable_by_key(|row| (row.holder, row.class, row.asset));
        rows
    }

    /// A row with its withholding: withheld = round(gross × rate), cash only (SPEC 4.8).
    fn row(&self, holder: u32, class: u16, asset: u16, shares: u64, gross: Units) -> PaymentRow {
        let rate = self.case().register.stated_withholding_rate(holder).filter(|r| asset == 0 && !r.is_zero());
        let midpoint = self.case().terms.readings.midpoint();
        let withheld = rate.map_or(0, |rate| withhold(gross, rate, midpoint));
        PaymentRow { holder, class, asset, shares, gross, withheld }
    }

    fn totals(
        &self,
        preferred: &Preferred,
        rows: &[PaymentRow],
        common: &CommonRun,
        in_kind: &[InKind],
    ) -> DividendTotals {
        let cash = rows.iter().filter(|r| r.is_cash());
        let (gross, withheld) = cash.fold((0, 0), |(g, w), r| (g + r.gross, w + r.withheld));
        let full: Units = preferred.full.iter().sum();
        let common_cash: Units = common
            .holdings
            .values()
            .flat_map(|h| &h.amounts)
            .filter(|(asset, ..)| *asset == 0)
            .map(|(.., units)| units)
            .sum();
        let in_lieu: Units = in_kind.iter().map(|d| d.in_lieu).sum();
        let due = full + common_cash + in_lieu;
        DividendTotals {
            due,
            gross,
            withheld,
            net: gross - withheld,
            unpaid: due - gross,
            not_distributed: preferred.not_distributed,
        }
    }

    fn cohorts(
        &self,
        before: &Ledger,
        after: &Ledger,
        shares: &BTreeMap<Date, u128>,
        paid: &BTreeMap<Date, Ratio>,
        assets: &[String],
    ) -> Vec<CohortDividend> {
        let date = self.plan.date;
        let dividends = self.context.dividends();
        let cohort = |(start, shares): (&Date, &u128)| {
            let due = before.unpaid_cash(*start, date);
            let entry = before.entries(*start).iter().find(|e| e.quarter == date && e.asset.is_none());
            let current = entry.map_or_else(|| whole(0), crate::rules::ledger::Entry::unpaid);
            let paid = paid.get(start).cloned().unwrap_or_else(|| whole(0));
            let brought_forward = &due - &current;
            let owed = before.unpaid_in_kind(*start, date);
            let in_kind = assets.iter().enumerate().filter_map(|(i, name)| owed.get(name).map(|v| (i, v.clone())));
            let mut steps = Vec::new();
            if entry.is_some()
                && self.context.calendar.is_quarter(date)
                && let Ok(dividend) = dividends.for_quarter(*start, date)
            {
                steps.extend(dividends.steps(*start, date, &dividend));
            }
            if !brought_forward.is_zero() {
                let what = "unpaid from earlier quarters, without interest";
                steps.push(Step::new("2(c)", what, plain(&brought_forward, 12)));
            }
            let step = Step::new("2(c)", "paid per share", plain(&paid, 12)).from(plain(&due, 12));
            steps.push(if paid < due { self.partial_step(step) } else { step });
            CohortDividend {
                accrual_start: *start,
                shares: *shares,
                brought_forward,
                current,
                unpaid: after.unpaid_cash(*start, date),
                due,
                paid,
                in_kind: in_kind.collect(),
                steps,
            }
        };
        shares.iter().map(cohort).collect()
    }

    fn partial_step(&self, step: Step) -> Step {
        let value = if self.case().terms.readings.partial_proportional() { "proportional" } else { "equal-capped" };
        step.reading("partial_payment", value)
    }

    fn classes(&self, preferred: &Preferred) -> Vec<ClassDividend> {
        let classes = self.case().classes.iter();
        let others = classes.filter(|(_, c)| c.is_preferred() && c.rank != Rank::SeriesA);
        let outcome = |(class, info): (u16, &crate::model::class::Class)| {
            let sum = |units: &[Units]| {
                let holdings = preferred.holdings.list().iter().zip(units);
                holdings.filter(|(h, _)| h.class == class).map(|(_, units)| *units).sum()
            };
            let group = usize::from(class);
            let currency = &self.case().terms.currency;
            let what = format!("accrued and unpaid per share of {}", info.name);
            let due_per_share = preferred.due_per_share[group].clone();
            let paid_per_share = preferred.paid_per_share[group].clone();
            let paid_text = fixed(&paid_per_share, 12, Midpoint::HalfEven);
            let steps = vec![
                Step::new("9", what, format!("{} {currency}", plain(&due_per_share, 12))),
                Step::new("4(a)(ii)", "paid per share, with its rank", paid_text),
            ];
            ClassDividend {
                class,
                shares: preferred.group_shares[group],
                due_per_share,
                paid_per_share,
                due: sum(&preferred.full),
                paid: sum(&preferred.paid),
                steps,
            }
        };
        others.map(outcome).collect()
    }

    fn default_period(&self, state: &State, shares: &BTreeMap<Date, u128>) -> DefaultPeriod {
        let count = self.case().terms.readings.counts_unpaid_quarters();
        DefaultPeriod {
            quarters_in_arrears: state.ledger.quarters_in_arrears(shares.keys(), self.plan.date, count),
            since: state.default_since,
            steps: state.default_steps.clone(),
        }
    }

    /// SPEC 4.14: a cash row exactly when the run changed Series A's cash ledger, and a `full` row for each asset owed.
    fn payments_out(&self, changed: bool, paid: Units, owed: &BTreeSet<String>) -> Vec<PaymentOut> {
        let cash = changed.then_some(PaymentOut { amount: Some(paid), asset: None });
        let assets = owed.iter().map(|asset| PaymentOut { amount: None, asset: Some(asset.clone()) });
        cash.into_iter().chain(assets).collect()
    }

    fn warnings(&self, preferred: &Preferred, behind: bool, acknowledged: &[String]) -> Vec<Problem> {
        let case = self.case();
        let mut warnings = self.context.dividends().unmatched(self.plan.date);
        warnings.extend(self.context.ignored_adjustments());
        let decimals = self.context.decimals();
        let short = |class: u16| {
            let holdings = preferred.holdings.list().iter().zip(preferred.full.iter().zip(&preferred.paid));
            holdings.filter(|(h, _)| h.class == class).map(|(_, (full, paid))| full - paid).sum::<Units>()
        };
        let pays_common = case.declarations.iter().any(|d| d.payment_date == Some(self.plan.date));
        for (class, info) in case.classes.iter().filter(|(_, c)| c.is_preferred() && c.rank != Rank::SeriesA) {
            let missing = short(class);
            if pays_common && missing > 0 {
                warnings.push(Problem::warning(
                    "run.common.other-series-short",
                    info.place.clone(),
                    format!("Common is paid while {} is left {} short.", info.name, scaled_fixed(missing, decimals)),
                    "Look into that series' own terms before paying Common.",
                ));
            }
        }
        let series_a_short = behind && self.day_rows.sum().flatten().is_some();
        let mut parity = case.classes.iter().filter(|(class, c)| {
            c.dividend_rank == Rank::Parity
                && preferred.group_shares[usize::from(*class)] > 0
                && !c.accrued_dividends.is_zero()
        });
        if let Some((_, parity)) = parity.next().filter(|_| series_a_short) {
            warnings.push(Problem::warning(
                "run.parity.not-ratable",
                parity.place.clone(),
                format!("The payments table leaves Series A short while {} is paid in full: §4(a)(ii) asks for ratable payments.", parity.name),
                "Use --funds to share the sum ratably, or pay Series A in full.",
            ));
        }
        for clause in acknowledged {
            warnings.push(Problem::warning(
                "run.clause.acknowledged",
                Place::command_line(),
                format!("§{clause} stands in the way of this run and was acknowledged: Common is paid while Series A is in arrears."),
                "Keep counsel's advice with the records of this run.",
            ));
        }
        warnings
    }
}

/// What a Series A holding is delivered of one asset.
struct InKind {
    /// The holding's index.
    at: usize,
    /// The asset's index.
    index: usize,
    /// In millionths; none where nothing is owed.
    quantity: Option<Units>,
    /// Cash in lieu of a fraction.
    in_lieu: Units,
}

/// round(gross × rate), in smallest units.
#[must_use]
pub fn withhold(gross: Units, rate: &Ratio, midpoint: Midpoint) -> Units {
    let small = rate.numer().to_i64().zip(rate.denom().to_i64()).and_then(|(n, d)| {
        let product = gross.checked_mul(i128::from(n))?;
        let (floor, rest, denom) =
            (product.div_euclid(i128::from(d)), product.rem_euclid(i128::from(d)), i128::from(d));
        (product >= 0).then(|| match (2 * rest).cmp(&denom) {
            std::cmp::Ordering::Greater => floor + 1,
            std::cmp::Ordering::Less => floor,
            std::cmp::Ordering::Equal if midpoint == Midpoint::HalfUp || floor % 2 != 0 => floor + 1,
            std::cmp::Ordering::Equal => floor,
        })
    });
    small.unwrap_or_else(|| round_half(&(units_ratio(gross, 0) * rate), midpoint).to_i128().unwrap_or(gross))
}

/// Whether two ways of writing a clause mean the same: `4(a)(i)`, `§4(A)(i)`, `Section 4 (a) (i)`.
#[must_use]
pub fn same_clause(typed: &str, clause: &str) -> bool {
    let bare = |text: &str| -> String {
        let text = text.to_lowercase().replace("section", "");
        text.chars().filter(|c| c.is_ascii_alphanumeric() || "()".contains(*c)).collect()
    };
    bare(typed) == bare(clause)
}
