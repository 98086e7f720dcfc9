//! Random companies for the properties: lots issued at all the awkward dates, retired ones, fractions, splits,
//! declarations in cash and in kind, record dates, other series, readings.

use crate::support::{Company, case};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use ratable::internals::model::scaled_plain;
use ratable::internals::model::{Date, iso, plus_days};

/// A company; its other series are put in as of a date by [`Random::on`].
#[derive(Clone, Debug)]
pub struct Random {
    company: Company,
    others: Vec<Other>,
}

/// Another series.
#[derive(Clone, Debug)]
struct Other {
    ranking: &'static str,
    dividend_ranking: &'static str,
    order: u8,
    preference: u32,
    accrued: u32,
    votes: u8,
}

impl Random {
    /// The company with its other series' accrued dividends of this date.
    pub fn on(&self, date: &str) -> Company {
        let row = |(at, o): (usize, &Other)| {
            let accrued = scaled_plain(o.accrued.into(), 4);
            let preference = scaled_plain(o.preference.into(), 2);
            let (ranking, dividend_ranking, order, votes) = (o.ranking, o.dividend_ranking, o.order, o.votes);
            format!("s{at}, {ranking}, {dividend_ranking}, {order}, {preference}, {accrued}, {date}, {votes}")
        };
        let rows: Vec<String> = self.others.iter().enumerate().map(row).collect();
        self.company.with(&format!(
            "classes: class, ranking, dividend_ranking, order, liquidation_preference, accrued_dividends, \
             accrued_as_of, votes_per_share\n{}",
            rows.join("\n")
        ))
    }
}

/// Quarter dates on which a random company can be run.
pub const QUARTER_DATES: [&str; 8] =
    ["2005-12-15", "2006-03-15", "2006-06-15", "2006-09-15", "2006-12-15", "2007-03-15", "2007-06-15", "2007-09-15"];

fn first() -> Date {
    ratable::internals::model::day(2005, 8, 1).expect("a day")
}

/// A day from 2005-08-01 on for about two years, awkward ones more often.
fn day() -> impl Strategy<Value = String> {
    let awkward = ["2005-09-15", "2005-11-20", "2005-12-15", "2006-02-28", "2006-03-01", "2006-03-15", "2006-05-31"];
    let any = (0i64..750).prop_map(|days| iso(plus_days(first(), days)));
    prop_oneof![2 => any, 1 => select(awkward.to_vec()).prop_map(str::to_owned)]
}

/// A share count: fractions, round numbers, large ones.
fn shares() -> impl Strategy<Value = String> {
    let micros = prop_oneof![
        2 => 1u64..3_000_000,
        3 => (1u64..50_000).prop_map(|n| n * 1_000_000),
        1 => 1u64..900_000_000_000,
    ];
    micros.prop_map(|n| scaled_plain(n.into(), 6))
}

fn lots(others: usize) -> impl Strategy<Value = Vec<String>> {
    let class = prop_oneof![4 => Just(0usize), 3 => Just(1), 2 => 2..others.max(1) + 2];
    let lot = (0u8..7, class, shares(), day(), proptest::option::weighted(0.15, day()));
    vec(lot, 1..14).prop_map(move |lots| {
        let row = |(holder, class, shares, issued, retired): (u8, usize, String, String, Option<String>)| {
            let name = match class {
                0 => "series-a".to_owned(),
                n if n >= 2 && n - 2 < others => format!("s{}", n - 2),
                _ => "common".to_owned(),
            };
            let issued = if name == "series-a" { issued } else { String::new() };
            let retired = retired.filter(|r| *r > issued).unwrap_or_default();
            format!("H{holder}, {name}, {shares}, {issued}, {retired}")
        };
        lots.into_iter().map(row).collect()
    })
}

fn declarations() -> impl Strategy<Value = String> {
    let one = (day(), 1u32..2_000_000, 0u8..5).prop_map(|(date, amount, kind)| {
        let amount = scaled_plain(amount.into(), 7);
        match kind {
            0 => format!("{date}, in-kind, {amount}, Tidewater, 10.5"),
            _ => format!("{date}, cash, {amount},,"),
        }
    });
    vec(one, 0..9).prop_map(|rows| rows.join("\n"))
}

fn adjustments() -> impl Strategy<Value = String> {
    let ratio = select(vec!["subdivision, 3:2", "subdivision, 2:1", "combination, 1:3", "stock-dividend, 21:20"]);
    vec((day(), ratio), 0..3).prop_map(|rows| {
        let rows: Vec<String> = rows.into_iter().map(|(date, ratio)| format!("{date}, {ratio}")).collect();
        rows.join("\n")
    })
}

fn record_dates() -> impl Strategy<Value = String> {
    vec(proptest::option::of(0i64..31), QUARTER_DATES.len()).prop_map(|ahead| {
        let fixed = QUARTER_DATES.iter().zip(ahead).filter_map(|(quarter, ahead)| {
            let date = ratable::internals::model::parse_iso(quarter)?;
            ahead.map(|days| format!("{quarter}, {}", iso(plus_days(date, -days))))
        });
        fixed.collect::<Vec<_>>().join("\n")
    })
}

fn other() -> impl Strategy<Value = Other> {
    let rankings = || select(vec!["senior", "parity", "junior"]);
    (rankings(), rankings(), 1u8..3, 0u32..5_000, 0u32..30_000, 0u8..4).prop_map(
        |(ranking, dividend_ranking, order, preference, accrued, votes)| Other {
            ranking,
            dividend_ranking,
            order,
            preference,
            accrued,
            votes,
        },
    )
}

fn readings() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let choices = [
        ("reading.split_timing", "at-payment"),
        ("reading.midpoint", "half-even"),
        ("reading.first_period", "uniform"),
        ("reading.partial_payment", "proportional"),
        ("reading.six_quarters", "count-unpaid"),
        ("reading.common_adjustment", "highest"),
        ("reading.common_adjustment", "base"),
        ("reading.stub", "exclude"),
        ("reading.in_kind", "cash-equivalent"),
        ("minimum_quarterly_dividend", "0.75"),
    ];
    proptest::sample::subsequence(choices.to_vec(), 0..3)
}

/// A random company. Its first issuance is on 2005-08-01, so Q1 is 2005-09-15.
pub fn company() -> impl Strategy<Value = Random> {
    vec(other(), 0..3).prop_flat_map(|others| {
        let tables = (lots(others.len()), declarations(), adjustments(), record_dates(), readings(), shares());
        tables.prop_map(move |(lots, declarations, adjustments, record_dates, readings, first)| {
            let mut company = case(&format!(
                "register: holder_id, class, shares, issue_date, retired_date
                 H0, series-a, {first}, 2005-08-01,
                 {}

                 terms: term, value
                 authorized_shares, 9000000000

                 declarations: declared_date, kind, amount, asset, fair_value
                 {declarations}

                 adjustments: effective_date, kind, ratio
                 {adjustments}

                 record_dates: payment_date, record_date
                 {record_dates}",
                lots.join("\n")
            ));
            for (term, value) in readings {
                company = company.set(term, value);
            }
            Random { company, others: others.clone() }
        })
    })
}

/// A quarter date to run on.
pub fn quarter_date() -> impl Strategy<Value = &'static str> {
    select(&QUARTER_DATES)
}

/// A sum of money up to a hundred million, in cents.
pub fn cents() -> impl Strategy<Value = i128> {
    prop_oneof![0i128..100_000, 0i128..100_000_000, 0i128..10_000_000_000]
}
