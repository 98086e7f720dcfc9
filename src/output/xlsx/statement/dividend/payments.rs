//! What a dividend statement says of each payment, and of all of them.

use super::super::common::{NOT_LIVE, decimals_in_kind, per_share, units};
use super::super::fields::{lot, payment, single};
use super::super::{Cell, Column, Formula, Term, Value};
use super::{Builder, Rate};
use crate::model::carry::CARRY_DECIMALS;
use crate::model::reading::WithholdInKind;
use crate::model::{Lot, Rank};
use crate::outcome::{AssetDelivery, PaymentRow};
use crate::quantity::{Ratio, Shares, Units, plain, power_of_ten, units_ratio, whole};
use crate::text::{grouped, money, number, readable};
use num_traits::{ToPrimitive, Zero};
use std::ops::Range;

impl Builder<'_> {
    pub(super) fn payments(&mut self) {
        for of_class in self.draft.rows.chunk_by(|a, b| a.class == b.class) {
            self.steps_of(of_class[0].class);
            let mut rows: Vec<&PaymentRow> = of_class.iter().collect();
            // What is paid for fractions rests on the deliveries.
            rows.sort_by_key(|row| row.is_cash() && self.has_cash_in_lieu());
            for row in rows {
                match usize::from(row.asset).checked_sub(1) {
                    None => {
                        let at = self.draft.payment(row.class, row.shares);
                        self.draft.one_per_share(at, self.draft.range(row.class), lot::PER_SHARE);
                        self.cash(row, at);
                    }
                    Some(asset) => self.delivery(row, asset),
                }
            }
        }
    }

    /// A payment in cash: the lots' amounts, rounded or apportioned, a unit left over or cash in lieu, withholding.
    fn cash(&mut self, row: &PaymentRow, at: usize) {
        let case = self.run.case;
        let (range, decimals) = (self.draft.range(row.class), case.terms.currency_decimals);
        let column = |field| Column::new(field, range.clone());
        let full = if row.class == case.classes.series_a() {
            self.run.series_a_full
        } else {
            self.rates.get(range.start).copied().flatten().is_none_or(|rate| rate.full)
        };
        let rounded = self.rounded(row, range.clone(), full);
        let unit = row.gross - rounded;
        let amounts = Term::Sum(column(lot::AMOUNT));
        let products = Term::SumProduct(column(lot::SHARES), column(lot::PER_SHARE)).rounded(decimals);
        let (several, in_lieu) = (self.run.is_several(row.class), self.has_cash_in_lieu());
        let formulas: &[Formula] = match (several, full) {
            (true, _) => &[],
            (false, true) => &[amounts.rounded(decimals), products],
            (false, false) => &[amounts.rounded_down(decimals)],
        };
        let cell = Cell::at(payment::ROUNDED, at);
        let statement = &mut self.draft.statement;
        statement.set(cell, Value::amount(rounded, decimals));
        let live = formulas.iter().any(|formula| statement.put_live(cell, *formula, rounded, decimals));
        let (gross, unit_cell) = (Cell::at(payment::GROSS, at), Cell::at(payment::UNIT, at));
        let mut is_priced = false;
        if full && unit.is_zero() {
            statement.put_live(gross, Term::Cell(cell).exact(), row.gross, decimals);
        } else {
            is_priced = self.draft.put_in_lieu(unit_cell, unit);
            let sum = Term::Plus(cell, unit_cell).rounded(decimals);
            self.draft.statement.put_live(gross, sum, row.gross, decimals);
        }
        let note = match (full, unit.is_zero(), live) {
            (_, _, false) if several => "a value: each declaration rounded by itself",
            (_, _, false) => NOT_LIVE,
            _ if is_priced => "with cash in lieu of fractions",
            (false, false, _) if in_lieu => "cash in lieu, and a unit left over: a constant",
            (false, false, _) => "unit left over: a constant",
            (true, false, _) => "cash in lieu: a constant",
            _ => "",
        };
        self.draft.statement.set(Cell::at(payment::NOTE, at), Value::text(note));
        self.own_steps(row, at, full, unit);
        self.withholding(row, at, decimals);
    }

    fn has_cash_in_lieu(&self) -> bool {
        self.run.case.terms.readings.cash_in_lieu() && !self.run.outcome.assets.is_empty()
    }

    /// What the holder carries into the run, of earlier payments in part on Series A.
    fn carried(&self, row: &PaymentRow) -> Ratio {
        let is_series_a = row.class == self.run.case.classes.series_a();
        let carried = if is_series_a { self.run.outcome.carried.get(row.holder) } else { 0 };
        units_ratio(carried, CARRY_DECIMALS)
    }

    /// The lots' exact sum, rounded down where a sum is apportioned; else what is paid without cash in lieu.
    fn rounded(&self, row: &PaymentRow, range: Range<usize>, full: bool) -> Units {
        let (readings, terms) = (&self.run.case.terms.readings, &self.run.case.terms);
        if full && !self.has_cash_in_lieu() {
            return row.gross;
        }
        let lots = self.draft.lots[range.clone()].iter().zip(&self.rates[range]);
        let sum = lots.filter_map(|((_, shares), rate)| rate.map(|rate| Shares(*shares).to_ratio() * &rate.exact));
        let sum = sum.fold(whole(0), |sum, amount| sum + amount);
        if full {
            return units(&(sum + self.carried(row)).max(whole(0)), terms.currency_decimals, readings.midpoint());
        }
        let down = (sum * power_of_ten(terms.currency_decimals)).floor().to_integer();
        down.to_i128().expect("a run refuses cash beyond the limit")
    }

    fn own_steps(&mut self, row: &PaymentRow, at: usize, full: bool, unit: Units) {
        let terms = &self.run.case.terms;
        let range = self.draft.range(row.class);
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
        let decimals = terms.currency_decimals;
        let carried = self.carried(row);
        let with = if full && !carried.is_zero() {
            format!(", with {} carried from payments in part", readable(&carried, decimals))
        } else {
            String::new()
        };
        let what = format!("Together: {lots}{with}, {how}");
        let clause = match (class.rank, full) {
            (Rank::SeriesA, true) => "2(a)",
            (Rank::SeriesA, false) => "2(c)",
            (Rank::Common | Rank::OtherCommon | Rank::Right, _) => "Declaration",
            _ if !self.run.has_series_a => "Terms",
            _ if !full && class.dividend_rank == Rank::Parity => "4(a)(ii)",
            _ => "9",
        };
        self.draft.step(clause, what, Cell::at(payment::ROUNDED, at));
        if !unit.is_zero() {
            let unit = money(unit, decimals);
            let (clause, why) = match (full, self.has_cash_in_lieu()) {
                (true, _) => ("Cash in lieu", ", in cash in lieu of fractions of assets"),
                (_, true) => ("Cash in lieu", ", in cash in lieu of fractions of assets, and any unit left over"),
                _ if carried.is_zero() => {
                    ("Rounding", ": a unit left over went to this holding by the largest remainder")
                }
                _ => ("Rounding", ": carried from earlier payments in part, and any unit left over"),
            };
            let what = format!("{unit} more{why}");
            self.draft.step(clause, what, Cell::at(payment::GROSS, at));
        }
    }

    /// A class's lots in words: `90 × 5 + 400 × 6.27`.
    fn lots_times_rates(&self, range: Range<usize>) -> String {
        const MOST: usize = 3;
        if range.len() > MOST {
            return format!("the sum of the {} lots' amounts", range.len());
        }
        let decimals = self.run.case.terms.currency_decimals;
        let product = |at: usize| {
            let rate = self.rates[at].map_or_else(|| "0".to_owned(), |rate| readable(&rate.exact, decimals));
            format!("{} × {rate}", grouped(&Shares(self.draft.lots[at].1).to_string()))
        };
        range.map(product).collect::<Vec<_>>().join(" + ")
    }

    fn withholding(&mut self, row: &PaymentRow, at: usize, decimals: u32) {
        let rate = self.run.case.register.stated_withholding_rate(self.draft.holder);
        let (gross, withheld) = (Cell::at(payment::GROSS, at), Cell::at(payment::WITHHELD, at));
        let statement = &mut self.draft.statement;
        statement.put(single::WITHHOLDING_RATE, rate.map_or_else(|| Value::text("none"), per_share));
        if let Some(rate) = rate {
            let formula = Term::Product(gross, Cell::single(single::WITHHOLDING_RATE)).rounded(decimals);
            if !statement.put_live(withheld, formula, row.withheld, decimals) {
                let note = "withheld is a value: a formula may be a unit off";
                statement.set(Cell::at(payment::NOTE, at), Value::text(note));
            }
            if !row.withheld.is_zero() {
                let percent = number(&(rate * whole(100)), 12);
                let in_kind = self.run.case.terms.readings.withhold_in_kind == WithholdInKind::AtFairValue;
                let of = if in_kind && !self.run.outcome.assets.is_empty() {
                    "cash and deliveries at fair value together, as far as the cash goes"
                } else {
                    "the gross amount"
                };
                self.draft.step("Withholding", format!("Tax withheld at {percent} % of {of}"), withheld);
            }
        } else {
            statement.set(withheld, Value::amount(row.withheld, decimals));
        }
        let net = Term::Minus(gross, withheld).rounded(decimals);
        self.draft.statement.put_live(Cell::at(payment::NET, at), net, row.net(), decimals);
    }

    /// A delivery in kind: shares × per share, rounded down to 6 decimals.
    fn delivery(&mut self, row: &PaymentRow, asset: usize) {
        let (case, AssetDelivery { name, fair_value, .. }) = (self.run.case, &self.run.outcome.assets[asset]);
        let clause = if row.class == case.classes.series_a() { "2(a)" } else { "Declaration" };
        let rate = self.rate_in_kind(row, asset);
        let what = match &rate {
            None => format!("{name}: each lot's shares times its own rate; the quantity is rounded down"),
            Some(rate) => {
                let shares = grouped(&Shares(row.shares).to_string());
                let how = match decimals_in_kind(case) {
                    0 => "whole units; the fraction is paid in cash",
                    _ => "the quantity rounded down",
                };
                format!("{shares} × {} {name}, {how}", plain(rate, 12))
            }
        };
        self.draft.delivery(row, (name, fair_value.as_ref()), rate.as_ref(), (clause, what));
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
        let lots = self.run.case.register.lots_of(self.draft.holder).iter();
        let mut rates = lots.filter(|l| l.class == row.class && l.counts_on(day)).filter_map(|l| {
            let cohort = self.run.cohort_of(l)?;
            Some(cohort.in_kind.iter().find(|(a, _)| *a == asset).map_or_else(|| whole(0), |(_, rate)| rate.clone()))
        });
        let first = rates.next()?;
        rates.all(|rate| rate == first).then_some(first)
    }

    /// What the holder is paid in the year, with the earlier run that this one goes on from.
    pub(super) fn year_to_date(&mut self) {
        let (run, decimals) = (self.run, self.run.case.terms.currency_decimals);
        let Some(earlier) = &run.case.year_to_date else { return };
        if earlier.date.year() != run.outcome.date.year() {
            return;
        }
        let found = earlier.sums.binary_search_by_key(&self.draft.holder, |(holder, _)| *holder);
        let (gross, withheld) = found.map_or((0, 0), |at| earlier.sums[at].1);
        let cash = self.cash_paid();
        let (gross, withheld) = (gross + cash.0, withheld + cash.1);
        let text = format!("In {}, with the dividend of {}", earlier.date.year(), run.date(earlier.date));
        let statement = &mut self.draft.statement;
        statement.put(single::YEAR, Value::text(text));
        statement.put(single::YEAR_GROSS, Value::amount(gross, decimals));
        statement.put(single::YEAR_WITHHELD, Value::amount(withheld, decimals));
        statement.put(single::YEAR_NET, Value::amount(gross - withheld, decimals));
    }

    /// How much of what Series A is paid is for earlier quarters: the oldest are paid first.
    pub(super) fn earlier(&mut self) {
        let (case, terms) = (self.run.case, &self.run.case.terms);
        let lots = self.lots_with_rates().filter(|(_, rate)| !rate.earlier.is_zero());
        let sum = lots.fold(whole(0), |sum, (lot, rate)| sum + lot.shares.to_ratio() * &rate.earlier);
        let units = units(&sum, terms.currency_decimals, terms.readings.midpoint());
        if units > 0 {
            let name = &case.classes.get(case.classes.series_a()).name;
            let sum = money(units, terms.currency_decimals);
            let note = format!("{} {sum} of the dividend on your {name} is for earlier quarters.", terms.currency);
            self.draft.statement.put(single::EARLIER_NOTE, Value::text(note));
        }
    }

    /// What is still owed on the holder's shares once this is paid, and the same in a sentence.
    pub(super) fn owed(&mut self) {
        let (case, terms) = (self.run.case, &self.run.case.terms);
        let mut classes = Vec::new();
        let owed = self.lots_with_rates().filter(|(_, rate)| !rate.unpaid.is_zero());
        let carried = units_ratio(self.run.outcome.carry.get(self.draft.holder), CARRY_DECIMALS);
        let sum = owed.fold(carried, |sum, (lot, rate)| {
            let name = case.classes.get(lot.class).name.as_str();
            if !classes.contains(&name) {
                classes.push(name);
            }
            sum + lot.shares.to_ratio() * &rate.unpaid
        });
        if classes.is_empty() {
            return;
        }
        let units = units(&sum.max(whole(0)), terms.currency_decimals, terms.readings.midpoint());
        let statement = &mut self.draft.statement;
        statement.put(single::OWED, Value::amount(units, terms.currency_decimals));
        let note = format!(
            "This is a payment in part: dividends of {} {} on your {} stay unpaid. They remain owed, without interest, until they are paid.",
            terms.currency,
            money(units, terms.currency_decimals),
            classes.join(" and ")
        );
        statement.put(single::OWED_NOTE, Value::text(note));
    }

    /// The holder's lots that are paid, and at which rates.
    pub(super) fn lots_with_rates(&self) -> impl Iterator<Item = (&Lot, &Rate)> {
        let run = self.run;
        let lots = run.case.register.lots_of(self.draft.holder).iter();
        let lots = lots.filter(|lot| lot.counts_on(run.day_of(lot.class)));
        lots.filter_map(|lot| Some((lot, run.rate(lot)?)))
    }

    /// Cash over all classes, gross, and what is withheld of it.
    fn cash_paid(&self) -> (Units, Units) {
        let cash = self.draft.rows.iter().filter(|row| row.is_cash());
        cash.fold((0, 0), |(gross, withheld), row| (gross + row.gross, withheld + row.withheld))
    }

    /// What there is of cash, over all classes.
    pub(super) fn totals(&mut self) {
        let decimals = self.run.case.terms.currency_decimals;
        let (gross, withheld) = self.cash_paid();
        self.draft.total(single::GROSS, payment::GROSS, gross);
        self.draft.total(single::WITHHELD, payment::WITHHELD, withheld);
        let net = Term::Minus(Cell::single(single::GROSS), Cell::single(single::WITHHELD)).rounded(decimals);
        self.draft.statement.put_live(Cell::single(single::NET), net, gross - withheld, decimals);
    }
}
