//! Statements of a dividend run.

use super::common::{Common, lots_by_issue, own_step, per_share, step_row};
use super::fields::{lot, payment, single, step};
use super::{Cell, Column, Formula, Statement, Value};
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::class::ClassIx;
use crate::model::register::{HolderIx, Lot};
use crate::outcome::PaymentRow;
use crate::outcome::dividend::{CohortDividend, DividendOutcome};
use crate::quantity::{Ratio, SHARE_DECIMALS, Shares, Units, power_of_ten, whole};
use crate::report::RunInfo;
use crate::report::xlsx::value::{Figure, money, number};
use num_traits::{ToPrimitive, Zero};
use std::borrow::Cow;
use std::ops::Range;

/// Said of a figure that is not a formula.
pub(super) const NOT_LIVE: &str = "a value: a formula may be a unit off";

/// Makes the statements of a dividend run.
#[derive(Debug)]
pub struct Dividend<'a> {
    common: Common<'a>,
    case: &'a Case,
    outcome: &'a DividendOutcome,
    /// Cash per share by cohort.
    cohorts: Vec<Rate<'a>>,
    /// Cash per share by class, for the others.
    classes: Vec<(ClassIx, Rate<'a>)>,
    /// Whether Series A, or the class, is paid all that is due.
    series_a_full: bool,
    /// Cash declarations that pay Common.
    common_cash: Vec<&'a Ratio>,
}

/// An amount per share, and how a cell shows it.
#[derive(Clone, Debug)]
struct Rate<'a> {
    exact: Cow<'a, Ratio>,
    value: Value<'static>,
    /// Whether the value is exact.
    terminates: bool,
    full: bool,
}

impl<'a> Rate<'a> {
    fn new(exact: Cow<'a, Ratio>, full: bool) -> Self {
        let terminates = Figure::exact(&exact).is_some();
        Self { value: per_share(&exact), terminates, full, exact }
    }
}

impl<'a> Dividend<'a> {
    /// For a run.
    #[must_use]
    pub fn new(case: &'a Case, outcome: &'a DividendOutcome, run: &RunInfo) -> Self {
        let _ = run;
        let dates = [outcome.date, outcome.record_date, outcome.pay_date];
        let words = format!("Dividend run of {}, paid on {}", iso(outcome.date), iso(outcome.pay_date));
        let common = Common::new(case, words, dates, &outcome.multiple.value, &outcome.acknowledged);
        let common_cash: Vec<&Ratio> = outcome.common.iter().filter(|p| p.asset.is_none()).map(|p| &p.amount).collect();
        let mut classes: Vec<(ClassIx, Rate)> = outcome
            .classes
            .iter()
            .map(|c| (c.class, Rate::new(Cow::Borrowed(&c.paid_per_share), c.paid_per_share == c.due_per_share)))
            .collect();
        if !common_cash.is_empty() {
            let sum = common_cash.iter().fold(whole(0), |sum, amount| sum + *amount);
            classes.push((case.classes.common(), Rate::new(Cow::Owned(sum), true)));
        }
        Self {
            common,
            case,
            outcome,
            cohorts: outcome.cohorts.iter().map(|c| Rate::new(Cow::Borrowed(&c.paid), c.paid == c.due)).collect(),
            classes,
            series_a_full: outcome.cohorts.iter().all(|c| c.paid == c.due),
            common_cash,
        }
    }

    /// One holder's statement.
    #[must_use]
    pub fn of(&'a self, holder: HolderIx) -> Statement<'a> {
        let mut builder = Builder { run: self, statement: self.common.statement(holder), holder, parts: Vec::new() };
        builder.lots();
        builder.steps();
        builder.payments();
        builder.totals();
        builder.statement
    }

    fn rows_of(&self, holder: HolderIx) -> &'a [PaymentRow] {
        let rows = self.outcome.rows.as_slice();
        let start = rows.partition_point(|row| row.holder < holder);
        let rest = rows.get(start..).unwrap_or(&[]);
        rest.get(..rest.partition_point(|row| row.holder == holder)).unwrap_or(&[])
    }

    /// The day whose holders of a class are paid.
    fn day_of(&self, class: ClassIx) -> Date {
        let outcome = self.outcome;
        if class == self.case.classes.series_a() {
            outcome.record_date
        } else if class == self.case.classes.common() {
            outcome.common.iter().map(|p| p.record_date).max().unwrap_or(outcome.date)
        } else {
            outcome.date
        }
    }

    fn cohort_of(&self, lot: &Lot) -> Option<(usize, &'a CohortDividend)> {
        let start = self.outcome.accrual.of(lot.issue_date?)?.start;
        let at = self.outcome.cohorts.binary_search_by_key(&start, |c| c.accrual_start).ok()?;
        self.outcome.cohorts.get(at).map(|cohort| (at, cohort))
    }

    fn rate(&self, lot: &Lot) -> Option<&Rate<'a>> {
        if lot.class == self.case.classes.series_a() {
            let (at, _) = self.cohort_of(lot)?;
            self.cohorts.get(at)
        } else {
            self.classes.iter().find(|(class, _)| *class == lot.class).map(|(_, rate)| rate)
        }
    }
}

/// One statement being made.
struct Builder<'a> {
    run: &'a Dividend<'a>,
    statement: Statement<'a>,
    holder: HolderIx,
    /// The lots listed: class, shares in millionths, and the rate.
    parts: Vec<(ClassIx, u64, Option<&'a Rate<'a>>)>,
}

impl Builder<'_> {
    fn lots(&mut self) {
        let (run, case) = (self.run, self.run.case);
        let series_a = case.classes.series_a();
        let paid = run.rows_of(self.holder);
        let mut all = 0u128;
        for owned in lots_by_issue(case, self.holder) {
            let listed = owned.class == series_a || paid.iter().any(|row| row.class == owned.class);
            let day = run.day_of(owned.class);
            if !listed || !owned.counts_on(day) {
                continue;
            }
            let shares = shares_on(case, owned, day);
            let rate = run.rate(owned);
            let at = self.statement.lots.len();
            self.statement.lots.push(std::array::from_fn(|_| Value::Blank));
            let class = case.classes.get(owned.class);
            let mut put = |field, value| self.statement.set(Cell::at(field, at), value);
            put(lot::CLASS, Value::text(class.name.as_str()));
            put(lot::CERTIFICATE, Value::text(case.register.certificate(owned)));
            put(lot::ISSUE_DATE, owned.issue_date.map_or(Value::Blank, Value::date));
            put(lot::SHARES, Value::amount(i128::from(shares), SHARE_DECIMALS));
            let accrual = owned.issue_date.filter(|_| owned.class == series_a).and_then(|i| run.outcome.accrual.of(i));
            if let Some(accrual) = accrual {
                put(lot::ACCRUAL_START, Value::date(accrual.start));
                put(lot::ACCRUAL_WHY, Value::text(accrual.why));
                let note = if rate.is_some() { "" } else { "; not entitled in this run" };
                put(lot::NOTE, Value::text(format!("{}{note}", accrual.why)));
            }
            if let Some(rate) = rate {
                put(lot::PER_SHARE, rate.value.clone());
                self.amount(at, shares, rate);
            }
            self.parts.push((owned.class, shares, rate));
            all += u128::from(shares);
        }
        if let (Ok(all), false) = (i128::try_from(all), self.parts.is_empty()) {
            let column = Column::new(lot::SHARES, 0..self.parts.len());
            self.statement.put_live(Cell::single(single::SHARES), Formula::Sum(column), all, SHARE_DECIMALS);
        }
    }

    /// A lot's shares times its rate: the product itself where a spreadsheet gives it, else to 6 decimals.
    fn amount(&mut self, at: usize, shares: u64, rate: &Rate) {
        let (cell, a, b) = (Cell::at(lot::AMOUNT, at), Cell::at(lot::SHARES, at), Cell::at(lot::PER_SHARE, at));
        let exact = match &rate.value {
            Value::Number(figure) if rate.terminates => figure.times(shares),
            _ => None,
        };
        if let Some(figure) = exact
            && Formula::Product(a, b).gives(figure, &self.statement)
        {
            self.statement.set(cell, Value::Live(Formula::Product(a, b), figure));
            return;
        }
        let product = Shares::from_micros(shares).to_ratio() * rate.exact.as_ref() * power_of_ten(6);
        let units = crate::quantity::round_half(&product, crate::quantity::Midpoint::HalfUp).to_i128();
        if let Some(units) = units {
            self.statement.put_live(cell, Formula::RoundedProduct(a, b, 6), units, 6);
        }
    }

    fn steps(&mut self) {
        let run = self.run;
        let series_a = run.case.classes.series_a();
        let lots = run.case.register.lots_of(self.holder);
        let day = run.day_of(series_a);
        let mut cohorts: Vec<&CohortDividend> = lots
            .iter()
            .filter(|l| l.class == series_a && l.counts_on(day))
            .filter_map(|l| run.cohort_of(l).map(|(_, cohort)| cohort))
            .collect();
        cohorts.sort_by_key(|c| c.accrual_start);
        cohorts.dedup_by_key(|c| c.accrual_start);
        let several = cohorts.len() > 1;
        for cohort in cohorts {
            let of = if several { format!("Accruing from {}", iso(cohort.accrual_start)) } else { String::new() };
            self.statement.steps.extend(cohort.steps.iter().map(|s| step_row(s, &of)));
        }
        for class in &run.outcome.classes {
            if self.parts.iter().any(|(c, ..)| *c == class.class) {
                let name = &run.case.classes.get(class.class).name;
                self.statement.steps.extend(class.steps.iter().map(|s| step_row(s, name)));
            }
        }
    }

    fn payments(&mut self) {
        for row in self.run.rows_of(self.holder) {
            let at = self.statement.payments.len();
            self.statement.payments.push(std::array::from_fn(|_| Value::Blank));
            let case = self.run.case;
            let class = case.classes.get(row.class);
            self.statement.set(Cell::at(payment::CLASS, at), Value::text(class.name.as_str()));
            self.shares(row, at);
            if row.is_cash() {
                self.statement.set(Cell::at(payment::ASSET, at), Value::text(case.terms.currency.as_str()));
                self.cash(row, at);
            } else {
                self.delivery(row, at);
            }
        }
    }

    /// The lots listed of a class.
    fn range(&self, class: ClassIx) -> Range<usize> {
        let start = self.parts.iter().position(|(c, ..)| *c == class).unwrap_or(0);
        let len = self.parts.iter().filter(|(c, ..)| *c == class).count();
        start..start + len
    }

    fn shares(&mut self, row: &PaymentRow, at: usize) {
        let cell = Cell::at(payment::SHARES, at);
        let column = Column::new(lot::SHARES, self.range(row.class));
        self.statement.put_live(cell, Formula::Sum(column), i128::from(row.shares), SHARE_DECIMALS);
    }

    /// A payment in cash: the lots' amounts, rounded or apportioned, a unit left over or cash in lieu, withholding.
    fn cash(&mut self, row: &PaymentRow, at: usize) {
        let case = self.run.case;
        let (range, decimals) = (self.range(row.class), case.terms.currency_decimals);
        let amounts = Column::new(lot::AMOUNT, range.clone());
        let full = if row.class == case.classes.series_a() {
            self.run.series_a_full
        } else {
            self.parts.get(range.start).and_then(|(.., rate)| *rate).is_none_or(|rate| rate.full)
        };
        let rounded = self.rounded(row, range, full);
        let unit = row.gross - rounded;
        let formulas = if full {
            [Formula::RoundedSum(amounts, decimals), self.sum_product(row.class, decimals)]
        } else {
            [Formula::RoundedDownSum(amounts, decimals), self.sum_product(row.class, decimals)]
        };
        let cell = Cell::at(payment::ROUNDED, at);
        let several = row.class == case.classes.common() && self.run.common_cash.len() > 1;
        let usable = formulas.into_iter().take(if several {
            0
        } else if full {
            2
        } else {
            1
        });
        let live = usable.into_iter().any(|formula| self.statement.put_live(cell, formula, rounded, decimals));
        if !live {
            self.statement.set(cell, Value::amount(rounded, decimals));
        }
        let (gross, unit_cell) = (Cell::at(payment::GROSS, at), Cell::at(payment::UNIT, at));
        if full && unit.is_zero() {
            self.statement.put_live(gross, Formula::Same(cell), row.gross, decimals);
        } else {
            self.statement.set(unit_cell, Value::amount(unit, decimals));
            self.statement.put_live(gross, Formula::Plus(cell, unit_cell, decimals), row.gross, decimals);
        }
        let note = match (full, unit.is_zero(), live) {
            (_, _, false) if several => "a value: each declaration rounded by itself",
            (_, _, false) => NOT_LIVE,
            (false, false, _) => "unit left over: a constant",
            (true, false, _) => "cash in lieu: a constant",
            _ => "",
        };
        self.statement.set(Cell::at(payment::NOTE, at), Value::text(note));
        self.own_steps(row, at, full, unit);
        self.withholding(row, at, decimals);
    }

    fn sum_product(&self, class: ClassIx, decimals: u32) -> Formula {
        let range = self.range(class);
        let (a, b) = (Column::new(lot::SHARES, range.clone()), Column::new(lot::PER_SHARE, range));
        Formula::RoundedSumProduct(a, b, decimals)
    }

    /// The lots' exact sum, rounded down where a sum is apportioned; else what is paid without cash in lieu.
    fn rounded(&self, row: &PaymentRow, range: Range<usize>, full: bool) -> Units {
        let (readings, terms) = (&self.run.case.terms.readings, &self.run.case.terms);
        let has_cash_in_lieu = readings.cash_in_lieu() && !self.run.outcome.assets.is_empty();
        if full && !has_cash_in_lieu {
            return row.gross;
        }
        let mut sum = whole(0);
        for (_, shares, rate) in self.parts.get(range).unwrap_or(&[]) {
            if let Some(rate) = rate {
                sum += Shares::from_micros(*shares).to_ratio() * rate.exact.as_ref();
            }
        }
        let units = sum * power_of_ten(terms.currency_decimals);
        let rounded = if full {
            crate::quantity::round_half(&units, readings.midpoint()).to_i128()
        } else {
            units.floor().to_integer().to_i128()
        };
        rounded.unwrap_or(row.gross)
    }

    fn own_steps(&mut self, row: &PaymentRow, at: usize, full: bool, unit: Units) {
        let terms = &self.run.case.terms;
        let range = self.range(row.class);
        if range.is_empty() {
            return;
        }
        let what = match (full, range.len()) {
            (true, 1) => "The lot's amount, rounded to the smallest unit".to_owned(),
            (true, n) => format!("The sum of the {n} lots' amounts, rounded to the smallest unit"),
            (false, _) => "The exact share of the sum paid, rounded down to the smallest unit".to_owned(),
        };
        let decimals = terms.currency_decimals;
        let clause = if full { "2(a)" } else { "2(c), SPEC 4.7" };
        self.statement.steps.push(own_step(clause, what, ""));
        self.copy_to_step(Cell::at(payment::ROUNDED, at));
        if !unit.is_zero() {
            let unit = money(unit, decimals);
            let (clause, what) = if full {
                ("SPEC 4.8", format!("{unit} in cash in lieu of fractions of assets"))
            } else {
                ("SPEC 4.7", format!("{unit} more: a unit left over went to this holding by the largest remainder"))
            };
            self.statement.steps.push(own_step(clause, what, ""));
            self.copy_to_step(Cell::at(payment::GROSS, at));
        }
    }

    /// The last step's figure is that of a cell.
    fn copy_to_step(&mut self, cell: Cell) {
        let Some(last) = self.statement.steps.len().checked_sub(1) else { return };
        let value = match self.statement.value(cell) {
            Value::Live(_, figure) | Value::Number(figure) => Value::Live(Formula::Same(cell), *figure),
            other => other.clone(),
        };
        self.statement.set(Cell::at(step::AFTER, last), value);
    }

    fn withholding(&mut self, row: &PaymentRow, at: usize, decimals: u32) {
        let rate = self.run.case.register.stated_withholding_rate(self.holder);
        let gross = Cell::at(payment::GROSS, at);
        let withheld = Cell::at(payment::WITHHELD, at);
        if let Some(rate) = rate {
            self.statement.put(single::WITHHOLDING_RATE, per_share(rate));
            let formula = Formula::RoundedProduct(gross, Cell::single(single::WITHHOLDING_RATE), decimals);
            let live = self.statement.put_live(withheld, formula, row.withheld, decimals);
            if !live {
                self.statement
                    .set(Cell::at(payment::NOTE, at), Value::text("withheld is a value: a formula may be a unit off"));
            }
            if !row.withheld.is_zero() {
                let percent = number(&(rate * whole(100)), 12);
                let what = format!("Tax withheld at {percent} % of the gross amount");
                self.statement.steps.push(own_step("SPEC 4.8", what, ""));
                self.copy_to_step(withheld);
            }
        } else {
            self.statement.set(withheld, Value::amount(row.withheld, decimals));
        }
        let net = Formula::Minus(gross, withheld, decimals);
        self.statement.put_live(Cell::at(payment::NET, at), net, row.net(), decimals);
    }

    /// A delivery in kind: shares × per share, rounded down to 6 decimals.
    fn delivery(&mut self, row: &PaymentRow, at: usize) {
        let index = usize::from(row.asset) - 1;
        let name = self.run.outcome.assets.get(index).map_or("", |a| a.name.as_str());
        let gross = Cell::at(payment::GROSS, at);
        self.statement.set(Cell::at(payment::ASSET, at), Value::text(name));
        let rate = self.rate_in_kind(row, index);
        let mut live = false;
        if let Some(rate) = &rate {
            let what = format!("Delivered per share in {name}; the quantity is rounded down");
            self.statement.steps.push(own_step("2(a)", what, ""));
            let per_share_cell = Cell::at(step::AFTER, self.statement.steps.len() - 1);
            self.statement.set(per_share_cell, per_share(rate));
            let decimals = if self.run.case.terms.readings.cash_in_lieu() { 0 } else { SHARE_DECIMALS };
            let shares = Cell::at(payment::SHARES, at);
            // Where the product has no more decimals, rounding it at all only takes away what doubles add.
            live = [
                Formula::RoundedDownProduct(shares, per_share_cell, decimals),
                Formula::RoundedProduct(shares, per_share_cell, decimals),
            ]
            .into_iter()
            .any(|formula| self.statement.put_live(gross, formula, row.gross, SHARE_DECIMALS));
        } else {
            self.statement.set(gross, Value::amount(row.gross, SHARE_DECIMALS));
        }
        self.statement.set(Cell::at(payment::WITHHELD, at), Value::amount(0, 0));
        let net = Formula::Minus(gross, Cell::at(payment::WITHHELD, at), SHARE_DECIMALS);
        self.statement.put_live(Cell::at(payment::NET, at), net, row.gross, SHARE_DECIMALS);
        if !live {
            let note = if rate.is_some() { NOT_LIVE } else { "a value: lots differ per share" };
            self.statement.set(Cell::at(payment::NOTE, at), Value::text(note));
        }
    }

    /// What each share of a holding gets of an asset, where that is the same for all of them.
    fn rate_in_kind(&self, row: &PaymentRow, asset: usize) -> Option<Ratio> {
        let outcome = self.run.outcome;
        if row.class != self.run.case.classes.series_a() {
            let same_day =
                outcome.common.iter().all(|p| Some(p.record_date) == outcome.common.first().map(|f| f.record_date));
            let paid = outcome.common.iter().filter(|p| p.asset == Some(asset));
            return same_day.then(|| paid.fold(whole(0), |sum, p| sum + &p.amount));
        }
        let day = self.run.day_of(row.class);
        let lots = self.run.case.register.lots_of(self.holder).iter();
        let mut rates = lots.filter(|l| l.class == row.class && l.counts_on(day)).filter_map(|l| {
            let (_, cohort) = self.run.cohort_of(l)?;
            Some(cohort.in_kind.iter().find(|(a, _)| *a == asset).map_or_else(|| whole(0), |(_, rate)| rate.clone()))
        });
        let first = rates.next()?;
        rates.all(|rate| rate == first).then_some(first)
    }

    /// What there is of cash, over all classes.
    fn totals(&mut self) {
        let decimals = self.run.case.terms.currency_decimals;
        let rows = self.run.rows_of(self.holder);
        let cash = || rows.iter().filter(|row| row.is_cash());
        let (gross, withheld): (Units, Units) =
            (cash().map(|row| row.gross).sum(), cash().map(|row| row.withheld).sum());
        let keys = Column::new(payment::ASSET, 0..rows.len());
        let currency = Cell::single(single::CURRENCY);
        for (field, of, units) in
            [(single::GROSS, payment::GROSS, gross), (single::WITHHELD, payment::WITHHELD, withheld)]
        {
            let values = Column::new(of, 0..rows.len());
            let formula = Formula::SumInCurrency { keys, currency, values, decimals };
            if rows.is_empty() {
                self.statement.put(field, Value::amount(units, decimals));
            } else {
                self.statement.put_live(Cell::single(field), formula, units, decimals);
            }
        }
        let net = Formula::Minus(Cell::single(single::GROSS), Cell::single(single::WITHHELD), decimals);
        self.statement.put_live(Cell::single(single::NET), net, gross - withheld, decimals);
    }
}

/// A lot's shares on a day, in millionths: Common's are adjusted from the register's date on (SPEC 4.2).
#[must_use]
pub fn shares_on(case: &Case, lot: &Lot, day: Date) -> u64 {
    let Some(from) = case.terms.register_date.filter(|_| lot.class == case.classes.common()) else {
        return lot.shares.micros();
    };
    let factor = case
        .adjustments
        .iter()
        .filter(|a| from < a.effective_date && a.effective_date <= day)
        .fold(whole(1), |factor, a| factor * &a.factor);
    let adjusted = (factor * whole(lot.shares.micros())).floor().to_integer();
    adjusted.to_u64().unwrap_or_else(|| lot.shares.micros())
}
