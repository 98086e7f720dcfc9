//! What every statement says, whichever run it belongs to.

use super::fields::{single, step};
use super::{Field, Statement, Value};
use crate::model::Case;
use crate::model::calendar::Date;
use crate::model::register::{Detail, HolderIx, Lot};
use crate::outcome::step::Step;
use crate::output::xlsx::value::Figure;
use crate::quantity::{Ratio, Units, fraction};

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
            (single::ADDRESS, Detail::Address),
            (single::COUNTRY, Detail::Country),
            (single::EMAIL, Detail::Email),
            (single::PAYMENT_METHOD, Detail::PaymentMethod),
            (single::BANK_CODE, Detail::BankCode),
        ] {
            text(field, register.detail(holder, detail));
        }
        let payee = register.detail(holder, Detail::PayeeName);
        text(single::PAYEE_NAME, if payee.is_empty() { register.name(holder) } else { payee });
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
pub(crate) fn step_row<'a>(step: &'a Step, of: &str) -> super::Row<'a, { step::COUNT }> {
    let mut row: super::Row<'a, { step::COUNT }> = std::array::from_fn(|_| Value::Blank);
    let mut put = |field: Field, value: Value<'a>| {
        if let Some(slot) = row.get_mut(usize::from(field.index)) {
            *slot = value;
        }
    };
    put(step::CLAUSE, Value::text(step.clause));
    put(step::WHAT, if of.is_empty() { Value::text(&step.what) } else { Value::text(format!("{of}: {}", step.what)) });
    put(step::BEFORE, step.before.as_deref().map_or(Value::Blank, figure_or_text));
    put(step::AFTER, figure_or_text(&step.after));
    put(step::READING, step.reading.as_deref().map_or(Value::Blank, Value::text));
    row
}

pub(crate) fn own_step<'a>(clause: &'a str, what: String, reading: &'a str) -> super::Row<'a, { step::COUNT }> {
    let mut row: super::Row<'a, { step::COUNT }> = std::array::from_fn(|_| Value::Blank);
    for (field, value) in
        [(step::CLAUSE, Value::text(clause)), (step::WHAT, Value::text(what)), (step::READING, Value::text(reading))]
    {
        if let Some(slot) = row.get_mut(usize::from(field.index)) {
            *slot = value;
        }
    }
    row
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
