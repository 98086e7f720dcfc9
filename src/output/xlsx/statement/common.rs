//! What every statement says, whichever run it belongs to.

use super::fields::{delivery, lot, payment, single, step};
use super::words::{contact, letter, masked, status};
use super::{Cell, Column, Field, Group, Statement, Term, Value};
use crate::model::{Case, ClassIx, Date, Detail, HolderIx, Locale, Lot, reading};
use crate::outcome::{AccrualStart, AccrualStarts, PaymentRow, Step};
use crate::output::instructions::{Paid, carried_in, reference, reference_prefix};
use crate::output::xlsx::value::Figure;
use crate::quantity::{Midpoint, Ratio, SHARE_DECIMALS, Shares, Units, fraction, power_of_ten, round_half};
use crate::text::money;
use num_traits::ToPrimitive;
use std::ops::Range;

/// Said of a figure that is not a formula.
pub(super) const NOT_LIVE: &str = "a value: a formula may be a unit off";

/// The part of a statement that is the same for every holder.
#[derive(Clone, Debug)]
pub(crate) struct Common<'a> {
    pub case: &'a Case,
    pub locale: Locale,
    accrual: Option<&'a AccrualStarts>,
    /// The command that made the run.
    command: &'static str,
    run: String,
    acknowledged: String,
    dates: [Date; 3],
    multiple: Value<'static>,
    note: &'static str,
}

/// How to read a statement, in its last line: with Series A, and without.
const NOTES: [&str; 2] = [
    "Clauses are those of the certificate of designation; a word in their place, such as Rounding, names what no clause \
     settles. Figures are formulas wherever a spreadsheet's arithmetic gives them exactly; one that is not has a note \
     beside it.",
    "Terms are those of the classes themselves; another word, such as Rounding, names what they do not settle. Figures are \
     formulas wherever a spreadsheet's arithmetic gives them exactly; one that is not has a note beside it.",
];

/// A holder's lots as statements list them: by class, date of issue, certificate and shares, so that the order of the
/// register's rows changes nothing.
pub(crate) fn lots_by_issue(case: &Case, holder: HolderIx) -> Vec<&Lot> {
    let register = &case.register;
    let mut lots: Vec<&Lot> = register.lots_of(holder).iter().collect();
    lots.sort_by_key(|l| (l.class, l.issue_date, register.certificate(l), l.shares, l.retired_date));
    lots
}

impl<'a> Common<'a> {
    /// The command and the run in words, the dates of the run, of record and of payment, M on the date, the clauses
    /// acknowledged, and when dividends on Series A begin to accrue, where the statements say so.
    pub(crate) fn new(
        (case, locale): (&'a Case, Locale),
        (command, run): (&'static str, String),
        dates: [Date; 3],
        multiple: &Ratio,
        acknowledged: &[String],
        accrual: Option<&'a AccrualStarts>,
    ) -> Self {
        let (acknowledged, multiple) = (acknowledged.join(", "), per_share(multiple));
        let note = NOTES[usize::from(case.first_issuance().is_none())];
        Self { case, locale, accrual, command, run, acknowledged, dates, multiple, note }
    }

    /// When and why dividends on a lot of Series A begin to accrue.
    pub(crate) fn accrual(&self, lot: &Lot) -> Option<&'a AccrualStart> {
        self.accrual?.of(lot.issue_date.filter(|_| lot.class == self.case.classes.series_a())?)
    }

    /// The day from which a lot's dividends accrue, where its class has cohorts.
    pub(crate) fn start_of(&self, lot: &Lot) -> Option<Date> {
        let at_rate = || self.case.classes.get(lot.class).accrual_start(lot.issue_date);
        self.accrual(lot).map_or_else(at_rate, |accrual| Some(accrual.start))
    }

    /// A statement of one holder, with everything that does not depend on the run's figures.
    pub(crate) fn statement(&'a self, holder: HolderIx) -> Statement<'a> {
        let (terms, register) = (&self.case.terms, &self.case.register);
        let (currency_decimals, locale) = (terms.currency_decimals, self.locale);
        let mut statement = Statement { currency_decimals, locale, ..Statement::default() };
        let detail = |detail| register.detail(holder, detail);
        let mut text = |field: Field, text: &'a str| statement.put(field, Value::text(text));
        text(single::COMPANY, &terms.company);
        text(single::SERIES, &terms.series_name);
        text(single::RUN, &self.run);
        text(single::CURRENCY, &terms.currency);
        text(single::HOLDER_ID, register.id(holder));
        text(single::HOLDER_NAME, register.name(holder));
        text(single::ACKNOWLEDGED, &self.acknowledged);
        text(single::NOTE, self.note);
        text(single::CONTACT, contact(self.case));
        text(single::COUNTRY, detail(Detail::Country));
        text(single::EMAIL, detail(Detail::Email));
        text(single::PAYMENT_METHOD, detail(Detail::PaymentMethod));
        text(single::BANK_CODE, detail(Detail::BankCode));
        let payee = detail(Detail::PayeeName);
        text(single::PAYEE_NAME, if payee.is_empty() { register.name(holder) } else { payee });
        let lines = [single::LETTER_1, single::LETTER_2, single::LETTER_3, single::LETTER_4, single::LETTER_5];
        for (field, line) in lines.into_iter().zip(letter(self.case, holder)) {
            statement.put(field, Value::text(line));
        }
        let of_run = reference(&reference_prefix(self.command, self.dates[0]), register.id(holder));
        statement.put(single::REFERENCE, Value::text(of_run));
        statement.put(single::ADDRESS, Value::text(register.address(holder)));
        let tax_id = masked(detail(Detail::TaxId));
        statement.put(single::TAX_ID, if tax_id == Value::Blank { Value::text("none on file") } else { tax_id });
        statement.put(single::ACCOUNT, masked(detail(Detail::Account)));
        for (field, date) in [single::RUN_DATE, single::RECORD_DATE, single::PAY_DATE].into_iter().zip(self.dates) {
            statement.put(field, Value::date(date));
        }
        statement.put(single::MULTIPLE, self.multiple.clone());
        statement
    }
}

/// An exact amount per share: a number of 15 digits, as a spreadsheet shows it; a text from 10^15 on.
pub(crate) fn per_share(value: &Ratio) -> Value<'static> {
    Figure::nearest(value).map_or_else(|| Value::Text(fraction(value).into()), Value::Number)
}

/// An exact amount in units of so many decimals.
pub(crate) fn units(value: &Ratio, decimals: u32, midpoint: Midpoint) -> Units {
    round_half(&(value * power_of_ten(decimals)), midpoint).to_i128().expect("a run refuses cash beyond the limit")
}

/// One holder's statement being made: what all kinds put into it.
pub(super) struct Draft<'a, R> {
    pub case: &'a Case,
    pub holder: HolderIx,
    /// What the run pays the holder.
    pub rows: &'a [R],
    pub statement: Statement<'a>,
    /// The lots listed: class, and shares in millionths.
    pub lots: Vec<(ClassIx, u64)>,
    /// The steps that price the fractions of a class's deliveries.
    pub in_lieu: Vec<Cell>,
}

impl<'a, R: Paid> Draft<'a, R> {
    /// With what does not depend on the run's figures; `rows` are the run's.
    pub(super) fn new(common: &'a Common<'a>, rows: &'a [R], holder: HolderIx) -> Self {
        let start = rows.partition_point(|row| row.holder() < holder);
        let end = rows.partition_point(|row| row.holder() <= holder);
        let mut statement = common.statement(holder);
        let cash: Units = rows[start..end].iter().filter_map(Paid::cash).sum();
        let kept_back = carried_in(common.case, holder);
        let mut status = status(common.case, holder, cash + kept_back, &common.locale.date(common.dates[2]));
        if kept_back != 0 {
            let sum = kept_back_in_words(common.case, kept_back);
            status = format!("{status} Of this, {sum} was kept back earlier.");
        }
        statement.put(single::STATUS, Value::text(status));
        Self { case: common.case, holder, rows: &rows[start..end], statement, lots: Vec::new(), in_lieu: Vec::new() }
    }

    /// Says why nothing is paid, or nothing but what was kept back earlier.
    pub(super) fn nothing(&mut self, why: &str) {
        let status = self.statement.text(Cell::single(single::STATUS)).filter(|_| self.kept_back() != 0);
        let status = match status {
            Some(status) => format!("{status} This time, {why}."),
            None => format!("Nothing is paid to you this time: {why}."),
        };
        self.statement.put(single::STATUS, Value::text(status));
    }

    fn kept_back(&self) -> Units {
        carried_in(self.case, self.holder)
    }

    /// Adds rules' steps. `of` says whose they are, where a holder has several.
    pub(super) fn steps_of(&mut self, steps: impl IntoIterator<Item = &'a Step>, of: &str) {
        let locale = self.statement.locale;
        for step in steps {
            let words = locale.in_words(&step.what);
            let reading = step.reading.as_deref().map(reading::in_words).unwrap_or_default();
            self.add([
                (step::CLAUSE, Value::text(step.clause)),
                (step::WHAT, if of.is_empty() { Value::text(words) } else { Value::text(format!("{of}: {words}")) }),
                (step::BEFORE, step.before.as_deref().map_or(Value::Blank, figure_or_text)),
                (step::AFTER, figure_or_text(&step.after)),
                (step::READING, Value::text(reading)),
            ]);
        }
    }

    /// Adds a row with these cells, and says which it is.
    pub(super) fn add<const N: usize>(&mut self, cells: [(Field, Value<'a>); N]) -> usize {
        let at = self.statement.add(cells[0].0.group);
        for (field, value) in cells {
            self.statement.set(Cell::at(field, at), value);
        }
        at
    }

    /// Adds a step of the holder's own, without a figure.
    pub(super) fn note(&mut self, clause: &'a str, what: String) {
        self.add([(step::CLAUSE, Value::text(clause)), (step::WHAT, Value::text(what))]);
    }

    /// Lists a lot with its shares as of `day`, and says in which row.
    pub(super) fn lot(&mut self, lot: &Lot, day: Date) -> usize {
        let shares =
            self.case.share_factor(day).shares_of(lot).expect("a run refuses shares beyond the limit").micros();
        self.lots.push((lot.class, shares));
        self.add([
            (lot::CLASS, Value::text(self.case.classes.get(lot.class).name.as_str())),
            (lot::CERTIFICATE, Value::text(self.case.register.certificate(lot))),
            (lot::ISSUE_DATE, lot.issue_date.map_or(Value::Blank, Value::date)),
            (lot::SHARES, Value::amount(i128::from(shares), SHARE_DECIMALS)),
        ])
    }

    /// Says from when on a listed lot's dividends accrue, and why, where it is of Series A; `note` goes after that.
    pub(super) fn accrues(&mut self, at: usize, accrual: Option<&AccrualStart>, note: &str) {
        let Some(accrual) = accrual else { return };
        let mut put = |field, value| self.statement.set(Cell::at(field, at), value);
        put(lot::ACCRUAL_START, Value::date(accrual.start));
        put(lot::ACCRUAL_WHY, Value::text(accrual.why));
        put(lot::NOTE, Value::text(format!("{}{note}", accrual.why)));
    }

    /// The shares of all lots listed.
    pub(super) fn sum_of_lots(&mut self) {
        let all: i128 = self.lots.iter().map(|(_, shares)| i128::from(*shares)).sum();
        if !self.lots.is_empty() {
            let sum = Term::Sum(Column::new(lot::SHARES, 0..self.lots.len())).exact();
            self.statement.put_live(Cell::single(single::SHARES), sum, all, SHARE_DECIMALS);
        }
    }

    /// The lots listed of a class.
    pub(super) fn range(&self, class: ClassIx) -> Range<usize> {
        let of_class = |(other, _): &&(ClassIx, u64)| *other == class;
        let start = self.lots.iter().take_while(|lot| !of_class(lot)).count();
        match self.lots.iter().filter(of_class).count() {
            0 => 0..0,
            len => start..start + len,
        }
    }

    /// Begins a payment in cash on shares of a class, and says in which row.
    pub(super) fn payment(&mut self, class: ClassIx, shares: u64) -> usize {
        let name = Value::text(self.case.classes.get(class).name.as_str());
        let currency = Value::text(self.case.terms.currency.as_str());
        let at = self.add([(payment::CLASS, name), (payment::ASSET, currency)]);
        self.shares(Cell::at(payment::SHARES, at), class, shares);
        at
    }

    /// A delivery of an asset: the shares times `rate`, which is one for all of them, rounded down; and its steps. A
    /// fraction that is not delivered is paid at the `price` of one.
    pub(super) fn delivery(
        &mut self,
        row: &PaymentRow,
        (asset, price): (&'a str, Option<&Ratio>),
        rate: Option<&Ratio>,
        (clause, what): (&'a str, String),
    ) {
        let name = Value::text(self.case.classes.get(row.class).name.as_str());
        let at = self.add([(delivery::CLASS, name), (delivery::ASSET, Value::text(asset))]);
        self.shares(Cell::at(delivery::SHARES, at), row.class, row.shares);
        let (quantity, each) = (Cell::at(delivery::QUANTITY, at), Cell::at(delivery::PER_SHARE, at));
        let statement = &mut self.statement;
        statement.set(quantity, Value::amount(row.gross, SHARE_DECIMALS));
        let mut note = "a value: lots differ per share";
        if let Some(rate) = rate {
            statement.set(each, per_share(rate));
            let product = Term::Product(Cell::at(delivery::SHARES, at), each);
            let decimals = decimals_in_kind(self.case);
            // Where the product has no more decimals, rounding it at all only takes away what doubles add.
            let mut formulas = [product.rounded_down(decimals), product.rounded(decimals)].into_iter();
            let live = formulas.any(|formula| statement.put_live(quantity, formula, row.gross, SHARE_DECIMALS));
            note = if live { "" } else { NOT_LIVE };
        }
        statement.set(Cell::at(delivery::NOTE, at), Value::text(note));
        self.step(clause, what, quantity);
        if let Some((rate, price)) = rate.zip(price) {
            let exact = Shares(row.shares).to_ratio() * rate;
            self.fraction(at, asset, &exact, price);
        }
    }

    fn shares(&mut self, cell: Cell, class: ClassIx, shares: u64) {
        let sum = Term::Sum(Column::new(lot::SHARES, self.range(class))).exact();
        self.statement.put_live(cell, sum, i128::from(shares), SHARE_DECIMALS);
    }

    /// Shows an amount per share where it is one for all lots of a payment: as the first lot has it.
    pub(super) fn one_per_share(&mut self, at: usize, lots: Range<usize>, field: Field) {
        let values = lots.clone().map(|row| self.statement.value(Cell::at(field, row)).figure());
        let mut values = values.collect::<Vec<_>>().into_iter();
        let Some(Some(first)) = values.next() else { return };
        if values.all(|value| value == Some(first)) {
            let value = Value::Live(Term::Cell(Cell::at(field, lots.start)).exact(), first);
            self.statement.set(Cell::at(payment::PER_SHARE, at), value);
        }
    }

    /// Ends the statement: which readings its steps rest on, once each.
    pub(super) fn finish(mut self) -> Statement<'a> {
        if self.kept_back() != 0 {
            let sum = kept_back_in_words(self.case, self.kept_back());
            self.note(
                "Payment",
                format!("Kept back by an earlier run, being below the smallest payment, and added: {sum}"),
            );
        }
        let mut readings: Vec<&str> = Vec::new();
        for at in 0..self.statement.count(Group::Step) {
            let chosen = self.statement.text(Cell::at(step::READING, at)).unwrap_or_default();
            for one in chosen.split("; ").filter(|one| !one.is_empty()) {
                if !readings.contains(&one) {
                    readings.push(one);
                }
            }
        }
        let readings = readings.join("; ");
        self.statement.put(single::READINGS, Value::text(readings));
        self.statement
    }

    /// A step of the holder's own, whose figure is that of a cell.
    pub(super) fn step(&mut self, clause: &'a str, what: String, cell: Cell) {
        self.note(clause, what);
        let value = match self.statement.value(cell) {
            Value::Live(_, figure) | Value::Number(figure) => Value::Live(Term::Cell(cell).exact(), *figure),
            other => other.clone(),
        };
        self.statement.set(Cell::at(step::AFTER, self.statement.count(Group::Step) - 1), value);
    }

    /// A total over all payments in cash: a formula where there are any.
    pub(super) fn total(&mut self, field: Field, of: Field, units: Units) {
        let (decimals, payments) = (self.case.terms.currency_decimals, self.statement.count(Group::Payment));
        if payments == 0 {
            self.statement.put(field, Value::amount(units, decimals));
        } else {
            let sum = Term::Sum(Column::new(of, 0..payments)).rounded(decimals);
            self.statement.put_live(Cell::single(field), sum, units, decimals);
        }
    }

    /// The same of a run that withholds no tax: net is gross.
    pub(super) fn total_untaxed(&mut self, units: Units) {
        self.total(single::GROSS, payment::GROSS, units);
        let gross = Term::Cell(Cell::single(single::GROSS)).exact();
        self.statement.put_live(Cell::single(single::NET), gross, units, self.case.terms.currency_decimals);
    }
}

fn kept_back_in_words(case: &Case, units: Units) -> String {
    format!("{} {}", case.terms.currency, money(units, case.terms.currency_decimals))
}

/// How many decimals what is delivered in kind has: none where fractions are paid in cash.
pub(crate) fn decimals_in_kind(case: &Case) -> u32 {
    if case.terms.readings.cash_in_lieu() { 0 } else { SHARE_DECIMALS }
}

/// A plain decimal as a number, anything else as a text.
fn figure_or_text(text: &str) -> Value<'_> {
    Figure::parse(text).map_or_else(|| Value::text(text), Value::Number)
}
