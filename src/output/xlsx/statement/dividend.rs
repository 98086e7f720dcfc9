//! Statements of a dividend run.

mod payments;

use super::common::{Common, Draft, lots_by_issue, per_share, units};
use super::fields::lot;
use super::{Cell, Statement, Term, Value};
use crate::model::{Case, ClassIx, Date, HolderIx, Locale, Lot};
use crate::outcome::{CohortDividend, CommonPayment, DividendOutcome, PaymentRow};
use crate::output::xlsx::value::Figure;
use crate::quantity::{Midpoint, Ratio, Shares, plain, whole};
use crate::text::grouped;
use num_traits::Zero;

#[derive(Debug)]
pub struct Dividend<'a> {
    common: Common<'a>,
    case: &'a Case,
    outcome: &'a DividendOutcome,
    rates: Vec<Rate>,
    /// Whether Series A is paid all that is due.
    series_a_full: bool,
    has_series_a: bool,
}

/// What a share of a class, or of a cohort of it, is paid in cash.
#[derive(Clone, Debug)]
struct Rate {
    of: (ClassIx, Option<Date>),
    exact: Ratio,
    /// How a cell shows it, and the figure where that is exact.
    value: Value<'static>,
    figure: Option<Figure>,
    /// What stays unpaid, and what of it is for earlier quarters.
    unpaid: Ratio,
    earlier: Ratio,
    /// Whether all that is due is paid.
    full: bool,
}

impl Rate {
    fn new(of: (ClassIx, Option<Date>), exact: Ratio, unpaid: Ratio) -> Self {
        let (value, figure, full) = (per_share(&exact), Figure::exact(&exact), unpaid.is_zero());
        Self { of, exact, value, figure, unpaid, earlier: whole(0), full }
    }
}

impl<'a> Dividend<'a> {
    pub fn new(case: &'a Case, locale: Locale, outcome: &'a DividendOutcome) -> Self {
        let dates = [outcome.date, outcome.record_date, outcome.pay_date];
        let words = ("dividend", format!("Dividend of {}", locale.date(outcome.date)));
        let (multiple, accrual) = (&outcome.multiple.value, Some(&outcome.accrual));
        let common = Common::new((case, locale), words, dates, multiple, &outcome.acknowledged, accrual);
        let declared = cash_on_common(outcome).fold(whole(0), |sum, payment| sum + &payment.amount);
        let as_common = |class: ClassIx| {
            let class = case.classes.get(class);
            class.conversion_ratio.as_ref().filter(|_| class.shares_common_dividends).map(|ratio| ratio * &declared)
        };
        let mut rates: Vec<Rate> = Vec::new();
        for cohort in &outcome.cohorts {
            let of = (case.classes.series_a(), Some(cohort.accrual_start));
            let earlier = (&cohort.brought_forward).min(&cohort.paid).clone();
            let rate = Rate::new(of, cohort.paid.clone(), cohort.unpaid.clone());
            rates.push(Rate { earlier, full: cohort.paid == cohort.due, ..rate });
        }
        for class in &outcome.classes {
            for cohort in &class.cohorts {
                let paid = &cohort.paid_per_share + as_common(class.class).unwrap_or_else(|| whole(0));
                let unpaid = &cohort.due_per_share - &cohort.paid_per_share;
                rates.push(Rate::new((class.class, cohort.accrual_start), paid, unpaid));
            }
        }
        if cash_on_common(outcome).next().is_some() {
            let unranked = case.classes.iter().filter(|(_, class)| !class.is_preferred());
            let rate = |(class, _)| Some(Rate::new((class, None), as_common(class)?, whole(0)));
            rates.extend(unranked.filter_map(rate));
            rates.push(Rate::new((case.classes.common(), None), declared.clone(), whole(0)));
        }
        let series_a_full = outcome.cohorts.iter().all(|c| c.paid == c.due);
        let has_series_a = case.first_issuance().is_some();
        Self { common, case, outcome, rates, series_a_full, has_series_a }
    }

    pub fn of(&'a self, holder: HolderIx) -> Statement<'a> {
        let draft = Draft::new(&self.common, &self.outcome.rows, holder);
        let mut builder = Builder { run: self, draft, rates: Vec::new() };
        builder.lots();
        let series_a = self.case.classes.series_a();
        let is_paid = builder.draft.rows.iter().any(|row| row.class == series_a);
        if !is_paid && builder.later_lots().next().is_some() {
            builder.steps_of(series_a);
        }
        builder.payments();
        builder.totals();
        builder.earlier();
        builder.owed();
        builder.year_to_date();
        builder.nothing();
        builder.draft.finish()
    }

    pub(super) fn date(&self, date: Date) -> String {
        self.common.locale.date(date)
    }

    /// The day whose holders of a class are paid.
    fn day_of(&self, class: ClassIx) -> Date {
        let outcome = self.outcome;
        if class == self.case.classes.series_a() {
            outcome.record_date
        } else if class == self.case.classes.common() {
            outcome.common.iter().map(|p| p.record_date).max().unwrap_or(outcome.date)
        } else {
            let class = self.case.classes.get(class);
            let on_record = class.rate.is_some() || class.shares_common_dividends;
            if on_record { outcome.record_date } else { outcome.date }
        }
    }

    fn takes_part(&self, class: ClassIx) -> bool {
        self.case.classes.get(class).shares_common_dividends && !self.outcome.common.is_empty()
    }

    /// Whether a class is paid several sums that are each rounded by themselves.
    fn is_several(&self, class: ClassIx) -> bool {
        let declared = cash_on_common(self.outcome).count();
        let info = self.case.classes.get(class);
        let due = self.outcome.classes.iter().any(|c| c.class == class && c.due > 0);
        (class == self.case.classes.common() || info.shares_common_dividends) && declared + usize::from(due) > 1
    }

    fn cohort_of(&self, lot: &Lot) -> Option<&'a CohortDividend> {
        let start = self.common.accrual(lot)?.start;
        self.outcome.cohorts.iter().find(|cohort| cohort.accrual_start == start)
    }

    /// Why shares that were issued after the record date are not paid, and from when on they are.
    fn not_yet(&self, lot: &Lot) -> String {
        let calendar = self.case.calendar();
        let from = self.common.accrual(lot).map_or(self.outcome.date, |accrual| accrual.start);
        let first = calendar.quarters.after(from.max(self.outcome.date));
        format!(
            "{} shares were issued on {}, after the record date {}, and are not entitled to this payment; their dividends \
             accrue from {} and are first paid for the quarter of {}",
            grouped(&lot.shares.to_string()),
            lot.issue_date.map(|day| self.date(day)).unwrap_or_default(),
            self.date(self.outcome.record_date),
            self.date(from),
            self.date(first)
        )
    }

    fn rate(&self, lot: &Lot) -> Option<&Rate> {
        let of = (lot.class, self.common.start_of(lot));
        self.rates.iter().find(|rate| rate.of == of)
    }
}

/// Declarations in cash that pay Common.
fn cash_on_common(outcome: &DividendOutcome) -> impl Iterator<Item = &CommonPayment> {
    outcome.common.iter().filter(|payment| payment.asset.is_none())
}

struct Builder<'a> {
    run: &'a Dividend<'a>,
    draft: Draft<'a, PaymentRow>,
    /// The rate of each lot listed.
    rates: Vec<Option<&'a Rate>>,
}

impl Builder<'_> {
    fn lots(&mut self) {
        let (run, case) = (self.run, self.run.case);
        let series_a = case.classes.series_a();
        for owned in lots_by_issue(case, self.draft.holder) {
            let listed = owned.class == series_a || self.draft.rows.iter().any(|row| row.class == owned.class);
            let day = run.day_of(owned.class);
            if !listed || !owned.counts_on(day) {
                continue;
            }
            let rate = run.rate(owned);
            let at = self.draft.lot(owned, day);
            let note = if rate.is_some() { "" } else { "; not entitled in this run" };
            self.draft.accrues(at, run.common.accrual(owned), note);
            if let Some(rate) = rate {
                self.draft.statement.set(Cell::at(lot::PER_SHARE, at), rate.value.clone());
                self.amount(at, rate);
            }
            self.rates.push(rate);
        }
        self.draft.sum_of_lots();
    }

    /// A lot's shares times its rate: the product itself where a spreadsheet gives it, else to 6 decimals.
    fn amount(&mut self, at: usize, rate: &Rate) {
        let (cell, a, b) = (Cell::at(lot::AMOUNT, at), Cell::at(lot::SHARES, at), Cell::at(lot::PER_SHARE, at));
        let (shares, statement) = (self.draft.lots[at].1, &mut self.draft.statement);
        let exact = rate.figure.and_then(|figure| figure.times(shares));
        if let Some(figure) = exact.filter(|figure| Term::Product(a, b).exact().gives(*figure, statement)) {
            statement.set(cell, Value::Live(Term::Product(a, b).exact(), figure));
            return;
        }
        let product = units(&(Shares(shares).to_ratio() * &rate.exact), 6, Midpoint::HalfUp);
        statement.put_live(cell, Term::Product(a, b).rounded(6), product, 6);
    }

    /// What a class's payments rest on, under its name: how its figures came to be, and whose are paid.
    fn steps_of(&mut self, class: ClassIx) {
        let run = self.run;
        let classes = &run.case.classes;
        let name = classes.get(class).name.as_str();
        let heading = if class == classes.common() {
            name.to_owned()
        } else {
            format!("{name}, as held on {}", run.date(run.day_of(class)))
        };
        self.draft.note("", heading);
        if class == classes.common() {
            let declared = run.outcome.common.iter().flat_map(|payment| &payment.steps);
            self.draft.steps_of(declared, "");
        } else if class == classes.series_a() {
            self.series_a_steps();
        } else {
            let other = run.outcome.classes.iter().filter(|other| other.class == class && other.due > 0);
            let holder = self.draft.holder;
            let own = |start: &Option<Date>| {
                let lots = run.case.register.lots_of(holder).iter().filter(|lot| lot.class == class);
                start.is_none() || lots.clone().any(|lot| classes.get(class).accrual_start(lot.issue_date) == *start)
            };
            for cohort in other.flat_map(|other| &other.cohorts).filter(|cohort| own(&cohort.accrual_start)) {
                self.draft.steps_of(&cohort.steps, "");
            }
            if let Some(ratio) = classes.get(class).conversion_ratio.as_ref().filter(|_| run.takes_part(class)) {
                let what = format!("Takes part in dividends on Common, as {} Common shares for one", plain(ratio, 12));
                self.draft.note("Declaration", what);
                let declared = run.outcome.common.iter().flat_map(|payment| &payment.steps);
                self.draft.steps_of(declared, "");
            }
        }
    }

    fn series_a_steps(&mut self) {
        let run = self.run;
        let day = run.outcome.record_date;
        let owned = lots_by_issue(run.case, self.draft.holder);
        let lots = owned.into_iter().filter(|lot| lot.class == run.case.classes.series_a());
        for lot in lots.clone().filter(|lot| is_later(lot, day)) {
            self.draft.note("2(c)", run.not_yet(lot));
        }
        let mut cohorts: Vec<&CohortDividend> =
            lots.filter(|l| l.counts_on(day)).filter_map(|l| run.cohort_of(l)).collect();
        cohorts.sort_by_key(|c| c.accrual_start);
        cohorts.dedup_by_key(|c| c.accrual_start);
        let several = cohorts.len() > 1;
        for cohort in cohorts {
            let of = if several { format!("Accruing from {}", run.date(cohort.accrual_start)) } else { String::new() };
            self.draft.steps_of(&cohort.steps, &of);
        }
    }

    /// Why a holder is paid nothing: shares that came after the record date, or all that is due stays owed.
    fn nothing(&mut self) {
        if self.draft.rows.iter().any(|row| row.gross != 0) {
            return;
        }
        let why = match self.later_lots().next() {
            Some(lot) => self.run.not_yet(lot),
            None if self.draft.rows.is_empty() => "no dividend was due on your shares on this date".to_owned(),
            None if self.lots_with_rates().all(|(_, rate)| rate.unpaid.is_zero()) => {
                "what is due on your shares is less than the smallest unit".to_owned()
            }
            None => "what is due on your shares stays owed".to_owned(),
        };
        self.draft.nothing(&why);
    }

    /// The holder's lots of Series A that were issued too late for the record date.
    fn later_lots(&self) -> impl Iterator<Item = &Lot> {
        let (run, series_a) = (self.run, self.run.case.classes.series_a());
        let lots = run.case.register.lots_of(self.draft.holder).iter();
        lots.filter(move |lot| lot.class == series_a && is_later(lot, run.outcome.record_date))
    }
}

fn is_later(lot: &Lot, record_date: Date) -> bool {
    lot.issue_date.is_some_and(|issued| issued > record_date) && lot.retired_date.is_none()
}
