//! Cumulative dividends at a rate: what a share is owed on a date, exactly.

use crate::model::calendar::QuarterDates;
use crate::model::class::Rate;
use crate::model::{Compounding, Date, DayCount, days_between};
use crate::quantity::{Ratio, whole};

/// What a share is owed on `date` that was owed `owed` on `since`. Where dividends compound, what is unpaid on a
/// compounding date joins what the rate is applied to; `since` is one of those where `owed` is not 0.
pub(crate) fn accrued(rate: &Rate, quarters: &QuarterDates, since: Date, owed: &Ratio, date: Date) -> Ratio {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::calendar::parse_iso;

    fn day(text: &str) -> Date {
        parse_iso(text).expect("a date")
    }

    fn rate(compounding: Compounding) -> Rate {
        Rate {
            price: whole(10),
            yearly: whole(8) / whole(100),
            day_count: DayCount::Thirty360,
            compounding,
            from: None,
        }
    }

    #[test]
    fn months_have_thirty_days_as_the_bond_basis_counts_them() {
        // The examples that commonly accompany ISDA 2006 §4.16(f); February has no rule of its own.
        for (from, to, days) in [
            ("2007-01-15", "2007-01-30", 15),
            ("2007-01-15", "2007-02-15", 30),
            ("2007-01-15", "2007-07-15", 180),
            ("2007-09-30", "2008-03-31", 180),
            ("2007-09-30", "2007-10-31", 30),
            ("2007-09-30", "2008-09-30", 360),
            ("2007-01-15", "2007-01-31", 16),
            ("2007-01-31", "2007-02-28", 28),
            ("2007-02-28", "2007-03-31", 33),
            ("2006-08-31", "2007-02-28", 178),
            ("2007-02-28", "2007-08-31", 183),
        ] {
            assert_eq!(thirty_day_months(day(from), day(to)), days, "{from} to {to}");
        }
    }

    #[test]
    fn what_is_unpaid_joins_the_base_on_compounding_dates_alone() {
        let quarters = QuarterDates::default();
        let owed = |compounding, to| accrued(&rate(compounding), &quarters, day("2023-12-15"), &whole(0), day(to));
        assert_eq!(owed(Compounding::None, "2024-12-15"), whole(80) / whole(100));
        // 10 × 1.02² − 10 by the half year, and then 10.404 at 4 %.
        assert_eq!(owed(Compounding::Quarterly, "2024-06-15"), whole(404) / whole(1000));
        assert_eq!(owed(Compounding::Semiannual, "2024-06-15"), whole(4) / whole(10));
        assert_eq!(owed(Compounding::Semiannual, "2024-12-15"), whole(816) / whole(1000));
        assert_eq!(owed(Compounding::Annual, "2025-12-15"), whole(1664) / whole(1000));
        assert_eq!(owed(Compounding::Annual, "2023-12-01"), whole(0));
    }
}
