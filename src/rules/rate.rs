//! Cumulative dividends at a rate: what a share is owed on a date, exactly.

use crate::model::calendar::QuarterDates;
use crate::model::class::Rate;
use crate::model::{Compounding, Date, DayCount, days_between};
use crate::quantity::{Ratio, whole};

/// What a share is owed on `date` that was owed `owed` on `since`. Where dividends compound, what is unpaid on a
/// compounding date joins what the rate is applied to; `since` is one of those where `owed` is not 0.
pub fn accrued(rate: &Rate, quarters: &QuarterDates, since: Date, owed: &Ratio, date: Date) -> Ratio {
    let mut owed = owed.clone();
    let mut from = since;
    let add = |owed: &mut Ratio, from: Date, to: Date| {
        let base = if rate.compounding == Compounding::None { rate.price.clone() } else { &rate.price + &*owed };
        *owed += base * &rate.yearly * part_of_year(rate.day_count, from, to);
    };
    if rate.compounding != Compounding::None {
        for quarter in quarters.between(quarters.after(since), date).filter(|day| *day < date) {
            if rate.compounding.falls_on(quarters, quarter) {
                add(&mut owed, from, quarter);
                from = quarter;
            }
        }
    }
    if from < date {
        add(&mut owed, from, date);
    }
    owed
}

/// The day count fraction.
fn part_of_year(day_count: DayCount, from: Date, to: Date) -> Ratio {
    let (days, year) = match day_count {
        DayCount::Actual365 => (days_between(from, to), 365),
        DayCount::Actual360 => (days_between(from, to), 360),
        DayCount::Thirty360 => (thirty_day_months(from, to), 360),
    };
    whole(days) / whole(year)
}

/// Days from one date to another in months of thirty days: ISDA 2006 §4.16(f), "Bond Basis".
#[allow(clippy::arithmetic_side_effects, reason = "the calendar has four digits of years")]
fn thirty_day_months(from: Date, to: Date) -> i64 {
    let first = i64::from(from.day()).min(30);
    let last = i64::from(to.day());
    let last = if last == 31 && first == 30 { 30 } else { last };
    let months = i64::from(u8::from(to.month())) - i64::from(u8::from(from.month()));
    360 * i64::from(to.year() - from.year()) + 30 * months + last - first
}
