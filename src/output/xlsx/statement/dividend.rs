//! Statements of a dividend run.

mod payments;

use super::common::{Common, Draft, lots_by_issue, own_step, per_share};
use super::fields::lot;
use super::{Cell, Statement, Term, Value};
use crate::model::Case;
use crate::model::calendar::Date;
use crate::model::class::ClassIx;
use crate::model::locale::Locale;
use crate::model::register::{HolderIx, Lot};
use crate::outcome::PaymentRow;
use crate::outcome::dividend::{CohortDividend, DividendOutcome};
use crate::output::xlsx::value::Figure;
use crate::quantity::{Midpoint, Ratio, Shares, plain, power_of_ten, round_half, whole};
use crate::text::grouped;
use num_traits::ToPrimitive;
use std::borrow::Cow;

/// Said of a figure that is not a formula.
pub(super) const NOT_LIVE: &str = "a value: a formula may be a unit off";

#[derive(Debug)]
pub struct Dividend<'a> {
    common: Common<'a>,
    case: &'a Case,
    outcome: &'a DividendOutcome,
    /// Cash per share by cohort.
    cohorts: Vec<Rate<'a>>,
    /// Cash per share by class, for the others.
    classes: Vec<(ClassIx, Option<Date>, Rate<'a>)>,
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
    pub fn new(case: &'a Case, locale: Locale, outcome: &'a DividendOutcome) -> Self {
        let dates = [outcome.date, outcome.record_date, outcome.pay_date];
        let words = format!("Dividend of {}", locale.date(outcome.date));
        let common =
            Common::new((case, locale), ("dividend", words), dates, &outcome.multiple.value, &outcome.acknowledged);
        let common_cash: Vec<&Ratio> = outcome.common.iter().filter(|p| p.asset.is_none()).map(|p| &p.amount).collect();
        let declared = common_cash.iter().fold(whole(0), |sum, amount| sum + *amount);
        let as_common = |class: ClassIx| {
            let class = case.classes.get(class);
            class.conversion_ratio.as_ref().filter(|_| class.shares_common_dividends).map(|ratio| ratio * &declared)
        };
        let mut classes: Vec<(ClassIx, Option<Date>, Rate)> = Vec::new();
        for class in &outcome.classes {
            for cohort in &class.cohorts {
                let full = cohort.paid_per_share == cohort.due_per_share;
                let rate = match as_common(class.class) {
                    Some(more) => Cow::Owned(&cohort.paid_per_share + more),
                    None => Cow::Borrowed(&cohort.paid_per_share),
                };
                classes.push((class.class, cohort.accrual_start, Rate::new(rate, full)));
            }
        }
        if !common_cash.is_empty() {
            let unranked = case.classes.iter().filter(|(_, class)| !class.is_preferred());
            let rates = unranked.filter_map(|(ix, _)| Some((ix, None, Rate::new(Cow::Owned(as_common(ix)?), true))));
            classes.extend(rates);
            classes.push((case.classes.common(), None, Rate::new(Cow::Owned(declared.clone()), true)));
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

    pub fn of(&'a self, holder: HolderIx) -> Statement<'a> {
        let draft = Draft::new(&self.common, &self.outcome.rows, holder);
        let mut builder = Builder { run: self, draft, rates: Vec::new() };
        builder.lots();
        if builder.has_only_later() {
            builder.steps_of(self.case.classes.series_a());
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
        let declared = self.common_cash.len();
        let info = self.case.classes.get(class);
        let due = self.outcome.classes.iter().any(|c| c.class == class && c.due > 0);
        (class == self.case.classes.common() || info.shares_common_dividends) && declared + usize::from(due) > 1
    }

    fn cohort_of(&self, lot: &Lot) -> Option<(usize, &'a CohortDividend)> {
        let start = self.outcome.accrual.of(lot.issue_date?)?.start;
        let at = self.outcome.cohorts.binary_search_by_key(&start, |c| c.accrual_start).ok()?;
        self.outcome.cohorts.get(at).map(|cohort| (at, cohort))
    }

    /// Why shares that were issued after the record date are not paid, and from when on they are.
    fn not_yet(&self, lot: &Lot) -> String {
        let calendar = self.case.calendar();
        let accrual = lot.issue_date.and_then(|issued| self.outcome.accrual.of(issued));
        let from = accrual.map_or(self.outcome.date, |accrual| accrual.start);
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

    fn rate(&self, lot: &Lot) -> Option<&Rate<'a>> {
        if lot.class == self.case.classes.series_a() {
            let (at, _) = self.cohort_of(lot)?;
            self.cohorts.get(at)
        } else {
            let start = self.case.classes.get(lot.class).accrual_start(lot.issue_date);
            self.classes.iter().find(|(class, of, _)| (*class, *of) == (lot.class, start)).map(|(.., rate)| rate)
        }
    }
}

struct Builder<'a> {
    run: &'a Dividend<'a>,
    draft: Draft<'a, PaymentRow>,
    /// The rate of each lot listed.
    rates: Vec<Option<&'a Rate<'a>>>,
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
            let issued = owned.issue_date.filter(|_| owned.class == series_a);
            if let Some(accrual) = issued.and_then(|issued| run.outcome.accrual.of(issued)) {
                self.draft.accrues(at, accrual, if rate.is_some() { "" } else { "; not entitled in this run" });
            }
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
        let exact = match &rate.value {
            Value::Number(figure) if rate.terminates => figure.times(shares),
            _ => None,
        };
        if let Some(figure) = exact.filter(|figure| Term::Product(a, b).exact().gives(*figure, statement)) {
            statement.set(cell, Value::Live(Term::Product(a, b).exact(), figure));
            return;
        }
        let product = Shares::from_micros(shares).to_ratio() * rate.exact.as_ref() * power_of_ten(6);
        let units = round_half(&product, Midpoint::HalfUp).to_i128().expect("a run refuses cash beyond the limit");
        statement.put_live(cell, Term::Product(a, b).rounded(6), units, 6);
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
        self.draft.statement.steps.push(own_step("", heading));
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
                self.draft.statement.steps.push(own_step("Declaration", what));
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
        for lot in lots.clone().filter(|lot| Self::is_later(lot, day)) {
            self.draft.statement.steps.push(own_step("2(c)", run.not_yet(lot)));
        }
        let mut cohorts: Vec<&CohortDividend> =
            lots.filter(|l| l.counts_on(day)).filter_map(|l| run.cohort_of(l).map(|(_, cohort)| cohort)).collect();
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
        let (run, holder) = (self.run, self.draft.holder);
        let series_a = run.case.classes.series_a();
        let lots = run.case.register.lots_of(holder).iter().filter(|lot| lot.class == series_a);
        let mut later = lots.filter(|lot| Self::is_later(lot, run.outcome.record_date));
        let why = match later.next() {
            Some(lot) => run.not_yet(lot),
            None if self.draft.rows.is_empty() => "no dividend was due on your shares on this date".to_owned(),
            None => "what is due on your shares stays owed".to_owned(),
        };
        self.draft.nothing(&why);
    }

    /// Whether a lot was issued too late for the record date.
    fn is_later(lot: &Lot, record_date: Date) -> bool {
        lot.issue_date.is_some_and(|issued| issued > record_date) && lot.retired_date.is_none()
    }

    /// Whether the holder has shares of Series A that were issued too late, and none that are paid.
    fn has_only_later(&self) -> bool {
        let (run, series_a) = (self.run, self.run.case.classes.series_a());
        let mut lots = run.case.register.lots_of(self.draft.holder).iter().filter(|lot| lot.class == series_a);
        let is_paid = self.draft.rows.iter().any(|row| row.class == series_a);
        !is_paid && lots.any(|lot| Self::is_later(lot, run.outcome.record_date))
    }
}
