//! How much of a grant has vested on a date, by its terms and by what happened.

use super::objects::{Period, Trigger, VestingCondition, VestingTerms};
use crate::model::calendar::day;
use crate::model::{Date, plus_days};
use crate::quantity::{Midpoint, Ratio, round_half, whole};
use num_traits::Signed;

/// What happened to a grant: starts and events by the condition that they set off.
pub(crate) type Happened = Vec<(String, Date)>;

/// A share of a grant that vests on a day.
struct Tranche {
    date: Date,
    amount: Ratio,
}

/// What of `total` has vested on a date by these terms.
/// Errors: What in the terms cannot be followed.
pub(crate) fn by_terms(
    terms: &VestingTerms,
    total: &Ratio,
    happened: &Happened,
    on: Date,
    doubts: &mut Vec<String>,
) -> Result<Ratio, String> {
    let mut schedule = Schedule { terms, happened, total, tranches: Vec::new(), doubts };
    let follows = |id: &String| terms.vesting_conditions.iter().any(|other| other.next_condition_ids.contains(id));
    let roots: Vec<&VestingCondition> =
        terms.vesting_conditions.iter().filter(|condition| !follows(&condition.id)).collect();
    if roots.is_empty() && !terms.vesting_conditions.is_empty() {
        return Err("its vesting conditions follow each other in a circle".to_owned());
    }
    for root in roots {
        schedule.follow(root)?;
    }
    let mut tranches = schedule.tranches;
    tranches.sort_by_key(|tranche| tranche.date);
    Ok(allocated(terms.allocation_type.as_deref(), &tranches, on)?.min(total.clone()))
}

struct Schedule<'s> {
    terms: &'s VestingTerms,
    happened: &'s Happened,
    total: &'s Ratio,
    tranches: Vec<Tranche>,
    /// What keeps the answer from being certain.
    doubts: &'s mut Vec<String>,
}

/// The conditions that were met one after the other, each with the day of its last installment.
type Met<'s> = Vec<(&'s str, Date)>;

impl<'s> Schedule<'s> {
    /// The days on which a condition's installments vest; none while it is not met.
    fn dates(&mut self, condition: &'s VestingCondition, met: &Met) -> Result<Vec<Date>, String> {
        let single = match &condition.trigger {
            Trigger::Start | Trigger::Event => {
                self.happened.iter().filter(|(id, _)| *id == condition.id).map(|(_, date)| *date).min()
            }
            Trigger::Absolute { date } => Some(date.0),
            Trigger::Relative { period, relative_to_condition_id: to } => {
                let (Some((_, start)), Some((last_id, last))) = (met.first(), met.last()) else {
                    return Ok(Vec::new());
                };
                let stated = met.iter().rev().find(|(id, _)| id == to);
                if stated.is_none() {
                    self.doubts.push(format!(
                        "its vesting condition {} is relative to {to}, which did not come before it; it is taken as relative to \
                         {last_id}",
                        condition.id
                    ));
                }
                let base = stated.map_or(*last, |(_, date)| *date);
                return installments(period, base, *start);
            }
        };
        Ok(single.into_iter().filter(|date| met.last().is_none_or(|(_, before)| date >= before)).collect())
    }

    /// Follows the conditions from one on: of those that may come next, the one that is met first does.
    fn follow(&mut self, root: &'s VestingCondition) -> Result<(), String> {
        let mut met = Met::new();
        let mut next = Some(root);
        while let Some(condition) = next.take() {
            if met.len() > self.terms.vesting_conditions.len() {
                return Err("its vesting conditions follow each other in a circle".to_owned());
            }
            let dates = self.dates(condition, &met)?;
            let Some(last) = dates.last().copied() else { return Ok(()) };
            let amount = match (&condition.quantity, &condition.portion) {
                (Some(quantity), _) => quantity.0.clone(),
                (None, Some(portion)) if portion.denominator.0.is_positive() => {
                    let vested: Ratio = self.tranches.iter().map(|tranche| &tranche.amount).sum();
                    let of = if portion.remainder { self.total - vested } else { self.total.clone() };
                    of * &portion.numerator.0 / &portion.denominator.0
                }
                _ => {
                    return Err(format!("its vesting condition {} has neither a quantity nor a portion", condition.id));
                }
            };
            let cliff = match &condition.trigger {
                Trigger::Relative { period, .. } => period.cliff_installment.unwrap_or(1).max(1) as usize - 1,
                _ => 0,
            };
            for date in &dates {
                let date = dates.get(cliff).map_or(*date, |first| *date.max(first));
                self.tranches.push(Tranche { date, amount: amount.clone() });
            }
            met.push((&condition.id, last));
            let mut earliest = Date::MAX;
            for id in &condition.next_condition_ids {
                let Some(after) = self.terms.vesting_conditions.iter().find(|other| other.id == *id) else {
                    return Err(format!(
                        "its vesting condition {} names {id}, which is not in the terms",
                        condition.id
                    ));
                };
                let known = self.doubts.len();
                let first = self.dates(after, &met)?.first().copied();
                self.doubts.truncate(known);
                if let Some(date) = first.filter(|date| next.is_none() || *date < earliest) {
                    (earliest, next) = (date, Some(after));
                }
            }
        }
        Ok(())
    }
}

/// More installments than any grant has.
const MOST: u32 = 10_000;

fn installments(period: &Period, base: Date, start: Date) -> Result<Vec<Date>, String> {
    if period.occurrences > MOST || period.length > MOST {
        return Err(format!("its vesting has {} installments of {}", period.occurrences, period.length));
    }
    (1..=period.occurrences).map(|n| after(period, base, start, n * period.length)).collect()
}

fn after(period: &Period, base: Date, start: Date, count: u32) -> Result<Date, String> {
    if period.unit == "DAYS" {
        return Ok(plus_days(base, i64::from(count)));
    }
    if period.unit != "MONTHS" {
        return Err(format!("its vesting goes by {}, which is neither DAYS nor MONTHS", period.unit));
    }
    let of_month = match period.day_of_month.as_deref() {
        None | Some("VESTING_START_DAY_OR_LAST_DAY_OF_MONTH") => start.day(),
        Some(text) => text
            .get(..2)
            .and_then(|n| n.parse().ok())
            .ok_or_else(|| format!("its vesting has no day of month {text}"))?,
    };
    let months = i64::from(base.year()) * 12 + i64::from(u8::from(base.month())) - 1 + i64::from(count);
    let (year, month) = (i32::try_from(months / 12).unwrap_or(9999), u8::try_from(months % 12).unwrap_or(0) + 1);
    let found = (28..=of_month).rev().chain([of_month]).find_map(|of_month| day(year, month, of_month));
    found.ok_or_else(|| "its vesting goes on past the end of the calendar".to_owned())
}

/// What of the tranches has vested, in whole shares as the terms allocate them.
fn allocated(allocation: Option<&str>, tranches: &[Tranche], on: Date) -> Result<Ratio, String> {
    let vested = tranches.iter().filter(|tranche| tranche.date <= on);
    let exact: Ratio = vested.clone().map(|tranche| &tranche.amount).sum();
    let (count, number) = (whole(vested.clone().count()), whole(tranches.len()));
    let all: Ratio = tranches.iter().map(|tranche| &tranche.amount).sum();
    let floors = |tranches: &mut dyn Iterator<Item = &Tranche>| tranches.map(|one| one.amount.floor()).sum::<Ratio>();
    let over = all.floor() - floors(&mut tranches.iter());
    let spread = |extra: Ratio| floors(&mut vested.clone()) + extra;
    let none = whole(0);
    Ok(match allocation {
        Some("CUMULATIVE_ROUNDING") => Ratio::from_integer(round_half(&exact, Midpoint::HalfUp)),
        Some("CUMULATIVE_ROUND_DOWN") | None => exact.floor(),
        // The first so many tranches have one more, or the last; or one of them has all that is over.
        Some("FRONT_LOADED") => spread(over.min(count)),
        Some("BACK_LOADED") => spread((over + count - number).max(none)),
        Some("FRONT_LOADED_TO_SINGLE_TRANCHE") => spread(if count > none { over } else { none }),
        Some("BACK_LOADED_TO_SINGLE_TRANCHE") => spread(if count == number { over } else { none }),
        Some("FRACTIONAL") => exact,
        Some(other) => return Err(format!("its vesting is allocated by {other}, which OCF does not have")),
    })
}
