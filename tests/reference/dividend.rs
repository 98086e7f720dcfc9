//! SPEC 4.8: the dividend run, and its output files.

use super::apportion::apportion;
use super::case::{CASH, COMMON, Case, Ranking, SERIES_A};
use super::date::Date;
use super::ledger::{Ledger, cash_sum, weighted};
use super::number::{Q, floor, half_even, int, plain, sum};
use super::outputs::{Rows, guarded, header, number, optional};
use super::{Outcome, Stop, problem};
use num_traits::Zero;
use std::collections::BTreeMap;

/// A line of distribution.csv: `holder_id`, class order, asset.
type Key = (String, (u8, i64, String), String);

/// What a line holds.
#[derive(Clone, Debug)]
struct Line {
    class: String,
    shares: Q,
    /// The record date that `shares` are of.
    record: Date,
    gross: Q,
}

/// A rank of the dividend: the holdings that share it, with what is due to each.
struct Member {
    holder_id: String,
    class: String,
    shares: Q,
    cohorts: BTreeMap<Date, Q>,
}

/// What is payable on a holding of Common.
#[derive(Default)]
struct OnCommon {
    /// Per row (the currency, or an asset): the holding on the latest record date of the declarations that pay it.
    shares: BTreeMap<String, (Date, Q)>,
    cash: Option<Q>,
    /// Exact, by asset.
    quantities: BTreeMap<String, Q>,
}

struct Run<'a> {
    case: &'a Case,
    date: Date,
    /// The record date of what is being added.
    record: Date,
    ledger: Ledger,
    lines: BTreeMap<Key, Line>,
    due: Q,
    paid_from_funds: Q,
    /// What Series A gets in cash for its dividends, without cash in lieu.
    series_a_paid: Q,
}

impl Case {
    /// `ratable dividend --date D [--funds AMOUNT] [--pay-date P] [--acknowledge CLAUSE]`.
    pub fn dividend(
        &self,
        date: Date,
        funds: Option<&Q>,
        pay_date: Date,
        acknowledged: &[String],
    ) -> Result<Outcome, Stop> {
        self.check_register(date)?;
        self.check_accrued(date)?;
        let before = self.replay(date, date.plus(-1))?;
        let today = self.payments_as_of(date);
        let paid_today: Vec<_> = today.iter().filter(|payment| !payment.set_apart).collect();
        if funds.is_some() && !paid_today.is_empty() {
            return problem("a paid row of payments as of the date beside --funds");
        }
        let cash_today: Vec<_> = paid_today.into_iter().filter(|payment| payment.asset == CASH).collect();
        let series_a_sum = if cash_today.is_empty() { None } else { cash_sum(&cash_today) };
        // 4.5: more than is due is a problem, also where no Series A is outstanding and nobody would be paid.
        self.check_due(&before, date, series_a_sum.as_ref())?;
        // 4.15: no record date more than `record_date_window` days before the pay date.
        if let Some(record) = self.record_dates.get(&date)
            && int(pay_date.0 - record.0) > self.term_number("record_date_window")
        {
            return problem(format!("record date {record} is too long before the payment on {pay_date}"));
        }

        let mut run = Run {
            case: self,
            date,
            record: date,
            ledger: before.clone(),
            lines: BTreeMap::new(),
            due: Q::zero(),
            paid_from_funds: Q::zero(),
            series_a_paid: Q::zero(),
        };
        let something = run.anything_due_or_payable();
        // Without a Series A there is no first quarter date: every one may be a run's.
        let has_first = self.first_quarter().is_some();
        let dividend_date =
            if has_first { self.quarters_until(date).contains(&date) } else { self.is_quarter_date(date) };
        if !dividend_date && !something {
            return problem(format!("nothing is due; the next quarter date is {}", self.next_quarter(date)));
        }
        let offered = funds.or(series_a_sum.as_ref()).cloned();
        run.preferred(funds, series_a_sum.as_ref())?;
        let cash_changed = run.ledger.entries != before.entries || !run.series_a_paid.is_zero();
        let delivered = run.in_kind()?;
        // 4.14: a run that changes the ledger counts as a payment in 4.9, as does a row as of D.
        let event = run.ledger.entries != before.entries || !today.is_empty();
        if today.iter().any(|payment| payment.set_apart) {
            run.ledger.set_apart(date);
        }
        self.judge_default(&mut run.ledger, date, event);
        run.common(acknowledged)?;
        run.outcome(offered.as_ref(), pay_date, cash_changed, &delivered)
    }

    /// 4.14: `accrued_as_of` must be the run's date where `accrued_dividends` is not 0.
    pub fn check_accrued(&self, date: Date) -> Result<(), Stop> {
        let wrong =
            |class: &&super::case::Class| !class.accrued_dividends.is_zero() && class.accrued_as_of != Some(date);
        match self.classes.iter().find(wrong) {
            Some(class) => problem(format!("accrued_dividends of {} are not as of {date}", class.id)),
            None => Ok(()),
        }
    }

    /// 4.8: the `fair_value` of an asset is that of its latest declaration ≤ `date` that states one.
    pub fn fair_value(&self, asset: &str, date: Date) -> Result<Q, Stop> {
        let stated = self.declarations.iter().filter(|declaration| {
            declaration.asset == asset && declaration.declared <= date && declaration.fair_value.is_some()
        });
        match stated.max_by_key(|declaration| declaration.declared) {
            Some(declaration) => Ok(declaration.fair_value.clone().expect("a fair value")),
            None => problem(format!("no fair_value of {asset}")),
        }
    }
}

impl Case {
    /// 4.8: a rank's sum that does not pay it in full, over its classes by their exact totals due; a
    /// class gets no more than its total of `full`, and what is over goes to the others again.
    fn class_parts(&self, sum_left: &Q, rank: &[Member], due: &[Q], full: &[Q]) -> BTreeMap<String, Q> {
        let total = |class: &str, of: &[Q]| -> Q {
            let members = (0..rank.len()).filter(|&i| rank[i].class == class);
            members.map(|i| &of[i]).sum()
        };
        let of_rank = |class: &String| rank.iter().any(|member| member.class == *class);
        let classes: Vec<String> = self.class_ids().into_iter().filter(of_rank).collect();
        let mut parts: BTreeMap<String, Q> = classes.iter().map(|class| (class.clone(), Q::zero())).collect();
        let mut left = sum_left.clone();
        let mut first = true;
        while !left.is_zero() {
            // First over all the rank's classes, also those whose `full` is 0.
            let open: Vec<&String> =
                classes.iter().filter(|class| first || parts[*class] < total(class, full)).collect();
            first = false;
            let weights: Vec<Q> = open.iter().map(|class| total(class, due).max(Q::zero())).collect();
            let given = if open.len() == 1 { vec![left] } else { apportion(&left, &weights, self.decimals()) };
            left = Q::zero();
            for (class, given) in open.into_iter().zip(given) {
                let part = &parts[class] + given;
                let most = total(class, full);
                left += (&part - &most).max(Q::zero());
                parts.insert(class.clone(), part.min(most));
            }
        }
        parts
    }
}

impl Run<'_> {
    /// Whether anything is due on preferred stock, or payable on Common, on the date.
    fn anything_due_or_payable(&self) -> bool {
        let case = self.case;
        let assets = self.ledger.assets();
        let series_a = std::iter::once(CASH).chain(assets.iter().map(String::as_str)).any(|asset| {
            case.unpaid_by_cohort(&self.ledger, self.date, asset).values().any(|unpaid| !unpaid.is_zero())
        });
        let others = case
            .classes
            .iter()
            .any(|class| !class.accrued_dividends.is_zero() && !case.outstanding(&class.id, self.date).is_zero());
        series_a || others || case.declarations.iter().any(|d| d.payment == Some(self.date))
    }

    /// Adds cash to a holding's line.
    fn add_cash(&mut self, holder_id: &str, class: &str, shares: &Q, gross: &Q) {
        self.add(holder_id, class, CASH, shares, gross);
    }

    fn add(&mut self, holder_id: &str, class: &str, asset: &str, shares: &Q, gross: &Q) {
        let key = (holder_id.to_string(), self.case.class_order(class), asset.to_string());
        let line = self.lines.entry(key).or_insert_with(|| Line {
            class: class.to_string(),
            shares: shares.clone(),
            record: self.record,
            gross: Q::zero(),
        });
        if line.record <= self.record {
            line.record = self.record;
            line.shares = shares.clone();
        }
        line.gross += gross;
    }

    /// The ranks of the dividend: senior by order, Series A with parity, junior by order.
    fn ranks(&self) -> Vec<Vec<Member>> {
        let case = self.case;
        let rank_of = |id: &str| {
            if id == SERIES_A {
                return Some((Ranking::Parity, 0));
            }
            let class = case.classes.iter().find(|class| class.id == id)?;
            let order = if class.dividend_ranking == Ranking::Parity { 0 } else { class.order };
            Some((class.dividend_ranking, order))
        };
        let mut ranks: BTreeMap<(Ranking, i64), Vec<Member>> = BTreeMap::new();
        let mut holdings = case.holdings_on(self.date);
        holdings.retain(|holding| holding.class != SERIES_A);
        let entitled = case.holdings_on(case.record_date(self.date));
        holdings.extend(entitled.into_iter().filter(|holding| holding.class == SERIES_A));
        holdings.sort_by_key(|holding| (holding.holder_id.clone(), case.class_order(&holding.class)));
        for holding in holdings {
            if let Some(rank) = rank_of(&holding.class) {
                ranks.entry(rank).or_default().push(Member {
                    holder_id: holding.holder_id,
                    class: holding.class,
                    shares: holding.shares,
                    cohorts: holding.cohorts,
                });
            }
        }
        ranks.into_values().collect()
    }

    /// Everything on preferred stock: with `funds` down the ranks; with a sum for Series A, that
    /// sum, and everybody else in full; with neither, all in full.
    fn preferred(&mut self, funds: Option<&Q>, series_a_sum: Option<&Q>) -> Result<(), Stop> {
        let case = self.case;
        let unpaid = case.unpaid_by_cohort(&self.ledger, self.date, CASH);
        let mut left = funds.cloned();
        for rank in self.ranks() {
            let due: Vec<Q> = rank
                .iter()
                .map(|member| match member.class.as_str() {
                    SERIES_A => weighted(&member.cohorts, &unpaid) + self.ledger.carried(&member.holder_id),
                    class => &member.shares * &case.class(class).accrued_dividends,
                })
                .collect();
            let full: Vec<Q> = due.iter().map(|due| case.round(due).max(Q::zero())).collect();
            let full_total = sum(&full);
            self.due += &full_total;
            // What each class gets; none is all that is due.
            let mut parts: BTreeMap<String, Q> = BTreeMap::new();
            if let Some(sum_left) = &mut left {
                if *sum_left >= full_total {
                    *sum_left -= &full_total;
                    self.paid_from_funds += &full_total;
                } else {
                    parts = case.class_parts(sum_left, &rank, &due, &full);
                    self.paid_from_funds += sum(parts.values());
                    *sum_left -= sum(parts.values());
                }
            } else if let Some(paid) = series_a_sum {
                parts.insert(SERIES_A.into(), paid.clone());
            }
            let mut gross = full.clone();
            for class in case.class_ids() {
                let members: Vec<usize> = (0..rank.len()).filter(|&i| rank[i].class == class).collect();
                if members.is_empty() {
                    continue;
                }
                let class_full: Q = members.iter().map(|&i| &full[i]).sum();
                let part = parts.get(&class);
                if class == SERIES_A {
                    let paid = case.pay(&mut self.ledger, self.date, part);
                    for &i in &members {
                        gross[i] = paid[&rank[i].holder_id].clone();
                    }
                    self.series_a_paid = sum(paid.values());
                    if series_a_sum.is_some() {
                        self.paid_from_funds += &self.series_a_paid;
                    }
                } else if let Some(part) = part.filter(|part| **part < class_full) {
                    let weights: Vec<Q> = members.iter().map(|&i| due[i].clone()).collect();
                    for (&i, units) in members.iter().zip(apportion(part, &weights, case.decimals())) {
                        gross[i] = units;
                    }
                }
            }
            for (i, member) in rank.iter().enumerate() {
                if member.class == SERIES_A || !due[i].is_zero() {
                    self.add_cash(&member.holder_id, &member.class, &member.shares, &gross[i]);
                }
            }
        }
        // Where nobody is entitled, nothing is left unpaid: nothing is carried either.
        if case.cohort_shares(case.record_date(self.date)).is_empty() {
            self.ledger.carry.clear();
        }
        Ok(())
    }

    /// 4.8: in kind, everything unpaid for quarters ≤ D is delivered to Series A; the assets.
    fn in_kind(&mut self) -> Result<Vec<String>, Stop> {
        let case = self.case;
        let mut delivered = Vec::new();
        for asset in self.ledger.assets() {
            let unpaid = case.unpaid_by_cohort(&self.ledger, self.date, &asset);
            if unpaid.values().all(Q::is_zero) {
                continue;
            }
            for holding in case.holdings_on(case.record_date(self.date)) {
                let quantity = weighted(&holding.cohorts, &unpaid);
                if !quantity.is_zero() {
                    self.quantity(&holding.holder_id, SERIES_A, &asset, &holding.shares, &quantity)?;
                }
            }
            case.deliver(&mut self.ledger, self.date, &asset);
            delivered.push(asset);
        }
        Ok(delivered)
    }

    /// A quantity of an asset, rounded down to 6 decimals, or in whole units and cash in lieu.
    fn quantity(&mut self, holder_id: &str, class: &str, asset: &str, shares: &Q, exact: &Q) -> Result<(), Stop> {
        let case = self.case;
        if case.reads("fractions", "keep") {
            self.add(holder_id, class, asset, shares, &floor(exact, 6));
            return Ok(());
        }
        let whole = exact.floor();
        let fraction = exact - &whole;
        self.add(holder_id, class, asset, shares, &whole);
        if !fraction.is_zero() {
            let in_lieu = case.round(&(fraction * case.fair_value(asset, self.date)?));
            self.due += &in_lieu;
            self.add_cash(holder_id, class, shares, &in_lieu);
        }
        Ok(())
    }

    /// 4.8: what is declared on Common with `payment_date` = D, outside `--funds`.
    fn common(&mut self, acknowledged: &[String]) -> Result<(), Stop> {
        let case = self.case;
        let mut payable: Vec<_> = case.declarations.iter().filter(|d| d.payment == Some(self.date)).collect();
        if payable.is_empty() {
            return Ok(());
        }
        let acknowledged = acknowledged.iter().any(|clause| clause == "4(a)(i)");
        // Reading `declared_in_arrears`: §4(a)(i) forbids the declaration too.
        if case.reads("declared_in_arrears", "forbid") && !acknowledged {
            for declaration in payable.iter().filter(|declaration| declaration.declared < self.date) {
                if case.in_arrears(declaration.declared)? {
                    return Err(Stop::Forbidden("a dividend on Common declared in arrears (§4(a)(i))".into()));
                }
            }
        }
        // §4(a)(i): not while Series A has unpaid dividends for quarters ≤ D.
        let assets = self.ledger.assets();
        let unpaid = std::iter::once(CASH).chain(assets.iter().map(String::as_str)).any(|asset| {
            case.unpaid_by_cohort(&self.ledger, self.date, asset).values().any(|unpaid| !unpaid.is_zero())
        });
        if unpaid && !acknowledged {
            return Err(Stop::Forbidden("a Common payment while Series A is unpaid (§4(a)(i))".into()));
        }
        payable.sort_by_key(|declaration| declaration.record.unwrap_or(self.date));
        let mut holders: BTreeMap<String, OnCommon> = BTreeMap::new();
        for declaration in payable {
            let record = declaration.record.unwrap_or(self.date);
            for holding in case.holdings_on(record).iter().filter(|holding| holding.class == COMMON) {
                let owed = holders.entry(holding.holder_id.clone()).or_default();
                let row = if declaration.cash { CASH.to_owned() } else { declaration.asset.clone() };
                owed.shares.insert(row, (record, holding.shares.clone()));
                let amount = &holding.shares * &declaration.amount;
                if declaration.cash {
                    owed.cash = Some(owed.cash.clone().unwrap_or_default() + case.round(&amount));
                } else {
                    *owed.quantities.entry(declaration.asset.clone()).or_default() += amount;
                }
            }
        }
        for (holder_id, owed) in holders {
            if let Some(cash) = owed.cash {
                self.due += &cash;
                self.record = owed.shares[CASH].0;
                self.add_cash(&holder_id, COMMON, &owed.shares[CASH].1, &cash);
            }
            let mut quantities: Vec<(String, Q)> = owed.quantities.into_iter().collect();
            quantities.sort_by_key(|(asset, _)| owed.shares[asset].0);
            for (asset, exact) in quantities {
                self.record = owed.shares[&asset].0;
                self.quantity(&holder_id, COMMON, &asset, &owed.shares[&asset].1, &exact)?;
            }
        }
        Ok(())
    }

    /// 7: the files and the totals.
    fn outcome(
        self,
        offered: Option<&Q>,
        pay_date: Date,
        cash_changed: bool,
        delivered: &[String],
    ) -> Result<Outcome, Stop> {
        let case = self.case;
        let mut distribution = header("holder_id,holder_name,class,shares,asset,gross,withheld,net");
        let mut instructions: BTreeMap<String, Q> = BTreeMap::new();
        let (mut gross, mut withheld) = (Q::zero(), Q::zero());
        for ((holder_id, _, asset), line) in &self.lines {
            let mut row = vec![
                guarded(holder_id),
                guarded(&case.holders[holder_id].name),
                line.class.clone(),
                number(&line.shares),
                guarded(&case.asset_name(asset)),
            ];
            if asset == CASH {
                let kept = self.withheld(holder_id, &line.class, &line.gross)?;
                let net = &line.gross - &kept;
                row.extend([case.money(&line.gross), case.money(&kept), case.money(&net)]);
                gross += &line.gross;
                withheld += kept;
                *instructions.entry(holder_id.clone()).or_default() += net;
            } else {
                row.extend([number(&line.gross), "0".into(), number(&line.gross)]);
            }
            distribution.push(row);
        }
        let mut outcome = Outcome::done(Some(&case.multiple(self.date)));
        let rest = offered.map(|offered| offered - &self.paid_from_funds).unwrap_or_default();
        outcome.total("due", case.money(&self.due));
        outcome.total("gross", case.money(&gross));
        outcome.total("withheld", case.money(&withheld));
        outcome.total("net", case.money(&(&gross - &withheld)));
        outcome.total("unpaid", case.money(&(&self.due - &gross)));
        outcome.total("not_distributed", case.money(&rest));
        outcome.files.insert("distribution.csv".into(), distribution);
        case.instructions(&instructions, self.date, &mut outcome);
        outcome.files.insert("arrears.csv".into(), self.arrears());
        outcome.files.insert("carry.csv".into(), self.carry());
        outcome.files.insert("payments.csv".into(), self.payments(pay_date, cash_changed, delivered));
        outcome.files.insert("declarations.csv".into(), self.declarations());
        Ok(outcome)
    }

    /// 4.8: what is withheld from a holding's cash (reading `withhold_in_kind`).
    fn withheld(&self, holder_id: &str, class: &str, gross: &Q) -> Result<Q, Stop> {
        let case = self.case;
        let rate = case.withholding_rate(holder_id);
        let mut taxed = gross.clone();
        if case.reads("withhold_in_kind", "at-fair-value") && !rate.is_zero() {
            for ((id, _, asset), line) in &self.lines {
                if id == holder_id && line.class == class && asset != CASH && !line.gross.is_zero() {
                    taxed += &line.gross * case.fair_value(asset, self.date)?;
                }
            }
        }
        Ok(case.round(&(taxed * rate)).min(gross.clone()))
    }

    /// The `carry` table for the next run.
    fn carry(&self) -> Rows {
        let mut rows = header("as_of,holder_id,carried");
        for (holder_id, carried) in &self.ledger.carry {
            rows.push(vec![self.date.to_string(), guarded(holder_id), plain(carried, 18)]);
        }
        rows
    }

    /// The `arrears` table for the next run.
    fn arrears(&self) -> Rows {
        let mut rows =
            header("as_of,default_since,class,accrual_start,quarter,asset,dividend_per_share,paid_per_share,set_apart");
        let latest = self.case.quarter_on_or_before(self.date);
        let entitled = self.case.cohort_shares(self.case.record_date(self.date));
        for ((start, quarter, asset), entry) in &self.ledger.entries {
            let open = !entry.unpaid().is_zero() || *quarter == latest;
            if *quarter > self.date || !entitled.contains_key(start) || !open {
                continue;
            }
            rows.push(vec![
                self.date.to_string(),
                optional(self.ledger.default_since),
                String::new(),
                start.to_string(),
                quarter.to_string(),
                guarded(&self.case.asset_name(asset)),
                number(&entry.dividend),
                number(&entry.paid),
                if entry.set_apart && !entry.unpaid().is_zero() { "yes".into() } else { String::new() },
            ]);
        }
        rows
    }

    /// The `payments` rows to append.
    fn payments(&self, pay_date: Date, cash_changed: bool, delivered: &[String]) -> Rows {
        let mut rows = header("date,amount,quarter,asset,status,note");
        let case = self.case;
        let quarter = self.date.to_string();
        let mut push = |amount: String, asset: &str| {
            rows.push(vec![
                pay_date.to_string(),
                amount,
                quarter.clone(),
                guarded(&case.asset_name(asset)),
                "paid".into(),
                String::new(),
            ]);
        };
        if cash_changed {
            push(case.money(&self.series_a_paid), CASH);
        }
        for asset in delivered {
            push("full".into(), asset);
        }
        rows
    }

    /// §2(b): the declarations on Common in [F, D], and what they are on Series A.
    fn declarations(&self) -> Rows {
        let mut rows =
            header("declared_date,kind,asset,amount,multiple,series_a_amount,quarter,series_a_declared_date");
        let case = self.case;
        let (Some(first), Some(first_quarter)) = (case.first_issuance(), case.first_quarter()) else {
            return rows;
        };
        let in_range = |d: &&super::case::Declaration| first <= d.declared && d.declared <= self.date;
        let mut declarations: Vec<_> = case.declarations.iter().filter(in_range).collect();
        declarations.sort_by_key(|d| (d.declared, !d.cash, d.asset.clone(), d.amount.clone()));
        for d in declarations {
            let quarter = case.next_quarter(d.declared.plus(-1)).max(first_quarter);
            let multiple = case.multiple_of(d, quarter);
            rows.push(vec![
                d.declared.to_string(),
                if d.cash { "cash" } else { "in-kind" }.into(),
                guarded(&case.asset_name(&d.asset)),
                number(&d.amount),
                number(&half_even(&multiple, 12)),
                number(&half_even(&(multiple * &d.amount), 12)),
                quarter.to_string(),
                optional(d.series_a_declared),
            ]);
        }
        rows
    }
}
