//! §2(a): the dividend per share of a cohort for a quarter (SPEC 4.4), and §2(b).

use super::multiple::Multiple;
use crate::model::calendar::{Calendar, Date, iso};
use crate::model::events::Declaration;
use crate::model::reading::Readings;
use crate::model::terms::Terms;
use crate::outcome::dividend::DeclarationOut;
use crate::outcome::step::Step;
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, per_share_12, plain, round_decimals, whole};
use std::collections::BTreeMap;

/// What one share gets for a quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarterDividend {
    /// Cash, to the smallest unit.
    pub cash: Ratio,
    /// Units of each asset, to 12 decimals.
    pub in_kind: BTreeMap<String, Ratio>,
}

/// Everything the dividend per share depends on.
#[derive(Clone, Debug)]
pub struct Dividends<'a> {
    /// Quarters and record dates.
    pub calendar: &'a Calendar,
    /// The multiple.
    pub multiple: &'a Multiple<'a>,
    /// Terms and readings.
    pub terms: &'a Terms,
    /// Declarations on Common, in order of date.
    pub declarations: &'a [Declaration],
}

impl<'a> Dividends<'a> {
    fn readings(&self) -> &'a Readings {
        &self.terms.readings
    }

    /// The declarations of the window of quarter `t`: (previous quarter date, t], or [F, Q1]. Nothing before F counts.
    fn window(&self, quarter: Date) -> &'a [Declaration] {
        let Some(first_issuance) = self.calendar.first_issuance else { return &[] };
        let first = self.calendar.first_quarter() == Some(quarter);
        let previous = self.calendar.quarters.before(quarter);
        let from = self
            .declarations
            .partition_point(|d| d.declared_date < first_issuance || (!first && d.declared_date <= previous));
        let to = self.declarations.partition_point(|d| d.declared_date <= quarter);
        self.declarations.get(from..to).unwrap_or(&[])
    }

    /// Declarations after the last quarter date on or before `date` (before Q1: from F), up to `date`: the stub.
    pub fn stub_window(&self, date: Date) -> &'a [Declaration] {
        let Some(first_issuance) = self.calendar.first_issuance else { return &[] };
        let after =
            self.calendar.first_quarter().filter(|q1| *q1 <= date).map(|_| self.calendar.quarters.on_or_before(date));
        let from = self.declarations.partition_point(|d| {
            d.declared_date < first_issuance || after.is_some_and(|quarter| d.declared_date <= quarter)
        });
        let to = self.declarations.partition_point(|d| d.declared_date <= date);
        self.declarations.get(from..to).unwrap_or(&[])
    }

    /// Whether a declaration counts for the cohort of `accrual_start`. Only within the first period does it matter
    /// (reading `first_period`): §2(c) accrues a first-period lot from its issue date.
    pub fn counts_for(&self, declaration: &Declaration, accrual_start: Date) -> bool {
        let first_period = self.calendar.first_quarter().is_some_and(|q1| declaration.declared_date <= q1);
        !(self.readings().first_period_per_lot() && first_period) || declaration.declared_date >= accrual_start
    }

    /// M for a declaration (reading `split_timing`).
    pub fn multiple_for(&self, declaration: &Declaration, payment: Date) -> Ratio {
        let by = if self.readings().multiple_at_payment() { payment } else { declaration.declared_date };
        self.multiple.at(by)
    }

    /// What a declaration adds to the cash of one Series A share; none where it adds to an asset.
    /// Errors: The problem that its fair value is needed (reading `in_kind=cash-equivalent`) and missing.
    pub fn cash_of(&self, declaration: &Declaration, payment: Date) -> Result<Option<Ratio>, Box<Problem>> {
        let amount = self.multiple_for(declaration, payment) * &declaration.amount;
        match (declaration.is_cash(), self.readings().in_kind_as_cash()) {
            (true, _) if self.readings().includes_cash() => Ok(Some(amount)),
            (true, _) => Ok(Some(whole(0))),
            (false, true) => {
                let fair_value = declaration.fair_value.as_ref().ok_or_else(|| fair_value_missing(declaration))?;
                Ok(Some(amount * fair_value))
            }
            (false, false) => Ok(None),
        }
    }

    /// The dividend per share of cohort `accrual_start` for quarter `quarter`, which is after it (§2(a)).
    /// Errors: A fair value that is needed and missing.
    pub fn for_quarter(&self, accrual_start: Date, quarter: Date) -> Result<QuarterDividend, Box<Problem>> {
        let mut cash = whole(0);
        let mut in_kind: BTreeMap<String, Ratio> = BTreeMap::new();
        for declaration in self.window(quarter).iter().filter(|d| self.counts_for(d, accrual_start)) {
            match (self.cash_of(declaration, quarter)?, &declaration.asset) {
                (None, Some(asset)) => {
                    let amount = self.multiple_for(declaration, quarter) * &declaration.amount;
                    *in_kind.entry(asset.clone()).or_insert_with(|| whole(0)) += amount;
                }
                (added, _) => cash += added.unwrap_or_else(|| whole(0)),
            }
        }
        // §2(a): "in an amount per share (rounded to the nearest cent)".
        let cash = round_decimals(&cash, self.terms.currency_decimals, self.readings().midpoint());
        let in_kind = in_kind.into_iter().map(|(asset, sum)| (asset, per_share_12(&sum))).collect();
        Ok(QuarterDividend { cash: cash.max(self.terms.minimum_quarterly_dividend.clone()), in_kind })
    }

    /// The steps that lead to [`Self::for_quarter`].
    pub fn steps(&self, accrual_start: Date, quarter: Date, result: &QuarterDividend) -> Vec<Step> {
        let currency = &self.terms.currency;
        let mut steps = Vec::new();
        let mut running = whole(0);
        for declaration in self.window(quarter).iter().filter(|d| self.counts_for(d, accrual_start)) {
            let multiple = self.multiple_for(declaration, quarter);
            let shown = format!(
                "{} {} per Common share declared {} × {}",
                plain(&declaration.amount, 12),
                declaration.asset.as_deref().unwrap_or(currency),
                iso(declaration.declared_date),
                crate::quantity::fraction(&multiple),
            );
            let Ok(added) = self.cash_of(declaration, quarter) else { continue };
            let step = match added {
                Some(added) => {
                    let before = plain(&running, 12);
                    running += added;
                    Step::new("2(a)", shown, plain(&running, 12)).from(before)
                }
                None => Step::new("2(a)", shown, plain(&(multiple * &declaration.amount), 12)),
            };
            let step = if declaration.is_cash() && !self.readings().includes_cash() {
                step.reading("cash_dividends", "exclude")
            } else if self.readings().multiple_at_payment() {
                step.reading("split_timing", "at-payment")
            } else {
                step
            };
            steps.push(step);
        }
        let midpoint = self.readings().iter().find(|(name, _)| *name == "midpoint").map_or("", |(_, value)| value);
        let unit = if self.terms.currency_decimals == 2 { "cent" } else { "smallest unit" };
        let mut what =
            format!("Dividend per share for the quarter of {} in {currency}, rounded to the {unit}", iso(quarter));
        if result.cash == self.terms.minimum_quarterly_dividend && result.cash > running {
            what.push_str(", and not less than the minimum");
        }
        let step = Step::new("2(a)", what, plain(&result.cash, 12)).from(plain(&running, 12));
        steps.push(step.reading("midpoint", midpoint));
        steps
    }

    /// The cash per share of everything in the stub, not rounded (SPEC 4.10), and its in-kind part by asset.
    /// Errors: A fair value that is needed and missing.
    pub fn stub(&self, accrual_start: Date, date: Date) -> Result<QuarterDividend, Box<Problem>> {
        let mut cash = whole(0);
        let mut in_kind: BTreeMap<String, Ratio> = BTreeMap::new();
        for declaration in self.stub_window(date).iter().filter(|d| self.counts_for(d, accrual_start)) {
            match (self.cash_of(declaration, date)?, &declaration.asset) {
                (None, Some(asset)) => {
                    let amount = self.multiple_for(declaration, date) * &declaration.amount;
                    *in_kind.entry(asset.clone()).or_insert_with(|| whole(0)) += amount;
                }
                (added, _) => cash += added.unwrap_or_else(|| whole(0)),
            }
        }
        let cash = round_decimals(&cash, self.terms.currency_decimals, self.readings().midpoint());
        Ok(QuarterDividend { cash, in_kind })
    }

    /// The fair value of an asset on `date`: that of its latest declaration by then that states one (SPEC 4.8).
    pub fn fair_value(&self, asset: &str, date: Date) -> Option<Ratio> {
        let upto = self.declarations.partition_point(|d| d.declared_date <= date);
        let known = self.declarations.get(..upto).unwrap_or(&[]);
        let mut stated = known.iter().rev().filter(|d| d.asset.as_deref() == Some(asset));
        stated.find_map(|d| d.fair_value.clone())
    }

    /// The problem that an asset's fair value is needed and no declaration of it states one.
    pub fn no_fair_value(&self, asset: &str) -> Box<Problem> {
        let declared = self.declarations.iter().rev().find(|d| d.asset.as_deref() == Some(asset));
        declared.map_or_else(
            || {
                Box::new(Problem::error(
                    "declarations.fair_value.missing",
                    Place::default(),
                    format!("The fair value of {asset} is needed here and no declaration states it."),
                    "Enter the cash value of one unit in fair_value of the asset's declaration.",
                ))
            },
            fair_value_missing,
        )
    }

    /// §2(b): every declaration on Common in [F, D] with what it means for Series A, by date, kind, asset.
    pub fn matched(&self, date: Date) -> Vec<DeclarationOut> {
        let (Some(first_issuance), Some(q1)) = (self.calendar.first_issuance, self.calendar.first_quarter()) else {
            return Vec::new();
        };
        let in_range = |d: &Declaration| first_issuance <= d.declared_date && d.declared_date <= date;
        let mut indices: Vec<usize> =
            (0..self.declarations.len()).filter(|i| in_range(&self.declarations[*i])).collect();
        indices.sort_by_key(|i| {
            let d = &self.declarations[*i];
            (d.declared_date, !d.is_cash(), d.asset.clone(), d.amount.clone())
        });
        let out = |declaration: usize| {
            let d = &self.declarations[declaration];
            let multiple = self.multiple.at(d.declared_date);
            let series_a_amount = per_share_12(&(&multiple * &d.amount));
            let quarter = self.calendar.quarters.on_or_after(d.declared_date).max(q1);
            DeclarationOut { declaration, multiple, series_a_amount, quarter }
        };
        indices.into_iter().map(out).collect()
    }

    /// §2(b): a warning for every declaration in [F, D] that no Series A declaration is given for.
    pub fn unmatched(&self, date: Date) -> Vec<Problem> {
        let Some(first_issuance) = self.calendar.first_issuance else { return Vec::new() };
        let missing = self.declarations.iter().filter(|d| {
            first_issuance <= d.declared_date && d.declared_date <= date && d.series_a_declared_date.is_none()
        });
        missing
            .map(|d| {
                Problem::warning(
                    "declarations.series_a_declared_date.missing",
                    d.place.cell("series_a_declared_date"),
                    format!(
                        "No Series A dividend is recorded for the declaration on Common of {}.",
                        iso(d.declared_date)
                    ),
                    "§2(b) calls for one immediately after it: enter its date in series_a_declared_date.",
                )
            })
            .collect()
    }
}

/// The problem that an asset's fair value is needed and nobody states it.
pub(crate) fn fair_value_missing(declaration: &Declaration) -> Box<Problem> {
    let asset = declaration.asset.as_deref().unwrap_or_default();
    Box::new(Problem::error(
        "declarations.fair_value.missing",
        declaration.place.cell("fair_value"),
        format!("The fair value of {asset} is needed here and is not stated."),
        "Enter the cash value of one unit in fair_value of this declaration.",
    ))
}
