//! A statement of invented values: what a layout's parts look like once they are filled in.

use crate::output::xlsx::statement::fields::{lot, payment, single, step};
use crate::output::xlsx::statement::{Cell, Column, Field, Formula, Group, Statement, Value};
use crate::output::xlsx::value::Figure;

/// Three lots, twelve steps, two payments; words, numbers and formulas about as often as they are.
pub(crate) fn statement() -> Statement<'static> {
    let mut statement = Statement::default();
    statement.lots.resize_with(3, || std::array::from_fn(|_| Value::Blank));
    statement.steps.resize_with(12, || std::array::from_fn(|_| Value::Blank));
    statement.payments.resize_with(2, || std::array::from_fn(|_| Value::Blank));
    for group in [Group::Single, Group::Lot, Group::Step, Group::Payment] {
        for index in (0u8..).take(group.fields().len()) {
            for row in 0..statement.count(group) {
                let field = Field { group, index };
                statement.set(Cell::at(field, row), value(field, row));
            }
        }
    }
    statement
}

const WORDS: [&str; 6] = [
    "The sum of the lots' amounts, rounded to the smallest unit",
    "2(a)",
    "0.0333 USD per Common share declared 2006-04-03 × 100",
    "Series A Preferred",
    "from the Quarterly Dividend Payment Date next preceding the issue date",
    "Accruing from 2005-12-15: dividend per share for the quarter of 2006-06-15",
];

fn value(field: Field, row: usize) -> Value<'static> {
    let texts = [
        step::WHAT,
        step::CLAUSE,
        step::READING,
        lot::CLASS,
        lot::CERTIFICATE,
        lot::NOTE,
        payment::CLASS,
        payment::ASSET,
        payment::NOTE,
        single::HOLDER_NAME,
        single::HOLDER_ID,
        single::COMPANY,
        single::RUN,
        single::READINGS,
        single::NOTE,
        single::ADDRESS,
        single::COUNTRY,
        single::ACCOUNT,
    ];
    if texts.contains(&field) {
        let at = (usize::from(field.index) + row) % WORDS.len();
        return Value::text(WORDS.get(at).copied().unwrap_or(""));
    }
    let units = 123_457 + 7_919 * i128::from(field.index) + 104_729 * i128::try_from(row).unwrap_or(0);
    let formula = match field.index % 3 {
        0 => Formula::RoundedSum(Column::new(lot::AMOUNT, 0..3), 2),
        1 => Formula::RoundedProduct(Cell::at(payment::GROSS, row), Cell::single(single::SHARES), 2),
        _ => return Value::amount(units, 2),
    };
    match Figure::new(units, 2) {
        Some(figure) if field.group != Group::Step => Value::Live(formula, figure),
        _ => Value::amount(units, 2),
    }
}
