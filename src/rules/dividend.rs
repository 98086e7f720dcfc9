//! §2(a): the dividend per share of a cohort for a quarter, with the steps that lead to it.

use super::multiple::Multiple;
use crate::model::events::Declaration;
use crate::model::reading::{CashDividends, FirstPeriod, InKind, Readings, SplitTiming};
use crate::model::{Calendar, Date, Terms};
use crate::outcome::Step;
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, per_share_12, plain, round_decimals, whole};
use crate::text::{amount, decimal, readable};
use std::collections::BTreeMap;

/// What one share gets of the declarations of a window, and of which.
#[derive(Clone, Debug)]
pub struct ShareDividend<'a> {
    /// Cash, to the smallest unit.
    pub cash: Ratio,
    /// Units of each asset.
    pub in_kind: BTreeMap<String, Ratio>,
    /// Cash before it was rounded.
    exact: Ratio,
    parts: Vec<Part<'a>>,
}

/// What one declaration on Common is to a share of Series A.
#[derive(Clone, Debug)]
struct Part<'a> {
    declaration: &'a Declaration,
    day: Date,
    /// Multiple × amount; times the fair value where that joins the cash.
    amount: Ratio,
    is_cash: bool,
}

/// Everything the dividend per share depends on.
#[derive(Clone, Debug)]
pub struct Dividends<'a> {
    pub calendar: &'a Calendar,
    pub multiple: &'a Multiple<'a>,
    pub terms: &'a Terms,
    /// Declarations on Common, in order of date.
    pub declarations: &'a [Declaration],
}

impl<'a> Dividends<'a> {
    pub(super) fn readings(&self) -> &'a Readings {
        &self.terms.readings
    }

    /// Declarations after `after` (none: from F on) and up to `upto`. Nothing before F counts.
    fn declared(&self, after: Option<Date>, upto: Date) -> &'a [Declaration] {
        let Some(first_issuance) = self.calendar.first_issuance else { return &[] };
        let is_before =
            |d: &Declaration| d.declared_date < first_issuance || after.is_some_and(|a| d.declared_date <= a);
        let from = self.declarations.partition_point(is_before);
        let to = self.declarations.partition_point(|d| d.declared_date <= upto);
        &self.declarations[from..to.max(from)]
    }

    /// §2(a): declared "since the immediately preceding Quarterly Dividend Payment Date", or for the first one since F.
    pub fn window(&self, quarter: Date) -> &'a [Declaration] {
        let first = self.calendar.first_quarter() == Some(quarter);
        self.declared((!first).then(|| self.calendar.quarters.before(quarter)), quarter)
    }

    /// §6(a), "to the date of such payment": declarations since the last quarter date on or before `date`.
    pub fn stub_window(&self, date: Date) -> &'a [Declaration] {
        let has_quarters = self.calendar.first_quarter().is_some_and(|q1| q1 <= date);
        self.declared(has_quarters.then(|| self.calendar.quarters.on_or_before(date)), date)
    }

    fn in_first_period(&self, declaration: &Declaration) -> bool {
        self.calendar.first_quarter().is_some_and(|q1| declaration.declared_date <= q1)
    }

    /// Whether a declaration counts for the cohort of `accrual_start`. Only within the first period does it matter
    /// (reading `first_period`): §2(c) accrues a first-period lot from its issue date.
    pub fn counts_for(&self, declaration: &Declaration, accrual_start: Date) -> bool {
        let by_lot = self.readings().first_period == FirstPeriod::PerLot && self.in_first_period(declaration);
        !by_lot || declaration.declared_date >= accrual_start
    }

    /// The day whose multiple a declaration is taken at (reading `split_timing`), for the quarter or day `at`.
    pub fn multiple_day(&self, declaration: &Declaration, at: Date) -> Date {
        match self.readings().split_timing {
            SplitTiming::AtRecord => declaration.day_of_record().min(at),
            SplitTiming::AtDeclaration => declaration.declared_date,
            SplitTiming::AtPayment => at,
        }
    }

    /// What a share of the cohort `accrual_start` gets of those declarations that count for it.
    /// Errors: A fair value that is needed (reading `in_kind=cash-equivalent`) and missing.
    fn accrue(
        &self,
        window: impl Iterator<Item = &'a Declaration>,
        accrual_start: Date,
        at: Date,
    ) -> Result<ShareDividend<'a>, Problem> {
        let mut dividend =
            ShareDividend { cash: whole(0), in_kind: BTreeMap::new(), exact: whole(0), parts: Vec::new() };
        for declaration in window.filter(|d| self.counts_for(d, accrual_start)) {
            let day = self.multiple_day(declaration, at);
            let mut amount = self.multiple.at(day) * &declaration.amount;
            let is_cash = match &declaration.asset {
                None => {
                    if self.readings().cash_dividends == CashDividends::Exclude {
                        amount = whole(0);
                    }
                    true
                }
                Some(_) if self.readings().in_kind == InKind::CashEquivalent => {
                    amount *= declaration.fair_value.as_ref().ok_or_else(|| fair_value_missing(declaration))?;
                    true
                }
                Some(asset) => {
                    *dividend.in_kind.entry(asset.clone()).or_insert_with(|| whole(0)) += &amount;
                    false
                }
            };
            if is_cash {
                dividend.exact += &amount;
            }
            dividend.parts.push(Part { declaration, day, amount, is_cash });
        }
        // §2(a): "in an amount per share (rounded to the nearest cent)".
        dividend.cash = round_decimals(&dividend.exact, self.terms.currency_decimals, self.readings().midpoint());
        Ok(dividend)
    }

    /// The dividend per share of cohort `accrual_start` for quarter `quarter`, which is after it (§2(a)).
    /// Errors: A fair value that is needed and missing.
    pub fn for_quarter(&self, accrual_start: Date, quarter: Date) -> Result<ShareDividend<'a>, Problem> {
        let mut dividend = self.accrue(self.window(quarter).iter(), accrual_start, quarter)?;
        dividend.cash = dividend.cash.max(self.terms.minimum_quarterly_dividend.clone());
        dividend.in_kind.values_mut().for_each(|amount| *amount = per_share_12(amount));
        Ok(dividend)
    }

    /// What a share gets of the stub on `date`: no minimum, and assets not rounded.
    /// Errors: A fair value that is needed and missing.
    pub fn stub(&self, accrual_start: Date, date: Date) -> Result<ShareDividend<'a>, Problem> {
        self.accrue(self.stub_window(date).iter(), accrual_start, date)
    }

    /// What of the cash of a quarter, or of the stub on `date` (no quarter), was declared on Series A by `date`: a dividend
    /// that is declared is owed, whatever becomes of the company.
    /// Errors: A fair value that is needed and missing.
    pub fn declared_on_series_a(
        &self,
        accrual_start: Date,
        quarter: Option<Date>,
        date: Date,
    ) -> Result<Ratio, Problem> {
        let window = quarter.map_or_else(|| self.stub_window(date), |quarter| self.window(quarter));
        // What has no fair value is no cash; where it is needed, the accrual of the quarter or the stub says so.
        let is_cash = |d: &&Declaration| d.asset.is_none() || d.fair_value.is_some();
        let declared =
            window.iter().filter(is_cash).filter(|d| d.series_a_declared_date.is_some_and(|day| day <= date));
        self.accrue(declared, accrual_start, quarter.unwrap_or(date)).map(|dividend| dividend.cash)
    }

    /// The steps that lead to a dividend of [`Self::for_quarter`].
    pub fn steps(&self, quarter: Date, dividend: &ShareDividend) -> Vec<Step> {
        let (terms, readings) = (self.terms, self.readings());
        let money = |value: &Ratio| amount(value, terms.currency_decimals);
        let mut running = whole(0);
        let mut steps: Vec<Step> = Vec::new();
        let mut told = None;
        for part in &dividend.parts {
            let multiple = self.multiple.at(part.day);
            // A multiple that the step before derived already is not derived again.
            let is_told = told.replace(multiple.clone()).as_ref() == Some(&multiple);
            let times =
                if is_told { format!("{} as before", decimal(&multiple)) } else { self.multiple.derivation(part.day) };
            let before = money(&running);
            let step = if part.is_cash {
                running += &part.amount;
                Step::new("2(a)", self.words(part, &times), money(&running)).from(before)
            } else {
                Step::new("2(a)", self.words(part, &times), plain(&part.amount, 12))
            };
            steps.push(self.with_readings(step, part, quarter));
        }
        let unit = if terms.currency_decimals == 2 { "cent" } else { "smallest unit" };
        let mut what = if dividend.parts.is_empty() {
            format!("Nothing was declared on Common for the quarter of {quarter}: dividend per share")
        } else {
            format!("Dividend per share for the quarter of {quarter}, rounded to the nearest {unit}")
        };
        if dividend.cash == terms.minimum_quarterly_dividend && dividend.cash > running {
            what.push_str(", and not less than the minimum");
        }
        let step = Step::new("2(a)", what, money(&dividend.cash)).from(money(&running));
        steps.push(step.reading(readings.midpoint));
        steps
    }

    fn words(&self, part: &Part, times: &str) -> String {
        let (terms, declared) = (self.terms, part.declaration);
        let amount = match &declared.asset {
            None => format!("{} {}", readable(&declared.amount, terms.currency_decimals), terms.currency),
            Some(asset) => format!("{} {asset}", readable(&declared.amount, 0)),
        };
        let worth = match &declared.fair_value {
            Some(value) if part.is_cash && declared.asset.is_some() => {
                format!(", worth {} {} each", readable(value, terms.currency_decimals), terms.currency)
            }
            _ => String::new(),
        };
        let excluded = declared.is_cash() && self.readings().cash_dividends == CashDividends::Exclude;
        let times = if excluded { "which is not counted".to_owned() } else { format!("times {times}") };
        format!("Declared on {}: {amount} for each share of Common{worth}, {times}", declared.declared_date)
    }

    /// A step with the readings that its figure rests on.
    fn with_readings(&self, step: Step, part: &Part, at: Date) -> Step {
        let (readings, declared) = (self.readings(), part.declaration);
        let mut step =
            if declared.is_cash() { step.reading(readings.cash_dividends) } else { step.reading(readings.in_kind) };
        let own = self.multiple.at(part.day);
        let others = [declared.declared_date, declared.day_of_record().min(at), at];
        if others.iter().any(|day| self.multiple.at(*day) != own) {
            step = step.reading(readings.split_timing);
        }
        if self.in_first_period(declared) {
            step = step.reading(readings.first_period);
        }
        step
    }

    /// The fair value of an asset on `date`: that of its latest declaration by then that states one.
    pub fn fair_value(&self, asset: &str, date: Date) -> Option<Ratio> {
        let known = self.declarations.partition_point(|d| d.declared_date <= date);
        let mut stated = self.declarations[..known].iter().rev().filter(|d| d.asset.as_deref() == Some(asset));
        stated.find_map(|d| d.fair_value.clone())
    }

    /// The same where it is needed.
    /// Errors: No declaration of the asset states one.
    pub fn needed_fair_value(&self, asset: &str, date: Date) -> Result<Ratio, Problem> {
        let nobody = || {
            let message = format!("The fair value of {asset} is needed here and no declaration states it.");
            let help = "Enter the cash value of one unit in fair_value of the asset's declaration.";
            Problem::error("declarations.fair_value.missing", Place::default(), message, help)
        };
        let declared = self.declarations.iter().rev().find(|d| d.asset.as_deref() == Some(asset));
        self.fair_value(asset, date).ok_or_else(|| declared.map_or_else(nobody, fair_value_missing))
    }
}

/// The problem that an asset's fair value is needed and nobody states it.
fn fair_value_missing(declaration: &Declaration) -> Problem {
    let asset = declaration.asset.as_deref().expect("a fair value is asked of an asset");
    let message = format!("The fair value of {asset} is needed here and is not stated.");
    let help = "Enter the cash value of one unit in fair_value of this declaration.";
    declaration.place.error("declarations.fair_value.missing", message, help)
}
