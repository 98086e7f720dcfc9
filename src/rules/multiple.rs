//! The multiple M(d): §2(a), §3(a), §6(c) and §7 adjust it in the same words.

use crate::model::events::Adjustment;
use crate::model::{Date, Terms};
use crate::outcome::{AdjustmentStep, MultipleOutcome};
use crate::quantity::{Ratio, fraction, plain, power_of_ten, whole};
use crate::text::decimal;

/// `3/2`; a ratio of long numbers as its first decimals, `1.049999…`.
fn factor(value: &Ratio) -> String {
    const LONG: u32 = 1_000;
    if *value.denom() < LONG.into() {
        return fraction(value);
    }
    let shown = plain(value, 6);
    if (value * power_of_ten(6)).is_integer() { shown } else { format!("{shown}…") }
}

#[derive(Clone, Debug)]
pub struct Multiple<'a> {
    terms: &'a Terms,
    adjustments: &'a [Adjustment],
    /// Π after/before up to and including each effective date, in order of date.
    products: Vec<(Date, Ratio)>,
}

impl<'a> Multiple<'a> {
    /// From the terms and the adjustments, which are in order of effective date.
    pub fn new(terms: &'a Terms, adjustments: &'a [Adjustment]) -> Self {
        let mut product = whole(1);
        let counting = adjustments.iter().filter(|a| counts(a, terms.rights_declaration_date));
        let products = counting
            .map(|a| {
                product *= &a.factor;
                (a.effective_date, product.clone())
            })
            .collect();
        Self { terms, adjustments, products }
    }

    fn product(&self, date: Date) -> Ratio {
        let upto = self.products.partition_point(|(effective, _)| *effective <= date);
        upto.checked_sub(1).map_or_else(|| whole(1), |last| self.products[last].1.clone())
    }

    /// M(d). An adjustment takes effect at the start of its date.
    pub fn at(&self, date: Date) -> Ratio {
        &self.terms.multiple * self.product(date)
    }

    /// §3(a): votes of one Series A share on a date.
    pub fn votes_at(&self, date: Date) -> Ratio {
        &self.terms.votes_per_share * self.product(date)
    }

    /// The first adjustment that counts and takes effect after `from` and not after `upto`.
    pub fn changed_between(&self, from: Date, upto: Date) -> Option<Date> {
        self.products.iter().map(|(effective, _)| *effective).find(|day| from < *day && *day <= upto)
    }

    /// M(d) in words: `150 (100 × 3/2 for the subdivision of 2006-05-01)`.
    pub fn derivation(&self, date: Date) -> String {
        let counting = self.adjustments.iter().filter(|a| counts(a, self.terms.rights_declaration_date));
        let factors: Vec<String> = counting
            .take_while(|a| a.effective_date <= date)
            .map(|a| {
                let kind = a.kind.word().replace('-', " ");
                format!(" × {} for the {kind} of {}", factor(&a.factor), a.effective_date)
            })
            .collect();
        let value = decimal(&self.at(date));
        if factors.is_empty() {
            value
        } else {
            format!("{value} ({}{})", decimal(&self.terms.multiple), factors.join(","))
        }
    }

    /// M(d) and how each adjustment moved it.
    pub fn outcome(&self, date: Date) -> MultipleOutcome {
        let mut value = self.terms.multiple.clone();
        let steps = self.adjustments.iter().map(|a| {
            let passed_over = if !counts(a, self.terms.rights_declaration_date) {
                Some("on or before the Rights Declaration Date")
            } else if a.effective_date > date {
                Some("takes effect after the date")
            } else {
                None
            };
            let before = value.clone();
            if passed_over.is_none() {
                value *= &a.factor;
            }
            AdjustmentStep {
                date: a.effective_date,
                kind: a.kind.word(),
                factor: a.factor.clone(),
                before,
                after: value.clone(),
                passed_over,
            }
        });
        let adjustments = steps.collect();
        MultipleOutcome { value: self.at(date), adjustments }
    }
}

/// Whether an adjustment came after the Rights Declaration Date. A stock dividend counts by the day it was declared
/// (§2(a): "declare any dividend on Common Stock payable in shares"), where that is given.
pub(crate) fn counts(adjustment: &Adjustment, rights_declaration_date: Date) -> bool {
    let stock_dividend = adjustment.kind == crate::model::events::AdjustmentKind::StockDividend;
    let decisive = adjustment.declared_date.filter(|_| stock_dividend).unwrap_or(adjustment.effective_date);
    decisive > rights_declaration_date
}
