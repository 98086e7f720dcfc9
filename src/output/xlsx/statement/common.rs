//! What every statement says, whichever run it belongs to.

use super::fields::{lot, payment, single, step};
use super::{Cell, Column, Field, Row, Statement, Term, Value};
use crate::model::Case;
use crate::model::calendar::Date;
use crate::model::class::ClassIx;
use crate::model::register::{Detail, HolderIx, Lot};
use crate::outcome::AccrualStart;
use crate::outcome::step::Step;
use crate::output::instructions::Paid;
use crate::output::xlsx::value::Figure;
use crate::quantity::{Ratio, SHARE_DECIMALS, Units, fraction};
use std::ops::Range;

/// The part of a statement that is the same for every holder.
#[derive(Clone, Debug)]
pub(crate) struct Common<'a> {
    case: &'a Case,
    run: String,
    readings: String,
    acknowledged: String,
    dates: [Date; 3],
    multiple: Value<'static>,
}

/// How to read a statement, in its last line.
const NOTE: &str = "Figures are formulas wherever a spreadsheet's arithmetic gives them exactly; one that is not has a \
                    note beside it. Numbers under Clause are those of the certificate of designation; words there, such \
                    as Rounding, name what no clause settles.";

/// A holder's lots as statements list them: by class, date of issue, certificate and shares, so that the order of the
/// register's rows changes nothing.
pub(crate) fn lots_by_issue(case: &Case, holder: HolderIx) -> Vec<&Lot> {
    let register = &case.register;
    let mut lots: Vec<&Lot> = register.lots_of(holder).iter().collect();
    lots.sort_by_key(|l| (l.class, l.issue_date, register.certificate(l), l.shares, l.retired_date));
    lots
}

impl<'a> Common<'a> {
    /// `run` in words, the dates of the run, of record and of payment, M on the date, and the clauses acknowledged.
    pub(crate) fn new(
        case: &'a Case,
        run: String,
        dates: [Date; 3],
        multiple: &Ratio,
        acknowledged: &[String],
    ) -> Self {
        let readings: Vec<String> = case.terms.readings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let acknowledged = acknowledged.join(", ");
        Self { case, run, readings: readings.join(", "), acknowledged, dates, multiple: per_share(multiple) }
    }

    /// A statement of one holder, with everything that does not depend on the run's figures.
    pub(crate) fn statement(&'a self, holder: HolderIx) -> Statement<'a> {
        let mut statement = Statement { currency_decimals: self.case.terms.currency_decimals, ..Statement::default() };
        let (terms, register) = (&self.case.terms, &self.case.register);
        let mut text = |field: Field, text: &'a str| statement.put(field, Value::text(text));
        text(single::COMPANY, &terms.company);
        text(single::SERIES, &terms.series_name);
        text(single::RUN, &self.run);
        text(single::CURRENCY, &terms.currency);
        text(single::HOLDER_ID, register.id(holder));
        text(single::HOLDER_NAME, register.name(holder));
        text(single::READINGS, &self.readings);
        text(single::ACKNOWLEDGED, if self.acknowledged.is_empty() { "none" } else { &self.acknowledged });
        text(single::NOTE, NOTE);
        for (field, detail) in [
            (single::COUNTRY, Detail::Country),
            (single::EMAIL, Detail::Email),
            (single::PAYMENT_METHOD, Detail::PaymentMethod),
            (single::BANK_CODE, Detail::BankCode),
        ] {
            text(field, register.detail(holder, detail));
        }
        let payee = register.detail(holder, Detail::PayeeName);
        text(single::PAYEE_NAME, if payee.is_empty() { register.name(holder) } else { payee });
        statement.put(single::ADDRESS, Value::text(register.address(holder)));
        statement.put(single::TAX_ID, masked(register.detail(holder, Detail::TaxId)));
        statement.put(single::ACCOUNT, masked(register.detail(holder, Detail::Account)));
        for (field, date) in [single::RUN_DATE, single::RECORD_DATE, single::PAY_DATE].into_iter().zip(self.dates) {
            statement.put(field, Value::date(date));
        }
        statement.put(single::MULTIPLE, self.multiple.clone());
        statement
    }
}

/// The last four characters of what is nobody else's business.
fn masked(text: &str) -> Value<'static> {
    let count = text.chars().count();
    match count {
        0 => Value::Blank,
        1..=4 => Value::text("••••"),
        _ => Value::text(format!("•••• {}", text.chars().skip(count - 4).collect::<String>())),
    }
}

/// An exact amount per share: a number of 15 digits, as a spreadsheet shows it; a text from 10^15 on.
pub(crate) fn per_share(value: &Ratio) -> Value<'static> {
    Figure::nearest(value).map_or_else(|| Value::Text(fraction(value).into()), Value::Number)
}

/// A step of the rules as a row. `of` says whose it is, where a holder has several.
pub(crate) fn step_row<'a>(step: &'a Step, of: &str) -> Row<'a, { step::COUNT }> {
    let what = if of.is_empty() { Value::text(&step.what) } else { Value::text(format!("{of}: {}", step.what)) };
    row([
        (step::CLAUSE, Value::text(step.clause)),
        (step::WHAT, what),
        (step::BEFORE, step.before.as_deref().map_or(Value::Blank, figure_or_text)),
        (step::AFTER, figure_or_text(&step.after)),
        (step::READING, step.reading.as_deref().map_or(Value::Blank, Value::text)),
    ])
}

/// A step of the holder's own.
pub(crate) fn own_step(clause: &str, what: String) -> Row<'_, { step::COUNT }> {
    row([(step::CLAUSE, Value::text(clause)), (step::WHAT, Value::text(what))])
}

fn row<'a, const N: usize>(values: impl IntoIterator<Item = (Field, Value<'a>)>) -> Row<'a, N> {
    let mut row = std::array::from_fn(|_| Value::Blank);
    for (field, value) in values {
        row[usize::from(field.index)] = value;
    }
    row
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
}

impl<'a, R: Paid> Draft<'a, R> {
    /// With what does not depend on the run's figures; `rows` are the run's.
    pub(super) fn new(common: &'a Common<'a>, rows: &'a [R], holder: HolderIx) -> Self {
        let start = rows.partition_point(|row| row.holder() < holder);
        let end = rows.partition_point(|row| row.holder() <= holder);
        let statement = common.statement(holder);
        Self { case: common.case, holder, rows: &rows[start..end], statement, lots: Vec::new() }
    }

    /// Lists a lot with its shares as of `day`, and says in which row.
    pub(super) fn lot(&mut self, lot: &Lot, day: Date) -> usize {
        let shares =
            self.case.share_factor(day).shares_of(lot).expect("a run refuses shares beyond the limit").micros();
        let at = self.statement.lots.len();
        self.statement.lots.push(row([
            (lot::CLASS, Value::text(self.case.classes.get(lot.class).name.as_str())),
            (lot::CERTIFICATE, Value::text(self.case.register.certificate(lot))),
            (lot::ISSUE_DATE, lot.issue_date.map_or(Value::Blank, Value::date)),
            (lot::SHARES, Value::amount(i128::from(shares), SHARE_DECIMALS)),
        ]));
        self.lots.push((lot.class, shares));
        at
    }

    /// Says from when on a listed lot's dividends accrue, and why; `note` goes after that.
    pub(super) fn accrues(&mut self, at: usize, accrual: &AccrualStart, note: &str) {
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

    /// Begins a payment on shares of a class, and says in which row.
    pub(super) fn payment(&mut self, class: ClassIx, asset: &'a str, shares: u64) -> usize {
        let at = self.statement.payments.len();
        let name = Value::text(self.case.classes.get(class).name.as_str());
        self.statement.payments.push(row([(payment::CLASS, name), (payment::ASSET, Value::text(asset))]));
        let sum = Term::Sum(Column::new(lot::SHARES, self.range(class))).exact();
        self.statement.put_live(Cell::at(payment::SHARES, at), sum, i128::from(shares), SHARE_DECIMALS);
        at
    }

    /// A step of the holder's own, whose figure is that of a cell.
    pub(super) fn step(&mut self, clause: &'a str, what: String, cell: Cell) {
        self.statement.steps.push(own_step(clause, what));
        self.copy_to_step(cell);
    }

    /// The last step's figure is that of a cell.
    pub(super) fn copy_to_step(&mut self, cell: Cell) {
        let value = match self.statement.value(cell) {
            Value::Live(_, figure) | Value::Number(figure) => Value::Live(Term::Cell(cell).exact(), *figure),
            other => other.clone(),
        };
        let last = self.statement.steps.last_mut().expect("the step was added before its figure");
        last[usize::from(step::AFTER.index)] = value;
    }

    /// What of the payments' column `of` is cash, where others may be assets.
    pub(super) fn cash_in(&self, of: Field) -> Term {
        let column = |field| Column::new(field, 0..self.rows.len());
        Term::SumIf { keys: column(payment::ASSET), key: Cell::single(single::CURRENCY), values: column(of) }
    }

    /// A total of cash over all payments: a formula where there are any.
    pub(super) fn total(&mut self, field: Field, term: Term, units: Units) {
        let decimals = self.case.terms.currency_decimals;
        if self.rows.is_empty() {
            self.statement.put(field, Value::amount(units, decimals));
        } else {
            self.statement.put_live(Cell::single(field), term.rounded(decimals), units, decimals);
        }
    }
}

/// A plain decimal as a number, anything else as a text.
fn figure_or_text(text: &str) -> Value<'_> {
    let plain = text.len() <= 30 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let figure = plain.then(|| decimal(text)).flatten();
    figure.map_or_else(|| Value::text(text), Value::Number)
}

/// Digits with a point and a sign at most.
fn decimal(text: &str) -> Option<Figure> {
    let body = text.strip_prefix('-').unwrap_or(text);
    if body.contains('-') || !body.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let units: Units = format!("{whole}{fraction}").parse().ok()?;
    Figure::new(units, u32::try_from(fraction.len()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_account_for_themselves() {
        assert_eq!(masked("123-45-6789"), Value::text("•••• 6789"));
        assert_eq!(masked("6789"), Value::text("••••"));
        assert_eq!(figure_or_text("7.08"), Value::Number(Figure::new(708, 2).unwrap()));
        assert_eq!(figure_or_text("2006-06-15"), Value::text("2006-06-15"));
        assert_eq!(figure_or_text("7.08 + 1"), Value::text("7.08 + 1"));
    }
}
