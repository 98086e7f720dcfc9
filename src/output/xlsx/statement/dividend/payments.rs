//! What a dividend statement says of each payment, and of all of them.

use super::super::common::{own_step, per_share};
use super::super::fields::{lot, payment, single, step};
use super::super::{Cell, Column, Formula, Term, Value};
use super::{Builder, NOT_LIVE, Rate};
use crate::model::class::{ClassIx, Rank};
use crate::outcome::PaymentRow;
use crate::quantity::{Ratio, SHARE_DECIMALS, Shares, Units, plain, power_of_ten, round_half, whole};
use crate::text::{grouped, money, number, readable};
use num_traits::{ToPrimitive, Zero};
use std::ops::Range;

impl Builder<'_> {
    pub(super) fn payments(&mut self) {
        let mut class = None;
        for row in self.run.rows_of(self.holder) {
            if class.replace(row.class) != Some(row.class) {
                self.steps_of(row.class);
            }
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
        self.statement.put_live(cell, Term::Sum(column).exact(), i128::from(row.shares), SHARE_DECIMALS);
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
            [Term::Sum(amounts).rounded(decimals), self.sum_product(row.class, decimals)]
        } else {
            [Term::Sum(amounts).rounded_down(decimals), self.sum_product(row.class, decimals)]
        };
        let cell = Cell::at(payment::ROUNDED, at);
        let several = self.run.is_several(row.class);
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
            self.statement.put_live(gross, Term::Cell(cell).exact(), row.gross, decimals);
        } else {
            self.statement.set(unit_cell, Value::amount(unit, decimals));
            self.statement.put_live(gross, Term::Plus(cell, unit_cell).rounded(decimals), row.gross, decimals);
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
        Term::SumProduct(a, b).rounded(decimals)
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
        let rounded =
            if full { round_half(&units, readings.midpoint()).to_i128() } else { units.floor().to_integer().to_i128() };
        rounded.unwrap_or(row.gross)
    }

    fn own_steps(&mut self, row: &PaymentRow, at: usize, full: bool, unit: Units) {
        let terms = &self.run.case.terms;
        let range = self.range(row.class);
        if range.is_empty() {
            return;
        }
        let class = self.run.case.classes.get(row.class);
        let lots = self.lots_times_rates(range);
        let several = self.run.is_several(row.class);
        let how = match (full, several) {
            (_, true) => "each declaration rounded by itself",
            (true, _) => "rounded to the smallest unit",
            (false, _) => "the exact share of the sum paid, rounded down to the smallest unit",
        };
        let what = format!("Together: {lots}, {how}");
        let decimals = terms.currency_decimals;
        let clause = match (class.rank, full) {
            (Rank::SeriesA, true) => "2(a)",
            (Rank::SeriesA, false) => "2(c)",
            (Rank::Common | Rank::OtherCommon | Rank::Right, _) => "Declaration",
            _ if !full && class.dividend_rank == Rank::Parity => "4(a)(ii)",
            _ => "9",
        };
        self.statement.steps.push(own_step(clause, what, ""));
        self.copy_to_step(Cell::at(payment::ROUNDED, at));
        if !unit.is_zero() {
            let unit = money(unit, decimals);
            let (clause, what) = if full {
                ("Cash in lieu", format!("{unit} more, in cash in lieu of fractions of assets"))
            } else {
                ("Rounding", format!("{unit} more: a unit left over went to this holding by the largest remainder"))
            };
            self.statement.steps.push(own_step(clause, what, ""));
            self.copy_to_step(Cell::at(payment::GROSS, at));
        }
    }

    /// A class's lots in words: `90 × 5 + 400 × 6.27`.
    fn lots_times_rates(&self, range: Range<usize>) -> String {
        const MOST: usize = 3;
        let parts = self.parts.get(range).unwrap_or(&[]);
        if parts.len() > MOST {
            return format!("the sum of the {} lots' amounts", parts.len());
        }
        let product = |(_, shares, rate): &(ClassIx, u64, Option<&Rate>)| {
            let rate = rate
                .map_or_else(|| "0".to_owned(), |rate| readable(&rate.exact, self.run.case.terms.currency_decimals));
            format!("{} × {rate}", grouped(&Shares::from_micros(*shares).to_string()))
        };
        parts.iter().map(product).collect::<Vec<_>>().join(" + ")
    }

    /// The last step's figure is that of a cell.
    fn copy_to_step(&mut self, cell: Cell) {
        let Some(last) = self.statement.steps.len().checked_sub(1) else { return };
        let value = match self.statement.value(cell) {
            Value::Live(_, figure) | Value::Number(figure) => Value::Live(Term::Cell(cell).exact(), *figure),
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
            let formula = Term::Product(gross, Cell::single(single::WITHHOLDING_RATE)).rounded(decimals);
            let live = self.statement.put_live(withheld, formula, row.withheld, decimals);
            if !live {
                self.statement
                    .set(Cell::at(payment::NOTE, at), Value::text("withheld is a value: a formula may be a unit off"));
            }
            if !row.withheld.is_zero() {
                let percent = number(&(rate * whole(100)), 12);
                let what = format!("Tax withheld at {percent} % of the gross amount");
                self.statement.steps.push(own_step("Withholding", what, ""));
                self.copy_to_step(withheld);
            }
        } else {
            self.statement.put(single::WITHHOLDING_RATE, Value::text("none"));
            self.statement.set(withheld, Value::amount(row.withheld, decimals));
        }
        let net = Term::Minus(gross, withheld).rounded(decimals);
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
            let class = self.run.case.classes.get(row.class);
            let shares = Shares::from_micros(row.shares);
            let decimals = if self.run.case.terms.readings.cash_in_lieu() { 0 } else { SHARE_DECIMALS };
            let how =
                if decimals == 0 { "whole units; the fraction is paid in cash" } else { "the quantity rounded down" };
            let what = format!("{} × {} {name}, {how}", grouped(&shares.to_string()), plain(rate, 12));
            let clause = if class.rank == Rank::SeriesA { "2(a)" } else { "Declaration" };
            self.statement.steps.push(own_step(clause, what, ""));
            let per_share_cell = Cell::at(step::BEFORE, self.statement.steps.len() - 1);
            self.statement.set(per_share_cell, per_share(rate));
            let shares = Cell::at(payment::SHARES, at);
            // Where the product has no more decimals, rounding it at all only takes away what doubles add.
            live = [
                Term::Product(shares, per_share_cell).rounded_down(decimals),
                Term::Product(shares, per_share_cell).rounded(decimals),
            ]
            .into_iter()
            .any(|formula| self.statement.put_live(gross, formula, row.gross, SHARE_DECIMALS));
            self.copy_to_step(gross);
        } else {
            self.statement.set(gross, Value::amount(row.gross, SHARE_DECIMALS));
            let class = self.run.case.classes.get(row.class);
            let clause = if class.rank == Rank::SeriesA { "2(a)" } else { "Declaration" };
            let what = format!("{name}: each lot's shares times its own rate; the quantity is rounded down");
            self.statement.steps.push(own_step(clause, what, ""));
            self.copy_to_step(gross);
        }
        self.statement.set(Cell::at(payment::WITHHELD, at), Value::amount(0, 0));
        let net = Term::Minus(gross, Cell::at(payment::WITHHELD, at)).rounded(SHARE_DECIMALS);
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
            let paid = outcome.common.iter().filter(|p| p.asset == Some(asset));
            let mut days = paid.clone().map(|p| p.record_date);
            let first = days.next();
            let same_day = days.all(|day| Some(day) == first);
            let ratio = self.run.case.classes.get(row.class).conversion_ratio.clone().unwrap_or_else(|| whole(1));
            return same_day.then(|| paid.fold(whole(0), |sum, p| sum + &p.amount) * ratio);
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
    pub(super) fn totals(&mut self) {
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
            let formula = Term::SumIf { keys, key: currency, values }.rounded(decimals);
            if rows.is_empty() {
                self.statement.put(field, Value::amount(units, decimals));
            } else {
                self.statement.put_live(Cell::single(field), formula, units, decimals);
            }
        }
        let net = Term::Minus(Cell::single(single::GROSS), Cell::single(single::WITHHELD)).rounded(decimals);
        self.statement.put_live(Cell::single(single::NET), net, gross - withheld, decimals);
    }
}
