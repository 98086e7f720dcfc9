//! A payment of cash to Series A as of a day: who is entitled, what each holding gets, and the fractions of a unit that
//! payments in part leave to be carried (§2(c), last but one sentence).

use super::Context;
use crate::holdings::apportion::{Apportioned, apportion, apportion_with};
use crate::holdings::per_share::{Additions, ScaledPerShare};
use crate::holdings::{BeyondLimits, Holdings};
use crate::model::events::Payment;
use crate::model::reading::PartialPayment;
use crate::model::{Carry, Date};
use crate::problem::Problem;
use crate::quantity::{Midpoint, Ratio, Units, fixed, per_share_12, units_ratio, whole};
use crate::rules::ledger::Ledger;
use crate::rules::partial::{Claim, per_share, total_due};
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;

/// The holders of Series A who are entitled to a payment as of a day, and what they are owed by then.
pub(crate) struct Entitled<'a> {
    context: &'a Context<'a>,
    /// Quarters up to this day are paid.
    pub day: Date,
    /// Holdings at the close of the record date.
    pub holdings: Holdings,
    /// Their shares by cohort, in millionths.
    pub shares: BTreeMap<Date, u128>,
    /// What they carry; none where nobody carries anything.
    carried: Option<Additions>,
    /// Exact: all that is unpaid, with what they carry.
    pub due: Ratio,
    /// What paying it takes, by holding, in units.
    pub full: Vec<Units>,
    /// What paying it takes in all.
    pub full_total: Units,
    /// What others carry, who are not entitled any more, in currency.
    pub not_entitled: Ratio,
}

/// What a payment came to.
#[derive(Clone, Debug)]
pub(crate) struct Paid {
    pub per_share: BTreeMap<Date, Ratio>,
    /// By holding.
    pub units: Vec<Units>,
    pub taken: Units,
    /// How the sum was cut into units, where it was less than pays every holding in full.
    pub apportioned: Option<Apportioned>,
    /// Carried before by holders who are not entitled, and lost to them now, in currency.
    pub dropped: Ratio,
}

impl<'a> Entitled<'a> {
    pub(crate) fn new(context: &'a Context, ledger: &Ledger, carry: &Carry, day: Date) -> Result<Self, BeyondLimits> {
        let (series_a, record_date) = (context.case.classes.series_a(), context.calendar.record_dates.of(day));
        let holdings = context.holdings(record_date, |lot| lot.class == series_a)?;
        let shares = context.shares_on(record_date);
        let unpaid = context.group_values(|_| whole(0), |cohort| ledger.unpaid_cash(cohort, day));
        let carried = carry.additions(&holdings, context.decimals());
        let (decimals, midpoint) = (context.decimals(), context.case.terms.readings.midpoint());
        let amounts = ScaledPerShare::new(&unpaid, decimals);
        let full = match &carried {
            None => amounts.all_rounded(&holdings, midpoint),
            Some(carried) => amounts.all_rounded_with(&holdings, carried, midpoint),
        };
        let carried_total = carried.as_ref().map_or_else(|| whole(0), |carried| carried.total(decimals));
        Ok(Self {
            context,
            day,
            due: total_due(&ledger.claims(&shares, day)) + &carried_total,
            full_total: full.iter().sum(),
            not_entitled: carry.total() - carried_total,
            holdings,
            shares,
            carried,
            full,
        })
    }

    /// The problem that a sum, which `payment` begins, is more than all that is due, by over one smallest unit for each
    /// lot.
    pub(crate) fn more_than_due(&self, sum: Units, payment: &Payment) -> Option<Problem> {
        let decimals = self.context.decimals();
        let lots = self.context.lots_on(self.context.calendar.record_dates.of(self.day));
        let most = self.due.clone().max(units_ratio(self.full_total, decimals));
        let sum = units_ratio(sum, decimals);
        (sum > most + units_ratio(i128::from(lots), decimals)).then(|| {
            let text = |value: &Ratio| fixed(value, decimals, Midpoint::HalfUp);
            let message = format!("More is paid as of {} than the {} due to Series A then.", self.day, text(&self.due));
            let help = "Correct the amount or the date, enter the quarter it was for, or complete declarations.";
            payment.place.error("payments.amount.more-than-due", message, help).with_value(text(&sum))
        })
    }

    /// Pays a sum: what is over is not taken.
    pub(crate) fn pay(&self, ledger: &mut Ledger, carry: &mut Carry, sum: Units) -> Result<Paid, BeyondLimits> {
        // Exactly, or as it is rounded.
        let enough = sum >= self.full_total || units_ratio(sum, self.context.decimals()) >= self.due;
        let readings = &self.context.case.terms.readings;
        let per_cohort: BTreeMap<Date, Ratio> = if enough {
            self.shares.keys().map(|cohort| (*cohort, ledger.unpaid_cash(*cohort, self.day))).collect()
        } else {
            let claims: Vec<Claim> = ledger.claims(&self.shares, self.day);
            let paid = units_ratio(sum, self.context.decimals());
            let values = per_share(&claims, &paid, readings.partial_payment == PartialPayment::Proportional);
            self.shares.keys().copied().zip(values).collect()
        };
        let apportioned = (sum < self.full_total).then(|| self.cut(sum, &per_cohort));
        let units = apportioned.as_ref().map_or_else(|| self.full.clone(), |apportioned| apportioned.units.clone());
        let mut in_ledger = per_cohort.clone();
        for (cohort, value) in &mut in_ledger {
            *value = per_share_12(value);
            if enough {
                ledger.pay_all_cash(*cohort, self.day);
            } else {
                ledger.pay_cash(*cohort, self.day, value);
            }
        }
        let taken = units.iter().sum();
        let leaves = self.shares.keys().any(|cohort| ledger.unpaid_cash(*cohort, self.day).is_positive());
        if !leaves {
            *carry = Carry::default();
        } else if taken > 0 {
            let values = self.group_values(&in_ledger);
            *carry = carry.after(&self.holdings, &values, &units, self.context.decimals())?;
        }
        let dropped = if taken > 0 || !leaves { self.not_entitled.clone() } else { whole(0) };
        Ok(Paid { per_share: per_cohort, units, taken, apportioned, dropped })
    }

    /// Values per share by group, from those of cohorts.
    fn group_values(&self, per_cohort: &BTreeMap<Date, Ratio>) -> Vec<Ratio> {
        let zero = || whole(0);
        self.context.group_values(|_| zero(), |cohort| per_cohort.get(&cohort).cloned().unwrap_or_else(zero))
    }

    /// Cuts a sum over the holdings by what each is to have of it, with what it carries; where that leaves nobody a
    /// weight, without.
    fn cut(&self, sum: Units, per_cohort: &BTreeMap<Date, Ratio>) -> Apportioned {
        let values = self.group_values(per_cohort);
        let carried = self.carried.as_ref().map(|carried| {
            apportion_with(sum, &self.holdings, &ScaledPerShare::new(&values, self.context.decimals()), carried)
        });
        carried
            .filter(|cut| cut.holdings > 0 || sum.is_zero())
            .unwrap_or_else(|| apportion(sum, &self.holdings, &values))
    }
}
