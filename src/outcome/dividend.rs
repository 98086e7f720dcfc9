//! What a dividend run came to.

use super::{AccrualStarts, Apportionment, DefaultPeriod, MultipleOutcome, PaymentRow, ReadingEffect, Step};
use crate::model::events::Entry;
use crate::model::{Carry, ClassIx, Date};
use crate::problem::Problem;
use crate::quantity::{Ratio, Units};
use serde::Serialize;

#[derive(Clone, Debug)]
pub struct DividendOutcome {
    pub date: Date,
    /// What statements and payment files show as the day of payment.
    pub pay_date: Date,
    /// The day at whose close holders of Series A are entitled: R(D), or D.
    pub record_date: Date,
    /// `--funds`, in smallest units.
    pub funds: Option<Units>,
    pub multiple: MultipleOutcome,
    pub accrual: AccrualStarts,
    /// Series A by cohort, in order of accrual start; those with entitled shares.
    pub cohorts: Vec<CohortDividend>,
    /// The other preferred classes, in class order.
    pub classes: Vec<ClassDividend>,
    /// Common's payments on D, in order of declaration.
    pub common: Vec<CommonPayment>,
    /// The assets delivered, in order of name; [`PaymentRow::asset`] is 1 + the index here.
    pub assets: Vec<AssetDelivery>,
    /// Every row of `distribution.csv`, in its order.
    pub rows: Vec<PaymentRow>,
    pub apportionments: Vec<Apportionment>,
    pub totals: DividendTotals,
    /// What of Series A's cash is for quarters before D, in smallest units.
    pub earlier_quarters: Units,
    /// What Common, and who takes part as if converted, is paid in cash, beside the funds, in smallest units.
    pub common_cash: Units,
    /// After the run.
    pub default_period: DefaultPeriod,
    pub default_steps: Vec<Step>,
    pub arrears: Vec<ArrearsOut>,
    /// What holders carried into the run, of earlier payments in part.
    pub carried: Carry,
    /// The rows of `carry.csv`: what they carry on.
    pub carry: Carry,
    pub payments: Vec<PaymentOut>,
    pub declarations: Vec<DeclarationOut>,
    pub history: Vec<QuarterState>,
    pub readings: Vec<ReadingEffect>,
    /// Warnings of the run (the case's own are apart).
    pub warnings: Vec<Problem>,
    pub acknowledged: Vec<String>,
    pub restrictions: Vec<Restriction>,
}

/// What a clause forbids the company, and whether it does so after the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Restriction {
    pub clause: &'static str,
    pub what: &'static str,
    pub in_force: bool,
}

/// One cohort of Series A in a run. Amounts are cash per share, exact.
#[derive(Clone, Debug)]
pub struct CohortDividend {
    pub accrual_start: Date,
    pub shares: u128,
    /// Unpaid from earlier quarters.
    pub brought_forward: Ratio,
    /// The dividend of the quarter D itself, where D is a quarter date.
    pub current: Ratio,
    /// Both together.
    pub due: Ratio,
    /// What the run pays: v(c).
    pub paid: Ratio,
    pub unpaid: Ratio,
    /// Per asset (index into [`DividendOutcome::assets`]), what is delivered per share.
    pub in_kind: Vec<(usize, Ratio)>,
    pub steps: Vec<Step>,
}

/// One other preferred class in a run.
#[derive(Clone, Debug)]
pub struct ClassDividend {
    pub class: ClassIx,
    pub shares: u128,
    /// What its shares are due, by cohort; one for all where it has no dividend rate.
    pub cohorts: Vec<ClassCohort>,
    /// What paying it in full would cost, in units.
    pub due: Units,
    /// What it gets of that, in units.
    pub paid: Units,
}

/// Shares of a class that are due the same.
#[derive(Clone, Debug)]
pub struct ClassCohort {
    /// The accrual start, where the class has a dividend rate.
    pub accrual_start: Option<Date>,
    pub shares: u128,
    pub due_per_share: Ratio,
    /// What the run pays per share, before units are apportioned.
    pub paid_per_share: Ratio,
    pub steps: Vec<Step>,
}

/// A declaration that pays Common on D.
#[derive(Clone, Debug)]
pub struct CommonPayment {
    pub declaration: usize,
    /// Whose holders are paid: its record date, or D.
    pub record_date: Date,
    /// The asset (index into [`DividendOutcome::assets`]); none for cash.
    pub asset: Option<usize>,
    /// Per Common share.
    pub amount: Ratio,
    /// Who declared it, and why it may be paid.
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub struct AssetDelivery {
    pub name: String,
    /// Cash per unit, where a declaration states it.
    pub fair_value: Option<Ratio>,
    /// Delivered in total, in millionths.
    pub delivered: Units,
}

/// Cash totals of a dividend run, in smallest units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DividendTotals {
    /// What paying everything in full would cost.
    pub due: Units,
    pub gross: Units,
    pub withheld: Units,
    /// Gross less withheld.
    pub net: Units,
    /// Due less gross.
    pub unpaid: Units,
    /// Funds less what they paid.
    pub not_distributed: Units,
}

/// e at a quarter date, after the payments as of that day.
#[derive(Clone, Debug)]
pub struct QuarterState {
    pub quarter: Date,
    /// e.
    pub quarters_in_arrears: Ratio,
    /// The largest unpaid cash per share of any cohort.
    pub unpaid_per_share: Ratio,
}

/// A row of `arrears.csv`.
#[derive(Clone, Debug)]
pub struct ArrearsOut {
    /// The class; none for Series A.
    pub class: Option<ClassIx>,
    pub accrual_start: Date,
    pub entry: Entry,
}

/// A row of `payments.csv`.
#[derive(Clone, Debug)]
pub struct PaymentOut {
    /// Cash in smallest units; none for `full` of an asset.
    pub amount: Option<Units>,
    pub asset: Option<String>,
}

/// A row of `declarations.csv` (§2(b)).
#[derive(Clone, Debug)]
pub struct DeclarationOut {
    pub declaration: usize,
    /// M as the run takes it.
    pub multiple: Ratio,
    /// M × amount.
    pub series_a_amount: Ratio,
    /// The quarter in which Series A is paid for it.
    pub quarter: Date,
}
