//! SPEC 4.10: liquidation, its installments, scenarios and the greater-of shape.

use super::apportion::apportion;
use super::calendar::Holding;
use super::case::{CASH, COMMON, Case, Ranking, SERIES_A};
use super::date::Date;
use super::ledger::{Ledger, weighted};
use super::number::{Q, half_even, int, sum};
use super::outputs::{Rows, guarded, header, number, optional};
use super::{Outcome, Stop, problem};
use num_traits::Zero;
use std::collections::BTreeMap;

/// A class, or a cohort of Series A, with what it gets per share.
#[derive(Clone, Debug)]
struct Group {
    class: String,
    start: Option<Date>,
    shares: Q,
    preference: Q,
    common_adjustment: Q,
    participation: Q,
}

impl Group {
    fn value(&self) -> Q {
        &self.preference + &self.common_adjustment + &self.participation
    }
}

/// A row of tiers.csv, exact: what is due and paid in all to a group.
#[derive(Clone, Debug)]
struct TierRow {
    tier: String,
    group: usize,
    due: Option<Q>,
    paid: Q,
}

/// The waterfall of one sum.
struct Waterfall {
    groups: Vec<Group>,
    rows: Vec<TierRow>,
    /// What nobody is left to take.
    rest: Q,
}

/// The parts of each holding: preference, common adjustment, participation.
type Parts = Vec<[Q; 3]>;

impl Case {
    /// `ratable liquidate --date D [--proceeds AMOUNT] [--scenarios FROM:TO:STEP]`.
    pub fn liquidate(&self, date: Date, proceeds: Option<Q>, scenarios: Option<&str>) -> Result<Outcome, Stop> {
        self.check_register(date)?;
        self.check_accrued(date)?;
        // The rows dated D are distributed, or that amount; earlier rows are prior distributions.
        let mut installments: BTreeMap<Date, Q> = BTreeMap::new();
        for (day, amount) in self.proceeds.iter().filter(|(day, _)| *day <= date) {
            *installments.entry(*day).or_default() += amount;
        }
        if let Some(first) = installments.keys().next().copied() {
            let late = |day: Date| first < day && day <= date;
            let adjusted = self.adjustments.iter().any(|adjustment| late(adjustment.effective));
            let issued = self.lots.iter().any(|lot| lot.issued.is_some_and(late) || lot.retired.is_some_and(late));
            if adjusted || issued {
                return problem("an adjustment, issue or retirement after the first row of proceeds");
            }
        }
        if let Some(amount) = proceeds {
            installments.insert(date, amount);
        }
        if !installments.contains_key(&date) && scenarios.is_none() {
            return problem("no sum to distribute");
        }
        let mut outcome = Outcome::done(Some(&self.multiple(date)));
        if let Some(range) = scenarios {
            outcome.files.insert("scenarios.csv".into(), self.scenarios(date, range)?);
        }
        if installments.contains_key(&date) {
            self.distribute(date, &installments, &mut outcome)?;
        }
        Ok(outcome)
    }

    /// The installments one after the other; the last one, on D, is the outcome.
    fn distribute(&self, date: Date, installments: &BTreeMap<Date, Q>, outcome: &mut Outcome) -> Result<(), Stop> {
        let holdings = self.holdings_on(date);
        let mut paid = vec![Q::zero(); holdings.len()];
        let mut parts_before = vec![[Q::zero(), Q::zero(), Q::zero()]; holdings.len()];
        let mut cumulative = Q::zero();
        for (day, amount) in installments {
            cumulative += amount;
            let waterfall = self.waterfall(date, *day, &cumulative)?;
            let parts: Parts = holdings.iter().map(|holding| waterfall.parts(holding)).collect();
            let weights: Vec<Q> =
                parts.iter().zip(&paid).map(|(parts, paid)| (sum(parts) - paid).max(Q::zero())).collect();
            // Where nothing is left to take the rest, the exact sum of what is due, rounded.
            let distributed = if waterfall.rest.is_zero() {
                amount.clone()
            } else {
                let due = self.round(&(&cumulative - &waterfall.rest)) - sum(&paid);
                due.max(Q::zero()).min(amount.clone())
            };
            let units = apportion(&distributed, &weights, self.decimals());
            let distributed = sum(&units);
            if *day == date {
                let exact = [&parts, &parts_before];
                self.write(date, &holdings, &waterfall, &units, exact, outcome);
                outcome.total("proceeds", self.money(amount));
                outcome.total("distributed", self.money(&distributed));
                outcome.total("undistributed", self.money(&(amount - &distributed)));
            }
            for (paid, units) in paid.iter_mut().zip(&units) {
                *paid += units;
            }
            parts_before = parts;
        }
        Ok(())
    }

    /// 7: distribution.csv, payment-instructions.csv and tiers.csv.
    fn write(
        &self,
        date: Date,
        holdings: &[Holding],
        waterfall: &Waterfall,
        units: &[Q],
        [parts, before]: [&Parts; 2],
        outcome: &mut Outcome,
    ) {
        let mut distribution =
            header("holder_id,holder_name,class,shares,preference,common_adjustment,participation,rounding,total");
        let mut net: BTreeMap<String, Q> = BTreeMap::new();
        let mut rounding_total = Q::zero();
        for (index, holding) in holdings.iter().enumerate() {
            let rounded: Vec<Q> =
                (0..3).map(|part| self.round(&(&parts[index][part] - &before[index][part]))).collect();
            let rounding = &units[index] - sum(&rounded);
            let mut row = vec![
                guarded(&holding.holder_id),
                guarded(&self.holders[&holding.holder_id].name),
                holding.class.clone(),
                number(&holding.shares),
            ];
            row.extend(rounded.iter().chain([&rounding, &units[index]]).map(|value| self.money(value)));
            distribution.push(row);
            rounding_total += rounding;
            *net.entry(holding.holder_id.clone()).or_default() += &units[index];
        }
        outcome.total("rounding", self.money(&rounding_total));
        outcome.files.insert("distribution.csv".into(), distribution);
        self.instructions(&net, date, outcome);
        outcome.files.insert("tiers.csv".into(), self.tiers(waterfall));
    }

    fn tiers(&self, waterfall: &Waterfall) -> Rows {
        let mut rows = header("tier,class,accrual_start,shares,due,paid,paid_per_share");
        for row in &waterfall.rows {
            let group = &waterfall.groups[row.group];
            rows.push(vec![
                row.tier.clone(),
                group.class.clone(),
                optional(group.start),
                number(&group.shares),
                row.due.as_ref().map_or_else(String::new, |due| self.money(&self.round(due))),
                self.money(&self.round(&row.paid)),
                number(&half_even(&(&row.paid / &group.shares), 12)),
            ]);
        }
        rows
    }

    /// 4.10, scenarios: the waterfall for each sum by itself.
    fn scenarios(&self, date: Date, range: &str) -> Result<Rows, Stop> {
        let mut rows = header("proceeds,class,accrual_start,total,per_share");
        let bounds: Vec<Q> = range.split(':').map(|n| super::number::parse(n).expect("FROM:TO:STEP")).collect();
        let mut amount = bounds[0].clone();
        while amount <= bounds[1] {
            for group in self.waterfall(date, date, &amount)?.groups {
                rows.push(vec![
                    self.money(&amount),
                    group.class.clone(),
                    optional(group.start),
                    self.money(&self.round(&(group.value() * &group.shares))),
                    number(&half_even(&group.value(), 12)),
                ]);
            }
            amount += &bounds[2];
        }
        Ok(rows)
    }

    /// The classes with shares on the register as of `register_day`, in class order.
    fn groups(&self, register_day: Date) -> Vec<Group> {
        let mut groups = Vec::new();
        for class in self.class_ids() {
            let members = if class == SERIES_A {
                let cohorts = self.cohort_shares(register_day);
                cohorts.into_iter().map(|(start, shares)| (Some(start), shares)).collect()
            } else {
                vec![(None, self.outstanding(&class, register_day))]
            };
            for (start, shares) in members.into_iter().filter(|(_, shares)| !shares.is_zero()) {
                groups.push(Group {
                    class: class.clone(),
                    start,
                    shares,
                    preference: Q::zero(),
                    common_adjustment: Q::zero(),
                    participation: Q::zero(),
                });
            }
        }
        groups
    }

    /// L(c), as of `day`.
    fn preference(&self, ledger: &Ledger, start: Date, day: Date) -> Result<Q, Stop> {
        let mut preference = self.term_number("liquidation_preference") + ledger.unpaid(start, day, CASH);
        for asset in ledger.assets() {
            let unpaid = ledger.unpaid(start, day, &asset);
            if !unpaid.is_zero() {
                preference += unpaid * self.fair_value(&asset, day)?;
            }
        }
        Ok(preference + self.stub(start, day)?)
    }

    /// 4.10: the current stub, of what was declared since the last quarter date ≤ `day`.
    fn stub(&self, start: Date, day: Date) -> Result<Q, Stop> {
        if start > day || self.reads("stub", "exclude") {
            return Ok(Q::zero());
        }
        let first = self.first_issuance().expect("there is Series A");
        let first_quarter = self.first_quarter().expect("there is Series A");
        let (mut cash, mut in_kind) = (Q::zero(), Q::zero());
        for declaration in &self.declarations {
            let declared = declaration.declared;
            let in_window = declared <= day
                && declared >= first
                && if day < first_quarter {
                    declared >= start || self.reads("first_period", "uniform")
                } else {
                    declared > self.quarter_on_or_before(day)
                };
            if !in_window {
                continue;
            }
            let amount = self.multiple_of(declaration, day) * &declaration.amount;
            if declaration.cash {
                if self.reads("cash_dividends", "include") {
                    cash += amount;
                }
            } else if self.reads("in_kind", "cash-equivalent") {
                match &declaration.fair_value {
                    Some(value) => cash += amount * value,
                    None => return problem("an in-kind declaration without a fair_value"),
                }
            } else {
                in_kind += amount * self.fair_value(&declaration.asset, day)?;
            }
        }
        Ok(self.round(&cash) + in_kind)
    }

    /// The waterfall of a sum as of `day`, on the register as of `register_day`.
    fn waterfall(&self, register_day: Date, day: Date, amount: &Q) -> Result<Waterfall, Stop> {
        let multiple = self.multiple(day);
        let ledger = self.replay(day, day)?;
        let mut groups = self.groups(register_day);
        let mut rows = Vec::new();
        let mut left = amount.clone();

        // What each group is due first: L(c), or liquidation_preference + accrued_dividends.
        let mut due_per_share = Vec::new();
        for group in &groups {
            due_per_share.push(match (group.class.as_str(), group.start) {
                (SERIES_A, Some(start)) => self.preference(&ledger, start, day)?,
                (COMMON, _) => Q::zero(),
                (id, _) => &self.class(id).liquidation_preference + &self.class(id).accrued_dividends,
            });
        }
        // Tiers 1 to 3.
        let mut tiers: BTreeMap<(Ranking, i64), Vec<usize>> = BTreeMap::new();
        for (index, group) in groups.iter().enumerate() {
            if group.class == SERIES_A {
                tiers.entry((Ranking::Parity, 0)).or_default().push(index);
            } else if group.class != COMMON {
                let class = self.class(&group.class);
                let order = if class.ranking == Ranking::Parity { 0 } else { class.order };
                tiers.entry((class.ranking, order)).or_default().push(index);
            }
        }
        for ((ranking, order), members) in &tiers {
            let due: Q = members.iter().map(|&i| &groups[i].shares * &due_per_share[i]).sum();
            let ratio = if left >= due { int(1) } else { &left / &due };
            left -= &due * &ratio;
            let tier = match ranking {
                Ranking::Senior => format!("senior-{order}"),
                Ranking::Parity => "preference".to_string(),
                Ranking::Junior => format!("junior-{order}"),
            };
            for &group in members {
                groups[group].preference = &due_per_share[group] * &ratio;
                let due = &groups[group].shares * &due_per_share[group];
                rows.push(TierRow { tier: tier.clone(), group, paid: &due * &ratio, due: Some(due) });
            }
        }
        let series_a: Vec<usize> = (0..groups.len()).filter(|&i| groups[i].class == SERIES_A).collect();
        let common: Option<usize> = (0..groups.len()).find(|&i| groups[i].class == COMMON);
        let preference = |i: usize| due_per_share[i].clone();
        if self.term("liquidation_shape") == "greater-of" {
            Self::greater_of(&mut groups, &series_a, common, &multiple, &mut left, &preference);
        } else {
            // Tier 4, the Common Adjustment; with no Series A there is none.
            if let Some(common) = common
                && !series_a.is_empty()
            {
                let quotient = self.common_adjustment(&groups, &series_a, &preference) / &multiple;
                let due = &groups[common].shares * &quotient;
                let paid = due.clone().min(left.clone());
                left -= &paid;
                groups[common].common_adjustment = &paid / &groups[common].shares;
                rows.push(TierRow { tier: "common-adjustment".into(), group: common, due: Some(due), paid });
            }
            // Tier 5, participation in the ratio M(D) : 1 per share.
            let mut parts = sum(series_a.iter().map(|&i| &groups[i].shares)) * &multiple;
            parts += common.map(|common| groups[common].shares.clone()).unwrap_or_default();
            if !parts.is_zero() {
                let per_common_share = &left / &parts;
                for &i in &series_a {
                    groups[i].participation = &multiple * &per_common_share;
                }
                if let Some(common) = common {
                    groups[common].participation = per_common_share;
                }
                left = Q::zero();
            }
        }
        for group in series_a.iter().copied().chain(common) {
            let paid = &groups[group].shares * &groups[group].participation;
            rows.push(TierRow { tier: "participation".into(), group, due: None, paid });
        }
        Ok(Waterfall { groups, rows, rest: left })
    }

    /// L̄ of 4.10, tier 4 (reading `common_adjustment`).
    fn common_adjustment(&self, groups: &[Group], series_a: &[usize], preference: &dyn Fn(usize) -> Q) -> Q {
        match self.term("reading.common_adjustment") {
            "highest" => series_a.iter().map(|&i| preference(i)).max().unwrap_or_default(),
            "base" => self.term_number("liquidation_preference"),
            _ => {
                let shares = sum(series_a.iter().map(|&i| &groups[i].shares));
                let total: Q = series_a.iter().map(|&i| &groups[i].shares * preference(i)).sum();
                total / shares
            }
        }
    }

    /// 4.10: `greater-of`. A Common share gets the x that solves Σ n(c) × max(L(c), M × x) + N × x =
    /// what tiers 1 to 3 leave plus Series A's own tier 2 sum.
    fn greater_of(
        groups: &mut [Group],
        series_a: &[usize],
        common: Option<usize>,
        multiple: &Q,
        left: &mut Q,
        preference: &dyn Fn(usize) -> Q,
    ) {
        if left.is_zero() {
            return;
        }
        let common_shares = common.map(|common| groups[common].shares.clone()).unwrap_or_default();
        // Series A that participates, the smallest L(c) first: M × x must reach its L(c).
        let mut by_preference: Vec<usize> = series_a.to_vec();
        by_preference.sort_by_key(|&i| preference(i));
        let mut pot = left.clone();
        let mut parts = common_shares;
        let mut x = if parts.is_zero() { None } else { Some(&pot / &parts) };
        for i in by_preference {
            if x.as_ref().is_some_and(|x| multiple * x <= preference(i)) {
                break;
            }
            pot += &groups[i].shares * preference(i);
            parts += &groups[i].shares * multiple;
            x = Some(&pot / &parts);
        }
        let Some(x) = x else { return };
        for &i in series_a {
            groups[i].participation = (multiple * &x - preference(i)).max(Q::zero());
        }
        if let Some(common) = common {
            groups[common].participation = x;
        }
        *left = Q::zero();
    }
}

impl Waterfall {
    /// The exact preference, common adjustment and participation of a holding.
    fn parts(&self, holding: &Holding) -> [Q; 3] {
        let of = |part: fn(&Group) -> &Q| -> Q {
            if holding.class == SERIES_A {
                let starts = self.groups.iter().filter_map(|group| Some((group.start?, part(group).clone())));
                return weighted(&holding.cohorts, &starts.collect());
            }
            // A class whose only lots were rounded down to nothing (4.2) is in no tier.
            let group = self.groups.iter().find(|group| group.class == holding.class);
            group.map(|group| &holding.shares * part(group)).unwrap_or_default()
        };
        [of(|group| &group.preference), of(|group| &group.common_adjustment), of(|group| &group.participation)]
    }
}
